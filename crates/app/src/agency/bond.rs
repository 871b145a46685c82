//! Family mutual aid at the counter (家庭共济): a bond is asked for, confirmed, limited and ended, each one event of its
//! holder, and shown with what it was used for. What the register's rules refuse is refused with the area's article.

use std::sync::Arc;

use gongji_domain::Day;
use gongji_policy::account::{Crediting, Verdict};
use gongji_register::Member;
use gongji_register::bond::{Bond, BondState, Bonds, By, Change, Limits, Party, Registered, Relation, Request};
use serde::{Deserialize, Serialize};

use super::{check_officer, check_paper, of_bond, refused};
use crate::his::book::{self, View};
use crate::his::codes;
use crate::his::decider::Decider;
use crate::his::desk::{Act, Decided, Desk, Done};
use crate::his::entry::{Entry, What};
use crate::his::errors::{Code, Fault};
use crate::his::member::{certificate_name, record_name};
use crate::his::paying::{may_use, who};
use crate::his::uses::{Kept, Use, uses};

/// 居民身份证, by which persons are known to the register.
const IDENTITY_CARD: &str = "02";

/// A bond that is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// 授权人
    pub holder: Party,
    /// 被授权人; its number may be empty.
    pub beneficiary: Party,
    /// What the beneficiary is to the holder.
    pub relation: Relation,
    /// 承诺书编号
    pub pledge: String,
    pub limits: Limits,
    /// Who asks.
    pub by: By,
}

/// A bond after an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// The bond's number.
    pub bond: u64,
    pub state: BondState,
}

/// Asks for a bond (共济申请).
///
/// # Errors
/// Why it cannot be; nothing is kept then.
pub(crate) fn request(desk: &Desk<'_>, decider: &Arc<dyn Decider>, asked: &Asked) -> Result<Done<Told>, Fault> {
    check_officer(desk)?;
    // Without a pledge the register refuses, and says so.
    if !asked.pledge.trim().is_empty() {
        check_paper("pledge", &asked.pledge)?;
    }
    let mut asked = asked.clone();
    // A member is found by the certificate alone, so that nobody is bound twice under two names.
    let certificate = certificate_name(IDENTITY_CARD, &asked.beneficiary.certificate);
    if asked.beneficiary.number.is_empty() {
        let known = certificate.clone();
        let owner = desk.look(vec![certificate], move |view| view.owner(&known).map(str::to_owned))?;
        asked.beneficiary.number = owner.unwrap_or_default();
    }
    let Asked { holder, beneficiary, pledge, .. } = &asked;
    let act = Act {
        person: holder.number.clone(),
        also: entries(&holder.number, &beneficiary.number),
        named: format!("bond {} {} {pledge}", holder.number, beneficiary.certificate),
        asked: serde_json::to_string(&asked).expect("texts can always be written"),
        kind: "bond",
    };
    let (decider, on, by) = (Arc::clone(decider), desk.now.day, desk.by.to_owned());
    desk.act(act, move |view, number| {
        let Asked { holder, beneficiary, relation, pledge, limits, by: asks } = asked.clone();
        let member = view.member(&holder.number);
        let article = member.and_then(|member| article(&*decider, member));
        if let Some(died) = member.and_then(|member| member.died) {
            return Err(refused(Code::BondRefused, format!("授权人已于 {died} 死亡")));
        }
        check_relation(&*decider, member, relation, on)?;
        let request = Request { number, holder, beneficiary, relation, pledge, limits, by: asks, on };
        if !request.beneficiary.number.is_empty() && view.member(&request.beneficiary.number).is_none() {
            return Err(Fault::at(Code::NotAMember, "beneficiary.number").given(&request.beneficiary.number));
        }
        let known = Registered {
            holder: member,
            has_account: member.is_some_and(|member| has_account(view, &*decider, member, on)),
            beneficiary: view.member(&request.beneficiary.number),
        };
        let bonds = bonds(view, &request.holder.number);
        bonds.check_request(&request, &known).map_err(|fault| of_bond(&fault, article))?;
        let ends = [request.holder.number.clone(), request.beneficiary.number.clone()];
        decided(view, ends, Change::Requested(request), &by, &Told { bond: number, state: BondState::Requested })
    })
}

/// Confirms a bond (确认).
///
/// # Errors
/// Why it cannot be.
pub(crate) fn confirm(
    desk: &Desk<'_>,
    decider: &Arc<dyn Decider>,
    (holder, number): (&str, u64),
    by: &By,
) -> Result<Done<Told>, Fault> {
    let (on, by) = (desk.now.day, by.clone());
    let change = Change::Confirmed { number, by, on };
    changed(desk, decider, holder, format!("bond {number} confirm"), change)
}

/// Sets a bond's limits (限额设置). `request` tells one setting from the next one of the same day.
///
/// # Errors
/// Why they cannot be set.
pub(crate) fn limit(
    desk: &Desk<'_>,
    decider: &Arc<dyn Decider>,
    (holder, number): (&str, u64),
    limits: Limits,
    (by, request): (&By, &str),
) -> Result<Done<Told>, Fault> {
    let (on, by) = (desk.now.day, by.clone());
    let named = if request.is_empty() { desk.now.to_string() } else { request.to_owned() };
    let change = Change::LimitsSet { number, by, limits, on };
    changed(desk, decider, holder, format!("bond {number} limits {named}"), change)
}

/// Ends a bond at once (解除).
///
/// # Errors
/// Why it cannot be ended.
pub(crate) fn unbind(
    desk: &Desk<'_>,
    decider: &Arc<dyn Decider>,
    (holder, number): (&str, u64),
    by: &By,
) -> Result<Done<Told>, Fault> {
    let (on, by) = (desk.now.day, by.clone());
    changed(desk, decider, holder, format!("bond {number} unbind"), Change::Unbound { number, by, on })
}

/// The bonds that a person gave and received.
///
/// # Errors
/// When there is no such member.
pub(crate) fn list(desk: &Desk<'_>, person: &str) -> Result<Bonds, Fault> {
    let number = person.to_owned();
    let known = desk.look(vec![person.to_owned(), record_name(person)], move |view| {
        view.member(&number).map(|_| bonds(view, &number))
    })?;
    known.ok_or_else(|| Fault::at(Code::NotAMember, "person").given(person))
}

/// What the account of a holder paid for relatives and as contributions, the first use first.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn used(desk: &Desk<'_>, kept: &Kept, holder: &str) -> Result<Vec<Use>, Fault> {
    let number = holder.to_owned();
    let last = desk.look(vec![holder.to_owned()], move |view| view.last_entry(&number))?;
    uses(kept, holder, last)
}

/// A change of a bond that there is.
fn changed(
    desk: &Desk<'_>,
    decider: &Arc<dyn Decider>,
    holder: &str,
    named: String,
    change: Change,
) -> Result<Done<Told>, Fault> {
    check_officer(desk)?;
    let number = change.number();
    let given = list(desk, holder)?;
    let bond = given.bond(number).map_err(|fault| of_bond(&fault, None))?;
    let beneficiary = bond.request.beneficiary.number.clone();
    let act = Act {
        person: holder.to_owned(),
        also: entries(holder, &beneficiary),
        named,
        asked: serde_json::to_string(&undated(&change)).expect("texts can always be written"),
        kind: "bond",
    };
    let (decider, holder, by) = (Arc::clone(decider), holder.to_owned(), desk.by.to_owned());
    desk.act(act, move |view, _| {
        let article = view.member(&holder).and_then(|member| article(&*decider, member));
        let mut bonds = bonds(view, &holder);
        bonds.take_given(&change).map_err(|fault| of_bond(&fault, article))?;
        let state = bonds.bond(number).map_or(BondState::Unbound, Bond::state);
        let ends = [holder.clone(), beneficiary.clone()];
        decided(view, ends, change.clone(), &by, &Told { bond: number, state })
    })
}

/// A change without its day: the same act on a later day is the same act.
fn undated(change: &Change) -> Change {
    let mut change = change.clone();
    if let Change::Confirmed { on, .. } | Change::LimitsSet { on, .. } | Change::Unbound { on, .. } = &mut change {
        *on = Day::FIRST;
    }
    change
}

/// The entries of the store that belong to a bond's beneficiary, if it is a member.
fn entries(holder: &str, beneficiary: &str) -> Vec<String> {
    if beneficiary.is_empty() || beneficiary == holder {
        return Vec::new();
    }
    vec![beneficiary.to_owned(), record_name(beneficiary)]
}

fn bonds(view: View<'_>, person: &str) -> Bonds {
    view.file(person).map(|file| file.bonds.clone()).unwrap_or_default()
}

fn decided(
    view: View<'_>,
    [holder, beneficiary]: [String; 2],
    change: Change,
    by: &str,
    told: &Told,
) -> Result<Decided<Told>, Fault> {
    let member = view.member(&holder).ok_or_else(|| Fault::at(Code::NotAMember, "holder").given(&holder))?;
    let with: Vec<String> = view.member(&beneficiary).map(|member| member.number.clone()).into_iter().collect();
    let before = |person: &String| Some((person.clone(), view.last_entry(person)?));
    let previous = std::iter::once(&holder).chain(&with).filter_map(before).collect();
    let told_by = book::Told { by: by.to_owned(), ..book::Told::default() };
    let entry = Entry { previous, told: told_by, what: What::Bond(change) };
    let change = book::Change::Entered(Box::new(entry));
    Ok(Decided { area: member.area.clone(), with, change, answer: told.clone() })
}

/// The article of the holder's area on binding; where it has none, that on what accounts may be used for.
fn article(decider: &dyn Decider, holder: &Member) -> Option<String> {
    decider.article_with(&holder.area, "承诺")
}

/// The area must let the account be used for such a relative at all.
fn check_relation(decider: &dyn Decider, holder: Option<&Member>, relation: Relation, on: Day) -> Result<(), Fault> {
    let Some(holder) = holder else { return Ok(()) };
    let told = may_use(decider, holder, ("clinic", who(relation)), &[], on);
    match told {
        Ok(told) if told.verdict == Verdict::Allowed => Ok(()),
        Ok(told) => Err(refused(Code::AccountUseForbidden, told.words).article(told.article)),
        Err(fault) => Err(refused(Code::AccountUseForbidden, fault)),
    }
}

/// Whether a member has an account: one was opened or credited, or the area credits one to such members.
fn has_account(view: View<'_>, decider: &dyn Decider, member: &Member, on: Day) -> bool {
    let number = &member.number;
    if view.is_opened(number) || !view.standing(number).balance().is_zero() {
        return true;
    }
    let in_lump_sum = member.in_lump_sum(on).map(|is| if is { "true" } else { "false" });
    let facts: Vec<(&str, &str)> = in_lump_sum.map(|is| ("lump_sum_period", is)).into_iter().collect();
    let frozen: Vec<_> = member.amounts.iter().map(|(name, amount)| (name.as_str(), *amount)).collect();
    let crediting = Crediting {
        status: codes::status(member.category_on(on)).unwrap_or_default(),
        enrolment: member.enrolment_on(on),
        birth: Some(member.identity.birth),
        base: member.base.at(on).copied(),
        lump_sum_base: member.lump_sum.map(|lump_sum| lump_sum.base),
        pension: None,
        frozen: &frozen,
        facts: &facts,
    };
    decider.has_account(&member.area, on, &crediting)
}

/// Who acts at the counter, by the part played in a bond; nobody for another word.
pub(crate) fn person(word: &str, holder: &Party, beneficiary: &Party, officer: &str) -> Option<By> {
    match word {
        "holder" => Some(By::Person(holder.certificate.clone())),
        "beneficiary" => Some(By::Person(beneficiary.certificate.clone())),
        "officer" => Some(By::Officer(officer.to_owned())),
        _ => None,
    }
}
