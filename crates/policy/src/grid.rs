//! A table over facts, resolved: which row holds where, and what it says there.
//!
//! Of the rows that apply, the one whose region (conditions times days) lies inside all others'
//! holds. No such row is a conflict, no row at all a gap. Exceptions beat general rows, an
//! overlay's rows beat the base's. Nothing here knows what the table is for.

use crate::facts::{FactId, Region, Registry};
use crate::fault::At;
use crate::model::{Adjust, Change, Each, Table, Value, ValueAt, Word};
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::{Day, Rounding};

/// What a condition is asked of: the band of a fact, if this scope knows it.
pub(crate) trait Scope {
    /// The band of a fact.
    fn band(&self, fact: FactId) -> u8;
    /// The service day (any day of a range in which nothing changes).
    fn day(&self) -> Day;
    /// Only what was known by then counts.
    fn known_on(&self) -> Day;
}

/// A resolved table.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    pub(crate) at: At,
    pub(crate) path: String,
    pub(crate) layers: [Vec<GridRow>; 4],
    pub(crate) adjust: Vec<GridAdjust>,
    pub(crate) at_least: Option<Box<Grid>>,
    pub(crate) at_most: Option<Box<Grid>>,
    pub(crate) rounding: Option<Rounding>,
    pub(crate) cite: Vec<Word>,
    pub(crate) from: Option<Day>,
    pub(crate) until: Option<Day>,
    pub(crate) per: Option<Word>,
    pub(crate) status_effect: Option<Word>,
    pub(crate) age_on: Option<Word>,
    pub(crate) facts_on: Option<Word>,
    pub(crate) each: Option<Each>,
}

#[derive(Clone, Debug)]
pub(crate) struct GridRow {
    pub(crate) at: At,
    pub(crate) region: Region,
    pub(crate) from: Day,
    pub(crate) until: Day,
    pub(crate) known: Day,
    pub(crate) corrects: bool,
    pub(crate) is: ValueAt,
    pub(crate) cite: Vec<Word>,
    pub(crate) verified: Option<Day>,
}

#[derive(Clone, Debug)]
pub(crate) struct GridAdjust {
    pub(crate) region: Region,
    pub(crate) from: Day,
    pub(crate) until: Day,
    pub(crate) change: Change,
    pub(crate) per: Option<(FactId, i64)>,
    pub(crate) cite: Vec<Word>,
}

/// Which row holds.
#[derive(Debug)]
pub(crate) enum Holding<'a> {
    Row(&'a GridRow),
    Gap,
    /// Two rows that both apply, neither inside the other.
    Conflict(&'a GridRow, &'a GridRow),
}

/// What dates and citations rows inherit.
pub(crate) struct Inherit<'a> {
    pub(crate) from: Day,
    pub(crate) until: Day,
    /// When the document behind a citation became known.
    pub(crate) known: &'a dyn Fn(&[Word]) -> Day,
}

impl Grid {
    pub(crate) fn resolve(table: &Table, registry: &Registry, inherit: &Inherit<'_>) -> Self {
        let from = table.from.unwrap_or(inherit.from);
        let until = table.until.unwrap_or(inherit.until);
        let layer = |rows: &Vec<crate::model::Row>| -> Vec<GridRow> {
            rows.iter()
                .map(|row| {
                    let cite = if row.cite.is_empty() { table.cite.clone() } else { row.cite.clone() };
                    GridRow {
                        at: row.at,
                        region: registry.region(&row.when),
                        from: row.from.unwrap_or(from),
                        // No row outlives its table.
                        until: row.until.unwrap_or(until).min(until),
                        known: row.known.or(row.published).unwrap_or_else(|| (inherit.known)(&cite)),
                        corrects: row.corrects,
                        is: row.is.clone(),
                        verified: row.verified,
                        cite,
                    }
                })
                .collect()
        };
        let nested =
            |table: &Option<Box<Table>>| table.as_ref().map(|table| Box::new(Self::resolve(table, registry, inherit)));
        Self {
            at: table.at,
            path: table.path.clone(),
            layers: core::array::from_fn(|i| layer(&table.layers[i])),
            adjust: table.adjust.iter().map(|a| GridAdjust::resolve(a, table, registry, from, until)).collect(),
            at_least: nested(&table.at_least),
            at_most: nested(&table.at_most),
            rounding: table.rounding,
            cite: table.cite.clone(),
            from: table.from,
            until: table.until,
            per: table.per.clone(),
            status_effect: table.status_effect.clone(),
            age_on: table.age_on.clone(),
            facts_on: table.facts_on.clone(),
            each: table.each.clone(),
        }
    }

    /// The table of the package that an overlay lies on, if one does.
    pub(crate) fn without_overlay(&self) -> Option<Self> {
        let [rows, except, over, over_except] = &self.layers;
        let laid = !over.is_empty() || !over_except.is_empty();
        laid.then(|| Self { layers: [rows.clone(), except.clone(), Vec::new(), Vec::new()], ..self.clone() })
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &GridRow> {
        self.layers.iter().flatten()
    }

    /// The facts that this table's own conditions read (not those of tables it refers to).
    pub(crate) fn reads(&self, into: &mut BTreeSet<FactId>) {
        into.extend(self.rows().flat_map(|row| row.region.iter().map(|(fact, _)| *fact)));
        for adjust in &self.adjust {
            into.extend(adjust.region.iter().map(|(fact, _)| *fact));
            into.extend(adjust.per.map(|(fact, _)| fact));
        }
        for nested in [&self.at_least, &self.at_most].into_iter().flatten() {
            nested.reads(into);
        }
    }

    /// The row that holds.
    pub(crate) fn holding(&self, scope: &dyn Scope) -> Holding<'_> {
        for layer in self.layers.iter().rev() {
            let applicable: Vec<&GridRow> = layer.iter().filter(|row| row.applies(scope)).collect();
            if let Some(holding) = least(&applicable) {
                return holding;
            }
        }
        Holding::Gap
    }

    /// All rows that apply, for tables that collect reasons; the highest layer that has any.
    /// A row that says `"none"` lifts the rows around it.
    pub(crate) fn collecting(&self, scope: &dyn Scope) -> Vec<&GridRow> {
        let applicable = |layer: &'_ &Vec<GridRow>| layer.iter().any(|row| row.applies(scope));
        let Some(layer) = self.layers.iter().rev().find(applicable) else { return Vec::new() };
        let rows: Vec<&GridRow> = layer.iter().filter(|row| row.applies(scope)).collect();
        let lifts =
            |row: &GridRow, other: &GridRow| other.is.value == Value::None && other.inside(row) && !row.inside(other);
        rows.iter().copied().filter(|row| !rows.iter().any(|other| lifts(row, other))).collect()
    }

    /// Every day on which something of this table begins, or has just ended.
    pub(crate) fn turning_days(&self, into: &mut BTreeSet<Day>) {
        for (from, until) in self
            .rows()
            .map(|row| (row.from, row.until))
            .chain(self.adjust.iter().map(|adjust| (adjust.from, adjust.until)))
        {
            into.insert(from);
            if until < Day::MAX {
                into.insert(until.next());
            }
        }
        for nested in [&self.at_least, &self.at_most].into_iter().flatten() {
            nested.turning_days(into);
        }
    }
}

impl GridAdjust {
    fn resolve(adjust: &Adjust, table: &Table, registry: &Registry, from: Day, until: Day) -> Self {
        let per = adjust.per.as_ref().and_then(|word| registry.id(&word.text));
        Self {
            region: registry.region(&adjust.when),
            from: adjust.from.unwrap_or(from),
            until: adjust.until.unwrap_or(until),
            change: adjust.change,
            per: per.map(|fact| (fact, adjust.less)),
            cite: if adjust.cite.is_empty() { table.cite.clone() } else { adjust.cite.clone() },
        }
    }

    pub(crate) fn applies(&self, scope: &dyn Scope) -> bool {
        let day = scope.day();
        self.from <= day && day <= self.until && within_region(&self.region, scope)
    }
}

pub(crate) fn within_region(region: &Region, scope: &dyn Scope) -> bool {
    region.iter().all(|(fact, bands)| bands.has(scope.band(*fact)))
}

impl GridRow {
    pub(crate) fn applies(&self, scope: &dyn Scope) -> bool {
        let day = scope.day();
        self.from <= day && day <= self.until && self.known <= scope.known_on() && within_region(&self.region, scope)
    }

    /// Whether this row's region lies inside the other's.
    fn inside(&self, other: &Self) -> bool {
        let dates = other.from <= self.from && self.until <= other.until;
        dates
            && other
                .region
                .iter()
                .all(|(fact, bands)| self.region.iter().any(|(own, narrower)| own == fact && narrower.within(*bands)))
    }
}

/// The row that lies inside all others.
fn least<'a>(rows: &[&'a GridRow]) -> Option<Holding<'a>> {
    let (first, rest) = rows.split_first()?;
    let mut least = *first;
    for row in rest {
        match (row.inside(least), least.inside(row)) {
            // The same region twice: the later knowledge corrects the earlier, if it says so.
            (true, true) => match (row.corrects, least.corrects) {
                (true, _) if row.known > least.known => least = row,
                (_, true) if least.known > row.known => {}
                _ => return Some(Holding::Conflict(least, row)),
            },
            (true, false) => least = row,
            _ => {}
        }
    }
    match rows.iter().find(|row| !least.inside(row)) {
        Some(other) => Some(Holding::Conflict(least, other)),
        None => Some(Holding::Row(least)),
    }
}

/// Whether a value is of the kind that money tables hold.
pub(crate) fn is_amount(value: &Value) -> bool {
    matches!(
        value,
        Value::Money(_)
            | Value::None
            | Value::Open
            | Value::Share { .. }
            | Value::SameAs { .. }
            | Value::Frozen(_)
            | Value::Balance(_)
    )
}
