//! From sums to tables (结果表): spending, groups, burden, accounts, and what two scenarios differ in.

use gongji_domain::Fen;
use gongji_microsimulation::{Bands, Comparison, GroupSums, Histogram, Paid, Side, Tally};

use super::charts::{Bars, bars, stacked};
use super::report::{Cell, Table};

/// A scenario by the name that is shown, and its sums.
pub(crate) type Sides<'a> = &'a [(&'a str, &'a Tally)];

pub(crate) const STATUS: [&str; 2] = ["在职", "退休"];
const LEVELS: [&str; 3] = ["一级及以下", "二级", "三级"];
const CARES: [&str; 4] = ["普通门诊", "门诊慢特病", "药店购药", "住院"];

/// The tables of one scenario, or of two beside each other.
pub(crate) fn tables(sides: Sides<'_>, bands: &Bands) -> Vec<Table> {
    vec![
        key_figures(sides),
        spending(sides),
        by_age(sides, bands),
        by_income(sides, bands),
        by_level(sides),
        by_care(sides),
        burden(sides),
        accounts(sides),
        months(sides),
    ]
}

fn sided(sides: Sides<'_>) -> impl Iterator<Item = (Option<&str>, &Tally)> {
    let alone = sides.len() == 1;
    sides.iter().map(move |(name, tally)| ((!alone).then_some(*name), *tally))
}

/// A first column that names the side, where there are two.
fn named(side: Option<&str>, what: impl Into<String>) -> Cell {
    let what = what.into();
    Cell::text(side.map_or(what.clone(), |side| format!("{what}·{side}")))
}

fn of_status(tally: &Tally, status: Option<usize>) -> GroupSums {
    tally.groups(|of, _, _| status.is_none_or(|status| of == status))
}

fn key_figures(sides: Sides<'_>) -> Table {
    let heads = [("what", "指标"), ("active", "在职"), ("retired", "退休"), ("all", "合计")];
    let mut table = Table::new("key_figures", "要点", &heads)
        .noted("实际支付比例：统筹基金对普通门诊和凭处方购药的支付 ÷ 其费用（不含慢特病剩余部分再报）；人群比例以全部参保人为分母");
    type Of = fn(&GroupSums) -> Cell;
    let figures: [(&str, Of); 12] = [
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

fn spending(sides: Sides<'_>) -> Table {
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

/// Words for the groups of ages.
pub(crate) fn age_words(bands: &Bands) -> Vec<String> {
    let mut words = Vec::new();
    for group in 0..bands.age_groups() {
        words.push(match (group.checked_sub(1).map(|i| bands.ages[i]), bands.ages.get(group)) {
            (None, None) => "各年龄".to_owned(),
            (None, Some(end)) => format!("{end} 岁以下"),
            (Some(from), Some(end)) => format!("{from}–{} 岁", end - 1),
            (Some(from), None) => format!("{from} 岁及以上"),
        });
    }
    words
}

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

fn each(sum: Fen, count: u64) -> f64 {
    if count == 0 { 0.0 } else { sum.fen() as f64 / 100.0 / count as f64 }
}

fn by_age(sides: Sides<'_>, bands: &Bands) -> Table {
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
    table.charts.push(bars(&Bars {
        title: "统筹基金支付，人均（元），按年龄",
        labels: &words,
        series: &series,
        colours: &[],
    }));
    table
}

fn by_income(sides: Sides<'_>, bands: &Bands) -> Table {
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
    table.charts.push(bars(&Bars {
        title: "个人负担，人均（元），按收入",
        labels: &labels,
        series: &series,
        colours: &[],
    }));
    table
}

fn by_level(sides: Sides<'_>) -> Table {
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
    table.charts.push(stacked(&Bars {
        title: "普通门诊人次的等级构成（%）",
        labels: &labels,
        series: &parts,
        colours: &[],
    }));
    table
}

fn by_care(sides: Sides<'_>) -> Table {
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

/// Yuan at which a class of burden ends, for the chart.
const CLASSES: [i64; 8] = [0, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000];

fn burden(sides: Sides<'_>) -> Table {
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
    table.charts.push(bars(&Bars {
        title: "个人负担（元）：各段人数占比（%）",
        labels: &labels,
        series: &series,
        colours: &[],
    }));
    table
}

fn accounts(sides: Sides<'_>) -> Table {
    let heads = [
        ("what", "个人账户"),
        ("active", "在职（万元）"),
        ("retired", "退休（万元）"),
        ("all", "合计（万元）"),
        ("each", "人均（元）"),
    ];
    let mut table = Table::new("accounts", "个人账户收支", &heads);
    type Of = fn(&GroupSums) -> Fen;
    let rows: [(&str, Of); 5] = [
        ("上年结转", |g| g.opening),
        ("计入：本人缴费", |g| g.own_credit),
        ("计入：统筹基金划入", |g| g.fund_credit),
        ("支出", |g| g.account),
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
        let values = [all.opening, all.credit(), all.account, all.closing].map(|sum| each(sum, all.persons)).to_vec();
        series.push((side.unwrap_or("人均").to_owned(), values));
    }
    let labels = ["上年结转", "计入", "支出", "年末结余"].map(str::to_owned);
    table
        .charts
        .push(bars(&Bars { title: "个人账户，人均（元）", labels: &labels, series: &series, colours: &[] }));
    table
}

fn months(sides: Sides<'_>) -> Table {
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
    table.charts.push(bars(&Bars {
        title: "统筹基金支付，按月（万元）",
        labels: &labels,
        series: &series,
        colours: &[],
    }));
    table
}

/// What two scenarios differ in.
pub(crate) fn compared(names: [&str; 2], found: &Comparison, bands: &Bands) -> Vec<Table> {
    let mut tables = vec![winners(names, found, bands), reasons(found)];
    if found.visits_compared {
        tables.push(changes(names, found));
    }
    tables
}

fn winners([a, b]: [&str; 2], found: &Comparison, bands: &Bands) -> Table {
    let heads = [
        ("who", "人群"),
        ("winners", "受益人数"),
        ("winners_share", "占比"),
        ("gain", "人均受益（元）"),
        ("losers", "受损人数"),
        ("losers_share", "占比"),
        ("loss", "人均受损（元）"),
        ("same", "不变人数"),
        ("net", "净受益（万元）"),
    ];
    let mut table = Table::new("winners", format!("受益与受损：{a} → {b}"), &heads)
        .noted("净受益 = 个人负担（账户与现金）的减少 + 账户计入的增加");
    let row = |name: String, side: &Side| {
        let all = side.winners + side.losers + side.same;
        vec![
            Cell::text(name),
            Cell::Count(side.winners),
            Cell::of(side.winners, all),
            Cell::each(side.gain, side.winners),
            Cell::Count(side.losers),
            Cell::of(side.losers, all),
            Cell::each(side.loss, side.losers),
            Cell::Count(side.same),
            Cell::Wan(side.gain - side.loss),
        ]
    };
    table.row(row("全部".to_owned(), &found.net(|_, _, _| true)));
    let words = age_words(bands);
    let (mut labels, mut shares) = (Vec::new(), [Vec::new(), Vec::new(), Vec::new()]);
    for (status, of) in STATUS.iter().enumerate() {
        table.row(row((*of).to_owned(), &found.net(|s, _, _| s == status)));
        for (age, words) in words.iter().enumerate() {
            let side = found.net(|s, a, _| (s, a) == (status, age));
            let all = side.winners + side.losers + side.same;
            if all > 0 {
                table.row(row(format!("{of} {words}"), &side));
                labels
                    .push(format!("{of} {words}").replace(" 岁及以上", "+").replace(" 岁以下", "-").replace(" 岁", ""));
                for (place, count) in [side.winners, side.same, side.losers].into_iter().enumerate() {
                    shares[place].push(count as f64 / all as f64 * 100.0);
                }
            }
        }
        for income in 0..bands.income_groups() {
            let side = found.net(|s, _, i| (s, i) == (status, income));
            if side.winners + side.losers + side.same > 0 {
                table.row(row(format!("{of} 收入第 {} 组", income + 1), &side));
            }
        }
    }
    for (what, sides) in [("按个人负担", &found.share), ("按现金", &found.cash)] {
        for (status, side) in sides.iter().enumerate() {
            table.row(row(format!("{what}：{}", STATUS[status]), side));
        }
    }
    let [winners, same, losers] = shares;
    let series = [("受益".to_owned(), winners), ("不变".to_owned(), same), ("受损".to_owned(), losers)];
    table.charts.push(stacked(&Bars {
        title: "受益与受损人数占比（%）",
        labels: &labels,
        series: &series,
        colours: &[2, 5, 1],
    }));
    table
}

fn reasons(found: &Comparison) -> Table {
    let heads = [("reason", "主要原因"), ("persons", "人数"), ("net", "净受益（万元）"), ("each", "人均（元）")];
    let mut table = Table::new("reasons", "为什么", &heads);
    for (reason, count, fen) in found.reasons().filter(|(_, count, _)| *count > 0) {
        table.row(vec![Cell::text(reason.words()), Cell::Count(count), Cell::Wan(fen), Cell::each(fen, count)]);
    }
    table
}

fn changes([a, b]: [&str; 2], found: &Comparison) -> Table {
    let heads = [("change", "变化"), ("visits", "人次"), ("fen", "金额变化（元）"), ("witness", "最小的一例")];
    let mut table = Table::new("changes", format!("逐次比较：{a} → {b}"), &heads)
        .noted("金额为基金支付的变化；“账户、现金不同”一行为现金的变化；最小的一例按人员序号、次序");
    for (changed, count, fen, witness) in found.changes() {
        let words = witness.map(|w| {
            let side = |paid: &Paid| {
                format!("基金 {} 账户 {} 现金 {}", paid.pool + paid.other + paid.assumed, paid.account, paid.cash)
            };
            let [was, is] = &w.paid;
            format!(
                "{} 号第 {} 次（{}，费用 {}）：{} → {}",
                w.person,
                w.event + 1,
                w.day,
                was.total,
                side(was),
                side(is)
            )
        });
        table.row(vec![
            Cell::text(changed.words()),
            Cell::Count(count),
            Cell::Yuan(fen),
            words.map_or(Cell::Empty, Cell::Text),
        ]);
    }
    table.row(vec![Cell::text("相同"), Cell::Count(found.unchanged), Cell::Yuan(Fen::ZERO), Cell::Empty]);
    table
}

/// What a reform moves from accounts to the pool, against what the pool pays.
pub(crate) fn moved(before: &Tally, after: &Tally) -> Table {
    let heads = [
        ("what", "项目"),
        ("active", "在职（万元）"),
        ("retired", "退休（万元）"),
        ("all", "合计（万元）"),
        ("each", "人均（元）"),
    ];
    let mut table = Table::new("moved", "账户减少的计入与统筹基金的支付", &heads)
        .noted("改革前每年计入 − 改革后每年计入 = 留在统筹基金的钱；与统筹基金为普通门诊支付的比较");
    type Of = fn(&GroupSums, &GroupSums) -> Fen;
    let rows: [(&str, Of); 5] = [
        ("改革前账户计入", |b, _| b.credit()),
        ("改革后账户计入", |_, a| a.credit()),
        ("由账户转到统筹（减少的计入）", |b, a| b.credit() - a.credit()),
        ("统筹基金支付的普通门诊", |_, a| a.pool + a.other),
        ("转到统筹减支付（负数为统筹需另行负担）", |b, a| {
            b.credit() - a.credit() - a.pool - a.other
        }),
    ];
    for (what, of) in rows {
        let sum = |status| of(&of_status(before, status), &of_status(after, status));
        let all = sum(None);
        let persons = after.all().persons;
        table.row(vec![
            Cell::text(what),
            Cell::Wan(sum(Some(0))),
            Cell::Wan(sum(Some(1))),
            Cell::Wan(all),
            Cell::each(all, persons),
        ]);
    }
    table
}
