//! How long ago somebody looked at a package and its figures, as of a day that the caller gives.

use crate::compile::Compiled;
use crate::fault::{At, Fault};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec::Vec;
use gongji_domain::Day;

/// After so many years somebody should look again.
const VERIFIED_YEARS: i32 = 2;
/// After so many years figures by the year are old.
const STALE_YEARS: i32 = 3;

/// Tells what has not been verified or renewed for long.
pub(super) fn check(compiled: &Compiled, today: Day, faults: &mut Vec<Fault>) {
    unverified(compiled, today, faults);
    stale(compiled, today, faults);
}

fn unverified(compiled: &Compiled, today: Day, faults: &mut Vec<Fault>) {
    let old = |verified: Day| verified < years_before(today, VERIFIED_YEARS);
    let allowed = "重新与原文核对后改写 verified";
    if let Some(verified) = compiled.package.verified.filter(|verified| old(*verified)) {
        let found = format!("本包最近一次核对是 {verified}，已超过 {VERIFIED_YEARS} 年");
        faults.push(Fault::warning("unverified", compiled.package.at, found, allowed));
    }
    // A row of a grid is several rows with one place and one date.
    let mut rows: BTreeMap<(At, Day), _> = BTreeMap::new();
    for (grid, row) in compiled.grids().flat_map(|grid| grid.rows().map(move |row| (grid, row))) {
        if let Some(verified) = row.verified.filter(|verified| old(*verified)) {
            rows.entry((row.at, verified)).or_insert((&grid.path, &row.cite));
        }
    }
    for ((at, verified), (path, cite)) in rows {
        let found = format!("{path} 的这一行最近一次核对是 {verified}，已超过 {VERIFIED_YEARS} 年");
        faults.push(Fault::warning("unverified", at, found, allowed).by(compiled.articles.print(cite)));
    }
}

fn stale(compiled: &Compiled, today: Day, faults: &mut Vec<Fault>) {
    let year = i64::from(today.ymd().0);
    for index in &compiled.package.indexes {
        let Some(newest) = index.rows.iter().max_by_key(|row| row.year) else { continue };
        if newest.year + i64::from(STALE_YEARS) < year {
            let found =
                format!("index.{} 最新是 {} 年的数，早于 {today} {STALE_YEARS} 年以上", index.name.text, newest.year);
            faults.push(
                Fault::note("stale_year", newest.at, found, "补上后来公布的数")
                    .by(compiled.articles.print(&newest.cite)),
            );
        }
    }
}

/// The same day so many years earlier.
fn years_before(today: Day, years: i32) -> Day {
    let (year, month, day) = today.ymd();
    let on = |day: i32| Day::from_ymd((year - years) as i16, month as i8, day as i8);
    on(day).or_else(|| on(day - 1)).unwrap_or(Day::MIN)
}
