//! PostgreSQL: one node, two nodes with members of their own, and pgbench on the same server, in turn.

use std::process::Command;

use anyhow::{Context as _, Result, bail};
use gongji_store::{Place, Store};

use crate::rounds::Rounds;
use crate::world::{self, Run, World};

#[derive(clap::Args)]
pub struct Options {
    /// An empty database of the server to measure: postgres://user@host/database
    #[arg(long)]
    url: String,
    /// Another empty database of it, for pgbench; it is filled at scale 10
    #[arg(long)]
    pgbench: String,
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    #[arg(long, default_value_t = 100_000)]
    members: u64,
}

pub fn run(options: &Options) -> Result<()> {
    let url = &options.pgbench;
    command("pgbench", &["-i", "-q", "-s", "10", url])?;
    let one = Store::open(&Place::from(options.url.as_str()), World)?;
    world::open_accounts(&one, options.members)?;
    let mut rounds = Rounds::default();
    for round in 0..options.rounds {
        let seed = round as u64;
        let alone = world::settle(&one, &lane(options, 0, 1), seed)?;
        println!("round {round}: one node {alone}");
        let two = two(options, &one, seed)?;
        println!("         two nodes {two:.0}/s together");
        let seconds = options.seconds.to_string();
        let told = command("pgbench", &["-n", "-c", "16", "-j", "2", "-T", &seconds, url])?;
        let tps = tps(&told)?;
        println!("         pgbench {tps:.0}/s");
        rounds.add("one node of pgbench TPC-B", alone.rate / tps);
        rounds.add("two nodes of one", two / alone.rate);
        rounds.add("one node, settlements a second", alone.rate);
        rounds.add("CPU of the node's threads, microseconds", alone.both_micros);
    }
    rounds.print();
    Ok(())
}

fn lane(options: &Options, rest: u64, divisor: u64) -> Run {
    Run { in_flight: 1024, seconds: options.seconds, members: options.members, lane: (rest, divisor) }
}

/// Both nodes at once, each with half of the members.
fn two(options: &Options, one: &Store<World>, seed: u64) -> Result<f64> {
    let other = Store::open(&Place::from(options.url.as_str()), World)?;
    let (even, odd) = std::thread::scope(|scope| {
        let even = scope.spawn(|| world::settle(one, &lane(options, 0, 2), 1000 + seed));
        let odd = world::settle(&other, &lane(options, 1, 2), 2000 + seed);
        (even.join(), odd)
    });
    let Ok(even) = even else { bail!("a node ended") };
    Ok(even?.rate + odd?.rate)
}

fn command(program: &str, arguments: &[&str]) -> Result<String> {
    let out =
        Command::new(program).args(arguments).output().with_context(|| format!("run {program}; is it on PATH?"))?;
    if !out.status.success() {
        bail!("{program}: {}", String::from_utf8_lossy(&out.stderr));
    }
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

fn tps(told: &str) -> Result<f64> {
    let line = told.lines().find_map(|line| line.strip_prefix("tps = "));
    line.and_then(|line| line.split(' ').next()?.parse().ok()).context("pgbench told no rate")
}
