//! Why the disk did not do what it was asked. Knows no code of SQLite.

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The process is dead, or the handle is of a life before this one.
    Dead,
    /// This step failed, as it was told to; the next one may work.
    Failed(Step),
    /// No room.
    Full,
    /// Nothing may be written.
    ReadOnly,
    /// No such file, or one that should not be there.
    CannotOpen,
    /// No such file to delete.
    Missing,
    /// Another connection holds the lock.
    Busy,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Write,
    Truncate,
    Sync,
    Delete,
    Create,
}
