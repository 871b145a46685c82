//! What the register says of a member, for all days.

use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::{Day, Fen, Month};
use serde::{Deserialize, Serialize};

use crate::timeline::Timeline;

/// A member (参保人) of the employees' scheme.
#[doc(alias = "参保人")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// 人员编号: the member's number.
    pub number: String,
    /// Who it is.
    pub identity: Identity,
    /// 参保地: the pooling area by its code.
    pub area: String,
    /// 人员类别 by its national code.
    pub category: Timeline<String>,
    /// 参保身份: the kind of enrolment in the words of the area's package.
    pub enrolment: Timeline<String>,
    /// 单位名称: the employer's name; empty without one.
    pub employer: Timeline<String>,
    /// 公务员标志
    pub civil_servant: bool,
    /// 缴费基数: the contribution base a month.
    pub base: Timeline<Fen>,
    /// 待遇状态 as it was told from outside. What contributions say comes from the area's rules.
    pub cover: Timeline<Cover>,
    /// 趸缴: contributions paid in one sum, until a day.
    pub lump_sum: Option<LumpSum>,
    /// 登记额: amounts of this member's own by the name that the area's package gives them.
    pub amounts: Vec<(String, Fen)>,
    /// 缴费记录: contributions that were received, by the months that they are for.
    pub paid: Vec<Paid>,
    /// 住院: inpatient episodes, by their first days.
    pub stays: Vec<Stay>,
    /// 死亡日期
    pub died: Option<Day>,
}

/// Who a member is and what shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// 姓名
    pub name: String,
    /// 证件号码: the number of the identity card.
    pub certificate: String,
    /// 社会保障卡号; empty without a card.
    pub card: String,
    /// 医保电子凭证; empty without one.
    pub token: String,
    /// 性别 by its national code.
    pub gender: String,
    /// 民族 by its national code.
    pub ethnicity: String,
    /// 出生日期
    pub birth: Day,
}

/// Whether benefits can be had (待遇状态).
#[doc(alias = "待遇状态")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cover {
    /// 正常享受
    InBenefit,
    /// 暂停: for a while, as in arrears.
    Suspended,
    /// 终止: for good, as when the insurance ends.
    Ended,
}

/// Contributions paid in one sum (趸缴).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LumpSum {
    /// 趸缴基数 a month.
    pub base: Fen,
    /// The last day that they cover.
    pub until: Day,
}

/// Contributions for months in a row, of equal amounts.
#[doc(alias = "缴费记录")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paid {
    /// The first month that they are for.
    pub from: Month,
    /// For how many months.
    pub months: u16,
    /// 缴费基数 a month.
    pub base: Fen,
    /// 个人缴费 a month: the member's own part.
    pub own: Fen,
    /// 单位缴费 a month, or what else goes to the pool.
    pub pooled: Fen,
    /// The day on which they were received, if that was after the month: then they are back-pay (补缴).
    pub late: Option<Day>,
}

/// An inpatient episode (住院).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// 入院日期
    pub from: Day,
    /// 出院日期; none while the member is in hospital.
    pub until: Option<Day>,
}

impl Member {
    /// 人员类别 on a day; before the first row the first.
    pub fn category_on(&self, day: Day) -> &str {
        self.category.at(day).or(self.category.first()).map_or("", String::as_str)
    }

    /// 参保身份 on a day; before the first row the first.
    pub fn enrolment_on(&self, day: Day) -> &str {
        self.enrolment.at(day).or(self.enrolment.first()).map_or("", String::as_str)
    }

    /// 单位名称 on a day; empty without one.
    pub fn employer_on(&self, day: Day) -> &str {
        self.employer.at(day).map_or("", String::as_str)
    }

    /// What was contributed for a month.
    pub fn paid_for(&self, month: Month) -> Option<&Paid> {
        self.paid.iter().find(|paid| paid.covers(month))
    }

    /// The inpatient episode in which a day lies; the day of discharge is none of its days.
    pub fn stay_on(&self, day: Day) -> Option<&Stay> {
        self.stays.iter().find(|stay| stay.from <= day && stay.until.is_none_or(|until| day < until))
    }

    /// An amount of the member's own by its name.
    pub fn amount(&self, name: &str) -> Option<Fen> {
        self.amounts.iter().find(|(known, _)| known == name).map(|(_, amount)| *amount)
    }

    /// Whether the lump sum covers a day; none for whom there is no lump sum.
    pub fn in_lump_sum(&self, day: Day) -> Option<bool> {
        self.lump_sum.map(|lump_sum| day <= lump_sum.until)
    }
}

impl Paid {
    /// Whether it is for a month.
    pub fn covers(&self, month: Month) -> bool {
        (0..i32::from(self.months)).contains(&month.since(self.from))
    }
}
