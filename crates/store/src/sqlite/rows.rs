//! The statements of the embedded engine, and its rows. Knows no meaning of any of them.

use gongji_domain::Day as Date;
use gongji_ledger::{AreaCode, Periods};
use rusqlite::{Connection, OptionalExtension as _, Row as Sql, params};

use crate::body::{Dictionary, Row};
use crate::chain::Verified;
use crate::codec::{Bytes, put_bytes};
use crate::days::{Day, Days};
use crate::engine::{Message, Source};
use crate::event::{Digest, GENESIS, Key};
use crate::people::{People, split};
use crate::posting::Line;
use crate::sqlite::schema;
use crate::sqlite::turns::CHUNK;
use crate::trouble::Trouble;

const COLUMNS: &str = "number, person, revision, visit, hash, dictionary, body, after";

fn row(sql: &Sql<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        number: sql.get(0)?,
        person: sql.get(1)?,
        revision: sql.get(2)?,
        visit: sql.get(3)?,
        hash: sql.get(4)?,
        dictionary: sql.get(5)?,
        body: sql.get(6)?,
        after: sql.get(7)?,
    })
}

/// Appends events to the open transaction.
pub(super) fn append(connection: &Connection, rows: &[Row]) -> Result<(), Trouble> {
    let sql = format!("INSERT INTO event ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    let mut statement = connection.prepare_cached(&sql)?;
    for row in rows {
        statement.execute(params![
            row.number,
            row.person,
            row.revision,
            row.visit,
            row.hash,
            row.dictionary,
            row.body,
            row.after
        ])?;
    }
    Ok(())
}

/// A message as the key of its row: the last eighteen characters, which hold its time, come first.
pub(super) fn message(key: &Key) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(key.msgid.len() + key.institution.len() + 4);
    put_message(&mut bytes, key);
    bytes
}

/// The same in place of what stands in a buffer.
pub(super) fn put_message(into: &mut Vec<u8>, key: &Key) {
    let Key { institution, msgid } = key;
    let from = msgid.char_indices().rev().nth(17).map_or(0, |(from, _)| from);
    let (first, last) = msgid.split_at(from);
    into.clear();
    // With their lengths no two keys are the same bytes.
    put_bytes(into, last.as_bytes());
    put_bytes(into, institution.as_bytes());
    into.extend_from_slice(first.as_bytes());
}

pub(super) fn add_messages(connection: &Connection, messages: &[Message<'_>]) -> Result<(), Trouble> {
    let mut statement = connection.prepare_cached("INSERT INTO message (key, number) VALUES (?1, ?2)")?;
    let mut key = Vec::new();
    for answered in messages {
        put_message(&mut key, &answered.key);
        statement.execute(params![key, answered.number])?;
    }
    Ok(())
}

/// The newest keys, and whether they are all that there are.
pub(super) fn newest_messages(connection: &Connection, most: usize) -> Result<Vec<Vec<u8>>, Trouble> {
    let mut statement = connection.prepare("SELECT key FROM message ORDER BY key DESC LIMIT ?1")?;
    Ok(statement.query_map([most as u64], |sql| sql.get(0))?.collect::<Result<_, _>>()?)
}

fn number_of(connection: &Connection, key: &Key) -> Result<Option<u64>, Trouble> {
    let mut statement = connection.prepare_cached("SELECT number FROM message WHERE key = ?1")?;
    Ok(statement.query_row([message(key)], |sql| sql.get(0)).optional()?)
}

/// The event that a message became.
pub(super) fn answered(connection: &Connection, key: &Key) -> Result<Option<Row>, Trouble> {
    number_of(connection, key)?.map_or(Ok(None), |number| one(connection, number))
}

fn one(connection: &Connection, number: u64) -> Result<Option<Row>, Trouble> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM event WHERE number = ?1"))?;
    Ok(statement.query_row([number], row).optional()?)
}

/// The events of a member's visit.
pub(super) fn visit(connection: &Connection, person: &str, visit: u64) -> Result<Vec<Row>, Trouble> {
    let sql = format!("SELECT {COLUMNS} FROM event WHERE visit = ?1 AND visit > 0 AND person = ?2 ORDER BY number");
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_map(params![visit, person], row)?.collect::<Result<_, _>>()?)
}

/// The last event.
pub(super) fn head(connection: &Connection) -> Result<Verified, Trouble> {
    let last = "SELECT number, hash FROM event ORDER BY number DESC LIMIT 1";
    let read =
        connection.query_row(last, [], |sql| Ok(Verified { events: sql.get(0)?, head: sql.get(1)? })).optional()?;
    Ok(read.unwrap_or(Verified { events: 0, head: GENESIS }))
}

pub(super) fn add_dictionary(connection: &Connection, dictionary: &Dictionary) -> Result<(), Trouble> {
    let Dictionary { id, bytes } = dictionary;
    // Its number is made from it: one that is there already is the same, as after a batch that is tried again.
    connection.execute(
        "INSERT INTO dictionary (id, bytes) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING",
        params![id, bytes],
    )?;
    Ok(())
}

pub(super) fn dictionaries(connection: &Connection) -> Result<Vec<Dictionary>, Trouble> {
    let mut statement = connection.prepare("SELECT id, bytes FROM dictionary ORDER BY place")?;
    let read = statement.query_map([], |sql| Ok(Dictionary { id: sql.get(0)?, bytes: sql.get(1)? }))?;
    Ok(read.collect::<Result<_, _>>()?)
}

pub(super) fn keep_day(connection: &Connection, day: &Day) -> Result<(), Trouble> {
    connection
        .prepare_cached(
            "INSERT INTO day_head (day, first, size, root, peaks) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (day) \
             DO UPDATE SET first = excluded.first, size = excluded.size, root = excluded.root, peaks = excluded.peaks",
        )?
        .execute(params![day.day, day.first, day.head.size, day.head.root, day.peaks])?;
    Ok(())
}

fn day(sql: &Sql<'_>) -> rusqlite::Result<Day> {
    let head = gongji_ledger::merkle::DayHead { size: sql.get(2)?, root: sql.get(3)? };
    Ok(Day { day: sql.get(0)?, first: sql.get(1)?, head, peaks: sql.get(4)? })
}

pub(super) fn days(connection: &Connection) -> Result<Vec<Day>, Trouble> {
    let mut statement = connection.prepare("SELECT day, first, size, root, peaks FROM day_head ORDER BY day")?;
    Ok(statement.query_map([], day)?.collect::<Result<_, _>>()?)
}

/// The day that events are counted in now.
pub(super) fn days_under_way(connection: &Connection) -> Result<Days, Trouble> {
    let last = "SELECT day, first, size, root, peaks FROM day_head ORDER BY day DESC LIMIT 1";
    let last = connection.query_row(last, [], day).optional()?;
    last.map_or(Ok(Days::default()), |day| Days::resume(&day))
}

pub(super) fn keep_periods(connection: &Connection, periods: &Periods) -> Result<(), Trouble> {
    for (area, through) in periods.closed() {
        connection.execute(
            "INSERT INTO period (area, through) VALUES (?1, ?2) ON CONFLICT (area) DO UPDATE SET through = excluded.through",
            params![area.to_string(), through.number()],
        )?;
    }
    Ok(())
}

pub(super) fn periods(connection: &Connection) -> Result<Periods, Trouble> {
    let mut statement = connection.prepare("SELECT area, through FROM period ORDER BY area")?;
    let mut rows = statement.query([])?;
    let mut periods = Periods::default();
    while let Some(sql) = rows.next()? {
        let (area, through): (String, i32) = (sql.get(0)?, sql.get(1)?);
        let area: AreaCode = area.parse().map_err(|_| Trouble::Damaged(format!("period.area：{area}")))?;
        let closed = periods.close(area, Date::from_number(through));
        closed.map_err(|fault| Trouble::Damaged(format!("period：{fault}")))?;
    }
    Ok(periods)
}

pub(super) fn edition(connection: &Connection) -> Result<Option<String>, Trouble> {
    Ok(connection.query_row("SELECT edition FROM edition", [], |sql| sql.get(0)).optional()?)
}

/// Writes one chunk of persons, as they are after an event.
pub(super) fn keep_chunk(
    connection: &Connection,
    chunk: usize,
    through: u64,
    floor: u64,
    people: &People,
) -> Result<(), Trouble> {
    let mut packed = Vec::with_capacity(CHUNK * 64);
    people.chunk(chunk * CHUNK, CHUNK).iter().for_each(|record| put_bytes(&mut packed, record));
    connection
        .prepare_cached(
            "INSERT INTO people (chunk, through, floor, packed) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (chunk) \
             DO UPDATE SET through = excluded.through, floor = excluded.floor, packed = excluded.packed",
        )?
        .execute(params![chunk as u64, through, floor, packed])?;
    Ok(())
}

/// Persons as they are on disk.
pub(super) struct Recovered {
    pub people: People,
    /// After which event each chunk was written.
    pub through: Vec<u64>,
    /// How many persons the chunks hold.
    pub covered: usize,
    /// The chunks hold everything up to and with this event.
    pub floor: u64,
}

/// Hands every person as some event after a number left them to `see`, in the order of the events.
fn persons_after(connection: &Connection, floor: u64, mut see: impl FnMut(&str, u64, &[u8])) -> Result<(), Trouble> {
    let sql = "SELECT person, revision, after FROM event WHERE number > ?1 ORDER BY number";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([floor])?;
    while let Some(sql) = rows.next()? {
        let cut = || Trouble::Damaged("event.after".to_owned());
        let mut after = Bytes(sql.get_ref(2)?.as_blob().map_err(|_| cut())?);
        let person = sql.get_ref(0)?.as_str().map_err(|_| cut())?;
        see(person, sql.get(1)?, after.bytes().ok_or_else(cut)?);
        // Further persons of the event, with their names.
        while !after.0.is_empty() {
            let (name, revision, state) = split(after.bytes().ok_or_else(cut)?);
            see(name, revision, state);
        }
    }
    Ok(())
}

/// Hands every person of the chunks to `see`.
fn persons_in_chunks(connection: &Connection, mut see: impl FnMut(&str, u64, &[u8])) -> Result<(), Trouble> {
    let mut statement = connection.prepare("SELECT packed FROM people ORDER BY chunk")?;
    let mut rows = statement.query([])?;
    while let Some(sql) = rows.next()? {
        let packed: &[u8] = sql.get_ref(0)?.as_blob().map_err(|_| Trouble::Damaged("people.packed".to_owned()))?;
        let mut packed = Bytes(packed);
        while let Some(record) = packed.bytes() {
            let (name, revision, state) = split(record);
            see(name, revision, state);
        }
    }
    Ok(())
}

/// Hands every person to `see`. Only those whom events after the chunks changed are held meanwhile.
fn persons(connection: &Connection, see: &mut dyn FnMut(&str, u64, &[u8])) -> Result<(), Trouble> {
    let floor = connection.query_row("SELECT coalesce(max(floor), 0) FROM people", [], |sql| sql.get(0))?;
    let mut changed = People::default();
    persons_after(connection, floor, |name, revision, packed| changed.set(name, revision, packed))?;
    persons_in_chunks(connection, |name, revision, packed| {
        if !changed.has(name) {
            see(name, revision, packed);
        }
    })?;
    changed.iter().for_each(|(name, revision, packed)| see(name, revision, packed));
    Ok(())
}

/// Everybody: as the chunks say, and as the events after them left each.
pub(super) fn people(connection: &Connection) -> Result<Recovered, Trouble> {
    let mut recovered = Recovered { people: People::default(), through: Vec::new(), covered: 0, floor: 0 };
    let mut statement = connection.prepare("SELECT chunk, through, floor, packed FROM people ORDER BY chunk")?;
    let mut rows = statement.query([])?;
    while let Some(sql) = rows.next()? {
        let packed: &[u8] = sql.get_ref(3)?.as_blob().map_err(|_| Trouble::Damaged("people.packed".to_owned()))?;
        let mut packed = Bytes(packed);
        while let Some(record) = packed.bytes() {
            let (name, revision, state) = split(record);
            recovered.people.set(name, revision, state);
        }
        recovered.through.push(sql.get(1)?);
        recovered.floor = recovered.floor.max(sql.get(2)?);
    }
    recovered.covered = recovered.people.len();
    let Recovered { people, floor, .. } = &mut recovered;
    persons_after(connection, *floor, |name, revision, packed| people.set(name, revision, packed))?;
    Ok(recovered)
}

impl Source for Connection {
    fn streams(&self) -> Result<Vec<u64>, Trouble> {
        Ok(vec![0])
    }

    fn page(&self, after: u64, most: u64) -> Result<Vec<Row>, Trouble> {
        let sql = format!("SELECT {COLUMNS} FROM event WHERE number > ?1 ORDER BY number LIMIT ?2");
        let mut statement = self.prepare_cached(&sql)?;
        Ok(statement.query_map(params![after, most], row)?.collect::<Result<_, _>>()?)
    }

    fn row(&self, number: u64) -> Result<Option<Row>, Trouble> {
        one(self, number)
    }

    fn visit(&self, person: &str, number: u64) -> Result<Vec<Row>, Trouble> {
        visit(self, person, number)
    }

    fn find(&self, key: &Key) -> Result<Option<u64>, Trouble> {
        number_of(self, key)
    }

    fn dictionaries(&self) -> Result<Vec<Dictionary>, Trouble> {
        dictionaries(self)
    }

    fn hashes(&self, first: u64, count: u64) -> Result<Vec<Digest>, Trouble> {
        let mut statement = self.prepare("SELECT hash FROM event WHERE number >= ?1 ORDER BY number LIMIT ?2")?;
        Ok(statement.query_map(params![first, count], |sql| sql.get(0))?.collect::<Result<_, _>>()?)
    }

    fn days(&self) -> Result<Vec<Day>, Trouble> {
        days(self)
    }

    fn people(&self) -> Result<People, Trouble> {
        Ok(people(self)?.people)
    }

    fn persons(&self, see: &mut dyn FnMut(&str, u64, &[u8])) -> Result<(), Trouble> {
        persons(self, see)
    }

    fn postings(&self, _: u64, _: u64) -> Result<Option<Vec<Line>>, Trouble> {
        Ok(None)
    }

    fn periods(&self) -> Result<Periods, Trouble> {
        periods(self)
    }

    fn edition(&self) -> Result<Option<String>, Trouble> {
        edition(self)
    }

    fn file(&self) -> Option<&Connection> {
        Some(self)
    }

    fn head(&self, _: u64) -> Result<Verified, Trouble> {
        head(self)
    }

    fn whole(&self) -> Result<(), Trouble> {
        schema::whole(self)
    }
}
