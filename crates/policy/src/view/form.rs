//! What can be said of a visit in an area: every fact that a case states, with its values in words, and whether any rule
//! asks for it. Forms are made of this.

use super::describe::fact_name;
use crate::case::FactValue;
use crate::facts::{Fact, Kind, Owner};
use crate::library::Area;
use crate::words::value_words;
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_adjudication::Source;

/// A fact that a case may state.
#[derive(Clone, Debug)]
pub struct FactView {
    /// Its name in packages and cases.
    pub name: String,
    /// What people call it.
    pub words: String,
    /// Whose property it is.
    pub owner: Owner,
    /// What values it has.
    pub kind: Kind,
    /// Named values in words, each with the value it stands under.
    pub values: Vec<ValueView>,
    /// Its value when a case does not state it; absent when a case has to.
    pub default: Option<FactValue>,
    /// It has a field of its own in a case.
    pub shared: bool,
    /// Some rule about visits reads it, on some day.
    pub read: bool,
}

/// A named value.
#[derive(Clone, Debug)]
pub struct ValueView {
    /// Its name.
    pub name: String,
    /// In words.
    pub words: String,
    /// The value it stands under.
    pub under: Option<String>,
}

impl Area {
    /// The facts that a case may state, the shared ones first.
    pub fn stated_facts(&self) -> Vec<FactView> {
        let facts = self.facts().iter().enumerate().filter(|(_, fact)| fact.place().is_some());
        let view = |(id, fact): (usize, &Fact)| FactView {
            name: fact.name.clone(),
            words: fact_name(&self.compiled, id),
            owner: fact.owner,
            kind: fact.kind.clone(),
            values: values(fact),
            default: fact.default.and_then(|raw| default(fact, raw)),
            shared: fact.shared,
            read: self.reads(fact),
        };
        facts.map(view).collect()
    }

    /// Whether the rules of some day look at a fact.
    fn reads(&self, fact: &Fact) -> bool {
        let at = |source: &Source| match source {
            Source::Raw(place) | Source::CountOf(place) => fact.place() == Some(usize::from(*place)),
            Source::VisitNumber { .. } => false,
        };
        let mut days = self.range_starts().filter_map(|day| self.rules(day));
        days.any(|rules| {
            let facts = if fact.owner == Owner::Charge { &rules.charge_facts } else { &rules.facts };
            facts.iter().any(|(source, _)| at(source))
        })
    }
}

fn values(fact: &Fact) -> Vec<ValueView> {
    let named = |(i, name): (usize, &String)| ValueView {
        name: name.clone(),
        words: value_words(&fact.name, name).to_owned(),
        under: fact.parents.get(i).copied().flatten().map(|parent| fact.values[parent].clone()),
    };
    fact.values.iter().enumerate().map(named).collect()
}

fn default(fact: &Fact, raw: i64) -> Option<FactValue> {
    Some(match fact.kind {
        Kind::Choice => FactValue::Text(fact.values.get(usize::try_from(raw).ok()?)?.clone()),
        Kind::Flag => FactValue::Flag(raw != 0),
        Kind::Whole(..) => FactValue::Whole(raw),
        Kind::Date | Kind::Money => FactValue::Text(fact.show(raw)),
        Kind::Set => {
            let named = fact.values.iter().enumerate().filter(|(i, _)| raw >> i & 1 == 1);
            FactValue::Set(named.map(|(_, name)| name.clone()).collect())
        }
    })
}
