//! The command line from outside: the real program, its input, output and exit status.

mod account;
mod bless;
mod bond;
mod check;
mod coverage;
mod design;
mod diff;
mod explain;
mod keys;
mod member;
mod new;
mod policies;
mod population;
mod quote;
mod reconcile;
mod store;
#[path = "../common/visit.rs"]
mod visit;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run of the program gave.
pub struct Ran {
    /// Exit status.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// A command of the program, in a terminal of a hundred columns that shows no colours.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongji"));
    command.args(arguments).env("COLUMNS", "100").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs the program on some input.
pub fn gongji(arguments: &[&str], input: impl AsRef<[u8]>) -> Ran {
    let mut child = command(arguments).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.as_ref().to_vec();
    // A program that will not work with its arguments does not read what it is given.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The packages that ship, as they lie in the repository.
pub fn policies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies")
}

/// A copy of a package that ships, in a folder of its own.
pub struct Copy {
    dir: tempfile::TempDir,
    name: String,
}

impl Copy {
    /// Copies a package.
    pub fn of(name: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for part in ["", "source", "cases"] {
            let into = dir.path().join(name).join(part);
            std::fs::create_dir_all(&into).unwrap();
            let Ok(entries) = std::fs::read_dir(policies().join(name).join(part)) else { continue };
            for path in entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
                std::fs::copy(&path, into.join(path.file_name().unwrap())).unwrap();
            }
        }
        Self { dir, name: name.to_owned() }
    }

    /// The folder that holds the package.
    pub fn above(&self) -> String {
        self.dir.path().display().to_string()
    }

    /// The package's folder.
    pub fn path(&self) -> String {
        self.dir.path().join(&self.name).display().to_string()
    }

    /// Replaces a text that stands once in a file; gives the line and column (in characters) where
    /// `mark` begins in the new text.
    pub fn change(&self, file: &str, from: &str, to: &str, mark: &str) -> (usize, usize) {
        let path = self.dir.path().join(&self.name).join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {file}");
        let at = text.find(from).unwrap() + to.find(mark).unwrap();
        let text = text.replacen(from, to, 1);
        std::fs::write(&path, &text).unwrap();
        let before = &text[..at];
        (before.matches('\n').count() + 1, before.rsplit('\n').next().unwrap().chars().count() + 1)
    }

    /// Adds a file.
    pub fn add(&self, file: &str, text: &str) {
        let path = self.dir.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

#[test]
fn every_command_helps_with_an_example() {
    let policy = ["list", "show", "check", "coverage", "keys", "new", "bless"].map(|name| vec!["policy", name]);
    let store = ["verify", "rebuild", "backup", "balances", "heads", "prove", "verify-proof"];
    let store = store.map(|name| vec!["store", name]);
    let sandbox = [vec!["sandbox", "members"], vec!["sandbox", "reset"], vec!["calls"], vec!["certify"]];
    let account = ["rules", "quote"].map(|name| vec!["account", name]);
    let commands =
        [vec!["quote"], vec!["explain"]].into_iter().chain(account).chain(sandbox).chain(policy).chain(store);
    for command in commands {
        let ran = gongji(&[command.as_slice(), &["--help"]].concat(), "");
        assert_eq!(ran.code, 0);
        assert!(ran.out.contains("EXAMPLE\n") && ran.out.contains("gongji "), "{}", ran.out);
    }
    assert_eq!(gongji(&["quite"], "").code, 2);
}
