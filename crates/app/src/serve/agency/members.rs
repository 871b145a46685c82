//! Members and their matters over REST.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{json, only, read, sit};
use crate::agency::described::masked_identity;
use crate::agency::matter::{self, Answer, Filing, Listed, Verdict};
use crate::agency::member::{self, Shown, Telling, Written};
use crate::his::Service;
use crate::serve::problem::Problem;

/// Why something is rejected or withdrawn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    /// 理由
    why: String,
}

type Whole = State<Arc<Service>>;

/// What the register says of a member, and what the account holds.
#[utoipa::path(
    get,
    path = "/agency/v1/members/{person}",
    params(("person" = String, Path, description = "人员编号")),
    responses((status = 200, body = Shown), (status = "default", body = Problem))
)]
pub(super) async fn member(
    State(service): Whole,
    Path(person): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut shown = sit(&service, &headers, move |_, desk| member::show(desk, &person)).await?;
    // A browser sees numbers as the pages show them; whole ones are asked for there, with a reason that is kept.
    if only(&headers).is_some() {
        shown.member.identity = masked_identity(&shown.member.identity);
    }
    Ok(json(&shown))
}

/// Tells the register facts about a member (参保登记变更).
#[utoipa::path(
    post,
    path = "/agency/v1/members/{person}/facts",
    params(
        ("person" = String, Path, description = "人员编号"),
        ("X-Officer" = String, Header, description = "经办人，百分号编码"),
    ),
    request_body = Telling,
    responses((status = 200, body = Written), (status = "default", body = Problem))
)]
pub(super) async fn facts(
    State(service): Whole,
    Path(person): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let telling: Telling = read(&body)?;
    let done = sit(&service, &headers, move |_, desk| member::tell(desk, &person, telling)).await?;
    Ok(json(&done.answer))
}

/// A member's applications, and what came of them (业务清单).
#[utoipa::path(
    get,
    path = "/agency/v1/members/{person}/matters",
    params(("person" = String, Path, description = "人员编号")),
    responses((status = 200, body = Listed), (status = "default", body = Problem))
)]
pub(super) async fn matters(
    State(service): Whole,
    Path(person): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let listed = sit(&service, &headers, move |_, desk| matter::list(desk, &person)).await?;
    Ok(json(&listed))
}

/// Files an application (受理). The same again is the same application.
#[utoipa::path(
    post,
    path = "/agency/v1/members/{person}/matters",
    params(
        ("person" = String, Path, description = "人员编号"),
        ("X-Officer" = String, Header, description = "经办人，百分号编码"),
    ),
    request_body = Filing,
    responses((status = 200, body = Answer), (status = "default", body = Problem))
)]
pub(super) async fn file(
    State(service): Whole,
    Path(person): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let filing: Filing = read(&body)?;
    let done = sit(&service, &headers, move |_, desk| matter::file(desk, &person, filing)).await?;
    Ok(json(&done.answer))
}

/// Approves an application (复核), as another officer than who filed it.
#[utoipa::path(
    post,
    path = "/agency/v1/members/{person}/matters/{number}/approve",
    params(
        ("person" = String, Path, description = "人员编号"),
        ("number" = u64, Path, description = "业务编号"),
        ("X-Officer" = String, Header, description = "经办人，百分号编码"),
    ),
    responses((status = 200, body = Answer), (status = "default", body = Problem))
)]
pub(super) async fn approve(
    State(service): Whole,
    Path(of): Path<(String, u64)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    decide(&service, of, &headers, Verdict::Approve).await
}

/// Carries an application out (办结): what it moves is planned from what the account holds now.
#[utoipa::path(
    post,
    path = "/agency/v1/members/{person}/matters/{number}/carry-out",
    params(
        ("person" = String, Path, description = "人员编号"),
        ("number" = u64, Path, description = "业务编号"),
        ("X-Officer" = String, Header, description = "经办人，百分号编码"),
    ),
    responses((status = 200, body = Answer), (status = "default", body = Problem))
)]
pub(super) async fn carry_out(
    State(service): Whole,
    Path(of): Path<(String, u64)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    decide(&service, of, &headers, Verdict::CarryOut).await
}

/// Rejects an application (不予办理).
#[utoipa::path(
    post,
    path = "/agency/v1/members/{person}/matters/{number}/reject",
    params(
        ("person" = String, Path, description = "人员编号"),
        ("number" = u64, Path, description = "业务编号"),
        ("X-Officer" = String, Header, description = "经办人，百分号编码"),
    ),
    request_body = Why,
    responses((status = 200, body = Answer), (status = "default", body = Problem))
)]
pub(super) async fn reject(
    State(service): Whole,
    Path(of): Path<(String, u64)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let Why { why } = read(&body)?;
    decide(&service, of, &headers, Verdict::Reject { why }).await
}

/// Withdraws an application (撤回).
#[utoipa::path(
    post,
    path = "/agency/v1/members/{person}/matters/{number}/withdraw",
    params(
        ("person" = String, Path, description = "人员编号"),
        ("number" = u64, Path, description = "业务编号"),
        ("X-Officer" = String, Header, description = "经办人，百分号编码"),
    ),
    request_body = Why,
    responses((status = 200, body = Answer), (status = "default", body = Problem))
)]
pub(super) async fn withdraw(
    State(service): Whole,
    Path(of): Path<(String, u64)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let Why { why } = read(&body)?;
    decide(&service, of, &headers, Verdict::Withdraw { why }).await
}

async fn decide(
    service: &Arc<Service>,
    (person, number): (String, u64),
    headers: &HeaderMap,
    verdict: Verdict,
) -> Result<Response, Problem> {
    let done = sit(service, headers, move |_, desk| matter::decide(desk, &person, number, verdict)).await?;
    Ok(json(&done.answer))
}
