//! The institutions that an officer may ask for, and their classes in words.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use gongji_policy::words_of;
use serde::Serialize;

use super::super::{Console, Page, Who, json, sit};
use crate::his::codes;
use crate::his::directory::Institution;
use crate::serve::problem::Problem;

#[derive(Serialize)]
struct At {
    code: String,
    name: String,
    class: &'static str,
    class_name: String,
    pharmacy: bool,
    /// Lies in the officer's area.
    own: bool,
}

/// The institutions that settle, those of the officer's own area first.
pub(in super::super) async fn institutions(State(console): State<Arc<Console>>, who: Who) -> Result<Response, Problem> {
    let rows = sit(&console, &who, |sight| {
        let at = |one: &Institution| At {
            code: one.code.clone(),
            name: one.name.clone(),
            class: class(one),
            class_name: class_name(class(one)),
            pharmacy: one.is_pharmacy(),
            own: one.area == sight.area,
        };
        let mut rows: Vec<At> = sight.service.directory().institutions().map(at).collect();
        rows.sort_unstable_by(|a, b| (!a.own, &a.code).cmp(&(!b.own, &b.code)));
        Ok(Page { total: rows.len(), rows })
    });
    Ok(json(&rows.await?))
}

pub(super) fn class(institution: &Institution) -> &'static str {
    codes::class(&institution.hosp_lv).unwrap_or_default()
}

pub(super) fn class_name(class: &str) -> String {
    words_of("class", class).to_owned()
}
