//! The register of members (参保登记): who is insured since when, in which way, on which base, what was
//! contributed, and what follows from it.
//!
//! What follows: on which days benefits can be had ([`entitlement`]), for whom a personal account pays ([`bond`]),
//! what was credited to it ([`credit`]), which applications change it ([`matter`]), and what it all adds up to ([`report`]).
//!
//! A [`Member`] is what the register says now about all days; it changes only by a [`Fact`], which says from
//! when it holds. Who told it, when and why stands beside the facts, in the journal.
//!
//! Pure: knows no clock, file, database, no rate of law and no code of the national interface.
#![no_std]
#![warn(missing_docs)]
extern crate alloc;

pub mod bond;
pub mod credit;
pub mod entitlement;
mod fact;
pub mod matter;
mod member;
mod parts;
#[cfg(test)]
mod persons;
pub mod report;
mod timeline;

pub use fact::{Fact, FactFault, Line};
pub use member::{Cover, Identity, LumpSum, Member, Paid, Stay};
pub use parts::{Part, Parts};
pub use timeline::Timeline;
