//! A store that the first schema wrote: its events stay as they were sealed, and get their accounts.

use crate::purses::{Purses, act, file, open};
use gongji_store::{GENESIS, Reader, SchemaError, VerifyError};
use rusqlite::{Connection, params};
use sha2::{Digest as _, Sha256};

/// As the first release wrote it: its migration, and three events sealed as it did.
fn old_store(path: &std::path::Path) {
    let migration = include_str!("../../migrations/0001_event.sql");
    let old = Connection::open(path).unwrap();
    old.pragma_update(None, "application_id", 0x474A_474A).unwrap();
    old.execute_batch(
        "CREATE TABLE schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL, digest BLOB NOT NULL) STRICT;",
    )
    .unwrap();
    old.execute_batch(migration).unwrap();
    let digest = Sha256::digest(migration.as_bytes());
    old.execute("INSERT INTO schema_version VALUES (1, '0001_event', ?1)", [&digest[..]]).unwrap();
    let mut prev = GENESIS;
    for (seq, effects) in [(1_u64, "open 80.00"), (2, "pay 30.00"), (3, "look")] {
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
        let hash: [u8; 32] = hasher.finalize().into();
        old.execute(
            "INSERT INTO event VALUES (?1, 'moved', '500000', 'P1', 'H1', ?2, '2207', '{}', ?3, ?4, ?5, '', \
             '2026-02-28 08:00:00', ?6, ?7)",
            params![seq, msgid, digest, reply, effects, prev, hash],
        )
        .unwrap();
        prev = hash;
    }
}

fn digest_of(infno: &str, input: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update((infno.len() as u64).to_le_bytes());
    hasher.update(infno);
    hasher.update(input);
    hasher.finalize().into()
}

#[test]
fn a_store_of_the_first_schema_is_upgraded_and_goes_on() {
    let (_folder, path) = file();
    old_store(&path);
    // Reading alone does not upgrade it.
    let refused = Reader::open(&path).err().unwrap();
    assert!(
        matches!(&refused, gongji_store::OpenError::Schema(SchemaError::Older { found: 1, known: 2 })),
        "{refused:?}"
    );

    let store = open(&path).unwrap();
    let report = Reader::open(&path).unwrap().verify(Purses::default).unwrap();
    assert_eq!((report.journal.events, report.transactions, report.postings, report.days), (3, 2, 5, 1));
    // The same message still gets the old answer; what was settled then is taken back now.
    assert_eq!(act(&store, "old 2", "2026-03-01", "P1", "pay 30.00").unwrap().body, b"reply");
    act(&store, "new", "2026-03-01", "P1", "back 2").unwrap();
    drop(store);
    open(&path).unwrap();
    let reader = Reader::open(&path).unwrap();
    assert_eq!(reader.verify(Purses::default).unwrap().journal.events, 4);
    let versions: Vec<u8> = (1..=4).map(|seq| reader.prove(seq).unwrap().unwrap().event.version).collect();
    assert_eq!(versions, [1, 1, 1, 2]);
    // What was sealed then is still guarded.
    Connection::open(&path).unwrap().execute("UPDATE event SET effects = 'pay 31.00' WHERE seq = 2", []).unwrap();
    let broken = Reader::open(&path).unwrap().verify(Purses::default).unwrap_err();
    assert!(matches!(broken, VerifyError::Chain(gongji_store::ChainFault::Content(2))), "{broken:?}");
}
