//! Visits that differ in nothing but their amounts, one after the other: for whole populations, where the same member
//! goes to the same kind of place again and again. Same amounts as `settle_into`, which tests compare on every history;
//! what it looks up for each visit is looked up here once. Gives no list of payments and no steps.

use crate::plain::{self, Short};
use crate::rules::{AccountPart, Rules};
use gongji_domain::{Fen, FundCode};

/// The most counters that rules may have whose visits are decided alike.
const MOST_COUNTERS: usize = 16;

/// What the short way knows of visits with the same facts; see [`Rules::alike`].
#[derive(Clone, Copy, Debug)]
pub struct Alike<'r> {
    rules: &'r Rules,
    short: &'r Short,
    terms: &'r plain::Plain,
}

/// What a member used so far of one benefit year's counters, by visits that were decided [`Alike`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tab([Fen; MOST_COUNTERS]);

/// What one such visit gave. Eligible and all that was charged besides = paid + from the account + cash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shares {
    /// The deductible borne (起付线).
    pub borne: Fen,
    /// What the benefit's fund paid.
    pub paid: Fen,
    /// What each part of the account paid.
    pub from_account: [Fen; 2],
    /// 个人现金支出
    pub cash: Fen,
}

impl Rules {
    /// What visits with these facts have in common, where the short way decides them and every year begins anew;
    /// none where only the long way can.
    pub fn alike(&self, facts: &[i64]) -> Option<Alike<'_>> {
        let short = self.short.as_ref().filter(|_| self.counters.len() <= MOST_COUNTERS)?;
        Some(Alike { rules: self, short, terms: short.terms(facts)? })
    }
}

impl Alike<'_> {
    /// The fund that pays.
    pub fn fund(&self) -> FundCode {
        self.short.fund()
    }

    /// Whether the deductible, and a limit, are used up.
    pub fn used_up(&self, tab: &Tab) -> (bool, bool) {
        self.terms.used_up(|counter| tab.0[usize::from(counter)])
    }

    /// Decides one more visit of the year: `eligible` under the benefit, `other` borne by the member in any case, and
    /// what the account holds where it may pay. The tab and the account take it in.
    #[inline]
    pub fn settle(&self, tab: &mut Tab, account: Option<&mut [Fen; 2]>, eligible: Fen, other: Fen) -> Shares {
        let (borne, above, paid) = self.terms.pays(eligible, |counter| tab.0[usize::from(counter)]);
        self.terms.adds(eligible, borne, above, paid, |counter, amount| tab.0[usize::from(counter)] += amount);
        let mut shares = Shares { borne, paid, cash: eligible + other - paid, ..Shares::default() };
        if let Some(account) = account {
            for part in &self.rules.payers.accounts {
                shares.take(*part, account);
            }
        }
        shares
    }
}

impl Shares {
    #[inline]
    fn take(&mut self, part: AccountPart, account: &mut [Fen; 2]) {
        let held = &mut account[part as usize];
        let taken = self.cash.min(*held);
        *held -= taken;
        self.cash -= taken;
        self.from_account[part as usize] += taken;
    }
}
