//! A server that is killed, restarted, or breaks connections off: what was answered is there, once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gongji_cluster::Cluster;

use super::world::{World, ask, node, opened, proved, sent};
use crate::{Reply, Store, SubmitError};

/// Sends until it is answered, as a hospital would.
fn insist(store: &Store<World>, msgid: &str) -> Reply {
    let begun = Instant::now();
    loop {
        match sent(msgid, &["P1"], "pay 0.01").to(store) {
            Ok(reply) => return reply,
            Err(SubmitError::Away(_) | SubmitError::Busy) if begun.elapsed() < Duration::from_secs(60) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_server_that_is_restarted_between_messages_is_found_again() {
    let mut cluster = Cluster::own();
    let url = cluster.create("gongji");
    let store = node(&url);
    opened(&store, &["P1"]);
    cluster.restart();
    insist(&store, "1");
    cluster.stop();
    let begun = Instant::now();
    let said = sent(2, &["P1"], "pay 0.01").to(&store).unwrap_err();
    assert!(matches!(&said, SubmitError::Away(_)), "{said:?}");
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    cluster.restart();
    insist(&store, "2");
    assert_eq!(proved(&url).journal.events, 3);
}

#[test]
fn connections_that_are_broken_off_in_the_midst_cost_nothing() {
    let cluster = Cluster::own();
    let url = cluster.create("gongji");
    let (a, b) = (node(&url), node(&url));
    opened(&a, &["P1"]);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gongji'";
                ask(&url, others);
                std::thread::sleep(Duration::from_millis(120));
            }
        });
        let loads: Vec<_> = [(&a, "a"), (&b, "b")]
            .map(|(store, name)| scope.spawn(move || (0..150).for_each(|n| drop(insist(store, &format!("{name}{n}"))))))
            .into();
        let ended: Vec<_> = loads.into_iter().map(|load| load.join()).collect();
        over.store(true, Ordering::Relaxed);
        ended.into_iter().for_each(|ended| ended.unwrap());
    });
    assert_eq!(proved(&url).journal.events, 301);
}

#[test]
fn what_was_answered_before_a_server_was_killed_is_there_once() {
    let mut cluster = Cluster::own();
    let url = cluster.create("gongji");
    let nodes = [Arc::new(node(&url)), Arc::new(node(&url))];
    opened(&nodes[0], &["P1"]);
    let (answered, over) = (Arc::new(Mutex::new(HashMap::new())), Arc::new(AtomicBool::new(false)));
    let loads: Vec<_> = (0..8)
        .map(|thread: usize| {
            let (store, answered, over) = (Arc::clone(&nodes[thread % 2]), Arc::clone(&answered), Arc::clone(&over));
            std::thread::spawn(move || {
                let mut n = 0;
                while !over.load(Ordering::Relaxed) {
                    let msgid = format!("{thread} {n}");
                    let reply = insist(&store, &msgid);
                    answered.lock().unwrap().insert(msgid, reply.body);
                    n += 1;
                }
            })
        })
        .collect();
    for _ in 0..3 {
        std::thread::sleep(Duration::from_millis(400));
        cluster.kill();
        std::thread::sleep(Duration::from_millis(200));
        cluster.restart();
    }
    std::thread::sleep(Duration::from_millis(400));
    over.store(true, Ordering::Relaxed);
    loads.into_iter().for_each(|load| load.join().unwrap());
    let answered = answered.lock().unwrap();
    for (msgid, body) in answered.iter() {
        let again = sent(msgid, &["P1"], "pay 0.01").to(&nodes[1]).unwrap();
        assert_eq!((again.replayed, &again.body), (true, body), "{msgid}");
    }
    assert_eq!(proved(&url).journal.events, answered.len() as u64 + 1);
}

#[test]
fn a_server_that_turns_read_only_is_named_and_nothing_is_kept() {
    let cluster = Cluster::own();
    let url = cluster.create("gongji");
    let store = node(&url);
    opened(&store, &["P1"]);
    let turn = |on: &str| {
        let writing = format!(
            "{url}{}options=-c%20default_transaction_read_only%3Doff",
            if url.contains('?') { '&' } else { '?' }
        );
        ask(&writing, &format!("ALTER SYSTEM SET default_transaction_read_only = {on}"));
        ask(&writing, "SELECT pg_reload_conf()");
        std::thread::sleep(Duration::from_millis(300));
    };
    turn("on");
    let said = sent(1, &["P1"], "pay 1.00").to(&store).unwrap_err();
    assert!(matches!(&said, SubmitError::NotRecorded(why) if why.contains("只读")), "{said:?}");
    turn("off");
    assert!(!sent(1, &["P1"], "pay 1.00").to(&store).unwrap().replayed);
    assert_eq!(proved(&url).journal.events, 2);
}
