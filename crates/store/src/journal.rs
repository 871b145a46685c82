//! The statements on the journal: append, find by message, walk.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::event::{Digest, Event, GENESIS, Key};

const COLUMNS: &str = "seq, kind, area, psn_no, institution, msgid, infno, input, digest, reply, \
                       effects, policy, recorded, prev_hash, hash";

/// What a walk over an unbroken chain found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Number of events.
    pub events: u64,
    /// Hash of the last one; [`GENESIS`] when there is none.
    pub head: Digest,
}

/// Where and how the chain is broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainFault {
    /// A row is missing or its number was changed.
    #[error("event {expected} is missing; the next one is {found}")]
    Gap {
        /// The number that should come.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// The row does not name the row before it.
    #[error("event {0} does not follow the event before it")]
    Link(u64),
    /// The row's content is not what was sealed.
    #[error("event {0} was changed: its hash does not fit its content")]
    Content(u64),
    /// Rows that this process knows to be committed are gone or replaced.
    #[error("the journal ends before or beside event {0}, which was committed")]
    Head(u64),
}

/// Why a walk over the journal stopped.
#[derive(Debug)]
pub(crate) enum WalkError {
    Chain(ChainFault),
    Sqlite(rusqlite::Error),
    Visit { seq: u64, reason: String },
}

impl From<rusqlite::Error> for WalkError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// An earlier answer to a message.
pub(crate) struct Earlier {
    pub infno: String,
    pub input: String,
    pub digest: Digest,
    pub reply: Vec<u8>,
}

/// What was answered under `key`, if anything was.
pub(crate) fn find(connection: &Connection, key: &Key) -> rusqlite::Result<Option<Earlier>> {
    connection
        .prepare_cached("SELECT infno, input, digest, reply FROM event WHERE institution = ?1 AND msgid = ?2")?
        .query_row(params![key.institution, key.msgid], |row| {
            Ok(Earlier { infno: row.get(0)?, input: row.get(1)?, digest: row.get(2)?, reply: row.get(3)? })
        })
        .optional()
}

/// Appends one event to the open transaction.
pub(crate) fn append(connection: &Connection, event: &Event) -> rusqlite::Result<()> {
    let seq =
        i64::try_from(event.seq).map_err(|_| rusqlite::Error::ToSqlConversionFailure("seq out of range".into()))?;
    connection
        .prepare_cached(
            "INSERT INTO event (seq, kind, area, psn_no, institution, msgid, infno, input, digest, \
             reply, effects, policy, recorded, prev_hash, hash) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        )?
        .execute(params![
            seq,
            event.kind,
            event.area,
            event.psn_no,
            event.institution,
            event.msgid,
            event.infno,
            event.input,
            event.digest,
            event.reply,
            event.effects,
            event.policy,
            event.recorded,
            event.prev_hash,
            event.hash,
        ])?;
    Ok(())
}

/// Walks the whole chain in order, checks every link and hands each event to `visit`.
pub(crate) fn walk(
    connection: &Connection,
    mut visit: impl FnMut(&Event) -> Result<(), String>,
) -> Result<Verified, WalkError> {
    let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM event ORDER BY seq"))?;
    let mut rows = statement.query([])?;
    let mut walked = Verified { events: 0, head: GENESIS };
    while let Some(row) = rows.next()? {
        let event = read(row)?;
        let expected = walked.events + 1;
        let fault = if event.seq != expected {
            Some(ChainFault::Gap { expected, found: event.seq })
        } else if event.prev_hash != walked.head {
            Some(ChainFault::Link(event.seq))
        } else if event.hash != event.computed_hash() || !event.digest_holds() {
            Some(ChainFault::Content(event.seq))
        } else {
            None
        };
        if let Some(fault) = fault {
            return Err(WalkError::Chain(fault));
        }
        visit(&event).map_err(|reason| WalkError::Visit { seq: event.seq, reason })?;
        walked = Verified { events: event.seq, head: event.hash };
    }
    Ok(walked)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Event> {
    let seq: i64 = row.get(0)?;
    Ok(Event {
        seq: u64::try_from(seq).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, seq))?,
        kind: row.get(1)?,
        area: row.get(2)?,
        psn_no: row.get(3)?,
        institution: row.get(4)?,
        msgid: row.get(5)?,
        infno: row.get(6)?,
        input: row.get(7)?,
        digest: row.get(8)?,
        reply: row.get(9)?,
        effects: row.get(10)?,
        policy: row.get(11)?,
        recorded: row.get(12)?,
        prev_hash: row.get(13)?,
        hash: row.get(14)?,
    })
}
