//! Rows of the server as the store knows them, and the statements that read. Knows no meaning of any.

use gongji_domain::Day as Date;
use gongji_ledger::merkle::DayHead;
use gongji_ledger::{AreaCode, Periods};
use tokio_postgres::Row as Sql;

use crate::body::{Dictionary, Row};
use crate::days::Day;
use crate::engine::Fault;
use crate::event::Key;
use crate::postgres::link::{Step, big, digest, get, number};
use crate::posting::Line;
use crate::trouble::Trouble;

const CLAIMS: &str = "SELECT c.institution, c.msgid, c.person, c.revision, c.number \
    FROM unnest($1::text[], $2::text[]) AS k (institution, msgid) \
    JOIN message_claim c ON c.institution = k.institution AND c.msgid = k.msgid";
const EVENTS: &str = "SELECT e.number, e.person, e.revision, e.visit, e.hash, e.dictionary, e.body, e.after \
    FROM unnest($1::text[], $2::bigint[]) AS k (person, revision) \
    JOIN event e ON e.person = k.person AND e.revision = k.revision";
const VISITS: &str = "SELECT e.number, e.person, e.revision, e.visit, e.hash, e.dictionary, e.body, e.after \
    FROM unnest($1::text[], $2::bigint[]) AS k (person, visit) \
    JOIN event e ON e.person = k.person AND e.visit = k.visit WHERE e.visit > 0 ORDER BY e.person, e.revision";
const DICTIONARIES: &str = "SELECT id, bytes FROM dictionary WHERE id = ANY ($1::bigint[])";
const NEW_DICTIONARIES: &str = "SELECT id, bytes FROM dictionary WHERE id <> ALL ($1::bigint[]) ORDER BY place";
const PERIODS: &str = "SELECT area, through FROM period ORDER BY area";
const LAST_DAY: &str = "SELECT day, first, size, root, peaks FROM day_head WHERE base = $1 ORDER BY day DESC LIMIT 1";

/// Where messages were answered.
pub(super) fn claims<'a>(keys: impl Iterator<Item = &'a Key>) -> Step<'a> {
    let (institutions, msgids): (Vec<&str>, Vec<&str>) =
        keys.map(|key| (key.institution.as_str(), key.msgid.as_str())).unzip();
    Step::new(CLAIMS).with(institutions).with(msgids)
}

/// One of those.
pub(super) struct Claim {
    pub key: Key,
    pub person: String,
    pub revision: u64,
    pub number: u64,
}

pub(super) fn claim(sql: &Sql) -> Result<Claim, Fault> {
    let key = Key { institution: get(sql, 0)?, msgid: get(sql, 1)? };
    Ok(Claim { key, person: get(sql, 2)?, revision: number(sql, 3)?, number: number(sql, 4)? })
}

/// Events by person and revision.
pub(super) fn events<'a>(which: impl Iterator<Item = (&'a str, u64)>) -> Step<'a> {
    pairs(EVENTS, which)
}

/// The events of visits, by person and visit; those of a person in their order.
pub(super) fn visits<'a>(which: impl Iterator<Item = (&'a str, u64)>) -> Step<'a> {
    pairs(VISITS, which)
}

fn pairs<'a>(sql: &'static str, which: impl Iterator<Item = (&'a str, u64)>) -> Step<'a> {
    let (persons, numbers): (Vec<&str>, Vec<i64>) = which.map(|(person, number)| (person, big(number))).unzip();
    Step::new(sql).with(persons).with(numbers)
}

pub(super) fn event(sql: &Sql) -> Result<Row, Fault> {
    Ok(Row {
        number: number(sql, 0)?,
        person: get(sql, 1)?,
        revision: number(sql, 2)?,
        visit: number(sql, 3)?,
        hash: digest(sql, 4)?,
        dictionary: get(sql, 5)?,
        body: get(sql, 6)?,
        after: get(sql, 7)?,
    })
}

/// Some dictionaries.
pub(super) fn dictionaries(ids: Vec<i64>) -> Step<'static> {
    Step::new(DICTIONARIES).with(ids)
}

/// All dictionaries but these, in about the order in which they were made.
pub(super) fn new_dictionaries(known: Vec<i64>) -> Step<'static> {
    Step::new(NEW_DICTIONARIES).with(known)
}

pub(super) fn dictionary(sql: &Sql) -> Result<Dictionary, Fault> {
    Ok(Dictionary { id: get(sql, 0)?, bytes: get(sql, 1)? })
}

/// The day that a stream counts its events in now.
pub(super) fn last_day(base: u64) -> Step<'static> {
    Step::new(LAST_DAY).with(big(base))
}

pub(super) fn day(sql: &Sql) -> Result<Day, Fault> {
    let head = DayHead { size: number(sql, 2)?, root: digest(sql, 3)? };
    Ok(Day { day: get(sql, 0)?, first: number(sql, 1)?, head, peaks: get(sql, 4)? })
}

/// The closed periods.
pub(super) fn periods() -> Step<'static> {
    Step::new(PERIODS)
}

pub(super) fn closed(rows: &[Sql]) -> Result<Periods, Fault> {
    let damaged = |what| Fault::Refused(Trouble::Damaged(what));
    let mut periods = Periods::default();
    for sql in rows {
        let (area, through): (&str, i32) = (get(sql, 0)?, get(sql, 1)?);
        let area: AreaCode = area.parse().map_err(|_| damaged(format!("period.area：{area}")))?;
        let closed = periods.close(area, Date::from_number(through));
        closed.map_err(|fault| damaged(format!("period：{fault}")))?;
    }
    Ok(periods)
}

pub(super) fn posting(sql: &Sql) -> Result<Line, Fault> {
    let negative = |_| Fault::Refused(Trouble::Damaged("posting".to_owned()));
    Ok(Line {
        person: get(sql, 0)?,
        event: number(sql, 1)?,
        line: u64::try_from(get::<i32>(sql, 2)?).map_err(negative)?,
        account: get(sql, 3)?,
        amount: get(sql, 4)?,
        kind: get(sql, 5)?,
        concerns: get::<Option<i64>>(sql, 6)?.map(u64::try_from).transpose().map_err(negative)?,
        effective: get(sql, 7)?,
        accounting: get(sql, 8)?,
        recorded: get(sql, 9)?,
    })
}
