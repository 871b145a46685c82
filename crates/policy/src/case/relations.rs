//! Dated relations of a member (关系): reading those that a case states, and working out on a
//! service day the facts that they give. Must never know what a relation is good for.

use super::json::Json;
use super::read::{Read, day, each_key, few, list, missing, object, text};
use super::{Case, CaseFault, Encounter, FactValue};
use crate::fault::{listed, nearest};
use crate::library::Area;
use crate::relations::{CompiledRelation, Gives};
use alloc::borrow::{Cow, ToOwned};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::Day;

/// A relation between the member and an institution as a case states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// Which relation of the package, such as `referral`.
    pub relation: String,
    /// With which institution.
    pub institution: String,
    /// In which of its slots, where it has slots.
    pub slot: Option<String>,
    /// The first day.
    pub from: Day,
    /// The last day, if it is stated.
    pub until: Option<Day>,
}

/// Reads `member.relations`.
pub(super) fn read(json: &Json<'_>, area: Option<&Area>) -> Read<Vec<Relation>> {
    let items = list(json, "relations")?;
    few(items.len(), "relations")?;
    let mut relations: Vec<Relation> = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        let field = format!("relations[{i}]");
        let relation = one(item, area).map_err(|fault| fault.within(&field))?;
        apart(&relations, &relation, area).map_err(|fault| fault.within(&field))?;
        relations.push(relation);
    }
    Ok(relations)
}

fn one(json: &Json<'_>, area: Option<&Area>) -> Read<Relation> {
    let (mut name, mut institution, mut slot, mut from, mut until) = (None, None, None, None, None);
    each_key(object(json, "")?, "", &["relation", "institution", "slot", "from", "until"], |key, value| {
        match key {
            "relation" => name = Some(known(text(value, key)?, area)?),
            "institution" => institution = Some(text(value, key)?.to_owned()),
            "slot" => slot = Some(text(value, key)?.to_owned()),
            "from" => from = Some(day(value, key)?),
            _ => until = Some(day(value, key)?),
        }
        Ok(())
    })?;
    let relation = Relation {
        relation: name.ok_or_else(|| missing("relation"))?,
        institution: institution.ok_or_else(|| missing("institution"))?,
        slot,
        from: from.ok_or_else(|| missing("from"))?,
        until,
    };
    if let Some(until) = until.filter(|until| *until < relation.from) {
        let message = format!("末日 {until} 早于首日 {}", relation.from);
        return Err(CaseFault::new("out_of_range", "until", message));
    }
    slot_fits(&relation, area)?;
    Ok(relation)
}

fn known(name: &str, area: Option<&Area>) -> Read<String> {
    let Some(area) = area else { return Ok(name.to_owned()) };
    if area.relation(name).is_some() {
        return Ok(name.to_owned());
    }
    let names = || area.compiled.relations.iter().map(|relation| relation.name.as_str());
    let allowed = match nearest(name, names()) {
        _ if names().next().is_none() => "本统筹区没有写关系".to_owned(),
        Some(near) => format!("可用：{}，是否想写 {near}？", listed(names())),
        None => format!("可用：{}", listed(names())),
    };
    Err(CaseFault::new("unknown_relation", "relation", format!("没有名为 {name} 的关系；{allowed}")))
}

/// A relation with slots is held in one of them, one without in none.
fn slot_fits(relation: &Relation, area: Option<&Area>) -> Read<()> {
    let Some(rule) = area.and_then(|area| area.relation(&relation.relation)) else { return Ok(()) };
    match &relation.slot {
        None if rule.slots.is_empty() => Ok(()),
        None => {
            let message = format!("关系 {} 须写明名额 slot；可用：{}", rule.name, listed(&rule.slots));
            Err(CaseFault::new("missing_field", "slot", message))
        }
        Some(slot) if rule.slots.contains(slot) => Ok(()),
        Some(slot) => {
            let allowed = if rule.slots.is_empty() {
                "它没有名额".to_owned()
            } else {
                format!("可用：{}", listed(&rule.slots))
            };
            Err(CaseFault::new("unknown_slot", "slot", format!("关系 {} 没有名额 {slot}；{allowed}", rule.name)))
        }
    }
}

/// Slots are places: one institution at a time in each, one slot at a time for each institution.
fn apart(earlier: &[Relation], new: &Relation, area: Option<&Area>) -> Read<()> {
    let Some(rule) = area.and_then(|area| area.relation(&new.relation)) else { return Ok(()) };
    if rule.slots.is_empty() {
        return Ok(());
    }
    let meets = |old: &&Relation| {
        let same = old.relation == new.relation && (old.slot == new.slot || old.institution == new.institution);
        same && old.from <= last(rule, new) && new.from <= last(rule, old)
    };
    let Some(old) = earlier.iter().find(meets) else { return Ok(()) };
    let shown = |one: &Relation| {
        let until = last(rule, one);
        let end = if until == Day::MAX { "起".to_owned() } else { format!("至 {until}") };
        format!("{}/{} 自 {} {end}", one.institution, one.slot.as_deref().unwrap_or_default(), one.from)
    };
    let message = format!(
        "关系 {}：{} 与 {} 的日期重叠；一个名额同时只有一家机构，一家机构同时只占一个名额，前一段要写 until",
        rule.name,
        shown(old),
        shown(new)
    );
    Err(CaseFault::new("overlapping_relations", "from", message))
}

/// The last day of a relation, whatever else may end it.
fn last(rule: &CompiledRelation, relation: &Relation) -> Day {
    let stated = relation.until.unwrap_or(Day::MAX);
    match rule.days {
        Some(days) => stated.min(Day::from_number(relation.from.number().saturating_add(days - 1))),
        None => stated,
    }
}

impl Area {
    pub(super) fn relation(&self, name: &str) -> Option<&CompiledRelation> {
        self.compiled.relations.iter().find(|relation| relation.name == name)
    }

    /// An encounter of a case with the facts that the member's relations give it on its day; those
    /// that it states itself stay. `stands` says of each earlier encounter whether it was settled
    /// and is not cancelled.
    ///
    /// # Errors
    /// [`CaseFault`] when a stated fact is not what a relation gives, or when the institution that a
    /// relation may be with has no id.
    pub fn with_relations<'c>(
        &self,
        case: &'c Case,
        number: usize,
        stands: &[bool],
    ) -> Result<Cow<'c, Encounter>, CaseFault> {
        let encounter = &case.encounters[number].0;
        if case.relations.is_empty() || self.rules(encounter.date).is_none() {
            return Ok(Cow::Borrowed(encounter));
        }
        let held = Held { area: self, case, stands, day: encounter.date };
        let mut facts = Vec::new();
        for (fact, relations) in held.by_fact() {
            let stated = encounter.facts.iter().find(|(name, _)| name == fact).map(|(_, value)| value);
            let Some(id) = encounter.institution.id.as_deref() else {
                held.needs_no_institution(stated.is_some(), &relations)?;
                continue;
            };
            let Some((rule, value)) = held.value(&relations, id) else { continue };
            match stated {
                None => facts.push((fact.to_owned(), value)),
                Some(stated) if *stated == value => {}
                Some(_) => return Err(self.contradicts(fact, rule, id, encounter.date)),
            }
        }
        let mut encounter = Cow::Borrowed(encounter);
        if !facts.is_empty() {
            encounter.to_mut().facts.extend(facts);
        }
        Ok(encounter)
    }

    fn contradicts(&self, fact: &str, rule: &CompiledRelation, id: &str, day: Day) -> CaseFault {
        let message = format!(
            "写明的 {fact} 与关系 {} 不符：{day} 与 {id} 的这一关系成立；删去其中一处，或写关系的 until",
            rule.name
        );
        let article = self.compiled.articles.print(&rule.cite);
        let fault = CaseFault::new("relation_conflict", format!("facts.{fact}"), message);
        CaseFault { article: (!article.is_empty()).then_some(article), ..fault }
    }
}

/// The relations of a case as they are on a day.
struct Held<'a> {
    area: &'a Area,
    case: &'a Case,
    stands: &'a [bool],
    day: Day,
}

impl<'a> Held<'a> {
    /// For each fact that relations of the case give: those relations, the one of its name first,
    /// then in the order of its values.
    fn by_fact(&self) -> BTreeMap<&'a str, Vec<usize>> {
        let mut facts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (place, rule) in self.area.compiled.relations.iter().enumerate() {
            let Some((fact, _)) = &rule.gives else { continue };
            if self.entries(place).next().is_some() {
                facts.entry(fact).or_default().push(place);
            }
        }
        for (fact, relations) in &mut facts {
            let values = self.area.fact(fact).map_or(&[][..], |fact| &fact.values);
            relations.sort_by_key(|place| {
                let name = &self.area.compiled.relations[*place].name;
                (name != fact, values.iter().position(|value| value == name))
            });
        }
        facts
    }

    /// An encounter without an institution's id is no matter while no relation of a fact that it
    /// leaves open may hold.
    fn needs_no_institution(&self, stated: bool, relations: &[usize]) -> Result<(), CaseFault> {
        let may = |place: &usize| self.entries(*place).any(|(rule, entry)| self.within(rule, entry));
        if stated || !relations.iter().any(may) {
            return Ok(());
        }
        let message = "本例写了当日有效的参保人关系，须写明机构编码 institution.id，才知道是不是这一家";
        Err(CaseFault::new("missing_field", "institution.id", message))
    }

    /// The value that the first of these relations gives that holds with an institution.
    fn value(&self, relations: &[usize], institution: &str) -> Option<(&'a CompiledRelation, FactValue)> {
        relations.iter().find_map(|place| {
            let with = |(_, entry): &(&CompiledRelation, &Relation)| entry.institution == institution;
            let (rule, entry) = self.entries(*place).filter(with).find(|(rule, entry)| self.holds(rule, entry))?;
            let value = match rule.gives.as_ref()?.1 {
                Gives::True => FactValue::Flag(true),
                Gives::Slot => FactValue::Text(entry.slot.clone()?),
                Gives::Name => FactValue::Text(rule.name.clone()),
            };
            Some((rule, value))
        })
    }

    fn entries(&self, place: usize) -> impl Iterator<Item = (&'a CompiledRelation, &'a Relation)> {
        let rule = &self.area.compiled.relations[place];
        self.case.relations.iter().filter(|entry| entry.relation == rule.name).map(move |entry| (rule, entry))
    }

    fn within(&self, rule: &CompiledRelation, entry: &Relation) -> bool {
        entry.from <= self.day && self.day <= last(rule, entry)
    }

    fn holds(&self, rule: &CompiledRelation, entry: &Relation) -> bool {
        let along = |via: usize| self.entries(via).any(|(rule, entry)| self.holds(rule, entry));
        self.within(rule, entry) && !(rule.ends_elsewhere && self.left(entry)) && rule.via.is_none_or(along)
    }

    /// Whether the member was treated elsewhere after the relation began. The day on which it begins
    /// is that of the visit that began it, and a pharmacy treats nobody.
    fn left(&self, entry: &Relation) -> bool {
        let standing = self.case.encounters.iter().zip(self.stands).filter(|(_, stands)| **stands);
        standing.map(|((visit, _), _)| visit).any(|visit| {
            let elsewhere = visit.institution.id.as_ref().is_some_and(|id| *id != entry.institution);
            elsewhere && visit.care_type != "pharmacy" && entry.from < visit.date && visit.date <= self.day
        })
    }
}
