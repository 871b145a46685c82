//! What every command of the agency's officers (经办) needs: the store, the packages, who does it, and how far it is.

use std::ops::ControlFlow;
use std::sync::Arc;

use anyhow::Context as _;
use gongji_store::{Reader, Store};
use indicatif::{ProgressBar, ProgressStyle};

use super::counter::Counter;
use crate::cli::store::unusable;
use crate::his::{Book, Decider, Policies};

/// Where, and by whom.
#[derive(clap::Args)]
pub(super) struct Desk {
    #[command(flatten)]
    counter: Counter,
    /// Who does it (经办人); stands in the journal with everything that is done
    #[arg(long, value_name = "OFFICER", default_value = "经办")]
    pub by: String,
}

/// How an answer is printed.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// Words and tables for people
    Text,
    /// JSON, amounts in yuan as texts
    Json,
}

impl Desk {
    /// The packages that decide.
    pub(super) fn policies(&self) -> anyhow::Result<Arc<Policies>> {
        self.counter.policies().map(Arc::new)
    }

    /// The store for writing: a file must not be in use by the service, beside PostgreSQL it goes on.
    pub(super) fn open(&self, policies: &Arc<Policies>) -> anyhow::Result<Store<Book>> {
        Store::open(&self.counter.store, book(policies)).with_context(|| unusable(&self.counter.store))
    }

    /// One moment of the store, for reading beside whoever writes.
    pub(super) fn read(&self) -> anyhow::Result<Reader> {
        Reader::open(&self.counter.store).with_context(|| unusable(&self.counter.store))
    }
}

/// How events are folded, by these packages.
pub(super) fn book(policies: &Arc<Policies>) -> Book {
    let decider: Arc<dyn Decider> = Arc::clone(policies) as Arc<dyn Decider>;
    Book::new(decider)
}

/// A bar that moves a thousand at a time.
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new(of: &str) -> anyhow::Result<Self> {
        let bar = ProgressBar::new(0);
        let template = format!("{of} {{bar:40}} {{pos}}/{{len}} {{per_sec}} {{eta}}");
        bar.set_style(ProgressStyle::with_template(&template)?);
        Ok(Self(bar))
    }

    /// So many of so many.
    pub(super) fn at(&self, done: u64, all: u64) -> ControlFlow<()> {
        if done.is_multiple_of(1024) || done == all {
            self.0.set_length(all);
            self.0.set_position(done);
        }
        ControlFlow::Continue(())
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
