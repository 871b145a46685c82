//! Folding the journal onto a state. On the way it gives the events their derived rows (postings, day
//! heads) where they have none yet: those of an earlier schema, and all of them after a rebuild.

use gongji_ledger::{Books, Transaction};
use rusqlite::Connection;

use crate::days::{self, Days};
use crate::event::Event;
use crate::journal::{self, ChainFault, Verified, WalkError};
use crate::posting;

/// What the service knows, folded from the events.
pub trait State: Send + 'static {
    /// What an event says, read once.
    type Meaning;

    /// Reads what an event says and what it moves in the accounts; changes nothing. Must depend on the
    /// event's content and the state alone, so that a rebuild gives the same. The event may not be sealed
    /// yet.
    ///
    /// # Errors
    /// Says in words why the event does not fit; it is not kept then.
    fn read(&self, event: &Event) -> Result<(Self::Meaning, Option<Transaction>), String>;

    /// Takes in an event that was read.
    ///
    /// # Errors
    /// Says in words why the event does not fit; that is a defect of the program or of the
    /// file, never of a caller.
    fn apply(&mut self, event: &Event, meaning: Self::Meaning, moved: Option<Transaction>) -> Result<(), String>;

    /// Whether what the state says of accounts is what the books say that were made from the postings.
    ///
    /// # Errors
    /// Says in words where they differ.
    fn agrees(&self, books: &Books) -> Result<(), String> {
        let _ = books;
        Ok(())
    }
}

/// A state with where the journal stands.
pub(crate) struct Folded<S> {
    pub state: S,
    pub head: Verified,
    pub days: Days,
}

/// Folds the whole journal into a fresh state; rows that are missing are all appended or none.
pub(crate) fn fold<S: State>(connection: &Connection, make: &dyn Fn() -> S) -> Result<Folded<S>, WalkError> {
    let all = connection.unchecked_transaction()?;
    let folded = fold_within(&all, make)?;
    all.commit()?;
    Ok(folded)
}

/// As [`fold`], in a transaction that is open already.
pub(crate) fn fold_within<S: State>(connection: &Connection, make: &dyn Fn() -> S) -> Result<Folded<S>, WalkError> {
    let kept = days::last(connection)?;
    let through = kept.as_ref().map_or(0, |day| day.first + day.head.size - 1);
    let (mut state, mut days) = (make(), Days::default());
    let head = journal::walk(connection, |event| {
        let (meaning, moved) = meaning(&state, event)?;
        let ended = days.push(event);
        if event.seq > through {
            ended.iter().try_for_each(|day| days::keep(connection, day))?;
            moved.iter().try_for_each(|moved| posting::append(connection, event, moved))?;
        }
        state.apply(event, meaning, moved).map_err(|reason| WalkError::Visit { seq: event.seq, reason })
    })?;
    if head.events > through {
        days.now().iter().try_for_each(|day| days::keep(connection, day))?;
    } else if through > head.events {
        return Err(ChainFault::Head(through).into());
    } else if days.now() != kept {
        return Err(ChainFault::Day(kept.map_or_else(String::new, |day| day.day)).into());
    }
    Ok(Folded { state, head, days })
}

/// What a kept event says; what it moves must be what was sealed.
pub(crate) fn meaning<S: State>(state: &S, event: &Event) -> Result<(S::Meaning, Option<Transaction>), WalkError> {
    let refused = |reason| WalkError::Visit { seq: event.seq, reason };
    let (meaning, moved) = state.read(event).map_err(refused)?;
    if event.version != 1 && moved.as_ref().map(posting::digest) != event.postings {
        return Err(refused("字段 postings：封存的分录与事件所说的不符".to_owned()));
    }
    Ok((meaning, moved))
}
