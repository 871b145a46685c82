//! Why a matter cannot be filed or go on. The article behind it is the area's, so whoever reports it adds that.

use alloc::string::String;
use gongji_domain::{Day, Fen};

/// Why a step of a matter cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MatterFault {
    /// A number that is in use.
    #[error("业务编号 {number} 已有")]
    NumberTaken {
        /// The number.
        number: u64,
    },
    /// There is no matter of this number.
    #[error("没有编号为 {number} 的业务")]
    NoMatter {
        /// The number.
        number: u64,
    },
    /// The area does not have it.
    #[error("本统筹区不办理{kind}")]
    NotAllowed {
        /// What was applied for.
        kind: &'static str,
    },
    /// Documents that were not handed in.
    #[error("缺少材料：{missing}")]
    Missing {
        /// Which ones.
        missing: String,
    },
    /// The matter is not as far, or too far, for the step.
    #[error("业务 {number} {is}，须为{needs}")]
    Stage {
        /// The matter.
        number: u64,
        /// How far it is.
        is: &'static str,
        /// How far it would have to be.
        needs: &'static str,
    },
    /// Who filed it also approves it.
    #[error("{by} 已受理本业务，须由另一名经办人复核")]
    SameOfficer {
        /// The officer.
        by: String,
    },
    /// Another matter that pays the account out is open.
    #[error("业务 {number}（{kind}）尚未办结，不能同时办理另一项支出个人账户的业务")]
    OpenPayout {
        /// The other one.
        number: u64,
        /// What it is.
        kind: &'static str,
    },
    /// The account is frozen.
    #[error("个人账户自 {since} 起冻结（{reason}），不能支出")]
    Frozen {
        /// Since when.
        since: Day,
        /// Why.
        reason: String,
    },
    /// It is frozen already.
    #[error("个人账户已自 {since} 起冻结")]
    AlreadyFrozen {
        /// Since when.
        since: Day,
    },
    /// There is nothing to release.
    #[error("个人账户未冻结，无需解冻")]
    NotFrozen,
    /// The card is reported lost already.
    #[error("社会保障卡已挂失")]
    AlreadyLost,
    /// The card is not reported lost.
    #[error("社会保障卡未挂失")]
    NotLost,
    /// The card would be good before it was lost.
    #[error("恢复用卡的时间早于挂失时间")]
    BeforeLost,
    /// No moment of a day.
    #[error("时间 {second} 须为当日零时起的秒数，0 至 86399")]
    NoMoment {
        /// What was given.
        second: u32,
    },
    /// The member is dead.
    #[error("参保人已于 {on} 死亡，不能办理{kind}；其个人账户只能由继承人申请继承")]
    Dead {
        /// When.
        on: Day,
        /// What was applied for.
        kind: &'static str,
    },
    /// The member is not known to be dead.
    #[error("参保人没有死亡登记，不能办理继承")]
    NotDead,
    /// The account went to another area.
    #[error("个人账户已于 {on} 转往 {to}")]
    Gone {
        /// To which area.
        to: String,
        /// When.
        on: Day,
    },
    /// Something that must be said was not.
    #[error("缺少{what}")]
    Empty {
        /// What.
        what: &'static str,
    },
    /// An amount below zero, or nothing.
    #[error("{what} {amount} 须大于零")]
    NotPositive {
        /// What.
        what: &'static str,
        /// The amount.
        amount: Fen,
    },
    /// Too few or too many heirs.
    #[error("继承人 {given} 名；须为 1 至 {most} 名")]
    HowManyHeirs {
        /// How many.
        given: usize,
        /// The most.
        most: usize,
    },
    /// An heir without a share.
    #[error("继承人 {name} 的份额 {given} 须大于零")]
    NoShare {
        /// Who.
        name: String,
        /// The weight.
        given: u32,
    },
    /// An heir named twice.
    #[error("继承人证件号码 {certificate} 出现两次")]
    HeirTwice {
        /// The certificate.
        certificate: String,
    },
    /// What was moved is not what belongs to the matter.
    #[error("业务 {number}（{kind}）办结的资金变动与业务不符")]
    Movement {
        /// The matter.
        number: u64,
        /// What it is.
        kind: &'static str,
    },
    /// More comes back than is owed.
    #[error("应追回余额 {owed}，不能冲减 {asked}")]
    NotOwed {
        /// What is owed.
        owed: Fen,
        /// What was to come back.
        asked: Fen,
    },
}
