//! A policy on a whole population (政策模拟): a year of account credits and settlements by the same engine and packages as
//! the counter's, and what it adds up to.
//!
//! Pure: knows no clock, file, thread or randomness, and no float; persons are brought by whoever runs it. Everything
//! that is summed is whole, so the order in which parts are added up changes nothing.
#![no_std]
#![warn(missing_docs)]
extern crate alloc;

pub mod budget;
pub mod design;
pub mod estimate;
mod exact;

pub use exact::Exact;
