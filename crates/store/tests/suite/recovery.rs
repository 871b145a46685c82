//! A server's database as it was at an earlier moment: a base backup and the archive of what was written since.

use std::time::{Duration, Instant};

use gongji_cluster::{Cluster, psql};
use gongji_store::{Key, Place, Reader, RestoreError, Store, Until};

use crate::purses::{Purses, act, story};
use crate::world::World;

fn ask(url: &str, statement: &str) -> String {
    psql(url, statement).unwrap()
}

/// Waits until the server says `t`.
fn until(url: &str, statement: &str) {
    let begun = Instant::now();
    while ask(url, statement) != "t" {
        assert!(begun.elapsed() < Duration::from_secs(60), "{statement}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Has what was written so far archived, and waits until it is.
fn archived(url: &str) {
    let file = ask(url, "SELECT pg_walfile_name(pg_current_wal_insert_lsn())");
    ask(url, "SELECT pg_switch_wal()");
    until(url, &format!("SELECT coalesce(last_archived_wal >= '{file}', false) FROM pg_stat_archiver"));
}

#[test]
fn a_postgres_database_is_recovered_to_a_point_that_was_named() {
    let archive = "mkdir -p ../archive && test ! -f ../archive/%f && cp %p ../archive/%f";
    let cluster = Cluster::with(&[("archive_mode", "on"), ("archive_command", archive)]);
    let url = cluster.create("gongji");
    let store = Store::open(&Place::Postgres(url.clone()), Purses).unwrap();
    story(&store);
    let restore = format!("cp {}/archive/%f %p", cluster.folder().display());
    let target = [
        ("restore_command", restore.as_str()),
        ("recovery_target_name", "before_the_mistake"),
        ("recovery_target_action", "promote"),
    ];
    let mut copy = cluster.copy(&target);
    act(&store, "after the backup", "2026-03-02", &["P1"], "pay 1.00").unwrap();
    let then = Reader::open(&Place::Postgres(url.clone())).unwrap().verify(&Purses).unwrap();
    ask(&url, "SELECT pg_create_restore_point('before_the_mistake')");
    act(&store, "mistake", "2026-03-03", &["P1"], "pay 5.00").unwrap();
    archived(&url);

    copy.restart();
    // It can be read as soon as it is consistent; what is wanted is there when it has left recovery.
    until(&copy.url("gongji"), "SELECT NOT pg_is_in_recovery()");
    let place = Place::Postgres(copy.url("gongji"));
    let recovered = Reader::open(&place).unwrap();
    assert_eq!(recovered.verify(&Purses).unwrap(), then);
    assert_eq!(then.journal.events, 7);
    let mistake = Key { institution: "H1".to_owned(), msgid: "mistake".to_owned() };
    assert_eq!(recovered.find(&mistake).unwrap(), None);
    // A node goes on from there, and what came after the point may be sent anew.
    let node = Store::open(&place, Purses).unwrap();
    assert!(!act(&node, "mistake", "2026-03-03", &["P1"], "pay 5.00").unwrap().replayed);
    assert!(act(&node, "after the backup", "2026-03-02", &["P1"], "pay 1.00").unwrap().replayed);
    assert_eq!(Reader::open(&place).unwrap().verify(&Purses).unwrap().journal.events, 8);
    assert_eq!(store.head().events, 8, "the other server is left as it is");
}

#[test]
fn a_postgres_database_is_not_restored_to_a_file() {
    let world = World::postgres();
    story(&world.open(Purses).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let until = Until::Moment("2026-03-01 08:00:00".to_owned());
    let refused = world.reader().restore(&folder.path().join("new.db"), &until, &Purses, |_, _| {}).unwrap_err();
    assert!(matches!(refused, RestoreError::Server), "{refused:?}");
    assert!(refused.to_string().contains("docs/guides/operate-the-store.md"), "{refused}");
}
