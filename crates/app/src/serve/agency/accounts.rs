//! Family mutual aid, contributions paid out of accounts, and a month's credits over REST.

use std::ops::ControlFlow;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use gongji_domain::Month;
use gongji_register::bond::{Bond, By, Limits};
use serde::Deserialize;
use serde_json::json as value;
use utoipa::ToSchema;

use super::{json, only, read, sit};
use crate::agency::credit::{Report, RunError, Wanted, tie};
use crate::agency::many::Stopped;
use crate::agency::{bond, check_officer, premium};
use crate::his::desk::Desk;
use crate::his::errors::{Code, Fault};
use crate::his::member::masked;
use crate::his::{Book, Service};
use crate::serve::problem::Problem;

type Whole = State<Arc<Service>>;

/// Who acts on a bond: `holder`, `beneficiary` or `officer`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Acting {
    /// 授权人、被授权人或经办人
    #[schema(example = "holder")]
    who: String,
}

/// A holder's limits, in place of those before.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Limiting {
    /// 授权人、被授权人或经办人
    #[schema(example = "holder")]
    who: String,
    #[schema(value_type = Object, example = json!({"year": "1000.00", "purposes": ["clinic"]}))]
    limits: Limits,
    /// The caller's own number: the same setting again under it is one event.
    #[serde(default)]
    request: String,
}

/// How a month is credited.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Crediting {
    /// Work out everything and write nothing (试算).
    #[serde(default)]
    pub(super) preview: bool,
}

/// The bonds that a member gave and received, and what was used (家庭共济).
#[utoipa::path(
    get,
    path = "/agency/v1/members/{person}/bonds",
    params(("person" = String, Path, description = "人员编号")),
    responses((status = 200, body = serde_json::Value), (status = "default", body = Problem))
)]
pub(super) async fn bonds(
    State(service): Whole,
    Path(person): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let browser = only(&headers).is_some();
    let look = move |service: &Service, desk: &Desk<'_>| {
        let mut bonds = bond::list(desk, &person)?;
        let mut uses = bond::used(desk, &service.kept(), &person)?;
        if browser {
            bonds.given.iter_mut().for_each(hide);
            // Whoever is no member is known by the certificate.
            uses.iter_mut()
                .filter(|of| of.patient.len() == CERTIFICATE)
                .for_each(|of| of.patient = masked(&of.patient));
        }
        Ok(value!({ "given": bonds.given, "received": bonds.received, "uses": uses }))
    };
    Ok(json(&sit(&service, &headers, look).await?))
}

/// The length of an identity card's number.
const CERTIFICATE: usize = 18;

/// Certificates as browsers see them.
fn hide(bond: &mut Bond) {
    let request = &mut bond.request;
    for party in [&mut request.holder, &mut request.beneficiary] {
        party.certificate = masked(&party.certificate);
    }
    if let By::Person(certificate) = &mut request.by {
        *certificate = masked(certificate);
    }
}

/// Asks for a bond (共济申请) out of this member's account.
#[utoipa::path(
    post,
    path = "/agency/v1/members/{person}/bonds",
    params(
        ("person" = String, Path, description = "授权人的人员编号"),
        ("X-Officer" = String, Header, description = "经办人，百分号编码"),
    ),
    request_body = serde_json::Value,
    responses((status = 200, body = serde_json::Value), (status = "default", body = Problem))
)]
pub(super) async fn ask(
    State(service): Whole,
    Path(person): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let asked: bond::Asked = read(&body)?;
    let act = move |service: &Service, desk: &Desk<'_>| {
        of(&person, &asked.holder.number)?;
        bond::request(desk, &service.decider(), &asked)
    };
    Ok(json(&sit(&service, &headers, act).await?.answer))
}

/// Confirms a bond (确认): not by who asked for it.
#[utoipa::path(
    post,
    path = "/agency/v1/members/{person}/bonds/{number}/confirm",
    params(
        ("person" = String, Path, description = "授权人的人员编号"),
        ("number" = u64, Path, description = "共济关系编号"),
        ("X-Officer" = String, Header, description = "经办人，百分号编码"),
    ),
    request_body = Acting,
    responses((status = 200, body = serde_json::Value), (status = "default", body = Problem))
)]
pub(super) async fn confirm(
    State(service): Whole,
    Path((person, number)): Path<(String, u64)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let Acting { who } = read(&body)?;
    let act = move |service: &Service, desk: &Desk<'_>| {
        bond::confirm(desk, &service.decider(), (&person, number), &by(desk, (&person, number), &who)?)
    };
    Ok(json(&sit(&service, &headers, act).await?.answer))
}

/// Sets a bond's limits (限额设置).
#[utoipa::path(
    post,
    path = "/agency/v1/members/{person}/bonds/{number}/limits",
    params(
        ("person" = String, Path, description = "授权人的人员编号"),
        ("number" = u64, Path, description = "共济关系编号"),
        ("X-Officer" = String, Header, description = "经办人，百分号编码"),
    ),
    request_body = Limiting,
    responses((status = 200, body = serde_json::Value), (status = "default", body = Problem))
)]
pub(super) async fn limits(
    State(service): Whole,
    Path((person, number)): Path<(String, u64)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let Limiting { who, limits, request } = read(&body)?;
    let act = move |service: &Service, desk: &Desk<'_>| {
        let by = by(desk, (&person, number), &who)?;
        bond::limit(desk, &service.decider(), (&person, number), limits, (&by, &request))
    };
    Ok(json(&sit(&service, &headers, act).await?.answer))
}

/// Ends a bond at once (解除).
#[utoipa::path(
    post,
    path = "/agency/v1/members/{person}/bonds/{number}/unbind",
    params(
        ("person" = String, Path, description = "授权人的人员编号"),
        ("number" = u64, Path, description = "共济关系编号"),
        ("X-Officer" = String, Header, description = "经办人，百分号编码"),
    ),
    request_body = Acting,
    responses((status = 200, body = serde_json::Value), (status = "default", body = Problem))
)]
pub(super) async fn unbind(
    State(service): Whole,
    Path((person, number)): Path<(String, u64)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let Acting { who } = read(&body)?;
    let act = move |service: &Service, desk: &Desk<'_>| {
        bond::unbind(desk, &service.decider(), (&person, number), &by(desk, (&person, number), &who)?)
    };
    Ok(json(&sit(&service, &headers, act).await?.answer))
}

/// Pays a contribution out of this member's account (代扣代缴). The same bill is paid once.
#[utoipa::path(
    post,
    path = "/agency/v1/members/{person}/premiums",
    params(
        ("person" = String, Path, description = "账户持有人的人员编号"),
        ("X-Officer" = String, Header, description = "经办人，百分号编码"),
    ),
    request_body = serde_json::Value,
    responses((status = 200, body = serde_json::Value), (status = "default", body = Problem))
)]
pub(super) async fn pay(
    State(service): Whole,
    Path(person): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let asked: premium::Asked = read(&body)?;
    let act = move |service: &Service, desk: &Desk<'_>| {
        of(&person, &asked.holder)?;
        premium::pay(desk, &service.decider(), &asked)
    };
    Ok(json(&sit(&service, &headers, act).await?.answer))
}

/// Credits an area's members for a month (个人账户计入); answers when it is done. Run again it goes on, and credits nobody
/// twice.
#[utoipa::path(
    post,
    path = "/agency/v1/areas/{area}/credits/{month}",
    params(
        ("area" = String, Path, description = "统筹区"),
        ("month" = String, Path, description = "月份，写作 YYYY-MM"),
        ("X-Officer" = String, Header, description = "经办人，百分号编码"),
    ),
    request_body = Crediting,
    responses((status = 200, body = serde_json::Value), (status = "default", body = Problem))
)]
pub(super) async fn credit(
    State(service): Whole,
    Path((area, month)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let Crediting { preview } = read(&body)?;
    let act = move |service: &Service, desk: &Desk<'_>| {
        credited(service, desk, (&area, &month), preview, |_, _| ControlFlow::Continue(()))
    };
    Ok(json(&sit(&service, &headers, act).await?))
}

/// Credits an area's month, or works out what would be; `done` is told how many of how many and may want no more.
pub(in crate::serve) fn credited(
    service: &Service,
    desk: &Desk<'_>,
    (area, month): (&str, &str),
    preview: bool,
    mut done: impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<Report, Fault> {
    check_officer(desk)?;
    let wrong = |fault| Fault::at(Code::InvalidValue, "month").given(month).allowed(format!(" {fault}"));
    let month: Month = month.parse().map_err(wrong)?;
    let none = || Fault::at(Code::NoPolicyForArea, "area").given(area);
    let decider = service.decider();
    let policies = Arc::clone(&decider).policies().ok_or_else(none)?;
    let wanted = Wanted { policies, area: area.to_owned(), month, known_on: desk.now.day, by: desk.by.to_owned() };
    let reader = service.kept().reader()?;
    let stood = reader.heads().map_err(|error| unread(&error))?;
    let plan = wanted.plan(&reader, &Book::new(decider), preview).map_err(|error| no_run(area, &error))?;
    drop(reader);
    if preview {
        return Ok(plan.report());
    }
    let all = plan.len() as u64;
    let run = plan.run(desk.store, &*service.clock(), |ended| done(ended, all));
    let mut report = run.map_err(|stopped| halted(&stopped))?;
    tie(&mut report, &service.kept().reader()?, &stood).map_err(|error| unread(&error))?;
    Ok(report)
}

fn no_run(area: &str, error: &RunError) -> Fault {
    match error {
        RunError::NoArea(area) => Fault::at(Code::NoPolicyForArea, "area").given(area),
        RunError::Future { month } => Fault::at(Code::InvalidValue, "month").given(month).allowed("已经开始的月份"),
        RunError::NoRules { why, .. } => Fault::spelled(Code::NoPolicyForDate.name(), format!("{area}：{why}")),
        RunError::Read(error) => unread(error),
        RunError::Stopped(stopped) => halted(stopped),
    }
}

/// What was credited stays; run again it goes on.
pub(super) fn halted(stopped: &Stopped) -> Fault {
    tracing::error!(%stopped, "a credit run stopped");
    Fault::new(Code::NotConfirmed)
}

pub(super) fn unread(error: &gongji_store::ReadError) -> Fault {
    tracing::error!(%error, "the store cannot be read");
    Fault::new(Code::DatabaseAway)
}

/// Whom the address names must be whom the body names.
fn of(person: &str, named: &str) -> Result<(), Fault> {
    if person == named {
        return Ok(());
    }
    Err(Fault::at(Code::InvalidValue, "holder").given(named).allowed(format!(" {person}")))
}

/// Who acts, of the two persons of a bond and the officer.
fn by(desk: &Desk<'_>, (person, number): (&str, u64), who: &str) -> Result<By, Fault> {
    let none = |_| Fault::at(Code::InvalidValue, "number").given(number).allowed("授权人名下的共济关系编号");
    let bonds = bond::list(desk, person)?;
    let known = bonds.bond(number).map_err(none)?;
    let by = bond::person(who, &known.request.holder, &known.request.beneficiary, desk.by);
    by.ok_or_else(|| Fault::at(Code::InvalidValue, "who").given(who).allowed(" holder、beneficiary、officer"))
}
