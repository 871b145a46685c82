//! `gongji store rebuild`: makes the derived tables anew.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context as _;

use super::{Db, text, unusable};
use crate::cli::load;

/// Make the derived tables (分录、日头) of a store anew from its journal
///
/// The journal itself is never written. All rows are replaced or, if anything fails, none. Refused while the
/// service or another process has the store.
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
  gongji store rebuild gongji-demo.db && gongji store verify gongji-demo.db";

/// Rebuilds it.
///
/// # Errors
/// When the packages or the store cannot be used.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let place = &options.db.place;
    let journal = gongji_store::rebuild(place, &super::book(&options.policies)?).with_context(|| unusable(place))?;
    let head = text::hex(&journal.head);
    writeln!(anstream::stdout(), "已由 {} 件重建分录和日头，末件 hash {head}", journal.events)?;
    Ok(ExitCode::SUCCESS)
}
