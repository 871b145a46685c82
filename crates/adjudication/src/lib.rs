//! Decides one visit: compiled rules + a member's standing + an encounter -> a settlement.
//!
//! [`adjudicate`] is the whole promise: the same three inputs give the same settlement to the
//! fen, with or without its explanation. It never asks for today and never looks anything up;
//! the rules ([`Rules`]) already hold every number of law for the service date.
//!
//! Pure: knows no clock, file, network, database or randomness; no package text; no national
//! field name. Not here: reading packages (the policy crate), keeping settlements (the store).
//!
//! The order of evaluation, with its rounding points R1 to R4, is in `docs/reference/evaluation.md`.
#![no_std]
#![warn(missing_docs)]
extern crate alloc;

mod alike;
mod benefit;
mod decide;
mod encounter;
mod facts;
mod lines;
mod payers;
mod period;
mod plain;
mod rules;
mod settlement;
mod standing;
mod steps;

pub use alike::{Alike, Shares, Tab};
pub use decide::{Verdict, adjudicate, explain, ordinals, refusal, settle_into};
pub use encounter::{Charge, Encounter, Lines, Prior, Split};
pub use facts::{Dense, Encode, MISSING, Source};
pub use period::{Instance, Period, Years};
pub use plain::Short;
pub use rules::{
    AccountPart, Add, Amount, Axis, Benefit, Component, Counter, CounterId, Cut, Each, Flow, LineTerms, Measure, Payer,
    Payers, ReasonId, Rules, Terms, Why, WhyId,
};
pub use settlement::{Outcome, Payment, Refusal, Settlement};
pub use standing::{Addition, Standing};
pub use steps::{Step, StepKind};

/// The most line classes (charges that no table tells apart are one class) of one set of rules.
pub const MAX_CLASSES: usize = 64;
/// The most segments of one benefit.
pub const MAX_SEGMENTS: usize = 8;
/// The most different funds to which the limits of one benefit may move what they cut.
pub const MAX_BEYOND: usize = 4;
/// The most visit-level facts that one set of rules reads.
pub const MAX_FACTS: usize = 48;
