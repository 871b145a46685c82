//! Family mutual aid (家庭共济): a holder lets a spouse, a parent or a child be paid for out of the holder's personal account.
//! Who asked, who confirmed, how much may be used for what and when, what was used. Knows no account and no balance.
//!
//! What keeps strangers out: a bond names two persons, and only visits of the second are paid, only with money of the
//! first's own ([`Bonds::authorises`]). What a relative gave is not passed on, so bonds make no chain.

mod bonds;
mod fault;
mod purposes;
#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::{Day, Fen};
use serde::{Deserialize, Serialize};

pub use bonds::{Bonds, Received};
pub use fault::BondFault;
pub use purposes::{Purpose, Purposes};

/// One of the two persons of a bond.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// 人员编号; empty for whom the register does not know.
    pub number: String,
    /// 姓名
    pub name: String,
    /// 证件号码
    pub certificate: String,
}

/// What the beneficiary is to the holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// 配偶
    Spouse,
    /// 父母
    Parent,
    /// 子女
    Child,
}

/// Who does something with a bond.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A person, by the certificate number (证件号码).
    Person(String),
    /// An officer at the counter (经办人), who saw the papers.
    Officer(String),
}

/// What the holder allows (授权限额).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// 年度限额; none for as much as the account holds.
    pub year: Option<Fen>,
    /// 总限额
    pub total: Option<Fen>,
    /// 用途; none for every purpose that the area allows.
    pub purposes: Option<Purposes>,
    /// The first day (起始日).
    pub from: Option<Day>,
    /// The last day (截止日).
    pub until: Option<Day>,
}

/// A request for a bond (共济申请).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The number of the bond: that of the event by which it was asked for.
    pub number: u64,
    /// 授权人: whose account will pay.
    pub holder: Party,
    /// 被授权人: for whom.
    pub beneficiary: Party,
    /// What the beneficiary is to the holder.
    pub relation: Relation,
    /// 承诺书: which signed pledge.
    pub pledge: String,
    /// What the holder allows.
    pub limits: Limits,
    /// Who asked.
    pub by: By,
    /// When.
    pub on: Day,
}

/// A bond between a holder and a beneficiary (共济关系).
#[doc(alias = "共济关系")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bond {
    /// As it was asked for, with the limits of now.
    pub request: Request,
    /// 确认日期; none while it only was asked for.
    pub confirmed_on: Option<Day>,
    /// What was used in each year, ascending, without years of nothing.
    pub used: Vec<(i32, Fen)>,
    /// 解除日期
    pub unbound_on: Option<Day>,
}

/// A change of a bond, kept by both persons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// 申请
    Requested(Request),
    /// 确认
    Confirmed {
        /// The bond.
        number: u64,
        /// Who confirms.
        by: By,
        /// When.
        on: Day,
    },
    /// 限额设置
    LimitsSet {
        /// The bond.
        number: u64,
        /// Who sets them: the holder, or an officer for the holder.
        by: By,
        /// In place of those before.
        limits: Limits,
        /// When. What was used in this year must fit, in earlier ones not.
        on: Day,
    },
    /// 解除: by either of the two, at once.
    Unbound {
        /// The bond.
        number: u64,
        /// Who ends it.
        by: By,
        /// When.
        on: Day,
    },
    /// 使用
    Used {
        /// The bond.
        number: u64,
        /// 人员编号 of whom it was used for, or 证件号码 of whom the register does not know.
        patient: String,
        /// For what.
        purpose: Purpose,
        /// How much.
        amount: Fen,
        /// The day of the visit or purchase.
        on: Day,
    },
    /// 撤销退回: what was used is given back.
    UseReturned {
        /// The bond.
        number: u64,
        /// How much.
        amount: Fen,
        /// The day of the use, not of the cancellation: that year's limit is free again.
        on: Day,
    },
}

/// Where a bond stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BondState {
    /// 待确认
    Requested,
    /// 已生效
    Confirmed,
    /// 已解除
    Unbound,
}

/// What the register knows of the persons of a request.
#[derive(Clone, Copy, Debug)]
pub struct Registered<'a> {
    /// The holder, if known.
    pub holder: Option<&'a crate::Member>,
    /// Whether the holder has a personal account.
    pub has_account: bool,
    /// The beneficiary, if known: relatives insured elsewhere are not.
    pub beneficiary: Option<&'a crate::Member>,
}

impl Change {
    /// The bond that changes.
    pub fn number(&self) -> u64 {
        match self {
            Self::Requested(request) => request.number,
            Self::Confirmed { number, .. }
            | Self::LimitsSet { number, .. }
            | Self::Unbound { number, .. }
            | Self::Used { number, .. }
            | Self::UseReturned { number, .. } => *number,
        }
    }
}

impl Relation {
    /// The relation's Chinese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spouse => "配偶",
            Self::Parent => "父母",
            Self::Child => "子女",
        }
    }
}

impl core::str::FromStr for Relation {
    type Err = BondFault;

    fn from_str(text: &str) -> Result<Self, BondFault> {
        match text {
            "spouse" | "配偶" => Ok(Self::Spouse),
            "parent" | "父母" => Ok(Self::Parent),
            "child" | "子女" => Ok(Self::Child),
            other => Err(BondFault::Relation { given: other.into() }),
        }
    }
}

impl BondState {
    /// The state's Chinese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requested => "待确认",
            Self::Confirmed => "已生效",
            Self::Unbound => "已解除",
        }
    }
}

impl Bond {
    /// Its number.
    pub fn number(&self) -> u64 {
        self.request.number
    }

    /// Where it stands.
    pub fn state(&self) -> BondState {
        match (self.confirmed_on, self.unbound_on) {
            (_, Some(_)) => BondState::Unbound,
            (Some(_), None) => BondState::Confirmed,
            (None, None) => BondState::Requested,
        }
    }

    /// What was used in all years.
    pub fn used_in_all(&self) -> Fen {
        self.used.iter().map(|(_, amount)| *amount).sum()
    }

    /// What was used in a year.
    pub fn used_in(&self, year: i32) -> Fen {
        self.used.iter().find(|(of, _)| *of == year).map_or(Fen::ZERO, |(_, amount)| *amount)
    }

    /// The most that may still be used on a day for a purpose; none where the holder set no amount. What the
    /// account holds, and whether the area allows the purpose, is asked elsewhere.
    ///
    /// # Errors
    /// Why nothing may be used at all.
    pub fn most(&self, day: Day, purpose: Purpose) -> Result<Option<Fen>, BondFault> {
        let (number, limits) = (self.number(), &self.request.limits);
        if let Some(on) = self.unbound_on {
            return Err(BondFault::Unbound { number, on });
        }
        let confirmed = self.confirmed_on.filter(|on| *on <= day);
        let confirmed = confirmed.ok_or(BondFault::NotConfirmed { number, day })?;
        let from = limits.from.unwrap_or(confirmed);
        if day < from || limits.until.is_some_and(|until| day > until) {
            return Err(BondFault::OutOfPeriod { number, day, from, until: limits.until.unwrap_or(Day::MAX) });
        }
        if let Some(allowed) = limits.purposes.filter(|allowed| !allowed.has(purpose)) {
            return Err(BondFault::PurposeNotAllowed { number, purpose, allowed });
        }
        let year = limits.year.map(|limit| limit.less(self.used_in(day.ymd().0)));
        let total = limits.total.map(|limit| limit.less(self.used_in_all()));
        Ok([year, total].into_iter().flatten().min())
    }
}
