//! All packages at hand: loading, overlaying, checking, and the rules of an area on a day.

use crate::articles::{Article, Articles};
use crate::compile::{Compiled, CompiledBenefit, compile};
use crate::facts::Fact;
use crate::fault::{Fault, Severity, SourceFile, nearest};
use crate::model::Package;
use crate::{bounds, check, lower, overlay, read};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use gongji_adjudication::{CounterId, Payer, Rules};
use gongji_domain::{Day, FundCode};

/// One folder of a package directory, as read by whoever loads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    /// The folder's name, such as `500000-chongqing` or `framework`.
    pub name: String,
    /// Its `*.toml`, `source/*.md` and `cases/*.md` files.
    pub files: Vec<SourceFile>,
}

/// Whether an area's package binds anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AreaStatus {
    /// In force (施行).
    InForce,
    /// A draft out for comment (征求意见稿).
    Draft,
    /// An example, not loaded unless asked for.
    Example,
}

/// A pooling area (统筹区) whose package is loaded.
pub struct Area {
    /// Folder that it was loaded from.
    pub folder: String,
    /// Numbers of its files among the library's.
    pub(crate) files: Vec<usize>,
    pub(crate) compiled: Compiled,
    ranges: Vec<(Day, Option<Arc<Rules>>)>,
    /// Nothing was left out as not yet known.
    all_known: bool,
}

/// All loaded areas, and what was found wrong.
#[derive(Default)]
pub struct Library {
    areas: BTreeMap<String, Area>,
    files: Vec<SourceFile>,
    faults: Vec<(String, Fault)>,
    known_on: Option<Day>,
}

impl Library {
    /// Loads packages. Later folders replace earlier ones of the same area, unless they extend them.
    ///
    /// Areas with errors are left out; [`Library::faults`] says what is wrong.
    pub fn load(folders: &[Folder]) -> Self {
        Self::load_as_known(folders, None)
    }

    /// Loads packages as they were known on a day: later knowledge is left out.
    pub fn load_as_known(folders: &[Folder], known_on: Option<Day>) -> Self {
        let mut library = Self { known_on, ..Self::default() };
        let mut frameworks = bounds::Frameworks::default();
        let mut packages: Vec<(String, Package, Vec<usize>)> = Vec::new();
        for folder in folders {
            let first = library.files.len();
            library.files.extend(folder.files.iter().cloned());
            let numbers: Vec<usize> = (first..library.files.len()).collect();
            if folder.name == "framework" {
                let mut faults = Vec::new();
                frameworks.read(&library.files, &numbers, &mut faults);
                library.report(&folder.name, faults);
                continue;
            }
            let mut faults = Vec::new();
            let toml: Vec<(u16, &str)> = numbers
                .iter()
                .filter(|n| library.files[**n].path.ends_with(".toml"))
                .map(|n| (*n as u16, &*library.files[*n].text))
                .collect();
            let package = read::package(&toml, &mut faults);
            library.report(&folder.name, faults);
            packages.push((folder.name.clone(), package, numbers));
        }
        // Whatever order the folders come in, an overlay finds what it extends.
        packages.sort_by_key(|(_, package, _)| package.extends.is_some());
        library.resolve(packages, &frameworks);
        library
    }

    fn resolve(&mut self, packages: Vec<(String, Package, Vec<usize>)>, frameworks: &bounds::Frameworks) {
        let mut bases: BTreeMap<String, (String, Package, Vec<usize>)> = BTreeMap::new();
        for (folder, package, mut numbers) in packages {
            if package.area.text.is_empty() {
                continue;
            }
            let mut faults = Vec::new();
            let package = match package.extends.clone() {
                None => package,
                Some(extends) => match bases.get(&extends.text) {
                    Some((_, base, base_numbers)) => {
                        numbers.splice(0..0, base_numbers.iter().copied());
                        overlay::lay(base.clone(), package, &mut faults)
                    }
                    None => {
                        let loaded = crate::fault::listed(bases.keys());
                        faults.push(Fault::error(
                            "unknown_area",
                            extends.at,
                            format!("extends = \"{}\" 没有这个包", extends.text),
                            format!("已载入：{loaded}"),
                        ));
                        self.report(&folder, faults);
                        continue;
                    }
                },
            };
            self.report(&folder, faults);
            bases.insert(package.area.text.clone(), (folder, package, numbers));
        }
        for (code, (folder, package, numbers)) in bases {
            let failed = self.faults.iter().any(|(of, fault)| *of == folder && fault.severity == Severity::Error);
            if let Some(area) = self.area_of(&folder, package, &numbers, frameworks, !failed) {
                self.areas.insert(code, area);
            }
        }
    }

    /// The area of a package, and what is wrong with it. Unless all of it could be `read`, tables
    /// are not looked through: a row that could not be read is not missing.
    fn area_of(
        &mut self,
        folder: &str,
        mut package: Package,
        numbers: &[usize],
        frameworks: &bounds::Frameworks,
        read: bool,
    ) -> Option<Area> {
        let mut faults = Vec::new();
        let mut articles = Articles::default();
        for n in numbers {
            let file = &self.files[*n];
            if file.is_in("source") {
                articles.read(*n as u16, file, &package.documents, &mut faults);
            }
        }
        frameworks.lend(&mut package, &mut articles, &mut faults);
        let compiled = compile(package, articles, &mut faults);
        let sound = |faults: &[Fault]| read && !faults.iter().any(|fault| fault.severity == Severity::Error);
        if sound(&faults) {
            check::tables(&compiled, &mut faults);
        }
        let mut ranges = Vec::new();
        if sound(&faults) {
            let known_on = self.known_on.unwrap_or(Day::MAX);
            for day in compiled.ranges() {
                let mut trouble = Vec::new();
                let rules = lower::lower(&compiled, day, known_on, &mut trouble).map(Arc::new);
                if self.known_on.is_none() {
                    faults.extend(trouble);
                }
                ranges.push((day, rules));
            }
        }
        if sound(&faults) {
            frameworks.check(&compiled, &mut faults);
        }
        faults.dedup();
        let sound = sound(&faults);
        self.report(folder, faults);
        sound.then(|| Area {
            folder: folder.to_owned(),
            files: numbers.to_vec(),
            compiled,
            ranges,
            all_known: self.known_on.is_none(),
        })
    }

    fn report(&mut self, folder: &str, faults: Vec<Fault>) {
        self.faults.extend(faults.into_iter().map(|fault| (folder.to_owned(), fault)));
    }

    /// The area with this division code (医保区划), if its package is loaded and sound.
    pub fn area(&self, code: &str) -> Option<&Area> {
        self.areas.get(code)
    }

    /// All areas, by code.
    pub fn areas(&self) -> impl Iterator<Item = &Area> {
        self.areas.values()
    }

    /// Everything found wrong, with the folder it was found in.
    pub fn faults(&self) -> &[(String, Fault)] {
        &self.faults
    }

    /// The files, by the number that [`crate::At`] carries.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }
}

impl Area {
    /// Its division code.
    pub fn code(&self) -> &str {
        &self.compiled.package.area.text
    }

    /// Its name in Chinese.
    pub fn name(&self) -> &str {
        &self.compiled.package.name
    }

    /// Whether its package is in force.
    pub fn status(&self) -> AreaStatus {
        self.compiled.package.status.into()
    }

    /// First day of its rules.
    pub fn from(&self) -> Day {
        self.compiled.from
    }

    /// Last day of its rules; [`Day::MAX`] while they are open.
    pub fn until(&self) -> Day {
        self.compiled.until
    }

    /// The article that sets its dates, as answers print articles.
    pub fn effective_article(&self) -> String {
        self.compiled.articles.print(&self.compiled.package.cite)
    }

    /// The rules of a service day; [`None`] outside the package's life (or what was known then).
    pub fn rules(&self, day: Day) -> Option<&Arc<Rules>> {
        if day < self.compiled.from || day > self.compiled.until {
            return None;
        }
        let after = self.ranges.partition_point(|(start, _)| *start <= day);
        self.ranges.get(after.checked_sub(1)?)?.1.as_ref()
    }

    /// Whether a day of the package's life cannot be decided because an index of its year is unknown.
    pub(crate) fn awaits_index(&self, day: Day) -> bool {
        let in_life = self.compiled.from <= day && day <= self.compiled.until;
        in_life && self.rules(day).is_none() && self.all_known
    }

    /// The ledger inside a fund (专账) in which a benefit's payment is kept; none for the fund itself, and for
    /// what another fund pays beyond a limit.
    pub fn ledger(&self, benefit: &str, fund: FundCode) -> Option<&str> {
        let of = |known: &&CompiledBenefit| known.name == benefit && known.payer == Payer::Fund(fund);
        self.compiled.benefits.iter().find(of)?.ledger.as_deref()
    }

    /// The first day of the newest rules; the package's first day where none can be executed.
    pub fn newest_day(&self) -> Day {
        self.range_starts().filter(|day| self.rules(*day).is_some()).last().unwrap_or(self.from())
    }

    /// First days of the ranges in which the rules do not change.
    pub fn range_starts(&self) -> impl Iterator<Item = Day> + '_ {
        self.ranges.iter().map(|(day, _)| *day)
    }

    /// Counters that end because another rule goes on from them: number, last day that counts, and
    /// the name that they had in an edition of the package without that rule.
    pub fn ended_counters(&self) -> impl Iterator<Item = (CounterId, Day, String)> + '_ {
        crate::counters::ended(&self.compiled.counters, &self.compiled.counter_names)
    }

    /// All facts that its package can read.
    pub fn facts(&self) -> &[Fact] {
        &self.compiled.registry.facts
    }

    /// What a reason code says.
    pub fn reason_text(&self, code: &str) -> &str {
        let found = self.compiled.reasons.iter().find(|(known, _)| known == code);
        found.map_or("", |(_, text)| text)
    }

    /// The quoted articles.
    pub fn articles(&self) -> impl Iterator<Item = &Article> {
        self.compiled.articles.iter()
    }

    /// What to write where an article is cited that is not quoted: the nearest one that is.
    pub(crate) fn articles_beside(&self, key: &str) -> String {
        let near = nearest(key, self.articles().map(|article| article.key.as_str()));
        let hint = near.map(|near| format!("，是否想写 {near}？")).unwrap_or_default();
        format!("写作 文件:条款，条款是 source/ 里标题的第一个词{hint}")
    }

    /// The quoted article of `document:anchor`.
    pub fn article(&self, key: &str) -> Option<&Article> {
        self.compiled.articles.get(key)
    }
}

impl Fact {
    /// The place of the fact's value among the encounter's (or charge's) facts, if a case states it.
    pub fn place(&self) -> Option<usize> {
        match self.source {
            crate::facts::Source::Raw(place) => Some(usize::from(place)),
            _ => None,
        }
    }
}

impl Area {
    /// The visit-level facts of a case that states none, for callers that bind many visits at once.
    pub fn default_facts(&self) -> Vec<i64> {
        self.compiled.registry.of_visits.clone()
    }

    /// The facts of a charge that states none.
    pub fn default_charge_facts(&self) -> Vec<i64> {
        self.compiled.registry.of_charges.clone()
    }
}
