//! The store's promises, on a state that sums what its events say.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use gongji_ledger::Transaction;
use gongji_store::{
    ChainFault, Draft, Event, Key, OpenError, Outcome, Reply, Request, SchemaError, State, Store, SubmitError,
    VerifyError,
};
use rusqlite::Connection;

/// Sum by member and what was taken in, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Sums {
    by_member: BTreeMap<String, i64>,
    order: Vec<u64>,
}

impl State for Sums {
    type Meaning = i64;

    fn read(&self, event: &Event) -> Result<(i64, Option<Transaction>), String> {
        if event.effects == "panic" {
            panic!("asked to");
        }
        let amount = event.effects.parse().map_err(|_| format!("not a number: {}", event.effects))?;
        Ok((amount, None))
    }

    fn apply(&mut self, event: &Event, amount: i64, _: Option<Transaction>) -> Result<(), String> {
        *self.by_member.entry(event.psn_no.clone()).or_default() += amount;
        self.order.push(event.seq);
        Ok(())
    }
}

fn request(institution: &str, msgid: &str, infno: &str, input: &str) -> Request {
    Request {
        key: Key { institution: institution.to_owned(), msgid: msgid.to_owned() },
        infno: infno.to_owned(),
        input: input.to_owned(),
        recorded: "2026-01-01 08:00:00".to_owned(),
    }
}

/// Adds to a member's sum; the reply tells the sum after.
fn add(psn_no: &str, effects: &str) -> impl FnOnce(&Sums, u64) -> Outcome + Send + 'static {
    let (psn_no, effects) = (psn_no.to_owned(), effects.to_owned());
    move |sums, seq| {
        let before = sums.by_member.get(&psn_no).copied().unwrap_or(0);
        let after = before + effects.parse::<i64>().unwrap_or(0);
        Outcome::Record(Draft {
            kind: "added",
            area: "500000".to_owned(),
            reply: format!("#{seq} {after}").into_bytes(),
            psn_no,
            effects,
            policy: String::new(),
        })
    }
}

/// What the state is now, through the writer like any other request.
fn sums(store: &Store<Sums>) -> Sums {
    let (sender, receiver) = mpsc::channel();
    store
        .call(request("-", "read", "0", ""), move |sums, _| {
            sender.send(sums.clone()).unwrap();
            Outcome::Answer(Vec::new())
        })
        .unwrap();
    receiver.recv().unwrap()
}

fn open(path: &Path) -> Result<Store<Sums>, OpenError> {
    Store::open(path, Sums::default)
}

fn file() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    (folder, path)
}

fn text(answer: Result<Reply, SubmitError>) -> String {
    String::from_utf8(answer.unwrap().body).unwrap()
}

#[test]
fn the_same_message_gets_the_same_bytes_and_happens_once() {
    let (_folder, path) = file();
    let store = open(&path).unwrap();
    let first = store.call(request("H1", "m1", "2207", "{}"), add("p", "5")).unwrap();
    let again = store.call(request("H1", "m1", "2207", "{}"), add("p", "5")).unwrap();
    assert_eq!((first.replayed, again.replayed), (false, true));
    assert_eq!(first.body, again.body);
    drop(store);
    let store = open(&path).unwrap();
    assert_eq!(store.call(request("H1", "m1", "2207", "{}"), add("p", "5")).unwrap(), again);
    assert_eq!(sums(&store).by_member["p"], 5);
    // The same number from another institution is another message.
    assert_eq!(text(store.call(request("H2", "m1", "2207", "{}"), add("p", "5"))), "#2 10");
}

#[test]
fn other_content_under_the_same_number_is_refused_and_told_what_was_asked_before() {
    let (_folder, path) = file();
    let store = open(&path).unwrap();
    store.call(request("H1", "m1", "2207", r#"{"a":1}"#), add("p", "5")).unwrap();
    for (infno, input) in [("2207", r#"{"a":2}"#), ("2208", r#"{"a":1}"#)] {
        let refused = store.call(request("H1", "m1", infno, input), add("p", "5")).unwrap_err();
        assert_eq!(refused, SubmitError::Conflict { infno: "2207".to_owned(), input: r#"{"a":1}"#.to_owned() });
    }
    assert_eq!(sums(&store).by_member["p"], 5);
    assert_eq!(store.head().events, 1);
}

#[test]
fn an_answer_that_records_nothing_leaves_no_trace() {
    let (_folder, path) = file();
    let store = open(&path).unwrap();
    let look = |_: &Sums, seq: u64| Outcome::Answer(format!("next is {seq}").into_bytes());
    assert_eq!(text(store.call(request("H1", "m1", "2206", "{}"), look)), "next is 1");
    assert_eq!(store.head().events, 0);
    assert_eq!(text(store.call(request("H1", "m1", "2207", "{}"), add("p", "5"))), "#1 5");
}

#[test]
fn the_state_rebuilt_from_the_events_is_the_state_that_was() {
    let (_folder, path) = file();
    let store = open(&path).unwrap();
    for i in 0..500_i64 {
        let member = format!("p{}", i % 7);
        store.submit(request("H1", &i.to_string(), "2207", "{}"), add(&member, &i.to_string()), |answer| {
            answer.unwrap();
        });
    }
    let before = sums(&store);
    let head = store.head();
    assert_eq!(head.events, 500);
    assert_eq!(before.order, (1..=500).collect::<Vec<_>>());
    drop(store);
    let store = open(&path).unwrap();
    assert_eq!(sums(&store), before);
    assert_eq!(store.head(), head);
    assert_eq!(store.verify().unwrap(), head);
}

#[test]
fn many_threads_on_one_member_are_served_one_after_the_other() {
    let (_folder, path) = file();
    let store = Arc::new(open(&path).unwrap());
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let store = Arc::clone(&store);
            scope.spawn(move || {
                for i in 0..100 {
                    store.call(request(&format!("H{thread}"), &i.to_string(), "2207", "{}"), add("p", "1")).unwrap();
                }
            });
        }
    });
    assert_eq!(sums(&store).by_member["p"], 400);
    assert_eq!(store.verify().unwrap().events, 400);
}

/// Applies one statement to the closed file, as somebody with access to the disk could.
fn tamper(path: &Path, sql: &str) {
    let changed = Connection::open(path).unwrap().execute(sql, []).unwrap();
    assert_eq!(changed, 1, "{sql}");
}

#[test]
fn a_changed_byte_a_missing_row_and_a_cut_tail_are_found() {
    for (sql, found) in [
        ("UPDATE event SET reply = x'00' WHERE seq = 2", Some(ChainFault::Content(2))),
        ("UPDATE event SET effects = '6' WHERE seq = 2", Some(ChainFault::Content(2))),
        ("UPDATE event SET input = '[]' WHERE seq = 3", Some(ChainFault::Content(3))),
        ("UPDATE event SET recorded = 'x' WHERE seq = 1", Some(ChainFault::Content(1))),
        ("UPDATE event SET prev_hash = hash WHERE seq = 2", Some(ChainFault::Link(2))),
        ("DELETE FROM event WHERE seq = 2", Some(ChainFault::Gap { expected: 2, found: 3 })),
        ("UPDATE event SET seq = 9 WHERE seq = 4", Some(ChainFault::Gap { expected: 4, found: 9 })),
        // Whoever cuts the end leaves a whole chain: who knows the head sees it, and the day's tells it.
        ("DELETE FROM event WHERE seq = 4", None),
    ] {
        let (_folder, path) = file();
        let store = open(&path).unwrap();
        for i in 0..4 {
            store.call(request("H1", &i.to_string(), "2207", "{}"), add("p", "5")).unwrap();
        }
        tamper(&path, sql);
        let live = match store.verify() {
            Err(VerifyError::Chain(fault)) => fault,
            other => panic!("{sql}: {other:?}"),
        };
        assert_eq!(live, found.clone().unwrap_or(ChainFault::Head(4)), "{sql}");
        drop(store);
        match (open(&path).map(|store| store.head().events), found) {
            (Err(OpenError::Chain(fault)), Some(found)) => assert_eq!(fault, found, "{sql}"),
            (Err(OpenError::Chain(fault)), None) => assert_eq!(fault, ChainFault::Head(4), "{sql}"),
            (other, _) => panic!("{sql}: {other:?}"),
        }
    }
}

/// Copies the store as the disk holds it this moment: what a power cut would leave.
fn snapshot(path: &Path, to: &Path) {
    for suffix in ["", "-wal"] {
        let name = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        };
        if name(path).exists() {
            std::fs::copy(name(path), name(to)).unwrap();
        }
    }
}

#[test]
fn a_crash_before_the_commit_leaves_what_was_answered_and_nothing_else() {
    let (folder, path) = file();
    let crashed = folder.path().join("crashed.db");
    let store = open(&path).unwrap();
    store.call(request("H1", "m1", "2207", "{}"), add("p", "5")).unwrap();
    // Hold the writer so that the next two requests share a batch, and cut the power between them.
    let (hold, held) = mpsc::channel::<()>();
    store.submit(
        request("H1", "hold", "2206", "{}"),
        move |_, _| {
            held.recv().unwrap();
            Outcome::Answer(Vec::new())
        },
        |_| {},
    );
    let answered = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&answered);
    store.submit(request("H1", "m2", "2207", "{}"), add("p", "7"), move |_| {
        seen.fetch_add(1, Ordering::SeqCst);
    });
    let (from, to, seen) = (path.clone(), crashed.clone(), Arc::clone(&answered));
    store.submit(
        request("H1", "m3", "2207", "{}"),
        move |sums, seq| {
            assert_eq!(sums.by_member["p"], 12, "the event before is taken in");
            assert_eq!(seen.load(Ordering::SeqCst), 0, "but not answered");
            snapshot(&from, &to);
            add("p", "9")(sums, seq)
        },
        |answer| assert_eq!(text(answer), "#3 21"),
    );
    hold.send(()).unwrap();
    assert_eq!(sums(&store).by_member["p"], 21);
    let reopened = open(&crashed).unwrap();
    assert_eq!(reopened.head().events, 1);
    assert_eq!(sums(&reopened).by_member["p"], 5);
    // The message that got no answer is sent again, and happens once.
    assert_eq!(text(reopened.call(request("H1", "m2", "2207", "{}"), add("p", "7"))), "#2 12");
    assert_eq!(reopened.verify().unwrap().events, 2);
}

#[test]
fn an_event_that_does_not_fit_is_not_kept_and_the_store_goes_on() {
    let (_folder, path) = file();
    let store = open(&path).unwrap();
    store.call(request("H1", "m1", "2207", "{}"), add("p", "5")).unwrap();
    for (effects, panics) in [("no number", false), ("panic", true)] {
        let refused = store.call(request("H1", "m2", "2207", "{}"), add("p", effects)).unwrap_err();
        assert_eq!(matches!(refused, SubmitError::NotRecorded(_)), !panics, "{refused:?}");
        assert_eq!(refused == SubmitError::Panicked, panics);
        assert_eq!(sums(&store).by_member["p"], 5);
    }
    let panicked = store.call(request("H1", "m2", "2207", "{}"), |_, _| panic!("asked to")).unwrap_err();
    assert_eq!(panicked, SubmitError::Panicked);
    assert_eq!(text(store.call(request("H1", "m2", "2207", "{}"), add("p", "7"))), "#2 12");
    assert_eq!(store.verify().unwrap().events, 2);
}

#[test]
fn what_cannot_be_written_is_not_kept_and_answered_so() {
    let (_folder, path) = file();
    let store = open(&path).unwrap();
    store.call(request("H1", "m1", "2207", "{}"), add("p", "5")).unwrap();
    // A second writer that holds the file stands for any reason why SQLite can't write.
    let blocker = Connection::open(&path).unwrap();
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = store.call(request("H1", "m2", "2207", "{}"), add("p", "7")).unwrap_err();
    assert!(matches!(refused, SubmitError::NotRecorded(_)), "{refused:?}");
    // A message that was answered before still gets its answer while nothing can be written.
    assert!(store.call(request("H1", "m1", "2207", "{}"), add("p", "5")).unwrap().replayed);
    blocker.execute_batch("ROLLBACK").unwrap();
    assert_eq!(text(store.call(request("H1", "m2", "2207", "{}"), add("p", "7"))), "#2 12");
}

#[test]
fn one_process_writes_a_store() {
    let (_folder, path) = file();
    let store = open(&path).unwrap();
    assert!(matches!(open(&path), Err(OpenError::InUse)));
    drop(store);
    open(&path).unwrap();
}

#[test]
fn a_newer_an_altered_and_a_foreign_file_are_refused() {
    let (folder, path) = file();
    drop(open(&path).unwrap());
    tamper(&path, "INSERT INTO schema_version VALUES (7, '0007_later', x'00')");
    let before = std::fs::read(&path).unwrap();
    let refused = open(&path).err().unwrap();
    assert!(matches!(refused, OpenError::Schema(SchemaError::Newer { found: 7, known: 2 })), "{refused:?}");
    assert!(refused.to_string().contains("请用新版程序"));
    assert_eq!(std::fs::read(&path).unwrap(), before, "nothing was written");

    let altered = folder.path().join("altered.db");
    drop(open(&altered).unwrap());
    tamper(&altered, "UPDATE schema_version SET digest = x'00' WHERE version = 1");
    assert!(matches!(open(&altered), Err(OpenError::Schema(SchemaError::Altered(_)))));

    let foreign = folder.path().join("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE cookies (name TEXT)").unwrap();
    let before = std::fs::read(&foreign).unwrap();
    assert!(matches!(open(&foreign), Err(OpenError::Schema(SchemaError::Foreign))));
    assert_eq!(std::fs::read(&foreign).unwrap(), before, "nothing was written");
}
