//! Proving a whole store (核验): chain, postings against what the events say, balances, day heads. Says
//! at the first difference which event and field; repairs nothing.

use gongji_domain::Fen;
use gongji_ledger::{Account, Books, Transaction};
use rusqlite::{Connection, Rows};

use crate::days::{self, Day, Days};
use crate::event::{Digest, Event};
use crate::fold::{State, meaning};
use crate::journal::{self, ChainFault, Verified, WalkError};
use crate::posting::{self, Line};
use crate::trouble::Trouble;

/// What a sound store holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How many events, and the hash of the last.
    pub journal: Verified,
    /// How many of them move something.
    pub transactions: u64,
    /// How many postings they make.
    pub postings: u64,
    /// How many accounts were touched.
    pub accounts: u64,
    /// How many days have a head.
    pub days: u64,
}

/// The first difference between what is kept and what the events say.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Difference {
    /// An event cannot be taken in, or moves what it may not.
    #[error("第 {seq} 件：{reason}")]
    Event {
        /// Its number.
        seq: u64,
        /// In words.
        reason: String,
    },
    /// A field of a posting differs.
    #[error("第 {event} 件：分录 {line} 的 {field} 是 {kept}，按事件应为 {expected}")]
    Posting {
        /// The event.
        event: u64,
        /// The posting's place in it.
        line: u64,
        /// The column.
        field: &'static str,
        /// What stands there.
        kept: String,
        /// What should.
        expected: String,
    },
    /// A posting is not there.
    #[error("第 {event} 件：缺少分录 {line}")]
    Missing {
        /// The event.
        event: u64,
        /// The posting's place in it.
        line: u64,
    },
    /// A posting that no event makes.
    #[error("第 {event} 件：多出分录 {line}")]
    Surplus {
        /// The event that it names.
        event: u64,
        /// The place that it names.
        line: u64,
    },
    /// The sum of an account's postings is not its balance in books made anew.
    #[error("科目 {account}：分录合计 {kept}，重放得 {expected}")]
    Balance {
        /// Its key.
        account: String,
        /// By the postings, on its normal side.
        kept: Fen,
        /// By replay.
        expected: Fen,
    },
    /// A personal account is below zero.
    #[error("个人账户 {account} 余额为负：{balance}")]
    Overdrawn {
        /// Its key.
        account: String,
        /// What it holds.
        balance: Fen,
    },
    /// What the service believes is not what the books say.
    #[error("业务状态与账簿不符：{0}")]
    State(String),
    /// A day's head is not that of its events, is missing or too many.
    #[error("日头 {day}：{field} 与当日各件不符")]
    Day {
        /// The day.
        day: String,
        /// The column.
        field: &'static str,
    },
}

/// Why a store is not proved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The journal was changed outside the program.
    #[error("流水不可信：{0}")]
    Chain(#[from] ChainFault),
    /// What is kept is not what the events say.
    #[error(transparent)]
    Differs(#[from] Difference),
    /// The file cannot be read.
    #[error(transparent)]
    Sqlite(#[from] Trouble),
}

impl From<rusqlite::Error> for VerifyError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error.into())
    }
}

impl From<WalkError> for VerifyError {
    fn from(error: WalkError) -> Self {
        match error {
            WalkError::Chain(fault) => Self::Chain(fault),
            WalkError::Sqlite(error) => error.into(),
            WalkError::Visit { seq, reason } => Self::Differs(Difference::Event { seq, reason }),
            WalkError::Differs(difference) => Self::Differs(difference),
        }
    }
}

/// Proves the store behind a connection that reads one moment of it.
pub(crate) fn verify<S: State>(connection: &Connection, make: impl Fn() -> S) -> Result<Report, VerifyError> {
    let (mut state, mut books, mut days) = (make(), Books::default(), Vec::new());
    let mut day = Days::default();
    let (mut transactions, mut postings) = (0, 0);
    let mut statement = posting::in_order(connection)?;
    let mut kept = Kept { rows: statement.query([])?, next: None };
    kept.advance()?;
    let journal = journal::walk(connection, |event| {
        let (meaning, moved) = meaning(&state, event)?;
        days.extend(day.push(event));
        postings += kept.compare(event, moved.as_ref())?;
        let refused = |reason| WalkError::Visit { seq: event.seq, reason };
        if let Some(moved) = &moved {
            books.replay(moved).map_err(|why| refused(why.to_string()))?;
            transactions += 1;
        }
        state.apply(event, meaning, moved).map_err(refused)
    })?;
    kept.nothing_left()?;
    days.extend(day.now());
    let accounts = balances(connection, &books)?;
    state.agrees(&books).map_err(Difference::State)?;
    heads(&days, &days::all(connection)?)?;
    whole(connection)?;
    Ok(Report { journal, transactions, postings, accounts, days: days.len() as u64 })
}

/// The rows of postings that are kept, in the order of events.
struct Kept<'a> {
    rows: Rows<'a>,
    next: Option<Line>,
}

impl Kept<'_> {
    fn advance(&mut self) -> rusqlite::Result<Option<Line>> {
        let next = self.rows.next()?.map(posting::read).transpose()?;
        Ok(std::mem::replace(&mut self.next, next))
    }

    /// The next rows must be what an event moves, and no more of that event or one before it.
    fn compare(&mut self, event: &Event, moved: Option<&Transaction>) -> Result<u64, WalkError> {
        let mut count = 0;
        for expected in moved.iter().flat_map(|moved| posting::lines(event, moved)) {
            match &self.next {
                Some(next) if (next.event, next.line) < (expected.event, expected.line) => self.nothing_left()?,
                Some(next) if (next.event, next.line) == (expected.event, expected.line) => {
                    fields(next, &expected)?;
                    self.advance()?;
                }
                _ => return Err(Difference::Missing { event: expected.event, line: expected.line }.into()),
            }
            count += 1;
        }
        if self.next.as_ref().is_some_and(|next| next.event <= event.seq) {
            self.nothing_left()?;
        }
        Ok(count)
    }

    fn nothing_left(&self) -> Result<(), Difference> {
        match &self.next {
            Some(next) => Err(Difference::Surplus { event: next.event, line: next.line }),
            None => Ok(()),
        }
    }
}

fn fields(kept: &Line, expected: &Line) -> Result<(), Difference> {
    let number = |number: Option<u64>| number.map_or_else(|| "空".to_owned(), |number| number.to_string());
    let pairs = [
        ("person", kept.person.clone(), expected.person.clone()),
        ("account", kept.account.clone(), expected.account.clone()),
        ("amount", kept.amount.to_string(), expected.amount.to_string()),
        ("kind", kept.kind.clone(), expected.kind.clone()),
        ("concerns", number(kept.concerns), number(expected.concerns)),
        ("effective", kept.effective.to_string(), expected.effective.to_string()),
        ("accounting", kept.accounting.to_string(), expected.accounting.to_string()),
        ("recorded", kept.recorded.to_string(), expected.recorded.to_string()),
    ];
    let (event, line) = (expected.event, expected.line);
    match pairs.into_iter().find(|(_, kept, expected)| kept != expected) {
        Some((field, kept, expected)) => Err(Difference::Posting { event, line, field, kept, expected }),
        None => Ok(()),
    }
}

/// The sums of the rows against the books; how many accounts there are.
fn balances(connection: &Connection, books: &Books) -> Result<u64, VerifyError> {
    let mut statement = connection.prepare("SELECT account, sum(amount) FROM posting GROUP BY account")?;
    let mut rows = statement.query([])?;
    let mut accounts = 0;
    while let Some(row) = rows.next()? {
        let (key, sum): (String, i64) = (row.get(0)?, row.get(1)?);
        let Ok(account) = key.parse::<Account>() else { continue };
        let (kept, expected) = (account.normal().balance(Fen::from_fen(sum)), books.balance(&account));
        if kept != expected {
            return Err(Difference::Balance { account: key, kept, expected }.into());
        }
        if account.person().is_some() && kept < Fen::ZERO {
            return Err(Difference::Overdrawn { account: key, balance: kept }.into());
        }
        accounts += 1;
    }
    Ok(accounts)
}

fn heads(expected: &[Day], kept: &[Day]) -> Result<(), Difference> {
    let differs = |day: &Day, field| Err(Difference::Day { day: day.day.clone(), field });
    for (at, day) in expected.iter().enumerate() {
        match kept.get(at) {
            Some(kept) if kept.day != day.day => return differs(day, "day"),
            Some(kept) if kept.first != day.first => return differs(day, "first"),
            Some(kept) if kept.head.size != day.head.size => return differs(day, "size"),
            Some(kept) if kept.head.root != day.head.root => return differs(day, "root"),
            Some(_) => {}
            None => return differs(day, "day"),
        }
    }
    kept.get(expected.len()).map_or(Ok(()), |day| differs(day, "day"))
}

/// SQLite's own check of pages, indexes and conditions.
pub(crate) fn whole(connection: &Connection) -> Result<(), Trouble> {
    let said: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if said == "ok" { Ok(()) } else { Err(Trouble::Damaged(said)) }
}

/// The hash of the last event; nothing checked.
pub(crate) fn head(connection: &Connection) -> rusqlite::Result<Verified> {
    let last = "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1";
    let read = connection.query_row(last, [], |row| Ok(Verified { events: row.get(0)?, head: row.get(1)? }));
    match read {
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(Verified { events: 0, head: Digest::default() }),
        read => read,
    }
}
