//! A slow, independent reading of policy packages (政策包), for tests only.
//!
//! The oracle reads the TOML text of a package anew at every decision, row by row, on exact
//! rationals, and sums counters by filtering the whole history. It shares no code with the engine
//! it is compared with. Where the policy language leaves room, the choice taken stands in a
//! comment that begins with "Doubt".
//!
//! - [`answer()`] decides a whole quote case;
//! - [`Oracle`] settles and cancels one encounter at a time and shows every intermediate measure;
//! - [`generate`] makes random packages, histories and cases from a seed.

pub mod answer;
pub mod benefit;
pub mod case;
pub mod facts;
pub mod generate;
pub mod history;
pub mod lines;
pub mod package;
pub mod payer;
pub mod relation;
pub mod settle;
pub mod table;
pub mod values;

pub use answer::{Cancellation, answer, answer_with_cancellations};
pub use benefit::{Failure, Outcome, Share};
pub use case::Encounter;
pub use history::{History, Measure};
pub use package::Package;
pub use settle::{Decision, Oracle, Settlement};
