//! Files that are no store, damaged, or of another program or release: a clear word each, and nothing half done.

use crate::purses::{Purses, act, file, open, story};
use gongji_store::{OpenError, Reader, SchemaError, Trouble};
use rusqlite::Connection;
use std::io::{Seek as _, SeekFrom, Write as _};

#[test]
fn what_is_no_store_is_named_and_left_as_it_is() {
    let (_folder, path) = file();
    let text = "这不是数据库。".repeat(500);
    std::fs::write(&path, &text).unwrap();
    for refused in [open(&path).err().unwrap(), Reader::open(&path).err().unwrap()] {
        assert!(refused.to_string().contains("不是 SQLite 数据库"), "{refused:?}");
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    let none = Reader::open(&path.with_file_name("none.db")).err().unwrap();
    assert!(matches!(none, OpenError::Sqlite(Trouble::CannotOpen(_))), "{none:?}");
    assert!(!path.with_file_name("none.db").exists());
}

#[test]
fn a_damaged_page_is_named_and_no_backup_of_it_is_kept() {
    let (folder, path) = file();
    let store = open(&path).unwrap();
    story(&store);
    for n in 0..400 {
        act(&store, &n.to_string(), "2026-03-03", "P1", "pay 0.01").unwrap();
    }
    drop(store);
    let pages = std::fs::metadata(&path).unwrap().len() / 8192;
    let mut raw = std::fs::File::options().write(true).open(&path).unwrap();
    for page in 6..pages {
        raw.seek(SeekFrom::Start(page * 8192)).unwrap();
        raw.write_all(&[0xA5; 512]).unwrap();
    }
    drop(raw);
    let verified = Reader::open(&path).unwrap().verify(Purses::default).unwrap_err();
    assert!(verified.to_string().contains("已损坏，请用最近的备份恢复"), "{verified}");
    let opened = open(&path).err().unwrap();
    assert!(opened.to_string().contains("已损坏"), "{opened}");
    let copy = folder.path().join("copy.db");
    let copied = Reader::open(&path).unwrap().backup(&copy, |_, _| {}).unwrap_err();
    assert!(copied.to_string().contains("备份未通过核验"), "{copied}");
    assert_eq!(
        std::fs::read_dir(folder.path())
            .unwrap()
            .filter(|entry| { entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("copy") })
            .count(),
        0
    );
}

#[test]
fn a_newer_and_a_foreign_store_are_refused_for_reading_too() {
    let (folder, path) = file();
    drop(open(&path).unwrap());
    Connection::open(&path).unwrap().execute("INSERT INTO schema_version VALUES (9, '0009_later', x'00')", []).unwrap();
    let newer = Reader::open(&path).err().unwrap();
    assert!(matches!(newer, OpenError::Schema(SchemaError::Newer { found: 9, .. })), "{newer:?}");
    let foreign = folder.path().join("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE cookies (name TEXT)").unwrap();
    assert!(matches!(Reader::open(&foreign), Err(OpenError::Schema(SchemaError::Foreign))));
}
