//! Files and runs over REST: a list of members, the tax office's feed, the turn of the year. The body of a file is the
//! file itself; its name says its form.

#![expect(unused_qualifications, reason = "the macro that describes parameters writes them so")]

use std::ops::ControlFlow;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use gongji_domain::Day;
use serde::Deserialize;
use serde_json::{Value, json as value};
use utoipa::IntoParams;

use super::accounts::{Crediting, halted, unread};
use super::sheets::{Format, given};
use super::{json, only, read, sit};
use crate::agency::carry_over::{self, CarryError};
use crate::agency::check_officer;
use crate::agency::contribute::{self, FeedError};
use crate::agency::import::{self, Bad, Reading, import};
use crate::agency::table::{Cell, Table};
use crate::his::book::Told;
use crate::his::desk::Desk;
use crate::his::errors::{Code, Fault};
use crate::his::{Book, Policies, Service};
use crate::serve::problem::Problem;

type Whole = State<Arc<Service>>;

/// A list of members.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    /// The file's name, such as members.csv: .csv, .tsv, .txt or .xlsx
    name: String,
    /// 统筹区 of rows that say none
    #[serde(default)]
    area: Option<String>,
    /// 生效日期 of rows that say none
    #[serde(default)]
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// Check only
    #[serde(default)]
    dry_run: bool,
    /// Take the rows that are right although others are bad
    #[serde(default)]
    skip_bad: bool,
    /// 事由
    #[serde(default)]
    why: String,
    /// 材料
    #[serde(default)]
    document: String,
    /// As csv or xlsx: checks only, and gives the bad cells as a file
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// The tax office's feed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Feed {
    /// The file's name
    name: String,
    /// Check only
    #[serde(default)]
    dry_run: bool,
}

/// Imports a list of members (参保登记批量导入); the body is the file.
#[utoipa::path(
    post,
    path = "/agency/v1/members",
    params(List, ("X-Officer" = String, Header, description = "经办人，百分号编码")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Value), (status = "default", body = Problem))
)]
pub(super) async fn members(
    State(service): Whole,
    Query(list): Query<List>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let (only, format) = (only(&headers), list.format);
    let act = move |service: &Service, desk: &Desk<'_>| imported(service, desk, (list, only.as_deref()), body.to_vec());
    let report = sit(&service, &headers, act).await?;
    let bad =
        |bad: &Bad| value!({ "line": bad.line, "column": bad.column, "given": bad.given, "allowed": bad.allowed });
    let whole = value!({
        "read": report.read, "enrolled": report.enrolled, "changed": report.changed, "same": report.same,
        "refused": report.refused, "dry_run": report.dry_run, "bad": report.bad.iter().map(bad).collect::<Vec<_>>(),
    });
    given(format, &whole, &cells(&report))
}

/// The cells that are wrong, so that whoever made the list can mend it.
fn cells(report: &import::Report) -> Table {
    let row = |bad: &Bad| [bad.line.to_string(), bad.column.clone(), bad.given.clone(), bad.allowed.clone()];
    Table {
        title: "名单有错的单元格",
        above: vec![("行数", report.read.to_string()), ("有错", report.bad.len().to_string())],
        heads: vec!["行", "列", "填写", "应为"],
        rows: report.bad.iter().map(|bad| row(bad).map(Cell::Text).to_vec()).collect(),
    }
}

fn imported(
    service: &Service,
    desk: &Desk<'_>,
    (list, only): (List, Option<&str>),
    body: Vec<u8>,
) -> Result<import::Report, Fault> {
    check_officer(desk)?;
    let decider = service.decider();
    let List { name, area, from, dry_run, skip_bad, why, document, format } = list;
    let wanted = import::Wanted {
        store: desk.store,
        reading: Reading { decider: &*decider, area: area.as_deref().or(only), from, only },
        files: &[(name, body)],
        now: desk.now,
        told: Told { by: desk.by.to_owned(), why, document },
        dry_run: dry_run || format != Format::Json,
        skip_bad,
    };
    import(&wanted, &mut |_, _, _| {}).map_err(|error| unusable(&format!("{error:#}")))
}

/// Takes in contributions from the tax office's feed (缴费到账); the body is the file.
#[utoipa::path(
    post,
    path = "/agency/v1/contributions",
    params(Feed, ("X-Officer" = String, Header, description = "经办人，百分号编码")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Value), (status = "default", body = Problem))
)]
pub(super) async fn contributions(
    State(service): Whole,
    Query(feed): Query<Feed>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let only = only(&headers);
    let act = move |service: &Service, desk: &Desk<'_>| fed(service, desk, (&feed, only), &body);
    Ok(json(&sit(&service, &headers, act).await?))
}

fn fed(service: &Service, desk: &Desk<'_>, (feed, only): (&Feed, Option<String>), body: &[u8]) -> Result<Value, Fault> {
    check_officer(desk)?;
    let policies = policies(service)?;
    let wanted = contribute::Wanted { policies, known_on: desk.now.day, by: desk.by.to_owned(), only };
    let (reader, book) = (service.kept().reader()?, Book::new(service.decider()));
    let store = (!feed.dry_run).then_some(desk.store);
    let run =
        wanted.run((&feed.name, body), &reader, &book, store, &*service.clock(), |_, _| ControlFlow::Continue(()));
    let report = run.map_err(|error| match error {
        FeedError::File(why) => unusable(&why),
        FeedError::Read(error) => unread(&error),
        FeedError::Stopped(stopped) => halted(&stopped),
    })?;
    let bad = |bad: &contribute::Bad| value!({ "line": bad.row, "column": bad.column, "given": bad.given, "allowed": bad.allowed });
    let [wrong, noted] = [&report.bad, &report.noted].map(|rows| rows.iter().map(bad).collect::<Vec<_>>());
    Ok(value!({ "report": report, "bad": wrong, "noted": noted }))
}

/// Carries the year that has ended over (年度结转).
#[utoipa::path(
    post,
    path = "/agency/v1/areas/{area}/carry-over/{year}",
    params(
        ("area" = String, Path, description = "统筹区"),
        ("year" = i32, Path, description = "上一年度"),
        ("X-Officer" = String, Header, description = "经办人，百分号编码"),
    ),
    request_body = Crediting,
    responses((status = 200, body = Value), (status = "default", body = Problem))
)]
pub(super) async fn carry_over(
    State(service): Whole,
    Path((area, year)): Path<(String, i32)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let Crediting { preview } = read(&body)?;
    let act = move |service: &Service, desk: &Desk<'_>| {
        carried_over(service, desk, (&area, year), preview, |_, _| ControlFlow::Continue(()))
    };
    Ok(json(&sit(&service, &headers, act).await?))
}

/// Carries an area's year over, or works out what would be; `done` is told how many of how many and may want no more.
pub(in crate::serve) fn carried_over(
    service: &Service,
    desk: &Desk<'_>,
    (area, year): (&str, i32),
    preview: bool,
    done: impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<carry_over::Report, Fault> {
    check_officer(desk)?;
    let wanted = carry_over::Wanted { area: area.to_owned(), year, by: desk.by.to_owned() };
    let (reader, book) = (service.kept().reader()?, Book::new(service.decider()));
    let store = (!preview).then_some(desk.store);
    wanted.run(&reader, &book, store, &*service.clock(), done).map_err(|error| match error {
        CarryError::NotLast { last, .. } => {
            Fault::at(Code::InvalidValue, "year").given(year).allowed(format!(" {last}"))
        }
        CarryError::Read(error) => unread(&error),
        CarryError::Stopped(stopped) => halted(&stopped),
    })
}

/// The packages that decide.
pub(super) fn policies(service: &Service) -> Result<Arc<Policies>, Fault> {
    service.decider().policies().ok_or_else(|| Fault::new(Code::NoPolicyForArea))
}

/// A file that is none.
fn unusable(why: &str) -> Fault {
    Fault::spelled(Code::InvalidValue.name(), format!("{}：{why}", Code::InvalidValue.text())).field("name")
}
