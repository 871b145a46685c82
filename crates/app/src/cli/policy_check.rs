//! TODO
use super::load::Policies;
use std::process::ExitCode;
/// x
#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    policies: Policies,
}
pub(crate) fn run(_: &Options) -> anyhow::Result<ExitCode> { Ok(ExitCode::SUCCESS) }
