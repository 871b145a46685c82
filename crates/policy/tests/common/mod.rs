//! Loading package folders for tests.
#![allow(dead_code)]
pub mod compare;

use gongji_policy::{Folder, Library, SourceFile};
use std::path::Path;

/// The folders of a package directory, each with its files.
pub fn folders(dir: &Path) -> Vec<Folder> {
    let mut paths: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    paths.sort();
    paths.iter().map(|path| folder(path)).filter(|folder| !folder.files.is_empty()).collect()
}

/// One package folder.
pub fn folder(path: &Path) -> Folder {
    let mut files = Vec::new();
    for sub in ["", "source", "cases"] {
        let Ok(entries) = std::fs::read_dir(path.join(sub)) else { continue };
        let mut paths: Vec<_> = entries.map(|e| e.unwrap().path()).filter(|p| p.is_file()).collect();
        paths.sort();
        for file in paths {
            let text = std::fs::read_to_string(&file).unwrap();
            files.push(SourceFile { path: file.display().to_string().into(), text: text.into() });
        }
    }
    Folder { name: path.file_name().unwrap().to_string_lossy().into_owned(), files }
}

/// The packages that ship.
pub fn shipped() -> Library {
    Library::load(&shipped_folders())
}

/// The folders that ship.
pub fn shipped_folders() -> Vec<Folder> {
    folders(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies"))
}
