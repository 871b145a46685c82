//! Keeps what was settled: an append-only, hash-chained journal on embedded SQLite.
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
//! * **A changed byte is found**: see [`Store::verify`].
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
//! what its events mean: `effects` is the caller's text, [`State::apply`] its reader.

#![warn(missing_docs)]

mod event;
mod journal;
mod schema;
mod store;
mod writer;

pub use event::{Digest, Draft, Event, GENESIS, Key, Request};
pub use journal::{ChainFault, Verified};
pub use schema::SchemaError;
pub use store::{OpenError, Store, VerifyError};
pub use writer::{BATCH, Outcome, QUEUE, Reply, State, SubmitError};
