//! Copying a store while it is written (联机备份): the copy is of one moment, proved before it gets its name.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::chain::{ChainFault, Verified};
use crate::replay::Walk;
use crate::sqlite::{part, rows, schema};
use crate::trouble::Trouble;
use crate::verify::VerifyError;

/// Pages that are copied before progress is told.
const STEP: i32 = 512;

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// Something lies there already.
    #[error("{} 已经存在，备份不覆盖任何文件", .0.display())]
    Exists(PathBuf),
    /// The store is a database server's.
    #[error("PostgreSQL 上的库请用 pg_basebackup 或 pg_dump 备份，做法见 docs/guides/operate-the-store.md")]
    Server,
    /// A file cannot be made, flushed or named.
    #[error("备份文件不能写入：{0}")]
    File(#[from] std::io::Error),
    /// The copy, or what was copied, is not sound.
    #[error("备份未通过核验，没有保留：{0}")]
    Unsound(#[from] VerifyError),
}

impl From<rusqlite::Error> for BackupError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Unsound(VerifyError::Trouble(Trouble::from(error)))
    }
}

/// Copies the moment that a connection reads.
pub(crate) fn backup(from: &Connection, to: &Path, progress: impl FnMut(u64, u64)) -> Result<Verified, BackupError> {
    match part::in_the_way(to) {
        Some(there) => Err(BackupError::Exists(there)),
        None => part::named(to, |part| copy(from, part, progress)),
    }
}

fn copy(from: &Connection, part: &Path, mut progress: impl FnMut(u64, u64)) -> Result<Verified, BackupError> {
    let known = rows::head(from).map_err(VerifyError::Trouble)?;
    let mut copy = Connection::open(part)?;
    let backup = Backup::new(from, &mut copy)?;
    loop {
        let step = backup.step(STEP)?;
        let told = backup.progress();
        let pages = |pages: i32| u64::try_from(pages).unwrap_or(0);
        progress(pages(told.pagecount - told.remaining), pages(told.pagecount));
        match step {
            StepResult::Done => break,
            StepResult::More => {}
            _ => std::thread::sleep(std::time::Duration::from_millis(10)),
        }
    }
    drop(backup);
    // One file, without a log beside it.
    copy.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get::<_, String>(0))?;
    schema::whole(&copy).map_err(VerifyError::Trouble)?;
    let mut walk = Walk::new(&copy).map_err(VerifyError::from)?;
    while walk.next().map_err(VerifyError::from)?.is_some() {}
    if walk.heads() != [known] {
        return Err(VerifyError::Chain(ChainFault::Head(known.events)).into());
    }
    Ok(known)
}
