//! Finds the programs of PostgreSQL, and says what to install when there are none. Must never know what
//! they are run for.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::process::run;

/// The oldest version that is tested with: the one of Debian 12.
const OLDEST: u32 = 15;

/// Debian keeps each version here, off the `PATH`.
const DEBIAN: &str = "/usr/lib/postgresql";

/// A folder with the programs of one version.
#[derive(Debug)]
pub(crate) struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    /// Those of this machine, looked for once.
    pub(crate) fn get() -> &'static Self {
        static FOUND: OnceLock<Binaries> = OnceLock::new();
        FOUND.get_or_init(|| {
            let places = places();
            Self::among(&places).unwrap_or_else(|| panic!("{}", missing(&places)))
        })
    }

    fn among(places: &[PathBuf]) -> Option<Self> {
        let usable = |folder: &&PathBuf| version(folder).is_some_and(|version| version >= OLDEST);
        places.iter().find(usable).map(|folder| Self { folder: folder.clone() })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Where to look, best first. Whoever names a folder gets that one or none.
fn places() -> Vec<PathBuf> {
    if let Some(named) = env::var_os("GONGJI_POSTGRES_BIN") {
        return vec![named.into()];
    }
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).chain(newest_first(Path::new(DEBIAN))).collect()
}

fn newest_first(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort_by(|a, b| b.cmp(a));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

/// The version of the programs in a folder, if all that are needed are there.
fn version(folder: &Path) -> Option<u32> {
    let complete = ["initdb", "postgres", "psql"].iter().all(|name| folder.join(name).is_file());
    let said = complete.then(|| run(Command::new(folder.join("postgres")).arg("--version")).ok())??;
    let number = said.split(' ').find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn missing(places: &[PathBuf]) -> String {
    let mut text = format!(
        "PostgreSQL {OLDEST} or newer is missing; tests start servers of their own from its programs.\n\
         On Debian and Ubuntu:  sudo apt-get update && sudo apt-get install postgresql\n\
         Or name the folder with initdb, postgres and psql:  GONGJI_POSTGRES_BIN=/folder/bin\n\
         Looked in:"
    );
    for place in places {
        text.push_str(&format!("\n  {}", place.display()));
    }
    if places.is_empty() {
        text.push_str(" nowhere");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_there_is_nothing_it_says_what_to_install() {
        assert!(Binaries::among(&[]).is_none());
        let text = missing(&[]);
        assert!(text.contains("sudo apt-get install postgresql"), "{text}");
        assert!(text.ends_with("Looked in: nowhere"), "{text}");
    }

    #[test]
    fn a_folder_without_the_programs_is_named() {
        let empty = tempfile::tempdir().expect("a folder");
        let places = [empty.path().to_owned()];
        assert!(Binaries::among(&places).is_none());
        assert!(missing(&places).ends_with(&empty.path().display().to_string()));
    }

    #[test]
    fn the_newest_version_goes_first_and_by_number() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["9", "15", "17", "common"] {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        let found = newest_first(folder.path());
        let names = ["17/bin", "15/bin", "9/bin"].map(|name| folder.path().join(name));
        assert_eq!(found, names);
    }
}
