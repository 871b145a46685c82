//! Several institutions at once, and what a crash leaves.

use std::sync::{Barrier, mpsc};

use gongji_store::{Known, Outcome};

use super::{ACTIVE, SECONDARY, Server, TERTIARY, message};
use crate::his::{Book, asking};

/// Settles prepared visits at the same moment from two institutions; the sums are those of some
/// order, whatever it was.
#[test]
fn two_institutions_settling_one_member_at_once_come_one_after_the_other() {
    for _ in 0..5 {
        let server = Server::start();
        let visits = [(TERTIARY, "150.00"), (SECONDARY, "500.00")].map(|(institution, price)| {
            let mdtrt_id = ACTIVE.visit(&server, institution, "11", "2026-02-10", price);
            (institution, ACTIVE.settlement(&mdtrt_id, "B1", "11", price))
        });
        let barrier = Barrier::new(visits.len());
        let replies: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = visits
                .iter()
                .map(|(institution, input)| {
                    scope.spawn(|| {
                        barrier.wait();
                        server.call(institution, "2207", input).ok()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let paid: Vec<[String; 3]> = replies
            .iter()
            .map(|reply| {
                ["act_pay_dedc", "hifp_pay", "balc"].map(|field| reply.at(&format!("output.setlinfo.{field}")))
            })
            .collect();
        let told = |rows: [[&str; 3]; 2]| rows.map(|row| row.map(str::to_owned)).to_vec();
        // 150 first: 150 borne; then 50 borne, 60 % of 450. Or 500 first: 200 borne, 180; then 90.
        let orders = [
            told([["150.00", "0.00", "1850.00"], ["50.00", "270.00", "1620.00"]]),
            told([["0.00", "90.00", "1620.00"], ["200.00", "180.00", "1680.00"]]),
        ];
        assert!(orders.contains(&paid), "{paid:?}");
        server.verify();
    }
}

/// The same settlement sent four times at once under one number happens once.
#[test]
fn one_message_sent_several_times_at_once_happens_once() {
    let server = Server::start();
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let settle = message("2207", "X1", TERTIARY, &ACTIVE.settlement(&mdtrt_id, "B1", "11", "500"));
    let events = server.service().store().head().events;
    let barrier = Barrier::new(4);
    let replies: Vec<String> = std::thread::scope(|scope| {
        let send = || {
            barrier.wait();
            server.send(&settle).ok().raw
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(send)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(replies.iter().all(|reply| *reply == replies[0]), "{replies:?}");
    assert_eq!(server.service().store().head().events, events + 1);
}

/// Under different numbers only one can settle the batch; the others are told which one did.
#[test]
fn one_batch_is_settled_once_under_whatever_numbers() {
    let server = Server::start();
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let input = ACTIVE.settlement(&mdtrt_id, "B1", "11", "500");
    let replies: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| server.call(TERTIARY, "2207", &input))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let (settled, refused): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.at("infcode") == "0");
    assert_eq!((settled.len(), refused.len()), (1, 3));
    let setl_id = settled[0].at("output.setlinfo.setl_id");
    for reply in refused {
        let message = reply.err();
        assert!(message.starts_with("[batch_settled]") && message.contains(&setl_id), "{message}");
    }
}

/// The worker is kept busy, and a trial of a visit that is at hand is answered all the same; it sees what was
/// settled as soon as that is answered.
#[test]
fn a_trial_waits_for_nobody_and_sees_whatever_was_answered() {
    let server = Server::start();
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "300.00");
    let asked = ACTIVE.settlement(&mdtrt_id, "B1", "11", "300");
    let (free, waits) = mpsc::channel::<()>();
    let (begun, begins) = mpsc::channel();
    let hold = move |_: &Known<'_, Book>, _: u64| {
        begun.send(()).unwrap();
        let _ = waits.recv();
        Outcome::Answer(Vec::new())
    };
    server.service().store().submit(asking(None, Vec::new()), hold, |_| {});
    begins.recv().unwrap();
    let trial = server.call(TERTIARY, "2206", &asked).ok();
    // 200 borne, 60 % of 100.
    assert_eq!(trial.at("output.setlinfo.fund_pay_sumamt"), "60.00");
    drop(free);
    let under = server.msgid();
    let settled = server.send(&message("2207", &under, TERTIARY, &asked)).ok();
    assert_eq!(settled.at("output.setldetail"), trial.at("output.setldetail"));
    let again = server.call(TERTIARY, "2206", &asked).err();
    assert!(again.starts_with("[batch_settled]"), "{again}");
    // The number of the settlement is used, whatever asks under it.
    let reused = server.send(&message("2206", &under, TERTIARY, &asked)).err();
    assert!(reused.starts_with("[message_reused]") && reused.contains("infno"), "{reused}");
}
