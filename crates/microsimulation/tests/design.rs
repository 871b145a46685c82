//! The search keeps to its bounds, finds the best and takes the same way twice.

use gongji_microsimulation::design::{Judged, Knob, efficient, elasticity, grid, search};

const KNOBS: [Knob; 2] =
    [Knob { low: 100, high: 1_000, step: 50, start: 600 }, Knob { low: 50, high: 90, step: 1, start: 50 }];

/// The more the second and the less the first, the better and the dearer.
fn judge(values: &[Vec<i64>]) -> Vec<Judged<&'static str>> {
    let one = |values: &Vec<i64>| {
        let cost = values[1] * 100 - values[0] * 3;
        let goal = values[0] * 2 - values[1] * 40;
        Judged { goal, cost, refused: (cost > 6_000).then_some("dear") }
    };
    values.iter().map(one).collect()
}

#[test]
fn the_best_inside_bounds_and_budget_is_found_the_same_way_twice() {
    let found = search(&KNOBS, grid(&KNOBS, 40, 7), 400, judge);
    let again = search(&KNOBS, grid(&KNOBS, 40, 7), 400, judge);
    assert_eq!(found, again);
    let best = &found.tried[found.best.expect("something may be chosen")];
    assert!(best.judged.cost <= 6_000);
    let inside =
        |values: &Vec<i64>| values.iter().zip(KNOBS).all(|(value, knob)| (knob.low..=knob.high).contains(value));
    assert!(found.tried.iter().all(|tried| inside(&tried.values)));
    // All of them, one by one.
    let all = (100..=1_000).step_by(50).flat_map(|a| (50..=90).map(move |b| vec![a, b])).collect::<Vec<_>>();
    let least = judge(&all).into_iter().filter(|judged| judged.refused.is_none()).map(|judged| judged.goal).min();
    assert_eq!(Some(best.judged.goal), least);
}

#[test]
fn nothing_is_chosen_where_nothing_may_be() {
    let refuse = |values: &[Vec<i64>]| {
        values.iter().map(|_| Judged { goal: 0, cost: 0, refused: Some("never") }).collect::<Vec<_>>()
    };
    let found = search(&KNOBS, grid(&KNOBS, 10, 1), 100, refuse);
    assert_eq!(found.best, None);
    assert_eq!(found.tried.len(), grid(&KNOBS, 10, 1).len());
}

#[test]
fn a_grid_begins_with_what_is_and_covers_every_part_of_each_range() {
    let points = grid(&KNOBS, 20, 3);
    assert_eq!(points[0], [600, 50]);
    let (low, high) = (points.iter().map(|p| p[0]).min(), points.iter().map(|p| p[0]).max());
    assert_eq!((low, high), (Some(100), Some(1_000)));
    assert_ne!(points, grid(&KNOBS, 20, 4));
}

#[test]
fn efficient_points_are_beaten_by_none() {
    assert_eq!(efficient(&[(1, 9), (2, 5), (3, 6), (4, 1), (2, 5)]), [true, true, false, true, true]);
}

#[test]
fn an_elasticity_is_the_ratio_of_relative_changes() {
    // A figure 10% up, an outcome 5% down: −0.5.
    assert_eq!(elasticity((100, 110), (1_000, 950)), Some(-500_000));
    assert_eq!(elasticity((0, 10), (1_000, 950)), Some(0));
    assert_eq!(elasticity((100, 100), (1_000, 950)), None);
}
