//! Worked cases beside the rules: `cases/*.md`, Markdown tables that a person can read and a
//! runner decides. The format is in `docs/reference/cases.md`.

mod account;
mod boundary;
mod parse;
mod read;
mod rows;
mod run;
mod worked;

pub use boundary::{Boundary, Profile, Side};
pub use rows::RowCoverage;
pub use worked::{Played, Stopped, WorkedCase};

use crate::case::StepText;
use crate::fault::{At, Fault, Severity};
use crate::library::{Area, Library};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// What running an area's cases gave.
#[derive(Clone, Debug, Default)]
pub struct CaseReport {
    /// Every case, in the order of the files.
    pub cases: Vec<CaseResult>,
    /// What is wrong: rows that cannot be read, amounts that differ, articles without a case.
    pub faults: Vec<Fault>,
    /// Which cases cite each quoted article.
    pub coverage: Vec<ArticleCoverage>,
    /// Which cases exercise each row of the tables that decide.
    pub rows: Vec<RowCoverage>,
}

/// One case and how it came out.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// The heading that it stands under.
    pub heading: String,
    /// Its name in the table.
    pub name: String,
    /// Its first row.
    pub at: At,
    /// The articles that its section cites.
    pub articles: Vec<String>,
    /// The articles that the engine's explanation of it named.
    pub hit: BTreeSet<String>,
    /// How many amounts and outcomes were compared.
    pub checked: usize,
    /// Whether all of them agreed.
    pub passed: bool,
    /// The rows of which something came out differently.
    pub differs: Vec<RowDiffers>,
}

/// A row that came out differently, with how its figures came about.
#[derive(Clone, Debug)]
pub struct RowDiffers {
    /// Which visit of the case, counted from one.
    pub visit: usize,
    /// What differs.
    pub cells: Vec<CellDiffers>,
    /// How the figures came about, each with its article.
    pub steps: Vec<StepText>,
}

/// A cell that came out differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellDiffers {
    /// The cell.
    pub at: At,
    /// What it is about.
    pub column: String,
    /// What is written.
    pub expected: String,
    /// What came out.
    pub got: String,
}

/// Which cases exercise an article.
#[derive(Clone, Debug)]
pub struct ArticleCoverage {
    /// `document:anchor`.
    pub article: String,
    /// The cases that cite it: their headings and names.
    pub cases: Vec<(String, String)>,
    /// How many cases cite it.
    pub cited: usize,
    /// How many cases' explanations name it.
    pub hit: usize,
    /// Why it needs no case, if somebody wrote it.
    pub without_case: Option<String>,
}

impl Library {
    /// Runs the cases of an area against its rules; [`None`] if the area is not loaded.
    pub fn run_cases(&self, code: &str) -> Option<CaseReport> {
        let area = self.area(code)?;
        let (mut report, mut exercised) = (CaseReport::default(), Vec::new());
        for (number, text) in self.case_files(area) {
            for section in parse::sections(number, text, &mut report.faults) {
                exercised.extend(run::section(self, area, &section, &mut report));
            }
        }
        coverage(area, &mut report);
        report.rows = rows::coverage(area, &exercised);
        report.faults.extend(rows::note(&report.rows));
        Some(report)
    }
}

/// Every quoted article needs a case that cites it, or a written reason.
fn coverage(area: &Area, report: &mut CaseReport) {
    let (mut cited, mut hit): (BTreeMap<&str, usize>, BTreeMap<&str, usize>) = (BTreeMap::new(), BTreeMap::new());
    for case in &report.cases {
        for article in &case.articles {
            *cited.entry(article).or_default() += 1;
        }
        for article in &case.hit {
            *hit.entry(article).or_default() += 1;
        }
    }
    for article in area.articles().filter(|article| !article.lent) {
        let coverage = ArticleCoverage {
            article: article.key.clone(),
            cases: citing(&report.cases, &article.key),
            cited: cited.get(article.key.as_str()).copied().unwrap_or(0),
            hit: hit.get(article.key.as_str()).copied().unwrap_or(0),
            without_case: article.without_case.clone(),
        };
        if coverage.cited == 0 && coverage.without_case.is_none() {
            let found = format!("{} 没有算例，也没有写明原因", article.to_text());
            let allowed = "在 cases/ 里写一个引用它的算例，或在引文下写“无算例：原因”";
            report.faults.push(Fault::error("article_without_case", article.at, found, allowed));
        }
        report.coverage.push(coverage);
    }
}

fn citing(cases: &[CaseResult], article: &str) -> Vec<(String, String)> {
    let cites = |case: &&CaseResult| case.articles.iter().any(|cited| cited == article);
    cases.iter().filter(cites).map(|case| (case.heading.clone(), case.name.clone())).collect()
}

impl CaseReport {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.faults.iter().all(|fault| fault.severity != Severity::Error)
    }
}
