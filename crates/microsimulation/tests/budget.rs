//! A fund's years conserve its money; a year's budget is watched month by month.

use gongji_domain::{Fen, Rate};
use gongji_microsimulation::budget::{AlertLevel, Flow, Growth, Item, Plan, Watch, WatchFault, project, watch};
use proptest::prelude::*;

fn item(flow: Flow, active: i64, retired: i64, growth: &[i64]) -> Item {
    let growth = growth.iter().map(|rate| Growth { words: "增长".to_owned(), rate: Rate::from_millionths(*rate) });
    let (active, retired) = (Fen::from_fen(active), Fen::from_fen(retired));
    Item { words: "一项".to_owned(), flow, active, retired, growth: growth.collect() }
}

fn plan(opening: i64, items: Vec<Item>) -> Plan {
    Plan {
        first: 2024,
        years: 6,
        opening: Fen::from_fen(opening),
        active: 1_000,
        retired: 400,
        active_growth: Rate::from_millionths(-10_000),
        retired_growth: Rate::from_millionths(30_000),
        items,
    }
}

#[test]
fn overspending_is_paid_from_what_was_saved_before_until_that_is_used_up() {
    // 1 000 × 100 + 0 in, 400 × 300 out: 20 000 short in the first year, 50 000 saved before.
    let items = vec![item(Flow::Income, 10_000, 0, &[]), item(Flow::Spending, 0, 30_000, &[])];
    let plan = Plan { retired_growth: Rate::ZERO, active_growth: Rate::ZERO, ..plan(5_000_000, items) };
    let done = project(&plan);
    let of = |number: usize| {
        let year = &done.years[number];
        (year.balance.fen(), year.closing.fen(), year.from_surplus.fen(), year.uncovered.fen())
    };
    assert_eq!(of(0), (-2_000_000, 3_000_000, 2_000_000, 0));
    assert_eq!(of(2), (-2_000_000, -1_000_000, 1_000_000, 1_000_000));
    assert_eq!(of(3), (-2_000_000, -3_000_000, 0, 2_000_000));
    assert_eq!((done.first_deficit, done.used_up), (Some(2024), Some(2026)));
    // 30 000 yuan left at 120 000 a year: three months.
    assert_eq!(done.years[0].runway_tenths, 30);
}

proptest! {
    #[test]
    fn every_year_closes_with_what_it_opened_with_and_took_in_less_what_it_spent(
        opening in -1_000_000_000_i64..1_000_000_000,
        income in (0_i64..1_000_000, 0_i64..1_000_000, -100_000_i64..200_000),
        spending in (0_i64..1_000_000, 0_i64..1_000_000, -100_000_i64..200_000),
    ) {
        let items =
            vec![item(Flow::Income, income.0, income.1, &[income.2]), item(Flow::Spending, spending.0, spending.1, &[spending.2])];
        let done = project(&plan(opening, items));
        let mut before = Fen::from_fen(opening);
        for year in &done.years {
            prop_assert_eq!(year.opening, before);
            prop_assert_eq!(year.opening + year.income - year.spending, year.closing);
            prop_assert_eq!(year.items[0], year.income);
            prop_assert_eq!(year.from_surplus + year.uncovered, Fen::ZERO.less(year.balance));
            before = year.closing;
        }
    }

    #[test]
    fn a_budget_by_month_adds_up_to_the_year(months in proptest::array::uniform12(1_i64..1_000_000), budget in 1_i64..1_000_000_000) {
        let years = vec![months.map(Fen::from_fen)];
        let done = watch(&Watch { budget: Fen::from_fen(budget), spent: vec![], years, levels: [200_000, 500_000, 800_000] });
        let sum: Fen = done.expect("it can be watched").months.iter().map(|month| month.planned).sum();
        prop_assert_eq!(sum, Fen::from_fen(budget));
    }
}

fn even(month: i64) -> [Fen; 12] {
    [Fen::from_fen(month); 12]
}

#[test]
fn an_alert_names_the_month_and_counts_the_years() {
    let mut late = even(100);
    late[11] = Fen::from_fen(500);
    let years = vec![even(100), even(100), even(100), late];
    let spent = vec![Fen::from_fen(100), Fen::from_fen(130), Fen::from_fen(130)];
    let done = watch(&Watch { budget: Fen::from_fen(1_300), spent, years, levels: [200_000, 500_000, 800_000] });
    let done = done.expect("it can be watched");
    // Before the year only the year with an expensive December exceeds: 1 of 4.
    let said = |month: usize| (done.alerts[month].exceeding, done.alerts[month].of, done.alerts[month].level);
    assert_eq!(said(0), (1, 4, AlertLevel::Attention));
    assert_eq!(done.alerts[0].exceeded_in, Some(12));
    // 360 in three months instead of 300: 1 440 in the even years.
    assert_eq!(said(3), (4, 4, AlertLevel::Alarm));
    assert_eq!(done.alerts[3].expected, Fen::from_fen(1_440));
    // 1 300 / 120 a month is passed in November.
    assert_eq!(done.alerts[3].exceeded_in, Some(11));
    assert_eq!(done.first_warning, Some(2));
}

#[test]
fn what_cannot_be_watched_says_why() {
    let of = |budget: i64, spent: usize, years: Vec<[Fen; 12]>| {
        let spent = vec![Fen::from_fen(1); spent];
        watch(&Watch { budget: Fen::from_fen(budget), spent, years, levels: [0, 0, 0] }).map(|_| ())
    };
    assert_eq!(of(1, 13, vec![even(1)]), Err(WatchFault::TooManyMonths(13)));
    assert_eq!(of(0, 1, vec![even(1)]), Err(WatchFault::NoBudget(Fen::ZERO)));
    assert_eq!(of(1, 1, vec![even(0)]), Err(WatchFault::NothingToCompare));
    assert_eq!(of(1, 1, vec![]), Err(WatchFault::NothingToCompare));
}
