//! Who pays how much: key figures, payers, what people bear, accounts, months.

use gongji_domain::Fen;
use gongji_microsimulation::{GroupSums, Histogram};

use super::{Sides, each, named, of_status, sided};
use crate::simulate::chart::{Bars, Chart};
use crate::simulate::report::{Cell, Table};

pub(super) fn key_figures(sides: Sides<'_>) -> Table {
    let heads = [("what", "指标"), ("active", "在职"), ("retired", "退休"), ("all", "合计")];
    let mut table = Table::new("key_figures", "要点", &heads)
        .noted("实际支付比例：统筹基金对普通门诊和凭处方购药的支付 ÷ 其费用（不含慢特病剩余部分再报）；人群比例以全部参保人为分母");
    type Of = fn(&GroupSums) -> Cell;
    let figures: [(&str, Of); 14] = [
        ("参保人数", |g| Cell::Count(g.persons)),
        ("统筹基金支付，人均（元）", |g| Cell::each(g.pool, g.persons)),
        ("实际支付比例（占政策范围内）", |g| Cell::part(g.ordinary_pool, g.eligible)),
        ("实际支付比例（占总费用）", |g| Cell::part(g.ordinary_pool, g.ordinary)),
        ("统筹基金支付过的人", |g| Cell::of(g.paid_by_pool, g.persons)),
        ("全年未达起付线的人", |g| if_pool(g, Cell::of(g.below_deductible, g.persons))),
        ("到达最高支付限额的人", |g| if_pool(g, Cell::of(g.at_limit, g.persons))),
        ("全年没有就医购药的人", |g| Cell::of(g.without_events, g.persons)),
        ("个人负担，人均（元，全部就医购药）", |g| Cell::each(g.share(), g.persons)),
        ("其中现金，人均（元）", |g| Cell::each(g.cash, g.persons)),
        ("账户计入，人均（元）", |g| Cell::each(g.credit(), g.persons)),
        ("账户一度不够用的人", |g| Cell::of(g.ran_dry, g.persons)),
        ("共济支出占账户支出", |g| Cell::part(g.aid, g.account + g.aid)),
        ("共济次均（元）", |g| Cell::each(g.aid, g.aid_uses)),
    ];
    for (what, of) in figures {
        for (side, tally) in sided(sides) {
            let cell = |status| of(&of_status(tally, status));
            table.row(vec![named(side, what), cell(Some(0)), cell(Some(1)), cell(None)]);
        }
    }
    table
}

/// A figure that says something only where the pooled fund pays somebody.
fn if_pool(sums: &GroupSums, cell: Cell) -> Cell {
    if sums.paid_by_pool == 0 { Cell::Empty } else { cell }
}

/// Who pays, with the words and the sums.
fn payers(sums: &GroupSums) -> [(&'static str, Fen); 6] {
    [
        ("统筹基金（普通门诊，按政策包）", sums.pool),
        ("大额等其他基金（按政策包）", sums.other),
        ("门诊慢特病基金（假设）", sums.chronic),
        ("住院基金（假设）", sums.admission),
        ("个人账户", sums.account),
        ("个人现金", sums.cash),
    ]
}

pub(super) fn spending(sides: Sides<'_>) -> Table {
    let heads = [
        ("payer", "支付方"),
        ("active", "在职（万元）"),
        ("retired", "退休（万元）"),
        ("all", "合计（万元）"),
        ("each", "人均（元）"),
        ("share", "占医疗费"),
    ];
    let mut table = Table::new("spending", "谁支付", &heads);
    let all: Vec<_> = sided(sides)
        .map(|(side, tally)| (side, [Some(0), Some(1), None].map(|status| of_status(tally, status))))
        .collect();
    for payer in 0..6 {
        for (side, sums) in &all {
            let [active, retired, both] = sums.each_ref().map(|sums| payers(sums)[payer].1);
            let (words, people) = (payers(&sums[2])[payer].0, sums[2].persons);
            let part = Cell::part(both, sums[2].total);
            table.row(vec![
                named(*side, words),
                Cell::Wan(active),
                Cell::Wan(retired),
                Cell::Wan(both),
                Cell::each(both, people),
                part,
            ]);
        }
    }
    for (side, sums) in &all {
        let [active, retired, both] = sums.each_ref().map(|sums| sums.total);
        let each = Cell::each(both, sums[2].persons);
        table.row(vec![
            named(*side, "医疗费合计"),
            Cell::Wan(active),
            Cell::Wan(retired),
            Cell::Wan(both),
            each,
            Cell::part(both, both),
        ]);
    }
    table
}

/// Yuan at which a class of burden ends, for the chart.
const CLASSES: [i64; 8] = [0, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000];

pub(super) fn burden(sides: Sides<'_>) -> Table {
    let heads = [
        ("who", "人群"),
        ("mean", "平均（元）"),
        ("p50", "中位数（元）"),
        ("p75", "75 分位（元）"),
        ("p90", "90 分位（元）"),
        ("p99", "99 分位（元）"),
        ("top", "最高一成人占"),
        ("gini", "基尼系数"),
    ];
    let mut table = Table::new("burden", "个人负担的分布（账户与现金，全年全部就医购药）", &heads)
        .noted("分位数取所在区间的平均值，区间宽度不超过 1/64；合计是精确的");
    let mut labels = vec!["0".to_owned()];
    labels.extend(CLASSES.windows(2).map(|ends| format!("{}–{}", ends[0], ends[1])));
    labels.push(format!("{} 以上", CLASSES[CLASSES.len() - 1]));
    let mut series = Vec::new();
    for (side, tally) in sided(sides) {
        let all = Histogram::of_all(&tally.share);
        for (who, of) in [("在职", &tally.share[0]), ("退休", &tally.share[1]), ("合计", &all)] {
            let quantile = |millionths| Cell::Yuan(of.quantile(millionths));
            table.row(vec![
                named(side, who),
                Cell::each(of.sum(), of.count()),
                quantile(500_000),
                quantile(750_000),
                quantile(900_000),
                quantile(990_000),
                Cell::part(of.top(100_000), of.sum()),
                Cell::Millionths(of.gini()),
            ]);
        }
        let mut counts = vec![0_u64; labels.len()];
        for bin in all.held() {
            let mean = bin.sum.fen() / bin.count as i64;
            counts[CLASSES.iter().filter(|end| mean > **end * 100).count()] += bin.count;
        }
        let people = all.count().max(1) as f64;
        let parts = counts.iter().map(|count| *count as f64 / people * 100.0).collect();
        series.push((side.unwrap_or("参保人").to_owned(), parts));
    }
    table.charts.push(Chart::Bars(Bars {
        title: "个人负担（元）：各段人数占比（%）", labels, series, colours: &[]
    }));
    table
}

pub(super) fn accounts(sides: Sides<'_>) -> Table {
    let heads = [
        ("what", "个人账户"),
        ("active", "在职（万元）"),
        ("retired", "退休（万元）"),
        ("all", "合计（万元）"),
        ("each", "人均（元）"),
    ];
    let mut table = Table::new("accounts", "个人账户收支", &heads)
        .noted("共济支出：账户替配偶、父母、子女付的（家庭共济），不在本人的就医、费用和负担之内");
    type Of = fn(&GroupSums) -> Fen;
    let rows: [(&str, Of); 6] = [
        ("上年结转", |g| g.opening),
        ("计入：本人缴费", |g| g.own_credit),
        ("计入：统筹基金划入", |g| g.fund_credit),
        ("本人支出", |g| g.account),
        ("共济支出", |g| g.aid),
        ("年末结余", |g| g.closing),
    ];
    let mut series = Vec::new();
    for (what, of) in rows {
        for (side, tally) in sided(sides) {
            let sum = |status| of(&of_status(tally, status));
            let persons = of_status(tally, None).persons;
            let cells = vec![
                named(side, what),
                Cell::Wan(sum(Some(0))),
                Cell::Wan(sum(Some(1))),
                Cell::Wan(sum(None)),
                Cell::each(sum(None), persons),
            ];
            table.row(cells);
        }
    }
    for (side, tally) in sided(sides) {
        let all = tally.all();
        let values = [all.opening, all.credit(), all.account, all.aid, all.closing];
        let values = values.map(|sum| each(sum, all.persons)).to_vec();
        series.push((side.unwrap_or("人均").to_owned(), values));
    }
    let labels = ["上年结转", "计入", "本人支出", "共济支出", "年末结余"].map(str::to_owned).to_vec();
    table.charts.push(Chart::Bars(Bars { title: "个人账户，人均（元）", labels, series, colours: &[] }));
    table
}

pub(super) fn months(sides: Sides<'_>) -> Table {
    let heads = [
        ("month", "月份"),
        ("events", "人次"),
        ("pool", "统筹支付（万元）"),
        ("account", "账户支付（万元）"),
        ("cash", "现金（万元）"),
    ];
    let mut table = Table::new("months", "按月", &heads);
    let mut series = Vec::new();
    for (side, tally) in sided(sides) {
        for (month, sums) in tally.months().iter().enumerate() {
            let name = named(side, format!("{} 月", month + 1));
            table.row(vec![
                name,
                Cell::Count(sums.events),
                Cell::Wan(sums.pool),
                Cell::Wan(sums.account),
                Cell::Wan(sums.cash),
            ]);
        }
        let values = tally.months().iter().map(|sums| sums.pool.fen() as f64 / 1e6).collect();
        series.push((side.unwrap_or("统筹支付").to_owned(), values));
    }
    let labels: Vec<String> = (1..=12).map(|month| format!("{month} 月")).collect();
    table
        .charts
        .push(Chart::Bars(Bars { title: "统筹基金支付，按月（万元）", labels, series, colours: &[] }));
    table
}
