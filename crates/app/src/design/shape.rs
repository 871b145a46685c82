//! The shape that figures must keep (形状): the retired are not treated worse than those at work, and a lower level of
//! institution is not paid at a lower rate. Held between levers, before anything is simulated.

use super::levers::{Lever, Levers};
use super::overlay::Choice;

/// Two levers of which the first may not be below the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    upper: usize,
    lower: usize,
}

/// The orders that hold between the levers of a package.
pub(crate) fn orders(levers: &Levers) -> Vec<Order> {
    let mut orders = Vec::new();
    for (a, first) in levers.all.iter().enumerate() {
        for (b, second) in levers.all.iter().enumerate().filter(|(b, _)| *b != a) {
            let path = &levers.tables[first.at.0].path;
            let alike = first.at.0 == second.at.0 && first.unit == second.unit && !path.ends_with("credit");
            if !alike {
                continue;
            }
            if retired_of(first, second) {
                let deductible = path.ends_with("deductible");
                orders.push(if deductible { Order { upper: a, lower: b } } else { Order { upper: b, lower: a } });
            } else if path.ends_with("rate") && level_below(levers, first, second) {
                orders.push(Order { upper: a, lower: b });
            }
        }
    }
    orders
}

/// A lever's conditions but for one fact.
fn without<'l>(lever: &'l Lever, fact: &str) -> Vec<&'l (String, Vec<String>)> {
    lever.when.iter().filter(|(known, _)| known != fact).collect()
}

fn of<'l>(lever: &'l Lever, fact: &str) -> Option<&'l [String]> {
    lever.when.iter().find(|(known, _)| known == fact).map(|(_, values)| values.as_slice())
}

/// Whether the second is for the retired what the first is for those at work.
fn retired_of(first: &Lever, second: &Lever) -> bool {
    let active = of(first, "status").is_none_or(|status| status == ["active"]);
    let retired = of(second, "status").is_some_and(|status| status == ["retired"]);
    active && retired && without(first, "status") == without(second, "status")
}

/// Whether the first is for the next lower level of institution than the second, as the table lists them.
fn level_below(levers: &Levers, first: &Lever, second: &Lever) -> bool {
    let across = levers.tables[first.at.0].frame.get("across").and_then(toml_edit::Item::as_table_like);
    let Some((fact, values)) = across.and_then(|across| across.iter().next()) else { return false };
    let values: Vec<&str> = values.as_array().into_iter().flatten().filter_map(toml_edit::Value::as_str).collect();
    let place = |lever: &Lever| {
        let own = of(lever, fact)?.first()?;
        values.iter().position(|value| value == own)
    };
    let next = place(first).zip(place(second)).is_some_and(|(first, second)| first + 1 == second);
    fact != "status" && next && without(first, fact) == without(second, fact)
}

/// What a lever is set to.
fn set(levers: &Levers, choices: &[Choice], lever: usize) -> i64 {
    choices.iter().find(|(at, _)| *at == lever).map_or(levers.all[lever].value, |(_, value)| *value)
}

/// What is broken by some choices that the package itself does not break, in Chinese.
pub(crate) fn broken(levers: &Levers, orders: &[Order], choices: &[Choice]) -> Option<String> {
    let fails =
        |order: &&Order, choices: &[Choice]| set(levers, choices, order.upper) < set(levers, choices, order.lower);
    let order = orders.iter().find(|order| fails(order, choices) && !fails(order, &[]))?;
    let name = |at: usize| {
        let lever = &levers.all[at];
        format!("{} {}", lever.words, lever.unit.show(set(levers, choices, at)))
    };
    Some(format!("{} 不得低于 {}", name(order.upper), name(order.lower)))
}

/// Puts choices that stand in the wrong order into the right one, by exchanging them.
pub(crate) fn mended(orders: &[Order], mut choices: Vec<Choice>) -> Vec<Choice> {
    for _ in 0..choices.len() {
        for order in orders {
            let place = |lever: usize| choices.iter().position(|(at, _)| *at == lever);
            if let Some((upper, lower)) = place(order.upper).zip(place(order.lower))
                && choices[upper].1 < choices[lower].1
            {
                let low = choices[upper].1;
                choices[upper].1 = choices[lower].1;
                choices[lower].1 = low;
            }
        }
    }
    choices
}
