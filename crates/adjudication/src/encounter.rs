//! One encounter (就诊) as the engine reads it: facts by place, charges or their split.
//! Whoever binds a case to an area's facts makes it; nothing here is checked again.

use gongji_domain::{Clock, Day, Fen, FundCode, Rate};

/// A visit to decide.
#[derive(Clone, Debug)]
pub struct Encounter<'a> {
    /// Service date (费用发生日).
    pub day: Day,
    /// Time of day, where a period opens with a visit.
    pub clock: Clock,
    /// The area's visit-level facts by place; [`crate::MISSING`] where the case does not say.
    pub facts: &'a [i64],
    /// The institution's number, where something is counted by institution.
    pub institution: u64,
    /// What was charged.
    pub lines: Lines<'a>,
    /// Payments of benefits that are decided elsewhere, in the order of the chain.
    pub prior: &'a [Prior],
    /// The member's registered amounts by index.
    pub frozen: &'a [Fen],
    /// Since when monthly allowances of this member add up, if not since the package's start.
    pub insured_since: Option<Day>,
    /// Whether the payer lets the account pay.
    pub use_account: bool,
}

/// What was charged.
#[derive(Clone, Copy, Debug)]
pub enum Lines<'a> {
    /// Charge by charge (费用明细).
    Charges(&'a [Charge<'a>]),
    /// Already split, the eligible amount by line class.
    Split(Split<'a>),
}

/// One charge (费用明细).
#[derive(Clone, Copy, Debug)]
pub struct Charge<'a> {
    /// What was charged.
    pub amount: Fen,
    /// Whether the catalogue lists it.
    pub covered: bool,
    /// The catalogue's price ceiling for this charge.
    pub ceiling: Option<Fen>,
    /// The catalogue's first-pay rate (先行自付比例).
    pub upfront: Rate,
    /// The area's charge-level facts by place.
    pub facts: &'a [i64],
}

/// A visit's charges, already split.
#[derive(Clone, Copy, Debug)]
pub struct Split<'a> {
    /// Off-list (全自费).
    pub off_list: Fen,
    /// Above the price ceiling (超限价).
    pub over_ceiling: Fen,
    /// First-pay (先行自付).
    pub upfront: Fen,
    /// Eligible (符合政策范围) by line class.
    pub eligible: &'a [Fen],
}

/// What a benefit that is decided elsewhere paid for this encounter.
#[derive(Clone, Copy, Debug)]
pub struct Prior {
    /// Its place in the chain.
    pub benefit: u8,
    /// The fund that paid.
    pub fund: FundCode,
    /// How much.
    pub paid: Fen,
}
