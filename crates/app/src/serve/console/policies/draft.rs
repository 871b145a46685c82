//! A draft package: a folder to begin with, and the check of one that is uploaded, as `gongji policy check` does it.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use gongji_policy::{Fault, Severity, SourceFile, line_column};
use multer::{Constraints, Multipart, SizeLimit};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use crate::his::Moment;
use crate::policy::check::{self as checking, Checked, cases_words};
use crate::policy::scaffold as making;
use crate::policy::upload::{self, Brought, LARGEST};
use crate::serve::console::{Console, Who, aside, asked};
use crate::serve::problem::Problem;

/// Room for the lines between the parts of a body.
const ROOM: usize = 64 << 10;
/// A check takes a processor for a moment; one at a time.
static ONE: Semaphore = Semaphore::const_new(1);

/// Most bytes of a body.
pub(crate) fn largest() -> DefaultBodyLimit {
    DefaultBodyLimit::max(LARGEST + ROOM)
}

#[derive(Serialize)]
pub(crate) struct Report {
    /// It can be used.
    sound: bool,
    /// The line that `gongji policy check` ends with.
    summary: String,
    area: Option<String>,
    name: Option<String>,
    counts: Counts,
    /// What the worked cases came to.
    cases: Option<String>,
    files: Vec<String>,
    /// What matters most first.
    rows: Vec<Finding>,
    total: usize,
}

#[derive(Serialize)]
struct Counts {
    errors: usize,
    warnings: usize,
    notes: usize,
    cases: usize,
}

#[derive(Serialize)]
struct Finding {
    severity: &'static str,
    code: &'static str,
    #[serde(flatten)]
    place: Option<Place>,
    found: String,
    allowed: String,
    article: String,
}

/// Where, from one, and the line itself.
#[derive(Serialize)]
struct Place {
    file: String,
    line: usize,
    column: usize,
    excerpt: String,
}

/// Checks a draft among the packages of this service. Nothing of it is kept.
pub(crate) async fn check(
    State(console): State<Arc<Console>>,
    who: Who,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Report>, Problem> {
    who.analyst()?;
    let brought = taken(&headers, body).await?;
    let _turn = ONE.acquire().await;
    let checked = move || {
        let folder = upload::folder(brought).map_err(|fault| Problem::said("invalid_package", fault).at("files"))?;
        let today = Moment::of(console.service.clock().now()).day;
        let folders = console.shelf.folders();
        let checked = checking::check(&folder, std::slice::from_ref(&folder), folders, today);
        Ok(report(&checked, folder.files.iter().map(|file| file.path.to_string()).collect()))
    };
    aside(checked).await.map(Json)
}

/// The files of a multipart body: parts named `files`, each with its file's name.
async fn taken(headers: &HeaderMap, body: Body) -> Result<Vec<Brought>, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let boundary = multer::parse_boundary(kind)
        .map_err(|_| Problem::said("invalid_multipart", "请以表单上传文件（multipart/form-data）").at("files"))?;
    let sizes = SizeLimit::new().whole_stream((LARGEST + ROOM) as u64).per_field(LARGEST as u64);
    let mut parts =
        Multipart::with_constraints(body.into_data_stream(), boundary, Constraints::new().size_limit(sizes));
    let mut brought = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let Some(name) = part.file_name().map(|name| name.replace('\\', "/")) else { continue };
        brought.push((name, part.bytes().await.map_err(broken)?.to_vec()));
    }
    Ok(brought)
}

fn broken(fault: multer::Error) -> Problem {
    let said = match fault {
        multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => {
            return Problem::said("file_too_large", format!("上传的文件合计至多 {} KiB", LARGEST >> 10)).at("files");
        }
        _ => "上传中断或格式不对，请重新上传",
    };
    Problem::said("invalid_multipart", said).at("files")
}

fn report(checked: &Checked, files: Vec<String>) -> Report {
    let counts = checked.counts();
    let rows: Vec<Finding> = checked.faults.iter().rev().map(|fault| finding(fault, checked.library.files())).collect();
    Report {
        sound: counts.errors == 0,
        summary: checked.summary(),
        area: checked.area.clone(),
        name: checked.area().map(|area| area.name().to_owned()),
        cases: checked.report.as_ref().map(cases_words),
        counts: Counts { errors: counts.errors, warnings: counts.warnings, notes: counts.notes, cases: counts.cases },
        files,
        total: rows.len(),
        rows,
    }
}

fn finding(fault: &Fault, files: &[SourceFile]) -> Finding {
    let place = fault.at.and_then(|at| {
        let file = files.get(usize::from(at.file))?;
        let (line, column) = line_column(&file.text, at.start as usize);
        let excerpt = file.text.lines().nth(line - 1).unwrap_or_default().to_owned();
        Some(Place { file: file.path.to_string(), line, column, excerpt })
    });
    let severity = match fault.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    Finding {
        severity,
        code: fault.code,
        place,
        found: fault.found.clone(),
        allowed: fault.allowed.clone(),
        article: fault.article.clone(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    area: String,
    name: String,
    label: Option<String>,
}

/// The folder that `gongji policy new` makes, as a ZIP.
pub(crate) async fn scaffold(query: Result<Query<New>, QueryRejection>) -> Result<Response, Problem> {
    let asked = asked(query)?;
    let wrong = |field: &'static str| move |fault: String| Problem::said("invalid_value", fault).at(field);
    let area = making::area(&asked.area).map_err(wrong("area"))?;
    let name = making::short_name(&asked.name).map_err(wrong("name"))?;
    let label = asked.label.filter(|label| !label.trim().is_empty()).unwrap_or_else(|| name.clone());
    let label = making::label(&label).map_err(wrong("label"))?;
    let zip =
        making::zipped(&area, &name, &label).map_err(|fault| Problem::said("internal_error", fault.to_string()))?;
    let encoded = percent_encoding::utf8_percent_encode(&name, percent_encoding::NON_ALPHANUMERIC);
    let disposition = format!("attachment; filename*=UTF-8''{area}-{encoded}.zip");
    let disposition = HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static("application/zip");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], zip).into_response())
}
