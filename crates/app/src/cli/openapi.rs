//! `gongji openapi`: the description of the counter's REST interface.

use std::io::Write as _;
use std::process::ExitCode;

use crate::serve::agency::description;

/// Print the description (OpenAPI) of the agency's REST interface (经办接口), as /agency/v1/openapi.json gives it
#[derive(clap::Args)]
pub(crate) struct Options {}

/// Prints it.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn run(_: &Options) -> anyhow::Result<ExitCode> {
    anstream::stdout().write_all(description()?.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
