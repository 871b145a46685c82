//! Bringing a file of an earlier release to the newest schema: what SQL alone can do is a migration; here
//! events that were kept before they were packed are moved over, their seals unchanged.

use std::collections::HashMap;

use rusqlite::Connection;

use crate::body::Packer;
use crate::chain::{ChainFault, Verified, follows};
use crate::event::{Event, GENESIS};
use crate::replay::Folding;
use crate::sqlite::{rows, schema};
use crate::state::{InVisit, State};
use crate::store::OpenError;

/// Brings the file to the newest schema, all or nothing.
pub(super) fn upgrade<S: State>(connection: &Connection, state: &S) -> Result<(), OpenError> {
    let all = connection.unchecked_transaction()?;
    let found = schema::migrate(&all)?;
    if found < 3 {
        move_over(&all, state)?;
        all.execute_batch("DROP TABLE event_before")?;
    }
    all.commit()?;
    Ok(())
}

/// Packs every event of the table that was, and finds the visit and the place among the member's events.
fn move_over<S: State>(connection: &Connection, state: &S) -> Result<(), OpenError> {
    let (mut packer, mut folding) = (Packer::default(), Folding::new(state));
    let mut statement = connection.prepare(
        "SELECT seq, kind, area, psn_no, institution, msgid, infno, input, digest, reply, effects, policy, recorded, \
         prev_hash, hash, version, postings FROM event_before ORDER BY seq",
    )?;
    let mut old = statement.query([])?;
    let (mut head, mut visits, mut revisions) = (Verified { events: 0, head: GENESIS }, Vec::new(), HashMap::new());
    while let Some(sql) = old.next()? {
        let postings: Vec<u8> = sql.get(16)?;
        let mut event = Event {
            seq: sql.get(0)?,
            version: sql.get(15)?,
            revision: 0,
            with: Vec::new(),
            visit: None,
            closed: 0,
            kind: sql.get::<_, String>(1)?.into(),
            area: sql.get(2)?,
            psn_no: sql.get(3)?,
            institution: sql.get::<_, String>(4)?.into(),
            msgid: sql.get(5)?,
            infno: sql.get::<_, String>(6)?.into(),
            input: sql.get(7)?,
            digest: sql.get(8)?,
            reply: sql.get::<_, Vec<u8>>(9)?.into(),
            effects: sql.get(10)?,
            policy: sql.get(11)?,
            recorded: sql.get::<_, String>(12)?.into(),
            prev_hash: sql.get(13)?,
            hash: sql.get(14)?,
            postings: postings.try_into().ok(),
        };
        if event.prev_hash != head.head {
            return Err(ChainFault::Content(event.seq).into());
        }
        head = follows(&event, head)?;
        let number = event.seq;
        let place = state.place(&event).map_err(|reason| OpenError::Replay { seq: number, reason })?;
        event.visit = match place {
            InVisit::Nowhere => None,
            InVisit::Begins => Some(number),
            InVisit::Visit(visit) => Some(visit),
            InVisit::With(other) => {
                usize::try_from(other).ok().and_then(|other| visits.get(other.checked_sub(1)?).copied().flatten())
            }
        };
        visits.push(event.visit);
        let revision = revisions.entry(event.psn_no.clone()).or_insert(0_u64);
        *revision += 1;
        event.revision = *revision;
        let moved = folding.fold(&event).map_err(|reason| OpenError::Replay { seq: number, reason })?;
        let row = packer.pack(&event, event.hash, moved.as_ref(), Vec::new());
        for dictionary in packer.fresh() {
            rows::add_dictionary(connection, dictionary)?;
        }
        packer.kept();
        rows::append(connection, &[row])?;
    }
    Ok(())
}
