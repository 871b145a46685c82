//! Proving tables: in every combination of the facts that a table reads, on every day of the
//! package, exactly one row holds; no row is dead; values are of the table's kind.

use crate::account;
use crate::cells::{Cell, MOST_CELLS};
use crate::compile::{Compiled, CompiledSegments, show_value};
use crate::facts::FactId;
use crate::fault::{At, Fault};
use crate::grid::{Grid, Holding, Scope};
use crate::model::Value;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_domain::Day;

/// What a table's rows may say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// An amount of money.
    Amount,
    /// A rate.
    Rate,
    /// A value of the fact with this index.
    Fact(FactId),
    /// A reason; all that apply count, so rows may overlap and need not cover everything.
    Reason,
    /// Whether a line is covered.
    Flag,
    /// What may be done with an account.
    Use,
    /// A credit to an account.
    Credit,
    /// Whose money a credit is.
    Source,
    /// A rate of contribution.
    Share,
    /// From when to when benefits are due.
    Term,
}

/// Checks every table of a package on every range of days.
pub(crate) fn tables(compiled: &Compiled, faults: &mut Vec<Fault>) {
    let ranges = compiled.ranges();
    for (grid, says, from, until) in all(compiled) {
        values(grid, says, compiled, faults);
        if says == Says::Reason {
            dead_rows(compiled, grid, &ranges, faults);
            continue;
        }
        let days: Vec<Day> = ranges.iter().copied().filter(|day| from <= *day && *day <= until).collect();
        let axis = compiled.benefits.iter().find(|b| b.rate.as_ref().is_some_and(|rate| core::ptr::eq(rate, grid)));
        let axis = axis.and_then(|benefit| benefit.segments.as_ref());
        total(compiled, grid, &days, axis, faults);
    }
    account::check(compiled, faults);
    stale(compiled, faults);
}

fn all(compiled: &Compiled) -> Vec<(&Grid, Says, Day, Day)> {
    let (from, until) = (compiled.from, compiled.until);
    let mut grids: Vec<(&Grid, Says, Day, Day)> = Vec::new();
    for (fact, grid) in &compiled.fact_grids {
        grids.push((grid, Says::Fact(*fact), from, until));
    }
    for benefit in &compiled.benefits {
        let (from, until) = (benefit.from, benefit.until);
        grids.extend(benefit.covered.iter().map(|grid| (grid, Says::Reason, from, until)));
        grids.extend(benefit.rate.iter().map(|grid| (grid, Says::Rate, from, until)));
        for cut in benefit.deductibles.iter().chain(&benefit.limits) {
            grids.push((&cut.grid, Says::Amount, from, until));
        }
    }
    let rest = [
        (&compiled.lines_covered, Says::Flag),
        (&compiled.lines_ceiling, Says::Amount),
        (&compiled.lines_upfront, Says::Rate),
        (&compiled.access, Says::Reason),
        (&compiled.employer_share, Says::Rate),
        (&compiled.credit, Says::Credit),
        (&compiled.credit_from, Says::Source),
        (&compiled.before, Says::Credit),
        (&compiled.uses, Says::Use),
    ];
    for (grid, says) in rest {
        grids.extend(grid.iter().map(|grid| (grid, says, from, until)));
    }
    let shares = |grid: &Grid| {
        if grid.path.ends_with("floor") || grid.path.ends_with("ceiling") { Says::Amount } else { Says::Share }
    };
    grids.extend(compiled.contribution.iter().map(|grid| (grid, shares(grid), from, until)));
    grids.extend(compiled.entitlement.iter().map(|grid| (grid, Says::Term, from, until)));
    for (_, _, from, until) in &mut grids {
        *from = (*from).max(compiled.from);
        *until = (*until).min(compiled.until);
    }
    // A table with dates of its own is only asked within them.
    for entry in &mut grids {
        entry.2 = entry.0.from.unwrap_or(entry.2).max(entry.2);
        entry.3 = entry.0.until.unwrap_or(entry.3).min(entry.3);
    }
    grids
}

/// Each row's value is of the table's kind.
fn values(grid: &Grid, says: Says, compiled: &Compiled, faults: &mut Vec<Fault>) {
    for row in grid.rows() {
        let value = &row.is.value;
        let (fits, allowed): (bool, String) = match says {
            Says::Amount => (
                crate::grid::is_amount(value) && !matches!(value, Value::Frozen(_)),
                "金额，如 \"200.00\"，或 \"none\"、\"open\"、算式".to_string(),
            ),
            Says::Rate => (
                matches!(value, Value::Rate(_) | Value::None | Value::SameAs { .. }),
                "比例，如 \"60%\"，或 \"none\"、{ same_as = … }".to_string(),
            ),
            Says::Fact(fact) => (compiled.value_band(fact, value).is_some(), compiled.registry.facts[fact].allowed()),
            Says::Reason => (matches!(value, Value::Word(_) | Value::None), "原因代码，或 \"none\"".to_string()),
            Says::Flag => (matches!(value, Value::Flag(_)), "true 或 false".to_string()),
            Says::Use => (
                matches!(value, Value::Word(word) if matches!(word.as_str(), "allowed" | "forbidden" | "not_yet")),
                "\"allowed\"、\"forbidden\" 或 \"not_yet\"（逐步实现）".to_string(),
            ),
            Says::Credit => (crate::grid::is_amount(value), "金额、\"none\"、{ share, of } 或 { frozen }".to_string()),
            Says::Source => (
                matches!(value, Value::Fund { .. } | Value::None) || *value == Value::Word("contribution".to_string()),
                "\"contribution\"（本人缴费）、{ fund = \"310100\" } 或 \"none\"".to_string(),
            ),
            Says::Share => (
                matches!(value, Value::Rate(_) | Value::None | Value::Open)
                    || (grid.path == "contribution.pooled" && *value == Value::Word("rest".to_string())),
                "比例、\"none\"、\"open\"；contribution.pooled 也可以是 \"rest\"（合计减个人部分）".to_string(),
            ),
            Says::Term => {
                let (fits, allowed) = account::fits(&grid.path, value);
                (fits, allowed.to_string())
            }
        };
        if !fits {
            let found = format!("{} 里是 {}", grid.path, show_value(value));
            faults.push(Fault::error("invalid_value", row.is.at, found, format!("应为{allowed}")));
        }
        if let Value::Share { of, .. } = value {
            share_source(compiled, grid, of, row.is.at, faults);
        }
    }
}

/// Amounts that the register keeps of a member, which account formulas may name.
const REGISTERED: &[&str] = &["contribution_base", "lump_sum_base", "pension"];

fn share_source(compiled: &Compiled, grid: &Grid, of: &str, at: At, faults: &mut Vec<Fault>) {
    let known = match of.split_once('.') {
        Some(("index", name)) => compiled.package.indexes.iter().any(|index| index.name.text == name),
        Some(("member", name)) => REGISTERED.contains(&name) || compiled.registry.id(name).is_some(),
        _ => false,
    };
    if !known {
        let allowed = format!("index.X（[index.X] 要写明）或 member.X（{}）", crate::fault::listed(REGISTERED));
        faults.push(Fault::error("unknown_index", at, format!("{} 里的 of = \"{of}\" 不存在", grid.path), allowed));
    }
}

/// Exactly one row holds in every cell on every day.
fn total(compiled: &Compiled, grid: &Grid, days: &[Day], axis: Option<&CompiledSegments>, faults: &mut Vec<Fault>) {
    let mut reads: BTreeSet<FactId> = BTreeSet::new();
    grid.reads(&mut reads);
    if compiled.combinations(&reads) > MOST_CELLS {
        faults.push(Fault::error(
            "too_many_cells",
            grid.at,
            format!("{} 的组合超过 {MOST_CELLS}", grid.path),
            "拆成先后两张表",
        ));
        return;
    }
    let (mut held, mut gaps, mut conflicts) = (BTreeSet::new(), Vec::new(), BTreeSet::new());
    let base = grid.without_overlay();
    for day in days {
        compiled.for_each_cell(&reads, *day, Day::MAX, |cell| {
            // Another benefit's segments are not this one's.
            let elsewhere =
                axis.is_some_and(|axis| reads.contains(&axis.fact) && !axis.bands.contains(&cell.band(axis.fact)));
            if elsewhere || cell.is_impossible() {
                return;
            }
            // A row of the package below is not dead because an overlay says otherwise.
            if let Some(Holding::Row(row)) = base.as_ref().map(|base| base.holding(cell)) {
                held.insert(row.at);
            }
            match grid.holding(cell) {
                Holding::Row(row) => {
                    held.insert(row.at);
                }
                Holding::Gap => gaps.push(here(cell)),
                Holding::Conflict(a, b) => {
                    held.extend([a.at, b.at]);
                    if conflicts.insert((a.at, b.at)) {
                        let (one, other) = (show_value(&a.is.value), show_value(&b.is.value));
                        let found = format!(
                            "{} 在 {} 有两行都适用：{one} 与 {other}，谁也不在另一行之内",
                            grid.path,
                            here(cell)
                        );
                        let allowed = "写一行更窄的，把重合处说清楚；或把例外写进 except；或结束旧的一行（until）";
                        faults.push(Fault::error("conflict", b.at, found, allowed));
                    }
                }
            }
        });
    }
    if let Some(first) = gaps.first() {
        let more = if gaps.len() > 1 { format!(" 等 {} 处", gaps.len()) } else { String::new() };
        let found = format!("{} 在 {first}{more} 没有任何一行适用", grid.path);
        let allowed = "加一行不带 when 的默认值，或写 [[impossible]] 说明这种情形不存在";
        faults.push(Fault::error("gap", grid.at, found, allowed));
    }
    // Rows of the base that an overlay covers are no mistake of the base.
    let overlaid = grid.layers[2..].iter().any(|layer| !layer.is_empty());
    let own = &grid.layers[if overlaid { 2 } else { 0 }..];
    for row in own.iter().flatten().filter(|row| !held.contains(&row.at) && row.until >= compiled.from) {
        // What a later knowledge corrected held while that was not known.
        let corrected = grid.rows().any(|other| other.corrects && other.region == row.region);
        if !corrected {
            let found =
                format!("{} 的这一行（{}）在任何情形、任何一天都不起作用", grid.path, show_value(&row.is.value));
            faults.push(Fault::error("dead_row", row.at, found, "删去，或检查 when 与日期是否写错"));
        }
    }
    for nested in [&grid.at_least, &grid.at_most].into_iter().flatten() {
        total(compiled, nested, days, axis, faults);
    }
}

/// Rows of a collecting table that never apply.
fn dead_rows(compiled: &Compiled, grid: &Grid, ranges: &[Day], faults: &mut Vec<Fault>) {
    for row in grid.rows() {
        let alive = ranges.iter().any(|day| row.from <= *day && *day <= row.until);
        let possible = row
            .region
            .iter()
            .all(|(fact, bands)| (0..compiled.registry.facts[*fact].band_count()).any(|band| bands.has(band as u8)));
        if !alive || !possible {
            let found = format!("{} 的这一行（{}）在任何情形都不起作用", grid.path, show_value(&row.is.value));
            faults.push(Fault::error("dead_row", row.at, found, "删去，或检查 when 与日期是否写错"));
        }
    }
}

fn here(cell: &Cell<'_>) -> String {
    let described = cell.describe();
    if described.is_empty() { format!("{} 起", cell.day) } else { format!("{described}（{} 起）", cell.day) }
}

/// Values that somebody should look at: estimates and figures that the text leaves open.
fn stale(compiled: &Compiled, faults: &mut Vec<Fault>) {
    // What contributions and entitlement leave open is many figures of one kind: one note for each.
    for (tables, what) in [(&compiled.contribution, "缴费"), (&compiled.entitlement, "待遇享受期")] {
        let open = tables.iter().flat_map(Grid::rows).filter(|row| row.is.value == Value::Open);
        let rows: Vec<_> = open.collect();
        if let Some(first) = rows.first() {
            let found = format!("{what}有 {} 项文本没有给出数值，由外部给出", rows.len());
            let note = Fault::note("open", first.at, found, "统筹区经办机构可用 extends 的覆盖包填入");
            faults.push(note.by(compiled.articles.print(&first.cite)));
        }
    }
    let noted = compiled.contribution.len() + compiled.entitlement.len();
    let others = compiled.grids().count() - noted;
    // Those two stand last among the tables.
    for grid in compiled.grids().take(others) {
        for row in grid.rows().filter(|row| row.is.value == Value::Open) {
            let found = format!("{}：文本没有给出数值，按不设处理", grid.path);
            faults.push(
                Fault::note("open", row.at, found, "统筹区经办机构可用 extends 的覆盖包填入")
                    .by(compiled.articles.print(&row.cite)),
            );
        }
    }
    for row in compiled.grids().flat_map(Grid::rows) {
        if let Some(verified) = row.verified.filter(|verified| *verified < row.known) {
            let found = format!("核对日期 {verified} 早于文件为人所知的日期 {}", row.known);
            faults.push(Fault::warning("unverified", row.at, found, "核对后写上核对的那一天"));
        }
    }
    for row in compiled.package.indexes.iter().flat_map(|index| &index.rows) {
        if row.estimate {
            let found = format!("{} 年的指数是预计数", row.year);
            faults.push(
                Fault::note("estimate", row.at, found, "公布后改为正式数").by(compiled.articles.print(&row.cite)),
            );
        }
        if row.is.value == Value::Open {
            let found = format!("{} 年的指数文本没有给出", row.year);
            faults.push(Fault::note("open", row.at, found, "公布后填入").by(compiled.articles.print(&row.cite)));
        }
    }
    if compiled.package.verified.is_none() {
        faults.push(Fault::warning(
            "unverified",
            compiled.package.at,
            "package 没有 verified",
            "写明最近一次有人核对的日期",
        ));
    }
}
