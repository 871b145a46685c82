//! Which persons are written to disk next: a chunk at a time, in turns, so that no commit waits for all of
//! them and recovery has few events to take in. Knows no SQL.

use std::collections::VecDeque;

/// Persons in a chunk.
pub(super) const CHUNK: usize = 512;
/// A chunk is written for so many events.
const EVERY: u64 = 256;

/// Where the turn is, and what the rows on disk cover.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// After which event each chunk was written.
    through: Vec<u64>,
    /// So many persons, from the first on, stand in a row.
    covered: usize,
    /// Persons that stand in none yet: how many there are with them, and the last event before they came.
    waiting: VecDeque<(usize, u64)>,
    /// The last event before the batch that was counted last: whoever is new since then came after it.
    last: u64,
    next: usize,
    events: u64,
}

/// A chunk to write.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Turn {
    pub chunk: usize,
    /// After it is written, the rows hold everything up to and with this event.
    pub floor: u64,
}

impl Turns {
    /// As rows on disk say: after which event each was written, and how many persons they hold.
    pub(super) fn resume(through: Vec<u64>, covered: usize, persons: usize, floor: u64) -> Self {
        let waiting = (persons > covered).then_some((persons, floor)).into_iter().collect();
        Self { through, covered, waiting, last: floor, next: 0, events: 0 }
    }

    /// Counts the events of a batch that begins after `before`, when so many persons are there; the chunks
    /// whose turn it is, to be written as they were after `before`.
    pub(super) fn take(&mut self, events: u64, persons: usize, before: u64) -> Vec<Turn> {
        if self.waiting.back().map_or(self.covered, |(last, _)| *last) < persons {
            self.waiting.push_back((persons, self.last));
        }
        self.last = before;
        self.events += events;
        let mut turns = Vec::new();
        while self.events >= EVERY && persons > 0 {
            self.events -= EVERY;
            turns.push(self.turn(persons, before));
        }
        turns
    }

    fn turn(&mut self, persons: usize, before: u64) -> Turn {
        if self.next * CHUNK >= persons {
            self.next = 0;
        }
        let chunk = self.next;
        self.next += 1;
        if chunk < self.through.len() {
            self.through[chunk] = before;
        } else {
            self.through.push(before);
        }
        self.covered = self.covered.max(persons.min((chunk + 1) * CHUNK));
        while self.waiting.front().is_some_and(|(with, _)| *with <= self.covered) {
            self.waiting.pop_front();
        }
        let written = self.through.iter().copied().min().unwrap_or_default();
        let floor = self.waiting.front().map_or(written, |(_, before)| written.min(*before));
        Turn { chunk, floor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::{People, split};

    /// Rows and what they cover, as they are on disk; and every event's person, by the number of the event.
    #[derive(Default)]
    struct Disk {
        rows: Vec<(u64, Vec<Box<[u8]>>)>,
        floor: u64,
        events: Vec<String>,
    }

    impl Disk {
        /// Everybody as a start finds them, and the turns that go on from there.
        fn start(&self) -> (People, Turns) {
            let mut people = People::default();
            for (name, revision, packed) in self.rows.iter().flat_map(|(_, row)| row).map(|record| split(record)) {
                people.set(name, revision, packed);
            }
            let covered = people.len();
            for (number, person) in (1..).zip(&self.events).filter(|(number, _)| *number > self.floor) {
                people.set(person, number, b"");
            }
            let through = self.rows.iter().map(|(through, _)| *through).collect();
            let turns = Turns::resume(through, covered, people.len(), self.floor);
            (people, turns)
        }

        fn write(&mut self, turns: &mut Turns, batch: u64, people: &People) {
            let before = self.events.len() as u64;
            for turn in turns.take(batch, people.len(), before) {
                self.rows.resize(self.rows.len().max(turn.chunk + 1), (0, Vec::new()));
                self.rows[turn.chunk] = (before, people.chunk(turn.chunk * CHUNK, CHUNK).to_vec());
                assert!(turn.floor >= self.floor, "the floor never goes back");
                self.floor = turn.floor;
            }
        }
    }

    fn sorted(people: &People) -> Vec<(String, u64)> {
        let mut all: Vec<_> = people.iter().map(|(name, revision, _)| (name.to_owned(), revision)).collect();
        all.sort();
        all
    }

    /// Persons come and change at random, in small and in full batches, through many starts; after every commit
    /// the rows and the events after the floor must give everybody's last state.
    #[test]
    fn rows_and_the_events_after_the_floor_are_always_everything() {
        for seed in 0..24_u64 {
            let mut random = seed;
            let mut next = move |below: u64| {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (random >> 33) % below
            };
            let (most, newcomers, starts) = ([40, 256][seed as usize % 2], 1 + seed * 100, 5 + seed % 40);
            let mut disk = Disk::default();
            let (mut people, mut turns) = disk.start();
            for commit in 0..200 {
                let batch = 1 + next(most);
                disk.write(&mut turns, batch, &people);
                for _ in 0..batch {
                    let person = next(people.len() as u64 + newcomers).min(people.len() as u64);
                    disk.events.push(format!("p{person}"));
                    people.set(&format!("p{person}"), disk.events.len() as u64, b"");
                }
                let (found, from_here) = disk.start();
                assert!(sorted(&found) == sorted(&people), "seed {seed}, commit {commit}");
                if next(starts) == 0 {
                    (people, turns) = (found, from_here);
                }
            }
            assert!(disk.floor > 0 && (seed < 4 || people.len() > 2 * CHUNK), "seed {seed}: {}", people.len());
        }
    }
}
