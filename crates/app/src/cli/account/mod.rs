//! `gongji account`: personal accounts (个人账户): what the rules of an area say of them.

mod quote;
mod rules;

use std::process::ExitCode;

/// Personal accounts (个人账户): what is credited, from where, and what they may be used for
#[derive(clap::Subcommand)]
pub(crate) enum AccountCommand {
    Rules(rules::Options),
    Quote(quote::Options),
}

/// Runs an `account` command.
///
/// # Errors
/// When its arguments cannot be used.
pub(crate) fn run(command: &AccountCommand) -> anyhow::Result<ExitCode> {
    match command {
        AccountCommand::Rules(options) => rules::run(options),
        AccountCommand::Quote(options) => quote::run(options),
    }
}
