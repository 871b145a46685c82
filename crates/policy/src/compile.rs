//! A package resolved: names known, conditions as bands, tables as grids, citations checked.
//! What is wrong is reported; what it decides is lowered elsewhere.

use crate::articles::Articles;
use crate::facts::{FactId, Owner, Region, Registry, Source};
use crate::counters;
use crate::fault::{At, Fault, listed, nearest};
use crate::grid::{Grid, Inherit, Scope};
use crate::model::{Accumulated, Package, Pattern, Table, Value, Word};
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_adjudication::{AccountPart, Component, Flow, MAX_BEYOND, Payer, Period};
use gongji_domain::{Day, Fen, FundCode};

/// Reasons that every area shares, in their order of precedence, with what they say.
pub(crate) const SHARED_REASONS: &[(&str, &str)] = &[
    ("not_a_member", "不是本统筹区职工医保参保人"),
    ("benefit_suspended", "待遇暂停"),
    ("waiting_period", "在待遇等待期内"),
    ("contribution_gap", "缴费中断，待遇停止"),
    ("inpatient_open", "住院期间不同时享受门诊待遇"),
    ("institution_without_agreement", "就诊机构没有有效的医保服务协议"),
    ("place_not_covered", "就医地点或备案情况不在统筹基金支付范围"),
    ("pharmacy_not_covered", "统筹基金不支付药店购药"),
    ("no_prescription", "药店购药没有定点医疗机构的外配处方"),
    ("not_selected", "不是本人选定的定点机构"),
    ("no_referral", "没有有效的转诊"),
];

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
    pub(crate) uses: Option<Grid>,
    pub(crate) impossible: Vec<Region>,
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

/// The key of a counter: what a deductible, limit or axis says about it, and nothing else.
#[derive(Clone, Debug)]
pub(crate) struct CounterKey {
    /// Benefits that it counts; empty for all of the scheme.
    pub(crate) counts: Vec<String>,
    pub(crate) measure: CountedMeasure,
    pub(crate) period: Period,
    pub(crate) by_institution: bool,
    pub(crate) applies: Region,
    pub(crate) lines: Region,
    pub(crate) except: Option<FundCode>,
    /// A start on this day makes another counter: nothing before it counts.
    pub(crate) since: Option<Day>,
    /// The last day that counts, of a counter that another one continues.
    pub(crate) until: Option<Day>,
    pub(crate) continues: Option<u16>,
    /// Its conditions on visits and on lines as written, for its name only.
    pub(crate) written: (String, String),
}

impl PartialEq for CounterKey {
    /// Two ways of writing one condition are one counter.
    fn eq(&self, other: &Self) -> bool {
        let of = |key: &Self| (key.measure, key.period, key.by_institution, key.except, key.since, key.until, key.continues);
        of(self) == of(other) && self.counts == other.counts && self.applies == other.applies && self.lines == other.lines
    }
}

impl CounterKey {
    /// A counter of one benefit, or (nothing named) of the scheme, without further conditions.
    fn plain(counts: Vec<String>, measure: CountedMeasure, period: Period) -> Self {
        Self {
            counts,
            measure,
            period,
            by_institution: false,
            applies: Box::new([]),
            lines: Box::new([]),
            except: None,
            since: None,
            until: None,
            continues: None,
            written: (String::new(), String::new()),
        }
    }

    /// The counter of the visits that open this counter's periods and lie in them.
    pub(crate) fn opener(&self) -> Self {
        let (by_institution, applies) = (self.by_institution, self.applies.clone());
        let written = (self.written.0.clone(), String::new());
        Self { by_institution, applies, written, ..Self::plain(self.counts.clone(), CountedMeasure::Visits, self.period) }
    }

    /// Whether settlements of this day count.
    pub(crate) fn counts_on(&self, day: Day) -> bool {
        self.since.is_none_or(|since| since <= day) && self.until.is_none_or(|until| day <= until)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CountedMeasure {
    Eligible,
    Borne,
    BorneOfPayment,
    Above,
    Paid,
    /// Visits in which a benefit that is counted had something to decide: they open periods.
    Visits,
    /// The number of a distinct visit; the group counter's index.
    VisitNumber(u16),
    /// Holds the number of a group; added to only through its total.
    Group,
}

/// Everything that has a table, with its path.
impl Compiled {
    pub(crate) fn grids(&self) -> impl Iterator<Item = &Grid> {
        let benefits = self.benefits.iter().flat_map(|benefit| {
            let cuts = benefit.deductibles.iter().chain(&benefit.limits).map(|cut| &cut.grid);
            benefit.covered.iter().chain(benefit.rate.iter()).chain(cuts)
        });
        let rest = [&self.lines_covered, &self.lines_ceiling, &self.lines_upfront, &self.access];
        let account = [&self.employer_share, &self.credit, &self.uses];
        self.fact_grids.values().chain(benefits).chain(rest.into_iter().flatten()).chain(account.into_iter().flatten())
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
    let resolve = |table: &Option<Table>| table.as_ref().map(|table| Grid::resolve(table, &registry, &inherit));
    let mut compiled = Compiled {
        reasons: reasons(&package, faults),
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
        uses: resolve(&package.account.uses),
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
    compiled.counter_names = counters::names(&compiled.counters);
    compiled.ordinal_counters(faults);
    compiled.frozen_amounts();
    compiled.check_citations(faults);
    compiled
}

/// Gives the stage its default word: deductibles act on eligible expense, limits on the payment.
fn label_stages(package: &mut Package) {
    for benefit in &mut package.benefits {
        for (entries, default) in [(&mut benefit.deductibles, "eligible"), (&mut benefit.limits, "payment")] {
            for entry in entries {
                let at = entry.at;
                entry.on.get_or_insert_with(|| Word { at, text: default.to_owned() });
            }
        }
    }
}

fn table_patterns<'a>(table: &'a Table, into: &mut Vec<&'a Pattern>, pers: &mut Vec<&'a Word>) {
    into.extend(table.layers.iter().flatten().map(|row| &row.when));
    for adjust in &table.adjust {
        into.push(&adjust.when);
        pers.extend(adjust.per.as_ref());
    }
    for nested in [&table.at_least, &table.at_most].into_iter().flatten() {
        table_patterns(nested, into, pers);
    }
}

/// Every condition of the package, so that facts are cut before any condition is resolved.
fn cut_facts(package: &Package, registry: &mut Registry, faults: &mut Vec<Fault>) {
    let (mut patterns, mut pers) = (Vec::new(), Vec::new());
    for fact in &package.facts {
        if let Some(table) = &fact.table {
            table_patterns(table, &mut patterns, &mut pers);
        }
    }
    for benefit in &package.benefits {
        patterns.extend([&benefit.applies, &benefit.claims]);
        for table in benefit.covered.iter().chain(&benefit.rate) {
            table_patterns(table, &mut patterns, &mut pers);
        }
        for entry in benefit.deductibles.iter().chain(&benefit.limits) {
            patterns.extend([&entry.applies, &entry.lines]);
            patterns.extend(entry.beyond.iter().map(|beyond| &beyond.when));
            table_patterns(&entry.table, &mut patterns, &mut pers);
        }
    }
    let lines = [&package.lines.covered, &package.lines.ceiling, &package.lines.upfront, &package.access];
    let account = [&package.account.employer_share, &package.account.credit, &package.account.uses];
    for table in lines.into_iter().chain(account).flatten() {
        table_patterns(table, &mut patterns, &mut pers);
    }
    patterns.extend(package.impossible.iter().map(|(pattern, _)| pattern));
    patterns.extend(package.bounds.iter().map(|bound| &bound.when));
    for pattern in &patterns {
        registry.cut(pattern, faults);
    }
    for per in pers {
        registry.cut_everywhere(per, faults);
    }
    registry.merge_bands(&patterns, &[]);
}

fn reasons(package: &Package, faults: &mut Vec<Fault>) -> Vec<(String, String)> {
    let mut reasons: Vec<(String, String)> =
        SHARED_REASONS.iter().map(|(code, text)| ((*code).to_owned(), (*text).to_owned())).collect();
    for (code, text) in &package.reasons {
        if text.is_empty() {
            faults.push(Fault::error("missing_key", code.at, format!("原因 {} 没有 text", code.text), "写明给参保人看的一句话"));
        }
        match reasons.iter_mut().find(|(known, _)| *known == code.text) {
            Some(known) => known.1.clone_from(text),
            None => reasons.push((code.text.clone(), text.clone())),
        }
    }
    reasons
}

fn account_parts(package: &Package, faults: &mut Vec<Fault>) -> Vec<AccountPart> {
    let Some(words) = &package.payer.after else { return alloc::vec![AccountPart::Current, AccountPart::Prior] };
    words.iter().filter_map(|word| account_part(word, faults)).collect()
}

fn account_part(word: &Word, faults: &mut Vec<Fault>) -> Option<AccountPart> {
    match word.text.as_str() {
        "account.current" => Some(AccountPart::Current),
        "account.prior" => Some(AccountPart::Prior),
        other => {
            faults.push(Fault::error("invalid_value", word.at, format!("\"{other}\""), "account.current（当年）或 account.prior（历年）"));
            None
        }
    }
}

const COMPONENTS: &[(&str, Component)] = &[
    ("borne", Component::Borne),
    ("share", Component::Share),
    ("over", Component::Over),
    ("upfront", Component::Upfront),
    ("over_ceiling", Component::OverCeiling),
    ("off_list", Component::OffList),
];

fn components(package: &Package, faults: &mut Vec<Fault>) -> Vec<Component> {
    let all = COMPONENTS.iter().map(|(_, component)| *component);
    let Some(words) = &package.payer.pays else { return all.collect() };
    let mut components = Vec::new();
    for word in words {
        match COMPONENTS.iter().find(|(name, _)| *name == word.text) {
            Some((_, component)) if !components.contains(component) => components.push(*component),
            _ => {
                let allowed = format!("各写一次：{}", listed(COMPONENTS.iter().map(|(name, _)| name)));
                faults.push(Fault::error("invalid_value", word.at, format!("\"{}\"", word.text), allowed));
            }
        }
    }
    components
}

impl Compiled {
    /// Resolves the benefits in the order of the chain.
    fn chain(&mut self, known: &dyn Fn(&[Word]) -> Day, faults: &mut Vec<Fault>) {
        let chain = self.package.chain.clone();
        let elsewhere = self.package.decided_elsewhere.clone();
        for (name, _) in &elsewhere {
            if !chain.iter().any(|word| word.text == name.text) {
                faults.push(Fault::error("not_in_chain", name.at, format!("{} 不在 chain 里", name.text), "把它写进 chain"));
            }
        }
        for word in &chain {
            if self.benefits.iter().any(|benefit| benefit.name == word.text) {
                faults.push(Fault::error("duplicate_key", word.at, format!("{} 在 chain 里出现两次", word.text), "每项一次"));
                continue;
            }
            let written = self.package.benefits.iter().position(|benefit| benefit.name.text == word.text);
            let cites = elsewhere.iter().find(|(name, _)| name.text == word.text).map(|(_, cites)| cites.clone());
            match (written, cites) {
                (Some(i), cites) => {
                    let benefit = self.benefit_of(i, cites, known, faults);
                    self.benefits.push(benefit);
                }
                (None, Some(cites)) => self.benefits.push(elsewhere_benefit(word, cites, self.from, self.until)),
                (None, None) => {
                    let names = self.package.benefits.iter().map(|benefit| benefit.name.text.as_str());
                    let hint = nearest(&word.text, names).map(|name| format!("，是否想写 {name}？")).unwrap_or_default();
                    let allowed = format!("在 [benefit] 或 decided_elsewhere 里写明它{hint}");
                    faults.push(Fault::error("unknown_benefit", word.at, format!("chain 里的 {} 没有规定", word.text), allowed));
                }
            }
        }
        for benefit in &self.package.benefits {
            if !chain.iter().any(|word| word.text == benefit.name.text) {
                faults.push(Fault::error("not_in_chain", benefit.name.at, format!("待遇 {} 不在 chain 里", benefit.name.text), "chain 定先后，每项待遇都要在内"));
            }
        }
        if self.benefits.len() > 250 {
            faults.push(Fault::error("too_many", self.package.at, "chain 超过 250 项", "至多 250 项"));
        }
    }

    fn benefit_of(&mut self, i: usize, elsewhere: Option<Vec<Word>>, known: &dyn Fn(&[Word]) -> Day, faults: &mut Vec<Fault>) -> CompiledBenefit {
        let written = self.package.benefits[i].clone();
        let (from, until) = (written.from.unwrap_or(self.from), written.until.unwrap_or(self.until));
        let inherit = Inherit { from, until, known };
        let name = written.name.text.clone();
        let grid = |table: &Table, registry: &Registry| Grid::resolve(table, registry, &inherit);
        let (takes_lines, takes) = self.takes(&written.takes, &name, faults);
        let payer = match &written.fund {
            Some(word) if word.text.starts_with("account.") => {
                account_part(word, faults).map_or(Payer::Fund(FundCode::POOLED), Payer::Account)
            }
            Some(word) => Payer::Fund(fund(word, faults)),
            None => {
                if elsewhere.is_none() {
                    faults.push(Fault::error("missing_key", written.at, format!("待遇 {name} 没有 fund"), "写基金代码，如 fund = \"310100\"，或 \"account.current\""));
                }
                Payer::Fund(FundCode::POOLED)
            }
        };
        if written.rate.is_none() && elsewhere.is_none() {
            faults.push(Fault::error("missing_key", written.at, format!("待遇 {name} 没有 rate"), "写支付比例；由别处给出支付额的写进 decided_elsewhere"));
        }
        let mut benefit = CompiledBenefit {
            at: written.at,
            cite: if written.cite.is_empty() { elsewhere.clone().unwrap_or_default() } else { written.cite.clone() },
            decided_elsewhere: elsewhere.is_some(),
            applies: self.registry.region(&written.applies),
            claims: self.registry.region(&written.claims),
            takes_lines,
            takes,
            payer,
            covered: written.covered.as_ref().map(|table| grid(table, &self.registry)),
            deductibles: Vec::new(),
            limits: Vec::new(),
            rate: written.rate.as_ref().map(|table| grid(table, &self.registry)),
            segments: None,
            from,
            until,
            name,
        };
        for entry in &written.deductibles {
            let cut = self.cut(entry, &benefit.name, true, &inherit, faults);
            benefit.deductibles.push(cut);
        }
        for entry in &written.limits {
            let cut = self.cut(entry, &benefit.name, false, &inherit, faults);
            benefit.limits.push(cut);
        }
        let funds: BTreeSet<FundCode> = benefit.limits.iter().filter_map(|cut| Some(cut.beyond.as_ref()?.0)).collect();
        if funds.len() > MAX_BEYOND {
            let found = format!("待遇 {} 的限额把超出部分移给 {} 个基金", benefit.name, funds.len());
            faults.push(Fault::error("too_many", written.at, found, format!("至多 {MAX_BEYOND} 个")));
        }
        benefit.segments = written.segments.as_ref().map(|segments| self.segments(segments, &benefit.name, faults));
        self.check_starts(&written, faults);
        benefit
    }

    fn takes(&self, words: &[Word], own: &str, faults: &mut Vec<Fault>) -> (bool, Vec<(String, Flow)>) {
        if words.is_empty() {
            return (true, Vec::new());
        }
        let (mut lines, mut takes) = (false, Vec::new());
        for word in words {
            if word.text == "lines" {
                lines = true;
                continue;
            }
            let parts = word.text.split_once('.').and_then(|(name, flow)| {
                let flow = match flow {
                    "borne" => Flow::Borne,
                    "share" => Flow::Share,
                    "over" => Flow::Over,
                    "left" => Flow::Left,
                    _ => return None,
                };
                Some((name, flow))
            });
            match parts {
                Some((name, flow)) if self.benefits.iter().any(|earlier| earlier.name == name) => {
                    takes.push((name.to_owned(), flow));
                }
                _ => {
                    let earlier = listed(self.benefits.iter().map(|benefit| &benefit.name));
                    let allowed = format!("\"lines\"，或 chain 中先于 {own} 的待遇（{earlier}）加 .left、.borne、.share、.over");
                    faults.push(Fault::error("invalid_value", word.at, format!("takes 里的 \"{}\"", word.text), allowed));
                }
            }
        }
        (lines, takes)
    }

    fn segments(&mut self, segments: &crate::model::Segments, benefit: &str, faults: &mut Vec<Fault>) -> CompiledSegments {
        let from_zero = match segments.on.text.as_str() {
            "eligible" => true,
            "above" => false,
            other => {
                faults.push(Fault::error("invalid_value", segments.on.at, format!("segments.on = \"{other}\""), "eligible（自第一分钱起）或 above（起付以上）"));
                true
            }
        };
        let period = match &segments.per {
            Some(per) => period(per, None, faults),
            None => Period::Year,
        };
        let measure = if from_zero { CountedMeasure::Eligible } else { CountedMeasure::Above };
        let counts = self.counted(&segments.counts, benefit, faults);
        let counter = self.counter(CounterKey::plain(counts, measure, period));
        let fact = self.registry.id("segment").expect("segments declare the fact");
        let band = |word: &Word| {
            let values = &self.registry.facts[fact].values;
            let raw = values.iter().position(|value| *value == word.text).unwrap_or(0);
            self.registry.facts[fact].bands[raw]
        };
        let bands = segments.names.iter().map(band).collect();
        if segments.names.len() > gongji_adjudication::MAX_SEGMENTS {
            let allowed = format!("至多 {} 段", gongji_adjudication::MAX_SEGMENTS);
            faults.push(Fault::error("too_many", segments.at, format!("{} 段", segments.names.len()), allowed));
        }
        CompiledSegments { fact, bands, up_to: segments.up_to.clone(), from_zero, counter }
    }

    /// The benefits that a counter counts; empty stands for all of the scheme.
    fn counted(&self, words: &[Word], own: &str, faults: &mut Vec<Fault>) -> Vec<String> {
        if words.is_empty() {
            return alloc::vec![own.to_owned()];
        }
        if words.iter().any(|word| word.text == "*") {
            return Vec::new();
        }
        let mut counts: Vec<String> = Vec::new();
        for word in words {
            if !self.package.chain.iter().any(|name| name.text == word.text) {
                let allowed = format!("chain 里的待遇（{}）或 \"*\"", listed(self.package.chain.iter().map(|name| &name.text)));
                faults.push(Fault::error("unknown_benefit", word.at, format!("counts 里的 {}", word.text), allowed));
            }
            counts.push(word.text.clone());
        }
        counts.sort();
        counts.dedup();
        counts
    }

    fn cut(&mut self, entry: &Accumulated, benefit: &str, deductible: bool, inherit: &Inherit<'_>, faults: &mut Vec<Fault>) -> CompiledCut {
        let on = entry.on.as_ref().map(|word| (word.text.as_str(), word.at));
        let (stage, measure) = match (deductible, on) {
            (true, Some(("eligible", _)) | None) => (Stage::Eligible, CountedMeasure::Borne),
            (true, Some(("payment", _))) => (Stage::Payment, CountedMeasure::BorneOfPayment),
            (false, Some(("eligible", _))) => (Stage::Eligible, CountedMeasure::Eligible),
            (false, Some(("above", _))) => (Stage::Above, CountedMeasure::Above),
            (false, Some(("payment", _)) | None) => (Stage::Payment, CountedMeasure::Paid),
            (_, Some((other, at))) => {
                let allowed = if deductible { "eligible（先扣费用）或 payment（从支付额里扣）" } else { "eligible、above（起付以上费用）或 payment（基金支付额）" };
                faults.push(Fault::error("invalid_value", at, format!("on = \"{other}\""), allowed));
                (Stage::Payment, CountedMeasure::Paid)
            }
        };
        let per = match &entry.per {
            Some(per) => period(per, entry.lasts.as_ref(), faults),
            None => {
                faults.push(Fault::error("missing_key", entry.at, "没有 per", "写累计周期：visit、day、month、year、life 或 opened"));
                Period::Year
            }
        };
        let carries = entry.carry.is_some();
        if let Some(carry) = &entry.carry
            && (carry.text != "year" || per != Period::Month)
        {
            faults.push(Fault::error("invalid_value", carry.at, format!("carry = \"{}\"", carry.text), "只能 per = \"month\" 并 carry = \"year\"：按月额度在年内累积"));
        }
        for word in &entry.by {
            if word.text != "institution" {
                faults.push(Fault::error("invalid_value", word.at, format!("by = [\"{}\"]", word.text), "institution"));
            }
        }
        let beyond = entry.beyond.as_ref().map(|beyond| {
            (fund(&beyond.fund, faults), self.registry.region(&beyond.when), beyond.cite.clone())
        });
        let key = self.key_of(entry, benefit, measure, faults);
        self.check_levels(entry, faults);
        CompiledCut {
            stage,
            applies: key.applies.clone(),
            lines: key.lines.clone(),
            counter: self.counter(key),
            beyond,
            carries,
            grid: Grid::resolve(&entry.table, &self.registry, inherit),
        }
    }

    /// The key of the counter that a deductible or limit names by what it says.
    fn key_of(&mut self, entry: &Accumulated, benefit: &str, measure: CountedMeasure, faults: &mut Vec<Fault>) -> CounterKey {
        let ignored = &mut Vec::new();
        let per = entry.per.as_ref().map_or(Period::Year, |per| period(per, entry.lasts.as_ref(), ignored));
        let period = if entry.carry.is_some() { Period::Year } else { per };
        let mut key = CounterKey {
            by_institution: !entry.by.is_empty(),
            applies: self.registry.region(&entry.applies),
            lines: self.registry.region(&entry.lines),
            except: entry.beyond.as_ref().map(|beyond| fund(&beyond.fund, ignored)),
            since: entry.table.from.filter(|_| entry.starts.is_some()),
            written: (counters::pattern(&entry.applies), counters::pattern(&entry.lines)),
            ..CounterKey::plain(self.counted(&entry.counts, benefit, faults), measure, period)
        };
        if let Some(starts) = &entry.starts {
            if key.since.is_none() {
                let found = format!("starts = \"{}\" 而没有 from", starts.text);
                faults.push(Fault::error("missing_key", starts.at, found, "写明自哪天起"));
            }
            if starts.text != "fresh" {
                key.continues = self.continued(&key, entry, starts, benefit, faults);
            }
        }
        key
    }

    /// The counter that goes on in a new one: what the old rule counted until then, in the periods
    /// (and by institution or not) of the new one.
    fn continued(&mut self, key: &CounterKey, entry: &Accumulated, starts: &Word, benefit: &str, faults: &mut Vec<Fault>) -> Option<u16> {
        let deductible = matches!(key.measure, CountedMeasure::Borne | CountedMeasure::BorneOfPayment);
        let earlier = starts.text.strip_prefix("from ").and_then(|name| {
            let index: usize = name.rsplit('.').next()?.parse().ok()?;
            let written = self.package.benefits.iter().find(|written| written.name.text == benefit)?;
            let entries = if deductible { &written.deductibles } else { &written.limits };
            entries.get(index).filter(|earlier| earlier.table.from < entry.table.from).cloned()
        });
        let Some(earlier) = earlier else {
            let allowed = "\"fresh\"（重新累计）或 \"from N\"（接着本待遇同一列表中先开始的第 N 项的累计，从 0 数）";
            faults.push(Fault::error("invalid_value", starts.at, format!("starts = \"{}\"", starts.text), allowed));
            return None;
        };
        let old = self.key_of(&earlier, benefit, key.measure, &mut Vec::new());
        let until = key.since.map(Day::before);
        Some(self.counter(CounterKey { period: key.period, by_institution: key.by_institution, until, ..old }))
    }

    /// `for` looks at visits, `lines` at charges.
    fn check_levels(&self, entry: &Accumulated, faults: &mut Vec<Fault>) {
        for (pattern, charge, key) in [(&entry.applies, false, "for"), (&entry.lines, true, "lines")] {
            for (name, _) in pattern {
                let Some(fact) = self.registry.id(&name.text) else { continue };
                if self.is_visit_level(fact) == charge {
                    let allowed = "for 只看就诊层面的事实，lines 只看费用明细的事实";
                    faults.push(Fault::error("wrong_level", name.at, format!("{key} 里的 {}", name.text), allowed));
                }
            }
        }
    }

    fn counter(&mut self, key: CounterKey) -> u16 {
        if let Some(known) = self.counters.iter().position(|known| *known == key) {
            return known as u16;
        }
        if matches!(key.period, Period::Opened(_)) && key.measure != CountedMeasure::Visits {
            self.counter(key.opener());
        }
        self.counters.push(key);
        (self.counters.len() - 1) as u16
    }

    /// The number of a counter's opener; of any other counter its own.
    pub(crate) fn opener_of(&self, counter: usize) -> u16 {
        let key = &self.counters[counter];
        let opener = matches!(key.period, Period::Opened(_)).then(|| key.opener());
        let found = opener.and_then(|opener| self.counters.iter().position(|known| *known == opener));
        found.unwrap_or(counter) as u16
    }

    /// A version that changes the key of a counter must say what becomes of what was used.
    fn check_starts(&self, written: &crate::model::Benefit, faults: &mut Vec<Fault>) {
        for entries in [&written.deductibles, &written.limits] {
            for later in entries.iter().filter(|entry| entry.starts.is_none()) {
                let Some(from) = later.table.from else { continue };
                let replaced = entries.iter().any(|earlier| {
                    earlier.table.until.is_some_and(|until| until.next() == from)
                        && earlier.on.as_ref().map(|on| &on.text) == later.on.as_ref().map(|on| &on.text)
                });
                if replaced {
                    let allowed = "写 starts = \"fresh\"（重新累计）或 starts = \"from N\"（接着累计）；同一累计键只改数值时，在同一张表里加一行 from";
                    faults.push(Fault::error("accumulator_unsaid", later.at, format!("{} 起换了累计方式，没有说明已用的怎么办", from), allowed));
                }
            }
        }
    }

    fn ordinal_counters(&mut self, faults: &mut Vec<Fault>) {
        for id in 0..self.registry.facts.len() {
            let Source::Ordinal(position) = self.registry.facts[id].source else { continue };
            let Some(ordinal) = self.package.facts[position].ordinal.clone() else { continue };
            let of = period(&ordinal.of, None, faults);
            let per = period(&ordinal.per, None, faults);
            let counts = self.counted(&ordinal.counts, "", faults);
            let counts = if ordinal.counts.is_empty() { Vec::new() } else { counts };
            let group = CounterKey {
                by_institution: !ordinal.by.is_empty(),
                ..CounterKey::plain(counts.clone(), CountedMeasure::Group, of)
            };
            let group = self.counter(group);
            self.counter(CounterKey::plain(counts, CountedMeasure::VisitNumber(group), per));
        }
    }

    /// Total and group counter of an ordinal fact.
    pub(crate) fn ordinal_of(&self, position: usize) -> Option<(u16, u16)> {
        let ordinal = self.package.facts[position].ordinal.as_ref()?;
        let mut ignored = Vec::new();
        let (of, per) = (period(&ordinal.of, None, &mut ignored), period(&ordinal.per, None, &mut ignored));
        let counts = if ordinal.counts.is_empty() { Vec::new() } else { self.counted(&ordinal.counts, "", &mut ignored) };
        let total = self.counters.iter().position(|key| {
            let CountedMeasure::VisitNumber(group) = key.measure else { return false };
            let group = &self.counters[usize::from(group)];
            key.period == per && group.period == of && group.by_institution != ordinal.by.is_empty() && key.counts == counts
        })?;
        let CountedMeasure::VisitNumber(group) = self.counters[total].measure else { return None };
        Some((total as u16, group))
    }

    fn frozen_amounts(&mut self) {
        let mut names: Vec<String> = Vec::new();
        for grid in self.grids() {
            for row in grid.rows() {
                if let Value::Frozen(name) = &row.is.value
                    && !names.contains(name)
                {
                    names.push(name.clone());
                }
            }
        }
        self.frozen = names;
    }

    /// Every value cites an article that is quoted.
    fn check_citations(&self, faults: &mut Vec<Fault>) {
        let documents = &self.package.documents;
        let mut seen: BTreeSet<(At, &str)> = BTreeSet::new();
        for grid in self.grids() {
            for row in grid.rows() {
                if row.cite.is_empty() {
                    faults.push(Fault::error("uncited", row.at, format!("{} 的这一行没有依据", grid.path), "写 cite = \"文件:条款\"（行、表或待遇上都可以）"));
                }
                for cite in row.cite.iter().chain(&grid.cite) {
                    if seen.insert((cite.at, &cite.text)) {
                        faults.extend(self.articles.check(cite, documents));
                    }
                }
            }
        }
        let package = &self.package;
        let others = package
            .facts
            .iter()
            .flat_map(|fact| &fact.cite)
            .chain(package.benefits.iter().flat_map(|benefit| &benefit.cite))
            .chain(package.decided_elsewhere.iter().flat_map(|(_, cites)| cites))
            .chain(package.indexes.iter().flat_map(|index| index.rows.iter().flat_map(|row| &row.cite)))
            .chain(package.bounds.iter().flat_map(|bound| &bound.cite))
            .chain(package.institutions.iter().flat_map(|institution| &institution.cite))
            .chain(package.relations.iter().flat_map(|relation| &relation.cite))
            .chain(package.lines.cite.iter())
            .chain(package.payer.cite.iter())
            .chain(package.years.cite.iter())
            .chain(package.cite.iter());
        for cite in others {
            if seen.insert((cite.at, &cite.text)) {
                faults.extend(self.articles.check(cite, documents));
            }
        }
        if package.cite.is_empty() {
            faults.push(Fault::error("uncited", package.at, "package 没有 cite", "引用写明施行日期的条款"));
        }
        for (name, cites) in &package.decided_elsewhere {
            if cites.is_empty() {
                faults.push(Fault::error("uncited", name.at, format!("{} 没有依据", name.text), "引用让它留空的条款"));
            }
        }
    }
}

fn elsewhere_benefit(word: &Word, cite: Vec<Word>, from: Day, until: Day) -> CompiledBenefit {
    CompiledBenefit {
        name: word.text.clone(),
        at: word.at,
        cite,
        decided_elsewhere: true,
        applies: Box::new([]),
        claims: Box::new([]),
        takes_lines: true,
        takes: Vec::new(),
        payer: Payer::Fund(FundCode::POOLED),
        covered: None,
        deductibles: Vec::new(),
        limits: Vec::new(),
        rate: None,
        segments: None,
        from,
        until,
    }
}

fn fund(word: &Word, faults: &mut Vec<Fault>) -> FundCode {
    FundCode::from_code(&word.text).unwrap_or_else(|| {
        let allowed = format!("国家基金代码：{}", listed(FundCode::all()));
        faults.push(Fault::error("unknown_fund", word.at, format!("没有基金 \"{}\"", word.text), allowed));
        FundCode::POOLED
    })
}

/// `"24 hours"` or `"3 days"` in hours.
fn hours(lasts: &str) -> Option<u32> {
    let (number, unit) = lasts.split_once(' ')?;
    let number: u32 = number.parse().ok().filter(|number| *number <= 8784)?;
    match unit {
        "hour" | "hours" => Some(number),
        "day" | "days" => Some(number * 24),
        _ => None,
    }
}

fn period(per: &Word, lasts: Option<&Word>, faults: &mut Vec<Fault>) -> Period {
    match per.text.as_str() {
        "visit" => Period::Visit,
        "day" => Period::Day,
        "month" => Period::Month,
        "year" => Period::Year,
        "life" => Period::Life,
        "opened" => match lasts.and_then(|lasts| hours(&lasts.text)) {
            Some(hours @ 1..=8784) => Period::Opened(hours * 3600),
            _ => {
                faults.push(Fault::error("missing_key", per.at, "per = \"opened\" 而没有可用的 lasts", "写 lasts = \"24 hours\" 或 \"3 days\""));
                Period::Day
            }
        },
        other => {
            faults.push(Fault::error("invalid_value", per.at, format!("per = \"{other}\""), "visit、day、month、year、life 或 opened"));
            Period::Year
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
    }
}
