//! Seals and packs the events of a batch in their order, on a thread beside the worker that decides them: hashing
//! and packing take about as long as deciding. Whoever is free does it, the worker too once it has decided its
//! last. Knows no database and no meaning.

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use gongji_ledger::Transaction;

use crate::body::{Dictionary, Packer, Row};
use crate::chain::Verified;
use crate::days::{Day, Days};
use crate::event::{Event, GENESIS};
use crate::posting;

/// So many events are handed over together; for fewer nobody is woken.
const SHARE: usize = 32;

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
    bell: Option<SyncSender<()>>,
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
        let (bell, rung) = sync_channel(1);
        let beside = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("gongji-sealer".to_owned()).spawn(move || {
            while rung.recv().is_ok() {
                beside.seal();
            }
        })?;
        Ok(Self { shared, waiting: Vec::new(), decided: 0, bell: Some(bell), thread: Some(thread) })
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
        if let Some(bell) = &self.bell {
            // If it is rung already, or nobody hears it any more, the worker seals in the end.
            let _ = bell.try_send(());
        }
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
        drop(self.bell.take());
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
