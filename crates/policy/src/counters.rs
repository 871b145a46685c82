//! What counters are called: the key of each in words. A journal keeps what a settlement added by
//! these words, so they tell every two counters of an area apart and stay the same however often
//! the package is compiled, and when something else in it is written differently.

use crate::compile::{CountedMeasure, CounterKey};
use crate::model::{Compare, Condition, Pattern, Scalar, ScalarValue};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_adjudication::Period;
use gongji_domain::Day;

/// The names of all counters of an area.
pub(crate) fn names(keys: &[CounterKey]) -> Vec<String> {
    let mut names = Vec::with_capacity(keys.len());
    for key in keys {
        names.push(name(key, &names));
    }
    names
}

/// Counters that end because another rule goes on from them: number, last day, and the name that
/// they had as long as no other rule did.
pub(crate) fn ended<'k>(keys: &'k [CounterKey], names: &'k [String]) -> impl Iterator<Item = (u16, Day, String)> + 'k {
    keys.iter().enumerate().filter_map(|(i, key)| {
        let endless = CounterKey { until: None, ..key.clone() };
        Some((i as u16, key.until?, name(&endless, names)))
    })
}

/// A name that two counters bear, if any.
pub(crate) fn repeated(names: &[String]) -> Option<&String> {
    names.iter().enumerate().find(|(i, name)| names[..*i].contains(name)).map(|(_, name)| name)
}

/// The name of a counter: `ordinary_outpatient.fund_paid per year` and, where they say something,
/// by whom, for whom, of which lines, without which fund, since when and continuing which.
///
/// `others` are the names of earlier counters.
fn name(key: &CounterKey, others: &[String]) -> String {
    let counts = if key.counts.is_empty() { "*".to_string() } else { key.counts.join("+") };
    let mut name = format!("{counts}.{} per {}", measure_name(key.measure), period_name(key.period));
    let mut add = |word: &str, text: &str| {
        if !text.is_empty() {
            name.push_str(&format!(" {word} {text}"));
        }
    };
    if let CountedMeasure::VisitNumber(group) = key.measure {
        add("of", &format!("[{}]", others[usize::from(group)]));
    }
    add("by", if key.by_institution { "institution" } else { "" });
    add("for", &key.written.0);
    add("lines", &key.written.1);
    add("except", &key.except.map(|fund| fund.to_string()).unwrap_or_default());
    add("since", &key.since.map(|day| day.to_string()).unwrap_or_default());
    add("until", &key.until.map(|day| day.to_string()).unwrap_or_default());
    add("continuing", &key.continues.map(|earlier| format!("[{}]", others[usize::from(earlier)])).unwrap_or_default());
    name
}

/// What a counter adds up, in one word, as cases say what was used before.
pub(crate) fn measure_name(measure: CountedMeasure) -> &'static str {
    match measure {
        CountedMeasure::Eligible => "eligible",
        CountedMeasure::Borne => "deductible_borne",
        CountedMeasure::BorneOfPayment => "deductible_off_payment",
        CountedMeasure::Above => "above",
        CountedMeasure::Paid => "fund_paid",
        CountedMeasure::Visits => "openings",
        CountedMeasure::VisitNumber(_) => "visits",
        CountedMeasure::Group => "visit_number",
    }
}

fn period_name(period: Period) -> String {
    match period {
        Period::Visit => "visit".to_string(),
        Period::Day => "day".to_string(),
        Period::Month => "month".to_string(),
        Period::Year => "year".to_string(),
        Period::Life => "life".to_string(),
        Period::Opened(seconds) => format!("opened {} hours", seconds / 3600),
    }
}

/// Conditions by fact, values in order: two ways of writing one thing read the same.
pub(crate) fn pattern(pattern: &Pattern) -> String {
    let mut parts: Vec<String> =
        pattern.iter().map(|(fact, condition)| format!("{}{}", fact.text, said(condition))).collect();
    parts.sort();
    parts.join("&")
}

fn said(condition: &Condition) -> String {
    let listed = |values: &[Scalar]| {
        let mut texts: Vec<String> = values.iter().map(text).collect();
        texts.sort();
        texts.dedup();
        texts.join("|")
    };
    match condition {
        Condition::Any(values) => format!("={}", listed(values)),
        Condition::Not(values) => format!("!={}", listed(values)),
        Condition::Range(range) => {
            let mut texts: Vec<String> =
                range.iter().map(|(compare, value)| format!("{}{}", sign(*compare), text(value))).collect();
            texts.sort();
            texts.concat()
        }
    }
}

fn sign(compare: Compare) -> &'static str {
    match compare {
        Compare::Below => "<",
        Compare::AtMost => "<=",
        Compare::AtLeast => ">=",
        Compare::Above => ">",
    }
}

fn text(scalar: &Scalar) -> String {
    match &scalar.value {
        ScalarValue::Text(text) => text.clone(),
        ScalarValue::Whole(number) => number.to_string(),
        ScalarValue::Flag(flag) => flag.to_string(),
        ScalarValue::Day(day) => day.to_string(),
    }
}
