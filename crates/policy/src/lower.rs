//! From a resolved package to the rules that the engine executes on the days of one range.

mod order;

use crate::cells::{Cell, MOST_CELLS};
use crate::compile::{Compiled, CompiledBenefit, CompiledCut, CountedMeasure, Stage};
use crate::cycles;
use crate::facts::{FactId, Region, Source};
use crate::fault::{Fault, listed};
use crate::figures::{NOT_YET, Trouble};
use crate::grid::{Grid, within_region};
use crate::model::Word;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_adjudication::{
    Add, Amount, Axis, Benefit, Counter, Cut, Dense, Encode, LineTerms, MAX_CLASSES, MAX_FACTS, Measure, Payers,
    Period, ReasonId, Rules, Source as EngineSource, Terms, Why, WhyId, Years,
};
use gongji_domain::{Day, Rate};
use order::{check_scopes, precedence};

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

    /// All facts whose band changes the terms of a benefit.
    fn reads(&self, benefit: &CompiledBenefit) -> BTreeSet<FactId> {
        let (mut reads, mut met) = (BTreeSet::new(), BTreeSet::new());
        let mut region = |region: &Region| reads.extend(region.iter().map(|(fact, _)| *fact));
        region(&benefit.applies);
        region(&benefit.claims);
        for cut in benefit.deductibles.iter().chain(&benefit.limits) {
            region(&cut.applies);
            region(&cut.lines);
            if let Some((_, when, _)) = &cut.beyond {
                region(when);
            }
        }
        for counter in self.compiled.counters.iter().filter(|counter| self.compiled.counts(counter, &benefit.name)) {
            region(&counter.applies);
            region(&counter.lines);
        }
        let grids = benefit.covered.iter().chain(&benefit.rate);
        let cuts = benefit.deductibles.iter().chain(&benefit.limits).map(|cut| &cut.grid);
        for grid in grids.chain(cuts) {
            self.grid_reads(grid, &mut reads, &mut met);
        }
        reads
    }

    /// What a table reads, with the tables that it refers to and the amounts that a case states.
    fn grid_reads<'g>(&'g self, grid: &'g Grid, reads: &mut BTreeSet<FactId>, met: &mut BTreeSet<&'g str>) {
        grid.reads(reads);
        for row in grid.rows() {
            if let crate::model::Value::Share { of, .. } = &row.is.value {
                let named = of.strip_prefix("member.").and_then(|name| self.compiled.registry.id(name));
                reads.extend(named.filter(|fact| self.compiled.registry.facts[*fact].visit_place().is_some()));
            }
        }
        for (_, path) in cycles::references(grid) {
            if let Some(other) = self.compiled.grid(path).filter(|_| met.insert(path)) {
                self.grid_reads(other, reads, met);
            }
        }
    }

    /// Gives slots to all facts that somebody reads, and to what derived facts read in turn.
    fn allocate<'r>(&mut self, reads: impl Iterator<Item = &'r BTreeSet<FactId>>) -> Option<()> {
        let (mut visit, mut charge) = (BTreeSet::new(), BTreeSet::new());
        for set in reads {
            let (of_visit, of_charge) = self.compiled.split_levels(set);
            visit.extend(of_visit);
            charge.extend(of_charge);
        }
        let mut open: Vec<FactId> = visit.iter().copied().collect();
        while let Some(fact) = open.pop() {
            for input in self.compiled.inputs(fact) {
                if visit.insert(input) {
                    open.push(input);
                }
            }
        }
        let derived = |fact: &FactId| self.compiled.registry.facts[*fact].source == Source::Derived;
        self.visit = visit.iter().copied().filter(|fact| !derived(fact)).collect();
        self.derived = visit.iter().copied().filter(derived).collect();
        // Parcels have an order that nothing but their facts' names and values decides.
        self.charge = charge.into_iter().collect();
        self.charge.sort_by_key(|fact| &self.compiled.registry.facts[*fact].name);
        for (slot, fact) in self.visit.iter().chain(&self.derived).enumerate() {
            self.slots.insert(*fact, slot as u8);
        }
        let most = self.slots.len().max(self.charge.len());
        if most > MAX_FACTS {
            return self.fail("too_many_facts", format!("规则读了 {most} 个事实，至多 {MAX_FACTS} 个"));
        }
        Some(())
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

    fn encoding(&self, fact: FactId) -> (EngineSource, Encode) {
        let definition = &self.compiled.registry.facts[fact];
        let source = match &definition.source {
            Source::Raw(place) => EngineSource::Raw(*place),
            Source::CountOf(set) => match self.compiled.registry.facts[*set].source {
                Source::Raw(place) => EngineSource::CountOf(place),
                _ => unreachable!("a set is stated by the case"),
            },
            Source::Ordinal(position) => {
                let (total, group) = self.compiled.ordinal_of(*position).expect("an ordinal fact has its counters");
                EngineSource::VisitNumber { total, group }
            }
            Source::Derived | Source::Bound => unreachable!("derived facts are tables"),
        };
        let choice =
            matches!(definition.kind, crate::facts::Kind::Choice | crate::facts::Kind::Flag | crate::facts::Kind::Set);
        let encode = if choice {
            Encode::Choice(definition.bands.clone().into())
        } else {
            Encode::Cuts(definition.cuts.clone().into())
        };
        (source, encode)
    }

    fn derived_tables(&mut self) -> Option<Box<[Dense<u8>]>> {
        let mut tables = Vec::new();
        for (i, fact) in self.derived.clone().into_iter().enumerate() {
            let reads = self.compiled.inputs(fact);
            let later = reads.iter().any(|input| self.derived[i..].contains(input));
            if later {
                let name = self.compiled.registry.facts[fact].name.clone();
                return self.fail("cycle", format!("事实 {name} 用到了自己或写在它后面的事实"));
            }
            let at = self.compiled.fact_grids[&fact].at;
            tables.push(self.dense(&reads, at, |lowering, cell| {
                let grid = &lowering.compiled.fact_grids[&fact];
                let row = lowering.compiled.row(grid, cell)?;
                lowering.compiled.value_band(fact, &row.is.value).ok_or_else(|| {
                    let shown = crate::compile::show_value(&row.is.value);
                    ("unknown_value", format!("{} 里的 {shown} 不是它的取值", grid.path))
                })
            })?);
        }
        Some(tables.into())
    }

    /// A dense table over visit-level facts.
    fn dense<T: Default>(
        &mut self,
        reads: &BTreeSet<FactId>,
        at: crate::fault::At,
        mut value: impl FnMut(&mut Self, &mut Cell<'_>) -> Result<T, Trouble>,
    ) -> Option<Dense<T>> {
        if let Some(spot) = self.spot {
            let (compiled, day, known_on) = (self.compiled, self.day, self.known_on);
            let mut cell = Cell { compiled, day, known_on, bands: spot.to_vec() };
            let only = value(self, &mut cell).map_err(|trouble| self.trouble(trouble, at)).ok()?;
            return Some(Dense { reads: Box::new([]), cells: Box::new([only]) });
        }
        let combinations = self.compiled.combinations(reads);
        if combinations > MOST_CELLS {
            let names = listed(reads.iter().map(|fact| &self.compiled.registry.facts[*fact].name));
            return self.fail("too_many_cells", format!("{names} 合起来有 {combinations} 种组合，至多 {MOST_CELLS}"));
        }
        let mut strides: Vec<(u8, u32)> = Vec::new();
        let mut stride = 1_u32;
        for fact in reads.iter().rev() {
            let count = self.compiled.registry.facts[*fact].band_count() as u32;
            if count > 1 {
                strides.push((self.slots[fact], stride));
            }
            stride *= count;
        }
        let (compiled, day, known_on) = (self.compiled, self.day, self.known_on);
        let mut cells = Vec::with_capacity(combinations);
        compiled.for_each_cell(reads, day, known_on, |cell| {
            if cell.is_impossible() {
                cells.push(T::default());
                return;
            }
            cells.push(value(self, cell).unwrap_or_else(|trouble| {
                self.trouble(trouble, at);
                T::default()
            }));
        });
        Some(Dense { reads: strides.into(), cells: cells.into() })
    }

    /// How many line classes the charge facts make.
    fn classes(&mut self) -> Option<usize> {
        let facts: BTreeSet<FactId> = self.charge.iter().copied().collect();
        let classes = self.compiled.combinations(&facts);
        if classes > MAX_CLASSES {
            let names = listed(self.charge.iter().map(|fact| &self.compiled.registry.facts[*fact].name));
            return self
                .fail("too_many_classes", format!("费用明细的事实 {names} 合起来有 {classes} 种，至多 {MAX_CLASSES}"));
        }
        Some(classes)
    }

    fn line_class(&self) -> Dense<u8> {
        let mut strides = Vec::new();
        let mut stride = 1;
        for (slot, fact) in self.charge.iter().enumerate().rev() {
            strides.push((slot as u8, stride));
            stride *= self.compiled.registry.facts[*fact].band_count() as u32;
        }
        Dense { reads: strides.into(), cells: (0..stride).map(|class| class as u8).collect() }
    }

    /// Bands of the charge facts in a line class.
    fn set_class(&self, cell: &mut Cell<'_>, class: usize) {
        let mut rest = class;
        for fact in self.charge.iter().rev() {
            let count = self.compiled.registry.facts[*fact].band_count();
            cell.set(*fact, (rest % count) as u8);
            rest /= count;
        }
    }

    fn clear_class(&self, cell: &mut Cell<'_>) {
        cell.bands.retain(|(fact, _)| !self.charge.contains(fact));
    }

    /// The line classes in a region of charge facts.
    fn mask(&self, region: &Region, cell: &mut Cell<'_>, classes: usize) -> u64 {
        if region.is_empty() {
            return if classes == 64 { u64::MAX } else { (1 << classes) - 1 };
        }
        let mut mask = 0;
        for class in 0..classes {
            self.set_class(cell, class);
            if within_region(region, cell) {
                mask |= 1 << class;
            }
        }
        self.clear_class(cell);
        mask
    }

    /// Which benefits keep what they leave, and where.
    fn keeps(&mut self) -> Option<BTreeMap<String, u8>> {
        let mut keeps = BTreeMap::new();
        for (name, _) in self.compiled.benefits.iter().flat_map(|benefit| &benefit.takes) {
            let next = keeps.len() as u8;
            keeps.entry(name.clone()).or_insert(next);
        }
        if keeps.len() > 8 {
            return self.fail("too_many", "takes 涉及的待遇超过 8 项".to_string());
        }
        Some(keeps)
    }

    fn benefit(
        &mut self,
        benefit: &CompiledBenefit,
        reads: &BTreeSet<FactId>,
        classes: usize,
        keeps: &BTreeMap<String, u8>,
    ) -> Option<Benefit> {
        let (visit, _) = self.compiled.split_levels(reads);
        let path = format!("benefit.{}", benefit.name);
        let why = self.why(&path, &benefit.cite);
        let segments = benefit.segments.as_ref().map_or(1, |segments| segments.bands.len());
        // The first terms stand for combinations that cannot occur.
        let mut distinct: Vec<Terms> = alloc::vec![Terms::nothing()];
        let mut ids: BTreeMap<Terms, u32> = BTreeMap::from([(Terms::nothing(), 0)]);
        let key = self.dense(&visit, benefit.at, |lowering, cell| {
            let terms = lowering.terms(benefit, cell, classes, segments)?;
            let next = distinct.len() as u32;
            Ok(*ids.entry(terms).or_insert_with_key(|terms| {
                distinct.push(terms.clone());
                next
            }))
        })?;
        Some(Benefit {
            name: Box::from(benefit.name.as_str()),
            payer: benefit.payer,
            decided_elsewhere: benefit.decided_elsewhere,
            ordinary: benefit.name == "ordinary_outpatient",
            takes_lines: benefit.takes_lines,
            takes: benefit.takes.iter().map(|(name, flow)| (keeps[name], *flow)).collect(),
            keeps: keeps.get(&benefit.name).copied(),
            key,
            terms: distinct.into(),
            axis: benefit.segments.as_ref().map(|segments| Axis {
                from_zero: segments.from_zero,
                counter: segments.counter,
                up_to: segments.up_to.clone().into(),
            }),
            segments,
            why,
        })
    }

    fn terms(
        &mut self,
        benefit: &CompiledBenefit,
        cell: &mut Cell<'_>,
        classes: usize,
        segments: usize,
    ) -> Result<Terms, Trouble> {
        let in_force = benefit.from <= self.day && self.day <= benefit.until;
        let adds = self.adds(benefit, cell, classes);
        if !in_force || !within_region(&benefit.applies, cell) {
            return Ok(Terms { adds, ..Terms::nothing() });
        }
        if benefit.decided_elsewhere {
            return Ok(Terms { applies: true, adds, ..Terms::nothing() });
        }
        let reasons = self.reasons(benefit, cell)?;
        if !reasons.is_empty() {
            return Ok(Terms { applies: true, reasons, ..Terms::nothing() });
        }
        let claims = self.mask(&benefit.claims, cell, classes);
        let (rates, rate_whys) = self.rates(benefit, cell, classes, segments)?;
        let deductibles = self.cuts(&benefit.deductibles, cell, classes)?;
        let limits = self.cuts(&benefit.limits, cell, classes)?;
        let of = |cuts: &[(Stage, usize, Cut)], stage: Stage| -> Box<[Cut]> {
            let mut chosen: Vec<&(Stage, usize, Cut)> = cuts.iter().filter(|(on, _, _)| *on == stage).collect();
            // Inner line scope first, then narrower to wider counts, then as written.
            chosen.sort_by_key(|(_, counted, cut)| (cut.lines.count_ones(), cut.lines, *counted));
            chosen.into_iter().map(|(_, _, cut)| cut.clone()).collect()
        };
        check_scopes(&deductibles, &benefit.name, true)?;
        check_scopes(&limits, &benefit.name, false)?;
        Ok(Terms {
            applies: true,
            reasons,
            claims,
            eligible_limits: of(&limits, Stage::Eligible),
            deductibles: of(&deductibles, Stage::Eligible),
            above_limits: of(&limits, Stage::Above),
            precedence: precedence(&rates, classes),
            rates,
            rate_whys,
            payment_deductibles: of(&deductibles, Stage::Payment),
            payment_limits: of(&limits, Stage::Payment),
            adds,
        })
    }

    fn reasons(&mut self, benefit: &CompiledBenefit, cell: &Cell<'_>) -> Result<Box<[(ReasonId, WhyId)]>, Trouble> {
        let Some(grid) = &benefit.covered else { return Ok(Box::new([])) };
        let mut reasons = Vec::new();
        for row in grid.collecting(cell) {
            if let Some(reason) = self.reason(&row.is.value, &grid.path)? {
                reasons.push((reason, self.why(&grid.path, &row.cite)));
            }
        }
        reasons.sort();
        reasons.dedup_by_key(|(reason, _)| *reason);
        Ok(reasons.into())
    }

    /// A reason that a row gives; `"none"` says that nothing stands against it.
    fn reason(&self, value: &crate::model::Value, path: &str) -> Result<Option<ReasonId>, Trouble> {
        let code = match value {
            crate::model::Value::Word(code) => code.as_str(),
            crate::model::Value::None => return Ok(None),
            value => {
                return Err((
                    "invalid_value",
                    format!("{path} 里的 {} 不是原因代码", crate::compile::show_value(value)),
                ));
            }
        };
        match self.compiled.reasons.iter().position(|(known, _)| known == code) {
            Some(id) => Ok(Some(id as ReasonId)),
            None => {
                let known = listed(self.compiled.reasons.iter().map(|(code, _)| code));
                Err((
                    "unknown_reason",
                    format!("{path} 里的原因 {code} 没有登记；可用 {known}，或在 [reason.{code}] 写 text"),
                ))
            }
        }
    }

    fn rates(
        &mut self,
        benefit: &CompiledBenefit,
        cell: &mut Cell<'_>,
        classes: usize,
        segments: usize,
    ) -> Result<(Box<[Rate]>, Box<[WhyId]>), Trouble> {
        let Some(grid) = &benefit.rate else {
            return Err(("missing_key", format!("待遇 {} 没有 rate", benefit.name)));
        };
        let (mut rates, mut whys) = (Vec::new(), Vec::new());
        for segment in 0..segments {
            if let Some(axis) = &benefit.segments {
                cell.set(axis.fact, axis.bands[segment]);
            }
            for class in 0..classes {
                self.set_class(cell, class);
                let figure = self.compiled.rate(grid, cell)?;
                rates.push(figure.is);
                whys.push(self.why(&grid.path, &figure.cite));
            }
        }
        self.clear_class(cell);
        if let Some(axis) = &benefit.segments {
            cell.bands.retain(|(fact, _)| *fact != axis.fact);
        }
        Ok((rates.into(), whys.into()))
    }

    fn cuts(
        &mut self,
        cuts: &[CompiledCut],
        cell: &mut Cell<'_>,
        classes: usize,
    ) -> Result<Vec<(Stage, usize, Cut)>, Trouble> {
        let mut lowered = Vec::new();
        for cut in cuts {
            let grid = &cut.grid;
            let in_force =
                grid.from.is_none_or(|from| from <= self.day) && grid.until.is_none_or(|until| self.day <= until);
            if !in_force || !within_region(&cut.applies, cell) {
                continue;
            }
            let figure = self.compiled.amount(grid, cell)?;
            if figure.is == Amount::None {
                continue;
            }
            let beyond = cut.beyond.as_ref().filter(|(_, when, _)| within_region(when, cell));
            let counted = match self.compiled.counters[usize::from(cut.counter)].counts.len() {
                0 => usize::MAX,
                count => count,
            };
            let lines = self.mask(&cut.lines, cell, classes);
            let mut cite = figure.cite;
            cite.extend(beyond.iter().flat_map(|(_, _, cite)| cite).cloned());
            let (beyond, why) = (beyond.map(|(fund, _, _)| *fund), self.why(&grid.path, &cite));
            let except = cut.beyond.as_ref().map(|(fund, _, _)| *fund);
            let (amount, counter, carries) = (figure.is, cut.counter, cut.carries);
            let cut_lowered = Cut { amount, counter, lines, carries, except, beyond, why };
            lowered.push((cut.stage, counted, cut_lowered));
        }
        Ok(lowered)
    }

    /// What a settlement of this benefit adds to which counter.
    fn adds(&self, benefit: &CompiledBenefit, cell: &mut Cell<'_>, classes: usize) -> Box<[Add]> {
        let mut adds = Vec::new();
        for (id, key) in self.compiled.counters.iter().enumerate() {
            // What only one benefit counts in one visit, nobody else reads.
            let alone = key.period == Period::Visit && key.counts.len() == 1;
            let counts = key.counts_on(self.day) && self.compiled.counts(key, &benefit.name);
            if alone || !counts || !within_region(&key.applies, cell) {
                continue;
            }
            let measure = match key.measure {
                CountedMeasure::Eligible => Measure::Eligible,
                CountedMeasure::Borne => Measure::Borne,
                CountedMeasure::BorneOfPayment => Measure::BorneOfPayment,
                CountedMeasure::Above => Measure::Above,
                CountedMeasure::Paid => Measure::Paid,
                CountedMeasure::Visits => Measure::Visits,
                CountedMeasure::VisitNumber(group) => Measure::VisitNumber { group },
                CountedMeasure::Group => continue,
            };
            let lines = self.mask(&key.lines, cell, classes);
            adds.push(Add { counter: id as u16, measure, lines, except: key.except });
        }
        adds.into()
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

    fn lines(&mut self, reads: &BTreeSet<FactId>, classes: usize) -> Option<Option<Dense<LineTerms>>> {
        let compiled = self.compiled;
        let grids = [&compiled.lines_covered, &compiled.lines_ceiling, &compiled.lines_upfront];
        let Some(at) = grids.into_iter().flatten().map(|grid| grid.at).next() else { return Some(None) };
        let (visit, _) = compiled.split_levels(reads);
        let table = self.dense(&visit, at, |lowering, cell| lowering.line_terms(cell, classes).map(Some))?;
        let nothing = || LineTerms { not_covered: 0, ceiling: Box::new([]), upfront: Box::new([]), why: 0 };
        let cells = table.cells.into_vec().into_iter().map(|cell| cell.unwrap_or_else(nothing)).collect();
        Some(Some(Dense { reads: table.reads, cells }))
    }

    fn line_terms(&mut self, cell: &mut Cell<'_>, classes: usize) -> Result<LineTerms, Trouble> {
        let compiled = self.compiled;
        let mut terms = LineTerms { not_covered: 0, ceiling: Box::new([]), upfront: Box::new([]), why: 0 };
        let (mut ceiling, mut upfront) = (Vec::new(), Vec::new());
        let mut cites = compiled.package.lines.cite.clone();
        for class in 0..classes {
            self.set_class(cell, class);
            if let Some(grid) = &compiled.lines_covered {
                let row = compiled.row(grid, cell)?;
                match row.is.value {
                    crate::model::Value::Flag(true) => {}
                    crate::model::Value::Flag(false) => terms.not_covered |= 1 << class,
                    _ => return Err(("invalid_value", format!("{} 的值须是 true 或 false", grid.path))),
                }
                cites.extend(row.cite.clone());
            }
            ceiling.push(match &compiled.lines_ceiling {
                Some(grid) => {
                    let figure = compiled.amount(grid, cell)?;
                    cites.extend(figure.cite);
                    figure.is
                }
                None => Amount::None,
            });
            upfront.push(match &compiled.lines_upfront {
                Some(grid) => {
                    let figure = compiled.rate(grid, cell)?;
                    cites.extend(figure.cite);
                    figure.is
                }
                None => Rate::ZERO,
            });
        }
        self.clear_class(cell);
        terms.ceiling = ceiling.into();
        terms.upfront = upfront.into();
        terms.why = self.why("lines", &cites);
        Ok(terms)
    }

    #[allow(clippy::type_complexity)]
    fn access(&mut self, reads: &BTreeSet<FactId>) -> Option<Option<Dense<Box<[ReasonId]>>>> {
        let compiled = self.compiled;
        let Some(grid) = &compiled.access else { return Some(None) };
        let (visit, _) = compiled.split_levels(reads);
        let table = self.dense(&visit, grid.at, |lowering, cell| {
            let mut reasons = BTreeSet::new();
            for row in grid.collecting(cell) {
                reasons.extend(lowering.reason(&row.is.value, &grid.path)?);
            }
            Ok(reasons.into_iter().collect::<Box<[ReasonId]>>())
        })?;
        Some(Some(table))
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
