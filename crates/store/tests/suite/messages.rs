//! A message is answered once: the same again gets the same bytes, other content is refused.

use std::sync::mpsc;

use gongji_store::{Known, Outcome, SubmitError};

use crate::sums::{Sums, add, added, hold, request, sum, text};
use crate::world::World;

promises!(
    the_same_message_gets_the_same_bytes_and_happens_once,
    the_same_message_twice_in_one_batch_happens_once,
    other_content_under_the_same_number_is_refused_and_told_what_was_asked_before,
    an_answer_that_records_nothing_leaves_no_trace,
    messages_are_told_apart_whole,
    a_message_that_an_event_bars_is_refused_whenever_it_comes,
    a_message_sees_the_event_and_the_visit_of_the_one_that_it_refers_to,
);

fn the_same_message_gets_the_same_bytes_and_happens_once(world: &World) {
    let store = world.open(Sums(1)).unwrap();
    let first = added(&store, "m1", &["p"], None, "5").unwrap();
    let again = added(&store, "m1", &["p"], None, "5").unwrap();
    assert_eq!((first.replayed, again.replayed), (false, true));
    assert_eq!(first.body, "#1 5");
    assert_eq!(first.body, again.body);
    drop(store);
    let store = world.open(Sums(1)).unwrap();
    assert_eq!(added(&store, "m1", &["p"], None, "5").unwrap(), again);
    assert_eq!(sum(&store, "p"), 5);
    // The same number from another institution is another message.
    let (mut other, decide) = add("m1", &["p"], None, "5");
    other.key.institution = "H2".to_owned();
    assert_eq!(text(store.call(other, decide)), "#2 10");
}

fn the_same_message_twice_in_one_batch_happens_once(world: &World) {
    let store = world.open(Sums(1)).unwrap();
    let (sender, answers) = mpsc::channel();
    let held = hold(&store);
    for (place, input) in ["{}", "{}", "[]"].into_iter().enumerate() {
        let (mut request, decide) = add("m1", &["p"], None, "5");
        request.input = input.to_owned();
        let sender = sender.clone();
        store.submit(request, decide, move |answer| sender.send((place, answer)).unwrap());
    }
    drop(held);
    let mut answers: Vec<_> = answers.iter().take(3).collect();
    answers.sort_by_key(|(place, _)| *place);
    let replayed: Vec<_> = answers[..2].iter().map(|(_, answer)| answer.as_ref().unwrap().replayed).collect();
    assert_eq!(replayed, [false, true]);
    assert_eq!(answers[1].1.as_ref().unwrap().body, "#1 5");
    let [input, sent] = ["{}", "[]"].map(str::to_owned);
    let asked = SubmitError::Conflict { infno: "2207".to_owned(), input, sent };
    assert_eq!(answers[2].1, Err(asked));
    assert_eq!((sum(&store, "p"), store.head().events), (5, 1));
}

fn other_content_under_the_same_number_is_refused_and_told_what_was_asked_before(world: &World) {
    let mut store = world.open(Sums(1)).unwrap();
    for reopened in [false, true] {
        for (infno, input) in [("2207", r#"{"a":1}"#), ("2207", r#"{"a":2}"#), ("2208", r#"{"a":1}"#)] {
            let (mut request, decide) = add("m1", &["p"], None, "5");
            (request.infno, request.input) = (infno.to_owned(), input.to_owned());
            match store.call(request, decide) {
                Ok(reply) => assert_eq!((reply.body, reply.replayed), ("#1 5".into(), reopened)),
                Err(refused) => {
                    assert_ne!((infno, input), ("2207", r#"{"a":1}"#));
                    let [before, sent] = [r#"{"a":1}"#, input].map(str::to_owned);
                    assert_eq!(refused, SubmitError::Conflict { infno: "2207".to_owned(), input: before, sent });
                }
            }
        }
        assert_eq!((sum(&store, "p"), store.head().events), (5, 1));
        drop(store);
        store = world.open(Sums(1)).unwrap();
    }
}

fn an_answer_that_records_nothing_leaves_no_trace(world: &World) {
    let store = world.open(Sums(1)).unwrap();
    let look = |_: &Known<'_, Sums>, number: u64| Outcome::Answer(format!("next is {number}").into_bytes());
    assert_eq!(text(store.call(request("m1", &["p"], Some(1)), look)), "next is 1");
    assert_eq!(store.head().events, 0);
    assert_eq!(world.verify(&Sums(1)).unwrap().journal.events, 0);
    assert_eq!(text(added(&store, "m1", &["p"], None, "5")), "#1 5");
    assert_eq!(world.verify(&Sums(1)).unwrap().journal, store.head());
}

/// The end of a long number comes first in the key of some engines; the whole still counts.
fn messages_are_told_apart_whole(world: &World) {
    let store = world.open(Sums(1)).unwrap();
    let ends = "202601010800000001";
    let numbers = [
        ends.to_owned(),
        format!("A{ends}"),
        format!("B{ends}"),
        format!("{ends}A"),
        ends[1..].to_owned(),
        "门诊".repeat(12),
        format!("{}诊", "门诊".repeat(12)),
    ];
    for (number, msgid) in (1_u64..).zip(&numbers) {
        assert_eq!(text(added(&store, msgid, &["p"], None, "1")), format!("#{number} {number}"));
    }
    // Where one part ends and the next begins counts too.
    for (number, institution, msgid) in [(8, "H1x", "y"), (9, "H1", "xy"), (10, "H", "1xy")] {
        let (mut request, decide) = add(msgid, &["p"], None, "1");
        request.key.institution = institution.to_owned();
        assert_eq!(text(store.call(request, decide)), format!("#{number} {number}"));
    }
    drop(store);
    let store = world.open(Sums(1)).unwrap();
    for (number, msgid) in (1_u64..).zip(&numbers) {
        assert_eq!(text(added(&store, msgid, &["p"], None, "1")), format!("#{number} {number}"));
    }
    assert_eq!(store.head().events, 10);
}

fn a_message_that_an_event_bars_is_refused_whenever_it_comes(world: &World) {
    let store = world.open(Sums(1)).unwrap();
    let barred = || Err(SubmitError::Barred { by: "m1".to_owned() });
    let (sender, answers) = mpsc::channel();
    let held = hold(&store);
    for (msgid, effects) in [("m1", "bar m9"), ("m9", "5")] {
        let (request, decide) = add(msgid, &["p"], None, effects);
        let sender = sender.clone();
        store.submit(request, decide, move |answer| sender.send(answer).unwrap());
    }
    drop(held);
    let same_batch: Vec<_> = answers.iter().take(2).collect();
    assert_eq!((same_batch[0].is_ok(), &same_batch[1]), (true, &barred()));
    assert_eq!(added(&store, "m9", &["p"], None, "5"), barred());
    // The number is another institution's own.
    let (mut other, decide) = add("m9", &["p"], None, "5");
    other.key.institution = "H2".to_owned();
    assert_eq!(text(store.call(other, decide)), "#2 5");
    drop(store);
    assert_eq!(added(&world.open(Sums(1)).unwrap(), "m9", &["p"], None, "5"), barred());
    world.verify(&Sums(1)).unwrap();
    gongji_store::rebuild(world.place(), &Sums(1)).unwrap();
    assert_eq!(added(&world.open(Sums(1)).unwrap(), "m9", &["p"], None, "5"), barred());
    world.verify(&Sums(1)).unwrap();
    // That it is barred is proved: the event stands under two numbers.
    world.change(&format!("DELETE FROM {} WHERE number = 1", world.messages()));
    let said = world.verify(&Sums(1)).unwrap_err().to_string();
    assert_eq!(said, "第 1 件：按报文编号查不到");
}

fn a_message_sees_the_event_and_the_visit_of_the_one_that_it_refers_to(world: &World) {
    let mut store = world.open(Sums(1)).unwrap();
    added(&store, "m1", &["p"], Some(0), "5").unwrap();
    added(&store, "m2", &["p"], Some(1), "7").unwrap();
    let ask = |store: &gongji_store::Store<Sums>, person: &str, msgid: &str| {
        let mut request = request("ask", &[person], None);
        request.refers = Some(gongji_store::Key { msgid: msgid.to_owned(), ..request.key.clone() });
        let (sender, receiver) = mpsc::channel();
        let look = move |known: &Known<'_, Sums>, _: u64| {
            let original = known.original().map(|event| (event.seq, event.visit));
            sender.send((original, known.visit(1).cloned())).unwrap();
            Outcome::Answer(Vec::new())
        };
        store.call(request, look).unwrap();
        receiver.recv().unwrap()
    };
    for _ in 0..2 {
        assert_eq!(ask(&store, "p", "m2"), (Some((2, Some(1))), Some(vec![(1, 5), (2, 7)])));
        assert_eq!(ask(&store, "p", "never"), (None, None));
        assert_eq!(ask(&store, "q", "m2").1, None, "somebody else's visit");
        drop(store);
        store = world.open(Sums(1)).unwrap();
    }
}
