//! `gongji policy bless --boundaries`: the visits on an area's boundaries as a file of cases. The
//! amounts and figures are the policy crate's; this file only writes them as the case format wants.

use crate::policy::words::cite;
use anyhow::bail;
use gongji_domain::{Day, Fen};
use gongji_policy::case::{Decision, StepText};
use gongji_policy::{Area, Boundary, Library, Profile, Side};
use std::fmt::Write as _;

/// A file of cases around the boundaries of the rules of a day.
///
/// # Errors
/// When there are no rules on that day, or no boundaries.
pub(crate) fn of_area(library: &Library, area: &Area, on: Option<Day>, folder: &str) -> anyhow::Result<String> {
    let day = on.unwrap_or(area.newest_day());
    if area.rules(day).is_none() {
        bail!("{} 在 {day} 没有规定", area.name());
    }
    let profiles = library.boundaries(area.code(), day);
    if profiles.is_empty() {
        bail!("{} 在 {day} 的普通门诊没有起付、分段或限额，没有界限可列", area.name());
    }
    Ok(file(area, day, folder, &profiles))
}

fn file(area: &Area, day: Day, folder: &str, profiles: &[Profile]) -> String {
    let mut text = format!(
        "# {}：各界限的前后一分\n\n由 `gongji policy bless {folder} --boundaries --on {day}` 生成。数字是程序算的，**还没有人核对**：\
         逐行按条文算过，再去掉标题和这里的“待核对”。\n\n## {day} 的起付、分段、限额（程序生成，待核对）\n\n依据：{}\n\n",
        area.name(),
        articles(profiles).join(" ")
    );
    let columns = columns(profiles);
    let heads: Vec<&str> =
        ["例"].into_iter().chain(columns.iter().copied()).chain(["amount"]).chain(FIGURES).chain(["说明"]).collect();
    let _ = writeln!(text, "| {} |\n|{}", heads.join(" | "), "---|".repeat(heads.len()));
    let mut number = 0;
    for profile in profiles {
        for visit in &profile.visits {
            number += 1;
            let _ = writeln!(text, "| 界限{number} | {} |", row(profile, visit, &columns).join(" | "));
        }
    }
    text
}

const FIGURES: [&str; 3] = ["= act_pay_dedc", "= fund_pay_sumamt", "= psn_part_amt"];

/// All input columns that some profile has, in the order in which they come.
fn columns(profiles: &[Profile]) -> Vec<&str> {
    let mut columns: Vec<&str> = Vec::new();
    for (column, _) in profiles.iter().flat_map(|profile| &profile.inputs) {
        if !columns.contains(&column.as_str()) {
            columns.push(column);
        }
    }
    columns
}

fn row(profile: &Profile, visit: &Boundary, columns: &[&str]) -> Vec<String> {
    let cell = |column: &&str| {
        let found = profile.inputs.iter().find(|(name, _)| name == column);
        found.map(|(_, cell)| cell.clone()).unwrap_or_default()
    };
    let mut cells: Vec<String> = columns.iter().map(cell).collect();
    cells.push(visit.amount.to_string());
    cells.extend(figures(&visit.decision).map(|amount| amount.map(|fen| fen.to_string()).unwrap_or_default()));
    cells.push(note(visit));
    cells
}

fn figures(decision: &Decision) -> [Option<Fen>; 3] {
    match decision {
        Decision::Settled(settled) => {
            let s = &settled.settlement;
            [s.deductible_borne, s.fund_total, s.personal_share].map(Some)
        }
        Decision::Refused(_) => [None; 3],
    }
}

/// Which boundary, on which side, and the multiplications to be read.
fn note(visit: &Boundary) -> String {
    let mut about: Vec<String> = Vec::new();
    for (rule, side) in &visit.about {
        let words = format!("{}{}", rule_words(rule), side_words(*side));
        if !about.contains(&words) {
            about.push(words);
        }
    }
    let sums: Vec<String> = steps(visit).iter().filter_map(product).collect();
    about.into_iter().chain(sums).collect::<Vec<_>>().join("；")
}

fn rule_words(rule: &str) -> &'static str {
    if rule.contains(".deductible") {
        "起付标准"
    } else if rule.contains(".limit") {
        "限额"
    } else {
        "费用段上端"
    }
}

fn side_words(side: Side) -> &'static str {
    match side {
        Side::Below => "差一分",
        Side::At => "刚好",
        Side::Above => "多一分",
    }
}

fn steps(visit: &Boundary) -> &[StepText] {
    match &visit.decision {
        Decision::Settled(settled) => &settled.steps,
        Decision::Refused(_) => &[],
    }
}

fn product(step: &StepText) -> Option<String> {
    let input = |name: &str| step.inputs.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
    let (base, rate) = (input("base")?, input("rate")?);
    let exact = times(base, rate).filter(|exact| !same(exact, &step.result));
    Some(format!("{base}×{rate}＝{}{}", exact.map(|exact| exact + "→").unwrap_or_default(), step.result))
}

/// An amount times a rate before it is rounded, so that a reader sees the rounding.
fn times(base: &str, rate: &str) -> Option<String> {
    let (yuan, fen) = base.split_once('.')?;
    let (whole, part) = rate.strip_suffix('%')?.split_once('.').unwrap_or((rate.strip_suffix('%')?, ""));
    let places = 4 + part.len();
    let product = format!("{yuan}{fen}").parse::<u128>().ok()?.checked_mul(format!("{whole}{part}").parse().ok()?)?;
    let digits = format!("{product:0>width$}", width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    Some(format!("{whole}.{}", part.trim_end_matches('0')))
}

fn same(exact: &str, rounded: &str) -> bool {
    exact.trim_end_matches('0').trim_end_matches('.') == rounded.trim_end_matches('0').trim_end_matches('.')
}

/// The articles of the deductibles, rates and limits that act.
fn articles(profiles: &[Profile]) -> Vec<String> {
    let mut cited = Vec::new();
    let visits = profiles.iter().flat_map(|profile| &profile.visits);
    for step in visits.flat_map(steps).filter(|step| !step.rule.contains('#')) {
        cite(&step.article, &mut cited);
    }
    cited
}
