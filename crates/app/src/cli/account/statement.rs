//! `gongji account statement`: a member's account for some days.

use std::process::ExitCode;

use anyhow::anyhow;
use gongji_domain::Day;

use super::Counter;
use super::print::Printing;
use crate::agency::statement::statement;

/// A member's account for some days (对账单): each line with the balance after it
///
/// By the days on which lines were recorded. The lines come to what the account holds now, or nothing is given out.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    counter: Counter,
    /// The member (人员编号)
    #[arg(long, value_name = "NUMBER")]
    person: String,
    /// First day
    #[arg(long, value_name = "DATE")]
    from: Day,
    /// Last day
    #[arg(long, value_name = "DATE")]
    to: Day,
    #[command(flatten)]
    printing: Printing,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji account statement --store gongji-demo.db --person 50000000000002 --from 2026-01-01 --to 2026-12-31
  gongji account statement --store gongji-demo.db --person 50000000000002 --from 2026-01-01 --to 2026-12-31 --format xlsx --out 对账单.xlsx";

/// Works it out and gives it out.
///
/// # Errors
/// When the store cannot be used, or there is no such member.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let Options { counter, person, from, to, printing } = options;
    counter.sit("", |desk| {
        let made = statement(desk, || counter.kept(), person, *from, *to).map_err(|fault| anyhow!("{fault}"))?;
        printing.print(&made, &made.table())?;
        Ok(ExitCode::SUCCESS)
    })
}
