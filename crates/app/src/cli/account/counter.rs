//! The counter of a command: the store that it opens, the packages by which it is folded, the machine's clock.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use gongji_store::{Place, Store};

use crate::cli::load;
use crate::cli::store::{place, unusable};
use crate::his::archive::Kept;
use crate::his::desk::Desk;
use crate::his::errors::Fault;
use crate::his::moment::Moment;
use crate::his::{Book, Decider, Policies};
use crate::serve::clock::{ChinaTime, Clock as _};

/// The store that a command works on.
#[derive(clap::Args)]
pub(crate) struct Counter {
    /// The store (结算库): its file, which the service must not be using, or postgres://user@host/database
    #[arg(long, value_name = "DB", env = "GONGJI_STORE", value_parser = place)]
    pub store: Place,
    #[command(flatten)]
    pub(super) policies: load::Policies,
}

/// An open counter.
pub(crate) struct Open {
    pub store: Store<Book>,
    pub decider: Arc<dyn Decider>,
    pub now: Moment,
}

impl Counter {
    /// The packages that decide.
    ///
    /// # Errors
    /// When one is in error.
    pub(crate) fn policies(&self) -> anyhow::Result<Policies> {
        Policies::load(&self.policies.folders()?).map_err(|fault| anyhow!("政策包有错误：{fault}"))
    }

    /// Opens the store.
    ///
    /// # Errors
    /// When the packages or the store cannot be used.
    pub(crate) fn open(&self) -> anyhow::Result<Open> {
        let decider: Arc<dyn Decider> = Arc::new(self.policies()?);
        let store = Store::open(&self.store, Book::new(Arc::clone(&decider))).with_context(|| unusable(&self.store))?;
        Ok(Open { store, decider, now: Moment::of(ChinaTime.now()) })
    }

    /// Opens the store and does something at it.
    ///
    /// # Errors
    /// When the store cannot be used, or what was done fails.
    pub(crate) fn sit(
        &self,
        by: &str,
        work: impl FnOnce(&Desk<'_>) -> anyhow::Result<ExitCode>,
    ) -> anyhow::Result<ExitCode> {
        work(&self.open()?.desk(by))
    }

    /// What was kept, read beside the store.
    pub(crate) fn kept(&self) -> Kept {
        Kept::at(&self.store)
    }
}

impl Open {
    /// The counter with an officer at it.
    pub(crate) fn desk<'a>(&'a self, by: &'a str) -> Desk<'a> {
        Desk { store: &self.store, now: self.now, by }
    }
}

/// What was done, or why not, for whoever stands at the counter.
///
/// # Errors
/// When nobody reads what is written.
pub(crate) fn said(told: Result<String, Fault>) -> anyhow::Result<ExitCode> {
    match told {
        Ok(text) => {
            writeln!(anstream::stdout(), "{}", text.trim_end())?;
            Ok(ExitCode::SUCCESS)
        }
        Err(fault) => {
            writeln!(anstream::stderr(), "{fault}")?;
            Ok(ExitCode::from(1))
        }
    }
}
