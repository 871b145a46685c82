//! The short way for the commonest rules: one benefit on lines, a yearly deductible, one rate,
//! yearly limits on the payment. Same amounts as the long way (`decide`), which explanations take;
//! the tests compare the two on every history. Knows no more law than the long way does.

use crate::encounter::Encounter;
use crate::facts::{Encode, Source};
use crate::rules::{AccountPart, Amount, Benefit, CounterId, Cut, Measure, Payer, Rules, Terms};
use crate::settlement::Settlement;
use crate::standing::{Addition, Standing};
use crate::{Instance, Period, decide, lines};
use alloc::boxed::Box;
use alloc::vec::Vec;
use gongji_domain::{Fen, FundCode, Rate};

/// The most limits and the most counters of terms that take the short way.
const MOST_LIMITS: usize = 2;
const MOST_ADDS: usize = 4;
/// Stands for no terms: such a visit takes the long way.
const LONG: u16 = u16::MAX;

/// What the short way reads, worked out once for all visits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Short {
    benefit: u8,
    fund: FundCode,
    ordinary: bool,
    /// What the facts add up to is the number of the cell.
    weighs: Box<[Weigh]>,
    /// Which terms hold in each cell.
    cells: Box<[u16]>,
    terms: Box<[Plain]>,
}

/// Terms that the short way can decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plain {
    deductible: Option<(Fen, CounterId)>,
    rate: Rate,
    limits: [Option<(Fen, CounterId)>; MOST_LIMITS],
    adds: [Option<(CounterId, Measure)>; MOST_ADDS],
}

/// What a fact adds to the number of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Weigh {
    /// A choice or flag, by value.
    Choice { source: Source, weights: Box<[u32]> },
    /// A number, day or amount, by how many cuts are at most the value.
    Cuts { source: Source, encode: Encode, weights: Box<[u32]> },
    /// A fact that is a table over several others, by the cell of that table.
    Table { of: Box<[Weigh]>, weights: Box<[u32]> },
}

impl Short {
    /// The short way of these rules, if some of their terms have one.
    pub(crate) fn of(rules: &Rules) -> Option<Self> {
        let mut own = rules.chain.iter().enumerate().filter(|(_, benefit)| !benefit.decided_elsewhere);
        let (place, benefit) = own.next()?;
        let alone = own.next().is_none()
            && rules.classes <= 1
            && rules.access.is_none()
            && rules.lines.is_none()
            && rules.payers.pays.len() == 6
            && benefit.keeps.is_none()
            && !rules.facts.iter().any(|(source, _)| matches!(source, Source::VisitNumber { .. }));
        let Payer::Fund(fund) = benefit.payer else { return None };
        if !alone {
            return None;
        }
        let mut terms = Vec::new();
        let mut number = |of: &Terms| {
            let plain = Plain::of(of, benefit, rules)?;
            terms.push(plain);
            u16::try_from(terms.len() - 1).ok().filter(|number| *number != LONG)
        };
        let numbers: Vec<u16> = benefit.terms.iter().map(|of| number(of).unwrap_or(LONG)).collect();
        let cells = benefit.key.cells.iter().map(|terms| numbers[*terms as usize]).collect();
        let weighs = benefit.key.reads.iter().map(|(slot, stride)| weigh(rules, *slot, &|o| u32::from(o) * stride));
        let weighs = weighs.collect();
        let ordinary = benefit.ordinary;
        (!terms.is_empty()).then(|| Self { benefit: place as u8, fund, ordinary, weighs, cells, terms: terms.into() })
    }

    /// The terms of a visit, if the short way decides it.
    #[inline]
    pub(crate) fn terms(&self, facts: &[i64]) -> Option<&Plain> {
        self.terms.get(usize::from(self.cells[cell(&self.weighs, facts)]))
    }

    /// The fund of the one benefit.
    pub(crate) fn fund(&self) -> FundCode {
        self.fund
    }
}

impl Plain {
    /// The short form of these terms, if they have one.
    fn of(terms: &Terms, benefit: &Benefit, rules: &Rules) -> Option<Self> {
        let yearly = |counter: &CounterId| {
            let counter = &rules.counters[usize::from(*counter)];
            counter.period == Period::Year && !counter.by_institution && counter.continues.is_none()
        };
        let fixed = |cut: &Cut| match cut.amount {
            Amount::Fixed(amount)
                if cut.lines & 1 == 1 && !cut.carries && cut.beyond.is_none() && yearly(&cut.counter) =>
            {
                Some((amount, cut.counter))
            }
            _ => None,
        };
        let simple = terms.applies
            && terms.reasons.is_empty()
            && terms.claims & 1 == 1
            && benefit.takes_lines
            && benefit.axis.is_none()
            && terms.eligible_limits.is_empty()
            && terms.above_limits.is_empty()
            && terms.payment_deductibles.is_empty();
        let deductible = match &*terms.deductibles {
            [] => None,
            [cut] => Some(fixed(cut)?),
            _ => return None,
        };
        let limits = terms.payment_limits.iter().map(fixed).collect::<Option<Vec<_>>>()?;
        let counted = terms.adds.iter().map(|add| {
            let known = matches!(add.measure, Measure::Eligible | Measure::Borne | Measure::Above | Measure::Paid);
            // Nothing moves beyond a limit here, so only the benefit's own fund could be left out.
            let whole = add.except.is_none_or(|fund| benefit.payer != Payer::Fund(fund));
            (known && whole && add.lines & 1 == 1 && yearly(&add.counter)).then_some((add.counter, add.measure))
        });
        let adds = counted.collect::<Option<Vec<_>>>()?;
        let (limits, adds) = (in_place(limits)?, in_place(adds)?);
        simple.then_some(Self { deductible, rate: *terms.rates.first()?, limits, adds })
    }
}

/// A few things where they are read, without another place to look at.
fn in_place<T: Copy, const N: usize>(things: Vec<T>) -> Option<[Option<T>; N]> {
    (things.len() <= N).then(|| core::array::from_fn(|i| things.get(i).copied()))
}

/// What a fact adds, given what each of its ordinals adds.
fn weigh(rules: &Rules, slot: u8, adds: &dyn Fn(u8) -> u32) -> Weigh {
    if let Some((source, encode)) = rules.facts.get(usize::from(slot)) {
        let source = source.clone();
        return match encode {
            Encode::Choice(ordinals) => {
                Weigh::Choice { source, weights: ordinals.iter().map(|ordinal| adds(*ordinal)).collect() }
            }
            Encode::Cuts(cuts) => {
                let weights = (0..=cuts.len() as u8).map(adds).collect();
                Weigh::Cuts { source, encode: encode.clone(), weights }
            }
        };
    }
    let table = &rules.derived[usize::from(slot) - rules.facts.len()];
    match &*table.reads {
        [(of, stride)] => weigh(rules, *of, &|ordinal| adds(table.cells[usize::from(ordinal) * *stride as usize])),
        several => Weigh::Table {
            of: several.iter().map(|(of, stride)| weigh(rules, *of, &|o| u32::from(o) * stride)).collect(),
            weights: table.cells.iter().map(|value| adds(*value)).collect(),
        },
    }
}

/// The number of the cell that the facts of a visit add up to.
#[inline]
fn cell(weighs: &[Weigh], facts: &[i64]) -> usize {
    let mut number = 0;
    for weigh in weighs {
        number += match weigh {
            Weigh::Choice { source, weights } => weights[raw(source, facts) as usize],
            Weigh::Cuts { source, encode, weights } => weights[usize::from(encode.ordinal(raw(source, facts)))],
            Weigh::Table { of, weights } => weights[cell(of, facts)],
        };
    }
    number as usize
}

#[inline]
fn raw(source: &Source, facts: &[i64]) -> i64 {
    match source {
        Source::Raw(place) => facts[usize::from(*place)],
        Source::CountOf(place) => i64::from(facts[usize::from(*place)].count_ones()),
        Source::VisitNumber { .. } => unreachable!("rules that number visits take the long way"),
    }
}

/// Decides a visit the short way; false, with nothing written, if its terms need the long one.
#[inline]
pub(crate) fn settle(
    rules: &Rules,
    standing: &Standing,
    encounter: &Encounter<'_>,
    settlement: &mut Settlement,
) -> bool {
    let Some(short) = rules.short.as_ref().filter(|_| encounter.prior.is_empty()) else { return false };
    let Some(plain) = short.terms(encounter.facts) else { return false };
    let base = lines::plain(&encounter.lines, settlement);
    if !base.is_zero() {
        let year = Instance::from(rules.years.start(encounter.day).number());
        pay(short, plain, standing, year, base, settlement);
    }
    share(rules, standing, encounter.use_account, settlement);
    decide::assert_identities(settlement);
    true
}

/// Divides the personal share: the account's parts in order, the rest in cash.
#[inline]
fn share(rules: &Rules, standing: &Standing, use_account: bool, settlement: &mut Settlement) {
    let share = settlement.total - settlement.fund_total;
    let mut open = share;
    let mut left = [standing.account(AccountPart::Current), standing.account(AccountPart::Prior)];
    if use_account {
        for part in &rules.payers.accounts {
            let place = *part as usize;
            let paid = open.min(left[place]);
            open -= paid;
            left[place] -= paid;
            settlement.from_account[place] += paid;
        }
    }
    settlement.personal_share = share;
    settlement.account_paid = share - open;
    settlement.cash = open;
    settlement.balance = left[0] + left[1];
}

/// What the benefit pays of the base, and what that adds to its counters.
#[inline]
fn pay(short: &Short, plain: &Plain, standing: &Standing, year: Instance, base: Fen, settlement: &mut Settlement) {
    let (borne, above, paid) = plain.pays(base, |counter| standing.sum(counter, year, 0));
    if short.ordinary {
        settlement.deductible_borne = borne;
    }
    settlement.pay(short.benefit, short.fund, paid);
    plain.adds(base, borne, above, paid, |counter, amount| {
        settlement.additions.push(Addition { counter, instance: year, by: 0, amount });
    });
}

impl Plain {
    /// The deductible borne of a base, what is above it, and what is paid of that, given what was used of each counter.
    #[inline]
    pub(crate) fn pays(&self, base: Fen, used: impl Fn(CounterId) -> Fen) -> (Fen, Fen, Fen) {
        let left = |(amount, counter): (Fen, CounterId)| amount.less(used(counter));
        let borne = self.deductible.map_or(Fen::ZERO, |deductible| base.min(left(deductible)));
        let above = base - borne;
        let limits = self.limits.iter().map_while(|limit| *limit);
        (borne, above, limits.fold(self.rate.pay(above), |paid, limit| paid.min(left(limit))))
    }

    /// Whether the deductible, and a limit, are used up, given what was used of each counter.
    pub(crate) fn used_up(&self, used: impl Fn(CounterId) -> Fen) -> (bool, bool) {
        let full = |(amount, counter): (Fen, CounterId)| used(counter) >= amount;
        (self.deductible.is_none_or(full), self.limits.iter().flatten().any(|limit| full(*limit)))
    }

    /// What that adds to each counter, zeros left out.
    #[inline]
    pub(crate) fn adds(&self, base: Fen, borne: Fen, above: Fen, paid: Fen, mut add: impl FnMut(CounterId, Fen)) {
        for (counter, measure) in self.adds.iter().map_while(|add| *add) {
            let amount = match measure {
                Measure::Eligible => base,
                Measure::Borne => borne,
                Measure::Above => above,
                _ => paid,
            };
            if !amount.is_zero() {
                add(counter, amount);
            }
        }
    }
}
