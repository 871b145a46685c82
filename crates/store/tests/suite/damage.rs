//! Pages of the file that are not what SQLite wrote: named, and never copied.

use std::io::{Seek as _, SeekFrom, Write as _};

use rusqlite::Connection;

use crate::purses::{Purses, act, story};
use crate::world::World;

#[test]
fn a_damaged_page_is_named_and_no_backup_of_it_is_kept() {
    let world = World::sqlite();
    let store = world.open(Purses).unwrap();
    story(&store);
    for n in 0..400 {
        act(&store, &n.to_string(), "2026-03-03", &["P1"], "pay 0.01").unwrap();
    }
    drop(store);
    // Where the events lie: every page that the journal's tree has below its root.
    let file = Connection::open(world.path()).unwrap();
    let root: u64 =
        file.query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'event'", [], |row| row.get(0)).unwrap();
    let pages: u64 = file.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    drop(file);
    let mut raw = std::fs::File::options().write(true).open(world.path()).unwrap();
    for page in std::iter::once(root).chain(pages - 3..=pages) {
        raw.seek(SeekFrom::Start((page - 1) * 8192)).unwrap();
        raw.write_all(&[0xA5; 512]).unwrap();
    }
    drop(raw);
    let verified = world.verify(&Purses).unwrap_err();
    assert!(verified.to_string().contains("已损坏，请用最近的备份恢复"), "{verified}");
    let opened = world.open(Purses).err().unwrap();
    assert!(opened.to_string().contains("已损坏"), "{opened}");
    let copied = world.reader().backup(&world.beside("copy.db"), |_, _| {}).unwrap_err();
    assert!(copied.to_string().contains("备份未通过核验"), "{copied}");
    let left = std::fs::read_dir(world.path().parent().unwrap()).unwrap();
    let left = left.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("copy"));
    assert_eq!(left.count(), 0);
}
