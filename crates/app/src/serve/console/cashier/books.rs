//! 对明细账 at the desk: the institution's file goes up (9101) and is held row by row against the centre (3202), by two messages
//! as any client sends them; beside them stands what differs, why, and what mends it, as `gongji reconcile` says it.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse as _, Response};
use gongji_domain::Day;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use super::super::differences::{Answer, File};
use super::super::{Console, Who, aside, read};
use super::{Said, Sent, check_number, exchange, unsigned};
use crate::his::files::LARGEST;
use crate::his::reconcile::gather::{self, Asked, Gathered};
use crate::his::reconcile::{Booked, Sums};
use crate::serve::problem::Problem;

/// What is to be held against the centre's books.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    /// 发送方报文ID of the upload and of the reconciliation: the page's own.
    msgids: [String; 2],
    books: File,
    from: Day,
    to: Day,
    /// 结算经办机构
    agency: String,
    /// 清算类别; empty for all.
    #[serde(default)]
    clearing_type: String,
}

/// The messages that went out, and what came of them; nothing more where one was refused or not answered.
#[derive(Serialize)]
struct Held {
    messages: Vec<Sent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Answer>,
    /// The centre's own file of the result (9102), by its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<String>,
}

/// The most of a request: the file, as text that fits into JSON.
pub(in super::super) fn largest() -> DefaultBodyLimit {
    DefaultBodyLimit::max(LARGEST * 4 / 3 + (64 << 10))
}

/// Sends the file up and has it reconciled.
pub(in super::super) async fn hold(
    State(console): State<Arc<Console>>,
    who: Who,
    body: Bytes,
) -> Result<Response, Problem> {
    let institution = unsigned(&console, &who)?;
    let question: Question = read(&body)?;
    for (field, msgid) in ["msgids.0", "msgids.1"].into_iter().zip(&question.msgids) {
        check_number(field, msgid)?;
    }
    let booked = question.books.rows("books", gather::institution)?;
    let bytes = Bytes::from(question.books.bytes("books")?);
    let [upload, statement] = &question.msgids;
    let about = json!({ "fsUploadIn": { "filename": question.books.name, "fixmedins_code": institution.code } });
    let uploaded = exchange(&console, (&who, institution), said("9101", upload, &about)?, Some(bytes)).await?;
    let number = output(&uploaded, "/output/file_qury_no");
    let mut held = Held { messages: vec![uploaded], answer: None, result: None };
    let Some(number) = number else { return Ok(Json(held).into_response()) };
    let about = reconciliation(&question, &number, &booked);
    let reconciled = exchange(&console, (&who, institution), said("3202", statement, &about)?, None).await?;
    held.result = output(&reconciled, "/output/fileinfo/file_qury_no")
        .or_else(|| output(&reconciled, "/output/fileinfo/0/file_qury_no"));
    held.messages.push(reconciled);
    if held.result.is_some() {
        held.answer = Some(differences(&console, institution.code.clone(), question, booked).await?);
    }
    Ok(Json(held).into_response())
}

fn said(infno: &str, msgid: &str, input: &Value) -> Result<Said, Problem> {
    let input: Box<RawValue> =
        to_raw_value(input).map_err(|_| Problem::said("invalid_value", "文件名不能写成报文").at("books"))?;
    Ok(Said { infno: infno.to_owned(), msgid: msgid.to_owned(), insured_in: String::new(), input })
}

/// A word of the answer to a message that succeeded.
fn output(sent: &Sent, place: &str) -> Option<String> {
    let reply: Value = serde_json::from_str(sent.reply.as_deref()?).ok()?;
    reply.pointer(place)?.as_str().map(str::to_owned)
}

/// What 3202 says of the file: its sums, which the centre counts again.
fn reconciliation(question: &Question, number: &str, booked: &[Booked]) -> Value {
    let sums = booked.iter().map(|row| row.sums).fold(Sums::default(), Sums::plus);
    json!({ "data": {
        "setl_optins": question.agency, "file_qury_no": number, "stmt_begndate": question.from,
        "stmt_enddate": question.to, "medfee_sumamt": sums.total, "fund_pay_sumamt": sums.fund,
        "cash_payamt": sums.cash(), "fixmedins_setl_cnt": booked.len().to_string(), "clr_type": question.clearing_type,
    } })
}

async fn differences(
    console: &Arc<Console>,
    institution: String,
    question: Question,
    booked: Vec<Booked>,
) -> Result<Answer, Problem> {
    let console = Arc::clone(console);
    aside(move || {
        let Question { from, to, agency, clearing_type, .. } = &question;
        let clr_type = Some(clearing_type.as_str()).filter(|kind| !kind.is_empty());
        let asked = Asked { institution: &institution, from: *from, to: *to, area: Some(agency), clr_type };
        Ok(Answer::of(&Gathered::new(&console.service.kept(), &asked, booked, None)?))
    })
    .await
}

#[cfg(test)]
mod tests;
