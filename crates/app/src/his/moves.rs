//! What events did to personal accounts, line by line (个人账户明细): how much by part, whose, where from or what for. Read from
//! what was kept; a member's lines are found by following the member's visits and entries back. Adds nothing up.

use std::collections::BTreeMap;

use gongji_domain::{Day, Fen};
use gongji_ledger::{Account, AreaCode};
use gongji_register::Parts;
use gongji_register::bond::Purpose;
use gongji_register::credit::Source;
use gongji_register::matter::{Movement, Step};
use gongji_register::report::{For, Income, Use};
use gongji_store::{Event, Key};

use super::archive::{Moment, read};
use super::book::{Change, Settled};
use super::codes::{self, At};
use super::entry::{Credit, Entry, Premium, What};
use super::errors::{Code, Fault};
use super::opening::NOBODY;
use super::past::at;

/// A movement of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Whose account: 人员编号 and 参保地.
    pub holder: String,
    pub area: String,
    pub event: u64,
    /// 业务日期: the day that it concerns.
    pub day: Day,
    /// 入账时间
    pub recorded: String,
    pub sort: Sort,
    /// In words.
    pub what: String,
    /// The institution, the relative or the other area.
    pub with: String,
    /// What it added to each part; below zero for what it took.
    pub change: Parts,
}

/// What a line counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// 收入
    Income(Income),
    /// 支出
    Spending(Use, For),
    /// Between the parts of one account.
    Within,
}

/// A settlement that is taken back, and whether it was a purchase at a pharmacy.
type Original<'a> = Option<(&'a Settled, bool)>;

/// What an area's accounts held before some days and after, by the books, and every line between.
#[derive(Debug, Default)]
pub(crate) struct Between {
    pub before: Fen,
    pub after: Fen,
    pub lines: Vec<Line>,
}

/// The benefit that the reform brought (普通门诊统筹), as every package calls it.
const ORDINARY: &str = "ordinary_outpatient";

/// Sums of a year's settlements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct OfYear {
    /// 医疗费总额
    pub total: Fen,
    /// 基金支付总额
    pub fund: Fen,
    /// What of it other benefits than the ordinary one paid.
    pub first: Fen,
    /// 个人账户支出, a relative's included.
    pub account: Fen,
    /// 个人现金支出
    pub cash: Fen,
}

/// The lines of one event. `original` is what a cancellation takes back.
fn lines(event: &Event, change: &Change, original: Original<'_>) -> Vec<Line> {
    let mut lines = match change {
        Change::Opened { from, account } => opening(event, *from, *account),
        Change::Recorded(recorded) => {
            recorded.opened.map_or_else(Vec::new, |(from, account)| opening(event, from, account))
        }
        Change::Settled { settlement, .. } => settled(event, settlement, false),
        Change::Purchased { purchase, .. } => settled(event, &purchase.settlement, true),
        Change::Cancelled { .. } => {
            let mut back = original.map_or_else(Vec::new, |(of, pharmacy)| settled(event, of, pharmacy));
            for line in &mut back {
                line.change = Parts::default() - line.change;
                line.what.push_str("撤销");
            }
            back
        }
        Change::Entered(entry) => entered(event, entry),
        Change::Registered { .. }
        | Change::Described { .. }
        | Change::Charged { .. }
        | Change::Withdrawn { .. }
        | Change::Unregistered { .. }
        | Change::Barred { .. }
        | Change::Closed { .. } => Vec::new(),
    };
    lines.retain(|line| !line.change.is_empty());
    lines
}

/// A line of the event's own member, on the day that it was recorded.
fn line(event: &Event, sort: Sort, what: String, change: Parts) -> Line {
    let recorded = at(event);
    let day = recorded.get(..10).and_then(|day| day.parse().ok()).unwrap_or(Day::MIN);
    let (holder, area) = (event.psn_no.clone(), event.area.clone());
    Line { holder, area, event: event.seq, day, recorded, sort, what, with: String::new(), change }
}

fn of_parts([current, prior]: [Fen; 2]) -> Parts {
    Parts { current, prior, received: Fen::ZERO }
}

fn current(amount: Fen) -> Parts {
    of_parts([amount, Fen::ZERO])
}

fn taken(parts: Parts) -> Parts {
    Parts::default() - parts
}

fn opening(event: &Event, day: Day, account: [Fen; 2]) -> Vec<Line> {
    let line = line(event, Sort::Income(Income::Opening), Income::Opening.name().to_owned(), of_parts(account));
    vec![Line { day, ..line }]
}

fn settled(event: &Event, settled: &Settled, pharmacy: bool) -> Vec<Line> {
    let pharmacy = pharmacy || codes::care_type(&settled.med_type).is_some_and(|care| care.at == At::Pharmacy);
    let (to, what) = if pharmacy { (Use::Pharmacy, "药店购药") } else { (Use::Institution, "门诊结算") };
    let paid = |whom, what: String, account| {
        let line = line(event, Sort::Spending(to, whom), what, taken(of_parts(account)));
        Line { day: settled.day, ..line }
    };
    let own = Line {
        holder: settled.psn_no.to_string(),
        area: settled.area.to_string(),
        with: settled.institution.to_string(),
        ..paid(For::Member, what.to_owned(), settled.decided.effects.account)
    };
    let aid = settled.aid.as_deref().map(|aid| Line {
        holder: aid.holder.clone(),
        area: aid.area.clone(),
        with: settled.psn_no.to_string(),
        ..paid(For::Relative, format!("亲属{what}"), aid.account)
    });
    std::iter::once(own).chain(aid).collect()
}

fn entered(event: &Event, entry: &Entry) -> Vec<Line> {
    match &entry.what {
        What::Contributed { .. } | What::Bond(_) => Vec::new(),
        What::Credited(credit) => credited(event, credit),
        What::CarriedOver { year, amount } => {
            let change = of_parts([-*amount, *amount]);
            vec![line(event, Sort::Within, format!("{year} 年度结转：当年转历年"), change)]
        }
        What::Premium(premium) => vec![paid_premium(event, premium)],
        What::Matter(step) => concluded(event, step),
        What::Concluded(concluded) => self::concluded(event, &concluded.step),
    }
}

fn credited(event: &Event, credit: &Credit) -> Vec<Line> {
    let from = match credit.source() {
        Source::Contribution => Income::Contribution,
        Source::Fund => Income::Pool,
    };
    let what = format!("计入 {}（{}）", credit.month, from.name());
    vec![line(event, Sort::Income(from), what, current(credit.amount)), withheld(event, credit.withheld)]
}

fn paid_premium(event: &Event, premium: &Premium) -> Line {
    let to = match premium.purpose {
        Purpose::ResidentPremium => Use::ResidentPremium,
        Purpose::CarePremium => Use::CarePremium,
        Purpose::LargeAmountPremium => Use::LargeAmountPremium,
        Purpose::CommercialPremium => Use::CommercialPremium,
        Purpose::Clinic => Use::Institution,
        Purpose::PharmacyGoods => Use::Pharmacy,
    };
    let relative = premium.relative.as_ref().map(|(party, _)| party.name.clone());
    let whom = if relative.is_some() { For::Relative } else { For::Member };
    let what = format!("代扣代缴{}（缴费单 {}）", premium.purpose.name(), premium.bill);
    let line = line(event, Sort::Spending(to, whom), what, taken(of_parts(premium.account)));
    Line { day: premium.on, with: relative.unwrap_or_default(), ..line }
}

/// What of a credit goes to what the member owes.
fn withheld(event: &Event, amount: Fen) -> Line {
    line(event, CORRECTED, "扣还应追回".to_owned(), current(-amount))
}

const CORRECTED: Sort = Sort::Spending(Use::Correction, For::Member);

fn concluded(event: &Event, step: &Step) -> Vec<Line> {
    let Step::Done { number, moved, .. } = step else { return Vec::new() };
    let spent = |to, what: String, parts: Parts| line(event, Sort::Spending(to, For::Member), what, taken(parts));
    let of = |movement: &Movement| match movement {
        Movement::Refund { parts } => vec![spent(Use::Refund, format!("返还（业务 {number}）"), *parts)],
        Movement::ToHeir { heir, parts } => {
            vec![spent(Use::Inheritance, format!("继承：第 {} 名继承人（业务 {number}）", heir + 1), *parts)]
        }
        Movement::Relocate { to, parts } => {
            let line = spent(Use::Transfer, format!("转移接续转出（业务 {number}）"), *parts);
            vec![Line { with: to.clone(), ..line }]
        }
        Movement::Receive { from, parts } => {
            let what = format!("转移接续转入（业务 {number}）");
            vec![Line { with: from.clone(), ..line(event, Sort::Income(Income::TransferIn), what, *parts) }]
        }
        Movement::Credit { month, amount, withheld: kept, .. } => {
            let what = format!("补计 {month}（业务 {number}）");
            vec![line(event, Sort::Income(Income::Correction), what, current(*amount)), withheld(event, *kept)]
        }
        Movement::TakeBack { month, parts, .. } => {
            vec![line(event, CORRECTED, format!("追回 {month} 多计（业务 {number}）"), taken(*parts))]
        }
        Movement::Recover { parts } => vec![line(event, CORRECTED, "扣还应追回".to_owned(), taken(*parts))],
    };
    moved.iter().flat_map(of).collect()
}

/// The event before, outside of visits, of somebody whom a change concerns.
pub(crate) fn previous(change: &Change, event: &Event, person: &str) -> Option<u64> {
    let before = match change {
        Change::Recorded(recorded) => recorded.previous,
        Change::Entered(entry) => entry.previous.iter().find(|(name, _)| name == person).map(|(_, number)| *number),
        Change::Settled { settlement, .. } => settlement.aid.as_deref().and_then(|aid| aid.previous),
        Change::Purchased { purchase, .. } => purchase.settlement.aid.as_deref().and_then(|aid| aid.previous),
        Change::Cancelled { previous, .. } => *previous,
        _ => None,
    };
    // No store is so changed that this goes in circles.
    before.filter(|number| *number != event.seq)
}

impl Moment {
    /// Every line of a member's account, the oldest first.
    pub(crate) fn account(
        &self,
        psn_no: &str,
        last_visit: Option<u64>,
        last_entry: Option<u64>,
    ) -> Result<Vec<Line>, Fault> {
        let mut found: BTreeMap<u64, Vec<Line>> = BTreeMap::new();
        let mut keep = |event: &Event, all: Vec<Line>| {
            let order = event.persons().find(|(name, _)| *name == psn_no).map_or(event.revision, |(_, order)| order);
            found.insert(order, all.into_iter().filter(|line| line.holder == psn_no).collect());
        };
        for past in self.visits(psn_no, last_visit)? {
            for (event, change) in &past.events {
                let original = match change {
                    Change::Cancelled { cancels, .. } => past.original(cancels),
                    _ => None,
                };
                keep(event, lines(event, change, original));
            }
        }
        let mut next = last_entry.or(self.opened(psn_no)?);
        while let Some(number) = next {
            let Some(event) = self.event(number)? else { break };
            let change = read(&event)?;
            keep(&event, self.of_event(&event, &change)?);
            next = previous(&change, &event, psn_no);
            if next.is_none() && !matches!(change, Change::Opened { .. }) {
                next = self.opened(psn_no)?;
            }
        }
        Ok(found.into_values().flatten().collect())
    }

    /// What a member's settlements of a year came to that stand, at whatever institution.
    pub(crate) fn year_of(&self, psn_no: &str, last_visit: Option<u64>, year: i32) -> Result<OfYear, Fault> {
        let mut sum = OfYear::default();
        for past in self.visits(psn_no, last_visit)? {
            for settled in past.standing().filter(|settled| settled.day.ymd().0 == year) {
                let decided = &settled.decided;
                let others = decided.payments.iter().filter(|payment| payment.benefit != ORDINARY);
                sum.total += decided.total;
                sum.fund += decided.fund_total;
                sum.first += others.map(|payment| payment.amount).sum();
                sum.account += decided.account_paid;
                sum.cash += decided.cash;
            }
        }
        Ok(sum)
    }

    /// The event that opened an account and registered nobody, as older stores have them.
    fn opened(&self, psn_no: &str) -> Result<Option<u64>, Fault> {
        self.find(&Key { institution: NOBODY.to_owned(), msgid: psn_no.to_owned() })
    }

    /// The lines of an event, of whomever they are.
    fn of_event(&self, event: &Event, change: &Change) -> Result<Vec<Line>, Fault> {
        let Change::Cancelled { cancels, .. } = change else { return Ok(lines(event, change, None)) };
        let past = self.visit(&event.psn_no, event.visit.unwrap_or_default())?;
        Ok(lines(event, change, past.as_ref().and_then(|past| past.original(cancels))))
    }

    /// What an area's accounts held before the first day and after the last, and every line between, by the days on
    /// which they were recorded.
    pub(crate) fn between(&self, area: &str, from: &str, to: &str) -> Result<Between, Fault> {
        let code: AreaCode =
            area.parse().map_err(|_| Fault::at(Code::InvalidValue, "area").given(area).allowed("六位代码"))?;
        let (mut between, mut events) = (Between::default(), Vec::new());
        self.all(|event, transaction| {
            let Some(transaction) = transaction else { return };
            let day = event.recorded.get(..10).unwrap_or_default();
            if day > to {
                return;
            }
            let personal = |account: &Account| matches!(account, Account::Personal { .. }) && account.area() == code;
            let postings = transaction.entry().postings().iter();
            let moved: Vec<Fen> =
                postings.filter(|posting| personal(&posting.account)).map(|posting| -posting.amount).collect();
            if moved.is_empty() {
                return;
            }
            let sum: Fen = moved.into_iter().sum();
            between.after += sum;
            if day < from {
                between.before += sum;
            } else {
                events.push(event.clone());
            }
        })?;
        for event in &events {
            let lines = self.of_event(event, &read(event)?)?;
            between.lines.extend(lines.into_iter().filter(|line| line.area == area));
        }
        Ok(between)
    }
}
