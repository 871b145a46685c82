//! Postings as rows: what a transaction becomes, how rows are appended and read back, and the digest
//! that seals them. Knows no rule of posting.

use std::fmt::Write as _;

use gongji_domain::{Day, Fen};
use gongji_ledger::{EventNo, Head, Kind, Moment, Posting, Transaction};
use rusqlite::{Connection, Row, params};
use sha2::{Digest as _, Sha256};

use crate::event::{Digest, Event};

const COLUMNS: &str = "person, event, line, account, amount, kind, concerns, effective, accounting, recorded";
const INSERT: &str = "INSERT INTO posting (person, event, line, account, amount, kind, concerns, effective, accounting, recorded) \
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
const DAY: i64 = 86_400_000;

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub person: String,
    pub event: u64,
    pub line: u64,
    pub account: String,
    pub amount: i64,
    pub kind: String,
    pub concerns: Option<u64>,
    pub effective: i32,
    pub accounting: i32,
    pub recorded: i64,
}

/// The digest of a transaction, as its event seals it.
pub(crate) fn digest(transaction: &Transaction) -> Digest {
    let entry = transaction.entry();
    let head = entry.head();
    let mut text = String::with_capacity(256);
    // Writing to a String never fails.
    let _ = writeln!(
        text,
        "{} {} {} {} {}",
        entry.kind().word(),
        entry.concerns().map_or(0, |event| event.0),
        head.effective.number(),
        transaction.accounting().number(),
        since_1970(head.recorded)
    );
    for posting in entry.postings() {
        let _ = writeln!(text, "{} {}", posting.account, posting.amount.fen());
    }
    Sha256::digest(text.as_bytes()).into()
}

/// The rows of what an event moves.
pub(crate) fn lines<'a>(event: &'a Event, transaction: &'a Transaction) -> impl Iterator<Item = Line> + 'a {
    let entry = transaction.entry();
    let head = entry.head();
    entry.postings().iter().zip(0..).map(move |(posting, line)| Line {
        person: posting.account.person().map_or_else(|| event.psn_no.clone(), |person| person.to_string()),
        event: event.seq,
        line,
        account: posting.account.to_string(),
        amount: posting.amount.fen(),
        kind: entry.kind().word().to_owned(),
        concerns: entry.concerns().map(|event| event.0),
        effective: head.effective.number(),
        accounting: transaction.accounting().number(),
        recorded: since_1970(head.recorded),
    })
}

/// Appends what an event moves to the open transaction.
pub(crate) fn append(connection: &Connection, event: &Event, transaction: &Transaction) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(INSERT)?;
    for line in lines(event, transaction) {
        statement.execute(params![
            line.person,
            line.event,
            line.line,
            line.account,
            line.amount,
            line.kind,
            line.concerns,
            line.effective,
            line.accounting,
            line.recorded,
        ])?;
    }
    Ok(())
}

/// Every row in the order of events and lines, as a statement to walk.
pub(crate) fn in_order(connection: &Connection) -> rusqlite::Result<rusqlite::Statement<'_>> {
    connection.prepare(&format!("SELECT {COLUMNS} FROM posting ORDER BY event, line"))
}

/// Reads a row.
pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Line> {
    Ok(Line {
        person: row.get(0)?,
        event: row.get(1)?,
        line: row.get(2)?,
        account: row.get(3)?,
        amount: row.get(4)?,
        kind: row.get(5)?,
        concerns: row.get(6)?,
        effective: row.get(7)?,
        accounting: row.get(8)?,
        recorded: row.get(9)?,
    })
}

/// The transaction that rows of one event are; says in words why they are none.
pub(crate) fn restore(lines: &[Line]) -> Result<Transaction, String> {
    let first = lines.first().ok_or("没有分录")?;
    let head = Head {
        event: EventNo(first.event),
        effective: Day::from_number(first.effective),
        recorded: moment(first.recorded).ok_or("记账时刻超出范围")?,
    };
    let kind = Kind::from_word(&first.kind).ok_or_else(|| format!("没有「{}」这种凭证", first.kind))?;
    let posting = |line: &Line| {
        let account = line.account.parse().map_err(|fault: gongji_ledger::KeyError| fault.to_string())?;
        Ok(Posting { account, amount: Fen::from_fen(line.amount) })
    };
    let postings = lines.iter().map(posting).collect::<Result<_, String>>()?;
    Transaction::restore(head, kind, first.concerns.map(EventNo), Day::from_number(first.accounting), postings)
        .map_err(|fault| fault.to_string())
}

fn since_1970(moment: Moment) -> i64 {
    i64::from(moment.day().number()) * DAY + i64::from(moment.millisecond())
}

fn moment(since: i64) -> Option<Moment> {
    let day = i32::try_from(since.div_euclid(DAY)).ok()?;
    Moment::new(Day::from_number(day), u32::try_from(since.rem_euclid(DAY)).ok()?)
}
