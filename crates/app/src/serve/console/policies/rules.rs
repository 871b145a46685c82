//! The rules of one package on a day, as `gongji policy show` tells them: benefits, tables, bounds, articles, files.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use gongji_domain::Day;
use gongji_policy::{BenefitView, BoundView, Held, Said, TableView};
use serde::{Deserialize, Serialize};

use super::{Row, day, found, row};
use crate::policy::articles::{self, Articles};
use crate::serve::console::{Console, aside, asked};
use crate::serve::problem::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct On {
    on: Option<Day>,
}

/// A package on a day.
#[derive(Serialize)]
pub(crate) struct Shown {
    #[serde(flatten)]
    row: Row,
    on: Day,
    /// The article that sets its dates.
    effective: String,
    benefits: Vec<Benefit>,
    tables: Vec<Table>,
    relations: Vec<Relation>,
    held: Vec<Bound>,
    articles: Articles,
    files: Vec<String>,
}

#[derive(Serialize)]
struct Benefit {
    name: String,
    words: String,
    payer: String,
    applies: String,
    takes: Vec<String>,
    decided_elsewhere: bool,
    article: String,
    tables: Vec<Table>,
}

#[derive(Serialize)]
struct Table {
    title: String,
    path: String,
    notes: Vec<String>,
    article: Option<String>,
    heads: Vec<String>,
    columns: Vec<String>,
    rows: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    when: Vec<String>,
    says: Vec<Option<Figure>>,
    article: Option<String>,
}

#[derive(Serialize)]
struct Figure {
    words: String,
    /// The texts give none.
    open: bool,
    /// Since when, if not from the first day of the package.
    since: Option<Day>,
}

#[derive(Serialize)]
struct Relation {
    name: String,
    words: String,
    article: String,
}

#[derive(Serialize)]
struct Bound {
    on: String,
    words: String,
    from: Option<Day>,
    warning: bool,
    above: bool,
    article: String,
    held: &'static str,
    findings: Vec<String>,
}

/// A package with its rules on a day.
pub(crate) async fn one(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    query: Result<Query<On>, QueryRejection>,
) -> Result<Json<Shown>, Problem> {
    let asked = asked(query)?;
    aside(move || {
        let package = found(&console.shelf, &id)?;
        let on = day(&package, asked.on, "on")?;
        let looked = console.shelf.found().into_iter().find(|(one, _)| one.id == package.id);
        let (area, first) = (package.area, package.area.from());
        let relations = area.relations().into_iter();
        Ok(Shown {
            row: row(&package, &looked.map(|(_, found)| found.clone()).unwrap_or_default()),
            on,
            effective: area.effective_article(),
            benefits: area.benefits_on(on).into_iter().map(|one| benefit(one, first)).collect(),
            tables: area.tables_on(on).into_iter().map(|one| table(one, first)).collect(),
            relations: relations
                .map(|one| Relation { name: one.name, words: one.words, article: one.article })
                .collect(),
            held: area.bounds().into_iter().map(bound).collect(),
            articles: articles::all(area),
            files: package.library.files_of(area).map(|file| file.path.to_string()).collect(),
        })
    })
    .await
    .map(Json)
}

fn benefit(view: BenefitView, first: Day) -> Benefit {
    Benefit {
        name: view.name,
        words: view.words,
        payer: view.payer,
        applies: view.applies,
        takes: view.takes,
        decided_elsewhere: view.decided_elsewhere,
        article: view.article,
        tables: view.tables.into_iter().map(|one| table(one, first)).collect(),
    }
}

fn table(view: TableView, first: Day) -> Table {
    let figure =
        |said: Said| Figure { words: said.words, open: said.open, since: Some(said.from).filter(|from| *from > first) };
    let rows = view.rows.into_iter().map(|row| Line {
        when: row.when,
        says: row.says.into_iter().map(|said| said.map(figure)).collect(),
        article: row.article,
    });
    Table {
        title: view.title,
        path: view.path,
        notes: view.notes,
        article: view.article,
        heads: view.heads,
        columns: view.columns,
        rows: rows.collect(),
    }
}

fn bound(view: BoundView) -> Bound {
    let held = match view.held {
        Held::Kept => "kept",
        Held::Broken => "broken",
        Held::Untold => "untold",
    };
    Bound {
        on: view.on,
        words: view.words,
        from: view.from,
        warning: view.warning,
        above: view.above,
        article: view.article,
        held,
        findings: view.findings.into_iter().map(|fault| fault.found).collect(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Named {
    path: String,
}

#[derive(Serialize)]
pub(crate) struct Text {
    path: String,
    text: String,
}

/// A file of a package as it is written.
pub(crate) async fn file(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    query: Result<Query<Named>, QueryRejection>,
) -> Result<Json<Text>, Problem> {
    let asked = asked(query)?;
    aside(move || {
        let package = found(&console.shelf, &id)?;
        // Only what the package was read from: nothing is looked for on a disk.
        let file = package.library.files_of(package.area).find(|file| *file.path == *asked.path);
        let file = file.ok_or_else(|| Problem::said("not_here", format!("这个政策包没有文件 {}", asked.path)))?;
        Ok(Text { path: file.path.to_string(), text: file.text.to_string() })
    })
    .await
    .map(Json)
}
