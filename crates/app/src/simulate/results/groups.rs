//! By age, income, level of institution and kind of care.

use gongji_microsimulation::{Bands, GroupSums};

use super::{CARES, LEVELS, STATUS, Sides, age_words, each, named, sided};
use crate::simulate::chart::{Bars, Chart};
use crate::simulate::report::{Cell, Table};

const GROUP_HEADS: [(&str, &str); 10] = [
    ("group", "人群"),
    ("persons", "人数"),
    ("pool", "统筹支付（万元）"),
    ("pool_each", "统筹支付人均（元）"),
    ("rate", "实际支付比例"),
    ("paid", "统筹支付过"),
    ("at_limit", "到达限额"),
    ("account_each", "账户支付人均（元）"),
    ("cash_each", "现金人均（元）"),
    ("borne_each", "个人负担人均（元）"),
];

fn group_row(name: Cell, g: &GroupSums) -> Vec<Cell> {
    vec![
        name,
        Cell::Count(g.persons),
        Cell::Wan(g.pool),
        Cell::each(g.pool, g.persons),
        Cell::part(g.ordinary_pool, g.ordinary),
        Cell::of(g.paid_by_pool, g.persons),
        Cell::of(g.at_limit, g.persons),
        Cell::each(g.account, g.persons),
        Cell::each(g.cash, g.persons),
        Cell::each(g.share(), g.persons),
    ]
}

pub(super) fn by_age(sides: Sides<'_>, bands: &Bands) -> Table {
    let mut table = Table::new("by_age", "按状态、年龄", &GROUP_HEADS);
    let words = age_words(bands);
    let mut series: Vec<(String, Vec<f64>)> = Vec::new();
    for (status, of) in STATUS.iter().enumerate() {
        for (age, words) in words.iter().enumerate() {
            for (side, tally) in sided(sides) {
                let sums = tally.groups(|s, a, _| (s, a) == (status, age));
                if sums.persons > 0 {
                    table.row(group_row(named(side, format!("{of} {words}")), &sums));
                }
            }
        }
        for (side, tally) in sided(sides) {
            let value = |age: usize| {
                let sums = tally.groups(|s, a, _| (s, a) == (status, age));
                each(sums.pool, sums.persons)
            };
            let name = side.map_or((*of).to_owned(), |side| format!("{of}·{side}"));
            series.push((name, (0..words.len()).map(value).collect()));
        }
    }
    table.charts.push(Chart::Bars(Bars {
        title: "统筹基金支付，人均（元），按年龄",
        labels: words,
        series,
        colours: &[],
    }));
    table
}

pub(super) fn by_income(sides: Sides<'_>, bands: &Bands) -> Table {
    let mut table = Table::new("by_income", "按收入", &GROUP_HEADS)
        .noted("在职按工资、退休按养老金从低到高分组；同一数额的人在同一组，所以各组人数不一定相等");
    let groups = bands.income_groups();
    let labels: Vec<String> = (0..groups)
        .map(|group| match group {
            0 => "最低组".to_owned(),
            group if group + 1 == groups => "最高组".to_owned(),
            group => format!("第 {} 组", group + 1),
        })
        .collect();
    let mut series: Vec<(String, Vec<f64>)> = Vec::new();
    for (status, of) in STATUS.iter().enumerate() {
        for (income, words) in labels.iter().enumerate() {
            for (side, tally) in sided(sides) {
                let sums = tally.groups(|s, _, i| (s, i) == (status, income));
                if sums.persons > 0 {
                    table.row(group_row(named(side, format!("{of} {words}")), &sums));
                }
            }
        }
        for (side, tally) in sided(sides) {
            let value = |income: usize| {
                let sums = tally.groups(|s, _, i| (s, i) == (status, income));
                each(sums.share(), sums.persons)
            };
            let name = side.map_or((*of).to_owned(), |side| format!("{of}·{side}"));
            series.push((name, (0..groups).map(value).collect()));
        }
    }
    table
        .charts
        .push(Chart::Bars(Bars { title: "个人负担，人均（元），按收入", labels, series, colours: &[] }));
    table
}

pub(super) fn by_level(sides: Sides<'_>) -> Table {
    let heads = [
        ("level", "医院等级"),
        ("visits", "普通门诊人次"),
        ("share", "占人次"),
        ("total", "费用（万元）"),
        ("mean", "次均费用（元）"),
        ("pool", "统筹支付（万元）"),
        ("rate", "实际支付比例"),
    ];
    let mut table = Table::new("by_level", "按医院等级（普通门诊）", &heads);
    let mut parts: Vec<(String, Vec<f64>)> = LEVELS.iter().map(|level| ((*level).to_owned(), Vec::new())).collect();
    let mut labels = Vec::new();
    for (side, tally) in sided(sides) {
        let all = tally.cells(|_, _, _, care| care == 0);
        for status in 0..2 {
            let whole = tally.cells(|s, _, _, care| s == status && care == 0);
            labels.push(side.map_or(STATUS[status].to_owned(), |side| format!("{}·{side}", STATUS[status])));
            for (level, part) in parts.iter_mut().enumerate() {
                let of = tally.cells(|s, _, class, care| s == status && class == level && care == 0);
                part.1.push(if whole.events == 0 { 0.0 } else { of.events as f64 / whole.events as f64 * 100.0 });
            }
        }
        for (level, words) in LEVELS.iter().enumerate() {
            let sums = tally.cells(|_, _, class, care| class == level && care == 0);
            table.row(vec![
                named(side, *words),
                Cell::Count(sums.events),
                Cell::of(sums.events, all.events),
                Cell::Wan(sums.total),
                Cell::each(sums.total, sums.events),
                Cell::Wan(sums.pool),
                Cell::part(sums.pool, sums.total),
            ]);
        }
    }
    table.charts.push(Chart::Stacked(Bars {
        title: "普通门诊人次的等级构成（%）",
        labels,
        series: parts,
        colours: &[],
    }));
    table
}

pub(super) fn by_care(sides: Sides<'_>) -> Table {
    let heads = [
        ("care", "类别"),
        ("events", "人次"),
        ("total", "费用（万元）"),
        ("mean", "次均（元）"),
        ("pool", "统筹（万元）"),
        ("assumed", "假设的基金支付（万元）"),
        ("account", "账户（万元）"),
        ("cash", "现金（万元）"),
    ];
    let mut table = Table::new("by_care", "按就医购药类别", &heads);
    for (care, words) in CARES.iter().enumerate() {
        for (side, tally) in sided(sides) {
            let sums = tally.cells(|_, _, _, of| of == care);
            table.row(vec![
                named(side, *words),
                Cell::Count(sums.events),
                Cell::Wan(sums.total),
                Cell::each(sums.total, sums.events),
                Cell::Wan(sums.pool + sums.other),
                Cell::Wan(sums.assumed),
                Cell::Wan(sums.account),
                Cell::Wan(sums.cash),
            ]);
        }
    }
    table
}
