//! The area's ledger (总账): the trial balance at a day, an account's statement, the heads of days, and closing a period.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use gongji_domain::{Day, Fen};
use gongji_ledger::{Account, AreaCode};
use serde::{Deserialize, Serialize};

use super::super::read;
use super::{A_DAY, Console, Page, Paging, Sight, Who, asked, exportable, given, json, not_yours, sit, unread};
use crate::agency::ledger::{self, Held, Told, Trial};
use crate::agency::table::{Cell, Table};
use crate::his::closing;
use crate::his::errors::{Code, Fault};
use crate::serve::handout;
use crate::serve::problem::Problem;

/// At which day.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct At {
    /// 生效日; empty for everything.
    on: String,
    /// Key of an account.
    account: String,
}

/// Which heads of days.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Days {
    from: String,
    to: String,
    #[serde(flatten)]
    paging: Paging,
}

/// The books of an area.
#[derive(Serialize)]
struct Whole {
    trial: Trial,
    /// The accounts that are nobody's own.
    accounts: Vec<Held>,
    closed_through: Option<Day>,
}

#[derive(Clone, Serialize)]
struct Head {
    day: String,
    events: u64,
    first: u64,
    root: String,
    /// It may still grow.
    open: bool,
}

/// What is to be closed; the day is said twice, so that nobody closes another one than they read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Closing {
    through: String,
    confirm: String,
}

fn code(sight: &Sight<'_>) -> Result<AreaCode, Problem> {
    let wrong = |_| Problem::said("not_your_role", "账号的统筹区不是六位代码");
    sight.area.parse().map_err(wrong)
}

fn books(sight: &Sight<'_>, at: &At) -> Result<Whole, Problem> {
    let (area, as_of) = (code(sight)?, ledger::as_of(given("on", &at.on, A_DAY)?, None));
    let reader = sight.service.kept().reader()?;
    let trial = ledger::trial(&reader, as_of, Some(area)).map_err(unread)?;
    let none = Trial { area: area.to_string(), rows: Vec::new(), debit: Fen::ZERO, credit: Fen::ZERO, balanced: true };
    Ok(Whole {
        trial: trial.into_iter().next().unwrap_or(none),
        accounts: ledger::accounts(&reader, as_of, area).map_err(unread)?,
        closed_through: reader.periods().map_err(unread)?.closed_through(area),
    })
}

/// The trial balance, the accounts that are nobody's own, and how far books are closed.
pub(super) async fn trial(
    State(console): State<Arc<Console>>,
    who: Who,
    query: Result<Query<At>, QueryRejection>,
) -> Result<Response, Problem> {
    let at = asked(query)?;
    Ok(json(&sit(&console, &who, move |sight| books(sight, &at)).await?))
}

/// The trial balance as a workbook.
pub(super) async fn trial_export(
    State(console): State<Arc<Console>>,
    who: Who,
    query: Result<Query<At>, QueryRejection>,
) -> Result<Response, Problem> {
    let at = asked(query)?;
    let table = sit(&console, &who, move |sight| {
        let on = if at.on.is_empty() { sight.today().to_string() } else { at.on.clone() };
        Ok(books(sight, &at)?.trial.table(&on))
    });
    handout::workbook(&table.await?)
}

fn statement(sight: &Sight<'_>, at: &At) -> Result<Told, Problem> {
    let wrong = |fault: &dyn std::fmt::Display| {
        let allowed = "科目键，例如 人员编号/统筹区/current 或 -/统筹区/fund/310100";
        Problem::said("invalid_value", format!("「{}」不是{allowed}：{fault}", at.account)).at("account")
    };
    let account: Account = at.account.trim().parse().map_err(|fault| wrong(&fault))?;
    if account.area() != code(sight)? {
        return Err(not_yours(&format!("科目 {account} "), sight.area));
    }
    let reader = sight.service.kept().reader()?;
    ledger::statement(&reader, ledger::as_of(given("on", &at.on, A_DAY)?, None), account).map_err(unread)
}

/// One account's statement.
pub(super) async fn account(
    State(console): State<Arc<Console>>,
    who: Who,
    query: Result<Query<At>, QueryRejection>,
) -> Result<Response, Problem> {
    let at = asked(query)?;
    Ok(json(&sit(&console, &who, move |sight| statement(sight, &at)).await?))
}

/// The same as a workbook.
pub(super) async fn account_export(
    State(console): State<Arc<Console>>,
    who: Who,
    query: Result<Query<At>, QueryRejection>,
) -> Result<Response, Problem> {
    let at = asked(query)?;
    handout::workbook(&sit(&console, &who, move |sight| Ok(statement(sight, &at)?.table())).await?)
}

fn heads(sight: &Sight<'_>, asked: &Days) -> Result<Vec<Head>, Problem> {
    let [from, to]: [Option<Day>; 2] = [given("from", &asked.from, A_DAY)?, given("to", &asked.to, A_DAY)?];
    let [from, to] = [from, to].map(|day| day.map(|day| day.to_string()));
    let days = sight.service.kept().reader()?.days().map_err(unread)?;
    let last = days.iter().map(|day| day.day.clone()).max().unwrap_or_default();
    let within = |day: &&gongji_store::Day| {
        from.as_ref().is_none_or(|from| *from <= day.day) && to.as_ref().is_none_or(|to| day.day <= *to)
    };
    let head = |day: &gongji_store::Day| Head {
        day: day.day.clone(),
        events: day.head.size,
        first: day.first,
        root: base16ct::lower::encode_string(&day.head.root),
        open: day.day == last,
    };
    let mut heads: Vec<Head> = days.iter().filter(within).map(head).collect();
    heads.reverse();
    Ok(heads)
}

/// The heads of days, the newest first: of the whole store, since areas share it.
pub(super) async fn days(
    State(console): State<Arc<Console>>,
    who: Who,
    query: Result<Query<Days>, QueryRejection>,
) -> Result<Response, Problem> {
    let asked = asked(query)?;
    let page: Page<Head> =
        sit(&console, &who, move |sight| Ok(asked.paging.page(&heads(sight, &asked)?, Head::clone))).await?;
    Ok(json(&page))
}

/// The same as a workbook.
pub(super) async fn days_export(
    State(console): State<Arc<Console>>,
    who: Who,
    query: Result<Query<Days>, QueryRejection>,
) -> Result<Response, Problem> {
    let asked = asked(query)?;
    let table = sit(&console, &who, move |sight| {
        let heads = heads(sight, &asked)?;
        exportable(&heads)?;
        let count = |number: u64| Cell::Count(i64::try_from(number).unwrap_or(i64::MAX));
        let row =
            |head: &Head| vec![Cell::text(&head.day), count(head.events), count(head.first), Cell::text(&head.root)];
        Ok(Table {
            title: "日头",
            above: Vec::new(),
            heads: vec!["日期", "件数", "首件", "根"],
            rows: heads.iter().map(row).collect(),
        })
    });
    handout::workbook(&table.await?)
}

/// Closes the area's books up to a day that is named twice.
pub(super) async fn close(State(console): State<Arc<Console>>, who: Who, body: Bytes) -> Result<Response, Problem> {
    let Closing { through, confirm } = read(&body)?;
    let account = who.account.name.clone();
    let closed = sit(&console, &who, move |sight| {
        let missing = || Problem::said("missing_field", "请选择关账日期").at("through");
        let day: Day = given("through", &through, A_DAY)?.ok_or_else(missing)?;
        if confirm.trim() != day.to_string() {
            let said = format!("请在确认栏照抄关账日期 {day}；关账后不能撤销");
            return Err(Problem::said("invalid_value", said).at("confirm"));
        }
        if day >= sight.today() {
            let said = format!("只能关已经过去的日子（今天是 {}）", sight.today());
            return Err(Problem::said("invalid_value", said).at("through"));
        }
        let area = code(sight)?;
        let net = ledger::imbalance(&sight.service.kept().reader()?, area, day).map_err(unread)?;
        if !net.is_zero() {
            let said = format!("统筹区 {area} 至 {day} 借贷不平，差额 {net}：请先核验（gongji store verify）");
            return Err(Problem::said("not_balanced", said));
        }
        let closed = closing::close(sight.desk.store, area, day, sight.desk.now).map_err(|error| {
            tracing::error!(%error, "books were not closed");
            Problem::of(&Fault::new(Code::NotConfirmed))
        })?;
        tracing::info!(account, %area, %day, closed, "an officer closed the books");
        Ok(serde_json::json!({ "through": day, "closed": closed }))
    });
    Ok(json(&closed.await?))
}
