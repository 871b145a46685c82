//! Runs wait, go on one after the other, end, fail or are cancelled; no more wait and no more are kept than there is room for.

use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::his::Policies;
use crate::serve::clock::ChinaTime;
use crate::serve::console::runs::request::Around;
use crate::serve::console::testing::Pages;

const PATH: &str = "/api/v1/runs";

/// A simulation of so many people; asked for at the page.
fn ask(pages: &Pages, persons: u64) -> u64 {
    let (status, run) =
        pages.post("analyst", PATH, &json!({ "kind": "simulate", "area": "500000", "persons": persons }));
    assert_eq!(status, 202, "{run}");
    run["id"].as_u64().unwrap()
}

/// More people than any test waits for.
const LONG: u64 = 20_000_000;

fn shown(pages: &Pages, id: u64) -> (u16, Value) {
    pages.get("analyst", &format!("{PATH}/{id}"))
}

fn ended(pages: &Pages, id: u64) -> Value {
    for _ in 0..3000 {
        let (_, run) = shown(pages, id);
        if !["waiting", "running"].contains(&run["state"].as_str().unwrap()) {
            return run;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("run {id} does not end")
}

#[test]
fn a_run_comes_to_its_results_and_its_files() {
    let pages = Pages::start();
    let id = ask(&pages, 50);
    let file = |name: &str| pages.get("analyst", &format!("{PATH}/{id}/{name}"));
    let run = ended(&pages, id);
    assert_eq!((&run["state"], &run["done"]), (&json!("done"), &run["of"]), "{run}");
    assert!(!run["report"]["tables"].as_array().unwrap().is_empty(), "{run}");
    let (status, kept) = file("results.json");
    assert_eq!((status, kept["tables"].is_null()), (200, false));
    assert_eq!(file("results.doc").0, 404);
    let (_, all) = pages.get("analyst", PATH);
    assert_eq!((&all["total"], &all["rows"][0]["id"]), (&json!(1), &json!(id)), "{all}");
    assert!(all["memory"].as_u64().unwrap() > 0, "{all}");
    assert_eq!(pages.get("officer", PATH).0, 403);
}

#[test]
fn runs_go_one_after_the_other_and_a_cancelled_one_makes_room() {
    let pages = Pages::start();
    let [long, short, cancelled] = [ask(&pages, LONG), ask(&pages, 50), ask(&pages, 50)];
    let waits = shown(&pages, short).1;
    assert_eq!((&waits["state"], &waits["before"]), (&json!("waiting"), &json!(1)), "{waits}");
    assert_eq!(pages.delete("analyst", &format!("{PATH}/{cancelled}")), 204);
    assert_eq!(shown(&pages, cancelled).1["state"], "cancelled");
    assert_eq!(pages.delete("analyst", &format!("{PATH}/{long}")), 204);
    assert_eq!(shown(&pages, long).1["state"], "cancelled");
    assert_eq!(ended(&pages, short)["state"], "done", "the next one goes on");
    let (status, none) = pages.get("analyst", &format!("{PATH}/{long}/results.json"));
    assert_eq!((status, &none["code"]), (409, &json!("not_finished")), "{none}");
    // What has ended is taken away by the same.
    assert_eq!(pages.delete("analyst", &format!("{PATH}/{long}")), 204);
    assert_eq!(shown(&pages, long).0, 404);
    assert_eq!(pages.delete("analyst", &format!("{PATH}/{long}")), 404);
    let later = ask(&pages, 50);
    assert_eq!(ended(&pages, later)["state"], "done", "the queue begins again after it was empty");
}

#[test]
fn no_more_wait_than_there_is_room_for() {
    let pages = Pages::start();
    let long = ask(&pages, LONG);
    pages.until("analyst", &format!("{PATH}/{long}"), |run| run["state"] == "running");
    let waiting: Vec<u64> = (0..WAITING).map(|_| ask(&pages, 50)).collect();
    let (status, busy) = pages.post("analyst", PATH, &json!({ "kind": "simulate", "area": "500000", "persons": 50 }));
    assert_eq!((status, &busy["code"]), (503, &json!("busy")), "{busy}");
    assert_eq!(pages.delete("analyst", &format!("{PATH}/{}", waiting[0])), 204);
    let instead = ask(&pages, 50);
    for id in waiting[1..].iter().chain([&instead, &long]) {
        pages.delete("analyst", &format!("{PATH}/{id}"));
    }
}

fn run(id: u64, state: State, weight: usize) -> Run {
    let policies = Policies::load(&crate::shipped()).unwrap();
    let folders = load::Policies::default();
    let around = Around { policies: &policies, folders: &folders, package: &|_| None };
    let Value::Object(given) = json!({ "kind": "simulate", "area": "500000" }) else { panic!() };
    Run {
        id,
        asked: Arc::new(Asked::read(given, &around).unwrap_or_else(|problem| panic!("{}", problem.message()))),
        by: "分析员".to_owned(),
        state,
        work: Arc::new(Work::on_threads(1)),
        at: ChinaTime.now(),
        begun: None,
        ended: None,
        finished: None,
        weight,
        package: None,
    }
}

/// The numbers of the runs that stay.
fn kept(mut runs: VecDeque<Run>) -> Vec<u64> {
    forget(&mut runs);
    runs.iter().map(|run| run.id).collect()
}

#[test]
fn the_oldest_that_ended_go_and_those_that_wait_stay() {
    let one = run(0, State::Done, 1);
    let of = |id: u64, state: State, weight: usize| Run { id, state, weight, ..one.clone() };
    let waits = || of(1, State::Waiting, 0);
    let many = (2..).take(KEPT + 2).map(|id| of(id, State::Done, 1));
    let expected: Vec<u64> = [1].into_iter().chain((4..).take(KEPT)).collect();
    assert_eq!(kept([waits()].into_iter().chain(many).collect()), expected);
    let heavy =
        |last: usize| [of(2, State::Done, MEMORY), waits(), of(3, State::Cancelled, 0), of(4, State::Done, last)];
    assert_eq!(kept(heavy(MEMORY).into()), [1, 3, 4], "no more goes than takes too much");
    assert_eq!(kept(heavy(MEMORY + 1).into()), [1, 4], "the last one stays whatever it takes");
    assert_eq!(kept([of(2, State::Done, MEMORY + 1)].into()), [2], "one result is shown whatever it takes");
}

#[test]
fn a_run_that_fails_says_why_and_one_that_was_cancelled_stays_so() {
    let runs = Runs::new(load::Policies::default(), Arc::new(ChinaTime));
    runs.locked().runs.extend([run(1, State::Running, 0), run(2, State::Cancelled, 0)]);
    for id in [1, 2] {
        runs.ended(&runs.find(id).unwrap(), Err(anyhow::anyhow!("没有人")));
    }
    assert_eq!(runs.find(1).unwrap().state, State::Failed("没有人".to_owned()));
    assert!(runs.find(1).unwrap().ended.is_some());
    assert_eq!(runs.find(2).unwrap().state, State::Cancelled);
    // Whoever went away meanwhile is not missed.
    runs.end(1);
    runs.ended(&run(1, State::Running, 0), Err(anyhow::anyhow!("")));
    assert_eq!((runs.find(1).is_none(), runs.before(9)), (true, 0));
}
