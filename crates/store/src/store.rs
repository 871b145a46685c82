//! The handle of the process that writes: open, submit, check the chain, close; and rebuild.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, OpenFlags};

use crate::event::Request;
use crate::fold::{State, fold, fold_within};
use crate::journal::{self, ChainFault, Verified, WalkError};
use crate::schema::{self, SchemaError};
use crate::trouble::Trouble;
use crate::verify::VerifyError;
use crate::writer::{Job, Outcome, QUEUE, Reply, SubmitError, Writer};

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process writes to this store.
    #[error("另一个进程正在使用它")]
    InUse,
    /// The lock file beside the store cannot be made.
    #[error("旁边的锁文件（-lock）不能建立：{0}")]
    Lock(std::io::Error),
    /// The file's schema does not fit.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The journal was changed outside the program.
    #[error("流水不可信：{0}")]
    Chain(#[from] ChainFault),
    /// An event cannot be taken in.
    #[error("第 {seq} 件不能重放：{reason}")]
    Replay {
        /// Its number.
        seq: u64,
        /// In words.
        reason: String,
    },
    /// SQLite's own word.
    #[error(transparent)]
    Sqlite(Trouble),
    /// The writer thread cannot be started.
    #[error("写入线程不能启动：{0}")]
    Thread(std::io::Error),
}

impl From<Trouble> for OpenError {
    fn from(trouble: Trouble) -> Self {
        Self::Sqlite(trouble)
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error.into())
    }
}

impl From<WalkError> for OpenError {
    fn from(error: WalkError) -> Self {
        match error {
            WalkError::Chain(fault) => Self::Chain(fault),
            WalkError::Sqlite(error) => error.into(),
            WalkError::Visit { seq, reason } => Self::Replay { seq, reason },
            WalkError::Differs(difference) => Self::Replay { seq: 0, reason: difference.to_string() },
        }
    }
}

/// An open store. Dropping it serves what still waits, then closes the file.
pub struct Store<S: State> {
    jobs: Option<SyncSender<Job<S>>>,
    writer: Option<JoinHandle<()>>,
    committed: Arc<Mutex<Verified>>,
    path: PathBuf,
    _lock: File,
}

impl<S: State> Store<S> {
    /// Opens the store at `path`, makes it if it is not there, checks the whole chain and
    /// folds it onto the state that `make` begins with.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub fn open(path: &Path, make: impl Fn() -> S + Send + 'static) -> Result<Self, OpenError> {
        let lock = lock(path)?;
        Self::start(writing(path)?, lock, path, Box::new(make))
    }

    pub(crate) fn start(
        connection: Connection,
        lock: File,
        path: &Path,
        make: Box<dyn Fn() -> S + Send>,
    ) -> Result<Self, OpenError> {
        let folded = fold(&connection, &make)?;
        let committed = Arc::new(Mutex::new(folded.head));
        let (sender, receiver) = sync_channel(QUEUE);
        let writer = Writer { connection, folded, make, committed: Arc::clone(&committed) };
        let thread = std::thread::Builder::new()
            .name("gongji-writer".to_owned())
            .spawn(move || writer.run(&receiver))
            .map_err(OpenError::Thread)?;
        Ok(Self { jobs: Some(sender), writer: Some(thread), committed, path: path.to_owned(), _lock: lock })
    }

    /// Hands a request to the writer and returns at once. `decide` sees the state as every
    /// earlier request left it and the number its event would get; `done` gets the answer
    /// once it is on disk. Neither may wait for anything.
    pub fn submit(
        &self,
        request: Request,
        decide: impl FnOnce(&S, u64) -> Outcome + Send + 'static,
        done: impl FnOnce(Result<Reply, SubmitError>) + Send + 'static,
    ) {
        let job = Job { request, decide: Box::new(decide), done: Box::new(done) };
        let Some(jobs) = &self.jobs else {
            return (job.done)(Err(SubmitError::Closed));
        };
        match jobs.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(job)) => (job.done)(Err(SubmitError::Busy)),
            Err(TrySendError::Disconnected(job)) => (job.done)(Err(SubmitError::Closed)),
        }
    }

    /// As [`Store::submit`], but waits for the answer.
    ///
    /// # Errors
    ///
    /// See [`SubmitError`].
    pub fn call(
        &self,
        request: Request,
        decide: impl FnOnce(&S, u64) -> Outcome + Send + 'static,
    ) -> Result<Reply, SubmitError> {
        let (sender, receiver) = sync_channel(1);
        self.submit(request, decide, move |answer| {
            // The receiver is waiting below; nothing can have dropped it.
            let _ = sender.send(answer);
        });
        receiver.recv().unwrap_or(Err(SubmitError::Closed))
    }

    /// The last committed event: how many there are and the hash of the last.
    #[must_use]
    pub fn head(&self) -> Verified {
        *self.committed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Walks the whole chain on disk beside the running writer: every row must follow the
    /// one before, fit its hash, and the last committed one must still be there.
    ///
    /// # Errors
    ///
    /// [`VerifyError::Chain`] names the first event that does not hold.
    pub fn verify(&self) -> Result<Verified, VerifyError> {
        let known = self.head();
        let connection = Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut met = known.events == 0;
        let walked = journal::walk(&connection, |event| {
            met |= event.seq == known.events && event.hash == known.head;
            Ok(())
        });
        match walked {
            Ok(verified) if met => Ok(verified),
            Ok(_) => Err(ChainFault::Head(known.events).into()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Makes the derived rows (postings, day heads) anew from the journal, all or none of them.
///
/// # Errors
/// [`OpenError::InUse`] while another process has the store; otherwise why its journal cannot be read.
pub fn rebuild<S: State>(path: &Path, make: impl Fn() -> S) -> Result<Verified, OpenError> {
    if !path.exists() {
        return Err(Trouble::CannotOpen(path.display().to_string()).into());
    }
    let _lock = lock(path)?;
    let connection = writing(path)?;
    let all = connection.unchecked_transaction()?;
    all.execute_batch("DELETE FROM posting; DELETE FROM day_head;")?;
    let folded = fold_within(&all, &make)?;
    all.commit()?;
    Ok(folded.head)
}

/// A connection that writes, on the newest schema.
pub(crate) fn writing(path: &Path) -> Result<Connection, OpenError> {
    let mut connection = Connection::open(path)?;
    // What is not ours, or newer, is left as it is: the pragmas would already write to it.
    schema::look(&connection)?;
    schema::configure(&connection)?;
    schema::migrate(&mut connection)?;
    Ok(connection)
}

impl<S: State> Drop for Store<S> {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the writer thread had panicked");
        }
    }
}

/// One writing process per store: the lock dies with the process, whatever ends it.
pub(crate) fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push("-lock");
    let file = File::options().create(true).truncate(false).write(true).open(name).map_err(OpenError::Lock)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse),
        Err(TryLockError::Error(error)) => Err(OpenError::Lock(error)),
    }
}
