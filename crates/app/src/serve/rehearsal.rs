//! The service without a socket: the demo's data, a clock that stands still, messages in and out.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use anyhow::anyhow;
use jiff::civil::{DateTime, date};

use super::clock::Clock;
use super::demo;
use crate::his::{Policies, Service, json};

/// The settlement service with the demo's data, for whoever drives it in process. It is always
/// the morning of the first of March 2026, so the same messages make the same numbers.
pub struct Rehearsal(Arc<Service>);

struct Still;

impl Clock for Still {
    fn now(&self) -> DateTime {
        date(2026, 3, 1).at(8, 0, 0, 0)
    }
}

impl Rehearsal {
    /// On the store at `store`, which is made if it is not there.
    ///
    /// # Errors
    /// When the packages, the demo's data or the store cannot be used.
    pub fn open(store: &Path) -> anyhow::Result<Self> {
        Self::at(&gongji_store::Place::file(store))
    }

    /// As [`Rehearsal::open`], keeping nothing.
    ///
    /// # Errors
    /// As there.
    pub fn in_memory() -> anyhow::Result<Self> {
        Self::at(&gongji_store::Place::Memory)
    }

    fn at(place: &gongji_store::Place) -> anyhow::Result<Self> {
        let policies = Policies::load(&crate::shipped()).map_err(|fault| anyhow!(fault))?;
        Ok(Self(Arc::new(Service::open(place, demo::directory()?, Arc::new(policies), Arc::new(Still))?)))
    }

    /// The routes of the service, to be served beside others.
    pub fn router(&self) -> axum::Router {
        super::http::router(Arc::clone(&self.0))
    }

    /// The reply to the body of one message; waits until it is on disk.
    ///
    /// # Panics
    /// If the service ends without a reply: a defect.
    #[must_use]
    pub fn answer(&self, body: &[u8]) -> Vec<u8> {
        let (sender, receiver) = sync_channel(1);
        self.0.answer(body, None, move |reply| {
            // The receiver waits below.
            let _ = sender.send(reply);
        });
        receiver.recv().expect("every message gets a reply")
    }
}

/// A text as JSON in its canonical form, twice: as it was read, and as that was read again. Nothing if the
/// interface does not accept it. For fuzzing: the two must be the same.
#[must_use]
pub fn written_twice(body: &[u8]) -> Option<(String, String)> {
    let once = json::read(body).ok()?.canonical();
    let again = json::read(once.as_bytes()).map_or_else(|fault| fault.to_string(), |read| read.canonical());
    Some((once, again))
}
