//! `gongji member import`: a list of members into the register.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use gongji_domain::Day;
use indicatif::{ProgressBar, ProgressStyle};

use super::Officer;
use crate::agency::import::{Bad, Reading, Report, Wanted, import};
use crate::cli::account::counter::Counter;
use crate::cli::excel::csv;
use crate::cli::paint;
use crate::his::book::Told;

/// How many bad cells the terminal shows.
const SHOWN: usize = 20;

/// Import a list of members (参保登记批量导入)
///
/// Reads .csv, .tsv and .xlsx (first sheet) with headings in Chinese or English: 人员编号 (number) in each row; for
/// somebody new also 姓名, 证件号码, 出生日期, 统筹区, 人员类别, 参保身份, 参保日期. A row of a known member tells what is
/// different from 生效日期 on. Every row is checked; if one is bad nothing is written, unless --skip-bad is given.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    counter: Counter,
    #[command(flatten)]
    officer: Officer,
    /// 生效日期 of rows that say none: from when what differs holds
    #[arg(long, value_name = "DATE")]
    from: Option<Day>,
    /// 统筹区 of rows that say none
    #[arg(long, value_name = "AREA")]
    area: Option<String>,
    /// Check only; write nothing
    #[arg(long)]
    dry_run: bool,
    /// Import the rows that are right although others are bad
    #[arg(long)]
    skip_bad: bool,
    /// Write every bad cell to this file (CSV, opens in Excel)
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

const EXAMPLE: &str = "\
EXAMPLES
  gongji member import members.xlsx --by 张经办 --area 500000 --dry-run
  gongji member import members.csv --by 张经办 --store centre.db --skip-bad --report bad.csv
  gongji member import bases-2024.csv --by 张经办 --from 2024-01-01 --why 年度基数核定

EXIT STATUS
  0 imported (or would be), 1 rows are bad, 2 a file or the store cannot be used";

/// Imports.
///
/// # Errors
/// When a file cannot be read or has no head, or the store cannot be used.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let opened = options.counter.open()?;
    let bar = ProgressBar::new(0);
    bar.set_style(ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} 行（剩 {eta}）")?);
    let Officer { by, why, document } = options.officer.clone();
    let read = |path: &PathBuf| {
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let bytes = std::fs::read(path).with_context(|| format!("无法读取 {}", path.display()))?;
        anyhow::Ok((name, bytes))
    };
    let files: Vec<(String, Vec<u8>)> = options.files.iter().map(read).collect::<Result<_, _>>()?;
    let wanted = Wanted {
        store: &opened.store,
        reading: Reading { decider: &*opened.decider, area: options.area.as_deref(), from: options.from, only: None },
        files: &files,
        now: opened.now,
        told: Told { by, why, document },
        dry_run: options.dry_run,
        skip_bad: options.skip_bad,
    };
    let report = import(&wanted, &mut |what, done, all| {
        bar.set_message(what);
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    if let Some(path) = &options.report {
        let row = |bad: &Bad| {
            let Bad { file, line, column, given, allowed } = bad.clone();
            [name_of(&report, file).to_owned(), line.to_string(), column.to_string(), given, allowed]
        };
        csv(path, ["文件", "行", "列", "给出", "应为"], report.bad.iter().map(row))?;
    }
    tell(&report)?;
    Ok(if report.bad.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn tell(report: &Report) -> anyhow::Result<()> {
    let mut out = anstream::stdout();
    for (name, encoding, unknown) in &report.files {
        writeln!(out, "{name}：{encoding}")?;
        if !unknown.is_empty() {
            writeln!(out, "  不认识的列，未导入：{}", unknown.join("、"))?;
        }
    }
    for bad in report.bad.iter().take(SHOWN) {
        let Bad { file, line, column, given, allowed } = bad;
        let of = if report.files.len() > 1 { format!("{} ", name_of(report, *file)) } else { String::new() };
        let line = format!("{of}第 {line} 行 {column}：给出「{given}」，应为{allowed}");
        writeln!(out, "{}", paint::in_style(paint::WRONG, &line))?;
    }
    if report.bad.len() > SHOWN {
        writeln!(out, "……共 {} 处有误，用 --report 文件 写出全部", report.bad.len())?;
    }
    let Report { read, enrolled, changed, same, bad, .. } = report;
    writeln!(out, "读 {read} 行：新登记 {enrolled}，变更 {changed}，未变 {same}，有误 {} 处", bad.len())?;
    let end = match (report.refused, report.dry_run, enrolled + changed) {
        (true, ..) => "有误，什么都没有写入：改正后重新导入，或加 --skip-bad 只导入无误的行",
        (_, true, _) => "试运行，什么都没有写入",
        (_, _, 0) => "与登记相同，没有写入",
        _ => "已登记",
    };
    writeln!(out, "{}", paint::in_style(paint::TITLE, end))?;
    Ok(())
}

/// The name of a file by its place.
fn name_of(report: &Report, file: usize) -> &str {
    report.files.get(file).map_or("", |(name, ..)| name)
}
