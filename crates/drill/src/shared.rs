//! The memory that connections to one file in WAL mode share, and its locks. Knows no bytes of the file,
//! and never looks into the memory.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::locks::Who;

/// How many locks there are.
pub(crate) const SLOTS: usize = 8;

/// A piece of shared memory. Whoever uses it has a copy of the handle, so that it stays where it is.
/// Atomics, because others write to it through a pointer while handles to it are shared.
pub(crate) type Region = Arc<[AtomicU64]>;

/// Whether a lock is for one or for many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Shared,
    Exclusive,
}

#[derive(Debug, Default)]
struct Slot {
    alone: Option<Who>,
    together: BTreeSet<Who>,
}

/// The shared memory of one file.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    regions: Vec<Region>,
    slots: [Slot; SLOTS],
    users: BTreeSet<Who>,
}

impl Shared {
    /// The region with a number; if it is not there, it is made or `None`.
    pub(crate) fn map(&mut self, who: Who, number: usize, bytes: usize, make: bool) -> Option<Region> {
        self.users.insert(who);
        while make && self.regions.len() <= number {
            self.regions.push((0..bytes.div_ceil(8)).map(|_| AtomicU64::new(0)).collect());
        }
        self.regions.get(number).cloned()
    }

    /// Takes all the locks of a range, or none of them and says no.
    pub(crate) fn lock(&mut self, who: Who, slots: Range<usize>, mode: Mode) -> bool {
        let free = self.slots[slots.clone()].iter().all(|slot| slot.is_free(who, mode));
        if free {
            self.slots[slots].iter_mut().for_each(|slot| slot.take(who, mode));
        }
        free
    }

    /// Gives the locks of a range back.
    pub(crate) fn unlock(&mut self, who: Who, slots: Range<usize>) {
        self.slots[slots].iter_mut().for_each(|slot| slot.leave(who));
    }

    /// `who` needs the memory no more. The last one to leave takes all of it along.
    pub(crate) fn leave(&mut self, who: Who) {
        self.unlock(who, 0..SLOTS);
        self.users.remove(&who);
        if self.users.is_empty() {
            self.regions.clear();
        }
    }
}

impl Slot {
    fn is_free(&self, who: Who, mode: Mode) -> bool {
        let nobody_alone = self.alone.is_none_or(|holder| holder == who);
        let nobody_else = || self.together.iter().all(|holder| *holder == who);
        nobody_alone && (mode == Mode::Shared || nobody_else())
    }

    fn take(&mut self, who: Who, mode: Mode) {
        match mode {
            Mode::Shared => drop(self.together.insert(who)),
            Mode::Exclusive => self.alone = Some(who),
        }
    }

    fn leave(&mut self, who: Who) {
        self.together.remove(&who);
        self.alone.take_if(|holder| *holder == who);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_for_many_or_for_one() {
        let mut shared = Shared::default();
        assert!(shared.lock(1, 3..4, Mode::Shared) && shared.lock(2, 3..4, Mode::Shared));
        assert!(!shared.lock(3, 2..5, Mode::Exclusive));
        assert!(shared.lock(3, 2..3, Mode::Exclusive), "nothing of the range before was taken");
        shared.unlock(1, 3..4);
        assert!(!shared.lock(3, 3..4, Mode::Exclusive));
        shared.leave(2);
        assert!(shared.lock(3, 3..4, Mode::Exclusive) && !shared.lock(1, 3..4, Mode::Shared));
    }

    #[test]
    fn memory_is_the_same_for_all_and_goes_with_the_last() {
        let mut shared = Shared::default();
        assert!(shared.map(1, 1, 64, false).is_none());
        let first = shared.map(1, 1, 64, true).unwrap();
        let second = shared.map(2, 1, 64, false).unwrap();
        assert!(Arc::ptr_eq(&first, &second) && first.len() == 8);
        shared.leave(1);
        assert!(shared.map(2, 0, 64, false).is_some());
        shared.leave(2);
        assert!(shared.map(2, 0, 64, false).is_none());
    }
}
