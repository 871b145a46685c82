//! What does not fit, is about somebody else, or panics: refused, nothing of it kept, and the store goes on.

use gongji_store::{Draft, Known, Outcome, SubmitError};

use crate::sums::{Sums, add, added, hold, request, seen, sum, text};
use crate::world::World;

promises!(
    an_event_that_does_not_fit_is_not_kept_and_the_store_goes_on,
    a_draft_about_a_person_or_visit_that_was_not_named_is_refused,
    a_visit_that_failed_to_change_is_as_it_was,
);

fn an_event_that_does_not_fit_is_not_kept_and_the_store_goes_on(world: &World) {
    let store = world.open(Sums(1)).unwrap();
    added(&store, "m1", &["p"], None, "5").unwrap();
    for (effects, panics) in [("no number", false), ("panic", true), ("late", false), ("late panic", false)] {
        let refused = added(&store, "m2", &["p"], None, effects).unwrap_err();
        assert_eq!(matches!(refused, SubmitError::NotRecorded(_)), !panics, "{refused:?}");
        assert_eq!(refused == SubmitError::Panicked, panics);
        assert_eq!(sum(&store, "p"), 5);
    }
    let panicked = store.call(request("m2", &["p"], None), |_, _| panic!("asked to")).unwrap_err();
    assert_eq!(panicked, SubmitError::Panicked);
    assert_eq!(text(added(&store, "m2", &["p"], None, "7")), "#2 12");
    assert_eq!(world.verify(&Sums(1)).unwrap().journal.events, 2);
}

fn a_draft_about_a_person_or_visit_that_was_not_named_is_refused(world: &World) {
    let store = world.open(Sums(1)).unwrap();
    added(&store, "m1", &["p"], Some(0), "5").unwrap();
    added(&store, "m2", &["q"], Some(0), "7").unwrap();
    for (what, persons, named, member, with, visit) in [
        ("nobody is named", &[][..], None, "p", &[][..], None),
        ("another member", &["p", "q"], None, "q", &[], None),
        ("somebody beside", &["p", "q"], None, "p", &["r"], None),
        ("the member beside", &["p", "q"], None, "p", &["p"], None),
        ("twice beside", &["p", "q"], None, "p", &["q", "q"], None),
        ("the member named twice", &["p", "p"], None, "p", &["p"], None),
        ("a visit that was not named", &["p"], None, "p", &[], Some(1)),
        ("another visit", &["p"], Some(1), "p", &[], Some(2)),
        ("a visit to come", &["p"], Some(1), "p", &[], Some(4)),
    ] {
        let draft = Draft {
            kind: "added",
            area: "500000".to_owned(),
            psn_no: member.to_owned(),
            with: with.iter().map(|person| (*person).to_owned()).collect(),
            visit,
            reply: Default::default(),
            effects: "1000".to_owned(),
            policy: String::new(),
        };
        let decide = move |_: &Known<'_, Sums>, _: u64| Outcome::Record(draft.clone(), None);
        let refused = store.call(request("m3", persons, named), decide);
        assert!(matches!(refused, Err(SubmitError::NotRecorded(_))), "{what}: {refused:?}");
        assert_eq!(["p", "q", "r"].map(|person| sum(&store, person)), [5, 7, 0], "{what}");
    }
    assert_eq!(text(added(&store, "m3", &["p"], Some(1), "1")), "#3 6");
    assert_eq!(world.verify(&Sums(1)).unwrap().journal, store.head());
}

fn a_visit_that_failed_to_change_is_as_it_was(world: &World) {
    let store = world.open(Sums(1)).unwrap();
    added(&store, "m1", &["p"], Some(0), "5").unwrap();
    // In one batch: one that fits, and one that spoils it.
    let held = hold(&store);
    let (sender, answers) = std::sync::mpsc::channel();
    for (msgid, effects) in [("m2", "7"), ("m3", "late")] {
        let (request, decide) = add(msgid, &["p"], Some(1), effects);
        let sender = sender.clone();
        store.submit(request, decide, move |answer| sender.send(answer).unwrap());
    }
    drop(held);
    assert!(answers.iter().take(2).all(|answer| matches!(answer, Err(SubmitError::NotRecorded(_)))));
    assert_eq!(seen(&store, "p", 1), Some(vec![(1, 5)]));
    assert_eq!((sum(&store, "p"), store.head().events), (5, 1));
    assert_eq!(text(added(&store, "m2", &["p"], Some(1), "7")), "#2 12");
    assert_eq!(seen(&store, "p", 1), Some(vec![(1, 5), (2, 7)]));
    assert_eq!(world.verify(&Sums(1)).unwrap().journal.events, 2);
}
