//! `gongji account`: personal accounts (个人账户): what the rules of an area say of them, what officers do with them, and
//! what comes of it.

mod before_after;
mod bond;
mod carry_over;
mod contribute;
pub(crate) mod counter;
mod credit;
mod desk;
mod matter;
mod premium;
mod print;
mod quote;
mod report;
mod rules;
mod statement;
mod town;

use std::process::ExitCode;

use counter::Counter;

/// Personal accounts (个人账户): their rules, life events, statements and statistics
#[derive(clap::Subcommand)]
pub(crate) enum AccountCommand {
    Rules(rules::Options),
    Quote(quote::Options),
    #[command(subcommand)]
    Bond(bond::BondCommand),
    Premium(premium::Options),
    Contribute(contribute::Options),
    Credit(credit::Options),
    CarryOver(carry_over::Options),
    #[command(hide = true)]
    Town(town::Options),
    #[command(subcommand)]
    Matter(matter::MatterCommand),
    Statement(statement::Options),
    Report(report::Options),
    BeforeAfter(before_after::Options),
}

/// Runs an `account` command.
///
/// # Errors
/// When its arguments cannot be used.
pub(crate) fn run(command: &AccountCommand) -> anyhow::Result<ExitCode> {
    match command {
        AccountCommand::Rules(options) => rules::run(options),
        AccountCommand::Quote(options) => quote::run(options),
        AccountCommand::Bond(command) => bond::run(command),
        AccountCommand::Premium(options) => premium::run(options),
        AccountCommand::Contribute(options) => contribute::run(options),
        AccountCommand::Credit(options) => credit::run(options),
        AccountCommand::CarryOver(options) => carry_over::run(options),
        AccountCommand::Town(options) => town::run(options),
        AccountCommand::Matter(command) => matter::run(command),
        AccountCommand::Statement(options) => statement::run(options),
        AccountCommand::Report(options) => report::run(options),
        AccountCommand::BeforeAfter(options) => before_after::run(options),
    }
}
