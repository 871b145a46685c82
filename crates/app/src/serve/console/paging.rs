//! A long list by pages: which rows are asked for, and how many there are in all.

use serde::{Deserialize, Serialize};

/// The most rows of a page.
const ROWS: usize = 200;

/// Which rows of a list; as texts, since what is flattened is read so.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Paging {
    #[serde(default)]
    pub page: String,
    #[serde(default)]
    pub size: String,
}

/// A page of a list.
#[derive(Serialize)]
pub(super) struct Page<T> {
    pub rows: Vec<T>,
    pub total: usize,
}

impl Paging {
    /// Of many the rows of this page.
    pub(super) fn of<'a, T>(&self, all: &'a [T]) -> &'a [T] {
        let from = self.first(all.len());
        &all[from..all.len().min(from + self.size())]
    }

    fn size(&self) -> usize {
        self.size.parse().unwrap_or(20).clamp(1, ROWS)
    }

    /// Where the page begins, of so many rows.
    fn first(&self, total: usize) -> usize {
        self.page.parse().unwrap_or(1usize).saturating_sub(1).saturating_mul(self.size()).min(total)
    }

    /// The same of rows that are ready.
    pub(super) fn cut<T>(&self, mut all: Vec<T>) -> Page<T> {
        let (total, size) = (all.len(), self.of(&all).len());
        let from = self.first(total);
        Page { rows: all.drain(from..).take(size).collect(), total }
    }

    /// The same as an answer.
    pub(super) fn page<T, U>(&self, all: &[T], row: impl Fn(&T) -> U) -> Page<U> {
        Page { rows: self.of(all).iter().map(row).collect(), total: all.len() }
    }
}
