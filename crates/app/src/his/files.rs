//! Files that institutions upload (9101), kept for a while and given back to who uploaded them.
//!
//! A file's number (文件查询号) is derived from who uploaded it, its name and its content, so the
//! same upload gets the same number, nobody gets another's file, and a damaged one is no file.
//! Knows no wire and no clock: the day is given.

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use gongji_domain::Day;
use sha2::{Digest as _, Sha256};

use super::moment::days_later;

/// Largest file that is kept.
pub(crate) const LARGEST: usize = 20 << 20;

/// An uploaded file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub name: String,
    /// As uploaded: a ZIP or the text itself.
    pub bytes: Vec<u8>,
}

/// Keeps files.
pub(crate) trait Files: Send + Sync {
    /// Keeps a file of an institution from a day on, and gives its number.
    ///
    /// # Errors
    /// When it cannot be written; then nothing is kept.
    fn put(&self, institution: &str, file: &File, today: Day) -> std::io::Result<String>;

    /// The file with a number, if this institution uploaded it and it is still kept.
    ///
    /// # Errors
    /// When it cannot be read.
    fn get(&self, institution: &str, number: &str) -> std::io::Result<Option<File>>;

    /// For how many days files are kept.
    fn days(&self) -> u16;
}

/// `U` and 28 hexadecimal digits: what C30 holds.
fn number(institution: &str, file: &File) -> String {
    let mut digest = Sha256::new();
    for part in [institution.as_bytes(), file.name.as_bytes()] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.update(&file.bytes);
    let hex: String = digest.finalize().iter().take(14).map(|byte| format!("{byte:02x}")).collect();
    format!("U{hex}")
}

/// Files in memory, gone with the process.
#[derive(Debug, Default)]
pub(crate) struct MemoryFiles(Mutex<HashMap<(String, String), File>>);

impl Files for MemoryFiles {
    fn put(&self, institution: &str, file: &File, _: Day) -> std::io::Result<String> {
        let number = number(institution, file);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert((institution.to_owned(), number.clone()), file.clone());
        Ok(number)
    }

    fn get(&self, institution: &str, number: &str) -> std::io::Result<Option<File>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(kept.get(&(institution.to_owned(), number.to_owned())).cloned())
    }

    fn days(&self) -> u16 {
        30
    }
}

/// Files in a folder, one folder a day. In a file its name stands before its content.
#[derive(Debug)]
pub(crate) struct FolderFiles {
    folder: PathBuf,
    days: u16,
}

impl FolderFiles {
    /// Opens a folder, which is made when it is needed, and removes what was uploaded more than so
    /// many days ago.
    ///
    /// # Errors
    /// When the folder cannot be read or an old file not be removed.
    pub(crate) fn open(folder: &Path, today: Day, days: u16) -> std::io::Result<Self> {
        let kept = Self { folder: folder.to_owned(), days };
        for (day, path) in kept.each_day()? {
            if days_later(day, days) < today {
                fs::remove_dir_all(path)?;
            }
        }
        Ok(kept)
    }

    /// The folders of days, in no order. What is no day is not ours.
    fn each_day(&self) -> std::io::Result<Vec<(Day, PathBuf)>> {
        if !self.folder.exists() {
            return Ok(Vec::new());
        }
        let mut days = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if let Ok(day) = entry.file_name().to_string_lossy().parse() {
                days.push((day, entry.path()));
            }
        }
        Ok(days)
    }
}

impl Files for FolderFiles {
    fn put(&self, institution: &str, file: &File, today: Day) -> std::io::Result<String> {
        let number = number(institution, file);
        let here = self.folder.join(today.to_string());
        fs::create_dir_all(&here)?;
        let beside = tempfile::NamedTempFile::new_in(&here)?;
        let mut writing = beside.as_file();
        writing.write_all(format!("{}\n", serde_json::to_string(&file.name)?).as_bytes())?;
        writing.write_all(&file.bytes)?;
        writing.sync_all()?;
        beside.persist(here.join(&number)).map_err(|fault| fault.error)?;
        fs::File::open(&here)?.sync_all()?;
        Ok(number)
    }

    fn get(&self, institution: &str, asked: &str) -> std::io::Result<Option<File>> {
        // A number of ours names no other place.
        let ours = asked.len() == 29 && asked.starts_with('U') && asked.bytes().all(|b| b.is_ascii_alphanumeric());
        if !ours {
            return Ok(None);
        }
        for (_, day) in self.each_day()? {
            let bytes = match fs::read(day.join(asked)) {
                Ok(bytes) => bytes,
                Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => continue,
                Err(fault) => return Err(fault),
            };
            let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { continue };
            let Ok(name) = serde_json::from_slice(&bytes[..end]) else { continue };
            let file = File { name, bytes: bytes[end + 1..].to_vec() };
            if number(institution, &file) == asked {
                return Ok(Some(file));
            }
        }
        Ok(None)
    }

    fn days(&self) -> u16 {
        self.days
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn file(name: &str, bytes: &[u8]) -> File {
        File { name: name.to_owned(), bytes: bytes.to_vec() }
    }

    #[test]
    fn a_file_comes_back_to_who_uploaded_it_and_to_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let in_folder = FolderFiles::open(folder.path(), day("2026-03-01"), 30).unwrap();
        for files in [&in_folder as &dyn Files, &MemoryFiles::default()] {
            let sent = file("对账\n明细.txt", b"a\tb\nnull\n");
            let number = files.put("H1", &sent, day("2026-03-01")).unwrap();
            assert_eq!(number.len(), 29);
            assert_eq!(files.put("H1", &sent, day("2026-03-02")).unwrap(), number);
            assert_ne!(files.put("H2", &sent, day("2026-03-02")).unwrap(), number);
            assert_eq!(files.get("H1", &number).unwrap(), Some(sent));
            assert_eq!(files.get("H2", &number).unwrap(), None);
            for other in ["", "../../etc/passwd", "U", &format!("U{}", "0".repeat(28))] {
                assert_eq!(files.get("H1", other).unwrap(), None, "{other}");
            }
        }
    }

    #[test]
    fn a_damaged_file_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let files = FolderFiles::open(folder.path(), day("2026-03-01"), 30).unwrap();
        let number = files.put("H1", &file("x", b"1234"), day("2026-03-01")).unwrap();
        fs::write(folder.path().join("2026-03-01").join(&number), b"\"x\"\n1235").unwrap();
        assert_eq!(files.get("H1", &number).unwrap(), None);
    }

    #[test]
    fn old_files_are_removed_at_the_start_and_what_is_no_day_stays() {
        let folder = tempfile::tempdir().unwrap();
        let files = FolderFiles::open(folder.path(), day("2026-03-01"), 30).unwrap();
        let old = files.put("H1", &file("x", b"old"), day("2026-03-01")).unwrap();
        let young = files.put("H1", &file("x", b"young"), day("2026-03-02")).unwrap();
        fs::create_dir(folder.path().join("other")).unwrap();
        let files = FolderFiles::open(folder.path(), day("2026-04-01"), 30).unwrap();
        assert_eq!(files.get("H1", &old).unwrap(), None);
        assert!(files.get("H1", &young).unwrap().is_some());
        assert!(folder.path().join("other").exists());
    }
}
