//! The seam to the policy engine: what this layer tells it and what it wants back.

use std::sync::Arc;

use gongji_adjudication::{AccountPart, CounterId, Standing};
use gongji_domain::{Clock, Day, Fen, FundCode, NationalField, Rate};
use gongji_policy::Area;
use gongji_policy::account::{AccountFault, Crediting, Use, Using, Verdict};
use serde::{Deserialize, Serialize};

use super::engine::Policies;
use super::errors::Fault;

/// Decides visits by the policies of areas. Holds no state of members.
pub(crate) trait Decider: Send + Sync + 'static {
    /// Decides one visit; the same inputs give the same answer.
    ///
    /// # Errors
    /// The business error or refusal for the caller; nothing happened.
    fn decide(&self, standing: &Standing, visit: &Visit<'_>) -> Result<Decided, Fault>;

    /// The package of an area, for what it says beside visits; none where there are no packages.
    fn area(&self, code: &str) -> Option<&Area> {
        let _ = code;
        None
    }

    /// All packages, where it is made of some.
    fn policies(self: Arc<Self>) -> Option<Arc<Policies>> {
        None
    }

    /// Changes whenever what was settled counts differently than before: the counters of every area.
    fn edition(&self) -> String;

    /// The counter that an area's package calls so, if it has one.
    fn counter(&self, area: &str, name: &str) -> Option<CounterId>;

    /// The counters that had this name until an edition of the package ended them, because another
    /// rule goes on from them, and that count on this day: each with its name since then.
    fn ended(&self, area: &str, name: &str, day: Day) -> Vec<(&str, CounterId)>;

    /// Whether the account of a member of an area may be used so on a day (个人账户使用).
    ///
    /// # Errors
    /// When the area's package does not say, or needs to know more.
    fn may_use(&self, area: &str, day: Day, using: &Using<'_>) -> Result<Use, AccountFault>;

    /// The same without words.
    ///
    /// # Errors
    /// As there.
    fn verdict(&self, area: &str, day: Day, using: &Using<'_>) -> Result<Verdict, AccountFault> {
        Ok(self.may_use(area, day, using)?.verdict)
    }

    /// In which order the parts of an account pay; empty where the area's rules let none pay.
    fn account_order(&self, area: &str, day: Day) -> Vec<AccountPart>;

    /// Whether the area credits an account of such a member, however much.
    fn has_account(&self, area: &str, day: Day, member: &Crediting<'_>) -> bool;

    /// The article of an area's documents that has a word in its text.
    fn article_with(&self, area: &str, word: &str) -> Option<String>;
}

/// One visit in the words of the policies.
#[derive(Clone, Debug)]
pub(crate) struct Visit<'a> {
    /// 统筹区
    pub area: &'a str,
    /// Status on the service date.
    pub status: &'a str,
    /// Kind of enrolment.
    pub enrolment: &'a str,
    pub birth: Day,
    /// Service date and time.
    pub day: Day,
    pub time: Clock,
    pub care_type: &'a str,
    pub place: &'a str,
    pub institution: At<'a>,
    /// Who issued the prescription, at a pharmacy.
    pub prescriber: Option<At<'a>>,
    pub charges: Vec<Charge>,
    /// Whether the account may pay.
    pub use_account: bool,
}

/// An institution in the words of the policies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<'a> {
    pub id: &'a str,
    pub class: &'a str,
    pub kind: &'a str,
}

/// One charge.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Charge {
    pub amount: Fen,
    pub covered: bool,
    pub ceiling: Option<Fen>,
    pub upfront_rate: Rate,
}

/// A decided visit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Decided {
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
    /// 实际支付起付线
    pub deductible_borne: Fen,
    /// By benefit and fund, in the order of the chain.
    pub payments: Vec<Payment>,
    /// 基金支付总额
    pub fund_total: Fen,
    /// 个人负担总金额
    pub personal_share: Fen,
    /// 个人账户支出
    pub account_paid: Fen,
    /// How that came about.
    pub account_process: String,
    /// 个人现金支出
    pub cash: Fen,
    /// Why the ordinary benefit pays nothing.
    pub not_covered: Option<NotCovered>,
    /// What it changes in the member's standing.
    pub effects: Effects,
    /// Which version of which policy decided.
    pub policy: String,
    /// That policy is a draft (征求意见稿) and binds nobody.
    #[serde(default)]
    pub draft: bool,
}

/// What one benefit had paid by one fund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Payment {
    /// The benefit's name in the package.
    pub benefit: String,
    /// 基金支付类型
    pub fund: FundCode,
    /// The ledger inside the fund (专账), where the package keeps one apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<String>,
    pub amount: Fen,
    /// What the tightest limit left to pay before this settlement; none where no limit binds.
    pub limit_left: Option<Fen>,
    /// How it came about, step by step with articles, in Chinese.
    pub process: String,
}

/// Why the pool does not cover a visit that is settled all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NotCovered {
    pub code: String,
    pub article: String,
    pub message: String,
}

/// Exactly what a settlement adds to a standing. Counters go by the name that the area's package
/// gives them, so that stored effects mean the same after the package was compiled anew.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Effects {
    pub counters: Vec<Addition>,
    /// Taken from the account's parts: this year's, earlier years'.
    pub account: [Fen; 2],
}

/// One addition to one counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Addition {
    pub counter: String,
    pub instance: i64,
    pub by: u64,
    pub amount: Fen,
}

impl Effects {
    /// These effects of a visit on a day by the engine's numbers.
    ///
    /// Settled under an edition of the package in which no other rule went on from a counter, they
    /// count for the ended one as well.
    ///
    /// # Errors
    /// Names the counter that the area's package no longer has.
    pub(crate) fn additions(
        &self,
        decider: &dyn Decider,
        area: &str,
        day: Day,
    ) -> Result<Vec<gongji_adjudication::Addition>, String> {
        let said = |name: &str| self.counters.iter().any(|addition| addition.counter == name);
        let mut additions = Vec::with_capacity(self.counters.len());
        for addition in &self.counters {
            let ended = decider.ended(area, &addition.counter, day);
            let ended = ended.into_iter().filter(|(name, _)| !said(name)).map(|(_, counter)| counter);
            let known: Vec<CounterId> = decider.counter(area, &addition.counter).into_iter().chain(ended).collect();
            if known.is_empty() {
                return Err(format!("the policy of {area} has no counter \"{}\"", addition.counter));
            }
            let Addition { instance, by, amount, .. } = *addition;
            let of = |counter| gongji_adjudication::Addition { counter, instance, by, amount };
            additions.extend(known.into_iter().map(of));
        }
        Ok(additions)
    }
}

impl Decided {
    /// What the funds reported in one national field paid.
    pub(crate) fn paid(&self, field: NationalField) -> Fen {
        self.payments.iter().filter(|payment| payment.fund.field() == field).map(|payment| payment.amount).sum()
    }

    /// The same with every amount negative: what a cancellation reports (结算撤销).
    pub(crate) fn negated(&self) -> Self {
        let mut back = self.clone();
        for amount in [
            &mut back.total,
            &mut back.off_list,
            &mut back.over_ceiling,
            &mut back.upfront,
            &mut back.eligible,
            &mut back.deductible_borne,
            &mut back.fund_total,
            &mut back.personal_share,
            &mut back.account_paid,
            &mut back.cash,
        ] {
            *amount = -*amount;
        }
        for payment in &mut back.payments {
            payment.amount = -payment.amount;
        }
        back
    }

    /// The identities I1, I2, I4 and I5 of the interface.
    ///
    /// # Panics
    /// If one does not hold: a defect that must not reach a caller.
    pub(crate) fn assert_identities(&self) {
        assert_eq!(self.total, self.off_list + self.over_ceiling + self.upfront + self.eligible);
        assert_eq!(self.total, self.fund_total + self.personal_share);
        assert_eq!(self.personal_share, self.account_paid + self.cash);
        assert_eq!(self.fund_total, self.payments.iter().map(|payment| payment.amount).sum());
    }
}
