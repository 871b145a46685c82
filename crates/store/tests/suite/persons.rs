//! What is known of persons and visits is what their events say: after reopening, in whatever order they
//! were written to disk, and for many callers at once.

use std::collections::BTreeMap;
use std::sync::mpsc;

use gongji_store::ReadError;

use crate::sums::{Seen, Sums, add, added, hold, request, seen, sum, text};
use crate::world::World;

promises!(
    persons_and_visits_after_reopening_are_those_that_were,
    thousands_of_persons_are_there_after_any_number_of_restarts,
    persons_who_came_last_survive_two_restarts_in_a_row,
    a_reader_sees_everybody_once_as_of_its_moment_and_what_came_since,
    many_threads_on_one_member_are_served_one_after_the_other,
    an_event_changes_two_persons_or_neither,
    a_visit_is_only_its_own_members_even_beside_a_message_that_mistakes_it,
    another_edition_folds_persons_anew_and_all_is_proved,
);

fn persons_and_visits_after_reopening_are_those_that_were(world: &World) {
    let store = world.open(Sums(1)).unwrap();
    let (mut sums, mut visits) = (BTreeMap::<String, i64>::new(), BTreeMap::<(String, u64), Seen>::new());
    for n in 1..=500_u64 {
        let member = format!("p{}", n % 7);
        // Every member's visit is begun by the member's first event, and every third event belongs to none.
        let visit = match n {
            1..=7 => Some(0),
            _ if n % 3 == 0 => None,
            _ => Some(if n % 7 == 0 { 7 } else { n % 7 }),
        };
        let (request, decide) = add(&n.to_string(), &[&member], visit, &n.to_string());
        store.submit(request, decide, |answer| drop(answer.unwrap()));
        *sums.entry(member.clone()).or_default() += n as i64;
        if let Some(visit) = visit {
            let visit = if visit == 0 { n } else { visit };
            visits.entry((member, visit)).or_default().push((n, n as i64));
        }
    }
    let check = |store: &_| {
        assert!(sums.iter().all(|(person, expected)| sum(store, person) == *expected));
        for ((person, visit), expected) in &visits {
            assert_eq!(seen(store, person, *visit).as_ref(), Some(expected));
            assert_eq!(seen(store, "stranger", *visit), None, "somebody else's visit");
        }
        assert_eq!(seen(store, "p1", 2), None);
        assert_eq!(seen(store, "p1", 8), None, "an event that began no visit");
    };
    check(&store);
    let head = store.head();
    assert_eq!(head.events, 500);
    drop(store);
    let store = world.open(Sums(1)).unwrap();
    check(&store);
    assert_eq!(store.head(), head);
    assert_eq!(world.verify(&Sums(1)).unwrap().journal, head);
    // A visit that was folded again goes on, also past the next opening.
    added(&store, "more", &["p1"], Some(1), "1000").unwrap();
    let mut expected = visits[&("p1".to_owned(), 1)].clone();
    expected.push((501, 1000));
    assert_eq!(seen(&store, "p1", 1), Some(expected.clone()));
    drop(store);
    assert_eq!(seen(&world.open(Sums(1)).unwrap(), "p1", 1), Some(expected));
}

/// Numbers that look random and are the same every time.
fn random() -> impl FnMut(u64) -> u64 {
    let mut state = 42_u64;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

/// So many that persons are put on disk in several pieces and in turns, and a restart finds them half done.
fn thousands_of_persons_are_there_after_any_number_of_restarts(world: &World) {
    let mut next = random();
    let mut store = world.open(Sums(1)).unwrap();
    let mut sums = BTreeMap::<u64, i64>::new();
    let mut number = 0;
    while number < 6_000 {
        for _ in 0..1 + next(700) {
            number += 1;
            // The first few thousand events bring new persons, in no order; some change two.
            let person = (next(3_000) * 7_919) % 3_000;
            let amount = 1 + next(1_000) as i64;
            let mut persons = vec![format!("p{person}")];
            *sums.entry(person).or_default() += amount;
            if number % 5 == 0 && person > 0 {
                let other = next(person);
                persons.push(format!("p{other}"));
                *sums.entry(other).or_default() += amount;
            }
            let persons: Vec<&str> = persons.iter().map(String::as_str).collect();
            let (request, decide) = add(&number.to_string(), &persons, None, &amount.to_string());
            store.submit(request, decide, |answer| drop(answer.unwrap()));
        }
        drop(store);
        store = world.open(Sums(1)).unwrap();
        for _ in 0..20 {
            let person = next(3_000);
            assert_eq!(sum(&store, &format!("p{person}")), sums.get(&person).copied().unwrap_or(0), "after {number}");
        }
    }
    assert!(sums.len() > 2_000);
    for (person, expected) in &sums {
        assert_eq!(sum(&store, &format!("p{person}")), *expected, "p{person}");
    }
    assert_eq!(world.verify(&Sums(1)).unwrap().journal.events, number);
}

/// 600 persons, of whom an engine that writes 512 in one piece has not yet written the last; then, after a
/// restart, so many events of the first that only the first piece is written again; and a restart.
fn persons_who_came_last_survive_two_restarts_in_a_row(world: &World) {
    let batch = |store: &_, numbers: std::ops::Range<u64>, person: fn(u64) -> u64| {
        let held = hold(store);
        for number in numbers {
            let (request, decide) = add(&number.to_string(), &[&format!("p{}", person(number))], None, "1");
            store.submit(request, decide, |answer| drop(answer.unwrap()));
        }
        drop(held);
    };
    let store = world.open(Sums(1)).unwrap();
    (0..6).for_each(|n| batch(&store, n * 100..n * 100 + 100, |number| number));
    drop(store);
    let store = world.open(Sums(1)).unwrap();
    (6..8).for_each(|n| batch(&store, n * 100..n * 100 + 100, |_| 0));
    drop(store);
    let store = world.open(Sums(1)).unwrap();
    assert_eq!(sum(&store, "p0"), 201);
    assert!((1..600).all(|person| sum(&store, &format!("p{person}")) == 1));
    assert_eq!(world.verify(&Sums(1)).unwrap().journal.events, 800);
}

/// Some in pieces that were put aside, some changed since, some only in events; and a reader by other rules is told.
fn a_reader_sees_everybody_once_as_of_its_moment_and_what_came_since(world: &World) {
    let store = world.open(Sums(1)).unwrap();
    let mut next = random();
    let mut sums = BTreeMap::<String, (u64, i64)>::new();
    let mut stood = Vec::new();
    for number in 1..=2_500_u64 {
        if number == 2_401 {
            added(&store, "flush", &["q"], None, "1").unwrap();
            sums.insert("q".to_owned(), (1, 1));
            stood = world.reader().heads().unwrap();
        }
        let person = format!("p{}", next(700));
        let (request, decide) = add(&number.to_string(), &[&person], None, "3");
        store.submit(request, decide, |answer| drop(answer.unwrap()));
        let (events, sum) = sums.entry(person).or_default();
        (*events, *sum) = (*events + 1, *sum + 3);
    }
    added(&store, "last", &["q"], None, "1").unwrap();
    sums.insert("q".to_owned(), (2, 2));
    let reader = world.reader();
    added(&store, "later", &["q", "r"], None, "1").unwrap();
    let mut seen = BTreeMap::new();
    let see = |name: &str, events, sum| assert!(seen.insert(name.to_owned(), (events, sum)).is_none(), "{name}");
    reader.persons(&Sums(1), see).unwrap();
    assert_eq!(seen, sums);
    let mut since = 0;
    reader.since(&stood, |event, _| since += u64::from(event.msgid != "flush")).unwrap();
    assert_eq!(since, 101);
    assert!(matches!(reader.persons(&Sums(2), |_, _, _| {}), Err(ReadError::OtherEdition)));
}

fn many_threads_on_one_member_are_served_one_after_the_other(world: &World) {
    let store = world.open(Sums(1)).unwrap();
    let mut replies: Vec<String> = std::thread::scope(|scope| {
        let sender = |thread: usize| {
            let store = &store;
            move || (0..50).map(|i| text(added(store, &format!("{thread} {i}"), &["p"], None, "1"))).collect::<Vec<_>>()
        };
        let threads: Vec<_> = (0..4).map(|thread| scope.spawn(sender(thread))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    // Each was decided on what the one before it left.
    replies.sort_by_key(|reply| reply[1..].split(' ').next().unwrap().parse::<u64>().unwrap());
    assert_eq!(replies, (1..=200).map(|n| format!("#{n} {n}")).collect::<Vec<_>>());
    assert_eq!(sum(&store, "p"), 200);
    assert_eq!(world.verify(&Sums(1)).unwrap().journal.events, 200);
}

fn an_event_changes_two_persons_or_neither(world: &World) {
    let store = world.open(Sums(1)).unwrap();
    added(&store, "m1", &["p"], None, "1").unwrap();
    added(&store, "m2", &["p", "q"], None, "10").unwrap();
    added(&store, "m3", &["q", "r", "p"], None, "100").unwrap();
    added(&store, "m4", &["p", "q"], None, "no number").unwrap_err();
    added(&store, "m5", &["p", "q"], None, "late").unwrap_err();
    let check = |store: &_| assert_eq!(["p", "q", "r", "s"].map(|person| sum(store, person)), [111, 110, 100, 0]);
    check(&store);
    let event = world.reader().event(3).unwrap().unwrap();
    let persons: Vec<_> = event.persons().collect();
    assert_eq!(persons, [("q", 2), ("r", 1), ("p", 3)]);
    drop(store);
    let store = world.open(Sums(1)).unwrap();
    check(&store);
    assert_eq!(text(added(&store, "m6", &["r", "p"], None, "1")), "#4 101");
    drop(store);
    assert_eq!(sum(&world.open(Sums(1)).unwrap(), "p"), 112);
    assert_eq!(world.verify(&Sums(1)).unwrap().journal.events, 4);
}

/// Somebody names another member's visit while that member's own message is in the same batch.
fn a_visit_is_only_its_own_members_even_beside_a_message_that_mistakes_it(world: &World) {
    for restarted in [false, true] {
        for mistaken_first in [false, true] {
            let mut store = world.open(Sums(1)).unwrap();
            let begun = store.head().events + 1;
            let name = |what: &str| format!("{what} {restarted} {mistaken_first}");
            added(&store, &name("begin"), &["p"], Some(0), "5").unwrap();
            if restarted {
                drop(store);
                store = world.open(Sums(1)).unwrap();
            }
            let held = hold(&store);
            let (sender, answers) = mpsc::channel();
            let mut order = ["p", "q"];
            if mistaken_first {
                order.reverse();
            }
            for person in order {
                let sender = sender.clone();
                let look = move |known: &gongji_store::Known<'_, Sums>, _: u64| {
                    sender.send((person, known.visit(begun).cloned())).unwrap();
                    gongji_store::Outcome::Answer(Vec::new())
                };
                store.submit(request(&name(person), &[person], Some(begun)), look, |answer| drop(answer.unwrap()));
            }
            drop((held, sender));
            let seen: BTreeMap<_, _> = answers.iter().collect();
            assert_eq!(seen["p"], Some(vec![(begun, 5)]), "{}", name(""));
            assert_eq!(seen["q"], None, "{}", name(""));
        }
    }
}

fn another_edition_folds_persons_anew_and_all_is_proved(world: &World) {
    let store = world.open(Sums(1)).unwrap();
    added(&store, "m1", &["p"], None, "5").unwrap();
    added(&store, "m2", &["p", "q"], None, "7").unwrap();
    drop(store);
    let store = world.open(Sums(10)).unwrap();
    assert_eq!(["p", "q"].map(|person| sum(&store, person)), [120, 70]);
    added(&store, "m3", &["p"], None, "1").unwrap();
    assert_eq!(sum(&store, "p"), 130);
    assert_eq!(world.verify(&Sums(10)).unwrap().journal.events, 3);
    drop(store);
    assert_eq!(sum(&world.open(Sums(10)).unwrap(), "p"), 130);
    // What the other edition would make of it is no difference: the events are the same.
    assert_eq!(world.verify(&Sums(1)).unwrap().journal.events, 3);
}
