//! Cases (算例): the plain form in which a member and encounters are stated, and deciding them.
//!
//! `gongji quote` reads cases as JSON Lines; the national interface and the Markdown cases of a
//! package make the same plain structs. The contract is `docs/reference/quote.md`.

mod answer;
mod bands;
mod bind;
mod decide;
mod json;
mod otherwise;
mod read;
mod relations;
mod sentences;
mod slide;

pub use answer::{Answer, not_text, quote};
pub use decide::{Decision, Detail, NotCovered, Refusal, Settled, StepText};
pub use otherwise::{Left, Otherwise, WhatIf};
pub use relations::Relation;
pub use slide::{Slide, Turn};

pub(crate) use answer::OUTPUTS;
pub(crate) use bands::Bands;
pub(crate) use read::case as read_case;
pub(crate) use sentences::benefit_name;

/// A decision in the form of an answer, for comparing.
pub(crate) fn decision_json(decision: &Decision) -> serde_json::Value {
    serde_json::to_value(answer::One { id: "", decision }).unwrap_or_default()
}

use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::{Clock, Day, Fen, FundCode, Rate};

/// A whole case: one member and encounters in the order of settlement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// Its name, echoed in the answer.
    pub id: String,
    /// Division code of the pooling area (统筹区).
    pub pooling_area: String,
    /// The member.
    pub member: Member,
    /// Opening balance of the member's own account, earlier years included.
    pub account_balance: Fen,
    /// The part of it from earlier years.
    pub account_prior_years: Fen,
    /// What the first encounter's periods have already used: benefit, measure, amount.
    pub used: Vec<Used>,
    /// The member's relations to institutions, each with its days.
    pub relations: Vec<Relation>,
    /// The encounters, each with what differs for the member then.
    pub encounters: Vec<(Encounter, MemberThen)>,
}

/// A member (参保人) as rules see one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// 在职、退休等: a value of the shared fact `status`.
    pub status: String,
    /// 参保身份: a value of the area's fact `enrolment`; the area's first when absent.
    pub enrolment: Option<String>,
    /// Date of birth, from which age on the service date follows.
    pub birth_date: Option<Day>,
    /// Facts of members that the area declares.
    pub facts: Vec<(String, FactValue)>,
}

/// What differs for the member at one encounter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberThen {
    /// Status then.
    pub status: Option<String>,
    /// Enrolment then.
    pub enrolment: Option<String>,
    /// Facts then, merged over the member's.
    pub facts: Vec<(String, FactValue)>,
}

/// What a period already used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// The benefit.
    pub benefit: String,
    /// The measure, such as `deductible_borne` or `fund_paid`.
    pub measure: String,
    /// How much.
    pub amount: Fen,
}

/// One encounter (就诊).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encounter {
    /// Its name, echoed in the answer.
    pub id: String,
    /// Service date (费用发生日).
    pub date: Day,
    /// Time of day.
    pub time: Option<Clock>,
    /// 医疗类别: a value of the shared fact `care_type`.
    pub care_type: String,
    /// 就医地点与备案: a value of the shared fact `place`; local when absent.
    pub place: Option<String>,
    /// Where.
    pub institution: Institution,
    /// Who issued the prescription, at a pharmacy.
    pub prescriber: Option<Institution>,
    /// Facts of encounters that the area declares.
    pub facts: Vec<(String, FactValue)>,
    /// The charges.
    pub charges: Vec<Charge>,
    /// What benefits decided elsewhere paid.
    pub prior_benefits: Vec<PriorBenefit>,
}

/// An institution (定点医药机构) as rules see one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Institution {
    /// Its code.
    pub id: Option<String>,
    /// Class under the agreement (协议结算等级).
    pub class: Option<String>,
    /// Kind; general when absent.
    pub kind: Option<String>,
    /// Facts of institutions that the area declares.
    pub facts: Vec<(String, FactValue)>,
}

/// One charge (费用明细).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// Amount charged.
    pub amount: Fen,
    /// Whether the catalogue lists it.
    pub covered: bool,
    /// Price ceiling for this charge.
    pub ceiling: Option<Fen>,
    /// First-pay rate (先行自付比例).
    pub upfront_rate: Rate,
    /// Facts of charges that the area declares; `item` among them.
    pub facts: Vec<(String, FactValue)>,
}

/// A payment of a benefit that is decided elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriorBenefit {
    /// The benefit.
    pub benefit: String,
    /// What it paid.
    pub fund_paid: Fen,
    /// From which fund.
    pub fund: FundCode,
}

/// The value of a declared fact as a case states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactValue {
    /// A choice, an amount or a date, as text.
    Text(String),
    /// True or false.
    Flag(bool),
    /// A whole number.
    Whole(i64),
    /// Members of a set.
    Set(Vec<String>),
}

/// Why a case cannot be read or decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseFault {
    /// A stable code.
    pub code: &'static str,
    /// Which field, such as `encounters[0].date`; empty for the line as a whole.
    pub field: String,
    /// What was found and what is allowed, in Chinese.
    pub message: String,
    /// The article, where one applies.
    pub article: Option<String>,
}

impl CaseFault {
    pub(crate) fn new(code: &'static str, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code, field: field.into(), message: message.into(), article: None }
    }

    /// The same fault inside a larger thing: `charges[0].amount` of `encounters[1]`.
    pub(crate) fn within(self, outer: &str) -> Self {
        let field = match (outer.is_empty(), self.field.is_empty()) {
            (true, _) => self.field,
            (_, true) => outer.into(),
            _ => alloc::format!("{outer}.{}", self.field),
        };
        Self { field, ..self }
    }
}
