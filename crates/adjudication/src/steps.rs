//! The explanation of a settlement: one step for each amount. Recording is a type parameter, so a
//! settlement that nobody asks to explain pays nothing for it.

use crate::rules::{ReasonId, WhyId};
use alloc::vec::Vec;
use gongji_domain::{Fen, FundCode, Rate};

/// One step: which rule made which amount of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The benefit's place in the chain; absent for the lines and the payers.
    pub benefit: Option<u8>,
    /// The rule and its article.
    pub why: WhyId,
    /// What was done with which inputs.
    pub kind: StepKind,
    /// The amount it gave.
    pub result: Fen,
}

/// What a step did, with its inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Off-list lines (全自费).
    OffList,
    /// Above the price ceiling (超限价).
    OverCeiling,
    /// First-pay (先行自付).
    Upfront,
    /// Eligible (符合政策范围) = total less the three.
    Eligible {
        /// Everything charged.
        total: Fen,
    },
    /// A benefit decided elsewhere paid.
    Prior {
        /// By this fund.
        fund: FundCode,
    },
    /// The base that a benefit takes: lines and what flows in.
    Base {
        /// From lines.
        lines: Fen,
        /// From what earlier benefits left.
        residual: Fen,
    },
    /// Not covered, for a reason.
    NotCovered {
        /// The reason.
        reason: ReasonId,
    },
    /// A limit on expense admitted less than came.
    ExpenseLimit {
        /// The limit.
        limit: Fen,
        /// Used before.
        used: Fen,
        /// What came.
        of: Fen,
    },
    /// Deductible borne (起付标准).
    Deductible {
        /// The standard.
        standard: Fen,
        /// Borne before in the period.
        used: Fen,
        /// The eligible amount it is borne from.
        of: Fen,
    },
    /// Payment at a rate.
    Rate {
        /// The amount above the deductible at this rate.
        base: Fen,
        /// The rate.
        rate: Rate,
        /// Which segment, counted from one; zero when the benefit has none.
        segment: u8,
    },
    /// Taken off the payment.
    PaymentDeductible {
        /// The standard.
        standard: Fen,
        /// Taken before in the period.
        used: Fen,
        /// The payment before.
        of: Fen,
    },
    /// A limit on the payment (支付限额); the result is what may be paid.
    PaymentLimit {
        /// The limit.
        limit: Fen,
        /// Paid before in the period.
        used: Fen,
        /// The payment before.
        of: Fen,
    },
    /// Another fund pays what a limit cut.
    Beyond {
        /// This fund.
        fund: FundCode,
    },
    /// What the benefit pays in the end.
    Paid {
        /// Its base.
        of: Fen,
    },
    /// The personal share = total less the funds.
    PersonalShare {
        /// Total.
        total: Fen,
        /// Funds.
        funds: Fen,
    },
    /// The account pays.
    Account {
        /// The share it may pay.
        of: Fen,
        /// The balance before.
        balance: Fen,
    },
    /// The rest, in cash.
    Cash {
        /// Personal share.
        share: Fen,
        /// Paid by the account.
        account: Fen,
    },
}

/// Takes steps, or does not.
pub(crate) trait Recorder {
    /// Records a step that is only made if somebody wants it.
    fn record(&mut self, step: impl FnOnce() -> Step);
}

/// Nobody asks.
pub(crate) struct Silent;

impl Recorder for Silent {
    #[inline(always)]
    fn record(&mut self, _: impl FnOnce() -> Step) {}
}

impl Recorder for Vec<Step> {
    fn record(&mut self, step: impl FnOnce() -> Step) {
        self.push(step());
    }
}
