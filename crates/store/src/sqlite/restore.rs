//! Making a store as it was at an earlier moment (恢复到某一时刻): its first events in a new file, sealed as they
//! were, and what is derived made anew from them. Changes nothing in the store that it reads.

use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::body::{Packer, Row};
use crate::chain::{ChainFault, Verified, WalkError, follows};
use crate::engine::Source as _;
use crate::event::{Event, GENESIS};
use crate::replay::{self, packer};
use crate::sqlite::{anew, part, rows, schema};
use crate::state::State;
use crate::store::OpenError;
use crate::trouble::Trouble;
use crate::verify::{VerifyError, verify};

/// Events that are copied together.
const PAGE: u64 = 1000;

/// How much of a journal is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Until {
    /// Every event before the first one that was recorded later than this: `YYYY-MM-DD HH:MM:SS`, with the
    /// whole second.
    Moment(String),
    /// So many events.
    Events(NonZeroU64),
}

impl Until {
    fn takes(&self, event: &Event) -> bool {
        match self {
            Self::Moment(moment) => event.recorded.get(..moment.len()).unwrap_or(&event.recorded) <= moment.as_str(),
            Self::Events(events) => event.seq <= events.get(),
        }
    }
}

/// What a restored store holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// How many events, and the hash of the last.
    pub journal: Verified,
    /// When the last was recorded.
    pub recorded: String,
    /// How many later events are not in it.
    pub left_out: u64,
}

/// Why there is no restored store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// Something lies there already.
    #[error("{} 已经存在，恢复不覆盖任何文件", .0.display())]
    Exists(PathBuf),
    /// The store is a database server's.
    #[error("PostgreSQL 上的库请由服务器恢复到某一时刻，做法见 docs/guides/operate-the-store.md")]
    Server,
    /// Nothing would be kept.
    #[error("库里没有任何事件")]
    Empty,
    /// The moment is too early.
    #[error("第一件记于 {0}，晚于所给的时刻")]
    TooEarly(String),
    /// There are not so many events.
    #[error("库里只有 {0} 件")]
    TooMany(u64),
    /// A file cannot be made, flushed or named.
    #[error("恢复的文件不能写入：{0}")]
    File(#[from] std::io::Error),
    /// The new store cannot be written.
    #[error("恢复的文件不能写入：{0}")]
    Write(OpenError),
    /// What was copied is not sound.
    #[error("未通过核验，没有保留：{0}")]
    Unsound(#[from] VerifyError),
}

impl From<Trouble> for RestoreError {
    fn from(trouble: Trouble) -> Self {
        Self::Write(trouble.into())
    }
}

impl From<rusqlite::Error> for RestoreError {
    fn from(error: rusqlite::Error) -> Self {
        Trouble::from(error).into()
    }
}

/// Makes a new store of the first events of the moment that a connection reads.
pub(crate) fn restore<S: State>(
    from: &Connection,
    to: &Path,
    until: &Until,
    state: &S,
    progress: impl FnMut(u64, u64),
) -> Result<Restored, RestoreError> {
    if let Some(there) = part::in_the_way(to) {
        return Err(RestoreError::Exists(there));
    }
    let known = rows::head(from).map_err(VerifyError::from)?.events;
    match until {
        _ if known == 0 => return Err(RestoreError::Empty),
        Until::Events(events) if events.get() > known => return Err(RestoreError::TooMany(known)),
        _ => {}
    }
    part::named(to, |part| {
        let new = empty(part)?;
        let restored = copy(from, &new, until, known, progress)?;
        derive(&new, state)?;
        let proved = verify(&new, state)?.journal;
        if proved != restored.journal {
            return Err(VerifyError::Chain(ChainFault::Head(restored.journal.events)).into());
        }
        Ok(restored)
    })
}

/// A store without events in a new file. Nobody sees the file before it is flushed as a whole, so SQLite need
/// not see to that, nor keep a log beside it.
fn empty(part: &Path) -> Result<Connection, RestoreError> {
    let new = Connection::open(part)?;
    new.pragma_update(None, "page_size", 8192)?;
    new.pragma_update_and_check(None, "journal_mode", "MEMORY", |row| row.get::<_, String>(0))?;
    new.pragma_update(None, "synchronous", "OFF")?;
    schema::migrate(&new).map_err(|fault| RestoreError::Write(fault.into()))?;
    Ok(new)
}

fn derive<S: State>(new: &Connection, state: &S) -> Result<(), RestoreError> {
    let derived = anew::Anew::begin(new)?;
    replay::derive(new, Box::new(derived), state).map_err(|fault| match fault {
        WalkError::Trouble(trouble) => trouble.into(),
        other => VerifyError::from(other).into(),
    })
}

/// Copies dictionaries, and events as long as they are wanted.
fn copy(
    from: &Connection,
    new: &Connection,
    until: &Until,
    known: u64,
    mut progress: impl FnMut(u64, u64),
) -> Result<Restored, RestoreError> {
    let all = new.unchecked_transaction()?;
    for dictionary in from.dictionaries().map_err(VerifyError::from)? {
        rows::add_dictionary(&all, &dictionary)?;
    }
    let mut kept = Kept {
        packer: packer(from).map_err(VerifyError::from)?,
        head: Verified { events: 0, head: GENESIS },
        recorded: String::new(),
        over: false,
    };
    while !kept.over {
        let page = from.page(kept.head.events, PAGE).map_err(VerifyError::from)?;
        rows::append(&all, &kept.of(page, until)?)?;
        kept.over |= kept.head.events == known;
        progress(kept.head.events, if kept.over { kept.head.events } else { known });
    }
    all.commit()?;
    Ok(Restored { journal: kept.head, recorded: kept.recorded, left_out: known - kept.head.events })
}

/// How far the copy is.
struct Kept {
    packer: Packer,
    head: Verified,
    recorded: String,
    over: bool,
}

impl Kept {
    /// The rows of the next page that are wanted; each must follow the one before.
    fn of(&mut self, page: Vec<Row>, until: &Until) -> Result<Vec<Row>, RestoreError> {
        self.over = page.is_empty();
        let mut wanted = Vec::with_capacity(page.len());
        for row in page {
            let unreadable = |why| VerifyError::Chain(ChainFault::Unreadable(row.number, why));
            let event = self.packer.unpack(row.clone(), self.head.head).map_err(unreadable)?.event;
            if !until.takes(&event) {
                self.over = true;
                return if self.head.events == 0 {
                    Err(RestoreError::TooEarly(event.recorded.into()))
                } else {
                    Ok(wanted)
                };
            }
            self.head = follows(&event, self.head).map_err(VerifyError::from)?;
            self.recorded = event.recorded.into();
            wanted.push(row);
        }
        Ok(wanted)
    }
}
