//! The whole decision: facts, access, lines, the chain of benefits, the payers.

use crate::benefit::Flows;
use crate::encounter::{Encounter, Prior};
use crate::facts::Source;
use crate::payers::Borne;
use crate::period::{Instance, Period};
use crate::rules::{Amount, Counter, CounterId, Rules, Terms};
use crate::settlement::{Outcome, Refusal, Settlement};
use crate::standing::Standing;
use crate::steps::{Recorder, Silent, Step, StepKind};
use crate::{MAX_CLASSES, MAX_FACTS, lines, payers, plain};
use alloc::vec::Vec;
use gongji_domain::{Fen, Rate, Weight, spread};

/// How [`settle_into`] ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The settlement is in the place given.
    Settled,
    /// Nothing was written.
    Refused(Refusal),
}

/// Decides a visit without explaining it.
pub fn adjudicate(rules: &Rules, standing: &Standing, encounter: &Encounter<'_>) -> Outcome {
    let mut settlement = Settlement::default();
    match settle_into(rules, standing, encounter, &mut settlement) {
        Verdict::Settled => Outcome::Settled(settlement),
        Verdict::Refused(refusal) => Outcome::Refused(refusal),
    }
}

/// Decides a visit and explains every amount by its article; the amounts are those of [`adjudicate`].
pub fn explain(rules: &Rules, standing: &Standing, encounter: &Encounter<'_>) -> Outcome {
    let (mut settlement, mut steps) = (Settlement::default(), Vec::with_capacity(12));
    match choose(rules, standing, encounter, &mut settlement, &mut steps) {
        Verdict::Settled => {
            settlement.steps = steps;
            Outcome::Settled(settlement)
        }
        Verdict::Refused(refusal) => Outcome::Refused(refusal),
    }
}

/// Decides a visit into a settlement that is used again and again: allocates nothing once warm.
pub fn settle_into(
    rules: &Rules,
    standing: &Standing,
    encounter: &Encounter<'_>,
    settlement: &mut Settlement,
) -> Verdict {
    settlement.clear();
    if plain::settle(rules, standing, encounter, settlement) {
        return Verdict::Settled;
    }
    choose(rules, standing, encounter, settlement, &mut Silent)
}

/// Why insurance cannot settle a visit at all, if so; what it would give is not worked out.
pub fn refusal(rules: &Rules, standing: &Standing, encounter: &Encounter<'_>) -> Option<Refusal> {
    rules.access.as_ref().and_then(|_| Visit::<1>::new(rules, standing, encounter).refusal())
}

/// The ordinals of a visit's facts, in the order of [`Rules::facts`] and then of the derived ones.
pub fn ordinals(rules: &Rules, standing: &Standing, encounter: &Encounter) -> [u8; MAX_FACTS] {
    Visit::<1>::new(rules, standing, encounter).ordinals
}

fn choose<R: Recorder>(
    rules: &Rules,
    standing: &Standing,
    encounter: &Encounter<'_>,
    settlement: &mut Settlement,
    recorder: &mut R,
) -> Verdict {
    match rules.classes {
        0 | 1 => decide::<1, R>(rules, standing, encounter, settlement, recorder),
        2..=8 => decide::<8, R>(rules, standing, encounter, settlement, recorder),
        _ => decide::<MAX_CLASSES, R>(rules, standing, encounter, settlement, recorder),
    }
}

/// One visit being decided, with room for `K` line classes.
pub(crate) struct Visit<'a, const K: usize> {
    pub(crate) rules: &'a Rules,
    pub(crate) encounter: &'a Encounter<'a>,
    standing: &'a Standing,
    year: Instance,
    pub(crate) ordinals: [u8; MAX_FACTS],
    /// Lines that no benefit claimed yet.
    pub(crate) free: [Fen; K],
    pub(crate) flows: Flows<K>,
    pub(crate) account_left: [Fen; 2],
    pub(crate) borne: Borne,
}

fn decide<const K: usize, R: Recorder>(
    rules: &Rules,
    standing: &Standing,
    encounter: &Encounter<'_>,
    settlement: &mut Settlement,
    recorder: &mut R,
) -> Verdict {
    let mut visit = Visit::<K>::new(rules, standing, encounter);
    if let Some(refusal) = visit.refusal() {
        return Verdict::Refused(refusal);
    }
    let amount_of = |amount: &Amount| visit.amount(amount);
    visit.free = lines::split::<K, R>(rules, &visit.ordinals, &encounter.lines, amount_of, settlement, recorder);
    visit.serve_prior(encounter.prior, settlement, recorder);
    for (index, benefit) in rules.chain.iter().enumerate() {
        if !benefit.decided_elsewhere {
            visit.serve(index, benefit, settlement, recorder);
        }
    }
    visit.borne.over += visit.free.iter().copied().sum();
    // A counter of one visit is only needed while the visit is being decided.
    settlement.additions.retain(|addition| rules.counters[usize::from(addition.counter)].period != Period::Visit);
    payers::pay(&rules.payers, encounter.use_account, visit.borne, &mut visit.account_left, settlement, recorder);
    assert_identities(settlement);
    Verdict::Settled
}

/// The parts sum to the whole, and nobody pays a negative amount.
#[inline]
pub(crate) fn assert_identities(s: &Settlement) {
    assert!(s.total == s.off_list + s.over_ceiling + s.upfront + s.eligible);
    assert!(s.total == s.fund_total + s.personal_share);
    assert!(s.personal_share == s.account_paid + s.cash);
    assert!(s.fund_total >= Fen::ZERO && s.account_paid >= Fen::ZERO && s.cash >= Fen::ZERO);
}

impl<'a, const K: usize> Visit<'a, K> {
    /// A visit with its facts worked out, nothing decided.
    fn new(rules: &'a Rules, standing: &'a Standing, encounter: &'a Encounter<'a>) -> Self {
        let mut visit = Self {
            rules,
            encounter,
            standing,
            year: Period::Year.instance(&rules.years, encounter.day, encounter.clock),
            ordinals: [0; MAX_FACTS],
            free: [Fen::ZERO; K],
            flows: Flows::default(),
            account_left: [crate::AccountPart::Current, crate::AccountPart::Prior].map(|part| standing.account(part)),
            borne: Borne::default(),
        };
        visit.encode();
        visit
    }

    fn refusal(&self) -> Option<Refusal> {
        let reasons = self.rules.access.as_ref()?.get(&self.ordinals);
        (!reasons.is_empty()).then(|| Refusal { reasons: reasons.to_vec() })
    }

    fn encode(&mut self) {
        let rules = self.rules;
        for (slot, (source, encode)) in rules.facts.iter().enumerate() {
            let raw = match source {
                Source::Raw(place) => self.encounter.facts[usize::from(*place)],
                Source::CountOf(place) => i64::from(self.encounter.facts[usize::from(*place)].count_ones()),
                Source::VisitNumber { total, group } => self.visit_number(*total, *group),
            };
            self.ordinals[slot] = encode.ordinal(raw);
        }
        for (i, derived) in rules.derived.iter().enumerate() {
            self.ordinals[rules.facts.len() + i] = *derived.get(&self.ordinals);
        }
    }

    /// The number that this visit's group has, or would get.
    fn visit_number(&self, total: CounterId, group: CounterId) -> i64 {
        let held = self.used(group, &[]).fen();
        if held > 0 { held } else { self.used(total, &[]).fen() + 1 }
    }

    /// The terms that hold for this visit.
    pub(crate) fn terms<'r>(&self, benefit: &'r crate::Benefit) -> &'r Terms {
        &benefit.terms[*benefit.key.get(&self.ordinals) as usize]
    }

    /// Counter, instance and institution that this visit reads and writes.
    pub(crate) fn place(&self, counter: CounterId) -> (Instance, u64) {
        let Counter { period, by_institution, opener, .. } = &self.rules.counters[usize::from(counter)];
        let by = if *by_institution { self.encounter.institution } else { 0 };
        let now = match period {
            Period::Year => self.year,
            period => period.instance(&self.rules.years, self.encounter.day, self.encounter.clock),
        };
        match period {
            // It lasts until just before its end; a moment before its opener is not in it.
            Period::Opened(seconds) => {
                let since = now - Instance::from(*seconds) + 1;
                (self.standing.open_instance(*opener, by, since, now).unwrap_or(now), by)
            }
            _ => (now, by),
        }
    }

    /// What has been used of a counter, this visit's own additions so far included.
    pub(crate) fn used(&self, counter: CounterId, additions: &[crate::Addition]) -> Fen {
        let definition = &self.rules.counters[usize::from(counter)];
        let (instance, by) = self.place(counter);
        let mut sum = match definition.period {
            Period::Visit => Fen::ZERO,
            _ => self.standing.sum(counter, instance, by),
        };
        for addition in additions {
            if (addition.counter, addition.instance, addition.by) == (counter, instance, by) {
                sum += addition.amount;
            }
        }
        match definition.continues {
            Some(earlier) => sum + self.used(earlier, additions),
            None => sum,
        }
    }

    /// The amount of a rule for this visit; [`Fen::MAX`] where there is none.
    pub(crate) fn amount(&self, amount: &Amount) -> Fen {
        match amount {
            Amount::None => Fen::MAX,
            Amount::Fixed(fen) => *fen,
            Amount::Balance(part) => self.account_left[*part as usize],
            Amount::Frozen(index) => self.encounter.frozen[usize::from(*index)],
            Amount::Share { of, rate, rounding } => {
                rate.of(Fen::from_fen(self.encounter.facts[usize::from(*of)]), *rounding)
            }
            Amount::Each(each) => each_amount(each, self.encounter.facts[usize::from(each.set)]),
        }
    }

    /// How many months of the benefit year have begun, from the member's or the package's start.
    pub(crate) fn months(&self) -> i64 {
        let start = self.rules.years.start(self.encounter.day).max(self.rules.carry_from);
        let start = self.encounter.insured_since.map_or(start, |since| start.max(since));
        i64::from(self.encounter.day.month_number() - start.month_number() + 1).max(0)
    }

    /// Benefits decided elsewhere claim all lines and pay what the case says; what they leave flows on.
    fn serve_prior<R: Recorder>(&mut self, prior: &[Prior], settlement: &mut Settlement, recorder: &mut R) {
        let Some(last) = prior.last() else { return };
        let mut pool = core::mem::replace(&mut self.free, [Fen::ZERO; K]);
        for payments in prior.chunk_by(|a, b| a.benefit == b.benefit) {
            let base = pool;
            for (i, payment) in payments.iter().enumerate() {
                let parts = prior_parts(payment.paid, &pool, &base);
                for k in 0..K {
                    pool[k] -= parts[k];
                }
                // The benefit's base counts once, however many funds paid.
                let counted = if i == 0 { base } else { [Fen::ZERO; K] };
                self.pay_prior(payment, &counted, &parts, settlement, recorder);
            }
        }
        self.borne.share += pool.iter().copied().sum();
        if let Some(slot) = self.rules.chain[usize::from(last.benefit)].keeps {
            self.flows.keep(slot, [Fen::ZERO; K], pool, [Fen::ZERO; K]);
        }
    }

    fn pay_prior<R: Recorder>(
        &mut self,
        payment: &Prior,
        base: &[Fen; K],
        parts: &[Fen; K],
        settlement: &mut Settlement,
        recorder: &mut R,
    ) {
        let Prior { benefit, fund, paid } = *payment;
        settlement.pay(benefit, fund, paid);
        let definition = &self.rules.chain[usize::from(benefit)];
        if base.iter().chain(parts).any(|amount| !amount.is_zero()) {
            self.count_prior(definition, fund, base, parts, settlement);
        }
        let why = definition.why;
        recorder.record(|| Step { benefit: Some(benefit), why, kind: StepKind::Prior { fund }, result: paid });
    }
}

/// Spreads a payment decided elsewhere over what is still there of the lines.
fn prior_parts<const K: usize>(paid: Fen, pool: &[Fen; K], base: &[Fen; K]) -> [Fen; K] {
    let weight = |k: usize| Weight { weight: pool[k].fen(), first: base[k].fen(), second: 0 };
    let weights: [Weight; K] = core::array::from_fn(weight);
    let mut parts = [Fen::ZERO; K];
    spread(paid, &weights, &mut parts);
    let fits = parts.iter().zip(pool).all(|(part, most)| part <= most);
    assert!(fits, "what is decided elsewhere must not exceed the eligible amount");
    parts
}

/// The members' amounts, falling, weighted, summed; members beyond the weights weigh nothing.
fn each_amount(each: &crate::Each, set: i64) -> Fen {
    let mut amounts = [Fen::ZERO; 64];
    let mut count = 0;
    for (value, amount) in each.amounts.iter().enumerate() {
        if set >> value & 1 == 1 {
            amounts[count] = *amount;
            count += 1;
        }
    }
    amounts[..count].sort_unstable_by(|a, b| b.cmp(a));
    let weighted = amounts[..count].iter().zip(&each.weights);
    let millionths = weighted.map(|(amount, weight)| i128::from(amount.fen()) * i128::from(weight.millionths()));
    each.rounding.round(millionths.sum(), i128::from(Rate::ONE.millionths()))
}
