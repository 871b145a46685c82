//! The register of members (参保登记): who is insured since when, in which way, on which base, what was
//! contributed, and what follows from it.
//!
//! A [`Member`] is what the register says now about all days; it changes only by a [`Fact`], which says from
//! when it holds. Who told it, when and why stands beside the facts, in the journal.
//!
//! Pure: knows no clock, file, database, no rate of law and no code of the national interface.
#![no_std]
#![warn(missing_docs)]
extern crate alloc;

mod fact;
mod member;
mod timeline;

pub use fact::{Fact, FactFault, Line};
pub use member::{Cover, Identity, LumpSum, Member, Paid, Stay};
pub use timeline::Timeline;
