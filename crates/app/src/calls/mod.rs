//! The call log (报文记录): what an institution sent and what became of it, a line of JSON each, a file a day.
//! Must never delay a settlement, nor keep a body or anybody's data outside the sandbox.

pub(crate) mod read;
pub(crate) mod write;

use serde::{Deserialize, Serialize};

use crate::his::errors::{self, Code};
use crate::his::json::{self, Json};
use crate::his::{interface, remedies::remedy};

/// The code of a success.
pub(crate) const OK: &str = "ok";
/// The code of an answer that a gateway would have given.
pub(crate) const GATEWAY: &str = "gateway";

/// The code of a message that the sandbox broke off before it was looked at.
pub(crate) const LOST: &str = "lost";

/// One message with its fate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    /// When it came, `yyyy-MM-dd HH:mm:ss.SSS` at +08:00.
    pub at: String,
    /// Which since the service started: two may come in one millisecond.
    pub no: u64,
    pub infno: String,
    pub msgid: String,
    /// 定点医药机构编号
    pub institution: String,
    /// Until the answer was there.
    pub ms: u64,
    /// `ok`, a code of the interface or of a policy, `gateway` or `lost`.
    pub code: String,
    /// The field concerned.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub field: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub err_msg: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub warn_msg: String,
    /// What the sandbox did to the answer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub trouble: String,
    /// The body as sent; in the sandbox only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// The body as answered; in the sandbox only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
}

impl Call {
    /// Whether it was answered with a success.
    pub(crate) fn is_ok(&self) -> bool {
        self.code == OK
    }

    /// The name of its transaction.
    pub(crate) fn name(&self) -> &'static str {
        let base = self.infno.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        interface::name(&self.infno).or_else(|| interface::name(base)).unwrap_or("")
    }

    /// What the code means and what the sender is to change; nothing of a success.
    pub(crate) fn explained(&self) -> Option<(&'static str, &'static str)> {
        if self.is_ok() {
            return None;
        }
        if self.code == GATEWAY {
            return Some(("网关不予放行", "核对接入密钥、签名原文和本机时钟；各种应答见接口错误码的“网关的应答”。"));
        }
        if self.code == LOST {
            return Some(("沙箱在受理之前断开了连接，什么都没有发生", "用同一 msgid 原样重发。"));
        }
        let known = Code::ALL.iter().find(|code| code.name() == self.code);
        let policy = ("统筹区政策不予办理", "这是政策的拒绝，不是报文的错。把 err_msg 的文字和依据告知参保人。");
        Some(known.map_or(policy, |code| (code.text(), remedy(*code))))
    }

    /// Both bodies as JSON.
    pub(crate) fn bodies(&self) -> Bodies {
        let read =
            |body: &Option<String>| body.as_deref().and_then(|text| Some(json::read_text(text).ok()?.into_owned()));
        Bodies { request: read(&self.request), reply: read(&self.reply) }
    }
}

/// What was sent and answered, as far as it was kept and is JSON.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bodies {
    request: Option<Json<'static>>,
    reply: Option<Json<'static>>,
}

impl Bodies {
    /// The values at a path such as `request.input.data.mdtrt_id`, of every row where there are rows. A part
    /// that was sent as text is read.
    pub(crate) fn values(&self, path: &str) -> Vec<String> {
        let (side, path) = path.split_once('.').unwrap_or((path, ""));
        let whole = if side == "reply" { &self.reply } else { &self.request };
        let mut found = Vec::new();
        if let Some(whole) = whole {
            let steps: Vec<&str> = path.split('.').filter(|step| !step.is_empty()).collect();
            collect(whole, &steps, &mut found);
        }
        found
    }
}

fn collect(value: &Json, steps: &[&str], found: &mut Vec<String>) {
    match (value, steps) {
        (Json::List(rows), _) => rows.iter().for_each(|row| collect(row, steps, found)),
        (Json::Text(text) | Json::Number(text), []) if !text.trim().is_empty() => found.push(text.trim().to_owned()),
        (Json::Text(text), [_, ..]) => {
            if let Ok(inner) = json::read_text(text) {
                collect(&inner, steps, found);
            }
        }
        (Json::Object(_), [step, rest @ ..]) => {
            if let Some(inner) = value.get(step) {
                collect(inner, rest, found);
            }
        }
        _ => {}
    }
}

/// The code and field that an `err_msg` names.
fn told(err_msg: &str) -> (&str, &str) {
    let code = err_msg.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or("", |(code, _)| code);
    let field = err_msg.split_once("：字段 ").map_or("", |(_, rest)| rest.split(['，', '（']).next().unwrap_or(""));
    let plain = |c: char| c.is_ascii_alphanumeric() || "._".contains(c);
    (code, if field.chars().all(plain) { field } else { "" })
}

/// What an error says without a word of the sender's: its text and the field.
fn without_values(code: &str, field: &str) -> String {
    let text = Code::ALL.iter().find(|known| known.name() == code).map_or("", |known| known.text());
    let field = if field.is_empty() { String::new() } else { format!("：字段 {field}") };
    format!("[{code}] {text}{field}")
}

/// How the notes begin that name fields and no value.
const NOTED: [&str; 2] = ["未识别的字段，已忽略", "规范要求而报文缺少的字段"];

/// Of the notes on a success those that name fields only.
fn about_fields(warn_msg: &str) -> String {
    let named = |note: &&str| NOTED.iter().any(|head| note.starts_with(head));
    warn_msg.split('；').filter(named).collect::<Vec<_>>().join("；")
}

/// The longest that anything of a message's envelope is repeated.
const WORD: usize = errors::GIVEN;

#[cfg(test)]
mod tests;
