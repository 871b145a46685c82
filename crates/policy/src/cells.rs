//! Walking the cells of a table: every combination of bands of the facts it reads.

use crate::compile::Compiled;
use crate::facts::{FactId, Source};
use crate::grid::{Scope, within_region};
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::Day;

/// The most combinations that one table or benefit may have.
pub(crate) const MOST_CELLS: usize = 1 << 20;

/// Bands of some facts on one day: what a table is asked about.
pub(crate) struct Cell<'a> {
    pub(crate) compiled: &'a Compiled,
    pub(crate) day: Day,
    pub(crate) known_on: Day,
    pub(crate) bands: Vec<(FactId, u8)>,
}

impl Cell<'_> {
    /// Sets the band of a fact.
    pub(crate) fn set(&mut self, fact: FactId, band: u8) {
        match self.bands.iter_mut().find(|(known, _)| *known == fact) {
            Some(entry) => entry.1 = band,
            None => self.bands.push((fact, band)),
        }
    }

    /// Whether the package says that these facts cannot meet.
    pub(crate) fn is_impossible(&self) -> bool {
        self.compiled.impossible.iter().any(|region| {
            let known = |fact: &FactId| self.bands.iter().any(|(f, _)| f == fact);
            region.iter().all(|(fact, _)| known(fact)) && within_region(region, self)
        })
    }

    /// `status=active、level=tertiary`
    pub(crate) fn describe(&self) -> String {
        let registry = &self.compiled.registry;
        let parts = self.bands.iter().map(|(fact, band)| {
            let fact = &registry.facts[*fact];
            alloc::format!("{}={}", fact.name, fact.show(fact.sample(*band)))
        });
        crate::fault::listed(parts)
    }
}

impl Scope for Cell<'_> {
    fn band(&self, fact: FactId) -> u8 {
        if let Some((_, band)) = self.bands.iter().find(|(known, _)| *known == fact) {
            return *band;
        }
        if self.compiled.registry.facts[fact].source == Source::Derived {
            return self.compiled.derived_band(fact, self).unwrap_or(0);
        }
        0
    }

    fn day(&self) -> Day {
        self.day
    }

    fn known_on(&self) -> Day {
        self.known_on
    }
}

impl Compiled {
    /// How many combinations these facts have.
    pub(crate) fn combinations(&self, facts: &BTreeSet<FactId>) -> usize {
        facts.iter().fold(1_usize, |n, fact| n.saturating_mul(self.registry.facts[*fact].band_count()))
    }

    /// Calls `visit` with every combination of bands of the facts, the last fact turning fastest.
    pub(crate) fn for_each_cell(
        &self,
        facts: &BTreeSet<FactId>,
        day: Day,
        known_on: Day,
        mut visit: impl FnMut(&mut Cell<'_>),
    ) {
        let facts: Vec<FactId> = facts.iter().copied().collect();
        let counts: Vec<usize> = facts.iter().map(|fact| self.registry.facts[*fact].band_count()).collect();
        let total: usize = counts.iter().product();
        for index in 0..total {
            let mut rest = index;
            let mut bands: Vec<(FactId, u8)> = facts.iter().map(|fact| (*fact, 0)).collect();
            for i in (0..facts.len()).rev() {
                bands[i].1 = (rest % counts[i]) as u8;
                rest /= counts[i];
            }
            visit(&mut Cell { compiled: self, day, known_on, bands });
        }
    }

    /// The facts of visits and of charges that must be known to read these facts.
    pub(crate) fn split_levels(&self, reads: &BTreeSet<FactId>) -> (BTreeSet<FactId>, BTreeSet<FactId>) {
        let (mut visit, mut charge) = (BTreeSet::new(), BTreeSet::new());
        for fact in reads {
            self.level_of(*fact, &mut visit, &mut charge);
        }
        (visit, charge)
    }

    fn level_of(&self, fact: FactId, visit: &mut BTreeSet<FactId>, charge: &mut BTreeSet<FactId>) {
        if self.is_visit_level(fact) {
            visit.insert(fact);
            return;
        }
        match self.registry.facts[fact].source {
            Source::Derived => {
                for input in self.inputs(fact) {
                    self.level_of(input, visit, charge);
                }
            }
            Source::Bound => {}
            _ => {
                charge.insert(fact);
            }
        }
    }
}
