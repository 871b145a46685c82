//! How many times something happens (泊松分布), by one draw.

/// No person's intensity is taken above this.
const MOST: f64 = 600.0;

/// The count that lies at `share` of the Poisson distribution with this mean. It never falls when the mean grows,
/// so whoever goes more often goes to all the visits that they went to before, and to more.
#[inline]
pub(crate) fn poisson(mean: f64, share: f64) -> u32 {
    let mean = mean.min(MOST);
    let mut probability = libm::exp(-mean);
    let (mut below, mut count) = (probability, 0);
    while below < share && probability > f64::MIN_POSITIVE {
        count += 1;
        probability *= mean / f64::from(count);
        below += probability;
    }
    count
}
