//! `gongji member`: the register of members (参保登记): import, what it says of somebody, its history, corrections.

mod change;
mod history;
mod import;
mod show;

use std::process::ExitCode;

/// The register of members (参保登记): import, look up, correct
#[derive(clap::Subcommand)]
pub(crate) enum MemberCommand {
    Import(import::Options),
    Show(show::Options),
    History(history::Options),
    Change(change::Options),
}

/// Runs a `member` command.
///
/// # Errors
/// When its arguments or the store cannot be used.
pub(crate) fn run(command: &MemberCommand) -> anyhow::Result<ExitCode> {
    match command {
        MemberCommand::Import(options) => import::run(options),
        MemberCommand::Show(options) => show::run(options),
        MemberCommand::History(options) => history::run(options),
        MemberCommand::Change(options) => change::run(options),
    }
}

/// The officer who does something.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Officer {
    /// 经办人: who does it
    #[arg(long, value_name = "NAME", env = "GONGJI_OFFICER")]
    pub by: String,
    /// 事由: why
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub why: String,
    /// 材料: by which document
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub document: String,
}
