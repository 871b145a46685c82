//! Every value of a package cites an article that is quoted.

use crate::compile::Compiled;
use crate::fault::{At, Fault};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

impl Compiled {
    /// Every value cites an article that is quoted.
    pub(crate) fn check_citations(&self, faults: &mut Vec<Fault>) {
        let documents = &self.package.documents;
        let mut seen: BTreeSet<(At, &str)> = BTreeSet::new();
        for grid in self.grids() {
            for row in grid.rows() {
                if row.cite.is_empty() {
                    faults.push(Fault::error(
                        "uncited",
                        row.at,
                        format!("{} 的这一行没有依据", grid.path),
                        "写 cite = \"文件:条款\"（行、表或待遇上都可以）",
                    ));
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
