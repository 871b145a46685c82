//! The description of the counter's REST interface (OpenAPI), made from the code that answers.

use utoipa::OpenApi;

use super::{accounts, batches, members, sheets};

/// Everything at the counter.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "共济经办接口",
        description = "经办机构办理参保登记变更、个人账户业务、对账单和统计的接口。金额是至多两位小数的文本，单位元。在经办人账户开通之前只接受本机的请求。"
    ),
    paths(
        members::member,
        members::facts,
        members::matters,
        members::file,
        members::approve,
        members::reject,
        members::withdraw,
        members::carry_out,
        accounts::bonds,
        accounts::ask,
        accounts::confirm,
        accounts::limits,
        accounts::unbind,
        accounts::pay,
        accounts::credit,
        batches::members,
        batches::contributions,
        batches::carry_over,
        sheets::statement,
        sheets::of_member,
        sheets::report,
        sheets::kinds,
        sheets::before_after,
        sheets::example
    )
)]
struct Counter;

/// The description as JSON.
///
/// # Errors
/// Never for what the code says; the writer's own faults.
pub(crate) fn description() -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(&Counter::openapi())?;
    text.push('\n');
    Ok(text)
}

/// The description over REST.
pub(super) async fn openapi() -> axum::Json<utoipa::openapi::OpenApi> {
    axum::Json(Counter::openapi())
}
