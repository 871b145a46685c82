//! A reader of tables that lets no key pass unread: which keys there are, which must be written
//! and which words are allowed stands in [`crate::schema`].

use crate::fault::{At, Fault, listed, nearest};
use crate::node::{Key, Node, Value};
use crate::schema::{Form, Group, Need, explained};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;
use gongji_domain::{Day, FundCode};

/// Reads the keys of one table; whatever is not read by the end is a fault.
pub(crate) struct Fields<'a> {
    pub(crate) at: At,
    group: &'static Group,
    entries: &'a [(Key, Node)],
    read: RefCell<Vec<&'static str>>,
}

impl<'a> Fields<'a> {
    /// The fields of a node that must be a table.
    pub(crate) fn of(node: &'a Node, group: &'static Group, faults: &mut Vec<Fault>) -> Option<Self> {
        match &node.value {
            Value::Table(entries) => Some(Self { at: node.at, group, entries, read: RefCell::new(Vec::new()) }),
            _ => {
                faults.push(node.unexpected(&format!("一个表（{}）", group.chinese)));
                None
            }
        }
    }

    /// Whether such a table may have the key.
    pub(crate) fn offers(&self, name: &str) -> bool {
        self.group.key(name).is_some()
    }

    /// Whether the key is written, without reading it.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|(key, _)| key.name == name)
    }

    /// The value of a key, if written.
    pub(crate) fn get(&self, name: &'static str) -> Option<&'a Node> {
        debug_assert!(self.offers(name), "{name} is no key of {}", self.group.name);
        if !self.offers(name) {
            return None;
        }
        self.read.borrow_mut().push(name);
        self.entries.iter().find(|(key, _)| key.name == name).map(|(_, node)| node)
    }

    /// A text; one of the allowed words where only some are.
    pub(crate) fn text(&self, name: &'static str, faults: &mut Vec<Fault>) -> Option<(At, String)> {
        self.texts(name, faults).into_iter().next()
    }

    pub(crate) fn flag(&self, name: &'static str, faults: &mut Vec<Fault>) -> Option<bool> {
        let node = self.get(name)?;
        match &node.value {
            Value::Flag(flag) => Some(*flag),
            _ => {
                faults.push(node.unexpected(&Form::Flag.chinese()));
                None
            }
        }
    }

    /// A whole number, within the bounds that the key has.
    pub(crate) fn whole(&self, name: &'static str, faults: &mut Vec<Fault>) -> Option<i64> {
        let node = self.get(name)?;
        match (&node.value, self.group.key(name).map(|key| key.form)) {
            (Value::Whole(number), Some(Form::WholeIn(least, most))) if !(least..=most).contains(number) => {
                let allowed = format!("{least} 至 {most}");
                faults.push(Fault::error("out_of_range", node.at, format!("{name} = {number}"), allowed));
                None
            }
            (Value::Whole(number), _) => Some(*number),
            _ => {
                faults.push(node.unexpected(&Form::Whole.chinese()));
                None
            }
        }
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

    /// Texts: a list where the key takes one, else the one text.
    pub(crate) fn texts(&self, name: &'static str, faults: &mut Vec<Fault>) -> Vec<(At, String)> {
        let Some(node) = self.get(name) else { return Vec::new() };
        let form = self.group.key(name).map_or(Form::Text, |key| key.form);
        let items = if matches!(form, Form::Texts | Form::Words(_) | Form::Cites) {
            node.one_or_many()
        } else {
            core::slice::from_ref(node)
        };
        let mut texts = Vec::new();
        for item in items {
            match &item.value {
                Value::Text(text) => texts.push((item.at, allowed(text, name, item.at, &form, faults))),
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

    /// Reports every key that is unknown, that nobody asked for, or that is missing.
    pub(crate) fn finish(self, faults: &mut Vec<Fault>) {
        let mut mistyped = false;
        for (key, _) in self.entries {
            match self.group.key(&key.name) {
                None => {
                    mistyped = true;
                    faults.push(self.unknown(key));
                }
                Some(known) if !self.read.borrow().contains(&known.name) => {
                    let found = format!("{}（{}）在这里没有用处", known.name, known.meaning());
                    faults.push(Fault::error("unused_key", key.at, found, "删去，或写全与它相配的键"));
                }
                Some(_) => {}
            }
        }
        self.missing(mistyped, faults);
    }

    fn unknown(&self, key: &Key) -> Fault {
        let near = nearest(&key.name, self.group.keys().map(|known| known.name));
        let hint = near.and_then(|name| self.group.key(name));
        let hint = hint.map(|known| format!("是否想写 {}（{}）？", known.name, known.meaning())).unwrap_or_default();
        let found = format!("{}里没有键 {}", self.group.chinese, key.name);
        Fault::error("unknown_key", key.at, found, format!("{hint}可用的键：{}", self.group.listed()))
    }

    fn missing(&self, mistyped: bool, faults: &mut Vec<Fault>) {
        let place = self.group.chinese;
        for key in self.group.keys().filter(|key| key.required && !self.has(key.name)) {
            let found = format!("{place}缺少 {}（{}）", key.name, key.meaning());
            faults.push(Fault::error("missing_key", self.at, found, format!("此项必填，如 {}", key.example)));
        }
        // A mistyped key may well be the one that is missing.
        for need in self.group.needs.iter().filter(|_| !mistyped) {
            faults.extend(self.unmet(need));
        }
    }

    /// The fault of keys that ask for one another, if they are not all right.
    fn unmet(&self, need: &Need) -> Option<Fault> {
        let place = self.group.chinese;
        let named = |name: &&str| match self.group.key(name) {
            Some(key) => format!("{name}（{}）", key.meaning()),
            None => name.to_string(),
        };
        let written = |names: &[&'static str]| names.iter().copied().filter(|name| self.has(name)).collect::<Vec<_>>();
        let all = |names: &[&'static str]| names.iter().map(named).collect::<Vec<_>>().join(" 或 ");
        match need {
            Need::One(names) | Need::Any(names) if written(names).is_empty() => {
                Some(Fault::error("missing_key", self.at, format!("{place}缺少 {}", all(names)), "须写其一"))
            }
            Need::One(names) if written(names).len() > 1 => {
                let both = listed(written(names).iter().map(named));
                Some(Fault::error("exclusive_keys", self.at, format!("{place}同时写了 {both}"), "只写其一"))
            }
            Need::With(name, other) if self.has(name) && !self.has(other) => {
                let found = format!("{place}写了 {} 而没有 {}", named(name), named(other));
                Some(Fault::error("missing_key", self.at, found, "两者须同时写"))
            }
            Need::Alone(name) if self.has(name) && self.entries.len() > 1 => {
                let found = format!("{place}在 {} 以外还写了别的", named(name));
                Some(Fault::error("exclusive_keys", self.at, found, format!("{name} 单独写")))
            }
            _ => None,
        }
    }
}

/// The text as written if the key allows it; else one that it does, after reporting it.
fn allowed(text: &str, name: &str, at: At, form: &Form, faults: &mut Vec<Fault>) -> String {
    let words = form.words();
    let instead = match form {
        Form::Word(_) | Form::Words(_) if !words.iter().any(|(word, _)| *word == text) => words[0].0,
        Form::Fund { account } if !is_fund(text, *account) => "310100",
        Form::Span if !is_span(text) => "24 hours",
        Form::Area if text.len() != 6 || !text.bytes().all(|b| b.is_ascii_digit()) => text,
        _ => return text.to_string(),
    };
    let hint = nearest(text, words.iter().map(|(word, _)| *word)).map(|word| format!("是否想写 {word}？"));
    let allowed = match words {
        [] => format!("应为{}", form.chinese()),
        words => format!("{}可用：{}", hint.unwrap_or_default(), explained(words)),
    };
    let code = if matches!(form, Form::Fund { .. }) { "unknown_fund" } else { "invalid_value" };
    faults.push(Fault::error(code, at, format!("{name} = \"{text}\""), allowed));
    instead.to_string()
}

fn is_fund(text: &str, account: bool) -> bool {
    FundCode::from_code(text).is_some() || (account && matches!(text, "account.current" | "account.prior"))
}

fn is_span(text: &str) -> bool {
    let parts = text.split_once(' ').map(|(number, unit)| (number.parse::<u32>(), unit));
    matches!(parts, Some((Ok(_), "hour" | "hours" | "day" | "days")))
}
