//! Facts that a package declares: their kinds, values, trees and defaults, and where a case states them.

use super::shared::shared_fact;
use super::{Fact, FactId, Kind, Owner, Registry, Source};
use crate::fault::{Fault, listed};
use crate::model::{FactDef, Package, Table, Word};
use alloc::format;
use alloc::vec::Vec;
use gongji_adjudication::MISSING;

/// The most values of a set that conditions may look into.
pub(super) const MOST_SET_VALUES: usize = 8;
/// The most values that a package may give a fact.
pub(super) const MOST_VALUES: usize = 60;
/// The most facts that a case states of a visit, and of a charge.
const MOST_STATED: usize = 200;
/// How far a whole number may lie from zero.
const FARTHEST: i64 = 1_000_000_000_000_000;
/// Names of what is bound while a table is read.
const RESERVED: &[&str] = &["segment", "purpose", "who"];

impl Registry {
    pub(super) fn declare(&mut self, position: usize, def: &FactDef, faults: &mut Vec<Fault>) {
        if let Some(id) = self.id(&def.name.text) {
            return self.extend(id, def, faults);
        }
        if RESERVED.contains(&def.name.text.as_str()) {
            let found = format!("{} 是保留的名称", def.name.text);
            faults.push(Fault::error("reserved_name", def.name.at, found, "换一个名称"));
            return;
        }
        let kind = kind_of(def, faults);
        let owner = match def.of.as_ref().map(|word| (word.text.as_str(), word.at)) {
            Some(("member", _)) => Owner::Member,
            Some(("institution", _)) => Owner::Institution,
            Some(("charge", _)) => Owner::Charge,
            Some(("encounter" | "relation", _)) | None => Owner::Encounter,
            Some((other, at)) => {
                faults.push(Fault::error(
                    "invalid_value",
                    at,
                    format!("of = \"{other}\""),
                    "member、institution、encounter、charge 或 relation",
                ));
                Owner::Encounter
            }
        };
        let mut fact = Fact {
            name: def.name.text.clone(),
            owner,
            kind,
            values: Vec::new(),
            parents: Vec::new(),
            default: None,
            shared: false,
            derived: def.table.clone(),
            source: if def.table.is_some() { Source::Derived } else { Source::Raw(0) },
            cuts: Vec::new(),
            bands: Vec::new(),
        };
        fact.set_values(def.values.iter().map(|word| word.text.clone()).collect());
        apply_tree(&mut fact, def, faults);
        fact.default = default_of(&fact, def, faults);
        if def.ordinal.is_some() {
            fact.source = Source::Ordinal(position);
        }
        if let Some(set) = &def.count_of {
            let found = self.id(&set.text).filter(|id| self.facts[*id].kind == Kind::Set);
            match found {
                Some(id) if !matches!(self.facts[id].source, Source::Raw(_)) => {
                    let found = format!("{} 由其他事实得出", set.text);
                    faults.push(Fault::error("invalid_value", set.at, found, "count_of 要一个由就诊给出的集合"));
                }
                Some(id) => {
                    fact.kind = Kind::Whole(0, self.facts[id].values.len() as i64);
                    fact.source = Source::CountOf(id);
                }
                None => faults.push(self.unknown(set)),
            }
        }
        self.push(fact);
    }

    /// A package says more about a shared fact: its values, further values, a default.
    fn extend(&mut self, id: FactId, def: &FactDef, faults: &mut Vec<Fault>) {
        let fact = &mut self.facts[id];
        if fact.name == "enrolment" && !def.values.is_empty() {
            fact.set_values(def.values.iter().map(|word| word.text.clone()).collect());
            fact.default = fact.values.iter().position(|v| v == "employer").or(Some(0)).map(|v| v as i64);
        } else if !def.values.is_empty() || def.kind.is_some() || def.table.is_some() {
            let allowed = "共用事实只能用 more 增加取值、用 under 归类；enrolment 的 values 由本区写明";
            faults.push(Fault::error("shared_fact", def.name.at, format!("{} 是共用事实", def.name.text), allowed));
            return;
        }
        for word in &def.more {
            fact.values.push(word.text.clone());
            fact.parents.push(None);
        }
        apply_tree(fact, def, faults);
        if def.default.is_some() {
            fact.default = default_of(fact, def, faults);
        }
    }

    /// A pseudo-fact with the values that are being walked over.
    pub(super) fn bind(&mut self, name: &str, values: &[Word]) {
        let id = self.id(name).unwrap_or_else(|| {
            let mut fact = shared_fact(name, Owner::Charge, Kind::Choice, &[], None);
            fact.source = Source::Bound;
            self.push(fact)
        });
        for value in values {
            if !self.facts[id].values.contains(&value.text) {
                self.facts[id].values.push(value.text.clone());
                self.facts[id].parents.push(None);
            }
        }
    }

    pub(super) fn bind_each(&mut self, table: &Table, faults: &mut Vec<Fault>) {
        let Some(each) = &table.each else { return };
        if self.get(&each.name.text).is_some_and(|fact| fact.source != Source::Bound) {
            let found = format!("as = \"{}\" 已是一个事实", each.name.text);
            faults.push(Fault::error("reserved_name", each.name.at, found, "换一个名称"));
            return;
        }
        match self.get(&each.set.text).filter(|fact| fact.kind == Kind::Set) {
            Some(set) => {
                let values: Vec<Word> = set.values.iter().map(|v| Word { at: each.name.at, text: v.clone() }).collect();
                self.bind(&each.name.text, &values);
            }
            None => faults.push(Fault::error(
                "unknown_fact",
                each.set.at,
                format!("{} 不是集合事实", each.set.text),
                "each 要一个 kind = \"set\" 的事实",
            )),
        }
    }

    /// Gives every stated fact its place.
    pub(super) fn place(&mut self, package: &Package, faults: &mut Vec<Fault>) {
        let stated = self.facts.iter().filter(|fact| matches!(fact.source, Source::Raw(_)));
        let of_charges = stated.clone().filter(|fact| fact.owner == Owner::Charge).count();
        let most = of_charges.max(stated.count() - of_charges);
        if most > MOST_STATED {
            let allowed = format!("至多 {MOST_STATED} 个");
            faults.push(Fault::error("too_many_facts", package.at, format!("有 {most} 个事实"), allowed));
        }
        for fact in &mut self.facts {
            if fact.bands.is_empty() {
                // A set of few values is a choice of one of its subsets.
                let faces = match fact.kind {
                    Kind::Set if fact.values.len() <= MOST_SET_VALUES => 1 << fact.values.len(),
                    Kind::Set => 1,
                    _ => fact.values.len().max(2),
                };
                fact.bands = (0..faces).map(|face| face as u8).collect();
            }
            if let Source::Raw(place) = &mut fact.source {
                let next = if fact.owner == Owner::Charge { &mut self.charge_places } else { &mut self.visit_places };
                *place = *next;
                *next = next.saturating_add(1);
                let unstated = if fact.owner == Owner::Charge { &mut self.of_charges } else { &mut self.of_visits };
                unstated.truncate(usize::from(*place));
                unstated.push(fact.default.unwrap_or(MISSING));
            }
        }
    }
}

fn kind_of(def: &FactDef, faults: &mut Vec<Fault>) -> Kind {
    let whole = |def: &FactDef| {
        let near = |bound: i64| bound.clamp(-FARTHEST, FARTHEST);
        Kind::Whole(near(def.min.unwrap_or(0)), near(def.max.unwrap_or(1_000_000)))
    };
    if let Some(far) = [def.min, def.max].into_iter().flatten().find(|bound| !(-FARTHEST..=FARTHEST).contains(bound)) {
        let allowed = format!("{} 至 {FARTHEST}", -FARTHEST);
        faults.push(Fault::error("out_of_range", def.name.at, format!("min 或 max 是 {far}"), allowed));
    }
    let kind = match def.kind.as_ref().map(|word| (word.text.as_str(), word.at)) {
        None if def.ordinal.is_some() || def.count_of.is_some() => whole(def),
        None | Some(("choice", _)) => Kind::Choice,
        Some(("flag", _)) => Kind::Flag,
        Some(("whole", _)) => whole(def),
        Some(("date", _)) => Kind::Date,
        Some(("money", _)) => Kind::Money,
        Some(("set", _)) => Kind::Set,
        Some((other, at)) => {
            faults.push(Fault::error(
                "invalid_value",
                at,
                format!("kind = \"{other}\""),
                "choice、flag、whole、date、money 或 set",
            ));
            Kind::Choice
        }
    };
    if matches!(kind, Kind::Choice | Kind::Set) && def.values.is_empty() {
        faults.push(Fault::error(
            "missing_key",
            def.name.at,
            format!("事实 {} 没有取值", def.name.text),
            "写 values = [...] 或 kind",
        ));
    }
    if def.values.len() > MOST_VALUES {
        let (found, allowed) = (format!("{} 个取值", def.values.len()), format!("至多 {MOST_VALUES} 个"));
        faults.push(Fault::error("too_many_values", def.name.at, found, allowed));
    }
    if let Kind::Whole(min, max) = kind
        && min > max
    {
        faults.push(Fault::error("out_of_range", def.name.at, format!("min {min} 大于 max {max}"), "min 不大于 max"));
    }
    kind
}

fn apply_tree(fact: &mut Fact, def: &FactDef, faults: &mut Vec<Fault>) {
    for (child, parent) in &def.under {
        let of = |word: &Word| fact.values.iter().position(|value| *value == word.text);
        match (of(child), of(parent)) {
            (Some(child), Some(parent)) if child != parent => fact.parents[child] = Some(parent),
            _ => {
                let found = format!("under 中的 {} = {}", child.text, parent.text);
                faults.push(Fault::error(
                    "invalid_value",
                    child.at,
                    found,
                    format!("两者都须是取值：{}", listed(&fact.values)),
                ));
            }
        }
    }
    for start in 0..fact.parents.len() {
        let (mut at, mut steps) = (start, 0);
        while let Some(parent) = fact.parents[at] {
            (at, steps) = (parent, steps + 1);
            if steps > fact.parents.len() {
                faults.push(Fault::error(
                    "cycle",
                    def.name.at,
                    format!("事实 {} 的归类成环", fact.name),
                    "under 不能绕回自己",
                ));
                fact.parents.iter_mut().for_each(|parent| *parent = None);
                return;
            }
        }
    }
}

fn default_of(fact: &Fact, def: &FactDef, faults: &mut Vec<Fault>) -> Option<i64> {
    match &def.default {
        None if fact.kind == Kind::Flag || fact.kind == Kind::Set => Some(0),
        None => None,
        Some(scalar) => {
            let value = fact.raw(&scalar.value);
            if value.is_none() {
                faults.push(fact.not_a_value(scalar));
            }
            value
        }
    }
}
