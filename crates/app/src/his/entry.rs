//! What happens to a member's personal account outside of visits (个人账户业务): contributions, credits, the turn of the year,
//! family mutual aid, life events. Each is one event of the holder; what it means for the holder, for a relative and
//! for the register is folded here, from the event alone. Knows no rule that decided it.

use gongji_adjudication::AccountPart;
use gongji_domain::{Day, Fen, FundCode, Month};
use gongji_register::bond::{self, Bonds, Purpose};
use gongji_register::credit::{Credited, Source};
use gongji_register::matter::{Adjustment, Affairs, Kind, Movement, Step};
use gongji_register::{Fact, Identity, Paid, Parts};
use serde::{Deserialize, Serialize};

use super::book::Told;
use super::person::Person;

/// Something that happened to an account.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Of each person whom it touches, the event before this one, so that a statement is found without an index.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub previous: Vec<(String, u64)>,
    pub told: Told,
    pub what: What,
}

/// What happened.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// 缴费: a month's contribution was received; the pooled part goes to a fund.
    Contributed {
        paid: Paid,
        to: From,
        /// The member's base is that of this contribution from its month on.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        rebased: bool,
    },
    /// 计入
    Credited(Credit),
    /// 年度结转: what was left of the current part became prior.
    CarriedOver { year: i32, amount: Fen },
    /// 家庭共济
    Bond(bond::Change),
    /// 业务办理
    Matter(Step),
    /// 业务办结
    Concluded(Box<Concluded>),
    /// 代扣代缴
    Premium(Box<Premium>),
}

/// A matter that was carried out, with what its step alone does not say.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Concluded {
    pub step: Step,
    /// The fund that a corrected credit came from, or is to come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<From>,
    /// 补卡
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<NewCard>,
}

/// A member's new card, and what shows the member in its place.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct NewCard {
    pub identity: Identity,
    /// The new card and the old one, by their names in the store.
    pub shown_by: Vec<String>,
    pub no_longer: Vec<String>,
}

/// A fund, and the ledger kept apart inside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct From {
    pub fund: FundCode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<String>,
}

/// A credit (计入) for a month; one that corrects an earlier one of the same month says the difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Credit {
    pub month: Month,
    pub amount: Fen,
    /// The fund that pays; none where the member's own contribution does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<From>,
    /// What of it is withheld for what the member owes.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub withheld: Fen,
    /// By an estimate of a figure that is not published yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// By which article.
    pub article: String,
}

impl Credit {
    pub(crate) fn source(&self) -> Source {
        if self.from.is_some() { Source::Fund } else { Source::Contribution }
    }
}

/// A contribution to some insurance that the account paid (代扣代缴), for its holder or a relative.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Premium {
    pub purpose: Purpose,
    /// 缴费单号
    pub bill: String,
    /// The relative who is insured by it (被缴费人), and the bond; none for the holder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relative: Option<(bond::Party, u64)>,
    /// Taken from the account's parts: this year's, earlier years'.
    pub account: [Fen; 2],
    /// Whose contributions they become.
    pub area: String,
    /// The fund that receives it; none for contributions that are handed on later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<From>,
    /// 备案的商业保险产品
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    pub on: Day,
    /// By which article.
    pub article: String,
}

impl Premium {
    pub(crate) fn amount(&self) -> Fen {
        self.account.into_iter().sum()
    }

    fn fold(&self, person: &mut Person) -> Result<(), String> {
        let [current, prior] = self.account;
        person.take_out(Parts { current, prior, ..Parts::default() });
        let Some((insured, number)) = &self.relative else { return Ok(()) };
        let (number, purpose, amount, on) = (*number, self.purpose, self.amount(), self.on);
        let used = bond::Change::Used { number, patient: known_as(insured).to_owned(), purpose, amount, on };
        person.file_mut().bonds.take_given(&used).map_err(said)
    }
}

/// By what a person is known: 人员编号, or 证件号码 where the register does not know the person.
pub(crate) fn known_as(party: &bond::Party) -> &str {
    if party.number.is_empty() { &party.certificate } else { &party.number }
}

/// What is kept of a member's account beside what it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountFile {
    pub credited: Credited,
    pub bonds: Bonds,
    pub affairs: Affairs,
}

/// What a relative's account paid of a settlement (家庭共济).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Aid {
    /// Whose account: 人员编号 and 参保地.
    pub holder: String,
    pub area: String,
    /// By which bond.
    pub bond: u64,
    pub purpose: Purpose,
    /// Taken from the account's parts: this year's, earlier years'.
    pub account: [Fen; 2],
    /// The most that could be taken.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub usable: Fen,
    /// The holder's event outside of visits before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<u64>,
}

impl Aid {
    pub(crate) fn amount(&self) -> Fen {
        self.account.into_iter().sum()
    }

    /// Out of the holder's account, for a patient's visit on a day.
    ///
    /// # Errors
    /// Why it does not fit.
    pub(super) fn fold_use(&self, person: &mut Person, patient: &str, on: Day) -> Result<(), String> {
        let [current, prior] = self.account;
        person.take_out(Parts { current, prior, ..Parts::default() });
        let (number, purpose, amount) = (self.bond, self.purpose, self.amount());
        let used = bond::Change::Used { number, patient: patient.to_owned(), purpose, amount, on };
        person.file_mut().bonds.take_given(&used).map_err(said)
    }

    /// Back into it, since the settlement was cancelled.
    ///
    /// # Errors
    /// As there.
    pub(super) fn fold_return(&self, person: &mut Person, on: Day) -> Result<(), String> {
        let [current, prior] = self.account;
        person.standing.credit(AccountPart::Current, current);
        person.standing.credit(AccountPart::Prior, prior);
        let returned = bond::Change::UseReturned { number: self.bond, amount: self.amount(), on };
        person.file_mut().bonds.take_given(&returned).map_err(said)
    }
}

impl Entry {
    /// Whose event it is: into the account.
    ///
    /// # Errors
    /// Why it does not fit.
    pub(super) fn fold_holder(&self, person: &mut Person) -> Result<(), String> {
        match &self.what {
            What::Contributed { .. } => {}
            What::Credited(credit) => {
                person.standing.credit(AccountPart::Current, credit.amount - credit.withheld);
                let file = person.file_mut();
                file.affairs.claims.recover(credit.withheld).map_err(said)?;
                file.credited.add(credit.month, credit.amount, credit.source()).map_err(said)?;
            }
            What::CarriedOver { amount, .. } => {
                person.take_out(Parts { current: *amount, ..Parts::default() });
                person.standing.credit(AccountPart::Prior, *amount);
            }
            What::Bond(change) => person.file_mut().bonds.take_given(change).map_err(said)?,
            What::Premium(premium) => premium.fold(person)?,
            What::Matter(step) => fold_step(person, step)?,
            What::Concluded(concluded) => fold_step(person, &concluded.step)?,
        }
        Ok(())
    }

    /// Into a relative's side.
    pub(super) fn fold_relative(&self, person: &mut Person) {
        if let What::Bond(change) = &self.what {
            person.file_mut().bonds.take_received(change);
        }
    }

    /// What the register learns from it.
    pub(super) fn facts(&self) -> Vec<Fact> {
        match &self.what {
            What::Contributed { paid, rebased, .. } => {
                let base = rebased.then(|| Fact::Base(paid.from.first_day(), paid.base));
                std::iter::once(Fact::Paid(*paid)).chain(base).collect()
            }
            What::Concluded(concluded) => {
                let identity = concluded.card.iter().map(|card| Fact::Identity(card.identity.clone()));
                identity.collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether a certificate shows the holder since, or no longer does; nothing if it is about no such certificate.
    pub(super) fn shows(&self, certificate: &str) -> Option<bool> {
        let What::Concluded(concluded) = &self.what else { return None };
        let card = concluded.card.as_ref()?;
        let among = |names: &[String]| names.iter().any(|name| name == certificate);
        if among(&card.shown_by) { Some(true) } else { among(&card.no_longer).then_some(false) }
    }
}

fn fold_step(person: &mut Person, step: &Step) -> Result<(), String> {
    if let Step::Done { number, moved, .. } = step {
        moved.iter().try_for_each(|movement| fold_movement(person, *number, movement))?;
    }
    person.file_mut().affairs.take(step).map_err(said)
}

/// What a matter moved, into the parts of the account and the months that were credited.
fn fold_movement(person: &mut Person, number: u64, movement: &Movement) -> Result<(), String> {
    match movement {
        Movement::Refund { parts } | Movement::ToHeir { parts, .. } | Movement::Relocate { parts, .. } => {
            person.take_out(*parts);
        }
        Movement::Recover { parts } => person.take_out(*parts),
        Movement::Receive { parts, .. } => {
            person.standing.credit(AccountPart::Current, parts.current);
            person.standing.credit(AccountPart::Prior, parts.prior);
        }
        Movement::Credit { month, source, amount, withheld } => {
            person.standing.credit(AccountPart::Current, *amount - *withheld);
            // A month that is not remembered any more is what corrections are for; no run credits it again.
            let _ = person.file_mut().credited.add(*month, *amount, *source);
        }
        Movement::TakeBack { month, source, parts, .. } => {
            person.take_out(*parts);
            let file = person.file_mut();
            let matter = file.affairs.matter(number).map_err(said)?;
            if let Kind::Correction { change: Adjustment::TakeBack(amount), .. } = &matter.kind {
                let amount = -*amount;
                // What is not remembered cannot be credited again, so nothing goes wrong by forgetting it.
                let _ = file.credited.add(*month, amount, *source);
            }
        }
    }
    Ok(())
}

fn is_nothing(amount: &Fen) -> bool {
    amount.is_zero()
}

fn said(fault: impl std::fmt::Display) -> String {
    fault.to_string()
}
