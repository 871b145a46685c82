//! From a case's facts to small ordinals, and from ordinals to table cells.
//! Knows nothing of what a fact means.

use crate::{CounterId, MAX_FACTS};
use alloc::boxed::Box;

/// A fact that the case does not state. Reading it is a bug: whoever binds a case checks first.
pub const MISSING: i64 = i64::MIN;

/// Where the raw value of a fact comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The value at this place of the encounter's (or charge's) facts.
    Raw(u8),
    /// How many members the set at this place has.
    CountOf(u8),
    /// Which distinct visit of the period this is, counted by two counters.
    VisitNumber {
        /// Visits so far in the period.
        total: CounterId,
        /// The number given to this group (for example this day and institution).
        group: CounterId,
    },
}

/// A fact's raw value -> its ordinal: how many distinguishable regions lie before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encode {
    /// A choice or a flag: the ordinal of each value, by value index.
    Choice(Box<[u8]>),
    /// A number, day or amount: how many of these ascending cuts are at most the value.
    Cuts(Box<[i64]>),
}

impl Encode {
    /// The ordinal of a raw value.
    #[inline]
    pub fn ordinal(&self, raw: i64) -> u8 {
        assert!(raw != MISSING, "a fact is read that the case does not state");
        match self {
            Self::Choice(ordinals) => ordinals[raw as usize],
            Self::Cuts(cuts) if cuts.len() <= 16 => cuts.iter().map(|cut| u8::from(*cut <= raw)).sum(),
            Self::Cuts(cuts) => cuts.partition_point(|cut| *cut <= raw) as u8,
        }
    }
}

/// A total table over ordinals as one flat array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dense<T> {
    /// The facts it reads, each with its stride.
    pub reads: Box<[(u8, u32)]>,
    /// One cell for each combination.
    pub cells: Box<[T]>,
}

impl<T> Dense<T> {
    /// A table that reads nothing.
    pub fn constant(cell: T) -> Self {
        Self { reads: Box::new([]), cells: Box::new([cell]) }
    }

    /// The cell for these ordinals.
    #[inline]
    pub fn get(&self, ordinals: &[u8; MAX_FACTS]) -> &T {
        let mut index = 0;
        for (fact, stride) in &self.reads {
            index += u32::from(ordinals[usize::from(*fact)]) * stride;
        }
        &self.cells[index as usize]
    }
}
