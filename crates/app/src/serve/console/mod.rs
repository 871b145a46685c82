//! The console (网页控制台) and the public calculator: what pages ask for, as JSON under `/api/v1`, and the pages themselves. A page
//! is one file here and one folder in `console/src/pages`; each asks for the role that it needs by [`Who`].

pub(crate) mod agency;
pub(crate) mod assets;
mod calculator;
mod kept;
mod policies;
pub(crate) mod runs;
mod session;
mod sheet;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod tried;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde::de::DeserializeOwned;

use crate::his::{Policies, Service};
use crate::policy::shelf::Shelf;
use crate::serve::doors::{Doors, Who};
use crate::serve::problem::Problem;
use crate::sheet::Font;

/// Where everything lies.
pub(crate) const ROOT: &str = "/api/v1";

/// What the pages are made of.
pub(crate) struct Console {
    pub service: Arc<Service>,
    pub doors: Arc<Doors>,
    pub policies: Arc<Policies>,
    /// The same packages and the examples, for looking at.
    pub shelf: Shelf,
    /// Whether this is a sandbox (沙箱): vendors may order trouble, and nothing is anybody's.
    pub sandbox: bool,
    /// Folder of the call log (报文记录), if one is kept.
    pub calls: Option<PathBuf>,
    /// The font of printed sheets, when it is first needed.
    pub font: OnceLock<Result<Font, String>>,
    /// Where that lies, if somebody says so.
    pub font_file: Option<PathBuf>,
    /// Long runs that officers began.
    pub acts: Arc<agency::Runs>,
    /// Simulations that wait, go on and have ended.
    pub runs: Arc<runs::Runs>,
}

impl Console {
    /// The font of printed sheets.
    ///
    /// # Errors
    /// When there is none, with what to install.
    fn font(&self) -> Result<&Font, String> {
        let found = self.font.get_or_init(|| Font::find(self.font_file.as_deref()));
        found.as_ref().map_err(Clone::clone)
    }
}

/// The routes of all pages.
pub(crate) fn routes(console: Arc<Console>) -> Router {
    let at = |path: &str| format!("{ROOT}{path}");
    Router::new()
        .route(&at("/session"), get(session::look).post(session::begin).delete(session::end))
        .route(&at("/settlements/{id}/sheet.pdf"), get(sheet::of))
        .merge(agency::routes())
        .route(&at("/areas"), get(calculator::areas))
        .route(&at("/quote"), post(calculator::quote))
        .route(&at("/otherwise"), post(calculator::otherwise))
        .route(&at("/curve"), post(calculator::curve))
        .route(&at("/compare"), post(calculator::compare))
        .route(&at("/policies"), get(policies::list))
        .route(&at("/policies/diff"), get(policies::diff))
        .route(&at("/policies/new"), get(policies::scaffold))
        .route(&at("/policies/check"), post(policies::check).layer(policies::largest()))
        .route(&at("/policies/{id}"), get(policies::one))
        .route(&at("/policies/{id}/files"), get(policies::file))
        .merge(runs::routes())
        .layer(axum::middleware::from_fn(never_kept))
        .layer(Extension(Arc::clone(&console.doors)))
        .with_state(console)
}

/// What pages are told is of this moment and this account.
async fn never_kept(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// A body as what it should be; unknown keys are errors.
fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        let code = if error.is_data() { "invalid_value" } else { "invalid_json" };
        Problem::said(code, format!("请求不合规定：{error}"))
    })
}

/// What stands behind the `?` of an address; unknown names are errors.
fn asked<T>(query: Result<Query<T>, QueryRejection>) -> Result<T, Problem> {
    query
        .map(|Query(asked)| asked)
        .map_err(|fault| Problem::said("invalid_value", format!("地址不合规定：{}", fault.body_text())))
}

/// Works on a thread that may wait, for the store or for long sums.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T, Problem> + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a page's work panicked");
        Err(Problem::said("internal_error", "服务内部出错，请把时间和操作告诉维护人员"))
    })
}
