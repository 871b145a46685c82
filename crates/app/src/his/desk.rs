//! What an officer does at the counter (经办), on its way into the store: looks at a person, and hands over an act that
//! becomes one event. An act is named, so that doing it again is the same act and gets the same answer.
//! Knows no rule by which anything is decided.

use std::sync::{Arc, Mutex, PoisonError};

use gongji_store::{Draft, Key, Known, Outcome, Request, Store, SubmitError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::book::{Book, Change, View};
use super::errors::{Code, Fault};
use super::member::record_name;
use super::moment::Moment;
use super::opening::NOBODY;

/// The counter: a store, the time, and who sits there.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub store: &'a Store<Book>,
    pub now: Moment,
    /// 经办人
    pub by: &'a str,
}

/// An act, before it is decided.
pub(crate) struct Act {
    /// Whose account or record it is about, by 人员编号.
    pub person: String,
    /// Further entries of the store that it looks at or changes.
    pub also: Vec<String>,
    /// What names the act: equal for the same act, and for no other.
    pub named: String,
    /// What is asked, so that the same name is not used for something else.
    pub asked: String,
    /// One word for the journal.
    pub kind: &'static str,
}

/// What an act comes to.
pub(crate) struct Decided<T> {
    pub area: String,
    /// Of the further entries those that it changes.
    pub with: Vec<String>,
    pub change: Change,
    pub answer: T,
}

/// An act that was done.
#[derive(Debug)]
pub(crate) struct Done<T> {
    pub answer: T,
    /// It had been done before.
    pub again: bool,
}

impl Desk<'_> {
    /// Looks at persons as the last act left them.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) fn look<T: Send + 'static>(
        &self,
        persons: Vec<String>,
        see: impl Fn(View<'_>) -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let request = Request { persons, ..request("?", String::new()) };
        let seen = Arc::new(Mutex::new(None));
        let into = Arc::clone(&seen);
        let decide = move |known: &Known<'_, Book>, _: u64| {
            *into.lock().unwrap_or_else(PoisonError::into_inner) = Some(see(View(known)));
            Outcome::Answer(Vec::new())
        };
        self.store.call(request, decide).map_err(|error| refused(&error))?;
        let seen = seen.lock().unwrap_or_else(PoisonError::into_inner).take();
        seen.ok_or_else(|| Fault::new(Code::InternalError))
    }

    /// Does an act. `decide` sees what is known then and the number of the event, and may be asked more than once.
    ///
    /// # Errors
    /// Why it was not done; nothing is kept then.
    pub(crate) fn act<T: Serialize + DeserializeOwned>(
        &self,
        act: Act,
        decide: impl Fn(View<'_>, u64) -> Result<Decided<T>, Fault> + Send + 'static,
    ) -> Result<Done<T>, Fault> {
        let Act { person, also, named, asked, kind } = act;
        let mut persons = vec![person.clone(), record_name(&person)];
        persons.extend(also);
        let request = Request { input: asked, recorded: self.now.to_string(), persons, ..request(NOBODY, named) };
        let fault = Arc::new(Mutex::new(None));
        let into = Arc::clone(&fault);
        let decide = move |known: &Known<'_, Book>, seq: u64| match decide(View(known), seq) {
            Ok(Decided { area, with, change, answer }) => {
                let effects = serde_json::to_string(&change).expect("a change can always be written");
                let reply = serde_json::to_vec(&answer).expect("an answer can always be written");
                let policy = String::new();
                Outcome::Record(
                    Draft {
                        kind,
                        area,
                        psn_no: person.clone(),
                        with,
                        visit: None,
                        reply: reply.into(),
                        effects,
                        policy,
                    },
                    None,
                )
            }
            Err(fault) => {
                *into.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
                Outcome::Answer(Vec::new())
            }
        };
        let reply = self.store.call(request, decide).map_err(|error| refused(&error))?;
        if reply.body.is_empty() {
            let fault = fault.lock().unwrap_or_else(PoisonError::into_inner).take();
            return Err(fault.unwrap_or_else(|| Fault::new(Code::InternalError)));
        }
        let answer = serde_json::from_slice(&reply.body).map_err(|error| {
            tracing::error!(%error, "an answer that was kept cannot be read");
            Fault::new(Code::InternalError)
        })?;
        Ok(Done { answer, again: reply.replayed })
    }
}

fn request(institution: &str, msgid: String) -> Request {
    Request {
        key: Key { institution: institution.to_owned(), msgid },
        infno: String::new(),
        input: String::new(),
        recorded: String::new(),
        persons: Vec::new(),
        visit: None,
        refers: None,
    }
}

fn refused(error: &SubmitError) -> Fault {
    tracing::warn!(%error, "an act at the counter was not done");
    match error {
        SubmitError::Conflict { .. } => {
            Fault::at(Code::MessageReused, "request").allowed("与首次相同的内容，或换新的编号")
        }
        SubmitError::Barred { .. } => Fault::new(Code::ReversedBefore),
        SubmitError::Busy => Fault::new(Code::Busy),
        SubmitError::Unsure(_) => Fault::new(Code::NotConfirmed),
        SubmitError::Away(_) => Fault::new(Code::DatabaseAway),
        SubmitError::Panicked => Fault::new(Code::InternalError),
        SubmitError::NotRecorded(why) => Fault::new(Code::NotRecorded).given(why),
        _ => Fault::new(Code::NotRecorded),
    }
}
