//! Amounts at which what is paid of a visit bends: where a deductible is borne, a segment ends, a limit is reached. They are
//! found by deciding the visit again and again, so nothing here knows how a rule is written.

use crate::case::Decision;
use alloc::vec::Vec;
use gongji_adjudication::{Settlement, Step, StepKind, WhyId};
use gongji_domain::Fen;

/// A visit costs at most this.
pub(crate) const MOST: Fen = Fen::from_fen(9_999_999_999);

/// What stops growing with the amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bend {
    /// A deductible (起付标准) is borne.
    Deductible,
    /// A segment (费用段) of this number is full.
    Segment(u8),
    /// A limit (限额) is reached.
    Limit,
    /// The account (个人账户) is spent.
    Account,
}

/// The least amount at which something no longer grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kink {
    pub(crate) bend: Bend,
    /// The rule that says so.
    pub(crate) why: Option<WhyId>,
    pub(crate) amount: Fen,
    /// What it no longer grows beyond.
    pub(crate) level: Fen,
    /// What was left of the deductible or limit before; none for a segment.
    pub(crate) room: Option<Fen>,
}

/// A value of a settlement that grows with the amount until a rule stops it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Level {
    bend: Bend,
    why: Option<WhyId>,
    is: Fen,
    room: Option<Fen>,
}

/// Where the settlements of a visit bend; `decide` gives the decision on a visit of an amount, with the engine's steps.
pub(crate) fn kinks(decide: impl Fn(Fen) -> Option<Decision>) -> Vec<Kink> {
    let levels = |amount: Fen| match decide(amount) {
        Some(Decision::Settled(settled)) => levels(&settled.settlement),
        _ => Vec::new(),
    };
    let (most, half) = (levels(MOST), levels(Fen::from_fen(MOST.fen() / 2)));
    let stopped = most.into_iter().filter(|level| half.contains(level) && !level.is.is_zero());
    let found = stopped.map(|level| {
        let same = |other: &Level| other.bend == level.bend && other.why == level.why && other.is >= level.is;
        let amount = least(|amount| levels(amount).iter().any(same));
        Kink { bend: level.bend, why: level.why, amount, level: level.is, room: level.room }
    });
    found.collect()
}

/// The least amount of which something holds that holds of all greater ones.
fn least(holds: impl Fn(Fen) -> bool) -> Fen {
    let (mut below, mut at) = (0, MOST.fen());
    while below + 1 < at {
        let middle = below + (at - below) / 2;
        if holds(Fen::from_fen(middle)) {
            at = middle;
        } else {
            below = middle;
        }
    }
    Fen::from_fen(at)
}

fn levels(settlement: &Settlement) -> Vec<Level> {
    let account = Level { bend: Bend::Account, why: None, is: settlement.account_paid, room: None };
    settlement.steps.iter().filter_map(level).chain([account]).collect()
}

fn level(step: &Step) -> Option<Level> {
    let (bend, is, room) = match step.kind {
        StepKind::Deductible { standard, used, .. } | StepKind::PaymentDeductible { standard, used, .. } => {
            (Bend::Deductible, step.result, Some(standard - used))
        }
        StepKind::ExpenseLimit { limit, used, .. } | StepKind::PaymentLimit { limit, used, .. } => {
            (Bend::Limit, step.result, Some(limit - used))
        }
        StepKind::Rate { base, segment, .. } if segment > 0 => (Bend::Segment(segment), base, None),
        _ => return None,
    };
    Some(Level { bend, why: Some(step.why), is, room })
}
