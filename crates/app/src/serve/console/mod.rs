//! The console (网页控制台) and the public calculator: what pages ask for, as JSON under `/api/v1`, and the pages themselves. A page
//! is one file here and one folder in `console/src/pages`; each asks for the role that it needs by [`Who`].

pub(crate) mod agency;
pub(crate) mod assets;
mod calculator;
mod cashier;
mod differences;
mod family;
mod mine;
mod paging;
mod policies;
pub(crate) mod runs;
mod session;
mod sheet;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod tried;
mod vendor;

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
use gongji_policy::Folder;
use serde::de::DeserializeOwned;

use crate::cli::load;
use crate::his::listing::Listings;
use crate::his::{Policies, Service};
use crate::policy::shelf::Shelf;
use crate::serve::doors::{Doors, Who};
use crate::serve::line::Line;
use crate::serve::problem::Problem;
use crate::sheet::Font;

/// Where everything lies.
pub(crate) const ROOT: &str = "/api/v1";

/// What the pages are made of.
pub(crate) struct Console {
    service: Arc<Service>,
    pub doors: Arc<Doors>,
    policies: Arc<Policies>,
    /// The same packages and the examples, for looking at.
    shelf: Shelf,
    /// Whether this is a sandbox (沙箱): vendors may order trouble, and nothing is anybody's.
    sandbox: bool,
    /// Folder of the call log (报文记录), if one is kept.
    calls: Option<PathBuf>,
    /// Over which messages go to the service.
    line: Arc<Line>,
    /// The font of printed sheets, when it is first needed.
    font: OnceLock<Result<Font, String>>,
    /// Where that lies, if somebody says so.
    font_file: Option<PathBuf>,
    /// Long runs that officers began.
    acts: Arc<agency::Runs>,
    /// What officers' lists read of the journal.
    listings: Listings,
    /// Simulations that wait, go on and have ended.
    runs: Arc<runs::Runs>,
}

/// What a service brings to its pages.
pub(crate) struct Setting {
    pub line: Arc<Line>,
    pub doors: Doors,
    pub policies: Arc<Policies>,
    /// Where the packages came from.
    pub packages: load::Policies,
    pub folders: Vec<Folder>,
    pub sandbox: bool,
    pub calls: Option<PathBuf>,
    pub font: Option<PathBuf>,
}

impl Console {
    pub(crate) fn new(setting: Setting) -> Self {
        let Setting { line, doors, policies, packages, folders, sandbox, calls, font } = setting;
        let service = Arc::clone(&line.service);
        Self {
            doors: Arc::new(doors),
            shelf: Shelf::new(Arc::clone(&policies), folders),
            policies,
            sandbox,
            calls,
            line,
            font: OnceLock::new(),
            font_file: font,
            acts: Arc::default(),
            listings: Listings::default(),
            runs: runs::Runs::new(packages, service.clock()),
            service,
        }
    }

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
        .route(&at("/me"), get(mine::overview))
        .route(&at("/me/statement"), get(mine::statement))
        .route(&at("/me/settlements"), get(mine::settlements))
        .route(&at("/me/settlements/{id}"), get(mine::settlement))
        .route(&at("/me/bonds"), get(mine::bonds).post(mine::ask))
        .route(&at("/me/bonds/{number}/{act}"), post(mine::act))
        .route(&at("/cashier"), get(cashier::desk))
        .route(&at("/cashier/catalogue"), get(cashier::catalogue))
        .route(&at("/cashier/messages"), post(cashier::send))
        .route(&at("/cashier/books"), post(cashier::books::hold).layer(cashier::books::largest()))
        .route(&at("/cashier/messages/{msgid}"), get(cashier::fate))
        .route(&at("/cashier/trouble"), post(cashier::trouble))
        .route(&at("/vendor"), get(vendor::about))
        .route(&at("/vendor/calls"), get(vendor::calls))
        .route(&at("/vendor/certification"), get(vendor::certification))
        .route(&at("/vendor/certification/report"), get(vendor::report))
        .route(&at("/vendor/errors"), get(vendor::errors))
        .route(&at("/vendor/messages/{msgid}"), get(vendor::fate))
        .route(&at("/vendor/trouble"), post(vendor::trouble))
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

/// What an institution is called; its number where nobody knows it.
fn institution_name(service: &Service, code: &str) -> String {
    service.directory().institution(code).map_or_else(|| code.to_owned(), |known| known.name.clone())
}
