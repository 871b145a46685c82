//! What changes for a member between two sets of rules, as JSON and in sentences.

use gongji_domain::{Day, Fen};
use gongji_policy::{Area, Change, Comparison, Effect, Witness};
use serde_json::{Value, json};

use super::words::paid_words;

/// How a change shows, as a sentence.
pub(crate) fn effect_words(effect: &Effect) -> Option<String> {
    match effect {
        Effect::Alone(witness) => Some(format!("最小可见差别（只改这一项）：{}", witness_words(witness))),
        Effect::Together(witness) => Some(format!("最小可见差别（连同其他变化）：{}", witness_words(witness))),
        Effect::Unseen => Some("当年第一次就诊看不出差别".to_owned()),
        Effect::NoVisit => None,
    }
}

/// A visit that comes out otherwise, as a sentence.
pub(crate) fn witness_words(witness: &Witness) -> String {
    let days = if witness.days.0 == witness.days.1 {
        witness.days.0.to_string()
    } else {
        format!("{}／{}", witness.days.0, witness.days.1)
    };
    let who = if witness.who.is_empty() { String::new() } else { format!("{}，", witness.who) };
    let part = |what: &str, (from, to): (Option<Fen>, Option<Fen>)| {
        (from != to).then(|| format!("{what} {} → {}", paid_words(from), paid_words(to)))
    };
    let parts: Vec<String> =
        [part("基金支付", witness.fund), part("个人现金", witness.cash)].into_iter().flatten().collect();
    let parts = if parts.is_empty() { "换一个基金支付".to_owned() } else { parts.join("，") };
    format!("{days} {who}费用 {} 元：{parts}", witness.amount)
}

/// The articles of a change on both sides, as one line; none where there are none.
pub(crate) fn article_words(change: &Change) -> Option<String> {
    let (from, to) = &change.articles;
    match (from.is_empty(), to.is_empty()) {
        (true, true) => None,
        (false, false) if from != to => Some(format!("{from} → {to}")),
        (true, false) => Some(to.clone()),
        _ => Some(from.clone()),
    }
}

/// A comparison as programs read it.
pub(crate) fn as_json(one: &Area, other: &Area, days: (Day, Day), found: &Comparison) -> Value {
    let side = |area: &Area, day: Day| json!({ "area": area.code(), "name": area.name(), "on": day.to_string() });
    json!({
        "a": side(one, days.0), "b": side(other, days.1),
        "changes": found.changes.iter().map(change).collect::<Vec<_>>(),
        "together": found.together.as_ref().map(visit),
        "notes": found.notes,
    })
}

fn change(change: &Change) -> Value {
    let (effect, witness) = match &change.effect {
        Effect::Alone(witness) => ("alone", Some(witness)),
        Effect::Together(witness) => ("together", Some(witness)),
        Effect::Unseen => ("unseen", None),
        Effect::NoVisit => ("no_visit", None),
    };
    json!({
        "subject": change.subject, "what": change.what, "who": change.who,
        "from": change.from, "to": change.to,
        "article_from": change.articles.0, "article_to": change.articles.1,
        "effect": effect, "visit": witness.map(visit),
    })
}

fn visit(witness: &Witness) -> Value {
    let money = |fen: Option<Fen>| fen.map(|fen| fen.to_string());
    json!({
        "on_a": witness.days.0.to_string(), "on_b": witness.days.1.to_string(), "who": witness.who,
        "amount": witness.amount.to_string(),
        "fund_a": money(witness.fund.0), "fund_b": money(witness.fund.1),
        "cash_a": money(witness.cash.0), "cash_b": money(witness.cash.1),
    })
}
