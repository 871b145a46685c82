//! How an amount is spread over people (分布): counts and exact sums in bins that grow with the amount, so that
//! quantiles, shares and the Gini coefficient of any population fit into little memory and merge in any order.
//!
//! Up to 64 fen each amount has its own bin; above, a bin is at most one part in 64 wide.

use alloc::vec;
use alloc::vec::Vec;
use gongji_domain::Fen;

/// Parts of each doubling.
const PARTS: usize = 64;
/// Doublings above the first parts: amounts up to 2^45 fen.
const DOUBLINGS: usize = 40;
/// One millionth is what shares are told in.
const MILLION: i128 = 1_000_000;

/// How many people there are in a bin, and what they have together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bin {
    /// How many.
    pub count: u64,
    /// What they have together.
    pub sum: Fen,
}

/// Amounts of many people, none below zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    bins: Vec<Bin>,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { bins: vec![Bin::default(); PARTS * (DOUBLINGS + 1)] }
    }
}

impl Histogram {
    /// Adds one person's amount.
    #[inline]
    pub fn add(&mut self, amount: Fen) {
        let bin = &mut self.bins[place(amount)];
        bin.count += 1;
        bin.sum += amount;
    }

    /// Adds what another has counted.
    pub fn merge(&mut self, other: &Self) {
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            bin.count += more.count;
            bin.sum += more.sum;
        }
    }

    /// The bins that hold anybody, from the smallest amounts on.
    pub fn held(&self) -> impl Iterator<Item = Bin> + '_ {
        self.bins.iter().copied().filter(|bin| bin.count > 0)
    }

    /// How many people.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.bins.iter().map(|bin| bin.count).sum()
    }

    /// What all have together.
    #[must_use]
    pub fn sum(&self) -> Fen {
        self.bins.iter().map(|bin| bin.sum).sum()
    }

    /// The amount that so many millionths of the people do not exceed: the mean of its bin, so right to one part in
    /// 64; nothing where there is nobody.
    #[must_use]
    pub fn quantile(&self, millionths: u32) -> Fen {
        let people = i128::from(self.count());
        let wanted = (people * i128::from(millionths)).div_euclid(MILLION).max(1);
        let mut seen = 0;
        for bin in self.held() {
            seen += i128::from(bin.count);
            if seen >= wanted {
                return Fen::from_fen(bin.sum.fen() / bin.count as i64);
            }
        }
        Fen::ZERO
    }

    /// What those with most have together, so many millionths of the people: a bin that is cut counts in proportion.
    #[must_use]
    pub fn top(&self, millionths: u32) -> Fen {
        let mut wanted = i128::from(self.count()) * i128::from(millionths) / MILLION;
        let mut sum = 0_i128;
        for bin in self.bins.iter().rev().filter(|bin| bin.count > 0) {
            let count = i128::from(bin.count);
            let taken = wanted.min(count);
            sum += i128::from(bin.sum.fen()) * taken / count;
            wanted -= taken;
        }
        Fen::from_fen(i64::try_from(sum).unwrap_or(i64::MAX))
    }

    /// The Gini coefficient in millionths: people of one bin are taken as alike.
    #[must_use]
    pub fn gini(&self) -> u32 {
        let (people, sum) = (i128::from(self.count()), i128::from(self.sum().fen()));
        if people == 0 || sum == 0 {
            return 0;
        }
        // Twice the area under the curve of shares: each bin adds its people × (what is below it twice + its own).
        let (mut below, mut area) = (0_i128, 0_i128);
        for bin in self.held() {
            let own = i128::from(bin.sum.fen());
            area += i128::from(bin.count) * (2 * below + own);
            below += own;
        }
        // A thousand million people with all the money there is stay far inside 128 bits.
        let curve = area * MILLION / (people * sum);
        u32::try_from((MILLION - curve).clamp(0, MILLION)).unwrap_or(0)
    }
}

/// The bin of an amount.
#[inline]
fn place(amount: Fen) -> usize {
    let fen = amount.fen().max(0) as u64;
    if fen < PARTS as u64 {
        return fen as usize;
    }
    let doubling = (63 - fen.leading_zeros()) as usize - PARTS.trailing_zeros() as usize;
    if doubling >= DOUBLINGS {
        return PARTS * (DOUBLINGS + 1) - 1;
    }
    PARTS * (doubling + 1) + (fen >> doubling) as usize - PARTS
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(fen: &[i64]) -> Histogram {
        let mut histogram = Histogram::default();
        fen.iter().for_each(|fen| histogram.add(Fen::from_fen(*fen)));
        histogram
    }

    #[test]
    fn the_gini_of_small_worlds_is_the_one_worked_by_hand() {
        assert_eq!(of(&[10, 10, 10, 10]).gini(), 0);
        assert_eq!(of(&[0, 0, 0, 40]).gini(), 750_000);
        // 1, 2, 3: half of the mean difference 8/9 by the mean 2 is 2/9.
        assert_eq!(of(&[1, 2, 3]).gini(), 222_223);
        assert_eq!(of(&[]).gini(), 0);
    }

    #[test]
    fn quantiles_and_tops_of_a_hundred_people() {
        let histogram = of(&(1..=100).map(|yuan| yuan * 100).collect::<Vec<_>>());
        let near = |found: Fen, fen: i64| assert!((found.fen() - fen).abs() * 64 <= fen, "{found} for {fen}");
        near(histogram.quantile(500_000), 5_000);
        near(histogram.quantile(990_000), 9_900);
        near(histogram.top(100_000), 95_500);
        assert_eq!(histogram.top(1_000_000), histogram.sum());
    }

    proptest! {
        #[test]
        fn sums_are_exact_and_merging_is_counting_together(
            a in proptest::collection::vec(0..10_000_000_i64, 0..50),
            b in proptest::collection::vec(0..10_000_000_i64, 0..50),
        ) {
            let mut merged = of(&a);
            merged.merge(&of(&b));
            let all: Vec<i64> = a.iter().chain(&b).copied().collect();
            prop_assert_eq!(&merged, &of(&all));
            prop_assert_eq!(merged.sum().fen(), all.iter().sum::<i64>());
            prop_assert_eq!(merged.count(), all.len() as u64);
        }

        #[test]
        fn a_bin_is_at_most_a_64th_wide(fen in 64..(1_i64 << 44)) {
            let smallest_of_next = fen + (fen >> 6) + 1;
            prop_assert!(place(Fen::from_fen(fen)) < place(Fen::from_fen(smallest_of_next)));
            prop_assert!(place(Fen::from_fen(fen)) >= place(Fen::from_fen(fen - 1)));
        }
    }
}
