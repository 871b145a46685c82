//! What an area says of lines before any benefit, and of who is refused.

use super::Lowering;
use crate::cells::Cell;
use crate::facts::FactId;
use crate::figures::Trouble;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;
use gongji_adjudication::{Amount, Dense, LineTerms, ReasonId};
use gongji_domain::Rate;

impl Lowering<'_> {
    pub(super) fn lines(&mut self, reads: &BTreeSet<FactId>, classes: usize) -> Option<Option<Dense<LineTerms>>> {
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
    pub(super) fn access(&mut self, reads: &BTreeSet<FactId>) -> Option<Option<Dense<Box<[ReasonId]>>>> {
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
}
