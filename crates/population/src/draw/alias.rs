//! One of some weighted choices by 32 random bits, in two steps whatever their number (alias method).

use alloc::vec;
use alloc::vec::Vec;

/// How far rounding may have taken a weight from 1.
const SLACK: f64 = 1e-9;

/// Weighted choices.
#[derive(Clone, Debug)]
pub(crate) struct Alias {
    /// For each cell: below this the cell's own choice, otherwise the other.
    cells: Vec<(u32, u16)>,
}

impl Alias {
    /// From weights, of which some are above nothing.
    pub(crate) fn new(weights: &[f64]) -> Self {
        let sum: f64 = weights.iter().sum();
        let mut left: Vec<f64> = weights.iter().map(|weight| weight / sum * weights.len() as f64).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..left.len()).partition(|i| left[*i] < 1.0);
        let mut cells = vec![(u32::MAX, 0); left.len()];
        while let (Some(poor), Some(rich)) = (small.pop(), large.pop()) {
            cells[poor] = ((left[poor] * f64::from(u32::MAX)) as u32, rich as u16);
            left[rich] -= 1.0 - left[poor];
            // What is left of 1 after many subtractions is 1: otherwise a choice of no weight may find nobody to lean on.
            if left[rich] < 1.0 - SLACK { small.push(rich) } else { large.push(rich) }
        }
        for i in small.into_iter().chain(large) {
            cells[i] = (u32::MAX, i as u16);
        }
        Self { cells }
    }

    /// A choice.
    #[inline]
    pub(crate) fn pick(&self, bits: u32) -> usize {
        let wide = u64::from(bits) * self.cells.len() as u64;
        let own = (wide >> 32) as usize;
        let (bound, other) = self.cells[own];
        if wide as u32 <= bound { own } else { usize::from(other) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_come_by_their_weights_and_those_without_weight_never() {
        let weights = [0.0, 0.0, 0.07, 0.135, 0.205, 0.21, 0.17, 0.105, 0.06, 0.045, 0.0];
        let alias = Alias::new(&weights);
        let mut seen = [0_u32; 11];
        let draws = 1_u32 << 20;
        (0..draws).for_each(|i| seen[alias.pick(i << 12 | 0x7FF)] += 1);
        for (seen, weight) in seen.iter().zip(weights) {
            let share = f64::from(*seen) / f64::from(draws);
            assert!((share - weight).abs() < 1e-4 && (weight > 0.0 || *seen == 0), "{share} for {weight}");
        }
    }
}
