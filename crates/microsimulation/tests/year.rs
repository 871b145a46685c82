//! A year of people whose every amount is worked out by hand, on the packages that ship; and what holds of all people.

mod world;

use gongji_domain::{Day, Fen, Rate};
use gongji_microsimulation::{
    Changed, Comparison, Histogram, Reason, Reform, Response, Scenario, ScenarioFault, Tally, Walker, run,
};
use gongji_population::{Batch, Care, Class, Event, Means, Source, Status};
use world::{Made, assumptions, event, library, person, scenario, yuan};

#[test]
fn a_year_of_nanchang_worked_by_hand() {
    let library = library(false);
    let scenario = scenario(library.area("360100").unwrap(), 2023, Reform::After);
    let mut walker = Walker::default();
    let events = [
        event(2023, 2, Care::Visit, Class::Primary, yuan(1_000)),
        event(2023, 3, Care::Visit, Class::Tertiary, yuan(4_000)),
        event(2023, 3, Care::Chronic, Class::Secondary, yuan(500)),
        event(2023, 12, Care::Admission, Class::Tertiary, yuan(1_000)),
    ];
    let year = walker.year(&scenario, &person(7, Status::Active), &events);
    // (1000 − 600) × 60% = 240; 4000 × 50% = 2000, of which 1800 − 240 = 1560 are left.
    let pool: Vec<Fen> = walker.paid().iter().map(|paid| paid.pool).collect();
    assert_eq!(pool, [yuan(240), yuan(1_560), Fen::ZERO, Fen::ZERO]);
    // Assumed: 500 × 70%, 1000 × 80%.
    let assumed: Vec<Fen> = walker.paid().iter().map(|paid| paid.assumed).collect();
    assert_eq!(assumed, [Fen::ZERO, Fen::ZERO, yuan(350), yuan(800)]);
    // 100 at the beginning, 80 on the first of each month: 260 in February for 775, and so on.
    let account: Vec<Fen> = walker.paid().iter().map(|paid| paid.account).collect();
    assert_eq!(account, [yuan(260), yuan(80), Fen::ZERO, yuan(215)]);
    assert_eq!((year.own_credit, year.fund_credit), (yuan(960), Fen::ZERO));
    assert_eq!(year.closing, yuan(100 + 960 - 260 - 80 - 215));
    assert!(year.reached && year.at_limit && year.ran_dry);
    assert_eq!(year.deductible, yuan(600));
    // The retired get 78.50 a month from the pool, five points more, and 2000 at most.
    let year = walker.year(&scenario, &person(8, Status::Retired), &events[..1]);
    assert_eq!(year.pool, yuan(260));
    assert_eq!((year.own_credit, year.fund_credit), (Fen::ZERO, yuan(942)));
    assert!(year.reached && !year.at_limit);
    assert!(scenario.notes().iter().any(|note| note.contains("预计数")));
}

#[test]
fn what_chronic_care_leaves_is_paid_again_in_chongqing() {
    let library = library(false);
    let scenario = scenario(library.area("500000").unwrap(), 2024, Reform::After);
    let mut walker = Walker::default();
    let events = [event(2024, 2, Care::Chronic, Class::Secondary, yuan(2_000))];
    walker.year(&scenario, &person(1, Status::Active), &events);
    // 2000 × 70% = 1400 assumed; of the 600 left 200 are the deductible, 400 × 60% = 240.
    assert_eq!((walker.paid()[0].assumed, walker.paid()[0].pool), (yuan(1_400), yuan(240)));
    // 70 in June 1953 … in Chongqing 105 a month until 70, 115 from then on: here all the year above it.
    assert_eq!(walker.year(&scenario, &person(2, Status::Retired), &[]).fund_credit, yuan(115 * 12));
    let mut younger = person(3, Status::Retired);
    younger.birth = Day::from_ymd(1954, 6, 15).unwrap();
    assert_eq!(walker.year(&scenario, &younger, &[]).fund_credit, yuan(105 * 5 + 115 * 7));
    younger.account = false;
    assert_eq!(walker.year(&scenario, &younger, &[]).fund_credit, Fen::ZERO);
}

#[test]
fn cash_keeps_the_account_out_and_a_prescription_brings_the_pool_in() {
    let library = library(false);
    let scenario = scenario(library.area("360100").unwrap(), 2023, Reform::After);
    let mut walker = Walker::default();
    let bought = |means| Event { means, ..event(2023, 1, Care::Pharmacy, Class::Secondary, yuan(700)) };
    walker.year(&scenario, &person(1, Status::Active), &[bought(Means::Cash)]);
    assert_eq!((walker.paid()[0].account, walker.paid()[0].cash), (Fen::ZERO, yuan(715)));
    walker.year(&scenario, &person(1, Status::Active), &[bought(Means::Account)]);
    assert_eq!((walker.paid()[0].account, walker.paid()[0].pool), (yuan(180), Fen::ZERO));
    walker.year(&scenario, &person(1, Status::Active), &[bought(Means::Prescription)]);
    assert_eq!(walker.paid()[0].pool, yuan(55));
}

#[test]
fn every_fen_is_somebodys_in_every_area() {
    let library = library(false);
    let mut batch = Batch::default();
    for (code, year) in [("500000", 2024), ("211200", 2023), ("320700", 2023), ("360100", 2023)] {
        let scenario = scenario(library.area(code).unwrap(), year, Reform::After);
        let mut walker = Walker::default();
        Made(2_000, year).fill(0, &mut batch).unwrap();
        for (person, events) in batch.each() {
            let of = walker.year(&scenario, person, events);
            assert_eq!(of.total, of.pool + of.other + of.chronic + of.admission + of.share(), "{code} {}", of.number);
            assert_eq!(of.opening + of.credit() - of.account - of.aid, of.closing, "{code} {}", of.number);
            let (own, relatives): (Vec<&Event>, Vec<&Event>) = events.iter().partition(|event| event.is_own());
            assert_eq!(of.total, own.iter().map(|event| event.total()).sum::<Fen>());
            assert_eq!(of.aid + of.aid_short, relatives.iter().map(|event| event.total()).sum::<Fen>());
            assert!(of.closing >= Fen::ZERO && of.cash >= Fen::ZERO && !of.credit_missing);
            assert!(walker.paid().iter().zip(own).all(|(paid, event)| paid.total == event.total()));
        }
    }
}

#[test]
fn parts_add_up_in_any_order_to_the_whole() {
    let library = library(false);
    let scenario = scenario(library.area("360100").unwrap(), 2023, Reform::After);
    let source = Made(3 * Batch::PERSONS - 100, 2023);
    let mut walker = Walker::default();
    let bands = &assumptions().bands;
    let (mut whole, mut parts) = (Tally::new(bands), Vec::new());
    for number in 0..source.batches() {
        let mut batch = Batch::default();
        source.fill(number, &mut batch).unwrap();
        run(&scenario, &batch, &mut walker, &mut whole);
        let mut part = Tally::new(bands);
        run(&scenario, &batch, &mut walker, &mut part);
        parts.push(part);
    }
    let mut merged = Tally::new(bands);
    parts.iter().rev().for_each(|part| merged.merge(part));
    assert_eq!(merged, whole);
    let (all, cells) = (whole.all(), whole.cells(|_, _, _, _| true));
    assert_eq!(all.persons, source.persons());
    assert_eq!((all.total, all.pool, all.account, all.cash), (cells.total, cells.pool, cells.account, cells.cash));
    assert_eq!(whole.months().iter().map(|month| month.pool).sum::<Fen>(), all.pool);
    assert_eq!(Histogram::of_all(&whole.share).sum(), all.share());
    assert_eq!(all.opening + all.credit() - all.account - all.aid, all.closing);
    assert!(all.aid > Fen::ZERO && all.aid_short > Fen::ZERO && all.aid_uses > 0);
}

#[test]
fn before_the_reform_the_pool_pays_nothing_and_accounts_get_more() {
    let library = library(false);
    let area = library.area("360100").unwrap();
    let [before, after] = [Reform::Before, Reform::After].map(|reform| scenario(area, 2023, reform));
    let mut found = Comparison::new(&assumptions().bands);
    let mut batch = Batch::default();
    Made(500, 2023).fill(0, &mut batch).unwrap();
    found.run([&before, &after], [&batch, &batch], &mut Default::default(), |_, _| ());
    let [b, a] = found.tallies.each_ref().map(Tally::all);
    assert!(b.pool.is_zero() && !a.pool.is_zero() && b.credit() > a.credit() && b.total == a.total);
    let net = found.net(|_, _, _| true);
    assert_eq!(net.winners + net.losers + net.same, 500);
    assert_eq!(net.gain - net.loss, (b.share() - b.credit()) - (a.share() - a.credit()));
    assert_eq!(found.reasons().map(|(_, count, _)| count).sum::<u64>(), net.winners + net.losers);
    assert!(found.reasons().any(|(reason, count, _)| reason == Reason::LessCredit && count > 0));
    // A person by hand: 2.9% − 2% of 4000 is 36 less a month.
    let mut walker = Walker::default();
    assert_eq!(walker.year(&before, &person(1, Status::Active), &[]).own_credit, yuan(116 * 12));
}

#[test]
fn two_versions_differ_by_the_visits_that_show_it() {
    let library = library(false);
    let area = library.area("211200").unwrap();
    let assumed = assumptions();
    let on = |day: &str| Scenario::on(area, 2023, &assumed, Reform::After, day.parse().unwrap()).unwrap();
    let (old, new) = (on("2022-12-15"), on("2023-01-01"));
    let mut batch = Batch::default();
    batch.push(person(0, Status::Active), |events| {
        events.push(event(2023, 1, Care::Visit, Class::Primary, yuan(20)));
        events.push(event(2023, 2, Care::Visit, Class::Primary, yuan(105)));
        events.push(event(2023, 3, Care::Visit, Class::Primary, yuan(1_175)));
    });
    let mut found = Comparison::new(&assumed.bands);
    found.run([&old, &new], [&batch, &batch], &mut Default::default(), |_, _| ());
    let changes: Vec<_> = found.changes().filter(|(_, count, _, _)| *count > 0).collect();
    // Of 25 then 300: the second visit was paid (125 − 25) × 60% = 60; the third has 190 left, now 1000 × 60% = 600.
    let [(Changed::NoLongerPaid, 1, less, Some(first)), (Changed::PaidMore, 1, more, Some(second))] = changes[..]
    else {
        panic!("{changes:?}")
    };
    assert_eq!((less, more), (yuan(-60), yuan(410)));
    assert_eq!((first.event, second.event, found.unchanged), (1, 2, 1));
    let mut same = Comparison::new(&assumed.bands);
    same.run([&new, &new], [&batch, &batch], &mut Default::default(), |_, _| ());
    assert_eq!((same.net(|_, _, _| true).same, same.unchanged), (1, 3));
}

#[test]
fn what_the_population_cannot_tell_is_refused_by_name() {
    let library = library(false);
    let area = library.area("500000").unwrap();
    let fault = Scenario::of(area, 2023, &assumptions(), Reform::After).err().unwrap();
    assert!(matches!(fault, ScenarioFault::NoRules { .. }) && fault.to_string().contains("2024-01-01"), "{fault}");
    let mut elsewhere = assumptions();
    elsewhere.away[1] = "the_moon".to_owned();
    let area = library.area("211200").unwrap();
    let fault = Scenario::of(area, 2023, &elsewhere, Reform::After).err().unwrap();
    assert!(fault.to_string().contains("the_moon") && fault.to_string().contains("place"), "{fault}");
}

#[test]
fn the_examples_run_or_say_which_fact_they_need() {
    let library = library(true);
    let mut ran = 0;
    for area in library.areas() {
        let year = i16::try_from(area.newest_day().ymd().0).unwrap() + 1;
        match Scenario::of(area, year, &assumptions(), Reform::After) {
            Ok(scenario) => {
                let mut batch = Batch::default();
                Made(50, year).fill(0, &mut batch).unwrap();
                run(&scenario, &batch, &mut Walker::default(), &mut Tally::new(&assumptions().bands));
                ran += 1;
            }
            Err(fault @ ScenarioFault::Fact { .. }) => {
                assert!(!fault.to_string().contains("「」"), "{} {fault}", area.name())
            }
            // One that ended before the year did.
            Err(ScenarioFault::NoRules { .. }) => {}
            Err(fault) => panic!("{} {fault}", area.name()),
        }
    }
    assert!(ran > 0);
}

#[test]
fn people_who_answer_to_prices_do_some_of_the_same() {
    let answers = |factor| Response { factors: [Rate::from_millionths(factor); 2], seed: 1 };
    let of = person(5, Status::Active);
    let visit = event(2023, 1, Care::Visit, Class::Primary, yuan(1));
    let count = |factor| (0..10_000).map(|place| answers(factor).times(&of, place, &visit)).sum::<u64>();
    assert_eq!((count(0), count(1_000_000), count(2_000_000)), (0, 10_000, 20_000));
    assert!((8_800..9_200).contains(&count(900_000)) && (10_800..11_200).contains(&count(1_100_000)));
    let fewer: Vec<u64> = (0..1_000).map(|place| answers(800_000).times(&of, place, &visit)).collect();
    let more: Vec<u64> = (0..1_000).map(|place| answers(900_000).times(&of, place, &visit)).collect();
    assert!(
        fewer.iter().zip(&more).all(|(few, more)| few <= more),
        "whoever goes at the higher price goes at the lower"
    );
    let admission = event(2023, 1, Care::Admission, Class::Primary, yuan(1));
    assert_eq!(answers(0).times(&of, 0, &admission), 1);
    // A price that falls by a tenth with an elasticity of −0.2: two hundredths more.
    let price = |borne| [(yuan(borne), yuan(1_000)); 2];
    let response = Response::to_prices(Rate::from_millionths(-200_000), price(500), price(450), 1);
    assert_eq!(response.factors, [Rate::from_millionths(1_020_000); 2]);
}
