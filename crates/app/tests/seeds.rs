//! The seeds of the fuzz targets, and what fuzzing once found, replayed on every test run.
//! Coverage-guided fuzzing itself needs a nightly compiler; see `fuzz/Cargo.toml`.

#[path = "../../../fuzz/src/lib.rs"]
mod targets;

use std::path::Path;

/// Hands each seed of a target to it, whole and cut short at every eighth of its length.
fn replay(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(name);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        println!("{}", file.display());
        let bytes = std::fs::read(file).unwrap();
        target(&bytes);
        (1..8).for_each(|part| target(&bytes[..bytes.len() * part / 8]));
    }
}

#[test]
fn cases() {
    replay("case", targets::case);
}

#[test]
fn case_files() {
    replay("cases_md", targets::cases_md);
}

#[test]
fn packages() {
    replay("package", targets::package);
}

#[test]
fn messages() {
    replay("wire", targets::wire);
}

#[test]
fn messages_written_anew() {
    replay("wire", targets::json);
    replay("json", targets::json);
}
