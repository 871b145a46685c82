//! What was read of the journal, day by day and by area, so that a list is read once and not at every page. A day that is
//! over stays as it is; of the day that goes on only what came since is read. Bounded: the days that nobody asked for
//! longest go first. Knows no person and no question but the days.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gongji_domain::Day;
use gongji_store::Event;

use super::{Cancelled, Listed, One};
use crate::his::archive::{Moment, read};
use crate::his::book::Change;
use crate::his::errors::{Code, Fault};

/// The most settlements that one question reads, and that stay at hand.
const MOST: usize = 500_000;

/// One area's settlements and cancellations on one day of the journal.
#[derive(Clone, Debug, Default)]
struct Read {
    /// Number of the last event that was read.
    through: u64,
    settled: Vec<Listed>,
    /// What took back which settlement.
    cancelled: Vec<(Box<str>, Cancelled)>,
}

/// A day that is kept.
struct Held {
    day: Arc<Read>,
    /// The question that last asked for it.
    asked: u64,
}

/// The days that are kept: by area, and by the number of the day's first event.
#[derive(Default)]
struct Days {
    held: HashMap<(Box<str>, u64), Held>,
    questions: u64,
}

/// What was read of the journal.
pub(crate) struct Listings {
    days: Mutex<Days>,
    most: usize,
}

/// What an area settled on some days, of one moment.
pub(crate) struct Between {
    days: Vec<Arc<Read>>,
    /// What took back which settlement, on these days and later.
    cancelled: HashMap<Box<str>, Cancelled>,
}

impl Default for Listings {
    fn default() -> Self {
        Self { days: Mutex::default(), most: MOST }
    }
}

impl Listings {
    /// The settlements of an area's members that the journal has on these days.
    ///
    /// # Errors
    /// When the store cannot be read, or there are too many.
    pub(crate) fn of_area(&self, kept: &Moment, area: &str, (from, to): (Day, Day)) -> Result<Between, Fault> {
        let (from, to) = (from.to_string(), to.to_string());
        let mut between = Between { days: Vec::new(), cancelled: HashMap::new() };
        let (mut many, question) = (0, self.begin());
        for of in kept.days()?.into_iter().filter(|of| of.day >= from) {
            let day = self.day(kept, (area, of.first), of.first + of.head.size - 1, question)?;
            between.cancelled.extend(day.cancelled.iter().cloned());
            if of.day > to {
                continue;
            }
            many += day.settled.len();
            if many > self.most {
                let fault = Fault::at(Code::InvalidValue, "from").given(format!("{from} 至 {to}"));
                return Err(fault.allowed(format!("至多 {} 笔结算的日期范围，请缩短", self.most)));
            }
            between.days.push(day);
        }
        self.forget();
        Ok(between)
    }

    /// A day of the journal up to an event.
    fn day(&self, kept: &Moment, (area, first): (&str, u64), last: u64, question: u64) -> Result<Arc<Read>, Fault> {
        let key = (Box::from(area), first);
        let held = self.lock().held.get_mut(&key).map(|held| {
            held.asked = question;
            Arc::clone(&held.day)
        });
        match held {
            Some(day) if day.through == last => return Ok(day),
            // Somebody read on meanwhile: this moment is older, and what came after it is not to be seen.
            Some(day) if day.through > last => return Read::default().on(kept, (area, first), last).map(Arc::new),
            _ => {}
        }
        let day = held.map_or_else(Read::default, |day| Read::clone(&day)).on(kept, (area, first), last)?;
        let day = Arc::new(day);
        self.lock().held.insert(key, Held { day: Arc::clone(&day), asked: question });
        Ok(day)
    }

    fn begin(&self) -> u64 {
        let mut days = self.lock();
        days.questions += 1;
        days.questions
    }

    /// Lets the days go that nobody asked for longest, until what is left is not too much.
    fn forget(&self) {
        let mut days = self.lock();
        let mut many: usize = days.held.values().map(|held| held.day.settled.len()).sum();
        if many <= self.most {
            return;
        }
        let mut oldest: Vec<(u64, (Box<str>, u64))> =
            days.held.iter().map(|(key, held)| (held.asked, key.clone())).collect();
        oldest.sort_unstable();
        for (_, key) in oldest {
            if many <= self.most {
                break;
            }
            many -= days.held.remove(&key).map_or(0, |held| held.day.settled.len());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Days> {
        self.days.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn holding(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    /// How many days are kept.
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.lock().held.len()
    }
}

impl Read {
    /// The same, with what came since up to an event.
    fn on(mut self, kept: &Moment, (area, first): (&str, u64), last: u64) -> Result<Self, Fault> {
        let mut fault = None;
        kept.numbered(first.max(self.through + 1), last, |event| {
            if event.area == area && fault.is_none() {
                fault = self.take(&event).err();
            }
        })?;
        fault.map_or(Ok(()), Err)?;
        self.through = last;
        Ok(self)
    }

    /// By the word of the journal first, so that what the many others changed need not be read.
    fn take(&mut self, event: &Event) -> Result<(), Fault> {
        if !matches!(event.kind.as_str(), "settled" | "purchased" | "cancelled" | "reversed") {
            return Ok(());
        }
        match read(event)? {
            Change::Settled { setl_id, settlement } => self.settled.push(Listed::of(event, &setl_id, &settlement)?),
            Change::Purchased { setl_id, purchase } => {
                self.settled.push(Listed::of(event, &setl_id, &purchase.settlement)?);
            }
            Change::Cancelled { setl_id, cancels, .. } => {
                self.cancelled.push((cancels.into(), Cancelled::by(event, &setl_id)?));
            }
            _ => {}
        }
        Ok(())
    }
}

impl Between {
    /// Every settlement with what took it back, in no particular order.
    pub(crate) fn all(&self) -> impl Iterator<Item = One<'_>> {
        self.days
            .iter()
            .flat_map(|day| &day.settled)
            .map(|listed| One { listed, cancelled: self.cancelled.get(&listed.number) })
    }
}
