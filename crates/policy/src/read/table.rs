//! Reading tables: rows, conditions, values, adjustments.

use super::{cites, text, word};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::model::{
    Adjust, Change, Compare, Condition, Each, Pattern, Row, Scalar, ScalarValue, Table, Value, ValueAt, Word,
};
use crate::node::{self, Node};
use crate::schema::{ADJUSTMENT, AMOUNTS_TABLE, CONDITION, FORMULA, Group, RATES_TABLE, ROW};
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_domain::{Direction, Fen, Rate, Rounding};

/// Reads a table that stands under a key of its own, such as `rate = {...}`.
pub(super) fn table(
    node: &Node,
    path: String,
    group: &'static Group,
    cite: &[Word],
    faults: &mut Vec<Fault>,
) -> Option<Table> {
    let fields = Fields::of(node, group, faults)?;
    let table = rows_of(&fields, path, group, cite, faults);
    fields.finish(faults);
    Some(table)
}

/// Reads the table keys among the fields of something that has keys of its own besides.
pub(super) fn rows_of(
    fields: &Fields<'_>,
    path: String,
    group: &'static Group,
    cite: &[Word],
    faults: &mut Vec<Fault>,
) -> Table {
    let own = cites(fields, faults);
    let cite = if own.is_empty() { cite.to_vec() } else { own };
    let across = across(fields, faults);
    let mut layers: [Vec<Row>; 4] = Default::default();
    layers[0] = rows(fields, "rows", across.as_ref(), faults);
    layers[1] = rows(fields, "except", across.as_ref(), faults);
    let mut table = Table {
        at: fields.at,
        layers,
        from: fields.day("from", faults),
        until: fields.day("until", faults),
        cite,
        path,
        ..Table::default()
    };
    if fields.offers("adjust") {
        table.adjust = super::items(fields, "adjust").iter().filter_map(|node| adjust(node, faults)).collect();
        table.at_least = edge(fields, "at_least", group, &table, faults);
        table.at_most = edge(fields, "at_most", group, &table, faults);
    }
    if fields.offers("round") {
        table.rounding = fields.get("round").and_then(|node| rounding(node, faults));
    }
    if fields.offers("status_effect") {
        table.per = word(fields, "per", faults);
        table.status_effect = word(fields, "status_effect", faults);
        table.age_on = word(fields, "age_on", faults);
        table.facts_on = word(fields, "facts_on", faults);
    }
    if fields.offers("each") {
        table.each = each(fields, faults);
    }
    table
}

/// A floor or a ceiling: a value, or a table of its own.
fn edge(
    fields: &Fields<'_>,
    name: &'static str,
    group: &'static Group,
    of: &Table,
    faults: &mut Vec<Fault>,
) -> Option<Box<Table>> {
    let path = format!("{}.{name}", of.path);
    let group = if core::ptr::eq(group, &RATES_TABLE) { &RATES_TABLE } else { &AMOUNTS_TABLE };
    value_or_table(fields.get(name)?, path, group, &of.cite, faults).map(Box::new)
}

/// A value that holds always, or a table.
pub(super) fn value_or_table(
    node: &Node,
    path: String,
    group: &'static Group,
    cite: &[Word],
    faults: &mut Vec<Fault>,
) -> Option<Table> {
    if let node::Value::Table(_) = node.value {
        return table(node, path, group, cite, faults);
    }
    let is = value(node, faults)?;
    let row = Row { is, ..empty_row(node) };
    let layers = [alloc::vec![row], Vec::new(), Vec::new(), Vec::new()];
    Some(Table { at: node.at, path, layers, cite: cite.to_vec(), ..Table::default() })
}

fn empty_row(node: &Node) -> Row {
    let is = ValueAt { at: node.at, value: Value::None };
    let (from, until, published, known, verified) = (None, None, None, None, None);
    Row {
        at: node.at,
        when: Vec::new(),
        is,
        from,
        until,
        published,
        known,
        corrects: false,
        cite: Vec::new(),
        verified,
    }
}

fn across(fields: &Fields<'_>, faults: &mut Vec<Fault>) -> Option<(Word, Vec<Condition>)> {
    let node = fields.get("across")?;
    let node::Value::Table(entries) = &node.value else {
        faults.push(node.unexpected("{ 事实 = [值, 值] }"));
        return None;
    };
    let [(key, values)] = entries.as_slice() else {
        faults.push(node.unexpected("恰好一个事实"));
        return None;
    };
    let columns = values.one_or_many().iter().filter_map(|value| condition(value, faults)).collect();
    Some((super::key_word(key), columns))
}

fn rows(
    fields: &Fields<'_>,
    name: &'static str,
    across: Option<&(Word, Vec<Condition>)>,
    faults: &mut Vec<Fault>,
) -> Vec<Row> {
    let mut rows = Vec::new();
    let nodes = super::items(fields, name);
    if fields.has(name) && nodes.is_empty() {
        faults.push(Fault::error("missing_key", fields.at, format!("{name} 没有任何一行"), "写 rows = [{ is = … }]"));
    }
    for node in nodes {
        row(node, across, &mut rows, faults);
    }
    rows
}

/// Reads a row; a row of a grid (`are`) becomes one row for each column.
fn row(node: &Node, across: Option<&(Word, Vec<Condition>)>, rows: &mut Vec<Row>, faults: &mut Vec<Fault>) {
    let Some(fields) = Fields::of(node, &ROW, faults) else { return };
    let (is, are) = (fields.get("is"), fields.get("are"));
    let base = Row {
        at: node.at,
        when: pattern(&fields, "when", faults),
        is: ValueAt { at: node.at, value: Value::None },
        from: fields.day("from", faults),
        until: fields.day("until", faults),
        published: fields.day("published", faults),
        known: fields.day("known", faults),
        corrects: fields.flag("corrects", faults).unwrap_or(false),
        cite: cites(&fields, faults),
        verified: fields.day("verified", faults),
    };
    fields.finish(faults);
    match (is, are, across) {
        (Some(node), None, _) => rows.extend(value(node, faults).map(|is| Row { is, ..base })),
        (None, Some(cells), Some((fact, values))) => {
            let cells = cells.one_or_many();
            if cells.len() != values.len() {
                let found = format!("are 有 {} 格，across 有 {} 列", cells.len(), values.len());
                faults.push(Fault::error("grid_shape", node.at, found, "两者个数须相同"));
            }
            for (cell, column) in cells.iter().zip(values) {
                let mut row = base.clone();
                row.when.push((fact.clone(), column.clone()));
                if let Some(is) = value(cell, faults) {
                    rows.push(Row { at: cell.at, is, ..row });
                }
            }
        }
        (None, Some(_), None) => {
            faults.push(Fault::error(
                "grid_shape",
                node.at,
                "写了 are 而表没有 across",
                "加 across = { 事实 = [...] }，或改用 is",
            ));
        }
        // Reported with the keys of the row.
        (Some(_), Some(_), _) | (None, None, _) => {}
    }
}

/// Reads `{ fact = condition, ... }`.
pub(super) fn pattern(fields: &Fields<'_>, name: &'static str, faults: &mut Vec<Fault>) -> Pattern {
    let mut pattern = Vec::new();
    for (key, node) in fields.named(name, faults) {
        if let Some(condition) = condition(node, faults) {
            pattern.push((super::key_word(key), condition));
        }
    }
    pattern
}

fn condition(node: &Node, faults: &mut Vec<Fault>) -> Option<Condition> {
    let scalars = |node: &Node, faults: &mut Vec<Fault>| -> Vec<Scalar> {
        node.one_or_many().iter().filter_map(|item| scalar(item, faults)).collect()
    };
    let node::Value::Table(_) = &node.value else { return Some(Condition::Any(scalars(node, faults))) };
    let fields = Fields::of(node, &CONDITION, faults)?;
    let not = fields.get("not").map(|node| scalars(node, faults));
    let mut range = Vec::new();
    for (name, compare) in COMPARES {
        let constant = fields.get(name).and_then(|node| scalar(node, faults));
        range.extend(constant.map(|constant| (*compare, constant)));
    }
    fields.finish(faults);
    Some(not.map_or(Condition::Range(range), Condition::Not))
}

const COMPARES: &[(&str, Compare)] = &[
    ("below", Compare::Below),
    ("before", Compare::Below),
    ("at_most", Compare::AtMost),
    ("at_least", Compare::AtLeast),
    ("from", Compare::AtLeast),
    ("above", Compare::Above),
];

pub(super) fn scalar(node: &Node, faults: &mut Vec<Fault>) -> Option<Scalar> {
    let value = match &node.value {
        node::Value::Text(text) => ScalarValue::Text(text.clone()),
        node::Value::Whole(number) => ScalarValue::Whole(*number),
        node::Value::Flag(flag) => ScalarValue::Flag(*flag),
        node::Value::Day(day) => ScalarValue::Day(*day),
        _ => {
            faults.push(node.unexpected("文字、整数、true/false 或日期；金额写成文字，如 \"90.00\""));
            return None;
        }
    };
    Some(Scalar { at: node.at, value })
}

/// Reads what a row says.
pub(super) fn value(node: &Node, faults: &mut Vec<Fault>) -> Option<ValueAt> {
    let value = match &node.value {
        node::Value::Text(text) => text_value(text).map_err(|why| (why, node)),
        node::Value::Flag(flag) => Ok(Value::Flag(*flag)),
        node::Value::Table(_) => return formula(node, faults).map(|value| ValueAt { at: node.at, value }),
        _ => {
            faults.push(node.unexpected(
                "文字：金额 \"200.00\"、比例 \"60%\"、选项、\"none\" 或 \"open\"；或 true/false；或算式 { share = … }",
            ));
            return None;
        }
    };
    match value {
        Ok(value) => Some(ValueAt { at: node.at, value }),
        Err((why, node)) => {
            faults.push(Fault::error("invalid_value", node.at, format!("这里是{}", node.describe()), why));
            None
        }
    }
}

fn text_value(text: &str) -> Result<Value, String> {
    match text {
        "none" => return Ok(Value::None),
        "open" => return Ok(Value::Open),
        _ => {}
    }
    let numeric = text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.' || c == '+');
    if !numeric {
        return Ok(Value::Word(text.to_owned()));
    }
    if text.ends_with("months") || text.ends_with("days") {
        return text.parse().map(Value::Span);
    }
    if text.ends_with('%') {
        return text.parse().map(Value::Rate).map_err(|fault: gongji_domain::RateError| fault.to_string());
    }
    text.parse().map(Value::Money).map_err(|fault: gongji_domain::MoneyError| fault.to_string())
}

fn formula(node: &Node, faults: &mut Vec<Fault>) -> Option<Value> {
    let fields = Fields::of(node, &FORMULA, faults)?;
    let share = fields.get("share").and_then(|node| rate(node, faults));
    let year = fields.whole("year", faults);
    let round = fields.get("round").and_then(|node| rounding(node, faults));
    let of = text(&fields, "of", faults);
    let same_as = text(&fields, "same_as", faults);
    let frozen = text(&fields, "frozen", faults);
    let balance = text(&fields, "balance", faults);
    let fund = text(&fields, "fund", faults);
    let ledger = text(&fields, "ledger", faults);
    fields.finish(faults);
    if let Some(fund) = fund {
        return Some(Value::Fund { fund, ledger });
    }
    match (share, of, same_as, frozen, balance) {
        (Some(share), Some(of), ..) => Some(Value::Share { share, of, year, round }),
        (share, _, Some(path), ..) => Some(Value::SameAs { path, share }),
        (_, _, _, Some(name), _) => Some(Value::Frozen(name)),
        (_, _, _, _, Some(part)) => Some(Value::Balance(part)),
        _ => None,
    }
}

pub(super) fn rate(node: &Node, faults: &mut Vec<Fault>) -> Option<Rate> {
    let read = match &node.value {
        node::Value::Text(text) => text.parse().ok(),
        _ => None,
    };
    if read.is_none() {
        faults.push(node.unexpected("比例，如 \"2.5%\"（至多四位小数）"));
    }
    read
}

pub(super) fn money(node: &Node, faults: &mut Vec<Fault>) -> Option<Fen> {
    let read = match &node.value {
        node::Value::Text(text) => text.parse().ok(),
        _ => None,
    };
    if read.is_none() {
        faults.push(node.unexpected("金额，写成文字，如 \"200.00\"（至多两位小数，不为负）"));
    }
    read
}

/// `"half_up fen"`, `"down yuan"` …
pub(super) fn rounding(node: &Node, faults: &mut Vec<Fault>) -> Option<Rounding> {
    let parts = match &node.value {
        node::Value::Text(text) => text.split_once(' '),
        _ => None,
    };
    let direction = match parts.map(|parts| parts.0) {
        Some("half_up") => Some(Direction::HalfUp),
        Some("down") => Some(Direction::Down),
        Some("up") => Some(Direction::Up),
        _ => None,
    };
    let unit = match parts.map(|parts| parts.1) {
        Some("fen") => Some(1),
        Some("jiao") => Some(10),
        Some("yuan") => Some(100),
        Some("ten_yuan") => Some(1_000),
        Some("hundred_yuan") => Some(10_000),
        _ => None,
    };
    match (direction, unit) {
        (Some(direction), Some(unit)) => Some(Rounding { unit, direction }),
        _ => {
            faults.push(node.unexpected(
                "\"half_up 单位\"、\"down 单位\" 或 \"up 单位\"，单位 fen、jiao、yuan、ten_yuan、hundred_yuan",
            ));
            None
        }
    }
}

fn adjust(node: &Node, faults: &mut Vec<Fault>) -> Option<Adjust> {
    let fields = Fields::of(node, &ADJUSTMENT, faults)?;
    let add = fields.get("add").map(|node| change_of(node, faults));
    let times = fields.get("times").map(|node| rate(node, faults).map(Change::Times));
    let adjust = Adjust {
        at: node.at,
        when: pattern(&fields, "when", faults),
        change: Change::Times(Rate::ONE),
        per: word(&fields, "per", faults),
        less: fields.whole("less", faults).unwrap_or(0),
        from: fields.day("from", faults),
        until: fields.day("until", faults),
        cite: cites(&fields, faults),
    };
    fields.finish(faults);
    let change = add.or(times)?;
    change.map(|change| Adjust { change, ..adjust })
}

/// `"10 points"`, `"-5 points"`, `"-300.00"`.
fn change_of(node: &Node, faults: &mut Vec<Fault>) -> Option<Change> {
    let read = match &node.value {
        node::Value::Text(text) => match text.strip_suffix(" points") {
            Some(points) => Rate::parse_signed(&format!("{points}%")).ok().map(Change::Points),
            None => Fen::parse_signed(text).ok().map(Change::Money),
        },
        _ => None,
    };
    if read.is_none() {
        faults.push(node.unexpected("\"10 points\"（百分点）或金额 \"-300.00\""));
    }
    read
}

/// What part of its amount one member of a set brings.
fn weight(node: &Node, faults: &mut Vec<Fault>) -> Option<Rate> {
    let weight = rate(node, faults)?;
    if weight > Rate::ONE {
        faults.push(Fault::error("out_of_range", node.at, format!("weights 中的 {weight}"), "0% 至 100%"));
    }
    Some(weight)
}

fn each(fields: &Fields<'_>, faults: &mut Vec<Fault>) -> Option<Each> {
    let set = word(fields, "each", faults);
    let name = word(fields, "as", faults);
    let weights: Vec<Rate> = super::items(fields, "weights").iter().filter_map(|node| weight(node, faults)).collect();
    let (set, name) = (set?, name?);
    Some(Each { set, name, weights })
}
