//! Who settled: looked up for the rows that are shown, and for all only where a query asks about persons.

use std::collections::{HashMap, HashSet};

use gongji_register::Member;

use super::super::{Problem, Sight, unread};
use crate::agency::walk;
use crate::his::listing::{Listed, One};
use crate::his::member::record_name;

/// So many are looked at one by one; for more everybody is walked by.
const LOOKED_AT: usize = 1000;

/// Who settled.
#[derive(Default)]
pub(super) struct Person {
    pub name: String,
    pub certificate: String,
    pub category: String,
}

impl Person {
    /// A member as the register has them on the day of the visit.
    pub(super) fn of(member: &Member, listed: &Listed) -> Self {
        Self {
            name: member.identity.name.clone(),
            certificate: member.identity.certificate.clone(),
            category: member.category_on(listed.day).to_owned(),
        }
    }
}

/// Members by 人员编号.
pub(super) struct Persons(HashMap<String, Member>);

impl Persons {
    /// Those of settlements.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(super) fn of_many(sight: &Sight<'_>, ones: &[One<'_>]) -> Result<Self, Problem> {
        let wanted: HashSet<&str> = ones.iter().map(|one| &*one.listed.psn_no).collect();
        if wanted.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        if wanted.len() <= LOOKED_AT { look(sight, &wanted) } else { walk(sight, &wanted) }
    }

    /// Who had a settlement.
    pub(super) fn of(&self, listed: &Listed) -> Option<Person> {
        self.0.get(&*listed.psn_no).map(|member| Person::of(member, listed))
    }
}

fn look(sight: &Sight<'_>, wanted: &HashSet<&str>) -> Result<Persons, Problem> {
    let numbers: Vec<String> = wanted.iter().map(|number| (*number).to_owned()).collect();
    let entries = numbers.iter().flat_map(|number| [number.clone(), record_name(number)]).collect();
    let members = sight.desk.look(entries, move |view| {
        numbers.iter().filter_map(|number| Some((number.clone(), view.member(number)?.clone()))).collect()
    });
    Ok(Persons(members?))
}

fn walk(sight: &Sight<'_>, wanted: &HashSet<&str>) -> Result<Persons, Problem> {
    let mut members = HashMap::with_capacity(wanted.len());
    let see = |member: &Member, _| {
        if wanted.contains(member.number.as_str()) {
            members.insert(member.number.clone(), member.clone());
        }
    };
    walk::members(&sight.service.kept().reader()?, &sight.book(), see).map_err(unread)?;
    Ok(Persons(members))
}
