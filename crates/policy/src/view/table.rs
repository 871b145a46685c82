//! A table as it reads on one day: every combination of facts that it tells apart, worked out.

use super::describe::{bands_words, fact_name, region_words, source_words};
use crate::bounds::judge::{Found, TableKind, found};
use crate::bounds::walk::Walk;
use crate::cells::Cell;
use crate::compile::{Compiled, show_value};
use crate::facts::{Bands, FactId};
use crate::grid::Grid;
use crate::model::{Value, Word};
use crate::words::name_words;
use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::Day;

/// A table on a day. Its columns are the conditions ([`TableView::heads`]), then the figures.
#[derive(Clone, Debug, Default)]
pub struct TableView {
    /// What it is, in Chinese.
    pub title: String,
    /// Its path in the package, such as `benefit.ordinary_outpatient.rate`.
    pub path: String,
    /// What a reader must know beside the figures.
    pub notes: Vec<String>,
    /// The articles, where all figures have the same.
    pub article: Option<String>,
    /// What the conditions of a row are about.
    pub heads: Vec<String>,
    /// The heads of the figures; one that is empty where each row has one figure.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<TableRow>,
}

/// A row of a table.
#[derive(Clone, Debug)]
pub struct TableRow {
    /// Its conditions in words; empty where any value will do.
    pub when: Vec<String>,
    /// Its figures; absent for combinations that cannot occur.
    pub says: Vec<Option<Said>>,
    /// Its articles, where the rows of the table have different ones.
    pub article: Option<String>,
}

/// What a table says in some combination.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    /// In words, such as `200.00 元` or `60%`.
    pub words: String,
    /// The texts give no figure.
    pub open: bool,
    /// The day from which it has read so.
    pub from: Day,
    pub(super) article: String,
}

/// What a table's values are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Rate,
    Amount,
    Word,
}

/// The most columns of figures side by side.
const MOST_COLUMNS: usize = 5;
/// The most combinations that are worked out for looking at.
const MOST_SHOWN: usize = 1 << 14;

/// Values of each axis that a figure holds for.
type Cube = (Vec<Bands>, Said);

/// A table on a day; nothing if it says nothing then.
pub(super) fn table(compiled: &Compiled, grid: &Grid, kind: Kind, title: String, day: Day) -> Option<TableView> {
    if grid.from.is_some_and(|from| day < from) || grid.until.is_some_and(|until| until < day) {
        return None;
    }
    let mut reads = BTreeSet::new();
    reads_of(compiled, grid, &mut reads, 0);
    if compiled.combinations(&reads) > MOST_SHOWN {
        return collecting(compiled, grid, &title, day);
    }
    let mut facts: Vec<FactId> = Vec::new();
    let mut cubes: Vec<Cube> = Vec::new();
    Walk::new(compiled, reads, (day, day), &Vec::new()).each(|cell| {
        facts = cell.bands.iter().map(|(fact, _)| *fact).collect();
        let bands: Vec<Bands> = cell.bands.iter().map(|(_, band)| only(*band)).collect();
        cubes.extend(said(compiled, grid, kind, cell).map(|said| (bands, said)));
    });
    if cubes.is_empty() {
        return None;
    }
    let cubes = without_idle_axes(compiled, &mut facts, merged(cubes));
    let view = TableView { title, path: grid.path.clone(), ..TableView::default() };
    Some(side_by_side(compiled, &facts, &cubes, &view).unwrap_or_else(|| listed(compiled, &facts, &cubes, view)))
}

/// A table whose rows all count when they apply: its rows as they are written.
pub(super) fn collecting(compiled: &Compiled, grid: &Grid, title: &str, day: Day) -> Option<TableView> {
    let mut rows: Vec<(String, Said)> = Vec::new();
    for row in grid.rows().filter(|row| row.from <= day && day <= row.until) {
        let words = match &row.is.value {
            Value::Word(code) => match compiled.reasons.iter().find(|(known, _)| known == code) {
                Some((_, text)) => format!("{text}（{code}）"),
                None => name_words(code).to_owned(),
            },
            value => show_value(value),
        };
        let said =
            Said { words, open: row.is.value == Value::Open, from: row.from, article: print(compiled, &row.cite) };
        rows.push((region_words(compiled, &row.region), said));
    }
    let article = common(rows.iter().map(|(_, said)| said));
    let rows: Vec<TableRow> = rows
        .into_iter()
        .map(|(when, said)| TableRow {
            when: alloc::vec![when],
            article: own(&article, &said),
            says: alloc::vec![Some(said)],
        })
        .collect();
    let heads = alloc::vec!["情形".to_owned()];
    let columns = alloc::vec![String::new()];
    (!rows.is_empty()).then(|| TableView {
        title: title.to_owned(),
        path: grid.path.clone(),
        notes: Vec::new(),
        article,
        heads,
        columns,
        rows,
    })
}

/// What a table reads, with the tables that it refers to.
fn reads_of(compiled: &Compiled, grid: &Grid, reads: &mut BTreeSet<FactId>, depth: usize) {
    grid.reads(reads);
    for row in grid.rows() {
        if let Value::SameAs { path, .. } = &row.is.value
            && let Some(other) = compiled.grid(path)
            && depth < 8
        {
            reads_of(compiled, other, reads, depth + 1);
        }
    }
}

pub(super) fn said(compiled: &Compiled, grid: &Grid, kind: Kind, cell: &mut Cell<'_>) -> Option<Said> {
    let row = compiled.row(grid, cell).ok()?;
    let (from, mut cite) = (row.from, row.cite.clone());
    let kind = match kind {
        Kind::Rate => TableKind::Rate,
        Kind::Amount => TableKind::Limit,
        Kind::Word => TableKind::Use,
    };
    let found = found(compiled, kind, grid, cell, None).map(|(_, found)| found);
    if matches!(found, None | Some(Found::Open))
        && let Some(words) = awaited(&row.is.value, cell.day)
    {
        return Some(Said { words, open: true, from, article: print(compiled, &cite) });
    }
    let found = found?;
    cite.extend(match kind {
        TableKind::Rate => compiled.rate(grid, cell).map(|figure| figure.cite).unwrap_or_default(),
        TableKind::Use => Vec::new(),
        _ => compiled.amount(grid, cell).map(|figure| figure.cite).unwrap_or_default(),
    });
    let words = match &found {
        Found::Nothing => "不设".to_owned(),
        Found::Open => "文本未给出".to_owned(),
        Found::Other(words) if words == "true" => "是".to_owned(),
        Found::Other(words) if words == "false" => "否".to_owned(),
        Found::Share(share, of) => format!("{} × {share}", source_words(of)),
        other => other.words(),
    };
    Some(Said { words, open: found == Found::Open, from, article: print(compiled, &cite) })
}

/// A share of an index that nobody has given yet: what it will be.
fn awaited(value: &Value, day: Day) -> Option<String> {
    let Value::Share { share, of, year, .. } = value else { return None };
    let of = of.starts_with("index.").then(|| source_words(of))?;
    let year = year.unwrap_or(0);
    let year = if year > 0 { year } else { i64::from(day.ymd().0) + year };
    Some(format!("{of}（{year} 年，文本未给出）× {share}"))
}

fn print(compiled: &Compiled, cites: &[Word]) -> String {
    let mut unique: Vec<Word> = Vec::new();
    for cite in cites {
        if !unique.iter().any(|known| known.text == cite.text) {
            unique.push(cite.clone());
        }
    }
    compiled.articles.print(&unique)
}

fn only(band: u8) -> Bands {
    let mut bands = Bands::NONE;
    bands.insert(band);
    bands
}

fn all(compiled: &Compiled, fact: FactId) -> Bands {
    let mut bands = Bands::NONE;
    (0..compiled.registry.facts[fact].band_count()).for_each(|band| bands.insert(band as u8));
    bands
}

fn both(a: Bands, b: Bands) -> Bands {
    let mut bands = a;
    (0..=u8::MAX).filter(|band| b.has(*band)).for_each(|band| bands.insert(band));
    bands
}

/// Joins combinations that differ in one axis only and say the same, until none are left.
fn merged(mut cubes: Vec<Cube>) -> Vec<Cube> {
    let axes = cubes.first().map_or(0, |(bands, _)| bands.len());
    loop {
        let before = cubes.len();
        for axis in (0..axes).rev() {
            let mut groups: BTreeMap<(Vec<Bands>, Said), Bands> = BTreeMap::new();
            for (mut bands, said) in cubes {
                let own = core::mem::replace(&mut bands[axis], Bands::NONE);
                let group = groups.entry((bands, said)).or_insert(Bands::NONE);
                *group = both(*group, own);
            }
            let whole = |((mut bands, said), own): ((Vec<Bands>, Said), Bands)| {
                bands[axis] = own;
                (bands, said)
            };
            cubes = groups.into_iter().map(whole).collect();
        }
        if cubes.len() == before {
            break;
        }
    }
    cubes.sort_by_key(|(bands, _)| bands.iter().map(|bands| first(*bands)).collect::<Vec<u8>>());
    cubes
}

fn first(bands: Bands) -> u8 {
    (0..=u8::MAX).find(|band| bands.has(*band)).unwrap_or(0)
}

/// Leaves out axes along which nothing changes.
fn without_idle_axes(compiled: &Compiled, facts: &mut Vec<FactId>, cubes: Vec<Cube>) -> Vec<Cube> {
    let idle = |axis: usize| cubes.iter().all(|(bands, _)| all(compiled, facts[axis]).within(bands[axis]));
    let kept: Vec<usize> = (0..facts.len()).filter(|axis| !idle(*axis)).collect();
    let cubes =
        cubes.iter().map(|(bands, said)| (kept.iter().map(|axis| bands[*axis]).collect(), said.clone())).collect();
    *facts = kept.iter().map(|axis| facts[*axis]).collect();
    cubes
}

/// The article of all figures, if they have the same.
fn common<'a>(mut says: impl Iterator<Item = &'a Said>) -> Option<String> {
    let first = says.next()?;
    says.all(|said| said.article == first.article).then(|| first.article.clone())
}

fn own(common: &Option<String>, said: &Said) -> Option<String> {
    common.is_none().then(|| said.article.clone())
}

/// One row for each combination.
fn listed(compiled: &Compiled, facts: &[FactId], cubes: &[Cube], view: TableView) -> TableView {
    let article = common(cubes.iter().map(|(_, said)| said));
    let words = |(fact, bands): (&FactId, &Bands)| {
        if all(compiled, *fact).within(*bands) {
            String::new()
        } else {
            bands_words(&compiled.registry.facts[*fact], *bands)
        }
    };
    let row = |(bands, said): &Cube| TableRow {
        when: facts.iter().zip(bands).map(words).collect(),
        article: own(&article, said),
        says: alloc::vec![Some(said.clone())],
    };
    TableView {
        rows: cubes.iter().map(row).collect(),
        heads: facts.iter().map(|fact| fact_name(compiled, *fact)).collect(),
        columns: alloc::vec![String::new()],
        article,
        ..view
    }
}

/// Two axes as rows and columns, where every figure has the same article.
fn side_by_side(compiled: &Compiled, facts: &[FactId], cubes: &[Cube], view: &TableView) -> Option<TableView> {
    let [_, _] = facts else { return None };
    let article = common(cubes.iter().map(|(_, said)| said))?;
    let at = |down: u8, across: u8| {
        cubes.iter().find(|(bands, _)| bands[0].has(down) && bands[1].has(across)).map(|(_, said)| said)
    };
    let bands = |axis: usize| (0..compiled.registry.facts[facts[axis]].band_count()).map(|band| band as u8);
    // Values of an axis that every figure treats alike are one row or column.
    let groups = |axis: usize| {
        let mut groups: Vec<(Vec<Option<&Said>>, Bands)> = Vec::new();
        for band in bands(axis) {
            let slice: Vec<Option<&Said>> =
                bands(1 - axis).map(|other| if axis == 0 { at(band, other) } else { at(other, band) }).collect();
            match groups.iter_mut().find(|(known, _)| *known == slice) {
                Some((_, group)) => group.insert(band),
                None => groups.push((slice, only(band))),
            }
        }
        groups.retain(|(slice, _)| slice.iter().any(Option::is_some));
        groups.into_iter().map(|(_, group)| group).collect::<Vec<Bands>>()
    };
    let (down, across) = (groups(0), groups(1));
    let words = |axis: usize, bands: &Bands| bands_words(&compiled.registry.facts[facts[axis]], *bands);
    let row = |down: &Bands| TableRow {
        when: alloc::vec![words(0, down)],
        says: across.iter().map(|across| at(first(*down), first(*across)).cloned()).collect(),
        article: None,
    };
    (across.len() <= MOST_COLUMNS).then(|| TableView {
        article: Some(article),
        heads: alloc::vec![fact_name(compiled, facts[0])],
        columns: across.iter().map(|bands| words(1, bands)).collect(),
        rows: down.iter().map(row).collect(),
        ..view.clone()
    })
}
