//! The page of simulations (方案测算): runs are asked for, followed, cancelled, shown and kept as files; analysts only. The work is
//! that of the commands, by the commands' own arguments.

mod check;
mod fields;
mod form;
mod packages;
mod queue;
mod request;
mod told;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Console, ROOT, Who, aside, read};
use crate::serve::problem::Problem;
use crate::simulate::{html, sheet};
use packages::{Brought, packed};
pub(crate) use queue::Runs;
use queue::{Run, State as Stage};
use request::{Around, Asked};

/// The largest archive or list of files.
const MOST_BODY: usize = 4 << 20;

/// The routes of the page.
pub(super) fn routes() -> Router<Arc<Console>> {
    let at = |path: &str| format!("{ROOT}/runs{path}");
    Router::new()
        .route(&at(""), get(list).post(ask))
        .route(&at("/form"), get(offer))
        .route(&at("/levers"), get(levers))
        .route(&at("/packages"), post(bring))
        .route(&at("/packages/{id}"), get(package))
        .route(&at("/{id}"), get(show).delete(end))
        .route(&at("/{id}/{file}"), get(file))
        .layer(DefaultBodyLimit::max(MOST_BODY))
}

async fn offer(State(console): State<Arc<Console>>, who: Who) -> Result<Json<Value>, Problem> {
    who.analyst()?;
    aside(move || Ok(Json(form::form(&console.policies, &console.runs)))).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfArea {
    area: String,
    year: Option<i16>,
}

async fn levers(
    State(console): State<Arc<Console>>,
    who: Who,
    Query(of): Query<OfArea>,
) -> Result<Json<Value>, Problem> {
    who.analyst()?;
    aside(move || form::turned(&console.policies, &console.runs, &of.area, of.year).map(Json)).await
}

async fn list(State(console): State<Arc<Console>>, who: Who) -> Result<Json<Value>, Problem> {
    who.analyst()?;
    let now = console.service.clock().now();
    let rows: Vec<Value> = console.runs.all().iter().map(|run| told::run(&console.runs, run, now)).collect();
    Ok(Json(json!({ "total": rows.len(), "rows": rows, "memory": console.runs.weight() })))
}

async fn ask(State(console): State<Arc<Console>>, who: Who, body: Bytes) -> Result<Response, Problem> {
    who.analyst()?;
    let given: Map<String, Value> = read(&body)?;
    aside(move || {
        let runs = &console.runs;
        let package = |id| runs.package(id);
        let around = Around { policies: &console.policies, folders: &runs.folders, package: &package };
        let asked = Asked::read(given, &around)?;
        let kept = |error: anyhow::Error| Problem::said("internal_error", format!("{error:#}"));
        let folder = tempfile::tempdir().map_err(|error| kept(error.into()))?;
        asked.lay_out(folder.path()).map_err(kept)?;
        check::runs(&asked, &runs.folders, folder.path())?;
        let id = runs.ask(asked, &who.account.shown)?;
        let run = found(&console, id)?;
        Ok((StatusCode::ACCEPTED, Json(told::run(runs, &run, console.service.clock().now()))).into_response())
    })
    .await
}

fn found(console: &Console, id: u64) -> Result<Run, Problem> {
    let gone =
        || Problem::said("run_not_found", format!("没有运行 {id}：结果只在程序运行期间保留最近的一些，可用原命令再算"));
    console.runs.find(id).ok_or_else(gone)
}

async fn show(State(console): State<Arc<Console>>, who: Who, Path(id): Path<u64>) -> Result<Json<Value>, Problem> {
    who.analyst()?;
    let run = found(&console, id)?;
    let mut shown = told::run(&console.runs, &run, console.service.clock().now());
    if let Some(finished) = &run.finished {
        shown["report"] = told::report(&finished.report);
        shown["said"] = json!(finished.said);
    }
    Ok(Json(shown))
}

async fn end(State(console): State<Arc<Console>>, who: Who, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    who.analyst()?;
    found(&console, id)?;
    console.runs.end(id);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: Option<String>,
}

/// A package as files, or as an archive.
async fn bring(
    State(console): State<Arc<Console>>,
    who: Who,
    Query(named): Query<Named>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    who.analyst()?;
    aside(move || {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let brought: Brought = match kind.starts_with("application/json") {
            true => read(&body)?,
            false => Brought::unpacked(&body, named.name.as_deref().unwrap_or("plan"))?,
        };
        let folders = console.runs.folders.folders();
        let folders = folders.map_err(|error| Problem::said("internal_error", error.to_string()))?;
        let package = console.runs.keep(brought.checked(&folders, &who.account.shown)?);
        Ok((StatusCode::CREATED, Json(package)).into_response())
    })
    .await
}

/// A package as an archive.
async fn package(State(console): State<Arc<Console>>, who: Who, Path(id): Path<u64>) -> Result<Response, Problem> {
    who.analyst()?;
    let gone = || Problem::said("package_gone", format!("政策包 {id} 不在了：程序只留最近的几个"));
    let package = console.runs.package(id).ok_or_else(gone)?;
    let files: Vec<_> = package.placed().collect();
    let bytes = packed(&files).map_err(|error| Problem::said("internal_error", format!("{error:#}")))?;
    Ok(kept(bytes, "application/zip", &format!("{}.zip", package.name)))
}

/// What came of a run as a file: for people, for programs, or what its command needs.
async fn file(
    State(console): State<Arc<Console>>,
    who: Who,
    Path((id, name)): Path<(u64, String)>,
) -> Result<Response, Problem> {
    who.analyst()?;
    let run = found(&console, id)?;
    aside(move || {
        let fault = |error: anyhow::Error| Problem::said("internal_error", format!("{error:#}"));
        let title = format!("gongji-{}-{}-{id}", run.asked.kind.name, run.asked.area);
        if name == "inputs.zip" {
            let bytes = packed(&run.asked.files).map_err(fault)?;
            return Ok(kept(bytes, "application/zip", &format!("{title}-inputs.zip")));
        }
        let not_yet = || match run.state {
            Stage::Waiting | Stage::Running => Problem::said("not_finished", "还在运行，结束以后才能导出"),
            _ => Problem::said("not_finished", "这次运行没有结果"),
        };
        let report = &run.finished.as_ref().ok_or_else(not_yet)?.report;
        match name.as_str() {
            "results.xlsx" => {
                let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
                Ok(kept(sheet::bytes(report).map_err(fault)?, kind, &format!("{title}.xlsx")))
            }
            "results.json" => {
                Ok(kept(format!("{:#}\n", report.json()).into_bytes(), "application/json", &format!("{title}.json")))
            }
            "report.html" => {
                Ok(kept(html::page(report).into_bytes(), "text/html; charset=utf-8", &format!("{title}.html")))
            }
            _ => Err(Problem::said(
                "run_not_found",
                format!("没有文件 {name}：可用 results.xlsx、results.json、report.html、inputs.zip"),
            )),
        }
    })
    .await
}

/// Bytes that a browser keeps as a file.
fn kept(bytes: Vec<u8>, kind: &str, name: &str) -> Response {
    let mut response = bytes.into_response();
    let encoded = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    let said = format!("attachment; filename*=UTF-8''{encoded}");
    for (header, value) in [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, said.as_str())] {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(header, value);
        }
    }
    response
}
