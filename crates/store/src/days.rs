//! The Merkle tree of each day over the hashes of its events: the head that grows with every event,
//! its row, and proofs. A day goes on until an event of a later one comes, so days lie one after the
//! other in the journal even where the caller's clock was set back.

use gongji_ledger::merkle::{DayHead, Growing, InclusionProof, Leaf, prove_inclusion};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sha2::{Digest as _, Sha256};

use crate::event::{Digest, Event};
use crate::journal;

/// What is published of a day (日头).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day, as the caller's time names it.
    pub day: String,
    /// Number of its first event.
    pub first: u64,
    /// How many events and their root.
    pub head: DayHead,
}

/// An event and what leads from it to the head of its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The event, whole.
    pub event: Event,
    /// The head that it leads to.
    pub day: Day,
    /// The way.
    pub inclusion: InclusionProof,
}

impl Proof {
    /// Whether the event is what was sealed, and in the tree of a published head.
    #[must_use]
    pub fn verifies(&self, head: &DayHead) -> bool {
        let event = &self.event;
        event.digest_holds()
            && event.hash == event.computed_hash()
            && self.inclusion.verifies(&sha256, leaf(&event.hash), head)
    }
}

/// The day that events are counted in now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Days {
    day: String,
    first: u64,
    tree: Growing,
}

impl Days {
    /// Counts an event; gives the day that it ended, if it began a new one.
    pub(crate) fn push(&mut self, event: &Event) -> Option<Day> {
        let mut ended = None;
        if self.first == 0 || event.day() > self.day.as_str() {
            ended = self.now();
            *self = Self { day: event.day().to_owned(), first: event.seq, tree: Growing::new() };
        }
        self.tree.push(&sha256, leaf(&event.hash));
        ended
    }

    /// The head of the day so far; none before the first event.
    pub(crate) fn now(&self) -> Option<Day> {
        let day = || Day { day: self.day.clone(), first: self.first, head: self.tree.head(&sha256) };
        (self.first > 0).then(day)
    }
}

/// Keeps the head of a day, in place of an earlier one of the same day.
pub(crate) fn keep(connection: &Connection, day: &Day) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO day_head (day, first, size, root) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (day) DO UPDATE SET first = excluded.first, size = excluded.size, root = excluded.root",
        )?
        .execute(params![day.day, day.first, day.head.size, day.head.root])?;
    Ok(())
}

/// Every head that is kept, the oldest first.
pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<Day>> {
    connection.prepare("SELECT day, first, size, root FROM day_head ORDER BY day")?.query_map([], read)?.collect()
}

/// The newest head that is kept.
pub(crate) fn last(connection: &Connection) -> rusqlite::Result<Option<Day>> {
    connection.query_row("SELECT day, first, size, root FROM day_head ORDER BY day DESC LIMIT 1", [], read).optional()
}

/// The proof of an event; none if there is no such event or its day has no head.
pub(crate) fn prove(connection: &Connection, seq: u64) -> rusqlite::Result<Option<Proof>> {
    let sql = "SELECT day, first, size, root FROM day_head WHERE first <= ?1 ORDER BY first DESC LIMIT 1";
    let (Some(event), Some(day)) =
        (journal::event(connection, seq)?, connection.query_row(sql, [seq], read).optional()?)
    else {
        return Ok(None);
    };
    let leaves: Vec<Leaf> = journal::hashes(connection, day.first, day.head.size)?.iter().map(leaf).collect();
    let at = usize::try_from(seq - day.first).unwrap_or(usize::MAX);
    Ok(prove_inclusion(&sha256, &leaves, at).map(|inclusion| Proof { event, day, inclusion }))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Day> {
    Ok(Day { day: row.get(0)?, first: row.get(1)?, head: DayHead { size: row.get(2)?, root: row.get(3)? } })
}

fn leaf(hash: &Digest) -> Leaf {
    Leaf::of(&sha256, hash)
}

fn sha256(bytes: &[u8]) -> Digest {
    Sha256::digest(bytes).into()
}
