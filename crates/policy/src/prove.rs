//! Proofs over the rules of an area: what no single table shows.
//!
//! - more expense lowers neither the fund's payment nor the member's share (`cliff`, `falling_rate`);
//! - rates do not rise with the class of the institution nor fall on retirement (`wrong_way`);
//! - every figure changes some answer (`dead_parameter`);
//! - somebody has looked at it lately (`unverified`, `stale_year`), as of a day that the caller gives.
//!
//! Nothing here makes a package wrong: a document may say any of it, and then its article is
//! acknowledged (已核).
//!
//! The engine itself decides the visits that the proofs ask for.

mod acknowledged;
mod age;
mod dead;
mod figures;
mod grid;
mod slopes;

use crate::bounds::{Asked, not_lower, report, roots};
use crate::compile::{Compiled, CompiledBenefit};
use crate::fault::{At, Fault, Severity};
use crate::library::{Area, Library};
use crate::model::{Pattern, Word};
use crate::trial::{Trials, Work};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;
use gongji_domain::Day;
use grid::Grid;

impl Library {
    /// Proves the rules of an area and tells what cannot be proved: warnings and notes for the
    /// people who keep its package, worst first. `today` is the caller's day; without it nothing
    /// is told about age. What an article is acknowledged to say (已核) is left out.
    pub fn prove(&self, area_code: &str, today: Option<Day>) -> Vec<Fault> {
        let mut faults = Vec::new();
        let Some(area) = self.area(area_code) else {
            let found = format!("没有载入统筹区 {area_code}");
            faults.push(Fault::error("unknown_area", None, found, "先载入它的政策包，并改正其中的错误"));
            return faults;
        };
        let compiled = &area.compiled;
        order(compiled, &mut faults);
        let work = Work::of(MOST_WORK / 3);
        slopes(&grids(area, &work), &mut faults);
        let work = Work::of(MOST_WORK);
        dead::parameters(compiled, &grids(area, &work), &work, &mut faults);
        if let Some(today) = today {
            age::check(compiled, today, &mut faults);
        }
        acknowledged::strike(&compiled.articles, &mut faults);
        faults.sort_by_key(|fault| (fault.severity, fault.at));
        faults
    }
}

/// How many settlements the searches may try.
const MOST_WORK: u32 = 300_000;
/// What lets a proof go further.
const FEWER: &str = "一项待遇读的事实越少，证明越全";

/// The visits of each range of days whose rules are known.
fn grids<'a>(area: &'a Area, work: &'a Work) -> Vec<Grid<'a>> {
    let of_day = |day: Day| Some(Trials { compiled: &area.compiled, rules: area.rules(day)?, day, work });
    area.range_starts().filter_map(of_day).map(Grid::new).collect()
}

/// Cliffs and falling rates, over all days.
fn slopes(grids: &[Grid<'_>], faults: &mut Vec<Fault>) {
    let mut falls = slopes::Falls::default();
    let whole = grids.iter().filter(|grid| !falls.scan(grid)).count() == 0;
    if let Some(grid) = grids.first().filter(|_| !whole) {
        let found = "就诊情形太多，断崖只查了其中一部分";
        faults.push(Fault::note("sampled", grid.trials.compiled.package.at, found, FEWER));
    }
    falls.report(faults);
}

/// Facts along which rates do not fall: from the value that may get least to the one that gets most.
const ORDERS: &[(&str, &[&str])] = &[
    ("class", &["tertiary", "secondary", "primary"]),
    ("issuer_class", &["tertiary", "secondary", "primary"]),
    ("status", &["active", "retired"]),
];

/// Rates that fall the wrong way.
fn order(compiled: &Compiled, faults: &mut Vec<Fault>) {
    let always = Pattern::new();
    for benefit in &compiled.benefits {
        let Some(asked) = Asked::rate(benefit) else { continue };
        let reads = rate_roots(compiled, benefit);
        for (fact, values) in
            ORDERS.iter().filter(|(fact, _)| compiled.registry.id(fact).is_some_and(|id| reads.contains(&id)))
        {
            let word = |text: &str| Word { at: At::default(), text: text.to_owned() };
            let values: Vec<Word> = values.iter().map(|value| word(value)).collect();
            let findings =
                not_lower(compiled, &asked, &word(fact), &values, Day::MIN, &always, (Severity::Warning, "wrong_way"));
            report(findings, &compiled.articles.print(&asked.grid.cite), faults);
        }
    }
}

/// The stated facts that a benefit's rate comes down to.
fn rate_roots(compiled: &Compiled, benefit: &CompiledBenefit) -> BTreeSet<usize> {
    let mut reads = BTreeSet::new();
    benefit.rate.iter().for_each(|grid| grid.reads(&mut reads));
    reads.into_iter().flat_map(|fact| roots(compiled, fact)).collect()
}
