//! The same visit with one fact otherwise: each enumerated fact that a case states (of the member,
//! the institution, the encounter), each of its other values. Facts of single charges stay.

use super::{Otherwise, Visit};
use crate::case::{Encounter, FactValue, Institution, Member};
use crate::facts::{Fact, FactId, Kind, Owner, Source};
use crate::view::fact_name;
use crate::words::value_words;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

pub(super) fn otherwise(visit: &Visit<'_>) -> Vec<Otherwise> {
    let facts = visit.area.facts().iter().enumerate();
    let stated = facts.filter(|(_, fact)| matches!(fact.source, Source::Raw(_)) && fact.owner != Owner::Charge);
    let mut all = Vec::new();
    for (id, fact) in stated {
        let tried = values(visit, fact).into_iter().filter_map(|value| {
            let (member, encounter) = with(visit, fact, &value)?;
            Some((shown(fact, &value), visit.instead(&member, &visit.standing, &encounter)?))
        });
        let what = |values: &[String]| format!("{}{}", named(visit, id, fact), values.join("、"));
        all.extend(alike(tried).into_iter().map(|(values, one)| Otherwise { what: what(&values), ..one }));
    }
    all.extend(with_prescription(visit));
    all
}

/// Puts together the values that come to the same.
fn alike(tried: impl Iterator<Item = (String, Otherwise)>) -> Vec<(Vec<String>, Otherwise)> {
    let mut all: Vec<(Vec<String>, Otherwise)> = Vec::new();
    for (value, one) in tried {
        match all.iter_mut().find(|(_, known)| *known == one) {
            Some((values, _)) => values.push(value),
            None => all.push(([value].into(), one)),
        }
    }
    all
}

/// `机构级别是（现为三级）`, before the values.
fn named(visit: &Visit<'_>, id: FactId, fact: &Fact) -> String {
    let name = fact_name(&visit.area.compiled, id);
    match now(visit, fact) {
        Some(value) => format!("{name}（现为{}）是", shown(fact, &value)),
        None => format!("{name}是"),
    }
}

fn shown(fact: &Fact, value: &FactValue) -> String {
    match value {
        FactValue::Text(text) => value_words(&fact.name, text).to_string(),
        FactValue::Flag(true) => "“是”".to_string(),
        FactValue::Flag(false) => "“否”".to_string(),
        FactValue::Whole(number) => number.to_string(),
        FactValue::Set(items) if items.is_empty() => "“无”".to_string(),
        FactValue::Set(items) => items.join("＋"),
    }
}

/// The values of a fact; of a set what there is with one member more.
fn values(visit: &Visit<'_>, fact: &Fact) -> Vec<FactValue> {
    match fact.kind {
        Kind::Choice => fact.values.iter().cloned().map(FactValue::Text).collect(),
        Kind::Flag => [false, true].map(FactValue::Flag).into(),
        Kind::Set => {
            let have = match now(visit, fact) {
                Some(FactValue::Set(items)) => items,
                _ => Vec::new(),
            };
            let with = |item: &String| FactValue::Set(have.iter().chain([item]).cloned().collect());
            fact.values.iter().filter(|item| !have.contains(item)).map(with).collect()
        }
        Kind::Whole(..) | Kind::Date | Kind::Money => Vec::new(),
    }
}

/// The fact's value as the case states it, or its default.
fn now(visit: &Visit<'_>, fact: &Fact) -> Option<FactValue> {
    let (member, encounter) = (&visit.member, visit.encounter);
    let issuer = encounter.prescriber.as_ref();
    let stated = match fact.name.as_str() {
        "status" => Some(&member.status),
        "enrolment" => member.enrolment.as_ref(),
        "care_type" => Some(&encounter.care_type),
        "place" => encounter.place.as_ref(),
        "class" => encounter.institution.class.as_ref(),
        "kind" => encounter.institution.kind.as_ref(),
        "issuer_class" => issuer.and_then(|issuer| issuer.class.as_ref()),
        "issuer_kind" => issuer.and_then(|issuer| issuer.kind.as_ref()),
        name => {
            let mut facts = member.facts.iter().chain(&encounter.institution.facts).chain(&encounter.facts);
            let found = facts.find(|(known, _)| known == name).map(|(_, value)| value.clone());
            return found.or_else(|| default(fact));
        }
    };
    // A class that the package's own list gives is not the default one.
    let listed = encounter.institution.id.is_some() && fact.owner == Owner::Institution;
    stated.cloned().map(FactValue::Text).or_else(|| if listed { None } else { default(fact) })
}

fn default(fact: &Fact) -> Option<FactValue> {
    let raw = fact.default?;
    match fact.kind {
        Kind::Choice => fact.values.get(usize::try_from(raw).ok()?).cloned().map(FactValue::Text),
        Kind::Flag => Some(FactValue::Flag(raw != 0)),
        Kind::Set if raw == 0 => Some(FactValue::Set(Vec::new())),
        _ => None,
    }
}

/// The visit with the fact changed; none where the case has no place for it.
fn with(visit: &Visit<'_>, fact: &Fact, value: &FactValue) -> Option<(Member, Encounter)> {
    let (mut member, mut encounter) = (visit.member.clone(), visit.encounter.clone());
    if !fact.shared {
        let facts = match fact.owner {
            Owner::Member => &mut member.facts,
            Owner::Institution => &mut encounter.institution.facts,
            Owner::Encounter => &mut encounter.facts,
            Owner::Charge => return None,
        };
        facts.retain(|(name, _)| *name != fact.name);
        facts.push((fact.name.clone(), value.clone()));
        return Some((member, encounter));
    }
    let FactValue::Text(text) = value.clone() else { return None };
    let pharmacy = encounter.care_type == "pharmacy";
    match fact.name.as_str() {
        "status" => member.status = text,
        "enrolment" => member.enrolment = Some(text),
        "care_type" => encounter.care_type = text,
        "place" => encounter.place = Some(text),
        "class" => encounter.institution.class = Some(text),
        "kind" => encounter.institution.kind = Some(text),
        "issuer_class" if pharmacy => encounter.prescriber.as_mut()?.class = Some(text),
        "issuer_kind" if pharmacy => encounter.prescriber.as_mut()?.kind = Some(text),
        _ => return None,
    }
    Some((member, encounter))
}

/// At a pharmacy without a prescription: one issued by an institution of each class.
fn with_prescription(visit: &Visit<'_>) -> Vec<Otherwise> {
    if visit.encounter.care_type != "pharmacy" || visit.encounter.prescriber.is_some() {
        return Vec::new();
    }
    let classes = visit.area.fact("class").map(|fact| fact.values.as_slice()).unwrap_or_default();
    let tried = classes.iter().filter_map(|class| {
        let prescriber = Some(Institution { class: Some(class.clone()), ..Institution::default() });
        let encounter = Encounter { prescriber, ..visit.encounter.clone() };
        let one = visit.instead(&visit.member, &visit.standing, &encounter)?;
        Some((value_words("class", class).to_string(), one))
    });
    let what = |classes: &[String]| format!("有外配处方，开具机构的级别是{}", classes.join("、"));
    alike(tried).into_iter().map(|(classes, one)| Otherwise { what: what(&classes), ..one }).collect()
}
