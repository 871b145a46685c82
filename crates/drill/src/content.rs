//! The bytes of one file: what reads see, what a crash keeps, and what lies between the two.
//! Knows no names, no locks and no other file.

use std::mem;

use crate::chance::Chance;

/// What the disk writes whole or not at all.
pub(crate) const SECTOR: usize = 512;

/// A change that no sync has made durable yet.
#[derive(Debug)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Truncate(usize),
}

/// How many changes a crash did not keep, or not whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Damage {
    pub(crate) dropped: u64,
    pub(crate) torn: u64,
}

/// The bytes of one file.
#[derive(Debug, Default)]
pub(crate) struct Content {
    seen: Vec<u8>,
    durable: Vec<u8>,
    /// What was done since the last sync, in order.
    unsynced: Vec<Change>,
}

/// What a crash does to the unsynced changes of one file. The first two are kinds of crash of their own,
/// which chance over many single changes would hardly ever give.
enum Mood {
    KeepAll,
    LoseAll,
    Each,
}

impl Content {
    pub(crate) fn seen(&self) -> &[u8] {
        &self.seen
    }

    /// Fills as much of `into` as there is, and says how much.
    pub(crate) fn read(&self, at: usize, into: &mut [u8]) -> usize {
        let there = self.seen.get(at..).unwrap_or_default();
        let length = there.len().min(into.len());
        into[..length].copy_from_slice(&there[..length]);
        length
    }

    pub(crate) fn write(&mut self, at: usize, bytes: &[u8]) {
        put(&mut self.seen, at, bytes);
        self.unsynced.push(Change::Write { at, bytes: bytes.to_vec() });
    }

    pub(crate) fn truncate(&mut self, length: usize) {
        self.seen.resize(length, 0);
        self.unsynced.push(Change::Truncate(length));
    }

    pub(crate) fn sync(&mut self) {
        for change in self.unsynced.drain(..) {
            match change {
                Change::Write { at, bytes } => put(&mut self.durable, at, &bytes),
                Change::Truncate(length) => self.durable.resize(length, 0),
            }
        }
    }

    /// Only what is durable, and what chance keeps of the rest, is left.
    pub(crate) fn crash(&mut self, chance: &mut Chance) -> Damage {
        let mood = match chance.below(4) {
            0 => Mood::KeepAll,
            1 => Mood::LoseAll,
            _ => Mood::Each,
        };
        let mut damage = Damage::default();
        for change in mem::take(&mut self.unsynced) {
            let kept = match mood {
                Mood::KeepAll => self.keep(&change, |_| true),
                Mood::LoseAll => 0,
                Mood::Each => self.keep_some(&change, chance),
            };
            damage.dropped += u64::from(kept == 0);
            damage.torn += u64::from(kept > 0 && kept < change.sectors());
        }
        self.seen.clone_from(&self.durable);
        damage
    }

    fn keep_some(&mut self, change: &Change, chance: &mut Chance) -> u64 {
        match chance.below(4) {
            0 => 0,
            1 => self.keep(change, |_| true),
            2 => {
                let first = chance.below(change.sectors());
                self.keep(change, |sector| sector < first)
            }
            _ => self.keep(change, |_| chance.coin()),
        }
    }

    /// Makes those sectors of a change durable that `kept` says, and says how many. A truncation has one.
    fn keep(&mut self, change: &Change, mut kept: impl FnMut(u64) -> bool) -> u64 {
        match change {
            Change::Truncate(length) => {
                let kept = kept(0);
                if kept {
                    self.durable.resize(*length, 0);
                }
                u64::from(kept)
            }
            Change::Write { at, bytes } => {
                let mut count = 0;
                for (number, (start, piece)) in (0..).zip(sectors(*at, bytes)) {
                    if kept(number) {
                        put(&mut self.durable, start, piece);
                        count += 1;
                    }
                }
                count
            }
        }
    }

    /// Turns one bit over, for reads and for ever.
    pub(crate) fn flip(&mut self, at: usize, bit: u8) {
        self.seen[at] ^= 1 << bit;
        if let Some(byte) = self.durable.get_mut(at) {
            *byte ^= 1 << bit;
        }
        self.unsynced.iter_mut().for_each(|change| change.flip(at, bit));
    }
}

impl Change {
    fn sectors(&self) -> u64 {
        match self {
            Self::Write { at, bytes } => sectors(*at, bytes).count() as u64,
            Self::Truncate(_) => 1,
        }
    }

    fn flip(&mut self, place: usize, bit: u8) {
        if let Self::Write { at, bytes } = self
            && let Some(byte) = place.checked_sub(*at).and_then(|inside| bytes.get_mut(inside))
        {
            *byte ^= 1 << bit;
        }
    }
}

/// Cuts bytes written at a place where the sectors of the file end.
fn sectors(at: usize, bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut start = at;
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let length = (SECTOR - start % SECTOR).min(rest.len());
        let (piece, after) = rest.split_at(length);
        let found = (start, piece);
        start += length;
        rest = after;
        (length > 0).then_some(found)
    })
}

/// Writes bytes at a place; a hole before them is zeros.
fn put(into: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if into.len() < end {
        into.resize(end, 0);
    }
    into[at..end].copy_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of four synced sectors of ones with four sectors of twos written over it.
    fn overwritten() -> Content {
        let mut content = Content::default();
        content.write(0, &[1; 4 * SECTOR]);
        content.sync();
        content.write(0, &[2; 4 * SECTOR]);
        content
    }

    #[test]
    fn every_fate_of_an_unsynced_write_happens_and_no_sector_is_mixed() {
        let mut fates = std::collections::BTreeSet::new();
        for seed in 0..200 {
            let mut content = overwritten();
            content.crash(&mut Chance::new(seed));
            let sectors: Vec<&[u8]> = content.seen().chunks(SECTOR).collect();
            assert!(sectors.iter().all(|sector| sector.iter().all(|byte| *byte == sector[0])));
            fates.insert(sectors.iter().map(|sector| sector[0]).collect::<Vec<u8>>());
        }
        for fate in [[1, 1, 1, 1], [2, 2, 2, 2], [2, 1, 1, 1], [1, 2, 1, 2]] {
            assert!(fates.contains(fate.as_slice()), "{fate:?} never happened");
        }
    }

    #[test]
    fn a_later_write_may_outlive_an_earlier_one() {
        let outlives = |seed| {
            let mut content = Content::default();
            content.write(0, &[1; SECTOR]);
            content.write(SECTOR, &[2; SECTOR]);
            content.crash(&mut Chance::new(seed));
            content.seen().starts_with(&[0; SECTOR])
        };
        assert!((0..50).any(outlives));
    }

    #[test]
    fn what_was_synced_outlives_any_crash() {
        for seed in 0..50 {
            let mut content = overwritten();
            content.sync();
            content.crash(&mut Chance::new(seed));
            assert_eq!(content.seen(), [2; 4 * SECTOR]);
        }
    }

    #[test]
    fn a_write_is_cut_where_the_sectors_of_the_file_end() {
        let pieces: Vec<(usize, usize)> = sectors(500, &[0; 1000]).map(|(start, piece)| (start, piece.len())).collect();
        assert_eq!(pieces, [(500, 12), (512, 512), (1024, 476)]);
    }
}
