//! An engine that keeps nothing: for trying out, and for knowing what keeping costs. What was answered is
//! gone with the process.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use gongji_ledger::Periods;

use crate::body::Row;
use crate::chain::Verified;
use crate::days::Days;
use crate::engine::{Batch, Engine, Fault, Found, News, Start, Wanted};
use crate::event::{GENESIS, Key};
use crate::people::{Kept, People};
use crate::sealing::{Sealed, Sealer};

/// Rows by number, and where to find them.
#[derive(Default)]
pub(crate) struct Memory {
    rows: Vec<Row>,
    messages: Arc<Messages>,
    visits: HashMap<u64, Vec<u64>>,
}

/// The events of messages.
#[derive(Default)]
struct Messages(RwLock<HashMap<Key, u64>>);

impl Messages {
    fn number(&self, key: &Key) -> Option<u64> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(key).copied()
    }
}

impl News for Messages {
    fn is_new(&self, message: &Key) -> bool {
        self.number(message).is_none()
    }
}

impl Memory {
    /// With nothing in it.
    pub(crate) fn open() -> (Self, Start) {
        let start = Start {
            head: Verified { events: 0, head: GENESIS },
            days: Days::default(),
            people: People::default(),
            periods: Periods::default(),
            dictionaries: Vec::new(),
        };
        (Self::default(), start)
    }

    fn row(&self, number: u64) -> Option<Row> {
        let at = usize::try_from(number.checked_sub(1)?).ok()?;
        self.rows.get(at).cloned()
    }
}

impl Engine for Memory {
    fn begin(&mut self, _: &[(&str, Option<u64>)]) -> Result<(Vec<(usize, Kept)>, Option<Periods>), Fault> {
        Ok((Vec::new(), None))
    }

    fn fetch(&mut self, wanted: &Wanted<'_>) -> Result<Found, Fault> {
        let earlier = wanted.keys.iter().map(|key| self.messages.number(key).and_then(|number| self.row(number)));
        let visit = |(person, visit): &(&str, u64)| {
            let numbers = self.visits.get(visit).into_iter().flatten();
            numbers.filter_map(|number| self.row(*number)).filter(|row| row.person == *person).collect()
        };
        let visits = wanted.visits.iter().map(visit).collect();
        Ok(Found { earlier: earlier.collect(), visits, dictionaries: Vec::new() })
    }

    fn commit(&mut self, batch: &Batch<'_>, sealer: &mut Sealer, _: &People) -> Result<Sealed, Fault> {
        for row in sealer.all()? {
            if row.visit > 0 {
                self.visits.entry(row.visit).or_default().push(row.number);
            }
            self.rows.push(row);
        }
        let mut messages = self.messages.0.write().unwrap_or_else(PoisonError::into_inner);
        messages.extend(batch.messages.iter().map(|message| (Key::clone(&message.key), message.number)));
        Ok(sealer.finish())
    }

    fn abandon(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    fn reopen(&mut self) -> Result<Start, Fault> {
        // Nothing here ever fails, so nobody asks.
        Err(Fault::Lost("nothing was kept".to_owned()))
    }

    fn news(&self) -> Option<Arc<dyn News>> {
        Some(Arc::clone(&self.messages) as Arc<dyn News>)
    }

    fn is_shared(&self) -> bool {
        false
    }
}
