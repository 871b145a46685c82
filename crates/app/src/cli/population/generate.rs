//! `gongji population generate`: a population in files.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use gongji_population::{Behaviour, Generator, Preset, Violations};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use super::Which;
use crate::population::{Format, Written, write};

/// Write invented persons and their year of care: Parquet or CSV, with a data dictionary
///
/// The same preset, seed, year and number of persons give the same bytes on any number of threads. Figures of a preset
/// that are not published are demonstration values (演示参数); `gongji population check` lists them.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Options {
    #[command(flatten)]
    which: Which,
    /// How many persons; without it as many as the preset says
    #[arg(long)]
    persons: Option<u64>,
    /// Year of the events; without it the year of the preset
    #[arg(long)]
    year: Option<i16>,
    /// Seed of all draws
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder to write into; it must not hold a population yet
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How the tables are written
    #[arg(long, value_enum, default_value = "parquet")]
    format: Format,
    /// As people behaved before the reform (改革前): fewer visits by the same people
    #[arg(long)]
    before_reform: bool,
    /// Put violations into the claims (注入违规), with labels of what is true in a file of their own
    #[arg(long)]
    violations: bool,
    /// Threads; without it all cores
    #[arg(long)]
    threads: Option<usize>,
}

const EXAMPLES: &str = "\
EXAMPLES
  gongji population generate --area 360100 --persons 10000 --year 2023 --seed 7 --out nanchang/
  gongji population generate --area 500000 --persons 50000 --violations --out chongqing/
  gongji population generate --format csv --persons 1000 --out small/";

/// Generates and writes.
///
/// # Errors
/// When the preset cannot be used or the files not be written.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let preset = options.which.preset()?;
    let persons = options.persons.unwrap_or(preset.persons);
    let year = options.year.unwrap_or(preset.year);
    let behaviour = if options.before_reform { Behaviour::before(&preset) } else { Behaviour::AS_NOW };
    let generator = Generator::new(&preset, persons, year, options.seed, behaviour)?;
    let bar = progress(persons);
    let manifest = manifest(options, &preset, persons, year);
    let wanted = options.violations.then(|| Violations::new(&preset, &generator, year, options.seed)).transpose()?;
    let work = || write(&generator, wanted.as_ref(), &options.out, options.format, &manifest, |more| bar.inc(more));
    let written = super::on(options.threads, work)??;
    bar.finish_and_clear();
    let (name, out) = (&preset.name, options.out.display());
    let (events, relatives) = (written.events - written.relatives, written.relatives);
    writeln!(
        anstream::stdout(),
        "{name}：{persons} 人，{year} 年 {events} 人次，另有家庭共济 {relatives} 次，写入 {out}（种子 {}）",
        options.seed
    )?;
    if options.violations {
        writeln!(anstream::stdout(), "{}", violated(&written))?;
    }
    let demonstration = preset.bases().iter().filter(|basis| basis.from.is_demonstration()).count();
    writeln!(
        anstream::stdout(),
        "预设 {} 个参数中 {demonstration} 个是演示参数（推算、未核对或假设）",
        preset.bases().len()
    )?;
    Ok(ExitCode::SUCCESS)
}

/// What was put in, and what it is compared with.
fn violated(written: &Written) -> String {
    let Written { violations, amount, of_fund, fund, .. } = written;
    let hundredths = (i128::from(of_fund.fen()) * 10_000).checked_div(fund.fen().into()).unwrap_or_default();
    format!(
        "注入违规 {violations} 笔，违规金额 {amount} 元，其中统筹基金 {of_fund} 元，占推定基金支付 {fund} 元的 {}.{:02}%\n\
         标签在 truth 文件中，不在就医表中；基金支付按预设 violations.fund_paid 推定（演示参数），没有逐笔结算",
        hundredths / 100,
        hundredths % 100
    )
}

/// A bar on a terminal, nothing elsewhere.
fn progress(persons: u64) -> ProgressBar {
    let to = if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(persons), to);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} 人 剩余 {eta}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// What the files were made from: enough to make them again.
fn manifest(options: &Options, preset: &Preset, persons: u64, year: i16) -> serde_json::Value {
    let bases: Vec<_> = preset
        .bases()
        .into_iter()
        .map(|basis| json!({"figure": basis.path, "from": basis.from.letter(), "why": basis.why}))
        .collect();
    json!({
        "program": format!("gongji {}", env!("CARGO_PKG_VERSION")),
        "preset": preset.code,
        "preset_name": preset.name,
        "preset_overrides": preset.overridden,
        "persons": persons,
        "year": year,
        "seed": options.seed,
        "before_reform": options.before_reform,
        "violations": options.violations,
        "figures": bases,
    })
}
