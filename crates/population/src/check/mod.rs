//! Whether a population is what the public figures say (校核): each target with what was measured and what it rests on.
//!
//! What is measured has a name and a value in millionths. Whoever runs a policy adds values of their own to
//! [`Measures`]; targets that nobody measured stand in the table as such.

mod spread;
mod tally;
mod target;

pub use spread::Spread;
pub use tally::Tally;
pub use target::{Row, Targets, Unit, Verdict};

use alloc::collections::BTreeMap;
use alloc::string::String;

/// Measured values in millionths, by the names that targets use.
pub type Measures = BTreeMap<String, i64>;

/// A fraction in millionths, half up; nothing when there is nothing to divide by.
pub fn millionths(part: i128, whole: i128) -> i64 {
    if whole == 0 { 0 } else { ((part * 2_000_000 + whole) / (whole * 2)) as i64 }
}
