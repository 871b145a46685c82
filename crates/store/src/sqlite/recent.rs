//! The newest message keys at hand, so that a message which is newer than all that came before is known to be
//! new without a look at the disk. Keys sort by their time, so these are the last ones of the table.

use std::collections::HashSet;
use std::hash::BuildHasher as _;
use std::sync::{PoisonError, RwLock};

use foldhash::fast::FixedState;
use rusqlite::Connection;

use crate::engine::News;
use crate::event::Key;
use crate::sqlite::rows;
use crate::trouble::Trouble;

/// So many are read at first.
const FEW: usize = 100_000;
/// With so many it is begun anew with the newest few.
const MANY: usize = 1_000_000;

/// The newest keys, for the writer and for whoever asks beside it.
#[derive(Default)]
pub(super) struct Shared(RwLock<Recent>);

impl Shared {
    /// Takes what is at hand for granted from now on.
    pub(super) fn put(&self, recent: Recent) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = recent;
    }

    /// Takes in keys that were kept; whether it is time to begin anew.
    pub(super) fn add<'k>(&self, keys: impl Iterator<Item = &'k Key>) -> bool {
        let (mut recent, mut bytes) = (self.0.write().unwrap_or_else(PoisonError::into_inner), Vec::new());
        for key in keys {
            rows::put_message(&mut bytes, key);
            recent.add(&bytes);
        }
        recent.is_full()
    }

    /// Which of some messages are certainly new.
    pub(super) fn new_of(&self, keys: &[&Key]) -> Vec<bool> {
        let (recent, mut bytes) = (self.0.read().unwrap_or_else(PoisonError::into_inner), Vec::new());
        let new = |key: &&Key| {
            rows::put_message(&mut bytes, key);
            recent.excludes(&bytes)
        };
        keys.iter().map(new).collect()
    }
}

impl News for Shared {
    fn is_new(&self, message: &Key) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).excludes(&rows::message(message))
    }
}

/// Every key of the table from one on, as hashes: eight bytes each.
#[derive(Default)]
pub(super) struct Recent {
    /// The first key that is at hand; nothing where nothing is known.
    from: Option<Vec<u8>>,
    hashes: HashSet<u64, FixedState>,
    hasher: FixedState,
}

impl Recent {
    /// The newest of the table.
    pub(super) fn load(connection: &Connection) -> Result<Self, Trouble> {
        let keys = rows::newest_messages(connection, FEW)?;
        // Fewer than asked for are all that there are.
        let from = if keys.len() < FEW { Some(Vec::new()) } else { keys.last().cloned() };
        let mut recent = Self { from, ..Self::default() };
        recent.hashes.extend(keys.iter().map(|key| recent.hasher.hash_one(key.as_slice())));
        Ok(recent)
    }

    /// Takes in a key that was kept.
    fn add(&mut self, key: &[u8]) {
        if self.from.as_ref().is_some_and(|from| key >= from.as_slice()) {
            self.hashes.insert(self.hasher.hash_one(key));
        }
    }

    /// Whether it is time to begin anew.
    fn is_full(&self) -> bool {
        self.hashes.len() >= MANY
    }

    /// Whether a key is certainly not in the table; otherwise the table is to be asked.
    fn excludes(&self, key: &[u8]) -> bool {
        let at_hand = self.from.as_ref().is_some_and(|from| key >= from.as_slice());
        at_hand && !self.hashes.contains(&self.hasher.hash_one(key))
    }
}
