//! How unequal amounts are (分布): counts and exact sums in bins that are fine where amounts are small, so that any number of
//! persons takes the same memory and sums in any order are the same.

use crate::check::millionths;
use alloc::vec;
use alloc::vec::Vec;

/// Bins to a doubling: amounts in one differ by less than a hundredth.
const FINE: u32 = 7;

/// Amounts in bins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spread {
    bins: Vec<(u64, i128)>,
}

impl Default for Spread {
    fn default() -> Self {
        Self { bins: vec![(0, 0); (64 - FINE as usize) << FINE] }
    }
}

impl Spread {
    /// Adds an amount of a person; what is below nothing counts as nothing.
    pub fn add(&mut self, amount: i64) {
        let amount = amount.max(0) as u64;
        let bin = &mut self.bins[bin(amount)];
        bin.0 += 1;
        bin.1 += i128::from(amount);
    }

    /// Adds what another holds.
    pub fn merge(&mut self, other: &Self) {
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            bin.0 += more.0;
            bin.1 += more.1;
        }
    }

    /// Number and sum.
    fn whole(&self) -> (i128, i128) {
        self.bins.iter().fold((0, 0), |(count, sum), bin| (count + i128::from(bin.0), sum + bin.1))
    }

    /// Gini coefficient (基尼系数) in millionths; amounts of one bin count as equal.
    pub fn gini(&self) -> i64 {
        let (count, sum) = self.whole();
        let mut below = 0;
        let mut twice = 0;
        for (persons, amount) in &self.bins {
            twice += i128::from(*persons) * (2 * below + amount);
            below += amount;
        }
        1_000_000 - millionths(twice, count * sum)
    }

    /// Which part of the sum the top `share` millionths of persons have, in millionths.
    pub fn top(&self, share: i64) -> i64 {
        let (count, sum) = self.whole();
        let mut left = count * i128::from(share) / 1_000_000;
        let mut has = 0;
        for (persons, amount) in self.bins.iter().rev().filter(|bin| bin.0 > 0) {
            let taken = left.min(i128::from(*persons));
            has += amount * taken / i128::from(*persons);
            left -= taken;
        }
        millionths(has, sum)
    }
}

/// The bin of an amount: below `2^FINE` its own, then `2^FINE` to each doubling.
fn bin(amount: u64) -> usize {
    let doublings = (64 - amount.leading_zeros()).saturating_sub(FINE + 1);
    ((doublings as usize) << FINE) + (amount >> doublings) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_follow_each_other_without_gap() {
        let mut last = 0;
        for amount in 0..100_000 {
            assert!((last..=last + 1).contains(&bin(amount)), "{amount}");
            last = bin(amount);
        }
        assert!(bin(i64::MAX as u64) < Spread::default().bins.len());
    }

    #[test]
    fn equal_amounts_are_equal_and_one_who_has_all_has_all() {
        let mut equal = Spread::default();
        (0..100).for_each(|_| equal.add(500));
        assert_eq!((equal.gini(), equal.top(100_000)), (0, 100_000));
        let mut one = Spread::default();
        (0..99).for_each(|_| one.add(0));
        one.add(12_345);
        assert_eq!((one.gini(), one.top(100_000)), (990_000, 1_000_000));
    }

    #[test]
    fn a_spread_of_parts_is_the_spread_of_the_whole() {
        let (mut whole, mut a, mut b) = (Spread::default(), Spread::default(), Spread::default());
        for i in 0..1_000 {
            whole.add(i * i);
            if i % 3 == 0 { a.add(i * i) } else { b.add(i * i) }
        }
        b.merge(&a);
        assert_eq!(b, whole);
    }
}
