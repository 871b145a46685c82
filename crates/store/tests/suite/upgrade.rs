//! Stores that earlier schemas wrote: their events stay as they were sealed, persons and visits are found
//! from them, and they go on.

use std::path::Path;

use gongji_domain::Fen;
use gongji_store::{ChainFault, Digest, GENESIS, OpenError, Reader, SchemaError, VerifyError};
use rusqlite::{Connection, params};
use sha2::{Digest as _, Sha256};

use crate::purses::{Purses, act, purse};
use crate::world::World;

/// As the first release wrote it: its migration, and three events sealed as it did. Gives their hashes.
fn first_schema(path: &Path) -> Vec<Digest> {
    let migration = include_str!("../../migrations/sqlite/0001_event.sql");
    let old = Connection::open(path).unwrap();
    old.pragma_update(None, "application_id", 0x474A_474A).unwrap();
    old.execute_batch(
        "CREATE TABLE schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL, digest BLOB NOT NULL) STRICT;",
    )
    .unwrap();
    old.execute_batch(migration).unwrap();
    let digest = Sha256::digest(migration.as_bytes());
    old.execute("INSERT INTO schema_version VALUES (1, '0001_event', ?1)", [&digest[..]]).unwrap();
    let mut hashes = Vec::new();
    for (seq, effects) in [(1_u64, "open 80.00"), (2, "pay 30.00"), (3, "look")] {
        let prev = hashes.last().copied().unwrap_or(GENESIS);
        let digest = digest_of("2207", "{}");
        let msgid = format!("old {seq}");
        let mut hasher = Sha256::new();
        hasher.update(prev);
        hasher.update(seq.to_le_bytes());
        let texts = ["moved", "500000", "P1", "H1", msgid.as_str(), "2207", "{}"];
        let (reply, rest) = (b"reply", [effects, "", "2026-02-28 08:00:00"]);
        let fields = texts.iter().map(|text| text.as_bytes()).chain([&digest[..], &reply[..]]);
        for field in fields.chain(rest.iter().map(|text| text.as_bytes())) {
            hasher.update((field.len() as u64).to_le_bytes());
            hasher.update(field);
        }
        let hash: Digest = hasher.finalize().into();
        old.execute(
            "INSERT INTO event VALUES (?1, 'moved', '500000', 'P1', 'H1', ?2, '2207', '{}', ?3, ?4, ?5, '', \
             '2026-02-28 08:00:00', ?6, ?7)",
            params![seq, msgid, digest, reply, effects, prev, hash],
        )
        .unwrap();
        hashes.push(hash);
    }
    hashes
}

fn digest_of(infno: &str, input: &str) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update((infno.len() as u64).to_le_bytes());
    hasher.update(infno);
    hasher.update(input);
    hasher.finalize().into()
}

/// The number, hash, version and visit of every event.
fn events(world: &World) -> Vec<(Digest, u8, Option<u64>)> {
    let mut events = Vec::new();
    world.reader().events(|event, _| events.push((event.hash, event.version, event.visit))).unwrap();
    events
}

/// Reading alone does not upgrade it.
fn too_old_to_read(world: &World, version: i64) {
    let refused = Reader::open(world.place()).err().unwrap();
    let OpenError::Schema(SchemaError::Older { found, known: 3 }) = refused else { panic!("{refused:?}") };
    assert_eq!(found, version);
}

#[test]
fn a_store_of_the_first_schema_is_upgraded_and_goes_on() {
    let world = World::sqlite();
    let hashes = first_schema(&world.path());
    too_old_to_read(&world, 1);
    let store = world.open(Purses).unwrap();
    let report = world.verify(&Purses).unwrap();
    assert_eq!((report.journal.events, report.transactions, report.postings, report.days), (3, 2, 5, 1));
    let then: Vec<_> = hashes.into_iter().zip([None, Some(2), None]).map(|(hash, visit)| (hash, 1, visit)).collect();
    assert_eq!(events(&world), then);
    assert_eq!(purse(&store, "P1"), Fen::from_yuan(50));
    // The same message still gets the old answer; what was settled then is taken back now.
    assert_eq!(act(&store, "old 2", "2026-03-01", &["P1"], "pay 30.00").unwrap().body, "reply");
    act(&store, "new", "2026-03-01", &["P1"], "back 2").unwrap();
    drop(store);
    assert_eq!(purse(&world.open(Purses).unwrap(), "P1"), Fen::from_yuan(80));
    assert_eq!(world.verify(&Purses).unwrap().journal.events, 4);
    let now = events(&world);
    assert_eq!(now[..3], then);
    assert_eq!((now[3].1, now[3].2), (3, Some(2)));
    assert!((1..=4).all(|number| world.reader().prove(number).unwrap().unwrap().event.digest_holds()));
}

#[test]
fn a_store_of_the_second_schema_is_upgraded_and_goes_on() {
    let world = World::sqlite();
    let dump = include_str!("../fixtures/schema-2.sql");
    Connection::open(world.path()).unwrap().execute_batch(dump).unwrap();
    let old = Connection::open(world.path()).unwrap();
    let mut asked = old.prepare("SELECT hash, version FROM event ORDER BY seq").unwrap();
    let rows = asked.query_map([], |row| Ok((row.get::<_, Digest>(0)?, row.get::<_, u8>(1)?))).unwrap();
    let sealed: Vec<_> = rows.map(Result::unwrap).collect();
    drop(asked);
    drop(old);
    too_old_to_read(&world, 2);
    let store = world.open(Purses).unwrap();
    let report = world.verify(&Purses).unwrap();
    // The story of six events, and one that pays 10.00.
    assert_eq!((report.journal.events, report.transactions, report.postings), (7, 6, 16));
    assert_eq!((report.accounts, report.days), (4, 3));
    let visits = [None, None, Some(3), None, Some(5), Some(3), Some(7)];
    let then: Vec<_> = sealed.into_iter().zip(visits).map(|((hash, version), visit)| (hash, version, visit)).collect();
    assert!(then.iter().all(|(_, version, _)| *version == 2));
    assert_eq!(events(&world), then);
    assert_eq!(["P1", "P2"].map(|person| purse(&store, person)), [Fen::from_yuan(90), Fen::ZERO]);
    let again = act(&store, "2026-03-01 P1 pay 30.00", "2026-03-01", &["P1"], "pay 30.00").unwrap();
    assert_eq!((again.body, again.replayed), ("P1 pay 30.00".into(), true));
    let twice = act(&store, "twice", "2026-03-03", &["P1"], "back 3").unwrap_err();
    assert!(twice.to_string().contains("已被冲销"), "{twice}");
    act(&store, "new", "2026-03-03", &["P1"], "back 7").unwrap();
    assert_eq!(purse(&store, "P1"), Fen::from_yuan(100));
    drop(store);
    assert_eq!(purse(&world.open(Purses).unwrap(), "P1"), Fen::from_yuan(100));
    let report = world.verify(&Purses).unwrap();
    assert_eq!((report.journal.events, report.days), (8, 3));
    assert_eq!(events(&world)[..7], then);
}

/// What was sealed before visits and persons were named is guarded all the same.
#[test]
fn a_change_to_an_event_of_an_earlier_release_is_found_at_it() {
    for (change, expected) in [
        ("UPDATE event SET visit = 1 WHERE number = 2", "第 2 件：字段 visit"),
        ("UPDATE event SET visit = 2 WHERE number = 3", "第 3 件：字段 visit"),
        ("UPDATE event SET revision = 9 WHERE number = 2", "第 2 件：字段 revision"),
        ("UPDATE event SET person = 'P2' WHERE number = 2", "流水不可信：第 2 件：内容被改动"),
        ("UPDATE event SET hash = zeroblob(32) WHERE number = 2", "流水不可信：第 2 件：内容被改动"),
        (
            "UPDATE event SET body = (SELECT body FROM event WHERE number = 1) WHERE number = 2",
            "流水不可信：第 2 件：内容被改动",
        ),
    ] {
        let world = World::sqlite();
        first_schema(&world.path());
        drop(world.open(Purses).unwrap());
        world.verify(&Purses).unwrap();
        world.change(change);
        let said = world.verify(&Purses).map(|_| change).unwrap_err().to_string();
        assert!(said.starts_with(expected), "{change}: {said}");
    }
}

/// What moved was not sealed by the first release, and still must be what the event says.
#[test]
fn an_old_event_that_is_kept_with_other_postings_is_found() {
    let world = World::sqlite();
    first_schema(&world.path());
    drop(world.open(Purses).unwrap());
    let body = crate::changed::spelled(&world, 2, "P1/500000/current", "P2/500000/current");
    world.change(&format!("UPDATE event SET body = {} WHERE number = 2", world.literal(&body)));
    let said = world.verify(&Purses).unwrap_err().to_string();
    assert!(said.starts_with("第 2 件：字段 postings"), "{said}");
}

#[test]
fn a_store_of_an_earlier_schema_that_was_changed_is_not_upgraded() {
    let world = World::sqlite();
    first_schema(&world.path());
    world.change("UPDATE event SET effects = 'pay 31.00' WHERE seq = 2");
    let refused = world.open(Purses).err().unwrap();
    assert!(matches!(refused, OpenError::Chain(ChainFault::Content(2))), "{refused:?}");
    too_old_to_read(&world, 1);
    let file = Connection::open(world.path()).unwrap();
    let kept: u64 = file.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 3);
    drop(file);
    // Put right, it is upgraded.
    world.change("UPDATE event SET effects = 'pay 30.00' WHERE seq = 2");
    drop(world.open(Purses).unwrap());
    assert!(!matches!(world.verify(&Purses), Err(VerifyError::Chain(_))));
}
