//! Where a visit lies on every fact that it states: what tables are asked about it. Must never
//! know what a table says there.

use super::bind::bind;
use super::{Encounter, Member};
use crate::facts::{FactId, Owner, Source};
use crate::library::Area;
use alloc::vec::Vec;
use gongji_adjudication::{MISSING, Source as EngineSource, Standing, ordinals};

/// Bands of facts.
pub(crate) type Spot = Vec<(FactId, u8)>;

/// The bands of a visit, and beside them those of each of its charges.
pub(crate) struct Bands {
    pub(crate) visit: Spot,
    pub(crate) charges: Vec<Spot>,
    /// The members of each set that the visit states, as bits.
    pub(crate) sets: Vec<(FactId, i64)>,
}

impl Area {
    /// The bands of a visit as it is decided in a standing; none when it cannot be decided.
    pub(crate) fn bands(&self, member: &Member, standing: &Standing, encounter: &Encounter) -> Option<Bands> {
        let rules = self.rules(encounter.date)?;
        let bound = bind(self, rules, member, encounter).ok()?;
        let numbers = self.engine(&bound, true, |encounter| ordinals(rules, standing, encounter));
        let facts = &self.compiled.registry.facts;
        let stated = |place: u8, of: &[i64]| Some(of[usize::from(place)]).filter(|value| *value != MISSING);
        let (mut visit, mut sets) = (Spot::new(), Vec::new());
        for (id, fact) in facts.iter().enumerate().filter(|(_, fact)| fact.owner != Owner::Charge) {
            let band = match &fact.source {
                Source::Raw(place) => stated(*place, &bound.facts).map(|value| {
                    sets.push((id, value));
                    fact.band(value)
                }),
                Source::CountOf(set) => match facts[*set].source {
                    Source::Raw(place) => {
                        stated(place, &bound.facts).map(|members| fact.band(i64::from(members.count_ones())))
                    }
                    _ => None,
                },
                Source::Ordinal(position) => self.compiled.ordinal_of(*position).and_then(|(total, group)| {
                    let source = EngineSource::VisitNumber { total, group };
                    let slot = rules.facts.iter().position(|(known, _)| *known == source)?;
                    numbers.get(slot).copied()
                }),
                Source::Derived | Source::Bound => None,
            };
            visit.extend(band.map(|band| (id, band)));
        }
        let width = usize::from(self.compiled.registry.charge_places);
        let charge = |n: usize| -> Spot {
            let own = &bound.charge_facts[n * width..(n + 1) * width];
            let of_charges = facts.iter().enumerate().filter(|(_, fact)| fact.owner == Owner::Charge);
            let bands = of_charges.filter_map(|(id, fact)| match fact.source {
                Source::Raw(place) => stated(place, own).map(|value| (id, fact.band(value))),
                _ => None,
            });
            bands.collect()
        };
        Some(Bands { visit, charges: (0..bound.charges.len()).map(charge).collect(), sets })
    }
}
