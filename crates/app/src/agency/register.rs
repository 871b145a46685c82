//! Looking an area's members up (参保查询), and what waits of their matters (业务清单): everybody of the area is looked at once,
//! beside whoever writes. Changes nothing.

use std::collections::HashMap;

use gongji_domain::{Day, Fen};
use gongji_register::matter::{Affairs, Matter, Requirements, Step, plan};
use gongji_register::{Member, Parts};
use gongji_store::{ReadError, Reader};
use serde::Serialize;

use super::rules::Rules;
use super::walk;
use crate::his::person::balances;
use crate::his::{Book, codes};

/// Whom to look for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Search {
    pub area: String,
    /// Beginning of a 人员编号 or of a 证件号码, or a part of a name; empty for everybody.
    pub text: String,
    /// Status in the words of the policies; empty for all.
    pub status: String,
    pub today: Option<Day>,
}

impl Search {
    fn finds(&self, member: &Member) -> bool {
        let identity = &member.identity;
        let text = self.text.trim();
        let named = text.is_empty()
            || member.number.starts_with(text)
            || identity.name.contains(text)
            || identity.certificate.get(..text.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(text));
        let status = || codes::status(member.category_on(self.today.unwrap_or(Day::MAX)));
        member.area == self.area && named && (self.status.is_empty() || status() == Some(&self.status))
    }
}

/// Everybody who is found, by 人员编号.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn find(reader: &Reader, book: &Book, search: &Search) -> Result<Vec<Member>, ReadError> {
    let mut found = Vec::new();
    walk::members(reader, book, |member, _| {
        if search.finds(member) {
            found.push(member.clone());
        }
    })?;
    found.sort_unstable_by(|a, b| a.number.cmp(&b.number));
    Ok(found)
}

/// A matter with whom it concerns and what an officer may do about it.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub person: String,
    pub name: String,
    pub matter: Matter,
    pub needs_approval: bool,
    pub may: May,
}

/// What an officer may do about a matter now: nothing said where it may be, else why not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct May {
    pub approve: Option<String>,
    pub carry_out: Option<String>,
    pub reject: Option<String>,
    pub withdraw: Option<String>,
}

/// The matters of an area's members that are wanted, the newest first; `by` is the officer who looks.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn matters(
    (reader, book, rules): (&Reader, &Book, &Rules),
    area: &str,
    (by, today): (&str, Day),
    wanted: impl Fn(&Matter) -> bool,
) -> Result<Vec<Waiting>, ReadError> {
    let mut affairs = HashMap::<String, (Affairs, Parts)>::new();
    walk::everybody(
        reader,
        book,
        |number, person| {
            if let Some(file) = person.file.as_deref().filter(|file| file.affairs.matters.iter().any(&wanted)) {
                let [current, prior] = balances(&person.standing);
                let held = Parts { current, prior, received: Fen::ZERO };
                affairs.insert(number.to_owned(), (file.affairs.clone(), held));
            }
        },
        |_, _| {},
    )?;
    let mut waiting = Vec::new();
    if affairs.is_empty() {
        return Ok(waiting);
    }
    walk::members(reader, book, |member, _| {
        let Some((affairs, held)) = affairs.get(&member.number).filter(|_| member.area == area) else { return };
        for matter in affairs.matters.iter().filter(|matter| wanted(matter)) {
            let Ok(rule) = rules.for_kind(area, &matter.kind) else { continue };
            waiting.push(Waiting {
                person: member.number.clone(),
                name: member.identity.name.clone(),
                matter: matter.clone(),
                needs_approval: rule.two_persons || matter.kind.pays_out(),
                may: may((affairs, held), matter, &rule.requirements(), member.died, (by, today)),
            });
        }
    })?;
    waiting.sort_unstable_by_key(|waiting| std::cmp::Reverse(waiting.matter.number));
    Ok(waiting)
}

/// What an officer may do about a matter, by the same checks as when it is done.
pub(crate) fn may(
    (affairs, held): (&Affairs, &Parts),
    matter: &Matter,
    asks: &Requirements,
    died: Option<Day>,
    (by, on): (&str, Day),
) -> May {
    let number = matter.number;
    let why = |step: Step| affairs.check(&step, asks, died).err().map(|fault| fault.to_string());
    let by = || by.to_owned();
    let moved = plan(&matter.kind, held, affairs.claims.left(), on);
    May {
        approve: why(Step::Approved { number, by: by(), on }),
        carry_out: why(Step::Done { number, on, moved }),
        // The reason is still to be written.
        reject: why(Step::Rejected { number, by: by(), on, why: "-".to_owned() }),
        withdraw: why(Step::Withdrawn { number, on }),
    }
}
