//! TOML as a tree whose every part knows where it stands. Knows TOML, not policy.

use crate::fault::{At, Fault};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_domain::Day;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) at: At,
    pub(crate) value: Value,
}

/// A TOML value; floats are kept only to be refused by name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Whole(i64),
    Flag(bool),
    Day(Day),
    Float(String),
    List(Vec<Node>),
    Table(Vec<(Key, Node)>),
}

/// A key with its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    pub(crate) at: At,
    pub(crate) name: String,
}

/// Parses a file; what can be read is read, all syntax faults are reported.
pub(crate) fn parse(file: u16, text: &str, faults: &mut Vec<Fault>) -> Node {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let at = At { file, start: span.start as u32, end: span.end as u32 };
        let allowed = match wide(text, at) {
            Some((wide, plain)) => format!("把这一行的全角 {wide} 改成半角 {plain}"),
            None => "请按 TOML 写法改正".to_owned(),
        };
        faults.push(Fault::error("toml_syntax", at, format!("不是合法的 TOML：{}", error.message()), allowed));
    }
    let at = place(file, &table);
    Node { at, value: convert_table(file, table.get_ref(), faults) }
}

/// Punctuation that a Chinese keyboard gives, with what TOML wants in its place.
const WIDE: &[(char, char)] = &[
    ('“', '"'),
    ('”', '"'),
    ('＂', '"'),
    ('，', ','),
    ('＝', '='),
    ('｛', '{'),
    ('｝', '}'),
    ('［', '['),
    ('］', ']'),
];

/// The first wide punctuation of the line on which a syntax fault begins, quoted text and comments left out.
fn wide(text: &str, at: At) -> Option<(char, char)> {
    let start = text.get(..at.start as usize)?.rfind('\n').map_or(0, |end| end + 1);
    let line = text.get(start..)?.lines().next()?.split('#').next()?;
    let bare = line.split('"').step_by(2).flat_map(str::chars);
    bare.into_iter().find_map(|found| WIDE.iter().copied().find(|(wide, _)| *wide == found))
}

fn place<T>(file: u16, spanned: &Spanned<T>) -> At {
    At { file, start: spanned.span().start as u32, end: spanned.span().end as u32 }
}

fn convert_table(file: u16, table: &DeTable<'_>, faults: &mut Vec<Fault>) -> Value {
    let mut entries: Vec<(Key, Node)> = table
        .iter()
        .map(|(key, value)| {
            let key = Key { at: place(file, key), name: key.get_ref().to_string() };
            (key, convert(file, value, faults))
        })
        .collect();
    entries.sort_by_key(|(key, _)| key.at.start);
    Value::Table(entries)
}

fn convert(file: u16, value: &Spanned<DeValue<'_>>, faults: &mut Vec<Fault>) -> Node {
    let at = place(file, value);
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Whole(number),
            Err(_) => Value::Float(number.as_str().to_owned()),
        },
        DeValue::Float(number) => Value::Float(number.as_str().to_owned()),
        DeValue::Datetime(datetime) => match datetime.to_string().parse() {
            Ok(day) => Value::Day(day),
            Err(_) => {
                let allowed = "只用日期，写作 2024-01-01（1900 至 2199 年）";
                faults.push(Fault::error("not_a_date", at, format!("{datetime} 不是可用的日期"), allowed));
                // Reported; what stands in its place can be shown like any day.
                Value::Day(Day::FIRST)
            }
        },
        DeValue::Array(items) => Value::List(items.iter().map(|item| convert(file, item, faults)).collect()),
        DeValue::Table(table) => convert_table(file, table, faults),
    };
    Node { at, value }
}

impl Node {
    /// What it is, for messages.
    pub(crate) fn describe(&self) -> String {
        match &self.value {
            Value::Text(text) => format!("文字 \"{text}\""),
            Value::Whole(number) => format!("整数 {number}"),
            Value::Flag(flag) => format!("{flag}"),
            Value::Day(day) => format!("日期 {day}"),
            Value::Float(number) => format!("小数 {number}"),
            Value::List(_) => "列表".to_owned(),
            Value::Table(_) => "表".to_owned(),
        }
    }

    /// A fault: this is not what is expected here.
    pub(crate) fn unexpected(&self, allowed: &str) -> Fault {
        let code = if matches!(self.value, Value::Float(_)) { "float_refused" } else { "invalid_value" };
        Fault::error(code, self.at, format!("这里是{}", self.describe()), format!("应为{allowed}"))
    }

    /// The items of a list, or the one value itself.
    pub(crate) fn one_or_many(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => core::slice::from_ref(self),
        }
    }
}
