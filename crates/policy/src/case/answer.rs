//! `gongji quote`: a line in, an answer out. Field names are the national ones.

use super::decide::{Decision, Detail, Settled, StepText};
use super::json::Json;
use super::{CaseFault, read};
use crate::library::{AreaStatus, Library};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::{Fen, NationalField};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// The answer to one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The case's id, when it could be read.
    pub id: Option<String>,
    /// The package is a draft.
    pub draft: bool,
    /// One decision for each encounter, or the fault of the case.
    pub result: Result<Vec<(String, Decision)>, CaseFault>,
}

/// Answers one line of JSON.
pub fn quote(line: &str, library: &Library, detail: Detail) -> Answer {
    let json: Json<'_> = match serde_json::from_str(line) {
        Ok(json) => json,
        Err(error) => {
            let message = format!("这一行不是合法的 JSON：第 {} 列，{error}", error.column());
            return Answer { id: None, draft: false, result: Err(CaseFault::new("invalid_json", "", message)) };
        }
    };
    let id = read::id_of(&json);
    match read::case(&json, library) {
        Ok(case) => {
            let area = library.area(&case.pooling_area);
            let draft = area.is_some_and(|area| area.status() == AreaStatus::Draft);
            Answer { id, draft, result: library.decide_case(&case, detail) }
        }
        Err(fault) => Answer { id, draft: false, result: Err(fault) },
    }
}

/// The answer to a line that is not even text.
pub fn not_text(valid_bytes: usize) -> Answer {
    let message = format!("这一行不是合法的 JSON：第 {} 个字节起不是 UTF-8 文字", valid_bytes + 1);
    Answer { id: None, draft: false, result: Err(CaseFault::new("invalid_json", "", message)) }
}

impl Library {
    /// Reads a case from a line of JSON without deciding it.
    ///
    /// # Errors
    /// The first fault in reading order.
    pub fn read_case(&self, line: &str) -> Result<super::Case, CaseFault> {
        let json: Json<'_> = serde_json::from_str(line)
            .map_err(|error| CaseFault::new("invalid_json", "", format!("不是合法的 JSON：{error}")))?;
        read::case(&json, self)
    }

    /// Decides the encounters of a case in order.
    ///
    /// # Errors
    /// The first fault in reading order; then nothing of the case is answered.
    pub fn decide_case(&self, case: &super::Case, detail: Detail) -> Result<Vec<(String, Decision)>, CaseFault> {
        let Some(area) = self.area(&case.pooling_area) else {
            let message = format!(
                "没有统筹区 {} 的政策；已载入：{}",
                case.pooling_area,
                crate::fault::listed(self.areas().map(crate::library::Area::code))
            );
            let refusal = super::Refusal { code: "no_policy_for_area".to_owned(), article: None, message };
            let refuse =
                |(encounter, _): &(super::Encounter, _)| (encounter.id.clone(), Decision::Refused(refusal.clone()));
            return Ok(case.encounters.iter().map(refuse).collect());
        };
        let mut standing = area.opening(case)?;
        let (mut decisions, mut stands) = (Vec::with_capacity(case.encounters.len()), Vec::new());
        for (i, (encounter, then)) in case.encounters.iter().enumerate() {
            let member = case.member.at(then);
            let visit = area.with_relations(case, i, &stands);
            let decided = visit.and_then(|visit| area.decide(&member, &standing, &visit, true, detail));
            let decision = decided.map_err(|fault| {
                if fault.field.starts_with("member.") { fault } else { fault.within(&format!("encounters[{i}]")) }
            })?;
            stands.push(matches!(decision, Decision::Settled(_)));
            if let Decision::Settled(settled) = &decision {
                settled.apply(&mut standing);
            }
            decisions.push((encounter.id.clone(), decision));
        }
        Ok(decisions)
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        if self.draft {
            map.serialize_entry("policy_status", "draft")?;
        }
        match &self.result {
            Ok(decisions) => map.serialize_entry("settlements", &Decisions(decisions))?,
            Err(fault) => map.serialize_entry("error", fault)?,
        }
        map.end()
    }
}

impl Serialize for CaseFault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("code", self.code)?;
        map.serialize_entry("field", &self.field)?;
        map.serialize_entry("message", &self.message)?;
        if let Some(article) = &self.article {
            map.serialize_entry("article", article)?;
        }
        map.end()
    }
}

struct Decisions<'a>(&'a [(String, Decision)]);

impl Serialize for Decisions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|(id, decision)| One { id, decision }))
    }
}

pub(super) struct One<'a> {
    pub(super) id: &'a str,
    pub(super) decision: &'a Decision,
}

impl Serialize for One<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", self.id)?;
        match self.decision {
            Decision::Settled(settled) => settled_entries(settled, &mut map)?,
            Decision::Refused(refusal) => {
                map.serialize_entry("outcome", "refused")?;
                map.serialize_entry("refusal", refusal)?;
            }
        }
        map.end()
    }
}

fn settled_entries<M: SerializeMap>(settled: &Settled, map: &mut M) -> Result<(), M::Error> {
    let s = &settled.settlement;
    map.serialize_entry("outcome", "settled")?;
    let money: &[(&str, Fen)] = &[
        ("medfee_sumamt", s.total),
        ("fulamt_ownpay_amt", s.off_list),
        ("overlmt_selfpay", s.over_ceiling),
        ("preselfpay_amt", s.upfront),
        ("inscp_scp_amt", s.eligible),
        ("act_pay_dedc", s.deductible_borne),
        ("hifp_pay", settled.national(NationalField::Hifp)),
        ("hifob_pay", settled.national(NationalField::Hifob)),
    ];
    for (name, amount) in money {
        map.serialize_entry(name, amount)?;
    }
    for (name, field) in OTHER_FUNDS {
        let amount = settled.national(*field);
        if !amount.is_zero() {
            map.serialize_entry(name, &amount)?;
        }
    }
    let money: &[(&str, Fen)] = &[
        ("fund_pay_sumamt", s.fund_total),
        ("psn_part_amt", s.personal_share),
        ("acct_pay", s.account_paid),
        ("psn_cash_pay", s.cash),
        ("balc", s.balance),
    ];
    for (name, amount) in money {
        map.serialize_entry(name, amount)?;
    }
    map.serialize_entry("payments", &Payments(settled))?;
    if let Some(not_covered) = &settled.not_covered {
        map.serialize_entry("not_covered", not_covered)?;
    }
    if !settled.steps.is_empty() {
        map.serialize_entry("steps", &settled.steps)?;
    }
    Ok(())
}

/// What a worked case may check of an answer: its amounts, and what the runner makes of the rest.
pub(crate) const OUTPUTS: &[&str] = &[
    "outcome",
    "refusal",
    "not_covered",
    "error",
    "payments",
    "medfee_sumamt",
    "fulamt_ownpay_amt",
    "overlmt_selfpay",
    "preselfpay_amt",
    "inscp_scp_amt",
    "act_pay_dedc",
    "hifp_pay",
    "hifob_pay",
    "cvlserv_pay",
    "hifes_pay",
    "hifmi_pay",
    "maf_pay",
    "hifdm_pay",
    "oth_pay",
    "fund_pay_sumamt",
    "psn_part_amt",
    "acct_pay",
    "psn_cash_pay",
    "balc",
];

/// Fields of funds that few settlements touch: written when they are not zero.
const OTHER_FUNDS: &[(&str, NationalField)] = &[
    ("cvlserv_pay", NationalField::Cvlserv),
    ("hifes_pay", NationalField::Hifes),
    ("hifmi_pay", NationalField::Hifmi),
    ("maf_pay", NationalField::Maf),
    ("hifdm_pay", NationalField::Hifdm),
    ("oth_pay", NationalField::Oth),
];

struct Payments<'a>(&'a Settled);

impl Serialize for Payments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Payment<'a> {
            benefit: &'a str,
            fund: gongji_domain::FundCode,
            amount: Fen,
        }
        let payments = self.0.payments.iter();
        serializer.collect_seq(payments.map(|(benefit, fund, amount)| Payment {
            benefit,
            fund: *fund,
            amount: *amount,
        }))
    }
}

impl Serialize for super::Refusal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("code", &self.code)?;
        if let Some(article) = &self.article {
            map.serialize_entry("article", article)?;
        }
        map.serialize_entry("message", &self.message)?;
        map.end()
    }
}

impl Serialize for super::NotCovered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("code", &self.code)?;
        map.serialize_entry("article", &self.article)?;
        map.serialize_entry("message", &self.message)?;
        map.end()
    }
}

impl Serialize for StepText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Inputs<'a>(&'a [(&'static str, String)]);
        impl Serialize for Inputs<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
            }
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("rule", &self.rule)?;
        map.serialize_entry("article", &self.article)?;
        map.serialize_entry("inputs", &Inputs(&self.inputs))?;
        map.serialize_entry("result", &self.result)?;
        if let Some(sentence) = &self.sentence {
            map.serialize_entry("sentence", sentence)?;
        }
        map.end()
    }
}
