//! Credits of a month (个人账户计入) and the turn of the year (年度结转): begun here, by the same functions as at the counter, and
//! looked at while they go on.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::super::read;
use super::run::{Came, Run, Told};
use super::{Console, Page, Paging, Who, asked, exportable, json, sit};
use crate::agency::table::{Cell, Table};
use crate::his::Moment;
use crate::his::desk::Desk;
use crate::serve::agency::{carried_over, credited};
use crate::serve::handout;
use crate::serve::problem::Problem;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Crediting {
    month: String,
    preview: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Turning {
    year: i32,
    preview: bool,
}

/// Of whom nothing was done.
#[derive(Debug, Deserialize)]
pub(super) struct Reason {
    /// By its code; empty for all.
    #[serde(default)]
    reason: String,
    #[serde(flatten)]
    paging: Paging,
}

#[derive(Serialize)]
struct LeftOut {
    person: String,
    code: String,
    reason: String,
}

/// Begins a month's credits, or works out what they would be.
pub(super) async fn credit(State(console): State<Arc<Console>>, who: Who, body: Bytes) -> Result<Response, Problem> {
    let Crediting { month, preview } = read(&body)?;
    let of = month.clone();
    begun(&console, &who, ("credit", of, preview), move |run, desk, service| {
        let report = credited(service, desk, (&run.area, &month), preview, |done, all| run.at(done, all))?;
        let left_out =
            report.rows.iter().map(|(person, skip)| (person.clone(), skip.code().to_owned(), skip.to_string()));
        Ok(Came { left_out: left_out.collect(), report: written(&report)? })
    })
}

/// Begins the turn of the year, or works out what it would carry over.
pub(super) async fn carry_over(
    State(console): State<Arc<Console>>,
    who: Who,
    body: Bytes,
) -> Result<Response, Problem> {
    let Turning { year, preview } = read(&body)?;
    begun(&console, &who, ("carry_over", year.to_string(), preview), move |run, desk, service| {
        let report = carried_over(service, desk, (&run.area, year), preview, |done, all| run.at(done, all))?;
        let failed = report.failed.iter().map(|(person, why)| (person.clone(), "not_recorded".to_owned(), why.clone()));
        Ok(Came { left_out: failed.collect(), report: written(&report)? })
    })
}

fn written(report: &impl Serialize) -> Result<serde_json::Value, Problem> {
    serde_json::to_value(report).map_err(|error| {
        tracing::error!(%error, "a report cannot be written");
        Problem::said("internal_error", "办理已完成，但结果不能显示")
    })
}

fn begun(
    console: &Arc<Console>,
    who: &Who,
    what: (&'static str, String, bool),
    work: impl FnOnce(&Run, &Desk<'_>, &crate::his::Service) -> Result<Came, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let (area, by) = (who.officer()?, who.account.shown.clone());
    let service = Arc::clone(&console.service);
    let began = Moment::of(service.clock().now());
    let thread = move |run: &Run| {
        let desk = Desk { store: service.store(), now: began, by: &run.by };
        work(run, &desk, &service)
    };
    let run = console.acts.begin((area, &by, began.to_string()), what, thread)?;
    Ok(json(&run.told()))
}

/// The runs of the officer's area.
pub(super) async fn list(State(console): State<Arc<Console>>, who: Who) -> Result<Response, Problem> {
    let rows: Vec<Told> = console.acts.of(who.officer()?).iter().map(|run| run.told()).collect();
    Ok(json(&Page { total: rows.len(), rows }))
}

/// How far a run is.
pub(super) async fn run(
    State(console): State<Arc<Console>>,
    who: Who,
    Path(number): Path<u64>,
) -> Result<Response, Problem> {
    Ok(json(&console.acts.find(who.officer()?, number)?.told()))
}

/// Stops a run: what was written stays, and the next one goes on.
pub(super) async fn stop(
    State(console): State<Arc<Console>>,
    who: Who,
    Path(number): Path<u64>,
) -> Result<Response, Problem> {
    let run = console.acts.find(who.officer()?, number)?;
    run.stop();
    Ok(json(&run.told()))
}

fn rows(run: &Run, reason: &str) -> Vec<(String, String, String)> {
    let is = |(_, code, _): &&(String, String, String)| reason.is_empty() || code == reason;
    run.left_out(|all| all.iter().filter(is).cloned().collect())
}

/// Of whom nothing was done, and why.
pub(super) async fn left_out(
    State(console): State<Arc<Console>>,
    who: Who,
    Path(number): Path<u64>,
    query: Result<Query<Reason>, QueryRejection>,
) -> Result<Response, Problem> {
    let Reason { reason, paging } = asked(query)?;
    let run = console.acts.find(who.officer()?, number)?;
    let row = |(person, code, reason): &(String, String, String)| LeftOut {
        person: person.clone(),
        code: code.clone(),
        reason: reason.clone(),
    };
    Ok(json(&paging.page(&rows(&run, &reason), row)))
}

/// The same as a workbook.
pub(super) async fn left_out_export(
    State(console): State<Arc<Console>>,
    who: Who,
    Path(number): Path<u64>,
    query: Result<Query<Reason>, QueryRejection>,
) -> Result<Response, Problem> {
    let Reason { reason, .. } = asked(query)?;
    let run = console.acts.find(who.officer()?, number)?;
    let table = sit(&console, &who, move |sight| {
        let rows = rows(&run, &reason);
        exportable(&rows)?;
        Ok(Table {
            title: "未办理人员",
            above: vec![("统筹区", sight.area.to_owned()), ("月份或年度", run.of.clone())],
            heads: vec!["人员编号", "原因"],
            rows: rows.iter().map(|(person, _, why)| vec![Cell::text(person), Cell::text(why)]).collect(),
        })
    });
    handout::workbook(&table.await?)
}
