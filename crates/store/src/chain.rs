//! The hash chain: where and how one is broken. Knows no row.

use crate::event::{Digest, Event};
use crate::trouble::Trouble;
use crate::verify::Difference;

/// What a walk over an unbroken chain found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Number of the last event: how many there are, where one node alone wrote.
    pub events: u64,
    /// Hash of the last one; [`crate::GENESIS`] when there is none.
    pub head: Digest,
}

/// Where and how the chain is broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainFault {
    /// A row is missing or its number was changed.
    #[error("第 {expected} 件缺失，其后是第 {found} 件")]
    Gap {
        /// The number that should come.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// The row's content is not what was sealed, or it does not follow the row before it.
    #[error("第 {0} 件：内容被改动，与封存的 hash 不符")]
    Content(u64),
    /// The row cannot be read at all.
    #[error("第 {0} 件：内容被改动，{1}")]
    Unreadable(u64, String),
    /// Rows that are known to be committed are gone or replaced.
    #[error("第 {0} 件已经提交，流水却在它之前结束或被换掉")]
    Head(u64),
    /// The head that was kept of a day is not that of its events.
    #[error("日头 {0}：与当日各件不符")]
    Day(String),
}

/// Why a walk over the journal stopped.
#[derive(Debug)]
pub(crate) enum WalkError {
    Chain(ChainFault),
    Trouble(Trouble),
    Visit { seq: u64, reason: String },
    Differs(Difference),
}

impl From<ChainFault> for WalkError {
    fn from(fault: ChainFault) -> Self {
        Self::Chain(fault)
    }
}

impl From<Difference> for WalkError {
    fn from(difference: Difference) -> Self {
        Self::Differs(difference)
    }
}

impl From<Trouble> for WalkError {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

/// An event that was read after the one with this number and hash must follow it and be what was sealed.
pub(crate) fn follows(event: &Event, before: Verified) -> Result<Verified, ChainFault> {
    let expected = before.events + 1;
    if event.seq != expected {
        return Err(ChainFault::Gap { expected, found: event.seq });
    }
    if event.hash != event.computed_hash() {
        return Err(ChainFault::Content(event.seq));
    }
    Ok(Verified { events: event.seq, head: event.hash })
}
