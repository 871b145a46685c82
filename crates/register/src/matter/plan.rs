//! What a matter does to money: pure planning, from what the account holds. The app turns movements into entries of the
//! ledger. What a member owes is taken before anything is paid out.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use gongji_domain::{Day, Fen, Month, Weight, spread};
use serde::{Deserialize, Serialize};

use super::{Adjustment, Heir, Kind, withheld};
use crate::credit::Source;
use crate::parts::{Part, Parts};

/// Money that moves because of a matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Movement {
    /// 返还: paid out to the member.
    Refund {
        /// Out of which parts.
        parts: Parts,
    },
    /// 继承: paid out to an heir.
    ToHeir {
        /// Which one, by the place in the matter.
        heir: u16,
        /// Out of which parts.
        parts: Parts,
    },
    /// 转出: to another area, part by part.
    Relocate {
        /// The area.
        to: String,
        /// Which parts.
        parts: Parts,
    },
    /// 转入: from another area, part by part.
    Receive {
        /// The area.
        from: String,
        /// Which parts.
        parts: Parts,
    },
    /// 补计: a credit that was missing.
    Credit {
        /// For which month.
        month: Month,
        /// Where it comes from.
        source: Source,
        /// The whole credit.
        amount: Fen,
        /// What of it is withheld for claims.
        withheld: Fen,
    },
    /// 追回: a credit that was too much.
    TakeBack {
        /// For which month.
        month: Month,
        /// Where it came from and goes back to.
        source: Source,
        /// What is still there.
        parts: Parts,
        /// What was spent, and stays owed.
        owed: Fen,
    },
    /// 扣还: what the member owes, taken before the account is paid out.
    Recover {
        /// Out of which parts.
        parts: Parts,
    },
}

/// What a matter moves, when the account holds so much, the member owes so much, and it is done on a day. Nothing for one
/// that moves no money, and for an account that holds none.
pub fn plan(kind: &Kind, held: &Parts, claims: Fen, on: Day) -> Vec<Movement> {
    match kind {
        Kind::Correction { month, source, change: Adjustment::Add(amount), .. } => {
            let (_, withheld) = withheld(*amount, claims);
            vec![Movement::Credit { month: *month, source: *source, amount: *amount, withheld }]
        }
        Kind::Correction { month, source, change: Adjustment::TakeBack(amount), .. } => {
            // A credit of this year stands in the current part, one of an earlier year was carried over. Money of
            // relatives is not touched.
            let this_year = month.year() == on.ymd().0;
            let order = if this_year { [Part::Current, Part::Prior] } else { [Part::Prior, Part::Current] };
            let parts = held.take(*amount, &order);
            vec![Movement::TakeBack { month: *month, source: *source, parts, owed: amount.less(parts.total()) }]
        }
        Kind::TransferIn { from, amounts } if !amounts.is_empty() => {
            vec![Movement::Receive { from: from.clone(), parts: *amounts }]
        }
        kind if kind.pays_out() => paid_out(kind, held, claims),
        _ => Vec::new(),
    }
}

fn paid_out(kind: &Kind, held: &Parts, claims: Fen) -> Vec<Movement> {
    let owed = held.take(claims, &Part::ALL);
    let parts = *held - owed;
    let mut movements = Vec::new();
    if !owed.is_empty() {
        movements.push(Movement::Recover { parts: owed });
    }
    match kind {
        _ if parts.is_empty() => {}
        Kind::Refund { .. } => movements.push(Movement::Refund { parts }),
        Kind::TransferOut { to } => movements.push(Movement::Relocate { to: to.clone(), parts }),
        Kind::Inheritance { heirs } => movements.extend(to_heirs(heirs, parts)),
        _ => {}
    }
    movements
}

/// Divided by shares to the fen (最大余额法); each heir's amount out of the parts that those before left.
fn to_heirs(heirs: &[Heir], parts: Parts) -> Vec<Movement> {
    let weights: Vec<Weight> =
        heirs.iter().map(|heir| Weight { weight: i64::from(heir.weight), ..Weight::default() }).collect();
    if weights.iter().all(|weight| weight.weight == 0) {
        return Vec::new();
    }
    let mut shares = vec![Fen::ZERO; heirs.len()];
    spread(parts.total(), &weights, &mut shares);
    let mut left = parts;
    let mut movements = Vec::with_capacity(heirs.len());
    for (heir, share) in (0..).zip(shares) {
        let parts = left.take(share, &Part::ALL);
        left = left - parts;
        if !parts.is_empty() {
            movements.push(Movement::ToHeir { heir, parts });
        }
    }
    movements
}
