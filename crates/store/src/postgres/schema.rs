//! Numbered migrations of a database on a server. Knows what was applied, and nothing of the tables.

use sha2::{Digest as _, Sha256};

use crate::engine::Fault;
use crate::postgres::lease::{ALONE, BEGIN, COMMIT, ROLLBACK};
use crate::postgres::link::{Link, Step, get};
use crate::sqlite::schema::SchemaError;

/// Oldest first. A published one is never edited: add the next.
const MIGRATIONS: &[(i64, &str, &str)] =
    &[(1, "0001_journal", include_str!("../../migrations/postgres/0001_journal.sql"))];

const THERE: &str = "SELECT to_regclass('schema_version') IS NOT NULL";
/// Row 0 is no migration but what is locked by whoever needs the database for itself.
const MAKE: &str =
    "CREATE TABLE schema_version (version bigint NOT NULL PRIMARY KEY, name text NOT NULL, digest bytea NOT NULL)";
const LOCK_ROW: &str = "INSERT INTO schema_version (version, name, digest) VALUES (0, 'lock', '') \
    ON CONFLICT DO NOTHING RETURNING version";
const APPLIED: &str = "SELECT version, name, digest FROM schema_version WHERE version > 0 ORDER BY version";
const APPLY: &str = "INSERT INTO schema_version (version, name, digest) VALUES ($1, $2, $3) \
    ON CONFLICT DO NOTHING RETURNING version";

impl From<Fault> for SchemaError {
    fn from(fault: Fault) -> Self {
        Self::Trouble(fault.into())
    }
}

/// Brings a database to the newest schema.
pub(super) fn migrate(link: &Link) -> Result<(), SchemaError> {
    match check(link) {
        Err(SchemaError::Older { .. }) => {}
        checked => return checked,
    }
    if !there(link)? {
        // Two nodes may come at once; then the other one made it.
        if let Err(fault) = link.script(MAKE)
            && !there(link)?
        {
            return Err(fault.into());
        }
    }
    link.ask1(Step::new(LOCK_ROW))?;
    link.ask(&[Step::new(BEGIN), Step::new(ALONE)])?;
    match apply(link) {
        Ok(()) => Ok(link.ask1(Step::new(COMMIT)).map(drop)?),
        Err(fault) => {
            let _ = link.ask1(Step::new(ROLLBACK));
            Err(fault)
        }
    }
}

fn apply(link: &Link) -> Result<(), SchemaError> {
    let found = found(link)?;
    for (version, name, sql) in MIGRATIONS.iter().filter(|(version, ..)| *version > found) {
        link.script(sql)?;
        link.ask1(Step::new(APPLY).with(*version).with(*name).with(&Sha256::digest(sql.as_bytes())[..]))?;
    }
    Ok(())
}

/// Whether a database has just the schema that this program reads and writes.
pub(super) fn check(link: &Link) -> Result<(), SchemaError> {
    let known = newest();
    let found = if there(link)? { found(link)? } else { 0 };
    if found < known { Err(SchemaError::Older { found, known }) } else { Ok(()) }
}

fn there(link: &Link) -> Result<bool, Fault> {
    link.ask1(Step::new(THERE))?.first().map_or(Ok(false), |row| get(row, 0))
}

/// The newest migration that was applied; all of them must be ours.
fn found(link: &Link) -> Result<i64, SchemaError> {
    let (mut found, known) = (0, newest());
    let rows = link.ask1(Step::new(APPLIED))?;
    for row in &rows {
        found = get(row, 0)?;
    }
    if found > known {
        return Err(SchemaError::Newer { found, known });
    }
    for row in &rows {
        let (version, name, digest): (i64, &str, &[u8]) = (get(row, 0)?, get(row, 1)?, get(row, 2)?);
        let ours = MIGRATIONS.iter().find(|(number, ..)| *number == version);
        if ours.is_none_or(|(_, _, sql)| Sha256::digest(sql.as_bytes())[..] != *digest) {
            return Err(SchemaError::Altered(name.to_owned()));
        }
    }
    Ok(found)
}

fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |(version, ..)| *version)
}
