//! The smallest visit that shows a change: of a member who used nothing this year, with one charge.

use super::axes::Axes;
use super::parameters::{Asked, Key, Slot, cuts, titled};
use super::patterns::Pattern;
use super::{Effect, Sides, Witness};
use crate::compile::{CountedMeasure, CounterKey};
use crate::lower::lower_spot;
use crate::trial::{Trial, Trials, Used};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use gongji_adjudication::{Amount, CounterId, Cut, Rules, Terms};
use gongji_domain::{Fen, FundCode};

/// How many combinations of one change are tried.
const MOST_CELLS: usize = 3;
/// How many fen above each break are tried one by one.
const STEPS: i64 = 120;

/// What funds pay, by fund, and what the member pays in cash; none where the visit is refused.
type Paid = Option<(BTreeMap<FundCode, Fen>, Fen)>;

/// How a change shows, and the smallest visit that shows it with all others.
pub(super) fn effect(
    sides: &Sides<'_>,
    asked: &Asked,
    key: &Key,
    axes: &Axes,
    pattern: &Pattern,
) -> (Effect, Option<Witness>) {
    let (mut alone, mut together): (Option<Witness>, Option<Witness>) = (None, None);
    let mut told_alone = false;
    for cell in pattern.cells.iter().take(MOST_CELLS) {
        let Some((one, other)) = axes.trials(sides, cell) else { continue };
        let who = axes.visit_words(cell, &pattern.cube);
        together = least(together, smallest(sides, (&sides.a, &one), (&sides.b, &other), &who));
        if let Some(rules) = with_one_change(sides, asked, key, (&one, &other)) {
            told_alone = true;
            let changed = Trials { rules: &rules, ..sides.a };
            alone = least(alone, smallest(sides, (&sides.a, &one), (&changed, &one), &who));
        }
    }
    let alone = alone.map(|witness| Witness { days: (sides.a.day, sides.a.day), ..witness });
    let effect = match (alone, &together) {
        (Some(witness), _) => Effect::Alone(witness),
        (None, Some(witness)) if !told_alone => Effect::Together(witness.clone()),
        _ => Effect::Unseen,
    };
    (effect, together)
}

fn least(one: Option<Witness>, other: Option<Witness>) -> Option<Witness> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if other.amount < one.amount { other } else { one }),
        (one, other) => one.or(other),
    }
}

/// The smallest amount for which two sides pay differently.
fn smallest(sides: &Sides<'_>, one: (&Trials<'_>, &Trial), other: (&Trials<'_>, &Trial), who: &str) -> Option<Witness> {
    let breaks: BTreeSet<Fen> = one.0.amounts(one.1).into_iter().chain(other.0.amounts(other.1)).collect();
    let used = Used::default();
    let (mut a, mut b) = (one.0.member(one.1, &used), other.0.member(other.1, &used));
    let mut at = |amount: Fen| {
        let paid = |settled: Option<&gongji_adjudication::Settlement>| -> Paid {
            let settlement = settled?;
            let mut funds: BTreeMap<FundCode, Fen> = BTreeMap::new();
            for payment in settlement.payments.iter().filter(|payment| !payment.amount.is_zero()) {
                *funds.entry(payment.fund).or_insert(Fen::ZERO) += payment.amount;
            }
            Some((funds, settlement.cash))
        };
        (paid(a.settle(amount)), paid(b.settle(amount)))
    };
    let mut from = 0;
    for next in breaks {
        let near = (from + STEPS).min(next.fen());
        let found = (from + 1..=near).chain([next.fen()]).find(|fen| {
            let (one, other) = at(Fen::from_fen(*fen));
            one != other
        });
        if let Some(found) = found {
            let amount = if found > near { halved(near, found, &mut at) } else { found };
            let amount = Fen::from_fen(amount);
            let (one, other) = at(amount);
            let fund = |paid: &Paid| paid.as_ref().map(|(funds, _)| funds.values().copied().sum::<Fen>());
            let cash = |paid: &Paid| paid.as_ref().map(|(_, cash)| *cash);
            return Some(Witness {
                days: (sides.a.day, sides.b.day),
                who: who.into(),
                amount,
                fund: (fund(&one), fund(&other)),
                cash: (cash(&one), cash(&other)),
            });
        }
        from = next.fen();
    }
    None
}

/// The first amount that differs between one that does not and one that does.
fn halved(mut same: i64, mut differs: i64, at: &mut dyn FnMut(Fen) -> (Paid, Paid)) -> i64 {
    while differs - same > 1 {
        let middle = same + (differs - same) / 2;
        let (one, other) = at(Fen::from_fen(middle));
        if one == other {
            same = middle;
        } else {
            differs = middle;
        }
    }
    differs
}

/// The first side's rules for one visit with one parameter as on the second; none where a
/// parameter cannot be changed by itself.
fn with_one_change(sides: &Sides<'_>, asked: &Asked, key: &Key, (one, other): (&Trial, &Trial)) -> Option<Rules> {
    let Asked::Benefit(name) = asked else { return None };
    let sum = |key: &CounterKey| {
        !matches!(key.measure, CountedMeasure::Visits | CountedMeasure::VisitNumber(_) | CountedMeasure::Group)
    };
    let counter = sides.a.compiled.counters.iter().position(sum).map(|counter| counter as CounterId);
    let mut rules = lower_spot(sides.a.compiled, &sides.a.spot(one), sides.a.day)?;
    let ordinals = sides.b.ordinals(other);
    let (to, wanted) = sides.b.terms(&ordinals).into_iter().find(|(benefit, _)| *benefit.name == **name)?;
    let mut from = rules.chain.iter_mut().find(|benefit| *benefit.name == **name);
    let from = from.as_mut()?;
    let place = *from.key.cells.first()? as usize;
    let same_axis = from.segments == to.segments
        && from.axis.as_ref().map(|axis| (&axis.up_to, axis.from_zero))
            == to.axis.as_ref().map(|axis| (&axis.up_to, axis.from_zero));
    let terms = from.terms.get_mut(place)?;
    match key.slot {
        Slot::Rate if same_axis => {
            let classes = terms.rates.len() / to.segments.max(1);
            let class = sides.b.line_class(other);
            for (i, rate) in terms.rates.iter_mut().enumerate() {
                *rate = *wanted.rates.get(i / classes.max(1) * sides.b.rules.classes + class)?;
            }
        }
        Slot::EligibleLimit | Slot::Deductible | Slot::AboveLimit | Slot::PaymentDeductible | Slot::PaymentLimit => {
            let of = |trials: &Trials<'_>, terms: &Terms, trial: &Trial| -> Option<Cut> {
                let (slot, cuts) = cuts(terms).into_iter().find(|(slot, _)| *slot == key.slot)?;
                titled(trials, slot, cuts, trial)
                    .into_iter()
                    .find(|(what, _)| *what == key.what)
                    .map(|(_, cut)| cut.clone())
            };
            let (old, new) = (of(&sides.a, terms, one), of(&sides.b, wanted, other));
            let changed = (old, new.map(|new| Cut { lines: lines_here(sides, new.lines, one), ..new }));
            change_cut(terms, key.slot, changed, counter)?;
        }
        _ => return None,
    }
    Some(rules.prepared())
}

/// The line classes of a rule of the second side on the first: the same where both sides tell as
/// many apart, otherwise all.
fn lines_here(sides: &Sides<'_>, lines: u64, trial: &Trial) -> u64 {
    let (a, b) = (sides.a.rules.classes, sides.b.rules.classes);
    let same = a == b && lines >> sides.a.line_class(trial) & 1 == 1;
    if same { lines } else { u64::MAX >> (64 - a.clamp(1, 64)) }
}

/// Puts one deductible or limit as the second side has it; a new one counts in any counter in
/// which nothing stands yet.
fn change_cut(
    terms: &mut Terms,
    slot: Slot,
    (from, to): (Option<Cut>, Option<Cut>),
    counter: Option<CounterId>,
) -> Option<()> {
    let cuts = match slot {
        Slot::EligibleLimit => &mut terms.eligible_limits,
        Slot::Deductible => &mut terms.deductibles,
        Slot::AboveLimit => &mut terms.above_limits,
        Slot::PaymentDeductible => &mut terms.payment_deductibles,
        _ => &mut terms.payment_limits,
    };
    let mut all: Vec<Cut> = core::mem::take(cuts).into_vec();
    match (from, to) {
        (Some(from), Some(to)) => {
            let known = all.iter_mut().find(|cut| **cut == from)?;
            // Amounts that a member's register states stand at other places on the other side.
            matches!(to.amount, Amount::Fixed(_)).then_some(())?;
            (known.amount, known.carries) = (to.amount, to.carries);
        }
        (Some(from), None) => all.retain(|cut| *cut != from),
        (None, Some(to)) => {
            matches!(to.amount, Amount::Fixed(_) if !to.carries).then_some(())?;
            all.push(Cut { counter: counter?, except: None, beyond: None, ..to });
        }
        (None, None) => return None,
    }
    *cuts = all.into();
    Some(())
}
