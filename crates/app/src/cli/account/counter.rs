//! The store and the officer that a command of the counter works with.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use gongji_store::{Place, Store};

use crate::cli::load;
use crate::cli::store::{place, unusable};
use crate::his::desk::Desk;
use crate::his::errors::Fault;
use crate::his::{Book, Decider, Moment, Policies};
use crate::serve::clock::{ChinaTime, Clock as _};

/// Where an act is kept, and who does it.
#[derive(clap::Args)]
pub(super) struct Counter {
    /// The store (结算库): its file, or postgres://user@host/database. A file must not be in use by the service
    #[arg(long, value_name = "DB", env = "GONGJI_STORE", value_parser = place)]
    pub store: Place,
    #[command(flatten)]
    policies: load::Policies,
}

/// An open counter.
pub(super) struct Open {
    pub store: Store<Book>,
    pub decider: Arc<dyn Decider>,
    now: Moment,
}

impl Counter {
    pub(super) fn open(&self) -> anyhow::Result<Open> {
        let loaded = Policies::load(&self.policies.folders()?).map_err(|fault| anyhow!("政策包有错误：{fault}"))?;
        let decider: Arc<dyn Decider> = Arc::new(loaded);
        let store = Store::open(&self.store, Book::new(Arc::clone(&decider))).with_context(|| unusable(&self.store))?;
        Ok(Open { store, decider, now: Moment::of(ChinaTime.now()) })
    }
}

impl Open {
    pub(super) fn desk<'a>(&'a self, by: &'a str) -> Desk<'a> {
        Desk { store: &self.store, now: self.now, by }
    }
}

/// What was done, or why not, for whoever stands at the counter.
pub(super) fn said(told: Result<String, Fault>) -> anyhow::Result<ExitCode> {
    use std::io::Write as _;
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
