//! `gongji store heads`: the day heads to publish.

use std::io::Write;
use std::process::ExitCode;

use super::{Db, text};

/// Print the day heads (日头), one to a line: day, number of events, root
///
/// This is what an agency publishes every day; from it a member or an institution can verify its own
/// settlement. The last line is of a day that may still grow: publish it when the day is over.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    db: Db,
    /// Only this day
    #[arg(long, value_name = "DATE")]
    day: Option<gongji_domain::Day>,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji store heads gongji-demo.db >> published.txt";

/// Prints them.
///
/// # Errors
/// When the store cannot be read.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let wanted = options.day.map(|day| day.to_string());
    let mut out = anstream::stdout();
    let days = options.db.open()?.days()?;
    for day in days.iter().filter(|day| wanted.as_ref().is_none_or(|wanted| *wanted == day.day)) {
        writeln!(out, "{}", text::line(day))?;
    }
    Ok(ExitCode::SUCCESS)
}
