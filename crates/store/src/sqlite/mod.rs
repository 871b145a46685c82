//! The embedded engine: one SQLite file that one process writes. Rows are appended in the order of their
//! numbers; persons are written in turns.

mod anew;
pub(crate) mod backup;
mod part;
mod recent;
pub(crate) mod restore;
pub(crate) mod rows;
pub(crate) mod schema;
mod turns;
mod upgrade;

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;

use gongji_ledger::Periods;
use rusqlite::{Connection, OpenFlags};

use crate::chain::{ChainFault, Verified, WalkError};
use crate::engine::{Batch, Engine, Fault, Found, News, Source as _, Start, Wanted};
use crate::event::{GENESIS, Key};
use crate::people::{Kept, People};
use crate::replay::{self, derive};
use crate::sealing::{Sealed, Sealer};
use crate::state::State;
use crate::store::OpenError;
use crate::trouble::Trouble;
use recent::{Recent, Shared};
use turns::Turns;

/// So many of the last events are checked at opening.
const TAIL: u64 = 1000;

/// A file that this process writes.
pub(crate) struct Sqlite {
    connection: Connection,
    turns: Turns,
    recent: Arc<Shared>,
    head: Verified,
    _lock: Option<File>,
}

impl Sqlite {
    /// Opens the file, makes it if it is not there, and brings it to the newest schema.
    pub(crate) fn open<S: State>(path: &Path, vfs: Option<&str>, state: &S) -> Result<(Self, Start), OpenError> {
        // A simulated disk belongs to this process alone.
        let lock = if vfs.is_none() { Some(lock(path)?) } else { None };
        let connection = writing(path, vfs)?;
        Self::on(connection, lock, state)
    }

    /// The same on a connection that is there.
    pub(crate) fn on<S: State>(
        connection: Connection,
        lock: Option<File>,
        state: &S,
    ) -> Result<(Self, Start), OpenError> {
        upgrade::upgrade(&connection, state)?;
        if connection.edition()? != Some(state.edition()) {
            tracing::info!("persons are folded anew: the store is new, or its rules have changed");
            anew(&connection, state)?;
        }
        tail(&connection)?;
        Self::started(connection, lock)
    }

    /// The connection that writes, for tests that make it fail.
    #[cfg(test)]
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    fn started(connection: Connection, lock: Option<File>) -> Result<(Self, Start), OpenError> {
        let mut engine = Self {
            connection,
            turns: Turns::default(),
            recent: Arc::default(),
            head: Verified { events: 0, head: GENESIS },
            _lock: lock,
        };
        let start = engine.start()?;
        Ok((engine, start))
    }

    /// Where the file stands: persons as their rows say and as later events left them.
    fn start(&mut self) -> Result<Start, WalkError> {
        let recovered = rows::people(&self.connection)?;
        self.turns = Turns::resume(recovered.through, recovered.covered, recovered.people.len(), recovered.floor);
        self.head = rows::head(&self.connection)?;
        self.recent.put(Recent::load(&self.connection)?);
        let days = rows::days_under_way(&self.connection)?;
        if days.last() != self.head.events {
            return Err(ChainFault::Head(days.last()).into());
        }
        Ok(Start {
            head: self.head,
            days,
            people: recovered.people,
            periods: rows::periods(&self.connection)?,
            dictionaries: rows::dictionaries(&self.connection)?,
        })
    }

    fn write(&mut self, batch: &Batch<'_>, sealer: &mut Sealer, people: &People) -> Result<Sealed, Fault> {
        let before = self.head.events;
        let turns = self.turns.take(sealer.decided() as u64, people.len(), before);
        let all = self.connection.unchecked_transaction().map_err(|fault| Fault::Refused(fault.into()))?;
        for turn in turns {
            rows::keep_chunk(&all, turn.chunk, before, turn.floor, people).map_err(Fault::Refused)?;
        }
        rows::add_messages(&all, batch.messages).map_err(Fault::Refused)?;
        while let Some(rows) = sealer.rows()? {
            rows::append(&all, &rows).map_err(Fault::Refused)?;
        }
        let sealed = sealer.finish();
        lead(&all, batch, &sealed).map_err(Fault::Refused)?;
        // The log may have all of it when its last sync, or the padding of its last sector, fails.
        all.commit().map_err(|fault| Fault::Unsure(fault.into()))?;
        Ok(sealed)
    }
}

/// Writes where the events of a batch led.
fn lead(all: &Connection, batch: &Batch<'_>, sealed: &Sealed) -> Result<(), Trouble> {
    sealed.dictionaries.iter().try_for_each(|dictionary| rows::add_dictionary(all, dictionary))?;
    sealed.heads.iter().try_for_each(|day| rows::keep_day(all, day))?;
    batch.periods.as_ref().map_or(Ok(()), |periods| rows::keep_periods(all, periods))
}

impl Engine for Sqlite {
    fn begin(&mut self, _: &[(&str, Option<u64>)]) -> Result<(Vec<(usize, Kept)>, Option<Periods>), Fault> {
        // Nobody else writes: what is at hand is what is kept.
        Ok((Vec::new(), None))
    }

    fn fetch(&mut self, wanted: &Wanted<'_>) -> Result<Found, Fault> {
        let connection = &self.connection;
        let new = self.recent.new_of(&wanted.keys);
        let kept = |(key, new): (&&Key, bool)| if new { Ok(None) } else { rows::answered(connection, key) };
        let earlier = wanted.keys.iter().zip(new).map(kept).collect::<Result<_, _>>();
        let visits = wanted.visits.iter().map(|(person, visit)| rows::visit(connection, person, *visit));
        let visits = visits.collect::<Result<_, _>>().map_err(Fault::Refused)?;
        Ok(Found { earlier: earlier.map_err(Fault::Refused)?, visits, dictionaries: Vec::new() })
    }

    fn commit(&mut self, batch: &Batch<'_>, sealer: &mut Sealer, people: &People) -> Result<Sealed, Fault> {
        let sealed = self.write(batch, sealer, people)?;
        self.head = sealed.head;
        if self.recent.add(batch.messages.iter().map(|message| &*message.key)) {
            // The batch is on disk whatever becomes of this; with nothing at hand the table is asked.
            self.recent.put(Recent::load(&self.connection).unwrap_or_default());
        }
        Ok(sealed)
    }

    fn abandon(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    fn reopen(&mut self) -> Result<Start, Fault> {
        if !self.connection.is_autocommit() {
            self.connection.execute_batch("ROLLBACK").map_err(|fault| Fault::Refused(fault.into()))?;
        }
        self.start().map_err(|error| Fault::Refused(Trouble::Damaged(OpenError::from(error).to_string())))
    }

    fn news(&self) -> Option<Arc<dyn News>> {
        Some(Arc::clone(&self.recent) as Arc<dyn News>)
    }

    fn is_shared(&self) -> bool {
        false
    }
}

/// Makes everything that is derived anew, in a file that no process has.
pub(crate) fn rebuild<S: State>(path: &Path, vfs: Option<&str>, state: &S) -> Result<(), OpenError> {
    let _lock = if vfs.is_none() { Some(lock(path)?) } else { None };
    let connection = writing(path, vfs)?;
    upgrade::upgrade(&connection, state)?;
    anew(&connection, state)
}

/// Makes everything that is derived anew.
fn anew<S: State>(connection: &Connection, state: &S) -> Result<(), OpenError> {
    let anew = anew::Anew::begin(connection)?;
    Ok(derive(connection, Box::new(anew), state)?)
}

/// The last events must be what was sealed; the whole chain is `gongji store verify`'s.
fn tail(connection: &Connection) -> Result<(), OpenError> {
    let head = rows::head(connection)?;
    let from = head.events.saturating_sub(TAIL);
    let before = connection.row(from)?.map_or(GENESIS, |row| row.hash);
    Ok(replay::check(connection, Verified { events: from, head: before }).map(drop)?)
}

/// A connection that writes, on the newest schema that SQL alone leads to.
pub(crate) fn writing(path: &Path, vfs: Option<&str>) -> Result<Connection, OpenError> {
    let connection = match vfs {
        None => Connection::open(path)?,
        Some(vfs) => Connection::open_with_flags_and_vfs(path, OpenFlags::default(), vfs)?,
    };
    // What is not ours, or newer, is left as it is: the pragmas would already write to it.
    schema::look(&connection)?;
    schema::configure(&connection)?;
    Ok(connection)
}

/// One writing process per store: the lock dies with the process, whatever ends it.
pub(crate) fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push("-lock");
    let file = File::options().create(true).truncate(false).write(true).open(name).map_err(OpenError::Lock)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse),
        Err(TryLockError::Error(error)) => Err(OpenError::Lock(error)),
    }
}
