//! The handle of the process that writes: open, submit, check the chain, close; and rebuild.

use std::hash::BuildHasher as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, ThreadId};

use foldhash::fast::FixedState;

use crate::chain::{ChainFault, Verified, WalkError};
use crate::engine::{Engine, Start};
use crate::event::{Key, Request, are_fit};
use crate::hand::Hand;
use crate::memory::Memory;
use crate::people::Kept;
use crate::place::Place;
use crate::postgres::{self, Postgres};
use crate::reader::Reader;
use crate::sealing::Sealer;
use crate::sqlite::schema::SchemaError;
use crate::sqlite::{self, Sqlite};
use crate::state::{Known, State};
use crate::trouble::Trouble;
use crate::worker::{Job, Outcome, QUEUE, Reply, SubmitError, Worker};

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
    /// The database's own word.
    #[error(transparent)]
    Trouble(Trouble),
    /// Persons must be folded anew, which nobody may do while nodes of another edition are running.
    #[error("规则已换，人员状态须重新折算，但还有别的节点在运行：请先停下它们（异常退出的节点稍候即不再算在内）")]
    OtherNodes,
    /// The writer thread cannot be started.
    #[error("写入线程不能启动：{0}")]
    Thread(std::io::Error),
}

impl From<Trouble> for OpenError {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Trouble(error.into())
    }
}

impl From<WalkError> for OpenError {
    fn from(error: WalkError) -> Self {
        match error {
            WalkError::Chain(fault) => Self::Chain(fault),
            WalkError::Trouble(trouble) => Self::Trouble(trouble),
            WalkError::Visit { seq, reason } => Self::Replay { seq, reason },
            WalkError::Differs(difference) => Self::Replay { seq: 0, reason: difference.to_string() },
        }
    }
}

/// An open store. Dropping it serves what still waits, then closes it.
pub struct Store<S: State> {
    /// Workers side by side, each with the persons that fall to it: one, or what a server's address asks for.
    lanes: Vec<Lane<S>>,
    state: Arc<S>,
    hasher: FixedState,
}

/// One worker and the way to it.
struct Lane<S: State> {
    jobs: Option<SyncSender<Job<S>>>,
    hand: Arc<Hand<S::Visit>>,
    worker: Option<JoinHandle<()>>,
    beside: Option<ThreadId>,
    committed: Arc<Mutex<Verified>>,
}

impl<S: State> Store<S> {
    /// Opens a store, and makes it if it is not there. Persons are taken as they were put aside and as later
    /// events left them; nothing else is read.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub fn open(place: &Place, state: S) -> Result<Self, OpenError> {
        let state = Arc::new(state);
        let lanes = match place {
            Place::File { path, vfs } => {
                let (engine, start) = Sqlite::open(path, vfs.as_deref(), &*state)?;
                vec![Lane::start(Box::new(engine), start, Arc::clone(&state))?]
            }
            Place::Memory => {
                let (engine, start) = Memory::open();
                vec![Lane::start(Box::new(engine), start, Arc::clone(&state))?]
            }
            Place::Postgres(address) => {
                let open = |_| {
                    let (engine, start) = Postgres::open(address, &*state)?;
                    Lane::start(Box::new(engine), start, Arc::clone(&state))
                };
                (0..postgres::lanes(address)?).map(open).collect::<Result<_, _>>()?
            }
        };
        Ok(Self { lanes, state, hasher: FixedState::default() })
    }

    #[cfg(test)]
    pub(crate) fn start(engine: Box<dyn Engine>, start: Start, state: Arc<S>) -> Result<Self, OpenError> {
        let lanes = vec![Lane::start(engine, start, Arc::clone(&state))?];
        Ok(Self { lanes, state, hasher: FixedState::default() })
    }

    /// Hands a request to the worker and returns at once. `decide` sees what is known as every earlier request
    /// left it, and the number its event would get; it may be asked more than once, when somebody else was
    /// faster. `done` gets the answer once it is on disk. Neither may wait for anything.
    pub fn submit(
        &self,
        request: Request,
        decide: impl for<'a> Fn(&Known<'a, S>, u64) -> Outcome<S::Change> + Send + 'static,
        done: impl FnOnce(Result<Reply, SubmitError>) + Send + 'static,
    ) {
        let digest = request.digest();
        let job = Job { request, digest, decide: Box::new(decide), done: Box::new(done) };
        let Some(jobs) = &self.lane(&job.request.persons).jobs else {
            return (job.done)(Err(SubmitError::Closed));
        };
        if !job.request.is_fit() {
            // It would be refused by the database, and with it everybody in its batch.
            let why = "报文编号、机构编号或人员编号过长，或含有空字符".to_owned();
            return (job.done)(Err(SubmitError::NotRecorded(why)));
        }
        match jobs.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(job)) => (job.done)(Err(SubmitError::Busy)),
            Err(TrySendError::Disconnected(job)) => (job.done)(Err(SubmitError::Closed)),
        }
    }

    /// Looks at what is committed and at hand, here and now, for a message that only asks: what it sees of its
    /// persons and its visit was true together at one moment, no earlier than any answer that was given before.
    /// Nothing if the worker must be asked: where the number of the message may be used already, its visit is
    /// being changed or not at hand, another node may write too, or looking panicked.
    pub fn glance<T>(
        &self,
        message: &Key,
        persons: &[String],
        visit: Option<u64>,
        look: impl for<'a> FnOnce(&Known<'a, S>) -> T,
    ) -> Option<T> {
        if !are_fit(std::iter::once(message), persons) {
            return None;
        }
        let glimpse = self.lane(persons).hand.glance(message, persons, visit)?;
        let unpacked = |kept: Option<Kept>| match kept {
            None => Ok((0, S::Person::default())),
            Some(kept) => self.state.unpack(&kept.packed).map(|person| (kept.revision, person)),
        };
        let states = glimpse.persons.into_iter().map(unpacked).collect::<Result<Vec<_>, _>>().ok()?;
        let known = Known {
            persons: persons.iter().zip(&states).map(|(name, (seen, state))| (name.as_str(), *seen, state)).collect(),
            visit: visit.zip(glimpse.visit.as_deref()),
            periods: &glimpse.periods,
            original: None,
        };
        catch_unwind(AssertUnwindSafe(|| look(&known))).ok()
    }

    /// A person is always with the same worker, so what is at hand there stays good.
    fn lane(&self, persons: &[String]) -> &Lane<S> {
        let whose = persons.first().map_or(0, |person| self.hasher.hash_one(person));
        &self.lanes[(whose % self.lanes.len() as u64) as usize]
    }

    /// As [`Store::submit`], but waits for the answer.
    ///
    /// # Errors
    ///
    /// See [`SubmitError`].
    pub fn call(
        &self,
        request: Request,
        decide: impl for<'a> Fn(&Known<'a, S>, u64) -> Outcome<S::Change> + Send + 'static,
    ) -> Result<Reply, SubmitError> {
        let (sender, receiver) = sync_channel(1);
        self.submit(request, decide, move |answer| {
            // The receiver is waiting below; nothing can have dropped it.
            let _ = sender.send(answer);
        });
        receiver.recv().unwrap_or(Err(SubmitError::Closed))
    }

    /// The last event that this node's first worker committed: its number and its hash.
    #[must_use]
    pub fn head(&self) -> Verified {
        *self.lanes[0].committed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: State> Lane<S> {
    fn start(engine: Box<dyn Engine>, start: Start, state: Arc<S>) -> Result<Self, OpenError> {
        let committed = Arc::new(Mutex::new(start.head));
        let (sender, receiver) = sync_channel(QUEUE);
        let sealer = Sealer::start().map_err(OpenError::Thread)?;
        let beside = sealer.thread();
        let worker = Worker::new(engine, state, sealer, start, Arc::clone(&committed));
        let hand = worker.hand();
        let thread = std::thread::Builder::new()
            .name("gongji-worker".to_owned())
            .spawn(move || worker.run(&receiver))
            .map_err(OpenError::Thread)?;
        Ok(Self { jobs: Some(sender), hand, worker: Some(thread), beside, committed })
    }
}

/// What is kept nowhere cannot be read by anybody else.
pub(crate) fn nowhere() -> OpenError {
    Trouble::Nowhere.into()
}

/// Makes everything that is derived (messages, persons, postings, day heads) anew from the journal, all or
/// none of it.
///
/// # Errors
/// [`OpenError::InUse`] while a process has the store; otherwise why its journal cannot be read.
pub fn rebuild<S: State>(place: &Place, state: &S) -> Result<Verified, OpenError> {
    match place {
        Place::File { path, vfs } => {
            if !path.exists() {
                return Err(Trouble::CannotOpen(path.display().to_string()).into());
            }
            sqlite::rebuild(path, vfs.as_deref(), state)?;
        }
        Place::Memory => return Err(nowhere()),
        Place::Postgres(address) => postgres::rebuild(address, state)?,
    }
    Reader::open(place)?.head().map_err(|fault| Trouble::Other(fault.to_string()).into())
}

impl<S: State> Drop for Lane<S> {
    fn drop(&mut self) {
        drop(self.jobs.take());
        let Some(worker) = self.worker.take() else { return };
        let here = Some(std::thread::current().id());
        // Whoever was answered last may have held the store: its own threads can't wait for themselves, and end alone.
        if here == Some(worker.thread().id()) || here == self.beside {
            return;
        }
        if worker.join().is_err() {
            tracing::error!("the worker thread had panicked");
        }
    }
}
