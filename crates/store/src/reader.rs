//! Reading a store beside the processes that write it: one moment of it, never a row changed.

use std::path::Path;

use gongji_ledger::{Periods, Transaction};
use rusqlite::{Connection, OpenFlags};

use crate::body::{Packer, Row, Stored};
use crate::chain::{Verified, WalkError};
use crate::days::{self, Day, Proof};
use crate::engine::Source;
use crate::event::{Event, GENESIS, Key, STREAM};
use crate::place::Place;
use crate::postgres::Moment;
use crate::replay::{Walk, packer};
use crate::sqlite::backup::{self, BackupError};
use crate::sqlite::restore::{self, RestoreError, Restored, Until};
use crate::sqlite::schema;
use crate::state::State;
use crate::store::OpenError;
use crate::trouble::Trouble;
use crate::verify::{self, Report, VerifyError};

/// Why what is kept cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The store cannot be read.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// What is kept is not to be trusted.
    #[error("流水不可信：{0}；请用 gongji store verify 核验")]
    Broken(String),
    /// Persons are kept as other rules folded them.
    #[error("人员状态由另一版规则折算：请先用这一版程序和同样的政策包启动一次服务，或 gongji store rebuild")]
    OtherEdition,
}

impl From<WalkError> for ReadError {
    fn from(error: WalkError) -> Self {
        match error {
            WalkError::Trouble(trouble) => Self::Trouble(trouble),
            other => Self::Broken(VerifyError::from(other).to_string()),
        }
    }
}

/// Rows that are read together.
const PAGE: u64 = 1000;

/// A store opened for reading: it stays at the moment of opening, whatever is written meanwhile.
pub struct Reader {
    source: Box<dyn Source>,
}

impl Reader {
    /// Opens a store, whether a process writes to it or not.
    ///
    /// # Errors
    /// When it is no store, of another schema, or cannot be read.
    pub fn open(place: &Place) -> Result<Self, OpenError> {
        match place {
            Place::File { path, vfs } => Ok(Self { source: Box::new(reading(path, vfs.as_deref())?) }),
            Place::Memory => Err(crate::store::nowhere()),
            Place::Postgres(address) => Ok(Self { source: Box::new(Moment::open(address)?) }),
        }
    }

    /// Where the journal stands in the stream of the embedded engine, or of the node that began first;
    /// nothing is checked.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn head(&self) -> Result<Verified, ReadError> {
        let base = self.source.streams()?.first().copied().unwrap_or_default();
        Ok(self.source.head(base)?)
    }

    /// The head of every day, the oldest first; of each stream its own. That of the last day grows until the
    /// next one begins.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn days(&self) -> Result<Vec<Day>, ReadError> {
        Ok(self.source.days()?)
    }

    /// The number of the event that a message became.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn find(&self, key: &Key) -> Result<Option<u64>, ReadError> {
        Ok(self.source.find(key)?)
    }

    /// An event by its number.
    ///
    /// # Errors
    /// When the store, or this row of it, cannot be read.
    pub fn event(&self, number: u64) -> Result<Option<Event>, ReadError> {
        let Some(row) = self.source.row(number)? else { return Ok(None) };
        let before = if number % STREAM == 1 { None } else { self.source.row(number - 1)? };
        let stored = packer(&*self.source)?.unpack(row, before.map_or(GENESIS, |row| row.hash));
        Ok(Some(stored.map_err(|why| ReadError::Broken(format!("第 {number} 件：{why}")))?.event))
    }

    /// The events of a member's visit, the first one first. Nothing is checked, and what each event names as its
    /// predecessor is left out.
    ///
    /// # Errors
    /// When the store, or one of these rows, cannot be read.
    pub fn visit(&self, person: &str, visit: u64) -> Result<Vec<Event>, ReadError> {
        let packer = packer(&*self.source)?;
        self.source.visit(person, visit)?.into_iter().map(|row| alone(&packer, row)).collect()
    }

    /// Hands every event to `see` that lies in these days of the journal (`yyyy-MM-dd`, both included), stream by
    /// stream. As for [`Reader::visit`], nothing is checked.
    ///
    /// # Errors
    /// When the store, or one of these rows, cannot be read.
    pub fn recorded(&self, from: &str, to: &str, mut see: impl FnMut(Event)) -> Result<(), ReadError> {
        let within = |day: &Day| (from..=to).contains(&day.day.as_str());
        for day in self.source.days()?.into_iter().filter(within) {
            self.numbered(day.first, day.first + day.head.size - 1, &mut see)?;
        }
        Ok(())
    }

    /// Hands every event to `see` with a number from `first` to `last`. As for [`Reader::visit`], nothing is checked.
    ///
    /// # Errors
    /// When the store, or one of these rows, cannot be read.
    pub fn numbered(&self, first: u64, last: u64, mut see: impl FnMut(Event)) -> Result<(), ReadError> {
        let packer = packer(&*self.source)?;
        let mut after = first.saturating_sub(1);
        while after < last {
            let rows = self.source.page(after, PAGE.min(last - after))?;
            let Some(row) = rows.last() else { break };
            after = row.number;
            for row in rows {
                see(alone(&packer, row)?);
            }
        }
        Ok(())
    }

    /// Hands every person to `see`, once, in no particular order: name, how many events there were of the person,
    /// and what is known.
    ///
    /// # Errors
    /// When the store cannot be read, or its persons were folded by other rules than these.
    pub fn persons<S: State>(&self, state: &S, mut see: impl FnMut(&str, u64, S::Person)) -> Result<(), ReadError> {
        if self.source.edition()? != Some(state.edition()) {
            return Err(ReadError::OtherEdition);
        }
        let mut unreadable = None;
        self.source.persons(&mut |name, revision, packed| match state.unpack(packed) {
            Ok(person) => see(name, revision, person),
            Err(why) => drop(unreadable.get_or_insert_with(|| format!("{name}：{why}"))),
        })?;
        unreadable.map_or(Ok(()), |why| Err(ReadError::Broken(why)))
    }

    /// Where every stream stands: one for the embedded engine, one of each node of a server.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn heads(&self) -> Result<Vec<Verified>, ReadError> {
        let streams = self.source.streams()?;
        Ok(streams.into_iter().map(|base| self.source.head(base)).collect::<Result<_, _>>()?)
    }

    /// Hands every event to `see`, with what it moves, that came after each stream stood there; of a stream that
    /// is not named all. As for [`Reader::visit`], nothing is checked.
    ///
    /// # Errors
    /// When the store, or one of these rows, cannot be read.
    pub fn since(
        &self,
        heads: &[Verified],
        mut see: impl FnMut(&Event, Option<&Transaction>),
    ) -> Result<(), ReadError> {
        let packer = packer(&*self.source)?;
        for base in self.source.streams()? {
            let stood = heads.iter().map(|head| head.events).find(|number| number / STREAM == base / STREAM);
            let mut after = stood.unwrap_or(base);
            loop {
                let rows = self.source.page(after, PAGE)?;
                let Some(row) = rows.last() else { break };
                after = row.number;
                for row in rows {
                    let Stored { event, moved } = whole(&packer, row)?;
                    see(&event, moved.as_ref());
                }
            }
        }
        Ok(())
    }

    /// The closed periods of every area.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn periods(&self) -> Result<Periods, ReadError> {
        Ok(self.source.periods()?)
    }

    /// The proof that an event is in the tree of its day; none if there is no such event.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn prove(&self, number: u64) -> Result<Option<Proof>, ReadError> {
        Ok(days::prove(&*self.source, number)?)
    }

    /// Hands every event to `visit` with what it moves, in the order of recording; the chain is checked.
    ///
    /// # Errors
    /// The first event that does not hold.
    pub fn events(&self, mut visit: impl FnMut(&Event, Option<&Transaction>)) -> Result<(), ReadError> {
        let mut walk = Walk::new(&*self.source)?;
        while let Some(Stored { event, moved, .. }) = walk.next()? {
            visit(&event, moved.as_ref());
        }
        Ok(())
    }

    /// Hands every transaction to `visit`, in the order of recording.
    ///
    /// # Errors
    /// As for events.
    pub fn history(&self, mut visit: impl FnMut(&Transaction)) -> Result<(), ReadError> {
        self.events(|_, moved| moved.into_iter().for_each(&mut visit))
    }

    /// Proves chain, postings, balances, persons and day heads.
    ///
    /// # Errors
    /// The first difference, by event and field.
    pub fn verify<S: State>(&self, state: &S) -> Result<Report, VerifyError> {
        verify::verify(&*self.source, state)
    }

    /// Copies the moment that is read to a new file; `progress` is told pages done and pages in all. The
    /// copy's pages and its whole chain are checked before it gets its name.
    ///
    /// # Errors
    /// Why there is no copy; nothing is left of a failed one.
    pub fn backup(&self, to: &Path, progress: impl FnMut(u64, u64)) -> Result<Verified, BackupError> {
        match self.source.file() {
            Some(file) => backup::backup(file, to, progress),
            None => Err(BackupError::Server),
        }
    }

    /// Makes a new store of the first events of the moment that is read: of all before the first one that was
    /// recorded after `until`. Everything derived is made anew, and all of it is proved before the file gets its
    /// name. `progress` is told events copied and events in all, the same number twice at last.
    ///
    /// # Errors
    /// Why there is no such store; nothing is left of a failed one.
    pub fn restore<S: State>(
        &self,
        to: &Path,
        until: &Until,
        state: &S,
        progress: impl FnMut(u64, u64),
    ) -> Result<Restored, RestoreError> {
        match self.source.file() {
            Some(file) => restore::restore(file, to, until, state, progress),
            None => Err(RestoreError::Server),
        }
    }
}

/// An event of which the one before is not looked at, with what it moves.
fn whole(packer: &Packer, row: Row) -> Result<Stored, ReadError> {
    let number = row.number;
    packer.unpack(row, GENESIS).map_err(|why| ReadError::Broken(format!("第 {number} 件：{why}")))
}

/// The same without what it moves.
fn alone(packer: &Packer, row: Row) -> Result<Event, ReadError> {
    Ok(whole(packer, row)?.event)
}

/// A connection that reads one moment of a file.
pub(crate) fn reading(path: &Path, vfs: Option<&str>) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match vfs {
        None => Connection::open_with_flags(path, flags)?,
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs)?,
    };
    connection.busy_timeout(std::time::Duration::from_secs(2))?;
    connection.execute_batch("BEGIN")?;
    // The first look takes the moment.
    schema::check(&connection)?;
    Ok(connection)
}
