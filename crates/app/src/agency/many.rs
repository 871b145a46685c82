//! Acts for very many persons, one event each: always so many under way that every commit is full, never more than the
//! store lets wait. An act that was done before is asked anew under its next number, so what is known decides whether
//! anything is left to do; after a crash the same run is simply begun again.

use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gongji_store::{Known, Outcome, QUEUE, Reply, Store, SubmitError};

use crate::his::Book;
use crate::his::book::Change;
use crate::his::moment::Moment;
use crate::his::opening::ours;
use crate::serve::clock::Clock;

/// Acts under way at once: several full commits, and room for others in the queue.
const UNDER_WAY: usize = QUEUE / 4 * 3;
/// How often an act is sent again while the database is away.
const ATTEMPTS: u32 = 20;
/// So many failures in a row are no matter of single persons.
const FAILURES: usize = 256;
/// The most numbers of one act: more than anybody corrects a month.
const NUMBERS: u32 = 99;

/// Decides one act on what is known: what is kept, and what the caller is told.
pub(crate) type Decide<T> = Box<dyn for<'a> Fn(&Known<'a, Book>, u64) -> (Outcome<Change>, T) + Send + Sync>;

/// One act.
pub(crate) struct Act<T> {
    /// What names it.
    pub name: String,
    /// What was asked, in one form.
    pub input: String,
    /// Whose state it asks or changes, the holder first.
    pub persons: Vec<String>,
    pub decide: Decide<T>,
}

/// Why not all acts were tried.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stopped {
    /// The caller wanted no more.
    #[error("办理中途停止；再次办理即从停下的地方继续")]
    Asked,
    /// The store does not take them.
    #[error("结算库不能写入：{0}；排除后再次办理即从停下的地方继续")]
    Store(SubmitError),
}

/// What became of one act.
pub(crate) enum Became<T> {
    /// It was decided, and what was to be kept is on disk.
    Done(T),
    /// It could not be kept.
    Failed(String),
}

/// An act on its way.
struct Sent<T> {
    at: usize,
    act: Arc<Act<T>>,
    number: u32,
    attempt: u32,
    slot: Arc<Mutex<Option<T>>>,
    answer: Result<Reply, SubmitError>,
}

/// Has every act done; `told` hears what became of each, in no particular order, and may want no more.
///
/// # Errors
/// Why not all were tried; those that were under way are then done, or will be found undone.
pub(crate) fn perform<T: Send + 'static>(
    store: &Store<Book>,
    clock: &dyn Clock,
    acts: impl Iterator<Item = Act<T>>,
    mut told: impl FnMut(usize, Became<T>) -> ControlFlow<()>,
) -> Result<(), Stopped> {
    let (sender, receiver) = channel();
    let mut line = Line { store, clock, sender, under_way: 0 };
    let (mut stopped, mut failures) = (None, 0);
    let mut take = |line: &mut Line<'_, T>, sent: Sent<T>, stopped: &mut Option<Stopped>| {
        let at = sent.at;
        let became = match line.judge(sent) {
            Ok(None) => return,
            Ok(Some(became)) => became,
            Err(fault) => {
                stopped.get_or_insert(fault);
                return;
            }
        };
        failures = if matches!(became, Became::Failed(_)) { failures + 1 } else { 0 };
        if failures > FAILURES {
            let why = if let Became::Failed(why) = &became { why.clone() } else { String::new() };
            stopped.get_or_insert(Stopped::Store(SubmitError::NotRecorded(why)));
        }
        if told(at, became).is_break() {
            stopped.get_or_insert(Stopped::Asked);
        }
    };
    for (at, act) in acts.enumerate() {
        while stopped.is_none() && line.under_way >= UNDER_WAY {
            let sent = line.next(&receiver);
            take(&mut line, sent, &mut stopped);
        }
        if stopped.is_some() {
            break;
        }
        line.send(at, Arc::new(act), 1, 1);
        while let Some(sent) = line.ready(&receiver) {
            take(&mut line, sent, &mut stopped);
        }
    }
    while line.under_way > 0 {
        let sent = line.next(&receiver);
        take(&mut line, sent, &mut stopped);
    }
    stopped.map_or(Ok(()), Err)
}

/// The way to the store and back.
struct Line<'a, T> {
    store: &'a Store<Book>,
    clock: &'a dyn Clock,
    sender: Sender<Sent<T>>,
    under_way: usize,
}

impl<T: Send + 'static> Line<'_, T> {
    fn send(&mut self, at: usize, act: Arc<Act<T>>, number: u32, attempt: u32) {
        let name = if number == 1 { act.name.clone() } else { format!("{}-{number}", act.name) };
        let request = ours(name, act.input.clone(), act.persons.clone(), Moment::of(self.clock.now()));
        let slot = Arc::new(Mutex::new(None));
        let (deciding, filling) = (Arc::clone(&act), Arc::clone(&slot));
        let decide = move |known: &Known<'_, Book>, seq: u64| {
            let (outcome, told) = (deciding.decide)(known, seq);
            // Decided again when somebody else was faster: the last time counts.
            *filling.lock().unwrap_or_else(PoisonError::into_inner) = Some(told);
            outcome
        };
        self.under_way += 1;
        let sender = self.sender.clone();
        self.store.submit(request, decide, move |answer| {
            // The receiver lives until nothing is under way.
            let _ = sender.send(Sent { at, act, number, attempt, slot, answer });
        });
    }

    /// Waits for an answer.
    fn next(&mut self, receiver: &Receiver<Sent<T>>) -> Sent<T> {
        self.under_way -= 1;
        receiver.recv().expect("the sender is held here")
    }

    fn ready(&mut self, receiver: &Receiver<Sent<T>>) -> Option<Sent<T>> {
        let sent = receiver.try_recv().ok()?;
        self.under_way -= 1;
        Some(sent)
    }

    /// What became of an act; nothing if it was sent again.
    fn judge(&mut self, sent: Sent<T>) -> Result<Option<Became<T>>, Stopped> {
        let Sent { at, act, number, attempt, slot, answer } = sent;
        let decided = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (answer, decided) {
            // Also where the answer was lost and the event was found on disk afterwards.
            (Ok(_), Some(told)) => return Ok(Some(Became::Done(told))),
            // Done before under this number, or something else was.
            (Ok(_) | Err(SubmitError::Conflict { .. } | SubmitError::Barred { .. }), None) if number < NUMBERS => {
                self.send(at, act, number + 1, 1);
            }
            (Err(SubmitError::Busy), _) => {
                std::thread::sleep(Duration::from_millis(1));
                self.send(at, act, number, attempt);
            }
            (Err(SubmitError::Away(_) | SubmitError::Unsure(_)), _) if attempt < ATTEMPTS => {
                std::thread::sleep(Duration::from_millis(100));
                self.send(at, act, number, attempt + 1);
            }
            (Err(SubmitError::NotRecorded(why)), _) => return Ok(Some(Became::Failed(why))),
            (Err(SubmitError::Panicked), _) => return Ok(Some(Became::Failed("程序缺陷".to_owned()))),
            (Err(fault), _) => return Err(Stopped::Store(fault)),
            (Ok(_), None) => return Ok(Some(Became::Failed("同一事项的编号已用尽".to_owned()))),
        }
        Ok(None)
    }
}
