//! What a table says in a cell, and whether that is within what a bound demands.

use super::shape::Must;
use crate::cells::Cell;
use crate::compile::{Compiled, show_value};
use crate::fault::{At, Severity};
use crate::grid::Grid;
use crate::model::Value;
use crate::words::name_words;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use gongji_adjudication::Amount;
use gongji_domain::{Fen, Rate, Rounding};

/// What kind of table a value comes from: what "nothing" means there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TableKind {
    Rate,
    Deductible,
    Limit,
    Credit,
    Use,
}

/// A value as a bound compares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Rate(Rate),
    Money(Fen),
    /// A share of a named amount.
    Share(Rate, String),
    Word(String),
    /// No such rule here.
    Nothing,
    /// The text gives no figure.
    Open,
    /// Something that no bound compares, in words.
    Other(String),
}

impl Found {
    /// In words.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Rate(rate) => rate.to_string(),
            Self::Money(fen) => format!("{fen} 元"),
            Self::Share(share, of) => format!("{of} 的 {share}"),
            Self::Word(word) => name_words(word).to_owned(),
            Self::Nothing => "没有这项".to_owned(),
            Self::Open => "文本没有给出".to_owned(),
            Self::Other(words) => words.clone(),
        }
    }

    /// A number that orders values of one table, if they have an order.
    pub(crate) fn order(&self, kind: TableKind) -> Option<i64> {
        match (self, kind) {
            (Self::Rate(rate), _) => Some(rate.millionths()),
            (Self::Money(fen), _) => Some(fen.fen()),
            (Self::Nothing, TableKind::Limit) => Some(i64::MAX),
            (Self::Nothing, TableKind::Deductible | TableKind::Credit) => Some(0),
            _ => None,
        }
    }
}

/// What a bound says of one value.
pub(crate) enum Judged {
    Fine,
    Broken,
    /// It cannot be told, for this reason.
    Untold(Severity, String),
}

/// The value that holds in a cell, with the row that says it. `target` is the bound's own value.
pub(crate) fn found(
    compiled: &Compiled,
    kind: TableKind,
    grid: &Grid,
    cell: &mut Cell<'_>,
    target: Option<&Value>,
) -> Option<(At, Found)> {
    let at = compiled.row(grid, cell).ok()?.at;
    if kind == TableKind::Rate {
        return Some((at, Found::Rate(compiled.rate(grid, cell).ok()?.is)));
    }
    let value = followed(compiled, grid, cell)?;
    let found = match value {
        Value::Word(word) => Found::Word(word),
        Value::None => Found::Nothing,
        Value::Open => Found::Open,
        Value::Share { share, of, .. } if of.starts_with("member.") || shares_source(target, &of) => {
            Found::Share(share, of)
        }
        Value::Rate(rate) => Found::Rate(rate),
        value @ (Value::Frozen(_) | Value::Balance(_) | Value::Flag(_) | Value::Fund { .. } | Value::Span(_)) => {
            Found::Other(show_value(&value))
        }
        value => match compiled.amount(grid, cell).ok()?.is {
            Amount::Fixed(fen) => Found::Money(fen),
            Amount::None => Found::Open,
            _ => Found::Other(show_value(&value)),
        },
    };
    Some((at, found))
}

fn shares_source(target: Option<&Value>, of: &str) -> bool {
    matches!(target, Some(Value::Share { of: demanded, .. }) if demanded == of)
}

/// The value of the row that holds, through references to other tables.
fn followed(compiled: &Compiled, grid: &Grid, cell: &Cell<'_>) -> Option<Value> {
    let mut value = compiled.row(grid, cell).ok()?.is.value.clone();
    for _ in 0..8 {
        let Value::SameAs { path, share: None } = &value else { break };
        value = compiled.row(compiled.grid(path)?, cell).ok()?.is.value.clone();
    }
    Some(value)
}

/// Holds a value to a bound.
pub(crate) fn judge(
    compiled: &Compiled,
    kind: TableKind,
    must: Must,
    found: &Found,
    target: &Value,
    tolerance: Rate,
    cell: &Cell<'_>,
) -> Judged {
    let numbers =
        |found: i64, target: i64| if within(must, found, target, tolerance) { Judged::Fine } else { Judged::Broken };
    match (found, target) {
        (Found::Word(word), Value::Word(demanded)) if word == demanded => Judged::Fine,
        (Found::Word(_), Value::Word(_)) => Judged::Broken,
        (Found::Rate(rate), Value::Rate(demanded)) => numbers(rate.millionths(), demanded.millionths()),
        // Nobody has a share of an account that he does not have.
        (Found::Nothing, _) if kind == TableKind::Credit => Judged::Fine,
        (Found::Money(_) | Found::Nothing, Value::Money(demanded)) => {
            numbers(found.order(kind).unwrap_or(0), demanded.fen())
        }
        (Found::Share(share, of), Value::Share { share: demanded, of: source, .. }) if of == source => {
            numbers(share.millionths(), demanded.millionths())
        }
        (Found::Money(fen), Value::Share { share, of, year, .. }) => match of.strip_prefix("index.") {
            Some(name) => against_index(compiled, *fen, *share, name, *year, must, tolerance, cell),
            None => untold(found, target),
        },
        _ => untold(found, target),
    }
}

fn untold(found: &Found, target: &Value) -> Judged {
    Judged::Untold(Severity::Note, format!("{}，与 {} 不能直接比较", found.words(), show_value(target)))
}

/// Compares exactly; `near` within the tolerance, both ends included.
fn within(must: Must, found: i64, target: i64, tolerance: Rate) -> bool {
    match must {
        Must::AtLeast => found >= target,
        Must::AtMost => found <= target,
        Must::Near => {
            let off = (i128::from(found) - i128::from(target)).abs() * 1_000_000;
            off <= i128::from(target) * i128::from(tolerance.millionths())
        }
        _ => found == target,
    }
}

/// An amount against a share of an index: by the index where the package has it.
#[allow(clippy::too_many_arguments)]
fn against_index(
    compiled: &Compiled,
    fen: Fen,
    share: Rate,
    name: &str,
    year: Option<i64>,
    must: Must,
    tolerance: Rate,
    cell: &Cell<'_>,
) -> Judged {
    let implied = || {
        let average =
            Rounding::HALF_UP_FEN.round(i128::from(fen.fen()) * 1_000_000, i128::from(share.millionths().max(1)));
        format!("{fen} 元（{average} 的 {share}）")
    };
    match index_of(compiled, name, year, cell.day.ymd().0) {
        Some(Value::Money(average)) => {
            let target = share.of(*average, Rounding::HALF_UP_FEN);
            if within(must, fen.fen(), target.fen(), tolerance) { Judged::Fine } else { Judged::Broken }
        }
        Some(_) => Judged::Untold(Severity::Note, format!("{}；index.{name} 的数文本没有给出，不能核对", implied())),
        None => Judged::Untold(Severity::Warning, format!("{}；本包没有 index.{name}，不能核对", implied())),
    }
}

/// The index of the year that is meant: the newest that is not after the day's year.
fn index_of<'a>(compiled: &'a Compiled, name: &str, year: Option<i64>, now: i32) -> Option<&'a Value> {
    let index = compiled.package.indexes.iter().find(|index| index.name.text == name)?;
    let year = match year {
        Some(relative @ ..=0) => i64::from(now) + relative,
        Some(year) => year,
        None => i64::from(now),
    };
    let newest =
        index.rows.iter().filter(|row| row.year <= year).max_by_key(|row| (row.year, row.known, !row.estimate));
    newest.or(index.rows.first()).map(|row| &row.is.value)
}
