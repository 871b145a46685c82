//! A policy on a whole population (政策模拟): a year of account credits and settlements by the same engine and packages as
//! the counter's, and what it adds up to.
//!
//! A [`Scenario`] is an area's package prepared once for a year; a [`Walker`] takes one person after the other
//! through it; a [`Tally`] adds up, a [`Comparison`] tells two scenarios apart on the same people.
//!
//! Pure: knows no clock, file, thread or randomness, and no float; persons are brought by whoever runs it. Everything
//! that is summed is whole, so the order in which parts are added up changes nothing.
#![no_std]
#![warn(missing_docs)]
extern crate alloc;

mod assumptions;
mod binding;
pub mod budget;
mod compare;
mod credits;
pub mod design;
pub mod estimate;
mod exact;
mod histogram;
mod relatives;
mod response;
mod scenario;
mod tally;
mod walk;
mod year;

pub use assumptions::{Assumptions, Bands, StandIn};
pub use compare::{Changed, Comparison, Reason, Side, Witness};
pub use exact::Exact;
pub use histogram::{Bin, Histogram};
pub use response::Response;
pub use scenario::{Reform, Scenario, ScenarioFault};
pub use tally::{CellSums, GroupSums, Tally, run, run_each};
pub use walk::Walker;
pub use year::{Group, Paid, PersonYear};

/// How many kinds of care are told apart: visits, chronic visits, purchases, admissions.
pub const CARES: usize = 4;
/// How many levels of institutions are told apart.
pub const CLASSES: usize = 3;
/// 在职 and 退休.
pub const STATUSES: usize = 2;
