//! A new file that has its name only once it is whole (`.part` until then). Knows nothing of what is in it.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Has a file made, flushed and named; of one that fails nothing is left.
pub(super) fn named<T, E: From<io::Error>>(to: &Path, make: impl FnOnce(&Path) -> Result<T, E>) -> Result<T, E> {
    let part = with(to, ".part");
    File::options().write(true).create_new(true).open(&part)?;
    let made = make(&part).and_then(|made| {
        File::open(&part)?.sync_all()?;
        std::fs::rename(&part, to)?;
        // The name must be on disk as well as the file.
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
        Ok(made)
    });
    if made.is_err() {
        // What failed is told; that half a file may stay behind is the smaller trouble.
        let _ = std::fs::remove_file(&part);
    }
    made
}

/// What already lies where a file is to be, if anything: the file, or a log that SQLite would take for its own.
pub(super) fn in_the_way(to: &Path) -> Option<PathBuf> {
    ["", "-wal", "-journal"].map(|suffix| with(to, suffix)).into_iter().find(|path| path.exists())
}

fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}
