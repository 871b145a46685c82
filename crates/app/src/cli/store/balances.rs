//! `gongji store balances`: the trial balance of areas, or the statement of one account, as it was on a
//! day and as it was known at a moment.

use std::io::Write;
use std::process::ExitCode;

use gongji_domain::Day;
use gongji_ledger::{Account, AreaCode, AsOf, Moment};
use gongji_store::Reader;

use super::Db;
use crate::agency::ledger::{self, Told};
use crate::cli::paint;

/// Print the trial balance (试算平衡表), or one account's statement (对账单)
///
/// Sums the postings: debits and credits of every heading, and of each area in all, which must be
/// equal. With `--account` every movement of one account with its balance after it.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    db: Db,
    /// Only this pooling area (统筹区)
    #[arg(long, value_name = "AREA", conflicts_with = "account")]
    area: Option<AreaCode>,
    /// As it was at the end of this day (生效日)
    #[arg(long, value_name = "DATE")]
    on: Option<Day>,
    /// As it was known then (记账时刻): a day, its end; or "YYYY-MM-DD HH:MM:SS"
    #[arg(long, value_name = "TIME", value_parser = moment)]
    recorded: Option<Moment>,
    /// The statement of this account: its key, such as P-1/500000/current or -/500000/fund/310100
    // Keys of accounts that are nobody's begin with a hyphen.
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    account: Option<Account>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// A form of the answer.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// Tables for people
    Text,
    /// JSON, amounts in yuan as texts
    Json,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji store balances gongji-demo.db --area 211200
  gongji store balances gongji-demo.db --on 2026-03-31 --recorded \"2026-04-02 18:00:00\"
  gongji store balances gongji-demo.db --account 50000000000002/500000/current --format json";

/// A moment, or the end of a day.
fn moment(text: &str) -> Result<Moment, String> {
    let wrong = || "写作 YYYY-MM-DD 或 YYYY-MM-DD HH:MM:SS".to_owned();
    let (day, time) = text.split_once(' ').unwrap_or((text, "23:59:59"));
    let day: Day = day.parse().map_err(|fault: gongji_domain::DayError| fault.to_string())?;
    let clock: gongji_domain::Clock = time.parse().map_err(|_| wrong())?;
    // The last millisecond of the second belongs to it.
    Moment::new(day, clock.0 * 1000 + 999).ok_or_else(wrong)
}

/// Prints them.
///
/// # Errors
/// When the store cannot be read.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let reader = options.db.open()?;
    match &options.account {
        Some(account) => statement(options, &reader, *account),
        None => trial(options, &reader),
    }?;
    Ok(ExitCode::SUCCESS)
}

fn as_of(options: &Options) -> AsOf {
    ledger::as_of(options.on, options.recorded)
}

fn trial(options: &Options, reader: &Reader) -> anyhow::Result<()> {
    let areas = ledger::trial(reader, as_of(options), options.area)?;
    let mut out = anstream::stdout();
    if matches!(options.format, Format::Json) {
        writeln!(out, "{}", serde_json::to_string_pretty(&areas)?)?;
        return Ok(());
    }
    for area in &areas {
        let mut table = paint::boxed(&["科目", "借方", "贷方", "余额"], paint::width());
        for row in &area.rows {
            table.add_row([
                row.heading.clone(),
                row.debit.to_string(),
                row.credit.to_string(),
                row.balance.to_string(),
            ]);
        }
        let said = if area.balanced { "借贷平衡" } else { "借贷不平" };
        table.add_row(["合计".to_owned(), area.debit.to_string(), area.credit.to_string(), said.to_owned()]);
        (1..4).for_each(|column| paint::right(&mut table, column));
        writeln!(out, "统筹区 {}\n{table}", area.area)?;
    }
    Ok(())
}

fn statement(options: &Options, reader: &Reader, account: Account) -> anyhow::Result<()> {
    print(options, &ledger::statement(reader, as_of(options), account)?)
}

fn print(options: &Options, told: &Told) -> anyhow::Result<()> {
    let mut out = anstream::stdout();
    if matches!(options.format, Format::Json) {
        writeln!(out, "{}", serde_json::to_string_pretty(told)?)?;
        return Ok(());
    }
    let mut table = paint::boxed(&["生效日", "记账时刻", "流水号", "凭证", "金额", "余额"], paint::width());
    for line in &told.lines {
        let concerns = line.concerns.map_or_else(String::new, |event| format!("（{event}）"));
        table.add_row([
            line.day.to_string(),
            line.recorded.clone(),
            line.event.to_string(),
            format!("{}{concerns}", line.kind),
            line.amount.to_string(),
            line.balance.to_string(),
        ]);
    }
    [2, 4, 5].into_iter().for_each(|column| paint::right(&mut table, column));
    writeln!(out, "{}\n{table}\n余额 {}", told.account, told.balance)?;
    Ok(())
}
