//! Which rows of an area's tables its worked cases exercise: a row counts when it held for an
//! encounter and the benefit acted on it. Must never decide anything itself: what was done is read
//! from the steps of the decision.

use crate::case::{Bands, Decision, Encounter, Member, Refusal, Settled};
use crate::cells::Cell;
use crate::compile::{Compiled, CompiledBenefit, show_value};
use crate::facts::FactId;
use crate::fault::{At, Fault};
use crate::grid::{Grid, GridRow, Holding, within_region};
use crate::library::Area;
use crate::model::Value;
use crate::view::region_words;
use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_adjudication::{Standing, Step, StepKind};
use gongji_domain::{Day, Fen};

/// A row of a table, and which cases exercised it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowCoverage {
    /// Path of its table in the package.
    pub path: String,
    /// Where it is written.
    pub at: At,
    /// When it holds, in words.
    pub when: String,
    /// What it says.
    pub says: String,
    /// How many cases exercised it.
    pub cases: usize,
    /// The first of them.
    pub first: Option<String>,
}

/// Rows by the path of their table and their place in it.
pub(super) type Rows = BTreeSet<(String, usize)>;

/// All rows that decide, with the cases that exercised them, in the order of the package.
pub(super) fn coverage(area: &Area, cases: &[(String, Rows)]) -> Vec<RowCoverage> {
    let compiled = &area.compiled;
    let mut counted: BTreeMap<&(String, usize), (usize, &str)> = BTreeMap::new();
    for (name, rows) in cases {
        for row in rows {
            counted.entry(row).or_insert((0, name)).0 += 1;
        }
    }
    let mut all = Vec::new();
    for grid in deciding(compiled) {
        for (n, row) in grid.rows().enumerate() {
            let exercised = counted.get(&(grid.path.clone(), n));
            all.push(RowCoverage {
                path: grid.path.clone(),
                at: row.at,
                when: when_words(compiled, row),
                says: show_value(&row.is.value),
                cases: exercised.map_or(0, |(cases, _)| *cases),
                first: exercised.map(|(_, first)| (*first).to_owned()),
            });
        }
    }
    all.sort_by_key(|row| row.at);
    all
}

/// Rows that no case exercises are worth knowing, in force or not: their articles have cases, and
/// the checker proves the figures; only nobody has worked this one out by hand.
pub(super) fn note(rows: &[RowCoverage]) -> Option<Fault> {
    let mut idle = rows.iter().filter(|row| row.cases == 0);
    let first = idle.next()?;
    let found = format!("表格 {} 行里有 {} 行没有算例走到，第一行在 {}", rows.len(), idle.count() + 1, first.path);
    let allowed = "gongji policy coverage 列出每一行；补写算例，手工列式";
    Some(Fault::note("rows_without_case", first.at, found, allowed))
}

/// The tables that decide: those of benefits, of lines, of access, of derived facts and of accounts.
fn deciding(compiled: &Compiled) -> Vec<&Grid> {
    let mut grids: Vec<&Grid> = compiled.fact_grids.values().collect();
    for benefit in compiled.benefits.iter().filter(|benefit| !benefit.decided_elsewhere) {
        let cuts = benefit.deductibles.iter().chain(&benefit.limits).map(|cut| &cut.grid);
        grids.extend(benefit.covered.iter().chain(&benefit.rate).chain(cuts));
    }
    let lines = [&compiled.lines_covered, &compiled.lines_ceiling, &compiled.lines_upfront];
    grids.extend(lines.into_iter().flatten().chain(&compiled.access));
    let account = [&compiled.employer_share, &compiled.credit, &compiled.credit_from, &compiled.before, &compiled.uses];
    grids.extend(account.into_iter().flatten().chain(&compiled.contribution).chain(&compiled.entitlement));
    grids
}

fn when_words(compiled: &Compiled, row: &GridRow) -> String {
    let mut parts = Vec::new();
    let words = region_words(compiled, &row.region);
    if !words.is_empty() {
        parts.push(words);
    }
    if row.from > compiled.from {
        parts.push(format!("自 {} 起", row.from));
    }
    if row.until < compiled.until && row.until < Day::MAX {
        parts.push(format!("至 {}", row.until));
    }
    if parts.is_empty() { "其余情形".to_owned() } else { parts.join("，") }
}

/// The rows that a decided encounter exercised.
pub(super) fn exercised(
    area: &Area,
    member: &Member,
    standing: &Standing,
    encounter: &Encounter,
    decision: &Decision,
) -> Rows {
    let Some(bands) = area.bands(member, standing, encounter) else { return Rows::new() };
    let mut seen = Seen { compiled: &area.compiled, day: encounter.date, bands, rows: Rows::new() };
    match decision {
        Decision::Settled(settled) => seen.settled(settled),
        Decision::Refused(refusal) => seen.refused(refusal),
    }
    seen.rows
}

struct Seen<'a> {
    compiled: &'a Compiled,
    day: Day,
    bands: Bands,
    rows: Rows,
}

impl<'a> Seen<'a> {
    fn cell(&self, charge: Option<usize>) -> Cell<'a> {
        let mut bands = self.bands.visit.clone();
        bands.extend(charge.and_then(|charge| self.bands.charges.get(charge)).into_iter().flatten());
        Cell { compiled: self.compiled, day: self.day, known_on: Day::MAX, bands }
    }

    fn each_charge(&mut self, mut see: impl FnMut(&mut Self, &mut Cell<'a>)) {
        for charge in 0..self.bands.charges.len() {
            let mut cell = self.cell(Some(charge));
            see(self, &mut cell);
        }
    }

    fn refused(&mut self, refusal: &Refusal) {
        let Some(access) = &self.compiled.access else { return };
        let cell = self.cell(None);
        for row in access.collecting(&cell) {
            if matches!(&row.is.value, Value::Word(code) if *code == refusal.code) {
                self.row(access, row);
            }
        }
        self.derived();
    }

    fn settled(&mut self, settled: &Settled) {
        let compiled = self.compiled;
        let cell = self.cell(None);
        if let Some(grid) = &compiled.access {
            self.collected(grid, &cell);
        }
        self.each_charge(|seen, cell| {
            for grid in [&compiled.lines_covered, &compiled.lines_ceiling, &compiled.lines_upfront] {
                grid.iter().for_each(|grid| seen.held(grid, cell));
            }
        });
        self.derived();
        for (place, benefit) in compiled.benefits.iter().enumerate().filter(|(_, one)| !one.decided_elsewhere) {
            let own = settled.settlement.steps.iter().filter(|step| step.benefit.map(usize::from) == Some(place));
            self.benefit(benefit, &own.collect::<Vec<_>>());
        }
    }

    /// What derived facts said of the visit, or of its charges.
    fn derived(&mut self) {
        for (fact, grid) in &self.compiled.fact_grids {
            if self.compiled.is_visit_level(*fact) {
                let mut cell = self.cell(None);
                self.held(grid, &mut cell);
            } else {
                self.each_charge(|seen, cell| seen.held(grid, cell));
            }
        }
    }

    fn benefit(&mut self, benefit: &'a CompiledBenefit, steps: &[&Step]) {
        let refused = steps.iter().any(|step| matches!(step.kind, StepKind::NotCovered { .. }));
        let based = steps.iter().any(|step| matches!(step.kind, StepKind::Base { .. }) && step.result > Fen::ZERO);
        let mut cell = self.cell(None);
        if let Some(grid) = benefit.covered.as_ref().filter(|_| refused || based) {
            self.collected(grid, &cell);
        }
        if !based {
            return;
        }
        for cut in benefit.deductibles.iter().chain(&benefit.limits) {
            let grid = &cut.grid;
            let begun = grid.from.is_none_or(|from| from <= self.day);
            if begun && grid.until.is_none_or(|until| self.day <= until) && within_region(&cut.applies, &cell) {
                self.held(grid, &mut cell);
            }
        }
        self.rate(benefit, steps);
    }

    /// The rate's rows in the segments in which something was paid for.
    fn rate(&mut self, benefit: &'a CompiledBenefit, steps: &[&Step]) {
        let Some(grid) = &benefit.rate else { return };
        for step in steps {
            let StepKind::Rate { base, segment, .. } = step.kind else { continue };
            if base == Fen::ZERO {
                continue;
            }
            self.each_charge(|seen, cell| {
                if let (Some(axis), Some(n)) = (&benefit.segments, usize::from(segment).checked_sub(1)) {
                    axis.bands.get(n).into_iter().for_each(|band| cell.set(axis.fact, *band));
                }
                if within_region(&benefit.claims, cell) {
                    seen.held(grid, cell);
                }
            });
        }
    }

    fn collected(&mut self, grid: &'a Grid, cell: &Cell<'_>) {
        for row in grid.collecting(cell) {
            self.row(grid, row);
        }
    }

    /// The row of a table that holds, once for each member of the set that it is read for, with what
    /// it refers to.
    fn held(&mut self, grid: &'a Grid, cell: &mut Cell<'a>) {
        for (fact, band) in self.members(grid) {
            if let Some(fact) = fact {
                cell.set(fact, band);
            }
            let Holding::Row(row) = grid.holding(cell) else { continue };
            self.row(grid, row);
            if let Value::SameAs { path, .. } = &row.is.value
                && let Some(other) = self.compiled.grid(path)
            {
                self.held(other, cell);
            }
        }
    }

    /// The bands of what a table calls each member of a set; one that is none where it has no set.
    fn members(&self, grid: &Grid) -> Vec<(Option<FactId>, u8)> {
        let Some(each) = &grid.each else { return alloc::vec![(None, 0)] };
        let registry = &self.compiled.registry;
        let (Some(set), Some(bound)) = (registry.id(&each.set.text), registry.id(&each.name.text)) else {
            return Vec::new();
        };
        let members = self.bands.sets.iter().find(|(fact, _)| *fact == set).map_or(0, |(_, members)| *members);
        let held = (0..registry.facts[set].values.len() as i64).filter(|member| members >> member & 1 == 1);
        held.map(|member| (Some(bound), registry.facts[bound].band(member))).collect()
    }

    fn row(&mut self, grid: &Grid, row: &GridRow) {
        let place = grid.rows().position(|known| core::ptr::eq(known, row));
        self.rows.extend(place.map(|place| (grid.path.clone(), place)));
    }
}
