//! TOML as a tree whose every part knows where it stands, and a reader of tables that lets no key
//! pass unread. Knows TOML, not policy.

use crate::fault::{At, Fault, listed, nearest};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;
use core::ops::RangeInclusive;
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
        let allowed = "请按 TOML 写法改正";
        faults.push(Fault::error("toml_syntax", at, format!("不是合法的 TOML：{}", error.message()), allowed));
    }
    let at = place(file, &table);
    Node { at, value: convert_table(file, table.get_ref(), faults) }
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

/// Reads the keys of one table; whatever is not read by the end is an unknown key.
pub(crate) struct Fields<'a> {
    pub(crate) at: At,
    entries: &'a [(Key, Node)],
    known: RefCell<Vec<&'static str>>,
}

impl<'a> Fields<'a> {
    /// The fields of a node that must be a table.
    pub(crate) fn of(node: &'a Node, faults: &mut Vec<Fault>) -> Option<Self> {
        match &node.value {
            Value::Table(entries) => Some(Self { at: node.at, entries, known: RefCell::new(Vec::new()) }),
            _ => {
                faults.push(node.unexpected("一个表"));
                None
            }
        }
    }

    /// The value of a key, if written.
    pub(crate) fn get(&self, name: &'static str) -> Option<&'a Node> {
        self.known.borrow_mut().push(name);
        self.entries.iter().find(|(key, _)| key.name == name).map(|(_, node)| node)
    }

    /// The value of a key that must be written.
    pub(crate) fn need(&self, name: &'static str, faults: &mut Vec<Fault>) -> Option<&'a Node> {
        let found = self.get(name);
        if found.is_none() {
            faults.push(Fault::error("missing_key", self.at, format!("缺少 {name}"), "此项必填"));
        }
        found
    }

    pub(crate) fn text(&self, name: &'static str, faults: &mut Vec<Fault>) -> Option<String> {
        let node = self.get(name)?;
        match &node.value {
            Value::Text(text) => Some(text.clone()),
            _ => {
                faults.push(node.unexpected("文字"));
                None
            }
        }
    }

    pub(crate) fn flag(&self, name: &'static str, faults: &mut Vec<Fault>) -> Option<bool> {
        let node = self.get(name)?;
        match &node.value {
            Value::Flag(flag) => Some(*flag),
            _ => {
                faults.push(node.unexpected("true 或 false"));
                None
            }
        }
    }

    pub(crate) fn whole(&self, name: &'static str, faults: &mut Vec<Fault>) -> Option<i64> {
        let node = self.get(name)?;
        match &node.value {
            Value::Whole(number) => Some(*number),
            _ => {
                faults.push(node.unexpected("整数"));
                None
            }
        }
    }

    /// A whole number that may not be smaller or larger than these.
    pub(crate) fn whole_in(
        &self,
        name: &'static str,
        range: RangeInclusive<i64>,
        faults: &mut Vec<Fault>,
    ) -> Option<i64> {
        let number = self.whole(name, faults)?;
        if range.contains(&number) {
            return Some(number);
        }
        let (at, allowed) = (self.get(name)?.at, format!("{} 至 {}", range.start(), range.end()));
        faults.push(Fault::error("out_of_range", at, format!("{name} = {number}"), allowed));
        None
    }

    pub(crate) fn day(&self, name: &'static str, faults: &mut Vec<Fault>) -> Option<Day> {
        let node = self.get(name)?;
        match &node.value {
            Value::Day(day) => Some(*day),
            _ => {
                faults.push(node.unexpected("日期（不加引号），如 2024-01-01"));
                None
            }
        }
    }

    /// A list of texts; a single text counts as a list of one.
    pub(crate) fn texts(&self, name: &'static str, faults: &mut Vec<Fault>) -> Vec<(At, String)> {
        let mut texts = Vec::new();
        for item in self.get(name).map(Node::one_or_many).unwrap_or_default() {
            match &item.value {
                Value::Text(text) => texts.push((item.at, text.clone())),
                _ => faults.push(item.unexpected("文字")),
            }
        }
        texts
    }

    /// The entries of a sub-table whose keys are free names.
    pub(crate) fn named(&self, name: &'static str, faults: &mut Vec<Fault>) -> &'a [(Key, Node)] {
        match self.get(name) {
            Some(Node { value: Value::Table(entries), .. }) => entries,
            Some(node) => {
                faults.push(node.unexpected("一个表"));
                &[]
            }
            None => &[],
        }
    }

    /// Reports every key that nobody asked for.
    pub(crate) fn finish(self, faults: &mut Vec<Fault>) {
        let known = self.known.into_inner();
        for (key, _) in self.entries.iter().filter(|(key, _)| !known.contains(&key.name.as_str())) {
            let hint = nearest(&key.name, known.iter().copied()).map(|name| format!("，是否想写 {name}？"));
            let allowed = format!("可用的键：{}{}", listed(known.iter()), hint.unwrap_or_default());
            faults.push(Fault::error("unknown_key", key.at, format!("不认识的键 {}", key.name), allowed));
        }
    }
}
