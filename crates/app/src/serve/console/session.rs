//! Signing in and out (登录、退出), and what a page should know from the first moment.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use gongji_domain::Day;
use serde::{Deserialize, Serialize};

use super::{Console, Who, aside, read};
use crate::his::Moment;
use crate::serve::doors::accounts::{Account, Role};
use crate::serve::doors::{COOKIE, who};
use crate::serve::problem::Problem;

/// What a page knows from the first moment.
#[derive(Serialize)]
struct Shown<'a> {
    account: Option<Person<'a>>,
    csrf: Option<&'a str>,
    /// Accounts that everybody may use, with their password; of the demo only.
    demo: Vec<Demo<'a>>,
    sandbox: bool,
    today: Day,
    version: &'static str,
}

#[derive(Serialize)]
struct Person<'a> {
    name: &'a str,
    shown: &'a str,
    roles: &'a [Role],
    area: Option<&'a str>,
    person: Option<&'a str>,
    institution: Option<&'a str>,
}

#[derive(Serialize)]
struct Demo<'a> {
    #[serde(flatten)]
    who: Person<'a>,
    password: &'a str,
}

impl<'a> From<&'a Account> for Person<'a> {
    fn from(account: &'a Account) -> Self {
        Self {
            name: &account.name,
            shown: &account.shown,
            roles: &account.roles,
            area: account.area.as_deref(),
            person: account.person.as_deref(),
            institution: account.institution.as_deref(),
        }
    }
}

fn shown(console: &Console, who: Option<&Who>) -> Response {
    let accounts = &console.doors.accounts;
    let demo = |password| accounts.all().iter().map(move |account| Demo { who: account.into(), password });
    Json(Shown {
        account: who.map(|who| (&who.account).into()),
        csrf: who.map(|who| who.csrf.as_str()),
        demo: accounts.shown_password().into_iter().flat_map(demo).collect(),
        sandbox: console.sandbox,
        today: Moment::of(console.service.clock().now()).day,
        version: env!("CARGO_PKG_VERSION"),
    })
    .into_response()
}

/// Who is signed in.
pub(super) async fn look(State(console): State<Arc<Console>>, headers: HeaderMap) -> Response {
    let who = Who::looks(&console.doors, &headers);
    shown(&console, who.as_ref())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    name: String,
    password: String,
}

/// Signs in.
pub(super) async fn begin(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    if !console.doors.is_same_origin(&headers) {
        return Err(Problem::said("not_same_origin", "请求不是从本服务的页面发出的，已拒绝"));
    }
    let given: Given = read(&body)?;
    let doors = Arc::clone(&console.doors);
    let (token, who) = aside(move || {
        if !doors.sessions.may_try(&given.name) {
            return Err(Problem::said("too_many_tries", "密码错误次数过多，请五分钟后再试"));
        }
        let account = doors.accounts.admit(&given.name, &given.password).cloned();
        doors.sessions.tried(&given.name, account.is_some());
        let wrong = || Problem::said("wrong_password", "登录名或密码不对").at("password");
        let account = account.ok_or_else(wrong)?;
        let begun = doors.sessions.begin(&account.name);
        let (token, session) = begun.ok_or_else(|| Problem::said("busy", "登录的人过多，请稍后再试"))?;
        Ok((token, Who { account, csrf: session.csrf }))
    })
    .await?;
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict");
    Ok(with_cookie(shown(&console, Some(&who)), &cookie))
}

/// Signs out; also who is not in any more.
pub(super) async fn end(State(console): State<Arc<Console>>, headers: HeaderMap) -> Response {
    if let Some(token) = who::token(&headers) {
        console.doors.sessions.end(token);
    }
    let cookie = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    with_cookie(shown(&console, None), &cookie)
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
