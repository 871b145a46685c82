//! Spreading a sum over parts without losing a fen: the largest-remainder method (最大余额法).

use crate::Fen;
use core::cmp::Reverse;

/// The most parts that a sum can be spread over.
const MOST_PARTS: usize = 512;

/// One part that a sum is spread over: its weight and what breaks a tie.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weight {
    /// The part's share is proportional to this; never negative.
    pub weight: i64,
    /// First tie break: the larger one takes the odd fen (eligible amount).
    pub first: i64,
    /// Second tie break (rate); after it the earlier part wins.
    pub second: i64,
}

/// Spreads `sum` over `weights` in proportion, to the fen; the parts add up to `sum`.
///
/// Each part gets the whole fen of its proportional share; the odd fen go one each to the parts
/// with the largest remainder, ties by [`Weight::first`], then [`Weight::second`], then position.
/// If `sum` is at most the sum of the weights, no part exceeds its weight.
///
/// # Panics
/// If `parts` is shorter than `weights`, or a sum other than zero is spread over no weight.
pub fn spread(sum: Fen, weights: &[Weight], parts: &mut [Fen]) {
    let total: i128 = weights.iter().map(|w| i128::from(w.weight)).sum();
    if sum.is_zero() {
        parts[..weights.len()].fill(Fen::ZERO);
        return;
    }
    assert!(total > 0, "a sum must be spread over something");
    let share = |w: &Weight| i128::from(sum.fen()) * i128::from(w.weight);
    let mut odd = sum.fen();
    for (part, weight) in parts.iter_mut().zip(weights) {
        let whole = if weight.weight == 0 { 0 } else { (share(weight) / total) as i64 };
        *part = Fen::from_fen(whole);
        odd -= whole;
    }
    // At most one odd fen a part and few parts: repeated selection beats sorting and allocates nothing.
    let mut taken = [0_u64; MOST_PARTS / 64];
    assert!(weights.len() <= MOST_PARTS);
    for _ in 0..odd {
        let rank = |i: &usize| {
            let w = &weights[*i];
            (share(w) % total, w.first, w.second, Reverse(*i))
        };
        let open = |i: &usize| weights[*i].weight != 0 && taken[i / 64] & (1 << (i % 64)) == 0;
        let next = (0..weights.len()).filter(open).max_by_key(rank);
        let next = next.expect("there are fewer odd fen than parts");
        taken[next / 64] |= 1 << (next % 64);
        parts[next] += Fen::from_fen(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    fn parts(sum: i64, weights: &[(i64, i64, i64)]) -> Vec<i64> {
        let weights: Vec<Weight> =
            weights.iter().map(|&(weight, first, second)| Weight { weight, first, second }).collect();
        let mut parts = vec![Fen::ZERO; weights.len()];
        spread(Fen::from_fen(sum), &weights, &mut parts);
        parts.into_iter().map(Fen::fen).collect()
    }

    #[test]
    fn the_odd_fen_goes_to_the_largest_remainder_then_by_ties() {
        assert_eq!(parts(100, &[(1, 0, 0), (1, 0, 0), (1, 0, 0)]), [34, 33, 33]);
        assert_eq!(parts(100, &[(1, 0, 0), (1, 5, 0), (1, 0, 9)]), [33, 34, 33]);
        assert_eq!(parts(100, &[(1, 0, 0), (1, 0, 0), (1, 0, 9)]), [33, 33, 34]);
        assert_eq!(parts(5, &[(3, 0, 0), (7, 0, 0)]), [2, 3]);
        assert_eq!(parts(0, &[(0, 0, 0)]), [0]);
    }

    #[test]
    fn nothing_is_lost_and_no_part_exceeds_its_weight() {
        for seed in 1..500_i64 {
            let weights: Vec<(i64, i64, i64)> = (0..6).map(|i| ((seed * (i * i + 7)) % 97 + 1, i, 0)).collect();
            let total: i64 = weights.iter().map(|w| w.0).sum();
            for sum in [0, 1, total / 3, total] {
                let spread = parts(sum, &weights);
                assert_eq!(spread.iter().sum::<i64>(), sum);
                assert!(spread.iter().zip(&weights).all(|(part, w)| *part <= w.0));
            }
        }
    }
}
