//! Random packages and histories from a seed (随机生成), for comparing two readings.
//!
//! [`package()`] writes a well-formed package: its tables are total, no rows conflict.
//! [`case()`] writes a quote case for any package, from the faces of its declared facts and the
//! figures of its tables. The same seed always gives the same text.

mod case;
mod package;
mod relation;

pub use case::{GeneratedCase, case};
pub use package::{GeneratedPackage, Options, package};

/// The splitmix64 generator.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// A generator from a seed.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is above zero.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.bits() % (end as u64)).unwrap_or(0)
    }

    /// A number from `from` to `to`, both possible.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let width = u64::try_from(to - from + 1).unwrap_or(1);
        from + i64::try_from(self.bits() % width).unwrap_or(0)
    }

    /// True so many times in a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, several: &'a [T]) -> &'a T {
        &several[self.below(several.len())]
    }

    /// Some of several, in their order, at least one and at most `most`.
    pub fn some<T: Clone>(&mut self, several: &[T], most: usize) -> Vec<T> {
        let count = 1 + self.below(most.min(several.len()).max(1));
        let mut places: Vec<usize> = (0..several.len()).collect();
        while places.len() > count {
            let out = self.below(places.len());
            places.remove(out);
        }
        places.into_iter().map(|place| several[place].clone()).collect()
    }
}
