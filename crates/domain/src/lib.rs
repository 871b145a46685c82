//! Nouns and units that the other crates share: money, rates, days, funds, spreads.
//!
//! Pure: knows no clock, file, network, database or randomness, and no number of law.
//! Money is whole fen ([`Fen`]), a rate is whole millionths ([`Rate`]), a day is a civil
//! day ([`Day`]), a month a calendar month ([`Month`]); nothing here is a float, and every rounding is named where it happens.
#![no_std]
#![warn(missing_docs)]
extern crate alloc;

mod day;
mod fund;
mod money;
mod month;
mod rate;
mod spread;

pub use day::{Clock, Day, DayError};
pub use fund::{FundCode, NationalField};
pub use money::{Fen, MoneyError};
pub use month::{Month, MonthError};
pub use rate::{Direction, Rate, RateError, Rounding};
pub use spread::{Weight, spread};
