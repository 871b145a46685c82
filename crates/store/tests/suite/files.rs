//! What only a file can suffer: a power cut, a second writer, another program's or release's file, and being
//! copied while it is written.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use gongji_store::{Known, OpenError, Place, Reader, SchemaError, Store, SubmitError, Trouble, rebuild};
use rusqlite::Connection;

use crate::purses::{Purses, act};
use crate::sums::{Sums, add, added, hold, seen, sum, text};
use crate::world::{World, change_file};

/// A file's name with something after it.
fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Copies the store as the disk holds it this moment: what a power cut would leave.
fn snapshot(path: &Path, to: &Path) {
    for suffix in ["", "-wal"] {
        if with(path, suffix).exists() {
            std::fs::copy(with(path, suffix), with(to, suffix)).unwrap();
        }
    }
}

#[test]
fn a_crash_before_the_commit_leaves_what_was_answered_and_nothing_else() {
    let world = World::sqlite();
    let crashed = world.beside("crashed.db");
    let store = world.open(Sums(1)).unwrap();
    added(&store, "m1", &["p"], Some(0), "5").unwrap();
    // The next two requests share a batch, and the power is cut between them.
    let held = hold(&store);
    let answered = Arc::new(AtomicUsize::new(0));
    let seen_then = Arc::clone(&answered);
    let (request, decide) = add("m2", &["p"], Some(1), "7");
    store.submit(request, decide, move |_| assert_eq!(seen_then.fetch_add(1, Ordering::SeqCst), 0));
    let (from, to) = (world.path(), crashed.clone());
    let (request, decide) = add("m3", &["p"], Some(1), "9");
    store.submit(
        request,
        move |known: &Known<'_, Sums>, number| {
            assert_eq!(known.person("p"), Some(&12), "the event before is taken in");
            assert_eq!(known.visit(1), Some(&vec![(1, 5), (2, 7)]));
            assert_eq!(answered.load(Ordering::SeqCst), 0, "but not answered");
            snapshot(&from, &to);
            decide(known, number)
        },
        |answer| assert_eq!(text(answer), "#3 21"),
    );
    drop(held);
    assert_eq!(sum(&store, "p"), 21);
    let crashed = Place::file(crashed);
    let reopened = Store::open(&crashed, Sums(1)).unwrap();
    assert_eq!(reopened.head().events, 1);
    assert_eq!((sum(&reopened, "p"), seen(&reopened, "p", 1)), (5, Some(vec![(1, 5)])));
    // The message that got no answer is sent again, and happens once.
    assert_eq!(text(added(&reopened, "m2", &["p"], Some(1), "7")), "#2 12");
    assert_eq!(Reader::open(&crashed).unwrap().verify(&Sums(1)).unwrap().journal, reopened.head());
}

#[test]
fn what_cannot_be_written_is_not_kept_and_answered_so() {
    let world = World::sqlite();
    let store = world.open(Sums(1)).unwrap();
    added(&store, "m1", &["p"], Some(0), "5").unwrap();
    // A second writer that holds the file stands for any reason why SQLite can't write.
    let blocker = Connection::open(world.path()).unwrap();
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = added(&store, "m2", &["p"], Some(1), "7").unwrap_err();
    assert!(matches!(refused, SubmitError::NotRecorded(_)), "{refused:?}");
    // A message that was answered before still gets its answer while nothing can be written.
    assert!(added(&store, "m1", &["p"], Some(0), "5").unwrap().replayed);
    assert_eq!((sum(&store, "p"), seen(&store, "p", 1)), (5, Some(vec![(1, 5)])));
    blocker.execute_batch("ROLLBACK").unwrap();
    assert_eq!(text(added(&store, "m2", &["p"], Some(1), "7")), "#2 12");
    assert_eq!(world.verify(&Sums(1)).unwrap().journal.events, 2);
}

/// What bodies are packed against is made from them: a long message that fails makes it once for every try.
#[test]
fn a_long_message_that_is_tried_again_is_kept_at_last() {
    let world = World::sqlite();
    let store = world.open(Sums(1)).unwrap();
    let blocker = Connection::open(world.path()).unwrap();
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut state = 7_u64;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'!' + ((state >> 33) % 94) as u8)
    });
    let input = "again ".repeat(1_000) + &noise.take(30_000).collect::<String>();
    let send = || {
        let (mut request, decide) = add("m1", &["p"], None, "5");
        request.input = input.clone();
        store.call(request, decide)
    };
    for _ in 0..2 {
        assert!(matches!(send(), Err(SubmitError::NotRecorded(_))));
    }
    blocker.execute_batch("ROLLBACK").unwrap();
    assert_eq!(text(send()), "#1 5");
    assert!(send().unwrap().replayed);
    assert_eq!(world.reader().event(1).unwrap().unwrap().input, input);
    assert_eq!(world.verify(&Sums(1)).unwrap().journal, store.head());
}

#[test]
fn one_process_writes_a_store() {
    let world = World::sqlite();
    let store = world.open(Sums(1)).unwrap();
    assert!(matches!(world.open(Sums(1)), Err(OpenError::InUse)));
    drop(store);
    world.open(Sums(1)).unwrap();
}

#[test]
fn a_newer_an_altered_and_a_foreign_file_are_refused_and_left_as_they_are() {
    let world = World::sqlite();
    let copy = |name: &str, sql: &str| {
        let path = world.beside(name);
        drop(Store::open(&Place::file(&path), Sums(1)).unwrap());
        change_file(&path, sql);
        path
    };
    let newer = copy("newer.db", "INSERT INTO schema_version VALUES (7, '0007_later', x'00')");
    let altered = copy("altered.db", "UPDATE schema_version SET digest = x'00' WHERE version = 1");
    let foreign = world.beside("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE cookies (name TEXT)").unwrap();
    for (path, expected) in [
        (newer, "结算库的结构版本是 7，本程序只认到 3：请用新版程序"),
        (altered, "结算库的结构被改动：0001_event 与本程序的不同"),
        (foreign, "文件是 SQLite 数据库，但属于别的程序，不是结算库"),
    ] {
        let before = std::fs::read(&path).unwrap();
        let place = Place::file(&path);
        let opened = Store::open(&place, Sums(1)).err().unwrap();
        assert!(matches!(opened, OpenError::Schema(_)), "{opened:?}");
        assert_eq!(opened.to_string(), expected);
        assert_eq!(rebuild(&place, &Sums(1)).unwrap_err().to_string(), expected);
        assert_eq!(std::fs::read(&path).unwrap(), before, "nothing was written");
    }
}

#[test]
fn a_newer_and_a_foreign_store_are_refused_for_reading_too() {
    let world = World::sqlite();
    drop(world.open(Sums(1)).unwrap());
    world.change("INSERT INTO schema_version VALUES (9, '0009_later', x'00')");
    let newer = Reader::open(world.place()).err().unwrap();
    assert!(matches!(newer, OpenError::Schema(SchemaError::Newer { found: 9, known: 3 })), "{newer:?}");
    let foreign = world.beside("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE cookies (name TEXT)").unwrap();
    assert!(matches!(Reader::open(&Place::file(foreign)), Err(OpenError::Schema(SchemaError::Foreign))));
}

#[test]
fn what_is_no_store_is_named_and_left_as_it_is() {
    let world = World::sqlite();
    let text = "这不是数据库。".repeat(500);
    std::fs::write(world.path(), &text).unwrap();
    let opened = world.open(Sums(1)).err().unwrap();
    let read = Reader::open(world.place()).err().unwrap();
    let rebuilt = rebuild(world.place(), &Sums(1)).unwrap_err();
    for refused in [opened, read, rebuilt] {
        assert!(refused.to_string().contains("不是 SQLite 数据库"), "{refused:?}");
    }
    assert_eq!(std::fs::read_to_string(world.path()).unwrap(), text);
    let none = world.beside("none.db");
    let place = Place::file(&none);
    let refused = Reader::open(&place).err().unwrap();
    assert!(matches!(refused, OpenError::Trouble(Trouble::CannotOpen(_))), "{refused:?}");
    assert!(rebuild(&place, &Sums(1)).is_err());
    assert!(!none.exists());
}

#[test]
fn a_backup_under_load_restores_to_a_head_that_was() {
    let world = World::sqlite();
    let store = world.open(Purses).unwrap();
    act(&store, "open", "2026-03-01", &["P1"], "open 9999.00").unwrap();
    let stop = AtomicBool::new(false);
    let copy = world.beside("copy.db");
    let copied = std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0.. {
                if stop.load(Ordering::Relaxed) && n > 200 {
                    break;
                }
                act(&store, &n.to_string(), "2026-03-01", &["P1"], "pay 0.01").unwrap();
            }
        });
        while store.head().events < 100 {
            std::thread::yield_now();
        }
        let mut told = Vec::new();
        let reader = world.reader();
        let head = reader.head().unwrap();
        while store.head().events < head.events + 10 {
            std::thread::yield_now();
        }
        let copied = reader.backup(&copy, |done, all| told.push((done, all))).unwrap();
        stop.store(true, Ordering::Relaxed);
        assert!(told.last().is_some_and(|(done, all)| done == all), "{told:?}");
        assert_eq!(copied, head, "the moment that is read");
        copied
    });
    assert!(copied.events >= 100 && store.head().events > copied.events);
    let there = world.reader().prove(copied.events).unwrap().unwrap();
    assert_eq!(there.event.hash, copied.head);
    // Restoring is putting the copy where the store was.
    drop(store);
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(with(&world.path(), suffix));
    }
    std::fs::copy(&copy, world.path()).unwrap();
    let store = world.open(Purses).unwrap();
    assert_eq!(store.head(), copied);
    assert_eq!(world.verify(&Purses).unwrap().journal, copied);
    act(&store, "after", "2026-03-01", &["P1"], "pay 1.00").unwrap();
    // A copy never takes the place of a file.
    let refused = world.reader().backup(&copy, |_, _| {}).unwrap_err();
    assert!(refused.to_string().contains("已经存在"), "{refused}");
}
