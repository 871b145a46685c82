//! An area's settlements as officers look for them (结算查询): those of some days by what a list shows of them, with
//! what took them back, and sums of what is found. Read beside the worker, of one moment; changes nothing. What was
//! read stays at hand ([`Listings`]), since a day of the journal that is over never changes.

mod listings;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};

use gongji_domain::{Day, Fen, FundCode};
use gongji_store::Event;

use super::book::Settled;
use super::codes;
use super::errors::{Code, Fault};
use super::moment::Moment;
pub(crate) use listings::{Between, Listings};

/// A settlement, as much of it as a list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// 结算ID
    pub number: Box<str>,
    /// The event that settled.
    pub event: u64,
    /// When it was settled.
    pub recorded: Moment,
    /// Service date.
    pub day: Day,
    pub psn_no: Box<str>,
    pub institution: Box<str>,
    pub med_type: Box<str>,
    pub amounts: Amounts,
    pub funds: Box<[(FundCode, Fen)]>,
}

/// What a settlement came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Amounts {
    pub total: Fen,
    pub eligible: Fen,
    /// 实际支付起付线
    pub deductible: Fen,
    pub fund: Fen,
    /// 本人账户
    pub account: Fen,
    /// 共济
    pub aid: Fen,
    pub cash: Fen,
}

/// What took a settlement back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cancelled {
    /// 结算ID of the cancellation.
    pub number: Box<str>,
    pub at: Moment,
}

/// A settlement with what took it back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct One<'a> {
    pub listed: &'a Listed,
    pub cancelled: Option<&'a Cancelled>,
}

/// Sums of settlements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    /// 人次
    pub visits: usize,
    /// 人数
    pub persons: usize,
    /// 已撤销, of the visits.
    pub cancelled: usize,
    /// Of those that stand.
    pub amounts: Amounts,
    /// By fund, in the order of their codes.
    pub funds: BTreeMap<FundCode, Fen>,
}

impl Listed {
    /// What a list shows of a settlement that an event made.
    ///
    /// # Errors
    /// When the event does not say when it was.
    pub(crate) fn of(event: &Event, number: &str, settled: &Settled) -> Result<Self, Fault> {
        let decided = &settled.decided;
        let aid = settled.aid.as_deref().map_or(Fen::ZERO, |aid| aid.amount());
        Ok(Self {
            number: number.into(),
            event: event.seq,
            recorded: recorded(event)?,
            day: settled.day,
            psn_no: settled.patient().into(),
            institution: settled.institution.as_str().into(),
            med_type: settled.med_type.as_str().into(),
            amounts: Amounts {
                total: decided.total,
                eligible: decided.eligible,
                deductible: decided.deductible_borne,
                fund: decided.fund_total,
                account: decided.account_paid - aid,
                aid,
                cash: decided.cash,
            },
            funds: decided.payments.iter().map(|payment| (payment.fund, payment.amount)).collect(),
        })
    }

    /// Kind of care in the words of the policies.
    pub(crate) fn care_type(&self) -> &'static str {
        codes::care_type(&self.med_type).map_or("", |care| care.name)
    }
}

impl Cancelled {
    /// By an event, under a number.
    ///
    /// # Errors
    /// When the event does not say when it was.
    pub(crate) fn by(event: &Event, number: &str) -> Result<Self, Fault> {
        Ok(Self { number: number.into(), at: recorded(event)? })
    }
}

/// When an event was kept.
fn recorded(event: &Event) -> Result<Moment, Fault> {
    event.recorded.parse().map_err(|()| {
        tracing::error!(seq = event.seq, recorded = event.recorded.as_str(), "an event does not say when it was");
        Fault::new(Code::InternalError)
    })
}

impl Sums {
    /// Of these; what was taken back counts in `cancelled` alone.
    pub(crate) fn of<'a>(ones: impl Iterator<Item = One<'a>>) -> Self {
        let (mut sums, mut persons) = (Self::default(), HashSet::new());
        for One { listed, cancelled } in ones {
            sums.visits += 1;
            if cancelled.is_some() {
                sums.cancelled += 1;
                continue;
            }
            persons.insert(&*listed.psn_no);
            sums.amounts.add(&listed.amounts);
            for (fund, amount) in &listed.funds {
                *sums.funds.entry(*fund).or_insert(Fen::ZERO) += *amount;
            }
        }
        sums.persons = persons.len();
        sums
    }
}

impl Amounts {
    fn add(&mut self, with: &Self) {
        self.total += with.total;
        self.eligible += with.eligible;
        self.deductible += with.deductible;
        self.fund += with.fund;
        self.account += with.account;
        self.aid += with.aid;
        self.cash += with.cash;
    }
}
