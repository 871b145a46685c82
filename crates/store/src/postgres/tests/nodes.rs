//! Several nodes on one database: the same persons, the same messages, and streams that are taken over.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use gongji_cluster::Database;

use super::world::{Sent, World, ask, node, number, opened, proved, sent, with, words};
use crate::{STREAM, Store, SubmitError};

/// Does the same with every node at the same time, from so many threads each.
fn at_once(nodes: &[&Store<World>], threads: usize, act: impl Fn(usize, usize, &Store<World>) + Sync) {
    std::thread::scope(|scope| {
        for (at, node) in nodes.iter().enumerate() {
            for thread in 0..threads {
                let act = &act;
                scope.spawn(move || act(at, thread, node));
            }
        }
    });
}

fn everybody_at_once(url: &str, plain: &str) {
    let (a, b) = (node(url), node(url));
    assert_ne!(a.head().events, b.head().events, "each has a stream of its own");
    let persons = ["P1", "P2", "P3"];
    opened(&a, &persons);
    at_once(&[&a, &b], 6, |at, thread, node| {
        for n in 0..40 {
            // Relatives pay crosswise, so both nodes lock the same two persons.
            let (one, two) = (persons[(n + thread) % 3], persons[(n + at + thread + 1) % 3]);
            let with: &[&str] = if one == two { &[one] } else { &[one, two] };
            let reply = sent(format!("{at} {thread} {n}"), with, "pay 0.01").to(node);
            assert!(!reply.unwrap().replayed);
        }
    });
    let report = proved(plain);
    assert_eq!((report.journal.events, report.transactions), (483, 483));
    let gaps = "SELECT count(*) FROM (SELECT person, count(*) AS n, max(revision) AS most FROM event GROUP BY person) AS t \
                WHERE n > most";
    assert_eq!(ask(plain, gaps).trim(), "0");
    let paid = "SELECT sum(amount) FROM posting_line WHERE account LIKE '%P_%' AND kind <> 'opening'";
    assert_ne!(ask(plain, paid).trim(), "0");
}

/// A node may have several workers; then the persons are divided among them.
#[test]
fn nodes_of_several_workers_settle_the_same_persons_at_the_same_moment() {
    let database = Database::fresh();
    let workers = with(database.url(), "gongji_workers=2");
    everybody_at_once(&workers, database.url());
}

#[test]
fn two_nodes_settle_the_same_persons_at_the_same_moment() {
    let database = Database::fresh();
    everybody_at_once(database.url(), database.url());
}

#[test]
fn the_same_with_the_statements_for_divided_tables() {
    let database = Database::fresh();
    everybody_at_once(&with(database.url(), "gongji_cluster=1"), database.url());
}

/// Of a commit on several servers the message may show before its event does.
#[test]
fn where_tables_are_divided_an_event_that_does_not_show_yet_is_waited_for() {
    let database = Database::fresh();
    let store = node(&with(database.url(), "gongji_cluster=1"));
    opened(&store, &["P1", "P2"]);
    sent(1, &["P1"], "pay 1.00").to(&store).unwrap();
    let hide = "CREATE TABLE hidden AS SELECT * FROM event WHERE number = 3; DELETE FROM event WHERE number = 3";
    ask(database.url(), hide);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| sent(1, &["P2"], "pay 1.00").to(&store));
        std::thread::sleep(Duration::from_millis(300));
        ask(database.url(), "INSERT INTO event SELECT * FROM hidden");
        let said = other.join().unwrap().unwrap_err();
        assert!(matches!(&said, SubmitError::Conflict { .. }), "{said:?}");
    });
    sent(2, &["P2"], "pay 1.00").to(&store).unwrap();
    assert_eq!(proved(database.url()).journal.events, 4);
}

#[test]
fn a_message_that_two_nodes_get_at_once_is_answered_once() {
    let database = Database::fresh();
    let (a, b) = (node(database.url()), node(database.url()));
    opened(&a, &["P1", "P2"]);
    let replies = std::sync::Mutex::new(std::collections::HashMap::<usize, Vec<_>>::new());
    at_once(&[&a, &b], 4, |_, thread, node| {
        for n in 0..50 {
            // Also for different persons, of whom one is first and the other is told.
            let person = if n % 5 == 4 && thread % 2 == 1 { "P2" } else { "P1" };
            let answer = sent(n, &[person], "pay 0.01").to(node);
            replies.lock().unwrap().entry(n).or_default().push(answer);
        }
    });
    for (n, answers) in replies.into_inner().unwrap() {
        let bodies: Vec<_> = answers.iter().flatten().collect();
        assert!(bodies.iter().all(|reply| reply.body == bodies[0].body), "{n}: {answers:?}");
        assert_eq!(bodies.iter().filter(|reply| !reply.replayed).count(), 1, "{n}: {answers:?}");
        assert_eq!(bodies.len(), if n % 5 == 4 { 4 } else { 8 }, "{n}: {answers:?}");
    }
    assert_eq!(proved(database.url()).transactions, 52);
}

#[test]
fn a_visit_goes_on_at_another_node() {
    let database = Database::fresh();
    let (a, b) = (node(database.url()), node(database.url()));
    opened(&a, &["P1"]);
    let mut one = sent(0, &["P1"], "visit 1.00");
    one.visit = Some(0);
    let visit = number(&one.to(&a).unwrap());
    one.visit = Some(visit);
    for (n, node) in [(1, &b), (2, &a), (3, &a), (4, &b), (5, &a)] {
        one.msgid = n.to_string();
        one.day = if n > 2 { "2026-03-02" } else { "2026-03-01" };
        assert_eq!(words(&one.to(node).unwrap())[3], n.to_string(), "events of the visit before");
    }
    let report = proved(database.url());
    assert_eq!((report.transactions, report.days), (7, 4));
}

#[test]
fn a_node_whose_stream_was_taken_over_goes_on_with_another() {
    let database = Database::fresh();
    let url = with(database.url(), "gongji_lease=1");
    let a = node(&url);
    opened(&a, &["P1"]);
    std::thread::sleep(Duration::from_millis(1200));
    sent(0, &["P1"], "pay 1.00").to(&a).unwrap();
    assert_eq!(a.head().events, 2, "nobody wanted it meanwhile");
    std::thread::sleep(Duration::from_millis(1200));
    let b = node(&url);
    assert_eq!(b.head(), a.head(), "taken over where it stood");
    assert_eq!(number(&sent(1, &["P1"], "pay 1.00").to(&b).unwrap()), 3);
    assert_eq!(number(&sent(2, &["P1"], "pay 1.00").to(&a).unwrap()), STREAM + 1);
    assert!(sent(1, &["P1"], "pay 1.00").to(&a).unwrap().replayed);
    assert_eq!(number(&sent(3, &["P1"], "pay 1.00").to(&b).unwrap()), 4);
    assert_eq!(proved(database.url()).journal.events, 5);
    drop((a, b));
    // Both are free now; the first is taken first.
    assert_eq!(node(&url).head().events, 4);
}

#[test]
fn a_closed_period_is_known_to_every_node_at_once() {
    let database = Database::fresh();
    let (a, b) = (node(database.url()), node(database.url()));
    opened(&a, &["P1", "P2"]);
    sent(1, &["P1"], "pay 1.00").to(&b).unwrap();
    sent(2, &["P2"], "close 2026-03-31").to(&a).unwrap();
    for (n, node) in [(3, &b), (4, &a)] {
        let said = sent(n, &["P1"], "pay 1.00").to(node).unwrap_err();
        assert!(matches!(&said, SubmitError::NotRecorded(why) if why.contains("已关账")), "{said:?}");
    }
    // b settled before the closing, and a walk must take that first though a's stream is the first one.
    assert_eq!(proved(database.url()).journal.events, 4);
}

/// Sends a message; while it is decided for the first time, something else happens.
fn while_deciding(
    store: &Store<World>,
    sent: &Sent,
    meanwhile: impl Fn() + Send + 'static,
) -> Result<crate::Reply, SubmitError> {
    let (request, sent, first) = (sent.request(), sent.clone(), AtomicBool::new(true));
    store.call(request, move |known, number| {
        if first.swap(false, Ordering::Relaxed) {
            meanwhile();
        }
        sent.decided(known, number)
    })
}

#[test]
fn what_happens_in_the_midst_of_a_batch_sends_it_back() {
    let database = Database::fresh();
    let url = database.url().to_owned();
    let (a, b) = (node(&url), Arc::new(node(&url)));
    opened(&a, &["P1", "P2"]);

    // Another node answers the same message, for somebody else.
    let (other, taken) = (Arc::clone(&b), sent(1, &["P2"], "pay 1.00"));
    let said = while_deciding(&a, &sent(1, &["P1"], "pay 1.00"), move || drop(taken.to(&other).unwrap()));
    assert!(matches!(said, Err(SubmitError::Conflict { input, .. }) if input == "P2 pay 1.00"));

    // Another node answers the message that is being barred.
    let (other, barred) = (Arc::clone(&b), sent(5, &["P2"], "pay 1.00"));
    let reply = while_deciding(&a, &sent(6, &["P1"], "bar 5"), move || drop(barred.to(&other).unwrap())).unwrap();
    assert!(words(&reply).contains(&"late".to_owned()));
    let reply = sent(7, &["P1"], "bar 8").to(&a).unwrap();
    assert!(!words(&reply).contains(&"late".to_owned()));
    let said = sent(8, &["P2"], "pay 1.00").to(&b);
    assert!(matches!(said, Err(SubmitError::Barred { by }) if by == "7"));
    proved(&url);

    // The stream is taken away.
    let ours = "UPDATE stream SET holder = 'somebody', until = now() + interval '1 hour' WHERE base = 0";
    let address = url.clone();
    let reply = while_deciding(&a, &sent(2, &["P1"], "pay 1.00"), move || drop(ask(&address, ours))).unwrap();
    assert_eq!(number(&reply), 2 * STREAM + 1);

    // A period is closed.
    let (other, close) = (Arc::clone(&b), sent(3, &["P2"], "close 2026-03-31"));
    let said = while_deciding(&a, &sent(4, &["P1"], "pay 1.00"), move || drop(close.to(&other).unwrap()));
    assert!(matches!(&said, Err(SubmitError::NotRecorded(why)) if why.contains("已关账")), "{said:?}");
    assert_eq!(ask(&url, "SELECT count(*), sum(revision) FROM event").trim(), "8|20");
}
