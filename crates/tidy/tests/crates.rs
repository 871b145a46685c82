//! Who may use whom, and what a pure crate may not know.

use std::collections::BTreeSet;
use std::fs;

use gongji_tidy::{File, has_word, none, root, rust, rust_files};

/// The crates that decide about money: no clock, file, network, environment, thread or float.
const PURE: [&str; 6] = ["domain", "adjudication", "ledger", "microsimulation", "policy", "register"];

/// The arrows: what each crate may use of ours. What is not here is forbidden.
const MAY_USE: [(&str, &[&str]); 13] = [
    ("domain", &[]),
    ("adjudication", &["domain"]),
    ("ledger", &["domain"]),
    ("policy", &["adjudication", "domain"]),
    ("register", &["domain"]),
    ("population", &["domain"]),
    ("microsimulation", &["adjudication", "domain", "policy", "population"]),
    ("store", &["domain", "ledger"]),
    ("app", &["adjudication", "domain", "ledger", "microsimulation", "policy", "population", "register", "store"]),
    ("oracle", &[]),
    ("cluster", &[]),
    ("drill", &[]),
    ("tidy", &[]),
];

/// What tests use and no crate ships.
const FOR_TESTS: [&str; 3] = ["gongji-oracle", "gongji-cluster", "gongji-drill"];

/// The one crate that puts C function pointers under SQLite, and the one file of it that does.
const UNSAFE: (&str, &str) = ("drill", "crates/drill/src/vfs.rs");

/// What the pure crates may use of others.
const PURE_MAY_USE: [&str; 6] = ["itoa", "jiff", "serde", "serde_json", "thiserror", "toml"];

fn manifest(room: &str) -> toml::Table {
    let text = fs::read_to_string(root().join("crates").join(room).join("Cargo.toml")).expect("a manifest");
    text.parse().expect("a manifest is TOML")
}

fn rooms() -> Vec<String> {
    let entries = fs::read_dir(root().join("crates")).expect("the crates folder");
    let mut rooms: Vec<String> =
        entries.map(|entry| entry.expect("a folder").file_name().to_string_lossy().into_owned()).collect();
    rooms.sort();
    rooms
}

fn dependencies(room: &str, table: &str) -> BTreeSet<String> {
    let manifest = manifest(room);
    let table = manifest.get(table).and_then(toml::Value::as_table);
    table.map(|table| table.keys().cloned().collect()).unwrap_or_default()
}

fn is_pure(file: &File) -> bool {
    PURE.contains(&file.room()) && !file.is_test()
}

#[test]
fn crates_use_only_what_the_picture_draws() {
    let mut faults = Vec::new();
    for room in rooms() {
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == room) else {
            faults.push(format!("crates/{room}: not in the picture; add it to ARCHITECTURE.md and to this test"));
            continue;
        };
        for used in dependencies(&room, "dependencies").iter().chain(&dependencies(&room, "build-dependencies")) {
            if let Some(ours) = used.strip_prefix("gongji-")
                && !allowed.contains(&ours)
            {
                faults.push(format!("crates/{room}: may not use {used}; it may use {allowed:?}"));
            }
        }
    }
    none(&faults);
}

#[test]
fn what_is_for_tests_is_used_by_tests_only() {
    for (room, ours) in rooms().iter().flat_map(|room| FOR_TESTS.map(|ours| (room, ours))) {
        for table in ["dependencies", "build-dependencies"] {
            assert!(!dependencies(room, table).contains(ours), "crates/{room} ships {ours}");
        }
    }
}

#[test]
fn pure_crates_use_few_others() {
    let mut faults = Vec::new();
    for room in PURE {
        for used in dependencies(room, "dependencies") {
            if !used.starts_with("gongji-") && !PURE_MAY_USE.contains(&used.as_str()) {
                faults.push(format!("crates/{room}: {used} is not among {PURE_MAY_USE:?}"));
            }
        }
    }
    none(&faults);
}

#[test]
fn pure_crates_are_no_std_and_name_no_std() {
    let mut faults = Vec::new();
    for file in rust_files().iter().filter(|file| is_pure(file)) {
        let code = rust::code(&file.text);
        if file.path.ends_with("/src/lib.rs") && !code.contains("#![no_std]") {
            faults.push(format!("{}: without #![no_std]", file.path));
        }
        for (number, line) in code.lines().enumerate() {
            if has_word(line, "std") && !line.contains("#![no_std]") {
                faults.push(format!("{}:{}: names std", file.path, number + 1));
            }
        }
    }
    none(&faults);
}

#[test]
fn pure_crates_have_no_floats() {
    let mut faults = Vec::new();
    for file in rust_files().iter().filter(|file| is_pure(file)) {
        for (number, line) in rust::code(&file.text).lines().enumerate() {
            // `visit_f64` is how a JSON number with a point is refused.
            let named = ["f32", "f64"].iter().any(|word| has_word(line, word));
            if named && !line.contains("fn visit_f64") {
                faults.push(format!("{}:{}: a float", file.path, number + 1));
            }
        }
    }
    none(&faults);
}

#[test]
fn every_crate_takes_the_workspace_lints_and_versions() {
    let mut faults = Vec::new();
    for room in rooms().iter().filter(|room| *room != UNSAFE.0) {
        let lints = manifest(room).get("lints").and_then(|lints| lints.get("workspace")?.as_bool());
        if lints != Some(true) {
            faults.push(format!("crates/{room}/Cargo.toml: without `[lints] workspace = true`"));
        }
    }
    let workspace: toml::Table =
        fs::read_to_string(root().join("Cargo.toml")).expect("the manifest").parse().expect("TOML");
    assert_eq!(workspace["workspace"]["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
    assert_eq!(workspace["profile"]["release"]["overflow-checks"].as_bool(), Some(true));
    none(&faults);
}

/// Its lints are the workspace's own and one more, but for the one that its one file may allow.
#[test]
fn unsafe_code_stands_in_one_file_of_a_crate_for_tests() {
    let workspace: toml::Table =
        fs::read_to_string(root().join("Cargo.toml")).expect("the manifest").parse().expect("TOML");
    let mut lints = workspace["workspace"]["lints"].clone();
    lints["rust"]["unsafe_code"] = "deny".into();
    let clippy = lints["clippy"].as_table_mut().expect("lints of clippy");
    clippy.insert("undocumented_unsafe_blocks".into(), "warn".into());
    assert_eq!(manifest(UNSAFE.0).get("lints"), Some(&lints), "crates/{}/Cargo.toml", UNSAFE.0);
    let allow = |file: &File| rust::code(&file.text).contains("allow(unsafe_code");
    let allowing: Vec<String> =
        rust_files().into_iter().filter(|file| file.room() != "tidy" && allow(file)).map(|file| file.path).collect();
    assert_eq!(allowing, [UNSAFE.1]);
}
