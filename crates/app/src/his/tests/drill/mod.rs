//! The drill: the whole centre in one process, decided by one seed. The clock, the disk and the line to several
//! hospital terminals are simulated; messages are lost, doubled, delayed and sent again, the disk crashes at any
//! step, fills up and fails, and an auditor who keeps accounts of its own says whether anybody lost a fen.
//! Must never ship, and never ask the store what is right.
//!
//! `GONGJI_DRILL_SEEDS=0..10000` chooses seeds; `GONGJI_DRILL_SEED=4711` plays one and prints each event.

mod audit;
mod centre;
mod line;
mod log;
mod messages;
mod model;
mod play;
mod tally;
mod terminal;

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use log::Log;
use play::play;
use tally::Tally;

/// What each run of the tests plays.
const SEEDS: Range<u64> = 0..200;

/// The seeds that the environment names, or the usual ones.
fn seeds() -> Range<u64> {
    let told = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    if let Some(one) = told("GONGJI_DRILL_SEED") {
        let seed = one.parse().expect("GONGJI_DRILL_SEED is a number");
        return seed..seed + 1;
    }
    let Some(range) = told("GONGJI_DRILL_SEEDS") else { return SEEDS };
    let bounds = range.split_once("..").and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    bounds.expect("GONGJI_DRILL_SEEDS is written 0..10000")
}

/// Plays seeds on as many threads as the machine has; what went wrong, by seed, and how much there was.
fn play_all(seeds: Range<u64>) -> (Vec<(u64, String)>, Tally) {
    let next = AtomicU64::new(seeds.start);
    let work = || {
        let (mut faults, mut sum) = (Vec::new(), Tally::default());
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return (faults, sum);
            }
            let mut log = Log::default();
            match play(seed, &mut log) {
                Ok(tally) => sum.add(&tally),
                Err(fault) => faults.push((seed, fault)),
            }
            if seeds.end - seeds.start == 1 {
                println!("{}", log.text());
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let (mut faults, mut sum) = (Vec::new(), Tally::default());
        for (more, tally) in threads.into_iter().map(|thread| thread.join().expect("the drill itself is sound")) {
            faults.extend(more);
            sum.add(&tally);
        }
        faults.sort();
        (faults, sum)
    })
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_is_settled_twice_whatever_breaks() {
    let seeds = seeds();
    let (faults, tally) = play_all(seeds.clone());
    println!("seeds {seeds:?}\n{tally}");
    let told: Vec<String> = faults
        .iter()
        .take(20)
        .map(|(seed, fault)| format!("seed {seed}: {fault}\n  replay with GONGJI_DRILL_SEED={seed}"))
        .collect();
    assert!(faults.is_empty(), "{} of {seeds:?} went wrong\n{}", faults.len(), told.join("\n"));
}

#[test]
fn the_same_seed_plays_the_same_run() {
    let digest = |seed| {
        let mut log = Log::default();
        let ended = play(seed, &mut log).err();
        (log.digest(), log.lines(), ended)
    };
    let of = || (1_000_000..1_000_006).map(digest).collect::<Vec<_>>();
    let first = of();
    assert_eq!(first, of());
    assert!(first.windows(2).all(|pair| pair[0].0 != pair[1].0), "another seed is another run");
}
