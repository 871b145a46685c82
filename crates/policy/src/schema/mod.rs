//! The format of a policy package as one table: every key, what stands under it, what it means.
//!
//! The reader takes the keys of each table from here, so that a key that is not here cannot be
//! read; the reference `docs/reference/package-keys.md` and the JSON Schema for editors are
//! written from it. Knows what is written where, not what rules mean.

mod document;
mod forms;
mod json;
mod keys;
mod values;

pub(crate) use forms::{Form, explained};
pub(crate) use keys::account::{
    ACCOUNT, CONTRIBUTION, CREDITS_TABLE, ENTITLEMENT, SHARES_TABLE, SOURCES_TABLE, TERMS_TABLE,
};
pub(crate) use keys::benefits::{BENEFIT, BEYOND, DEDUCTIBLE, LIMIT, LINES, PAYER, SEGMENTS};
pub(crate) use keys::facts::{CONDITION, FACT, ORDINAL};
pub(crate) use keys::frame::{FRAMEWORK, PACKAGE, ROOT};
pub(crate) use keys::rest::{
    BOUND, CHANGE, DOCUMENT, IMPOSSIBLE, INDEX, INDEX_ROW, INSTITUTION, PERIODS, REASON, RELATION, RESTART, YEAR,
    YEAR_START, YEAR_STARTS,
};
pub(crate) use keys::tables::{ADJUSTMENT, AMOUNTS_TABLE, CHOICES_TABLE, FORMULA, RATES_TABLE, REASONS_TABLE, ROW};

pub use document::markdown;
pub use json::json_schema;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A table of the format: the keys that may stand in it.
pub(crate) struct Group {
    /// Its name among the tables; unique.
    pub(crate) name: &'static str,
    /// What people call it.
    pub(crate) chinese: &'static str,
    pub(crate) english: &'static str,
    /// A package that has one, with `…` where its keys stand.
    pub(crate) frame: &'static str,
    /// Its keys, with those that it shares with other tables.
    pub(crate) parts: &'static [&'static [Key]],
    /// Keys that ask for one another.
    pub(crate) needs: &'static [Need],
}

/// One key.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    pub(crate) required: bool,
    /// What it means: a word or two, a colon, the rest.
    pub(crate) chinese: &'static str,
    pub(crate) english: &'static str,
    /// A line of TOML with the key.
    pub(crate) example: &'static str,
}

/// All tables, as the reference lists them.
pub(crate) static GROUPS: &[&Group] = &[
    &ROOT,
    &PACKAGE,
    &DOCUMENT,
    &FACT,
    &ORDINAL,
    &ROW,
    &CONDITION,
    &FORMULA,
    &ADJUSTMENT,
    &BENEFIT,
    &REASONS_TABLE,
    &DEDUCTIBLE,
    &LIMIT,
    &BEYOND,
    &RATES_TABLE,
    &SEGMENTS,
    &AMOUNTS_TABLE,
    &CHOICES_TABLE,
    &LINES,
    &PAYER,
    &ACCOUNT,
    &CREDITS_TABLE,
    &SOURCES_TABLE,
    &CONTRIBUTION,
    &SHARES_TABLE,
    &ENTITLEMENT,
    &TERMS_TABLE,
    &REASON,
    &IMPOSSIBLE,
    &PERIODS,
    &YEAR,
    &YEAR_STARTS,
    &YEAR_START,
    &RESTART,
    &INDEX,
    &INDEX_ROW,
    &INSTITUTION,
    &RELATION,
    &CHANGE,
    &BOUND,
    &FRAMEWORK,
];

/// What keys of one table ask of one another.
#[derive(Clone, Copy)]
pub(crate) enum Need {
    /// Exactly one of these.
    One(&'static [&'static str]),
    /// At least one of these.
    Any(&'static [&'static str]),
    /// The first not without the second.
    With(&'static str, &'static str),
    /// This one by itself.
    Alone(&'static str),
}

/// A word that may be written, with its meaning.
pub(crate) type Word = (&'static str, &'static str);

const fn key(
    name: &'static str,
    form: Form,
    chinese: &'static str,
    english: &'static str,
    example: &'static str,
) -> Key {
    Key { name, form, required: false, chinese, english, example }
}

impl Key {
    const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The word or two that say what it is.
    pub(crate) fn meaning(&self) -> &'static str {
        self.chinese.split('：').next().unwrap_or(self.chinese)
    }
}

impl Group {
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static Key> {
        self.parts.iter().flat_map(|part| part.iter())
    }

    pub(crate) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys().find(|key| key.name == name)
    }

    /// The keys with their meaning, for messages.
    pub(crate) fn listed(&self) -> String {
        let one = |key: &Key| format!("{}（{}）", key.name, key.meaning());
        self.keys().map(one).collect::<Vec<_>>().join("、")
    }
}

#[cfg(test)]
mod tests;
