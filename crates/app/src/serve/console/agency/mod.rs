//! What the officers' pages (经办业务) ask for beside the counter's own interface at `/agency/v1`: lists with everything that
//! stands on a screen, each also as a workbook, and runs that take their time. An officer sees their own area alone.
//! One file a page; its routes stand below.

mod bonds;
mod ledger;
mod matters;
mod members;
mod reconcile;
mod run;
mod runs;
mod settlements;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{DefaultBodyLimit, Query};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use gongji_domain::Day;
use serde::Serialize;

use super::paging::{Page, Paging};
use super::{Console, ROOT, Who, aside};
use crate::his::desk::Desk;
use crate::his::errors::{Code, Fault};
use crate::his::listing::Listings;
use crate::his::{Book, Moment, Service};
use crate::serve::problem::Problem;
pub(crate) use run::Runs;

/// The most bytes of the files that are reconciled.
const LARGEST: usize = 32 << 20;
/// The most rows that leave as one workbook.
const EXPORTED: usize = 100_000;

/// The routes of the officers' pages.
pub(super) fn routes() -> Router<Arc<Console>> {
    let at = |path: &str| format!("{ROOT}/agency{path}");
    Router::new()
        .route(&at("/institutions"), get(settlements::institutions))
        .route(&at("/members"), get(members::list))
        .route(&at("/members.xlsx"), get(members::export))
        .route(&at("/members/{person}"), get(members::member))
        .route(&at("/members/{person}/history"), get(members::history))
        .route(&at("/members/{person}/reveal"), post(members::reveal))
        .route(&at("/members/{person}/preview"), post(members::preview))
        .route(&at("/members/{person}/bonds"), get(bonds::list).post(bonds::ask))
        .route(&at("/members/{person}/bonds/{number}/{act}"), post(bonds::act))
        .route(&at("/members/{person}/premiums"), post(bonds::pay))
        .route(&at("/matters"), get(matters::list))
        .route(&at("/matters.xlsx"), get(matters::export))
        .route(&at("/matters/{person}/{number}"), get(matters::matter))
        .route(&at("/credits"), post(runs::credit))
        .route(&at("/carry-over"), post(runs::carry_over))
        .route(&at("/runs"), get(runs::list))
        .route(&at("/runs/{number}"), get(runs::run))
        .route(&at("/runs/{number}/stop"), post(runs::stop))
        .route(&at("/runs/{number}/left-out"), get(runs::left_out))
        .route(&at("/runs/{number}/left-out.xlsx"), get(runs::left_out_export))
        .route(&at("/settlements"), get(settlements::list))
        .route(&at("/settlements.xlsx"), get(settlements::export))
        .route(&at("/settlements/{number}"), get(settlements::settlement))
        .route(&at("/reconcile"), post(reconcile::reconcile).layer(DefaultBodyLimit::max(LARGEST)))
        .route(&at("/reconcile.xlsx"), post(reconcile::export).layer(DefaultBodyLimit::max(LARGEST)))
        .route(&at("/ledger/trial"), get(ledger::trial))
        .route(&at("/ledger/trial.xlsx"), get(ledger::trial_export))
        .route(&at("/ledger/account"), get(ledger::account))
        .route(&at("/ledger/account.xlsx"), get(ledger::account_export))
        .route(&at("/ledger/days"), get(ledger::days))
        .route(&at("/ledger/days.xlsx"), get(ledger::days_export))
        .route(&at("/ledger/close"), post(ledger::close))
}

/// An officer with what they look at.
struct Sight<'a> {
    service: &'a Arc<Service>,
    desk: Desk<'a>,
    /// 统筹区 of the officer.
    area: &'a str,
    /// What lists read of the journal.
    listings: &'a Listings,
}

impl Sight<'_> {
    fn today(&self) -> Day {
        self.desk.now.day
    }

    /// How events are folded.
    fn book(&self) -> Book {
        Book::new(self.service.decider())
    }

    /// A member of the officer's own area.
    fn own(&self, person: &str) -> Result<crate::agency::member::Shown, Problem> {
        let shown = crate::agency::member::show(&self.desk, person)?;
        if shown.member.area == self.area {
            return Ok(shown);
        }
        Err(not_yours(&format!("参保人 {person}"), self.area))
    }
}

/// Looks or does something as an officer, on a thread that may wait.
async fn sit<T: Send + 'static>(
    console: &Arc<Console>,
    who: &Who,
    work: impl FnOnce(&Sight<'_>) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let (area, by) = (who.officer()?.to_owned(), who.account.shown.clone());
    let console = Arc::clone(console);
    aside(move || {
        let service = &console.service;
        let now = Moment::of(service.clock().now());
        let desk = Desk { store: service.store(), now, by: &by };
        work(&Sight { service, desk, area: &area, listings: &console.listings })
    })
    .await
}

/// What belongs to another area.
fn not_yours(what: &str, area: &str) -> Problem {
    Problem::said("not_your_area", format!("{what}不在统筹区 {area}，请转由其参保地经办机构办理"))
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self::of(&fault)
    }
}

/// The store cannot be read.
fn unread(error: impl std::fmt::Display) -> Problem {
    tracing::error!(%error, "the store cannot be read");
    Problem::of(&Fault::new(Code::DatabaseAway))
}

/// Whether a list is not too long for one workbook.
fn exportable<T>(rows: &[T]) -> Result<(), Problem> {
    let many = || format!("共 {} 行，一次至多导出 {EXPORTED} 行，请缩小查询范围", rows.len());
    if rows.len() <= EXPORTED { Ok(()) } else { Err(Problem::said("too_many_rows", many())) }
}

/// What stands behind the question mark.
fn asked<T>(query: Result<Query<T>, QueryRejection>) -> Result<T, Problem> {
    let wrong =
        |error: QueryRejection| Problem::said("invalid_value", format!("查询条件不合规定：{}", error.body_text()));
    query.map(|Query(asked)| asked).map_err(wrong)
}

/// A field of a query, where something is written in it.
fn given<T: std::str::FromStr>(field: &str, text: &str, allowed: &str) -> Result<Option<T>, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |_| Problem::said("invalid_value", format!("「{text}」应为{allowed}")).at(field);
    text.parse().map(Some).map_err(wrong)
}

const A_DAY: &str = "日期，写作 YYYY-MM-DD";

fn json(body: &impl Serialize) -> Response {
    axum::Json(body).into_response()
}
