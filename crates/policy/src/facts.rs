//! The facts (事实) of a package: the shared ones, what the area adds, and how values are written.
//!
//! A fact's face is finite: choices form a tree, numbers and days are only ever compared with
//! constants and so fall into bands. [`Registry`] holds every fact with the bands that the
//! package's conditions cut, and turns a written condition into a set of bands.

mod bands;
mod declare;
mod shared;

pub(crate) use bands::Bands;
pub(crate) use shared::place_of;

use crate::fault::{At, Fault, listed, nearest};
use crate::model::{Condition, Package, Pattern, Table, Word};
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use shared::{ENROLMENTS, PERSONS, PURPOSES, SHARED, shared_fact};

/// Index of a fact in the registry.
pub(crate) type FactId = usize;

/// Whose property a fact is: where a case states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// The member (参保人).
    Member,
    /// The institution (机构).
    Institution,
    /// The encounter (就诊).
    Encounter,
    /// One charge (费用明细).
    Charge,
}

/// What values a fact has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One of named values.
    Choice,
    /// True or false.
    Flag,
    /// A whole number between two bounds.
    Whole(i64, i64),
    /// A day.
    Date,
    /// An amount.
    Money,
    /// Any of named values together.
    Set,
}

/// One fact.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Its name in packages and cases.
    pub name: String,
    /// Whose it is.
    pub owner: Owner,
    /// What values it has.
    pub kind: Kind,
    /// Named values, for choices and sets.
    pub values: Vec<String>,
    /// For each value the value it stands under.
    pub(crate) parents: Vec<Option<usize>>,
    /// Value when the case does not state it.
    pub default: Option<i64>,
    /// It is one of the shared facts that have a field of their own in a case.
    pub shared: bool,
    pub(crate) derived: Option<Table>,
    pub(crate) source: Source,
    /// Cuts between bands, ascending: for numbers, days and amounts.
    pub(crate) cuts: Vec<i64>,
    /// Band of each value, for choices and flags.
    pub(crate) bands: Vec<u8>,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Stated by the case, at this place among the facts of visits or of charges.
    Raw(u8),
    /// A table over other facts.
    Derived,
    /// Members of a set.
    CountOf(FactId),
    /// Ordinal of the visit; index among the package's facts as declared.
    Ordinal(usize),
    /// The segment being paid, or the member of a set being weighed: bound while a table is read.
    Bound,
}

/// All facts of a package.
#[derive(Clone, Debug, Default)]
pub(crate) struct Registry {
    pub(crate) facts: Vec<Fact>,
    by_name: BTreeMap<String, FactId>,
    /// How many facts of visits a case states.
    pub(crate) visit_places: u8,
    /// How many facts of charges a case states.
    pub(crate) charge_places: u8,
    /// The facts of a visit of which a case states nothing, by their places.
    pub(crate) of_visits: Vec<i64>,
    /// The facts of such a charge.
    pub(crate) of_charges: Vec<i64>,
}

/// The most bands that one fact may fall into.
const MOST_BANDS: usize = 256;

impl Registry {
    /// The facts that a package can read.
    pub(crate) fn of(package: &Package, faults: &mut Vec<Fault>) -> Self {
        let mut registry = Self::default();
        for (name, owner, kind, values, default) in SHARED {
            registry.push(shared_fact(name, *owner, kind.clone(), values, *default));
        }
        for (position, def) in package.facts.iter().enumerate() {
            registry.declare(position, def, faults);
        }
        for (name, values) in [("purpose", PURPOSES), ("who", PERSONS)] {
            let words: Vec<Word> = values.iter().map(|v| Word { at: At::default(), text: (*v).to_owned() }).collect();
            registry.bind(name, &words);
        }
        for benefit in &package.benefits {
            if let Some(segments) = &benefit.segments {
                registry.bind("segment", &segments.names);
            }
            for entry in benefit.deductibles.iter().chain(&benefit.limits) {
                registry.bind_each(&entry.table, faults);
            }
        }
        if registry.get("enrolment").is_some_and(|f| f.values.is_empty()) {
            let id = registry.by_name["enrolment"];
            registry.facts[id].set_values(ENROLMENTS.iter().map(|value| (*value).to_owned()).collect());
        }
        let class = registry.by_name["class"];
        let kind = registry.by_name["kind"];
        for (of, issuer) in [(class, "issuer_class"), (kind, "issuer_kind")] {
            // The prescriber is an institution like any other: what extends one domain extends both.
            let (values, parents) = (registry.facts[of].values.clone(), registry.facts[of].parents.clone());
            let issuer = registry.by_name[issuer];
            registry.facts[issuer].values = values;
            registry.facts[issuer].parents = parents;
        }
        registry.place(package, faults);
        registry
    }

    pub(crate) fn id(&self, name: &str) -> Option<FactId> {
        self.by_name.get(name).copied()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Fact> {
        self.id(name).map(|id| &self.facts[id])
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.facts.iter().map(|fact| fact.name.as_str())
    }

    fn push(&mut self, fact: Fact) -> FactId {
        let id = self.facts.len();
        self.by_name.insert(fact.name.clone(), id);
        self.facts.push(fact);
        id
    }

    /// An unknown fact name, with the nearest known one.
    pub(crate) fn unknown(&self, word: &Word) -> Fault {
        let hint = nearest(&word.text, self.names()).map(|name| format!("，是否想写 {name}？"));
        let allowed = format!("可用的事实：{}{}", listed(self.names()), hint.unwrap_or_default());
        Fault::error("unknown_fact", word.at, format!("没有名为 {} 的事实", word.text), allowed)
    }

    /// Cuts every fact where a condition cuts it; call for every pattern before any is resolved.
    pub(crate) fn cut(&mut self, pattern: &Pattern, faults: &mut Vec<Fault>) {
        for (name, condition) in pattern {
            let Some(id) = self.id(&name.text) else {
                faults.push(self.unknown(name));
                continue;
            };
            if let Some(cuts) = self.facts[id].cuts_of(name, condition, faults) {
                for cut in cuts {
                    self.facts[id].cut_at(cut);
                }
            }
        }
    }

    /// Gives a number fact a band for each of its values (it multiplies an adjustment).
    pub(crate) fn cut_everywhere(&mut self, word: &Word, faults: &mut Vec<Fault>) {
        let Some(id) = self.id(&word.text) else {
            faults.push(self.unknown(word));
            return;
        };
        match self.facts[id].kind {
            Kind::Whole(min, max) if max - min < 250 => {
                for value in min + 1..=max {
                    self.facts[id].cut_at(value);
                }
            }
            _ => faults.push(Fault::error(
                "invalid_value",
                word.at,
                format!("per = \"{}\"", word.text),
                "要一个取值不超过 250 个的整数事实（写明 min 与 max）",
            )),
        }
    }

    /// Too many bands of one fact are a fault.
    pub(crate) fn check_bands(&self, at: At, faults: &mut Vec<Fault>) {
        for fact in self.facts.iter().filter(|fact| fact.values.len().max(fact.band_count()) > MOST_BANDS) {
            let found = format!("条件把事实 {} 分成 {} 段", fact.name, fact.values.len().max(fact.band_count()));
            faults.push(Fault::error("too_many_values", at, found, format!("至多 {MOST_BANDS} 段")));
        }
    }

    /// The bands that a condition lets through.
    pub(crate) fn bands(&self, id: FactId, condition: &Condition) -> Bands {
        self.facts[id].bands_of(condition)
    }
}

/// A pattern with its facts known and its conditions as sets of bands.
pub(crate) type Region = Box<[(FactId, Bands)]>;

impl Registry {
    /// Resolves a pattern; unknown facts were reported when it was cut and are left out here.
    pub(crate) fn region(&self, pattern: &Pattern) -> Region {
        let mut region: Vec<(FactId, Bands)> = Vec::new();
        for (name, condition) in pattern {
            let Some(id) = self.id(&name.text) else { continue };
            let bands = self.bands(id, condition);
            match region.iter_mut().find(|(fact, _)| *fact == id) {
                Some((_, both)) => *both = both.and(bands),
                None => region.push((id, bands)),
            }
        }
        region.sort_by_key(|(fact, _)| *fact);
        region.into()
    }

    /// Merges values of choices that no region tells apart, so that tables stay small.
    /// `patterns` are all conditions of the package.
    pub(crate) fn merge_bands(&mut self, patterns: &[&Pattern]) {
        for id in 0..self.facts.len() {
            if self.facts[id].banded() || self.facts[id].bands.is_empty() {
                continue;
            }
            let conditions: Vec<Bands> = patterns
                .iter()
                .flat_map(|pattern| pattern.iter())
                .filter(|(name, _)| self.id(&name.text) == Some(id))
                .map(|(_, condition)| self.bands(id, condition))
                .collect();
            let mut signatures: Vec<Vec<bool>> = Vec::new();
            let mut bands = Vec::new();
            for band in 0..self.facts[id].bands.len() {
                let signature: Vec<bool> = conditions.iter().map(|set| set.has(band as u8)).collect();
                let known = signatures.iter().position(|s| *s == signature).unwrap_or_else(|| {
                    signatures.push(signature);
                    signatures.len() - 1
                });
                bands.push(known as u8);
            }
            self.facts[id].bands = bands;
        }
    }
}
