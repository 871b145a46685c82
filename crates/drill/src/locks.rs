//! The lock of a database file among the connections of this process. Knows no bytes and no shared memory.

use std::collections::BTreeMap;

/// Who has a file open: a number that no other handle of the disk ever has.
pub(crate) type Who = u64;

/// How much a connection claims of a file, in SQLite's order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Nothing.
    #[default]
    None,
    /// Reads, beside others.
    Shared,
    /// Is going to write; others may still read.
    Reserved,
    /// Waits until readers have left; no new ones come in.
    Pending,
    /// Writes, alone.
    Exclusive,
}

/// Who holds what.
#[derive(Debug, Default)]
pub(crate) struct Locks(BTreeMap<Who, Level>);

impl Locks {
    /// Raises what `who` holds, or says no. Who asked for everything and has to wait for readers keeps new
    /// ones out in the meantime.
    pub(crate) fn raise(&mut self, who: Who, wanted: Level) -> bool {
        if self.held(who) >= wanted {
            return true;
        }
        let others = self.others(who);
        let (granted, enough) = match wanted {
            Level::None | Level::Shared => (wanted, others < Level::Pending),
            Level::Reserved => (wanted, others < Level::Reserved),
            Level::Pending | Level::Exclusive if others == Level::Shared => (Level::Pending, true),
            Level::Pending | Level::Exclusive => (wanted, others < Level::Reserved),
        };
        if enough {
            self.0.insert(who, granted);
        }
        enough && granted >= wanted
    }

    /// Lowers what `who` holds.
    pub(crate) fn lower(&mut self, who: Who, to: Level) {
        if to == Level::None {
            self.0.remove(&who);
        } else if self.held(who) > to {
            self.0.insert(who, to);
        }
    }

    /// Whether anybody is going to write.
    pub(crate) fn reserved(&self) -> bool {
        self.0.values().any(|level| *level >= Level::Reserved)
    }

    fn held(&self, who: Who) -> Level {
        self.0.get(&who).copied().unwrap_or_default()
    }

    fn others(&self, who: Who) -> Level {
        let others = self.0.iter().filter(|(holder, _)| **holder != who);
        others.map(|(_, level)| *level).max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_read_together_and_one_at_most_prepares_to_write() {
        let mut locks = Locks::default();
        assert!(locks.raise(1, Level::Shared) && locks.raise(2, Level::Shared));
        assert!(!locks.reserved() && locks.raise(1, Level::Reserved) && locks.reserved());
        assert!(!locks.raise(2, Level::Reserved));
        assert!(locks.raise(3, Level::Shared));
    }

    #[test]
    fn a_writer_waits_for_readers_and_lets_no_new_one_in() {
        let mut locks = Locks::default();
        assert!(locks.raise(1, Level::Reserved) && locks.raise(2, Level::Shared));
        assert!(!locks.raise(1, Level::Exclusive));
        assert!(!locks.raise(3, Level::Shared));
        locks.lower(2, Level::None);
        assert!(locks.raise(1, Level::Exclusive) && !locks.raise(2, Level::Shared));
        locks.lower(1, Level::Shared);
        assert!(locks.raise(2, Level::Shared) && !locks.reserved());
    }
}
