//! A disk that is full and a file that turns read-only: simulated on the writer's own connection.

use std::path::Path;

use gongji_ledger::Transaction;
use rusqlite::Connection;

use crate::store::{lock, writing};
use crate::{Draft, Event, Key, Outcome, Reader, Request, State, Store, SubmitError};

/// Counts events.
#[derive(Default)]
struct Count(u64);

impl State for Count {
    type Meaning = ();

    fn read(&self, _: &Event) -> Result<((), Option<Transaction>), String> {
        Ok(((), None))
    }

    fn apply(&mut self, _: &Event, (): (), _: Option<Transaction>) -> Result<(), String> {
        self.0 += 1;
        Ok(())
    }
}

fn with(path: &Path, prepare: impl Fn(&Connection)) -> Store<Count> {
    let (lock, connection) = (lock(path).unwrap(), writing(path).unwrap());
    prepare(&connection);
    Store::start(connection, lock, path, Box::new(Count::default)).unwrap()
}

/// Records something of a kilobyte; its reply is the number of what was counted before.
fn record(store: &Store<Count>, msgid: usize) -> Result<Vec<u8>, SubmitError> {
    let key = Key { institution: "H1".to_owned(), msgid: msgid.to_string() };
    let request = Request { key, infno: "2207".to_owned(), input: String::new(), recorded: "2026-03-01".to_owned() };
    let decide = |count: &Count, _: u64| {
        Outcome::Record(Draft {
            kind: "counted",
            area: String::new(),
            psn_no: "P1".to_owned(),
            reply: count.0.to_string().into_bytes(),
            effects: "x".repeat(1000),
            policy: String::new(),
        })
    };
    store.call(request, decide).map(|reply| reply.body)
}

#[test]
fn what_found_no_room_is_not_kept_and_happens_once_when_there_is_some() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("full.db");
    let store = with(&path, |connection| {
        let pages: u64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        connection.pragma_update_and_check(None, "max_page_count", pages + 4, |row| row.get::<_, u64>(0)).unwrap();
    });
    let answers: Vec<_> = (0..100).map(|n| record(&store, n)).collect();
    let kept = answers.iter().take_while(|answer| answer.is_ok()).count();
    assert!((1..100).contains(&kept), "{kept}");
    let refused = |answer: &Result<_, SubmitError>| matches!(answer, Err(SubmitError::NotRecorded(why)) if why.contains("磁盘空间不足"));
    assert!(answers[kept..].iter().all(refused), "{answers:?}");
    // What was answered is there, in the file and in the state; nothing else is.
    assert_eq!(store.head().events, kept as u64);
    assert_eq!(Reader::open(&path).unwrap().verify(Count::default).unwrap().journal, store.head());
    assert_eq!(record(&store, 0).unwrap(), b"0", "answered again");
    drop(store);
    let store = with(&path, |_| {});
    assert_eq!(record(&store, kept).unwrap(), kept.to_string().into_bytes());
    assert_eq!(store.verify().unwrap().events, kept as u64 + 1);
}

#[test]
fn a_file_that_turns_read_only_is_named_and_nothing_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fixed.db");
    let store = with(&path, |connection| connection.pragma_update(None, "query_only", true).unwrap());
    let refused = record(&store, 0).unwrap_err();
    assert!(matches!(&refused, SubmitError::NotRecorded(why) if why.contains("只读")), "{refused:?}");
    drop(store);
    let store = with(&path, |_| {});
    assert_eq!(record(&store, 0).unwrap(), b"0");
}
