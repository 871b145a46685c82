//! A disk that is full and a file that turns read-only, simulated on the writer's own connection; and visits
//! that are let go and folded again, of which so few are at hand in this build that it happens all the time.

use std::path::Path;
use std::sync::mpsc::{channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gongji_ledger::Transaction;
use rusqlite::Connection;

use crate::codec::{Bytes, put_u64};
use crate::sqlite::{Sqlite, lock, writing};
use crate::{Draft, Event, Key, Known, Outcome, Place, Reader, Request, State, Store, SubmitError};

/// Counts the events of each person, and lists those of each visit.
struct Count;

impl State for Count {
    type Person = u64;
    type Visit = Vec<u64>;
    type Change = ();

    fn read(&self, _: &Event) -> Result<(), String> {
        Ok(())
    }

    fn moves(&self, _: &Event, (): &(), _: &Known<'_, Self>) -> Result<Option<Transaction>, String> {
        Ok(None)
    }

    fn fold_person(&self, _: &str, count: &mut u64, _: Option<&Vec<u64>>, _: &Event, (): &()) -> Result<(), String> {
        *count += 1;
        Ok(())
    }

    fn fold_visit(
        &self,
        visit: &mut Option<Vec<u64>>,
        event: &Event,
        (): (),
        _: Option<&Transaction>,
    ) -> Result<(), String> {
        visit.get_or_insert_default().push(event.seq);
        Ok(())
    }

    fn pack(&self, count: &u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        put_u64(&mut bytes, *count);
        bytes
    }

    fn unpack(&self, bytes: &[u8]) -> Result<u64, String> {
        Bytes(bytes).u64().ok_or_else(|| "no count".to_owned())
    }
}

fn with(path: &Path, prepare: impl Fn(&Connection)) -> Store<Count> {
    let (lock, connection) = (lock(path).unwrap(), writing(path, None).unwrap());
    // The tables are there before anything is simulated.
    let (engine, start) = Sqlite::on(connection, Some(lock), &Count).unwrap();
    prepare(engine.connection());
    Store::start(Box::new(engine), start, Arc::new(Count)).unwrap()
}

/// Records something of a kilobyte; the reply tells how much was counted before, and what the visit saw. The
/// visit is the event's own where none is named.
fn record(store: &Store<Count>, msgid: &str, person: &str, visit: Option<u64>) -> Result<String, SubmitError> {
    let request = Request {
        key: Key { institution: "H1".to_owned(), msgid: msgid.to_owned() },
        infno: "2207".to_owned(),
        input: String::new(),
        recorded: "2026-03-01".to_owned(),
        persons: vec![person.to_owned()],
        visit,
        refers: None,
    };
    let (person, effects) = (person.to_owned(), noise(msgid));
    let decide = move |known: &Known<'_, Count>, number: u64| {
        let saw = visit.and_then(|visit| known.visit(visit)).cloned().unwrap_or_default();
        Outcome::Record(
            Draft {
                kind: "counted",
                area: String::new(),
                psn_no: person.clone(),
                with: Vec::new(),
                visit: visit.or(Some(number)),
                reply: format!("{} {saw:?}", known.person(&person).unwrap()).into(),
                effects: effects.clone(),
                policy: String::new(),
            },
            None,
        )
    };
    store.call(request, decide).map(|reply| str::from_utf8(&reply.body).unwrap().to_owned())
}

/// A kilobyte that cannot be packed smaller, always the same for the same message.
fn noise(seed: &str) -> String {
    let mut state = seed.bytes().fold(7_u64, |state, byte| state.wrapping_mul(31).wrapping_add(byte.into()));
    let next = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'!' + ((state >> 33) % 94) as u8)
    };
    (0..1000).map(next).collect()
}

fn verified(path: &Path) -> crate::Report {
    Reader::open(&Place::file(path)).unwrap().verify(&Count).unwrap()
}

#[test]
fn what_found_no_room_is_not_kept_and_happens_once_when_there_is_some() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("full.db");
    let store = with(&path, |connection| {
        let pages: u64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        connection.pragma_update_and_check(None, "max_page_count", pages + 4, |row| row.get::<_, u64>(0)).unwrap();
    });
    let answers: Vec<_> = (0..100).map(|n| record(&store, &n.to_string(), "P1", None)).collect();
    let kept = answers.iter().take_while(|answer| answer.is_ok()).count();
    assert!((1..100).contains(&kept), "{kept}");
    let refused = |answer: &Result<_, SubmitError>| matches!(answer, Err(SubmitError::NotRecorded(why)) if why.contains("磁盘空间不足"));
    assert!(answers[kept..].iter().all(refused), "{answers:?}");
    // What was answered is there, in the file and in what is known; nothing else is.
    assert_eq!(store.head().events, kept as u64);
    assert_eq!(verified(&path).journal, store.head());
    assert_eq!(record(&store, "0", "P1", None).unwrap(), "0 []", "answered again");
    drop(store);
    let store = with(&path, |_| {});
    let late = kept.to_string();
    assert_eq!(record(&store, &late, "P1", None).unwrap(), format!("{kept} []"));
    assert_eq!(verified(&path).journal.events, kept as u64 + 1);
}

#[test]
fn a_file_that_turns_read_only_is_named_and_nothing_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fixed.db");
    let store = with(&path, |connection| connection.pragma_update(None, "query_only", true).unwrap());
    let refused = record(&store, "0", "P1", None).unwrap_err();
    assert!(matches!(&refused, SubmitError::NotRecorded(why) if why.contains("只读")), "{refused:?}");
    drop(store);
    let store = with(&path, |_| {});
    assert_eq!(record(&store, "0", "P1", None).unwrap(), "0 []");
}

#[test]
fn a_visit_that_is_no_longer_at_hand_is_folded_again_from_its_events() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("visits.db");
    let mut store = with(&path, |_| {});
    let (persons, rounds) = (30_u64, 4_u64);
    for round in 0..rounds {
        for person in 1..=persons {
            // Person n's visit is begun by event n; every round adds the event after thirty others.
            let visit = (round > 0).then_some(person);
            let saw: Vec<u64> = (0..round).map(|round| round * persons + person).collect();
            let reply = record(&store, &format!("{round} {person}"), &format!("P{person}"), visit).unwrap();
            assert_eq!(reply, format!("{round} {saw:?}"));
        }
        if round == 2 {
            drop(store);
            store = with(&path, |_| {});
        }
    }
    assert_eq!(verified(&path).journal.events, persons * rounds);
}

#[test]
fn whoever_is_answered_may_be_the_last_to_hold_the_store() {
    // Few are answered by the worker, many by the thread beside it.
    for many in [1, 200] {
        let store = Arc::new(Store::open(&Place::Memory, Count).unwrap());
        let (open, gate) = sync_channel(0);
        let (tell, told) = channel();
        let first = Mutex::new(Some(gate));
        let asked = |msgid: String| Request {
            key: Key { institution: "H1".to_owned(), msgid },
            infno: "9001".to_owned(),
            input: String::new(),
            recorded: String::new(),
            persons: Vec::new(),
            visit: None,
            refers: None,
        };
        for number in 0..=many {
            let (held, tell) = (Arc::clone(&store), tell.clone());
            let gate = Mutex::new(first.lock().unwrap().take());
            let decide = move |_: &Known<'_, Count>, _: u64| {
                if let Some(gate) = gate.lock().unwrap().take() {
                    let () = gate.recv().unwrap();
                }
                Outcome::Answer(Vec::new())
            };
            store.submit(asked(number.to_string()), decide, move |answer| {
                drop(held);
                tell.send(answer.is_ok()).unwrap();
            });
        }
        drop(store);
        // Nobody was answered yet, and all wait for the first.
        open.send(()).unwrap();
        for _ in 0..=many {
            assert!(told.recv_timeout(Duration::from_secs(20)).unwrap());
        }
    }
}
