//! What is committed and at hand of persons, visits and periods. The worker takes what its batches need from
//! here, and whoever only asks is answered from here, on a thread of their own, without waiting for it.
//!
//! Persons and periods change here when their batch is on disk and before anybody is answered. A visit that a
//! batch names is lent to it and comes back as the batch left it, with the persons, under one lock. So what is
//! found together was true together at one moment, and nothing that is not committed is ever seen. What is lent
//! or not at hand is the worker's to answer, and so is everything where other nodes write too.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use gongji_ledger::Periods;

use crate::engine::News;
use crate::event::Key;
use crate::people::{Kept, People};
use crate::visits::Visits;

/// What is at hand, behind a lock that only the worker takes for writing, and only for a moment.
pub(crate) struct Hand<V> {
    held: RwLock<Held<V>>,
    /// Which messages are new; none where nobody may be answered from here.
    news: Option<Arc<dyn News>>,
}

/// What lies behind the lock.
pub(crate) struct Held<V> {
    pub people: People,
    pub visits: Visits<Arc<V>>,
    pub periods: Arc<Periods>,
    /// Whether there still is a worker that keeps it current.
    pub open: bool,
}

/// Persons, a visit and the periods of one moment.
pub(crate) struct Glimpse<V> {
    /// In the order asked for; nothing of whom nothing was ever kept.
    pub persons: Vec<Option<Kept>>,
    pub visit: Option<Arc<V>>,
    pub periods: Arc<Periods>,
}

impl<V> Hand<V> {
    pub(crate) fn new(people: People, periods: Periods, news: Option<Arc<dyn News>>) -> Self {
        let held = Held { people, visits: Visits::default(), periods: Arc::new(periods), open: true };
        Self { held: RwLock::new(held), news }
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Held<V>> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The worker's alone.
    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, Held<V>> {
        self.held.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a message that asks may see; nothing if the worker must be asked.
    pub(crate) fn glance(&self, message: &Key, persons: &[String], visit: Option<u64>) -> Option<Glimpse<V>> {
        let news = self.news.as_ref()?;
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let visit = match persons.first().zip(visit) {
            Some((member, number)) => held.visits.asked(member, number)?.cloned(),
            None => None,
        };
        let persons = persons.iter().map(|name| held.people.get(name)).collect();
        let glimpse = Glimpse { persons, visit, periods: Arc::clone(&held.periods) };
        // After the persons: a message is known as kept before its event is at hand, so that of no event that is
        // seen here the number is taken for new.
        (held.open && news.is_new(message)).then_some(glimpse)
    }
}
