//! An insured person (参保人) as a simulation needs one: who they are and what they earn. No name, no number of
//! anybody real.

use gongji_domain::{Day, Fen};

/// Whether a person works or is retired under the insurance (医保待遇状态).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// 在职
    #[default]
    Active,
    /// 退休
    Retired,
}

/// 性别
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// 男
    #[default]
    Male,
    /// 女
    Female,
}

/// Through whom a person is insured (参保方式).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Employment {
    /// 企业
    #[default]
    Enterprise,
    /// 机关事业单位
    Institution,
    /// 灵活就业
    Flexible,
}

/// One insured person at the beginning of the year that is simulated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their number in the population, from 0.
    pub number: u64,
    /// 在职 or 退休.
    pub status: Status,
    /// 性别.
    pub sex: Sex,
    /// Through whom insured (参保方式).
    pub employment: Employment,
    /// Date of birth (出生日期).
    pub birth: Day,
    /// Has a personal account (统账结合); without one: 单建统筹.
    pub account: bool,
    /// Monthly wage before floor and ceiling; nothing for the retired.
    pub wage: Fen,
    /// Monthly contribution base (缴费基数), between floor and ceiling; nothing for the retired.
    pub base: Fen,
    /// Monthly pension (养老金); nothing for the active.
    pub pension: Fen,
    /// What the account holds when the year begins (上年结转).
    pub balance: Fen,
    /// Chronic and special diseases for which the person is enrolled (门诊慢特病), a bit each in the order of the preset.
    pub diseases: u16,
}
