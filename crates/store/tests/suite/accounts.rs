//! The accounts beside the journal: every posting is what its event says, no account is overdrawn, nothing
//! is taken back twice, and what is derived can be made anew and proved to others.

use gongji_domain::Fen;
use gongji_ledger::{AsOf, Heading, TrialBalance};
use gongji_store::{Key, OpenError, SubmitError, rebuild};

use crate::purses::{Purses, act, area, purse, story};
use crate::world::World;

promises!(
    every_posting_of_every_event_is_kept_and_every_area_balances,
    an_account_is_never_overdrawn_and_nothing_of_the_attempt_is_kept,
    a_relatives_account_pays_and_gets_it_back,
    what_was_paid_before_a_restart_is_given_back_once_after_it,
    a_closed_period_stays_closed,
    rebuilding_makes_the_derived_rows_anew_and_only_when_nobody_has_the_store,
    a_proof_verifies_against_its_day_and_with_a_changed_reply_it_does_not,
    a_clock_that_is_set_back_stays_in_the_day_that_began,
);

fn every_posting_of_every_event_is_kept_and_every_area_balances(world: &World) {
    let store = world.open(Purses).unwrap();
    story(&store);
    // Beside the writer that goes on.
    let report = world.verify(&Purses).unwrap();
    // Openings and payments of 2 + 2 + 3 + 3 + 3 postings; P1, deposits, the fund and H1, and P2 is at zero.
    assert_eq!((report.journal, report.transactions, report.postings), (store.head(), 5, 13));
    assert_eq!((report.journal.events, report.accounts, report.days), (6, 4, 2));
    let (mut trial, mut count) = (TrialBalance::default(), 0);
    let add = |transaction: &gongji_ledger::Transaction| {
        count += 1;
        if AsOf::EVERYTHING.sees(transaction) {
            trial.add(transaction).unwrap();
        }
    };
    world.reader().history(add).unwrap();
    assert_eq!((count, trial.total(area()).unwrap().net()), (5, Fen::ZERO));
    // P2's 50.00 and the fund's; P1's 30.00 and the fund's came and went.
    assert_eq!(trial.balance(area(), Heading::Institutions), Fen::from_yuan(100));
    assert_eq!(["P1", "P2"].map(|person| purse(&store, person)), [Fen::from_yuan(100), Fen::ZERO]);
}

fn an_account_is_never_overdrawn_and_nothing_of_the_attempt_is_kept(world: &World) {
    let store = world.open(Purses).unwrap();
    story(&store);
    let refused = act(&store, "more", "2026-03-02", &["P2"], "pay 0.01").unwrap_err();
    assert!(matches!(&refused, SubmitError::NotRecorded(why) if why.contains("不足支付")), "{refused:?}");
    let given = act(&store, "given", "2026-03-02", &["P1", "P2"], "give 0.01 P2").unwrap_err();
    assert!(matches!(&given, SubmitError::NotRecorded(why) if why.contains("不足支付")), "{given:?}");
    let twice = act(&store, "twice", "2026-03-02", &["P1"], "back 3").unwrap_err();
    assert!(matches!(&twice, SubmitError::NotRecorded(why) if why.contains("已被冲销")), "{twice:?}");
    let theirs = act(&store, "theirs", "2026-03-02", &["P1"], "back 5").unwrap_err();
    assert!(matches!(&theirs, SubmitError::NotRecorded(why) if why.contains("no such visit")), "{theirs:?}");
    assert_eq!(world.verify(&Purses).unwrap().journal.events, 6);
}

fn a_relatives_account_pays_and_gets_it_back(world: &World) {
    let store = world.open(Purses).unwrap();
    act(&store, "1", "2026-03-01", &["P1"], "open 10.00").unwrap();
    act(&store, "2", "2026-03-01", &["P2"], "open 50.00").unwrap();
    act(&store, "3", "2026-03-01", &["P1", "P2"], "give 20.00 P2").unwrap();
    let purses = |store: &_| ["P1", "P2"].map(|person| purse(store, person));
    assert_eq!(purses(&store), [Fen::from_yuan(10), Fen::from_yuan(30)]);
    drop(store);
    let store = world.open(Purses).unwrap();
    assert_eq!(purses(&store), [Fen::from_yuan(10), Fen::from_yuan(30)]);
    act(&store, "4", "2026-03-02", &["P1", "P2"], "back 3").unwrap();
    assert_eq!(purses(&store), [Fen::from_yuan(10), Fen::from_yuan(50)]);
    drop(store);
    assert_eq!(purses(&world.open(Purses).unwrap()), [Fen::from_yuan(10), Fen::from_yuan(50)]);
    let report = world.verify(&Purses).unwrap();
    // P2, the fund and H1 twice beside two openings of two.
    assert_eq!((report.journal.events, report.transactions, report.postings), (4, 4, 10));
}

fn what_was_paid_before_a_restart_is_given_back_once_after_it(world: &World) {
    let store = world.open(Purses).unwrap();
    act(&store, "1", "2026-03-01", &["P1"], "open 10.00").unwrap();
    act(&store, "2", "2026-03-01", &["P1"], "pay 4.00").unwrap();
    drop(store);
    let store = world.open(Purses).unwrap();
    act(&store, "3", "2026-03-02", &["P1"], "back 2").unwrap();
    assert_eq!(purse(&store, "P1"), Fen::from_yuan(10));
    drop(store);
    let store = world.open(Purses).unwrap();
    let twice = act(&store, "4", "2026-03-03", &["P1"], "back 2").unwrap_err();
    assert!(matches!(&twice, SubmitError::NotRecorded(why) if why.contains("已被冲销")), "{twice:?}");
    assert_eq!(world.verify(&Purses).unwrap().journal.events, 3);
}

fn a_closed_period_stays_closed(world: &World) {
    let store = world.open(Purses).unwrap();
    act(&store, "1", "2026-03-01", &["P1"], "open 10.00").unwrap();
    act(&store, "2", "2026-03-02", &["P1"], "pay 4.00").unwrap();
    act(&store, "3", "2026-04-03", &["P1"], "close 2026-03-31").unwrap();
    let late = |store: &_| act(store, "4", "2026-03-31", &["P1"], "pay 1.00").unwrap_err();
    assert!(matches!(late(&store), SubmitError::NotRecorded(_)));
    drop(store);
    let store = world.open(Purses).unwrap();
    assert!(matches!(late(&store), SubmitError::NotRecorded(_)));
    let closed: Vec<_> = world.reader().periods().unwrap().closed().collect();
    assert_eq!(closed, [(area(), "2026-03-31".parse().unwrap())]);
    let again = act(&store, "5", "2026-04-03", &["P1"], "close 2026-03-31").unwrap_err();
    assert!(matches!(again, SubmitError::NotRecorded(_)));
    act(&store, "6", "2026-04-03", &["P1"], "pay 1.00").unwrap();
    assert_eq!(purse(&store, "P1"), Fen::from_yuan(5));
    world.verify(&Purses).unwrap();
    drop(store);
    world.change("DELETE FROM period");
    let difference = world.verify(&Purses).unwrap_err();
    assert!(difference.to_string().contains("关账期间与事件不符"), "{difference}");
    rebuild(world.place(), &Purses).unwrap();
    assert_eq!(world.verify(&Purses).unwrap().journal.events, 4);
}

fn rebuilding_makes_the_derived_rows_anew_and_only_when_nobody_has_the_store(world: &World) {
    let store = world.open(Purses).unwrap();
    story(&store);
    let sound = world.verify(&Purses).unwrap();
    assert!(matches!(rebuild(world.place(), &Purses), Err(OpenError::InUse)));
    drop(store);
    assert_eq!(rebuild(world.place(), &Purses).unwrap(), sound.journal, "a sound store stays as it is");
    assert_eq!(world.verify(&Purses).unwrap(), sound);
    let (messages, people) = (world.messages(), world.people());
    let root = world.literal(&[0; 32]);
    world.change(&format!("DELETE FROM {messages} WHERE number > 2"));
    world.change(&format!("UPDATE day_head SET size = 9, root = {root}"));
    world.change(&format!("UPDATE {people} SET packed = {}", world.literal(&[1])));
    if world.is_postgres() {
        world.change("DELETE FROM posting WHERE event > 2");
    }
    assert!(world.verify(&Purses).is_err());
    assert_eq!(rebuild(world.place(), &Purses).unwrap(), sound.journal);
    assert_eq!(world.verify(&Purses).unwrap(), sound);
    // The messages that were lost are answered, not done again.
    let store = world.open(Purses).unwrap();
    assert!(act(&store, "2026-03-02 P1 back 3", "2026-03-02", &["P1"], "back 3").unwrap().replayed);
    assert_eq!((purse(&store, "P1"), store.head()), (Fen::from_yuan(100), sound.journal));
}

fn a_proof_verifies_against_its_day_and_with_a_changed_reply_it_does_not(world: &World) {
    let store = world.open(Purses).unwrap();
    story(&store);
    let reader = world.reader();
    let days = reader.days().unwrap();
    for number in 1..=6 {
        let proof = reader.prove(number).unwrap().unwrap();
        let day = &days[usize::from(number > 3)];
        assert_eq!((&proof.day, proof.event.seq), (day, number));
        assert_eq!(reader.event(number).unwrap().as_ref(), Some(&proof.event));
        assert!(proof.verifies(&day.head));
        assert!(!proof.verifies(&days[usize::from(number <= 3)].head), "another day's head");
        let mut changed = proof.clone();
        changed.event.reply = [&changed.event.reply[..], b"0"].concat().into();
        assert!(!changed.verifies(&day.head));
        changed.event.hash = changed.event.computed_hash();
        assert!(!changed.verifies(&day.head), "sealed anew");
    }
    assert!(reader.prove(7).unwrap().is_none() && reader.prove(0).unwrap().is_none());
    assert!(reader.event(7).unwrap().is_none() && reader.event(0).unwrap().is_none());
    let key = |msgid: &str| Key { institution: "H1".to_owned(), msgid: msgid.to_owned() };
    assert_eq!(reader.find(&key("2026-03-02 P1 back 3")).unwrap(), Some(6));
    assert_eq!(reader.find(&key("never")).unwrap(), None);
    // What was published before a restart still verifies after it, and the day goes on.
    drop((reader, store));
    let store = world.open(Purses).unwrap();
    act(&store, "7", "2026-03-02", &["P1"], "look").unwrap();
    let reader = world.reader();
    assert!(reader.prove(2).unwrap().unwrap().verifies(&days[0].head));
    let grown = &reader.days().unwrap()[1];
    assert_eq!((grown.first, grown.head.size), (4, 4));
    assert!((4..=7).all(|number| reader.prove(number).unwrap().unwrap().verifies(&grown.head)));
}

fn a_clock_that_is_set_back_stays_in_the_day_that_began(world: &World) {
    let store = world.open(Purses).unwrap();
    for (n, day) in ["2026-03-02", "2026-03-01", "2026-03-03"].into_iter().enumerate() {
        act(&store, &n.to_string(), day, &["P1"], "look").unwrap();
    }
    let days = world.reader().days().unwrap();
    let told: Vec<_> = days.iter().map(|day| (day.day.as_str(), day.first, day.head.size)).collect();
    assert_eq!(told, [("2026-03-02", 1, 2), ("2026-03-03", 3, 1)]);
    drop(store);
    let store = world.open(Purses).unwrap();
    act(&store, "late", "2026-03-01", &["P1"], "look").unwrap();
    let last = world.reader().days().unwrap().pop().unwrap();
    assert_eq!((last.day.as_str(), last.first, last.head.size), ("2026-03-03", 3, 2));
    world.verify(&Purses).unwrap();
}
