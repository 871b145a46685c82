//! `gongji store balances`: the trial balance of areas, or the statement of one account, as it was on a
//! day and as it was known at a moment.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context as _;
use gongji_domain::{Day, Fen};
use gongji_ledger::{
    Account, AreaCode, AsOf, By, EventNo, Heading, Kind, Moment, Scope, Statement, Transaction, TrialBalance, Turnover,
};
use gongji_store::Reader;
use serde::Serialize;

use super::Db;
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
    let everything = AsOf::EVERYTHING;
    AsOf {
        effective: options.on.unwrap_or(everything.effective),
        recorded: options.recorded.unwrap_or(everything.recorded),
        ..everything
    }
}

#[derive(Serialize)]
struct AreaRows {
    area: String,
    rows: Vec<Row>,
    debit: Fen,
    credit: Fen,
    balanced: bool,
}

#[derive(Serialize)]
struct Row {
    heading: String,
    debit: Fen,
    credit: Fen,
    balance: Fen,
}

fn trial(options: &Options, reader: &Reader) -> anyhow::Result<()> {
    let as_of = as_of(options);
    let (mut trial, mut fault) = (TrialBalance::default(), None);
    reader.history(|transaction| {
        if as_of.sees(transaction)
            && let Err(too_large) = trial.add(transaction)
        {
            fault.get_or_insert(too_large);
        }
    })?;
    fault.map_or(Ok(()), Err)?;
    let areas = trial.areas().filter(|area| options.area.is_none_or(|wanted| wanted == *area));
    let areas = areas.map(|area| rows(&trial, area)).collect::<anyhow::Result<Vec<_>>>()?;
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

fn rows(trial: &TrialBalance, area: AreaCode) -> anyhow::Result<AreaRows> {
    let row = |(heading, turnover): (Heading, Turnover)| Row {
        heading: named(&heading),
        debit: turnover.debit,
        credit: turnover.credit,
        balance: trial.balance(area, heading),
    };
    let total = trial.total(area)?;
    Ok(AreaRows {
        area: area.to_string(),
        rows: trial.rows(area).map(row).collect(),
        debit: total.debit,
        credit: total.credit,
        balanced: total.net().is_zero(),
    })
}

/// A heading's name; a ledger inside a fund is named with it.
fn named(heading: &Heading) -> String {
    match heading {
        Heading::Fund(ledger) if ledger.sub.is_some() => {
            format!("{}·专账 {}", heading.name(), ledger.sub.map_or_else(String::new, |sub| sub.to_string()))
        }
        _ => heading.name().to_owned(),
    }
}

#[derive(Serialize)]
struct Told {
    account: String,
    lines: Vec<ToldLine>,
    balance: Fen,
}

#[derive(Serialize)]
struct ToldLine {
    day: Day,
    recorded: String,
    event: u64,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    concerns: Option<u64>,
    amount: Fen,
    balance: Fen,
}

fn statement(options: &Options, reader: &Reader, account: Account) -> anyhow::Result<()> {
    let scope = Scope::Account(account);
    let mut history: Vec<Transaction> = Vec::new();
    reader.history(|transaction| {
        if transaction.amount(&account).is_some() {
            history.push(transaction.clone());
        }
    })?;
    let as_of = as_of(options);
    let statement = Statement::of(&scope, By::Effective, Day::MIN..=as_of.effective, as_of.recorded, &history)
        .with_context(|| format!("科目 {account}"))?;
    let line = |line: &gongji_ledger::Line| {
        let EventNo(event) = line.event;
        ToldLine {
            day: line.day,
            recorded: told(line.recorded),
            event,
            kind: Kind::name(line.kind),
            concerns: line.concerns.map(|EventNo(event)| event),
            amount: line.amount,
            balance: line.balance,
        }
    };
    let lines = statement.lines.iter().map(line).collect();
    print(options, &Told { account: account.to_string(), lines, balance: statement.closing })
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

fn told(moment: Moment) -> String {
    let second = moment.millisecond() / 1000;
    format!("{} {:02}:{:02}:{:02}", moment.day(), second / 3600, second / 60 % 60, second % 60)
}
