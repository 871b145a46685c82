//! `gongji policy check`: everything wrong with packages, each fault drawn in its line, and their
//! worked cases run.

use super::load::{self, Policies};
use super::paint::{self, TITLE, WRONG, in_style};
use crate::serve::clock::today;
use anyhow::bail;
use gongji_policy::{CaseReport, Fault, Folder, Library, Severity};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// Check policy packages (政策包) and run their worked cases (算例)
///
/// Draws every fault under its line, with what was found, what is allowed, and the article that
/// demands it: errors (错误), warnings (提示) and notes (说明). Runs the cases beside the rules.
/// A package folder is checked against the frameworks that ship unless it brings its own.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    policies: Policies,
    /// Division codes (医保区划) of packages that ship, package folders, or folders of package
    /// folders; everything when left out
    #[arg(value_name = "AREA|DIR")]
    targets: Vec<String>,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji policy check
  gongji policy check 500000
  gongji policy check my-area/ --policies my-frameworks/

EXIT STATUS
  0 no errors (there may be warnings), 1 errors, 2 the arguments cannot be used";

/// What was found, over all packages.
#[derive(Clone, Copy, Default)]
struct Counts {
    errors: usize,
    warnings: usize,
    notes: usize,
    cases: usize,
}

/// Checks everything asked for.
///
/// # Errors
/// When a target is not there, or the report cannot be written.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let around = options.policies.folders()?;
    let targets = targets(&options.targets, &around)?;
    let mut output = anstream::stdout().lock();
    let mut all = Counts::default();
    for target in &targets {
        let counts = check(target, &targets, &around, &mut output)?;
        all.errors += counts.errors;
        all.warnings += counts.warnings;
        all.notes += counts.notes;
        all.cases += counts.cases;
    }
    if targets.len() > 1 {
        let Counts { errors, warnings, notes, cases } = all;
        let total = format!("合计 {} 个：错误 {errors}，提示 {warnings}，说明 {notes}；算例 {cases} 个", targets.len());
        writeln!(output, "{}", in_style(if errors > 0 { WRONG } else { TITLE }, &total))?;
    }
    Ok(ExitCode::from(u8::from(all.errors > 0)))
}

/// The folders to look at: those named, or all.
pub(super) fn targets(named: &[String], around: &[Folder]) -> anyhow::Result<Vec<Folder>> {
    let shipped = load::shipped();
    if named.is_empty() {
        let given = around.iter().filter(|folder| !shipped.contains(folder));
        return Ok(shipped.iter().chain(given).cloned().collect());
    }
    let library = Library::load(around);
    let mut targets = Vec::new();
    for name in named {
        let area = library.area(name).map(|area| area.folder.as_str());
        let folder = |folder: &&Folder| Some(folder.name.as_str()) == area || folder.name == *name;
        if let Some(folder) = around.iter().rev().chain(&shipped).find(folder) {
            targets.push(folder.clone());
        } else if Path::new(name).exists() {
            targets.extend(load::on_disk(Path::new(name))?);
        } else {
            let known: Vec<&str> = shipped.iter().map(|folder| folder.name.as_str()).collect();
            bail!("{name} is neither a package that ships ({}) nor a folder on disk", known.join(", "));
        }
    }
    Ok(targets)
}

/// Checks one folder beside all others; of several for one area each is checked by itself.
fn check(target: &Folder, targets: &[Folder], around: &[Folder], output: &mut dyn Write) -> anyhow::Result<Counts> {
    let folders = beside(target, targets, around);
    let library = Library::load(&folders);
    let area = library.areas().find(|area| area.folder == target.name);
    let report = area.and_then(|area| library.run_cases(area.code()));
    let paths: BTreeSet<&str> = target.files.iter().map(|file| &*file.path).collect();
    let mine = |(folder, fault): &&(String, Fault)| {
        let file = fault.at.and_then(|at| library.files().get(usize::from(at.file)));
        *folder == target.name && (target.name != "framework" || file.is_none_or(|file| paths.contains(&*file.path)))
    };
    let mut faults: Vec<&Fault> = library.faults().iter().filter(mine).map(|(_, fault)| fault).collect();
    faults.extend(report.iter().flat_map(|report| &report.faults));
    let proved = area.map(|area| library.prove(area.code(), Some(today()))).unwrap_or_default();
    faults.extend(&proved);
    // What matters most comes last, where people look.
    faults.sort_by_key(|fault| (std::cmp::Reverse(fault.severity), fault.at));
    faults.dedup();
    paint::faults(faults.iter().map(|fault| (target.name.as_str(), *fault)), library.files(), output)?;

    let count = |severity| faults.iter().filter(|fault| fault.severity == severity).count();
    let counts = Counts {
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        notes: count(Severity::Note),
        cases: report.as_ref().map_or(0, |report| report.cases.len()),
    };
    let name =
        area.map_or_else(|| target.name.clone(), |area| format!("{} {}（{}）", area.code(), area.name(), area.folder));
    let cases = match &report {
        Some(report) => cases_words(report),
        None if target.name == "framework" => "上位文件的界限，没有算例".to_owned(),
        None => "有错误，算例没有运行".to_owned(),
    };
    let Counts { errors, warnings, notes, .. } = counts;
    let summary = format!("{name}：错误 {errors}，提示 {warnings}，说明 {notes}；{cases}");
    writeln!(output, "{}\n", in_style(if errors > 0 { WRONG } else { TITLE }, &summary))?;
    Ok(counts)
}

/// The folders among which a target is checked: the target last, without what would hide it, and
/// with what it builds on.
pub(super) fn beside(target: &Folder, targets: &[Folder], around: &[Folder]) -> Vec<Folder> {
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

fn cases_words(report: &CaseReport) -> String {
    let passed = report.cases.iter().filter(|case| case.passed).count();
    let checked: usize = report.cases.iter().map(|case| case.checked).sum();
    let cited = report.coverage.iter().filter(|article| article.cited > 0).count();
    let reasoned =
        report.coverage.iter().filter(|article| article.cited == 0 && article.without_case.is_some()).count();
    let all = report.coverage.len();
    format!(
        "算例 {} 个，相符 {passed} 个，核对 {checked} 处；条文 {all} 条，有算例 {cited} 条，写明无算例 {reasoned} 条；{}",
        report.cases.len(),
        super::policy_coverage::rows_words(report)
    )
}
