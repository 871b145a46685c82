//! `gongji account credit`: the monthly credit run (个人账户计入), or what it would do.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use gongji_domain::Month;

use super::desk::{Bar, Desk, Format, book};
use crate::agency::credit::{Report, RunError, Wanted, tie};
use crate::cli::excel::csv;
use crate::cli::paint::{self, TITLE, in_style};
use crate::his::moment::Moment;
use crate::serve::clock::{ChinaTime, Clock as _};

/// Credit the members' accounts for a month (个人账户计入), each what is due and not credited yet
///
/// Run twice it credits once; broken off it goes on where it was when it is run again; run again after a
/// provisional figure was published it credits the difference (补差). What was credited too much is named and
/// left to an officer (计入更正). A file must not be in use by the service; beside PostgreSQL it goes on.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    desk: Desk,
    /// The month, such as 2024-01
    #[arg(long, value_name = "MONTH")]
    month: Month,
    /// Only this pooling area (统筹区); all that have a package when left out
    #[arg(long, value_name = "AREA")]
    area: Option<String>,
    /// Work out everything and write nothing; works beside the running service
    #[arg(long)]
    preview: bool,
    /// Write everybody to whom nothing was credited, and why, to this file (CSV, opens in Excel)
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji account credit --month 2024-01 --area 500000 --store gongji.db --preview
  gongji account credit --month 2024-01 --store gongji.db --by 王经办 --report skipped.csv

EXIT STATUS
  0 everybody was credited who can be, 1 some wait for an officer (see the report), 2 it could not be done";

/// Credits.
///
/// # Errors
/// When packages or store cannot be used, or the store cannot be written any more.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let policies = options.desk.policies()?;
    let areas: Vec<String> = match &options.area {
        Some(area) => vec![area.clone()],
        None => policies.all().map(|area| area.code().to_owned()).collect(),
    };
    // Opened first: it has persons folded by these packages.
    let store = if options.preview { None } else { Some(options.desk.open(&policies)?) };
    let (mut reports, known_on) = (Vec::new(), Moment::of(ChinaTime.now()).day);
    for area in areas {
        let began = Instant::now();
        let wanted =
            Wanted { policies: policies.clone(), area, month: options.month, known_on, by: options.desk.by.clone() };
        let reader = options.desk.read()?;
        let stood = reader.heads()?;
        let plan = match wanted.plan(&reader, &book(&policies), options.preview) {
            // An area of which nobody asked by name may credit nothing.
            Err(RunError::NoRules { .. }) if options.area.is_none() => continue,
            other => other?,
        };
        drop(reader);
        let report = match &store {
            None => plan.report(),
            Some(store) => {
                let (bar, all) = (Bar::new(&format!("{} 计入", wanted.area))?, plan.len() as u64);
                let mut report = plan.run(store, &ChinaTime, |done| bar.at(done, all))?;
                drop(bar);
                tie(&mut report, &options.desk.read()?, &stood)?;
                report
            }
        };
        if report.members > 0 || options.area.is_some() {
            tell(options, &report, began.elapsed())?;
            reports.push(report);
        }
    }
    if options.format == Format::Json {
        writeln!(anstream::stdout(), "{}", serde_json::to_string_pretty(&reports)?)?;
    } else if reports.is_empty() {
        writeln!(anstream::stdout(), "{} 没有可以计入的统筹区或参保人", options.month)?;
    }
    if let Some(path) = &options.report {
        let rows = reports.iter().flat_map(|report| {
            let row = |(number, skip): &(String, crate::agency::credit::Skip)| {
                [report.area.clone(), number.clone(), skip.code().to_owned(), skip.to_string()]
            };
            report.rows.iter().map(row)
        });
        csv(path, ["统筹区", "人员编号", "原因代码", "原因"], rows)?;
    }
    let sound = reports.iter().all(|report| report.books.as_ref().is_none_or(|books| books.ties));
    if !sound {
        anyhow::bail!("计入合计与账簿不符：请核验结算库（gongji store verify）");
    }
    let open: u64 = reports.iter().map(Report::open).sum();
    Ok(if open == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn tell(options: &Options, report: &Report, took: Duration) -> anyhow::Result<()> {
    if options.format == Format::Json {
        return Ok(());
    }
    let mut out = anstream::stdout();
    let Report { name, area, month, members, credited, provisional, already, .. } = report;
    let head = if report.preview { "计入试算，什么都没有写入" } else { "计入" };
    let draft = if report.draft { "（征求意见稿，仅供测算）" } else { "" };
    writeln!(out, "{}", in_style(TITLE, &format!("{name} {area}　{month} 个人账户{head}{draft}")))?;
    writeln!(
        out,
        "参保人 {members}，计入 {} 人，此前已足额计入 {already} 人，未计入 {} 人",
        credited.credits,
        report.rows.len()
    )?;
    if !report.sources.is_empty() {
        let mut table = paint::boxed(&["来源", "人数", "金额", "其中扣还"], paint::width());
        for (source, sum) in &report.sources {
            table.add_row([source.clone(), sum.credits.to_string(), sum.amount.to_string(), sum.withheld.to_string()]);
        }
        table.add_row([
            "合计".to_owned(),
            credited.credits.to_string(),
            credited.amount.to_string(),
            credited.withheld.to_string(),
        ]);
        (1..4).for_each(|column| paint::right(&mut table, column));
        writeln!(out, "{table}")?;
    }
    if provisional.credits > 0 {
        writeln!(out, "其中按预计数计入 {} 人 {} 元：公布后再次办理即补差", provisional.credits, provisional.amount)?;
    }
    if !report.skipped.is_empty() {
        let mut table = paint::boxed(&["未计入的原因（例）", "人数", "须处理", "代码"], paint::width());
        for (code, reason) in &report.skipped {
            let needs = if reason.needs_officer { "是" } else { "" };
            let members = reason.members.to_string();
            table.add_row([reason.example.clone(), members, needs.to_owned(), (*code).to_owned()]);
        }
        paint::right(&mut table, 1);
        writeln!(out, "{table}")?;
    }
    if let Some(books) = &report.books {
        let ties = if books.ties { "与上表一致" } else { "与上表不符" };
        writeln!(out, "账簿：个人账户增加 {}，扣还 {}，{ties}", books.personal, books.claims)?;
        for (account, amount) in &books.paid {
            writeln!(out, "  {account} 支出 {amount}")?;
        }
    }
    let rate = credited.credits * 1000 / u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    writeln!(out, "用时 {} 秒，每秒 {rate} 人", took.as_secs())?;
    Ok(())
}
