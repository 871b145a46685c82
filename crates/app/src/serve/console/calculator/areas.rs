//! What a case may say in each area: facts with their values in words, as the area's package has them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use gongji_domain::Day;
use gongji_policy::case::FactValue;
use gongji_policy::{Area, FactView, Kind, Owner};
use serde::Serialize;

use crate::policy::words::{status_name, until};
use crate::serve::console::Console;

#[derive(Serialize)]
pub(crate) struct Areas {
    rows: Vec<Shown>,
    total: usize,
}

/// An area and what its rules ask.
#[derive(Serialize)]
struct Shown {
    area: String,
    name: String,
    status: &'static str,
    from: Day,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Day>,
    /// The first day of the newest rules.
    newest: Day,
    /// The days on which the rules begin or change.
    turns: Vec<Day>,
    /// Benefits whose figures the texts leave open: a case says what they paid.
    open: Vec<String>,
    facts: Vec<Fact>,
}

#[derive(Serialize)]
struct Fact {
    name: String,
    words: String,
    of: &'static str,
    kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    least: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    most: Option<i64>,
    /// What holds when a case says nothing; a case has to say it where there is none.
    default: serde_json::Value,
    /// It has a field of its own in a case.
    shared: bool,
    /// Some rule reads it.
    read: bool,
}

#[derive(Serialize)]
struct Value {
    value: String,
    words: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    under: Option<String>,
}

/// All areas that have a package.
pub(crate) async fn areas(State(console): State<Arc<Console>>) -> Json<Areas> {
    let rows: Vec<Shown> = console.policies.all().map(shown).collect();
    Json(Areas { total: rows.len(), rows })
}

fn shown(area: &Area) -> Shown {
    Shown {
        area: area.code().to_owned(),
        name: area.name().to_owned(),
        status: status_name(area.status()),
        from: area.from(),
        until: until(area),
        newest: area.newest_day(),
        turns: area.range_starts().filter(|day| area.rules(*day).is_some()).collect(),
        open: open(area),
        facts: area.stated_facts().into_iter().map(fact).collect(),
    }
}

fn open(area: &Area) -> Vec<String> {
    let benefits = area.benefits_on(area.newest_day()).into_iter();
    benefits.filter(|benefit| benefit.decided_elsewhere).map(|benefit| benefit.name).collect()
}

fn fact(view: FactView) -> Fact {
    let (kind, ends) = match view.kind {
        Kind::Choice => ("choice", None),
        Kind::Flag => ("flag", None),
        Kind::Whole(least, most) => ("whole", Some((least, most))),
        Kind::Date => ("date", None),
        Kind::Money => ("money", None),
        Kind::Set => ("set", None),
    };
    let values = view.values.into_iter();
    Fact {
        name: view.name,
        words: view.words,
        of: owner(view.owner),
        kind,
        values: values.map(|value| Value { value: value.name, words: value.words, under: value.under }).collect(),
        least: ends.map(|(least, _)| least),
        most: ends.map(|(_, most)| most),
        default: default(view.default),
        shared: view.shared,
        read: view.read,
    }
}

fn owner(owner: Owner) -> &'static str {
    match owner {
        Owner::Member => "member",
        Owner::Institution => "institution",
        Owner::Encounter => "encounter",
        Owner::Charge => "charge",
    }
}

fn default(value: Option<FactValue>) -> serde_json::Value {
    match value {
        None => serde_json::Value::Null,
        Some(FactValue::Text(text)) => text.into(),
        Some(FactValue::Flag(flag)) => flag.into(),
        Some(FactValue::Whole(number)) => number.into(),
        Some(FactValue::Set(items)) => items.into(),
    }
}
