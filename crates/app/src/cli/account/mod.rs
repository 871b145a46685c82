//! `gongji account`: personal accounts (个人账户): what the rules of an area say of them, and what the agency's officers do.

mod bond;
mod counter;
mod premium;
mod carry_over;
mod contribute;
mod credit;
mod desk;
mod quote;
mod rules;
mod town;

use std::process::ExitCode;

/// Personal accounts (个人账户): what is credited, from where, and what they may be used for
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
    }
}
