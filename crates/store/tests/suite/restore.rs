//! A file as it was at an earlier moment: its first events, sealed as they were, in a file of its own.

use std::num::NonZeroU64;
use std::path::Path;

use gongji_domain::Fen;
use gongji_ledger::{Account, Books};
use gongji_store::{Event, Place, Reader, RestoreError, Restored, Store, Until};

use crate::purses::{Purses, act, doing, purse, story};
use crate::world::World;

fn moment(text: &str) -> Until {
    Until::Moment(text.to_owned())
}

fn events(number: u64) -> Until {
    Until::Events(NonZeroU64::new(number).unwrap())
}

fn restore(world: &World, to: &Path, until: &Until) -> Result<Restored, RestoreError> {
    world.reader().restore(to, until, &Purses, |_, _| {})
}

/// What the accounts held after an event, and all events up to it.
fn as_after(reader: &Reader, last: u64) -> (Vec<(Account, Fen)>, Vec<Event>) {
    let (mut books, mut all) = (Books::default(), Vec::new());
    let take = |event: &Event, moved: Option<&_>| {
        if event.seq <= last {
            all.push(event.clone());
            moved.into_iter().for_each(|moved| books.replay(moved).unwrap());
        }
    };
    reader.events(take).unwrap();
    (books.balances().collect(), all)
}

#[test]
fn a_store_is_restored_as_it_was_then_while_it_is_in_use() {
    let world = World::sqlite();
    let store = world.open(Purses).unwrap();
    story(&store);
    let mut told = Vec::new();
    let to = world.beside("then.db");
    let restored =
        world.reader().restore(&to, &moment("2026-03-01 08:00:00"), &Purses, |done, all| told.push((done, all)));
    let restored = restored.unwrap();
    let last = world.reader().event(3).unwrap().unwrap();
    assert_eq!((restored.journal.events, restored.journal.head), (3, last.hash));
    assert_eq!((restored.recorded, restored.left_out), (last.recorded.into(), 3));
    assert_eq!(told.last(), Some(&(3, 3)));

    let place = Place::file(&to);
    let then = Reader::open(&place).unwrap();
    assert_eq!(then.verify(&Purses).unwrap().journal, restored.journal);
    assert_eq!(as_after(&then, 6), as_after(&world.reader(), 3));
    assert_eq!(then.days().unwrap()[..], world.reader().days().unwrap()[..1]);
    drop(then);

    let then = Store::open(&place, Purses).unwrap();
    assert_eq!((purse(&then, "P1"), purse(&then, "P2")), (Fen::from_yuan(70), Fen::from_yuan(50)));
    assert!(act(&then, "2026-03-01 P1 pay 30.00", "2026-03-01", &["P1"], "pay 30.00").unwrap().replayed);
    // What was left out never happened: the same message is taken again, and so is what follows.
    assert!(!act(&then, "2026-03-02 P1 look", "2026-03-02", &["P1"], "look").unwrap().replayed);
    assert!(!act(&then, "again", "2026-03-02", &["P1"], "back 3").unwrap().replayed);
    assert_eq!(purse(&then, "P1"), Fen::from_yuan(100));
    assert_eq!(Reader::open(&place).unwrap().verify(&Purses).unwrap().journal, then.head());
    assert_eq!(world.verify(&Purses).unwrap().journal, store.head(), "the store itself goes on");
}

#[test]
fn a_number_of_events_and_the_end_of_pages_are_kept_to() {
    let world = World::sqlite();
    let store = world.open(Purses).unwrap();
    act(&store, "open", "2026-03-01", &["P1"], "open 9999.00").unwrap();
    for n in 2..1_020_u64 {
        let (request, draft) = doing(&n.to_string(), "2026-03-01", &["P1"], "look");
        store.submit(
            request,
            move |_, _| gongji_store::Outcome::Record(draft.clone(), None),
            |done| drop(done.unwrap()),
        );
    }
    act(&store, "last", "2026-03-01", &["P1"], "look").unwrap();
    for number in [1, 999, 1_000, 1_001, 1_020] {
        let to = world.beside(&format!("{number}.db"));
        let mut ends = 0;
        let told = |done, all| ends += usize::from(done == all);
        let restored = world.reader().restore(&to, &events(number), &Purses, told).unwrap();
        assert_eq!(ends, 1, "the end is told once");
        assert_eq!((restored.journal.events, restored.left_out), (number, 1_020 - number));
        assert_eq!(Reader::open(&Place::file(&to)).unwrap().head().unwrap(), restored.journal);
    }
    let refused = restore(&world, &world.beside("more.db"), &events(1_021)).unwrap_err();
    assert_eq!(refused.to_string(), "库里只有 1020 件");
}

#[test]
fn after_a_clock_was_set_back_the_first_later_event_ends_it() {
    let world = World::sqlite();
    let store = world.open(Purses).unwrap();
    for (msgid, day) in [("1", "2026-03-02"), ("2", "2026-03-05"), ("3", "2026-03-03")] {
        act(&store, msgid, day, &["P1"], "look").unwrap();
    }
    for (name, until, kept) in [
        ("a.db", moment("2026-03-02 08:00:00"), 1),
        ("b.db", moment("2026-03-04 00:00:00"), 1),
        ("c.db", moment("2026-03-05 08:00:00"), 3),
        ("d.db", events(2), 2),
    ] {
        let restored = restore(&world, &world.beside(name), &until).unwrap();
        assert_eq!((restored.journal.events, restored.left_out), (kept, 3 - kept), "{until:?}");
    }
    let refused = restore(&world, &world.beside("e.db"), &moment("2026-03-02 07:59:59")).unwrap_err();
    assert_eq!(refused.to_string(), "第一件记于 2026-03-02 08:00:00，晚于所给的时刻");
}

#[test]
fn a_file_that_is_there_is_left_as_it_is() {
    let world = World::sqlite();
    story(&world.open(Purses).unwrap());
    for (there, to) in [("old.db", "old.db"), ("new.db-wal", "new.db"), ("other.db-journal", "other.db")] {
        std::fs::write(world.beside(there), "old").unwrap();
        let refused = restore(&world, &world.beside(to), &events(3)).unwrap_err();
        assert!(matches!(&refused, RestoreError::Exists(path) if *path == world.beside(there)), "{refused:?}");
        assert_eq!(std::fs::read(world.beside(there)).unwrap(), b"old");
        let copied = world.reader().backup(&world.beside(to), |_, _| {}).unwrap_err();
        assert!(copied.to_string().contains("已经存在"), "{copied}");
    }
}

#[test]
fn nothing_is_left_where_the_journal_is_broken_or_empty() {
    let world = World::sqlite();
    drop(world.open(Purses).unwrap());
    assert!(matches!(restore(&world, &world.beside("then.db"), &events(1)), Err(RestoreError::Empty)));
    story(&world.open(Purses).unwrap());
    world.change("UPDATE event SET hash = zeroblob(32) WHERE number = 5");
    let refused = restore(&world, &world.beside("then.db"), &events(6)).unwrap_err();
    assert!(refused.to_string().starts_with("未通过核验，没有保留：流水不可信：第 5 件"), "{refused}");
    let left = std::fs::read_dir(world.beside("")).unwrap();
    let left = left.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("then"));
    assert_eq!(left.count(), 0);
    // What was before the break is still good.
    assert_eq!(restore(&world, &world.beside("then.db"), &events(4)).unwrap().journal.events, 4);
}
