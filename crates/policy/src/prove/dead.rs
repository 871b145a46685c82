//! Dead parameters (不起作用的数值): figures that change no answer when they are nudged.
//!
//! A figure is nudged in a copy of the package, and visits that its row concerns are decided by
//! both, each by the rules of its own spot, until one comes out otherwise.

use super::figures::{self, Place};
use super::grid::Grid;
use crate::cells::Cell;
use crate::compile::{Compiled, CompiledBenefit, compile};
use crate::facts::{Region, Source};
use crate::fault::{At, Fault, Severity};
use crate::grid::within_region;
use crate::lower::lower_spot;
use crate::model::{Value, Word};
use crate::trial::{Trial, Trials, Used, Work};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_adjudication::{MAX_FACTS, Settlement};
use gongji_domain::{Day, Fen};

/// How many kinds of visits are decided for one figure before it is given up.
const MOST_KINDS: usize = 12;
/// How many spots are looked at for one figure.
const MOST_SPOTS: usize = 96;
/// How many times the facts that a benefit does not read are filled in otherwise.
const FILLS: usize = 2;
/// What the rules of a spot cost, in settlements.
const SPOT_WORK: u32 = 100;
/// How many settlements are tried for one figure.
const MOST_WORK: u32 = 30_000;
/// What to do about it.
const ALLOWED: &str = "检查它是否总被别的数值挡住；不需要就删去，文件确实如此的，在引文下写“已核 dead_parameter：原因”";

/// A figure: where it stands, what it is, and the visits that it concerns.
struct Named {
    at: At,
    path: String,
    text: String,
    cite: Vec<Word>,
    region: Region,
    days: (Day, Day),
}

/// Tells every figure that no answer depends on; `ranges` are the rules of each range of days.
pub(super) fn parameters(compiled: &Compiled, ranges: &[Grid<'_>], work: &Work, faults: &mut Vec<Fault>) {
    let named = named(compiled);
    let mut untold = 0;
    for (n, figure) in named.iter().enumerate() {
        work.begin(MOST_WORK);
        // A figure that cannot be moved either way is held in place by something: it counts.
        let nudged = [true, false].into_iter().filter_map(|up| nudged(compiled, n, up));
        let mut ways = nudged.map(|after| changes(compiled, &after, figure, ranges)).peekable();
        if ways.peek().is_none() || ways.any(|seen| seen) {
            continue;
        }
        if work.is_done() {
            untold += 1;
            continue;
        }
        let found = format!("{} 的 {} 不起作用：稍加增减，任何情形的答案都不变", figure.path, figure.text);
        let fault = Fault::warning("dead_parameter", figure.at, found, ALLOWED);
        faults.push(fault.by(compiled.articles.print(&figure.cite)));
    }
    if untold > 0 {
        let found = format!("就诊情形太多，{} 个数值里有 {untold} 个没有查完是否起作用", named.len());
        faults.push(Fault::note("sampled", compiled.package.at, found, super::FEWER));
    }
}

fn named(compiled: &Compiled) -> Vec<Named> {
    let registry = &compiled.registry;
    let mut named = Vec::new();
    figures::each(&mut compiled.package.clone(), &mut |place, figure| {
        let Place { at, path, cite, when, days: (from, until) } = place;
        // The disease of an amount and the segment of a rate are no facts of a visit.
        let of_visit = registry.region(when).into_vec().into_iter();
        let region: Vec<_> = of_visit.filter(|(fact, _)| registry.facts[*fact].source != Source::Bound).collect();
        named.push(Named {
            at,
            path: path.to_string(),
            text: figure.words(),
            cite: cite.to_vec(),
            region: region.into(),
            days: (from.unwrap_or(Day::MIN), until.unwrap_or(Day::MAX)),
        });
    });
    named
}

/// The package with one figure moved; none where it is then no longer sound.
fn nudged(compiled: &Compiled, n: usize, up: bool) -> Option<Compiled> {
    let mut package = compiled.package.clone();
    let mut count = 0;
    figures::each(&mut package, &mut |_, figure| {
        if count == n {
            figure.nudge(up);
        }
        count += 1;
    });
    let mut faults = Vec::new();
    let nudged = compile(package, compiled.articles.clone(), &mut faults);
    faults.iter().all(|fault| fault.severity != Severity::Error).then_some(nudged)
}

/// Whether an answer changes with the figure.
fn changes(compiled: &Compiled, after: &Compiled, figure: &Named, ranges: &[Grid<'_>]) -> bool {
    let (from, until) = figure.days;
    let holds = |grid: &&Grid<'_>| from <= grid.trials.day && grid.trials.day <= until;
    ranges.iter().filter(holds).any(|grid| Search { grid, after, figure }.finds())
        || credits_differ(compiled, after, ranges)
}

/// A search for a visit that is decided otherwise.
struct Search<'a> {
    grid: &'a Grid<'a>,
    after: &'a Compiled,
    figure: &'a Named,
}

impl Search<'_> {
    fn finds(&self) -> bool {
        let compiled = self.grid.trials.compiled;
        let benefits = || compiled.benefits.iter().enumerate();
        let own = benefits().filter(|(_, benefit)| self.is_of(benefit));
        let others = benefits().filter(|(_, benefit)| !self.is_of(benefit) && refers(benefit));
        let mut over: Vec<(Option<usize>, BTreeSet<usize>)> =
            own.chain(others).map(|(i, _)| (Some(i), self.grid.of_benefit(i))).collect();
        if self.figure.path.starts_with("lines.") || self.figure.path.starts_with("index.") {
            over.push((None, self.grid.of_lines()));
        }
        over.iter().any(|(benefit, dimensions)| (0..FILLS).any(|fill| self.finds_over(*benefit, dimensions, fill)))
    }

    /// Whether the figure belongs to a benefit.
    fn is_of(&self, benefit: &CompiledBenefit) -> bool {
        let own = self.figure.path.strip_prefix("benefit.").and_then(|rest| rest.strip_prefix(benefit.name.as_str()));
        own.is_some_and(|rest| rest.starts_with(['.', '[']))
    }

    /// Looks at visits over some facts: first at members who used nothing yet, then at all.
    fn finds_over(&self, benefit: Option<usize>, dimensions: &BTreeSet<usize>, fill: usize) -> bool {
        let before = &self.grid.trials;
        let (mut spots, mut kinds, mut tried) = (0, BTreeSet::new(), Vec::new());
        for trial in self.grid.visits(dimensions, fill) {
            if spots == MOST_SPOTS || tried.len() == MOST_KINDS || before.work.is_done() {
                break;
            }
            let ordinals = before.ordinals(&trial);
            let terms = before.terms(&ordinals);
            let decides = benefit.is_none_or(|i| terms[i].1.applies && terms[i].1.reasons.is_empty());
            if !decides || !self.meets(&trial) {
                continue;
            }
            spots += 1;
            before.work.spend(SPOT_WORK);
            let Some(rules) = lower_spot(self.after, &before.spot(&trial), before.day) else { continue };
            let after = Trials { compiled: self.after, rules: &rules, ..*before };
            let now = after.terms(&ordinals);
            if same(before, &after, &ordinals) {
                continue;
            }
            let keys: Vec<u32> = before.rules.chain.iter().map(|benefit| *benefit.key.get(&ordinals)).collect();
            let kind = (keys, now.iter().map(|(_, terms)| (*terms).clone()).collect::<Vec<_>>(), trial.charge.clone());
            if kinds.insert(kind) {
                let trials = self.grid.with_prior(trial);
                if trials.iter().any(|trial| differs(before, &after, trial, false)) {
                    return true;
                }
                tried.push((trials, rules));
            }
        }
        let missed = spots == MOST_SPOTS || self.grid.is_sampled(dimensions);
        if tried.is_empty() && missed {
            // What only some of the visits could show may show in others.
            return true;
        }
        tried.iter().any(|(trials, rules)| {
            let after = Trials { compiled: self.after, rules, ..*before };
            trials.iter().any(|trial| !before.work.is_done() && differs(before, &after, trial, true))
        })
    }

    /// Whether the figure concerns a visit.
    fn meets(&self, trial: &Trial) -> bool {
        let trials = &self.grid.trials;
        let mut bands = trials.spot(trial);
        bands.extend(trials.charge_spot(trial));
        let cell = Cell { compiled: trials.compiled, day: trials.day, known_on: Day::MAX, bands };
        within_region(&self.figure.region, &cell)
    }
}

/// Whether a benefit takes figures of other tables or of indices.
fn refers(benefit: &CompiledBenefit) -> bool {
    let refers = |value: &Value| matches!(value, Value::SameAs { .. } | Value::Share { .. });
    let cuts = benefit.deductibles.iter().chain(&benefit.limits).map(|cut| &cut.grid);
    let mut rows = benefit.rate.iter().chain(cuts).flat_map(|grid| grid.rows());
    rows.any(|row| refers(&row.is.value))
}

/// Whether two sets of rules say the same of a visit.
fn same(before: &Trials<'_>, after: &Trials<'_>, ordinals: &[u8; MAX_FACTS]) -> bool {
    let axes = before.rules.chain.iter().zip(&after.rules.chain).all(|(a, b)| a.axis == b.axis);
    let (one, other) = (before.terms(ordinals), after.terms(ordinals));
    axes && before.line_terms(ordinals) == after.line_terms(ordinals)
        && one.iter().zip(&other).all(|((_, a), (_, b))| a == b)
}

/// Whether a visit is decided otherwise, for any amount, by a member who used nothing before or
/// (where `used`) anything.
fn differs(before: &Trials<'_>, after: &Trials<'_>, trial: &Trial, used: bool) -> bool {
    let amounts: BTreeSet<Fen> = before.amounts(trial).into_iter().chain(after.amounts(trial)).collect();
    let mut states = BTreeSet::from([Used::default()]);
    if used {
        states = before.used(trial, true).into_iter().chain(after.used(trial, true)).collect();
    }
    states.iter().any(|used| {
        let (mut one, mut other) = (before.member(trial, used), after.member(trial, used));
        amounts.iter().any(|amount| match (one.settle(*amount), other.settle(*amount)) {
            (Some(one), Some(other)) => seen(one) != seen(other) || one.payments != other.payments,
            (one, other) => one.is_some() != other.is_some(),
        })
    })
}

/// What somebody would notice of a settlement beside the payments of the funds.
fn seen(settlement: &Settlement) -> [Fen; 6] {
    let s = settlement;
    [s.off_list, s.over_ceiling, s.upfront, s.deductible_borne, s.account_paid, s.cash]
}

/// Whether some credit to the account is another: indices may serve nothing else.
fn credits_differ(before: &Compiled, after: &Compiled, ranges: &[Grid<'_>]) -> bool {
    let (Some(a), Some(b)) = (&before.credit, &after.credit) else { return false };
    let mut reads = BTreeSet::new();
    a.reads(&mut reads);
    let mut differ = false;
    for grid in ranges {
        before.for_each_cell(&reads, grid.trials.day, Day::MAX, |cell| {
            let mut other = Cell { compiled: after, day: cell.day, known_on: Day::MAX, bands: cell.bands.clone() };
            let one = before.amount(a, cell).map(|figure| figure.is);
            differ = differ || one.ok() != after.amount(b, &mut other).map(|figure| figure.is).ok();
        });
    }
    differ
}
