//! The Merkle tree of each day over the hashes of its events: the head that grows with every event,
//! its row, and proofs. A day goes on until an event of a later one comes, so days lie one after the
//! other in the journal even where the caller's clock was set back.

use gongji_ledger::merkle::{DayHead, Growing, InclusionProof, Leaf, prove_inclusion};
use sha2::{Digest as _, Sha256};

use crate::chain::{ChainFault, WalkError};
use crate::engine::Source;
use crate::event::{Digest, Event, GENESIS, STREAM};
use crate::replay::packer;
use crate::trouble::Trouble;

/// What is published of a day (日头).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day, as the caller's time names it.
    pub day: String,
    /// Number of its first event.
    pub first: u64,
    /// How many events and their root.
    pub head: DayHead,
    /// What is needed to go on with the tree: the roots of its full subtrees. Not published.
    pub peaks: Vec<u8>,
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
    /// Counts an event with its hash; gives the day that it ended, if it began a new one.
    pub(crate) fn push(&mut self, event: &Event, hash: &Digest) -> Option<Day> {
        let mut ended = None;
        if self.first == 0 || event.day() > self.day.as_str() {
            ended = self.now();
            *self = Self { day: event.day().to_owned(), first: event.seq, tree: Growing::new() };
        }
        self.tree.push(&sha256, leaf(hash));
        ended
    }

    /// The head of the day so far; none before the first event.
    pub(crate) fn now(&self) -> Option<Day> {
        let day = || Day {
            day: self.day.clone(),
            first: self.first,
            head: self.tree.head(&sha256),
            peaks: self.tree.peaks().as_flattened().to_vec(),
        };
        (self.first > 0).then(day)
    }

    /// The number of the last event that was counted; zero before the first.
    pub(crate) fn last(&self) -> u64 {
        let size = self.tree.size();
        if size == 0 { 0 } else { self.first + size - 1 }
    }

    /// Goes on with a day that was kept.
    pub(crate) fn resume(day: &Day) -> Result<Self, Trouble> {
        let damaged = || Trouble::Damaged(format!("day_head.peaks：{}", day.day));
        let (peaks, rest) = day.peaks.as_chunks::<32>();
        let tree = Growing::resume(peaks.to_vec(), day.head.size).filter(|_| rest.is_empty()).ok_or_else(damaged)?;
        if tree.head(&sha256) != day.head {
            return Err(damaged());
        }
        Ok(Self { day: day.day.clone(), first: day.first, tree })
    }
}

/// The proof of an event; none if there is no such event or its day has no head.
pub(crate) fn prove(source: &dyn Source, number: u64) -> Result<Option<Proof>, WalkError> {
    let stream = number - number % STREAM;
    let days = source.days()?.into_iter();
    let day = days.filter(|day| day.first > stream && day.first <= number).max_by_key(|day| day.first);
    let (Some(row), Some(day)) = (source.row(number)?, day) else {
        return Ok(None);
    };
    let before = if number == stream + 1 { None } else { source.row(number - 1)? };
    let before = before.map_or(GENESIS, |row| row.hash);
    let unreadable = |why| WalkError::from(ChainFault::Unreadable(number, why));
    let event = packer(source)?.unpack(row, before).map_err(unreadable)?.event;
    let leaves: Vec<Leaf> = source.hashes(day.first, day.head.size)?.iter().map(leaf).collect();
    let at = usize::try_from(number - day.first).unwrap_or(usize::MAX);
    Ok(prove_inclusion(&sha256, &leaves, at).map(|inclusion| Proof { event, day, inclusion }))
}

fn leaf(hash: &Digest) -> Leaf {
    Leaf::of(&sha256, hash)
}

fn sha256(bytes: &[u8]) -> Digest {
    Sha256::digest(bytes).into()
}
