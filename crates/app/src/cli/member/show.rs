//! `gongji member show`: what the register says of a member, and what the account holds.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::anyhow;
use gongji_domain::Day;

use super::history::Format;
use crate::agency::described::rows;
use crate::agency::member::show;
use crate::cli::account::counter::Counter;
use crate::cli::paint;
use crate::his::benefit;

/// Show what the register says of a member (参保信息), the entitlement periods and the account
#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    counter: Counter,
    /// 人员编号
    #[arg(value_name = "NUMBER")]
    person: String,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Shows it.
///
/// # Errors
/// When nobody has that number, or the store cannot be used.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let opened = options.counter.open()?;
    let desk = opened.desk("");
    let shown = show(&desk, &options.person).map_err(|fault| anyhow!("{fault}"))?;
    let mut out = anstream::stdout();
    if options.format == Format::Json {
        writeln!(out, "{}", serde_json::to_string_pretty(&shown)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = paint::boxed(&["项目", "登记", "自"], paint::width());
    for [item, says, from] in rows(&shown) {
        table.add_row([item, says, from]);
    }
    writeln!(out, "{table}")?;
    let mut periods = paint::boxed(&["待遇享受期", "自", "至", "原因"], paint::width());
    for period in benefit::periods(&*opened.decider, &shown.member, Day::MAX) {
        let until = period.until.map(|day| day.to_string()).unwrap_or_default();
        periods.add_row([period.state.name(), &period.from.to_string(), &until, period.why.name()]);
    }
    writeln!(out, "{periods}")?;
    Ok(ExitCode::SUCCESS)
}
