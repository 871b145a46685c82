//! The one thread that decides and writes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};

use gongji_ledger::Transaction;
use rusqlite::Connection;

use crate::days;
use crate::event::{Digest, Draft, Event, Request};
use crate::fold::{Folded, State, fold};
use crate::journal::{self, Earlier, Verified};
use crate::posting;
use crate::trouble::Trouble;

/// Most requests that share one commit.
pub const BATCH: usize = 256;

/// Most requests that wait; the next one is told that the store is busy.
pub const QUEUE: usize = 4096;

/// What a deciding function decided.
#[derive(Debug)]
pub enum Outcome {
    /// Something happened: keep it, then answer with the draft's reply.
    Record(Draft),
    /// Nothing happened: answer these bytes, keep nothing.
    Answer(Vec<u8>),
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The bytes to send.
    pub body: Vec<u8>,
    /// Is it the stored answer to a message that was sent before?
    pub replayed: bool,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubmitError {
    /// The message number was used before for something else. Carries what was asked then,
    /// for the same institution, so that the caller can say what differs.
    #[error("answer the message: its number was used before for something else")]
    Conflict {
        /// Transaction number of the earlier message.
        infno: String,
        /// Canonical input of the earlier message.
        input: String,
    },
    /// Too many requests wait already; nothing was done.
    #[error("take the request: too many are waiting")]
    Busy,
    /// The event could not be written; nothing was kept.
    #[error("record the event: {0}")]
    NotRecorded(String),
    /// The deciding function panicked; nothing was kept.
    #[error("decide the request: a defect of the program")]
    Panicked,
    /// The store can no longer be read or was closed.
    #[error("use the store: it is closed")]
    Closed,
}

impl Earlier {
    /// The answer to a message with this digest under the same key.
    fn answer(self, digest: &Digest) -> Result<Reply, SubmitError> {
        if self.digest == *digest {
            Ok(Reply { body: self.reply, replayed: true })
        } else {
            Err(SubmitError::Conflict { infno: self.infno, input: self.input })
        }
    }
}

pub(crate) type Decide<S> = Box<dyn FnOnce(&S, u64) -> Outcome + Send>;
pub(crate) type Done = Box<dyn FnOnce(Result<Reply, SubmitError>) + Send>;

pub(crate) struct Job<S> {
    pub request: Request,
    pub decide: Decide<S>,
    pub done: Done,
}

pub(crate) struct Writer<S> {
    pub connection: Connection,
    pub folded: Folded<S>,
    pub make: Box<dyn Fn() -> S + Send>,
    pub committed: Arc<Mutex<Verified>>,
}

/// A failure that ends the whole batch.
struct BatchFault(String);

impl From<rusqlite::Error> for BatchFault {
    fn from(error: rusqlite::Error) -> Self {
        Self(Trouble::from(error).to_string())
    }
}

impl<S: State> Writer<S> {
    /// Serves until every sender is gone.
    pub(crate) fn run(mut self, jobs: &Receiver<Job<S>>) {
        while let Ok(first) = jobs.recv() {
            let batch: Vec<_> = std::iter::once(first).chain(jobs.try_iter().take(BATCH - 1)).collect();
            if !self.serve(batch) {
                // The file can't be read back: say so to whoever still asks, and end.
                for job in jobs.iter() {
                    (job.done)(Err(SubmitError::Closed));
                }
                return;
            }
        }
    }

    /// Decides, commits and answers one batch. False: the store is unusable from now on.
    fn serve(&mut self, batch: Vec<Job<S>>) -> bool {
        let mut waiting = Vec::with_capacity(batch.len());
        let mut fault = None;
        for job in batch {
            let Job { request, decide, done } = job;
            let (key, digest) = (request.key.clone(), request.digest());
            let answer = match &fault {
                Some(BatchFault(why)) => Err(SubmitError::NotRecorded(why.clone())),
                None => match self.one(request, decide) {
                    Ok(answer) => answer,
                    Err(broken) => {
                        let why = broken.0.clone();
                        fault = Some(broken);
                        Err(SubmitError::NotRecorded(why))
                    }
                },
            };
            waiting.push((key, digest, answer, done));
        }
        if fault.is_none() {
            fault = self.commit().err();
        }
        let usable = match fault {
            None => {
                *self.committed.lock().unwrap_or_else(PoisonError::into_inner) = self.folded.head;
                true
            }
            Some(BatchFault(why)) => {
                tracing::error!(why, "a batch was not committed; rebuilding the state");
                let usable = self.rebuild();
                for (key, digest, answer, _) in &mut waiting {
                    // What the file says counts, not what was meant to be written.
                    *answer = match journal::find(&self.connection, key) {
                        Ok(Some(earlier)) if usable => earlier.answer(digest),
                        _ => Err(SubmitError::NotRecorded(why.clone())),
                    };
                }
                usable
            }
        };
        for (_, _, answer, done) in waiting {
            done(answer);
        }
        usable
    }

    /// Answers one request inside the open batch.
    fn one(&mut self, request: Request, decide: Decide<S>) -> Result<Result<Reply, SubmitError>, BatchFault> {
        if let Some(earlier) = journal::find(&self.connection, &request.key)? {
            return Ok(earlier.answer(&request.digest()));
        }
        let Folded { state, head, .. } = &self.folded;
        let seq = head.events + 1;
        // The state is only lent for reading, so a panic leaves it as it was.
        let Ok(outcome) = catch_unwind(AssertUnwindSafe(|| decide(state, seq))) else {
            return Ok(Err(SubmitError::Panicked));
        };
        let draft = match outcome {
            Outcome::Answer(body) => return Ok(Ok(Reply { body, replayed: false })),
            Outcome::Record(draft) => draft,
        };
        let mut event = Event::draft(seq, head.head, request, draft);
        let Ok(read) = catch_unwind(AssertUnwindSafe(|| state.read(&event))) else {
            return Ok(Err(SubmitError::Panicked));
        };
        match read {
            Ok((meaning, moved)) => {
                event.seal(moved.as_ref().map(posting::digest));
                self.keep(&event, meaning, moved)?;
                Ok(Ok(Reply { body: event.reply, replayed: false }))
            }
            Err(reason) => Ok(Err(SubmitError::NotRecorded(reason))),
        }
    }

    /// Appends a sealed event with what it moves, and takes it in.
    fn keep(&mut self, event: &Event, meaning: S::Meaning, moved: Option<Transaction>) -> Result<(), BatchFault> {
        if self.connection.is_autocommit() {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
        }
        journal::append(&self.connection, event)?;
        if let Some(moved) = &moved {
            posting::append(&self.connection, event, moved)?;
        }
        if let Some(ended) = self.folded.days.push(event) {
            days::keep(&self.connection, &ended)?;
        }
        let state = &mut self.folded.state;
        match catch_unwind(AssertUnwindSafe(|| state.apply(event, meaning, moved))) {
            Ok(Ok(())) => {}
            Ok(Err(reason)) => return Err(BatchFault(reason)),
            Err(_) => return Err(BatchFault("taking an event in panicked".to_owned())),
        }
        self.folded.head = Verified { events: event.seq, head: event.hash };
        Ok(())
    }

    fn commit(&mut self) -> Result<(), BatchFault> {
        if !self.connection.is_autocommit() {
            if let Some(day) = self.folded.days.now() {
                days::keep(&self.connection, &day)?;
            }
            self.connection.execute_batch("COMMIT")?;
        }
        Ok(())
    }

    /// Throws the state away and folds it anew from what is on disk.
    fn rebuild(&mut self) -> bool {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a batch could not be rolled back");
            return false;
        }
        match fold(&self.connection, &self.make) {
            Ok(folded) => {
                *self.committed.lock().unwrap_or_else(PoisonError::into_inner) = folded.head;
                self.folded = folded;
                true
            }
            Err(error) => {
                tracing::error!(?error, "the state could not be rebuilt");
                false
            }
        }
    }
}
