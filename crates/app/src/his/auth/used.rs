//! What was used already: nonces, and what a signature was first seen with. Kept in memory for as long as the
//! signature would be taken, so a start forgets it; exactly-once of message numbers does not depend on it.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// The most that is remembered at once.
const MOST: usize = 1 << 20;

type Digest = [u8; 32];

/// Everything used and not yet forgotten.
#[derive(Debug, Default)]
pub(super) struct Used {
    with: HashMap<Digest, Digest>,
    until: BinaryHeap<Reverse<(i64, Digest)>>,
}

/// What became of a use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// It is the first.
    First,
    /// It was used with the same content.
    Same,
    /// It was used with another content.
    Other,
    /// Too many are remembered.
    Full,
}

impl Used {
    /// Uses `what` with a content; it is remembered until a moment.
    pub(super) fn take(&mut self, what: Digest, content: Digest, now: i64, until: i64) -> Use {
        while self.until.peek().is_some_and(|Reverse((until, _))| *until < now) {
            if let Some(Reverse((_, old))) = self.until.pop() {
                self.with.remove(&old);
            }
        }
        match self.with.get(&what) {
            Some(first) if *first == content => Use::Same,
            Some(_) => Use::Other,
            None if self.with.len() >= MOST => Use::Full,
            None => {
                self.with.insert(what, content);
                self.until.push(Reverse((until, what)));
                Use::First
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_remembered_until_its_time_and_not_longer() {
        let mut used = Used::default();
        let [a, b, x, y] = [1, 2, 3, 4].map(|byte| [byte; 32]);
        for (what, content, now, expected) in [
            (a, x, 0, Use::First),
            (a, x, 5, Use::Same),
            (a, y, 5, Use::Other),
            (b, x, 5, Use::First),
            (a, y, 10, Use::Other),
            (a, y, 11, Use::First),
        ] {
            assert_eq!(used.take(what, content, now, now + 10), expected, "{now}");
        }
        used.take(a, x, 1000, 1010);
        assert_eq!((used.with.len(), used.until.len()), (1, 1), "what is over is forgotten");
    }
}
