//! The contract of a database under the journal: what the one worker of a node asks of it for a batch of
//! requests, and what anybody may read of it. Engines know rows and nothing of what they mean.
//!
//! For each batch in this order: [`Engine::begin`] locks persons, [`Engine::fetch`] finds earlier answers
//! and loads visits, and [`Engine::commit`] writes everything or nothing and returns when it is on disk, or
//! [`Engine::abandon`] ends a batch that changes nothing.

use std::borrow::Cow;
use std::sync::Arc;

use gongji_ledger::Periods;

use crate::body::{Dictionary, Row};
use crate::chain::Verified;
use crate::days::{Day, Days};
use crate::event::{Event, Key};
use crate::people::{Kept, People};
use crate::posting::Line;
use crate::sealing::{Panicked, Sealed, Sealer};
use crate::trouble::Trouble;

/// Why a batch did not go through; nothing of it is there unless it says otherwise.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Somebody else was faster (deadlock, serialization, a message taken elsewhere): at once again.
    Again(String),
    /// The connection is gone, and with it whether the last commit happened: connect anew, look, and again.
    Lost(String),
    /// The database refuses: what is on disk counts.
    Refused(Trouble),
    /// The last step of a commit failed. Nothing of it is to be seen, but it may lie on the disk whole, and be
    /// seen by the next process if nothing is written over it before.
    Unsure(Trouble),
}

impl From<Panicked> for Fault {
    fn from(_: Panicked) -> Self {
        Self::Refused(Trouble::Other("sealing panicked".to_owned()))
    }
}

/// Where a node stands when its engine was opened.
pub(crate) struct Start {
    /// The last event of the stream, by its number.
    pub head: Verified,
    /// The day that is under way.
    pub days: Days,
    /// The persons at hand; an engine that locks them may give none and tell them batch by batch.
    pub people: People,
    pub periods: Periods,
    pub dictionaries: Vec<Dictionary>,
}

/// What is asked for one batch, after its persons are locked.
pub(crate) struct Wanted<'a> {
    pub keys: Vec<&'a Key>,
    /// Member and visit.
    pub visits: Vec<(&'a str, u64)>,
}

/// What was found.
#[derive(Default)]
pub(crate) struct Found {
    /// For each key its event, if the message was kept.
    pub earlier: Vec<Option<Row>>,
    /// For each visit its events, the first one first.
    pub visits: Vec<Vec<Row>>,
    /// Dictionaries of other nodes that these rows need.
    pub dictionaries: Vec<Dictionary>,
}

/// What one commit writes, beside the rows of the events and what those lead to.
pub(crate) struct Batch<'a> {
    /// The messages of the rows, and those that they bar.
    pub messages: &'a [Message<'a>],
    /// Everybody who changed, with the state after the batch.
    pub persons: Vec<(&'a str, Kept)>,
    pub postings: Vec<Line>,
    /// The periods, if one was closed.
    pub periods: Option<Periods>,
}

/// Tells which messages are new, to anybody and at any time.
pub(crate) trait News: Send + Sync {
    /// Whether a message was certainly not kept. From the end of its commit on it is not new, before that is told
    /// to anybody.
    fn is_new(&self, message: &Key) -> bool;
}

/// A database that a node writes to.
pub(crate) trait Engine: Send {
    /// Begins a batch and locks these persons, each with the revision that is at hand. Gives those that are
    /// kept with another one, by place, and the periods if they may have changed.
    fn begin(&mut self, persons: &[(&str, Option<u64>)]) -> Result<(Vec<(usize, Kept)>, Option<Periods>), Fault>;

    /// Finds earlier answers and loads visits.
    fn fetch(&mut self, wanted: &Wanted<'_>) -> Result<Found, Fault>;

    /// Writes the batch with the rows that `sealer` gives by and by; `people` are all persons as before it. Tells
    /// where the batch led.
    fn commit(&mut self, batch: &Batch<'_>, sealer: &mut Sealer, people: &People) -> Result<Sealed, Fault>;

    /// Ends the batch without a trace.
    fn abandon(&mut self) -> Result<(), Fault>;

    /// After a fault: a usable connection, and where the stream stands on disk.
    fn reopen(&mut self) -> Result<Start, Fault>;

    /// What tells which messages are new, where nobody else writes.
    fn news(&self) -> Option<Arc<dyn News>> {
        None
    }

    /// Whether it has rows for postings, beside the bodies of events.
    fn keeps_postings(&self) -> bool {
        false
    }

    /// Whether several nodes may write to this database, so that persons change behind this one's back.
    fn is_shared(&self) -> bool;
}

/// A database that is read, as of one moment.
pub(crate) trait Source {
    /// The number before the first event of every stream.
    fn streams(&self) -> Result<Vec<u64>, Trouble>;

    /// The next rows of a stream after a number.
    fn page(&self, after: u64, most: u64) -> Result<Vec<Row>, Trouble>;

    /// One row.
    fn row(&self, number: u64) -> Result<Option<Row>, Trouble>;

    /// The events of a member's visit, the first one first.
    fn visit(&self, person: &str, visit: u64) -> Result<Vec<Row>, Trouble>;

    /// The number of the event that a message became.
    fn find(&self, key: &Key) -> Result<Option<u64>, Trouble>;

    /// All dictionaries.
    fn dictionaries(&self) -> Result<Vec<Dictionary>, Trouble>;

    /// The hashes of so many events from one on.
    fn hashes(&self, first: u64, count: u64) -> Result<Vec<crate::event::Digest>, Trouble>;

    /// The head of every day of every stream, by stream and day.
    fn days(&self) -> Result<Vec<Day>, Trouble>;

    /// Every person, as recovery would have it.
    fn people(&self) -> Result<People, Trouble>;

    /// Hands every person to `see`, once, in no particular order: name, revision, packed state.
    fn persons(&self, see: &mut dyn FnMut(&str, u64, &[u8])) -> Result<(), Trouble>;

    /// The posting rows of events from one number to another; nothing where no such rows are kept.
    fn postings(&self, from: u64, to: u64) -> Result<Option<Vec<Line>>, Trouble>;

    /// The closed periods.
    fn periods(&self) -> Result<Periods, Trouble>;

    /// The edition that persons were folded with; none where they were never.
    fn edition(&self) -> Result<Option<String>, Trouble>;

    /// The same moment as a file's connection, where it is a file.
    fn file(&self) -> Option<&rusqlite::Connection> {
        None
    }

    /// Where the stream of this number stands.
    fn head(&self, base: u64) -> Result<Verified, Trouble>;

    /// The database's own check of its pages, where it has one.
    fn whole(&self) -> Result<(), Trouble>;
}

/// A transaction that puts derived rows in place of those that are there. Dropping it leaves all as it was.
pub(crate) trait Derived {
    /// Adds what follows from some events: posting rows, and the message that each event answers.
    fn add(&mut self, postings: &[Line], messages: &[Message<'_>]) -> Result<(), Trouble>;

    /// Puts persons, days and periods in place, says with which edition they were folded, and commits.
    fn finish(self: Box<Self>, replayed: &Replayed) -> Result<(), Trouble>;
}

/// Which event answers a message, or bars it.
#[derive(Clone, Debug)]
pub(crate) struct Message<'a> {
    pub key: Cow<'a, Key>,
    pub number: u64,
    pub person: Cow<'a, str>,
    pub revision: u64,
}

impl Message<'_> {
    pub(crate) fn of(event: &Event) -> Self {
        Self::barred(event, event.msgid.clone())
    }

    /// A message that the event bars.
    pub(crate) fn barred(event: &Event, msgid: String) -> Self {
        let key = Cow::Owned(Key { institution: event.institution.to_string(), msgid });
        Self { key, number: event.seq, person: Cow::Owned(event.psn_no.clone()), revision: event.revision }
    }
}

/// Everything that was folded from the whole journal.
pub(crate) struct Replayed {
    pub people: People,
    pub days: Vec<Day>,
    pub periods: Periods,
    pub edition: String,
    /// Where every stream ended.
    pub heads: Vec<Verified>,
}
