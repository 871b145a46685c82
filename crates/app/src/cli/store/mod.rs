//! `gongji store`: what an operator does with a store: prove it, copy it, go back to a moment of it, read its
//! books, publish its heads. Everything but `rebuild` reads only, and works beside the running service.

mod backup;
mod balances;
mod close;
mod heads;
mod prove;
mod rebuild;
mod restore;
mod text;
mod verify;
mod verify_proof;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use gongji_store::{Place, Reader};

use super::load;
use crate::his::{Book, Decider, Policies};

/// Look after a store (结算库): prove, back up, restore, rebuild, read its books
#[derive(clap::Subcommand)]
pub(crate) enum StoreCommand {
    Verify(verify::Options),
    Rebuild(rebuild::Options),
    Backup(backup::Options),
    Restore(restore::Options),
    Balances(balances::Options),
    Close(close::Options),
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
        StoreCommand::Restore(options) => restore::run(options),
        StoreCommand::Balances(options) => balances::run(options),
        StoreCommand::Close(options) => close::run(options),
        StoreCommand::Heads(options) => heads::run(options),
        StoreCommand::Prove(options) => prove::run(options),
        StoreCommand::VerifyProof(options) => verify_proof::run(options),
    }
}

/// The store that a command works on.
#[derive(clap::Args)]
struct Db {
    /// The store (结算库): its file, or postgres://user@host/database
    #[arg(value_name = "DB", value_parser = place)]
    place: Place,
}

impl Db {
    /// One moment of the store, for reading.
    fn open(&self) -> anyhow::Result<Reader> {
        Reader::open(&self.place).with_context(|| unusable(&self.place))
    }
}

/// Reads where a store lies.
#[expect(clippy::unnecessary_wraps, reason = "what clap wants of a parser")]
pub(crate) fn place(text: &str) -> Result<Place, std::convert::Infallible> {
    Ok(Place::from(text))
}

pub(crate) fn unusable(place: &Place) -> String {
    format!("无法使用结算库 {place}")
}

/// How events are folded, by the packages that decided.
fn book(policies: &load::Policies) -> anyhow::Result<Book> {
    let loaded = Policies::load(&policies.folders()?).map_err(|fault| anyhow!("政策包有错误：{fault}"))?;
    let decider: Arc<dyn Decider> = Arc::new(loaded);
    Ok(Book::new(decider))
}
