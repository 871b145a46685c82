//! What the register is told of a member at the counter (参保登记变更): facts, each with the day from which it holds, who
//! told them, why and by which document. A correction is the fact as it should have been; what was said before stands
//! in the journal.

use gongji_domain::Fen;
use gongji_register::{Fact, Identity, Member};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{check_number, check_officer};
use crate::his::book::{Change, Recorded, Told, View};
use crate::his::desk::{Act, Decided, Desk, Done};
use crate::his::errors::{Code, Fault};
use crate::his::member::{certificates, record_name};
use crate::his::person::balances;

/// Facts as they are told.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Telling {
    #[schema(value_type = Vec<Object>, example = json!([{"died": "2026-02-20"}]))]
    pub facts: Vec<Fact>,
    /// 事由
    #[serde(default)]
    pub why: String,
    /// 材料
    #[serde(default)]
    pub document: String,
    /// The caller's own number: telling the same again under it is one event.
    #[serde(default)]
    pub request: Option<String>,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Written {
    pub person: String,
    pub event: u64,
    pub facts: usize,
}

/// A member with what the account holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Shown {
    #[schema(value_type = Object)]
    pub member: Member,
    /// 当年账户
    #[schema(value_type = String, example = "105.00")]
    pub current: Fen,
    /// 历年账户
    #[schema(value_type = String, example = "105.00")]
    pub prior: Fen,
    #[schema(value_type = String, example = "105.00")]
    pub balance: Fen,
    /// 应追回
    #[schema(value_type = String, example = "105.00")]
    pub owed: Fen,
}

/// What the register says of a member, and what the account holds.
///
/// # Errors
/// If nobody with this number is registered.
pub(crate) fn show(desk: &Desk<'_>, person: &str) -> Result<Shown, Fault> {
    let name = person.to_owned();
    let see = move |view: View<'_>| {
        let member = known(view, &name)?.clone();
        let [current, prior] = balances(&view.standing(&name));
        let owed = view.file(&name).map_or(Fen::ZERO, |file| file.affairs.claims.left());
        Ok(Shown { member, current, prior, balance: current + prior, owed })
    };
    desk.look(vec![person.to_owned(), record_name(person)], see)?
}

/// What facts would make of a member (变更预览): as the register has it, and as it would.
///
/// # Errors
/// Why they cannot be told, as for [`tell`].
pub(crate) fn preview(desk: &Desk<'_>, person: &str, telling: &Telling) -> Result<[Shown; 2], Fault> {
    let before = show(desk, person)?;
    let member = told(&before.member, telling)?;
    let after = Shown { member, ..before.clone() };
    Ok([before, after])
}

/// The last event outside of visits about a member.
///
/// # Errors
/// If nobody with this number is registered.
pub(crate) fn last_entry(desk: &Desk<'_>, person: &str) -> Result<Option<u64>, Fault> {
    let name = person.to_owned();
    desk.look(vec![person.to_owned(), record_name(person)], move |view| {
        known(view, &name)?;
        Ok(view.last_entry(&name))
    })?
}

/// The member with a number.
pub(super) fn known<'a>(view: View<'a>, person: &str) -> Result<&'a Member, Fault> {
    view.member(person).ok_or_else(|| Fault::at(Code::NotAMember, "person").given(person))
}

/// Why somebody wants to see numbers that are hidden.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Revealing {
    /// 事由
    pub why: String,
    /// The caller's own number: asking again under it is asking once.
    #[serde(default)]
    pub request: Option<String>,
}

/// The longest reason.
const WHY: usize = 100;

/// A member's whole numbers (完整号码), for a reason that is kept in the member's history with who asked.
///
/// # Errors
/// Without a reason, or if nobody with this number is registered.
pub(crate) fn reveal(desk: &Desk<'_>, person: &str, revealing: &Revealing) -> Result<Identity, Fault> {
    check_officer(desk)?;
    check_number(revealing.request.as_deref())?;
    let why = revealing.why.trim().to_owned();
    if why.is_empty() {
        return Err(Fault::at(Code::MissingField, "why").allowed("查看完整号码的事由"));
    }
    if why.chars().count() > WHY || why.chars().any(char::is_control) {
        return Err(Fault::at(Code::InvalidValue, "why").allowed(format!("至多 {WHY} 个字")));
    }
    let identity = show(desk, person)?.member.identity;
    let asked = serde_json::to_string(&(revealing, desk.by)).expect("texts can always be written");
    let named = match &revealing.request {
        Some(number) => format!("reveal-{person}-{number}"),
        None => format!("reveal-{person}-{}", super::matter::digest(&format!("{asked} {}", desk.now))),
    };
    let (name, by) = (person.to_owned(), desk.by.to_owned());
    let act = Act { person: name.clone(), also: Vec::new(), named, asked, kind: "revealed" };
    desk.act(act, move |view, event| {
        let area = known(view, &name)?.area.clone();
        let told = Told { by: by.clone(), why: why.clone(), document: String::new() };
        let previous = view.last_entry(&name);
        let (facts, shown_by, no_longer) = (Vec::new(), Vec::new(), Vec::new());
        let recorded = Recorded { facts, told, previous, opened: None, shown_by, no_longer };
        Ok(Decided { area, with: Vec::new(), change: Change::Recorded(Box::new(recorded)), answer: event })
    })?;
    Ok(identity)
}

/// Tells the register facts about a member, as one event.
///
/// # Errors
/// Why they cannot be.
pub(crate) fn tell(desk: &Desk<'_>, person: &str, telling: Telling) -> Result<Done<Written>, Fault> {
    check_officer(desk)?;
    check_number(telling.request.as_deref())?;
    let after = told(&show(desk, person)?.member, &telling)?;
    // Whoever shows a certificate is found by it, so those that come and go are locked with the member.
    let mut also = certificates(&after.identity);
    also.extend(certificates(&show(desk, person)?.member.identity));
    also.sort_unstable();
    also.dedup();
    let asked = serde_json::to_string(&(&telling, desk.by)).expect("facts can always be written");
    let named = match &telling.request {
        Some(number) => format!("fact-{person}-{number}"),
        None => format!("fact-{person}-{}", super::matter::digest(&format!("{asked} {}", desk.now))),
    };
    let (name, by) = (person.to_owned(), desk.by.to_owned());
    let act = Act { person: name.clone(), also, named, asked, kind: "recorded" };
    desk.act(act, move |view, event| {
        let member = known(view, &name)?;
        let after = told(member, &telling)?;
        let (new, old) = (certificates(&after.identity), certificates(&member.identity));
        for certificate in new.iter().filter(|one| !old.contains(one)) {
            if view.owner(certificate).is_some_and(|owner| owner != name) {
                return Err(Fault::at(Code::CertificateTaken, "facts").given(certificate));
            }
        }
        let shown_by: Vec<String> = new.iter().filter(|one| !old.contains(one)).cloned().collect();
        let no_longer: Vec<String> = old.into_iter().filter(|one| !new.contains(one)).collect();
        let mut with = vec![record_name(&name)];
        with.extend(shown_by.iter().chain(&no_longer).cloned());
        let recorded = Recorded {
            facts: telling.facts.clone(),
            told: Told { by: by.clone(), why: telling.why.clone(), document: telling.document.clone() },
            previous: view.last_entry(&name),
            opened: None,
            shown_by,
            no_longer,
        };
        let answer = Written { person: name.clone(), event, facts: recorded.facts.len() };
        Ok(Decided { area: member.area.clone(), with, change: Change::Recorded(Box::new(recorded)), answer })
    })
}

/// The member as it would be.
fn told(member: &Member, telling: &Telling) -> Result<Member, Fault> {
    let mut after = member.clone();
    if telling.facts.is_empty() {
        return Err(Fault::at(Code::MissingField, "facts").allowed("至少一项登记"));
    }
    for (at, fact) in telling.facts.iter().enumerate() {
        let refused = |fault: gongji_register::FactFault| {
            Fault::spelled(Code::FactRefused.name(), fault.to_string()).field(format!("facts.{at}"))
        };
        after.take(fact).map_err(refused)?;
    }
    Ok(after)
}
