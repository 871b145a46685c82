//! The turn of the year.

use std::ops::ControlFlow;

use jiff::civil::date;

use super::{World, fen, member, paid};
use crate::agency::carry_over::{CarryError, Report, Wanted};

fn carried(world: &World, year: i32, preview: bool) -> Result<Report, CarryError> {
    let wanted = Wanted { area: "500000".to_owned(), year, by: "王经办".to_owned() };
    let store = (!preview).then(|| world.open());
    let go_on = |_, _| ControlFlow::Continue(());
    wanted.run(&world.read(), &world.book(), store.as_ref(), &world.clock, go_on)
}

fn at(world: &World, year: i16, month: i8, day: i8) {
    *world.clock.0.lock().unwrap() = date(year, month, day).at(9, 0, 0, 0);
}

#[test]
fn what_is_left_of_the_year_becomes_prior_and_what_comes_late_follows() {
    let world = World::new();
    let mut worker = member("P1", "500000", "11", "employer", "1980-01-01");
    worker.paid.push(paid("2024-10", 6, "4000.00"));
    world.enrol([
        worker,
        member("P2", "500000", "12", "employer", "1950-01-01"),
        member("P3", "211200", "12", "employer", "1950-01-01"),
    ]);
    at(&world, 2024, 12, 1);
    for month in ["2024-10", "2024-11"] {
        world.credit("500000", month);
    }
    at(&world, 2025, 1, 2);
    world.credit("500000", "2025-01");
    assert_eq!(world.parts("P1"), ["240.00", "0.00"]);
    let stood = world.heads();
    let preview = carried(&world, 2024, true).unwrap();
    assert_eq!(world.heads(), stood);
    let report = carried(&world, 2024, false).unwrap();
    // P1: 80.00×2, P2: 115.00×2; January's credit stays.
    assert_eq!((report.members, report.carried, report.amount), (2, 2, fen("390.00")));
    assert_eq!(preview, Report { preview: true, ..report });
    assert_eq!(
        (world.parts("P1"), world.parts("P2")),
        (["80.00", "160.00"].map(String::from), ["115.00", "230.00"].map(String::from))
    );
    assert_eq!(carried(&world, 2024, false).unwrap().carried, 0);
    // The credit for December comes after the turn: the next run carries it over.
    world.credit("500000", "2024-12");
    assert_eq!(world.parts("P1"), ["160.00", "160.00"]);
    assert_eq!(carried(&world, 2024, false).unwrap().amount, fen("195.00"));
    assert_eq!(world.parts("P1"), ["80.00", "240.00"]);
    assert_eq!(carried(&world, 2024, false).unwrap().carried, 0);
    world.verify();
}

#[test]
fn only_the_last_year_is_carried_over() {
    let world = World::new();
    for year in [2022, 2024, 2025] {
        assert!(matches!(carried(&world, year, false), Err(CarryError::NotLast { last: 2023, .. })));
    }
    assert_eq!(carried(&world, 2023, false).unwrap().members, 0);
}
