//! Tables as files (导出): every list of officers leaves the service through here, as csv or as a workbook whose amounts are
//! numbers. Knows nothing of what they hold.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::problem::Problem;
use crate::agency::table::Table;
use crate::his::errors::{Code, Fault};

/// A workbook of one sheet.
pub(super) fn workbook(table: &Table) -> Result<Response, Problem> {
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    file((table.title, "xlsx"), kind, table.xlsx())
}

/// Text for spreadsheets.
pub(super) fn csv(table: &Table) -> Result<Response, Problem> {
    file((table.title, "csv"), "text/csv; charset=utf-8", table.csv())
}

fn file((name, ending): (&str, &str), kind: &'static str, bytes: anyhow::Result<Vec<u8>>) -> Result<Response, Problem> {
    let bytes = bytes.map_err(|error| {
        tracing::error!(%error, "a table cannot be written");
        Problem::of(&Fault::new(Code::InternalError))
    })?;
    let mut response = ([(header::CONTENT_TYPE, kind)], bytes).into_response();
    let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
    if let Ok(named) = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{name}.{ending}")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, named);
    }
    Ok(response)
}
