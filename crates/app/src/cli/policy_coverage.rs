//! `gongji policy coverage`: which articles and which rows of tables the worked cases exercise.

use super::load::Policies;
use super::paint::{STRONG, TITLE, WRONG, in_style};
use super::policy_check;
use crate::policy::check::{beside, rows_words};
use anyhow::bail;
use gongji_policy::{Area, ArticleCoverage, CaseReport, Library, RowCoverage, line_column};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Write;
use std::process::ExitCode;

/// Show which articles and rows of tables the worked cases exercise (算例覆盖)
///
/// For each quoted article the cases that cite it, or why it has none; for each row of the tables
/// of benefits, lines, access and derived facts how many cases exercised it and the first. A row
/// counts when it held for a visit and the benefit acted on it. Rows without a case come first.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    policies: Policies,
    /// text for people, json for programs: one object a line for each area
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Division codes (医保区划) of packages that ship, package folders, or folders of package
    /// folders; everything when left out
    #[arg(value_name = "AREA|DIR")]
    targets: Vec<String>,
}

/// How it is written.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji policy coverage 500000
  gongji policy coverage my-area/ --format json

EXIT STATUS
  0 done, 2 the arguments cannot be used or a package has errors";

/// Shows the coverage of everything asked for.
///
/// # Errors
/// When a target is not there or its package cannot be used, or the report cannot be written.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let around = options.policies.folders()?;
    let targets = policy_check::targets(&options.targets, &around)?;
    let mut output = anstream::stdout().lock();
    for target in targets.iter().filter(|target| target.name != "framework") {
        let library = Library::load(&beside(target, &targets, &around));
        let area = library.areas().find(|area| area.folder == target.name);
        let Some((area, report)) = area.and_then(|area| Some((area, library.run_cases(area.code())?))) else {
            bail!("the package in {} has errors; `gongji policy check` shows them", target.name);
        };
        match options.format {
            Format::Text => write!(output, "{}", text(&library, area, &report))?,
            Format::Json => writeln!(output, "{}", as_json(&library, area, &report))?,
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn text(library: &Library, area: &Area, report: &CaseReport) -> String {
    let mut text = String::new();
    let title = format!("{} {}（{}）：{}", area.code(), area.name(), area.folder, rows_words(report));
    let _ = writeln!(text, "{}\n", in_style(TITLE, &title));
    let (idle, walked): (Vec<_>, Vec<_>) = report.rows.iter().partition(|row| row.cases == 0);
    if !idle.is_empty() {
        let _ = writeln!(text, "{}", in_style(WRONG, &format!("没有算例走到的行（{} 行）", idle.len())));
        idle.iter().for_each(|row| line(&mut text, library, row));
        text.push('\n');
    }
    let _ = writeln!(text, "{}", in_style(STRONG, &format!("算例走到的行（{} 行）", walked.len())));
    walked.iter().for_each(|row| line(&mut text, library, row));
    let _ = writeln!(text, "\n{}", in_style(STRONG, &format!("条文（{} 条）", report.coverage.len())));
    report.coverage.iter().for_each(|article| article_line(&mut text, article));
    text.push('\n');
    text
}

fn line(text: &mut String, library: &Library, row: &RowCoverage) {
    let _ = write!(text, "  {}  {}  {} → {}", place(library, row), row.path, row.when, row.says);
    let _ = match &row.first {
        Some(first) => writeln!(text, "  {} 个算例，如 {first}", row.cases),
        None => writeln!(text),
    };
}

fn article_line(text: &mut String, article: &ArticleCoverage) {
    let said = match (article.cases.as_slice(), &article.without_case) {
        ([], Some(reason)) => format!("无算例：{reason}"),
        ([], None) => "没有算例，也没有写明原因".to_owned(),
        (cases, _) => format!("{} 个算例：{}", cases.len(), by_heading(cases)),
    };
    let _ = writeln!(text, "  {}  {said}", article.article);
}

/// How many cases under one heading are named for people; the JSON names all.
const MOST_NAMES: usize = 3;

/// `heading（name、name）；heading（name）`.
fn by_heading(cases: &[(String, String)]) -> String {
    let one = |cases: &[(String, String)]| {
        let names: Vec<&str> = cases.iter().take(MOST_NAMES).map(|(_, name)| name.as_str()).collect();
        let more = if cases.len() > MOST_NAMES { format!("等 {} 个", cases.len()) } else { String::new() };
        format!("{}（{}{more}）", cases[0].0, names.join("、"))
    };
    cases.chunk_by(|a, b| a.0 == b.0).map(one).collect::<Vec<_>>().join("；")
}

/// `file:line`.
fn place(library: &Library, row: &RowCoverage) -> String {
    match library.files().get(usize::from(row.at.file)) {
        Some(file) => format!("{}:{}", file.path, line_column(&file.text, row.at.start as usize).0),
        None => row.path.clone(),
    }
}

fn as_json(library: &Library, area: &Area, report: &CaseReport) -> Value {
    let article = |one: &ArticleCoverage| {
        let cases: Vec<String> = one.cases.iter().map(|(heading, name)| format!("{heading}/{name}")).collect();
        json!({"article": one.article, "cases": cases, "without_case": one.without_case})
    };
    let row = |one: &RowCoverage| {
        json!({"place": place(library, one), "table": one.path, "when": one.when, "says": one.says,
            "cases": one.cases, "first": one.first})
    };
    json!({"area": area.code(), "name": area.name(), "folder": area.folder,
        "articles": report.coverage.iter().map(article).collect::<Vec<_>>(),
        "rows": report.rows.iter().map(row).collect::<Vec<_>>()})
}
