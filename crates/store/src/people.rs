//! What is known of very many persons, each packed to a few dozen bytes: one place in a list for each,
//! found by a table of four bytes a place. Knows nothing of what the bytes say.

use std::hash::BuildHasher as _;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::codec::{Bytes, put_text, put_u64};

/// A person as kept: how many events there were of the person, and the packed state after them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    pub revision: u64,
    pub packed: Vec<u8>,
}

/// Persons by name, in the order in which they came.
#[derive(Default)]
pub(crate) struct People {
    /// Name, revision and packed state of each.
    records: Vec<Box<[u8]>>,
    table: HashTable<u32>,
    hasher: FixedState,
    /// A record that is being written.
    scratch: Vec<u8>,
}

impl People {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is such a person.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.table.find(self.hash(name), |at| self.name(*at) == name).is_some()
    }

    /// What is kept of a person: place, which never changes, revision and packed state.
    pub(crate) fn find(&self, name: &str) -> Option<(u32, u64, &[u8])> {
        let at = *self.table.find(self.hash(name), |at| self.name(*at) == name)?;
        let (_, revision, packed) = split(&self.records[at as usize]);
        Some((at, revision, packed))
    }

    /// The same, to take along.
    pub(crate) fn get(&self, name: &str) -> Option<Kept> {
        self.find(name).map(|(_, revision, packed)| Kept { revision, packed: packed.to_vec() })
    }

    /// Keeps a person, in place of what was kept before.
    pub(crate) fn set(&mut self, name: &str, revision: u64, packed: &[u8]) {
        let hash = self.hash(name);
        if let Some(at) = self.table.find(hash, |at| self.name(*at) == name) {
            return self.set_at(*at, name, revision, packed);
        }
        let record = record(name, revision, packed);
        // Four thousand million persons are more than there are.
        let at = u32::try_from(self.records.len()).unwrap_or(u32::MAX);
        self.records.push(record);
        let Self { records, table, hasher, .. } = self;
        table.insert_unique(hash, at, |at| hasher.hash_one(split(&records[*at as usize]).0));
    }

    /// The same for a person whose place is known.
    pub(crate) fn set_at(&mut self, at: u32, name: &str, revision: u64, packed: &[u8]) {
        put_record(&mut self.scratch, name, revision, packed);
        let record = &mut self.records[at as usize];
        // Mostly it is as long as before.
        if record.len() == self.scratch.len() {
            record.copy_from_slice(&self.scratch);
        } else {
            *record = self.scratch.as_slice().into();
        }
    }

    /// The records of some places, as they are written to disk together.
    pub(crate) fn chunk(&self, from: usize, most: usize) -> &[Box<[u8]>] {
        let to = self.records.len().min(from.saturating_add(most));
        &self.records[from.min(to)..to]
    }

    /// Every person: name, revision, packed state.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, u64, &[u8])> {
        self.records.iter().map(|record| split(record))
    }

    fn hash(&self, name: &str) -> u64 {
        self.hasher.hash_one(name)
    }

    fn name(&self, at: u32) -> &str {
        split(&self.records[at as usize]).0
    }
}

/// One person as bytes.
pub(crate) fn record(name: &str, revision: u64, packed: &[u8]) -> Box<[u8]> {
    let mut bytes = Vec::with_capacity(name.len() + packed.len() + 8);
    put_record(&mut bytes, name, revision, packed);
    bytes.into()
}

fn put_record(into: &mut Vec<u8>, name: &str, revision: u64, packed: &[u8]) {
    into.clear();
    put_text(into, name);
    put_u64(into, revision);
    into.extend_from_slice(packed);
}

/// The parts of a record; of bytes that are none, nothing.
pub(crate) fn split(record: &[u8]) -> (&str, u64, &[u8]) {
    let mut bytes = Bytes(record);
    match (bytes.text(), bytes.u64()) {
        (Some(name), Some(revision)) => (name, revision, bytes.0),
        _ => ("", 0, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_that_was_set_is_kept_and_places_stay() {
        let mut people = People::default();
        assert_eq!(people.get("P1"), None);
        for n in 0..10_000_u64 {
            people.set(&format!("P{n}"), 1, &n.to_le_bytes());
        }
        people.set("P7", 9, b"");
        assert_eq!(people.len(), 10_000);
        assert!(people.has("P9999") && !people.has("P10000"));
        assert_eq!(people.get("P7"), Some(Kept { revision: 9, packed: Vec::new() }));
        assert_eq!(people.get("P9999").unwrap().packed, 9999_u64.to_le_bytes());
        let chunk = people.chunk(6, 3);
        assert_eq!(chunk.iter().map(|record| split(record).0).collect::<Vec<_>>(), ["P6", "P7", "P8"]);
        assert_eq!(people.chunk(9_999, 512).len(), 1);
        assert!(people.chunk(10_000, 512).is_empty());
        assert_eq!(people.iter().filter(|(_, revision, _)| *revision == 9).count(), 1);
    }
}
