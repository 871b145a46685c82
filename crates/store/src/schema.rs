//! Opening the file: pragmas, whose file it is, numbered migrations.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};
use sha2::{Digest as _, Sha256};

/// Marks the file as ours ("GJGJ"); any other SQLite file is refused.
const APPLICATION_ID: i32 = 0x474A_474A;

/// Numbered migrations, oldest first. A published one is never edited: add the next.
const MIGRATIONS: &[(i64, &str, &str)] = &[(1, "0001_event", include_str!("../migrations/0001_event.sql"))];

/// Why a file cannot be used as a store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// The file was written by a later release.
    #[error("read the store: its schema is version {found}, this program knows up to {known}; use a newer program")]
    Newer {
        /// Version of the file.
        found: i64,
        /// Newest version this program knows.
        known: i64,
    },
    /// A migration that was applied differs from the one in this program.
    #[error("read the store: migration {0} is not the one that made this file")]
    Altered(String),
    /// An SQLite file of some other program.
    #[error("read the store: the file belongs to another program")]
    Foreign,
    /// The file system does not let SQLite keep a write-ahead log.
    #[error("prepare the store: its journal mode is {0}, not WAL")]
    NotDurable(String),
    /// SQLite's own word.
    #[error("prepare the store: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

/// Sets the durability pragmas of a writing connection.
pub(crate) fn configure(connection: &Connection) -> Result<(), SchemaError> {
    connection.pragma_update(None, "page_size", 8192)?;
    // The lock file keeps other programs like this one away; somebody's sqlite3 may come by.
    connection.busy_timeout(Duration::from_secs(2))?;
    // journal_mode answers with a row, so it is asked, not updated.
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(SchemaError::NotDurable(mode));
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 4000)?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(())
}

/// Brings the file to the newest schema, or says why that cannot be.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), SchemaError> {
    let known = MIGRATIONS.last().map_or(0, |(version, ..)| *version);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
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
    transaction.commit()?;
    Ok(())
}
