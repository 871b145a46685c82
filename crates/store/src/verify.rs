//! Proving a whole store (核验): chain, postings against what the events say, balances, day heads. Says
//! at the first difference which event and field; repairs nothing.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use gongji_domain::Fen;
use gongji_ledger::{Account, Books, Transaction};

use crate::body::Stored;
use crate::chain::{ChainFault, Verified, WalkError};
use crate::days::Day;
use crate::engine::Source;
use crate::event::{Event, GENESIS, STREAM};
use crate::people::People;
use crate::posting::{self, Line};
use crate::replay::{Folding, Walk, messages_of};
use crate::state::{InVisit, State};
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
    /// How many accounts are not at zero.
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
    /// An event cannot be found by its message, so the message could be answered twice.
    #[error("第 {seq} 件：按报文编号查不到")]
    Message {
        /// Its number.
        seq: u64,
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
    /// The store cannot be read.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl From<rusqlite::Error> for VerifyError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Trouble(error.into())
    }
}

impl From<WalkError> for VerifyError {
    fn from(error: WalkError) -> Self {
        match error {
            WalkError::Chain(fault) => Self::Chain(fault),
            WalkError::Trouble(trouble) => Self::Trouble(trouble),
            WalkError::Visit { seq, reason } => Self::Differs(Difference::Event { seq, reason }),
            WalkError::Differs(difference) => Self::Differs(difference),
        }
    }
}

/// Proves a source that reads one moment.
pub(crate) fn verify<S: State>(source: &dyn Source, state: &S) -> Result<Report, VerifyError> {
    source.whole()?;
    let current = source.edition()? == Some(state.edition());
    let (mut walk, mut folding, mut books) = (Walk::new(source)?, Folding::new(state), Books::default());
    let (mut transactions, mut postings) = (0, 0);
    let mut rows = Rows { source, pages: BTreeMap::new() };
    while let Some(Stored { event, moved: kept }) = walk.next()? {
        let differs = |reason| Difference::Event { seq: event.seq, reason };
        placed(state, &event).map_err(differs)?;
        let moved = folding.take(&walk, &event)?;
        if kept.as_ref().map(posting::digest) != moved.as_ref().map(posting::digest) {
            return Err(differs("字段 postings：留存的分录与事件所说的不符".to_owned()).into());
        }
        for message in messages_of(state, &event)? {
            if source.find(&message.key)? != Some(event.seq) {
                return Err(Difference::Message { seq: event.seq }.into());
            }
        }
        postings += rows.compare(&event, moved.as_ref())?;
        if let Some(moved) = &moved {
            books.replay(moved).map_err(|why| differs(why.to_string()))?;
            transactions += 1;
        }
    }
    rows.nothing_left(&walk.heads())?;
    let mut days = std::mem::take(&mut walk.days);
    // Streams end their days one among the other.
    days.sort_unstable_by_key(|day| day.first);
    agree(state, &folding, &books)?;
    if current {
        persons(&folding.people(), &source.people()?)?;
    }
    if *folding.periods() != source.periods()? {
        return Err(Difference::State("关账期间与事件不符".to_owned()).into());
    }
    heads(&days, &source.days()?)?;
    if let Some(changed) = source.dictionaries()?.iter().find(|dictionary| !dictionary.holds()) {
        return Err(Trouble::Damaged(format!("dictionary {}", changed.id)).into());
    }
    let journal = Verified {
        events: walk.heads().iter().map(|head| head.events % STREAM).sum(),
        head: walk.heads().last().map_or(GENESIS, |head| head.head),
    };
    Ok(Report { journal, transactions, postings, accounts: accounts(&books)?, days: days.len() as u64 })
}

/// Whose event it is and in which visit is sealed since version 3; before, it must be what the event says.
fn placed<S: State>(state: &S, event: &Event) -> Result<(), String> {
    if event.version >= 3 {
        return Ok(());
    }
    let sound = match state.place(event)? {
        InVisit::Nowhere => event.visit.is_none(),
        InVisit::Begins => event.visit == Some(event.seq),
        InVisit::Visit(number) => event.visit == Some(number),
        // Folding the visit finds whether that event was in it.
        InVisit::With(_) => event.visit.is_some_and(|number| number < event.seq),
    };
    match (sound, event.with.is_empty()) {
        (false, _) => Err("字段 visit：与事件所说的不符".to_owned()),
        (_, false) => Err("字段 with：这一版的事件只有一人".to_owned()),
        (true, true) => Ok(()),
    }
}

/// Events whose rows are read together.
const PAGE: u64 = 1000;

/// The posting rows that a database keeps beside the bodies.
struct Rows<'a> {
    source: &'a dyn Source,
    /// Rows that were read and not met yet, by page and event.
    pages: BTreeMap<u64, BTreeMap<u64, Vec<Line>>>,
}

impl Rows<'_> {
    /// The rows of an event must be what it moves; how many postings that are.
    fn compare(&mut self, event: &Event, moved: Option<&Transaction>) -> Result<u64, VerifyError> {
        let expected: Vec<Line> = moved.iter().flat_map(|moved| posting::lines(event, moved)).collect();
        let count = expected.len() as u64;
        let Some(kept) = self.take(event.seq)? else { return Ok(count) };
        for (at, line) in expected.iter().enumerate() {
            match kept.get(at) {
                Some(next) if next.line == line.line => fields(next, line)?,
                _ => return Err(Difference::Missing { event: event.seq, line: line.line }.into()),
            }
        }
        surplus(kept.get(expected.len()))?;
        Ok(count)
    }

    /// The rows of an event; nothing where no rows are kept.
    fn take(&mut self, event: u64) -> Result<Option<Vec<Line>>, Trouble> {
        let page = event / PAGE;
        if let Entry::Vacant(vacant) = self.pages.entry(page) {
            let Some(lines) = self.source.postings(page * PAGE, page * PAGE + PAGE - 1)? else { return Ok(None) };
            let mut events = BTreeMap::<u64, Vec<Line>>::new();
            lines.into_iter().for_each(|line| events.entry(line.event).or_default().push(line));
            vacant.insert(events);
        }
        Ok(Some(self.pages.get_mut(&page).and_then(|events| events.remove(&event)).unwrap_or_default()))
    }

    /// No rows may be left over, on the pages that were read or after the last event of a stream.
    fn nothing_left(&self, heads: &[Verified]) -> Result<(), VerifyError> {
        surplus(self.pages.values().flat_map(BTreeMap::values).flatten().next())?;
        for head in heads {
            let end = head.events - head.events % STREAM + STREAM - 1;
            let after = self.source.postings(head.events + 1, end)?.unwrap_or_default();
            surplus(after.first())?;
        }
        Ok(())
    }
}

fn surplus(line: Option<&Line>) -> Result<(), Difference> {
    line.map_or(Ok(()), |line| Err(Difference::Surplus { event: line.event, line: line.line }))
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

/// What is known of every person against the personal accounts of the books.
fn agree<S: State>(state: &S, folding: &Folding<'_, S>, books: &Books) -> Result<(), Difference> {
    let mut held = HashMap::<String, Vec<(Account, Fen)>>::new();
    for (account, balance) in books.balances() {
        if let Some(person) = account.person() {
            held.entry(person.to_string()).or_default().push((account, balance));
        }
    }
    for (name, _, person) in folding.persons() {
        let accounts = held.remove(name).unwrap_or_default();
        state.agrees(name, person, &accounts).map_err(Difference::State)?;
    }
    match held.into_iter().find(|(_, accounts)| accounts.iter().any(|(_, balance)| !balance.is_zero())) {
        Some((name, _)) => Err(Difference::State(format!("人员 {name} 有个人账户，却没有事件"))),
        None => Ok(()),
    }
}

/// How many accounts there are; none of a person may be below zero.
fn accounts(books: &Books) -> Result<u64, Difference> {
    let mut accounts = 0;
    for (account, balance) in books.balances() {
        if account.person().is_some() && balance < Fen::ZERO {
            return Err(Difference::Overdrawn { account: account.to_string(), balance });
        }
        accounts += u64::from(!balance.is_zero());
    }
    Ok(accounts)
}

/// Persons as recovery has them against the same folded anew.
fn persons(expected: &People, kept: &People) -> Result<(), Difference> {
    let differs = |name: &str| Difference::State(format!("人员 {name} 的留存状态与重放不符"));
    for (name, revision, packed) in expected.iter() {
        if kept.get(name).is_none_or(|kept| kept.revision != revision || kept.packed != packed) {
            return Err(differs(name));
        }
    }
    let surplus = kept.iter().find(|(name, ..)| expected.get(name).is_none());
    surplus.map_or(Ok(()), |(name, ..)| Err(differs(name)))
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
