//! A small world with money in it: members' accounts are opened, pay an institution, and get it back.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use gongji_domain::{Day, Fen, FundCode};
use gongji_ledger::rules::{self, AccountShare, FundShare, Settling};
use gongji_ledger::{AreaCode, Books, Entry, EventNo, Fault, Head, Holder, Moment, Part, Transaction};
use gongji_store::{Draft, Event, Key, OpenError, Outcome, Reply, Request, State, Store, SubmitError};

/// What was moved, by event, and the books.
#[derive(Default)]
pub struct Purses {
    moved: HashMap<u64, Transaction>,
    pub books: Books,
}

impl State for Purses {
    type Meaning = ();

    fn read(&self, event: &Event) -> Result<((), Option<Transaction>), String> {
        let entry = match event.effects.split_once(' ') {
            Some(("open", yuan)) => rules::opening(head(event), holder(event), &[(Part::Current, amount(yuan)?)]),
            Some(("pay", yuan)) => pay(event, amount(yuan)?),
            Some(("back", seq)) => match seq.parse().ok().and_then(|seq: u64| self.moved.get(&seq)) {
                Some(of) => Entry::reversal(head(event), of),
                None => return Err(format!("nothing to give back: {seq}")),
            },
            _ => return Ok(((), None)),
        };
        match entry {
            Err(Fault::Empty) => Ok(((), None)),
            Err(fault) => Err(fault.to_string()),
            Ok(entry) => Ok(((), Some(self.books.check(entry).map_err(|refused| refused.to_string())?))),
        }
    }

    fn apply(&mut self, event: &Event, (): (), moved: Option<Transaction>) -> Result<(), String> {
        let Some(moved) = moved else { return Ok(()) };
        self.books.replay(&moved).map_err(|refused| refused.to_string())?;
        self.moved.insert(event.seq, moved);
        Ok(())
    }
}

fn amount(yuan: &str) -> Result<Fen, String> {
    yuan.parse().map_err(|_| format!("not an amount: {yuan}"))
}

fn area() -> AreaCode {
    "500000".parse().unwrap()
}

fn holder(event: &Event) -> Holder {
    Holder { person: event.psn_no.parse().unwrap(), area: area() }
}

fn head(event: &Event) -> Head {
    let effective: Day = event.recorded[..10].parse().unwrap();
    Head { event: EventNo(event.seq), effective, recorded: Moment::new(effective, 0).unwrap() }
}

/// The account pays an amount and the fund as much again.
fn pay(event: &Event, amount: Fen) -> Result<Entry, Fault> {
    let settling = Settling {
        area: area(),
        institution: event.institution.parse().unwrap(),
        treated_in: area(),
        funds: &[FundShare { ledger: FundCode::POOLED.into(), amount }],
        accounts: &[AccountShare { holder: holder(event), part: Part::Current, amount }],
    };
    rules::settlement(head(event), &settling)
}

pub fn open(path: &Path) -> Result<Store<Purses>, OpenError> {
    Store::open(path, Purses::default)
}

pub fn file() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    (folder, path)
}

pub fn request(msgid: &str, recorded: &str) -> Request {
    Request {
        key: Key { institution: "H1".to_owned(), msgid: msgid.to_owned() },
        infno: "2207".to_owned(),
        input: "{}".to_owned(),
        recorded: format!("{recorded} 08:00:00"),
    }
}

pub fn draft(psn_no: &str, effects: &str) -> Draft {
    Draft {
        kind: "moved",
        area: "500000".to_owned(),
        psn_no: psn_no.to_owned(),
        reply: format!("{psn_no} {effects}").into_bytes(),
        effects: effects.to_owned(),
        policy: String::new(),
    }
}

/// Does something for a member on a day.
pub fn act(store: &Store<Purses>, msgid: &str, day: &str, psn_no: &str, effects: &str) -> Result<Reply, SubmitError> {
    let draft = draft(psn_no, effects);
    store.call(request(msgid, day), move |_, _| Outcome::Record(draft))
}

/// Two members over two days: 1, 2 opened; 3 pays, 4 nothing moves; 5 pays, 6 gives 3 back.
pub fn story(store: &Store<Purses>) {
    for (day, psn_no, effects) in [
        ("2026-03-01", "P1", "open 100.00"),
        ("2026-03-01", "P2", "open 50.00"),
        ("2026-03-01", "P1", "pay 30.00"),
        ("2026-03-02", "P1", "look"),
        ("2026-03-02", "P2", "pay 50.00"),
        ("2026-03-02", "P1", "back 3"),
    ] {
        let msgid = format!("{day} {psn_no} {effects}");
        act(store, &msgid, day, psn_no, effects).unwrap();
    }
}
