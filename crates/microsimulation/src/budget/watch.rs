//! A year's budget by month: what was spent so far, where the year is heading, in how many of the years one can compare
//! with it is exceeded, and in which month. A likelihood here is a count: so many of so many years.

use alloc::vec::Vec;
use gongji_domain::Fen;
use serde::Serialize;

/// The months of a year.
const MONTHS: usize = 12;
const MILLION: i128 = 1_000_000;

/// A budget and what is known of the year.
#[derive(Clone, Debug)]
pub struct Watch {
    /// For the whole year.
    pub budget: Fen,
    /// Spent in each month that has ended, from January.
    pub spent: Vec<Fen>,
    /// Whole years by month to compare with: simulated ones, or past ones.
    pub years: Vec<[Fen; MONTHS]>,
    /// From which likelihood in millionths each level of alert is given: attention, warning, alarm.
    pub levels: [i64; 3],
}

/// Why nothing can be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WatchFault {
    /// More than twelve months were given.
    #[error("给了 {0} 个月的支出；一年至多 12 个月")]
    TooManyMonths(usize),
    /// No year to compare with spends anything in the months that have ended.
    #[error("没有可比的年份：每个年份在已过的月份都须有支出")]
    NothingToCompare,
    /// There is no budget.
    #[error("预算须大于 0，给的是 {0} 元")]
    NoBudget(Fen),
}

/// How urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertLevel {
    /// 正常
    Calm,
    /// 关注
    Attention,
    /// 预警
    Warning,
    /// 告警
    Alarm,
}

impl AlertLevel {
    /// In Chinese.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Calm => "正常",
            Self::Attention => "关注",
            Self::Warning => "预警",
            Self::Alarm => "告警",
        }
    }
}

/// What is said at the end of a month (month 0: before the year begins).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alert {
    /// The month that has ended, 0 to 12.
    pub month: u32,
    /// How many of the years compared with would exceed the budget.
    pub exceeding: u64,
    /// Of how many.
    pub of: u64,
    /// The middle one of what the years lead to (low median).
    pub expected: Fen,
    /// The lowest and the highest.
    pub range: (Fen, Fen),
    /// The month in which the budget is first exceeded in the middle one of the years that exceed it.
    pub exceeded_in: Option<u32>,
    /// How urgent.
    pub level: AlertLevel,
}

/// A month of the year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MonthOf {
    /// 1 to 12.
    pub month: u32,
    /// The budget's part by the season.
    pub planned: Fen,
    /// The budget's part up to its end.
    pub planned_so_far: Fen,
    /// What was spent, if it has ended.
    pub spent: Option<Fen>,
    /// What was spent up to its end.
    pub spent_so_far: Option<Fen>,
}

/// A year watched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Watched {
    /// The year's budget.
    pub budget: Fen,
    /// Each month.
    pub months: Vec<MonthOf>,
    /// What could be said at the end of each month that has ended, beginning before the year.
    pub alerts: Vec<Alert>,
    /// The first month at whose end a warning was due.
    pub first_warning: Option<u32>,
}

/// Watches a year.
///
/// # Errors
/// When there are too many months, nothing to compare with, or no budget.
pub fn watch(watch: &Watch) -> Result<Watched, WatchFault> {
    if watch.spent.len() > MONTHS {
        return Err(WatchFault::TooManyMonths(watch.spent.len()));
    }
    if watch.budget <= Fen::ZERO {
        return Err(WatchFault::NoBudget(watch.budget));
    }
    let months = months(watch)?;
    let alerts =
        (0..=watch.spent.len()).map(|ended| alert(watch, ended)).collect::<Result<Vec<Alert>, WatchFault>>()?;
    let first_warning = alerts.iter().find(|alert| alert.level >= AlertLevel::Warning).map(|alert| alert.month);
    Ok(Watched { budget: watch.budget, months, alerts, first_warning })
}

/// The budget by season: each month's part is what the years compared with spent in it. Parts are cut from running
/// sums, so they add up to the budget.
fn months(watch: &Watch) -> Result<Vec<MonthOf>, WatchFault> {
    let all: i128 = watch.years.iter().flatten().map(|fen| i128::from(fen.fen())).sum();
    if all <= 0 {
        return Err(WatchFault::NothingToCompare);
    }
    let mut months = Vec::new();
    let (mut season, mut before, mut spent_so_far) = (0_i128, Fen::ZERO, Fen::ZERO);
    for month in 0..MONTHS {
        season += watch.years.iter().map(|year| i128::from(year[month].fen())).sum::<i128>();
        let so_far = i128::from(watch.budget.fen()) * season / all;
        let planned_so_far = Fen::from_fen(i64::try_from(so_far).unwrap_or(i64::MAX));
        let spent = watch.spent.get(month).copied();
        spent_so_far += spent.unwrap_or(Fen::ZERO);
        months.push(MonthOf {
            month: month as u32 + 1,
            planned: planned_so_far - before,
            planned_so_far,
            spent,
            spent_so_far: spent.map(|_| spent_so_far),
        });
        before = planned_so_far;
    }
    Ok(months)
}

/// What each year compared with leads to when its rest of the year is scaled by what was spent so far.
fn alert(watch: &Watch, ended: usize) -> Result<Alert, WatchFault> {
    let spent: i128 = watch.spent.iter().take(ended).map(|fen| i128::from(fen.fen())).sum();
    let budget = i128::from(watch.budget.fen());
    let mut ends: Vec<i128> = Vec::new();
    let mut crossed: Vec<u32> = Vec::new();
    for year in &watch.years {
        let until: i128 = year.iter().take(ended).map(|fen| i128::from(fen.fen())).sum();
        if ended > 0 && until <= 0 {
            continue;
        }
        let (above, below) = if ended == 0 { (1, 1) } else { (spent, until) };
        let mut so_far = 0_i128;
        let mut first = None;
        for (month, fen) in year.iter().enumerate() {
            so_far += i128::from(fen.fen());
            let known: i128 = watch.spent.iter().take(month + 1).map(|fen| i128::from(fen.fen())).sum();
            let at = if month < ended { known } else { so_far * above / below };
            if at > budget && first.is_none() {
                first = Some(month as u32 + 1);
            }
        }
        crossed.extend(first);
        ends.push(so_far * above / below);
    }
    ends.sort_unstable();
    crossed.sort_unstable();
    let (Some(low), Some(high)) = (ends.first(), ends.last()) else { return Err(WatchFault::NothingToCompare) };
    let fen = |amount: i128| Fen::from_fen(i64::try_from(amount).unwrap_or(i64::MAX));
    let exceeding = ends.iter().filter(|end| **end > budget).count();
    let likelihood = (exceeding as i128 * MILLION / ends.len() as i128) as i64;
    let level = match watch.levels {
        [_, _, alarm] if likelihood >= alarm => AlertLevel::Alarm,
        [_, warning, _] if likelihood >= warning => AlertLevel::Warning,
        [attention, ..] if likelihood >= attention => AlertLevel::Attention,
        _ => AlertLevel::Calm,
    };
    Ok(Alert {
        month: ended as u32,
        exceeding: exceeding as u64,
        of: ends.len() as u64,
        expected: fen(ends[(ends.len() - 1) / 2]),
        range: (fen(*low), fen(*high)),
        exceeded_in: crossed.get(crossed.len().saturating_sub(1) / 2).copied(),
        level,
    })
}
