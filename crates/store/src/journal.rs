//! The statements on the journal: append, find by message, walk.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::event::{Digest, Event, GENESIS, Key};
use crate::verify::Difference;

const COLUMNS: &str = "seq, kind, area, psn_no, institution, msgid, infno, input, digest, reply, \
                       effects, policy, recorded, prev_hash, hash, version, postings";

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
    #[error("第 {expected} 件缺失，其后是第 {found} 件")]
    Gap {
        /// The number that should come.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// The row does not name the row before it.
    #[error("第 {0} 件：字段 prev_hash 与前一件的 hash 不符")]
    Link(u64),
    /// The row's content is not what was sealed.
    #[error("第 {0} 件：内容被改动，与封存的 hash 不符")]
    Content(u64),
    /// Rows that are known to be committed are gone or replaced.
    #[error("第 {0} 件已经提交，流水却在它之前结束或被换掉")]
    Head(u64),
    /// The head that was kept of a day is not that of its events.
    #[error("日头 {0}：与当日各件不符")]
    Day(String),
}

/// Why a walk over the journal stopped.
#[derive(Debug)]
pub(crate) enum WalkError {
    Chain(ChainFault),
    Sqlite(rusqlite::Error),
    Visit { seq: u64, reason: String },
    Differs(Difference),
}

impl From<ChainFault> for WalkError {
    fn from(fault: ChainFault) -> Self {
        Self::Chain(fault)
    }
}

impl From<Difference> for WalkError {
    fn from(difference: Difference) -> Self {
        Self::Differs(difference)
    }
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
             reply, effects, policy, recorded, prev_hash, hash, version, postings) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
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
            event.version,
            event.postings.as_ref().map_or(&[][..], |digest| &digest[..]),
        ])?;
    Ok(())
}

/// Walks the whole chain in order, checks every link and hands each event to `visit`.
pub(crate) fn walk(
    connection: &Connection,
    mut visit: impl FnMut(&Event) -> Result<(), WalkError>,
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
        visit(&event)?;
        walked = Verified { events: event.seq, head: event.hash };
    }
    Ok(walked)
}

/// One event.
pub(crate) fn event(connection: &Connection, seq: u64) -> rusqlite::Result<Option<Event>> {
    let Ok(seq) = i64::try_from(seq) else { return Ok(None) };
    connection.query_row(&format!("SELECT {COLUMNS} FROM event WHERE seq = ?1"), [seq], read).optional()
}

/// The number of the event that a message became.
pub(crate) fn number(connection: &Connection, key: &Key) -> rusqlite::Result<Option<u64>> {
    connection
        .query_row(
            "SELECT seq FROM event WHERE institution = ?1 AND msgid = ?2",
            [&key.institution, &key.msgid],
            |row| row.get(0),
        )
        .optional()
}

/// The hashes of events that follow each other, in order.
pub(crate) fn hashes(connection: &Connection, first: u64, size: u64) -> rusqlite::Result<Vec<Digest>> {
    let last = (first + size).saturating_sub(1);
    let mut statement = connection.prepare("SELECT hash FROM event WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq")?;
    statement.query_map([first, last], |row| row.get(0))?.collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Event> {
    let seq: i64 = row.get(0)?;
    let postings: Vec<u8> = row.get(16)?;
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
        version: row.get(15)?,
        postings: postings.try_into().ok(),
    })
}
