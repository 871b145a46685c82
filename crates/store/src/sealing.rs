//! The thread beside the worker: seals and packs the events of a batch in their order while the worker decides the
//! next ones, and gives the answers of a batch that is on disk while the worker begins the next batch. Hashing and
//! packing take about as long as deciding; whoever is free does it, the worker too once it has decided its last.
//! Knows no database and no meaning.

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use gongji_ledger::Transaction;

use crate::body::{Dictionary, Packer, Row};
use crate::chain::Verified;
use crate::days::{Day, Days};
use crate::event::{Event, GENESIS};
use crate::posting;

/// So many events are handed over together, and answered together; for fewer nobody is woken.
const SHARE: usize = 64;

/// So much may wait for the thread; what is more, the worker does itself.
const ERRANDS: usize = 4;

/// What the thread is asked to do.
enum Errand {
    Seal,
    Run(Box<dyn FnOnce() + Send>),
}

/// An event that was decided and is to be sealed.
pub(crate) struct Decided {
    pub event: Arc<Event>,
    pub moved: Option<Transaction>,
    /// The states of its persons after it.
    pub after: Vec<u8>,
}

/// The events of a batch as rows, and where they lead.
pub(crate) struct Sealed {
    pub rows: Vec<Row>,
    /// Days that an event of the batch ended.
    pub ended: Vec<Day>,
    pub days: Days,
    pub head: Verified,
    /// Dictionaries that were made for these rows.
    pub dictionaries: Vec<Dictionary>,
}

/// The worker's hold on the sealing.
pub(crate) struct Sealer {
    shared: Arc<Shared>,
    /// Decided, and not handed over yet.
    waiting: Vec<Decided>,
    /// How many events of this batch there are.
    decided: usize,
    errands: Option<SyncSender<Errand>>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    /// Whoever holds it takes the next events of the queue, so that all are sealed in their order.
    core: Mutex<Core>,
    queue: Mutex<VecDeque<Vec<Decided>>>,
}

struct Core {
    packer: Packer,
    head: Verified,
    days: Days,
    rows: Vec<Row>,
    ended: Vec<Day>,
}

impl Sealer {
    /// Starts the thread.
    pub(crate) fn start() -> io::Result<Self> {
        let head = Verified { events: 0, head: GENESIS };
        let core = Core { packer: Packer::default(), head, days: Days::default(), rows: Vec::new(), ended: Vec::new() };
        let shared = Arc::new(Shared { core: Mutex::new(core), queue: Mutex::default() });
        let (errands, asked) = sync_channel(ERRANDS);
        let beside = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("gongji-sealer".to_owned()).spawn(move || {
            for errand in asked {
                match errand {
                    Errand::Seal => beside.seal(),
                    Errand::Run(run) => run(),
                }
            }
        })?;
        Ok(Self { shared, waiting: Vec::new(), decided: 0, errands: Some(errands), thread: Some(thread) })
    }

    /// Has something done with the packer.
    pub(crate) fn packer<T>(&self, with: impl FnOnce(&mut Packer) -> T) -> T {
        with(&mut self.shared.core().packer)
    }

    /// Begins a batch; of one that was not finished, nothing stays.
    pub(crate) fn begin(&mut self, head: Verified, days: Days) {
        self.waiting.clear();
        self.decided = 0;
        let mut core = self.shared.core();
        self.shared.queue().clear();
        core.rows.clear();
        core.ended.clear();
        (core.head, core.days) = (head, days);
    }

    /// Takes the next event of the batch.
    pub(crate) fn push(&mut self, decided: Decided) {
        self.decided += 1;
        self.waiting.push(decided);
        if self.waiting.len() < SHARE {
            return;
        }
        self.hand_over();
        // If nobody takes it, the worker seals in the end.
        let _ = self.ask(Errand::Seal);
    }

    /// Has so many answers given, beside the worker if they are many.
    pub(crate) fn answer(&self, count: usize, give: impl FnOnce() + Send + 'static) {
        if count < SHARE {
            return give();
        }
        if let Some(Errand::Run(give)) = self.ask(Errand::Run(Box::new(give))) {
            give();
        }
    }

    /// Asks the thread; gives back what it does not take.
    fn ask(&self, errand: Errand) -> Option<Errand> {
        let Some(errands) = &self.errands else { return Some(errand) };
        errands.try_send(errand).err().map(|(TrySendError::Full(errand) | TrySendError::Disconnected(errand))| errand)
    }

    /// Ends the batch when all of it is sealed; nothing if sealing panicked.
    pub(crate) fn finish(&mut self) -> Option<Sealed> {
        self.hand_over();
        self.shared.seal();
        let mut core = self.shared.core();
        let sealed = Sealed {
            rows: std::mem::take(&mut core.rows),
            ended: std::mem::take(&mut core.ended),
            days: std::mem::take(&mut core.days),
            head: core.head,
            dictionaries: core.packer.take_fresh(),
        };
        if sealed.rows.len() == self.decided {
            return Some(sealed);
        }
        core.packer.keep_again(sealed.dictionaries);
        None
    }

    fn hand_over(&mut self) {
        if !self.waiting.is_empty() {
            let share = std::mem::replace(&mut self.waiting, Vec::with_capacity(SHARE));
            self.shared.queue().push_back(share);
        }
    }
}

impl Drop for Sealer {
    fn drop(&mut self) {
        drop(self.errands.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the sealing thread had panicked");
        }
    }
}

impl Shared {
    /// Where somebody panicked, an event is missing, which is noticed at the end of the batch.
    fn core(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(&self) -> MutexGuard<'_, VecDeque<Vec<Decided>>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Seals what is handed over until nothing is left.
    fn seal(&self) {
        loop {
            let mut core = self.core();
            let Some(share) = self.queue().pop_front() else { return };
            share.into_iter().for_each(|decided| core.seal(decided));
        }
    }
}

impl Core {
    fn seal(&mut self, Decided { event, moved, after }: Decided) {
        let postings = moved.as_ref().map(posting::digest);
        let hash = event.sealed(&self.head.head, postings.as_ref());
        self.head = Verified { events: event.seq, head: hash };
        self.ended.extend(self.days.push(&event, &hash));
        self.rows.push(self.packer.pack(&event, hash, moved.as_ref(), after));
    }
}
