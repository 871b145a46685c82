//! Day-end reconciliation (对账) with an institution and the bank: their files beside the centre's books, each difference with its
//! cause and what mends it. An officer's area answers for its own members' settlements only. Nothing is kept.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use gongji_domain::{Day, Fen};
use serde::Deserialize;

use super::super::differences::{Answer, Difference, File};
use super::super::read;
use super::{A_DAY, Console, Sight, Who, given, json, sit};
use crate::agency::table::{Cell, Table};
use crate::his::reconcile::gather::{self, Asked, Gathered};
use crate::serve::handout;
use crate::serve::problem::Problem;

/// What is held against each other.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    institution: String,
    from: String,
    to: String,
    /// 清算类别; empty for all.
    #[serde(default)]
    clearing_type: String,
    books: File,
    #[serde(default)]
    bank: Option<File>,
}

fn answered(sight: &Sight<'_>, question: &Question) -> Result<Answer, Problem> {
    let day = |field: &str, text: &str| {
        given::<Day>(field, text, A_DAY)?.ok_or_else(|| Problem::said("missing_field", "请选择对账日期").at(field))
    };
    let (from, to) = (day("from", &question.from)?, day("to", &question.to)?);
    if to < from {
        return Err(Problem::said("invalid_value", format!("止 {to} 早于起 {from}")).at("to"));
    }
    if sight.service.directory().institution(&question.institution).is_none() {
        let said = format!("没有定点医药机构「{}」", question.institution);
        return Err(Problem::said("invalid_value", said).at("institution"));
    }
    let booked = question.books.rows("books", gather::institution)?;
    let bank = question.bank.as_ref().map(|bank| bank.rows("bank", gather::payments)).transpose()?;
    let clearing = Some(question.clearing_type.as_str()).filter(|kind| !kind.is_empty());
    let asked = Asked { institution: &question.institution, from, to, area: Some(sight.area), clr_type: clearing };
    let gathered = Gathered::new(&sight.service.kept(), &asked, booked, bank)?;
    Ok(Answer::of(&gathered))
}

/// Reconciles.
pub(super) async fn reconcile(State(console): State<Arc<Console>>, who: Who, body: Bytes) -> Result<Response, Problem> {
    let answer = sit(&console, &who, move |sight| answered(sight, &read(&body)?));
    Ok(json(&answer.await?))
}

/// The differences as a workbook.
pub(super) async fn export(State(console): State<Arc<Console>>, who: Who, body: Bytes) -> Result<Response, Problem> {
    let table = sit(&console, &who, move |sight| {
        let question: Question = read(&body)?;
        Ok(table(&question, &answered(sight, &question)?))
    });
    handout::workbook(&table.await?)
}

fn table(question: &Question, answer: &Answer) -> Table {
    let three = |amounts: Option<[Fen; 3]>| {
        let cells = amounts.map(|amounts| amounts.map(Cell::Money));
        cells.unwrap_or([Cell::Empty, Cell::Empty, Cell::Empty])
    };
    let row = |one: &Difference| {
        let mut cells = vec![Cell::text(&one.settlement), Cell::text(&one.person)];
        cells.extend(three(one.institution));
        cells.extend(three(one.centre));
        cells.push(one.bank.map_or(Cell::Empty, Cell::Money));
        cells.extend([Cell::text(&one.said), Cell::text(&one.mend)]);
        cells
    };
    Table {
        title: "对账差异",
        above: vec![
            ("机构", question.institution.clone()),
            ("日期", format!("{} 至 {}", question.from, question.to)),
            ("差异", answer.differences.len().to_string()),
        ],
        heads: vec![
            "结算ID",
            "人员编号",
            "机构总额",
            "机构基金",
            "机构账户",
            "中心总额",
            "中心基金",
            "中心账户",
            "银行金额",
            "原因",
            "办法",
        ],
        rows: answer.differences.iter().map(row).collect(),
    }
}
