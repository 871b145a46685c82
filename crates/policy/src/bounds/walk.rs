//! The cells that a bound is asked in: every combination of the facts that a table or the bound
//! reads, on every range of days since the bound began.

use crate::cells::{Cell, MOST_CELLS};
use crate::compile::Compiled;
use crate::facts::{FactId, Source};
use crate::model::Pattern;
use crate::words::band_words;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::Day;

/// Combinations of some facts on some days.
pub(crate) struct Walk<'a> {
    compiled: &'a Compiled,
    facts: BTreeSet<FactId>,
    days: Vec<Day>,
    /// Only where these conditions can hold; they need not have cut the facts.
    when: &'a Pattern,
}

impl<'a> Walk<'a> {
    /// A walk over `facts` between two days, inside the package's life.
    pub(crate) fn new(
        compiled: &'a Compiled,
        facts: BTreeSet<FactId>,
        (from, until): (Day, Day),
        when: &'a Pattern,
    ) -> Self {
        let mut facts = facts;
        facts.extend(when.iter().filter_map(|(name, _)| compiled.registry.id(&name.text)));
        Self { compiled, facts: open(compiled, facts), days: days(compiled, from, until), when }
    }

    /// Whether there are too many combinations to walk.
    pub(crate) fn too_many(&self) -> bool {
        self.compiled.combinations(&self.facts) > MOST_CELLS
    }

    /// Visits every cell that can occur and that the conditions concern.
    pub(crate) fn each(&self, mut visit: impl FnMut(&mut Cell<'_>)) {
        for day in &self.days {
            self.compiled.for_each_cell(&self.facts, *day, Day::MAX, |cell| {
                if !cell.is_impossible() && meets(cell, self.when) {
                    visit(cell);
                }
            });
        }
    }
}

/// Whether conditions that did not cut the facts can hold somewhere in the cell.
fn meets(cell: &Cell<'_>, when: &Pattern) -> bool {
    when.iter().all(|(name, condition)| {
        let Some(id) = cell.compiled.registry.id(&name.text) else { return false };
        cell.compiled.registry.facts[id].meets(crate::grid::Scope::band(cell, id), condition)
    })
}

/// Derived facts that share an input with another fact of the set give way to their inputs, so
/// that no combination contradicts itself.
fn open(compiled: &Compiled, mut facts: BTreeSet<FactId>) -> BTreeSet<FactId> {
    let derived = |fact: &&FactId| compiled.registry.facts[**fact].source == Source::Derived;
    loop {
        let overlapping = facts.iter().filter(derived).find(|fact| {
            let below = roots(compiled, **fact);
            facts.iter().any(|other| other != *fact && !below.is_disjoint(&roots(compiled, *other)))
        });
        let Some(fact) = overlapping.copied() else { return facts };
        facts.remove(&fact);
        facts.extend(compiled.inputs(fact));
    }
}

/// The stated facts that a fact comes down to.
pub(crate) fn roots(compiled: &Compiled, fact: FactId) -> BTreeSet<FactId> {
    let mut roots = BTreeSet::new();
    let mut open = alloc::vec![fact];
    let mut seen = BTreeSet::new();
    while let Some(fact) = open.pop() {
        if !seen.insert(fact) {
            continue;
        }
        if compiled.registry.facts[fact].source == Source::Derived {
            open.extend(compiled.inputs(fact));
        } else {
            roots.insert(fact);
        }
    }
    roots
}

/// One day of each range of days in which nothing changes, from `from` to `until`.
pub(crate) fn days(compiled: &Compiled, from: Day, until: Day) -> Vec<Day> {
    let (from, until) = (from.max(compiled.from), until.min(compiled.until));
    let starts = compiled.ranges();
    let first = starts.partition_point(|day| *day <= from);
    let later = starts[first..].iter().copied().filter(|day| *day <= until);
    if from > until { Vec::new() } else { core::iter::once(from).chain(later).collect() }
}

/// A cell in words; of values that are not told apart only those that the conditions concern.
pub(crate) fn words(cell: &Cell<'_>, when: &Pattern) -> String {
    let compiled = cell.compiled;
    let mut parts: Vec<String> = Vec::new();
    for (id, band) in &cell.bands {
        let fact = &compiled.registry.facts[*id];
        let of_fact = || when.iter().filter(|(name, _)| name.text == fact.name).map(|(_, condition)| condition);
        if fact.band_count() > 1 || of_fact().next().is_some() {
            parts.push(band_words(fact, compiled.label(&fact.name), *band, |raw| {
                of_fact().all(|condition| fact.holds(raw, condition))
            }));
        }
    }
    parts.join("，")
}
