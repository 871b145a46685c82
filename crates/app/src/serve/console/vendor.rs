//! For whoever looks after an institution's software (厂商): what the institution sent and what came of it, each fault explained;
//! the judgement of its client; the table of errors. Of the own institution only.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::cashier::{fate_of, here, ordered};
use super::{Console, Who, aside};
use crate::calls::choose::{Choice, explained, is_since};
use crate::calls::read::{self, Log};
use crate::certify::{self, Scenario};
use crate::his::errors::Code;
use crate::his::remedies::remedy;
use crate::serve::http;
use crate::serve::problem::Problem;

/// Most rows of a page.
const MOST: usize = 200;

/// The institution, and where its messages go.
pub(super) async fn about(State(console): State<Arc<Console>>, who: Who) -> Result<Response, Problem> {
    let code = who.vendor()?;
    let institution = here(&console, code)?;
    Ok(Json(json!({
        "institution": { "code": code, "name": institution.name, "area": institution.area,
            "pharmacy": institution.is_pharmacy() },
        "path": http::PATH,
        "fate": http::FATE,
        "sandbox": console.line.troubles.is_some(),
        "unsigned": console.service.goes_unsigned(code),
        "calls": console.calls.is_some(),
    }))
    .into_response())
}

/// Which messages.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Asked {
    infno: String,
    faults: bool,
    since: String,
    msgid: String,
    page: usize,
    size: usize,
}

/// None for a text that says nothing.
fn some(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn log(console: &Console) -> Result<Log, Problem> {
    let folder = console.calls.as_deref().ok_or_else(|| {
        Problem::said("not_here", "此服务没有报文记录：以 gongji serve --sandbox 或 --calls 目录 启动即有")
    })?;
    read::read(folder).map_err(|error| {
        tracing::error!(%error, "the call log cannot be read");
        Problem::said("internal_error", "报文记录读不出，请告知维护人员")
    })
}

/// What the institution sent, the last first; around one message, its whole conversation, the first first.
pub(super) async fn calls(
    State(console): State<Arc<Console>>,
    who: Who,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let institution = who.vendor()?.to_owned();
    aside(move || {
        let log = log(&console)?;
        let conversation = some(&asked.msgid).is_some();
        let choice = Choice {
            institution: Some(&institution),
            infno: some(&asked.infno),
            faults: asked.faults,
            since: some(&asked.since),
            msgid: some(&asked.msgid),
        };
        let mut chosen = choice.of(&log.calls);
        if !conversation {
            chosen.reverse();
        }
        let (total, faults) = (chosen.len(), chosen.iter().filter(|call| !call.is_ok()).count());
        let size = if asked.size == 0 { 20 } else { asked.size.min(MOST) };
        let skipped = asked.page.saturating_sub(1).saturating_mul(size);
        let shown = if conversation { MOST } else { size };
        let rows: Vec<_> = chosen.into_iter().skip(skipped).take(shown).map(explained).collect();
        Ok(Json(json!({ "rows": rows, "total": total, "faults": faults, "remarks": log.remarks })).into_response())
    })
    .await
}

/// From when on.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Since {
    since: String,
}

/// A step of a scenario in words.
#[derive(Serialize)]
struct Step<'a> {
    number: usize,
    name: &'a str,
    title: &'a str,
    infno: &'a [String],
    kind: &'static str,
    outcome: String,
    trouble: Option<&'a str>,
    means: &'a str,
    checks: Vec<(&'a str, &'a str)>,
}

/// The scenarios with their steps, and how the institution's client did.
pub(super) async fn certification(
    State(console): State<Arc<Console>>,
    who: Who,
    Query(Since { since }): Query<Since>,
) -> Result<Response, Problem> {
    let institution = who.vendor()?.to_owned();
    aside(move || {
        let (scenarios, log) = (scenarios()?, since_then(&console, &since)?);
        let judged = certify::judged(&scenarios, &log.calls, &institution);
        let steps: Vec<_> = scenarios.iter().map(steps).collect();
        let about: Vec<&str> = scenarios.iter().map(|scenario| scenario.about.as_str()).collect();
        let rows: Vec<_> = judged
            .iter()
            .zip(steps.iter().zip(about))
            .map(|(judged, (steps, about))| json!({ "judged": judged, "about": about, "steps": steps }))
            .collect();
        let judgeable = !certify::has_no_bodies(&log.calls, &institution);
        Ok(Json(json!({ "rows": rows, "total": rows.len(), "judgeable": judgeable })).into_response())
    })
    .await
}

/// The same as a page to keep or to send (验收报告).
pub(super) async fn report(
    State(console): State<Arc<Console>>,
    who: Who,
    Query(Since { since }): Query<Since>,
) -> Result<Response, Problem> {
    let institution = who.vendor()?.to_owned();
    aside(move || {
        let (scenarios, log) = (scenarios()?, since_then(&console, &since)?);
        let judged = certify::judged(&scenarios, &log.calls, &institution);
        let own: Vec<_> = log.calls.iter().filter(|call| call.institution == institution).collect();
        let page = certify::page(&institution, own.first().zip(own.last()), &judged);
        let name = format!("attachment; filename=\"certification-{institution}.html\"");
        let heads =
            [(header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
        Ok((heads, page).into_response())
    })
    .await
}

fn scenarios() -> Result<Vec<Scenario>, Problem> {
    certify::all().map_err(|fault| {
        tracing::error!(fault = %fault, "the scenarios cannot be used");
        Problem::said("internal_error", "验收场景读不出，请告知维护人员")
    })
}

fn since_then(console: &Console, since: &str) -> Result<Log, Problem> {
    let mut log = log(console)?;
    log.calls.retain(|call| is_since(call, some(since)));
    Ok(log)
}

fn steps(scenario: &Scenario) -> Vec<Step<'_>> {
    (1..).zip(&scenario.steps).map(|(number, of)| step(number, of)).collect()
}

fn step(number: usize, of: &certify::Step) -> Step<'_> {
    Step {
        number,
        name: &of.name,
        title: &of.title,
        infno: &of.infno,
        kind: of.kind(),
        outcome: if of.never { String::new() } else { of.outcome.said() },
        trouble: of.trouble.as_deref(),
        means: &of.means,
        checks: of.check.iter().map(|(path, check)| (path.as_str(), check.means.as_str())).collect(),
    }
}

/// Every error code with what it means and what to change (错误码).
pub(super) async fn errors(who: Who) -> Result<Response, Problem> {
    who.vendor()?;
    let row = |code: &Code| json!({ "code": code.name(), "meaning": code.text(), "remedy": remedy(*code) });
    let rows: Vec<_> = Code::ALL.iter().map(row).collect();
    Ok(Json(json!({ "rows": rows, "total": rows.len() })).into_response())
}

/// What became of a message (报文去向).
pub(super) async fn fate(
    State(console): State<Arc<Console>>,
    who: Who,
    Path(msgid): Path<String>,
) -> Result<Response, Problem> {
    let institution = who.vendor()?.to_owned();
    fate_of(&console, institution, msgid).await
}

/// Orders trouble for the institution's next message; in the sandbox only.
pub(super) async fn trouble(State(console): State<Arc<Console>>, who: Who, body: Bytes) -> Result<Response, Problem> {
    let institution = who.vendor()?.to_owned();
    ordered(&console, institution, &body)
}

#[cfg(test)]
mod tests;
