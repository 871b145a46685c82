//! How people answer to what care costs them (需求反应): some visits less, or some more, drawn from the persons'
//! numbers, so that the same visits go or come whatever else is run. An assumption, always shown as one.

use gongji_domain::{Fen, Rate};
use gongji_population::{Care, Event, Person};

/// By which factor ordinary visits change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// The factor of those at work and of the retired.
    pub factors: [Rate; 2],
    /// What the draw depends on beside the person.
    pub seed: u64,
}

impl Response {
    /// The factors when patients' prices change from one to the other: 1 + elasticity × relative change, never below 0.
    /// A price is what is borne of so much expense.
    #[must_use]
    pub fn to_prices(elasticity: Rate, from: [(Fen, Fen); 2], to: [(Fen, Fen); 2], seed: u64) -> Self {
        let one = i128::from(Rate::ONE.millionths());
        let price = |(borne, of): (Fen, Fen)| match of.fen() {
            0 => 0,
            of => i128::from(borne.fen()) * one / i128::from(of),
        };
        let factor = |i: usize| {
            let (was, is) = (price(from[i]), price(to[i]));
            let change = if was == 0 { 0 } else { (is - was) * one / was };
            let factor = one + i128::from(elasticity.millionths()) * change / one;
            Rate::from_millionths(i64::try_from(factor.max(0)).unwrap_or(i64::MAX))
        };
        Self { factors: [factor(0), factor(1)], seed }
    }

    /// How many times an event happens: not at all, once, or more often.
    #[must_use]
    pub fn times(&self, person: &Person, place: usize, event: &Event) -> u64 {
        if event.care != Care::Visit {
            return 1;
        }
        let one = Rate::ONE.millionths() as u64;
        let factor = self.factors[person.status as usize].millionths().max(0) as u64;
        let drawn = mixed(self.seed ^ mixed(person.number) ^ mixed((place as u64) << 32)) % one;
        factor / one + u64::from(drawn < factor % one)
    }
}

/// A number from which nothing of the one given can be seen (splitmix64).
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
