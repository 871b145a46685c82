//! One benefit as the engine executes it: the distinct terms, and which of them each cell has.

use super::Lowering;
use super::order::{check_scopes, precedence};
use crate::cells::Cell;
use crate::compile::{CompiledBenefit, CompiledCut, CountedMeasure, Stage};
use crate::facts::FactId;
use crate::fault::listed;
use crate::figures::Trouble;
use crate::grid::within_region;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_adjudication::{Add, Amount, Axis, Benefit, Cut, Measure, Period, ReasonId, Terms, WhyId};
use gongji_domain::Rate;

impl Lowering<'_> {
    /// Which benefits keep what they leave, and where.
    pub(super) fn keeps(&mut self) -> Option<BTreeMap<String, u8>> {
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

    pub(super) fn benefit(
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
    pub(super) fn reason(&self, value: &crate::model::Value, path: &str) -> Result<Option<ReasonId>, Trouble> {
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
}
