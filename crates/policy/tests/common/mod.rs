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

/// An area from 2024 on with one benefit in its chain and one quoted article, `text:1`.
pub fn area(text: &str) -> Folder {
    let head = "chain = [\"ordinary_outpatient\"]\n[package]\narea = \"900001\"\nname = \"试验\"\nfrom = 2024-01-01\n\
                verified = 2026-01-01\ncite = \"text:1\"\n[document.text]\nnumber = \"试〔2024〕1号\"\n";
    folder_of("900001", &format!("{head}{text}"))
}

/// A folder whose package is one text, with one quoted article, `text:1`.
pub fn folder_of(name: &str, text: &str) -> Folder {
    let file = |path: String, text: String| SourceFile { path: path.into(), text: text.into() };
    let quoted = "# 试〔2024〕1号\n## 1 第一条\n> 第一条\n".to_owned();
    let files =
        vec![file(format!("{name}/package.toml"), text.to_owned()), file(format!("{name}/source/text.md"), quoted)];
    Folder { name: name.to_owned(), files }
}
