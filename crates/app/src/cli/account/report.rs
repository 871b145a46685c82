//! `gongji account report`: a year's income and spending of an area's accounts.

use std::process::ExitCode;

use anyhow::anyhow;
use gongji_store::Place;

use super::print::Printing;
use crate::agency::report;
use crate::cli::store::place;
use crate::his::archive::Kept;

/// A year's income and spending of an area's accounts (个人账户收支统计), by source and use
///
/// By the days on which things were recorded. Reads only, and beside the running service. Exit status 1 when
/// opening, income, spending and closing do not tie.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    /// The store (结算库): its file, or postgres://user@host/database
    #[arg(long, value_name = "DB", env = "GONGJI_STORE", value_parser = place)]
    store: Place,
    /// The pooling area (统筹区)
    #[arg(long, value_name = "AREA")]
    area: String,
    /// The year
    #[arg(long, value_name = "YEAR")]
    year: i32,
    #[command(flatten)]
    printing: Printing,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji account report --store gongji-demo.db --area 320700 --year 2026
  gongji account report --store gongji-demo.db --area 320700 --year 2026 --format csv --out 收支统计.csv";

/// Counts and gives it out.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let kept = Kept::at(&options.store);
    let year = report::year(&kept, &options.area, options.year).map_err(|fault| anyhow!("{fault}"))?;
    options.printing.print(&year, &year.sheet())?;
    Ok(ExitCode::from(u8::from(year.untied.is_some())))
}
