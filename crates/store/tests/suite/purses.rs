//! A small world with money in it: members' accounts are opened, pay an institution in a visit, or a
//! relative's account pays, and what was paid in a visit is given back.

use std::collections::{BTreeMap, BTreeSet};

use gongji_domain::{Day, Fen, FundCode};
use gongji_ledger::rules::{self, AccountShare, FundShare, Settling};
use gongji_ledger::{
    Account, AreaCode, Entry, EventNo, Fault, Head, Holder, Moment, Part, Refused, Transaction, covered,
};
use gongji_store::codec::{Bytes, put_i64};
use gongji_store::{Draft, Event, InVisit, Key, Known, Outcome, Reply, Request, State, Store, SubmitError};

/// Reads what is done with purses.
#[derive(Clone, Copy, Default)]
pub struct Purses;

/// What moved in a visit, by event, and what was taken back.
#[derive(Clone, Default)]
pub struct Paid {
    moved: BTreeMap<u64, Transaction>,
    undone: BTreeSet<u64>,
}

/// What an event says.
pub enum Change {
    Opened(Fen),
    Paid(Fen),
    Given(Fen, String),
    Back(u64),
    Closed(Day),
    Looked,
}

impl State for Purses {
    type Person = Fen;
    type Visit = Paid;
    type Change = Change;

    fn read(&self, event: &Event) -> Result<Change, String> {
        let words: Vec<&str> = event.effects.split(' ').collect();
        Ok(match words[..] {
            ["open", yuan] => Change::Opened(amount(yuan)?),
            ["pay", yuan] => Change::Paid(amount(yuan)?),
            ["give", yuan, relative] => Change::Given(amount(yuan)?, relative.to_owned()),
            ["back", number] => Change::Back(number.parse().map_err(|_| format!("no event: {number}"))?),
            ["close", day] => Change::Closed(day.parse().map_err(|_| format!("no day: {day}"))?),
            ["look"] => Change::Looked,
            _ => return Err(format!("not understood: {}", event.effects)),
        })
    }

    fn moves(&self, event: &Event, change: &Change, known: &Known<'_, Self>) -> Result<Option<Transaction>, String> {
        let entry = match change {
            Change::Opened(yuan) => rules::opening(head(event), holder(&event.psn_no), &[(Part::Current, *yuan)]),
            Change::Paid(yuan) => settled(event, &event.psn_no, *yuan),
            Change::Given(yuan, relative) => settled(event, relative, *yuan),
            Change::Back(number) => {
                let visit = event.visit.and_then(|visit| known.visit(visit)).ok_or("no such visit")?;
                if visit.undone.contains(number) {
                    return Err(Refused::AlreadyReversed { event: EventNo(*number) }.to_string());
                }
                let moved = visit.moved.get(number).ok_or_else(|| format!("nothing to give back: {number}"))?;
                Entry::reversal(head(event), moved)
            }
            Change::Closed(_) | Change::Looked => return Ok(None),
        };
        let entry = entry.map_err(|fault| fault.to_string())?;
        let held = |account: &Account| account.person().and_then(|name| known.person(name.as_str()).copied());
        covered(&entry, |account| held(account).unwrap_or(Fen::ZERO)).map_err(|refused| refused.to_string())?;
        known.periods().land(entry).map(Some).map_err(|fault| fault.to_string())
    }

    fn fold_person(
        &self,
        name: &str,
        purse: &mut Fen,
        visit: Option<&Paid>,
        event: &Event,
        change: &Change,
    ) -> Result<(), String> {
        match change {
            Change::Opened(yuan) => *purse += *yuan,
            Change::Paid(yuan) => *purse -= *yuan,
            Change::Given(yuan, relative) if relative == name => *purse -= *yuan,
            Change::Back(number) => {
                let moved = visit.and_then(|visit| visit.moved.get(number)).ok_or("nothing to give back")?;
                let own = |account: &Account| account.person().is_some_and(|person| person.as_str() == name);
                let postings = moved.entry().postings().iter().filter(|posting| own(&posting.account));
                postings.for_each(|posting| *purse += posting.amount);
            }
            Change::Given(..) | Change::Closed(_) | Change::Looked => {}
        }
        if *purse < Fen::ZERO { Err(format!("event {} overdraws {name}", event.seq)) } else { Ok(()) }
    }

    fn fold_visit(
        &self,
        visit: &mut Option<Paid>,
        event: &Event,
        change: Change,
        moved: Option<&Transaction>,
    ) -> Result<(), String> {
        if visit.is_none() && event.visit != Some(event.seq) {
            return Err("no such visit".to_owned());
        }
        let visit = visit.get_or_insert_default();
        match (change, moved) {
            (Change::Back(number), Some(_)) => drop(visit.undone.insert(number)),
            (_, Some(moved)) => drop(visit.moved.insert(event.seq, moved.clone())),
            (_, None) => {}
        }
        Ok(())
    }

    fn closes(&self, change: &Change) -> Option<(AreaCode, Day)> {
        match change {
            Change::Closed(through) => Some((area(), *through)),
            _ => None,
        }
    }

    fn pack(&self, purse: &Fen) -> Vec<u8> {
        let mut bytes = Vec::new();
        put_i64(&mut bytes, purse.fen());
        bytes
    }

    fn unpack(&self, bytes: &[u8]) -> Result<Fen, String> {
        Bytes(bytes).i64().map(Fen::from_fen).ok_or_else(|| "no purse".to_owned())
    }

    fn agrees(&self, name: &str, purse: &Fen, accounts: &[(Account, Fen)]) -> Result<(), String> {
        let held: Fen = accounts.iter().map(|(_, balance)| *balance).fold(Fen::ZERO, |sum, balance| sum + balance);
        if held == *purse { Ok(()) } else { Err(format!("{name} has {purse}, the books say {held}")) }
    }

    fn place(&self, event: &Event) -> Result<InVisit, String> {
        Ok(match self.read(event)? {
            Change::Paid(_) | Change::Given(..) => InVisit::Begins,
            Change::Back(number) => InVisit::With(number),
            Change::Opened(_) | Change::Closed(_) | Change::Looked => InVisit::Nowhere,
        })
    }
}

fn amount(yuan: &str) -> Result<Fen, String> {
    yuan.parse().map_err(|_| format!("not an amount: {yuan}"))
}

pub fn area() -> AreaCode {
    "500000".parse().unwrap()
}

fn holder(person: &str) -> Holder {
    Holder { person: person.parse().unwrap(), area: area() }
}

fn head(event: &Event) -> Head {
    let effective: Day = event.recorded[..10].parse().unwrap();
    Head { event: EventNo(event.seq), effective, recorded: Moment::new(effective, 0).unwrap() }
}

/// An account pays an amount and the fund as much again.
fn settled(event: &Event, payer: &str, amount: Fen) -> Result<Entry, Fault> {
    let settling = Settling {
        area: area(),
        institution: event.institution.parse().unwrap(),
        treated_in: area(),
        funds: &[FundShare { ledger: FundCode::POOLED.into(), amount }],
        accounts: &[AccountShare { holder: holder(payer), part: Part::Current, amount }],
    };
    rules::settlement(head(event), &settling)
}

/// A message that does something for a member on a day; the persons are the member and then relatives. A
/// payment begins a visit, a return belongs to the visit that the payment began.
pub fn doing(msgid: &str, day: &str, persons: &[&str], effects: &str) -> (Request, Draft) {
    let persons: Vec<String> = persons.iter().map(|person| (*person).to_owned()).collect();
    let visit = effects.strip_prefix("back ").map(|number| number.parse().unwrap());
    let draft = Draft {
        kind: if effects.starts_with("close ") { gongji_store::CLOSING } else { "moved" },
        area: "500000".to_owned(),
        psn_no: persons[0].clone(),
        with: persons[1..].to_vec(),
        visit,
        reply: format!("{} {effects}", persons[0]).into(),
        effects: effects.to_owned(),
        policy: String::new(),
    };
    let request = Request {
        key: Key { institution: "H1".to_owned(), msgid: msgid.to_owned() },
        infno: "2207".to_owned(),
        input: "{}".to_owned(),
        recorded: format!("{day} 08:00:00"),
        persons,
        visit,
        refers: None,
    };
    (request, draft)
}

/// Does something for a member on a day.
pub fn act(
    store: &Store<Purses>,
    msgid: &str,
    day: &str,
    persons: &[&str],
    effects: &str,
) -> Result<Reply, SubmitError> {
    let (request, draft) = doing(msgid, day, persons, effects);
    let begins = effects.starts_with("pay") || effects.starts_with("give");
    store.call(request, move |_, number| {
        Outcome::Record(Draft { visit: if begins { Some(number) } else { draft.visit }, ..draft.clone() }, None)
    })
}

/// Two members over two days: 1, 2 opened; 3 pays, 4 nothing moves; 5 pays, 6 gives 3 back.
pub fn story(store: &Store<Purses>) {
    for (day, person, effects) in [
        ("2026-03-01", "P1", "open 100.00"),
        ("2026-03-01", "P2", "open 50.00"),
        ("2026-03-01", "P1", "pay 30.00"),
        ("2026-03-02", "P1", "look"),
        ("2026-03-02", "P2", "pay 50.00"),
        ("2026-03-02", "P1", "back 3"),
    ] {
        let msgid = format!("{day} {person} {effects}");
        act(store, &msgid, day, &[person], effects).unwrap();
    }
}

/// What a purse holds, asked like anything else.
pub fn purse(store: &Store<Purses>, person: &str) -> Fen {
    let (sender, receiver) = std::sync::mpsc::channel();
    let (request, _) = doing("purse", "2026-03-01", &[person], "look");
    let name = person.to_owned();
    let look = move |known: &Known<'_, Purses>, _: u64| {
        sender.send(*known.person(&name).unwrap()).unwrap();
        Outcome::Answer(Vec::new())
    };
    store.call(request, look).unwrap();
    receiver.recv().unwrap()
}
