//! What happened to a member outside of visits (登记与账户业务的历史): every event with who told it, when and why, the last one
//! first. Each event names the one before, so nothing is searched.

use gongji_store::{Place, Reader};

use crate::his::archive::{Moment as Kept, read};
use crate::his::book::{Change, Told};
use crate::his::errors::Fault;
use crate::his::moves::previous;

/// One event outside of visits.
pub(crate) struct Happened {
    /// Its number in the journal.
    pub event: u64,
    /// When it was recorded.
    pub recorded: String,
    pub told: Told,
    pub what: Change,
}

/// The events of a member from the last one back, until `enough` were seen.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn events(kept: &Kept, person: &str, last: Option<u64>, enough: usize) -> Result<Vec<Happened>, Fault> {
    let (mut happened, mut next) = (Vec::new(), last);
    while let Some(number) = next.filter(|_| happened.len() < enough) {
        let Some(event) = kept.event(number)? else { break };
        let change = read(&event)?;
        next = previous(&change, &event, person);
        let told = told(&change);
        happened.push(Happened { event: number, recorded: event.recorded.into(), told, what: change });
    }
    Ok(happened)
}

fn told(change: &Change) -> Told {
    match change {
        Change::Recorded(recorded) => recorded.told.clone(),
        Change::Entered(entry) => entry.told.clone(),
        _ => Told::default(),
    }
}

/// One moment of a store, for reading beside whoever writes.
///
/// # Errors
/// When it cannot be opened.
pub(crate) fn moment(place: &Place) -> Result<Kept, gongji_store::OpenError> {
    Reader::open(place).map(Kept::of)
}
