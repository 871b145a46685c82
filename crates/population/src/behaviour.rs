//! How people's use of care differs from the preset's (行为): the same people with the same draws, so that a difference
//! between two runs is the difference in behaviour and nothing else.

use crate::preset::Preset;
use gongji_domain::Rate;

/// Factors on what people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behaviour {
    /// On the number of ordinary visits: of the active, of the retired. With less the visits are some of the same
    /// visits; with more they are the same and some others.
    pub visits: [Rate; 2],
    /// On the cost of an ordinary visit.
    pub cost: Rate,
    /// On the cost of a purchase at a pharmacy.
    pub pharmacy_cost: Rate,
}

impl Behaviour {
    /// As the preset says.
    pub const AS_NOW: Self = Self { visits: [Rate::ONE; 2], cost: Rate::ONE, pharmacy_cost: Rate::ONE };

    /// As before the reform (改革前), by the preset's factors.
    pub fn before(preset: &Preset) -> Self {
        let before = &preset.before;
        Self {
            visits: [rate(before.visits.value); 2],
            cost: rate(before.cost.value),
            pharmacy_cost: rate(before.pharmacy_cost.value),
        }
    }
}

impl Default for Behaviour {
    fn default() -> Self {
        Self::AS_NOW
    }
}

fn rate(factor: f64) -> Rate {
    Rate::from_millionths(libm::rint(factor * 1e6) as i64)
}

/// The factor as a number with a point, for drawing.
pub(crate) fn factor(rate: Rate) -> f64 {
    rate.millionths() as f64 / 1e6
}
