//! A message on its way to the service and its answer on the way back (报文收发), whoever hands it over: noted in the call log
//! with its fate, and with trouble where a sandbox was asked for some. Knows no socket.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::HeaderMap;
use tokio::sync::oneshot;

use super::sandbox::trouble::{self, Trouble, Troubles};
use crate::calls::write::{Arrived, Calls};
use crate::his::errors::{Code, Fault};
use crate::his::{Answer, Service};

/// The service and what stands between it and whoever sends messages.
pub(crate) struct Line {
    pub service: Arc<Service>,
    /// Where every message is noted with its fate.
    pub calls: Option<Calls>,
    /// The trouble that vendors may ask for; in the sandbox only.
    pub troubles: Option<Troubles>,
}

/// A message as it came.
#[derive(Default)]
pub(crate) struct Message {
    /// The number that the address said, if it did.
    pub infno: Option<String>,
    pub body: Bytes,
    /// What came beside it (9101).
    pub file: Option<Bytes>,
    /// Why it could not be read, if so.
    pub unread: Option<Fault>,
}

/// What goes back over the line.
pub(crate) struct Answered {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Line {
    /// A line with nothing around the service.
    pub(crate) const fn bare(service: Arc<Service>) -> Self {
        Self { service, calls: None, troubles: None }
    }

    /// Notes when a message comes.
    pub(crate) fn arrived(&self) -> Option<Arrived> {
        self.calls.as_ref().map(Calls::arrived)
    }

    /// Has a message answered. Nothing comes back where the line breaks.
    ///
    /// # Errors
    /// When its header asks for trouble that there is not.
    pub(crate) async fn exchange(
        &self,
        arrived: Option<Arrived>,
        headers: &HeaderMap,
        message: Message,
    ) -> Result<Option<Answered>, String> {
        let body = message.body.clone();
        let header = || named(headers)(trouble::HEADER);
        let trouble = self.troubles.as_ref().map(|troubles| troubles.of(header(), &body)).transpose()?.flatten();
        let answered = self.settled(trouble, headers, message).await;
        if let (Some(calls), Some(arrived)) = (&self.calls, arrived) {
            let trouble = trouble.map(|trouble| trouble.to_string()).unwrap_or_default();
            calls.log(arrived, body.clone(), answered.body.clone(), answered.status, trouble);
        }
        let Some(trouble) = trouble else { return Ok(Some(answered)) };
        if let Some(delay) = trouble.delay() {
            tokio::time::sleep(delay).await;
        }
        Ok(match trouble {
            Trouble::DropReply | Trouble::DropRequest => None,
            Trouble::Away => Some(self.refused(&body, Code::DatabaseAway)),
            Trouble::Delay(_) | Trouble::Busy => Some(answered),
        })
    }

    /// What becomes of a message, unless trouble keeps it from the service.
    async fn settled(&self, trouble: Option<Trouble>, headers: &HeaderMap, message: Message) -> Answered {
        let Message { infno, body, file, unread } = message;
        if let Some(fault) = unread {
            return Answered { status: 200, body: self.service.refuse_unread(&fault) };
        }
        match trouble {
            Some(Trouble::Busy) => return self.refused(&body, Code::Busy),
            Some(Trouble::DropRequest) => return Answered { status: 200, body: Vec::new() },
            _ => {}
        }
        let (sender, receiver) = oneshot::channel();
        self.service.receive(&body, file, infno.as_deref(), &named(headers), move |answer| {
            // A caller that went away asks again under the same number.
            let _ = sender.send(answer);
        });
        match receiver.await {
            Ok(Answer::Reply(body)) => Answered { status: 200, body },
            Ok(Answer::Gateway(status, body)) => Answered { status, body: body.into_bytes() },
            Err(_) => Answered { status: 200, body: self.service.refuse_unread(&Fault::new(Code::NotConfirmed)) },
        }
    }

    fn refused(&self, body: &Bytes, code: Code) -> Answered {
        Answered { status: 200, body: self.service.refuse_message(body, &Fault::new(code)) }
    }

    /// What became of a message (报文去向), as JSON; nothing while the store does not answer. Asks twice: the fate depends
    /// on a person's visit, and only who is known can be asked for.
    pub(crate) async fn fate(&self, message: gongji_store::Key) -> Option<Vec<u8>> {
        let persons = told(|tell| self.service.person_of(&message, tell)).await?;
        told(|tell| self.service.fate(&message, persons, tell)).await
    }
}

/// What the store tells; nothing if it never does.
async fn told<T: Send + 'static>(ask: impl FnOnce(Box<dyn FnOnce(Option<T>) + Send>)) -> Option<T> {
    let (sender, receiver) = oneshot::channel();
    ask(Box::new(move |answer| {
        // Who asked may have gone away.
        let _ = sender.send(answer);
    }));
    receiver.await.ok().flatten()
}

/// Headers by name, as far as they are text.
pub(crate) fn named<'a>(headers: &'a HeaderMap) -> impl Fn(&str) -> Option<&'a str> + 'a {
    move |name| headers.get(name)?.to_str().ok()
}
