//! `gongji store`: what an operator does with a store: prove it, copy it, read its books, publish its
//! heads. Everything but `rebuild` reads only, and works beside the running service.

mod backup;
mod balances;
mod heads;
mod prove;
mod rebuild;
mod text;
mod verify;
mod verify_proof;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use gongji_store::Reader;

use super::load;
use crate::his::{Book, Decider, Policies};

/// Look after a store (结算库): prove, back up, rebuild, read its books
#[derive(clap::Subcommand)]
pub(crate) enum StoreCommand {
    Verify(verify::Options),
    Rebuild(rebuild::Options),
    Backup(backup::Options),
    Balances(balances::Options),
    Heads(heads::Options),
    Prove(prove::Options),
    VerifyProof(verify_proof::Options),
}

/// Runs a `store` command.
///
/// # Errors
/// When its arguments or the store cannot be used.
pub(crate) fn run(command: &StoreCommand) -> anyhow::Result<ExitCode> {
    match command {
        StoreCommand::Verify(options) => verify::run(options),
        StoreCommand::Rebuild(options) => rebuild::run(options),
        StoreCommand::Backup(options) => backup::run(options),
        StoreCommand::Balances(options) => balances::run(options),
        StoreCommand::Heads(options) => heads::run(options),
        StoreCommand::Prove(options) => prove::run(options),
        StoreCommand::VerifyProof(options) => verify_proof::run(options),
    }
}

/// The store that a command works on.
#[derive(clap::Args)]
struct Db {
    /// The store's file (结算库)
    #[arg(value_name = "DB")]
    path: PathBuf,
}

impl Db {
    /// One moment of the store, for reading.
    fn open(&self) -> anyhow::Result<Reader> {
        Reader::open(&self.path).with_context(|| unusable(&self.path))
    }
}

fn unusable(path: &Path) -> String {
    format!("无法使用结算库 {}", path.display())
}

/// What makes the state before the first event, by the packages that decided.
fn state(policies: &load::Policies) -> anyhow::Result<impl Fn() -> Book + use<>> {
    let loaded = Policies::load(&policies.folders()?).map_err(|fault| anyhow!("政策包有错误：{fault}"))?;
    let decider: Arc<dyn Decider> = Arc::new(loaded);
    Ok(move || Book::new(Arc::clone(&decider)))
}
