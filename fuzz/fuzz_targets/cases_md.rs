//! Any bytes as a Markdown case file of a package that ships: faults, never a panic.
#![no_main]

use gongji_policy::{Library, SourceFile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
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
    let report = library.run_cases("320700");
    assert!(report.is_some());
});
