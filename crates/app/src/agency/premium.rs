//! Contributions paid out of a personal account (代扣代缴), for its holder or a relative whom the holder authorised: residents'
//! insurance, long-term care, the large-amount fund, a commercial product that was filed. Whether the area allows it,
//! and what no area can allow (public health, fitness, wellness), its package says.

use std::sync::Arc;

use gongji_adjudication::AccountPart;
use gongji_domain::{Day, Fen, FundCode};
use gongji_ledger::AreaCode;
use gongji_policy::account::{AccountFault, Use, Verdict};
use gongji_register::Member;
use gongji_register::bond::{Bonds, Party, Purpose};
use serde::{Deserialize, Serialize};

use gongji_register::entitlement::State;

use super::{check_officer, check_paper, of_bond, refused};
use crate::his::benefit;
use crate::his::book::{self, View};
use crate::his::decider::Decider;
use crate::his::desk::{Act, Decided, Desk, Done};
use crate::his::entry::{Entry, From, Premium, What, known_as};
use crate::his::errors::{Code, Fault};
use crate::his::member::record_name;
use crate::his::paying::{may_use, who, word};

/// What contributions are paid for; anything else is paid where it is had.
const PURPOSES: [Purpose; 4] =
    [Purpose::ResidentPremium, Purpose::CarePremium, Purpose::LargeAmountPremium, Purpose::CommercialPremium];

/// A contribution that is to be paid.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// 账户持有人, by 人员编号.
    pub holder: String,
    /// 用途, in the words of packages.
    pub purpose: String,
    /// 被缴费人; none for the holder.
    #[serde(default)]
    pub insured: Option<Party>,
    pub amount: Fen,
    /// 缴费单号: what names the payment.
    pub bill: String,
    /// 收款地; the holder's area where nothing is said.
    #[serde(default)]
    pub area: Option<String>,
    /// The fund that receives it; none for contributions that are handed on later.
    #[serde(default)]
    pub fund: Option<FundCode>,
    /// 备案的商业保险产品
    #[serde(default)]
    pub product: Option<String>,
}

/// A contribution that was paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// The event.
    pub number: u64,
    pub amount: Fen,
    /// From the account's parts: this year's, earlier years'.
    pub account: [Fen; 2],
    /// What the account holds after it.
    pub balance: Fen,
    /// By which article.
    pub article: String,
}

/// Pays it.
///
/// # Errors
/// Why it may not be paid; nothing is kept then.
pub(crate) fn pay(desk: &Desk<'_>, decider: &Arc<dyn Decider>, asked: &Asked) -> Result<Done<Told>, Fault> {
    check_officer(desk)?;
    check_paper("bill", &asked.bill)?;
    if let Some(area) = asked.area.as_ref().filter(|area| area.parse::<AreaCode>().is_err()) {
        return Err(Fault::at(Code::InvalidValue, "area").given(area).allowed(" 6 位统筹区代码"));
    }
    let insured = asked.insured.as_ref().map(|party| party.number.clone()).filter(|number| !number.is_empty());
    let insured = insured.filter(|number| *number != asked.holder);
    let act = Act {
        person: asked.holder.clone(),
        also: insured.iter().flat_map(|number| [number.clone(), record_name(number)]).collect(),
        named: format!("premium {} {} {}", asked.holder, asked.purpose, asked.bill),
        asked: serde_json::to_string(asked).expect("texts can always be written"),
        kind: "premium",
    };
    let (decider, asked, on, by) = (Arc::clone(decider), asked.clone(), desk.now.day, desk.by.to_owned());
    desk.act(act, move |view, number| {
        let holder = &asked.holder;
        let unknown = || Fault::at(Code::NotAMember, "holder").given(holder);
        let member = view.member(holder).ok_or_else(unknown)?;
        let (premium, balance) = decide(view, &*decider, member, &asked, on)?;
        let told = Told {
            number,
            amount: premium.amount(),
            account: premium.account,
            balance,
            article: premium.article.clone(),
        };
        let previous = view.last_entry(holder).map(|event| (holder.clone(), event)).into_iter().collect();
        let told_by = book::Told { by: by.clone(), why: String::new(), document: asked.bill.clone() };
        let entry = Entry { previous, told: told_by, what: What::Premium(Box::new(premium)) };
        let change = book::Change::Entered(Box::new(entry));
        Ok(Decided { area: member.area.clone(), with: Vec::new(), change, answer: told })
    })
}

/// The payment, and what the account holds after it.
fn decide(
    view: View<'_>,
    decider: &dyn Decider,
    member: &Member,
    asked: &Asked,
    on: Day,
) -> Result<(Premium, Fen), Fault> {
    let bonds = view.file(&member.number).map(|file| file.bonds.clone()).unwrap_or_default();
    let told = verdict(decider, member, &bonds, asked, on)?;
    let purpose = purpose(&asked.purpose)?;
    let article = || told.article.clone();
    check_insured(decider, view, member, (asked, purpose), on)?;
    check_account(view, member).map_err(|fault| fault.article(article()))?;
    let authorised = |party: &Party| {
        let (bond, most) = bonds.authorises(&member.number, known_as(party), on, purpose)?;
        Ok((bond.number(), most))
    };
    let bond = asked.insured.as_ref().map(authorised).transpose().map_err(|fault| of_bond(&fault, Some(article())))?;
    let standing = view.standing(&member.number);
    let order = decider.account_order(&member.area, on);
    let order = if order.is_empty() { vec![AccountPart::Current, AccountPart::Prior] } else { order };
    let held: Fen = order.iter().map(|part| standing.account(*part)).sum();
    let usable = held.min(bond.and_then(|(_, most)| most).unwrap_or(Fen::MAX)).max(Fen::ZERO);
    if asked.amount <= Fen::ZERO {
        return Err(Fault::at(Code::OutOfRange, "amount").given(asked.amount).allowed("大于 0 的金额"));
    }
    if asked.amount > usable {
        return Err(Fault::at(Code::AccountShort, "amount").given(asked.amount).allowed(format!("至多 {usable}")));
    }
    let mut account = [Fen::ZERO; 2];
    let mut open = asked.amount;
    for part in order {
        let paid = open.min(standing.account(part).max(Fen::ZERO));
        open -= paid;
        account[part as usize] += paid;
    }
    let relative = asked.insured.clone().zip(bond.map(|(number, _)| number));
    let premium = Premium {
        purpose,
        bill: asked.bill.clone(),
        relative,
        account,
        area: asked.area.clone().unwrap_or_else(|| member.area.clone()),
        to: asked.fund.map(|fund| From { fund, ledger: None }),
        product: asked.product.clone(),
        on,
        article: told.article,
    };
    Ok((premium, standing.balance() - asked.amount))
}

/// Whether the holder's area lets the account pay this; who is no relative by a bond is anybody else.
///
/// # Errors
/// If not, by which article.
pub(crate) fn verdict(
    decider: &dyn Decider,
    member: &Member,
    bonds: &Bonds,
    asked: &Asked,
    on: Day,
) -> Result<Use, Fault> {
    let relation = |party: &Party| {
        let last = bonds.given.iter().rev().find(|bond| known_as(&bond.request.beneficiary) == known_as(party));
        last.map_or("other", |bond| who(bond.request.relation))
    };
    let for_whom = asked.insured.as_ref().map_or("self", relation);
    let filed = if asked.product.is_some() { "true" } else { "false" };
    match may_use(decider, member, (&asked.purpose, for_whom), &[("filed_product", filed)], on) {
        Ok(told) if told.verdict == Verdict::Allowed => Ok(told),
        Ok(told) => Err(refused(Code::AccountUseForbidden, told.words).field("purpose").article(told.article)),
        Err(AccountFault::UnknownValue { allowed, .. }) => {
            Err(Fault::at(Code::InvalidValue, "purpose").given(&asked.purpose).allowed(allowed))
        }
        Err(fault) => Err(refused(Code::AccountUseForbidden, fault).field("purpose")),
    }
}

fn purpose(given: &str) -> Result<Purpose, Fault> {
    PURPOSES.into_iter().find(|purpose| word(*purpose) == given).ok_or_else(|| {
        let allowed = PURPOSES.map(|purpose| format!("{}（{}）", word(purpose), purpose.name()));
        Fault::at(Code::InvalidValue, "purpose").given(given).allowed(format!(" {}", allowed.join("、")))
    })
}

/// Nobody is insured both as an employee and as a resident: who changed schemes may be.
fn check_insured(
    decider: &dyn Decider,
    view: View<'_>,
    member: &Member,
    (asked, purpose): (&Asked, Purpose),
    on: Day,
) -> Result<(), Fault> {
    if purpose != Purpose::ResidentPremium {
        return Ok(());
    }
    let insured = match &asked.insured {
        None => Some(member),
        Some(party) => view.member(&party.number),
    };
    let Some(insured) = insured else { return Ok(()) };
    let changed = view.file(&insured.number).is_some_and(|file| file.affairs.scheme.at(on).is_some());
    let in_benefit = benefit::on(decider, insured, on).is_some_and(|(state, _)| state == State::InBenefit);
    if in_benefit && !changed {
        let fault = Fault::at(Code::AlreadyInsured, "insured").given(&insured.number);
        return Err(fault.allowed("没有参加职工医保的亲属"));
    }
    Ok(())
}

fn check_account(view: View<'_>, member: &Member) -> Result<(), Fault> {
    if let Some(died) = member.died {
        return Err(refused(Code::AccountUseForbidden, format!("账户持有人已于 {died} 死亡，余额由继承人申请")));
    }
    let file = view.file(&member.number);
    file.map_or(Ok(()), |file| file.affairs.may_pay()).map_err(|fault| refused(Code::AccountUseForbidden, fault))
}
