//! What the store costs, apart from deciding and from HTTP. Every ratio is made of two sides that were run
//! in turn, round by round, and is the median of its rounds.
//!
//! `cargo run --release --manifest-path bench/store/Cargo.toml -- --help`

mod answers;
mod log;
mod machine;
mod members;
mod postgres;
mod rounds;
mod world;

use anyhow::Result;
use clap::Parser;
use gongji_store::{Place, Store};
use rounds::Rounds;
use world::{Run, World};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the store.
#[derive(Parser)]
enum Options {
    /// The embedded engine beside a program that appends the same bytes, flushes them and answers
    Embedded(Embedded),
    /// A start, the memory and the rate with many members beside few
    Members(members::Options),
    /// How long a store takes to open, and its memory
    Start {
        /// The store's file
        path: std::path::PathBuf,
    },
    /// PostgreSQL with one node and with two, beside pgbench on the same server
    Postgres(postgres::Options),
}

#[derive(clap::Args)]
struct Embedded {
    /// Requests under way
    #[arg(long, default_value_t = 1024)]
    in_flight: usize,
    /// Seconds of each side of a round
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Members, met at random
    #[arg(long, default_value_t = 100_000)]
    members: u64,
}

fn main() -> Result<()> {
    match Options::parse() {
        Options::Embedded(options) => embedded(&options),
        Options::Members(options) => members::run(&options),
        Options::Start { path } => members::start(&path),
        Options::Postgres(options) => postgres::run(&options),
    }
}

fn embedded(options: &Embedded) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("store.db");
    let store = Store::open(&Place::file(&path), World)?;
    world::open_accounts(&store, options.members)?;
    let run = Run { in_flight: options.in_flight, seconds: options.seconds, members: options.members, lane: (0, 1) };
    let mut rounds = Rounds::default();
    for round in 0..options.rounds {
        let (events, size) = (store.head().events, std::fs::metadata(&path)?.len());
        let kept = world::settle(&store, &run, round as u64)?;
        // What a settlement adds to the file, keys included, is what the bare log writes.
        let bytes = (std::fs::metadata(&path)?.len() - size) / (store.head().events - events);
        let bare = log::append(&folder.path().join("log"), &run, usize::try_from(bytes)?)?;
        let loaded = log::append_said(&folder.path().join("log"), &run, usize::try_from(bytes)?, round as u64)?;
        println!("round {round}: {kept}");
        println!("         bare log of {bytes} bytes: {bare:.0}/s; asked with the same settlements: {loaded:.0}/s");
        rounds.add("of the bare log's rate", kept.rate / bare);
        rounds.add("of its rate under the same load", kept.rate / loaded);
        rounds.add("settlements a second", kept.rate);
        rounds.add("CPU of the store's threads, microseconds", kept.both_micros);
        rounds.add("CPU of the one that decides and writes", kept.worker_micros);
        rounds.add("bytes written a settlement", kept.written);
    }
    rounds.print();
    Ok(())
}
