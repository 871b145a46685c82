//! Once is once: run twice, previewed, broken off, begun by several at once, after the register changed.

use gongji_adjudication::AccountPart;
use gongji_domain::{Fen, Month};
use gongji_register::Member;
use proptest::prelude::*;

use super::{World, fen, member, paid};
use crate::agency::credit::RunError;

/// Workers and retirees of Chongqing, with one who has not contributed.
fn town(members: usize) -> Vec<Member> {
    let person = |n: usize| {
        let number = format!("P{n:05}");
        if n.is_multiple_of(3) {
            return member(&number, "500000", "12", "employer", "1950-01-01");
        }
        let mut worker = member(&number, "500000", "11", "employer", "1980-01-01");
        if n != 1 {
            worker.paid.push(paid("2024-01", 12, "4000.00"));
        }
        worker
    };
    (0..members).map(person).collect()
}

/// What a town is due for a month: 115.00 for every third, 80.00 for the others but one.
fn due(members: usize) -> Fen {
    (0..members).filter(|n| *n != 1).map(|n| fen(if n.is_multiple_of(3) { "115.00" } else { "80.00" })).sum()
}

fn held(world: &World, members: usize) -> Fen {
    (0..members).map(|n| world.person(&format!("P{n:05}")).standing.account(AccountPart::Current)).sum()
}

#[test]
fn run_twice_credits_once_and_a_preview_writes_nothing() {
    let world = World::new();
    world.enrol(town(30));
    let stood = world.heads();
    let preview = world.preview("500000", "2024-05");
    assert_eq!(world.heads(), stood);
    let report = world.credit("500000", "2024-05");
    assert_eq!((preview.credited, &preview.sources, &preview.rows), (report.credited, &report.sources, &report.rows));
    assert_eq!((report.credited.amount, report.credited.credits), (due(30), 29));
    assert_eq!(report.skipped["contribution_not_received"].members, 1);
    let again = world.credit("500000", "2024-05");
    assert_eq!((again.credited.credits, again.already, again.rows), (0, 29, report.rows));
    // Another area has nobody here, and a month that has not begun is refused.
    assert_eq!(world.credit("211200", "2024-05").members, 0);
    let future = world.wanted("500000", "2024-07").plan(&world.read(), &world.book(), true);
    assert!(matches!(future, Err(RunError::Future { .. })));
    assert_eq!(held(&world, 30), due(30));
    world.verify();
}

/// The store is closed in the middle, as often as it takes.
fn broken_off_again_and_again(world: &World) {
    const MEMBERS: usize = 40;
    world.enrol(town(MEMBERS));
    let mut broken = 0;
    // What was under way when the run broke off is done all the same, so what is left is less each time.
    while world.credit_until("500000", "2024-05", 1 + broken).is_err() {
        broken += 1;
        assert!(broken < 100);
    }
    assert!(broken > 0);
    assert_eq!(world.credit("500000", "2024-05").already, MEMBERS as u64 - 1);
    assert_eq!(held(world, MEMBERS), due(MEMBERS));
    world.verify();
}

#[test]
fn a_run_that_broke_off_is_gone_on_with() {
    broken_off_again_and_again(&World::new());
}

#[test]
fn on_postgres_a_run_that_broke_off_is_gone_on_with() {
    broken_off_again_and_again(&World::postgres());
}

/// Two runs planned before either began: the second finds everything done.
fn planned_twice(world: &World) {
    world.enrol(town(20));
    let wanted = world.wanted("500000", "2024-05");
    let plan = || wanted.plan(&world.read(), &world.book(), false).unwrap();
    let (one, other, store) = (plan(), plan(), world.open());
    let (go_on, clock) = (|_| std::ops::ControlFlow::Continue(()), &world.clock);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| one.run(&store, clock, go_on).unwrap());
        let second = other.run(&store, clock, go_on).unwrap();
        let first = first.join().unwrap();
        assert_eq!(first.credited.amount + second.credited.amount, due(20));
        assert_eq!(first.already + second.already, 19);
    });
    drop(store);
    assert_eq!(held(world, 20), due(20));
    world.verify();
}

#[test]
fn two_runs_at_once_credit_once() {
    planned_twice(&World::new());
}

#[test]
fn on_postgres_two_runs_at_once_credit_once() {
    planned_twice(&World::postgres());
}

/// A member and what each of six months comes to, worked out by hand.
fn random_member() -> impl Strategy<Value = (Member, [Fen; 6])> {
    (0..4_u8, 1..200_i64, prop::collection::vec(any::<bool>(), 6), 0..8_i32).prop_map(
        |(kind, hundreds, months, died)| {
            let first: Month = "2023-12".parse().unwrap();
            let mut dues = [Fen::ZERO; 6];
            let mut member = match kind {
                0 => member("", "500000", "12", "employer", "1954-03-15"),
                1 => member("", "500000", "11", "individual_tier_1", "1980-01-01"),
                _ => member("", "500000", "11", "employer", "1980-01-01"),
            };
            for (n, is) in (0..6).zip(months) {
                let month = first.plus(n as i32);
                dues[n] = match kind {
                    0 if month < "2024-03".parse().unwrap() => fen("105.00"),
                    0 => fen("115.00"),
                    1 => Fen::ZERO,
                    _ if is => {
                        member.paid.push(paid(&month.to_string(), 1, &Fen::from_fen(hundreds * 10_000).to_string()));
                        Fen::from_fen(hundreds * 200)
                    }
                    _ => Fen::ZERO,
                };
                // Chongqing's rules begin with 2024.
                if n == 0 || (died < 6 && n as i32 > died) {
                    dues[n] = Fen::ZERO;
                }
            }
            member.died = (died < 6).then(|| first.plus(died).last_day());
            (member, dues)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Months in any order, any of them again, some broken off: what is credited is what is due, once.
    #[test]
    fn whatever_the_order_everybody_gets_what_is_due_once(
        members in prop::collection::vec(random_member(), 1..12),
        runs in prop::collection::vec((1..6_usize, any::<bool>()), 1..12),
    ) {
        let world = World::new();
        let numbered = members.iter().enumerate().map(|(n, (member, _))| {
            let mut member = member.clone();
            member.number = format!("P{n}");
            member.identity.certificate = format!("C{n}");
            member
        });
        world.enrol(numbered);
        let first: Month = "2023-12".parse().unwrap();
        let mut months = std::collections::BTreeSet::new();
        for (month, whole) in runs {
            let text = first.plus(month as i32).to_string();
            if !whole {
                // Whether it breaks off or finds less to do than that.
                let _ = world.credit_until("500000", &text, 2);
            }
            let report = world.credit("500000", &text);
            prop_assert_eq!(report.credited.credits + report.already + report.rows.len() as u64, report.members);
            months.insert(month);
        }
        for (n, (_, dues)) in members.iter().enumerate() {
            let due: Fen = months.iter().map(|month| dues[*month]).sum();
            prop_assert_eq!(world.person(&format!("P{n}")).standing.account(AccountPart::Current), due);
        }
        world.verify();
    }
}
