//! From a resolved package to the rules that the engine executes on the days of one range.

mod benefit;
mod order;
mod slots;
mod visit;

use crate::cells::Cell;
use crate::compile::Compiled;
use crate::facts::FactId;
use crate::fault::Fault;
use crate::figures::{NOT_YET, Trouble};
use crate::model::Word;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_adjudication::{Counter, Payers, Rules, Why, WhyId, Years};
use gongji_domain::Day;

/// Lowers the rules that hold on `day`, by what was known on `known_on`.
pub(crate) fn lower(compiled: &Compiled, day: Day, known_on: Day, faults: &mut Vec<Fault>) -> Option<Rules> {
    lower_at(compiled, None, day, known_on, faults)
}

/// The rules of one spot: of each table only what it says where the facts of visits have these
/// bands. They decide visits there and no others.
pub(crate) fn lower_spot(compiled: &Compiled, spot: &[(FactId, u8)], day: Day) -> Option<Rules> {
    lower_at(compiled, Some(spot), day, Day::MAX, &mut Vec::new())
}

fn lower_at(
    compiled: &Compiled,
    spot: Option<&[(FactId, u8)]>,
    day: Day,
    known_on: Day,
    faults: &mut Vec<Fault>,
) -> Option<Rules> {
    let mut lowering = Lowering {
        compiled,
        spot,
        day,
        known_on,
        slots: BTreeMap::new(),
        visit: Vec::new(),
        derived: Vec::new(),
        charge: Vec::new(),
        whys: Vec::new(),
        why_ids: BTreeMap::new(),
        troubles: BTreeSet::new(),
        faults,
        failed: false,
    };
    let rules = lowering.rules();
    (!lowering.failed).then_some(rules?)
}

struct Lowering<'a> {
    compiled: &'a Compiled,
    /// Only here, if it is one spot.
    spot: Option<&'a [(FactId, u8)]>,
    day: Day,
    known_on: Day,
    /// Ordinal slot of each visit-level fact.
    slots: BTreeMap<FactId, u8>,
    visit: Vec<FactId>,
    derived: Vec<FactId>,
    charge: Vec<FactId>,
    whys: Vec<Why>,
    why_ids: BTreeMap<Why, WhyId>,
    troubles: BTreeSet<(&'static str, String)>,
    faults: &'a mut Vec<Fault>,
    failed: bool,
}

impl Lowering<'_> {
    fn rules(&mut self) -> Option<Rules> {
        let compiled = self.compiled;
        let reads: Vec<BTreeSet<FactId>> = compiled.benefits.iter().map(|benefit| self.reads(benefit)).collect();
        let (mut lines_reads, mut access_reads) = (BTreeSet::new(), BTreeSet::new());
        for grid in [&compiled.lines_covered, &compiled.lines_ceiling, &compiled.lines_upfront].into_iter().flatten() {
            self.grid_reads(grid, &mut lines_reads, &mut BTreeSet::new());
        }
        if let Some(grid) = &compiled.access {
            grid.reads(&mut access_reads);
        }
        self.allocate(reads.iter().chain([&lines_reads, &access_reads]))?;
        let classes = self.classes()?;
        let lines_cite =
            if compiled.package.lines.cite.is_empty() { &compiled.package.cite } else { &compiled.package.lines.cite };
        let lines_why = self.why("lines", lines_cite);
        let keeps = self.keeps()?;
        let chain = compiled
            .benefits
            .iter()
            .zip(&reads)
            .map(|(benefit, reads)| self.benefit(benefit, reads, classes, &keeps))
            .collect::<Option<Vec<_>>>()?;
        let payer_cite = self.payer_cite();
        let payers = Payers {
            accounts: compiled.accounts.clone().into(),
            pays: compiled.pays.clone().into(),
            why: self.why("payer", &payer_cite),
        };
        let lines = self.lines(&lines_reads, classes)?;
        let access = self.access(&access_reads)?;
        Some(
            Rules {
                facts: self.visit.iter().map(|fact| self.encoding(*fact)).collect(),
                derived: self.derived_tables()?,
                charge_facts: self.charge.iter().map(|fact| self.encoding(*fact)).collect(),
                line_class: self.line_class(),
                classes,
                lines,
                access,
                chain: chain.into(),
                counters: (0..compiled.counters.len()).map(|id| self.counter(id)).collect(),
                years: Years::new(year_starts(&compiled.package.years).into()),
                carry_from: compiled.from,
                payers,
                reasons: compiled.reasons.iter().map(|(code, _)| Box::from(code.as_str())).collect(),
                whys: core::mem::take(&mut self.whys).into(),
                lines_why,
                short: None,
            }
            .prepared(),
        )
    }

    fn fail<T>(&mut self, code: &'static str, found: String) -> Option<T> {
        self.failed = true;
        let at = self.compiled.package.at;
        if self.troubles.insert((code, found.clone())) {
            self.faults.push(Fault::error(code, at, found, ""));
        }
        None
    }

    /// Records trouble of a table once, by its place and kind.
    fn trouble(&mut self, (code, found): Trouble, at: crate::fault::At) {
        self.failed = true;
        if !self.troubles.insert((code, format!("{}@{}", at.file, at.start))) {
            return;
        }
        let fault = match code {
            NOT_YET => Fault::note(code, at, found, "公布后填入；此前这段日期的就诊不能判定"),
            "gap" => Fault::error(code, at, found, "加一行不带 when 的默认值，或写 [[impossible]] 说明这种情形不存在"),
            "conflict" => Fault::error(code, at, found, "写一行更窄的、把两行重合处说清楚，或用 except"),
            _ => Fault::error(code, at, found, ""),
        };
        self.faults.push(fault);
    }

    fn why(&mut self, rule: &str, cites: &[Word]) -> WhyId {
        let mut unique: Vec<Word> = Vec::new();
        for cite in cites {
            if !unique.iter().any(|known| known.text == cite.text) {
                unique.push(cite.clone());
            }
        }
        let why = Why { rule: Box::from(rule), article: self.compiled.articles.print(&unique).into() };
        if let Some(id) = self.why_ids.get(&why) {
            return *id;
        }
        let id = self.whys.len() as WhyId;
        self.whys.push(why.clone());
        self.why_ids.insert(why, id);
        id
    }

    fn counter(&self, id: usize) -> Counter {
        let key = &self.compiled.counters[id];
        Counter {
            name: self.compiled.counter_names[id].as_str().into(),
            period: key.period,
            by_institution: key.by_institution,
            continues: key.continues,
            opener: self.compiled.opener_of(id),
        }
    }

    /// The article by which an account pays: that of using it at a clinic for oneself.
    fn payer_cite(&self) -> Vec<Word> {
        let compiled = self.compiled;
        if !compiled.package.payer.cite.is_empty() {
            return compiled.package.payer.cite.clone();
        }
        let Some(grid) = &compiled.uses else { return compiled.package.cite.clone() };
        let mut cell = Cell { compiled, day: self.day, known_on: self.known_on, bands: Vec::new() };
        for (fact, value) in [("purpose", "clinic"), ("who", "self")] {
            if let Some(id) = compiled.registry.id(fact) {
                let definition = &compiled.registry.facts[id];
                if let Some(raw) = definition.raw(&crate::model::ScalarValue::Text(value.to_string())) {
                    cell.set(id, definition.band(raw));
                }
            }
        }
        match compiled.row(grid, &cell) {
            Ok(row) => row.cite.clone(),
            Err(_) => grid.cite.clone(),
        }
    }
}

/// The first days of the benefit years, for all days that a case may have.
pub(crate) fn year_starts(written: &crate::model::Years) -> Vec<Day> {
    let mut starts: BTreeSet<Day> = BTreeSet::new();
    let default = [(None, (1_i8, 1_i8))];
    let rows = if written.starts.is_empty() { &default[..] } else { &written.starts[..] };
    for (i, (from, (month, day))) in rows.iter().enumerate() {
        let from = from.unwrap_or(Day::MIN);
        let until = rows.get(i + 1).and_then(|(next, _)| *next).unwrap_or(Day::MAX);
        let days = (1900..2200).filter_map(|year| Day::from_ymd(year, *month, *day));
        starts.extend(days.filter(|day| from <= *day && *day < until));
    }
    starts.extend(written.restarts.iter().copied());
    starts.into_iter().collect()
}
