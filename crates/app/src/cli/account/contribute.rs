//! `gongji account contribute`: contributions from the tax office's feed (缴费到账).

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;

use super::desk::{Bar, Desk, Format, book};
use crate::agency::contribute::{Bad, Report, Wanted};
use crate::cli::excel::csv;
use crate::cli::paint::{QUIET, TITLE, WRONG, in_style};
use crate::his::moment::Moment;
use crate::serve::clock::{ChinaTime, Clock as _};

/// How many bad rows the terminal shows.
const SHOWN: usize = 20;

/// Take in contributions from the tax office's feed (缴费到账): .csv, .tsv or .xlsx, one row a member and month
///
/// Columns, in any order: 人员编号 or 证件号码, 费款所属期, 缴费基数, 个人缴费, 单位缴费, 到账日期 (or number,
/// certificate, month, base, own, pooled, received). Text is UTF-8 or GB18030. A row is refused when its base lies
/// beyond the area's floor or ceiling, or the member's own part is not the area's rate of it; what differs in
/// the employer's part is noted. Money that came after its month is back-pay (补缴). A file that is given again
/// changes nothing.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    desk: Desk,
    /// Check only; write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write every bad row, and what was noted, to this file (CSV, opens in Excel)
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji account contribute 2024-01.csv --store gongji.db --dry-run
  gongji account contribute 2024-01.xlsx --store gongji.db --by 王经办 --report bad.csv

EXIT STATUS
  0 all rows were taken (or would be), 1 some rows are bad, 2 the file or the store cannot be used";

/// Takes it in.
///
/// # Errors
/// When the file, the packages or the store cannot be used.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let policies = options.desk.policies()?;
    let name = options.file.display().to_string();
    let bytes = std::fs::read(&options.file).with_context(|| format!("无法读取 {name}"))?;
    let store = if options.dry_run { None } else { Some(options.desk.open(&policies)?) };
    let wanted = Wanted {
        policies: policies.clone(),
        known_on: Moment::of(ChinaTime.now()).day,
        by: options.desk.by.clone(),
        only: None,
    };
    let bar = Bar::new("缴费")?;
    let reader = options.desk.read()?;
    let report = wanted
        .run((&name, &bytes), &reader, &book(&policies), store.as_ref(), &ChinaTime, |done, all| bar.at(done, all))?;
    drop(bar);
    if let Some(path) = &options.report {
        let row = |kind: &'static str| {
            move |bad: &Bad| {
                [kind.to_owned(), bad.row.to_string(), bad.column.to_owned(), bad.given.clone(), bad.allowed.clone()]
            }
        };
        let rows = report.bad.iter().map(row("有误")).chain(report.noted.iter().map(row("提示")));
        csv(path, ["类别", "行", "列", "给出", "应为"], rows)?;
    }
    tell(options, &report)?;
    Ok(if report.bad.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn tell(options: &Options, report: &Report) -> anyhow::Result<()> {
    let mut out = anstream::stdout();
    if options.format == Format::Json {
        let told = serde_json::json!({"report": report, "bad": report.bad.len(), "noted": report.noted.len()});
        writeln!(out, "{}", serde_json::to_string_pretty(&told)?)?;
        return Ok(());
    }
    let said = |bad: &Bad| format!("第 {} 行 {}：给出「{}」，应为{}", bad.row, bad.column, bad.given, bad.allowed);
    for bad in report.bad.iter().take(SHOWN) {
        writeln!(out, "{}", in_style(WRONG, &said(bad)))?;
    }
    for noted in report.noted.iter().take(SHOWN) {
        writeln!(out, "{}", in_style(QUIET, &format!("提示：{}", said(noted))))?;
    }
    if report.bad.len().max(report.noted.len()) > SHOWN {
        writeln!(out, "……共 {} 处有误、{} 处提示，用 --report 文件 写出全部", report.bad.len(), report.noted.len())?;
    }
    let Report { read, taken, own, pooled, late, already, divided, bad, .. } = report;
    let head = if report.dry_run { "试运行，什么都没有写入" } else { "缴费已入账" };
    writeln!(out, "{}", in_style(TITLE, head))?;
    writeln!(
        out,
        "读 {read} 行，入账 {taken} 行（补缴 {late}，按比例划分 {divided}），此前已入账 {already}，有误 {}",
        bad.len()
    )?;
    writeln!(out, "个人缴费 {own} 元，进入统筹基金 {pooled} 元")?;
    Ok(())
}
