//! Asking tables: where a bound is broken, in which row, by which value.

use super::judge::{Found, Judged, TableKind, found, judge};
use super::shape::{Must, Subject, shape};
use super::walk::{Walk, days, words};
use super::{BROKEN, Finding, UNTOLD};
use crate::cells::Cell;
use crate::compile::{Compiled, CompiledBenefit, CompiledCut, show_value};
use crate::facts::{FactId, Region};
use crate::fault::{At, Severity};
use crate::grid::{Grid, within_region};
use crate::model::{Bound, Condition, Pattern, Scalar, ScalarValue, Value, Word};
use crate::words::values_words;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_adjudication::Period;
use gongji_domain::{Day, Rate};

/// How far `near` may be off where the bound does not say; the checker's figure, not the law's.
const TOLERANCE: Rate = Rate::from_millionths(200_000);

/// A table that a bound is asked of, and where it counts.
pub(crate) struct Asked<'a> {
    pub(crate) grid: &'a Grid,
    pub(crate) kind: TableKind,
    /// Conditions outside of which the table is not read.
    pub(crate) within: Vec<&'a Region>,
    pub(crate) from: Day,
    pub(crate) until: Day,
}

impl<'a> Asked<'a> {
    /// A benefit's rate table.
    pub(crate) fn rate(benefit: &'a CompiledBenefit) -> Option<Self> {
        let grid = benefit.rate.as_ref()?;
        Some(Self {
            grid,
            kind: TableKind::Rate,
            within: alloc::vec![&benefit.applies],
            from: benefit.from,
            until: benefit.until,
        })
    }

    fn cut(benefit: &'a CompiledBenefit, cut: &'a CompiledCut, kind: TableKind) -> Self {
        Self {
            grid: &cut.grid,
            kind,
            within: alloc::vec![&benefit.applies, &cut.applies],
            from: benefit.from,
            until: benefit.until,
        }
    }

    fn account(compiled: &Compiled, grid: &'a Grid, kind: TableKind) -> Self {
        Self { grid, kind, within: Vec::new(), from: compiled.from, until: compiled.until }
    }

    fn walk<'w>(&self, compiled: &'w Compiled, since: Day, when: &'w Pattern, more: Option<FactId>) -> Walk<'w> {
        let mut facts: BTreeSet<FactId> = more.into_iter().collect();
        self.grid.reads(&mut facts);
        let from = self.grid.from.unwrap_or(self.from).max(self.from).max(since);
        let until = self.grid.until.unwrap_or(self.until).min(self.until);
        Walk::new(compiled, facts, (from, until), when)
    }

    /// Whether the table is read in this cell, as far as the cell tells.
    fn is_read(&self, cell: &Cell<'_>) -> bool {
        self.within.iter().all(|region| known_within(region, cell))
    }
}

/// Whether a cell lies in a region, as far as it knows the region's facts.
fn known_within(region: &Region, cell: &Cell<'_>) -> bool {
    let known = |fact: &FactId| cell.bands.iter().find(|(known, _)| known == fact);
    region.iter().all(|(fact, bands)| known(fact).is_none_or(|(_, band)| bands.has(*band)))
}

/// What a bound finds in each table that it speaks of.
pub(super) fn findings(compiled: &Compiled, bound: &Bound, severity: Severity) -> Vec<Vec<Finding>> {
    let Ok((subject, must)) = shape(bound) else { return Vec::new() };
    let benefit = match subject {
        Subject::Rate(name) | Subject::Deductible(name) | Subject::Limit(name) | Subject::For(name) => {
            // A benefit that the area does not have, or whose figures the texts leave open, is not held to anything.
            match compiled.benefit(name).filter(|benefit| !benefit.decided_elsewhere) {
                Some(benefit) => Some(benefit),
                None => return Vec::new(),
            }
        }
        _ => None,
    };
    match must {
        Must::Cover => benefit.map(|benefit| uncovered(compiled, benefit, bound, severity)).into_iter().collect(),
        Must::BeStated => alloc::vec![unstated(compiled, benefit, subject, bound, severity)],
        Must::NotLower => {
            let Some((fact, values)) = &bound.along else { return Vec::new() };
            let tables = asked(compiled, benefit, subject);
            tables
                .iter()
                .map(|asked| not_lower(compiled, asked, fact, values, since(bound), &bound.when, (severity, BROKEN)))
                .collect()
        }
        _ => asked(compiled, benefit, subject)
            .iter()
            .map(|asked| compared(compiled, asked, must, bound, severity))
            .collect(),
    }
}

fn since(bound: &Bound) -> Day {
    bound.from.unwrap_or(Day::MIN)
}

/// The tables of a subject. Bounds on deductibles and limits mean those of a year, if there are any.
fn asked<'a>(compiled: &'a Compiled, benefit: Option<&'a CompiledBenefit>, subject: Subject<'_>) -> Vec<Asked<'a>> {
    let cuts = |kind: TableKind| -> Vec<Asked<'a>> {
        let Some(benefit) = benefit else { return Vec::new() };
        let cuts = if kind == TableKind::Limit { &benefit.limits } else { &benefit.deductibles };
        let yearly = |cut: &&CompiledCut| compiled.counters[usize::from(cut.counter)].period == Period::Year;
        let any = cuts.iter().any(|cut| yearly(&cut));
        cuts.iter().filter(|cut| !any || yearly(cut)).map(|cut| Asked::cut(benefit, cut, kind)).collect()
    };
    let account = |grid: &'a Option<Grid>, kind| grid.iter().map(|grid| Asked::account(compiled, grid, kind)).collect();
    match subject {
        Subject::Rate(_) => benefit.and_then(Asked::rate).into_iter().collect(),
        Subject::Deductible(_) => cuts(TableKind::Deductible),
        Subject::Limit(_) => cuts(TableKind::Limit),
        Subject::For(_) => Vec::new(),
        Subject::Credit => account(&compiled.credit, TableKind::Credit),
        Subject::Use => account(&compiled.uses, TableKind::Use),
        Subject::EmployerShare => account(&compiled.employer_share, TableKind::Rate),
    }
}

fn compared(compiled: &Compiled, asked: &Asked<'_>, must: Must, bound: &Bound, severity: Severity) -> Vec<Finding> {
    let Some(target) = bound.is.as_ref().map(|is| &is.value) else { return Vec::new() };
    let tolerance = bound.tolerance.unwrap_or(TOLERANCE);
    let mut findings = Vec::new();
    let walk = asked.walk(compiled, since(bound), &bound.when, None);
    if walk.too_many() {
        return alloc::vec![unwalked(compiled, asked)];
    }
    walk.each(|cell| {
        let Some((at, found)) =
            found(compiled, asked.kind, asked.grid, cell, Some(target)).filter(|_| asked.is_read(cell))
        else {
            return;
        };
        let (severity, code, text, allowed) = match judge(compiled, asked.kind, must, &found, target, tolerance, cell) {
            Judged::Fine => return,
            Judged::Broken => (severity, BROKEN, found.words(), allowed(must, target, tolerance)),
            Judged::Untold(severity, text) => (severity, UNTOLD, text, allowed(must, target, tolerance)),
        };
        let (path, place, day) = (asked.grid.path.clone(), words(cell, &bound.when), cell.day);
        findings.push(Finding { severity, code, at, path, place, day, found: format!("是 {text}"), allowed });
    });
    findings
}

fn unwalked(compiled: &Compiled, asked: &Asked<'_>) -> Finding {
    Finding {
        severity: Severity::Warning,
        code: UNTOLD,
        at: asked.grid.at,
        path: asked.grid.path.clone(),
        place: "所有情形".to_string(),
        day: compiled.from,
        found: "的组合太多，不能逐一核对".to_string(),
        allowed: String::new(),
    }
}

fn allowed(must: Must, target: &Value, tolerance: Rate) -> String {
    if let Value::Word(word) = target {
        return format!("须{}", crate::words::name_words(word));
    }
    let target = show_value(target);
    match must {
        Must::AtLeast => format!("须不低于 {target}"),
        Must::AtMost => format!("不得高于 {target}"),
        Must::Near => format!("应在 {target} 左右（核对时上下容许 {tolerance}）"),
        _ => format!("须是 {target}"),
    }
}

/// Whether figures do not fall from one value of a fact to the next.
pub(crate) fn not_lower(
    compiled: &Compiled,
    asked: &Asked<'_>,
    fact: &Word,
    values: &[Word],
    since: Day,
    when: &Pattern,
    (severity, code): (Severity, &'static str),
) -> Vec<Finding> {
    let Some(id) = compiled.registry.id(&fact.text) else { return Vec::new() };
    let steps = steps(compiled, id, values);
    let walk = asked.walk(compiled, since, when, Some(id));
    if walk.too_many() {
        return alloc::vec![unwalked(compiled, asked)];
    }
    let mut findings = Vec::new();
    walk.each(|cell| {
        let band = crate::grid::Scope::band(cell, id);
        let Some((_, low)) = found(compiled, asked.kind, asked.grid, cell, None).filter(|_| asked.is_read(cell)) else {
            return;
        };
        for next in steps.windows(2).filter(|pair| pair[0].contains(&band)).flat_map(|pair| pair[1].iter()) {
            cell.set(id, *next);
            let high = found(compiled, asked.kind, asked.grid, cell, None)
                .filter(|_| asked.is_read(cell) && !cell.is_impossible());
            if let Some((at, high)) = high
                && let (Some(below), Some(above)) = (low.order(asked.kind), high.order(asked.kind))
                && above < below
            {
                findings.push(fallen(compiled, asked, cell, (id, band), at, (&low, &high), when, (severity, code)));
            }
            cell.set(id, band);
        }
    });
    findings
}

/// The bands of each named value, with the values under it; every band of a number by itself.
fn steps(compiled: &Compiled, id: FactId, values: &[Word]) -> Vec<Vec<u8>> {
    let fact = &compiled.registry.facts[id];
    if values.is_empty() {
        return (0..fact.band_count()).map(|band| alloc::vec![band as u8]).collect();
    }
    let one = |word: &Word| {
        let scalar = Scalar { at: word.at, value: ScalarValue::Text(word.text.clone()) };
        let condition = Condition::Any(alloc::vec![scalar]);
        (0..fact.band_count()).map(|band| band as u8).filter(|band| fact.meets(*band, &condition)).collect()
    };
    values.iter().map(one).collect()
}

#[allow(clippy::too_many_arguments)]
fn fallen(
    compiled: &Compiled,
    asked: &Asked<'_>,
    cell: &Cell<'_>,
    (id, before): (FactId, u8),
    at: At,
    (low, high): (&Found, &Found),
    when: &Pattern,
    (severity, code): (Severity, &'static str),
) -> Finding {
    let fact = &compiled.registry.facts[id];
    let earlier = match fact.values_in(before) {
        values if values.is_empty() => fact.show(fact.sample(before)),
        values => values_words(fact, &values),
    };
    Finding {
        severity,
        code,
        at,
        path: asked.grid.path.clone(),
        place: words(cell, when),
        day: cell.day,
        found: format!("是 {}，低于{earlier}的 {}", high.words(), low.words()),
        allowed: format!("须不低于{earlier}"),
    }
}

/// Combinations of the named facts that the benefit is never for, or that it never covers.
fn uncovered(compiled: &Compiled, benefit: &CompiledBenefit, bound: &Bound, severity: Severity) -> Vec<Finding> {
    let named: BTreeSet<FactId> = bound.facts.iter().filter_map(|word| compiled.registry.id(&word.text)).collect();
    let mut facts = named.clone();
    facts.extend(benefit.applies.iter().map(|(fact, _)| *fact));
    if let Some(covered) = &benefit.covered {
        covered.reads(&mut facts);
    }
    let mut findings: Vec<Finding> = Vec::new();
    for day in days(compiled, since(bound).max(benefit.from), benefit.until) {
        let walk = Walk::new(compiled, facts.clone(), (day, day), &bound.when);
        // Each combination, with the first cell that shows it and whether any cell is covered.
        let mut seen: Vec<(Vec<u8>, bool, String)> = Vec::new();
        walk.each(|cell| {
            let bands: Vec<u8> = named.iter().map(|fact| crate::grid::Scope::band(cell, *fact)).collect();
            let covers = within_region(&benefit.applies, cell) && covers(benefit, cell);
            match seen.iter_mut().find(|(known, ..)| *known == bands) {
                Some((_, any, _)) => *any |= covers,
                None => seen.push((bands, covers, named_words(cell, &named, &bound.when))),
            }
        });
        for (.., place) in seen.into_iter().filter(|(_, any, _)| !any) {
            let (path, at) = (format!("benefit.{}.for", benefit.name), for_at(compiled, benefit, &named));
            let found = "不享受这项待遇".to_string();
            let allowed =
                format!("{} 的每一种取值都要覆盖", crate::fault::listed(bound.facts.iter().map(|word| &word.text)));
            findings.push(Finding { severity, code: BROKEN, at, path, place, day, found, allowed });
        }
    }
    findings
}

/// Whether nothing stands against the benefit in a cell.
fn covers(benefit: &CompiledBenefit, cell: &Cell<'_>) -> bool {
    let reasons = benefit.covered.iter().flat_map(|grid| grid.collecting(cell));
    reasons.into_iter().all(|row| row.is.value == Value::None)
}

/// A cell in words, of the named facts only.
fn named_words(cell: &Cell<'_>, named: &BTreeSet<FactId>, when: &Pattern) -> String {
    let bands = named.iter().map(|fact| (*fact, crate::grid::Scope::band(cell, *fact))).collect();
    words(&Cell { compiled: cell.compiled, day: cell.day, known_on: cell.known_on, bands }, when)
}

/// The condition of `for` that leaves somebody out: one on a named fact, else all of the benefit.
fn for_at(compiled: &Compiled, benefit: &CompiledBenefit, named: &BTreeSet<FactId>) -> At {
    let written = compiled.package.benefits.iter().find(|written| written.name.text == benefit.name);
    let conditions = written.iter().flat_map(|written| &written.applies);
    let mut on_named =
        conditions.filter(|(name, _)| compiled.registry.id(&name.text).is_some_and(|id| named.contains(&id)));
    on_named.next().map_or(benefit.at, |(name, _)| name.at)
}

/// Cells in which no table of the subject gives a figure or says that there is none.
fn unstated(
    compiled: &Compiled,
    benefit: Option<&CompiledBenefit>,
    subject: Subject<'_>,
    bound: &Bound,
    severity: Severity,
) -> Vec<Finding> {
    let tables = asked(compiled, benefit, subject);
    let at = benefit.map_or(compiled.package.at, |benefit| benefit.at);
    let mut facts = BTreeSet::new();
    tables.iter().for_each(|asked| asked.grid.reads(&mut facts));
    let (from, until) = benefit.map_or((compiled.from, compiled.until), |benefit| (benefit.from, benefit.until));
    let mut findings = Vec::new();
    Walk::new(compiled, facts, (from.max(since(bound)), until), &bound.when).each(|cell| {
        let said = |asked: &Asked<'_>| {
            let in_force = asked.grid.from.is_none_or(|from| from <= cell.day)
                && asked.grid.until.is_none_or(|until| cell.day <= until);
            let row = compiled.row(asked.grid, cell).ok().filter(|_| in_force && asked.is_read(cell))?;
            Some((row.at, row.is.value == Value::Open))
        };
        let rows: Vec<(At, bool)> = tables.iter().filter_map(said).collect();
        if rows.iter().any(|(_, open)| !open) {
            return;
        }
        // A figure that the text leaves open is not the package's omission.
        let open = rows.first().map(|(at, _)| *at);
        findings.push(Finding {
            severity: if open.is_some() { Severity::Note } else { severity },
            code: if open.is_some() { UNTOLD } else { BROKEN },
            at: open.unwrap_or(at),
            path: bound.on.text.clone(),
            place: words(cell, &bound.when),
            day: cell.day,
            found: if open.is_some() { "文本没有给出数值" } else { "没有写明" }.to_string(),
            allowed: "写明数值，或写 \"none\" 并引用不设的条款".to_string(),
        });
    });
    findings
}
