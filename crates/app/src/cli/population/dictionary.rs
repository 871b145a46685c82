//! `gongji population dictionary`: what the columns of persons and events mean.

use std::io::Write as _;
use std::process::ExitCode;

use crate::population::{dictionary_csv, dictionary_markdown};

/// Print the data dictionary (数据字典) of the files of persons and events
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Options {
    /// How it is written
    #[arg(long, value_enum, default_value = "markdown")]
    format: Format,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    Markdown,
    Csv,
}

const EXAMPLES: &str = "\
EXAMPLES
  gongji population dictionary
  gongji population dictionary --format csv > dictionary.csv";

/// Prints it.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let text = match options.format {
        Format::Markdown => dictionary_markdown(),
        Format::Csv => dictionary_csv(),
    };
    anstream::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
