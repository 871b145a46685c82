//! Putting derived rows of the embedded engine anew: messages, persons, days, periods.

use rusqlite::{Connection, Transaction};

use crate::engine::{Derived, Message, Replayed};
use crate::posting::Line;
use crate::sqlite::rows;
use crate::sqlite::turns::CHUNK;
use crate::trouble::Trouble;

/// What is put anew, all or nothing of it.
pub(crate) struct Anew<'a>(Transaction<'a>);

impl<'a> Anew<'a> {
    /// Takes everything that is derived away.
    pub(crate) fn begin(connection: &'a Connection) -> Result<Self, Trouble> {
        let all = connection.unchecked_transaction()?;
        all.execute_batch(
            "DELETE FROM message; DELETE FROM people; DELETE FROM day_head; DELETE FROM period; DELETE FROM edition;",
        )?;
        Ok(Self(all))
    }
}

impl Derived for Anew<'_> {
    fn add(&mut self, _: &[Line], messages: &[Message<'_>]) -> Result<(), Trouble> {
        rows::add_messages(&self.0, messages)
    }

    fn finish(self: Box<Self>, replayed: &Replayed) -> Result<(), Trouble> {
        let through = replayed.heads.first().map_or(0, |head| head.events);
        for chunk in 0..replayed.people.len().div_ceil(CHUNK) {
            rows::keep_chunk(&self.0, chunk, through, through, &replayed.people)?;
        }
        replayed.days.iter().try_for_each(|day| rows::keep_day(&self.0, day))?;
        rows::keep_periods(&self.0, &replayed.periods)?;
        self.0.execute("INSERT INTO edition (edition) VALUES (?1)", [&replayed.edition])?;
        Ok(self.0.commit()?)
    }
}
