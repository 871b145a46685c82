//! Entitlement periods (待遇享受期): on which days a member is in benefit, waits, is in arrears, is suspended or has left,
//! from what was contributed, from what was told, and from the area's rules. Knows no rule's number and no visit.
//!
//! What the rules say of one month that was contributed for: it holds benefits from the first day of that month or of the
//! next ([`Begins`]) to the last day of the month after it, and as many months longer as there is grace. Days that no such
//! month holds are in arrears. Months near enough to each other make a spell, and a spell begins with the waiting period.
//! Back-pay counts as if it had come in time, or only from its day ([`BackPay`]).

mod spells;
#[cfg(test)]
mod tests;

use alloc::vec::Vec;
use gongji_domain::{Day, Month};
use serde::{Deserialize, Serialize};

use crate::member::{Cover, Member, Stay};
use spells::Spells;

/// What an area's texts say of when benefits begin and stop. None is where they are silent: nothing is made up for it.
///
/// Without `begins` or `grace` contributions decide nothing, and benefits are had when the register was told so.
#[doc(alias = "待遇享受期")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// 等待期 of a new spell, for this member's enrolment; none for no waiting.
    pub waiting: Option<Waiting>,
    /// 中断缴费 of how many months needs no waiting anew; none if no gap does.
    pub gap: Option<u16>,
    /// 宽限: how many months longer benefits go on. Without grace they stop with the month after the first one that
    /// was not contributed for begins.
    pub grace: Option<u16>,
    /// 补缴: what back-pay restores; none for nothing before its day.
    pub back_pay: Option<BackPay>,
    /// 待遇起始: with which month benefits begin.
    pub begins: Option<Begins>,
    /// 住院期间不享受门诊待遇
    pub exclude_inpatient: bool,
}

/// How long a new spell waits (等待期), counted from the day on which benefits would begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// So many calendar months.
    Months(u16),
    /// So many days.
    Days(u16),
}

/// With which month benefits begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Begins {
    /// 缴费当月: on the first of the month that is contributed for.
    ThisMonth,
    /// 缴费次月: on the first of the month after it.
    NextMonth,
}

/// What back-pay (补缴) does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackPay {
    /// A month that is paid at most so many months later counts as paid in time.
    pub within: u16,
    /// From when a month counts that is paid later than that.
    pub else_from: ElseFrom,
}

/// From when back-pay counts that came too late to restore what was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ElseFrom {
    /// 到账之日
    Day,
    /// 到账次月
    NextMonth,
}

/// Days in a row of one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first day.
    pub from: Day,
    /// The last day; none if it goes on as far as was asked.
    pub until: Option<Day>,
    /// What holds.
    pub state: State,
    /// Because of what.
    pub why: Why,
}

/// Whether benefits can be had.
#[doc(alias = "待遇状态")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 正常享受
    InBenefit,
    /// 等待期
    Waiting,
    /// 欠费停保
    Arrears,
    /// 暂停
    Suspended,
    /// 终止
    Ended,
}

/// Why a state holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Contributions were received.
    Contributed,
    /// The category owes none, as retirees.
    OwesNone,
    /// Paid in one sum.
    LumpSum,
    /// It was told from outside.
    Told,
    /// It would have to be told from outside, and was not.
    NotTold,
    /// The waiting period is not over.
    Waiting,
    /// Enrolled, and nothing that was contributed holds yet.
    NotBegun,
    /// What was contributed holds no longer.
    Unpaid,
    /// The member died.
    Died,
}

impl State {
    /// The state's Chinese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InBenefit => "正常享受",
            Self::Waiting => "等待期",
            Self::Arrears => "欠费停保",
            Self::Suspended => "暂停",
            Self::Ended => "终止",
        }
    }
}

impl Why {
    /// The reason in Chinese.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contributed => "按规定缴费",
            Self::OwesNone => "按规定不再缴费",
            Self::LumpSum => "趸缴期内",
            Self::Told => "按登记的待遇状态",
            Self::NotTold => "未登记待遇状态",
            Self::Waiting => "等待期未满",
            Self::NotBegun => "参保后尚无生效的缴费",
            Self::Unpaid => "欠费",
            Self::Died => "已死亡",
        }
    }
}

impl Rules {
    /// Whether contributions decide.
    pub fn decide(&self) -> bool {
        self.begins.is_some() && self.grace.is_some()
    }

    /// The inpatient episode because of which a member has no outpatient benefits on a day.
    pub fn excluding<'a>(&self, member: &'a Member, day: Day) -> Option<&'a Stay> {
        if self.exclude_inpatient { member.stay_on(day) } else { None }
    }
}

/// The periods of a member from the first enrolment to a day, without a gap between them; none before enrolment.
/// `owes_none` tells the categories that owe no contribution.
pub fn periods(member: &Member, rules: &Rules, owes_none: &dyn Fn(&str) -> bool, until: Day) -> Vec<Period> {
    let Some(first) = enrolled(member) else { return Vec::new() };
    let spells = Spells::of(member, rules, owes_none);
    let mut days = changes(member, &spells);
    // `Day::MAX` stands for no day of the calendar.
    days.retain(|day| *day > first && *day <= until && *day < Day::MAX);
    days.sort_unstable();
    days.dedup();
    let mut periods: Vec<Period> = Vec::new();
    for from in (first <= until).then_some(first).into_iter().chain(days) {
        let (state, why) = on(member, rules, owes_none, &spells, from);
        match periods.last_mut() {
            Some(last) if (last.state, last.why) == (state, why) => {}
            last => {
                last.into_iter().for_each(|last| last.until = Some(from.before()));
                periods.push(Period { from, until: None, state, why });
            }
        }
    }
    periods
}

/// The state of a day, without the periods around it; none before enrolment.
pub fn state_on(member: &Member, rules: &Rules, owes_none: &dyn Fn(&str) -> bool, day: Day) -> Option<(State, Why)> {
    enrolled(member).filter(|first| *first <= day)?;
    Some(on(member, rules, owes_none, &Spells::of(member, rules, owes_none), day))
}

/// The state of a day among periods.
pub fn at(periods: &[Period], day: Day) -> Option<&Period> {
    let after = periods.partition_point(|period| period.from <= day);
    periods.get(after.checked_sub(1)?)
}

/// The days newly in benefit, up to `through`: visits of these days may be settled anew after back-pay.
pub fn restored(before: &[Period], after: &[Period], through: Day) -> Vec<(Day, Day)> {
    let mut spans: Vec<(Day, Day)> = Vec::new();
    let in_benefit = |period: &&Period| period.state == State::InBenefit;
    for period in after.iter().filter(in_benefit) {
        let end = period.until.unwrap_or(through).min(through);
        let mut from = period.from;
        for had in before.iter().filter(in_benefit) {
            if from < had.from && had.from <= end {
                spans.push((from, had.from.before()));
            }
            if had.from <= end {
                from = from.max(had.until.map_or(Day::MAX, Day::next));
            }
        }
        if from <= end {
            spans.push((from, end));
        }
    }
    joined(spans)
}

/// Spans that follow one another become one.
fn joined(spans: Vec<(Day, Day)>) -> Vec<(Day, Day)> {
    let mut joined: Vec<(Day, Day)> = Vec::with_capacity(spans.len());
    for (from, until) in spans {
        match joined.last_mut() {
            Some(last) if last.1.next() == from => last.1 = until,
            _ => joined.push((from, until)),
        }
    }
    joined
}

fn enrolled(member: &Member) -> Option<Day> {
    member.enrolment.rows().first().map(|(from, _)| *from)
}

/// Every day on which the state may be another than on the day before.
fn changes(member: &Member, spells: &Spells) -> Vec<Day> {
    let mut days: Vec<Day> = spells.changes().collect();
    days.extend(member.cover.rows().iter().map(|(from, _)| *from));
    days.extend(member.category.rows().iter().map(|(from, _)| *from));
    days.extend(member.lump_sum.map(|lump_sum| lump_sum.until.next()));
    days.extend(member.died.map(Day::next));
    days
}

fn on(member: &Member, rules: &Rules, owes_none: &dyn Fn(&str) -> bool, spells: &Spells, day: Day) -> (State, Why) {
    if member.died.is_some_and(|died| day > died) {
        return (State::Ended, Why::Died);
    }
    match member.cover.at(day) {
        Some(Cover::Ended) => return (State::Ended, Why::Told),
        Some(Cover::Suspended) => return (State::Suspended, Why::Told),
        Some(Cover::InBenefit) if !rules.decide() => return (State::InBenefit, Why::Told),
        None if !rules.decide() => return (State::Suspended, Why::NotTold),
        _ => {}
    }
    if member.category.at(day).is_some_and(|category| owes_none(category)) {
        return (State::InBenefit, Why::OwesNone);
    }
    if member.in_lump_sum(day) == Some(true) {
        return (State::InBenefit, Why::LumpSum);
    }
    spells.on(day)
}

/// The first day of a month, or the last that can be told.
fn first_day(month: Month) -> Day {
    Month::from_number(month.number()).map_or(Day::MAX, Month::first_day)
}
