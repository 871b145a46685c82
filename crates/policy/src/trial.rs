//! Trial visits: a member and one charge, made up from bands, decided by the engine itself.
//! Proofs and comparisons ask what rules do with them.

use crate::compile::Compiled;
use crate::facts::{FactId, Kind, Owner, Source};
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use gongji_adjudication::{
    Addition, Amount, Benefit, Charge, Counter, CounterId, Cut, Encounter, LineTerms, Lines, MAX_FACTS, Outcome, Payer,
    Period, Prior, Rules, Settlement, Source as EngineSource, Standing, Terms, Verdict, explain, settle_into,
};
use gongji_domain::{Clock, Day, Fen, FundCode, Rate};

/// What a member's registered amounts are in trials.
const REGISTERED: Fen = Fen::from_yuan(1_000);
/// Where trials take place, for what is counted by institution.
const INSTITUTION: u64 = 1;
const NOON: Clock = Clock(43_200);

/// A visit that is tried: facts by place, and which visit of its period it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Trial {
    pub(crate) facts: Vec<i64>,
    pub(crate) charge: Vec<i64>,
    /// Distinct visits so far, by the counter that counts them.
    pub(crate) visits: Vec<(CounterId, i64)>,
    /// A benefit that is decided elsewhere and paid half of the eligible amount.
    pub(crate) prior: Option<u8>,
}

/// What a member used before the trial.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Used {
    pub(crate) counters: Vec<(CounterId, Fen)>,
    pub(crate) account: [Fen; 2],
}

/// The rules of one day, to try visits on.
#[derive(Clone, Copy)]
pub(crate) struct Trials<'a> {
    pub(crate) compiled: &'a Compiled,
    pub(crate) rules: &'a Rules,
    pub(crate) day: Day,
    pub(crate) work: &'a Work,
}

/// How many settlements may still be tried: in all, and for what is being looked at.
#[derive(Debug)]
pub(crate) struct Work {
    left: core::cell::Cell<u32>,
    now: core::cell::Cell<u32>,
}

impl Work {
    /// So many.
    pub(crate) fn of(settlements: u32) -> Self {
        Self { left: core::cell::Cell::new(settlements), now: core::cell::Cell::new(settlements) }
    }

    /// Begins to look at something that is worth so many.
    pub(crate) fn begin(&self, settlements: u32) {
        self.now.set(settlements.min(self.left.get()));
    }

    /// Whether nothing more should be tried of it.
    pub(crate) fn is_done(&self) -> bool {
        self.now.get() == 0
    }

    /// Counts work that is worth so many settlements.
    pub(crate) fn spend(&self, settlements: u32) {
        self.left.set(self.left.get().saturating_sub(settlements));
        self.now.set(self.now.get().saturating_sub(settlements));
    }
}

impl<'a> Trials<'a> {
    /// A visit with nothing particular about it.
    pub(crate) fn blank(&self) -> Trial {
        let registry = &self.compiled.registry;
        let mut trial = Trial {
            facts: vec![0; usize::from(registry.visit_places)],
            charge: vec![0; usize::from(registry.charge_places)],
            visits: Vec::new(),
            prior: None,
        };
        for fact in &registry.facts {
            let Source::Raw(place) = fact.source else { continue };
            let ordinary = if fact.kind == Kind::Money { 500_000 } else { fact.sample(0) };
            let value = fact.default.unwrap_or(ordinary);
            let facts = if fact.owner == Owner::Charge { &mut trial.charge } else { &mut trial.facts };
            facts[usize::from(place)] = value;
        }
        self.put(&mut trial, "month", i64::from(self.day.ymd().1));
        trial
    }

    /// Sets a stated fact.
    pub(crate) fn put(&self, trial: &mut Trial, name: &str, raw: i64) {
        let Some(fact) = self.compiled.registry.get(name) else { return };
        match (&fact.source, fact.owner) {
            (Source::Raw(place), Owner::Charge) => trial.charge[usize::from(*place)] = raw,
            (Source::Raw(place), _) => trial.facts[usize::from(*place)] = raw,
            _ => {}
        }
    }

    /// The fact of visits (or of charges) that stands at a place.
    pub(crate) fn fact_at(&self, place: u8, charge: bool) -> Option<FactId> {
        let facts = &self.compiled.registry.facts;
        facts.iter().position(|fact| fact.source == Source::Raw(place) && (fact.owner == Owner::Charge) == charge)
    }

    /// The ordinals by which the rules look up this visit.
    pub(crate) fn ordinals(&self, trial: &Trial) -> [u8; MAX_FACTS] {
        let mut ordinals = [0; MAX_FACTS];
        for (slot, (source, encode)) in self.rules.facts.iter().enumerate() {
            let raw = match source {
                EngineSource::Raw(place) => trial.facts[usize::from(*place)],
                EngineSource::CountOf(place) => i64::from(trial.facts[usize::from(*place)].count_ones()),
                EngineSource::VisitNumber { total, .. } => {
                    1 + trial.visits.iter().find(|(counter, _)| counter == total).map_or(0, |(_, before)| *before)
                }
            };
            ordinals[slot] = encode.ordinal(raw);
        }
        for (i, derived) in self.rules.derived.iter().enumerate() {
            ordinals[self.rules.facts.len() + i] = *derived.get(&ordinals);
        }
        ordinals
    }

    /// The bands of the stated facts of this visit.
    pub(crate) fn spot(&self, trial: &Trial) -> Vec<(FactId, u8)> {
        let registry = &self.compiled.registry;
        let mut spot = Vec::with_capacity(registry.facts.len());
        for (id, fact) in registry.facts.iter().enumerate().filter(|(_, fact)| fact.owner != Owner::Charge) {
            let raw = match fact.source {
                Source::Raw(place) => trial.facts[usize::from(place)],
                Source::CountOf(set) => match registry.facts[set].source {
                    Source::Raw(place) => i64::from(trial.facts[usize::from(place)].count_ones()),
                    _ => continue,
                },
                Source::Ordinal(position) => {
                    let total = self.compiled.ordinal_of(position).map(|(total, _)| total);
                    1 + trial
                        .visits
                        .iter()
                        .find(|(counter, _)| Some(*counter) == total)
                        .map_or(0, |(_, before)| *before)
                }
                Source::Derived | Source::Bound => continue,
            };
            // A large set has no bands: no condition reads it.
            if fact.kind != Kind::Set || usize::try_from(raw).is_ok_and(|raw| raw < fact.bands.len()) {
                spot.push((id, fact.band(raw)));
            }
        }
        spot
    }

    /// The bands of the facts of its one charge.
    pub(crate) fn charge_spot(&self, trial: &Trial) -> Vec<(FactId, u8)> {
        let facts = self.compiled.registry.facts.iter().enumerate().filter(|(_, fact)| fact.owner == Owner::Charge);
        let band = |(id, fact): (FactId, &crate::facts::Fact)| match fact.source {
            Source::Raw(place) if fact.kind != Kind::Set => Some((id, fact.band(trial.charge[usize::from(place)]))),
            _ => None,
        };
        facts.filter_map(band).collect()
    }

    /// The stated facts of visits behind what a table reads, by name.
    pub(crate) fn stated_behind(&self, reads: &[(u8, u32)]) -> BTreeSet<String> {
        let mut open: Vec<usize> = reads.iter().map(|(slot, _)| usize::from(*slot)).collect();
        let mut names = BTreeSet::new();
        while let Some(slot) = open.pop() {
            match self.rules.facts.get(slot) {
                None => {
                    let derived = &self.rules.derived[slot - self.rules.facts.len()];
                    open.extend(derived.reads.iter().map(|(slot, _)| usize::from(*slot)));
                }
                Some((EngineSource::Raw(place), _)) => {
                    let fact = self.fact_at(*place, false);
                    names.extend(fact.map(|fact| self.compiled.registry.facts[fact].name.clone()));
                }
                Some(_) => {}
            }
        }
        names
    }

    /// The line class of the trial's charge.
    pub(crate) fn line_class(&self, trial: &Trial) -> usize {
        let mut ordinals = [0; MAX_FACTS];
        for (slot, (source, encode)) in self.rules.charge_facts.iter().enumerate() {
            if let EngineSource::Raw(place) = source {
                ordinals[slot] = encode.ordinal(trial.charge[usize::from(*place)]);
            }
        }
        usize::from(*self.rules.line_class.get(&ordinals))
    }

    /// The terms of every benefit of the chain for this visit.
    pub(crate) fn terms(&self, ordinals: &[u8; MAX_FACTS]) -> Vec<(&'a Benefit, &'a Terms)> {
        self.rules.chain.iter().map(|benefit| (benefit, &benefit.terms[*benefit.key.get(ordinals) as usize])).collect()
    }

    /// What the area's line tables say of this visit.
    pub(crate) fn line_terms(&self, ordinals: &[u8; MAX_FACTS]) -> Option<&'a LineTerms> {
        self.rules.lines.as_ref().map(|lines| lines.get(ordinals))
    }

    /// The amount of a rule for this visit, where it is one that stands fast.
    pub(crate) fn amount(&self, amount: &Amount, trial: &Trial) -> Option<Fen> {
        match amount {
            Amount::None | Amount::Balance(_) => None,
            Amount::Fixed(fen) => Some(*fen),
            Amount::Frozen(_) => Some(REGISTERED),
            Amount::Share { of, rate, rounding } => {
                Some(rate.of(Fen::from_fen(trial.facts[usize::from(*of)]), *rounding))
            }
            Amount::Each(each) => each.amounts.iter().copied().max(),
        }
    }

    /// What a deductible or limit comes to in the period that the visit lies in.
    pub(crate) fn standard(&self, cut: &Cut, trial: &Trial) -> Option<Fen> {
        let amount = self.amount(&cut.amount, trial)?;
        Some(if cut.carries { Fen::from_fen(amount.fen() * self.months()) } else { amount })
    }

    fn months(&self) -> i64 {
        let start = self.rules.years.start(self.day).max(self.rules.carry_from);
        i64::from(self.day.month_number() - start.month_number() + 1).max(0)
    }

    /// Whether an account pays before the funds, so that trials need one.
    pub(crate) fn account_pays_first(&self) -> bool {
        self.rules.chain.iter().any(|benefit| matches!(benefit.payer, Payer::Account(_)))
    }

    fn standing(&self, trial: &Trial, used: &Used) -> Standing {
        let [current, prior] = used.account;
        let mut standing = Standing::with_account(current, prior);
        let visits = trial.visits.iter().map(|(counter, before)| (*counter, Fen::from_fen(*before)));
        for (counter, amount) in visits.chain(used.counters.iter().copied()) {
            let Counter { period, by_institution, .. } = &self.rules.counters[usize::from(counter)];
            if *period == Period::Visit || amount.is_zero() {
                continue;
            }
            let by = if *by_institution { INSTITUTION } else { 0 };
            let instance = period.instance(&self.rules.years, self.day, NOON);
            standing.add(Addition { counter, instance, by, amount });
        }
        standing
    }

    /// A member at the counter, ready to be charged this amount and that.
    pub(crate) fn member<'t>(&self, trial: &'t Trial, used: &Used) -> Member<'a, 't> {
        let amount_place = match self.compiled.registry.get("charge_amount").map(|fact| &fact.source) {
            Some(Source::Raw(place)) => Some(usize::from(*place)),
            _ => None,
        };
        Member {
            trials: *self,
            trial,
            standing: self.standing(trial, used),
            use_account: used.account != [Fen::ZERO; 2],
            frozen: vec![REGISTERED; self.compiled.frozen.len()],
            charge_facts: trial.charge.clone(),
            amount_place,
            settlement: Settlement::default(),
        }
    }
}

/// A member of whom only the amount charged still varies.
pub(crate) struct Member<'a, 't> {
    trials: Trials<'a>,
    trial: &'t Trial,
    standing: Standing,
    use_account: bool,
    frozen: Vec<Fen>,
    charge_facts: Vec<i64>,
    amount_place: Option<usize>,
    settlement: Settlement,
}

impl Member<'_, '_> {
    /// Settles one charge of this amount; none where insurance refuses the visit.
    pub(crate) fn settle(&mut self, amount: Fen) -> Option<&Settlement> {
        let prior = self.prior(amount)?;
        self.decide(amount, prior).then_some(&self.settlement)
    }

    /// What the funds pay of one charge of this amount.
    pub(crate) fn paid(&mut self, amount: Fen) -> Option<Fen> {
        self.settle(amount).map(|settlement| settlement.fund_total)
    }

    /// The same with its steps.
    pub(crate) fn explain(&mut self, amount: Fen) -> Option<Settlement> {
        let prior = self.prior(amount)?;
        let prior = prior.as_slice();
        match self
            .encounter(amount, |encounter, rules, standing| explain(rules, standing, &Encounter { prior, ..encounter }))
        {
            Outcome::Settled(settlement) => Some(settlement),
            Outcome::Refused(_) => None,
        }
    }

    /// The payment of the benefit that is decided elsewhere: half of what is eligible.
    fn prior(&mut self, amount: Fen) -> Option<Vec<Prior>> {
        let Some(benefit) = self.trial.prior else { return Some(Vec::new()) };
        let settled = self.decide(amount, Vec::new());
        let paid = Fen::from_fen(self.settlement.eligible.fen() / 2);
        settled.then(|| vec![Prior { benefit, fund: FundCode::POOLED, paid }])
    }

    fn decide(&mut self, amount: Fen, prior: Vec<Prior>) -> bool {
        self.trials.work.spend(1);
        let mut settlement = core::mem::take(&mut self.settlement);
        let verdict = self.encounter(amount, |encounter, rules, standing| {
            settle_into(rules, standing, &Encounter { prior: &prior, ..encounter }, &mut settlement)
        });
        self.settlement = settlement;
        verdict == Verdict::Settled
    }

    fn encounter<R>(&mut self, amount: Fen, decide: impl FnOnce(Encounter<'_>, &Rules, &Standing) -> R) -> R {
        if let Some(place) = self.amount_place {
            self.charge_facts[place] = amount.fen();
        }
        let charge = Charge { amount, covered: true, ceiling: None, upfront: Rate::ZERO, facts: &self.charge_facts };
        let encounter = Encounter {
            day: self.trials.day,
            clock: NOON,
            facts: &self.trial.facts,
            institution: INSTITUTION,
            lines: Lines::Charges(core::slice::from_ref(&charge)),
            prior: &[],
            frozen: &self.frozen,
            insured_since: None,
            use_account: self.use_account,
        };
        decide(encounter, self.trials.rules, &self.standing)
    }
}
