//! Life events of an account at the counter (个人账户业务): filed, approved by another officer, carried out, each step one
//! event. What is asked of a matter is the area's data ([`super::rules`]); what it does to money is planned by the
//! register from what the account holds at that moment, so that nothing depends on when it was filed.

use base16ct::HexDisplay;
use gongji_domain::Fen;
use gongji_register::matter::{Adjustment, Affairs, DocumentRef, Kind, Matter, MatterFault, Movement, Step, plan};
use gongji_register::{Identity, Member, Parts};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::member::known;
use super::rules::{self, Rule, word};
use super::{check_number, check_officer};
use crate::his::book::{Change, Told, View};
use crate::his::desk::{Act, Decided, Desk, Done};
use crate::his::entry::{Concluded, Entry, NewCard, What};
use crate::his::errors::{Code, Fault};
use crate::his::member::{CARD, certificate_name, record_name};
use crate::his::person::balances;

/// An application as it is handed in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filing {
    #[schema(value_type = Object, example = json!({"refund": {"reason": "cross_scheme"}}))]
    pub kind: Kind,
    #[serde(default)]
    #[schema(value_type = Vec<Object>, example = json!([{"kind": "返还申请", "number": "1"}]))]
    pub documents: Vec<DocumentRef>,
    /// 说明
    #[serde(default)]
    pub why: String,
    /// The caller's own number: filing the same again under it is one event. Without it the same on the
    /// same day is, as long as it is open.
    #[serde(default)]
    pub request: Option<String>,
}

/// What an officer decides about an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// 复核
    Approve,
    /// 不予办理
    Reject { why: String },
    /// 撤回
    Withdraw { why: String },
    /// 办结
    CarryOut,
}

/// How far a matter is after a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Answer {
    pub person: String,
    /// 业务编号
    pub number: u64,
    /// By the word of the table of matters.
    pub kind: String,
    pub name: String,
    pub stage: String,
    /// The event of this step.
    pub event: u64,
    /// What was moved, if it was carried out.
    #[schema(value_type = Vec<Object>)]
    pub moved: Vec<Movement>,
    /// Whether another officer must approve it before it is carried out.
    pub needs_approval: bool,
    pub article: String,
}

/// The matters of a person, and what came of them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Listed {
    pub person: String,
    pub area: String,
    #[schema(value_type = Object)]
    pub affairs: Affairs,
    #[schema(value_type = String, example = "105.00")]
    pub current: Fen,
    #[schema(value_type = String, example = "105.00")]
    pub prior: Fen,
    #[schema(value_type = String, example = "105.00")]
    pub owed: Fen,
}

/// Files an application; its number is that of the event.
///
/// # Errors
/// Why it cannot be filed, with the article.
pub(crate) fn file(desk: &Desk<'_>, person: &str, filing: Filing) -> Result<Done<Answer>, Fault> {
    check_officer(desk)?;
    check_number(filing.request.as_deref())?;
    let asked = serde_json::to_string(&(&filing, desk.by)).expect("an application can always be written");
    let named = match &filing.request {
        Some(number) => format!("matter-{person}-{number}"),
        None => {
            // What was turned down or done may be applied for again on the same day.
            let matters = list(desk, person)?.affairs.matters;
            let over = matters.iter().filter(|matter| !matter.stage.is_open()).count();
            format!("matter-{person}-{}", digest(&format!("{asked} {} {over}", desk.now.day)))
        }
    };
    let act = Act { person: person.to_owned(), also: cards(&filing.kind), named, asked, kind: "matter" };
    let (person, by, today) = (person.to_owned(), desk.by.to_owned(), desk.now.day);
    desk.act(act, move |view, number| {
        let member = known(view, &person)?;
        let rule = rules::rules()?.for_kind(&member.area, &filing.kind)?;
        check_kind(view, member, &filing.kind, today).map_err(|fault| fault.article(&rule.article))?;
        let (kind, documents) = (filing.kind.clone(), filing.documents.clone());
        let step = Step::Filed { number, kind, documents, by: by.clone(), on: today };
        checked(view, member, &step, &rule)?;
        let told = Told { by: by.clone(), why: filing.why.clone(), ..Told::default() };
        let answer = answer(&person, number, number, &filing.kind, &rule, "已受理");
        Ok(decided(view, member, told, What::Matter(step), answer))
    })
}

/// Approves, rejects, withdraws or carries out an application.
///
/// # Errors
/// Why that cannot be, with the article.
pub(crate) fn decide(desk: &Desk<'_>, person: &str, number: u64, verdict: Verdict) -> Result<Done<Answer>, Fault> {
    check_officer(desk)?;
    let listed = list(desk, person)?;
    let matter = listed.affairs.matter(number).map_err(|fault| refused(&fault, ""))?;
    let also = match verdict {
        Verdict::CarryOut => cards(&matter.kind).into_iter().chain(old_card(desk, person, &matter.kind)?).collect(),
        _ => Vec::new(),
    };
    let asked = serde_json::to_string(&(number, &verdict, desk.by)).expect("a verdict can always be written");
    // Carried out is once, whoever does it; the rest is said by somebody.
    let named = match &verdict {
        Verdict::CarryOut => format!("matter-{number}-done"),
        Verdict::Approve => format!("matter-{number}-approve-{}", digest(desk.by)),
        Verdict::Reject { .. } => format!("matter-{number}-reject-{}", digest(desk.by)),
        Verdict::Withdraw { .. } => format!("matter-{number}-withdraw-{}", digest(desk.by)),
    };
    let asked = if verdict == Verdict::CarryOut { format!("{person} {number}") } else { asked };
    let act = Act { person: person.to_owned(), also, named, asked, kind: "matter" };
    let (person, by, today) = (person.to_owned(), desk.by.to_owned(), desk.now.day);
    desk.act(act, move |view, event| {
        let member = known(view, &person)?;
        let affairs = affairs(view, &person);
        let matter = affairs.matter(number).map_err(|fault| refused(&fault, ""))?;
        let rule = rules::rules()?.for_kind(&member.area, &matter.kind)?;
        let on = today;
        let (step, why, stage) = match &verdict {
            Verdict::Approve => (Step::Approved { number, by: by.clone(), on }, "", "已复核"),
            Verdict::Reject { why } => {
                (Step::Rejected { number, by: by.clone(), on, why: why.clone() }, why.as_str(), "不予办理")
            }
            Verdict::Withdraw { why } => (Step::Withdrawn { number, on }, why.as_str(), "已撤回"),
            Verdict::CarryOut => {
                (Step::Done { number, on, moved: moved(view, &person, matter, &affairs, on) }, "", "已办结")
            }
        };
        checked(view, member, &step, &rule)?;
        let mut answer = answer(&person, number, event, &matter.kind, &rule, stage);
        let told = Told { by: by.clone(), why: why.to_owned(), ..Told::default() };
        let what = match step {
            Step::Done { ref moved, .. } => {
                check_kind(view, member, &matter.kind, on).map_err(|fault| fault.article(&rule.article))?;
                answer.moved.clone_from(moved);
                let (from, card) = (source_fund(member, &matter.kind)?, new_card(member, &matter.kind));
                What::Concluded(Box::new(Concluded { step, from, card }))
            }
            step => What::Matter(step),
        };
        Ok(decided(view, member, told, what, answer))
    })
}

/// A person's matters.
///
/// # Errors
/// If nobody with this number is registered.
pub(crate) fn list(desk: &Desk<'_>, person: &str) -> Result<Listed, Fault> {
    let name = person.to_owned();
    let see = move |view: View<'_>| {
        let area = known(view, &name)?.area.clone();
        let affairs = affairs(view, &name);
        let [current, prior] = balances(&view.standing(&name));
        let owed = affairs.claims.left();
        Ok(Listed { person: name.clone(), area, affairs, current, prior, owed })
    };
    desk.look(vec![person.to_owned(), record_name(person)], see)?
}

fn affairs(view: View<'_>, person: &str) -> Affairs {
    view.file(person).map(|file| file.affairs.clone()).unwrap_or_default()
}

/// What a matter moves as the account stands now.
fn moved(view: View<'_>, person: &str, matter: &Matter, affairs: &Affairs, on: gongji_domain::Day) -> Vec<Movement> {
    let [current, prior] = balances(&view.standing(person));
    let held = Parts { current, prior, received: Fen::ZERO };
    plan(&matter.kind, &held, affairs.claims.left(), on)
}

/// Against the area's data, against whether the member lives, and against the person's other matters.
fn checked(view: View<'_>, member: &Member, step: &Step, rule: &Rule) -> Result<(), Fault> {
    let checked = affairs(view, &member.number).check(step, &rule.requirements(), member.died);
    checked.map_err(|fault| refused(&fault, &rule.article))
}

fn decided(view: View<'_>, member: &Member, told: Told, what: What, answer: Answer) -> Decided<Answer> {
    let name = &member.number;
    let mut with = Vec::new();
    if let What::Concluded(concluded) = &what
        && let Some(card) = &concluded.card
    {
        with.push(record_name(name));
        with.extend(card.shown_by.iter().chain(&card.no_longer).cloned());
    }
    let previous = view.last_entry(name).map(|last| (name.clone(), last)).into_iter().collect();
    let change = Change::Entered(Box::new(Entry { previous, told, what }));
    Decided { area: member.area.clone(), with, change, answer }
}

fn answer(person: &str, number: u64, event: u64, kind: &Kind, rule: &Rule, stage: &str) -> Answer {
    Answer {
        person: person.to_owned(),
        number,
        kind: word(kind).to_owned(),
        name: kind.name().to_owned(),
        stage: stage.to_owned(),
        event,
        moved: Vec::new(),
        needs_approval: rule.two_persons || kind.pays_out(),
        article: rule.article.clone(),
    }
}

/// What the register's own checks cannot know of an application.
fn check_kind(view: View<'_>, member: &Member, kind: &Kind, today: gongji_domain::Day) -> Result<(), Fault> {
    let invalid = |field: &str, given: &dyn std::fmt::Display, allowed: &str| {
        Err(Fault::at(Code::MatterInvalid, format!("kind.{field}")).given(given).allowed(allowed))
    };
    let is_area = |code: &str| code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit());
    match kind {
        Kind::TransferOut { to } if !is_area(to) || *to == member.area => {
            invalid("transfer_out.to", to, "另一统筹区的六位代码")
        }
        Kind::TransferIn { from, .. } if !is_area(from) || *from == member.area => {
            invalid("transfer_in.from", from, "另一统筹区的六位代码")
        }
        Kind::TransferIn { amounts, .. } if !amounts.received.is_zero() => {
            invalid("transfer_in.amounts.received", &amounts.received, "零：账户里没有亲属转入这一部分")
        }
        Kind::Correction { month, .. } if month.first_day() > today => invalid("correction.month", month, "不晚于本月"),
        Kind::Correction { month, source, change: Adjustment::TakeBack(amount), .. } => {
            let credited = view.file(&member.number).and_then(|file| file.credited.amount_from(*month, *source));
            match credited {
                Some(credited) if *amount > credited => {
                    let fault = Fault::at(Code::CorrectionTooMuch, "kind.correction.change.take_back").given(amount);
                    Err(fault.allowed(format!("至多 {credited}（{month} 从此来源计入的金额）")))
                }
                _ => Ok(()),
            }
        }
        Kind::CardReplaced { card, .. } => match view.owner(&certificate_name(CARD, card)) {
            Some(owner) if owner != member.number => {
                Err(Fault::at(Code::CertificateTaken, "kind.card_replaced.card").given(card))
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// The fund of a corrected credit, where no contribution paid it.
fn source_fund(member: &Member, kind: &Kind) -> Result<Option<crate::his::entry::From>, Fault> {
    use gongji_register::credit::Source;
    let Kind::Correction { source: Source::Fund, .. } = kind else { return Ok(None) };
    let fund = rules::rules()?.credit_fund(&member.area);
    fund.map(Some).ok_or_else(|| Fault::at(Code::NoPolicyForArea, "person").given(&member.area))
}

/// The entries of the store for new cards.
fn cards(kind: &Kind) -> Vec<String> {
    match kind {
        Kind::CardReplaced { card, .. } => vec![certificate_name(CARD, card)],
        _ => Vec::new(),
    }
}

/// The entry for the card that is replaced, as the register has it now.
fn old_card(desk: &Desk<'_>, person: &str, kind: &Kind) -> Result<Option<String>, Fault> {
    if !matches!(kind, Kind::CardReplaced { .. }) {
        return Ok(None);
    }
    let card = super::member::show(desk, person)?.member.identity.card;
    Ok((!card.is_empty()).then(|| certificate_name(CARD, &card)))
}

fn new_card(member: &Member, kind: &Kind) -> Option<NewCard> {
    let Kind::CardReplaced { card, .. } = kind else { return None };
    let old = &member.identity.card;
    let name = |card: &str| certificate_name(CARD, card);
    let no_longer = if old.is_empty() || old == card { Vec::new() } else { vec![name(old)] };
    let identity = Identity { card: card.clone(), ..member.identity.clone() };
    Some(NewCard { identity, shown_by: vec![name(card)], no_longer })
}

/// A fault of the register as callers get it.
fn refused(fault: &MatterFault, article: &str) -> Fault {
    let code = match fault {
        MatterFault::NoMatter { .. } => Code::MatterNotFound,
        MatterFault::NotAllowed { .. } => Code::MatterNotOffered,
        MatterFault::Missing { .. } => Code::DocumentsMissing,
        MatterFault::Stage { .. } | MatterFault::NumberTaken { .. } | MatterFault::OpenPayout { .. } => {
            Code::MatterStage
        }
        MatterFault::SameOfficer { .. } => Code::SecondOfficerNeeded,
        MatterFault::Frozen { .. } => Code::AccountFrozen,
        MatterFault::Gone { .. } => Code::AccountElsewhere,
        MatterFault::Dead { .. } | MatterFault::NotDead => Code::MemberDead,
        _ => Code::MatterInvalid,
    };
    Fault::spelled(code.name(), fault.to_string()).article(article)
}

/// A short digest that names an act by what it says.
pub(super) fn digest(text: &str) -> String {
    format!("{:x}", HexDisplay(&Sha256::digest(text.as_bytes())[..12]))
}
