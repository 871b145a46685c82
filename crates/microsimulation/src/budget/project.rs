//! Several years of a fund: opening balance + income − spending = closing balance, each year. What a year spends
//! beyond its income is paid from the balance accumulated before (历年滚存结余) while that lasts.

use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::{Fen, Rate, Rounding};
use serde::Serialize;

/// Whether an item comes in or goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Flow {
    /// 收入
    Income,
    /// 支出
    Spending,
}

/// By how much something grows in a year, and of what kind the growth is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Growth {
    /// What grows, in Chinese, such as 就诊次数.
    pub words: String,
    /// In a year; may be below zero.
    #[serde(serialize_with = "as_millionths")]
    pub rate: Rate,
}

fn as_millionths<S: serde::Serializer>(rate: &Rate, into: S) -> Result<S::Ok, S::Error> {
    into.serialize_i64(rate.millionths())
}

/// Money for each member in a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// What it is, in Chinese.
    pub words: String,
    /// Whether it comes in or goes out.
    pub flow: Flow,
    /// For each active member in the first year.
    pub active: Fen,
    /// For each retired member in the first year.
    pub retired: Fen,
    /// How the amount for each member grows.
    pub growth: Vec<Growth>,
}

/// What a projection begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The first year.
    pub first: i32,
    /// How many years.
    pub years: u32,
    /// What the fund holds when it begins.
    pub opening: Fen,
    /// Active members in the first year.
    pub active: u64,
    /// Retired members in the first year.
    pub retired: u64,
    /// Growth of active members in a year.
    #[serde(serialize_with = "as_millionths")]
    pub active_growth: Rate,
    /// Growth of retired members in a year (老龄化).
    #[serde(serialize_with = "as_millionths")]
    pub retired_growth: Rate,
    /// What comes in and goes out.
    pub items: Vec<Item>,
}

/// One year of the fund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct YearOf {
    /// Which.
    pub year: i32,
    /// Active members.
    pub active: u64,
    /// Retired members.
    pub retired: u64,
    /// What it begins with.
    pub opening: Fen,
    /// What each item comes to, in the order of the plan.
    pub items: Vec<Fen>,
    /// All that comes in.
    pub income: Fen,
    /// All that goes out.
    pub spending: Fen,
    /// Income less spending (当年结余).
    pub balance: Fen,
    /// What it ends with (滚存结余).
    pub closing: Fen,
    /// Overspending that the accumulated balance pays.
    pub from_surplus: Fen,
    /// Overspending for which nothing is left.
    pub uncovered: Fen,
    /// Tenths of a month that the closing balance pays for, at this year's spending.
    pub runway_tenths: i64,
}

/// All years.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Projection {
    /// In order.
    pub years: Vec<YearOf>,
    /// The first year that spends more than comes in.
    pub first_deficit: Option<i32>,
    /// The year in which the accumulated balance is used up.
    pub used_up: Option<i32>,
}

const MILLION: i128 = 1_000_000;

fn grown(amount: Fen, growth: &[Growth]) -> Fen {
    growth.iter().fold(amount, |amount, growth| {
        let above = i128::from(amount.fen()) * (MILLION + i128::from(growth.rate.millionths()));
        Rounding::HALF_UP_FEN.round(above, MILLION)
    })
}

fn people(count: u64, growth: Rate) -> u64 {
    let above = i128::from(count) * (MILLION + i128::from(growth.millionths()));
    u64::try_from((above + MILLION / 2).div_euclid(MILLION)).unwrap_or(0)
}

/// Works a plan out. An amount for each member grows once a year, each growth after the other, rounded half up to
/// the fen; members to whole persons.
#[must_use]
pub fn project(plan: &Plan) -> Projection {
    let (mut active, mut retired, mut opening) = (plan.active, plan.retired, plan.opening);
    let mut each: Vec<(Fen, Fen)> = plan.items.iter().map(|item| (item.active, item.retired)).collect();
    let mut years = Vec::new();
    for number in 0..plan.years {
        if number > 0 {
            (active, retired) = (people(active, plan.active_growth), people(retired, plan.retired_growth));
            for (amounts, item) in each.iter_mut().zip(&plan.items) {
                *amounts = (grown(amounts.0, &item.growth), grown(amounts.1, &item.growth));
            }
        }
        let year = year(plan, plan.first + number as i32, (active, retired), opening, &each);
        opening = year.closing;
        years.push(year);
    }
    let first_deficit = years.iter().find(|year| year.balance < Fen::ZERO).map(|year| year.year);
    let used_up = years.iter().find(|year| year.balance < Fen::ZERO && year.closing <= Fen::ZERO);
    let used_up = used_up.map(|year| year.year);
    Projection { years, first_deficit, used_up }
}

fn year(plan: &Plan, year: i32, (active, retired): (u64, u64), opening: Fen, each: &[(Fen, Fen)]) -> YearOf {
    let of = |(for_active, for_retired): &(Fen, Fen)| {
        Fen::from_fen(for_active.fen() * active as i64 + for_retired.fen() * retired as i64)
    };
    let items: Vec<Fen> = each.iter().map(of).collect();
    let sum = |flow: Flow| {
        plan.items.iter().zip(&items).filter(|(item, _)| item.flow == flow).map(|(_, amount)| *amount).sum::<Fen>()
    };
    let (income, spending) = (sum(Flow::Income), sum(Flow::Spending));
    let balance = income - spending;
    let short = Fen::ZERO.less(balance);
    let from_surplus = short.min(opening.max(Fen::ZERO));
    let closing = opening + balance;
    let runway =
        if spending.fen() > 0 { i128::from(closing.fen().max(0)) * 120 / i128::from(spending.fen()) } else { 0 };
    YearOf {
        year,
        active,
        retired,
        opening,
        items,
        income,
        spending,
        balance,
        closing,
        from_surplus,
        uncovered: short - from_surplus,
        runway_tenths: i64::try_from(runway).unwrap_or(i64::MAX),
    }
}
