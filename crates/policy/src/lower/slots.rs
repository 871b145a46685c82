//! Which facts the rules read, in which slots they stand, and tables over them as flat arrays.
//! Knows nothing of what a table decides.

use super::Lowering;
use crate::cells::{Cell, MOST_CELLS};
use crate::compile::CompiledBenefit;
use crate::cycles;
use crate::facts::{FactId, Region, Source};
use crate::fault::listed;
use crate::figures::Trouble;
use crate::grid::{Grid, within_region};
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;
use gongji_adjudication::{Dense, Encode, MAX_CLASSES, MAX_FACTS, Source as EngineSource};

impl Lowering<'_> {
    /// All facts whose band changes the terms of a benefit.
    pub(super) fn reads(&self, benefit: &CompiledBenefit) -> BTreeSet<FactId> {
        let (mut reads, mut met) = (BTreeSet::new(), BTreeSet::new());
        let mut region = |region: &Region| reads.extend(region.iter().map(|(fact, _)| *fact));
        region(&benefit.applies);
        region(&benefit.claims);
        for cut in benefit.deductibles.iter().chain(&benefit.limits) {
            region(&cut.applies);
            region(&cut.lines);
            if let Some((_, when, _)) = &cut.beyond {
                region(when);
            }
        }
        for counter in self.compiled.counters.iter().filter(|counter| self.compiled.counts(counter, &benefit.name)) {
            region(&counter.applies);
            region(&counter.lines);
        }
        let grids = benefit.covered.iter().chain(&benefit.rate);
        let cuts = benefit.deductibles.iter().chain(&benefit.limits).map(|cut| &cut.grid);
        for grid in grids.chain(cuts) {
            self.grid_reads(grid, &mut reads, &mut met);
        }
        reads
    }

    /// What a table reads, with the tables that it refers to and the amounts that a case states.
    pub(super) fn grid_reads<'g>(&'g self, grid: &'g Grid, reads: &mut BTreeSet<FactId>, met: &mut BTreeSet<&'g str>) {
        grid.reads(reads);
        for row in grid.rows() {
            if let crate::model::Value::Share { of, .. } = &row.is.value {
                let named = of.strip_prefix("member.").and_then(|name| self.compiled.registry.id(name));
                reads.extend(named.filter(|fact| self.compiled.registry.facts[*fact].visit_place().is_some()));
            }
        }
        for (_, path) in cycles::references(grid) {
            if let Some(other) = self.compiled.grid(path).filter(|_| met.insert(path)) {
                self.grid_reads(other, reads, met);
            }
        }
    }

    /// Gives slots to all facts that somebody reads, and to what derived facts read in turn.
    pub(super) fn allocate<'r>(&mut self, reads: impl Iterator<Item = &'r BTreeSet<FactId>>) -> Option<()> {
        let (mut visit, mut charge) = (BTreeSet::new(), BTreeSet::new());
        for set in reads {
            let (of_visit, of_charge) = self.compiled.split_levels(set);
            visit.extend(of_visit);
            charge.extend(of_charge);
        }
        let mut open: Vec<FactId> = visit.iter().copied().collect();
        while let Some(fact) = open.pop() {
            for input in self.compiled.inputs(fact) {
                if visit.insert(input) {
                    open.push(input);
                }
            }
        }
        let derived = |fact: &FactId| self.compiled.registry.facts[*fact].source == Source::Derived;
        self.visit = visit.iter().copied().filter(|fact| !derived(fact)).collect();
        self.derived = visit.iter().copied().filter(derived).collect();
        // Parcels have an order that nothing but their facts' names and values decides.
        self.charge = charge.into_iter().collect();
        self.charge.sort_by_key(|fact| &self.compiled.registry.facts[*fact].name);
        for (slot, fact) in self.visit.iter().chain(&self.derived).enumerate() {
            self.slots.insert(*fact, slot as u8);
        }
        let most = self.slots.len().max(self.charge.len());
        if most > MAX_FACTS {
            return self.fail("too_many_facts", format!("规则读了 {most} 个事实，至多 {MAX_FACTS} 个"));
        }
        Some(())
    }

    pub(super) fn encoding(&self, fact: FactId) -> (EngineSource, Encode) {
        let definition = &self.compiled.registry.facts[fact];
        let source = match &definition.source {
            Source::Raw(place) => EngineSource::Raw(*place),
            Source::CountOf(set) => match self.compiled.registry.facts[*set].source {
                Source::Raw(place) => EngineSource::CountOf(place),
                _ => unreachable!("a set is stated by the case"),
            },
            Source::Ordinal(position) => {
                let (total, group) = self.compiled.ordinal_of(*position).expect("an ordinal fact has its counters");
                EngineSource::VisitNumber { total, group }
            }
            Source::Derived | Source::Bound => unreachable!("derived facts are tables"),
        };
        let choice =
            matches!(definition.kind, crate::facts::Kind::Choice | crate::facts::Kind::Flag | crate::facts::Kind::Set);
        let encode = if choice {
            Encode::Choice(definition.bands.clone().into())
        } else {
            Encode::Cuts(definition.cuts.clone().into())
        };
        (source, encode)
    }

    pub(super) fn derived_tables(&mut self) -> Option<Box<[Dense<u8>]>> {
        let mut tables = Vec::new();
        for (i, fact) in self.derived.clone().into_iter().enumerate() {
            let reads = self.compiled.inputs(fact);
            let later = reads.iter().any(|input| self.derived[i..].contains(input));
            if later {
                let name = self.compiled.registry.facts[fact].name.clone();
                return self.fail("cycle", format!("事实 {name} 用到了自己或写在它后面的事实"));
            }
            let at = self.compiled.fact_grids[&fact].at;
            tables.push(self.dense(&reads, at, |lowering, cell| {
                let grid = &lowering.compiled.fact_grids[&fact];
                let row = lowering.compiled.row(grid, cell)?;
                lowering.compiled.value_band(fact, &row.is.value).ok_or_else(|| {
                    let shown = crate::compile::show_value(&row.is.value);
                    ("unknown_value", format!("{} 里的 {shown} 不是它的取值", grid.path))
                })
            })?);
        }
        Some(tables.into())
    }

    /// A dense table over visit-level facts.
    pub(super) fn dense<T: Default>(
        &mut self,
        reads: &BTreeSet<FactId>,
        at: crate::fault::At,
        mut value: impl FnMut(&mut Self, &mut Cell<'_>) -> Result<T, Trouble>,
    ) -> Option<Dense<T>> {
        if let Some(spot) = self.spot {
            let (compiled, day, known_on) = (self.compiled, self.day, self.known_on);
            let mut cell = Cell { compiled, day, known_on, bands: spot.to_vec() };
            let only = value(self, &mut cell).map_err(|trouble| self.trouble(trouble, at)).ok()?;
            return Some(Dense { reads: Box::new([]), cells: Box::new([only]) });
        }
        let combinations = self.compiled.combinations(reads);
        if combinations > MOST_CELLS {
            let names = listed(reads.iter().map(|fact| &self.compiled.registry.facts[*fact].name));
            return self.fail("too_many_cells", format!("{names} 合起来有 {combinations} 种组合，至多 {MOST_CELLS}"));
        }
        let mut strides: Vec<(u8, u32)> = Vec::new();
        let mut stride = 1_u32;
        for fact in reads.iter().rev() {
            let count = self.compiled.registry.facts[*fact].band_count() as u32;
            if count > 1 {
                strides.push((self.slots[fact], stride));
            }
            stride *= count;
        }
        let (compiled, day, known_on) = (self.compiled, self.day, self.known_on);
        let mut cells = Vec::with_capacity(combinations);
        compiled.for_each_cell(reads, day, known_on, |cell| {
            if cell.is_impossible() {
                cells.push(T::default());
                return;
            }
            cells.push(value(self, cell).unwrap_or_else(|trouble| {
                self.trouble(trouble, at);
                T::default()
            }));
        });
        Some(Dense { reads: strides.into(), cells: cells.into() })
    }

    /// How many line classes the charge facts make.
    pub(super) fn classes(&mut self) -> Option<usize> {
        let facts: BTreeSet<FactId> = self.charge.iter().copied().collect();
        let classes = self.compiled.combinations(&facts);
        if classes > MAX_CLASSES {
            let names = listed(self.charge.iter().map(|fact| &self.compiled.registry.facts[*fact].name));
            return self
                .fail("too_many_classes", format!("费用明细的事实 {names} 合起来有 {classes} 种，至多 {MAX_CLASSES}"));
        }
        Some(classes)
    }

    pub(super) fn line_class(&self) -> Dense<u8> {
        let mut strides = Vec::new();
        let mut stride = 1;
        for (slot, fact) in self.charge.iter().enumerate().rev() {
            strides.push((slot as u8, stride));
            stride *= self.compiled.registry.facts[*fact].band_count() as u32;
        }
        Dense { reads: strides.into(), cells: (0..stride).map(|class| class as u8).collect() }
    }

    /// Bands of the charge facts in a line class.
    pub(super) fn set_class(&self, cell: &mut Cell<'_>, class: usize) {
        let mut rest = class;
        for fact in self.charge.iter().rev() {
            let count = self.compiled.registry.facts[*fact].band_count();
            cell.set(*fact, (rest % count) as u8);
            rest /= count;
        }
    }

    pub(super) fn clear_class(&self, cell: &mut Cell<'_>) {
        cell.bands.retain(|(fact, _)| !self.charge.contains(fact));
    }

    /// The line classes in a region of charge facts.
    pub(super) fn mask(&self, region: &Region, cell: &mut Cell<'_>, classes: usize) -> u64 {
        if region.is_empty() {
            return if classes == 64 { u64::MAX } else { (1 << classes) - 1 };
        }
        let mut mask = 0;
        for class in 0..classes {
            self.set_class(cell, class);
            if within_region(region, cell) {
                mask |= 1 << class;
            }
        }
        self.clear_class(cell);
        mask
    }
}
