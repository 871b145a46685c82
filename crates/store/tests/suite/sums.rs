//! A small world of numbers: what is known of a person is the sum of its events, and of a visit a list of
//! what it saw.

use std::sync::mpsc;

use gongji_ledger::Transaction;
use gongji_store::codec::{Bytes, put_i64};
use gongji_store::{Draft, Event, Key, Known, Outcome, Reply, Request, State, Store, SubmitError};

/// Takes each number so many times.
#[derive(Clone, Copy)]
pub struct Sums(pub i64);

/// Every event of a visit: its number and what it added.
pub type Seen = Vec<(u64, i64)>;

impl State for Sums {
    type Person = i64;
    type Visit = Seen;
    type Change = (i64, Option<String>);

    fn edition(&self) -> String {
        format!("times {}", self.0)
    }

    fn read(&self, event: &Event) -> Result<Self::Change, String> {
        if let Some(msgid) = event.effects.strip_prefix("bar ") {
            return Ok((0, Some(msgid.to_owned())));
        }
        match event.effects.as_str() {
            "panic" => panic!("asked to"),
            // Is read, and then does not fit.
            "late" | "late panic" => Ok((0, None)),
            number => number.parse().map(|number| (number, None)).map_err(|_| format!("not a number: {number}")),
        }
    }

    fn moves(&self, _: &Event, _: &Self::Change, _: &Known<'_, Self>) -> Result<Option<Transaction>, String> {
        Ok(None)
    }

    fn fold_person(
        &self,
        _: &str,
        sum: &mut i64,
        _: Option<&Seen>,
        event: &Event,
        (number, _): &Self::Change,
    ) -> Result<(), String> {
        *sum += number * self.0;
        match event.effects.as_str() {
            "late" => Err("does not fit".to_owned()),
            "late panic" => panic!("asked to"),
            _ => Ok(()),
        }
    }

    fn fold_visit(
        &self,
        visit: &mut Option<Seen>,
        event: &Event,
        (number, _): Self::Change,
        _: Option<&Transaction>,
    ) -> Result<(), String> {
        if visit.is_none() && event.visit != Some(event.seq) {
            return Err(format!("no such visit: {:?}", event.visit));
        }
        visit.get_or_insert_default().push((event.seq, number));
        Ok(())
    }

    fn bars(&self, (_, msgid): &Self::Change) -> Option<String> {
        msgid.clone()
    }

    fn pack(&self, sum: &i64) -> Vec<u8> {
        let mut bytes = Vec::new();
        put_i64(&mut bytes, *sum);
        bytes
    }

    fn unpack(&self, bytes: &[u8]) -> Result<i64, String> {
        Bytes(bytes).i64().ok_or_else(|| "no sum".to_owned())
    }
}

/// Asks about persons, and a visit of the first.
pub fn request(msgid: &str, persons: &[&str], visit: Option<u64>) -> Request {
    Request {
        key: Key { institution: "H1".to_owned(), msgid: msgid.to_owned() },
        infno: "2207".to_owned(),
        input: "{}".to_owned(),
        recorded: "2026-01-01 08:00:00".to_owned(),
        persons: persons.iter().map(|person| (*person).to_owned()).collect(),
        visit,
        refers: None,
    }
}

/// A message that adds to the sums of everybody whom it names, and how it is decided; the reply tells the
/// number and the member's sum after. Visit 0 stands for one that begins.
pub fn add(
    msgid: &str,
    persons: &[&str],
    visit: Option<u64>,
    effects: &str,
) -> (Request, impl Fn(&Known<'_, Sums>, u64) -> Outcome<<Sums as State>::Change> + Send + 'static) {
    let request = request(msgid, persons, visit.filter(|visit| *visit > 0));
    let (persons, effects) = (request.persons.clone(), effects.to_owned());
    let decide = move |known: &Known<'_, Sums>, number: u64| {
        let after = known.person(&persons[0]).unwrap() + effects.parse::<i64>().unwrap_or(0);
        Outcome::Record(
            Draft {
                kind: "added",
                area: "500000".to_owned(),
                psn_no: persons[0].clone(),
                with: persons[1..].to_vec(),
                visit: visit.map(|visit| if visit == 0 { number } else { visit }),
                reply: format!("#{number} {after}").into(),
                effects: effects.clone(),
                policy: String::new(),
            },
            None,
        )
    };
    (request, decide)
}

/// Sends a message that adds a number.
pub fn added(
    store: &Store<Sums>,
    msgid: &str,
    persons: &[&str],
    visit: Option<u64>,
    effects: &str,
) -> Result<Reply, SubmitError> {
    let (request, decide) = add(msgid, persons, visit, effects);
    store.call(request, decide)
}

/// The sum of a person, asked like anything else.
pub fn sum(store: &Store<Sums>, person: &str) -> i64 {
    let (sender, receiver) = mpsc::channel();
    let name = person.to_owned();
    let look = move |known: &Known<'_, Sums>, _: u64| {
        sender.send(*known.person(&name).unwrap()).unwrap();
        Outcome::Answer(Vec::new())
    };
    store.call(request("sum", &[person], None), look).unwrap();
    receiver.recv().unwrap()
}

/// What is known of a visit.
pub fn seen(store: &Store<Sums>, person: &str, visit: u64) -> Option<Seen> {
    let (sender, receiver) = mpsc::channel();
    let look = move |known: &Known<'_, Sums>, _: u64| {
        sender.send(known.visit(visit).cloned()).unwrap();
        Outcome::Answer(Vec::new())
    };
    store.call(request("seen", &[person], Some(visit)), look).unwrap();
    receiver.recv().unwrap()
}

/// Keeps the worker busy until the sender is used or gone, so that what is submitted meanwhile is one batch.
pub fn hold(store: &Store<Sums>) -> mpsc::Sender<()> {
    let (sender, receiver) = mpsc::channel();
    let (begun, begins) = mpsc::channel();
    let wait = move |_: &Known<'_, Sums>, _: u64| {
        let _ = begun.send(());
        let _ = receiver.recv();
        Outcome::Answer(Vec::new())
    };
    store.submit(request("hold", &[], None), wait, |_| {});
    begins.recv().unwrap();
    sender
}

pub fn text(answer: Result<Reply, SubmitError>) -> String {
    str::from_utf8(&answer.unwrap().body).unwrap().to_owned()
}
