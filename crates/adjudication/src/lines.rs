//! Splitting charges (费用明细) into off-list, over the ceiling, first-pay and eligible.
//! Knows the catalogue's figures only as the charge carries them.

use crate::MAX_FACTS;
use crate::encounter::{Charge, Lines, Split};
use crate::facts::{Encode, Source};
use crate::rules::{LineTerms, Rules};
use crate::settlement::Settlement;
use crate::steps::{Recorder, Step, StepKind};
use gongji_domain::{Fen, Rounding};

/// Splits the lines into `settlement` and returns the eligible amount of each line class.
pub(crate) fn split<const K: usize, R: Recorder>(
    rules: &Rules,
    ordinals: &[u8; MAX_FACTS],
    lines: &Lines<'_>,
    amount_of: impl Fn(&crate::Amount) -> Fen,
    settlement: &mut Settlement,
    recorder: &mut R,
) -> [Fen; K] {
    let mut eligible = [Fen::ZERO; K];
    match lines {
        Lines::Split(split) => take_split(split, &mut eligible, settlement),
        Lines::Charges(charges) => {
            let terms = rules.lines.as_ref().map(|lines| lines.get(ordinals));
            for charge in *charges {
                let class = class_of(rules, charge);
                eligible[class] += split_one(charge, class, terms, &amount_of, settlement);
            }
        }
    }
    settlement.eligible = eligible.iter().copied().sum();
    settlement.total = settlement.off_list + settlement.over_ceiling + settlement.upfront + settlement.eligible;
    record(rules, settlement, recorder);
    eligible
}

/// Splits lines that no table of the area tells apart or adds to; the eligible amount.
#[inline]
pub(crate) fn plain(lines: &Lines<'_>, settlement: &mut Settlement) -> Fen {
    let mut eligible = [Fen::ZERO];
    match lines {
        Lines::Split(split) => take_split(split, &mut eligible, settlement),
        Lines::Charges(charges) => {
            for charge in *charges {
                eligible[0] += split_one(charge, 0, None, |_| Fen::MAX, settlement);
            }
        }
    }
    settlement.eligible = eligible[0];
    settlement.total = settlement.off_list + settlement.over_ceiling + settlement.upfront + settlement.eligible;
    eligible[0]
}

#[inline]
fn take_split<const K: usize>(split: &Split<'_>, eligible: &mut [Fen; K], settlement: &mut Settlement) {
    settlement.off_list = split.off_list;
    settlement.over_ceiling = split.over_ceiling;
    settlement.upfront = split.upfront;
    eligible[..split.eligible.len()].copy_from_slice(split.eligible);
}

/// The eligible part of one charge; the rest is added to the settlement.
#[inline]
fn split_one(
    charge: &Charge<'_>,
    class: usize,
    terms: Option<&LineTerms>,
    amount_of: impl Fn(&crate::Amount) -> Fen,
    settlement: &mut Settlement,
) -> Fen {
    if !charge.covered || terms.is_some_and(|terms| terms.not_covered >> class & 1 == 1) {
        settlement.off_list += charge.amount;
        return Fen::ZERO;
    }
    let area_ceiling = terms.map_or(Fen::MAX, |terms| amount_of(&terms.ceiling[class]));
    let ceiling = charge.ceiling.unwrap_or(Fen::MAX).min(area_ceiling);
    let within = charge.amount.min(ceiling);
    settlement.over_ceiling += charge.amount - within;
    // R1: first-pay, half up to the fen per charge; the area's share is of what the catalogue's leaves.
    let mut upfront = charge.upfront.of(within, Rounding::HALF_UP_FEN);
    if let Some(terms) = terms {
        upfront += terms.upfront[class].of(within - upfront, Rounding::HALF_UP_FEN);
    }
    settlement.upfront += upfront;
    within - upfront
}

#[inline]
fn class_of(rules: &Rules, charge: &Charge<'_>) -> usize {
    if rules.charge_facts.is_empty() {
        return 0;
    }
    let mut ordinals = [0; MAX_FACTS];
    for (slot, (source, encode)) in rules.charge_facts.iter().enumerate() {
        ordinals[slot] = charge_ordinal(source, encode, charge.facts);
    }
    usize::from(*rules.line_class.get(&ordinals))
}

fn charge_ordinal(source: &Source, encode: &Encode, facts: &[i64]) -> u8 {
    match source {
        Source::Raw(place) => encode.ordinal(facts[usize::from(*place)]),
        Source::CountOf(place) => encode.ordinal(i64::from(facts[usize::from(*place)].count_ones())),
        Source::VisitNumber { .. } => unreachable!("a charge has no visit number"),
    }
}

fn record<R: Recorder>(rules: &Rules, settlement: &Settlement, recorder: &mut R) {
    let Settlement { total, off_list, over_ceiling, upfront, eligible, .. } = *settlement;
    let parts = [(StepKind::OffList, off_list), (StepKind::OverCeiling, over_ceiling), (StepKind::Upfront, upfront)];
    for (kind, result) in parts {
        if !result.is_zero() {
            recorder.record(|| Step { benefit: None, why: rules.lines_why, kind, result });
        }
    }
    let kind = StepKind::Eligible { total };
    recorder.record(|| Step { benefit: None, why: rules.lines_why, kind, result: eligible });
}
