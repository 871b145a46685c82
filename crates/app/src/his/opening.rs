//! How the members that a file lists come into the register and the books (参保登记、期初余额): one event for each
//! member, written once.

use std::sync::mpsc::channel;

use gongji_domain::{Day, Fen};
use gongji_store::{Draft, Key, Known, OpenError, Outcome, Request, Store, SubmitError};

use gongji_register::{Fact, Member as Registered};

use super::book::{Book, Change, Recorded, Told, View};
use super::directory::{Directory, Member};
use super::member::{certificates, listed, record_name};
use super::moment::Moment;

/// Sender of what no institution sent; no institution can have this code.
pub(crate) const NOBODY: &str = "-";
/// The area of what belongs to none: the code of the whole country.
const NATION: &str = "100000";

/// How many wait together: well below what the store lets wait.
const TOGETHER: usize = 1024;

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// The store does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The accounts cannot be opened.
    #[error("期初余额不能入账：{0}")]
    Opening(#[from] SubmitError),
}

/// Registers the members that are not yet, and opens their accounts.
///
/// # Errors
/// The first that could not be written.
pub(super) fn enrol(store: &Store<Book>, directory: &Directory, now: Moment) -> Result<(), SubmitError> {
    let mut waiting: Vec<&Member> = directory.members().collect();
    // The same members get the same numbers every time.
    waiting.sort_by(|a, b| a.psn_no.cmp(&b.psn_no));
    waiting.chunks(TOGETHER).try_for_each(|members| open(store, members, now))
}

/// Marks the store with an event of this key, once: an account of nobody that holds nothing.
///
/// # Errors
/// When it could not be written.
pub(super) fn mark(store: &Store<Book>, key: &Key, now: Moment) -> Result<(), SubmitError> {
    let (sender, receiver) = channel();
    let holder = key.msgid.clone();
    let decide = move |_: &Known<'_, Book>, _: u64| {
        let change = Change::Opened { from: Day::FIRST, account: [Fen::ZERO; 2] };
        Outcome::Record(opened(NATION, &holder, &change), None)
    };
    let request = Request { key: key.clone(), ..request(&key.msgid, now) };
    store.submit(request, decide, move |answer: Result<gongji_store::Reply, SubmitError>| {
        // The receiver waits below.
        let _ = sender.send(answer.map(|_| ()));
    });
    receiver.iter().collect()
}

fn open(store: &Store<Book>, members: &[&Member], now: Moment) -> Result<(), SubmitError> {
    let (sender, receiver) = channel();
    for member in members {
        let (member, sender) = ((*member).clone(), sender.clone());
        let listed = listed(&member);
        let mut with = certificates(&listed.identity);
        with.insert(0, record_name(&member.psn_no));
        let mut request = request(&member.psn_no, now);
        // The number alone was the key of events that opened an account and registered nobody.
        request.key.msgid = format!("enrol-{}", member.psn_no);
        request.persons.extend(with.iter().cloned());
        let decide = move |known: &Known<'_, Book>, _: u64| match View(known).member(&member.psn_no) {
            Some(_) => Outcome::Answer(Vec::new()),
            None => Outcome::Record(draft(&member, &listed, &with, View(known)), None),
        };
        let done = move |answer: Result<gongji_store::Reply, SubmitError>| {
            // The receiver waits below.
            let _ = sender.send(answer.map(|_| ()));
        };
        store.submit(request, decide, done);
    }
    drop(sender);
    receiver.iter().collect()
}

fn draft(member: &Member, listed: &Registered, with: &[String], book: View<'_>) -> Draft {
    let prior = member.account_prior_years;
    let opens = !member.account.is_zero() && !book.is_opened(&member.psn_no);
    let recorded = Recorded {
        facts: vec![Fact::Enrolled(Box::new(listed.clone()))],
        told: Told { by: NOBODY.to_owned(), ..Told::default() },
        previous: book.last_entry(&member.psn_no),
        opened: opens.then(|| (member.insured_from.max(Day::FIRST), [member.account - prior, prior])),
        shown_by: with[1..].to_vec(),
        no_longer: Vec::new(),
    };
    let change = Change::Recorded(Box::new(recorded));
    Draft { kind: "enrolled", with: with.to_vec(), ..opened(&member.area, &member.psn_no, &change) }
}

fn opened(area: &str, psn_no: &str, change: &Change) -> Draft {
    Draft {
        kind: "opened",
        area: area.to_owned(),
        psn_no: psn_no.to_owned(),
        with: Vec::new(),
        visit: None,
        reply: Default::default(),
        effects: serde_json::to_string(change).expect("a change can always be written"),
        policy: String::new(),
    }
}

fn request(psn_no: &str, now: Moment) -> Request {
    ours(psn_no.to_owned(), String::new(), vec![psn_no.to_owned()], now)
}

/// A request of our own, which no institution sent: what names it, what was asked in one form, whose state it concerns.
pub(crate) fn ours(name: String, input: String, persons: Vec<String>, now: Moment) -> Request {
    Request {
        key: Key { institution: NOBODY.to_owned(), msgid: name },
        infno: String::new(),
        input,
        recorded: now.to_string(),
        persons,
        visit: None,
        refers: None,
    }
}
