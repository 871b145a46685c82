//! How errors go back over REST: the status, and the same code, words, field and article as everywhere.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use gongji_policy::case::CaseFault;
use serde::Serialize;
use utoipa::ToSchema;

use crate::his::errors::Fault;

/// An error.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// A stable code of the table of errors.
    code: String,
    /// In Chinese: what is wrong, what was given and what is allowed.
    message: String,
    /// The field concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// The article that says so (依据).
    #[serde(skip_serializing_if = "Option::is_none")]
    article: Option<String>,
}

impl Problem {
    /// What the counter or the interface refuses.
    pub(super) fn of(fault: &Fault) -> Self {
        let said = fault.to_string();
        let message = said.split_once("] ").map_or(said.as_str(), |(_, message)| message);
        Self {
            code: fault.code().to_owned(),
            message: message.to_owned(),
            field: fault.field_name().map(str::to_owned),
            article: fault.article_name().map(str::to_owned),
        }
    }

    /// What is wrong with a case (算例).
    pub(super) fn of_case(fault: &CaseFault) -> Self {
        let field = Some(fault.field.clone()).filter(|field| !field.is_empty());
        Self { code: fault.code.to_owned(), message: fault.message.clone(), field, article: fault.article.clone() }
    }

    /// What only pages can do wrong.
    pub(super) fn said(code: &'static str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), field: None, article: None }
    }

    /// The same about a field.
    pub(super) fn at(self, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    /// In words.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    fn status(&self) -> StatusCode {
        match self.code.as_str() {
            "not_signed_in" | "wrong_password" => StatusCode::UNAUTHORIZED,
            "counter_local" | "not_your_role" | "not_your_area" | "not_same_origin" | "wrong_csrf" => {
                StatusCode::FORBIDDEN
            }
            "not_a_member"
            | "matter_not_found"
            | "no_policy_for_area"
            | "not_here"
            | "settlement_not_found"
            | "run_not_found"
            | "package_gone" => StatusCode::NOT_FOUND,
            "invalid_json" | "invalid_utf8" | "invalid_value" | "missing_field" | "too_long" | "unknown_field"
            | "out_of_range" | "unknown_fact" | "unknown_enrolment" | "too_many_charges" => StatusCode::BAD_REQUEST,
            "message_reused" | "matter_stage" | "certificate_taken" | "run_under_way" | "not_finished" => {
                StatusCode::CONFLICT
            }
            "too_many_tries" => StatusCode::TOO_MANY_REQUESTS,
            "busy" | "database_away" | "not_confirmed" | "not_recorded" => StatusCode::SERVICE_UNAVAILABLE,
            "internal_error" => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status(), axum::Json(self)).into_response()
    }
}
