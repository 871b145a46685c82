//! Keeps what was settled: an append-only, hash-chained journal on embedded SQLite, and the postings
//! of every event beside it.
//!
//! # Promise
//!
//! * **The journal is the truth.** One table, [`Event`] by [`Event`]; whatever else the
//!   service knows (open visits, fee lines, standings, balances) is a [`State`] folded
//!   from the events, rebuilt from them at every start.
//! * **An answer is given only after its event is on disk** (`synchronous=FULL`).
//! * **The same message is answered once.** The key is (institution, msgid); the same
//!   transaction number and canonical input again get the stored reply byte for byte,
//!   anything else under that key is refused ([`SubmitError::Conflict`]).
//! * **Two settlements of one member happen one after the other**, whichever institutions
//!   send them: all decisions are made by one writer thread on the one state.
//! * **What an event moves is kept with it**, in the same transaction: postings that balance, sealed by
//!   the event's hash. They and the head of each day's Merkle tree are derived from the events alone.
//! * **A changed byte is found**, and where: see [`Reader::verify`]. [`rebuild`] makes derived rows anew,
//!   [`Reader::backup`] copies the store beside the running writer, [`Reader::prove`] proves one event.
//!
//! # Group commit
//!
//! The writer takes every request that waits (at most [`BATCH`]), decides each on the state
//! as left by the one before, appends the events in one transaction, commits, and only then
//! answers all of them. Nobody waits for a timer, and under load one disk flush serves many.
//!
//! # Not here
//!
//! The store has no clock (the caller tells the time), decides nothing, and does not know
//! what its events mean or move: `effects` is the caller's text, [`State::read`] its reader.

#![warn(missing_docs)]

mod backup;
mod days;
mod event;
mod fold;
mod journal;
mod posting;
mod reader;
mod schema;
mod store;
#[cfg(test)]
mod tests;
mod trouble;
mod verify;
mod writer;

pub use backup::BackupError;
pub use days::{Day, Proof};
pub use event::{Digest, Draft, Event, GENESIS, Key, Request, VERSION};
pub use fold::State;
pub use journal::{ChainFault, Verified};
pub use reader::{ReadError, Reader};
pub use schema::SchemaError;
pub use store::{OpenError, Store, rebuild};
pub use trouble::Trouble;
pub use verify::{Difference, Report, VerifyError};
pub use writer::{BATCH, Outcome, QUEUE, Reply, SubmitError};
