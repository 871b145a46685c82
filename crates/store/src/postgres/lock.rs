//! Locking the persons of a batch: the one statement that is another one where tables are divided over
//! servers. Whoever has a person's row has the person.

use std::collections::HashMap;

use tokio_postgres::Row;

use crate::engine::Fault;
use crate::people::Kept;
use crate::postgres::link::{Step, big, get, number};
use crate::trouble::Trouble;

/// Persons who may not be there yet, so that there is a row to lock; in the order of the names.
const NEWCOMERS: &str = "INSERT INTO person (person, revision, packed) \
    SELECT n.person, 0, '' FROM unnest($1::text[]) AS n (person) ON CONFLICT DO NOTHING RETURNING person";

/// One server: in the order of the names, so that two nodes never wait for each other.
const ORDERED: &str = "SELECT p.person, p.revision, CASE WHEN p.revision = a.known THEN NULL ELSE p.packed END \
    FROM unnest($1::text[], $2::bigint[]) AS a (person, known) JOIN person p ON p.person = a.person \
    ORDER BY p.person FOR UPDATE OF p";

/// Several servers: those refuse to lock rows of many persons, but not to change them. In no order; the one
/// that a deadlock hits tries again.
const CHANGED: &str = "UPDATE person SET revision = person.revision \
    FROM unnest($1::text[], $2::bigint[]) AS a (person, known) WHERE person.person = a.person \
    RETURNING person.person, person.revision, CASE WHEN person.revision = a.known THEN NULL ELSE person.packed END";

/// What is sent to lock these persons, each with the revision at hand, within an open transaction.
pub(super) fn steps<'a>(persons: &[(&'a str, Option<u64>)], sharded: bool) -> Vec<Step<'a>> {
    let mut steps = Vec::with_capacity(2);
    let unknown: Vec<&str> = persons.iter().filter(|(_, known)| known.is_none()).map(|(name, _)| *name).collect();
    if !unknown.is_empty() {
        steps.push(Step::new(NEWCOMERS).with(unknown));
    }
    if !persons.is_empty() {
        let names: Vec<&str> = persons.iter().map(|(name, _)| *name).collect();
        let known: Vec<i64> = persons.iter().map(|(_, known)| known.map_or(-1, big)).collect();
        steps.push(Step::new(if sharded { CHANGED } else { ORDERED }).with(names).with(known));
    }
    steps
}

/// Persons that are locked.
#[derive(Default)]
pub(super) struct Locked {
    /// The revision of each.
    pub revisions: HashMap<String, u64>,
    /// Those who are kept with another revision than was at hand, by place.
    pub changed: Vec<(usize, Kept)>,
}

impl Locked {
    /// Reads the rows of the last of the steps.
    pub(super) fn read(persons: &[(&str, Option<u64>)], rows: &[Row]) -> Result<Self, Fault> {
        let places: HashMap<&str, usize> = persons.iter().zip(0..).map(|((name, _), at)| (*name, at)).collect();
        let mut locked = Self::default();
        for row in rows {
            let (name, revision) = (get::<&str>(row, 0)?, number(row, 1)?);
            let Some(at) = places.get(name) else { continue };
            locked.revisions.insert(name.to_owned(), revision);
            let packed: Option<Vec<u8>> = get(row, 2)?;
            // Revision 0 says only that the person was locked once.
            if let Some(packed) = packed.filter(|_| revision > 0) {
                locked.changed.push((*at, Kept { revision, packed }));
            }
        }
        match persons.iter().find(|(name, _)| !locked.revisions.contains_key(*name)) {
            Some((name, _)) => Err(Fault::Refused(Trouble::Damaged(format!("person：{name}")))),
            None => Ok(locked),
        }
    }
}
