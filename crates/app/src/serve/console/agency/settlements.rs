//! Settlements of the area's members (结算查询): found by days and by everything that was kept of them, with sums over all that
//! is found, and each with its sheet. Days are those on which it was settled; a range is needed, and not a longer one
//! than a year.

mod asked;
mod institutions;
mod persons;
mod rows;
#[cfg(test)]
mod tests;
mod whole;

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Serialize;

use super::{Console, Page, Sight, Who, asked, exportable, json, sit};
use crate::his::listing::{Between, One};
use crate::serve::handout;
use crate::serve::problem::Problem;
use asked::Asked;
pub(super) use institutions::institutions;
use persons::Persons;
use rows::{Row, Summed};

/// Settlements, a page of them, with sums over all.
#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    page: Page<Row>,
    sums: Summed,
}

/// What is looked for is read of the area's days, and found in it.
fn between(sight: &Sight<'_>, asked: &Asked) -> Result<Between, Problem> {
    let kept = sight.service.kept();
    Ok(sight.listings.of_area(kept.now()?, sight.area, asked.days()?)?)
}

/// Everything that is looked for, sorted.
fn found<'a>(sight: &Sight<'_>, asked: &Asked, between: &'a Between) -> Result<Vec<One<'a>>, Problem> {
    let filter = asked.filter(sight.service.directory())?;
    let mut found: Vec<One<'a>> = between.all().filter(|one| filter.finds(one)).collect();
    if asked.is_about_persons() {
        let persons = Persons::of_many(sight, &found)?;
        found.retain(|one| persons.of(one.listed).is_some_and(|person| asked.finds_person(&person)));
    }
    asked.sort(&mut found);
    Ok(found)
}

pub(super) async fn list(
    State(console): State<Arc<Console>>,
    who: Who,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let asked = asked(query)?;
    let answer = sit(&console, &who, move |sight| {
        let between = between(sight, &asked)?;
        let found = found(sight, &asked, &between)?;
        let persons = Persons::of_many(sight, asked.paging.of(&found))?;
        let row = |one: &One<'_>| Row::of(sight, *one, persons.of(one.listed).unwrap_or_default());
        Ok(Answer { page: asked.paging.page(&found, row), sums: Summed::of(&found) })
    });
    Ok(json(&answer.await?))
}

/// The same as a workbook.
pub(super) async fn export(
    State(console): State<Arc<Console>>,
    who: Who,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let asked = asked(query)?;
    let table = sit(&console, &who, move |sight| {
        let between = between(sight, &asked)?;
        let found = found(sight, &asked, &between)?;
        exportable(&found)?;
        let persons = Persons::of_many(sight, &found)?;
        let row = |one: &One<'_>| Row::of(sight, *one, persons.of(one.listed).unwrap_or_default());
        Ok(rows::table(sight, (&asked.from, &asked.to), &found, found.iter().map(row)))
    });
    handout::workbook(&table.await?)
}

/// One settlement with its sheet.
pub(super) async fn settlement(
    State(console): State<Arc<Console>>,
    who: Who,
    Path(number): Path<String>,
) -> Result<Response, Problem> {
    let whole = sit(&console, &who, move |sight| whole::whole(sight, &number));
    Ok(json(&whole.await?))
}
