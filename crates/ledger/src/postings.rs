//! Postings (分录) that balance: collected, merged by account, and checked area by area.
//! Knows no rule of posting and no day.

use crate::account::Account;
use crate::moment::EventNo;
use crate::name::AreaCode;
use crate::sums;
use crate::transaction::Kind;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use gongji_domain::Fen;

/// One posting (分录行): a debit (借) is positive, a credit (贷) negative.
#[doc(alias = "分录")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// Where.
    pub account: Account,
    /// How much; never nothing.
    pub amount: Fen,
}

/// Why something is no transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing moves: a visit paid in cash alone has no transaction.
    #[error("没有需要记账的金额")]
    Empty,
    /// A posting of nothing.
    #[error("科目 {account} 的分录金额为零")]
    Zero {
        /// The account of the posting.
        account: Account,
    },
    /// An amount below zero where the rule gives the direction.
    #[error("科目 {account} 的金额 {amount} 为负，应为零或正数")]
    Negative {
        /// The account that it was meant for.
        account: Account,
        /// The amount.
        amount: Fen,
    },
    /// Two postings to one account in a transaction read back.
    #[error("科目 {account} 在一笔凭证中出现两次")]
    Twice {
        /// The account.
        account: Account,
    },
    /// Debits and credits of an area differ.
    #[error("统筹区 {area} 借贷不平，差额 {by}")]
    Unbalanced {
        /// The area.
        area: AreaCode,
        /// Debits less credits.
        by: Fen,
    },
    /// An amount, or a sum of amounts, out of range.
    #[error("科目 {account} 的金额超出可记范围")]
    TooLarge {
        /// The account.
        account: Account,
    },
    /// What is to be reversed is itself a reversal.
    #[error("凭证 {event} 本身是冲销凭证，不能再冲销")]
    ReversalOfReversal {
        /// The reversal.
        event: EventNo,
    },
    /// A reversal that would take effect, or be recorded, before what it reverses.
    #[error("冲销凭证早于被冲销的凭证 {event}")]
    BeforeOriginal {
        /// What it reverses.
        event: EventNo,
    },
    /// A transaction that names itself.
    #[error("凭证 {event} 不能冲销或更正自己")]
    Itself {
        /// The transaction.
        event: EventNo,
    },
    /// A reversal that names nothing, or another kind that names something.
    #[error("{} 凭证与所涉原凭证不符：冲销必须指明原凭证，更正可以指明，其他不得指明", .kind.name())]
    Concern {
        /// The kind.
        kind: Kind,
    },
    /// An accounting day before the effective day, or after it though nothing is reversed or corrected.
    #[error("记账日早于生效日，或既非冲销也非更正而晚于生效日")]
    AccountingDay,
    /// Both sides of a transfer are the same person, or the same ledger.
    #[error("转出方与转入方相同：{account}")]
    SameSides {
        /// The account on both sides.
        account: Account,
    },
    /// A clearing between an area and itself.
    #[error("统筹区 {area} 不能与自己清算")]
    SameArea {
        /// The area.
        area: AreaCode,
    },
}

/// Collects postings; remembers the first fault, so that rules read without interruption.
#[derive(Clone, Debug, Default)]
pub struct Postings {
    sums: Vec<Posting>,
    fault: Option<Fault>,
}

impl Postings {
    /// No posting yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Debits an account (借) with an amount from zero up; nothing is no posting.
    pub fn debit(&mut self, account: Account, amount: Fen) {
        if amount < Fen::ZERO {
            self.fail(Fault::Negative { account, amount });
        } else {
            self.merge(account, amount);
        }
    }

    /// Credits an account (贷) with an amount from zero up; nothing is no posting.
    pub fn credit(&mut self, account: Account, amount: Fen) {
        if amount < Fen::ZERO {
            self.fail(Fault::Negative { account, amount });
        } else {
            self.merge(account, -amount);
        }
    }

    /// Adds a posting with its sign; one of nothing is a fault.
    pub fn add(&mut self, posting: Posting) {
        if posting.amount.is_zero() {
            self.fail(Fault::Zero { account: posting.account });
        } else {
            self.merge(posting.account, posting.amount);
        }
    }

    /// Remembers a fault, unless there is one.
    pub(crate) fn fail(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    fn merge(&mut self, account: Account, amount: Fen) {
        let found = self.sums.iter_mut().find(|posting| posting.account == account);
        let before = found.as_ref().map_or(Fen::ZERO, |posting| posting.amount);
        match (sums::add(before, amount), found) {
            (Ok(sum), Some(posting)) => posting.amount = sum,
            (Ok(sum), None) if !sum.is_zero() => self.sums.push(Posting { account, amount: sum }),
            (Ok(_), None) => {}
            (Err(_), _) => self.fail(Fault::TooLarge { account }),
        }
    }

    /// The postings in the order of their accounts, each account once, none of nothing, balanced
    /// in every area.
    pub(crate) fn finish(mut self) -> Result<Vec<Posting>, Fault> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        self.sums.retain(|posting| !posting.amount.is_zero());
        self.sums.sort_unstable_by_key(|posting| posting.account);
        balanced(&self.sums)?;
        Ok(self.sums)
    }
}

/// Whether postings balance in every area that they touch, and there are any.
pub(crate) fn balanced(postings: &[Posting]) -> Result<(), Fault> {
    if postings.is_empty() {
        return Err(Fault::Empty);
    }
    let mut areas: BTreeMap<AreaCode, Fen> = BTreeMap::new();
    for Posting { account, amount } in postings {
        let sum = areas.entry(account.area()).or_default();
        let checked = sums::add(Fen::ZERO, *amount).and_then(|amount| sums::add(*sum, amount));
        *sum = checked.map_err(|_| Fault::TooLarge { account: *account })?;
    }
    match areas.into_iter().find(|(_, by)| !by.is_zero()) {
        Some((area, by)) => Err(Fault::Unbalanced { area, by }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(key: &str) -> Account {
        key.parse().unwrap()
    }

    fn collect(list: &[(&str, i64)]) -> Result<Vec<(Account, i64)>, Fault> {
        let mut postings = Postings::new();
        for (key, fen) in list {
            postings.add(Posting { account: account(key), amount: Fen::from_fen(*fen) });
        }
        Ok(postings.finish()?.iter().map(|p| (p.account, p.amount.fen())).collect())
    }

    const DEPOSIT: &str = "-/211200/deposit";
    const SUSPENSE: &str = "-/211200/suspense";
    const ELSEWHERE: &str = "-/500000/suspense";

    #[test]
    fn what_does_not_balance_is_refused_by_name() {
        let area = |code: &str| code.parse::<AreaCode>().unwrap();
        let by = Fen::from_fen;
        for (list, expected) in [
            (&[][..], Fault::Empty),
            (&[(DEPOSIT, 5), (DEPOSIT, -5)], Fault::Empty),
            (&[(DEPOSIT, 0)], Fault::Zero { account: account(DEPOSIT) }),
            (&[(DEPOSIT, 5), (SUSPENSE, -4)], Fault::Unbalanced { area: area("211200"), by: by(1) }),
            (&[(DEPOSIT, 5), (ELSEWHERE, -5)], Fault::Unbalanced { area: area("211200"), by: by(5) }),
            (&[(DEPOSIT, i64::MAX), (DEPOSIT, 1)], Fault::TooLarge { account: account(DEPOSIT) }),
            (&[(DEPOSIT, i64::MIN), (SUSPENSE, 1)], Fault::TooLarge { account: account(DEPOSIT) }),
            (&[(DEPOSIT, i64::MAX), (SUSPENSE, 1)], Fault::TooLarge { account: account(SUSPENSE) }),
        ] {
            assert_eq!(collect(list), Err(expected), "{list:?}");
        }
    }

    #[test]
    fn postings_to_one_account_are_one_and_stand_in_order() {
        let merged =
            collect(&[(SUSPENSE, -3), (DEPOSIT, 4), (SUSPENSE, -2), (DEPOSIT, 1), (ELSEWHERE, 1), (ELSEWHERE, -1)]);
        assert_eq!(merged, Ok([(account(DEPOSIT), 5), (account(SUSPENSE), -5)].to_vec()));
    }

    #[test]
    fn a_rule_gives_no_negative_amount() {
        let mut postings = Postings::new();
        let (account, amount) = (account(DEPOSIT), Fen::from_fen(-1));
        postings.debit(account, amount);
        postings.credit(account, Fen::from_fen(1));
        assert_eq!(postings.finish(), Err(Fault::Negative { account, amount }));
    }
}
