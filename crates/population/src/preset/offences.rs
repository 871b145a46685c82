//! Kinds of violation (违规类型) as a preset has them.

use alloc::vec::Vec;
use serde::Deserialize;

/// What kind it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offence {
    /// 重复收费、超标准收费、分解
    Overcharge,
    /// 过度诊疗、过度检查
    Overuse,
    /// 串换
    Swap,
    /// 超限定支付
    Restricted,
    /// 超量、重复开药
    Overprescription,
    /// 账户超范围使用
    Account,
    /// 虚假、冒名
    False,
    /// 倒卖、回流药
    Resale,
    /// 其他
    Other,
}

/// What is done to a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// A share of the eligible expense more.
    Add,
    /// The same claim once more.
    Repeat,
    /// A share of what is off-list, claimed as eligible.
    Move,
    /// The claim stays as it is, and nothing of it is due.
    Whole,
}

/// What kind of institution does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Without fault.
    None,
    /// With small faults.
    Minor,
    /// With intent.
    Deliberate,
    /// In a ring.
    Ring,
}

/// What care it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Used {
    /// 普通门急诊
    Visit,
    /// 门诊慢特病
    Chronic,
    /// 住院
    Admission,
    /// A purchase by the account (个人账户购药).
    Account,
    /// A purchase in cash.
    Cash,
    /// A purchase on a prescription (外配处方).
    Prescription,
}

/// One kind of violation.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offences {
    /// What kind.
    pub kind: Offence,
    /// Share of all violations, by count.
    pub share: f64,
    /// What is done to the claim.
    pub act: Act,
    /// How much of it, where the act is of a share.
    #[serde(default = "whole")]
    pub extent: f64,
    /// What care it concerns.
    pub used: Vec<Used>,
    /// The least that an institution must be to do it.
    pub by: Tier,
}

const fn whole() -> f64 {
    1.0
}
