//! What deciding a visit gives: a settlement (结算) or a refusal (拒绝), with what it changes.

use crate::rules::{ReasonId, WhyId};
use crate::standing::Addition;
use crate::steps::Step;
use alloc::vec::Vec;
use gongji_domain::{Fen, FundCode};

/// The two things that can come out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Settled, possibly with nothing from the funds.
    Settled(Settlement),
    /// Insurance cannot settle this at all; nothing changes.
    Refused(Refusal),
}

/// Why insurance cannot settle a visit: reasons in order of precedence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The reasons; the first is the answer's.
    pub reasons: Vec<ReasonId>,
}

/// One decided visit. The identities hold by construction and are asserted:
/// total = off-list + over ceiling + upfront + eligible = funds + personal share,
/// personal share = account + cash.
#[doc(alias = "结算")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settlement {
    /// 医疗费总额
    pub total: Fen,
    /// 全自费金额
    pub off_list: Fen,
    /// 超限价自费费用
    pub over_ceiling: Fen,
    /// 先行自付金额
    pub upfront: Fen,
    /// 符合政策范围金额
    pub eligible: Fen,
    /// 实际支付起付线: the ordinary deductible borne in this settlement.
    pub deductible_borne: Fen,
    /// What each benefit had paid by which fund, in the order of the chain; no zero.
    pub payments: Vec<Payment>,
    /// 基金支付总额
    pub fund_total: Fen,
    /// 个人负担总金额
    pub personal_share: Fen,
    /// 个人账户支出
    pub account_paid: Fen,
    /// 个人现金支出
    pub cash: Fen,
    /// 余额: the account after this settlement.
    pub balance: Fen,
    /// What each account part paid.
    pub from_account: [Fen; 2],
    /// Why the ordinary benefit pays nothing, in order of precedence; empty when it covers.
    pub not_covered: Vec<(ReasonId, WhyId)>,
    /// What this settlement adds to the member's counters.
    pub additions: Vec<Addition>,
    /// The explanation, when asked for.
    pub steps: Vec<Step>,
}

/// A payment of one benefit by one fund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The benefit's place in the chain.
    pub benefit: u8,
    /// The fund.
    pub fund: FundCode,
    /// How much.
    pub amount: Fen,
}

impl Settlement {
    /// Empties everything, keeping what is allocated.
    #[inline]
    pub(crate) fn clear(&mut self) {
        let Self { payments, not_covered, additions, steps, .. } = self;
        payments.clear();
        not_covered.clear();
        additions.clear();
        steps.clear();
        self.off_list = Fen::ZERO;
        self.over_ceiling = Fen::ZERO;
        self.upfront = Fen::ZERO;
        self.eligible = Fen::ZERO;
        self.deductible_borne = Fen::ZERO;
        self.fund_total = Fen::ZERO;
        self.from_account = [Fen::ZERO; 2];
    }

    /// Records a payment of a fund, merging with an earlier one of the same benefit and fund.
    #[inline]
    pub(crate) fn pay(&mut self, benefit: u8, fund: FundCode, amount: Fen) {
        if amount.is_zero() {
            return;
        }
        self.fund_total += amount;
        match self.payments.iter_mut().find(|p| p.benefit == benefit && p.fund == fund) {
            Some(payment) => payment.amount += amount,
            None => self.payments.push(Payment { benefit, fund, amount }),
        }
    }
}
