//! Life events of a personal account as applications (业务办理): filed with documents, approved by another officer, done.
//! What each does to money is planned in [`plan`]; what is kept of a person is [`Affairs`].
//!
//! Which documents a matter needs, and whether an area has it at all, is the caller's data ([`Requirements`]). Two things
//! no area's data can change: money never leaves on one officer's word, and a dead member's account is for the heirs.

mod affairs;
mod claims;
mod fault;
mod plan;
#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::{Day, Fen, Month};
use serde::{Deserialize, Serialize};

use crate::credit::Source;
use crate::parts::Parts;

pub use affairs::{Affairs, Frozen, Left};
pub use claims::{Claim, Claims, withheld};
pub use fault::MatterFault;
pub use plan::{Movement, plan};

/// An application and how far it is.
#[doc(alias = "业务办理")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matter {
    /// Its number: that of the event by which it was filed.
    pub number: u64,
    /// What is applied for.
    pub kind: Kind,
    /// 材料: the documents that were handed in.
    pub documents: Vec<DocumentRef>,
    /// 受理人: the officer who filed it.
    pub filed_by: String,
    /// 受理日期
    pub filed_on: Day,
    /// How far it is.
    pub stage: Stage,
}

/// A document that was handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRef {
    /// Which document, by the name that the area's data gives it.
    pub kind: String,
    /// Its number, or where it is kept.
    pub number: String,
}

/// What is applied for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 转出: the account goes with its member to another area.
    TransferOut {
        /// 转入地
        to: String,
    },
    /// 转入: a member comes with an account.
    TransferIn {
        /// 转出地
        from: String,
        /// What it held.
        amounts: Parts,
    },
    /// 险种变更: to residents' insurance, say; the account stays usable.
    SchemeChange {
        /// To which scheme.
        to: String,
    },
    /// 返还
    Refund {
        /// Why, by the name that the area's data gives the case.
        reason: String,
    },
    /// 继承
    Inheritance {
        /// Who inherits.
        heirs: Vec<Heir>,
    },
    /// 计入更正
    Correction {
        /// The month that was credited wrongly.
        month: Month,
        /// Where the credit came from.
        source: Source,
        /// What was too much or too little.
        change: Adjustment,
        /// Why it was wrong.
        reason: String,
    },
    /// 挂失
    CardLost {
        /// From this moment on losses are not the member's.
        from: Moment,
    },
    /// 解除挂失
    CardFound {
        /// From this moment on the card is good again.
        from: Moment,
    },
    /// 补卡
    CardReplaced {
        /// From this moment on the new card is good.
        from: Moment,
        /// Its number.
        card: String,
    },
    /// 冻结
    Freeze {
        /// Why.
        reason: String,
    },
    /// 解冻
    Release,
}

/// What a correction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Adjustment {
    /// 多计，追回
    TakeBack(Fen),
    /// 少计，补计
    Add(Fen),
}

/// A moment to the second: losses of a card are told apart by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    /// The day.
    pub day: Day,
    /// Seconds since midnight.
    pub second: u32,
}

/// Who inherits (继承人).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heir {
    /// 姓名
    pub name: String,
    /// 证件号码
    pub certificate: String,
    /// What the heir was to the dead, as the papers say.
    pub relation: String,
    /// The share is proportional to this.
    pub weight: u32,
    /// 收款账户: the bank account that is paid to.
    pub bank_account: String,
}

/// How far a matter is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 已受理
    Filed,
    /// 已复核
    Approved {
        /// By whom.
        by: String,
        /// When.
        on: Day,
    },
    /// 不予办理
    Rejected {
        /// By whom.
        by: String,
        /// When.
        on: Day,
        /// Why.
        why: String,
    },
    /// 已撤回
    Withdrawn {
        /// When.
        on: Day,
    },
    /// 已办结
    Done {
        /// When.
        on: Day,
    },
}

/// A step of a matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// 受理
    Filed {
        /// The matter's number.
        number: u64,
        /// What is applied for.
        kind: Kind,
        /// The documents that were handed in.
        documents: Vec<DocumentRef>,
        /// The officer.
        by: String,
        /// When.
        on: Day,
    },
    /// 复核
    Approved {
        /// The matter.
        number: u64,
        /// The officer.
        by: String,
        /// When.
        on: Day,
    },
    /// 不予办理
    Rejected {
        /// The matter.
        number: u64,
        /// The officer.
        by: String,
        /// When.
        on: Day,
        /// Why.
        why: String,
    },
    /// 撤回
    Withdrawn {
        /// The matter.
        number: u64,
        /// When.
        on: Day,
    },
    /// 办结
    Done {
        /// The matter.
        number: u64,
        /// When.
        on: Day,
        /// What of money was moved, as [`plan`] said then.
        moved: Vec<Movement>,
    },
}

/// What an area's data asks of a matter, for its kind and reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirements {
    /// Whether the area has this matter at all.
    pub allowed: bool,
    /// The documents without which it is not filed.
    pub documents: Vec<String>,
    /// Whether another officer must approve it. Where money leaves one always must.
    pub two_persons: bool,
}

impl Kind {
    /// The matter's Chinese name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::TransferOut { .. } => "转移接续转出",
            Self::TransferIn { .. } => "转移接续转入",
            Self::SchemeChange { .. } => "险种变更",
            Self::Refund { .. } => "个人账户返还",
            Self::Inheritance { .. } => "个人账户继承",
            Self::Correction { .. } => "计入更正",
            Self::CardLost { .. } => "挂失",
            Self::CardFound { .. } => "解除挂失",
            Self::CardReplaced { .. } => "补卡",
            Self::Freeze { .. } => "冻结",
            Self::Release => "解冻",
        }
    }

    /// Whether money leaves the account for good.
    pub const fn pays_out(&self) -> bool {
        matches!(self, Self::TransferOut { .. } | Self::Refund { .. } | Self::Inheritance { .. })
    }

    /// Whether it can still be when the member is dead.
    const fn outlives(&self) -> bool {
        matches!(
            self,
            Self::Inheritance { .. }
                | Self::Correction { .. }
                | Self::CardLost { .. }
                | Self::Freeze { .. }
                | Self::Release
        )
    }
}

impl Stage {
    /// The stage's Chinese name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Filed => "已受理",
            Self::Approved { .. } => "已复核",
            Self::Rejected { .. } => "不予办理",
            Self::Withdrawn { .. } => "已撤回",
            Self::Done { .. } => "已办结",
        }
    }

    /// Whether more can come.
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Filed | Self::Approved { .. })
    }
}

impl Step {
    /// The matter.
    pub const fn number(&self) -> u64 {
        match self {
            Self::Filed { number, .. }
            | Self::Approved { number, .. }
            | Self::Rejected { number, .. }
            | Self::Withdrawn { number, .. }
            | Self::Done { number, .. } => *number,
        }
    }
}
