//! The relations (关系) of a package, resolved: which fact each gives a value to, how long one
//! holds, what ends it, and which other one must hold too. Must never know a member: whether a
//! relation holds on a day is worked out where cases are.

use crate::facts::{Fact, Kind, Registry, Source};
use crate::fault::{Fault, listed, nearest};
use crate::model::{Package, Relation, ScalarValue, Word};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The most days that a relation may last: a hundred years.
const MOST_DAYS: i32 = 36_600;

/// A resolved relation; its place is that among the package's relations.
#[derive(Clone, Debug)]
pub(crate) struct CompiledRelation {
    pub(crate) name: String,
    pub(crate) slots: Vec<String>,
    /// For how many days it holds, the first included.
    pub(crate) days: Option<i32>,
    /// A visit to another institution ends it.
    pub(crate) ends_elsewhere: bool,
    /// The relation that must hold too, by its place.
    pub(crate) via: Option<usize>,
    /// The fact that it gives a value to, by name, and which.
    pub(crate) gives: Option<(String, Gives)>,
    pub(crate) cite: Vec<Word>,
}

/// What value a relation gives its fact while it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gives {
    /// True: a flag of its own name.
    True,
    /// The slot held: a choice of its own name.
    Slot,
    /// Its own name: a value of another choice.
    Name,
}

/// Resolves the relations of a package.
pub(crate) fn resolve(package: &Package, registry: &Registry, faults: &mut Vec<Fault>) -> Vec<CompiledRelation> {
    let resolved = package
        .relations
        .iter()
        .map(|relation| CompiledRelation {
            name: relation.name.text.clone(),
            slots: relation.slots.iter().map(|slot| slot.text.clone()).collect(),
            days: relation.lasts.as_ref().and_then(|lasts| days(lasts, faults)),
            ends_elsewhere: relation.ends.is_some(),
            via: relation.via.as_ref().and_then(|via| place(package, via, faults)),
            gives: gives(package, registry, relation, faults),
            cite: relation.cite.clone(),
        })
        .collect();
    for relation in &package.relations {
        slots_differ(relation, faults);
    }
    without_circles(package, resolved, faults)
}

/// `30 days`; relations are dated by days, so hours make no sense of one.
fn days(lasts: &Word, faults: &mut Vec<Fault>) -> Option<i32> {
    let (number, unit) = lasts.text.split_once(' ')?;
    let count = number.parse::<i32>().ok().filter(|count| (1..=MOST_DAYS).contains(count));
    if unit.starts_with("day") && count.is_some() {
        return count;
    }
    let allowed = format!("关系按天计：写 1 至 {MOST_DAYS} 天，如 \"30 days\"");
    faults.push(Fault::error("invalid_value", lasts.at, format!("lasts = \"{}\"", lasts.text), allowed));
    None
}

fn place(package: &Package, via: &Word, faults: &mut Vec<Fault>) -> Option<usize> {
    let names = || package.relations.iter().map(|relation| relation.name.text.as_str());
    let found = names().position(|name| name == via.text);
    if found.is_none() {
        let hint = nearest(&via.text, names()).map(|name| format!("，是否想写 {name}？")).unwrap_or_default();
        let allowed = format!("可用的关系：{}{hint}", listed(names()));
        faults.push(Fault::error("unknown_relation", via.at, format!("没有关系 {}", via.text), allowed));
    }
    found
}

fn slots_differ(relation: &Relation, faults: &mut Vec<Fault>) {
    for (i, slot) in relation.slots.iter().enumerate() {
        if relation.slots[..i].iter().any(|earlier| earlier.text == slot.text) {
            let found = format!("关系 {} 的名额 {} 写了两次", relation.name.text, slot.text);
            faults.push(Fault::error("invalid_value", slot.at, found, "各名额名称不同"));
        }
    }
}

/// The facts that packages say are relations and that a case could state.
fn of_relations<'p>(package: &'p Package, registry: &'p Registry) -> impl Iterator<Item = &'p Fact> {
    let named = package.facts.iter().filter(|def| def.of.as_ref().is_some_and(|of| of.text == "relation"));
    named.filter_map(|def| registry.get(&def.name.text)).filter(|fact| matches!(fact.source, Source::Raw(_)))
}

/// The fact of a relation's own name, or else the choice that has its name among its values.
fn gives(
    package: &Package,
    registry: &Registry,
    relation: &Relation,
    faults: &mut Vec<Fault>,
) -> Option<(String, Gives)> {
    let name = relation.name.text.as_str();
    if let Some(own) = of_relations(package, registry).find(|fact| fact.name == name) {
        return gives_own(own, relation, faults).map(|gives| (own.name.clone(), gives));
    }
    let has_it = |fact: &&Fact| fact.kind == Kind::Choice && fact.values.iter().any(|value| value == name);
    let facts: Vec<&Fact> = of_relations(package, registry).filter(has_it).collect();
    if facts.len() > 1 {
        let found = format!("关系 {name} 是几个事实的取值：{}", listed(facts.iter().map(|fact| &fact.name)));
        faults.push(Fault::error("relation_value", relation.name.at, found, "只能是一个事实的取值"));
    }
    facts.first().map(|fact| (fact.name.clone(), Gives::Name))
}

fn gives_own(fact: &Fact, relation: &Relation, faults: &mut Vec<Fault>) -> Option<Gives> {
    let name = &relation.name;
    match fact.kind {
        Kind::Flag => return Some(Gives::True),
        Kind::Choice if relation.slots.is_empty() => {
            let allowed = "写 slots，名额就是事实的取值；没有名额的，事实写 kind = \"flag\"";
            let found = format!("事实 {} 有几个取值，同名的关系没有名额", name.text);
            faults.push(Fault::error("relation_value", name.at, found, allowed));
        }
        Kind::Choice => {
            for slot in relation.slots.iter().filter(|slot| fact.raw(&ScalarValue::Text(slot.text.clone())).is_none()) {
                let found = format!("名额 {} 不是事实 {} 的取值", slot.text, name.text);
                faults.push(Fault::error("relation_value", slot.at, found, format!("可用：{}", fact.allowed())));
            }
            return Some(Gives::Slot);
        }
        _ => {
            let found = format!("事实 {} 不能由关系得出", name.text);
            faults.push(Fault::error("relation_value", name.at, found, "要 kind = \"flag\"，或取值含各名额的 choice"));
        }
    }
    None
}

/// Takes `via` away where following it comes back, after reporting that.
fn without_circles(
    package: &Package,
    mut relations: Vec<CompiledRelation>,
    faults: &mut Vec<Fault>,
) -> Vec<CompiledRelation> {
    let circles: Vec<usize> = (0..relations.len())
        .filter(|start| {
            let onward = core::iter::successors(relations[*start].via, |next| relations[*next].via);
            onward.take(relations.len()).any(|next| next == *start)
        })
        .collect();
    for place in circles {
        relations[place].via = None;
        let name = &package.relations[place].name;
        faults.push(Fault::error("cycle", name.at, format!("关系 {} 的 via 绕回自己", name.text), "via 不能成环"));
    }
    relations
}
