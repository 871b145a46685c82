//! The account behind a request, and what its roles allow: each page asks for the role that it needs.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use subtle::ConstantTimeEq as _;

use super::accounts::{Account, Role};
use super::{COOKIE, CSRF, Doors, text};
use crate::serve::problem::Problem;

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub account: Account,
    /// The word that every change gives back.
    pub csrf: String,
}

/// The cookie of a session in a request.
pub(crate) fn token(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().flat_map(|value| text(Some(value)).split(';'));
    cookies.filter_map(|cookie| cookie.trim().split_once('=')).find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

impl Who {
    /// Who looks, if anybody is signed in; whatever is asked.
    pub(crate) fn looks(doors: &Doors, headers: &HeaderMap) -> Option<Self> {
        let session = doors.sessions.find(token(headers)?)?;
        let account = doors.accounts.find(&session.account)?.clone();
        Some(Self { account, csrf: session.csrf })
    }

    /// Who does something: signed in, from a page of this service, with the word of the session.
    ///
    /// # Errors
    /// When one of that is missing.
    pub(crate) fn acts(doors: &Doors, method: &Method, headers: &HeaderMap) -> Result<Self, Problem> {
        if !doors.is_same_origin(headers) {
            return Err(Problem::said("not_same_origin", "请求不是从本服务的页面发出的，已拒绝"));
        }
        let who = Self::looks(doors, headers)
            .ok_or_else(|| Problem::said("not_signed_in", "请先登录；登录可能因长时间没有操作而失效"))?;
        let given = text(headers.get(CSRF));
        let safe = [Method::GET, Method::HEAD].contains(method);
        if safe || bool::from(given.as_bytes().ct_eq(who.csrf.as_bytes())) {
            return Ok(who);
        }
        Err(Problem::said("wrong_csrf", "页面已过期，请刷新后重试"))
    }

    pub(crate) fn has(&self, role: Role) -> bool {
        self.account.roles.contains(&role)
    }

    fn needs(&self, role: Role) -> Result<(), Problem> {
        let words = || format!("此页面供{}使用，账号 {} 没有这个角色", role.words(), self.account.name);
        if self.has(role) { Ok(()) } else { Err(Problem::said("not_your_role", words())) }
    }

    /// The 人员编号 of a member (参保人).
    ///
    /// # Errors
    /// For everybody else; so with the following.
    pub(crate) fn member(&self) -> Result<&str, Problem> {
        self.needs(Role::Member).map(|()| self.account.person.as_deref().unwrap_or_default())
    }

    /// The institution (定点医药机构编号) of a cashier (收款员).
    pub(crate) fn cashier(&self) -> Result<&str, Problem> {
        self.needs(Role::Cashier).map(|()| self.account.institution.as_deref().unwrap_or_default())
    }

    /// The institution of somebody who looks after its software (厂商).
    pub(crate) fn vendor(&self) -> Result<&str, Problem> {
        self.needs(Role::Vendor).map(|()| self.account.institution.as_deref().unwrap_or_default())
    }

    /// The 统筹区 of an officer (经办).
    pub(crate) fn officer(&self) -> Result<&str, Problem> {
        self.needs(Role::Officer).map(|()| self.account.area.as_deref().unwrap_or_default())
    }

    /// An analyst (政策分析).
    pub(crate) fn analyst(&self) -> Result<(), Problem> {
        self.needs(Role::Analyst)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = Problem;

    /// The routes lie below an `Extension` with the doors.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let doors = parts.extensions.get::<Arc<Doors>>();
        let doors = doors.ok_or_else(|| Problem::said("not_here", "此服务没有账号"))?;
        Self::acts(doors, &parts.method, &parts.headers)
    }
}
