//! Why nothing is credited to a member for a month (不予计入的原因), each with a code that never changes and a sentence.

use std::fmt;

use gongji_domain::{Day, Fen};
use gongji_policy::account::AccountFault;

/// Why nothing is credited.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Skip {
    /// 当月尚未参保
    NotYet(Day),
    /// 参保已终止
    Ended(Day),
    /// 当月之前已死亡: the month of death is the last that is credited.
    Died(Day),
    /// 人员类别 without an account in any area.
    Status(String),
    /// 没有个人账户, by the area's rules.
    NoAccount { article: String },
    /// 个人缴费未到账
    Unpaid,
    /// 个人缴费少于应计入
    Short { paid: Fen, due: Fen },
    /// The rules give no amount, as while a figure is not published.
    Rules(AccountFault),
    /// The rules do not say whose money it is.
    NoSource,
    /// 账户冻结
    Frozen(Day),
    /// 账户已转出
    Left(Day),
    /// 已转险种
    Scheme(String),
    /// What was credited for the month is not remembered any more, or lies before the account was opened.
    Forgotten,
    /// More was credited than is due: taken back by an officer, never by the run.
    TooMuch(Fen),
    /// No longer registered in the area.
    Gone,
    /// It could not be kept.
    NotRecorded(String),
}

impl Skip {
    /// A stable code.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NotYet(_) => "not_yet_insured",
            Self::Ended(_) => "insurance_ended",
            Self::Died(_) => "died_before",
            Self::Status(_) => "status_without_account",
            Self::NoAccount { .. } => "no_account",
            Self::Unpaid => "contribution_not_received",
            Self::Short { .. } => "contribution_short",
            Self::Rules(fault) => fault.code(),
            Self::NoSource => "no_source",
            Self::Frozen(_) => "frozen",
            Self::Left(_) => "transferred_out",
            Self::Scheme(_) => "other_scheme",
            Self::Forgotten => "month_forgotten",
            Self::TooMuch(_) => "credited_too_much",
            Self::Gone => "no_longer_registered",
            Self::NotRecorded(_) => "not_recorded",
        }
    }

    /// Whether somebody has to do something about it, other than wait.
    pub(crate) fn needs_officer(&self) -> bool {
        let waits = [
            "not_yet_insured",
            "insurance_ended",
            "died_before",
            "status_without_account",
            "no_account",
            "transferred_out",
            "other_scheme",
        ];
        !waits.contains(&self.code())
    }
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotYet(from) => write!(f, "当月尚未参保（{from} 起参保）"),
            Self::Ended(from) => write!(f, "参保已于 {from} 终止"),
            Self::Died(on) => write!(f, "已于 {on} 死亡，死亡次月起不再计入"),
            Self::Status(category) => write!(f, "人员类别 {category} 不计入个人账户"),
            Self::NoAccount { article } => write!(f, "没有个人账户（依据 {article}）"),
            Self::Unpaid => f.write_str("当月个人缴费未到账，到账后再次办理"),
            Self::Short { paid, due } => write!(f, "当月个人缴费到账 {paid} 元，少于应计入的 {due} 元，请核对缴费"),
            Self::Rules(fault) => fault.fmt(f),
            Self::NoSource => f.write_str("政策包没有写由谁计入（account.credit_from）"),
            Self::Frozen(since) => write!(f, "账户自 {since} 冻结，解冻后再次办理"),
            Self::Left(on) => write!(f, "账户已于 {on} 转出"),
            Self::Scheme(to) => write!(f, "已转入险种 {to}，不再计入"),
            Self::Forgotten => f.write_str("当月计入记录已不留存，不能自动计入或补差，请办理计入更正"),
            Self::TooMuch(by) => write!(f, "已计入比应计入多 {by} 元，请办理计入更正"),
            Self::Gone => f.write_str("办理时已不在本统筹区参保"),
            Self::NotRecorded(why) => write!(f, "没有写入：{why}"),
        }
    }
}
