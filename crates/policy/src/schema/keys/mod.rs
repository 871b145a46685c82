//! The keys themselves, each where the reader of its table has its counterpart.

pub(super) mod account;
pub(super) mod benefits;
pub(super) mod facts;
pub(super) mod frame;
pub(super) mod rest;
pub(super) mod tables;
mod words;

use super::{Form, Key, key};

const CITE: Key = key(
    "cite",
    Form::Cites,
    "依据：哪一条规定的；行用表的，表用待遇的，自己写了就用自己的",
    "The article that says so. Rows inherit it from their table, tables from their benefit.",
    r#"cite = ["xize:5", "wenda:14"]"#,
);
const FROM: Key = key("from", Form::Day, "起：从这一天起", "First day on which it holds.", "from = 2025-01-01");
const UNTIL: Key = key(
    "until",
    Form::Day,
    "止：最后一天（这一天还算）；不写就没有终止",
    "Last day on which it holds, included; left out means open.",
    "until = 2026-12-31",
);
const WHEN: Key = key(
    "when",
    Form::Pattern,
    "条件：都符合才适用；不写就是任何情形",
    "Conditions that must all hold; left out means always.",
    r#"when = { status = "retired", age = { at_least = 70 } }"#,
);
const LABEL: Key =
    key("label", Form::Text, "中文名：给人看的名称", "A name in Chinese, for people.", r#"label = "支付比例的级别""#);
