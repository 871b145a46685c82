//! Putting derived rows of a server anew: persons, postings, messages, days, periods. Only while no node
//! runs; the events, their streams and dictionaries are left as they are.

use crate::engine::{Derived, Fault, Message, Replayed};
use crate::postgres::address::Address;
use crate::postgres::lease::{ALONE, BEGIN, COMMIT, alive, fence};
use crate::postgres::link::{Link, Step};
use crate::postgres::moment::Moment;
use crate::postgres::write::{self, Writing};
use crate::posting::Line;
use crate::replay::derive;
use crate::state::State;
use crate::store::OpenError;
use crate::trouble::Trouble;

const CLEAR: [&str; 6] = [
    "DELETE FROM posting",
    "DELETE FROM message_claim",
    "DELETE FROM person",
    "DELETE FROM day_head",
    "DELETE FROM period",
    "DELETE FROM edition",
];
const EDITION: &str = "INSERT INTO edition (edition) VALUES ($1) ON CONFLICT DO NOTHING RETURNING edition";

/// Persons that are written together.
const PERSONS: usize = 5_000;

/// Makes everything that is derived anew. [`OpenError::InUse`] while a node is running.
pub(super) fn anew<S: State>(address: &Address, state: &S) -> Result<(), OpenError> {
    let anew = Anew::begin(address)?;
    // Nobody commits meanwhile, so this moment is all there is.
    let source = Moment::of(address)?;
    Ok(derive(&source, Box::new(anew), state)?)
}

/// What is put anew, all or nothing of it.
struct Anew(Link);

impl Anew {
    fn begin(address: &Address) -> Result<Self, OpenError> {
        let link = Link::patient(address)?;
        let alone = || link.ask(&[Step::new(BEGIN), Step::new(ALONE)]);
        alone()?;
        if alive(&link)? {
            return Err(OpenError::InUse);
        }
        // A node that only looks dead is kept from committing before anything is locked that it may wait for.
        link.ask(&[fence(), Step::new(COMMIT)])?;
        alone()?;
        if alive(&link)? {
            return Err(OpenError::InUse);
        }
        link.ask(&CLEAR.map(Step::new))?;
        Ok(Self(link))
    }

    fn write<'a>(&self, all: impl IntoIterator<Item = Writing<'a>>) -> Result<(), Fault> {
        let (checks, steps): (Vec<_>, Vec<_>) = all.into_iter().map(Writing::apart).unzip();
        let said = self.0.ask(&steps)?;
        checks.iter().zip(&said).try_for_each(|(check, rows)| check.count(rows))
    }
}

impl Derived for Anew {
    fn add(&mut self, postings: &[Line], messages: &[Message<'_>]) -> Result<(), Trouble> {
        Ok(self.write([write::postings(postings), write::messages(messages)])?)
    }

    fn finish(self: Box<Self>, replayed: &Replayed) -> Result<(), Trouble> {
        let people: Vec<_> = replayed.people.iter().collect();
        for some in people.chunks(PERSONS) {
            self.write([write::new_persons(some)])?;
        }
        self.write([write::days(&replayed.days), write::periods(&replayed.periods)])?;
        self.0.ask(&[Step::new(EDITION).with(&replayed.edition), Step::new(COMMIT)])?;
        Ok(())
    }
}
