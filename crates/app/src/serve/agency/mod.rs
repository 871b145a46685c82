//! The counter over REST (经办接口): JSON over the functions of the agency. Thin: reads a request, calls, writes an answer.
//! Programs of this machine are believed the name in `X-Officer`; a browser acts under the account that is signed in.

mod accounts;
mod batches;
mod describe;
mod gate;
mod members;
mod sheets;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use percent_encoding::percent_decode;
use serde::de::DeserializeOwned;

use crate::his::Service;
use crate::his::desk::Desk;
use crate::his::errors::{Code, Fault};
use crate::his::moment::Moment;
use crate::serve::doors::Doors;
use crate::serve::problem::Problem;
pub(super) use accounts::credited;
pub(super) use batches::carried_over;
pub(crate) use describe::description;
use gate::Gate;

/// Where everything lies.
pub(crate) const ROOT: &str = "/agency/v1";
/// The most bytes of a file: a list of a million members is about a hundred million.
const LARGEST: usize = 256 << 20;
/// Who does it (经办人), percent-encoded where it is not plain.
const OFFICER: &str = "x-officer";
/// The one area (统筹区) that may be concerned; said by the gate alone, of officers who are signed in.
const ONLY: &str = "x-officer-area";

/// The routes, for programs of this machine and for officers who are signed in.
pub(crate) fn routes(service: Arc<Service>, doors: Option<Arc<Doors>>) -> Router {
    let gate = Gate { service: Arc::clone(&service), doors };
    let at = |path: &str| format!("{ROOT}{path}");
    Router::new()
        .route(&at("/openapi.json"), get(describe::openapi))
        .route(&at("/members"), post(batches::members).layer(DefaultBodyLimit::max(LARGEST)))
        .route(&at("/contributions"), post(batches::contributions).layer(DefaultBodyLimit::max(LARGEST)))
        .route(&at("/members/{person}"), get(members::member))
        .route(&at("/members/{person}/facts"), post(members::facts))
        .route(&at("/members/{person}/matters"), get(members::matters).post(members::file))
        .route(&at("/members/{person}/matters/{number}/approve"), post(members::approve))
        .route(&at("/members/{person}/matters/{number}/reject"), post(members::reject))
        .route(&at("/members/{person}/matters/{number}/withdraw"), post(members::withdraw))
        .route(&at("/members/{person}/matters/{number}/carry-out"), post(members::carry_out))
        .route(&at("/members/{person}/bonds"), get(accounts::bonds).post(accounts::ask))
        .route(&at("/members/{person}/bonds/{number}/confirm"), post(accounts::confirm))
        .route(&at("/members/{person}/bonds/{number}/limits"), post(accounts::limits))
        .route(&at("/members/{person}/bonds/{number}/unbind"), post(accounts::unbind))
        .route(&at("/members/{person}/premiums"), post(accounts::pay))
        .route(&at("/members/{person}/statement"), get(sheets::statement))
        .route(&at("/members/{person}/before-after"), get(sheets::of_member))
        .route(&at("/areas/{area}/carry-over/{year}"), post(batches::carry_over))
        .route(&at("/areas/{area}/credits/{month}"), post(accounts::credit))
        .route(&at("/areas/{area}/matters"), get(sheets::kinds))
        .route(&at("/areas/{area}/report"), get(sheets::report))
        .route(&at("/areas/{area}/before-after"), post(sheets::before_after))
        .route(&at("/areas/{area}/before-after/{example}"), get(sheets::example))
        .layer(axum::middleware::from_fn_with_state(Arc::new(gate), gate::pass))
        .with_state(service)
}

/// Does something at the counter, on a thread that may wait for the store.
async fn sit<T: Send + 'static>(
    service: &Arc<Service>,
    headers: &HeaderMap,
    work: impl FnOnce(&Service, &Desk<'_>) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Problem> {
    let by = officer(headers)?;
    let service = Arc::clone(service);
    let done = tokio::task::spawn_blocking(move || {
        let desk = Desk { store: service.store(), now: Moment::of(service.clock().now()), by: &by };
        work(&service, &desk)
    });
    let done = done.await.unwrap_or_else(|error| {
        tracing::error!(%error, "an act at the counter panicked");
        Err(Fault::new(Code::InternalError))
    });
    done.map_err(|fault| Problem::of(&fault))
}

/// Who asks; empty where nobody is named, which only looking allows.
fn officer(headers: &HeaderMap) -> Result<String, Problem> {
    let Some(named) = headers.get(OFFICER) else { return Ok(String::new()) };
    let decoded = percent_decode(named.as_bytes()).decode_utf8();
    let wrong = || Problem::of(&Fault::at(Code::InvalidUtf8, "X-Officer").allowed("以百分号编码的 UTF-8"));
    decoded.map(|name| name.trim().to_owned()).map_err(|_| wrong())
}

/// The one area that a request may concern; none for programs of this machine, which may concern all.
fn only(headers: &HeaderMap) -> Option<String> {
    headers.get(ONLY).and_then(|area| area.to_str().ok()).map(str::to_owned)
}

/// A body as what it should be; unknown keys are errors.
fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        let code = if error.is_data() { Code::InvalidValue } else { Code::InvalidJson };
        Problem::of(&Fault::spelled(code.name(), format!("{}：{error}", code.text())))
    })
}

/// JSON with the status of something done.
fn json(body: &impl serde::Serialize) -> Response {
    axum::Json(body).into_response()
}
