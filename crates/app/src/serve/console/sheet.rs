//! A settlement's sheet (结算单) as PDF, for whom it concerns: the member, the institution, the officers of the area.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use super::{Console, Who, aside};
use crate::his::sheet::Kept;
use crate::serve::doors::accounts::Role;
use crate::serve::problem::Problem;
use crate::sheet::pdf;

/// The PDF of a settlement.
pub(super) async fn of(
    who: Who,
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let name = format!("inline; filename=\"settlement-{id}.pdf\"");
    let made = aside(move || {
        let kept = console.service.sheet(&id).map_err(|fault| Problem::of(&fault))?;
        if !concerns(&who, &kept) {
            // Whom it does not concern is not told that there is one.
            return Err(Problem::said("settlement_not_found", "没有此结算，或不属于本账号").at("id"));
        }
        let font = console.font().map_err(|why| Problem::said("no_font", why))?;
        pdf(&kept.sheet, font).map_err(|why| Problem::said("internal_error", format!("结算单不能生成：{why}")))
    })
    .await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, name)], made)
        .into_response())
}

fn concerns(who: &Who, kept: &Kept) -> bool {
    let is = |role, of: &Option<String>, what: &str| who.has(role) && of.as_deref() == Some(what);
    let account = &who.account;
    is(Role::Member, &account.person, &kept.person)
        || is(Role::Cashier, &account.institution, &kept.institution)
        || is(Role::Vendor, &account.institution, &kept.institution)
        || is(Role::Officer, &account.area, &kept.area)
}
