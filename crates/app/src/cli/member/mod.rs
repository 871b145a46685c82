//! `gongji member`: the register of members (参保登记): import, what it says of somebody, its history, corrections.

mod change;
mod history;
mod import;
mod show;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use gongji_store::{Place, Store};

use super::load;
use super::store::{place, unusable};
use crate::his::{Book, Decider, Policies};

/// The register of members (参保登记): import, look up, correct
#[derive(clap::Subcommand)]
pub(crate) enum MemberCommand {
    Import(import::Options),
    Show(show::Options),
    History(history::Options),
    Change(change::Options),
}

/// Runs a `member` command.
///
/// # Errors
/// When its arguments or the store cannot be used.
pub(crate) fn run(command: &MemberCommand) -> anyhow::Result<ExitCode> {
    match command {
        MemberCommand::Import(options) => import::run(options),
        MemberCommand::Show(options) => show::run(options),
        MemberCommand::History(options) => history::run(options),
        MemberCommand::Change(options) => change::run(options),
    }
}

/// The store that a command works on, and the rules by which it is read.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct At {
    /// The store (结算库): its file, made if it is not there, or postgres://user@host/database. A file must not be in
    /// use by the service
    #[arg(long, value_name = "DB", env = "GONGJI_STORE", default_value = "gongji-demo.db", value_parser = place)]
    pub store: Place,
    #[command(flatten)]
    pub policies: load::Policies,
}

/// An open store.
pub(crate) struct Opened {
    pub store: Store<Book>,
    pub decider: Arc<dyn Decider>,
}

impl At {
    /// Opens it.
    ///
    /// # Errors
    /// When the packages or the store cannot be used.
    pub(crate) fn open(&self) -> anyhow::Result<Opened> {
        let loaded = Policies::load(&self.policies.folders()?).map_err(|fault| anyhow!("政策包有错误：{fault}"))?;
        let decider: Arc<dyn Decider> = Arc::new(loaded);
        let store = Store::open(&self.store, Book::new(Arc::clone(&decider)));
        Ok(Opened { store: store.with_context(|| unusable(&self.store))?, decider })
    }
}

/// The officer who does something.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Officer {
    /// 经办人: who does it
    #[arg(long, value_name = "NAME", env = "GONGJI_OFFICER")]
    pub by: String,
    /// 事由: why
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub why: String,
    /// 材料: by which document
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub document: String,
}
