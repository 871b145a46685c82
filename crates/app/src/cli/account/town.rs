//! `gongji account town`: fills a new store with an invented town, to measure runs with. Not shown in the help.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::anyhow;
use gongji_domain::{Day, Month};
use gongji_policy::account::Contributing;

use super::desk::{Bar, Desk};
use crate::agency::{enrol, town};
use crate::serve::clock::ChinaTime;

/// Fill a store with invented members (造数), to measure runs with; never for a store that is used
#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    desk: Desk,
    /// How many
    #[arg(long, value_name = "NUMBER")]
    members: u32,
    /// Whose members they are
    #[arg(long, value_name = "AREA", default_value = "500000")]
    area: String,
    /// The month for which those who owe one have contributed
    #[arg(long, value_name = "MONTH")]
    month: Month,
}

/// Fills it.
///
/// # Errors
/// When packages or store cannot be used.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let policies = options.desk.policies()?;
    let (store, began) = (options.desk.open(&policies)?, Instant::now());
    let bar = Bar::new("造数")?;
    let day = options.month.first_day();
    let area = policies.area(&options.area).ok_or_else(|| anyhow!("没有统筹区 {} 的政策包", options.area))?;
    let person = Contributing { status: "active", enrolment: "employer", birth: None, facts: &[] };
    let contribution = area.contribution(day, Day::MAX).and_then(|rules| rules.of(&person))?;
    let own = |base| contribution.own_of(base).unwrap_or_default();
    let joining = (0..options.members).map(|n| town::inhabitant(n, &options.area, options.month, &own));
    let new = enrol::enrol(&store, &ChinaTime, &options.desk.by, joining, |done| {
        let _ = bar.at(done, u64::from(options.members));
    })?;
    drop(bar);
    writeln!(anstream::stdout(), "新登记 {new} 人，用时 {} 秒", began.elapsed().as_secs())?;
    Ok(ExitCode::SUCCESS)
}
