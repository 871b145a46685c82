//! Designing on a few people: what is solved keeps to its budget and its bounds, and passes the check of packages.

use super::solve::{passes, with_cases};
use super::*;
use crate::design::overlay::Choice;
use crate::design::trial::spending;
use gongji_microsimulation::design::{Judged, grid, search};

fn trial(area: &str, persons: u64) -> (Common, Trial) {
    let common = Common::plain(area, persons, 3, 2027);
    let work = Arc::default();
    let trial = common.on_threads(&work, || common.trial(3, &work)).expect("threads").expect("people").0;
    (common, trial)
}

/// Every figure turned a little, inside all bounds: benefits up or down, credits down.
fn turned(trial: &Trial, up: i64) -> Vec<Choice> {
    let turned = |(at, lever): (usize, &crate::design::levers::Lever)| -> Choice {
        let step = match lever.unit {
            Unit::Money => 1_000 * up,
            Unit::Points => 10_000,
            Unit::Rate if lever.id.starts_with("credit") => -1_000,
            Unit::Rate => 10_000,
        };
        (at, lever.value + step)
    };
    trial.levers.all.iter().enumerate().map(turned).collect()
}

#[test]
fn a_plan_of_each_area_passes_the_check_of_packages() {
    for area in ["211200", "320700", "360100", "500000"] {
        let (common, trial) = trial(area, 20);
        let around = common.policies.folders().expect("packages");
        for up in [1, -1] {
            let choices = turned(&trial, up);
            let folder = with_cases(&trial, &choices, &around).expect("cases");
            passes(&trial, &around, &[folder]).unwrap_or_else(|fault| panic!("{area}: {fault}"));
        }
    }
}

#[test]
fn a_plan_that_changes_nothing_comes_to_the_same() {
    for area in ["211200", "320700", "360100", "500000"] {
        let (_, trial) = trial(area, 300);
        let own: Vec<Choice> = trial.levers.all.iter().map(|lever| lever.value).enumerate().collect();
        assert_eq!(trial.outcome(&own), trial.outcome(&[]), "{area}");
    }
}

#[test]
fn the_short_way_of_a_design_comes_to_the_same_as_event_by_event_on_one_thread_and_on_two() {
    for area in ["211200", "320700", "360100", "500000"] {
        let (_, trial) = trial(area, 5_000);
        let turned = turned(&trial, 1);
        let credit = |choice: &&Choice| trial.levers.all[choice.0].id.starts_with("credit");
        let care = turned.iter().filter(|choice| !credit(choice)).copied().collect();
        let all = [Vec::new(), care, turned];
        let long: Vec<_> = all.iter().map(|choices| Ok(trial.outcome_event_by_event(choices))).collect();
        for threads in [1, 2] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            assert!(pool.install(|| trial.outcomes(&all)) == long, "{area}, {threads}");
        }
    }
}

#[test]
fn what_is_found_keeps_to_budget_bounds_and_shape_and_is_found_again() {
    let (_, trial) = trial("360100", 600);
    let base = trial.outcome(&[]).expect("the package runs");
    let budget = base.all().pool.fen();
    let knobs = knobs(
        &trial.levers,
        &["deductible=300.00..1000.00/50.00".to_owned(), "rate.tertiary=50%..70%/1%".to_owned(), "limit".to_owned()],
    )
    .expect("levers");
    let only: Vec<Knob> = knobs.iter().map(|(_, knob)| *knob).collect();
    let choices =
        |values: &[i64]| -> Vec<Choice> { knobs.iter().map(|(at, _)| *at).zip(values.iter().copied()).collect() };
    let solve = || {
        search(&only, grid(&only, 12, 1), 40, |values| {
            let asked: Vec<Vec<Choice>> = values.iter().map(|values| choices(values)).collect();
            let judged = trial.outcomes(&asked).into_iter().map(|outcome| match outcome {
                Ok(outcome) => {
                    let cost = spending(&outcome, &base).fen();
                    Judged {
                        goal: outcome.top_decile().fen(),
                        cost,
                        refused: (cost > budget).then(|| "over".to_owned()),
                    }
                }
                Err(why) => Judged { goal: i64::MAX, cost: i64::MAX, refused: Some(why) },
            });
            judged.collect()
        })
    };
    let found = solve();
    assert_eq!(found, solve());
    let best = &found.tried[found.best.expect("the present policy costs no more than itself")];
    assert!(best.judged.cost <= budget);
    let now = trial.outcome(&choices(&best.values)).expect("it runs");
    assert!(now.top_decile() <= base.top_decile());
    // 三级 above 二级 (55%) is out of shape and is said so.
    assert!(
        found.tried.iter().any(|tried| tried.judged.refused.as_deref().is_some_and(|why| why.contains("不得低于")))
    );
    assert!(best.values[1] <= 550_000);
}

#[test]
fn what_cannot_be_turned_is_refused_with_what_may_be_written() {
    let (_, trial) = trial("360100", 20);
    let fault = |text: &str| knobs(&trial.levers, &[text.to_owned()]).expect_err("it cannot be turned").to_string();
    assert!(fault("deductable").contains("deductible"));
    assert!(fault("deductible=300").contains("deductible=最小..最大/步长"));
    assert!(fault("rate.tertiary=30%..40%").contains("guoban14:3"));
}
