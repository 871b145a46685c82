//! The counter of a command: the store that it opens, the packages by which it is folded, the machine's clock.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use gongji_store::{Place, Store};

use crate::cli::load;
use crate::cli::store::{place, unusable};
use crate::his::archive::Kept;
use crate::his::desk::Desk;
use crate::his::moment::Moment;
use crate::his::{Book, Decider, Policies};
use crate::serve::clock::{ChinaTime, Clock as _};

/// The store that a command works on.
#[derive(clap::Args)]
pub(super) struct Counter {
    /// The store (结算库): its file, which the service must not be using, or postgres://user@host/database
    #[arg(long, value_name = "DB", env = "GONGJI_STORE", value_parser = place)]
    pub(super) store: Place,
    #[command(flatten)]
    pub(super) policies: load::Policies,
}

impl Counter {
    /// Opens the store and does something at it.
    ///
    /// # Errors
    /// When the store cannot be used, or what was done fails.
    pub(super) fn sit(
        &self,
        by: &str,
        work: impl FnOnce(&Desk<'_>) -> anyhow::Result<ExitCode>,
    ) -> anyhow::Result<ExitCode> {
        let loaded = Policies::load(&self.policies.folders()?).map_err(|fault| anyhow!("政策包有错误：{fault}"))?;
        let decider: Arc<dyn Decider> = Arc::new(loaded);
        let store = Store::open(&self.store, Book::new(decider)).with_context(|| unusable(&self.store))?;
        work(&Desk { store: &store, now: Moment::of(ChinaTime.now()), by })
    }

    /// What was kept, read beside the store.
    pub(super) fn kept(&self) -> Kept {
        Kept::at(&self.store)
    }
}
