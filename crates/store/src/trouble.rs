//! What SQLite says, in words that tell what to do. Knows no statement.

use rusqlite::ErrorCode;

/// Why the file cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Trouble {
    /// Some other kind of file.
    #[error("文件不是结算库：不是 SQLite 数据库")]
    NotADatabase,
    /// A page of the file is not what SQLite wrote.
    #[error("文件已损坏，请用最近的备份恢复（{0}）")]
    Damaged(String),
    /// The file, or the folder that it lies in, cannot be written.
    #[error("文件或所在目录只读，不能写入（{0}）")]
    ReadOnly(String),
    /// No room is left; nothing of what was to be written is there.
    #[error("磁盘空间不足，未写入任何内容，请腾出空间后重试（{0}）")]
    Full(String),
    /// Not there, or not for this user.
    #[error("文件打不开：不存在，或没有权限（{0}）")]
    CannotOpen(String),
    /// Somebody else holds the file for too long.
    #[error("文件被别的程序占用，请稍后重试（{0}）")]
    Busy(String),
    /// Anything else, in SQLite's own words.
    #[error("SQLite：{0}")]
    Other(String),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        let said = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotADatabase,
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged(said),
            Some(ErrorCode::ReadOnly) => Self::ReadOnly(said),
            Some(ErrorCode::DiskFull) => Self::Full(said),
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Self::CannotOpen(said),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy(said),
            _ => Self::Other(said),
        }
    }
}
