//! Frameworks (国家和省级界限): bounds of higher documents that packages are held to.
//!
//! A bound gives no value of its own. It is checked in every cell of the table that it names, on
//! every range of days from its own `from` on; a package's own `[[bound]]` is checked the same way.

pub(crate) mod judge;
pub(crate) mod shape;
mod table;
pub(crate) mod walk;

pub(crate) use table::{Asked, not_lower};
pub(crate) use walk::roots;

use crate::articles::Articles;
use crate::compile::Compiled;
use crate::facts::Registry;
use crate::fault::{At, Fault, Severity, SourceFile, listed, nearest};
use crate::model::{Bound, Package, Pattern};
use crate::read;
use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::Day;

/// All frameworks by name.
#[derive(Default)]
pub(crate) struct Frameworks(BTreeMap<String, (Package, Articles)>);

impl Frameworks {
    /// Reads `framework/*.toml` and the articles that they quote, `framework/source/*.md`.
    pub(crate) fn read(&mut self, files: &[SourceFile], numbers: &[usize], faults: &mut Vec<Fault>) {
        let named = |n: &usize, ending: &str| {
            let path = &files[*n].path;
            path.rsplit('/').next().and_then(|name| name.strip_suffix(ending)).map(ToOwned::to_owned)
        };
        for n in numbers {
            let Some(name) = named(n, ".toml") else { continue };
            let package = read::framework((*n as u16, &files[*n].text), faults);
            let mut articles = Articles::default();
            for source in numbers {
                let quoted = named(source, ".md");
                if package.documents.iter().any(|document| Some(&document.key.text) == quoted.as_ref()) {
                    articles.read(*source as u16, &files[*source], &package.documents, faults);
                }
            }
            for bound in &package.bounds {
                faults.extend(shape::shape(bound).err());
                faults.extend(bound.cite.iter().filter_map(|cite| articles.check(cite, &package.documents)));
                faults.extend(bound.cite.is_empty().then(|| uncited(bound)));
            }
            self.0.insert(name, (package, articles));
        }
    }

    /// Lends a package the documents and articles of the frameworks that it names, to cite.
    pub(crate) fn lend(&self, package: &mut Package, articles: &mut Articles, faults: &mut Vec<Fault>) {
        for name in package.framework.clone() {
            match self.0.get(&name.text) {
                Some((framework, quoted)) => {
                    package.documents.extend(framework.documents.iter().cloned());
                    package.lent_bounds.extend(framework.bounds.iter().cloned());
                    articles.extend(quoted);
                }
                None => {
                    let allowed = format!("可用：{}", listed(self.0.keys()));
                    faults.push(Fault::error("unknown_framework", name.at, format!("没有框架 {}", name.text), allowed));
                }
            }
        }
    }

    /// Holds a package to the frameworks that it names and to its own bounds.
    pub(crate) fn check(&self, compiled: &Compiled, faults: &mut Vec<Fault>) {
        for (framework, articles) in compiled.package.framework.iter().filter_map(|name| self.0.get(&name.text)) {
            for bound in &framework.bounds {
                // A bound without a shape was reported when the framework was read.
                if shape::shape(bound).is_ok() {
                    check(compiled, bound, articles, faults);
                }
            }
        }
        for bound in &compiled.package.bounds {
            match shape::shape(bound) {
                Ok(_) => check(compiled, bound, &compiled.articles, faults),
                Err(fault) => faults.push(fault),
            }
            faults.extend(bound.cite.is_empty().then(|| uncited(bound)));
        }
    }
}

fn uncited(bound: &Bound) -> Fault {
    Fault::error("uncited", bound.at, format!("{} 的界限没有依据", bound.on.text), "写 cite = \"文件:条款\"")
}

fn check(compiled: &Compiled, bound: &Bound, articles: &Articles, faults: &mut Vec<Fault>) {
    let unknown = unknown_names(&compiled.registry, bound);
    if !unknown.is_empty() {
        faults.extend(unknown);
        return;
    }
    let severity = if bound.warning { Severity::Warning } else { Severity::Error };
    for findings in table::findings(compiled, bound, severity) {
        report(findings, &articles.print(&bound.cite), faults);
    }
}

/// What a bound finds in a package; a bound without a shape was reported when it was read.
pub(crate) fn of_bound(compiled: &Compiled, bound: &Bound) -> Vec<Fault> {
    let mut faults = Vec::new();
    if shape::shape(bound).is_ok() {
        check(compiled, bound, &compiled.articles, &mut faults);
    }
    faults
}

/// Facts that the area does not have, and values that no area's fact has.
fn unknown_names(registry: &Registry, bound: &Bound) -> Vec<Fault> {
    let mut faults = Vec::new();
    let along = bound.along.iter().map(|(fact, _)| fact);
    let names = bound.when.iter().map(|(name, _)| name).chain(&bound.facts).chain(along);
    for name in names.filter(|name| registry.id(&name.text).is_none()) {
        let hint = nearest(&name.text, registry.names()).map(|near| format!("，是否想写 {near}？")).unwrap_or_default();
        let found = format!("界限里没有名为 {} 的事实", name.text);
        faults.push(Fault::error(
            "unknown_fact",
            name.at,
            found,
            format!("可用的事实：{}{hint}", listed(registry.names())),
        ));
    }
    faults.extend(unknown_values(registry, &bound.when));
    if let Some((fact, values)) = &bound.along
        && let Some(fact) = registry.get(&fact.text)
    {
        for value in values.iter().filter(|value| !fact.values.contains(&value.text)) {
            let found = format!("{} 没有取值 {}", fact.name, value.text);
            faults.push(Fault::error("unknown_value", value.at, found, format!("可用：{}", fact.allowed())));
        }
    }
    faults
}

/// Unknown values of facts whose values are the same everywhere; an area's own ways of enrolment
/// are its own, and a bound on one that it does not have does not concern it.
fn unknown_values(registry: &Registry, when: &Pattern) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (name, condition) in when {
        let Some(fact) = registry.get(&name.text).filter(|fact| fact.shared && fact.name != "enrolment") else {
            continue;
        };
        for scalar in condition.scalars().into_iter().filter(|scalar| fact.raw(&scalar.value).is_none()) {
            let found = format!("{} 没有这个取值", fact.name);
            faults.push(Fault::error("unknown_value", scalar.at, found, format!("可用：{}", fact.allowed())));
        }
    }
    faults
}

/// Something that a bound found in one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) severity: Severity,
    pub(crate) code: &'static str,
    pub(crate) at: At,
    /// Path of the table.
    pub(crate) path: String,
    /// The cell, in words; the same on every day.
    pub(crate) place: String,
    /// First of the days on which it was found.
    pub(crate) day: Day,
    /// What is there, in words.
    pub(crate) found: String,
    pub(crate) allowed: String,
}

/// How many faults one bound gives for one table.
const MOST_FAULTS: usize = 3;

/// One fault for all cells in which the same row says the same; a few, then how many more.
pub(crate) fn report(findings: Vec<Finding>, article: &str, faults: &mut Vec<Fault>) {
    let mut groups: Vec<(Finding, BTreeSet<String>)> = Vec::new();
    for finding in findings {
        let same = |known: &Finding| {
            // What cannot be told is a matter of the value, not of the row that says it.
            let row = finding.code == UNTOLD || known.at == finding.at;
            row && known.severity == finding.severity && known.code == finding.code && known.found == finding.found
        };
        let place = finding.place.clone();
        match groups.iter_mut().find(|(known, _)| same(known)) {
            Some((_, places)) => places.insert(place),
            None => {
                groups.push((finding, BTreeSet::from([place])));
                true
            }
        };
    }
    groups.sort_by_key(|(finding, _)| finding.severity);
    let left: usize = groups.iter().skip(MOST_FAULTS).map(|(_, places)| places.len()).sum();
    let last = groups.len().min(MOST_FAULTS);
    for (i, (finding, places)) in groups.into_iter().take(MOST_FAULTS).enumerate() {
        let count = if i + 1 == last { places.len() + left } else { places.len() };
        told(finding.fault(count), article, faults);
    }
}

/// What cannot be told is told once, by every article that asks for it.
fn told(fault: Fault, article: &str, faults: &mut Vec<Fault>) {
    let same = |known: &&mut Fault| Fault { article: String::new(), ..(**known).clone() } == fault;
    match faults.iter_mut().filter(|_| fault.code == UNTOLD).find(same) {
        Some(known) if !known.article.contains(article) => known.article = format!("{}；{article}", known.article),
        Some(_) => {}
        None => faults.push(fault.by(article)),
    }
}

impl Finding {
    fn fault(self, count: usize) -> Fault {
        let Self { severity, code, at, path, place, day, found, allowed } = self;
        let place = if place.is_empty() { format!("{day} 起") } else { format!("{place}；{day} 起") };
        let more = if count > 1 { format!("等 {count} 处") } else { String::new() };
        Fault { severity, ..Fault::error(code, at, format!("{path}（{place}）{more}{found}"), allowed) }
    }
}

/// The code of a value that a bound breaks.
pub(crate) const BROKEN: &str = "out_of_bound";
/// The code of a value that cannot be compared.
pub(crate) const UNTOLD: &str = "bound_unchecked";
