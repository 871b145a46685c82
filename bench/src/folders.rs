//! The packages that ship, as this checkout has them: read by both comparisons.

use gongji_policy::{Folder, SourceFile};
use std::path::Path;

/// The package folders in a directory.
pub fn folders(dir: &Path) -> Vec<Folder> {
    let mut folders = Vec::new();
    for path in std::fs::read_dir(dir).expect("the policies folder").map(|entry| entry.expect("an entry").path()) {
        let mut files = Vec::new();
        for part in ["", "source"] {
            let Ok(entries) = std::fs::read_dir(path.join(part)) else { continue };
            for file in entries.map(|entry| entry.expect("an entry").path()).filter(|file| file.is_file()) {
                let text = std::fs::read_to_string(&file).expect("a text");
                files.push(SourceFile { path: file.display().to_string().into(), text: text.into() });
            }
        }
        folders.push(Folder { name: path.file_name().expect("a name").to_string_lossy().into_owned(), files });
    }
    folders
}
