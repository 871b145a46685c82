//! Whatever refers to something else comes to an end: derived facts read only facts written before
//! them, tables that say "the same as" another one end after a few steps.

use crate::compile::Compiled;
use crate::facts::{FactId, Registry, Source};
use crate::fault::{At, Fault};
use crate::grid::Grid;
use crate::model::Value;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::vec::Vec;

/// How many steps a `same_as` may take to its figure.
const STEPS: usize = 8;

/// Leaves out the tables of derived facts that read themselves or facts written after them.
pub(crate) fn facts(registry: &Registry, tables: &mut BTreeMap<FactId, Grid>, faults: &mut Vec<Fault>) {
    tables.retain(|fact, table| {
        let mut reads = BTreeSet::new();
        table.reads(&mut reads);
        let later = |read: &FactId| *read >= *fact && registry.facts[*read].source == Source::Derived;
        let Some(read) = reads.iter().find(|read| later(read)) else { return true };
        let (name, other) = (&registry.facts[*fact].name, &registry.facts[*read].name);
        let found = format!("事实 {name} 用到了自己或写在它后面的事实 {other}");
        faults.push(Fault::error("cycle", table.at, found, "把用到的事实写在前面"));
        false
    });
}

/// Reports `same_as` that goes in a circle or on for too long; one fault is enough.
pub(crate) fn tables(compiled: &Compiled, faults: &mut Vec<Fault>) {
    let mut ending = BTreeMap::new();
    let endless = compiled.grids().find_map(|grid| steps(compiled, grid, 0, &mut ending).err());
    if let Some(at) = endless {
        let found = format!("same_as 绕了回来，或超过 {STEPS} 步还没有到数值");
        faults.push(Fault::error("cycle", at, found, "改引写着数值的那张表"));
    }
}

/// How many steps it is from a table to its farthest figure, or where there are too many. `ending`
/// keeps what is known.
fn steps(compiled: &Compiled, grid: &Grid, taken: usize, ending: &mut BTreeMap<At, usize>) -> Result<usize, At> {
    let mut most = ending.get(&grid.at).copied();
    if most.is_none() {
        let mut farthest = 0;
        for (at, path) in references(grid) {
            if taken >= STEPS {
                return Err(at);
            }
            if let Some(other) = compiled.grid(path) {
                farthest = farthest.max(1 + steps(compiled, other, taken + 1, ending)?);
            }
        }
        ending.insert(grid.at, farthest);
        most = Some(farthest);
    }
    most.filter(|most| taken + most <= STEPS).ok_or(grid.at)
}

/// The tables that a table names, its floors and ceilings included, with the places where it does.
pub(crate) fn references(grid: &Grid) -> Vec<(At, &str)> {
    let mut found = Vec::new();
    for row in grid.rows() {
        if let Value::SameAs { path, .. } = &row.is.value {
            found.push((row.is.at, path.as_str()));
        }
    }
    for nested in [&grid.at_least, &grid.at_most].into_iter().flatten() {
        found.extend(references(nested));
    }
    found
}
