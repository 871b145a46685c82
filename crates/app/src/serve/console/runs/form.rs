//! What the form of a run offers (表单): kinds with their fields and the commands' defaults, areas with their years and people, and
//! the figures of a package that may be turned.

use gongji_policy::{Area, AreaStatus};
use serde_json::{Value, json};

use super::check::{design_year, levers};
use super::fields::{Field, KINDS, Kind, Shape};
use super::queue::{KEPT, MEMORY, Runs};
use crate::cli::load;
use crate::his::Policies;
use crate::population::{preset, presets};
use crate::serve::problem::Problem;

/// All that the form needs from the first moment.
pub(super) fn form(policies: &Policies, runs: &Runs) -> Value {
    let areas: Vec<Value> = policies.library().areas().map(area).collect();
    let national = preset("national").ok().map(|preset| preset.name);
    json!({
        "kinds": KINDS.iter().map(kind).collect::<Vec<_>>(),
        "areas": areas,
        "national": national,
        "packages": runs.packages(),
        "kept": { "runs": KEPT, "memory": MEMORY, "used": runs.weight() },
        "threads": runs.threads,
    })
}

fn kind(kind: &Kind) -> Value {
    let field = |field: &Field| {
        let (shape, least, most, allowed): (_, _, _, &[&str]) = match field.shape {
            Shape::Area => ("area", None, None, &[]),
            Shape::Whole(least, most) => ("whole", Some(least), Some(most), &[]),
            Shape::Yes => ("yes", None, None, &[]),
            Shape::Amount => ("amount", None, None, &[]),
            Shape::Elasticity => ("elasticity", None, None, &[]),
            Shape::Policies(most) => ("policies", None, i64::try_from(most).ok(), &[]),
            Shape::Levers => ("levers", None, None, &[]),
            Shape::OneOf(allowed) => ("one_of", None, None, allowed),
            Shape::Levels => ("levels", None, None, &[]),
            Shape::Months => ("months", None, None, &[]),
            Shape::History => ("history", None, None, &[]),
        };
        json!({
            "name": field.name, "words": field.words, "shape": shape, "needed": field.needed,
            "default": field.default(kind), "least": least, "most": most, "allowed": allowed,
        })
    };
    json!({ "name": kind.name, "words": kind.words, "fields": kind.fields.iter().map(field).collect::<Vec<_>>() })
}

fn area(area: &Area) -> Value {
    let code = area.code();
    let own = presets().contains(&code);
    let people = preset(if own { code } else { "national" }).ok();
    json!({
        "code": code,
        "name": area.name(),
        "draft": area.status() == AreaStatus::Draft,
        "from": area.from().to_string(),
        "starts": area.range_starts().filter(|day| *day >= area.from()).map(|day| day.to_string()).collect::<Vec<_>>(),
        "year": area.newest_day().ymd().0,
        "design_year": design_year(area),
        "own_people": own,
        "people": people.as_ref().map(|preset| &preset.name),
        "persons": people.as_ref().map(|preset| preset.persons),
        "project": load::shipped_file(code, "estimate/budget.toml").is_some(),
        "estimate": load::shipped_file(code, "estimate/estimate.toml").is_some(),
    })
}

/// The figures of an area's package that may be turned.
///
/// # Errors
/// When there is no such area, or nothing to turn.
pub(super) fn turned(policies: &Policies, runs: &Runs, code: &str, year: Option<i16>) -> Result<Value, Problem> {
    let none = || Problem::said("invalid_value", format!("没有统筹区 {code}")).at("area");
    let area = policies.library().area(code).ok_or_else(none)?;
    let year = year.or_else(|| design_year(area));
    let year = year.ok_or_else(|| Problem::said("missing_field", "请填写年度").at("year"))?;
    let levers = levers(&runs.folders, area, year);
    let levers = levers.map_err(|error| Problem::said("cannot_run", format!("{error:#}")).at("area"))?;
    let rows: Vec<Value> = levers
        .all
        .iter()
        .map(|lever| {
            json!({
                "id": lever.id, "words": lever.words, "unit": lever.unit, "value": lever.unit.show(lever.value),
                "article": lever.article, "least": lever.min.map(|value| lever.unit.show(value)),
                "most": lever.max.map(|value| lever.unit.show(value)), "bounded_by": lever.bounded_by,
                "credit": lever.id.starts_with("credit"),
            })
        })
        .collect();
    Ok(json!({ "year": year, "total": rows.len(), "rows": rows }))
}
