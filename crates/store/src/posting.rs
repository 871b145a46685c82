//! What a transaction is in bytes and in rows: packed into the body of its event, and as one line for each
//! posting where a database keeps those for questions. And the digest that seals it. Knows no rule of posting.

use gongji_domain::{Day, Fen};
use gongji_ledger::{EventNo, Head, Kind, Moment, Posting, Transaction};
use sha2::{Digest as _, Sha256};

use crate::codec::{Bytes, put_i64, put_text, put_u64};
use crate::event::{Digest, Event};

const DAY: i64 = 86_400_000;

/// One posting as a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Whose account it is or, for an account that is no person's, the member of the event.
    pub person: String,
    pub event: u64,
    /// Place in the transaction: 0, 1, 2 and so on.
    pub line: u64,
    pub account: String,
    /// Fen; a debit is positive, a credit negative.
    pub amount: i64,
    pub kind: String,
    pub concerns: Option<u64>,
    pub effective: i32,
    pub accounting: i32,
    /// Milliseconds since 1970-01-01.
    pub recorded: i64,
}

/// The digest of a transaction, as its event seals it.
pub(crate) fn digest(transaction: &Transaction) -> Digest {
    let entry = transaction.entry();
    let head = entry.head();
    let mut text = String::with_capacity(256);
    text.push_str(entry.kind().word());
    put_number(&mut text, entry.concerns().map_or(0, |event| event.0));
    put_number(&mut text, head.effective.number());
    put_number(&mut text, transaction.accounting().number());
    put_number(&mut text, since_1970(head.recorded));
    text.push('\n');
    for posting in entry.postings() {
        put_key(&mut text, posting);
        put_number(&mut text, posting.amount.fen());
        text.push('\n');
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

/// Writes what an event moves: how many postings, none for nothing, then the transaction.
pub(crate) fn put(into: &mut Vec<u8>, moved: Option<&Transaction>) {
    let Some(transaction) = moved else { return put_u64(into, 0) };
    let entry = transaction.entry();
    put_u64(into, entry.postings().len() as u64);
    put_text(into, entry.kind().word());
    put_u64(into, entry.concerns().map_or(0, |event| event.0));
    put_i64(into, i64::from(entry.head().effective.number()));
    put_i64(into, i64::from(transaction.accounting().number()));
    put_i64(into, since_1970(entry.head().recorded));
    let mut key = String::new();
    for posting in entry.postings() {
        key.clear();
        put_key(&mut key, posting);
        put_text(into, &key);
        put_i64(into, posting.amount.fen());
    }
}

fn put_number(text: &mut String, number: impl itoa::Integer) {
    text.push(' ');
    text.push_str(itoa::Buffer::new().format(number));
}

fn put_key(text: &mut String, posting: &Posting) {
    // Writing to a String never fails.
    let _ = posting.account.write_key(text);
}

/// Reads what an event moves; nothing where the bytes end, and in words why they are no transaction.
pub(crate) fn take(from: &mut Bytes<'_>, event: u64) -> Option<Result<Option<Transaction>, String>> {
    let count = from.u64()?;
    if count == 0 {
        return Some(Ok(None));
    }
    let (kind, concerns) = (from.text()?, from.u64()?);
    let [effective, accounting, recorded] = [from.i64()?, from.i64()?, from.i64()?];
    let postings = (0..count).map(|_| Some((from.text()?, from.i64()?))).collect::<Option<Vec<_>>>()?;
    let concerns = (concerns > 0).then_some(concerns);
    Some(restore(event, kind, concerns, [effective, accounting, recorded], &postings).map(Some))
}

fn restore(
    event: u64,
    kind: &str,
    concerns: Option<u64>,
    [effective, accounting, recorded]: [i64; 3],
    postings: &[(&str, i64)],
) -> Result<Transaction, String> {
    let day = |number: i64| i32::try_from(number).map(Day::from_number).map_err(|_| "日期超出范围".to_owned());
    let head = Head {
        event: EventNo(event),
        effective: day(effective)?,
        recorded: moment(recorded).ok_or("记账时刻超出范围")?,
    };
    let kind = Kind::from_word(kind).ok_or_else(|| format!("没有「{kind}」这种凭证"))?;
    let posting = |(account, amount): &(&str, i64)| {
        let account = account.parse().map_err(|fault: gongji_ledger::KeyError| fault.to_string())?;
        Ok(Posting { account, amount: Fen::from_fen(*amount) })
    };
    let postings = postings.iter().map(posting).collect::<Result<_, String>>()?;
    Transaction::restore(head, kind, concerns.map(EventNo), day(accounting)?, postings)
        .map_err(|fault| fault.to_string())
}

fn since_1970(moment: Moment) -> i64 {
    i64::from(moment.day().number()) * DAY + i64::from(moment.millisecond())
}

fn moment(since: i64) -> Option<Moment> {
    let day = i32::try_from(since.div_euclid(DAY)).ok()?;
    Moment::new(Day::from_number(day), u32::try_from(since.rem_euclid(DAY)).ok()?)
}
