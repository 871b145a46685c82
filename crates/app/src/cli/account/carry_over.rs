//! `gongji account carry-over`: the turn of the year (年度结转).

use std::io::Write as _;
use std::process::ExitCode;

use super::desk::{Bar, Desk, Format, book};
use crate::agency::carry_over::{Report, Wanted};
use crate::cli::paint::{TITLE, WRONG, in_style};
use crate::serve::clock::ChinaTime;

/// Carry over (年度结转): what is left of the last year's credits becomes earlier years' (历年账户)
///
/// Credits for months of the new year stay. It may be run late and again: what belongs to the old year and came
/// after the turn (a credit for December, money of a cancelled settlement) is carried over by the next run.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    desk: Desk,
    /// The year that has ended: always the last one
    #[arg(long, value_name = "YEAR")]
    year: i32,
    /// Only this pooling area (统筹区); all that have a package when left out
    #[arg(long, value_name = "AREA")]
    area: Option<String>,
    /// Work out everything and write nothing; works beside the running service
    #[arg(long)]
    preview: bool,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji account carry-over --year 2025 --store gongji.db --preview
  gongji account carry-over --year 2025 --area 500000 --store gongji.db --by 王经办";

/// Carries over.
///
/// # Errors
/// When it is not the year for it, or packages or store cannot be used.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let policies = options.desk.policies()?;
    let areas: Vec<String> = match &options.area {
        Some(area) => vec![area.clone()],
        None => policies.all().map(|area| area.code().to_owned()).collect(),
    };
    let store = if options.preview { None } else { Some(options.desk.open(&policies)?) };
    let mut reports = Vec::new();
    for area in areas {
        let bar = Bar::new(&format!("{area} 结转"))?;
        let wanted = Wanted { area, year: options.year, by: options.desk.by.clone() };
        let (reader, book) = (options.desk.read()?, book(&policies));
        let report = wanted.run(&reader, &book, store.as_ref(), &ChinaTime, |done, all| bar.at(done, all))?;
        if report.members > 0 || options.area.is_some() {
            reports.push(report);
        }
    }
    let mut out = anstream::stdout();
    if options.format == Format::Json {
        writeln!(out, "{}", serde_json::to_string_pretty(&reports)?)?;
    } else {
        reports.iter().try_for_each(|report| tell(&mut out, report))?;
    }
    Ok(if reports.iter().all(|report| report.failed.is_empty()) { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn tell(out: &mut impl std::io::Write, report: &Report) -> anyhow::Result<()> {
    let Report { area, year, preview, members, carried, amount, failed } = report;
    let head = if *preview { "年度结转试算，什么都没有写入" } else { "年度结转" };
    writeln!(out, "{}", in_style(TITLE, &format!("统筹区 {area}　{year} {head}")))?;
    writeln!(out, "参保人 {members}，结转 {carried} 人 {amount} 元，由当年账户转入历年账户")?;
    for (number, why) in failed {
        writeln!(out, "{}", in_style(WRONG, &format!("{number} 没有写入：{why}")))?;
    }
    Ok(())
}
