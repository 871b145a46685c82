//! The packages that ship, in memory, so that tests can change them.
#![allow(dead_code)]

use gongji_policy::{Fault, Folder, Library, Severity, SourceFile};
use std::path::Path;

/// Every folder of `policies/`.
pub fn shipped() -> Vec<Folder> {
    let mut paths: Vec<_> = std::fs::read_dir("../../policies").unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_dir());
    paths.sort();
    paths.iter().map(|path| folder(path)).collect()
}

/// One package folder, wherever it lies.
pub fn folder(path: &Path) -> Folder {
    let mut files = Vec::new();
    for sub in ["", "source"] {
        let Ok(entries) = std::fs::read_dir(path.join(sub)) else { continue };
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
        paths.sort();
        files.extend(paths.iter().map(|path| SourceFile {
            path: path.strip_prefix("../../policies").unwrap_or(path).display().to_string().into(),
            text: std::fs::read_to_string(path).unwrap().into(),
        }));
    }
    Folder { name: path.file_name().unwrap().to_string_lossy().into_owned(), files }
}

/// The shipped packages with one text of a file replaced; the text must stand there exactly once.
pub fn with(changes: &[(&str, &str, &str)]) -> Vec<Folder> {
    let mut folders = shipped();
    for (path, from, to) in changes {
        let file = folders.iter_mut().flat_map(|folder| &mut folder.files).find(|file| &*file.path == *path).unwrap();
        assert_eq!(file.text.matches(from).count(), 1, "{from} in {path}");
        file.text = file.text.replace(from, to).into();
    }
    folders
}

/// An area of its own, written in one file, with one quoted article `text:1`.
pub fn area(code: &str, text: &str) -> Folder {
    let head = format!("[package]\narea = \"{code}\"\nname = \"试验\"\nverified = 2026-01-01\ncite = \"text:1\"\n");
    let document = "\n[document.text]\nnumber = \"试〔2024〕1号\"\npublished = 2023-12-01\n";
    let text = text.replacen("[package]\n", &head, 1) + document;
    let file = |path: String, text: String| SourceFile { path: path.into(), text: text.into() };
    let quoted = "# 试〔2024〕1号\n## 1 第一条\n> 第一条\n## 2 第二条\n> 第二条\n".to_owned();
    let files = vec![file(format!("{code}/package.toml"), text), file(format!("{code}/source/text.md"), quoted)];
    Folder { name: code.to_owned(), files }
}

/// The faults of these folders, without notes.
pub fn faults(folders: &[Folder]) -> (Library, Vec<Fault>) {
    let library = Library::load(folders);
    let faults = library
        .faults()
        .iter()
        .map(|(_, fault)| fault.clone())
        .filter(|fault| fault.severity != Severity::Note)
        .collect();
    (library, faults)
}

/// What the faults have more than those of the packages as shipped, as lines.
pub fn added(changes: &[(&str, &str, &str)]) -> Vec<String> {
    let (before, known) = faults(&shipped());
    let known: Vec<String> = known.iter().map(|fault| text_of(fault, &before)).collect();
    let (library, faults) = faults(&with(changes));
    faults.iter().map(|fault| text_of(fault, &library)).filter(|line| !known.contains(line)).collect()
}

/// A fault with the text that it points at.
pub fn text_of(fault: &Fault, library: &Library) -> String {
    let at = fault.at.unwrap();
    let file = &library.files()[usize::from(at.file)];
    format!("{}「{}」{fault}", file.path, &file.text[at.start as usize..at.end as usize])
}
