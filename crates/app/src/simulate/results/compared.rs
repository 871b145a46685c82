//! What two scenarios differ in: who gains and who loses, why, and in which visits.

use gongji_domain::Fen;
use gongji_microsimulation::{Bands, Comparison, GroupSums, Side, Tally, Witness};
use gongji_population::Care;

use super::{CARES, LEVELS, STATUS, age_words, of_status};
use crate::simulate::chart::{Bars, Chart};
use crate::simulate::report::{Cell, Table};

/// What two scenarios differ in.
pub(crate) fn compared(names: [&str; 2], found: &Comparison, bands: &Bands) -> Vec<Table> {
    let mut tables = vec![winners(names, found, bands), reasons(found)];
    if found.visits_compared {
        tables.push(changes(names, found));
        tables.push(witnesses(names, found));
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
    let series = vec![("受益".to_owned(), winners), ("不变".to_owned(), same), ("受损".to_owned(), losers)];
    table.charts.push(Chart::Stacked(Bars {
        title: "受益与受损人数占比（%）", labels, series, colours: &[2, 5, 1]
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
    let heads = [("change", "变化"), ("visits", "人次"), ("fen", "金额变化（元）")];
    let mut table = Table::new("changes", format!("逐次比较：{a} → {b}"), &heads)
        .noted("每一次就医购药在两边各结算一次。金额为基金支付的变化；“账户、现金不同”一行为现金的变化");
    for (changed, count, fen, _) in found.changes() {
        table.row(vec![Cell::text(changed.words()), Cell::Count(count), Cell::Yuan(fen)]);
    }
    table.row(vec![Cell::text("两边完全相同"), Cell::Count(found.unchanged), Cell::Yuan(Fen::ZERO)]);
    table
}

/// For each kind of difference the first visit that shows it, settled by both.
fn witnesses(names: [&str; 2], found: &Comparison) -> Table {
    let heads = [
        ("change", "变化"),
        ("visit", "就医购药"),
        ("policy", "按"),
        ("total", "费用（元）"),
        ("eligible", "政策范围内（元）"),
        ("deductible", "起付线负担（元）"),
        ("funds", "基金支付（元）"),
        ("account", "账户（元）"),
        ("cash", "现金（元）"),
    ];
    let mut table = Table::new("witnesses", "每种变化最小的一例：同一次就医的两种结算", &heads).noted(
        "人员序号最小、次序最先的一次；用 gongji simulate --cases 写成结算案例，可再用 gongji quote --explain 看依据",
    );
    for (changed, _, _, witness) in found.changes() {
        let Some(witness) = witness else { continue };
        for (side, (name, paid)) in names.iter().zip(&witness.paid).enumerate() {
            let shown = |words: String| if side == 0 { words } else { String::new() };
            table.row(vec![
                Cell::Text(shown(changed.words().to_owned())),
                Cell::Text(shown(visit(&witness))),
                Cell::text(*name),
                Cell::Yuan(paid.total),
                Cell::Yuan(paid.eligible),
                Cell::Yuan(paid.deductible),
                Cell::Yuan(paid.pool + paid.other + paid.assumed),
                Cell::Yuan(paid.account),
                Cell::Yuan(paid.cash),
            ]);
        }
    }
    table
}

fn visit(witness: &Witness) -> String {
    let Witness { person, event, status, day, care, class, .. } = *witness;
    // A purchase without a prescription has no level.
    let level = if care == Care::Pharmacy { "" } else { LEVELS[class as usize] };
    let (status, care) = (STATUS[status as usize], CARES[care as usize]);
    format!("{person} 号（{status}）第 {} 次，{day} {level}{care}", event + 1)
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
