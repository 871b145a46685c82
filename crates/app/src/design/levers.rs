//! The figures of a package that a designer may turn (参数): deductibles, rates and what is added to them, limits, account
//! credits; each with its name, value, article and the bounds of the documents above it.

use super::tables::{Written, cited, written};
use anyhow::{Context as _, bail};
use gongji_domain::{Day, Fen, Rate};
use gongji_policy::{Folder, words_of};
use serde::Serialize;
use std::fmt;
use toml_edit::{DocumentMut, InlineTable, Item, Value};

/// In what a lever is counted. Its value is a whole number of fen or of millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unit {
    /// 元
    Money,
    /// A rate or share (比例).
    Rate,
    /// Percentage points added to a rate (百分点).
    Points,
}

/// Where a lever's figure stands in its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    /// A row, and its place among `are`.
    Row(usize, Option<usize>),
    /// A row of the exceptions, and its place among `are`.
    Except(usize, Option<usize>),
    /// An adjustment.
    Adjust(usize),
}

/// A figure that may be turned.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Lever {
    /// What commands call it, such as `limit.retired`.
    pub(crate) id: String,
    /// Its name in Chinese.
    pub(crate) words: String,
    /// In what it is counted.
    pub(crate) unit: Unit,
    /// What the package says.
    pub(crate) value: i64,
    /// The articles that say so.
    pub(crate) article: String,
    /// The least that the documents above the area allow.
    pub(crate) min: Option<i64>,
    /// The most.
    pub(crate) max: Option<i64>,
    /// Which articles bound it.
    pub(crate) bounded_by: Vec<String>,
    /// The table's place among the tables, and the figure's place in it.
    #[serde(skip)]
    pub(crate) at: (usize, Spot),
    /// Conditions under which it holds: fact and values.
    #[serde(skip)]
    pub(crate) when: Vec<(String, Vec<String>)>,
}

/// All levers of a package on a day, and the tables that they stand in.
#[derive(Clone, Debug)]
pub(crate) struct Levers {
    /// The levers, in the order of the package.
    pub(crate) all: Vec<Lever>,
    /// The tables.
    pub(crate) tables: Vec<Written>,
}

impl Lever {
    /// Whether this value changes what is credited to accounts.
    pub(crate) fn turns_credit(&self, value: i64) -> bool {
        self.id.starts_with("credit") && value != self.value
    }
}

impl Unit {
    /// A value as people write it.
    pub(crate) fn show(self, value: i64) -> String {
        match self {
            Self::Money => format!("{} 元", Fen::from_fen(value)),
            Self::Rate => Rate::from_millionths(value).to_string(),
            Self::Points => format!("{} 个百分点", Rate::from_millionths(value).to_string().trim_end_matches('%')),
        }
    }

    /// Reads a value as a command gives it.
    pub(crate) fn read(self, text: &str) -> anyhow::Result<i64> {
        let read = match self {
            Self::Money => Fen::parse_signed(text.trim_end_matches('元')).ok().map(Fen::fen),
            Self::Rate => Rate::parse_signed(text).ok().map(Rate::millionths),
            Self::Points => {
                let text = text.trim_end_matches("points").trim();
                Rate::parse_signed(&format!("{}%", text.trim_end_matches('%'))).ok().map(Rate::millionths)
            }
        };
        let allowed = match self {
            Self::Money => "金额，如 500 或 500.00",
            Self::Rate => "比例，如 55%",
            Self::Points => "百分点，如 5",
        };
        read.with_context(|| format!("{text} 不是这个参数的值；写{allowed}"))
    }
}

impl fmt::Display for Lever {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}（{}）{}", self.words, self.id, self.unit.show(self.value))
    }
}

impl Levers {
    /// The levers of a package as it stands on a day.
    ///
    /// # Errors
    /// When a file is no TOML, or the benefit has no figure to turn.
    pub(crate) fn of(base: &Folder, frameworks: &Folder, benefit: &str, day: Day) -> anyhow::Result<Self> {
        let tables = written(base, benefit, day)?;
        let mut all = Vec::new();
        for (number, table) in tables.iter().enumerate() {
            let one = Naming { table, number };
            for (at, row) in table.rows.iter().enumerate() {
                one.row(row, |column| Spot::Row(at, column), &mut all);
            }
            for (at, row) in table.except.iter().enumerate() {
                one.row(row, |column| Spot::Except(at, column), &mut all);
            }
            for (at, adjust) in table.adjust.iter().enumerate() {
                one.adjust(adjust, Spot::Adjust(at), &mut all);
            }
        }
        if all.is_empty() {
            bail!("{} 的 {benefit} 没有可以调整的数", base.name);
        }
        distinct(&mut all);
        let named = framework_names(base)?;
        for file in frameworks.files.iter().filter(|file| file.path.ends_with(".toml")) {
            let name = file.path.rsplit('/').next().and_then(|name| name.strip_suffix(".toml")).unwrap_or_default();
            if named.iter().any(|known| known == name) {
                let document: DocumentMut = file.text.parse().with_context(|| format!("{} 不是 TOML", file.path))?;
                bound(&document, &tables, &mut all);
            }
        }
        Ok(Self { all, tables })
    }

    /// A lever by name.
    ///
    /// # Errors
    /// When there is none; says which there are.
    pub(crate) fn named(&self, id: &str) -> anyhow::Result<usize> {
        self.all.iter().position(|lever| lever.id == id).with_context(|| {
            let known: Vec<&str> = self.all.iter().map(|lever| lever.id.as_str()).collect();
            format!("没有参数 {id}；可用：{}", known.join("、"))
        })
    }
}

struct Naming<'a> {
    table: &'a Written,
    number: usize,
}

impl Naming<'_> {
    fn row(&self, row: &InlineTable, spot: impl Fn(Option<usize>) -> Spot, all: &mut Vec<Lever>) {
        let when = row.get("when").and_then(Value::as_inline_table);
        let conditions = when.map(conditions).unwrap_or_default();
        if let Some((unit, value)) = row.get("is").and_then(|is| figure(&self.table.path, is)) {
            all.push(self.lever(row, conditions.clone(), (unit, value), spot(None)));
        }
        let across = self.table.frame.get("across").and_then(Item::as_table_like);
        let Some((fact, values)) = across.and_then(|across| across.iter().next()) else { return };
        let values: Vec<&str> = values.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let are = row.get("are").and_then(Value::as_array);
        for (column, (is, value)) in are.into_iter().flatten().zip(values).enumerate() {
            let Some(figure) = figure(&self.table.path, is) else { continue };
            let mut conditions = conditions.clone();
            conditions.push((fact.to_owned(), vec![value.to_owned()]));
            all.push(self.lever(row, conditions, figure, spot(Some(column))));
        }
    }

    fn adjust(&self, adjust: &InlineTable, spot: Spot, all: &mut Vec<Lever>) {
        let points = adjust.get("add").and_then(Value::as_str).and_then(|add| add.strip_suffix(" points"));
        let Some(points) = points.and_then(|points| Rate::parse_signed(&format!("{points}%")).ok()) else { return };
        let conditions = adjust.get("when").and_then(Value::as_inline_table).map(conditions).unwrap_or_default();
        all.push(self.lever(adjust, conditions, (Unit::Points, points.millionths()), spot));
    }

    fn lever(
        &self,
        row: &InlineTable,
        when: Vec<(String, Vec<String>)>,
        (unit, value): (Unit, i64),
        spot: Spot,
    ) -> Lever {
        let part = self.table.path.rsplit('.').next().unwrap_or_default();
        let what = match (part, unit) {
            (_, Unit::Points) => "支付比例增加",
            ("deductible", _) => "起付标准",
            ("limit", _) => "最高支付限额",
            ("credit", Unit::Rate) => "个人账户计入比例",
            ("credit", _) => "个人账户定额",
            _ => "支付比例",
        };
        let names: Vec<String> = when.iter().map(|(_, values)| values.join("+")).collect();
        let words: Vec<String> = when.iter().map(|(fact, values)| said(fact, values)).collect();
        let words = if words.is_empty() { what.to_owned() } else { format!("{what}·{}", words.join("·")) };
        let own = cited(row);
        let cite = if own.is_empty() { self.table.cite.clone() } else { own };
        Lever {
            id: [part.to_owned()].into_iter().chain(names).collect::<Vec<_>>().join("."),
            words,
            unit,
            value,
            article: cite.join("、"),
            min: None,
            max: None,
            bounded_by: Vec::new(),
            at: (self.number, spot),
            when,
        }
    }
}

/// A figure of a row, if it is one.
fn figure(path: &str, is: &Value) -> Option<(Unit, i64)> {
    let rate = |text: &str| Some((Unit::Rate, text.parse::<Rate>().ok()?.millionths()));
    match is {
        Value::InlineTable(share) => share.get("share").and_then(Value::as_str).and_then(rate),
        Value::String(text) if path.ends_with(".rate") => rate(text.value()),
        Value::String(text) => Some((Unit::Money, text.value().parse::<Fen>().ok()?.fen())),
        _ => None,
    }
}

/// Conditions of a row: facts with their values, ranges as they are written.
fn conditions(when: &InlineTable) -> Vec<(String, Vec<String>)> {
    let values = |value: &Value| match value {
        Value::Array(several) => several.iter().map(plain).collect(),
        Value::InlineTable(range) => {
            range.iter().map(|(compare, value)| format!("{compare}_{}", plain(value))).collect()
        }
        one => vec![plain(one)],
    };
    when.iter().map(|(fact, value)| (fact.to_owned(), values(value))).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string().trim().to_owned(), ToOwned::to_owned)
}

/// A condition in words.
fn said(fact: &str, values: &[String]) -> String {
    let compare = |value: &str| {
        let words = [("at_least_", "满"), ("below_", "不满"), ("at_most_", "至多"), ("above_", "超过")];
        words.iter().find_map(|(name, words)| Some(format!("{words} {} 岁", value.strip_prefix(name)?)))
    };
    let one = |value: &String| match fact {
        "age" => compare(value).unwrap_or_else(|| value.clone()),
        _ => words_of(fact, value).to_owned(),
    };
    values.iter().map(one).collect::<Vec<_>>().join("或")
}

/// Two levers of one name are told apart by numbers.
fn distinct(all: &mut [Lever]) {
    for at in 1..all.len() {
        let same = all[..at].iter().filter(|lever| lever.id.split('#').next() == Some(&all[at].id)).count();
        if same > 0 {
            all[at].id = format!("{}#{}", all[at].id, same + 1);
        }
    }
}

/// The frameworks that a package names.
fn framework_names(base: &Folder) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for file in base.files.iter().filter(|file| file.path.ends_with(".toml")) {
        let document: DocumentMut = file.text.parse().with_context(|| format!("{} 不是 TOML", file.path))?;
        let named = document.get("package").and_then(|package| package.get("framework")).and_then(Item::as_array);
        names.extend(named.into_iter().flatten().filter_map(Value::as_str).map(ToOwned::to_owned));
    }
    Ok(names)
}

/// Puts the bounds of a framework on the levers that they speak of. Only what is a least or a most; whether a whole
/// package keeps to its frameworks is the library's to say.
fn bound(framework: &DocumentMut, tables: &[Written], all: &mut [Lever]) {
    for bound in framework.get("bound").and_then(Item::as_array_of_tables).into_iter().flatten() {
        let word = |key: &str| bound.get(key).and_then(Item::as_str).unwrap_or_default();
        let Some(is) = bound.get("is").and_then(Item::as_value) else { continue };
        let when = bound.get("when").and_then(Item::as_inline_table).map(conditions).unwrap_or_default();
        for lever in all.iter_mut().filter(|lever| lever.unit != Unit::Points) {
            let path = &tables[lever.at.0].path;
            let speaks = path == word("on") && when.iter().all(|condition| meets(&lever.when, condition));
            let Some((unit, value)) = figure(path, is).filter(|_| speaks) else { continue };
            if unit != lever.unit {
                continue;
            }
            let spread = bound.get("tolerance").and_then(Item::as_str).and_then(|text| text.parse::<Rate>().ok());
            let off = spread.map_or(0, |spread| value * spread.millionths() / 1_000_000);
            let (min, max) = match word("must") {
                "at_least" => (Some(value), None),
                "at_most" => (None, Some(value)),
                "near" => (Some(value - off), Some(value + off)),
                "equal" => (Some(value), Some(value)),
                _ => continue,
            };
            // A warning bounds nothing: the base may be outside of it already.
            let advice = word("severity") == "warning";
            if !advice {
                lever.min = lever.min.max(min);
                lever.max = [lever.max, max].into_iter().flatten().min();
            }
            let limits = [min.map(|min| format!("≥{}", unit.show(min))), max.map(|max| format!("≤{}", unit.show(max)))];
            let limits: Vec<String> = limits.into_iter().flatten().collect();
            let advice = if advice { "（提示）" } else { "" };
            lever.bounded_by.push(format!("{} {}{advice}", cited(bound).join("、"), limits.join("，")));
        }
    }
}

/// Whether a lever can hold where a condition of a bound does.
fn meets(lever: &[(String, Vec<String>)], (fact, values): &(String, Vec<String>)) -> bool {
    let own = lever.iter().find(|(known, _)| known == fact);
    own.is_none_or(|(_, own)| own.iter().any(|value| values.contains(value)))
}
