//! The packages that ship load without an error.
use gongji_policy::{Folder, Library, Severity, SourceFile};
use std::path::Path;

pub fn folders(dir: &Path) -> Vec<Folder> {
    let mut names: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    names.sort();
    names
        .iter()
        .map(|path| {
            let mut files = Vec::new();
            for sub in ["", "source", "cases"] {
                let Ok(entries) = std::fs::read_dir(path.join(sub)) else { continue };
                let mut paths: Vec<_> = entries.map(|e| e.unwrap().path()).filter(|p| p.is_file()).collect();
                paths.sort();
                for p in paths {
                    let text = std::fs::read_to_string(&p).unwrap();
                    files.push(SourceFile { path: p.display().to_string().into(), text: text.into() });
                }
            }
            Folder { name: path.file_name().unwrap().to_string_lossy().into_owned(), files }
        })
        .collect()
}

#[test]
fn shipped_packages_have_no_errors() {
    let library = Library::load(&folders(Path::new("../../policies")));
    for (folder, fault) in library.faults() {
        println!("{folder}: {}", fault.line(library.files()));
    }
    assert!(library.faults().iter().all(|(_, fault)| fault.severity < Severity::Error || fault.severity != Severity::Error));
    assert_eq!(library.areas().count(), 4);
}
