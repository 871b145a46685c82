//! What the tables of credits say in one cell: the amount or what it is a share of, and whose money it is.

use super::super::{AccountFault, printed};
use super::CreditSource;
use crate::cells::Cell;
use crate::compile::{Compiled, show_value};
use crate::figures::NOT_YET;
use crate::grid::Grid;
use crate::model::{Value, Word};
use crate::view::source_words;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_adjudication::Amount;
use gongji_domain::{Fen, FundCode, Rate, Rounding};

/// What one kind of member is credited.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outcome<'a> {
    pub(super) says: Says,
    pub(super) article: String,
    pub(super) source: Option<(CreditSource<'a>, String)>,
}

/// The amount, or what it is worked out from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Says {
    Nothing,
    Fixed { amount: Fen, provisional: bool, words: String },
    Share { of: String, rate: Rate, rounding: Rounding },
    Frozen(String),
    Trouble(AccountFault),
}

/// What a cell says.
pub(super) fn outcome<'a>(
    compiled: &'a Compiled,
    grid: &'a Grid,
    from: Option<&'a Grid>,
    cell: &mut Cell<'_>,
) -> Outcome<'a> {
    let trouble = |fault| Outcome { says: Says::Trouble(fault), article: String::new(), source: None };
    if cell.is_impossible() {
        return trouble(AccountFault::Impossible { place: cell.describe() });
    }
    let (says, cites) = match says(compiled, grid, cell) {
        Ok(found) => found,
        Err(fault) => return trouble(fault),
    };
    let source = match from.filter(|_| !matches!(says, Says::Nothing)) {
        Some(from) => match source(compiled, from, cell) {
            Ok(source) => source,
            Err(fault) => return trouble(fault),
        },
        None => None,
    };
    Outcome { says, article: printed(compiled, &cites), source }
}

fn undecided((_, found): crate::figures::Trouble) -> AccountFault {
    AccountFault::Undecided { found }
}

/// What the table of credits says in a cell, with its citations.
fn says(compiled: &Compiled, grid: &Grid, cell: &mut Cell<'_>) -> Result<(Says, Vec<Word>), AccountFault> {
    let mut row = compiled.row(grid, cell).map_err(undecided)?;
    let mut cites = row.cite.clone();
    for _ in 0..8 {
        let Value::SameAs { path, share: None } = &row.is.value else { break };
        let other = compiled.grid(path);
        let Some(other) = other else { break };
        row = compiled.row(other, cell).map_err(undecided)?;
        cites.extend(row.cite.iter().cloned());
    }
    let invalid = |found: String| Err(AccountFault::Undecided { found });
    let says = match &row.is.value {
        Value::None => Says::Nothing,
        Value::Open => {
            let article = printed(compiled, &cites);
            return Err(AccountFault::Open { what: String::from("个人账户计入的数额"), article });
        }
        Value::Frozen(name) => Says::Frozen(name.clone()),
        Value::Share { share, of, round, .. } if of.starts_with("member.") => {
            let rounding = round.or(grid.rounding).unwrap_or(Rounding::HALF_UP_FEN);
            Says::Share { of: of.clone(), rate: *share, rounding }
        }
        Value::Share { share, of, year, .. } => {
            let (words, provisional) = index_words(compiled, (*share, of, *year), cell, &mut cites)?;
            fixed(compiled, grid, cell, words, provisional)?
        }
        _ => fixed(compiled, grid, cell, String::new(), false)?,
    };
    let changed =
        grid.adjust.iter().any(|adjust| adjust.applies(cell)) || grid.at_least.is_some() || grid.at_most.is_some();
    if changed && matches!(says, Says::Share { .. } | Says::Frozen(_)) {
        return invalid(format!("{}：adjust、at_least、at_most 只能用在固定金额上", grid.path));
    }
    Ok((says, cites))
}

/// A share of an index in words, and whether the index is an estimate.
fn index_words(
    compiled: &Compiled,
    (share, of, year): (Rate, &str, Option<i64>),
    cell: &Cell<'_>,
    cites: &mut Vec<Word>,
) -> Result<(String, bool), AccountFault> {
    let name = of.strip_prefix("index.").unwrap_or(of);
    let now = i64::from(cell.day.ymd().0);
    let year = year.map_or(now, |year| if year > 0 { year } else { now + year });
    let what = format!("{year} 年{}", source_words(of));
    let row = match compiled.index_row(name, year, cell.known_on) {
        Ok(row) => row,
        Err((NOT_YET, _)) => return Err(AccountFault::Unpublished { what, article: printed(compiled, cites) }),
        Err(trouble) => return Err(undecided(trouble)),
    };
    cites.extend(row.cite.iter().cloned());
    match &row.is.value {
        Value::Money(figure) => {
            let estimate = if row.estimate { "（预计）" } else { "" };
            Ok((format!("{what}{estimate} {figure} 元×{share}"), row.estimate))
        }
        Value::Open => Err(AccountFault::Unpublished { what, article: printed(compiled, cites) }),
        value => Err(AccountFault::Undecided { found: format!("{what}的 {} 不是金额", show_value(value)) }),
    }
}

fn fixed(
    compiled: &Compiled,
    grid: &Grid,
    cell: &mut Cell<'_>,
    words: String,
    provisional: bool,
) -> Result<Says, AccountFault> {
    match compiled.amount(grid, cell).map_err(undecided)?.is {
        Amount::Fixed(amount) => Ok(Says::Fixed { amount, provisional, words }),
        Amount::None => Ok(Says::Nothing),
        _ => Err(AccountFault::Undecided { found: format!("{} 里的不是计入的金额", grid.path) }),
    }
}

/// From where a credit comes, with the articles that say so.
fn source<'a>(
    compiled: &Compiled,
    grid: &'a Grid,
    cell: &Cell<'_>,
) -> Result<Option<(CreditSource<'a>, String)>, AccountFault> {
    let row = match grid.holding(cell) {
        crate::grid::Holding::Row(row) => row,
        _ => {
            return Err(compiled
                .row(grid, cell)
                .map(|_| ())
                .map_err(undecided)
                .err()
                .unwrap_or_else(|| unreachable(grid)));
        }
    };
    let source = match &row.is.value {
        Value::Word(word) if word == "contribution" => CreditSource::Contribution,
        Value::Fund { fund, ledger } => match FundCode::from_code(fund) {
            Some(fund) => CreditSource::Fund { fund, ledger: ledger.as_deref() },
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    Ok(Some((source, printed(compiled, &row.cite))))
}

fn unreachable(grid: &Grid) -> AccountFault {
    AccountFault::Undecided { found: format!("{} 没有一行适用", grid.path) }
}
