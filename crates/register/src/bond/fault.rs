//! Why a bond cannot be made, changed or used. The article behind it is the area's, so whoever reports it adds that.

use alloc::string::String;
use gongji_domain::{Day, Fen};

use super::{Purpose, Purposes};

/// Why something about a bond cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BondFault {
    /// A bond with oneself.
    #[error("授权人与被授权人是同一人；本人费用由本人账户支付，无需建立共济关系")]
    SamePerson,
    /// The holder has no personal account.
    #[error("授权人 {holder} 没有个人账户；只有设个人账户的参保人可以授权")]
    NoAccount {
        /// The holder's number.
        holder: String,
    },
    /// Another relation than the three.
    #[error("关系“{given}”不能建立家庭共济；只能是 spouse（配偶）、parent（父母）、child（子女）")]
    Relation {
        /// What was given.
        given: String,
    },
    /// A parent younger than the child.
    #[error("关系为{relation}，但授权人生于 {holder}、被授权人生于 {beneficiary}")]
    Ages {
        /// The relation's name.
        relation: &'static str,
        /// When the holder was born.
        holder: Day,
        /// When the beneficiary was born.
        beneficiary: Day,
    },
    /// There is a bond between them already.
    #[error("已有与同一人的共济关系 {number}；须先解除")]
    Twice {
        /// The one that there is.
        number: u64,
    },
    /// There is a bond with another spouse.
    #[error("已有与配偶的共济关系 {number}；须先解除")]
    SecondSpouse {
        /// The one that there is.
        number: u64,
    },
    /// Without the pledge.
    #[error("缺少签署的承诺书编号")]
    PledgeMissing,
    /// Who it is does not agree with the register.
    #[error("{who}的{what}“{given}”与参保登记不一致")]
    Identity {
        /// 授权人 or 被授权人.
        who: &'static str,
        /// What does not agree.
        what: &'static str,
        /// What was given.
        given: String,
    },
    /// Someone who may not do this.
    #[error("{given} 不能{what}；可以由{allowed}办理")]
    WrongPerson {
        /// Who tried.
        given: String,
        /// To do what.
        what: &'static str,
        /// Who may.
        allowed: &'static str,
    },
    /// It was confirmed before.
    #[error("共济关系 {number} 已于 {on} 确认")]
    AlreadyConfirmed {
        /// The bond.
        number: u64,
        /// When.
        on: Day,
    },
    /// A limit below what was used.
    #[error("{what} {limit} 低于已使用的 {used}；可设为不低于已使用的金额，或解除共济关系")]
    BelowUsed {
        /// Which limit.
        what: &'static str,
        /// The limit.
        limit: Fen,
        /// What was used.
        used: Fen,
    },
    /// A limit below zero.
    #[error("{what} {limit} 不能为负")]
    NegativeLimit {
        /// Which limit.
        what: &'static str,
        /// The limit.
        limit: Fen,
    },
    /// It would end before it begins.
    #[error("截止日 {until} 早于起始日 {from}")]
    EndsBefore {
        /// The first day.
        from: Day,
        /// The last day.
        until: Day,
    },
    /// There is no bond of this number.
    #[error("没有编号为 {number} 的共济关系")]
    NoBond {
        /// The number.
        number: u64,
    },
    /// A number that is in use.
    #[error("共济关系编号 {number} 已有")]
    NumberTaken {
        /// The number.
        number: u64,
    },
    /// It was ended.
    #[error("共济关系 {number} 已于 {on} 解除")]
    Unbound {
        /// The bond.
        number: u64,
        /// When.
        on: Day,
    },
    /// It was not confirmed yet.
    #[error("共济关系 {number} 在 {day} 尚未确认")]
    NotConfirmed {
        /// The bond.
        number: u64,
        /// The day of use.
        day: Day,
    },
    /// The day lies outside of what the holder set.
    #[error("{day} 不在共济关系 {number} 的授权期内（{from} 起{}）", ending(*.until))]
    OutOfPeriod {
        /// The bond.
        number: u64,
        /// The day of use.
        day: Day,
        /// The first day.
        from: Day,
        /// The last day; [`Day::MAX`] for none.
        until: Day,
    },
    /// The holder did not allow the purpose.
    #[error("共济关系 {number} 未授权用于{}；授权用途：{allowed}", .purpose.name())]
    PurposeNotAllowed {
        /// The bond.
        number: u64,
        /// The purpose.
        purpose: Purpose,
        /// What the holder allowed.
        allowed: Purposes,
    },
    /// More than the holder allowed.
    #[error("共济关系 {number} 还可使用 {left}，不足 {asked}")]
    BeyondLimit {
        /// The bond.
        number: u64,
        /// What may still be used.
        left: Fen,
        /// What was asked.
        asked: Fen,
    },
    /// Somebody is paid for who is not the beneficiary.
    #[error("{patient} 不是共济关系 {number} 的被授权人；共济资金不能转给第三人")]
    ThirdPerson {
        /// The bond.
        number: u64,
        /// Who was to be paid for.
        patient: String,
    },
    /// No bond with this person at all.
    #[error("{holder} 没有授权 {patient} 使用其个人账户")]
    Stranger {
        /// Whose account was to pay.
        holder: String,
        /// For whom.
        patient: String,
    },
    /// Nothing, or less, was used or given back.
    #[error("金额 {amount} 须大于零")]
    NotPositive {
        /// The amount.
        amount: Fen,
    },
    /// More is given back than was used.
    #[error("退回 {asked} 大于 {year} 年已使用的 {used}")]
    NotUsed {
        /// The year of use.
        year: i32,
        /// What was used in it.
        used: Fen,
        /// What was to be given back.
        asked: Fen,
    },
}

fn ending(until: Day) -> String {
    if until == Day::MAX { String::new() } else { alloc::format!("，至 {until} 止") }
}
