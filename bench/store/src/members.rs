//! Many members beside few: how long a start takes, what they cost in memory, and whether they slow anybody.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::Result;
use gongji_store::{Place, Store};

use crate::machine;
use crate::rounds::Rounds;
use crate::world::{self, Run, World};

#[derive(clap::Args)]
pub struct Options {
    #[arg(long, default_value_t = 1_000_000)]
    many: u64,
    #[arg(long, default_value_t = 10_000)]
    few: u64,
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Settlements of the many that are on disk before anything is measured
    #[arg(long, default_value_t = 0)]
    before: u64,
}

pub fn run(options: &Options) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (many, few) = (folder.path().join("many.db"), folder.path().join("few.db"));
    prepare(&many, options.many, options.before)?;
    prepare(&few, options.few, 0)?;
    // In a process of its own, where nothing else has taken memory yet.
    let told = Command::new(std::env::current_exe()?).arg("start").arg(&many).output()?;
    print!("{}", String::from_utf8_lossy(&told.stdout));
    let with_many = Store::open(&Place::file(&many), World)?;
    let with_few = Store::open(&Place::file(&few), World)?;
    let mut rounds = Rounds::default();
    for round in 0..options.rounds {
        let run = |members| Run { in_flight: 1024, seconds: options.seconds, members, lane: (0, 1) };
        let seed = 100 + round as u64;
        let m = world::settle(&with_many, &run(options.many), seed)?;
        let f = world::settle(&with_few, &run(options.few), seed)?;
        println!("round {round}: many {m}\n         few  {f}");
        rounds.add("rate with many of that with few", m.rate / f.rate);
        rounds.add("writer CPU with many of that with few", m.both_micros / f.both_micros);
        rounds.add("bytes written with many", m.written);
    }
    println!("memory after: {:.0} MiB in all", machine::resident());
    rounds.print();
    Ok(())
}

/// Opens a store and tells how long that took and what it holds in memory.
pub fn start(path: &Path) -> Result<()> {
    let before = machine::resident();
    let begun = Instant::now();
    let store = Store::open(&Place::file(path), World)?;
    let took = begun.elapsed().as_secs_f64();
    let state = machine::resident() - before;
    println!("start after {} events: {took:.2} s, {state:.0} MiB", store.head().events);
    Ok(())
}

/// Makes a store, in a process of its own as far as its memory goes: it is closed again.
fn prepare(path: &Path, members: u64, before: u64) -> Result<()> {
    let begun = Instant::now();
    let store = Store::open(&Place::file(path), World)?;
    world::open_accounts(&store, members)?;
    println!("{members} accounts opened in {:.1} s", begun.elapsed().as_secs_f64());
    let mut seed = 10_000;
    while store.head().events < members + before {
        let run = Run { in_flight: 1024, seconds: 20, members, lane: (0, 1) };
        world::settle(&store, &run, seed)?;
        seed += 1;
    }
    Ok(())
}
