//! Opening the file: pragmas, whose file it is, numbered migrations.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};

use crate::trouble::Trouble;

/// Marks the file as ours ("GJGJ"); any other SQLite file is refused.
const APPLICATION_ID: i32 = 0x474A_474A;

/// Numbered migrations, oldest first. A published one is never edited: add the next.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "0001_event", include_str!("../../migrations/sqlite/0001_event.sql")),
    (2, "0002_posting", include_str!("../../migrations/sqlite/0002_posting.sql")),
    (3, "0003_row", include_str!("../../migrations/sqlite/0003_row.sql")),
];

/// Why a file cannot be used as a store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// The file was written by a later release.
    #[error("结算库的结构版本是 {found}，本程序只认到 {known}：请用新版程序")]
    Newer {
        /// Version of the file.
        found: i64,
        /// Newest version this program knows.
        known: i64,
    },
    /// The file was written by an earlier release, and was opened for reading only.
    #[error("结算库的结构版本是 {found}，本程序要 {known}：请先用本程序的 gongji serve 打开一次，它会升级")]
    Older {
        /// Version of the file.
        found: i64,
        /// The version that is read.
        known: i64,
    },
    /// A migration that was applied differs from the one in this program.
    #[error("结算库的结构被改动：{0} 与本程序的不同")]
    Altered(String),
    /// An SQLite file of some other program.
    #[error("文件是 SQLite 数据库，但属于别的程序，不是结算库")]
    Foreign,
    /// The file system does not let SQLite keep a write-ahead log.
    #[error("所在文件系统不支持预写日志（journal_mode 为 {0}，应为 WAL），不能保证落盘")]
    NotDurable(String),
    /// The database's own word.
    #[error(transparent)]
    Trouble(Trouble),
}

impl From<rusqlite::Error> for SchemaError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Trouble(error.into())
    }
}

/// Sets the durability pragmas of a writing connection.
pub(crate) fn configure(connection: &Connection) -> Result<(), SchemaError> {
    connection.pragma_update(None, "page_size", 8192)?;
    // The lock file keeps other programs like this one away; somebody's sqlite3 may come by.
    connection.busy_timeout(Duration::from_secs(2))?;
    // journal_mode answers with a row before the change is on disk: only who reads on is told that it failed.
    let modes = connection
        .prepare("PRAGMA journal_mode = WAL")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<Vec<String>, _>>()?;
    let mode = modes.into_iter().next().unwrap_or_default();
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(SchemaError::NotDurable(mode));
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 4000)?;
    connection.pragma_update(None, "cache_size", -32_768)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(())
}

/// Whether the file may be written at all: it is empty, or ours and not newer. Writes nothing.
pub(crate) fn look(connection: &Connection) -> Result<(), SchemaError> {
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match check(connection) {
        Err(SchemaError::Foreign) if tables == 0 => {
            let owner: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
            if owner == 0 { Ok(()) } else { Err(SchemaError::Foreign) }
        }
        Err(SchemaError::Older { .. }) => Ok(()),
        checked => checked,
    }
}

/// Brings the file to the newest schema inside an open transaction; tells which one it had.
pub(crate) fn migrate(transaction: &Connection) -> Result<i64, SchemaError> {
    let known = newest();
    let owner: i32 = transaction.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if owner != APPLICATION_ID {
        if owner != 0 || tables != 0 {
            return Err(SchemaError::Foreign);
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.execute_batch(
            "CREATE TABLE schema_version (
                 version INTEGER PRIMARY KEY,
                 name    TEXT NOT NULL,
                 digest  BLOB NOT NULL
             ) STRICT;",
        )?;
    }
    let found: i64 =
        transaction.query_row("SELECT coalesce(max(version), 0) FROM schema_version", [], |row| row.get(0))?;
    if found > known {
        return Err(SchemaError::Newer { found, known });
    }
    for (version, name, sql) in MIGRATIONS {
        let digest = Sha256::digest(sql.as_bytes());
        let applied: Option<Vec<u8>> = transaction
            .query_row("SELECT digest FROM schema_version WHERE version = ?1", [version], |row| row.get(0))
            .optional()?;
        match applied {
            Some(stored) if stored[..] == digest[..] => {}
            Some(_) => return Err(SchemaError::Altered((*name).to_owned())),
            None => {
                transaction.execute_batch(sql)?;
                transaction.execute(
                    "INSERT INTO schema_version (version, name, digest) VALUES (?1, ?2, ?3)",
                    params![version, name, &digest[..]],
                )?;
            }
        }
    }
    Ok(found)
}

/// The newest schema that this program knows.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |(version, ..)| *version)
}

/// Whether a file that is only read has just the schema that this program reads.
pub(crate) fn check(connection: &Connection) -> Result<(), SchemaError> {
    let known = newest();
    let owner: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if owner != APPLICATION_ID {
        return Err(SchemaError::Foreign);
    }
    let found: i64 =
        connection.query_row("SELECT coalesce(max(version), 0) FROM schema_version", [], |row| row.get(0))?;
    match found {
        _ if found > known => Err(SchemaError::Newer { found, known }),
        _ if found < known => Err(SchemaError::Older { found, known }),
        _ => Ok(()),
    }
}

/// SQLite's own check of pages, indexes and conditions.
pub(crate) fn whole(connection: &Connection) -> Result<(), Trouble> {
    let said: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if said == "ok" { Ok(()) } else { Err(Trouble::Damaged(said)) }
}
