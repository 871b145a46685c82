//! Where a promise is tried: an empty file, or an empty database. Knows how somebody with access to the disk
//! or the server changes rows, and nothing of what the rows mean.

use std::path::{Path, PathBuf};

use gongji_cluster::{Database, psql};
use gongji_store::{OpenError, Place, Reader, Report, State, Store, VerifyError};
use rusqlite::Connection;
use tempfile::TempDir;

/// One test on each engine for every function that is named.
macro_rules! promises {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { super::$name(&crate::world::World::sqlite()); })*
        }
        mod postgres {
            $(
                // The switch: without this line the promises are tried on PostgreSQL too.
                #[test] fn $name() { super::$name(&crate::world::World::postgres()); }
            )*
        }
    };
}

/// A place for a store, empty at first and gone afterwards.
pub struct World {
    place: Place,
    hold: Hold,
}

enum Hold {
    Folder(TempDir),
    Database(Database),
}

impl World {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { place: Place::file(folder.path().join("store.db")), hold: Hold::Folder(folder) }
    }

    pub fn postgres() -> Self {
        let database = Database::fresh();
        Self { place: Place::Postgres(database.url().to_owned()), hold: Hold::Database(database) }
    }

    pub fn place(&self) -> &Place {
        &self.place
    }

    pub fn is_postgres(&self) -> bool {
        matches!(self.hold, Hold::Database(_))
    }

    /// The file, where it is one.
    pub fn path(&self) -> PathBuf {
        match &self.hold {
            Hold::Folder(folder) => folder.path().join("store.db"),
            Hold::Database(_) => panic!("a database is no file"),
        }
    }

    /// Another name in the folder of the file.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.path().with_file_name(name)
    }

    pub fn open<S: State>(&self, state: S) -> Result<Store<S>, OpenError> {
        Store::open(&self.place, state)
    }

    pub fn reader(&self) -> Reader {
        Reader::open(&self.place).unwrap()
    }

    pub fn verify<S: State>(&self, state: &S) -> Result<Report, VerifyError> {
        self.reader().verify(state)
    }

    /// Executes statements as somebody with access to the disk or the server could.
    pub fn change(&self, sql: &str) {
        match &self.hold {
            Hold::Folder(_) => change_file(&self.path(), sql),
            Hold::Database(database) => drop(psql(database.url(), sql).unwrap()),
        }
    }

    /// The bytes in a column of the one row that is meant.
    pub fn bytes(&self, column: &str, from: &str) -> Vec<u8> {
        match &self.hold {
            Hold::Folder(_) => {
                let file = Connection::open(self.path()).unwrap();
                file.query_row(&format!("SELECT {column} FROM {from}"), [], |row| row.get(0)).unwrap()
            }
            Hold::Database(database) => {
                let hex = psql(database.url(), &format!("SELECT encode({column}, 'hex') FROM {from}")).unwrap();
                let digits: Vec<u8> =
                    hex.trim().bytes().map(|digit| (digit as char).to_digit(16).unwrap() as u8).collect();
                digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
            }
        }
    }

    /// Bytes as this engine writes them in a statement.
    pub fn literal(&self, bytes: &[u8]) -> String {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        if self.is_postgres() { format!("'\\x{hex}'::bytea") } else { format!("x'{hex}'") }
    }

    /// The table of what was answered under which key.
    pub fn messages(&self) -> &'static str {
        if self.is_postgres() { "message_claim" } else { "message" }
    }

    /// The table of persons as they are kept.
    pub fn people(&self) -> &'static str {
        if self.is_postgres() { "person" } else { "people" }
    }
}

/// The same on a file.
pub fn change_file(path: &Path, sql: &str) {
    let file = Connection::open(path).unwrap();
    file.execute_batch("PRAGMA ignore_check_constraints = ON").unwrap();
    let before = file.total_changes();
    file.execute_batch(sql).unwrap();
    assert!(file.total_changes() > before, "nothing was changed: {sql}");
}
