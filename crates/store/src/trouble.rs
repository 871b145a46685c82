//! What a database says, in words that tell what to do. Knows no statement.

use rusqlite::ErrorCode;

/// Why the file, or the database of a server, cannot be read or written.
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
    /// No room is left.
    #[error("磁盘空间不足，请腾出空间后重试（{0}）")]
    Full(String),
    /// Not there, or not for this user.
    #[error("文件打不开：不存在，或没有权限（{0}）")]
    CannotOpen(String),
    /// Somebody else holds the file for too long.
    #[error("文件被别的程序占用，请稍后重试（{0}）")]
    Busy(String),
    /// What is kept nowhere but in the process that runs it.
    #[error("memory: 只存在于运行它的进程里，别的命令读不到")]
    Nowhere,
    /// Anything else, in the database's own words or those of whoever folds events.
    #[error("结算库：{0}")]
    Other(String),
    /// The address of a server is written wrongly. What was written may hold a password, so it is not shown.
    #[error("PostgreSQL 地址的写法不对：{0}；应为 postgres://用户@主机:端口/数据库")]
    Address(String),
    /// The server does not answer.
    #[error("数据库连不上，请检查服务器、网络与地址（{0}）")]
    Unreachable(String),
    /// The server does not let this user do it.
    #[error("数据库用户、口令或权限不对，请核对地址与授权（{0}）")]
    Denied(String),
    /// The server only reads.
    #[error("数据库只读，不能写入：可能是备库或已被管理员限制，请连接主库（{0}）")]
    Standby(String),
    /// Another node has what is needed for too long.
    #[error("数据库正被别的节点占用，请稍后重试（{0}）")]
    Occupied(String),
    /// The server does not promise that what was committed is on disk.
    #[error("数据库不能保证落盘：{0} 已关闭，请在服务器上打开")]
    NotDurable(&'static str),
    /// Persons were folded anew with other rules since this node was opened.
    #[error("人员状态已由另一版程序重新折算，请用同一版程序重新启动本节点")]
    OtherEdition,
    /// Anything else, in PostgreSQL's own words.
    #[error("PostgreSQL：{0}")]
    Server(String),
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
