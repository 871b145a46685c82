//! `gongji budget`: a fund over years, and a year's budget by month.

mod project;
mod watch;

use clap::Subcommand;
use std::process::ExitCode;

/// Project a fund over years and watch a year's budget (基金预算与预警)
#[derive(Subcommand)]
pub(crate) enum BudgetCommand {
    Project(project::Options),
    Watch(watch::Options),
}

/// Runs a `budget` command.
///
/// # Errors
/// When its arguments cannot be used.
pub(crate) fn run(command: &BudgetCommand) -> anyhow::Result<ExitCode> {
    match command {
        BudgetCommand::Project(options) => project::run(options),
        BudgetCommand::Watch(options) => watch::run(options),
    }
}

/// Growth in percent that may be below zero, as files and options write it.
fn rate(text: &str) -> Result<gongji_domain::Rate, String> {
    gongji_domain::Rate::parse_signed(text).map_err(|fault| format!("{text} {fault}"))
}
