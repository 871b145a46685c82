//! `gongji catalogue import`: files of a catalogue become one version, or nothing.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use gongji_domain::Day;
use indicatif::{ProgressBar, ProgressStyle};

use super::kind_named;
use crate::catalogue::check::{Bad, Defaults};
use crate::catalogue::import::{Report, Wanted, import};
use crate::catalogue::{Kind, folder};
use crate::cli::excel::csv;
use crate::cli::paint;
use crate::his::moment::Moment;
use crate::serve::clock::{ChinaTime, Clock as _};

/// How many bad rows the terminal shows.
const SHOWN: usize = 20;

/// Import a catalogue (目录导入) as a new version
///
/// Reads .txt and .tsv (tabs; with a head, or without one in the national order), .csv and .xlsx
/// (first sheet, with a head). A head has national field names or the Chinese headings. Text is
/// UTF-8 or GB18030. Every row is checked; if one is bad nothing is written, unless --skip-bad is
/// given. Rows that are kept already as they are make no new version.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    /// The catalogue: 1301 … 1320 as the transactions are numbered, or restrictions (限制使用规则)
    #[arg(long, value_name = "NUMBER", value_parser = kind_named)]
    kind: &'static Kind,
    /// The folder of the catalogues; made if it is not there
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    /// First day (开始日期) of rows that say none
    #[arg(long, value_name = "DATE")]
    from: Option<Day>,
    /// Division (医保区划) of rows that say none; 100000 is the whole country
    #[arg(long, value_name = "AREA")]
    area: Option<String>,
    /// Check only; write nothing
    #[arg(long)]
    dry_run: bool,
    /// Import the rows that are right although others are bad
    #[arg(long)]
    skip_bad: bool,
    /// Write every bad row to this file (CSV, opens in Excel)
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

const EXAMPLE: &str = "\
EXAMPLES
  gongji catalogue import --kind 1312 --into catalogue --area 500000 items.xlsx --dry-run
  gongji catalogue import --kind 1312 --into catalogue --area 500000 items.xlsx --report bad.csv
  gongji catalogue import --kind 1319 --into catalogue --from 2026-01-01 shares.csv

EXIT STATUS
  0 imported (or would be), 1 rows are bad, 2 a file cannot be read";

/// Imports.
///
/// # Errors
/// When a file cannot be read or has a wrong head, or nothing can be written.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let bar = ProgressBar::new(0);
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} 行")?);
    let moment = Moment::of(ChinaTime.now()).to_string();
    let wanted = Wanted {
        kind: options.kind,
        into: &options.into,
        files: &options.files,
        defaults: Defaults { from: options.from, area: options.area.clone(), moment, version: String::new() },
        skip_bad: options.skip_bad,
        dry_run: options.dry_run,
    };
    let report = import(wanted, |row, all| {
        bar.set_length(all as u64);
        bar.set_position(row as u64);
    })?;
    bar.finish_and_clear();
    if let Some(path) = &options.report {
        let row = |bad: &Bad| {
            let Bad { file, row, column, given, allowed } = bad.clone();
            [name_of(&report, file).to_owned(), row.to_string(), column.to_string(), given, allowed]
        };
        csv(path, ["文件", "行", "列", "给出", "应为"], report.bad.iter().map(row))?;
    }
    tell(options, &report)?;
    Ok(if report.bad.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn tell(options: &Options, report: &Report) -> anyhow::Result<()> {
    let mut out = anstream::stdout();
    for (name, encoding, unknown) in &report.files {
        writeln!(out, "{name}：{encoding}")?;
        if !unknown.is_empty() {
            writeln!(out, "  目录没有的列，未导入：{}", unknown.join("、"))?;
        }
    }
    for bad in report.bad.iter().take(SHOWN) {
        let Bad { file, row, column, given, allowed } = bad;
        let of = if report.files.len() > 1 { format!("{} ", name_of(report, *file)) } else { String::new() };
        writeln!(
            out,
            "{}",
            paint::in_style(paint::WRONG, &format!("{of}第 {row} 行 {column}：给出「{given}」，应为{allowed}"))
        )?;
    }
    if report.bad.len() > SHOWN {
        writeln!(out, "……共 {} 处有误，用 --report 文件 写出全部", report.bad.len())?;
    }
    let Report { read, changed, same, bad, .. } = report;
    writeln!(
        out,
        "{} {}：读 {read} 行，新增或变更 {changed}，未变 {same}，有误 {} 处",
        options.kind.number,
        options.kind.title,
        bad.len()
    )?;
    let end = match report.written {
        Some(version) => format!("已写入版本 {}：{}", folder::name(version), options.into.display()),
        None if report.refused => "有误，什么都没有写入：改正后重新导入，或加 --skip-bad 只导入无误的行".to_owned(),
        None if options.dry_run => "试运行，什么都没有写入".to_owned(),
        None => "与现有版本相同，没有新版本".to_owned(),
    };
    writeln!(out, "{}", paint::in_style(paint::TITLE, &end))?;
    Ok(())
}

/// The name of a file by its place.
fn name_of(report: &Report, file: usize) -> &str {
    report.files.get(file).map_or("", |(name, ..)| name)
}
