//! The cashier's desk (收款台): what a page says for an institution goes out as messages of the national interface over the same
//! line as any client's, so what is shown are the true messages. Only where the institution's messages go unsigned.
//!
//! Never charges twice: the page gives a message its number, sends the same text again under it and gets the first answer.

pub(super) mod books;

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use gongji_domain::Day;
use gongji_store::Key;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, Value};
use serde_json::{json, to_string};

use super::{Console, Who, aside, read};
use crate::catalogue::{Asked, Listed};
use crate::his::Moment;
use crate::his::directory::{Institution, Member};
use crate::his::{codes, interface, pricing};
use crate::serve::line::Message;
use crate::serve::problem::Problem;
use crate::serve::sandbox;
use crate::serve::sandbox::trouble::Trouble;

/// What a cashier's desk sends.
const OFFERED: &[&str] = &[
    "1101", "2001", "2101", "2102", "2103", "2201", "2202", "2203", "2204", "2205", "2206", "2207", "2208", "2601",
    "3201", "5201", "5203", "5206",
];
/// Most rows of the catalogue that a search shows.
const MOST: usize = 20;
/// Most members that are shown to be tried.
const EXAMPLES: usize = 40;
/// Most bytes of what a message is about.
const INPUT: usize = 1 << 20;

/// A member of the demo, to be tried.
#[derive(Serialize)]
struct Example {
    name: String,
    certificate: String,
    card: String,
    state: String,
}

/// The desk: who sits there, and what can be done.
pub(super) async fn desk(State(console): State<Arc<Console>>, who: Who) -> Result<Response, Problem> {
    let institution = here(&console, who.cashier()?)?;
    let Institution { code, name, area, .. } = institution;
    let class = codes::class(&institution.hosp_lv).unwrap_or_default();
    Ok(Json(json!({
        "institution": { "code": code, "name": name, "area": area, "area_name": area_name(&console, area),
            "class": class, "class_name": gongji_policy::words_of("class", class), "pharmacy": institution.is_pharmacy() },
        "open": console.service.goes_unsigned(code),
        "sandbox": console.line.troubles.is_some(),
        "today": today(&console),
        "examples": examples(&console, area),
    }))
    .into_response())
}

fn today(console: &Console) -> Day {
    Moment::of(console.service.clock().now()).day
}

fn area_name(console: &Console, code: &str) -> String {
    console.service.area(code).map_or_else(|| code.to_owned(), |area| area.name().to_owned())
}

/// The institution of an account.
pub(super) fn here<'c>(console: &'c Console, code: &str) -> Result<&'c Institution, Problem> {
    let none = || Problem::said("institution_without_agreement", format!("账号所属的机构 {code} 没有登记"));
    console.service.directory().institution(code).ok_or_else(none)
}

/// Members that everybody may try, where there are such.
fn examples(console: &Console, area: &str) -> Vec<Example> {
    if console.doors.accounts.shown_password().is_none() {
        return Vec::new();
    }
    let example = |member: &Member, state: String| Example {
        name: member.psn_name.clone(),
        certificate: member.certno.clone(),
        card: member.card_no.clone(),
        state,
    };
    let known = console.sandbox.then(sandbox::members::shown).and_then(Result::ok).unwrap_or_default();
    let mut members: Vec<&Member> =
        console.service.directory().members().filter(|member| member.area == area).collect();
    members.sort_unstable_by(|a, b| a.psn_no.cmp(&b.psn_no));
    let state = |member: &Member| {
        let shown = known.iter().find(|shown| shown.member.psn_no == member.psn_no);
        shown.map_or_else(String::new, |shown| shown.state.clone())
    };
    members.into_iter().take(EXAMPLES).map(|member| example(member, state(member))).collect()
}

/// What to look for in the catalogue.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Looked {
    words: String,
    day: Option<Day>,
}

/// A code as the catalogue has it.
#[derive(Serialize)]
struct Item<'c> {
    code: &'c str,
    listed: bool,
    name: &'c str,
    /// 甲、乙、丙
    level: &'static str,
    /// For one unit, as it is written.
    ceiling: Option<String>,
    /// 先自付比例
    share: Option<String>,
    restricted: bool,
    /// What to mind, in words.
    remarks: Vec<String>,
}

/// Looks into the catalogue of the institution's area by name or code. A code that it does not have is told as such.
pub(super) async fn catalogue(
    State(console): State<Arc<Console>>,
    who: Who,
    Query(looked): Query<Looked>,
) -> Result<Response, Problem> {
    let code = who.cashier()?.to_owned();
    let day = looked.day.unwrap_or(today(&console));
    aside(move || {
        let institution = here(&console, &code)?;
        let level = pricing::price_level(&institution.hosp_lv);
        let catalogue = console.service.directory().catalogue();
        let words = looked.words.trim();
        let of = Asked { code: words, area: &institution.area, level, day };
        let found = catalogue.search(words, &of, MOST);
        let mut rows: Vec<Item<'_>> = found.iter().map(|(code, listed)| item(code, listed)).collect();
        if rows.is_empty() && !words.is_empty() {
            rows.push(unlisted(words));
        }
        Ok(Json(json!({ "rows": rows, "total": rows.len() })).into_response())
    })
    .await
}

fn item<'c>(code: &'c str, listed: &Listed<'c>) -> Item<'c> {
    let level = match listed.level {
        "01" => "甲",
        "02" => "乙",
        _ => "丙",
    };
    let mut remarks: Vec<String> = Vec::new();
    if level == "丙" {
        remarks.push("丙类，全自费".to_owned());
    }
    if listed.restricted {
        remarks.push("限制使用，须审批".to_owned());
    }
    remarks.extend(listed.limits.iter().map(|limit| format!("限制使用（依据 {}）", limit.article)));
    if listed.code != code {
        remarks.push(format!("对应医保目录 {}", listed.code));
    }
    Item {
        code,
        listed: true,
        name: listed.name,
        level,
        ceiling: listed.ceiling.map(|price| price.to_string()),
        share: listed.share.map(|share| share.to_string()),
        restricted: listed.restricted,
        remarks,
    }
}

fn unlisted(code: &str) -> Item<'_> {
    Item {
        code,
        listed: false,
        name: "",
        level: "丙",
        ceiling: None,
        share: None,
        restricted: false,
        remarks: vec!["医保目录内没有此编码或名称：以此编码上传则全自费".to_owned()],
    }
}

/// A message as the page words it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    infno: String,
    /// 发送方报文ID: the page's own, so that it can send the same again.
    msgid: String,
    /// 参保地, if the page knows it.
    #[serde(default)]
    insured_in: String,
    input: Box<RawValue>,
}

/// What went out and what came back.
#[derive(Serialize)]
struct Sent {
    infno: String,
    name: &'static str,
    msgid: String,
    at: String,
    ms: u64,
    /// As it went out.
    request: String,
    /// As it came back; none where the answer was lost on its way.
    reply: Option<String>,
    infcode: Option<String>,
    err_msg: String,
    warn_msg: String,
}

/// Sends a message for the cashier's institution.
pub(super) async fn send(State(console): State<Arc<Console>>, who: Who, body: Bytes) -> Result<Response, Problem> {
    let institution = unsigned(&console, &who)?;
    let said: Said = read(&body)?;
    check(&said)?;
    Ok(Json(exchange(&console, (&who, institution), said, None).await?).into_response())
}

/// The cashier's institution, if its messages go unsigned.
fn unsigned<'c>(console: &'c Console, who: &Who) -> Result<&'c Institution, Problem> {
    let institution = here(console, who.cashier()?)?;
    if console.service.goes_unsigned(&institution.code) {
        return Ok(institution);
    }
    let why = format!("机构 {} 的报文须签名，网页收款台不代签：请由机构自己的系统发送", institution.code);
    Err(Problem::said("signature_missing", why))
}

/// Has a message answered, with what comes beside it (9101).
async fn exchange(
    console: &Console,
    (who, institution): (&Who, &Institution),
    said: Said,
    file: Option<Bytes>,
) -> Result<Sent, Problem> {
    let now = console.service.clock().now();
    let at = Moment::of(now).to_string();
    let message = envelope(&said, institution, who, &at);
    let since = std::time::Instant::now();
    let sent = Message { body: Bytes::from(message.clone()), file, ..Message::default() };
    let answered = console.line.exchange(console.line.arrived(), &HeaderMap::new(), sent).await;
    let answered = answered.map_err(|fault| Problem::said("invalid_value", fault))?;
    let reply = answered.map(|answered| String::from_utf8_lossy(&answered.body).into_owned());
    let outline = reply.as_deref().and_then(|reply| serde_json::from_str::<Value>(reply).ok()).unwrap_or_default();
    let word = |name: &str| match &outline[name] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let infcode = reply.is_some().then(|| word("infcode"));
    Ok(Sent {
        name: interface::name(&said.infno).unwrap_or_default(),
        infno: said.infno,
        msgid: said.msgid,
        at,
        ms: u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX),
        request: message,
        infcode,
        err_msg: word("err_msg"),
        warn_msg: word("warn_msg"),
        reply,
    })
}

fn check(said: &Said) -> Result<(), Problem> {
    if !OFFERED.contains(&said.infno.as_str()) {
        let why = format!("收款台不发送交易 {}；发送 {}", said.infno, OFFERED.join("、"));
        return Err(Problem::said("invalid_value", why).at("infno"));
    }
    check_number("msgid", &said.msgid)?;
    if !plain(&said.insured_in, 6) {
        return Err(Problem::said("invalid_value", "参保地是六位区划").at("insured_in"));
    }
    if said.input.get().len() > INPUT || !said.input.get().starts_with('{') {
        return Err(Problem::said("invalid_value", "输入是一个 JSON 对象，至多 1 MiB").at("input"));
    }
    Ok(())
}

fn plain(text: &str, most: usize) -> bool {
    text.len() <= most && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn check_number(field: &str, msgid: &str) -> Result<(), Problem> {
    if msgid.is_empty() || !plain(msgid, 30) {
        return Err(Problem::said("invalid_value", "报文编号用 1 至 30 个字母、数字").at(field));
    }
    Ok(())
}

/// The envelope around it, in the order of the interface.
fn envelope(said: &Said, institution: &Institution, who: &Who, at: &str) -> String {
    let Institution { code, name, area, .. } = institution;
    let shown: String = who.account.shown.chars().take(50).collect();
    let fields = [
        ("infno", said.infno.as_str()),
        ("msgid", &said.msgid),
        ("mdtrtarea_admvs", area),
        ("insuplc_admdvs", &said.insured_in),
        ("recer_sys_code", "GONGJI"),
        ("dev_no", ""),
        ("dev_safe_info", ""),
        ("cainfo", ""),
        ("signtype", ""),
        ("infver", "V1.0"),
        ("opter_type", "1"),
        ("opter", who.account.name.get(..30).unwrap_or(&who.account.name)),
        ("opter_name", &shown),
        ("inf_time", at),
        ("fixmedins_code", code),
        ("fixmedins_name", name),
        ("sign_no", ""),
    ];
    let quoted = |text: &str| to_string(text).expect("texts can always be written");
    let fields: String = fields.iter().map(|(field, value)| format!("\"{field}\":{},", quoted(value))).collect();
    format!("{{{fields}\"input\":{}}}", said.input.get())
}

/// What became of a message of the cashier's institution.
pub(super) async fn fate(
    State(console): State<Arc<Console>>,
    who: Who,
    Path(msgid): Path<String>,
) -> Result<Response, Problem> {
    let institution = who.cashier()?.to_owned();
    fate_of(&console, institution, msgid).await
}

/// What became of a message, for whoever may ask.
pub(super) async fn fate_of(console: &Console, institution: String, msgid: String) -> Result<Response, Problem> {
    let fate = console.line.fate(Key { institution, msgid }).await;
    let fate = fate.ok_or_else(|| Problem::said("busy", "结算库暂时没有应答，请稍后再问"))?;
    let fate: Value = serde_json::from_slice(&fate).unwrap_or_default();
    Ok(Json(fate).into_response())
}

/// Trouble for the next message of a number.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ordered {
    infno: String,
    trouble: String,
}

/// Orders trouble for the cashier's own next message; in the sandbox only.
pub(super) async fn trouble(State(console): State<Arc<Console>>, who: Who, body: Bytes) -> Result<Response, Problem> {
    let institution = who.cashier()?.to_owned();
    ordered(&console, institution, &body)
}

/// Orders trouble for an institution's next message.
pub(super) fn ordered(console: &Console, institution: String, body: &Bytes) -> Result<Response, Problem> {
    let Ordered { infno, trouble } = read(body)?;
    let troubles = console.line.troubles.as_ref();
    let troubles = troubles.ok_or_else(|| Problem::said("not_here", "只有沙箱（gongji serve --sandbox）能预定故障"))?;
    let wrong = |fault: String| Problem::said("invalid_value", fault.trim().to_owned()).at("trouble");
    let trouble: Trouble = trouble.parse().map_err(wrong)?;
    let answer = json!({ "infno": infno, "trouble": trouble.to_string() });
    troubles.order(institution, infno, trouble);
    Ok(Json(answer).into_response())
}

#[cfg(test)]
mod tests;
