//! What is read once is read right: what came since is added, what was taken back is told, older moments see no more than they
//! should, and what nobody asks for goes.

use std::sync::Arc;
use std::sync::atomic::{AtomicI8, Ordering};

use gongji_domain::Day;
use jiff::civil::{DateTime, date};

use super::{Between, Listings, Sums};
use crate::serve::clock::Clock;
use crate::serve::console::testing::{Pages, settle_as, take_back};

const AREA: &str = "500000";

/// March of 2026, on a day that the test sets.
struct March(AtomicI8);

impl Clock for March {
    fn now(&self) -> DateTime {
        date(2026, 3, self.0.load(Ordering::Relaxed)).at(8, 0, 0, 0)
    }
}

fn pages() -> (Arc<March>, Pages) {
    let march = Arc::new(March(AtomicI8::new(1)));
    let clock = Arc::clone(&march);
    (march, Pages::at(clock))
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn of_march(listings: &Listings, pages: &Pages) -> Between {
    let kept = pages.service.kept();
    listings.of_area(kept.now().unwrap(), AREA, (day("2026-03-01"), day("2026-03-31"))).unwrap()
}

/// Every settlement by its number, and whether it was taken back.
fn told(between: &Between) -> Vec<(String, bool)> {
    let mut told: Vec<_> = between.all().map(|one| (one.listed.number.to_string(), one.cancelled.is_some())).collect();
    told.sort_unstable();
    told
}

#[test]
fn what_came_since_is_added_and_what_was_taken_back_is_told() {
    let ((march, pages), listings) = (pages(), Listings::default());
    let first = settle_as(&pages, "A", "300.00");
    assert_eq!(told(&of_march(&listings, &pages)), [(first.clone(), false)]);
    let second = settle_as(&pages, "B", "400.00");
    assert_eq!(told(&of_march(&listings, &pages)), [(first.clone(), false), (second.clone(), false)]);
    march.0.store(2, Ordering::Relaxed);
    take_back(&pages, &first);
    let now = of_march(&listings, &pages);
    assert_eq!(told(&now), [(first, true), (second, false)]);
    assert_eq!(told(&now), told(&of_march(&Listings::default(), &pages)), "as when it is read anew");
    let sums = Sums::of(now.all());
    assert_eq!(
        (sums.visits, sums.cancelled, sums.persons, sums.amounts.total.to_string().as_str()),
        (2, 1, 1, "400.00")
    );
}

#[test]
fn a_cancellation_after_the_days_asked_for_counts_and_a_settlement_does_not() {
    let ((march, pages), listings) = (pages(), Listings::default());
    let first = settle_as(&pages, "A", "300.00");
    march.0.store(2, Ordering::Relaxed);
    settle_as(&pages, "B", "400.00");
    take_back(&pages, &first);
    let kept = pages.service.kept();
    let first_day = (day("2026-03-01"), day("2026-03-01"));
    let between = listings.of_area(kept.now().unwrap(), AREA, first_day).unwrap();
    assert_eq!(told(&between), [(first, true)]);
    let elsewhere = listings.of_area(kept.now().unwrap(), "211200", first_day).unwrap();
    assert_eq!(told(&elsewhere), []);
}

#[test]
fn an_older_moment_does_not_see_what_came_after_it() {
    let ((_, pages), listings) = (pages(), Listings::default());
    let first = settle_as(&pages, "A", "300.00");
    let older = pages.service.kept();
    older.now().unwrap();
    settle_as(&pages, "B", "400.00");
    assert_eq!(of_march(&listings, &pages).all().count(), 2);
    let march = (day("2026-03-01"), day("2026-03-31"));
    let then = listings.of_area(older.now().unwrap(), AREA, march).unwrap();
    assert_eq!(told(&then), [(first, false)]);
    assert_eq!(of_march(&listings, &pages).all().count(), 2);
}

#[test]
fn the_days_that_nobody_asked_for_longest_go_and_too_much_is_refused() {
    let ((march, pages), listings) = (pages(), Listings::holding(2));
    settle_as(&pages, "A", "300.00");
    march.0.store(2, Ordering::Relaxed);
    settle_as(&pages, "B", "400.00");
    assert_eq!(of_march(&listings, &pages).all().count(), 2);
    let before = listings.kept();
    march.0.store(3, Ordering::Relaxed);
    settle_as(&pages, "C", "500.00");
    let kept = pages.service.kept();
    let since = |from: &str| listings.of_area(kept.now().unwrap(), AREA, (day(from), day("2026-03-31")));
    assert_eq!(since("2026-03-02").unwrap().all().count(), 2);
    assert_eq!(listings.kept(), before, "the first day went, the third came");
    let refused = since("2026-03-01").err().unwrap();
    assert!(refused.to_string().contains("至多 2 笔"), "{refused}");
}
