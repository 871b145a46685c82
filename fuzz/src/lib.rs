//! What each fuzz target does with any bytes. Replayed on the seeds by the tests of `gongji-app`,
//! so that this file is also read there.

use gongji_app::Rehearsal;
use gongji_policy::case::{Detail, quote};
use gongji_policy::{Folder, Library, SourceFile};
use std::sync::LazyLock;

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::load(&gongji_app::shipped()));

static SERVICE: LazyLock<(tempfile::TempDir, Rehearsal)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let service = Rehearsal::open(&folder.path().join("fuzz.db")).expect("the demo service");
    (folder, service)
});

/// A line of `gongji quote` against the packages that ship: an answer, never a panic.
pub fn case(bytes: &[u8]) {
    let Ok(line) = std::str::from_utf8(bytes) else { return };
    let answer = quote(line, &LIBRARY, Detail::Sentences);
    assert!(serde_json::to_string(&answer).is_ok());
}

/// A Markdown case file of a package that ships: faults, never a panic.
pub fn cases_md(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut folders = gongji_app::shipped();
    folders.retain(|folder| folder.name == "framework" || folder.name.starts_with("320700"));
    for folder in &mut folders {
        folder.files.retain(|file| !file.path.contains("cases/"));
        if folder.name != "framework" {
            folder.files.push(SourceFile { path: "cases/fuzz.md".into(), text: text.into() });
        }
    }
    let library = Library::load(&folders);
    assert!(library.run_cases("320700").is_some());
}

/// The TOML of a package: faults, never a panic.
pub fn package(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let source = "# 试〔2024〕1号\n## 1 第一条\n> 引文\n无算例：试\n";
    let files = vec![
        SourceFile { path: "package.toml".into(), text: text.into() },
        SourceFile { path: "source/d.md".into(), text: source.into() },
    ];
    let library = Library::load(&[Folder { name: "fuzz".into(), files }]);
    for (_, fault) in library.faults() {
        assert!(!fault.line(library.files()).is_empty());
    }
}

/// A message of the national interface: a reply that is JSON, never a panic.
pub fn wire(bytes: &[u8]) {
    let reply = SERVICE.1.answer(bytes);
    assert!(serde_json::from_slice::<serde_json::Value>(&reply).is_ok());
}

/// A body that the interface accepts as JSON: written anew it reads back the same.
pub fn json(bytes: &[u8]) {
    if let Some((once, again)) = gongji_app::written_twice(bytes) {
        assert_eq!(once, again);
    }
}
