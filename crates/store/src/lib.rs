//! Keeps what was settled: an append-only, hash-chained journal, on embedded SQLite or on PostgreSQL behind
//! one contract, and beside it what follows from it.
//!
//! # Promise
//!
//! * **The journal is the truth.** Rows of events, only ever appended. Whatever else is kept (persons, postings,
//!   message keys, heads of days) is derived from them and can be made anew ([`rebuild`]).
//! * **An answer is given only after its event is on disk.**
//! * **The same message is answered once.** The key is (institution, msgid); the same
//!   transaction number and canonical input again get the stored reply byte for byte,
//!   anything else under that key is refused ([`SubmitError::Conflict`]).
//! * **Two settlements of one member happen one after the other**, whichever institutions and nodes take them:
//!   a request names the persons whose state it asks or changes, and those alone are locked.
//! * **What an event moves is kept with it**, in the same transaction: postings that balance, sealed by
//!   the event's hash, and the head of each day's Merkle tree over those.
//! * **A changed byte is found**, and where: see [`Reader::verify`].
//!
//! # How it works
//!
//! One worker thread of a node takes every request that waits (at most [`BATCH`]), has the engine lock
//! their persons, decides each on what the one before it left, and writes all events in one transaction;
//! only then are they answered. A thread beside it seals and packs what is decided meanwhile. Nobody waits for a
//! timer, and under load one disk flush serves many.
//!
//! What is known of a person ([`State::Person`]) is small and stays at hand, packed; what is known of a visit
//! ([`State::Visit`]) is folded from the visit's events when a message names it, and stays for a while. So a
//! start reads persons and a short tail of the journal, and a long journal makes nothing slower.
//!
//! What only asks need not wait for the worker: [`Store::glance`] answers it on the caller's thread from what is
//! committed and at hand, as of one moment, where that is enough.
//!
//! A database may have several nodes. Each writes a stream of its own, with numbers and a chain of its own,
//! and nothing but the persons of a batch is locked.
//!
//! # Not here
//!
//! The store has no clock (the caller tells the time), decides nothing, and does not know
//! what its events mean or move: `effects` is the caller's text, [`State`] its reader.

#![warn(missing_docs)]

mod body;
mod chain;
pub mod codec;
mod days;
mod engine;
mod event;
mod hand;
mod memory;
mod people;
mod place;
mod postgres;
mod posting;
mod reader;
mod replay;
mod sealing;
mod sqlite;
mod state;
mod store;
#[cfg(test)]
mod tests;
mod trouble;
mod verify;
mod visits;
mod worker;

pub use chain::{ChainFault, Verified};
pub use days::{Day, Proof};
pub use event::{CLOSING, Digest, Draft, Event, GENESIS, Key, Request, STREAM, VERSION};
pub use place::Place;
pub use reader::{ReadError, Reader};
pub use sqlite::backup::BackupError;
pub use sqlite::restore::{RestoreError, Restored, Until};
pub use sqlite::schema::SchemaError;
pub use state::{InVisit, Known, State};
pub use store::{OpenError, Store, rebuild};
pub use trouble::Trouble;
pub use verify::{Difference, Report, VerifyError};
pub use worker::{BATCH, Outcome, QUEUE, Reply, SubmitError};
