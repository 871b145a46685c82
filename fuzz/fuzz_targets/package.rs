//! Any bytes as the TOML of a package: faults, never a panic.
#![no_main]

use gongji_policy::{Folder, Library, SourceFile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
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
});
