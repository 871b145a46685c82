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
        Self { through, covered, waiting, next: 0, events: 0 }
    }

    /// Counts the events of a batch that begins after `before`, when so many persons are there; the chunks
    /// whose turn it is, to be written as they were after `before`.
    pub(super) fn take(&mut self, events: u64, persons: usize, before: u64) -> Vec<Turn> {
        if self.waiting.back().map_or(self.covered, |(last, _)| *last) < persons {
            self.waiting.push_back((persons, before));
        }
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

    /// Persons come and change at random; after every commit the rows and the events after the floor must
    /// give everybody's last state.
    #[test]
    fn rows_and_the_events_after_the_floor_are_always_everything() {
        for seed in 0..20_u64 {
            let mut random = seed;
            let mut next = move |below: u64| {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (random >> 33) % below
            };
            let (mut turns, mut events) = (Turns::default(), Vec::<usize>::new());
            let (mut rows, mut floor, mut state) = (Vec::<Vec<u64>>::new(), 0, Vec::<u64>::new());
            for _ in 0..600 {
                let (before, batch) = (events.len() as u64, 1 + next(40));
                for turn in turns.take(batch, state.len(), before) {
                    let members = state.iter().skip(turn.chunk * CHUNK).take(CHUNK).copied().collect();
                    rows.resize(rows.len().max(turn.chunk + 1), Vec::new());
                    rows[turn.chunk] = members;
                    assert!(turn.floor >= floor, "the floor never goes back");
                    floor = turn.floor;
                }
                for _ in 0..batch {
                    let person = next(state.len() as u64 + 1 + seed / 10) as usize;
                    let person = person.min(state.len());
                    events.push(person);
                    if person == state.len() {
                        state.push(0);
                    }
                    state[person] = events.len() as u64;
                }
                let mut recovered: Vec<u64> = rows.iter().flatten().copied().collect();
                for (number, person) in (1..).zip(&events).filter(|(number, _)| *number > floor) {
                    recovered.resize(recovered.len().max(person + 1), 0);
                    recovered[*person] = number;
                }
                assert_eq!(recovered, state, "seed {seed}");
            }
            assert!(floor > 0, "seed {seed}");
        }
    }
}
