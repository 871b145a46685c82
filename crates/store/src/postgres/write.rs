//! The statements that write: many rows each, and each says which rows it wrote, so that one that was there
//! already is found by counting. Knows no meaning of any row.

use std::collections::HashMap;

use tokio_postgres::Row as Sql;

use crate::body::{Dictionary, Row};
use crate::days::Day;
use crate::engine::{Fault, Message};
use crate::event::STREAM;
use crate::people::Kept;
use crate::postgres::link::{Step, big};
use crate::posting::Line;
use crate::trouble::Trouble;
use gongji_ledger::Periods;

const DICTIONARIES: &str = "INSERT INTO dictionary (id, bytes) SELECT * FROM unnest($1::bigint[], $2::bytea[]) \
    ON CONFLICT DO NOTHING RETURNING id";
const CLAIMS: &str = "INSERT INTO message_claim (institution, msgid, person, revision, number) \
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[]) \
    ON CONFLICT DO NOTHING RETURNING number";
const EVENTS: &str = "INSERT INTO event (person, revision, number, visit, hash, dictionary, after, body) SELECT * FROM \
    unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[], $6::bigint[], $7::bytea[], $8::bytea[]) \
    ON CONFLICT DO NOTHING RETURNING number";
const POSTINGS: &str = "INSERT INTO posting \
    (person, event, lines, accounts, amounts, kind, concerns, effective, accounting, recorded) \
    SELECT person, event, string_to_array(lines, ' ')::int[], string_to_array(accounts, ' '), \
    string_to_array(amounts, ' ')::bigint[], kind, concerns, effective, accounting, recorded FROM \
    unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::int[], \
    $9::int[], $10::bigint[]) \
    AS n (person, event, lines, accounts, amounts, kind, concerns, effective, accounting, recorded) \
    ON CONFLICT DO NOTHING RETURNING event";
const PERSONS: &str = "UPDATE person SET revision = n.revision, packed = n.packed \
    FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bytea[]) AS n (person, before, revision, packed) \
    WHERE person.person = n.person AND person.revision = n.before RETURNING person.person";
const NEW_PERSONS: &str = "INSERT INTO person (person, revision, packed) \
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[]) ON CONFLICT DO NOTHING RETURNING person";
const DAYS: &str = "INSERT INTO day_head (base, day, first, size, root, peaks) \
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bytea[], $6::bytea[]) \
    ON CONFLICT (base, day) DO UPDATE \
    SET first = excluded.first, size = excluded.size, root = excluded.root, peaks = excluded.peaks RETURNING base";
const PERIODS: &str = "INSERT INTO period (area, through) SELECT * FROM unnest($1::text[], $2::int[]) \
    ON CONFLICT (area) DO UPDATE SET through = excluded.through RETURNING area";

/// A statement, and how many rows it must give.
pub(super) struct Writing<'a> {
    step: Step<'a>,
    check: Check,
}

/// How many rows a statement must give, and what it means if it gives fewer; none: however many.
pub(super) struct Check(Option<(usize, Fault)>);

impl Check {
    /// Counts what the statement gave.
    pub(super) fn count(&self, given: &[Sql]) -> Result<(), Fault> {
        match &self.0 {
            Some((rows, otherwise)) if *rows != given.len() => Err(otherwise.clone()),
            _ => Ok(()),
        }
    }
}

impl<'a> Writing<'a> {
    /// However many rows it gives.
    pub(super) fn any(step: Step<'a>) -> Self {
        Self { step, check: Check(None) }
    }

    /// Just so many rows; fewer are what `otherwise` says.
    pub(super) fn exactly(step: Step<'a>, rows: usize, otherwise: Fault) -> Self {
        Self { step, check: Check(Some((rows, otherwise))) }
    }

    /// Just so many rows; that some were there already can't be.
    fn new_rows(step: Step<'a>, rows: usize, table: &str) -> Self {
        Self::exactly(step, rows, Fault::Refused(Trouble::Damaged(format!("{table}：已有同样的行"))))
    }

    /// Both parts, to send statements together.
    pub(super) fn apart(self) -> (Check, Step<'a>) {
        (self.check, self.step)
    }
}

/// Dictionaries; another node may have made the same one.
pub(super) fn dictionaries(made: &[Dictionary]) -> Writing<'_> {
    let (ids, bytes): (Vec<i64>, Vec<&[u8]>) = made.iter().map(|one| (one.id, one.bytes.as_slice())).unzip();
    Writing::any(Step::new(DICTIONARIES).with(ids).with(bytes))
}

/// Which event answers, or bars, which message. Somebody else may be answering one of them.
pub(super) fn messages<'a>(messages: &'a [Message<'_>]) -> Writing<'a> {
    let mut all: Vec<&Message<'_>> = messages.iter().collect();
    // In one order everywhere, so that two nodes never wait for each other.
    all.sort_unstable_by_key(|message| (&message.key.institution, &message.key.msgid));
    let step = Step::new(CLAIMS)
        .with(all.iter().map(|message| message.key.institution.as_str()).collect::<Vec<_>>())
        .with(all.iter().map(|message| message.key.msgid.as_str()).collect::<Vec<_>>())
        .with(all.iter().map(|message| &*message.person).collect::<Vec<_>>())
        .with(all.iter().map(|message| big(message.revision)).collect::<Vec<_>>())
        .with(all.iter().map(|message| big(message.number)).collect::<Vec<_>>());
    Writing::exactly(step, all.len(), Fault::Again("别的节点正在答复同一报文".to_owned()))
}

/// Events.
pub(super) fn events(rows: &[Row]) -> Writing<'_> {
    let step = Step::new(EVENTS)
        .with(rows.iter().map(|row| row.person.as_str()).collect::<Vec<_>>())
        .with(rows.iter().map(|row| big(row.revision)).collect::<Vec<_>>())
        .with(rows.iter().map(|row| big(row.number)).collect::<Vec<_>>())
        .with(rows.iter().map(|row| big(row.visit)).collect::<Vec<_>>())
        .with(rows.iter().map(|row| &row.hash[..]).collect::<Vec<_>>())
        .with(rows.iter().map(|row| row.dictionary).collect::<Vec<_>>())
        .with(rows.iter().map(|row| row.after.as_slice()).collect::<Vec<_>>())
        .with(rows.iter().map(|row| row.body.as_slice()).collect::<Vec<_>>());
    Writing::new_rows(step, rows.len(), "event")
}

/// Postings: one row for what an event does to one person's accounts.
pub(super) fn postings(lines: &[Line]) -> Writing<'_> {
    let mut order: Vec<&Line> = lines.iter().collect();
    order.sort_by_key(|line| (line.event, &line.person, line.line));
    let rows: Vec<&[&Line]> = order.chunk_by(|a, b| a.event == b.event && a.person == b.person).collect();
    let first = rows.iter().map(|row| row[0]);
    // Account keys have no spaces.
    let joined = |text: fn(&Line) -> String| {
        let row = |row: &&[&Line]| row.iter().map(|line| text(line)).collect::<Vec<_>>().join(" ");
        rows.iter().map(row).collect::<Vec<_>>()
    };
    let step = Step::new(POSTINGS)
        .with(first.clone().map(|line| line.person.clone()).collect::<Vec<_>>())
        .with(first.clone().map(|line| big(line.event)).collect::<Vec<_>>())
        .with(joined(|line| line.line.to_string()))
        .with(joined(|line| line.account.clone()))
        .with(joined(|line| line.amount.to_string()))
        .with(first.clone().map(|line| line.kind.clone()).collect::<Vec<_>>())
        .with(first.clone().map(|line| line.concerns.map(big)).collect::<Vec<_>>())
        .with(first.clone().map(|line| line.effective).collect::<Vec<_>>())
        .with(first.clone().map(|line| line.accounting).collect::<Vec<_>>())
        .with(first.map(|line| line.recorded).collect::<Vec<_>>());
    Writing::new_rows(step, rows.len(), "posting")
}

/// Persons who are locked, each with the revision at which they were.
pub(super) fn persons<'a>(persons: &'a [(&str, Kept)], locked: &HashMap<String, u64>) -> Writing<'a> {
    let before = |name: &str| locked.get(name).copied().map_or(-1, big);
    let step = Step::new(PERSONS)
        .with(persons.iter().map(|(name, _)| *name).collect::<Vec<_>>())
        .with(persons.iter().map(|(name, _)| before(name)).collect::<Vec<_>>())
        .with(persons.iter().map(|(_, kept)| big(kept.revision)).collect::<Vec<_>>())
        .with(persons.iter().map(|(_, kept)| kept.packed.as_slice()).collect::<Vec<_>>());
    Writing::exactly(step, persons.len(), Fault::Again("人员已被别的节点改动".to_owned()))
}

/// Persons where there are none.
pub(super) fn new_persons<'a>(persons: &[(&'a str, u64, &'a [u8])]) -> Writing<'a> {
    let step = Step::new(NEW_PERSONS)
        .with(persons.iter().map(|(name, ..)| *name).collect::<Vec<_>>())
        .with(persons.iter().map(|(_, revision, _)| big(*revision)).collect::<Vec<_>>())
        .with(persons.iter().map(|(.., packed)| *packed).collect::<Vec<_>>());
    Writing::new_rows(step, persons.len(), "person")
}

/// Heads of days, each of the stream that its first event is in.
pub(super) fn days(days: &[Day]) -> Writing<'_> {
    let step = Step::new(DAYS)
        .with(days.iter().map(|day| big(day.first - day.first % STREAM)).collect::<Vec<_>>())
        .with(days.iter().map(|day| day.day.as_str()).collect::<Vec<_>>())
        .with(days.iter().map(|day| big(day.first)).collect::<Vec<_>>())
        .with(days.iter().map(|day| big(day.head.size)).collect::<Vec<_>>())
        .with(days.iter().map(|day| &day.head.root[..]).collect::<Vec<_>>())
        .with(days.iter().map(|day| day.peaks.as_slice()).collect::<Vec<_>>());
    Writing::any(step)
}

/// The closed periods.
pub(super) fn periods(periods: &Periods) -> Writing<'static> {
    let (areas, through): (Vec<String>, Vec<i32>) =
        periods.closed().map(|(area, through)| (area.to_string(), through.number())).unzip();
    Writing::any(Step::new(PERIODS).with(areas).with(through))
}
