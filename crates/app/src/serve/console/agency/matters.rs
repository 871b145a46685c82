//! Life events (业务办理): what waits for whom, and what an officer may do about it, said before it is tried. Filing, approving
//! and carrying out go through the counter's own interface.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use gongji_domain::{Day, Fen};
use gongji_register::Parts;
use gongji_register::matter::{Heir, Kind, Matter, Movement, Stage, plan};
use serde::{Deserialize, Serialize};

use super::{Console, Paging, Sight, Who, asked, exportable, json, sit, unread};
use crate::agency::described::masked;
use crate::agency::register::{self, May, Waiting};
use crate::agency::rules::{rules, word};
use crate::agency::table::{Cell, Table};
use crate::agency::words::moved;
use crate::his::errors::{Code, Fault};
use crate::serve::handout;
use crate::serve::problem::Problem;

/// Which matters.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// `open`, `to_approve`, `to_carry_out`, `mine`, `done` or empty for all.
    #[serde(default)]
    queue: String,
    /// By the word of the table of matters.
    #[serde(default)]
    kind: String,
    #[serde(flatten)]
    paging: Paging,
}

/// A matter in a list.
#[derive(Serialize)]
struct Row {
    person: String,
    name: String,
    number: u64,
    kind: &'static str,
    kind_name: &'static str,
    filed_by: String,
    filed_on: Day,
    stage: &'static str,
    stage_name: &'static str,
    /// Who approved or rejected it.
    decided_by: Option<String>,
    needs_approval: bool,
    /// Who looks filed it.
    own: bool,
    may: May,
}

/// A matter with what was handed in and what it would move.
#[derive(Serialize)]
struct Whole {
    row: Row,
    /// What is applied for, item by item.
    says: Vec<[String; 2]>,
    documents: Vec<[String; 2]>,
    article: String,
    why_not: Option<String>,
    /// What would be moved if it were carried out now, or nothing where it is over.
    plan: Vec<String>,
    balance: Fen,
    owed: Fen,
}

fn stage(stage: &Stage) -> &'static str {
    match stage {
        Stage::Filed => "filed",
        Stage::Approved { .. } => "approved",
        Stage::Rejected { .. } => "rejected",
        Stage::Withdrawn { .. } => "withdrawn",
        Stage::Done { .. } => "done",
    }
}

fn row(waiting: &Waiting, by: &str) -> Row {
    let Waiting { person, name, matter, needs_approval, may } = waiting;
    let decided_by = match &matter.stage {
        Stage::Approved { by, .. } | Stage::Rejected { by, .. } => Some(by.clone()),
        _ => None,
    };
    Row {
        person: person.clone(),
        name: name.clone(),
        number: matter.number,
        kind: word(&matter.kind),
        kind_name: matter.kind.name(),
        filed_by: matter.filed_by.clone(),
        filed_on: matter.filed_on,
        stage: stage(&matter.stage),
        stage_name: matter.stage.name(),
        decided_by,
        needs_approval: *needs_approval,
        own: matter.filed_by == by,
        may: may.clone(),
    }
}

fn found(sight: &Sight<'_>, asked: &Asked) -> Result<Vec<Row>, Problem> {
    let by = sight.desk.by;
    let wanted = |matter: &Matter| {
        let queue = match asked.queue.as_str() {
            "" => true,
            "mine" => matter.filed_by == by,
            "done" => !matter.stage.is_open(),
            _ => matter.stage.is_open(),
        };
        queue && (asked.kind.is_empty() || word(&matter.kind) == asked.kind)
    };
    let reader = sight.service.kept().reader()?;
    let from = (&reader, &sight.book(), rules()?);
    let waiting = register::matters(from, sight.area, (by, sight.today()), wanted).map_err(unread)?;
    let rows = waiting.iter().map(|waiting| row(waiting, by)).filter(|row| match asked.queue.as_str() {
        "to_approve" => row.needs_approval && row.may.approve.is_none(),
        "to_carry_out" => row.may.carry_out.is_none(),
        _ => true,
    });
    Ok(rows.collect())
}

/// The matters of the officer's area.
pub(super) async fn list(
    State(console): State<Arc<Console>>,
    who: Who,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let asked = asked(query)?;
    let page = sit(&console, &who, move |sight| Ok(asked.paging.cut(found(sight, &asked)?)));
    Ok(json(&page.await?))
}

/// The same as a workbook.
pub(super) async fn export(
    State(console): State<Arc<Console>>,
    who: Who,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let asked = asked(query)?;
    let table = sit(&console, &who, move |sight| {
        let rows = found(sight, &asked)?;
        exportable(&rows)?;
        let cells = |row: &Row| {
            let texts = [&row.number.to_string(), row.kind_name, &row.person, &row.name, &row.filed_by];
            let mut cells: Vec<Cell> = texts.map(Cell::text).to_vec();
            cells.extend([Cell::text(row.filed_on), Cell::text(row.stage_name)]);
            cells.push(row.decided_by.as_ref().map_or(Cell::Empty, Cell::text));
            cells
        };
        Ok(Table {
            title: "业务清单",
            above: vec![("统筹区", sight.area.to_owned())],
            heads: vec!["业务编号", "业务", "人员编号", "姓名", "受理人", "受理日期", "状态", "复核人"],
            rows: rows.iter().map(cells).collect(),
        })
    });
    handout::workbook(&table.await?)
}

/// One matter.
pub(super) async fn matter(
    State(console): State<Arc<Console>>,
    who: Who,
    Path((person, number)): Path<(String, u64)>,
) -> Result<Response, Problem> {
    let whole = sit(&console, &who, move |sight| {
        let member = sight.own(&person)?.member;
        let listed = crate::agency::matter::list(&sight.desk, &person)?;
        let none = |_| Fault::at(Code::MatterNotFound, "number").given(number);
        let matter = listed.affairs.matter(number).map_err(none)?.clone();
        let rule = rules()?.for_kind(sight.area, &matter.kind)?;
        let held = Parts { current: listed.current, prior: listed.prior, received: Fen::ZERO };
        let at = (sight.desk.by, sight.today());
        let may = register::may((&listed.affairs, &held), &matter, &rule.requirements(), member.died, at);
        let planned = if matter.stage.is_open() {
            plan(&matter.kind, &held, listed.owed, sight.today())
        } else {
            Vec::<Movement>::new()
        };
        let waiting = Waiting {
            person: person.clone(),
            name: member.identity.name.clone(),
            needs_approval: rule.two_persons || matter.kind.pays_out(),
            may,
            matter,
        };
        let matter = &waiting.matter;
        Ok(Whole {
            row: row(&waiting, sight.desk.by),
            says: says(&matter.kind),
            documents: matter.documents.iter().map(|one| [one.kind.clone(), one.number.clone()]).collect(),
            article: rule.article.clone(),
            why_not: match &matter.stage {
                Stage::Rejected { why, .. } => Some(why.clone()),
                _ => None,
            },
            plan: planned.iter().map(moved).collect(),
            balance: listed.current + listed.prior,
            owed: listed.owed,
        })
    });
    Ok(json(&whole.await?))
}

/// What is applied for, item by item.
fn says(kind: &Kind) -> Vec<[String; 2]> {
    let item = |name: &str, says: String| [name.to_owned(), says];
    let moment =
        |at: &gongji_register::matter::Moment| format!("{} {:02}:{:02}", at.day, at.second / 3600, at.second / 60 % 60);
    match kind {
        Kind::TransferOut { to } => vec![item("转入地", to.clone())],
        Kind::TransferIn { from, amounts } => vec![
            item("转出地", from.clone()),
            item("当年金额", amounts.current.to_string()),
            item("历年金额", amounts.prior.to_string()),
        ],
        Kind::SchemeChange { to } => vec![item("变更后的险种", to.clone())],
        Kind::Refund { reason } => vec![item("返还事由", reason.clone())],
        Kind::Freeze { reason } => vec![item("冻结事由", reason.clone())],
        Kind::Inheritance { heirs } => heirs.iter().map(|heir| item("继承人", said(heir))).collect(),
        Kind::Correction { month, change, reason, .. } => {
            let change = match change {
                gongji_register::matter::Adjustment::TakeBack(amount) => format!("多计，追回 {amount}"),
                gongji_register::matter::Adjustment::Add(amount) => format!("少计，补计 {amount}"),
            };
            vec![item("月份", month.to_string()), item("更正", change), item("更正事由", reason.clone())]
        }
        Kind::CardLost { from } | Kind::CardFound { from } => vec![item("自", moment(from))],
        Kind::CardReplaced { from, card } => vec![item("自", moment(from)), item("新卡号", masked(card))],
        Kind::Release => Vec::new(),
    }
}

fn said(heir: &Heir) -> String {
    let Heir { name, certificate, relation, weight, bank_account } = heir;
    format!("{name}（{relation}，{}），份额 {weight}，收款账户 {}", masked(certificate), masked(bank_account))
}
