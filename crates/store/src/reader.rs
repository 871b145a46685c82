//! Reading a store beside the process that writes it: one moment of it, never a row changed.

use std::path::Path;

use gongji_ledger::Transaction;
use rusqlite::{Connection, OpenFlags};

use crate::days::{self, Day, Proof};
use crate::event::Key;
use crate::fold::State;
use crate::journal::{self, Verified};
use crate::posting::{self, Line};
use crate::schema;
use crate::store::OpenError;
use crate::trouble::Trouble;
use crate::verify::{self, Report, VerifyError};

/// Why what is kept cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file cannot be read.
    #[error(transparent)]
    Sqlite(#[from] Trouble),
    /// Rows that are no transaction.
    #[error("第 {event} 件的分录不成凭证：{reason}；请用 gongji store verify 核验")]
    NoTransaction {
        /// The event that they name.
        event: u64,
        /// In words.
        reason: String,
    },
}

impl From<rusqlite::Error> for ReadError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error.into())
    }
}

/// A store opened for reading: it stays at the moment of opening, whatever is written meanwhile.
pub struct Reader {
    pub(crate) connection: Connection,
}

impl Reader {
    /// Opens the store at `path`, whether a process writes to it or not.
    ///
    /// # Errors
    /// When it is no store, of another schema, or cannot be read.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(std::time::Duration::from_secs(2))?;
        connection.execute_batch("BEGIN")?;
        // The first look takes the moment.
        schema::check(&connection)?;
        Ok(Self { connection })
    }

    /// Where the journal stands; nothing is checked.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn head(&self) -> Result<Verified, ReadError> {
        Ok(verify::head(&self.connection)?)
    }

    /// The head of every day, the oldest first. That of the last day grows until the next one begins.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn days(&self) -> Result<Vec<Day>, ReadError> {
        Ok(days::all(&self.connection)?)
    }

    /// The number of the event that a message became.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn find(&self, key: &Key) -> Result<Option<u64>, ReadError> {
        Ok(journal::number(&self.connection, key)?)
    }

    /// The proof that an event is in the tree of its day; none if there is no such event.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn prove(&self, seq: u64) -> Result<Option<Proof>, ReadError> {
        Ok(days::prove(&self.connection, seq)?)
    }

    /// Hands every transaction to `visit`, in the order of recording.
    ///
    /// # Errors
    /// The first rows that are no transaction.
    pub fn history(&self, mut visit: impl FnMut(&Transaction)) -> Result<(), ReadError> {
        let mut give = |lines: &[Line]| match lines.first() {
            None => Ok(()),
            Some(first) => {
                let none = |reason| ReadError::NoTransaction { event: first.event, reason };
                posting::restore(lines).map(|transaction| visit(&transaction)).map_err(none)
            }
        };
        let mut statement = posting::in_order(&self.connection)?;
        let mut rows = statement.query([])?;
        let mut lines: Vec<Line> = Vec::new();
        while let Some(row) = rows.next()? {
            let line = posting::read(row)?;
            if lines.first().is_some_and(|first| first.event != line.event) {
                give(&lines)?;
                lines.clear();
            }
            lines.push(line);
        }
        give(&lines)
    }

    /// Proves chain, postings, balances and day heads. `make` gives the state before the first event.
    ///
    /// # Errors
    /// The first difference, by event and field.
    pub fn verify<S: State>(&self, make: impl Fn() -> S) -> Result<Report, VerifyError> {
        verify::verify(&self.connection, make)
    }
}
