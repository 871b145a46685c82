//! Every value of a package cites an article that is quoted.

use crate::compile::Compiled;
use crate::fault::{At, Fault};
use crate::grid::Grid;
use crate::model::Word;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

impl Compiled {
    /// Every value cites an article that is quoted.
    pub(crate) fn check_citations(&self, faults: &mut Vec<Fault>) {
        let mut cited = Vec::new();
        for grid in self.grids() {
            in_table(grid, &mut cited, faults);
        }
        self.outside_tables(&mut cited, faults);
        let mut seen: BTreeSet<(At, &str)> = BTreeSet::new();
        for cite in cited.into_iter().filter(|cite| seen.insert((cite.at, &cite.text))) {
            faults.extend(self.articles.check(cite, &self.package.documents));
        }
    }

    /// What is cited, or should be, elsewhere than in tables.
    fn outside_tables<'c>(&'c self, cited: &mut Vec<&'c Word>, faults: &mut Vec<Fault>) {
        let package = &self.package;
        for benefit in &package.benefits {
            cited.extend(&benefit.cite);
            cited.extend(benefit.segments.iter().flat_map(|segments| &segments.cite));
            let entries = benefit.deductibles.iter().chain(&benefit.limits);
            cited.extend(entries.filter_map(|entry| entry.beyond.as_ref()).flat_map(|beyond| &beyond.cite));
        }
        cited.extend(package.facts.iter().flat_map(|fact| &fact.cite));
        cited.extend(package.decided_elsewhere.iter().flat_map(|(_, cites)| cites));
        cited.extend(package.indexes.iter().flat_map(|index| index.rows.iter().flat_map(|row| &row.cite)));
        cited.extend(package.bounds.iter().flat_map(|bound| &bound.cite));
        cited.extend(package.institutions.iter().flat_map(|institution| &institution.cite));
        cited.extend(package.relations.iter().flat_map(|relation| &relation.cite));
        cited.extend(package.lines.cite.iter().chain(&package.payer.cite).chain(&package.years.cite));
        cited.extend(&package.cite);
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

/// What a table cites: its rows, its adjustments, its floor and its ceiling.
fn in_table<'c>(grid: &'c Grid, cited: &mut Vec<&'c Word>, faults: &mut Vec<Fault>) {
    let mut uncited = |at: At, found: String| {
        let allowed = "写 cite = \"文件:条款\"（行、表或待遇上都可以）";
        faults.push(Fault::error("uncited", at, found, allowed.to_owned()));
    };
    cited.extend(&grid.cite);
    for row in grid.rows() {
        cited.extend(&row.cite);
        if row.cite.is_empty() {
            uncited(row.at, format!("{} 的这一行没有依据", grid.path));
        }
    }
    for adjust in &grid.adjust {
        cited.extend(&adjust.cite);
        if adjust.cite.is_empty() {
            uncited(grid.at, format!("{} 的一项 adjust 没有依据", grid.path));
        }
    }
    for nested in [&grid.at_least, &grid.at_most].into_iter().flatten() {
        in_table(nested, cited, faults);
    }
}
