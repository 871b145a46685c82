//! Opening balances (期初余额): what the accounts of members held when they came into the books, one
//! event for each member, written once.

use std::sync::mpsc::channel;

use gongji_domain::{Day, Fen};
use gongji_store::{Draft, Key, Known, OpenError, Outcome, Request, Store, SubmitError};

use super::book::{Book, Change, View};
use super::directory::{Directory, Member};
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

/// Opens the accounts that hold something and are not in the books yet.
///
/// # Errors
/// The first that could not be written.
pub(super) fn open_accounts(store: &Store<Book>, directory: &Directory, now: Moment) -> Result<(), SubmitError> {
    let mut waiting: Vec<&Member> = directory.members().filter(|member| !member.account.is_zero()).collect();
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
        let request = request(&member.psn_no, now);
        let decide = move |known: &Known<'_, Book>, _: u64| match View(known).is_opened(&member.psn_no) {
            true => Outcome::Answer(Vec::new()),
            false => Outcome::Record(draft(&member), None),
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

fn draft(member: &Member) -> Draft {
    let prior = member.account_prior_years;
    let account: [Fen; 2] = [member.account - prior, prior];
    let change = Change::Opened { from: member.insured_from.max(Day::FIRST), account };
    opened(&member.area, &member.psn_no, &change)
}

fn opened(area: &str, psn_no: &str, change: &Change) -> Draft {
    Draft {
        kind: "opened",
        area: area.to_owned(),
        psn_no: psn_no.to_owned(),
        with: Vec::new(),
        visit: None,
        reply: Vec::new(),
        effects: serde_json::to_string(change).expect("a change can always be written"),
        policy: String::new(),
    }
}

fn request(psn_no: &str, now: Moment) -> Request {
    Request {
        key: Key { institution: NOBODY.to_owned(), msgid: psn_no.to_owned() },
        infno: String::new(),
        input: String::new(),
        recorded: now.to_string(),
        persons: vec![psn_no.to_owned()],
        visit: None,
        refers: None,
    }
}
