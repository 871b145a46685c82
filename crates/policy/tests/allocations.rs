//! Deciding a visit without steps allocates nothing once warm; neither does a credit of a prepared month.
mod common;

use gongji_adjudication::{Encounter, Lines, Settlement, Split, Standing, Verdict, settle_into};
use gongji_domain::{Clock, Day, Fen};
use gongji_policy::Area;
use gongji_policy::account::Crediting;

/// Decides visits of one member through a year into one settlement; how often memory was asked for.
fn allocations(area: &Area, standing: &mut Standing, settlement: &mut Settlement) -> u64 {
    let mut facts = area.default_facts();
    for (name, value) in [
        ("status", "active"),
        ("enrolment", "employer"),
        ("care_type", "ordinary_outpatient"),
        ("class", "secondary"),
        ("issuer_class", "secondary"),
    ] {
        let fact = area.facts().iter().find(|fact| fact.name == name).unwrap();
        facts[fact.place().unwrap()] = fact.values.iter().position(|v| v == value).unwrap_or(0) as i64;
    }
    let days = (0..12).map(|month| Day::from_ymd(2024, 1 + month, 5).unwrap());
    let visits: Vec<_> = days.map(|day| (day, area.rules(day).unwrap().clone())).collect();
    let eligible = [Fen::from_yuan(700)];
    let measured = allocation_counter::measure(|| {
        for (day, rules) in &visits {
            let split =
                Split { off_list: Fen::from_yuan(3), over_ceiling: Fen::ZERO, upfront: Fen::ZERO, eligible: &eligible };
            let encounter = Encounter {
                day: *day,
                clock: Clock(0),
                facts: &facts,
                institution: 0,
                lines: Lines::Split(split),
                prior: &[],
                frozen: &[],
                insured_since: None,
                use_account: true,
            };
            assert!(settle_into(rules, standing, &encounter, settlement) == Verdict::Settled);
            assert!(settlement.eligible == eligible[0]);
            standing.apply(settlement);
        }
    });
    measured.count_total
}

#[test]
fn a_visit_without_steps_allocates_nothing() {
    let library = common::shipped();
    for code in ["500000", "211200", "320700", "360100"] {
        let area = library.area(code).unwrap();
        let (mut standing, mut settlement) = (Standing::default(), Settlement::default());
        allocations(area, &mut standing, &mut settlement);
        assert!(standing != Standing::default(), "something was paid");
        assert_eq!(allocations(area, &mut standing, &mut settlement), 0, "{code}");
    }
}

#[test]
fn a_credit_of_a_prepared_month_allocates_nothing() {
    let library = common::shipped();
    let day = Day::from_ymd(2024, 3, 31).unwrap();
    for code in ["500000", "211200", "320700", "360100"] {
        let rules = library.area(code).unwrap().credits_for(day, Day::MAX).unwrap();
        let facts = [("lump_sum_period", "false")];
        let person = Crediting {
            enrolment: "employer",
            birth: Some(day),
            base: Some(Fen::from_yuan(4000)),
            facts: &facts,
            ..Crediting::default()
        };
        let measured = allocation_counter::measure(|| {
            for _ in 0..1000 {
                assert!(rules.credit(&Crediting { status: "active", ..person }).is_ok(), "{code}");
            }
        });
        assert_eq!(measured.count_total, 0, "{code}");
    }
}
