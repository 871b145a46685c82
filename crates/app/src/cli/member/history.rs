//! `gongji member history`: what the register and the account went through.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::anyhow;
use clap::ValueEnum;
use serde::Serialize;

use crate::agency::{history, member, words};
use crate::cli::account::counter::Counter;
use crate::cli::paint;

/// Show what happened to a member (登记与账户业务历史): who told it, when and why
///
/// The last comes first. Visits stand in the statement (gongji account statement).
#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    counter: Counter,
    /// 人员编号
    #[arg(value_name = "NUMBER")]
    person: String,
    /// At most so many events
    #[arg(long, value_name = "N", default_value_t = 100)]
    last: usize,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// How something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table
    Table,
    /// JSON Lines
    Json,
}

#[derive(Serialize)]
struct Row {
    event: u64,
    recorded: String,
    by: String,
    why: String,
    document: String,
    what: Vec<String>,
}

/// Shows it.
///
/// # Errors
/// When nobody has that number, or the store cannot be used.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let opened = options.counter.open()?;
    let desk = opened.desk("");
    let last = member::last_entry(&desk, &options.person).map_err(|fault| anyhow!("{fault}"))?;
    let kept = history::moment(&options.counter.store)?;
    let events = history::events(&kept, &options.person, last, options.last).map_err(|fault| anyhow!("{fault}"))?;
    let rows = events.into_iter().map(|happened| Row {
        event: happened.event,
        recorded: happened.recorded,
        by: happened.told.by,
        why: happened.told.why,
        document: happened.told.document,
        what: words::happened(&happened.what),
    });
    let mut out = anstream::stdout();
    if options.format == Format::Json {
        for row in rows {
            writeln!(out, "{}", serde_json::to_string(&row)?)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = paint::boxed(&["件", "登记时间", "内容", "经办人", "事由", "材料"], paint::width());
    for row in rows {
        let (event, what) = (row.event.to_string(), row.what.join("\n"));
        table.add_row([event, row.recorded, what, row.by, row.why, row.document]);
    }
    writeln!(out, "{table}")?;
    Ok(ExitCode::SUCCESS)
}
