//! A package resolved: names known, conditions as bands, tables as grids, citations checked.
//! What is wrong is reported; what it decides is lowered elsewhere.

mod chain;
mod counting;
mod gather;

pub(crate) use counting::{CountedMeasure, CounterKey};

use crate::account::uses_read;
use crate::articles::Articles;
use crate::counters;
use crate::cycles;
use crate::facts::{FactId, Owner, Region, Registry, Source};
use crate::fault::{At, Fault};
use crate::grid::{Grid, Inherit, Scope};
use crate::model::{Package, Table, Value, Word};
use crate::relations::{self, CompiledRelation};
use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gather::{account_parts, components, cut_facts, label_stages, reasons};
use gongji_adjudication::{AccountPart, Component, Flow, Payer};
use gongji_domain::{Day, Fen, FundCode};

/// The most counters, reasons and registered amounts of one area.
const MOST_NUMBERED: usize = 250;

/// A resolved package.
pub(crate) struct Compiled {
    pub(crate) package: Package,
    pub(crate) registry: Registry,
    pub(crate) articles: Articles,
    pub(crate) reasons: Vec<(String, String)>,
    pub(crate) from: Day,
    pub(crate) until: Day,
    /// Tables of derived facts.
    pub(crate) fact_grids: BTreeMap<FactId, Grid>,
    pub(crate) benefits: Vec<CompiledBenefit>,
    pub(crate) lines_covered: Option<Grid>,
    pub(crate) lines_ceiling: Option<Grid>,
    pub(crate) lines_upfront: Option<Grid>,
    pub(crate) access: Option<Grid>,
    pub(crate) employer_share: Option<Grid>,
    pub(crate) credit: Option<Grid>,
    pub(crate) credit_from: Option<Grid>,
    pub(crate) before: Option<Grid>,
    pub(crate) uses: Option<Grid>,
    /// The facts that tell uses of an account apart, in order.
    pub(crate) uses_read: Vec<FactId>,
    pub(crate) contribution: Vec<Grid>,
    pub(crate) entitlement: Vec<Grid>,
    pub(crate) impossible: Vec<Region>,
    pub(crate) relations: Vec<CompiledRelation>,
    pub(crate) counters: Vec<CounterKey>,
    /// What each counter is called.
    pub(crate) counter_names: Vec<String>,
    pub(crate) frozen: Vec<String>,
    pub(crate) accounts: Vec<AccountPart>,
    pub(crate) pays: Vec<Component>,
}

pub(crate) struct CompiledBenefit {
    pub(crate) name: String,
    pub(crate) at: At,
    pub(crate) cite: Vec<Word>,
    pub(crate) decided_elsewhere: bool,
    pub(crate) applies: Region,
    pub(crate) claims: Region,
    pub(crate) takes_lines: bool,
    pub(crate) takes: Vec<(String, Flow)>,
    pub(crate) payer: Payer,
    /// The ledger inside the payer's fund.
    pub(crate) ledger: Option<String>,
    pub(crate) covered: Option<Grid>,
    pub(crate) deductibles: Vec<CompiledCut>,
    pub(crate) limits: Vec<CompiledCut>,
    pub(crate) rate: Option<Grid>,
    pub(crate) segments: Option<CompiledSegments>,
    pub(crate) from: Day,
    pub(crate) until: Day,
}

pub(crate) struct CompiledSegments {
    pub(crate) fact: FactId,
    pub(crate) bands: Vec<u8>,
    pub(crate) up_to: Vec<Fen>,
    pub(crate) from_zero: bool,
    pub(crate) counter: u16,
}

/// The stage on which a deductible or limit acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Eligible,
    Above,
    Payment,
}

pub(crate) struct CompiledCut {
    pub(crate) stage: Stage,
    pub(crate) counter: u16,
    pub(crate) applies: Region,
    pub(crate) lines: Region,
    pub(crate) beyond: Option<(FundCode, Region, Vec<Word>)>,
    pub(crate) carries: bool,
    pub(crate) grid: Grid,
}

/// Everything that has a table, with its path.
impl Compiled {
    pub(crate) fn grids(&self) -> impl Iterator<Item = &Grid> {
        let benefits = self.benefits.iter().flat_map(|benefit| {
            let cuts = benefit.deductibles.iter().chain(&benefit.limits).map(|cut| &cut.grid);
            benefit.covered.iter().chain(benefit.rate.iter()).chain(cuts)
        });
        let rest = [&self.lines_covered, &self.lines_ceiling, &self.lines_upfront, &self.access];
        let account = [&self.employer_share, &self.credit, &self.credit_from, &self.before, &self.uses];
        let account = account.into_iter().flatten().chain(&self.contribution).chain(&self.entitlement);
        self.fact_grids.values().chain(benefits).chain(rest.into_iter().flatten()).chain(account)
    }

    pub(crate) fn grid(&self, path: &str) -> Option<&Grid> {
        self.grids().find(|grid| grid.path == path || grid.path.strip_suffix("[0]") == Some(path))
    }

    pub(crate) fn benefit(&self, name: &str) -> Option<&CompiledBenefit> {
        self.benefits.iter().find(|benefit| benefit.name == name)
    }

    /// Whether a counter counts a benefit. All of the scheme is what funds pay: an account is none.
    pub(crate) fn counts(&self, key: &CounterKey, benefit: &str) -> bool {
        if key.counts.is_empty() {
            return !self.benefit(benefit).is_some_and(|benefit| matches!(benefit.payer, Payer::Account(_)));
        }
        key.counts.iter().any(|name| name == benefit)
    }

    /// Days on which some rule begins or has just ended, inside the package's life, ascending.
    pub(crate) fn ranges(&self) -> Vec<Day> {
        let mut days = BTreeSet::new();
        for grid in self.grids() {
            grid.turning_days(&mut days);
        }
        for benefit in &self.benefits {
            days.insert(benefit.from);
            if benefit.until < Day::MAX {
                days.insert(benefit.until.next());
            }
        }
        days.extend(self.counters.iter().filter_map(|counter| counter.since));
        days.extend(self.index_years().into_iter().filter_map(|year| Day::from_ymd(year, 1, 1)));
        days.insert(self.from);
        days.into_iter().filter(|day| *day >= self.from && *day <= self.until).collect()
    }

    /// The years in which a share of an index of some years back may change, and the one after them.
    fn index_years(&self) -> BTreeSet<i16> {
        let mut years = BTreeSet::new();
        for row in self.grids().flat_map(Grid::rows) {
            let Value::Share { of, year, .. } = &row.is.value else { continue };
            let back = year.unwrap_or(0);
            let Some(name) = of.strip_prefix("index.").filter(|_| back <= 0) else { continue };
            let index = self.package.indexes.iter().find(|index| index.name.text == name);
            for row in index.iter().flat_map(|index| &index.rows) {
                years.extend([0, 1].into_iter().filter_map(|next| i16::try_from(row.year - back + next).ok()));
            }
        }
        years
    }

    /// Whether a fact can be worked out from what a visit states, without looking at a charge.
    pub(crate) fn is_visit_level(&self, fact: FactId) -> bool {
        match &self.registry.facts[fact].source {
            Source::Raw(_) => self.registry.facts[fact].owner != Owner::Charge,
            Source::CountOf(set) => self.registry.facts[*set].owner != Owner::Charge,
            Source::Ordinal(_) => true,
            Source::Bound => false,
            Source::Derived => self.inputs(fact).iter().all(|input| self.is_visit_level(*input)),
        }
    }

    /// The facts that a derived fact's table reads.
    pub(crate) fn inputs(&self, fact: FactId) -> BTreeSet<FactId> {
        let mut reads = BTreeSet::new();
        if let Some(grid) = self.fact_grids.get(&fact) {
            grid.reads(&mut reads);
        }
        reads
    }

    /// The band of a derived fact in a scope that knows its inputs.
    pub(crate) fn derived_band(&self, fact: FactId, scope: &dyn Scope) -> Option<u8> {
        match self.fact_grids.get(&fact)?.holding(scope) {
            crate::grid::Holding::Row(row) => self.value_band(fact, &row.is.value),
            _ => None,
        }
    }

    pub(crate) fn value_band(&self, fact: FactId, value: &Value) -> Option<u8> {
        let definition = &self.registry.facts[fact];
        let raw = match value {
            Value::Word(word) => definition.raw(&crate::model::ScalarValue::Text(word.clone())),
            Value::None => definition.raw(&crate::model::ScalarValue::Text("none".to_owned())),
            Value::Open => definition.raw(&crate::model::ScalarValue::Text("open".to_owned())),
            Value::Flag(flag) => definition.raw(&crate::model::ScalarValue::Flag(*flag)),
            _ => None,
        };
        raw.map(|raw| definition.band(raw))
    }
}

/// Resolves a package. The result is there even when faults were found, so that more can be.
pub(crate) fn compile(mut package: Package, articles: Articles, faults: &mut Vec<Fault>) -> Compiled {
    label_stages(&mut package);
    let mut registry = Registry::of(&package, faults);
    cut_facts(&package, &mut registry, faults);
    let (from, until) = (package.from.unwrap_or(Day::MIN.next()), package.until.unwrap_or(Day::MAX));
    let documents = package.documents.clone();
    let known = move |cites: &[Word]| {
        let known = cites.iter().filter_map(|cite| {
            let key = cite.text.split(':').next().unwrap_or_default();
            let document = documents.iter().find(|document| document.key.text == key)?;
            document.known.or(document.published)
        });
        known.max().unwrap_or(Day::MIN)
    };
    let inherit = Inherit { from, until, known: &known };
    let mut fact_grids = BTreeMap::new();
    for id in 0..registry.facts.len() {
        if let Some(table) = registry.facts[id].derived.clone() {
            fact_grids.insert(id, Grid::resolve(&table, &registry, &inherit));
        }
    }
    cycles::facts(&registry, &mut fact_grids, faults);
    let resolve = |table: &Option<Table>| table.as_ref().map(|table| Grid::resolve(table, &registry, &inherit));
    let all = |tables: &[Table]| tables.iter().map(|table| Grid::resolve(table, &registry, &inherit)).collect();
    let mut compiled = Compiled {
        reasons: reasons(&package),
        from,
        until,
        fact_grids,
        benefits: Vec::new(),
        lines_covered: resolve(&package.lines.covered),
        lines_ceiling: resolve(&package.lines.ceiling),
        lines_upfront: resolve(&package.lines.upfront),
        access: resolve(&package.access),
        employer_share: resolve(&package.account.employer_share),
        credit: resolve(&package.account.credit),
        credit_from: resolve(&package.account.credit_from),
        before: resolve(&package.account.before),
        uses: resolve(&package.account.uses),
        uses_read: Vec::new(),
        contribution: all(&package.contribution),
        entitlement: all(&package.entitlement),
        relations: relations::resolve(&package, &registry, faults),
        impossible: package.impossible.iter().map(|(pattern, _)| registry.region(pattern)).collect(),
        counters: Vec::new(),
        counter_names: Vec::new(),
        frozen: Vec::new(),
        accounts: account_parts(&package, faults),
        pays: components(&package, faults),
        articles,
        registry,
        package,
    };
    compiled.chain(&known, faults);
    compiled.ordinal_counters(faults);
    compiled.counter_names = counters::names(&compiled.counters);
    compiled.frozen_amounts();
    compiled.uses_read = uses_read(&compiled);
    compiled.check_numbers(faults);
    cycles::tables(&compiled, faults);
    compiled.check_citations(faults);
    compiled
}

impl Compiled {
    /// What is numbered is not too much to number, counters have different names, years begin.
    fn check_numbers(&self, faults: &mut Vec<Fault>) {
        let at = self.package.at;
        if let Some(name) = counters::repeated(&self.counter_names) {
            let allowed = "两个不同的累计须写得不同：检查取值里的 | 和 &";
            faults.push(Fault::error("counter_named_twice", at, format!("有两个累计都叫 {name}"), allowed));
        }
        for (what, count) in
            [("累计", self.counters.len()), ("原因", self.reasons.len()), ("登记的金额", self.frozen.len())]
        {
            if count > MOST_NUMBERED {
                let found = format!("{what}有 {count} 项");
                faults.push(Fault::error("too_many", at, found, format!("至多 {MOST_NUMBERED} 项")));
            }
        }
        if crate::lower::year_starts(&self.package.years).is_empty() {
            let allowed = "period.year.starts 的第一行不写 from";
            faults.push(Fault::error("invalid_value", at, "待遇年度没有任何一天开始", allowed));
        }
    }
}

/// The rate in words, for messages.
pub(crate) fn show_value(value: &Value) -> String {
    match value {
        Value::Word(word) => word.clone(),
        Value::Flag(flag) => flag.to_string(),
        Value::Money(fen) => format!("{fen} 元"),
        Value::Rate(rate) => rate.to_string(),
        Value::None => "没有这项".to_owned(),
        Value::Open => "文本没有给出".to_owned(),
        Value::Share { share, of, .. } => format!("{of} 的 {share}"),
        Value::SameAs { path, share: Some(share) } => format!("{path} 的 {share}"),
        Value::SameAs { path, share: None } => format!("同 {path}"),
        Value::Frozen(name) => format!("本人登记的 {name}"),
        Value::Balance(part) => format!("{part} 余额"),
        Value::Fund { fund, ledger } => {
            let name = FundCode::from_code(fund).map_or("", FundCode::name);
            let ledger = ledger.as_ref().map(|ledger| format!(" {ledger} 专账")).unwrap_or_default();
            format!("{name} {fund}{ledger}")
        }
        Value::Span(span) => span.to_string(),
    }
}
