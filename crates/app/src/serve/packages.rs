//! The policy packages that ship, embedded in the program.

use gongji_policy::{Folder, SourceFile};
use include_dir::{Dir, include_dir};

static POLICIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../policies");

/// Their folders, each with its files.
pub(crate) fn shipped() -> Vec<Folder> {
    let mut folders: Vec<Folder> = POLICIES
        .dirs()
        .map(|dir| {
            let mut files = Vec::new();
            collect(dir, &mut files);
            files.sort_by(|a, b| a.path.cmp(&b.path));
            Folder { name: dir.path().display().to_string(), files }
        })
        .collect();
    folders.sort_by(|a, b| a.name.cmp(&b.name));
    folders
}

fn collect(dir: &Dir<'_>, files: &mut Vec<SourceFile>) {
    for file in dir.files() {
        let path = format!("policies/{}", file.path().display());
        let text = file.contents_utf8().expect("a package is UTF-8 text");
        files.push(SourceFile { path: path.into(), text: text.into() });
    }
    for inner in dir.dirs() {
        collect(inner, files);
    }
}
