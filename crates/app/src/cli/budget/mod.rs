//! `gongji budget`: a fund over years, and a year's budget by month.

mod project;
mod watch;

use crate::simulate::work::{Finished, Work};
use clap::Subcommand;
use std::process::ExitCode;
use std::sync::Arc;

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

/// The work of a `budget` command without what is printed of it.
///
/// # Errors
/// When its arguments cannot be used, or it was told to stop.
pub(crate) fn finished(command: &BudgetCommand, work: &Arc<Work>) -> anyhow::Result<Finished> {
    match command {
        BudgetCommand::Project(options) => project::finished(options, work),
        BudgetCommand::Watch(options) => watch::finished(options, work),
    }
}

/// Growth in percent that may be below zero, as files and options write it.
fn rate(text: &str) -> Result<gongji_domain::Rate, String> {
    gongji_domain::Rate::parse_signed(text).map_err(|fault| format!("{text} {fault}"))
}
