//! The same visits somewhere else (换个地方看): in another area, at another class of institution, on another day. What the
//! other area does not ask for is left out and named, so that a comparison says what it compares.

use gongji_domain::Day;
use gongji_policy::case::{Case, Encounter, FactValue, Member};
use gongji_policy::{Area, FactView, Kind, Library};
use serde::Deserialize;

/// What is otherwise; nothing is the same visit again.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Elsewhere {
    pub pooling_area: Option<String>,
    /// Day of the first visit; the others keep their distance.
    pub date: Option<Day>,
    pub status: Option<String>,
    pub care_type: Option<String>,
    pub place: Option<String>,
    pub class: Option<String>,
    pub kind: Option<String>,
}

/// The case there, and in words what was left out of it.
pub(crate) fn moved(case: &Case, there: &Elsewhere, library: &Library) -> (Case, Vec<String>) {
    let mut case = case.clone();
    let mut left_out = Vec::new();
    if let Some(code) = there.pooling_area.as_ref().filter(|code| **code != case.pooling_area) {
        let before = library.area(&case.pooling_area).map(Area::stated_facts).unwrap_or_default();
        case.pooling_area.clone_from(code);
        if let Some(area) = library.area(code) {
            fit(&mut case, &before, &area.stated_facts(), &mut left_out);
        }
    }
    if let Some(status) = &there.status {
        case.member.status.clone_from(status);
        case.encounters.iter_mut().for_each(|(_, then)| then.status = None);
    }
    let apart = there.date.zip(case.encounters.first()).map(|(day, (first, _))| day.number() - first.date.number());
    for (encounter, _) in &mut case.encounters {
        put(encounter, there);
        let shifted = apart.map(|days| Day::from_number(encounter.date.number() + days));
        encounter.date = shifted.unwrap_or(encounter.date);
    }
    (case, left_out)
}

fn put(encounter: &mut Encounter, there: &Elsewhere) {
    if let Some(care_type) = &there.care_type {
        encounter.care_type.clone_from(care_type);
    }
    if there.place.is_some() {
        encounter.place.clone_from(&there.place);
    }
    if there.class.is_some() {
        encounter.institution.class.clone_from(&there.class);
        // The code of another institution says nothing of its class.
        encounter.institution.id = None;
    }
    if there.kind.is_some() {
        encounter.institution.kind.clone_from(&there.kind);
    }
}

/// Leaves out what an area does not know.
fn fit(case: &mut Case, before: &[FactView], there: &[FactView], left_out: &mut Vec<String>) {
    let Case { member, encounters, relations, used, .. } = case;
    if !used.is_empty() {
        used.clear();
        left_out.push("本年已用".to_owned());
    }
    if !relations.is_empty() {
        relations.clear();
        left_out.push("签约、定点关系".to_owned());
    }
    fit_member(member, there, left_out);
    let mut keep = |facts: &mut Vec<(String, FactValue)>| keep_known(facts, before, there, left_out);
    keep(&mut member.facts);
    for (encounter, then) in encounters {
        keep(&mut then.facts);
        keep(&mut encounter.facts);
        keep(&mut encounter.institution.facts);
        encounter.charges.iter_mut().for_each(|charge| keep(&mut charge.facts));
        if then.enrolment.as_ref().is_some_and(|one| !knows(there, "enrolment", one)) {
            then.enrolment = None;
        }
    }
}

/// An area's own way of enrolment is another area's first.
fn fit_member(member: &mut Member, there: &[FactView], left_out: &mut Vec<String>) {
    if member.enrolment.as_ref().is_some_and(|one| !knows(there, "enrolment", one)) {
        let was = member.enrolment.take().unwrap_or_default();
        left_out.push(format!("参保身份 {}", gongji_policy::words_of("enrolment", &was)));
    }
}

fn keep_known(facts: &mut Vec<(String, FactValue)>, before: &[FactView], there: &[FactView], out: &mut Vec<String>) {
    facts.retain(|(name, value)| {
        let known = match value {
            FactValue::Text(text) => fact(there, name).is_some_and(|fact| {
                !matches!(fact.kind, Kind::Choice) || fact.values.iter().any(|value| value.name == *text)
            }),
            _ => fact(there, name).is_some(),
        };
        if !known {
            let words = fact(before, name).map_or_else(|| name.clone(), |fact| fact.words.clone());
            if !out.contains(&words) {
                out.push(words);
            }
        }
        known
    });
}

fn fact<'f>(facts: &'f [FactView], name: &str) -> Option<&'f FactView> {
    facts.iter().find(|fact| fact.name == name)
}

fn knows(facts: &[FactView], name: &str, value: &str) -> bool {
    fact(facts, name).is_some_and(|fact| fact.values.iter().any(|known| known.name == value))
}
