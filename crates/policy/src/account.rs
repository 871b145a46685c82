//! What a package says of personal accounts (个人账户): what is credited and from where, what it may
//! be used for, what contributions are, and from when to when benefits are due.
//!
//! Every answer names its article, or says what is missing. Knows nothing of registers, ledgers or
//! runs: whoever asks brings the member's facts and keeps the answer.

mod binding;
mod contribution;
mod credit;
mod entitlement;
mod fault;
mod uses;

pub use contribution::{Contributing, Contribution, ContributionRules, Finding};
pub use credit::{Credit, CreditNote, CreditPer, CreditRules, CreditSource, Crediting, Explained};
pub use entitlement::{Back, Begins, Entitlement, EntitlementRules, Span};
pub use fault::AccountFault;
pub use uses::{Use, Using, Verdict};

pub(crate) use contribution::asked_row;
pub(crate) use credit::{check, credit_rows};
pub(crate) use entitlement::fits;
pub(crate) use uses::{use_row, uses_read};

use crate::cells::Cell;
use crate::compile::Compiled;
use crate::grid::{Grid, Holding};
use crate::model::Word;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A rule of which the texts may give no figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stated<T> {
    /// This is the rule.
    Is(T),
    /// There is no such rule (没有这项).
    Nothing,
    /// The texts give no figure (文本没有给出): it comes from outside.
    Open,
}

impl<T> Stated<T> {
    /// The figure, where there is one.
    pub fn figure(self) -> Option<T> {
        match self {
            Self::Is(figure) => Some(figure),
            Self::Nothing | Self::Open => None,
        }
    }
}

impl<T: fmt::Display> fmt::Display for Stated<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(figure) => figure.fmt(f),
            Self::Nothing => f.write_str("没有这项"),
            Self::Open => f.write_str("文本没有给出"),
        }
    }
}

/// A rule with its articles, as answers print articles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruled<T> {
    /// What the package says; open where it says nothing at all.
    pub is: Stated<T>,
    /// By which articles; empty where the package does not speak of it.
    pub article: String,
}

impl<T> Ruled<T> {
    /// A rule that the package does not mention.
    const SILENT: Self = Self { is: Stated::Open, article: String::new() };
}

/// Articles as answers print them, each once.
fn printed(compiled: &Compiled, cites: &[Word]) -> String {
    let mut unique: Vec<Word> = Vec::new();
    for cite in cites {
        if !unique.iter().any(|known| known.text == cite.text) {
            unique.push(cite.clone());
        }
    }
    compiled.articles.print(&unique)
}

/// Whether a table holds on a day.
fn alive(grid: &Grid, day: gongji_domain::Day) -> bool {
    grid.from.is_none_or(|from| from <= day) && grid.until.is_none_or(|until| day <= until)
}

/// The row that holds in a cell: its table's path and its place in it.
fn held(grid: &Grid, cell: &Cell<'_>) -> Option<(String, usize)> {
    let Holding::Row(row) = grid.holding(cell) else { return None };
    let place = grid.rows().position(|known| core::ptr::eq(known, row))?;
    Some((grid.path.clone(), place))
}
