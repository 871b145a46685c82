//! Everything wrong with one package beside all others, and its worked cases (算例) run: what `gongji policy check` draws and
//! a page lists.

use std::collections::BTreeSet;

use gongji_domain::Day;
use gongji_policy::{Area, CaseReport, Fault, Folder, Library, Severity};

/// A folder that was checked.
pub(crate) struct Checked {
    pub folder: String,
    /// The packages among which it was checked.
    pub library: Library,
    /// Division code of its area; none when it cannot be used.
    pub area: Option<String>,
    /// Its worked cases; none where there are none to run.
    pub report: Option<CaseReport>,
    /// What was found; what matters most comes last, where people look.
    pub faults: Vec<Fault>,
}

/// What was found, counted.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counts {
    pub errors: usize,
    pub warnings: usize,
    pub notes: usize,
    pub cases: usize,
}

/// Checks one folder beside all others; of several for one area each is checked by itself.
pub(crate) fn check(target: &Folder, targets: &[Folder], around: &[Folder], today: Day) -> Checked {
    let library = Library::load(&beside(target, targets, around));
    let area = library.areas().find(|area| area.folder == target.name);
    let report = area.and_then(|area| library.run_cases(area.code()));
    let mut faults = own_faults(target, &library);
    faults.extend(report.iter().flat_map(|report| report.faults.iter().cloned()));
    faults.extend(area.map(|area| library.prove(area.code(), Some(today))).unwrap_or_default());
    faults.sort_by_key(|fault| (std::cmp::Reverse(fault.severity), fault.at));
    faults.dedup();
    let area = area.map(|area| area.code().to_owned());
    Checked { folder: target.name.clone(), area, report, faults, library }
}

/// What loading found in a folder; of frameworks only what lies in files of this folder.
fn own_faults(target: &Folder, library: &Library) -> Vec<Fault> {
    let paths: BTreeSet<&str> = target.files.iter().map(|file| &*file.path).collect();
    let mine = |(folder, fault): &&(String, Fault)| {
        let file = fault.at.and_then(|at| library.files().get(usize::from(at.file)));
        *folder == target.name && (target.name != "framework" || file.is_none_or(|file| paths.contains(&*file.path)))
    };
    library.faults().iter().filter(mine).map(|(_, fault)| fault.clone()).collect()
}

/// The folders among which a target is checked: the target last, without what would hide it, and
/// with what it builds on.
pub(crate) fn beside(target: &Folder, targets: &[Folder], around: &[Folder]) -> Vec<Folder> {
    let head = target.head();
    let extends = head.as_ref().is_some_and(|head| head.extends.is_some());
    let hides = |folder: &Folder| {
        let over = folder.head().and_then(|head| head.extends);
        !extends && over.is_some() && over == head.as_ref().map(|head| head.area.clone())
    };
    let builds_on = |folder: &Folder| {
        folder.name == "framework" || (extends && folder.head().is_some_and(|head| head.extends.is_none()))
    };
    let others = around.iter().filter(|folder| *folder != target && !hides(folder));
    let more = targets.iter().filter(|folder| *folder != target && !around.contains(folder) && builds_on(folder));
    others.chain(more).chain([target]).cloned().collect()
}

impl Checked {
    pub(crate) fn area(&self) -> Option<&Area> {
        self.area.as_deref().and_then(|code| self.library.area(code))
    }

    pub(crate) fn counts(&self) -> Counts {
        let count = |severity| self.faults.iter().filter(|fault| fault.severity == severity).count();
        Counts {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            notes: count(Severity::Note),
            cases: self.report.as_ref().map_or(0, |report| report.cases.len()),
        }
    }

    /// One line: the package, what was found, and what its cases came to.
    pub(crate) fn summary(&self) -> String {
        let named = |area: &Area| format!("{} {}（{}）", area.code(), area.name(), area.folder);
        let name = self.area().map_or_else(|| self.folder.clone(), named);
        let cases = match &self.report {
            Some(report) => cases_words(report),
            None if self.folder == "framework" => "上位文件的界限，没有算例".to_owned(),
            None => "有错误，算例没有运行".to_owned(),
        };
        let Counts { errors, warnings, notes, .. } = self.counts();
        format!("{name}：错误 {errors}，提示 {warnings}，说明 {notes}；{cases}")
    }
}

pub(crate) fn cases_words(report: &CaseReport) -> String {
    let passed = report.cases.iter().filter(|case| case.passed).count();
    let checked: usize = report.cases.iter().map(|case| case.checked).sum();
    let cited = report.coverage.iter().filter(|article| article.cited > 0).count();
    let reasoned =
        report.coverage.iter().filter(|article| article.cited == 0 && article.without_case.is_some()).count();
    let all = report.coverage.len();
    format!(
        "算例 {} 个，相符 {passed} 个，核对 {checked} 处；条文 {all} 条，有算例 {cited} 条，写明无算例 {reasoned} 条；{}",
        report.cases.len(),
        rows_words(report)
    )
}

/// How many rows of the rules some case exercises.
pub(crate) fn rows_words(report: &CaseReport) -> String {
    let walked = report.rows.iter().filter(|row| row.cases > 0).count();
    format!("表格 {} 行，算例走到 {walked} 行", report.rows.len())
}
