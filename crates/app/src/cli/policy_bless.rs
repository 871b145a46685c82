//! `gongji policy bless`: what worked cases expect beside what the package gives, and writing down
//! the figures of the cases that somebody has read. Without a name it changes no file.

use super::load::{self, Policies};
use super::paint::{self, QUIET, STRONG, TITLE, WRONG, in_style, wrap};
use super::{boundaries, sheet};
use crate::policy::check::beside;
use anyhow::{Context, bail};
use gongji_domain::Day;
use gongji_policy::{Area, CaseResult, CellDiffers, Folder, Library, RowDiffers, Severity};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Compare worked cases (算例) with what the package gives, and write down what was read
///
/// Shows every figure that differs, old → new, with the steps and articles that made the new one.
/// Nothing is written unless its case is named with --case, or --all is given: first find out by
/// the article which of the two is wrong.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    policies: Policies,
    /// The package's folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Write the new figures of this case: its heading (标题), its name (例), or `标题/例`
    ///
    /// May be given several times.
    #[arg(long = "case", value_name = "标题|例")]
    cases: Vec<String>,
    /// Write the new figures of all cases that differ
    #[arg(long, conflicts_with = "cases")]
    all: bool,
    /// Print cases one fen below, at and above each deductible, segment and limit instead
    ///
    /// As a file of cases, with figures that the program worked out: to be read before it is kept.
    #[arg(long, conflicts_with_all = ["cases", "all"])]
    boundaries: bool,
    /// With --boundaries: the service day (就诊日期); the newest rules when left out
    #[arg(long, value_name = "DATE", requires = "boundaries")]
    on: Option<Day>,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji policy bless my-area/
  gongji policy bless my-area/ --case '起付、比例、限额'
  gongji policy bless my-area/ --boundaries > my-area/cases/boundaries.md

EXIT STATUS
  0 nothing differs any more, 1 something does or the package has errors, 2 the arguments cannot be used";

/// Shows, and writes where that was asked for.
///
/// # Errors
/// When the folder cannot be used, a named case does not exist, or a file cannot be written.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let (library, folder) = load(options)?;
    let Some(area) = library.areas().find(|area| area.folder == folder.name) else {
        return refuse(&library, &folder);
    };
    if options.boundaries {
        let text = boundaries::of_area(&library, area, options.on, &folder.name)?;
        anstream::stdout().write_all(text.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let cases = own_cases(&library, area, &folder);
    let approved = approved(options, &cases)?;
    let mut text = String::new();
    for case in cases.iter().filter(|case| !case.passed) {
        show(&mut text, case, &library, approved(case));
    }
    let written = write(cases.iter().filter(|case| approved(case)), &library)?;
    summary(&mut text, &cases, written, &folder, area);
    anstream::stdout().write_all(text.as_bytes())?;
    let differs = if written > 0 { still_differs(options)? } else { cases.iter().any(|case| !case.passed) };
    Ok(ExitCode::from(u8::from(differs)))
}

/// The package among those around it, and its folder.
fn load(options: &Options) -> anyhow::Result<(Library, Folder)> {
    let folder = folder(options)?;
    let around = options.policies.folders()?;
    let library = Library::load(&beside(&folder, std::slice::from_ref(&folder), &around));
    Ok((library, folder))
}

/// Whether a case differs now that files were written.
fn still_differs(options: &Options) -> anyhow::Result<bool> {
    let (library, folder) = load(options)?;
    let area = library.areas().find(|area| area.folder == folder.name);
    Ok(area.is_none_or(|area| own_cases(&library, area, &folder).iter().any(|case| !case.passed)))
}

fn folder(options: &Options) -> anyhow::Result<Folder> {
    let mut folders = load::on_disk(&options.folder)?;
    match (folders.pop(), folders.is_empty()) {
        (Some(folder), true) if folder.name != "framework" => Ok(folder),
        _ => bail!("{} 里不止一个包：写一个统筹区的文件夹", options.folder.display()),
    }
}

/// Figures of a package with errors say nothing.
fn refuse(library: &Library, folder: &Folder) -> anyhow::Result<ExitCode> {
    let faults = library.faults().iter().filter(|(of, fault)| *of == folder.name && fault.severity == Severity::Error);
    let faults = faults.map(|(folder, fault)| (folder.as_str(), fault));
    paint::faults(faults, library.files(), &mut anstream::stderr())?;
    eprintln!("{}：包有错误，算例没有运行；先改正", folder.name);
    Ok(ExitCode::from(1))
}

/// The cases in files of the folder itself, not of the package that it extends.
fn own_cases(library: &Library, area: &Area, folder: &Folder) -> Vec<CaseResult> {
    let cases = library.run_cases(area.code()).map(|report| report.cases).unwrap_or_default();
    let path = |case: &CaseResult| library.files().get(usize::from(case.at.file)).map(|file| &file.path);
    let own = |case: &CaseResult| folder.files.iter().any(|file| Some(&file.path) == path(case));
    cases.into_iter().filter(own).collect()
}

/// Which cases may be written; every name must be one.
fn approved<'a>(options: &'a Options, cases: &[CaseResult]) -> anyhow::Result<impl Fn(&CaseResult) -> bool + 'a> {
    fn named(case: &CaseResult, name: &str) -> bool {
        case.heading == name
            || case.name == name
            || name.strip_prefix(&case.heading).and_then(|rest| rest.strip_prefix('/')) == Some(&case.name)
    }
    for name in &options.cases {
        if !cases.iter().any(|case| named(case, name)) {
            let mut headings: Vec<&str> =
                cases.iter().filter(|case| !case.passed).map(|case| case.heading.as_str()).collect();
            headings.dedup();
            let differ = if headings.is_empty() {
                "没有不相符的算例".to_owned()
            } else {
                format!("不相符的：{}", headings.join("；"))
            };
            bail!("没有标题或例名是“{name}”的算例；{differ}");
        }
    }
    Ok(move |case: &CaseResult| !case.passed && (options.all || options.cases.iter().any(|name| named(case, name))))
}

fn show(text: &mut String, case: &CaseResult, library: &Library, approved: bool) {
    let file = library.files().get(usize::from(case.at.file));
    let place = file.map(|file| {
        let (line, _) = gongji_policy::line_column(&file.text, case.at.start as usize);
        format!("{}:{line}", file.path)
    });
    let _ = writeln!(text, "{}", in_style(TITLE, &format!("{}/{}", case.heading, case.name)));
    let _ = writeln!(
        text,
        "{}",
        in_style(QUIET, &format!("  {}　依据 {}", place.unwrap_or_default(), case.articles.join("、")))
    );
    if case.differs.is_empty() {
        let _ = writeln!(text, "  {}\n", in_style(WRONG, "这个算例不能判定，不能写入：用 gongji policy check 看原因"));
        return;
    }
    for row in &case.differs {
        show_row(text, row);
    }
    if approved {
        let _ = writeln!(text, "  {}\n", in_style(STRONG, "已写入"));
    }
}

fn show_row(text: &mut String, row: &RowDiffers) {
    let _ = writeln!(text, "  第 {} 次就诊", row.visit);
    for CellDiffers { column, expected, got, .. } in &row.cells {
        let _ = writeln!(text, "    {} {} → {}", paint::padded(column, 18), expected, in_style(STRONG, got));
    }
    let _ = writeln!(text);
    sheet::steps(text, &row.steps, &mut Vec::new(), paint::width());
}

/// Puts the new figures into the files, from the last to the first; gives how many.
fn write<'a>(cases: impl Iterator<Item = &'a CaseResult>, library: &Library) -> anyhow::Result<usize> {
    let mut files: BTreeMap<u16, Vec<&CellDiffers>> = BTreeMap::new();
    for cell in cases.flat_map(|case| &case.differs).flat_map(|row| &row.cells) {
        files.entry(cell.at.file).or_default().push(cell);
    }
    let mut written = 0;
    for (number, mut cells) in files {
        let Some(file) = library.files().get(usize::from(number)) else { continue };
        let mut text = file.text.to_string();
        cells.sort_by_key(|cell| std::cmp::Reverse(cell.at.start));
        for cell in &cells {
            text.replace_range(cell.at.start as usize..cell.at.end as usize, &cell.got);
        }
        std::fs::write(&*file.path, text).with_context(|| format!("不能写 {}", file.path))?;
        written += cells.len();
    }
    Ok(written)
}

fn summary(text: &mut String, cases: &[CaseResult], written: usize, folder: &Folder, area: &Area) {
    let differ: Vec<&CaseResult> = cases.iter().filter(|case| !case.passed).collect();
    let cells: usize = differ.iter().flat_map(|case| &case.differs).map(|row| row.cells.len()).sum();
    let line = format!(
        "{} {}：算例 {} 个，不相符 {} 个、{cells} 处；写入 {written} 处",
        area.code(),
        area.name(),
        cases.len(),
        differ.len()
    );
    let _ = writeln!(text, "{}", in_style(if written < cells { WRONG } else { TITLE }, &line));
    if written < cells {
        let advice = format!(
            "逐个按条文核对：规则错了改规则；算例错了再写入，gongji policy bless {} --case '标题/例'",
            folder.name
        );
        for line in wrap(&advice, paint::width()) {
            let _ = writeln!(text, "{line}");
        }
    }
}
