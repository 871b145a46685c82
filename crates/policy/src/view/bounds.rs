//! The bounds (界限) that documents above an area set, in words, and whether its rules keep them.

use super::describe::fact_name;
use crate::bounds::shape::{Must, Subject, shape};
use crate::bounds::{BROKEN, of_bound};
use crate::compile::{Compiled, show_value};
use crate::fault::Fault;
use crate::library::Area;
use crate::model::{Bound, Compare, Condition, Pattern, Scalar, ScalarValue, Value, Word};
use crate::words::{name_words, value_words};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_domain::Day;

/// A bound and how the area stands to it.
#[derive(Clone, Debug)]
pub struct BoundView {
    /// The part of the package that it speaks of, such as `benefit.ordinary_outpatient.rate`.
    pub on: String,
    /// What it demands, in Chinese.
    pub words: String,
    /// Its first day.
    pub from: Option<Day>,
    /// Breaking it is a warning only.
    pub warning: bool,
    /// A document above the area sets it, not the package itself.
    pub above: bool,
    /// Its articles.
    pub article: String,
    /// Whether it is kept.
    pub held: Held,
    /// What was found, in Chinese; empty when it is kept.
    pub findings: Vec<Fault>,
}

/// Whether a bound is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// In every cell, on every day.
    Kept,
    /// Somewhere it is not.
    Broken,
    /// Somewhere it cannot be told.
    Untold,
}

impl Area {
    /// The bounds of the frameworks above the area, then those of its own package.
    pub fn bounds(&self) -> Vec<BoundView> {
        let package = &self.compiled.package;
        let above = package.lent_bounds.iter().map(|bound| (bound, true));
        let all = above.chain(package.bounds.iter().map(|bound| (bound, false)));
        all.map(|(bound, above)| view(&self.compiled, bound, above)).collect()
    }
}

fn view(compiled: &Compiled, bound: &Bound, above: bool) -> BoundView {
    let findings = of_bound(compiled, bound);
    let held = match findings.iter().any(|fault| fault.code == BROKEN) {
        true => Held::Broken,
        false if findings.is_empty() => Held::Kept,
        false => Held::Untold,
    };
    BoundView {
        on: bound.on.text.clone(),
        words: words(compiled, bound),
        from: bound.from,
        warning: bound.warning,
        above,
        article: compiled.articles.print(&bound.cite),
        held,
        findings,
    }
}

fn words(compiled: &Compiled, bound: &Bound) -> String {
    let Ok((subject, must)) = shape(bound) else { return bound.on.text.clone() };
    let when = pattern(compiled, &bound.when);
    let when = if when.is_empty() { when } else { format!("（{when}）") };
    format!("{}{when}{}", subject_words(subject), must_words(compiled, must, bound))
}

fn subject_words(subject: Subject<'_>) -> String {
    let of = |benefit: &str, what: &str| format!("{}的{what}", super::benefit_words(benefit));
    match subject {
        Subject::Rate(benefit) => of(benefit, "支付比例"),
        Subject::Deductible(benefit) => of(benefit, "年度起付标准"),
        Subject::Limit(benefit) => of(benefit, "年度最高支付限额"),
        Subject::For(benefit) => of(benefit, "适用范围"),
        Subject::Credit => "个人账户每月计入".to_owned(),
        Subject::Use => "个人账户".to_owned(),
        Subject::EmployerShare => "单位缴费计入个人账户的比例".to_owned(),
    }
}

fn must_words(compiled: &Compiled, must: Must, bound: &Bound) -> String {
    let is = || bound.is.as_ref().map(|is| value_said(&is.value)).unwrap_or_default();
    match must {
        Must::AtLeast => format!("不低于 {}", is()),
        Must::AtMost => format!("不高于 {}", is()),
        Must::Equal if matches!(bound.is.as_ref().map(|is| &is.value), Some(Value::Word(_))) => is(),
        Must::Equal => format!("是 {}", is()),
        Must::Near => {
            let off = bound.tolerance.map(|rate| format!("（核对时允许相差 {rate}）")).unwrap_or_default();
            format!("在 {} 左右{off}", is())
        }
        Must::NotLower => {
            let along = bound.along.as_ref().map(|(fact, values)| {
                let values: Vec<&str> = values.iter().map(|value| value_words(&fact.text, &value.text)).collect();
                values.join("、")
            });
            format!("依次不降低：{}", along.unwrap_or_default())
        }
        Must::Cover => {
            let facts: Vec<String> = bound.facts.iter().map(|fact| name(compiled, fact)).collect();
            format!("不落下任何{}", facts.join("、"))
        }
        Must::BeStated => "要写明".to_owned(),
    }
}

fn value_said(value: &Value) -> String {
    match value {
        Value::Word(word) => name_words(word).to_owned(),
        Value::Share { share, of, .. } => format!("{}的 {share}", super::source_words(of)),
        other => show_value(other),
    }
}

fn name(compiled: &Compiled, word: &Word) -> String {
    compiled.registry.id(&word.text).map_or_else(|| word.text.clone(), |fact| fact_name(compiled, fact))
}

fn pattern(compiled: &Compiled, pattern: &Pattern) -> String {
    let one = |(word, condition): &(Word, Condition)| {
        let value = |scalar: &Scalar| match &scalar.value {
            ScalarValue::Text(text) => value_words(&word.text, text).to_owned(),
            ScalarValue::Flag(true) => "是".to_owned(),
            ScalarValue::Flag(false) => "否".to_owned(),
            ScalarValue::Whole(number) => number.to_string(),
            ScalarValue::Day(day) => day.to_string(),
        };
        let listed = |scalars: &[Scalar]| scalars.iter().map(value).collect::<Vec<_>>().join("、");
        let said = match condition {
            Condition::Any(scalars) => listed(scalars),
            Condition::Not(scalars) => format!("除 {}", listed(scalars)),
            Condition::Range(range) => {
                let parts = range.iter().map(|(compare, scalar)| format!("{}{}", compared(*compare), value(scalar)));
                parts.collect::<Vec<_>>().join("、")
            }
        };
        format!("{} {said}", name(compiled, word))
    };
    pattern.iter().map(one).collect::<Vec<_>>().join("，")
}

fn compared(compare: Compare) -> &'static str {
    match compare {
        Compare::Below => "低于 ",
        Compare::AtMost => "不高于 ",
        Compare::AtLeast => "不低于 ",
        Compare::Above => "高于 ",
    }
}
