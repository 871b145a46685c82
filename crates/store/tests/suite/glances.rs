//! What only asks is answered beside the worker: from what is committed, as of one moment, or not at all.

use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;

use gongji_store::{Key, Known, Place, Store};

use crate::sums::{Seen, Sums, add, added, hold, seen};
use crate::world::World;

promises!(
    a_glance_sees_what_was_answered_last_or_leaves_it_to_the_worker,
    a_used_number_a_visit_not_at_hand_and_a_panic_are_left_to_the_worker,
    glances_never_see_half_of_an_event_nor_go_back,
    what_is_being_decided_and_what_was_not_kept_is_not_seen,
);

/// The member's sum and visit as a message with a number sees them at a glance.
fn glanced(store: &Store<Sums>, msgid: &str, person: &str, visit: u64) -> Option<(i64, Option<Seen>)> {
    let key = Key { institution: "H1".to_owned(), msgid: msgid.to_owned() };
    store.glance(&key, &[person.to_owned()], Some(visit), |known: &Known<'_, Sums>| {
        (*known.person(person).unwrap(), known.visit(visit).cloned())
    })
}

/// With other nodes the worker alone knows what they wrote.
fn here(world: &World, expected: (i64, Option<Seen>)) -> Option<(i64, Option<Seen>)> {
    (!world.is_postgres()).then_some(expected)
}

fn a_glance_sees_what_was_answered_last_or_leaves_it_to_the_worker(world: &World) {
    let store = world.open(Sums(1)).unwrap();
    let mut expected = Seen::new();
    for n in 1..=20_u64 {
        added(&store, &n.to_string(), &["p"], Some(u64::from(n > 1)), "5").unwrap();
        expected.push((n, 5));
        assert_eq!(glanced(&store, "new", "p", 1), here(world, (5 * n as i64, Some(expected.clone()))));
    }
    // After a start the worker loads the visit once.
    drop(store);
    let store = world.open(Sums(1)).unwrap();
    assert_eq!(glanced(&store, "new", "p", 1), None);
    assert_eq!(seen(&store, "p", 1), Some(expected.clone()));
    assert_eq!(glanced(&store, "new", "p", 1), here(world, (100, Some(expected))));
    // That there is no such visit is known too, once it was asked for.
    assert_eq!(seen(&store, "stranger", 77), None);
    assert_eq!(glanced(&store, "new", "stranger", 77), here(world, (0, None)));
}

fn a_used_number_a_visit_not_at_hand_and_a_panic_are_left_to_the_worker(world: &World) {
    let store = world.open(Sums(1)).unwrap();
    added(&store, "used", &["p"], Some(0), "5").unwrap();
    added(&store, "bars", &["p"], Some(1), "bar barred").unwrap();
    for number in ["used", "bars", "barred", "a\0b", &"long".repeat(200)] {
        assert_eq!(glanced(&store, number, "p", 1), None, "{number}");
    }
    assert_eq!(glanced(&store, "new", "stranger", 1), None, "somebody else's visit");
    assert_eq!(glanced(&store, "new", "p", 2), None);
    let key = Key { institution: "H1".to_owned(), msgid: "new".to_owned() };
    let panicked = store.glance(&key, &["p".to_owned()], Some(1), |_| panic!("asked to"));
    assert_eq!(panicked, None::<()>);
    assert_eq!(glanced(&store, "new", "p", 1).is_some(), !world.is_postgres());
    // Of nobody there is nothing to see but the periods.
    assert_eq!(store.glance(&key, &[], None, |_| ()).is_some(), !world.is_postgres());
}

/// Every event adds as much to the person as to the visit, so whoever sees both sees the same sum.
fn glances_never_see_half_of_an_event_nor_go_back(world: &World) {
    let store = world.open(Sums(1)).unwrap();
    added(&store, "first", &["p"], Some(0), "1").unwrap();
    let answered = AtomicI64::new(1);
    thread::scope(|scope| {
        for writer in 0..2 {
            let (store, answered) = (&store, &answered);
            scope.spawn(move || {
                for n in 0..200 {
                    added(store, &format!("{writer} {n}"), &["p"], Some(1), "1").unwrap();
                    answered.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        for _ in 0..2 {
            let (store, answered) = (&store, &answered);
            scope.spawn(move || {
                let mut last = 0;
                while answered.load(Ordering::SeqCst) < 401 {
                    let before = answered.load(Ordering::SeqCst);
                    let Some((sum, visit)) = glanced(store, "new", "p", 1) else { continue };
                    assert_eq!(visit.unwrap().iter().map(|(_, number)| number).sum::<i64>(), sum);
                    assert!(sum >= before.max(last), "{sum} after {before} were answered and {last} seen");
                    last = sum;
                }
            });
        }
    });
    assert_eq!(seen(&store, "p", 1).unwrap().len(), 401);
    assert_eq!(glanced(&store, "new", "p", 1).map(|(sum, _)| sum), (!world.is_postgres()).then_some(401));
}

fn what_is_being_decided_and_what_was_not_kept_is_not_seen(world: &World) {
    let store = world.open(Sums(1)).unwrap();
    added(&store, "first", &["p"], Some(0), "1").unwrap();
    let expected = here(world, (1, Some(vec![(1, 1)])));
    let held = hold(&store);
    let (request, decide) = add("waits", &["p"], Some(1), "10");
    let (sender, answers) = std::sync::mpsc::channel();
    store.submit(request, decide, move |answer| drop(sender.send(answer)));
    assert_eq!(glanced(&store, "new", "p", 1), expected, "it waits behind another");
    drop(held);
    answers.recv().unwrap().unwrap();
    let expected = here(world, (11, Some(vec![(1, 1), (2, 10)])));
    assert_eq!(glanced(&store, "new", "p", 1), expected);
    // What does not fit fails the whole batch; the state is read back, and the visit is loaded anew.
    added(&store, "unfit", &["p"], Some(1), "late").unwrap_err();
    assert_eq!(glanced(&store, "new", "p", 1), None);
    assert_eq!(seen(&store, "p", 1), Some(vec![(1, 1), (2, 10)]));
    assert_eq!(glanced(&store, "new", "p", 1), expected);
}

#[test]
fn a_store_that_keeps_nothing_is_glanced_at_too() {
    let store = Store::open(&Place::Memory, Sums(1)).unwrap();
    added(&store, "first", &["p"], Some(0), "1").unwrap();
    assert_eq!(glanced(&store, "new", "p", 1), Some((1, Some(vec![(1, 1)]))));
    assert_eq!(glanced(&store, "first", "p", 1), None);
}
