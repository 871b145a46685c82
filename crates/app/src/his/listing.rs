//! An area's settlements as officers look for them (结算查询): those of some days by everything that was kept of them, with
//! what took them back, and sums of what is found. Read beside the worker, of one moment; changes nothing.

use std::collections::{BTreeMap, HashMap, HashSet};

use gongji_domain::{Day, Fen};
use gongji_store::Event;

use super::archive::{Moment, read};
use super::book::{Change, Settled};
use super::codes;
use super::errors::{Code, Fault};
use super::past::at;

/// The most settlements that one question reads.
pub(crate) const MOST: usize = 500_000;

/// A settlement with what took it back.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    /// 结算ID
    pub number: String,
    /// The event that settled.
    pub event: u64,
    /// When it was settled.
    pub recorded: String,
    pub settled: Settled,
    pub cancelled: Option<Cancelled>,
}

/// What took a settlement back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cancelled {
    pub number: String,
    pub at: String,
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
    pub total: Fen,
    pub eligible: Fen,
    pub fund: Fen,
    /// By fund, in the order of their codes.
    pub funds: BTreeMap<String, (&'static str, Fen)>,
    /// 本人账户
    pub account: Fen,
    /// 共济
    pub aid: Fen,
    pub cash: Fen,
}

impl Listed {
    /// What the member's own account paid, and what a relative's.
    pub(crate) fn accounts(&self) -> [Fen; 2] {
        let aid = self.settled.aid.as_deref().map_or(Fen::ZERO, |aid| aid.amount());
        [self.settled.decided.account_paid - aid, aid]
    }

    /// Kind of care in the words of the policies.
    pub(crate) fn care_type(&self) -> &'static str {
        codes::care_type(&self.settled.med_type).map_or("", |care| care.name)
    }
}

impl Sums {
    /// Of these; what was taken back counts in `cancelled` alone.
    pub(crate) fn of<'a>(listed: impl Iterator<Item = &'a Listed>) -> Self {
        let (mut sums, mut persons) = (Self::default(), HashSet::new());
        for one in listed {
            sums.visits += 1;
            if one.cancelled.is_some() {
                sums.cancelled += 1;
                continue;
            }
            let (decided, [account, aid]) = (&one.settled.decided, one.accounts());
            persons.insert(one.settled.patient());
            sums.total += decided.total;
            sums.eligible += decided.eligible;
            sums.fund += decided.fund_total;
            sums.account += account;
            sums.aid += aid;
            sums.cash += decided.cash;
            for payment in &decided.payments {
                let (code, name) = (payment.fund.to_string(), payment.fund.name());
                sums.funds.entry(code).or_insert((name, Fen::ZERO)).1 += payment.amount;
            }
        }
        sums.persons = persons.len();
        sums
    }
}

/// The settlements of an area's members that were recorded on these days, the newest first.
///
/// # Errors
/// When the store cannot be read, or there are too many.
pub(crate) fn of_area(kept: &Moment, area: &str, from: Day, to: Day, today: Day) -> Result<Vec<Listed>, Fault> {
    let (mut listed, mut cancelled, mut fault) = (Vec::new(), HashMap::new(), None);
    kept.recorded(&from.to_string(), &to.max(today).to_string(), |event| {
        if event.area != area || fault.is_some() {
            return;
        }
        let within = event.recorded.get(..10).is_some_and(|day| day <= to.to_string().as_str());
        match taken(&event, within) {
            Ok(Some(Taken::Settled(one))) if listed.len() < MOST => listed.push(*one),
            Ok(Some(Taken::Settled(_))) => {
                let many = Fault::at(Code::InvalidValue, "from").given(format!("{from} 至 {to}"));
                fault = Some(many.allowed(format!("至多 {MOST} 笔结算的日期范围，请缩短")));
            }
            Ok(Some(Taken::Cancelled(of, by))) => drop(cancelled.insert(of, by)),
            Ok(None) => {}
            Err(unread) => fault = Some(unread),
        }
    })?;
    fault.map_or(Ok(()), Err)?;
    for one in &mut listed {
        one.cancelled = cancelled.remove(&one.number);
    }
    listed.sort_unstable_by_key(|one| std::cmp::Reverse(one.event));
    Ok(listed)
}

/// What an event means here.
enum Taken {
    Settled(Box<Listed>),
    Cancelled(String, Cancelled),
}

/// By the word of the journal first, so that the many others need not be read.
fn taken(event: &Event, within: bool) -> Result<Option<Taken>, Fault> {
    let settles = within && matches!(event.kind.as_str(), "settled" | "purchased");
    if !settles && !matches!(event.kind.as_str(), "cancelled" | "reversed") {
        return Ok(None);
    }
    Ok(match read(event)? {
        Change::Settled { setl_id, settlement } => Some(Taken::Settled(Box::new(listed(event, setl_id, *settlement)))),
        Change::Purchased { setl_id, purchase } => {
            Some(Taken::Settled(Box::new(listed(event, setl_id, purchase.settlement))))
        }
        Change::Cancelled { setl_id, cancels, .. } => {
            Some(Taken::Cancelled(cancels, Cancelled { number: setl_id, at: at(event) }))
        }
        _ => None,
    })
}

fn listed(event: &Event, number: String, settled: Settled) -> Listed {
    Listed { number, event: event.seq, recorded: at(event), settled, cancelled: None }
}
