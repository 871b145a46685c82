//! Reading a database as of one moment, whatever is written meanwhile. Changes nothing.

use gongji_ledger::Periods;
use tokio_postgres::Row as Sql;

use crate::body::{Dictionary, Row};
use crate::chain::Verified;
use crate::days::Day;
use crate::engine::{Fault, Source};
use crate::event::{Digest, GENESIS, Key, STREAM};
use crate::people::People;
use crate::postgres::address::Address;
use crate::postgres::link::{Link, Step, big, digest, get, number};
use crate::postgres::{rows, schema};
use crate::posting::Line;
use crate::store::OpenError;
use crate::trouble::Trouble;

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const STREAMS: &str = "SELECT base FROM stream ORDER BY base";
const HEAD: &str = "SELECT number, hash FROM stream WHERE base = $1";
const PAGE: &str = "SELECT number, person, revision, visit, hash, dictionary, body, after FROM event \
    WHERE number > $1 AND number < $2 ORDER BY number LIMIT $3";
const HASHES: &str = "SELECT hash FROM event WHERE number >= $1 AND number < $2 ORDER BY number LIMIT $3";
const DAYS: &str = "SELECT day, first, size, root, peaks FROM day_head ORDER BY base, day";
const PEOPLE: &str = "SELECT person, revision, packed FROM person WHERE person > $1 ORDER BY person LIMIT $2";
const POSTINGS: &str = "SELECT person, event, line, account, amount, kind, concerns, effective, accounting, recorded \
    FROM posting_line WHERE event BETWEEN $1 AND $2 ORDER BY event, line, person";
const EDITION: &str = "SELECT edition FROM edition";

/// Persons that are read together.
const PERSONS: usize = 10_000;

/// A moment of a database.
pub(crate) struct Moment(Link);

impl Moment {
    /// Takes the moment; the schema must be the one that this program reads.
    pub(crate) fn open(address: &str) -> Result<Self, OpenError> {
        Self::of(&Address::parse(address)?)
    }

    pub(super) fn of(address: &Address) -> Result<Self, OpenError> {
        let link = Link::patient(address)?;
        link.ask1(Step::new(BEGIN))?;
        // The first look takes the moment.
        schema::check(&link)?;
        Ok(Self(link))
    }

    fn all<T>(&self, step: Step<'_>, read: impl Fn(&Sql) -> Result<T, Fault>) -> Result<Vec<T>, Trouble> {
        let rows = self.0.ask1(step)?;
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    fn one<T>(&self, step: Step<'_>, read: impl Fn(&Sql) -> Result<T, Fault>) -> Result<Option<T>, Trouble> {
        Ok(self.all(step, read)?.pop())
    }
}

/// The number after the last that a stream may have.
fn end(number: u64) -> i64 {
    big(number - number % STREAM + STREAM)
}

impl Source for Moment {
    fn streams(&self) -> Result<Vec<u64>, Trouble> {
        self.all(Step::new(STREAMS), |sql| number(sql, 0))
    }

    fn page(&self, after: u64, most: u64) -> Result<Vec<Row>, Trouble> {
        self.all(Step::new(PAGE).with(big(after)).with(end(after)).with(big(most)), rows::event)
    }

    fn row(&self, number: u64) -> Result<Option<Row>, Trouble> {
        let step = Step::new(PAGE).with(big(number.saturating_sub(1))).with(big(number.saturating_add(1))).with(1_i64);
        self.one(step, rows::event)
    }

    fn visit(&self, person: &str, visit: u64) -> Result<Vec<Row>, Trouble> {
        self.all(rows::visits(std::iter::once((person, visit))), rows::event)
    }

    fn find(&self, key: &Key) -> Result<Option<u64>, Trouble> {
        Ok(self.one(rows::claims(std::iter::once(key)), rows::claim)?.map(|claim| claim.number))
    }

    fn dictionaries(&self) -> Result<Vec<Dictionary>, Trouble> {
        self.all(rows::new_dictionaries(Vec::new()), rows::dictionary)
    }

    fn hashes(&self, first: u64, count: u64) -> Result<Vec<Digest>, Trouble> {
        self.all(Step::new(HASHES).with(big(first)).with(end(first)).with(big(count)), |sql| digest(sql, 0))
    }

    fn days(&self) -> Result<Vec<Day>, Trouble> {
        self.all(Step::new(DAYS), rows::day)
    }

    fn people(&self) -> Result<People, Trouble> {
        let mut people = People::default();
        self.persons(&mut |name, revision, packed| people.set(name, revision, packed))?;
        Ok(people)
    }

    fn persons(&self, see: &mut dyn FnMut(&str, u64, &[u8])) -> Result<(), Trouble> {
        let mut after = String::new();
        loop {
            let page = self.0.ask1(Step::new(PEOPLE).with(&after).with(PERSONS as i64))?;
            for row in &page {
                // Revision 0 says only that the person was locked once.
                let revision = number(row, 1)?;
                if revision > 0 {
                    see(get(row, 0)?, revision, get(row, 2)?);
                }
            }
            match page.last() {
                Some(last) if page.len() == PERSONS => after = get(last, 0)?,
                _ => return Ok(()),
            }
        }
    }

    fn postings(&self, from: u64, to: u64) -> Result<Option<Vec<Line>>, Trouble> {
        self.all(Step::new(POSTINGS).with(big(from)).with(big(to)), rows::posting).map(Some)
    }

    fn periods(&self) -> Result<Periods, Trouble> {
        Ok(rows::closed(&self.0.ask1(rows::periods())?)?)
    }

    fn edition(&self) -> Result<Option<String>, Trouble> {
        self.one(Step::new(EDITION), |sql| get(sql, 0))
    }

    fn head(&self, base: u64) -> Result<Verified, Trouble> {
        let read = |sql: &Sql| Ok(Verified { events: number(sql, 0)?, head: digest(sql, 1)? });
        Ok(self.one(Step::new(HEAD).with(big(base)), read)?.unwrap_or(Verified { events: base, head: GENESIS }))
    }

    /// The server checks its own pages; what they hold is checked by reading all of it.
    fn whole(&self) -> Result<(), Trouble> {
        Ok(())
    }
}
