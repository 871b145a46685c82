//! The policy library (政策库): all packages, the rules of one on a day, its articles and files, what differs between two, and
//! the check of a draft. Public but for the check; nothing that is uploaded is kept.

mod draft;
mod rules;
#[cfg(test)]
mod tests;

pub(super) use draft::{check, largest, scaffold};
pub(super) use rules::{file, one};

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use gongji_domain::Day;
use gongji_policy::{Comparison, Held, compare};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::policy::articles;
use crate::policy::diff::{as_json, effect_words, witness_words};
use crate::policy::shelf::{Found, Package, Shelf};
use crate::policy::words::{cite, life, status_name, until};
use crate::serve::console::{Console, aside, asked};
use crate::serve::problem::Problem;

#[derive(Serialize)]
pub(crate) struct Packages {
    rows: Vec<Row>,
    total: usize,
}

/// A package in the list.
#[derive(Serialize)]
pub(crate) struct Row {
    id: String,
    area: String,
    name: String,
    folder: String,
    status: &'static str,
    from: Day,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Day>,
    verified: Option<Day>,
    newest: Day,
    documents: Vec<Document>,
    /// Articles that it quotes itself.
    articles: usize,
    cases: usize,
    passed: usize,
    bounds: Bounds,
    /// The days on which its rules begin or change.
    turns: Vec<Turn>,
}

#[derive(Serialize)]
struct Document {
    key: String,
    number: String,
    title: Option<String>,
    issuer: Option<String>,
    published: Option<Day>,
    lent: bool,
}

#[derive(Default, Serialize)]
struct Bounds {
    kept: usize,
    broken: usize,
    untold: usize,
}

#[derive(Serialize)]
struct Turn {
    from: Day,
    changes: Vec<Changed>,
}

/// One change in the words of a member.
#[derive(Serialize)]
struct Changed {
    subject: String,
    what: String,
    who: String,
    from: String,
    to: String,
}

/// All packages.
pub(crate) async fn list(State(console): State<Arc<Console>>) -> Result<Json<Packages>, Problem> {
    let listed = move || {
        let found = console.shelf.found();
        Ok(found.into_iter().map(|(package, found)| row(&package, found)).collect::<Vec<Row>>())
    };
    let rows = aside(listed).await?;
    Ok(Json(Packages { total: rows.len(), rows }))
}

fn row(package: &Package<'_>, found: &Found) -> Row {
    let area = package.area;
    let mut bounds = Bounds::default();
    for bound in area.bounds() {
        match bound.held {
            Held::Kept => bounds.kept += 1,
            Held::Broken => bounds.broken += 1,
            Held::Untold => bounds.untold += 1,
        }
    }
    let document = |document: gongji_policy::DocumentView<'_>| Document {
        key: document.key.to_owned(),
        number: document.number.to_owned(),
        title: document.title.map(str::to_owned),
        issuer: document.issuer.map(str::to_owned),
        published: document.published,
        lent: document.lent,
    };
    Row {
        id: package.id.to_owned(),
        area: area.code().to_owned(),
        name: area.name().to_owned(),
        folder: area.folder.clone(),
        status: status_name(area.status()),
        from: area.from(),
        until: until(area),
        verified: area.verified(),
        newest: area.newest_day(),
        documents: area.documents().map(document).collect(),
        articles: area.articles().filter(|article| !article.lent).count(),
        cases: found.cases,
        passed: found.passed,
        bounds,
        turns: found.turns.iter().map(|(from, changes)| turn(*from, changes)).collect(),
    }
}

fn turn(from: Day, changes: &[gongji_policy::Change]) -> Turn {
    let changed = |change: &gongji_policy::Change| Changed {
        subject: change.subject.clone(),
        what: change.what.clone(),
        who: change.who.clone(),
        from: change.from.clone(),
        to: change.to.clone(),
    };
    Turn { from, changes: changes.iter().map(changed).collect() }
}

/// The package that pages call so.
fn found<'s>(shelf: &'s Shelf, id: &str) -> Result<Package<'s>, Problem> {
    shelf.find(id).ok_or_else(|| {
        let known: Vec<String> = shelf.all().iter().map(|one| format!("{} {}", one.id, one.area.name())).collect();
        Problem::said("no_policy_for_area", format!("没有 {id} 的政策包；已有：{}", known.join("、")))
    })
}

/// The day that is asked for, on which there must be rules; the newest rules' when none is.
fn day(package: &Package<'_>, on: Option<Day>, field: &str) -> Result<Day, Problem> {
    let day = on.unwrap_or_else(|| package.area.newest_day());
    if package.area.rules(day).is_some() {
        return Ok(day);
    }
    let said = format!("{} 在 {day} 没有规定，这个政策包{}", package.area.name(), life(package.area));
    Err(Problem::said("no_policy_for_date", said).at(field))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Two {
    a: String,
    on_a: Option<Day>,
    /// The same package when left out.
    b: Option<String>,
    on_b: Option<Day>,
}

/// What changes for a member between two days or areas: as `gongji policy diff` tells it.
pub(crate) async fn diff(
    State(console): State<Arc<Console>>,
    query: Result<Query<Two>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let two = asked(query)?;
    aside(move || {
        let a = found(&console.shelf, &two.a)?;
        let b = found(&console.shelf, two.b.as_ref().unwrap_or(&two.a))?;
        let days = (day(&a, two.on_a, "on_a")?, day(&b, two.on_b, "on_b")?);
        let compared = compare((a.area, days.0), (b.area, days.1))
            .ok_or_else(|| Problem::said("no_policy_for_date", "这两天没有可以比较的规定"))?;
        Ok(told(&a, &b, days, &compared))
    })
    .await
    .map(Json)
}

/// The comparison with its sentences and the articles of both sides.
fn told(a: &Package<'_>, b: &Package<'_>, days: (Day, Day), compared: &Comparison) -> Value {
    let mut told = as_json(a.area, b.area, days, compared);
    let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
    for (i, change) in compared.changes.iter().enumerate() {
        cite(&change.articles.0, &mut of_a);
        cite(&change.articles.1, &mut of_b);
        told["changes"][i]["sentence"] = effect_words(&change.effect).into();
    }
    if let Some(witness) = &compared.together {
        told["together"]["sentence"] = witness_words(witness).into();
    }
    told["articles_a"] = json!(articles::quoted(a.area, of_a.iter().map(String::as_str)));
    told["articles_b"] = json!(articles::quoted(b.area, of_b.iter().map(String::as_str)));
    told
}
