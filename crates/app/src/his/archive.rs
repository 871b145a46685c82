//! What was kept, read beside the worker for queries (查询) and reconciliation (对账): a member's visits and an
//! institution's settlements. Reads one moment of the store for each question, on threads of its own, and
//! never changes anything.

use std::cell::OnceCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use gongji_ledger::Transaction;
use gongji_store::{Day, Event, Key, OpenError, Place, ReadError, Reader};

use super::book::Change;
use super::call::event_number;
use super::errors::{Code, Fault};
use super::past::Past;

/// Questions that may wait; more are told to come again.
const WAITING: usize = 256;
/// Questions that are answered side by side.
const THREADS: usize = 2;

type Job = Box<dyn FnOnce(&Place) + Send>;

/// Where what was kept lies; opened when it is first looked at, since not every question does.
pub(crate) struct Kept {
    place: Place,
    moment: OnceCell<Moment>,
}

impl Kept {
    /// In a store.
    pub(crate) fn at(place: &Place) -> Self {
        Self { place: place.clone(), moment: OnceCell::new() }
    }

    /// One moment of it from now on, to be read by itself.
    pub(crate) fn reader(&self) -> Result<Reader, Fault> {
        Reader::open(&self.place).map_err(|error| away(&error))
    }

    /// One moment of it, the same at every look.
    pub(crate) fn now(&self) -> Result<&Moment, Fault> {
        if let Some(moment) = self.moment.get() {
            return Ok(moment);
        }
        let moment = Moment::open(&self.place)?;
        Ok(self.moment.get_or_init(|| moment))
    }
}

/// The threads that answer questions about what was kept.
pub(crate) struct Archive {
    place: Place,
    jobs: Option<SyncSender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Archive {
    /// Over a store.
    ///
    /// # Errors
    /// When a thread cannot be started.
    pub(crate) fn start(place: &Place) -> Result<Self, OpenError> {
        let (sender, receiver) = sync_channel::<Job>(WAITING);
        let receiver = Arc::new(Mutex::new(receiver));
        let thread = |_| {
            let (place, receiver) = (place.clone(), Arc::clone(&receiver));
            let run = move || {
                while let Some(job) = next(&receiver) {
                    // Who asked is told by the job being dropped; the next one is not to suffer.
                    if catch_unwind(AssertUnwindSafe(|| job(&place))).is_err() {
                        tracing::error!("a query panicked");
                    }
                }
            };
            std::thread::Builder::new().name("gongji-archive".to_owned()).spawn(run).map_err(OpenError::Thread)
        };
        Ok(Self {
            place: place.clone(),
            jobs: Some(sender),
            threads: (0..THREADS).map(thread).collect::<Result<_, _>>()?,
        })
    }

    /// What was kept, for a thread that may wait.
    pub(crate) fn kept(&self) -> Kept {
        Kept::at(&self.place)
    }

    /// Has a question answered; at once with a fault when too many wait. `job` gets the fault then.
    pub(crate) fn ask(&self, job: impl FnOnce(Result<Kept, Fault>) + Send + 'static) {
        let job: Arc<Mutex<Option<_>>> = Arc::new(Mutex::new(Some(job)));
        let waiting = Arc::clone(&job);
        let take = move |from: &Mutex<Option<_>>| from.lock().unwrap_or_else(PoisonError::into_inner).take();
        let run: Job = Box::new(move |place| {
            if let Some(job) = take(&waiting) {
                job(Ok(Kept::at(place)));
            }
        });
        let sent = self.jobs.as_ref().map(|jobs| jobs.try_send(run));
        let code = match sent {
            Some(Ok(())) => return,
            Some(Err(TrySendError::Full(_))) => Code::Busy,
            Some(Err(TrySendError::Disconnected(_))) | None => Code::InternalError,
        };
        if let Some(job) = job.lock().unwrap_or_else(PoisonError::into_inner).take() {
            job(Err(Fault::new(code)));
        }
    }
}

fn next(jobs: &Mutex<Receiver<Job>>) -> Option<Job> {
    jobs.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

impl Drop for Archive {
    fn drop(&mut self) {
        drop(self.jobs.take());
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the archive had panicked");
            }
        }
    }
}

/// One moment of what was kept.
pub(crate) struct Moment(Reader);

impl Moment {
    /// The moment of a reader.
    pub(crate) fn of(reader: Reader) -> Self {
        Self(reader)
    }

    fn open(place: &Place) -> Result<Self, Fault> {
        match place {
            Place::Memory => Err(Fault::new(Code::NothingKept)),
            _ => Reader::open(place).map(Self).map_err(|error| away(&error)),
        }
    }

    /// A member's visit by the event that began it.
    pub(crate) fn visit(&self, psn_no: &str, number: u64) -> Result<Option<Past>, Fault> {
        let events = self.0.visit(psn_no, number).map_err(|error| unread(&error))?;
        let events = events.into_iter().map(|event| Ok((read(&event)?, event)));
        let events: Vec<_> =
            events.map(|read| read.map(|(change, event)| (event, change))).collect::<Result<_, _>>()?;
        let (mdtrt_id, registration, previous) = match events.first() {
            Some((_, Change::Registered { mdtrt_id, registration, previous })) => (mdtrt_id, registration, previous),
            Some((_, Change::Purchased { setl_id, purchase })) => (setl_id, &purchase.registration, &purchase.previous),
            _ => return Ok(None),
        };
        let (mdtrt_id, registration, previous) = (mdtrt_id.clone(), registration.clone(), *previous);
        Ok(Some(Past { mdtrt_id, registration, previous, events }))
    }

    /// A member's visit by its 就诊ID.
    pub(crate) fn visit_by_id(&self, psn_no: &str, mdtrt_id: &str) -> Result<Option<Past>, Fault> {
        let Some(number) = event_number(mdtrt_id) else { return Ok(None) };
        Ok(self.visit(psn_no, number)?.filter(|past| past.mdtrt_id == mdtrt_id))
    }

    /// A member's visits, the last one first.
    pub(crate) fn visits(&self, psn_no: &str, last: Option<u64>) -> Result<Vec<Past>, Fault> {
        let (mut visits, mut next) = (Vec::new(), last);
        while let Some(number) = next {
            let Some(past) = self.visit(psn_no, number)? else { break };
            // Each names another one that came before, and no store is so changed that this goes in circles.
            next = past.previous.filter(|previous| *previous != number);
            visits.push(past);
        }
        Ok(visits)
    }

    /// An event by its number.
    pub(crate) fn event(&self, number: u64) -> Result<Option<Event>, Fault> {
        self.0.event(number).map_err(|error| unread(&error))
    }

    /// The event of a message, if it became one.
    pub(crate) fn find(&self, message: &Key) -> Result<Option<u64>, Fault> {
        self.0.find(message).map_err(|error| unread(&error))
    }

    /// Hands over every event with what it moved.
    pub(crate) fn all(&self, see: impl FnMut(&Event, Option<&Transaction>)) -> Result<(), Fault> {
        self.0.events(see).map_err(|error| unread(&error))
    }

    /// Hands over every event that lies in these days of the journal.
    pub(crate) fn recorded(&self, from: &str, to: &str, see: impl FnMut(Event)) -> Result<(), Fault> {
        self.0.recorded(from, to, see).map_err(|error| unread(&error))
    }

    /// The days of the journal, the oldest first; of each node its own.
    pub(crate) fn days(&self) -> Result<Vec<Day>, Fault> {
        self.0.days().map_err(|error| unread(&error))
    }

    /// Hands over every event with a number from `first` to `last`.
    pub(crate) fn numbered(&self, first: u64, last: u64, see: impl FnMut(Event)) -> Result<(), Fault> {
        self.0.numbered(first, last, see).map_err(|error| unread(&error))
    }
}

/// What an event changed.
pub(crate) fn read(event: &Event) -> Result<Change, Fault> {
    serde_json::from_str(&event.effects).map_err(|error| {
        tracing::error!(seq = event.seq, %error, "an event cannot be read");
        Fault::new(Code::InternalError)
    })
}

fn away(error: &OpenError) -> Fault {
    tracing::warn!(%error, "the store cannot be read");
    Fault::new(Code::DatabaseAway)
}

fn unread(error: &ReadError) -> Fault {
    tracing::error!(%error, "the store cannot be read");
    Fault::new(Code::DatabaseAway)
}
