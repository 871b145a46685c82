//! `gongji store verify`: proves a whole store, or says where it first differs.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context as _;
use gongji_store::VerifyError;

use super::{Db, text, unusable};
use crate::cli::load;

/// Prove a store (核验): chain, postings, balances, day heads
///
/// Walks the journal from the first event and makes everything anew: each event's postings must be
/// what the event says and balance in every area, the sums of the rows must be the balances of the
/// replayed books, no personal account may be below zero, and every day's head must be that of its events.
/// Says at the first difference which event and field, and exits with 1. Works beside the running service.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    db: Db,
    #[command(flatten)]
    policies: load::Policies,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji store verify gongji-demo.db

EXIT STATUS
  0 sound, 1 it differs, 2 it cannot be read";

/// Proves it.
///
/// # Errors
/// When the packages or the file cannot be used.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let reader = options.db.open()?;
    let report = match reader.verify(&super::book(&options.policies)?) {
        Ok(report) => report,
        Err(VerifyError::Trouble(trouble)) => return Err(trouble).with_context(|| unusable(&options.db.place)),
        Err(difference) => {
            eprintln!("gongji: {} 未通过核验：{difference}", options.db.place);
            return Ok(ExitCode::from(1));
        }
    };
    let mut out = anstream::stdout();
    writeln!(out, "核验通过：{}", options.db.place)?;
    writeln!(out, "  事件 {}，末件 hash {}", report.journal.events, text::hex(&report.journal.head))?;
    writeln!(out, "  凭证 {}，分录 {}，科目 {}，借贷平衡", report.transactions, report.postings, report.accounts)?;
    writeln!(out, "  日头 {}", report.days)?;
    Ok(ExitCode::SUCCESS)
}
