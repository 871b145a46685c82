//! Where a store lies: a file, or a database server. Knows how to read and to name one, and nothing of either.

use std::fmt;
use std::path::{Path, PathBuf};

/// Where a store lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file of the embedded engine, SQLite.
    File {
        /// Where it is.
        path: PathBuf,
        /// SQLite's name of the file system that it lies on, where that is not the machine's own.
        vfs: Option<String>,
    },
    /// Nowhere: what is kept is gone with the process.
    Memory,
    /// A PostgreSQL database, by its address: `postgres://user@host/database`. Among the settings after the
    /// question mark two are ours: `gongji_lease=10` is for how many seconds after its last commit a node keeps
    /// its stream, and `gongji_cluster=1` says that the tables are divided over several servers: `person`,
    /// `event` and `posting` by person, `message_claim` by message, the others not.
    Postgres(String),
}

/// What nowhere is called.
const MEMORY: &str = "memory:";

impl Place {
    /// A file.
    pub fn file(path: impl AsRef<Path>) -> Self {
        Self::File { path: path.as_ref().to_owned(), vfs: None }
    }
}

impl From<&str> for Place {
    /// An address that begins with `postgres://` or `postgresql://` is a database, `memory:` is nowhere, anything
    /// else a file.
    fn from(text: &str) -> Self {
        if ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            Self::Postgres(text.to_owned())
        } else if text == MEMORY {
            Self::Memory
        } else {
            Self::file(text)
        }
    }
}

impl fmt::Display for Place {
    /// As it was written, without a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, .. } => write!(f, "{}", path.display()),
            Self::Memory => f.write_str(MEMORY),
            Self::Postgres(address) => f.write_str(&without_password(address)),
        }
    }
}

fn without_password(address: &str) -> String {
    let shown = || {
        let (scheme, rest) = address.split_once("://")?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let at = rest[..end].rfind('@')?;
        let (user, _) = rest[..at].split_once(':')?;
        Some(format!("{scheme}://{user}:***{}", &rest[at..]))
    };
    let address = shown().unwrap_or_else(|| address.to_owned());
    // A password may also stand among the settings after the question mark.
    match address.split_once("password=") {
        None => address,
        Some((before, after)) => format!("{before}password=***{}", after.find('&').map_or("", |at| &after[at..])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_apart_and_passwords_are_never_shown() {
        for (text, shown) in [
            ("gongji.db", "gongji.db"),
            ("/var/lib/postgres.db", "/var/lib/postgres.db"),
            ("memory:", "memory:"),
            ("postgres://gongji@db/gongji", "postgres://gongji@db/gongji"),
            ("postgres://gongji:s3@cret@db:5432/gongji", "postgres://gongji:***@db:5432/gongji"),
            ("postgresql:///g?host=/tmp&password=x&user=u", "postgresql:///g?host=/tmp&password=***&user=u"),
        ] {
            let place = Place::from(text);
            assert_eq!(place.to_string(), shown);
            assert_eq!(matches!(place, Place::Postgres(_)), text.contains("://"));
        }
    }
}
