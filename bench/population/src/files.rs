//! Files that go between this program and the Python sides, and where people come from.

use crate::ours::Answer;
use crate::visits::Visits;
use gongji_population::{Behaviour, Generator, Preset};
use std::fs;
use std::path::Path;
use std::process::Command;

/// How a peer did.
pub struct Peer {
    /// The median, in seconds of CPU.
    pub seconds: f64,
    /// By how many fen it is off at most.
    pub off: i64,
}

/// Writes the columns as plain little-endian numbers.
pub fn write(folder: &Path, visits: &Visits) {
    let amounts = |column: &[i64]| column.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
    let first = visits.first.iter().flat_map(|number| number.to_le_bytes()).collect();
    let files = [
        ("first.u32", first),
        ("retired.u8", visits.retired.clone()),
        ("level.u8", visits.level.clone()),
        ("balance.i64", amounts(&visits.balance)),
        ("eligible.i64", amounts(&visits.eligible)),
        ("other.i64", amounts(&visits.other)),
    ];
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).expect("a file of columns");
    }
}

/// What numpy answered.
pub fn read(folder: &Path) -> Answer {
    let column = |name: &str| {
        let bytes = fs::read(folder.join(name)).expect("a column of the answer");
        bytes.chunks_exact(8).map(|word| i64::from_le_bytes(word.try_into().expect("eight bytes"))).collect()
    };
    Answer {
        borne: column("borne.i64"),
        paid: column("paid.i64"),
        account: column("account.i64"),
        cash: column("cash.i64"),
    }
}

/// Runs a Python side on the columns.
pub fn peer(python: &str, script: &str, folder: &Path, rounds: usize) -> Peer {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(script);
    let ran = Command::new(python).arg(script).arg(folder).arg(rounds.to_string()).output();
    let ran = ran.unwrap_or_else(|error| panic!("{python}: {error}; see requirements.txt"));
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let told: serde_json::Value = serde_json::from_slice(&ran.stdout).expect("one JSON object");
    let seconds = told["seconds"].as_array().expect("seconds");
    let off = told["fen_off_at_most"].as_object();
    Peer {
        seconds: seconds[seconds.len() / 2].as_f64().expect("a number"),
        off: off.into_iter().flatten().filter_map(|(_, fen)| fen.as_i64()).max().unwrap_or(0),
    }
}

/// So many invented members of Nanchang in 2023, from the presets that ship.
pub fn population(persons: u64) -> Generator {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../populations");
    let text = |code: &str| fs::read_to_string(folder.join(format!("{code}.toml"))).ok();
    let own = text("360100").expect("Nanchang's preset");
    let preset = Preset::read("360100.toml", &own, text).expect("a sound preset");
    Generator::new(&preset, persons, 2023, 1, Behaviour::default()).expect("a population")
}
