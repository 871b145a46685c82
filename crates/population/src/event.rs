//! One use of care (就医购药): a visit, a purchase, an admission, with its cost already split as a catalogue
//! would split it. Says nothing of who pays by law.

use gongji_domain::{Clock, Day, Fen};

/// What kind of use it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Care {
    /// 普通门急诊
    #[default]
    Visit,
    /// 门诊慢特病
    Chronic,
    /// 药店购药
    Pharmacy,
    /// 住院
    Admission,
}

/// Level of the institution (医院等级); of the prescriber where a pharmacy dispenses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// 一级及以下
    #[default]
    Primary,
    /// 二级
    Secondary,
    /// 三级
    Tertiary,
}

/// Where it is sought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// 本统筹区
    #[default]
    Local,
    /// 省内异地
    Province,
    /// 跨省异地
    Nation,
}

/// How a purchase at a pharmacy is paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Means {
    /// By the personal account where it holds enough (个人账户).
    #[default]
    Account,
    /// In cash although there is an account (现金).
    Cash,
    /// On a prescription that the pooled fund may pay (外配处方).
    Prescription,
    /// Not the person's own care at all: their account pays for a relative (家庭共济).
    Relative(Kin),
}

/// For which relative an account pays (使用人).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kin {
    /// 配偶
    Spouse,
    /// 父母
    Parent,
    /// 子女
    Child,
}

impl Kin {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Spouse, Self::Parent, Self::Child];
}

/// One use of care by one person. The parts are a split of the whole: total = off-list + over ceiling + first-pay +
/// eligible.
///
/// With [`Means::Relative`] it is the care of a relative, and the whole is what the person's account is asked for: it
/// counts in nobody's visits, costs or burden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Service day (就诊日期).
    pub day: Day,
    /// Time of day.
    pub clock: Clock,
    /// What kind of use.
    pub care: Care,
    /// Level of the institution.
    pub class: Class,
    /// Where.
    pub reach: Reach,
    /// How a purchase is paid for; [`Means::Account`] for all other care of one's own.
    pub means: Means,
    /// The institution's number inside its kind and level, for what is counted by institution.
    pub institution: u32,
    /// Off-list (全自费).
    pub off_list: Fen,
    /// Above a price ceiling (超限价).
    pub over_ceiling: Fen,
    /// First-pay (先行自付).
    pub upfront: Fen,
    /// Eligible (符合政策范围).
    pub eligible: Fen,
}

impl Event {
    /// All that was charged (医疗费总额).
    pub fn total(&self) -> Fen {
        self.off_list + self.over_ceiling + self.upfront + self.eligible
    }

    /// The relative for whom the account pays; nobody where the care is the person's own.
    #[inline]
    pub const fn relative(&self) -> Option<Kin> {
        match self.means {
            Means::Relative(kin) => Some(kin),
            Means::Account | Means::Cash | Means::Prescription => None,
        }
    }

    /// Whether the care is the person's own (本人就医购药).
    #[inline]
    pub const fn is_own(&self) -> bool {
        self.relative().is_none()
    }
}
