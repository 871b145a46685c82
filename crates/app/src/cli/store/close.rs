//! `gongji store close`: closes an area's books up to a day, after its trial balance was shown.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use gongji_domain::{Day, Fen};
use gongji_ledger::AreaCode;
use gongji_store::Store;

use super::{Db, book, unusable};
use crate::agency::ledger;
use crate::cli::load;
use crate::his::closing;
use crate::his::moment::Moment;
use crate::serve::clock::{ChinaTime, Clock as _};

/// Close an area's books (关账) up to and with a day
///
/// Do so after the day's reconciliation (对账). From then on a settlement whose service date lies in the closed
/// period is refused, and a cancellation of one names its day and lands in the open period. Cannot be undone.
/// A file must not be in use by the service; on PostgreSQL the service goes on.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    db: Db,
    /// The pooling area (统筹区)
    #[arg(long, value_name = "AREA")]
    area: AreaCode,
    /// The last day that is closed
    #[arg(long, value_name = "DATE")]
    through: Day,
    #[command(flatten)]
    policies: load::Policies,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji store balances gongji-demo.db --area 211200 --on 2026-03-31
  gongji store close gongji-demo.db --area 211200 --through 2026-03-31";

/// Closes them.
///
/// # Errors
/// When the books do not balance, or the store cannot be used.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let Options { db, area, through, policies } = options;
    let now = Moment::of(ChinaTime.now());
    if *through >= now.day {
        bail!("--through {through}：只能关已经过去的日子（今天是 {}）", now.day);
    }
    balanced(db, *area, *through)?;
    let store = Store::open(&db.place, book(policies)?).with_context(|| unusable(&db.place))?;
    let closed = closing::close(&store, *area, *through, now).context("关账没有写入")?;
    let said = if closed { "已关账至" } else { "此前已关账至或晚于" };
    writeln!(anstream::stdout(), "统筹区 {area} {said} {through}")?;
    Ok(ExitCode::SUCCESS)
}

/// The area's debits must equal its credits on that day.
fn balanced(db: &Db, area: AreaCode, through: Day) -> anyhow::Result<()> {
    match ledger::imbalance(&db.open()?, area, through)? {
        Fen::ZERO => Ok(()),
        net => bail!("统筹区 {area} 至 {through} 借贷不平，差额 {net}：请先核验（gongji store verify）"),
    }
}
