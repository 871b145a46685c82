//! A member's facts as bands of the package's facts: what the tables of accounts are asked with.

use super::AccountFault;
use crate::bounds::roots;
use crate::compile::Compiled;
use crate::facts::{Fact, FactId, Kind, Source};
use crate::grid::Grid;
use crate::model::ScalarValue;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_domain::Day;

/// What is stated of a member and of what is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    /// A value of `status`; empty when not stated.
    pub(crate) status: &'a str,
    /// A value of `enrolment`; empty when not stated.
    pub(crate) enrolment: &'a str,
    pub(crate) birth: Option<Day>,
    /// The day on which age counts.
    pub(crate) age_on: Day,
    /// `purpose` and `who`, where they are asked.
    pub(crate) asked: [(&'a str, &'a str); 2],
    /// Further facts by name.
    pub(crate) facts: &'a [(&'a str, &'a str)],
}

/// The stated facts that tables come down to, in order.
pub(crate) fn stated_facts<'g>(compiled: &Compiled, grids: impl IntoIterator<Item = &'g Grid>) -> BTreeSet<FactId> {
    let mut reads = BTreeSet::new();
    for grid in grids {
        reads_of(compiled, grid, &mut reads, 0);
    }
    reads.into_iter().flat_map(|fact| roots(compiled, fact)).collect()
}

/// What a table reads, with the tables that it refers to.
fn reads_of(compiled: &Compiled, grid: &Grid, reads: &mut BTreeSet<FactId>, depth: usize) {
    grid.reads(reads);
    for row in grid.rows() {
        if let crate::model::Value::SameAs { path, .. } = &row.is.value
            && let Some(other) = compiled.grid(path)
            && depth < 8
        {
            reads_of(compiled, other, reads, depth + 1);
        }
    }
}

impl<'a> Facts<'a> {
    /// The number that stands for a fact's value; the default where it is not stated.
    #[inline]
    pub(crate) fn raw(&self, compiled: &Compiled, fact: &Fact) -> Result<Option<i64>, AccountFault> {
        if let Source::CountOf(set) = fact.source {
            let members = self.raw(compiled, &compiled.registry.facts[set])?;
            return Ok(members.map(|members| i64::from(members.count_ones())));
        }
        let text = match fact.name.as_str() {
            "age" => {
                let age = self.birth.map(|birth| self.age_on.age_since(birth));
                return Ok(age.map(|age| i64::from(age.clamp(0, 150))).or(fact.default));
            }
            "birth_date" => return Ok(self.birth.map(|birth| i64::from(birth.number())).or(fact.default)),
            "status" => Some(self.status).filter(|text| !text.is_empty()),
            "enrolment" => Some(self.enrolment).filter(|text| !text.is_empty()),
            name => self.named(name),
        };
        match text {
            None => Ok(fact.default),
            Some(text) => match value_of(fact, text) {
                Some(raw) => Ok(Some(raw)),
                None => Err(unknown(fact, text)),
            },
        }
    }

    fn named(&self, name: &str) -> Option<&'a str> {
        let all = self.asked.iter().chain(self.facts);
        all.filter(|(known, _)| *known == name).map(|(_, value)| *value).next()
    }

    /// Whether a value is stated and not a default.
    pub(crate) fn states(&self, fact: &Fact) -> bool {
        match fact.name.as_str() {
            "age" | "birth_date" => self.birth.is_some(),
            "status" => !self.status.is_empty(),
            "enrolment" => !self.enrolment.is_empty(),
            name => self.named(name).is_some(),
        }
    }

    /// The bands of facts, each of which must be stated or have a default.
    pub(crate) fn bands(
        &self,
        compiled: &Compiled,
        facts: &BTreeSet<FactId>,
    ) -> Result<Vec<(FactId, u8)>, AccountFault> {
        let band = |id: &FactId| {
            let fact = &compiled.registry.facts[*id];
            match self.raw(compiled, fact)? {
                Some(raw) => Ok((*id, fact.band(raw))),
                None => Err(missing(fact)),
            }
        };
        facts.iter().map(band).collect()
    }
}

#[cold]
fn unknown(fact: &Fact, text: &str) -> AccountFault {
    AccountFault::UnknownValue { fact: fact.name.clone(), value: text.to_owned(), allowed: fact.allowed() }
}

/// A fact that must be stated: age follows from the date of birth.
#[cold]
pub(crate) fn missing(fact: &Fact) -> AccountFault {
    let name = if fact.name == "age" { "birth_date" } else { &fact.name };
    AccountFault::Missing { fact: name.to_string() }
}

/// The number that stands for a value written as text.
fn value_of(fact: &Fact, text: &str) -> Option<i64> {
    match fact.kind {
        Kind::Choice => fact.values.iter().position(|value| value == text).map(|place| place as i64),
        Kind::Flag => match text {
            "true" => Some(1),
            "false" => Some(0),
            _ => None,
        },
        Kind::Whole(..) => fact.raw(&ScalarValue::Whole(text.parse().ok()?)),
        Kind::Date => fact.raw(&ScalarValue::Day(text.parse().ok()?)),
        Kind::Money => fact.raw(&ScalarValue::Text(String::from(text))),
        Kind::Set => {
            let inner = text.trim_start_matches('[').trim_end_matches(']');
            let mut items = inner.split([',', ' ']).filter(|item| !item.is_empty());
            items.try_fold(0, |set, item| Some(set | fact.raw(&ScalarValue::Text(item.to_owned()))?))
        }
    }
}
