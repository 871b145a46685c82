//! Distributions as tables of their quantiles, worked out by adding up a density on a fine grid.

use alloc::vec::Vec;

/// Normal deviates from -6 to 6, this many to one.
const STEPS: usize = 64;
const REACH: f64 = 6.0;
/// Points of a density.
const GRID: usize = 4096;
/// Entries of a table of shares: a power of two.
const SHARES: usize = 1024;

/// A distribution by the standard normal deviate that lies at the same quantile.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    points: Vec<f64>,
}

impl Curve {
    /// The value at a normal deviate.
    #[inline]
    pub(crate) fn at(&self, deviate: f64) -> f64 {
        let place = (deviate.clamp(-REACH, REACH - 1e-9) + REACH) * STEPS as f64;
        let index = place as usize;
        let (low, high) = (self.points[index], self.points[index + 1]);
        low + (high - low) * (place - index as f64)
    }
}

/// A gamma distribution of mean 1 and this shape.
pub(crate) fn gamma(shape: f64) -> Curve {
    // Of the logarithm: its density is exp(shape·y - e^y), without end at neither side.
    let (low, high) = (-40.0 / shape.min(1.0), libm::log(shape + 12.0 * libm::sqrt(shape) + 40.0));
    let quantile = Quantiles::new(low, high, |y| shape * y - libm::exp(y));
    let deviates = (0..=(2.0 * REACH) as usize * STEPS).map(|i| i as f64 / STEPS as f64 - REACH);
    let points = deviates.map(|z| libm::exp(quantile.at(share_below(z))) / shape).collect();
    Curve { points }
}

/// Shares of an amount, in 65536ths, that follow a beta distribution.
#[derive(Clone, Debug)]
pub(crate) struct Shares {
    table: Vec<u16>,
}

impl Shares {
    /// With this mean and sum of both parameters; nothing for a mean of nothing.
    pub(crate) fn beta(mean: f64, concentration: f64) -> Self {
        let (a, b) = (mean * concentration, (1.0 - mean) * concentration);
        // Of the log-odds: its density is x^a·(1-x)^b.
        let density = |y: f64| -a * libm::log1p(libm::exp(-y)) - b * libm::log1p(libm::exp(y));
        let quantile = Quantiles::new(-30.0 / a.min(1.0), 30.0 / b.min(1.0), density);
        let middle = |i: usize| (i as f64 + 0.5) / SHARES as f64;
        let share = |i| 1.0 / (1.0 + libm::exp(-quantile.at(middle(i))));
        Self { table: (0..SHARES).map(|i| (share(i) * 65536.0) as u16).collect() }
    }

    /// A share by ten random bits.
    #[inline]
    pub(crate) fn pick(&self, bits: u32) -> u16 {
        self.table[bits as usize % SHARES]
    }
}

/// A distribution on a grid, turned around.
struct Quantiles {
    low: f64,
    step: f64,
    below: Vec<f64>,
}

impl Quantiles {
    fn new(low: f64, high: f64, log_density: impl Fn(f64) -> f64) -> Self {
        let step = (high - low) / GRID as f64;
        let mut below = Vec::with_capacity(GRID + 1);
        let mut sum = 0.0;
        below.push(sum);
        let densities: Vec<f64> = (0..GRID).map(|i| log_density(low + (i as f64 + 0.5) * step)).collect();
        let largest = densities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for density in densities {
            sum += libm::exp(density - largest);
            below.push(sum);
        }
        below.iter_mut().for_each(|part| *part /= sum);
        Self { low, step, below }
    }

    fn at(&self, share: f64) -> f64 {
        let index = self.below.partition_point(|below| *below < share).clamp(1, GRID);
        let (before, after) = (self.below[index - 1], self.below[index]);
        let inside = if after > before { ((share - before) / (after - before)).clamp(0.0, 1.0) } else { 0.0 };
        self.low + (index as f64 - 1.0 + inside) * self.step
    }
}

/// The share of a standard normal distribution below a deviate.
fn share_below(deviate: f64) -> f64 {
    0.5 * libm::erfc(-deviate / core::f64::consts::SQRT_2)
}
