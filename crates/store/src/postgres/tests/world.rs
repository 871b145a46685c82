//! A small world with money in it, for tests: accounts are opened and pay, those of relatives too, visits
//! grow, books are closed.

use gongji_domain::{Day, Fen, FundCode};
use gongji_ledger::rules::{self, AccountShare, FundShare, Settling};
use gongji_ledger::{Account, AreaCode, Entry, EventNo, Fault, Head, Holder, Moment, Part, Transaction};

use crate::codec::{Bytes, put_i64, put_u64};
use crate::{Draft, Event, Key, Known, Outcome, Place, Reader, Reply, Report, Request, State, Store, SubmitError};

pub(super) const DAY: &str = "2026-03-01";

/// The rules of the world, which only have a name.
pub(super) struct World(pub &'static str);

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Purse {
    pub fen: i64,
    pub events: u64,
}

pub(super) enum Change {
    Open(Fen),
    Pay(Fen),
    Close(Day),
    Bar(String),
    Look,
}

impl State for World {
    type Person = Purse;
    /// How many events it has.
    type Visit = u64;
    type Change = Change;

    fn edition(&self) -> String {
        self.0.to_owned()
    }

    fn read(&self, event: &Event) -> Result<Change, String> {
        Ok(match event.effects.split_once(' ') {
            Some(("open", yuan)) => Change::Open(amount(yuan)?),
            Some(("pay" | "share" | "visit", yuan)) => Change::Pay(amount(yuan)?),
            Some(("bar", msgid)) => Change::Bar(msgid.to_owned()),
            Some(("close", day)) => Change::Close(day.parse().map_err(|_| "no day")?),
            _ => Change::Look,
        })
    }

    fn moves(&self, event: &Event, change: &Change, known: &Known<'_, Self>) -> Result<Option<Transaction>, String> {
        let entry = match change {
            Change::Open(fen) => rules::opening(head(event), holder(event), &[(Part::Current, *fen)]),
            Change::Pay(fen) => pay(event, *fen),
            Change::Close(_) | Change::Bar(_) | Change::Look => return Ok(None),
        };
        let entry = entry.map_err(|fault| fault.to_string())?;
        known.periods().land(entry).map(Some).map_err(|fault| fault.to_string())
    }

    fn fold_person(
        &self,
        name: &str,
        purse: &mut Purse,
        _: Option<&u64>,
        event: &Event,
        change: &Change,
    ) -> Result<(), String> {
        purse.events += 1;
        match change {
            Change::Open(fen) => purse.fen += fen.fen(),
            Change::Pay(fen) if name == payer(event) => purse.fen -= fen.fen(),
            _ => {}
        }
        Ok(())
    }

    fn fold_visit(&self, visit: &mut Option<u64>, _: &Event, _: Change, _: Option<&Transaction>) -> Result<(), String> {
        *visit = Some(visit.unwrap_or_default() + 1);
        Ok(())
    }

    fn closes(&self, change: &Change) -> Option<(AreaCode, Day)> {
        match change {
            Change::Close(day) => Some((area(), *day)),
            _ => None,
        }
    }

    fn bars(&self, change: &Change) -> Option<String> {
        match change {
            Change::Bar(msgid) => Some(msgid.clone()),
            _ => None,
        }
    }

    fn pack(&self, purse: &Purse) -> Vec<u8> {
        let mut bytes = Vec::new();
        put_i64(&mut bytes, purse.fen);
        put_u64(&mut bytes, purse.events);
        bytes
    }

    fn unpack(&self, bytes: &[u8]) -> Result<Purse, String> {
        let mut bytes = Bytes(bytes);
        let (fen, events) = (bytes.i64(), bytes.u64());
        fen.zip(events).map(|(fen, events)| Purse { fen, events }).ok_or_else(|| "cut".to_owned())
    }

    fn agrees(&self, name: &str, purse: &Purse, accounts: &[(Account, Fen)]) -> Result<(), String> {
        let held: i64 = accounts.iter().map(|(_, fen)| fen.fen()).sum();
        if held == purse.fen { Ok(()) } else { Err(format!("{name}: {held} {}", purse.fen)) }
    }
}

fn amount(yuan: &str) -> Result<Fen, String> {
    yuan.parse().map_err(|_| format!("not an amount: {yuan}"))
}

fn area() -> AreaCode {
    "500000".parse().unwrap()
}

/// Whose account pays: the relative's, if there is one.
fn payer(event: &Event) -> &str {
    event.with.first().map_or(&event.psn_no, |(relative, _)| relative)
}

fn holder(event: &Event) -> Holder {
    Holder { person: payer(event).parse().unwrap(), area: area() }
}

fn head(event: &Event) -> Head {
    let effective: Day = event.recorded[..10].parse().unwrap();
    Head { event: EventNo(event.seq), effective, recorded: Moment::new(effective, 0).unwrap() }
}

/// An account pays an amount and the fund as much again.
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

/// A node on the database of this address.
pub(super) fn node(url: &str) -> Store<World> {
    Store::open(&Place::Postgres(url.to_owned()), World("1")).unwrap()
}

/// An address with one more setting.
pub(super) fn with(url: &str, setting: &str) -> String {
    format!("{url}{}{setting}", if url.contains('?') { '&' } else { '?' })
}

/// What somebody sends: a message, about whom, what happens, and on which day.
#[derive(Clone)]
pub(super) struct Sent {
    pub msgid: String,
    pub persons: Vec<String>,
    pub effects: String,
    pub day: &'static str,
    /// Number of the visit that it goes on with; 0 begins one.
    pub visit: Option<u64>,
}

fn key(msgid: &str) -> Key {
    Key { institution: "H1".to_owned(), msgid: msgid.to_owned() }
}

pub(super) fn sent(msgid: impl ToString, persons: &[&str], effects: &str) -> Sent {
    let persons = persons.iter().map(|person| (*person).to_owned()).collect();
    Sent { msgid: msgid.to_string(), persons, effects: effects.to_owned(), day: DAY, visit: None }
}

impl Sent {
    pub fn to(&self, store: &Store<World>) -> Result<Reply, SubmitError> {
        let (request, sent) = (self.request(), self.clone());
        store.call(request, move |known, number| sent.decided(known, number))
    }

    pub fn request(&self) -> Request {
        Request {
            key: key(&self.msgid),
            infno: "2207".to_owned(),
            input: format!("{} {}", self.persons.join(" "), self.effects),
            recorded: format!("{} 08:00:00", self.day),
            persons: self.persons.clone(),
            visit: self.visit.filter(|visit| *visit > 0),
            refers: self.effects.strip_prefix("bar ").map(key),
        }
    }

    /// The reply says number, what the member has after the member's events before, and how long the visit is.
    pub fn decided(&self, known: &Known<'_, World>, number: u64) -> Outcome<<World as State>::Change> {
        let visit = self.visit.map(|visit| if visit == 0 { number } else { visit });
        let purse = known.person(&self.persons[0]).unwrap();
        let visited = visit.and_then(|visit| known.visit(visit)).copied().unwrap_or_default();
        // What came before it was barred stays as it is.
        let (late, effects) = match known.original() {
            Some(_) => (" late", "look"),
            None => ("", self.effects.as_str()),
        };
        Outcome::Record(
            Draft {
                kind: if effects.starts_with("close ") { crate::CLOSING } else { "moved" },
                area: "500000".to_owned(),
                psn_no: self.persons[0].clone(),
                with: self.persons[1..].to_vec(),
                visit,
                reply: format!("{number} {} {} {visited}{late}", purse.fen, purse.events).into(),
                effects: effects.to_owned(),
                policy: String::new(),
            },
            None,
        )
    }
}

/// The number in a reply.
pub(super) fn number(reply: &Reply) -> u64 {
    words(reply)[0].parse().unwrap()
}

pub(super) fn words(reply: &Reply) -> Vec<String> {
    str::from_utf8(&reply.body).unwrap().split(' ').map(str::to_owned).collect()
}

/// Opens accounts of these persons.
pub(super) fn opened(store: &Store<World>, persons: &[&str]) {
    for person in persons {
        sent(format!("open {person}"), &[person], "open 9000.00").to(store).unwrap();
    }
}

/// What is kept, proved.
pub(super) fn proved(url: &str) -> Report {
    reader(url).verify(&World("1")).unwrap()
}

pub(super) fn reader(url: &str) -> Reader {
    Reader::open(&Place::Postgres(url.to_owned())).unwrap()
}

/// What the server says.
pub(super) fn ask(url: &str, statement: &str) -> String {
    gongji_cluster::psql(url, statement).unwrap()
}
