//! The figures of a package that decide answers: where each stands, and how it is nudged.
//! Knows nothing of visits.

use crate::fault::At;
use crate::model::{Change, Package, Pattern, Table, Value, Word};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use gongji_domain::{Day, Fen, Rate};

/// A figure, to be read or changed in place.
pub(super) enum Figure<'a> {
    /// Money, with the unit that its table rounds to.
    Money(&'a mut Fen, i64),
    Rate(&'a mut Rate),
    /// An index: formulas over it round, so that it takes a large step to show.
    Index(&'a mut Fen),
}

/// Where a figure stands and what it concerns.
pub(super) struct Place<'a> {
    pub(super) at: At,
    /// Path of the table, such as `benefit.ordinary_outpatient.rate`.
    pub(super) path: &'a str,
    pub(super) cite: &'a [Word],
    pub(super) when: &'a Pattern,
    pub(super) days: (Option<Day>, Option<Day>),
}

/// One point of a rate.
const POINT: i64 = 10_000;

impl Figure<'_> {
    /// In words.
    pub(super) fn words(&self) -> alloc::string::String {
        match self {
            Self::Money(fen, _) | Self::Index(fen) => format!("{fen} 元"),
            Self::Rate(rate) => format!("{rate}"),
        }
    }

    /// Moves it by the smallest step that shows, up or down.
    pub(super) fn nudge(self, up: bool) {
        let way = if up { 1 } else { -1 };
        match self {
            Self::Money(fen, unit) => *fen = Fen::from_fen(fen.fen().saturating_add(way * unit)),
            Self::Rate(rate) => *rate = Rate::from_millionths(rate.millionths().saturating_add(way * POINT)),
            Self::Index(fen) if up => *fen = Fen::from_fen(fen.fen().saturating_mul(2)),
            Self::Index(fen) => *fen = Fen::from_fen(fen.fen() / 2),
        }
    }
}

/// Walks over every figure that decides answers. Accounts are not decided by the engine; each of
/// their rows is shown to hold somewhere when the package is checked.
pub(super) fn each(package: &mut Package, visit: &mut dyn FnMut(Place<'_>, Figure<'_>)) {
    let always = Pattern::new();
    for benefit in &mut package.benefits {
        if let Some(table) = &mut benefit.rate {
            of_table(table, &always, visit);
        }
        for entry in benefit.deductibles.iter_mut().chain(&mut benefit.limits) {
            of_table(&mut entry.table, &entry.applies, visit);
        }
        if let Some(segments) = &mut benefit.segments {
            let path = format!("benefit.{}.segments", benefit.name.text);
            for end in &mut segments.up_to {
                let (at, cite) = (segments.at, &segments.cite);
                visit(Place { at, path: &path, cite, when: &always, days: (None, None) }, Figure::Money(end, 1));
            }
        }
    }
    for table in [&mut package.lines.ceiling, &mut package.lines.upfront].into_iter().flatten() {
        of_table(table, &always, visit);
    }
    for index in &mut package.indexes {
        let path = format!("index.{}", index.name.text);
        for row in &mut index.rows {
            if let Value::Money(fen) = &mut row.is.value {
                let (at, cite) = (row.is.at, &row.cite);
                visit(Place { at, path: &path, cite, when: &always, days: (None, None) }, Figure::Index(fen));
            }
        }
    }
}

/// The figures of a table that holds for these visits only.
fn of_table(table: &mut Table, of: &Pattern, visit: &mut dyn FnMut(Place<'_>, Figure<'_>)) {
    let Table { at, layers, adjust, at_least, at_most, rounding, cite, path, each, from, until, .. } = table;
    let unit = rounding.map_or(1, |rounding| rounding.unit);
    let cites = |own: &'_ Vec<Word>| if own.is_empty() { cite.clone() } else { own.clone() };
    let days = |own: (Option<Day>, Option<Day>)| (own.0.or(*from), own.1.or(*until));
    let both = |when: &Pattern| -> Pattern { of.iter().chain(when).cloned().collect() };
    for row in layers.iter_mut().flatten() {
        let when = both(&row.when);
        let (cite, days) = (cites(&row.cite), days((row.from, row.until)));
        let place = Place { at: row.is.at, path, cite: &cite, when: &when, days };
        match &mut row.is.value {
            Value::Money(fen) => visit(place, Figure::Money(fen, unit)),
            Value::Rate(rate) | Value::Share { share: rate, .. } | Value::SameAs { share: Some(rate), .. } => {
                visit(place, Figure::Rate(rate))
            }
            _ => {}
        }
    }
    for adjust in adjust {
        let when = both(&adjust.when);
        let (cite, days) = (cites(&adjust.cite), days((adjust.from, adjust.until)));
        let place = Place { at: adjust.at, path, cite: &cite, when: &when, days };
        match &mut adjust.change {
            Change::Points(rate) | Change::Times(rate) => visit(place, Figure::Rate(rate)),
            Change::Money(fen) => visit(place, Figure::Money(fen, unit)),
        }
    }
    if let Some(each) = each {
        for weight in &mut each.weights {
            let place = Place { at: *at, path, cite, when: of, days: (*from, *until) };
            visit(place, Figure::Rate(weight));
        }
    }
    for nested in [at_least, at_most].into_iter().flatten().map(Box::as_mut) {
        of_table(nested, of, visit);
    }
}
