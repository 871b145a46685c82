//! Whole days of hospitals and pharmacies, played through the wire: registration to reconciliation, with answers
//! that are lost, messages that are doubled or late, refunds whole and in part, and a clock that the simulator moves.
//! Each institution keeps books of its own from replies alone, and at each day's end they must be the centre's to the
//! fen. Must never look into the centre to learn what is right.
//!
//! `GONGJI_SIMULATOR_SEEDS=0..100` chooses other seeds.

mod books;
mod day_end;
mod desk;
mod identities;
mod line;
mod members;
mod settle;
mod spoil;
mod visits;

use std::sync::{Arc, LazyLock};

use gongji_drill::Chance;
use gongji_store::Place;

use crate::cli::load;
use crate::his::{Decider, Policies};
use desk::{Desk, Tally};
use line::Line;
use members::Member;
use spoil::Page;

/// The shipped policies, read once.
static POLICIES: LazyLock<Arc<Policies>> = LazyLock::new(|| Arc::new(Policies::load(&load::shipped()).unwrap()));

fn policies() -> Arc<dyn Decider> {
    Arc::<Policies>::clone(&POLICIES)
}

/// Institutions of all areas, with the habits of several provinces; pharmacies with a hospital that prescribes.
const INSTITUTIONS: [(&str, Option<&str>); 9] = [
    ("H50000000001", None),
    ("H50000000003", None),
    ("P50000000004", Some("H50000000002")),
    ("H21120000008", None),
    ("P21120000017", Some("H21120000006")),
    ("H32070000012", None),
    ("P32070000013", Some("H32070000010")),
    ("H36010000014", None),
    ("H36010000015", None),
];

/// How much is played.
struct Extent {
    institutions: usize,
    days: i64,
    /// Who comes to each institution in a day.
    visits: u64,
}

/// Plays days by a seed; what happened.
fn play(line: &Line, seed: u64, extent: &Extent) -> Tally {
    let mut chance = Chance::new(seed);
    let members = members::all();
    let mut desks: Vec<Desk<'_>> =
        INSTITUTIONS[..extent.institutions].iter().map(|(code, by)| Desk::new(line, code, *by)).collect();
    let mut number = 0;
    for day in 0..extent.days {
        line.at(day, 8 * 3600);
        desks.iter_mut().for_each(|desk| {
            desk.day = day;
            desk.sign_in();
        });
        let today = desks[0].today();
        for _ in 0..extent.visits {
            for desk in &mut desks {
                number += 1;
                visits::come(desk, one_of(&members, &mut chance), number, &mut chance);
            }
        }
        assert_eq!(desks[0].today(), today, "a day is not long enough");
        let last = usize::try_from(chance.below(desks.len() as u64)).unwrap();
        line.at(day, 24 * 3600 - 60);
        visits::midnight(&mut desks[last], one_of(&members, &mut chance), 90_000 + number, &mut chance);
        line.at(day + 1, 1800);
        for desk in &mut desks {
            let rows = day_end::reconcile(desk, today);
            *desk.tally.entry("rows reconciled").or_default() += rows as u64;
            desk.sign_out();
        }
    }
    // Every second one, and with the next seed the others.
    for desk in desks.iter_mut().skip(usize::from(seed % 2 == 1)).step_by(2) {
        spoil_all(desk, &members, extent.days);
    }
    line.server.verify();
    let mut tally = Tally::new();
    for (what, count) in desks.into_iter().flat_map(|desk| desk.tally) {
        *tally.entry(what).or_default() += count;
    }
    tally
}

/// A day more, on which the books are spoiled in every way that they can be.
fn spoil_all(desk: &mut Desk<'_>, members: &[Member], day: i64) {
    desk.line.at(day, 9 * 3600);
    desk.day = day;
    let mut chance = Chance::new(u64::try_from(day).unwrap());
    for (number, member) in (80_000..).zip(members) {
        visits::come(desk, member, number, &mut chance);
    }
    let today = desk.today();
    if desk.prescriber.is_some() {
        let member = members.iter().find(|member| member.area == "500000").unwrap();
        let clearing = (member.area.to_owned(), "41".to_owned());
        spoil::doubled(desk, member, &Page { day: today, clearing });
    }
    for clearing in day_end::clearings() {
        let page = Page { day: today, clearing };
        spoil::every_way(desk, &page);
        spoil::bank(desk, &page);
    }
    day_end::reconcile(desk, today);
}

fn one_of<'m>(members: &'m [Member], chance: &mut Chance) -> &'m Member {
    &members[usize::try_from(chance.below(members.len() as u64)).unwrap()]
}

/// Everything that the simulator must have met in a test run to have shown something.
const MET: [&str; 22] = [
    "visits settled",
    "registration fees",
    "registrations withdrawn",
    "whole refunds",
    "partial refunds",
    "purchases",
    "purchases taken back",
    "a settlement doubled",
    "a settlement sent again after its answer was lost",
    "a settlement looked up after its answer was lost",
    "a settlement reversed after its answer was lost",
    "a message that came after its reversal was refused",
    "an operator who settled twice was refused",
    "a settlement at midnight",
    "answer_lost",
    "booked_twice",
    "amounts",
    "day_boundary",
    "cancelled_at_centre_only",
    "cancelled_at_institution_only",
    "never_settled",
    "doubled",
];

#[test]
fn days_of_hospitals_and_pharmacies_come_out_even_whatever_happens_on_the_line() {
    let told = std::env::var("GONGJI_SIMULATOR_SEEDS").ok().filter(|text| !text.is_empty());
    let bounds = told.as_deref().unwrap_or("0..2").split_once("..");
    let seeds = bounds.and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    let mut all = Tally::new();
    for seed in seeds.expect("GONGJI_SIMULATOR_SEEDS is written 0..100") {
        let line = Line::to_file(policies(), false);
        let tally = play(&line, seed, &Extent { institutions: 9, days: 3, visits: 8 });
        for (what, count) in tally {
            *all.entry(what).or_default() += count;
        }
    }
    println!("{all:#?}");
    for what in MET {
        assert!(all.contains_key(what), "{what} never happened");
    }
}

#[test]
fn a_day_over_http_comes_out_even() {
    let line = Line::to_file(policies(), true);
    play(&line, 11, &Extent { institutions: 3, days: 2, visits: 6 });
}

#[test]
fn a_day_with_a_centre_on_postgresql_comes_out_even() {
    let database = gongji_cluster::Database::fresh();
    let line = Line::to(Place::Postgres(database.url().to_owned()), policies(), false);
    play(&line, 12, &Extent { institutions: 3, days: 2, visits: 4 });
}
