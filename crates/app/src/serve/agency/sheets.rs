//! Statements, statistics and comparisons over REST: as JSON, csv or a workbook.

#![expect(unused_qualifications, reason = "the macro that describes parameters writes them so")]

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use gongji_domain::{Day, Fen};
use gongji_policy::Area;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{json, read, sit};
use crate::agency::before_after::{self, Question, Sheet};
use crate::agency::report::{self, Year};
use crate::agency::rules::{self, Rule, WORDS};
use crate::agency::statement::{Statement, statement as made};
use crate::agency::table::Table;
use crate::agency::{before_after_of, member};
use crate::his::Service;
use crate::his::desk::Desk;
use crate::his::errors::{Code, Fault};
use crate::serve::handout;
use crate::serve::problem::Problem;

type Whole = State<Arc<Service>>;

/// In which form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Format {
    #[default]
    Json,
    Csv,
    Xlsx,
}

/// Which days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Days {
    /// First day, by the days of recording (入账日).
    #[param(value_type = String, format = Date)]
    from: Day,
    /// Last day.
    #[param(value_type = String, format = Date)]
    to: Day,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Which year.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct OfYear {
    year: i32,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

pub(super) fn given(format: Format, whole: &impl Serialize, table: &Table) -> Result<Response, Problem> {
    match format {
        Format::Json => Ok(json(whole)),
        Format::Csv => handout::csv(table),
        Format::Xlsx => handout::workbook(table),
    }
}

/// What stands behind the question mark; unknown keys are errors.
fn asked<T>(query: Result<Query<T>, axum::extract::rejection::QueryRejection>) -> Result<T, Problem> {
    let wrong = |error: axum::extract::rejection::QueryRejection| {
        let code = Code::InvalidValue;
        Problem::of(&Fault::spelled(code.name(), format!("{}：{}", code.text(), error.body_text())))
    };
    query.map(|Query(asked)| asked).map_err(wrong)
}

/// A member's account for some days (对账单).
#[utoipa::path(
    get,
    path = "/agency/v1/members/{person}/statement",
    params(("person" = String, Path, description = "人员编号"), Days),
    responses((status = 200, body = Statement), (status = "default", body = Problem))
)]
pub(super) async fn statement(
    State(service): Whole,
    Path(person): Path<String>,
    days: Result<Query<Days>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Days { from, to, format } = asked(days)?;
    let work = move |service: &Service, desk: &Desk<'_>| made(desk, || service.kept(), &person, from, to);
    let statement = sit(&service, &headers, work).await?;
    given(format, &statement, &statement.table())
}

/// Which year of a member.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct OfMember {
    year: i32,
    /// The year's credit as it was before the reform, where no package works it out.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "3300.00")]
    credit_before: Option<Fen>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// What the reform changed for a registered member in a year (本人的改革前后对比).
#[utoipa::path(
    get,
    path = "/agency/v1/members/{person}/before-after",
    params(("person" = String, Path, description = "人员编号"), OfMember),
    responses((status = 200, body = Sheet), (status = "default", body = Problem))
)]
pub(super) async fn of_member(
    State(service): Whole,
    Path(person): Path<String>,
    of: Result<Query<OfMember>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let OfMember { year, credit_before, format } = asked(of)?;
    let work = move |service: &Service, desk: &Desk<'_>| {
        let area = member::show(desk, &person)?.member.area;
        before_after_of::sheet(desk, || service.kept(), packaged(service, &area)?, &person, year, credit_before)
    };
    let sheet = sit(&service, &headers, work).await?;
    given(format, &sheet, &sheet.table())
}

/// A year's income and spending of an area's accounts (个人账户收支统计).
#[utoipa::path(
    get,
    path = "/agency/v1/areas/{area}/report",
    params(("area" = String, Path, description = "统筹区"), OfYear),
    responses((status = 200, body = Year), (status = "default", body = Problem))
)]
pub(super) async fn report(
    State(service): Whole,
    Path(area): Path<String>,
    year: Result<Query<OfYear>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let OfYear { year, format } = asked(year)?;
    let year = sit(&service, &headers, move |service, _| report::year(&service.kept(), &area, year)).await?;
    given(format, &year, &year.sheet())
}

/// What can be applied for in an area: documents, officers, articles.
#[utoipa::path(
    get,
    path = "/agency/v1/areas/{area}/matters",
    params(("area" = String, Path, description = "统筹区")),
    responses((status = 200, body = BTreeMap<String, Rule>), (status = "default", body = Problem))
)]
pub(super) async fn kinds(Path(area): Path<String>) -> Result<Response, Problem> {
    let rules = rules::rules().map_err(|fault| Problem::of(&fault))?;
    let kinds = WORDS.into_iter().filter_map(|word| Some((word, rules.of(&area, word)?)));
    Ok(json(&kinds.collect::<BTreeMap<&str, Rule>>()))
}

/// What the reform changed for given numbers (改革前后对比).
#[utoipa::path(
    post,
    path = "/agency/v1/areas/{area}/before-after",
    params(("area" = String, Path, description = "统筹区")),
    request_body = Question,
    responses((status = 200, body = Sheet), (status = "default", body = Problem))
)]
pub(super) async fn before_after(
    State(service): Whole,
    Path(area): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let question: Question = read(&body)?;
    let sheet = sit(&service, &headers, move |service, _| compared(service, &area, &question)).await?;
    Ok(json(&sheet))
}

/// A printed example that ships (公布的算例).
#[utoipa::path(
    get,
    path = "/agency/v1/areas/{area}/before-after/{example}",
    params(
        ("area" = String, Path, description = "统筹区"),
        ("example" = usize, Path, description = "第几例"),
    ),
    responses((status = 200, body = Sheet), (status = "default", body = Problem))
)]
pub(super) async fn example(
    State(service): Whole,
    Path((area, example)): Path<(String, usize)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let work = move |service: &Service, _: &Desk<'_>| {
        let examples = before_after::examples(&area)?;
        let count = examples.len();
        let none = || Fault::at(Code::InvalidValue, "example").given(example).allowed(format!(" 1 至 {count}"));
        let question = example.checked_sub(1).and_then(|at| examples.get(at)).ok_or_else(none)?;
        compared(service, &area, question)
    };
    Ok(json(&sit(&service, &headers, work).await?))
}

fn compared(service: &Service, area: &str, question: &Question) -> Result<Sheet, Fault> {
    before_after::sheet(packaged(service, area)?, question)
}

fn packaged<'s>(service: &'s Service, area: &str) -> Result<&'s Area, Fault> {
    service.area(area).ok_or_else(|| Fault::at(Code::NoPolicyForArea, "area").given(area))
}
