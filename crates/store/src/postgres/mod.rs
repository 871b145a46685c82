//! The engine of a PostgreSQL server, which several nodes write to at the same time. A batch locks its persons
//! and nothing else; every node writes a stream of its own, which it holds by a lease. Keeps to statements that
//! also run where the tables are divided by person over several servers.

mod address;
mod anew;
mod fault;
mod lease;
mod link;
mod lock;
mod moment;
mod rows;
mod schema;
#[cfg(test)]
mod tests;
mod write;

use std::collections::{HashMap, HashSet};

use gongji_ledger::Periods;

use crate::body::{Dictionary, Row};
use crate::chain::{ChainFault, Verified};
use crate::days::Days;
use crate::engine::{Batch, Engine, Fault, Found, Source as _, Start, Wanted};
use crate::event::GENESIS;
use crate::people::{Kept, People};
use crate::postgres::address::Address;
use crate::postgres::lease::{BEGIN, COMMIT, Lease, ROLLBACK, Taken, overtaken};
use crate::postgres::link::{Link, Step};
use crate::postgres::lock::Locked;
pub(crate) use crate::postgres::moment::Moment;
use crate::postgres::write::Writing;
use crate::replay;
use crate::sealing::{Sealed, Sealer};
use crate::state::State;
use crate::store::OpenError;
use crate::trouble::Trouble;

/// So many of the last events are checked at opening.
const TAIL: u64 = 1000;

/// A database that this node writes to.
pub(crate) struct Postgres {
    address: Address,
    edition: String,
    /// None while the server is away.
    link: Option<Link>,
    /// Persons were folded as another edition does it: this node must never write again.
    outdated: bool,
    lease: Lease,
    /// The persons of this batch, with the revisions at which they are.
    locked: HashMap<String, u64>,
    /// Dictionaries that this node knows.
    dictionaries: HashSet<i64>,
}

impl Postgres {
    /// Opens a database, brings it to the newest schema and takes a stream.
    pub(crate) fn open<S: State>(address: &str, state: &S) -> Result<(Self, Start), OpenError> {
        let address = Address::parse(address)?;
        let link = Link::writing(&address)?;
        schema::migrate(&link)?;
        let edition = state.edition();
        let mut taken = Lease::take(&link, &edition, address.lease)?;
        if let Taken::OtherEdition = taken {
            tracing::info!("persons are folded anew: the store is new, or its rules have changed");
            anew::anew(&address, state).map_err(|fault| match fault {
                OpenError::InUse => OpenError::OtherNodes,
                other => other,
            })?;
            taken = Lease::take(&link, &edition, address.lease)?;
        }
        let Taken::Stream(lease) = taken else { return Err(OpenError::OtherNodes) };
        let (locked, dictionaries) = (HashMap::new(), HashSet::new());
        let mut engine = Self { address, edition, link: Some(link), outdated: false, lease, locked, dictionaries };
        let start = engine.start()?;
        engine.tail()?;
        Ok((engine, start))
    }

    /// The last events of the stream must be what was sealed, and end where the stream does; the whole chain
    /// is `gongji store verify`'s.
    fn tail(&self) -> Result<(), OpenError> {
        let (source, Lease { base, head, .. }) = (Moment::of(&self.address)?, &self.lease);
        let from = head.events.saturating_sub(TAIL).max(*base);
        let before = if from == *base { None } else { source.row(from)? };
        let checked = replay::check(&source, Verified { events: from, head: before.map_or(GENESIS, |row| row.hash) })?;
        if checked == *head { Ok(()) } else { Err(ChainFault::Head(head.events).into()) }
    }

    fn link(&self) -> Result<&Link, Fault> {
        if self.outdated {
            return Err(Fault::Refused(Trouble::OtherEdition));
        }
        self.link.as_ref().ok_or_else(|| Fault::Lost("没有连接".to_owned()))
    }

    /// Where the stream stands; everything else as it is now.
    fn start(&mut self) -> Result<Start, Fault> {
        let known = self.dictionaries.iter().copied().collect();
        let steps = [rows::last_day(self.lease.base), rows::periods(), rows::new_dictionaries(known)];
        let said = self.link()?.ask(&steps)?;
        let day = said[0].first().map(rows::day).transpose()?;
        let days = day.map_or(Ok(Days::default()), |day| Days::resume(&day)).map_err(Fault::Refused)?;
        if days.last().max(self.lease.base) != self.lease.head.events {
            let broken = ChainFault::Head(days.last());
            return Err(Fault::Refused(Trouble::Damaged(broken.to_string())));
        }
        let dictionaries = said[2].iter().map(rows::dictionary).collect::<Result<Vec<_>, _>>()?;
        let periods = rows::closed(&said[1])?;
        self.dictionaries.extend(dictionaries.iter().map(|dictionary| dictionary.id));
        Ok(Start { head: self.lease.head, days, people: People::default(), periods, dictionaries })
    }

    /// Makes sure of a connection and of a stream that this node writes.
    fn resume(&mut self) -> Result<(), Fault> {
        self.locked.clear();
        // A connection that failed once is asked first whether it is still good.
        let alive = |link: &Link| !link.is_closed() && link.script(ROLLBACK).is_ok();
        let kept = self.link.take().filter(alive);
        let lease = match &kept {
            Some(link) => self.lease.again(link)?,
            None => None,
        };
        let (link, lease) = match (kept, lease) {
            (Some(link), Some(lease)) => (link, Some(lease)),
            (Some(link), None) => (link, None),
            (None, _) => {
                let link = Link::writing(&self.address)?;
                let lease = self.lease.renew(&link, self.address.lease)?;
                (link, lease)
            }
        };
        self.lease = match lease {
            Some(lease) => lease,
            None => match Lease::take(&link, &self.edition, self.address.lease)? {
                Taken::Stream(lease) => lease,
                Taken::OtherEdition => {
                    self.outdated = true;
                    return Err(Fault::Refused(Trouble::OtherEdition));
                }
            },
        };
        self.link = Some(link);
        Ok(())
    }

    /// Events that answer messages, in the order of the keys.
    fn earlier(&self, wanted: &Wanted<'_>, claims: &[rows::Claim]) -> Result<Vec<Option<Row>>, Fault> {
        if claims.is_empty() {
            return Ok(wanted.keys.iter().map(|_| None).collect());
        }
        let which = claims.iter().map(|claim| (claim.person.as_str(), claim.revision));
        let mut events = HashMap::new();
        for sql in &self.link()?.ask1(rows::events(which))? {
            let row = rows::event(sql)?;
            events.insert(row.number, row);
        }
        let answers: HashMap<_, _> = claims.iter().map(|claim| (&claim.key, claim.number)).collect();
        let earlier = wanted.keys.iter().map(|key| {
            let Some(number) = answers.get(key) else { return Ok(None) };
            events.get(number).cloned().map(Some).ok_or_else(|| self.unseen(*number))
        });
        earlier.collect()
    }

    /// Why an event is not there that a message was answered with. Of a commit on several servers one may show
    /// its part before the other does; that passes.
    fn unseen(&self, number: u64) -> Fault {
        let why = format!("message_claim：没有第 {number} 件");
        if self.address.sharded { Fault::Again(why) } else { Fault::Refused(Trouble::Damaged(why)) }
    }

    /// Dictionaries that rows need and this node does not know.
    fn unknown<'r>(&mut self, rows: impl Iterator<Item = &'r Row>) -> Result<Vec<Dictionary>, Fault> {
        let needed: HashSet<i64> = rows.map(|row| row.dictionary).collect();
        let unknown: Vec<i64> = needed.difference(&self.dictionaries).copied().filter(|id| *id != 0).collect();
        if unknown.is_empty() {
            return Ok(Vec::new());
        }
        let said = self.link()?.ask1(rows::dictionaries(unknown))?;
        let read = said.iter().map(rows::dictionary).collect::<Result<Vec<_>, _>>()?;
        self.dictionaries.extend(read.iter().map(|dictionary| dictionary.id));
        Ok(read)
    }

    /// Everything that a commit writes.
    fn writings<'a>(&'a self, batch: &'a Batch<'_>, rows: &'a [Row], sealed: &'a Sealed) -> Vec<Writing<'a>> {
        let mut all = Vec::with_capacity(10);
        if !sealed.dictionaries.is_empty() {
            all.push(write::dictionaries(&sealed.dictionaries));
        }
        all.push(write::messages(batch.messages));
        all.push(write::events(rows));
        if !batch.postings.is_empty() {
            all.push(write::postings(&batch.postings));
        }
        all.push(write::persons(&batch.persons, &self.locked));
        if let Some(periods) = &batch.periods {
            all.extend(self.lease.tell_closing().map(Writing::any));
            all.push(write::periods(periods));
        }
        all.push(Writing::exactly(self.lease.write(&sealed.head, self.address.lease), 1, overtaken()));
        all.push(write::days(&sealed.heads));
        all
    }
}

impl Engine for Postgres {
    fn begin(&mut self, persons: &[(&str, Option<u64>)]) -> Result<(Vec<(usize, Kept)>, Option<Periods>), Fault> {
        let mut steps = vec![Step::new(BEGIN), self.lease.stands()];
        steps.extend(lock::steps(persons, self.address.sharded));
        let said = self.link()?.ask(&steps)?;
        drop(steps);
        let closings = Lease::closings(&said[1])?;
        let locked = Locked::read(persons, said.last().filter(|_| !persons.is_empty()).map_or(&[], Vec::as_slice))?;
        self.locked = locked.revisions;
        if closings == self.lease.closings {
            return Ok((locked.changed, None));
        }
        let periods = rows::closed(&self.link()?.ask1(rows::periods())?)?;
        self.lease.closings = closings;
        Ok((locked.changed, Some(periods)))
    }

    fn fetch(&mut self, wanted: &Wanted<'_>) -> Result<Found, Fault> {
        let (mut steps, asked) = (Vec::with_capacity(2), usize::from(!wanted.keys.is_empty()));
        if asked > 0 {
            steps.push(rows::claims(wanted.keys.iter().copied()));
        }
        if !wanted.visits.is_empty() {
            steps.push(rows::visits(wanted.visits.iter().copied()));
        }
        let said = self.link()?.ask(&steps)?;
        let (claims, events) = said.split_at(asked);
        let claims = claims.iter().flatten().map(rows::claim).collect::<Result<Vec<_>, _>>()?;
        let mut visits: HashMap<(String, u64), Vec<Row>> = HashMap::new();
        for sql in events.iter().flatten() {
            let row = rows::event(sql)?;
            visits.entry((row.person.clone(), row.visit)).or_default().push(row);
        }
        let of = |(person, visit): &(&str, u64)| visits.remove(&((*person).to_owned(), *visit)).unwrap_or_default();
        let visits: Vec<Vec<Row>> = wanted.visits.iter().map(of).collect();
        let earlier = self.earlier(wanted, &claims)?;
        let dictionaries = self.unknown(earlier.iter().flatten().chain(visits.iter().flatten()))?;
        Ok(Found { earlier, visits, dictionaries })
    }

    fn commit(&mut self, batch: &Batch<'_>, sealer: &mut Sealer, _: &People) -> Result<Sealed, Fault> {
        let (rows, sealed) = (sealer.all()?, sealer.finish());
        let (writings, link) = (self.writings(batch, &rows, &sealed), self.link()?);
        let (checks, steps): (Vec<_>, Vec<_>) = writings.into_iter().map(Writing::apart).unzip();
        // Everything goes at once; only when all of it was counted may it stay.
        let said = link.ask(&steps)?;
        checks.iter().zip(&said).try_for_each(|(check, rows)| check.count(rows))?;
        link.ask1(Step::new(COMMIT))?;
        drop(steps);
        self.lease.head = sealed.head;
        self.dictionaries.extend(sealed.dictionaries.iter().map(|dictionary| dictionary.id));
        Ok(sealed)
    }

    fn abandon(&mut self) -> Result<(), Fault> {
        self.link()?.ask1(Step::new(ROLLBACK)).map(drop)
    }

    fn reopen(&mut self) -> Result<Start, Fault> {
        self.resume()?;
        self.start()
    }

    fn keeps_postings(&self) -> bool {
        true
    }

    fn is_shared(&self) -> bool {
        true
    }
}

impl Drop for Postgres {
    /// Gives the stream back, so that the next node need not wait for the lease to run out.
    fn drop(&mut self) {
        let released = self.link().and_then(|link| self.lease.release(link));
        if let Err(fault) = released {
            tracing::warn!(?fault, "the stream is given back when its lease runs out");
        }
    }
}

/// How many workers an address asks for.
pub(crate) fn lanes(address: &str) -> Result<usize, Trouble> {
    Ok(Address::parse(address)?.workers)
}

/// Makes everything that is derived anew, in a database that no node is running on.
pub(crate) fn rebuild<S: State>(address: &str, state: &S) -> Result<(), OpenError> {
    let address = Address::parse(address)?;
    schema::migrate(&Link::writing(&address)?)?;
    anew::anew(&address, state)
}
