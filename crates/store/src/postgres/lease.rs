//! Which stream a node writes: taking one that nobody has, proving with every commit that it is still ours,
//! giving it back. Knows nothing of what is written to it.
//!
//! Whatever must happen to the whole database at a time (migrations, leases, folding anew) is done under one
//! lock: row 0 of `schema_version`.

use tokio_postgres::Row;

use crate::chain::Verified;
use crate::engine::Fault;
use crate::event::{GENESIS, STREAM};
use crate::postgres::link::{Link, Step, big, digest, get, number};

pub(super) const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
pub(super) const COMMIT: &str = "COMMIT";
pub(super) const ROLLBACK: &str = "ROLLBACK";
/// The lock on the whole database.
pub(super) const ALONE: &str = "SELECT version FROM schema_version WHERE version = 0 FOR UPDATE";
const EDITION: &str = "SELECT edition FROM edition";

/// One whose lease has run out or was given back. A row that is locked is just being committed to.
const FREE: &str = "SELECT base FROM stream WHERE holder IS NULL OR until < now() \
    ORDER BY base LIMIT 1 FOR UPDATE SKIP LOCKED";
const TAKE: &str = "UPDATE stream SET holder = gen_random_uuid()::text, until = now() + $2::bigint * interval '1 second' \
    WHERE base = $1 RETURNING base, holder, number, hash, closings";
const MAKE: &str = "INSERT INTO stream (base, holder, until, number, hash) \
    SELECT b.base, gen_random_uuid()::text, now() + $2::bigint * interval '1 second', b.base, $3::bytea \
    FROM (SELECT coalesce(max(base) + $1::bigint, 0) AS base FROM stream) AS b \
    ON CONFLICT DO NOTHING RETURNING base, holder, number, hash, closings";
const STANDS: &str = "SELECT base, holder, number, hash, closings FROM stream WHERE base = $1 AND holder = $2";
/// By another name, so that a commit of the connection that is gone can no longer happen; if it is happening,
/// this waits for it.
const RENEW: &str = "UPDATE stream SET holder = gen_random_uuid()::text, until = now() + $3::bigint * interval '1 second' \
    WHERE base = $1 AND holder = $2 RETURNING base, holder, number, hash, closings";
const WRITE: &str = "UPDATE stream SET number = $4, hash = $5, until = now() + $6::bigint * interval '1 second' \
    WHERE base = $1 AND holder = $2 AND number = $3 AND closings = $7 RETURNING base";
const RELEASE: &str = "UPDATE stream SET holder = NULL, until = now() WHERE base = $1 AND holder = $2 RETURNING base";
const LOCK_ALL: &str = "SELECT base FROM stream ORDER BY base FOR UPDATE";
const CLOSINGS: &str = "UPDATE stream SET closings = closings + 1 WHERE base <> $1 RETURNING base";
const ALIVE: &str = "SELECT count(*) FROM stream WHERE holder IS NOT NULL AND until >= now()";
const FENCE: &str = "UPDATE stream SET holder = NULL, until = now() WHERE holder IS NOT NULL RETURNING base";

/// A stream that this node writes, as it stands on disk.
#[derive(Clone, Debug)]
pub(super) struct Lease {
    pub base: u64,
    holder: String,
    pub head: Verified,
    /// How often others had closed a period when the stream was read.
    pub closings: i64,
}

/// What came of asking for a stream.
pub(super) enum Taken {
    Stream(Lease),
    /// Persons are folded as another edition does it, or not at all.
    OtherEdition,
}

impl Lease {
    fn read(rows: &[Row]) -> Result<Option<Self>, Fault> {
        let Some(row) = rows.first() else { return Ok(None) };
        let head = Verified { events: number(row, 2)?, head: digest(row, 3)? };
        Ok(Some(Self { base: number(row, 0)?, holder: get(row, 1)?, head, closings: get(row, 4)? }))
    }

    /// Takes a stream that nobody has, or makes the next one.
    pub(super) fn take(link: &Link, edition: &str, seconds: i64) -> Result<Taken, Fault> {
        let said = link.ask(&[Step::new(BEGIN), Step::new(ALONE), Step::new(EDITION), Step::new(FREE)])?;
        let kept: Option<&str> = said[2].first().map(|row| get(row, 0)).transpose()?;
        if kept != Some(edition) {
            link.ask1(Step::new(ROLLBACK))?;
            return Ok(Taken::OtherEdition);
        }
        let step = match said[3].first() {
            Some(row) => Step::new(TAKE).with(get::<i64>(row, 0)?).with(seconds),
            None => Step::new(MAKE).with(big(STREAM)).with(seconds).with(&GENESIS[..]),
        };
        let said = link.ask(&[step, Step::new(COMMIT)])?;
        match Self::read(&said[0])? {
            Some(lease) => Ok(Taken::Stream(lease)),
            None => Err(Fault::Again("stream".to_owned())),
        }
    }

    /// Whether a begun batch may still write; with how often periods were closed since.
    pub(super) fn stands(&self) -> Step<'_> {
        Step::new(STANDS).with(big(self.base)).with(&self.holder)
    }

    /// The same lease as it stands now; none if somebody else has the stream.
    pub(super) fn again(&self, link: &Link) -> Result<Option<Self>, Fault> {
        Self::read(&link.ask1(self.stands())?)
    }

    /// The same over a new connection.
    pub(super) fn renew(&self, link: &Link, seconds: i64) -> Result<Option<Self>, Fault> {
        Self::read(&link.ask1(Step::new(RENEW).with(big(self.base)).with(&self.holder).with(seconds))?)
    }

    /// Reads what [`Self::stands`] asked: how often periods were closed.
    pub(super) fn closings(rows: &[Row]) -> Result<i64, Fault> {
        Self::read(rows)?.map(|lease| lease.closings).ok_or_else(fenced)
    }

    /// Moves the stream on; gives one row, or the stream is no longer ours or a period was closed.
    pub(super) fn write<'a>(&'a self, head: &'a Verified, seconds: i64) -> Step<'a> {
        Step::new(WRITE)
            .with(big(self.base))
            .with(&self.holder)
            .with(big(self.head.events))
            .with(big(head.events))
            .with(&head.head[..])
            .with(seconds)
            .with(self.closings)
    }

    /// Has every other node read the periods again before it commits anything.
    pub(super) fn tell_closing(&self) -> [Step<'_>; 3] {
        [Step::new(ALONE), Step::new(LOCK_ALL), Step::new(CLOSINGS).with(big(self.base))]
    }

    /// Gives the stream back.
    pub(super) fn release(&self, link: &Link) -> Result<(), Fault> {
        link.ask1(Step::new(RELEASE).with(big(self.base)).with(&self.holder)).map(drop)
    }
}

/// Why a node that lost its stream does not begin.
fn fenced() -> Fault {
    Fault::Again("本节点的租约已被别的节点接管".to_owned())
}

/// Why a node that lost its stream in the midst of a batch does not commit.
pub(super) fn overtaken() -> Fault {
    Fault::Again("本节点的租约已被别的节点接管，或有期间刚刚关账".to_owned())
}

/// Whether any node is running.
pub(super) fn alive(link: &Link) -> Result<bool, Fault> {
    let said = link.ask1(Step::new(ALIVE))?;
    said.iter().try_fold(false, |alive, row| Ok(alive || get::<i64>(row, 0)? > 0))
}

/// Takes every stream from whoever has it.
pub(super) fn fence() -> Step<'static> {
    Step::new(FENCE)
}
