//! How fast one thread decides: the engine on Chongqing's package beside a function written by
//! hand for the same rules, in one run, in turn, so that the ratios hold whatever the machine does.
//!
//! `cargo run --release --manifest-path bench/Cargo.toml`; with a number it writes that many cases for
//! `gongji quote` instead.

mod by_hand;
mod folders;

use by_hand::{Care, Class, Enrolment, Status};
use folders::folders;
use gongji_adjudication::{Charge, Encounter, Lines, Settlement, Split, Standing, Verdict, explain, settle_into};
use gongji_domain::{Clock, Day, Fen, Rate};
use gongji_policy::case::{Detail, quote};
use gongji_policy::{Area, Library};
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

/// Visits of one member in order.
const VISITS: usize = 8;
const ROUNDS: usize = 7;

/// What the register keeps of a member.
struct Member {
    retired: bool,
    tier_one: bool,
}

fn main() {
    if let Some(count) = std::env::args().nth(1) {
        let count = count.parse().expect("how many cases to write");
        cases().take(count).for_each(|case| println!("{case}"));
        return;
    }
    let library = Library::load(&folders(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies")));
    let area = library.area("500000").expect("Chongqing's package is sound");
    println!("{:<34} {:>12} {:>12} {:>8}", "", "engine", "by hand", "ratio");
    for (name, members) in [("in cache (1 000 members)", 1_000), ("1 000 000 members at random", 1_000_000)] {
        compare(name, area, members);
    }
    charges(area);
    steps(area);
    lines(&library);
}

/// A small generator (splitmix64), so that runs repeat.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }
}

fn place(area: &Area, name: &str) -> (usize, impl Fn(&str) -> i64) {
    let fact = area.facts().iter().find(|fact| fact.name == name).expect("a shared fact");
    let values = fact.values.clone();
    let place = fact.place().expect("the fact is stated by the case");
    (place, move |value: &str| values.iter().position(|v| v == value).expect("a value") as i64)
}

fn members(count: usize) -> Vec<Member> {
    let mut random = Random(1);
    (0..count).map(|_| Member { retired: random.below(10) < 3, tier_one: random.below(10) < 2 }).collect()
}

/// The facts of a visit, filled in from the register and the institution as a service does.
struct Facts {
    facts: Vec<i64>,
    status: (usize, [i64; 2]),
    enrolment: (usize, [i64; 2]),
    class: (usize, [i64; 2]),
}

impl Facts {
    fn of(area: &Area) -> Self {
        let two = |name: &str, values: [&str; 2]| {
            let (at, value) = place(area, name);
            (at, values.map(value))
        };
        let mut facts = area.default_facts();
        let (care, cares) = place(area, "care_type");
        facts[care] = cares("ordinary_outpatient");
        let status = two("status", ["active", "retired"]);
        let enrolment = two("enrolment", ["employer", "individual_tier_1"]);
        Self { facts, status, enrolment, class: two("issuer_class", ["secondary", "tertiary"]) }
    }

    fn of_visit(&mut self, member: &Member, tertiary: bool) -> &[i64] {
        let told = [(&self.status, member.retired), (&self.enrolment, member.tier_one), (&self.class, tertiary)];
        for ((place, values), which) in told {
            self.facts[*place] = values[usize::from(which)];
        }
        &self.facts
    }
}

struct Visit {
    member: u32,
    day: Day,
    tertiary: bool,
    eligible: [Fen; 1],
}

fn visits(count: usize, total: usize) -> Vec<Visit> {
    let mut random = Random(2);
    let start = Day::from_ymd(2024, 1, 1).expect("a day").number();
    let mut visits = Vec::with_capacity(total);
    while visits.len() < total {
        let member = random.below(count as u64) as u32;
        // A member's visits in order, state at hand.
        for i in 0..VISITS {
            let eligible = [Fen::from_fen(500 + random.below(60_000) as i64)];
            let day = Day::from_number(start + i as i32 * 40);
            visits.push(Visit { member, day, tertiary: random.below(2) == 0, eligible });
        }
    }
    visits
}

fn encounter<'a>(facts: &'a [i64], day: Day, lines: Lines<'a>) -> Encounter<'a> {
    Encounter {
        day,
        clock: Clock(0),
        facts,
        institution: 0,
        lines,
        prior: &[],
        frozen: &[],
        insured_since: None,
        use_account: true,
    }
}

fn split(visit: &Visit) -> Lines<'_> {
    Lines::Split(Split { off_list: Fen::ZERO, over_ceiling: Fen::ZERO, upfront: Fen::ZERO, eligible: &visit.eligible })
}

fn compare(name: &str, area: &Area, count: usize) {
    let (members, visits) = (members(count), visits(count, 4_000_000));
    let rules = area.rules(Day::from_ymd(2024, 6, 1).expect("a day")).expect("rules").clone();
    let (mut engine_times, mut hand_times) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut standings = vec![Standing::with_account(Fen::from_yuan(1_000), Fen::ZERO); count];
        let (mut settlement, mut facts) = (Settlement::default(), Facts::of(area));
        let begun = Instant::now();
        let mut engine_sum = 0;
        for visit in &visits {
            let facts = facts.of_visit(&members[visit.member as usize], visit.tertiary);
            let standing = &mut standings[visit.member as usize];
            let verdict = settle_into(&rules, standing, &encounter(facts, visit.day, split(visit)), &mut settlement);
            assert!(verdict == Verdict::Settled);
            standing.apply(black_box(&settlement));
            engine_sum += settlement.fund_total.fen() + settlement.balance.fen();
        }
        engine_times.push(begun.elapsed().as_secs_f64() / visits.len() as f64 * 1e9);

        let mut states = vec![by_hand::State::with_account(Fen::from_yuan(1_000).fen()); count];
        let mut done = by_hand::Done::default();
        let begun = Instant::now();
        let mut hand_sum = 0;
        for visit in &visits {
            let member = &members[visit.member as usize];
            let told = by_hand::Told {
                status: if member.retired { Status::Retired } else { Status::Active },
                enrolment: if member.tier_one { Enrolment::TierOne } else { Enrolment::Employer },
                care: Care::Ordinary,
                class: if visit.tertiary { Class::Tertiary } else { Class::Secondary },
                prescription: false,
                use_account: true,
            };
            let (year, split) = (visit.day.ymd().0, [0, 0, 0, visit.eligible[0].fen()]);
            by_hand::chongqing(&mut states[visit.member as usize], black_box(told), year, split, &mut done);
            let done = black_box(&done);
            hand_sum += done.fund + done.balance;
        }
        hand_times.push(begun.elapsed().as_secs_f64() / visits.len() as f64 * 1e9);
        assert_eq!(engine_sum, black_box(hand_sum), "both decide the same");
    }
    let (engine, hand) = (median(engine_times), median(hand_times));
    println!("{name:<34} {engine:>9.1} ns {hand:>9.1} ns {:>8.2}", engine / hand);
}

fn charges(area: &Area) {
    let (members, visits) = (members(1_000), visits(1_000, 1_000_000));
    let rules = area.rules(Day::from_ymd(2024, 6, 1).expect("a day")).expect("rules").clone();
    let defaults = area.default_charge_facts();
    let charge = |fen: i64, covered| Charge {
        amount: Fen::from_fen(fen),
        covered,
        ceiling: Some(Fen::from_fen(20_000)),
        upfront: Rate::from_millionths(100_000),
        facts: &defaults,
    };
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let mut standings = vec![Standing::with_account(Fen::from_yuan(1_000), Fen::ZERO); 1_000];
        let (mut settlement, mut facts) = (Settlement::default(), Facts::of(area));
        let begun = Instant::now();
        for visit in &visits {
            let fen = visit.eligible[0].fen();
            let charges = [
                charge(fen, true),
                charge(fen / 2, true),
                charge(fen / 3, true),
                charge(900, false),
                charge(25_000, true),
            ];
            let facts = facts.of_visit(&members[visit.member as usize], visit.tertiary);
            let standing = &mut standings[visit.member as usize];
            settle_into(&rules, standing, &encounter(facts, visit.day, Lines::Charges(&charges)), &mut settlement);
            standing.apply(black_box(&settlement));
        }
        times.push(begun.elapsed().as_secs_f64() / visits.len() as f64 * 1e9);
    }
    println!("{:<34} {:>9.1} ns", "five raw charges", median(times));
}

fn steps(area: &Area) {
    let (members, visits) = (members(1_000), visits(1_000, 400_000));
    let rules = area.rules(Day::from_ymd(2024, 6, 1).expect("a day")).expect("rules").clone();
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let mut standings = vec![Standing::with_account(Fen::from_yuan(1_000), Fen::ZERO); 1_000];
        let mut facts = Facts::of(area);
        let begun = Instant::now();
        for visit in &visits {
            let facts = facts.of_visit(&members[visit.member as usize], visit.tertiary);
            let standing = &mut standings[visit.member as usize];
            let outcome = explain(&rules, standing, &encounter(facts, visit.day, split(visit)));
            if let gongji_adjudication::Outcome::Settled(settlement) = black_box(outcome) {
                standing.apply(&settlement);
            }
        }
        times.push(begun.elapsed().as_secs_f64() / visits.len() as f64 * 1e9);
    }
    println!("{:<34} {:>9.1} ns", "with full steps", median(times));
}

/// Lines of `gongji quote` on one thread: read, decide, write; and the same lines only read and written
/// by serde_json, so that it shows what JSON costs.
fn lines(library: &Library) {
    let lines: Vec<String> = cases().take(20_000).collect();
    let (mut whole, mut json) = (Vec::new(), Vec::new());
    let mut answers = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        answers = lines
            .iter()
            .map(|line| serde_json::to_string(&quote(line, library, Detail::Amounts)).expect("text"))
            .collect();
        whole.push(begun.elapsed().as_secs_f64() / lines.len() as f64 * 1e9);
        let values: Vec<serde_json::Value> =
            answers.iter().map(|answer| serde_json::from_str(answer).expect("JSON")).collect();
        let begun = Instant::now();
        for (line, value) in lines.iter().zip(&values) {
            black_box(serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
            black_box(serde_json::to_string(value).expect("text"));
        }
        json.push(begun.elapsed().as_secs_f64() / lines.len() as f64 * 1e9);
    }
    assert!(answers.iter().all(|answer| answer.contains("settled")));
    println!("{:<34} {:>9.0} ns", "a line of quote, one thread", median(whole));
    println!("{:<34} {:>9.0} ns", "the same JSON through serde_json", median(json));
}

/// Cases of one member with one visit of one charge, like those that a hospital would ask.
fn cases() -> impl Iterator<Item = String> {
    let mut random = Random(3);
    (0..).map(move |id| {
        let status = if random.below(10) < 3 { "retired" } else { "active" };
        let class = ["primary", "secondary", "tertiary"][random.below(3) as usize];
        let area = ["500000", "211200", "320700"][random.below(3) as usize];
        let (yuan, fen) = (5 + random.below(3_000), random.below(100));
        let day = 1 + random.below(28);
        format!(
            "{{\"id\":\"{id}\",\"pooling_area\":\"{area}\",\"member\":{{\"status\":\"{status}\",\"birth_date\":\"1960-05-01\",\"account_balance\":\"500.00\"}},\
             \"encounters\":[{{\"id\":\"e1\",\"date\":\"2024-06-{day:02}\",\"care_type\":\"ordinary_outpatient\",\
             \"institution\":{{\"class\":\"{class}\"}},\"charges\":[{{\"amount\":\"{yuan}.{fen:02}\"}}]}}]}}"
        )
    })
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
