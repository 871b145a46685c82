//! What the house rules need to look at the repository: its files, and Rust text without comments
//! and tests. The rules themselves are the tests of this crate, one file for each kind of rule.

pub mod rust;

use std::fs;
use std::path::{Path, PathBuf};

/// A text file of the repository.
#[derive(Clone, Debug)]
pub struct File {
    /// Its path from the root of the repository, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl File {
    /// The crate's folder that the file lies in (`domain`), if it lies in one.
    pub fn room(&self) -> &str {
        let inside = self.path.strip_prefix("crates/").unwrap_or_default();
        inside.split('/').next().unwrap_or_default()
    }

    /// Whether the whole file is tests, benches or examples.
    pub fn is_test(&self) -> bool {
        ["/tests/", "/benches/", "/examples/", "/tests.rs"].iter().any(|part| self.path.contains(part))
    }
}

/// The root of the repository.
///
/// # Panics
/// If this crate does not lie two folders below it.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("this crate lies in crates/tidy").to_owned()
}

/// The text files below a folder of the repository, sorted; hidden folders and `target` left out.
pub fn files(below: &str) -> Vec<File> {
    let mut found = Vec::new();
    collect(&root().join(below), &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The Rust files of the crates.
pub fn rust_files() -> Vec<File> {
    let mut files = files("crates");
    files.retain(|file| file.path.ends_with(".rs"));
    files
}

fn collect(at: &Path, found: &mut Vec<File>) {
    let entries = fs::read_dir(at).unwrap_or_else(|fault| panic!("{}: {fault}", at.display()));
    for entry in entries {
        let path = entry.expect("a readable folder entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let made = ["target", "node_modules", "dist"].contains(&name);
        let skipped = made || (name.starts_with('.') && ![".ci", ".config"].contains(&name));
        if skipped {
            continue;
        }
        if path.is_dir() {
            collect(&path, found);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let inside = path.strip_prefix(root()).expect("below the root");
            found.push(File { path: inside.to_string_lossy().replace('\\', "/"), text });
        }
    }
}

/// Fails with all faults at once, one a line.
///
/// # Panics
/// If there is a fault.
pub fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// Whether `text` has `word` with no letter, digit or underscore beside it.
pub fn has_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}
