//! What a visit's cost consists of (费用类别): medicines, examinations, laboratory and others, around the preset's mix.

use crate::draw::{Curve, gamma, normal};
use crate::event::{Care, Class, Event};
use crate::preset::Preset;
use gongji_domain::Fen;
use rand::Rng;

/// How many categories there are.
pub const CATEGORIES: usize = 8;

/// Tables to draw shares from: hospitals, the primary level.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    mixes: [[Option<(Curve, f64)>; CATEGORIES]; 2],
}

impl Lines {
    pub(super) fn new(preset: &Preset) -> Self {
        let sum = preset.lines.concentration.value;
        let curve = |share: f64| (share > 0.0).then(|| (gamma(share * sum), share * sum));
        Self { mixes: [&preset.lines.hospital, &preset.lines.primary].map(|mix| mix.value.map(curve)) }
    }

    /// Gives each visit's parts, one visit after the other.
    pub(super) fn of(&self, stream: &mut impl Rng, events: &[Event], mut each: impl FnMut(&Event, &[Fen; CATEGORIES])) {
        for event in events.iter().filter(|event| event.care == Care::Visit && event.is_own()) {
            let mix = &self.mixes[usize::from(event.class == Class::Primary)];
            let weights = mix
                .each_ref()
                .map(|category| category.as_ref().map_or(0.0, |(curve, shape)| curve.at(normal(stream)) * shape));
            each(event, &parts(event.total(), &weights));
        }
    }
}

/// An amount by weights: each part down to the fen, and the remainder to the largest weight.
fn parts(total: Fen, weights: &[f64; CATEGORIES]) -> [Fen; CATEGORIES] {
    let sum: f64 = weights.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let mut parts = weights.map(|weight| Fen::from_fen((total.fen() as f64 * (weight / sum)) as i64));
    let given: Fen = parts.iter().copied().sum();
    let most = (0..CATEGORIES).max_by(|a, b| weights[*a].total_cmp(&weights[*b])).unwrap_or_default();
    parts[most] += total - given;
    parts
}
