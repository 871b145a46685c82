//! A year of ordinary visits of a whole population under Nanchang's draft, settled four ways in one run: by the engine
//! as the counter uses it, by the engine's way for visits alike, by numpy in integer fen, and by OpenFisca-core.
//! Only settling is timed, in seconds of CPU; the first three must agree to the fen on every visit, or the run stops.
//!
//! `cargo run --release --manifest-path bench/population/Cargo.toml -- --python .venv/bin/python`

mod files;
#[path = "../../src/folders.rs"]
mod folders;
mod ours;
mod visits;

use files::{peer, write};
use gongji_policy::Library;
use ours::{Facts, alike, engine};
use std::path::Path;
use visits::visits;

const ROUNDS: usize = 5;

fn option(name: &str) -> Option<String> {
    let mut arguments = std::env::args();
    arguments.by_ref().find(|argument| argument == name)?;
    arguments.next()
}

fn main() {
    let python = option("--python").unwrap_or_else(|| "python3".to_owned());
    let persons = option("--persons").map_or(1_000_000, |text| text.parse().expect("how many persons"));
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let library = Library::load(&folders::folders(&policies));
    let area = library.area("360100").expect("Nanchang's package is sound");
    let visits = visits(persons);
    println!("{persons} persons, {} ordinary visits, {ROUNDS} rounds each, medians", visits.count());
    let facts = Facts::of(area);
    let (engine_seconds, by_engine) = engine(area, &facts, &visits, ROUNDS);
    let (alike_seconds, by_alike) = alike(area, &facts, &visits, ROUNDS);
    assert!(by_engine == by_alike, "visits decided alike differ from the engine's");

    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), &visits);
    let numpy = peer(&python, "plain.py", folder.path(), ROUNDS);
    assert!(files::read(folder.path()) == by_engine, "numpy's amounts differ from the engine's");
    let openfisca = peer(&python, "openfisca_rules.py", folder.path(), ROUNDS);

    let rate = |seconds: f64| visits.count() as f64 / seconds / 1e6;
    println!("{:<34} {:>14} {:>10} {:>12}", "", "million a CPU-s", "of numpy", "of OpenFisca");
    let rows = [
        ("engine, visit by visit", engine_seconds),
        ("engine, visits alike", alike_seconds),
        ("numpy, integer fen", numpy.seconds),
        ("OpenFisca-core", openfisca.seconds),
    ];
    for (name, seconds) in rows {
        println!(
            "{name:<34} {:>14.1} {:>10.2} {:>12.2}",
            rate(seconds),
            rate(seconds) / rate(numpy.seconds),
            rate(seconds) / rate(openfisca.seconds)
        );
    }
    println!("engine, visits alike and numpy agree on every fen; OpenFisca is off by {} fen at most", openfisca.off);
}
