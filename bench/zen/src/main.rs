//! One visit of a fresh year, decided by this project's engine and by GoRules zen on the same rules
//! (Chongqing's ordinary outpatient benefit), in turn in one run; both give the same fen.
//!
//! zen gets its decision compiled and its input as its own values: what is timed is deciding. Its
//! model is simpler: no sums from visit to visit, no catalogue, no articles, no dates.
//!
//! `cargo run --release --manifest-path bench/zen/Cargo.toml`

#[path = "../../src/folders.rs"]
mod folders;

use folders::folders;
use gongji_adjudication::{Encounter, Lines, Settlement, Split, Standing, Verdict, explain, settle_into};
use gongji_domain::{Clock, Day, Fen};
use gongji_policy::{Area, Library};
use serde_json::{Value, json};
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;
use zen_engine::DecisionEngine;
use zen_engine::model::DecisionContent;

const VISITS: usize = 20_000;
const ROUNDS: usize = 7;

struct Visit {
    retired: bool,
    tier_one: bool,
    tertiary: bool,
    eligible: Fen,
}

fn main() {
    let library = Library::load(&folders(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies")));
    let area = library.area("500000").expect("Chongqing's package is sound");
    let visits = visits();
    let (mut silent, mut steps, mut zen) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (time, ours) = engine(area, &visits, false);
        silent.push(time);
        steps.push(engine(area, &visits, true).0);
        let (time, theirs) = peer(&visits);
        zen.push(time);
        assert_eq!(ours, theirs, "both decide the same");
    }
    let (silent, steps, zen) = (median(silent), median(steps), median(zen));
    println!(
        "{VISITS} visits of a fresh year, all {VISITS} equal to the fen in fund, account and cash; medians of {ROUNDS}"
    );
    println!("gongji                     {silent:>9.1} ns  {:>12.0} /s", 1e9 / silent);
    println!("gongji, every step told    {steps:>9.1} ns  {:>12.0} /s", 1e9 / steps);
    println!("zen-engine                 {zen:>9.1} ns  {:>12.0} /s", 1e9 / zen);
    println!("ratio {:.0}, with steps {:.0}", zen / silent, zen / steps);
}

/// A small generator (splitmix64), so that runs repeat.
fn visits() -> Vec<Visit> {
    let mut state: u64 = 7;
    let mut below = |end: u64| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    };
    let visit = |_| Visit {
        retired: below(10) < 3,
        tier_one: below(10) < 2,
        tertiary: below(2) == 0,
        eligible: Fen::from_fen(500 + below(1_000_000) as i64),
    };
    (0..VISITS).map(visit).collect()
}

const BALANCE: Fen = Fen::from_fen(100_000);

/// Nanoseconds a visit, and fund, account and cash of each.
fn engine(area: &Area, visits: &[Visit], told: bool) -> (f64, Vec<[i64; 3]>) {
    let place = |name: &str, values: [&str; 2]| {
        let fact = area.facts().iter().find(|fact| fact.name == name).expect("a shared fact");
        let value = |value: &str| fact.values.iter().position(|v| v == value).expect("a value") as i64;
        (fact.place().expect("a place"), values.map(value))
    };
    let (status, enrolment) =
        (place("status", ["active", "retired"]), place("enrolment", ["employer", "individual_tier_1"]));
    let (class, care) =
        (place("issuer_class", ["secondary", "tertiary"]), place("care_type", ["ordinary_outpatient"; 2]));
    let mut facts = area.default_facts();
    facts[care.0] = care.1[0];
    let day = Day::from_ymd(2024, 6, 1).expect("a day");
    let rules = area.rules(day).expect("rules").clone();
    let standing = Standing::with_account(BALANCE, Fen::ZERO);
    let mut settlement = Settlement::default();
    let mut amounts = Vec::with_capacity(visits.len());
    let begun = Instant::now();
    for visit in visits {
        for (place, which) in [(status, visit.retired), (enrolment, visit.tier_one), (class, visit.tertiary)] {
            facts[place.0] = place.1[usize::from(which)];
        }
        let eligible = [visit.eligible];
        let split = Split { off_list: Fen::ZERO, over_ceiling: Fen::ZERO, upfront: Fen::ZERO, eligible: &eligible };
        let encounter = Encounter {
            day,
            clock: Clock(0),
            facts: &facts,
            institution: 0,
            lines: Lines::Split(split),
            prior: &[],
            frozen: &[],
            insured_since: None,
            use_account: true,
        };
        if told {
            black_box(explain(&rules, &standing, &encounter));
        } else {
            assert!(settle_into(&rules, &standing, &encounter, &mut settlement) == Verdict::Settled);
        }
        let settlement = black_box(&settlement);
        amounts.push([settlement.fund_total.fen(), settlement.account_paid.fen(), settlement.cash.fen()]);
    }
    (begun.elapsed().as_secs_f64() / visits.len() as f64 * 1e9, amounts)
}

fn peer(visits: &[Visit]) -> (f64, Vec<[i64; 3]>) {
    let content: DecisionContent = serde_json::from_str(include_str!("chongqing.json")).expect("a decision");
    let mut decision = DecisionEngine::default().create_decision(content.into()).expect("zen takes the decision");
    decision.compile();
    let said = |visit: &Visit| {
        json!({
            "status": if visit.retired { "retired" } else { "active" },
            "enrolment": if visit.tier_one { "individual_tier_1" } else { "employer" },
            "class": if visit.tertiary { "tertiary" } else { "secondary" },
            "eligible": visit.eligible.fen(),
            "balance": BALANCE.fen(),
        })
    };
    let inputs: Vec<Value> = visits.iter().map(said).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let variables: Vec<zen_engine::Variable> = inputs.into_iter().map(Into::into).collect();
        let mut results = Vec::with_capacity(visits.len());
        let begun = Instant::now();
        for variable in variables {
            results.push(decision.evaluate(variable).await.expect("zen decides").result);
        }
        let time = begun.elapsed().as_secs_f64() / visits.len() as f64 * 1e9;
        let amounts = results.into_iter().map(|result| {
            let value: Value = result.into();
            ["fund", "account", "cash"].map(|key| value[key].as_f64().expect("an amount") as i64)
        });
        (time, amounts.collect())
    })
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
