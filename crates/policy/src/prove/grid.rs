//! The grid of answers that proofs ask for: which visits, after what was used, of what amounts.

use crate::cells::Cell;
use crate::facts::{FactId, Kind};
use crate::trial::{Trial, Trials};
use crate::words::band_words;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use gongji_adjudication::{Amount, Benefit, Encode, Source as EngineSource};
use gongji_domain::Day;

/// The most visits that one benefit is tried with on one range of days.
const MOST_TRIALS: usize = 1 << 12;

/// What a trial varies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Visit(u8),
    Charge(u8),
    /// The number of the visit; the counter that counts visits.
    Number(u16),
}

struct Dimension {
    place: Place,
    samples: Vec<i64>,
    /// Where the rules read it; facts of charges have no such place.
    slot: Option<usize>,
}

/// The visits that the rules of one day tell apart.
pub(super) struct Grid<'a> {
    pub(super) trials: Trials<'a>,
    dimensions: Vec<Dimension>,
    /// Dimensions that decide whether a visit can be at all.
    always: BTreeSet<usize>,
}

impl<'a> Grid<'a> {
    pub(super) fn new(trials: Trials<'a>) -> Self {
        let mut grid = Self { trials, dimensions: Vec::new(), always: BTreeSet::new() };
        for (slot, (source, encode)) in trials.rules.facts.iter().enumerate() {
            match source {
                EngineSource::Raw(place) => grid.add_bands(*place, Some(slot)),
                EngineSource::CountOf(place) => grid.add_set(*place, Some(slot)),
                EngineSource::VisitNumber { total, .. } => grid.add(Place::Number(*total), numbers(encode), Some(slot)),
            }
        }
        for (source, _) in &trials.rules.charge_facts {
            if let EngineSource::Raw(place) = source {
                grid.add_bands(*place, None);
            }
        }
        for place in sets_of_amounts(&trials) {
            grid.add_set(place, None);
        }
        grid.always = grid.deciding();
        grid
    }

    /// The dimensions that decide whether a visit can be at all, and those of charges and sets.
    fn deciding(&self) -> BTreeSet<usize> {
        let impossible: Vec<FactId> =
            self.trials.compiled.impossible.iter().flat_map(|region| region.iter().map(|(fact, _)| *fact)).collect();
        let meets = |i: &usize| {
            self.dimensions[*i].slot.is_none() || self.fact(*i).is_some_and(|fact| impossible.contains(&fact))
        };
        let access = self.trials.rules.access.iter().flat_map(|access| self.behind(&access.reads));
        (0..self.dimensions.len()).filter(meets).chain(access).collect()
    }

    fn add(&mut self, place: Place, samples: Vec<i64>, slot: Option<usize>) {
        if samples.len() > 1 && self.dimensions.iter().all(|known| known.place != place) {
            self.dimensions.push(Dimension { place, samples, slot });
        }
    }

    /// One value of each band of a fact of visits (which has a slot) or of charges.
    fn add_bands(&mut self, place: u8, slot: Option<usize>) {
        let charge = slot.is_none();
        let Some(id) = self.trials.fact_at(place, charge) else { return };
        let fact = &self.trials.compiled.registry.facts[id];
        if fact.name != "charge_amount" {
            let samples = (0..fact.band_count()).map(|band| fact.sample(band as u8)).collect();
            self.add(if charge { Place::Charge(place) } else { Place::Visit(place) }, samples, slot);
        }
    }

    /// A set of diseases: none, each by itself, the first few, all.
    fn add_set(&mut self, place: u8, slot: Option<usize>) {
        let Some(id) = self.trials.fact_at(place, false) else { return };
        let count = self.trials.compiled.registry.facts[id].values.len();
        let mut samples: BTreeSet<i64> = (0..count).map(|value| 1 << value).collect();
        samples.extend((0..=count).map(|first| (1 << first) - 1));
        self.add(Place::Visit(place), samples.into_iter().collect(), slot);
    }

    fn fact(&self, dimension: usize) -> Option<FactId> {
        match self.dimensions[dimension].place {
            Place::Visit(place) => self.trials.fact_at(place, false),
            Place::Charge(place) => self.trials.fact_at(place, true),
            Place::Number(_) => None,
        }
    }

    /// The dimensions behind the slots that a table reads, through derived facts.
    fn behind(&self, reads: &[(u8, u32)]) -> BTreeSet<usize> {
        let mut open: Vec<usize> = reads.iter().map(|(slot, _)| usize::from(*slot)).collect();
        let mut slots = BTreeSet::new();
        while let Some(slot) = open.pop() {
            let derived = slot.checked_sub(self.trials.rules.facts.len()).map(|i| &self.trials.rules.derived[i]);
            match derived {
                Some(derived) => open.extend(derived.reads.iter().map(|(slot, _)| usize::from(*slot))),
                None => {
                    slots.insert(slot);
                }
            }
        }
        (0..self.dimensions.len())
            .filter(|i| self.dimensions[*i].slot.is_some_and(|slot| slots.contains(&slot)))
            .collect()
    }

    /// What decides the terms of a benefit of the chain.
    pub(super) fn of_benefit(&self, benefit: usize) -> BTreeSet<usize> {
        let reads = self.behind(&self.trials.rules.chain[benefit].key.reads);
        reads.union(&self.always).copied().collect()
    }

    /// What decides how lines are split.
    pub(super) fn of_lines(&self) -> BTreeSet<usize> {
        let reads = self.trials.rules.lines.as_ref().map(|lines| self.behind(&lines.reads)).unwrap_or_default();
        reads.union(&self.always).copied().collect()
    }

    fn total(&self, dimensions: &BTreeSet<usize>) -> usize {
        dimensions.iter().fold(1, |n: usize, i| n.saturating_mul(self.dimensions[*i].samples.len()))
    }

    /// Whether some visits are left out because there are too many.
    pub(super) fn is_sampled(&self, dimensions: &BTreeSet<usize>) -> bool {
        self.total(dimensions) > MOST_TRIALS
    }

    /// Every visit that can occur over these dimensions; evenly chosen ones where there are too
    /// many. `fill` chooses the values of all other dimensions.
    pub(super) fn visits<'g>(
        &'g self,
        dimensions: &'g BTreeSet<usize>,
        fill: usize,
    ) -> impl Iterator<Item = Trial> + 'g {
        let total = self.total(dimensions);
        let step = if total > MOST_TRIALS { (total / MOST_TRIALS) | 1 } else { 1 };
        let count = total.div_ceil(step);
        let visits = (0..count).map(move |i| self.visit(dimensions, scattered(i, count).saturating_mul(step), fill));
        visits.filter(|trial| self.is_possible(trial))
    }

    fn visit(&self, dimensions: &BTreeSet<usize>, index: usize, fill: usize) -> Trial {
        let mut trial = self.trials.blank();
        let mut rest = index;
        for (i, Dimension { place, samples, .. }) in self.dimensions.iter().enumerate() {
            let value = if dimensions.contains(&i) {
                let value = samples[rest % samples.len()];
                rest /= samples.len();
                value
            } else if fill > 0 {
                samples[fill % samples.len()]
            } else if let Place::Number(_) = place {
                1
            } else {
                continue;
            };
            match place {
                Place::Visit(place) => trial.facts[usize::from(*place)] = value,
                Place::Charge(place) => trial.charge[usize::from(*place)] = value,
                Place::Number(counter) => trial.visits.push((*counter, value - 1)),
            }
        }
        trial
    }

    /// Whether there can be such a visit, and insurance does not refuse it.
    fn is_possible(&self, trial: &Trial) -> bool {
        let compiled = self.trials.compiled;
        let refuses = |access: &gongji_adjudication::Dense<_>| -> bool {
            let reasons: &alloc::boxed::Box<[u16]> = access.get(&self.trials.ordinals(trial));
            !reasons.is_empty()
        };
        if self.trials.rules.access.as_ref().is_some_and(refuses) {
            return false;
        }
        if compiled.impossible.is_empty() {
            return true;
        }
        let mut cell = Cell { compiled, day: self.trials.day, known_on: Day::MAX, bands: Vec::new() };
        for (i, dimension) in self.dimensions.iter().enumerate() {
            if let (Place::Visit(place), Some(id)) = (dimension.place, self.fact(i))
                && compiled.registry.facts[id].kind != Kind::Set
            {
                cell.set(id, compiled.registry.facts[id].band(trial.facts[usize::from(place)]));
            }
        }
        !cell.is_impossible()
    }

    /// A visit, and the same after each benefit that is decided elsewhere and taken from.
    pub(super) fn with_prior(&self, trial: Trial) -> Vec<Trial> {
        let taken =
            |(i, benefit): (usize, &Benefit)| (benefit.decided_elsewhere && benefit.keeps.is_some()).then_some(i as u8);
        let prior: Vec<u8> = self.trials.rules.chain.iter().enumerate().filter_map(taken).collect();
        let mut all = vec![trial.clone()];
        all.extend(prior.into_iter().map(|benefit| Trial { prior: Some(benefit), ..trial.clone() }));
        all
    }

    /// The same visit with the next number that the rules tell apart.
    pub(super) fn later(&self, trial: &Trial) -> Vec<Trial> {
        let numbers = self.dimensions.iter().filter_map(|dimension| match dimension.place {
            Place::Number(counter) => Some((counter, &dimension.samples)),
            _ => None,
        });
        let next = |(counter, samples): (u16, &Vec<i64>)| {
            let mut later = trial.clone();
            let (_, before) = later.visits.iter_mut().find(|(known, _)| *known == counter)?;
            *before = samples.iter().find(|number| **number > *before + 1)? - 1;
            Some(later)
        };
        numbers.filter_map(next).collect()
    }

    /// A visit in words.
    pub(super) fn words(&self, trial: &Trial) -> String {
        let compiled = self.trials.compiled;
        let mut parts = Vec::new();
        for (i, dimension) in self.dimensions.iter().enumerate() {
            let value = match dimension.place {
                Place::Visit(place) => trial.facts[usize::from(place)],
                Place::Charge(place) => trial.charge[usize::from(place)],
                Place::Number(counter) => {
                    let before =
                        trial.visits.iter().find(|(known, _)| *known == counter).map_or(0, |(_, before)| *before);
                    parts.push(format!("第 {} 次", before + 1));
                    continue;
                }
            };
            let Some(id) = self.fact(i) else { continue };
            let fact = &compiled.registry.facts[id];
            parts.push(match fact.kind {
                Kind::Set => format!("{} {}", fact.name, fact.show(value)),
                _ => band_words(fact, compiled.label(&fact.name), fact.band(value), |_| true),
            });
        }
        if let Some(benefit) = trial.prior {
            parts.push(format!(
                "{} 已支付一半",
                crate::words::name_words(&self.trials.rules.chain[usize::from(benefit)].name)
            ));
        }
        parts.join("，")
    }
}

/// The first number of each band of visit numbers.
fn numbers(encode: &Encode) -> Vec<i64> {
    match encode {
        Encode::Cuts(cuts) => core::iter::once(1).chain(cuts.iter().copied().filter(|cut| *cut > 1)).collect(),
        Encode::Choice(_) => vec![1],
    }
}

/// Places of the sets whose members have amounts of their own.
fn sets_of_amounts(trials: &Trials<'_>) -> BTreeSet<u8> {
    let mut places = BTreeSet::new();
    for terms in trials.rules.chain.iter().flat_map(|benefit| &benefit.terms) {
        let limits = terms.eligible_limits.iter().chain(&terms.above_limits).chain(&terms.payment_limits);
        for cut in limits.chain(&terms.deductibles).chain(&terms.payment_deductibles) {
            if let Amount::Each(each) = &cut.amount {
                places.insert(each.set);
            }
        }
    }
    places
}

/// The numbers below `count` in an order in which neighbours have little in common, 0 first.
fn scattered(i: usize, count: usize) -> usize {
    // Prime, so that no number comes twice unless it divides the count.
    const STRIDES: [usize; 2] = [40_487, 7_919];
    let stride = STRIDES.into_iter().find(|stride| !count.is_multiple_of(*stride)).unwrap_or(1);
    i * stride % count
}
