//! A population of insured people (参保人群) and the care that each of them seeks in a year: invented from
//! public statistics, or an agency's own, de-identified, in the same form.
//!
//! A [`Person`] and their [`Event`]s say nothing of any area's rules: what they are paid is worked out by whoever
//! runs a policy on them. Invented people come in [`Batch`]es, and a batch depends on the seed and on its number alone,
//! so any number of threads gives the same people.
//!
//! The one crate that draws from distributions, and so the one where numbers with a point are: an amount leaves
//! it as whole fen, by one function. Knows no clock, file, network, thread, and no rule of law.
#![no_std]
#![warn(missing_docs)]
#![allow(clippy::float_arithmetic)] // distributions; no amount is added up as a float
extern crate alloc;

mod batch;
mod behaviour;
pub mod check;
mod draw;
mod event;
mod generator;
mod person;
pub mod preset;
mod violations;

pub use batch::{Batch, Source, SourceFault};
pub use behaviour::Behaviour;
pub use event::{Care, Class, Event, Kin, Means, Reach};
pub use generator::{CATEGORIES, Generator};
pub use person::{Employment, Person, Sex, Status};
pub use preset::{Act, Offence, Preset, Tier};
pub use violations::{Label, Violations};
