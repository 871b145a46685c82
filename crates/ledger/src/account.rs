//! The chart of accounts (会计科目) of a pooling area: which accounts there are, on which side each
//! grows, and the heading it is summed under. Knows no balance and no rule of posting.

use crate::name::{AreaCode, Name};
use gongji_domain::{Fen, FundCode};

/// Whose personal account: a person, in the area that keeps the account (参保地).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Holder {
    /// The person.
    pub person: Name,
    /// The area that keeps the account.
    pub area: AreaCode,
}

/// A part of a personal account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// 当年账户: credited this year.
    Current,
    /// 历年账户: credited in earlier years.
    Prior,
    /// 亲属转入: received from relatives.
    Received,
}

/// A fund, or one ledger kept apart inside it (专账): spent and reported by itself (单独核算),
/// still part of the fund.
#[doc(alias = "专账")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FundLedger {
    /// The fund (基金).
    pub fund: FundCode,
    /// The ledger inside it, by the name that the policy package gives it; none is the fund itself.
    pub sub: Option<Name>,
}

impl From<FundCode> for FundLedger {
    fn from(fund: FundCode) -> Self {
        Self { fund, sub: None }
    }
}

/// One account (明细科目). Its text is its key in a store: see the key's grammar at [`Account::from_str`].
///
/// [`Account::from_str`]: core::str::FromStr
#[doc(alias = "会计科目")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// 个人账户: never below zero.
    Personal {
        /// Whose.
        holder: Holder,
        /// Which part.
        part: Part,
    },
    /// 应追回: what a member owes the area, as for a wrong credit that was spent; never below zero.
    Claim {
        /// Who owes.
        holder: Holder,
    },
    /// 基金: the pooled fund, the large-amount fund, any other; derived, so it is never locked.
    Fund {
        /// The area.
        area: AreaCode,
        /// The fund, or a ledger inside it.
        ledger: FundLedger,
    },
    /// 应付定点机构: what the area owes an institution of its own.
    Institution {
        /// The area.
        area: AreaCode,
        /// The institution.
        institution: Name,
    },
    /// 应收异地: what another area owes this one.
    Receivable {
        /// The area.
        area: AreaCode,
        /// The area that owes.
        from: AreaCode,
    },
    /// 应付异地: what this area owes another one.
    Payable {
        /// The area.
        area: AreaCode,
        /// The area that is owed.
        to: AreaCode,
    },
    /// 缴费: received and not yet given to a fund or a personal account.
    Contributions {
        /// The area.
        area: AreaCode,
    },
    /// 基金存款: the money that the area holds.
    Deposit {
        /// The area.
        area: AreaCode,
    },
    /// 待处理: received or found, and not yet known what for.
    Suspense {
        /// The area.
        area: AreaCode,
    },
}

/// The side of the ledger on which something stands: debits are positive postings, credits negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// 借方
    Debit,
    /// 贷方
    Credit,
}

impl Side {
    /// A sum of postings as a balance on this side: positive when it stands there.
    #[must_use]
    pub fn balance(self, sum: Fen) -> Fen {
        match self {
            Self::Debit => sum,
            // The smallest i64 has no opposite; sums are kept inside (see `sums`).
            Self::Credit => Fen::from_fen(sum.fen().saturating_neg()),
        }
    }
}

/// What accounts are summed under (总账科目): one line of a trial balance.
#[doc(alias = "总账科目")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Heading {
    /// One part of all personal accounts.
    Personal(Part),
    /// All claims on members.
    Claims,
    /// A fund or a ledger inside it.
    Fund(FundLedger),
    /// All institutions.
    Institutions,
    /// All areas that owe.
    Receivables,
    /// All areas that are owed.
    Payables,
    /// Contributions.
    Contributions,
    /// Deposit.
    Deposit,
    /// Suspense.
    Suspense,
}

impl Account {
    /// The area in whose books the account stands.
    pub fn area(&self) -> AreaCode {
        match *self {
            Self::Personal { holder, .. } | Self::Claim { holder } => holder.area,
            Self::Fund { area, .. }
            | Self::Institution { area, .. }
            | Self::Receivable { area, .. }
            | Self::Payable { area, .. }
            | Self::Contributions { area }
            | Self::Deposit { area }
            | Self::Suspense { area } => area,
        }
    }

    /// The person whose account it is, if it is a person's. Persons' accounts are never below zero on their normal
    /// side, so whoever posts to one must have locked its person.
    pub fn person(&self) -> Option<Name> {
        match self {
            Self::Personal { holder, .. } | Self::Claim { holder } => Some(holder.person),
            _ => None,
        }
    }

    /// What it is summed under.
    pub fn heading(&self) -> Heading {
        match *self {
            Self::Personal { part, .. } => Heading::Personal(part),
            Self::Claim { .. } => Heading::Claims,
            Self::Fund { ledger, .. } => Heading::Fund(ledger),
            Self::Institution { .. } => Heading::Institutions,
            Self::Receivable { .. } => Heading::Receivables,
            Self::Payable { .. } => Heading::Payables,
            Self::Contributions { .. } => Heading::Contributions,
            Self::Deposit { .. } => Heading::Deposit,
            Self::Suspense { .. } => Heading::Suspense,
        }
    }

    /// The side on which it grows.
    pub fn normal(&self) -> Side {
        self.heading().normal()
    }
}

impl Heading {
    /// The side on which accounts of this heading grow (余额方向).
    pub fn normal(&self) -> Side {
        match self {
            Self::Claims | Self::Receivables | Self::Deposit => Side::Debit,
            _ => Side::Credit,
        }
    }

    /// The heading's Chinese name, without the name of a ledger inside a fund.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Personal(Part::Current) => "个人账户（当年）",
            Self::Personal(Part::Prior) => "个人账户（历年）",
            Self::Personal(Part::Received) => "个人账户（亲属转入）",
            Self::Claims => "应追回个人账户资金",
            Self::Fund(ledger) => ledger.fund.name(),
            Self::Institutions => "应付定点机构",
            Self::Receivables => "应收异地",
            Self::Payables => "应付异地",
            Self::Contributions => "缴费",
            Self::Deposit => "基金存款",
            Self::Suspense => "待处理",
        }
    }
}

impl Part {
    /// Every part, in the order of their places.
    pub const ALL: [Self; 3] = [Self::Current, Self::Prior, Self::Received];
}
