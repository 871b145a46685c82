//! `gongji policy check`: everything wrong with packages, each fault drawn in its line, and their
//! worked cases run.

use super::load::{self, Policies};
use super::paint::{self, TITLE, WRONG, in_style};
use crate::policy::check::{self, Counts};
use crate::serve::clock::today;
use anyhow::bail;
use gongji_policy::{Folder, Library};
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

/// Checks one folder and draws what was found.
fn check(target: &Folder, targets: &[Folder], around: &[Folder], output: &mut dyn Write) -> anyhow::Result<Counts> {
    let checked = check::check(target, targets, around, today());
    let faults = checked.faults.iter().map(|fault| (target.name.as_str(), fault));
    paint::faults(faults, checked.library.files(), output)?;
    let counts = checked.counts();
    writeln!(output, "{}\n", in_style(if counts.errors > 0 { WRONG } else { TITLE }, &checked.summary()))?;
    Ok(counts)
}
