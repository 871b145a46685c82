//! How errors go back over REST: the status, and the same code, words, field and article as everywhere.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::his::errors::Fault;

/// An error.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
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

    fn status(&self) -> StatusCode {
        match self.code.as_str() {
            "counter_local" => StatusCode::FORBIDDEN,
            "not_a_member" | "matter_not_found" | "no_policy_for_area" => StatusCode::NOT_FOUND,
            "invalid_json" | "invalid_utf8" | "invalid_value" | "missing_field" | "too_long" => StatusCode::BAD_REQUEST,
            "message_reused" | "matter_stage" | "certificate_taken" => StatusCode::CONFLICT,
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
