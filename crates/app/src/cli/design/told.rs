//! What is told of a chosen policy: its figures, where each stands in the range that was searched, what of the budget is
//! used, and in what others differ.

use crate::design::overlay::Choice;
use crate::design::trial::Trial;
use crate::simulate::report::{Cell, Table};
use gongji_domain::Fen;
use gongji_microsimulation::design::Knob;

/// The chosen figures, and where each stands in the range that was searched.
pub(super) fn chosen(trial: &Trial, choices: &[Choice], knobs: &[(usize, Knob)]) -> Table {
    let heads = [
        ("lever", "参数"),
        ("words", "名称"),
        ("from", "原值"),
        ("to", "所选"),
        ("range", "搜索的范围"),
        ("place", "在范围里"),
        ("bound", "界限"),
    ];
    let mut table = Table::new("chosen", "所选方案", &heads);
    for ((at, value), (_, knob)) in choices.iter().zip(knobs) {
        let lever = &trial.levers.all[*at];
        table.row(vec![
            Cell::text(&lever.id),
            Cell::text(&lever.words),
            Cell::text(lever.unit.show(lever.value)),
            Cell::text(lever.unit.show(*value)),
            Cell::text(format!("{} 至 {}", lever.unit.show(knob.low), lever.unit.show(knob.high))),
            Cell::text(end(*value, knob).unwrap_or("中间")),
            Cell::text(lever.bounded_by.join("；")),
        ]);
    }
    table
}

/// At which end of its range a figure stands: no whole step further could be taken.
fn end(value: i64, knob: &Knob) -> Option<&'static str> {
    match (value - knob.step < knob.low, value + knob.step > knob.high) {
        (true, true) => Some("只有这一个值"),
        (true, false) => Some("最低"),
        (false, true) => Some("最高"),
        (false, false) => None,
    }
}

/// What of the budget is used, and which figures cannot go further.
pub(super) fn used(trial: &Trial, budget: Fen, cost: Fen, best: &[Choice], knobs: &[(usize, Knob)]) -> String {
    let ends: Vec<String> = best
        .iter()
        .zip(knobs)
        .filter_map(|((at, value), (_, knob))| {
            Some(format!("{}（{}）", trial.levers.all[*at].words, end(*value, knob)?))
        })
        .collect();
    let ends = if ends.is_empty() {
        "没有参数在范围的尽头".to_owned()
    } else {
        format!("已到范围尽头的：{}", ends.join("、"))
    };
    let part = Cell::part(cost, budget).shown();
    format!(
        "所选方案用去预算的 {part}，余 {} 万元；{ends}；范围用 --levers 放宽，精细程度用 --tries 增加",
        Cell::Wan(budget - cost).shown()
    )
}

/// The figures in which a policy differs from the chosen one, or from the present one.
pub(super) fn differences(trial: &Trial, choices: &[Choice], beside: Option<&[Choice]>) -> String {
    let levers = &trial.levers.all;
    if choices.iter().all(|(at, value)| levers[*at].value == *value) {
        return "原方案".to_owned();
    }
    let other = |place: usize, at: usize| beside.map_or(levers[at].value, |beside| beside[place].1);
    let different = choices.iter().enumerate().filter(|(place, (at, value))| *value != other(*place, *at));
    let words: Vec<String> =
        different.map(|(_, (at, value))| format!("{} {}", levers[*at].words, levers[*at].unit.show(*value))).collect();
    words.join("；")
}
