//! SQLite on the simulated disk: what it promised outlives every crash, and without its care it would not.
//! Knows the disk only from outside.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use gongji_drill::{Chance, Disk, Vfs};
use rusqlite::{Connection, ErrorCode, OpenFlags, Result};

const FILE: &str = "rows.db";

/// How a database is kept.
#[derive(Clone, Copy)]
struct Care {
    journal: &'static str,
    synchronous: &'static str,
}

const CAREFUL: Care = Care { journal: "WAL", synchronous: "FULL" };

fn connect(vfs: &Vfs) -> Result<Connection> {
    Connection::open_with_flags_and_vfs(FILE, OpenFlags::default(), vfs.name())
}

/// A connection to a database with a table, which is made if need be. The log is carried over often.
fn open(vfs: &Vfs, care: Care) -> Result<Connection> {
    let connection = connect(vfs)?;
    connection.pragma_update(None, "synchronous", care.synchronous)?;
    set_journal(&connection, care.journal)?;
    connection.pragma_update_and_check(None, "wal_autocheckpoint", 8, |row| row.get::<_, u64>(0))?;
    connection.execute_batch("CREATE TABLE IF NOT EXISTS kept (package INTEGER, rows INTEGER, filling BLOB)")?;
    Ok(connection)
}

/// The mode is answered before it is written down: whoever reads the row and no further never hears that
/// this failed, and works on with a rollback journal.
fn set_journal(connection: &Connection, journal: &str) -> Result<()> {
    let mut set = connection.prepare(&format!("PRAGMA journal_mode = {journal}"))?;
    let modes = set.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>>>()?;
    assert!(modes.iter().all(|mode| mode.eq_ignore_ascii_case(journal)), "{modes:?}");
    Ok(())
}

/// A disk with an open database.
fn fresh(seed: u64) -> (Disk, Vfs, Connection) {
    let disk = Disk::new(seed);
    let vfs = disk.register("test");
    let connection = open(&vfs, CAREFUL).unwrap();
    (disk, vfs, connection)
}

/// Commits a package of rows, each of which knows how many there are.
fn commit(connection: &mut Connection, package: u64, chance: &mut Chance) -> Result<()> {
    let rows = 1 + chance.below(4);
    let transaction = connection.transaction()?;
    for _ in 0..rows {
        let filling = vec![package as u8; chance.below(2500) as usize];
        transaction.execute("INSERT INTO kept VALUES (?1, ?2, ?3)", (package, rows, filling))?;
    }
    transaction.commit()
}

/// How many packages there are, if they are whole, one after the other, and the file is sound.
fn packages(connection: &Connection) -> Result<Result<u64, String>> {
    let sound: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if sound != "ok" {
        return Ok(Err(sound));
    }
    let mut query =
        connection.prepare("SELECT package, count(*), min(rows), max(rows) FROM kept GROUP BY 1 ORDER BY 1")?;
    let found = query.query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]))?;
    let found = found.collect::<Result<Vec<[u64; 4]>>>()?;
    let whole = (1..)
        .zip(&found)
        .all(|(number, [package, count, least, most])| number == *package && count == least && count == most);
    Ok(if whole { Ok(found.len() as u64) } else { Err(format!("{found:?}")) })
}

/// Three lives of a database, each ended by a crash at some step, and a step that fails in some of them.
/// Says what was lost or broken of what had been committed.
fn lives(seed: u64, care: Care) -> (Disk, Result<u64, String>) {
    let disk = Disk::new(seed);
    let vfs = disk.register("lives");
    let mut chance = Chance::new(seed);
    let mut kept = 0;
    for _ in 0..3 {
        disk.fail_once(disk.steps() + 1 + chance.below(150));
        disk.crash_at(disk.steps() + 1 + chance.below(100));
        let committed = live(&disk, &vfs, care, kept, &mut chance);
        disk.restart();
        let found = open(&vfs, care).and_then(|connection| packages(&connection));
        match found.map_err(|fault| fault.to_string()).flatten() {
            Ok(found) if found == committed || found == committed + 1 => kept = found,
            Ok(found) => return (disk, Err(format!("{committed} committed, {found} found"))),
            Err(fault) => return (disk, Err(fault)),
        }
    }
    (disk, Ok(kept))
}

/// Commits packages until the crash, going on after a step that failed; says how many are committed.
fn live(disk: &Disk, vfs: &Vfs, care: Care, kept: u64, chance: &mut Chance) -> u64 {
    let mut committed = kept;
    while !disk.is_dead() {
        let Ok(mut connection) = open(vfs, care) else { continue };
        while commit(&mut connection, committed + 1, chance).is_ok() {
            committed += 1;
        }
    }
    committed
}

#[test]
fn what_was_committed_with_care_outlives_every_crash() {
    for seed in 0..200 {
        let kept = lives(seed, CAREFUL).1;
        assert!(kept.is_ok(), "seed {seed}: {kept:?}");
    }
}

#[test]
fn so_it_does_with_a_rollback_journal() {
    for seed in 0..100 {
        let kept = lives(seed, Care { journal: "DELETE", synchronous: "EXTRA" }).1;
        assert!(kept.is_ok(), "seed {seed}: {kept:?}");
    }
}

#[test]
fn what_was_committed_without_care_is_lost_or_broken_by_some_crash() {
    for journal in ["WAL", "DELETE"] {
        let lost = (0..60).filter(|seed| lives(*seed, Care { journal, synchronous: "OFF" }).1.is_err()).count();
        assert!(lost > 10, "{journal}: {lost} of 60");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let of = |seed| {
        let (disk, kept) = lives(seed, CAREFUL);
        (disk.fingerprint(), disk.steps(), disk.written(), disk.syncs(), kept)
    };
    let several: Vec<_> = (0..20).map(of).collect();
    assert_eq!(several, (0..20).map(of).collect::<Vec<_>>());
    assert!(several.windows(2).all(|pair| pair[0].0 != pair[1].0));
}

#[test]
fn a_full_disk_says_so_and_goes_on_when_there_is_room() {
    let (disk, _vfs, mut connection) = fresh(1);
    let mut chance = Chance::new(1);
    commit(&mut connection, 1, &mut chance).unwrap();
    disk.full_after(disk.size() + 100);
    let refused = (0..40).find_map(|_| commit(&mut connection, 2, &mut chance).err()).unwrap();
    assert_eq!(refused.sqlite_error_code(), Some(ErrorCode::DiskFull));
    let before = packages(&connection).unwrap().unwrap();
    disk.unfill();
    commit(&mut connection, before + 1, &mut chance).unwrap();
    assert_eq!(packages(&connection).unwrap(), Ok(before + 1));
}

#[test]
fn a_disk_that_turns_read_only_is_read_and_not_written() {
    let (disk, _vfs, mut connection) = fresh(2);
    let mut chance = Chance::new(2);
    commit(&mut connection, 1, &mut chance).unwrap();
    let before = disk.fingerprint();
    disk.read_only(true);
    let refused = commit(&mut connection, 2, &mut chance).unwrap_err();
    assert_eq!(refused.sqlite_error_code(), Some(ErrorCode::ReadOnly));
    assert_eq!((packages(&connection).unwrap(), disk.fingerprint()), (Ok(1), before));
    disk.read_only(false);
    commit(&mut connection, 2, &mut chance).unwrap();
}

#[test]
fn a_step_that_fails_once_fails_one_commit() {
    let (disk, _vfs, mut connection) = fresh(3);
    let mut chance = Chance::new(3);
    disk.fail_once(disk.steps() + 1);
    let failed = commit(&mut connection, 1, &mut chance).unwrap_err();
    assert_eq!(failed.sqlite_error_code(), Some(ErrorCode::SystemIoFailure));
    commit(&mut connection, 1, &mut chance).unwrap();
    assert_eq!(packages(&connection).unwrap(), Ok(1));
}

#[test]
fn a_switch_to_wal_that_fails_is_told_only_to_who_reads_on() {
    let disk = Disk::new(11);
    let vfs = disk.register("test");
    let connection = connect(&vfs).unwrap();
    // Made: the file and its journal; written: the journal's head, which is then not synced.
    disk.fail_once(disk.steps() + 3);
    let mut switch = connection.prepare("PRAGMA journal_mode = WAL").unwrap();
    let mut rows = switch.query([]).unwrap();
    assert_eq!(rows.next().unwrap().unwrap().get::<_, String>(0).unwrap(), "wal");
    let failed = rows.next().err().unwrap();
    assert_eq!(failed.sqlite_error_code(), Some(ErrorCode::SystemIoFailure));
    drop(rows);
    connection.execute_batch("CREATE TABLE kept (n INTEGER)").unwrap();
    assert!(!disk.files().contains_key("rows.db-wal"), "it works on without a log");
}

#[test]
fn a_reader_sees_one_moment_while_a_writer_goes_on() {
    let (_disk, vfs, mut writer) = fresh(4);
    let mut chance = Chance::new(4);
    commit(&mut writer, 1, &mut chance).unwrap();
    let mut reader = open(&vfs, CAREFUL).unwrap();
    let moment = reader.transaction().unwrap();
    assert_eq!(packages(&moment).unwrap(), Ok(1));
    for package in 2..20 {
        commit(&mut writer, package, &mut chance).unwrap();
    }
    assert_eq!(packages(&moment).unwrap(), Ok(1));
    moment.commit().unwrap();
    assert_eq!(packages(&reader).unwrap(), Ok(19));
}

#[test]
fn two_writers_do_not_write_at_once() {
    let (_disk, vfs, first) = fresh(5);
    let second = open(&vfs, CAREFUL).unwrap();
    second.busy_timeout(Duration::from_millis(100)).unwrap();
    first.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = second.execute_batch("BEGIN IMMEDIATE").unwrap_err();
    assert_eq!(refused.sqlite_error_code(), Some(ErrorCode::DatabaseBusy));
    first.execute_batch("COMMIT").unwrap();
    second.execute_batch("BEGIN IMMEDIATE").unwrap();
}

#[test]
fn readers_in_other_threads_never_see_half_a_package() {
    let (_disk, vfs, mut writer) = fresh(6);
    let done = AtomicBool::new(false);
    let read = || {
        let reader = open(&vfs, CAREFUL).unwrap();
        let mut last = 0;
        while !done.load(Ordering::Relaxed) {
            let found = packages(&reader).unwrap().unwrap();
            assert!(found >= last, "a reader went back in time");
            last = found;
        }
        packages(&reader).unwrap()
    };
    thread::scope(|scope| {
        let readers = [scope.spawn(read), scope.spawn(read)];
        let mut chance = Chance::new(6);
        let written = (1..=100).try_for_each(|package| commit(&mut writer, package, &mut chance));
        done.store(true, Ordering::Relaxed);
        written.unwrap();
        readers.into_iter().for_each(|reader| assert_eq!(reader.join().unwrap(), Ok(100)));
    });
}

#[test]
fn a_flipped_bit_is_visible_and_one_in_a_page_header_is_noticed() {
    let (disk, vfs, connection) = fresh(7);
    connection.execute("INSERT INTO kept VALUES (1, 1, 'a conspicuous text')", []).unwrap();
    connection.close().unwrap();
    let bytes = disk.files().remove(FILE).unwrap();
    let text = bytes.windows(13).position(|bytes| bytes == b"a conspicuous").unwrap();
    disk.flip(FILE, text, 1);
    let connection = open(&vfs, CAREFUL).unwrap();
    let read: String = connection.query_row("SELECT filling FROM kept", [], |row| row.get(0)).unwrap();
    assert_eq!(read, "c conspicuous text");
    connection.close().unwrap();
    // How many cells the page of the table has.
    disk.flip(FILE, text / 4096 * 4096 + 4, 1);
    let sound = open(&vfs, CAREFUL).and_then(|connection| packages(&connection));
    assert!(!matches!(sound, Ok(Ok(_))), "{sound:?}");
}

#[test]
fn a_connection_of_before_a_restart_fails_for_ever_and_harms_nothing() {
    let (disk, vfs, mut stale) = fresh(8);
    let mut chance = Chance::new(8);
    commit(&mut stale, 1, &mut chance).unwrap();
    stale.execute_batch("BEGIN IMMEDIATE").unwrap();
    disk.restart();
    let mut connection = open(&vfs, CAREFUL).unwrap();
    commit(&mut connection, 2, &mut chance).unwrap();
    let before = disk.files();
    for _ in 0..3 {
        assert!(
            stale.execute("INSERT INTO kept VALUES (9, 9, 9)", []).and_then(|_| stale.execute("COMMIT", [])).is_err()
        );
        assert!(packages(&stale).is_err());
    }
    drop(stale);
    assert_eq!(disk.files(), before);
    assert_eq!(packages(&connection).unwrap(), Ok(2));
}

#[test]
fn a_dead_disk_answers_nothing_and_a_disk_without_its_vfs_is_not_found() {
    let (disk, vfs, connection) = fresh(9);
    disk.crash_at(disk.steps() + 1);
    assert!(connection.execute("INSERT INTO kept VALUES (1, 1, 1)", []).is_err());
    assert!(disk.is_dead() && connect(&vfs).and_then(|connection| packages(&connection)).is_err());
    let steps = disk.steps();
    assert!(packages(&connection).is_err() && disk.steps() == steps);
    let name = vfs.name().to_owned();
    drop((connection, vfs));
    assert!(Connection::open_with_flags_and_vfs(FILE, OpenFlags::default(), name.as_str()).is_err());
}

#[test]
fn a_sort_too_large_for_memory_leaves_no_file() {
    let (disk, _vfs, connection) = fresh(10);
    let names: Vec<String> = disk.files().into_keys().collect();
    connection.pragma_update(None, "cache_size", 2).unwrap();
    let sort = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
                SELECT count(*) FROM (SELECT DISTINCT hex(randomblob(200)) FROM n ORDER BY 1)";
    let steps = disk.steps();
    assert_eq!(connection.query_row(sort, [], |row| row.get::<_, u64>(0)).unwrap(), 4000);
    assert!(disk.steps() > steps, "the sort used a file");
    assert!(disk.files().into_keys().eq(names));
}
