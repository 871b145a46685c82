//! The visits proposed around boundaries: each boundary has both its sides, and what the funds pay
//! stops or begins exactly there.
mod common;

use gongji_domain::Day;
use gongji_policy::case::Decision;
use gongji_policy::{Boundary, Profile, Side};

fn of(code: &str, day: &str) -> Vec<Profile> {
    common::shipped().boundaries(code, day.parse::<Day>().unwrap())
}

fn paid(visit: &Boundary) -> String {
    match &visit.decision {
        Decision::Settled(settled) => settled.settlement.fund_total.to_string(),
        Decision::Refused(refusal) => refusal.code.clone(),
    }
}

#[test]
fn a_deductible_and_a_limit_have_visits_below_at_and_above() {
    let all = of("500000", "2024-06-01");
    // Two statuses, two limits, two levels; 建国前老工人 and 二档 are like another.
    assert_eq!(all.len(), 8);
    let first = &all[0];
    let rows: Vec<(String, String)> =
        first.visits.iter().map(|visit| (visit.amount.to_string(), paid(visit))).collect();
    // (5200−200)×60% = 3000.
    let expected = [
        ("199.99", "0.00"),
        ("200.00", "0.00"),
        ("200.01", "0.01"),
        ("5199.99", "2999.99"),
        ("5200.00", "3000.00"),
        ("5200.01", "3000.00"),
    ];
    assert_eq!(rows, expected.map(|(amount, paid)| (amount.to_owned(), paid.to_owned())));
    let sides: Vec<Side> = first.visits.iter().map(|visit| visit.about[0].1).collect();
    assert_eq!(sides, [Side::Below, Side::At, Side::Above, Side::Below, Side::At, Side::Above]);
    assert_eq!(first.inputs[0], ("date".to_owned(), "2024-06-01".to_owned()));
}

#[test]
fn no_two_profiles_are_the_same_and_every_visit_is_settled() {
    for area in ["500000", "211200", "320700", "360100"] {
        let all = of(area, "2024-06-01");
        assert!(!all.is_empty(), "{area}");
        let figures = |profile: &Profile| profile.visits.iter().map(|v| (v.amount, paid(v))).collect::<Vec<_>>();
        let distinct: std::collections::BTreeSet<_> = all.iter().map(figures).collect();
        assert_eq!(distinct.len(), all.len(), "{area}");
        for visit in all.iter().flat_map(|profile| &profile.visits) {
            assert!(matches!(visit.decision, Decision::Settled(_)) && !visit.about.is_empty());
        }
    }
}

#[test]
fn a_day_or_an_area_without_rules_has_none() {
    assert!(of("500000", "2023-12-31").is_empty() && of("999999", "2024-06-01").is_empty());
}
