//! `gongji errors`: every error of the national interface, for vendors. Prints what the service's own
//! table says.

use std::io::Write as _;
use std::process::ExitCode;

use anstream::stdout;

use crate::his::reference;

/// Print every error code (错误码) of the national interface, with what to change
#[derive(clap::Args)]
pub(crate) struct Options {}

/// Prints the page.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn run(Options {}: &Options) -> anyhow::Result<ExitCode> {
    stdout().write_all(reference::errors().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
