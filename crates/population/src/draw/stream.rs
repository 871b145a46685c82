//! Streams of random bits (随机数流): one for each person and purpose, so that nobody's year depends on who was
//! drawn before, and so that a person who acts otherwise in one respect keeps all other draws.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// What a stream is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// Who they are: the same in every year.
    Person = 0,
    /// Ordinary visits of a year.
    Visits = 1,
    /// Purchases of a year.
    Pharmacy = 2,
    /// Chronic visits and admissions of a year.
    Hospital = 3,
    /// What a visit's cost consists of.
    Lines = 4,
    /// Violations of a year.
    Violations = 5,
    /// Uses of an account by relatives in a year.
    Relatives = 6,
}

/// All streams of one seed.
#[derive(Clone, Debug)]
pub(crate) struct Streams {
    key: ChaCha8Rng,
}

impl Streams {
    /// Keyed by the seed alone.
    pub(crate) fn new(seed: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..18].copy_from_slice(b"population");
        Self { key: ChaCha8Rng::from_seed(key) }
    }

    /// The stream of a person, by their number, for a purpose in a year; what does not depend on the year has year 0.
    pub(crate) fn of(&self, person: u64, year: u16, purpose: Purpose) -> ChaCha8Rng {
        let mut stream = self.key.clone();
        stream.set_stream(person << 20 | u64::from(year & 0xFFF) << 8 | purpose as u64);
        stream
    }
}

/// A standard normal draw.
pub(crate) fn normal(stream: &mut impl Rng) -> f64 {
    StandardNormal.sample(stream)
}

/// A chance as a bound for 32 random bits.
pub(crate) fn chance(share: f64) -> u32 {
    (share * f64::from(u32::MAX)) as u32
}
