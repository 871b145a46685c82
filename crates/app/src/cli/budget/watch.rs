//! `gongji budget watch`: spending so far beside a year's budget, and in how many comparable years it is exceeded.

use super::rate;
use crate::cli::design::{Common, Format, money, tell};
use crate::design::amount::{amount, scaled};
use crate::design::charts;
use crate::simulate::assumptions::Figure;
use crate::simulate::chart::{Bars, Chart, Fan};
use crate::simulate::report::{Cell, Report, Table};
use crate::simulate::work::{Finished, Work};
use anyhow::{Context as _, bail};
use gongji_domain::{Fen, Rate};
use gongji_microsimulation::budget::{Alert, Watch, Watched, watch};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Watch a year's budget by month (预算预警)
///
/// Spending of the months that have ended is scaled by whole years that one can compare with: past years of a file, or
/// years of simulated people. A likelihood is a count: so many of so many years exceed the budget.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    /// Division code (医保区划) of the area
    #[arg(value_name = "AREA")]
    area: String,
    /// The year's budget, such as 80945.49万元
    #[arg(long, value_name = "AMOUNT", value_parser = money)]
    budget: Fen,
    /// Spending so far: CSV with the columns month, amount (元)
    #[arg(long, value_name = "FILE")]
    spent: Option<PathBuf>,
    /// Past years instead of simulated ones: CSV with the columns year, month, amount (元)
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// How many people each simulated year has
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(10..=20_000_000))]
    persons: u64,
    /// How many simulated years
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=1000))]
    years: u64,
    /// Seed of the first simulated year
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The year that is simulated; the package's first full year when left out
    #[arg(long, value_name = "YEAR")]
    year: Option<i16>,
    /// From which likelihoods on it is attention (关注), warning (预警) and alarm (告警), such as 20%,50%,80%
    #[arg(long, value_name = "RATE,RATE,RATE", value_delimiter = ',', num_args = 3, value_parser = rate)]
    levels: Vec<Rate>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write an HTML page
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// From which likelihoods on one is warned.
const LEVELS: &str = include_str!("../../../../../simulations/warning.toml");

const EXAMPLE: &str = "\
EXAMPLES
  gongji budget watch 360100 --budget 80945.49万元 --spent spent.csv
  gongji budget watch 360100 --budget 6亿元 --spent spent.csv --history 2020-2024.csv --format json

EXIT STATUS
  0 no warning at the last month, 1 a warning or an alarm, 2 the arguments cannot be used";

/// Watches and prints.
///
/// # Errors
/// When files cannot be read or people cannot be had.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let work = Arc::new(Work::on_terminal());
    let Finished { report, status, .. } = finished(options, &work)?;
    work.finished();
    tell(&report, options.format, options.out.as_deref())?;
    Ok(ExitCode::from(status))
}

/// The work without what is printed of it.
pub(super) fn finished(options: &Options, work: &Arc<Work>) -> anyhow::Result<Finished> {
    let spent = options.spent.as_deref().map(spent).transpose()?.unwrap_or_default();
    let mut report = Report { title: format!("{} 年度预算预警", options.area), ..Report::default() };
    report.facts.push(("budget", "预算", format!("{} 万元", Cell::Wan(options.budget).shown())));
    let years = match &options.history {
        Some(path) => history(path, &mut report)?,
        None => simulated(options, &mut report, work)?,
    };
    let (rates, why) =
        if options.levels.is_empty() { shipped_levels()? } else { (options.levels.clone(), String::new()) };
    let mut levels = [0; 3];
    levels.iter_mut().zip(&rates).for_each(|(level, rate)| *level = rate.millionths());
    let done = watch(&Watch { budget: options.budget, spent, years, levels })?;
    report.tables = vec![months(&done), alerts(&done)];
    let last = done.alerts.last().context("没有可说的月份")?;
    report.notes.insert(0, said(last));
    if let Some(month) = done.first_warning {
        report.notes.insert(1, format!("首次达到预警：{}", when(month)));
    }
    report.notes.push(format!(
        "可能性是计数：可比的年份里有几个超出预算；关注、预警、告警从 {} 起{why}",
        rates.iter().map(ToString::to_string).collect::<Vec<_>>().join("、")
    ));
    let status = u8::from(last.level >= gongji_microsimulation::budget::AlertLevel::Warning);
    Ok(Finished { report, status, ..Finished::default() })
}

/// The levels that ship, as data, and why they are so.
fn shipped_levels() -> anyhow::Result<(Vec<Rate>, String)> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        levels: Figure<[String; 3]>,
    }
    let File { levels } = toml::from_str(LEVELS).context("simulations/warning.toml")?;
    let rates = levels
        .value
        .iter()
        .map(|text| rate(text).map_err(|words| anyhow::anyhow!("simulations/warning.toml：{words}")));
    Ok((rates.collect::<anyhow::Result<_>>()?, format!("（{}）", levels.why)))
}

fn when(month: u32) -> String {
    if month == 0 { "年初".to_owned() } else { format!("{month} 月底") }
}

fn said(alert: &Alert) -> String {
    let crossing = alert.exceeded_in.map(|month| format!("；多半在 {month} 月超出")).unwrap_or_default();
    format!(
        "{}{}：可比的 {} 个年份里 {} 个超出预算，预计全年 {} 万元（{} 至 {}）{crossing}",
        when(alert.month),
        alert.level.words(),
        alert.of,
        alert.exceeding,
        Cell::Wan(alert.expected).shown(),
        Cell::Wan(alert.range.0).shown(),
        Cell::Wan(alert.range.1).shown()
    )
}

/// Spending by month from January without a gap.
fn spent(path: &Path) -> anyhow::Result<Vec<Fen>> {
    let mut months: BTreeMap<u32, Fen> = BTreeMap::new();
    for (row, [month, fen]) in rows(path, ["month", "amount"])? {
        let at = number(path, row, &month, "month")?;
        if months.insert(at, cell(path, row, &fen)?).is_some() {
            bail!("{} 第 {row} 行：{at} 月写了两次", path.display());
        }
    }
    if let Some(missing) = (1..=months.len() as u32).find(|month| !months.contains_key(month)) {
        bail!("{}：没有 {missing} 月；从 1 月起逐月写到最后一个已过的月份", path.display());
    }
    Ok(months.into_values().collect())
}

fn history(path: &Path, report: &mut Report) -> anyhow::Result<Vec<[Fen; 12]>> {
    let mut years: BTreeMap<String, BTreeMap<u32, Fen>> = BTreeMap::new();
    for (row, [year, month, fen]) in rows(path, ["year", "month", "amount"])? {
        let at = number(path, row, &month, "month")?;
        if years.entry(year.clone()).or_default().insert(at, cell(path, row, &fen)?).is_some() {
            bail!("{} 第 {row} 行：{year} 年 {at} 月写了两次", path.display());
        }
    }
    let mut whole = Vec::new();
    for (year, months) in &years {
        let all: Vec<Fen> = months.values().copied().collect();
        let all: [Fen; 12] = all.try_into().map_err(|all: Vec<Fen>| {
            anyhow::anyhow!("{}：{year} 年只有 {} 个月；可比的年份须有 12 个月", path.display(), all.len())
        })?;
        whole.push(all);
    }
    report.notes.push(format!(
        "可比的年份：{}（{}）",
        years.keys().cloned().collect::<Vec<_>>().join("、"),
        path.display()
    ));
    Ok(whole)
}

fn rows<const N: usize>(path: &Path, heads: [&str; N]) -> anyhow::Result<Vec<(usize, [String; N])>> {
    let mut reader = csv::Reader::from_path(path).with_context(|| format!("不能读 {}", path.display()))?;
    let found: Vec<String> =
        reader.headers()?.iter().map(|head| head.trim_start_matches('\u{feff}').trim().to_owned()).collect();
    if found != heads {
        bail!("{} 的表头是 {}；应为 {}", path.display(), found.join(","), heads.join(","));
    }
    let mut rows = Vec::new();
    for (at, record) in reader.records().enumerate() {
        let record = record.with_context(|| format!("{} 第 {} 行", path.display(), at + 2))?;
        rows.push((at + 2, std::array::from_fn(|column| record[column].trim().to_owned())));
    }
    Ok(rows)
}

fn number(path: &Path, row: usize, text: &str, column: &str) -> anyhow::Result<u32> {
    let month = text.parse().ok().filter(|month| (1..=12).contains(month));
    month.with_context(|| format!("{} 第 {row} 行 {column}：给出 {text}，应为 1 至 12", path.display()))
}

fn cell(path: &Path, row: usize, text: &str) -> anyhow::Result<Fen> {
    amount(text).map_err(|fault| anyhow::anyhow!("{} 第 {row} 行 amount：{fault}", path.display()))
}

/// The months of simulated years, each of other people, as of all members.
fn simulated(options: &Options, report: &mut Report, work: &Arc<Work>) -> anyhow::Result<Vec<[Fen; 12]>> {
    let year = options.year.unwrap_or_default();
    let mut common = Common::plain(&options.area, options.persons, options.seed, year);
    common.year = options.year;
    let members = common.members();
    let mut years = Vec::new();
    let mut notes = Vec::new();
    for number in 0..options.years {
        let months = common.on_threads(work, || {
            let (trial, said) = common.trial(options.seed + number, work)?;
            notes = said.notes;
            trial.months().map_err(|why| anyhow::anyhow!("不能模拟：{why}"))
        })??;
        years.push(months.map(|fen| scaled(fen, members, options.persons)));
    }
    report.facts.push(("years", "可比的年份", format!("模拟 {} 个，每个 {} 人", options.years, options.persons)));
    report
        .notes
        .push(format!("每个模拟年份是另一批 {} 人；人数比参保人数少，年份之间的差别比真实的大", options.persons));
    report.notes.extend(notes);
    Ok(years)
}

fn months(done: &Watched) -> Table {
    let heads = [
        ("month", "月份"),
        ("planned", "预算（万元）"),
        ("planned_so_far", "累计预算（万元）"),
        ("spent", "支出（万元）"),
        ("spent_so_far", "累计支出（万元）"),
        ("part", "累计支出÷累计预算"),
    ];
    let mut table = Table::new("months", "逐月预算与支出", &heads).noted("预算按可比年份的季节分到各月");
    let wan = |fen: Option<Fen>| fen.map_or(Cell::Empty, Cell::Wan);
    for month in &done.months {
        table.row(vec![
            Cell::Count(month.month.into()),
            Cell::Wan(month.planned),
            Cell::Wan(month.planned_so_far),
            wan(month.spent),
            wan(month.spent_so_far),
            month.spent_so_far.map_or(Cell::Empty, |spent| Cell::part(spent, month.planned_so_far)),
        ]);
    }
    let spent: Vec<f64> = done.months.iter().map_while(|month| month.spent.map(charts::wan)).collect();
    let planned = done.months.iter().map(|month| charts::wan(month.planned)).collect();
    table.charts.push(Chart::Bars(Bars {
        title: "各月预算与支出（万元）",
        labels: (1..=12).map(|month| format!("{month} 月")).collect(),
        series: vec![("预算".to_owned(), planned), ("支出".to_owned(), spent)],
        colours: &[5, 0],
    }));
    table
}

fn alerts(done: &Watched) -> Table {
    let heads = [
        ("month", "时点"),
        ("level", "预警"),
        ("exceeding", "超出的年份"),
        ("of", "可比的年份"),
        ("likelihood", "可能性"),
        ("expected", "预计全年（万元）"),
        ("low", "最低（万元）"),
        ("high", "最高（万元）"),
        ("exceeded_in", "多半超出的月份"),
    ];
    let mut table = Table::new("alerts", "每个月底能说的", &heads);
    for alert in &done.alerts {
        table.row(vec![
            Cell::text(when(alert.month)),
            Cell::text(alert.level.words()),
            Cell::Count(alert.exceeding),
            Cell::Count(alert.of),
            Cell::of(alert.exceeding, alert.of),
            Cell::Wan(alert.expected),
            Cell::Wan(alert.range.0),
            Cell::Wan(alert.range.1),
            alert.exceeded_in.map_or(Cell::Empty, |month| Cell::Count(month.into())),
        ]);
    }
    type Of = fn(&Alert) -> Fen;
    let lines: [(&str, Of); 3] =
        [("最低", |alert| alert.range.0), ("预计", |alert| alert.expected), ("最高", |alert| alert.range.1)];
    let line = |(words, of): (&str, Of)| (words.to_owned(), done.alerts.iter().map(of).collect());
    table.charts.push(Chart::Fan(Fan {
        title: "预计全年支出",
        labels: done.alerts.iter().map(|alert| when(alert.month)).collect(),
        lines: lines.into_iter().map(line).collect(),
    }));
    table
}
