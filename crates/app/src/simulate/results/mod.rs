//! From sums to tables (结果表). What the tables share stands here; each subject has its own file.

mod compared;
mod groups;
mod money;

use gongji_domain::Fen;
use gongji_microsimulation::{Bands, GroupSums, Tally};

use super::report::{Cell, Table};

pub(crate) use compared::{compared, moved};

/// A scenario by the name that is shown, and its sums.
pub(crate) type Sides<'a> = &'a [(&'a str, &'a Tally)];

pub(crate) const STATUS: [&str; 2] = ["在职", "退休"];
const LEVELS: [&str; 3] = ["一级及以下", "二级", "三级"];
const CARES: [&str; 4] = ["普通门诊", "门诊慢特病", "药店购药", "住院"];

/// The tables of one scenario, or of two beside each other.
pub(crate) fn tables(sides: Sides<'_>, bands: &Bands) -> Vec<Table> {
    vec![
        money::key_figures(sides),
        money::spending(sides),
        groups::by_age(sides, bands),
        groups::by_income(sides, bands),
        groups::by_level(sides),
        groups::by_care(sides),
        money::burden(sides),
        money::accounts(sides),
        money::months(sides),
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

fn each(sum: Fen, count: u64) -> f64 {
    if count == 0 { 0.0 } else { sum.fen() as f64 / 100.0 / count as f64 }
}
