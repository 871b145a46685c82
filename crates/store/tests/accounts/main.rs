//! The accounts beside the journal: postings and day heads are what the events say, and whatever is
//! changed is found at its place.

mod purses;
mod trouble;
mod upgrade;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use gongji_domain::Fen;
use gongji_ledger::{AsOf, TrialBalance};
use gongji_store::{Difference, Key, OpenError, Reader, SubmitError, VerifyError, rebuild};
use purses::{Purses, act, file, open, story};
use rusqlite::Connection;

fn change(path: &Path, sql: &str) {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(&format!("PRAGMA ignore_check_constraints = ON; {sql}")).unwrap();
}

fn verified(path: &Path) -> Result<gongji_store::Report, VerifyError> {
    Reader::open(path).unwrap().verify(Purses::default)
}

#[test]
fn every_posting_of_every_event_is_kept_and_every_area_balances() {
    let (_folder, path) = file();
    let store = open(&path).unwrap();
    story(&store);
    // Beside the writer that goes on.
    let report = verified(&path).unwrap();
    assert_eq!((report.journal.events, report.transactions, report.postings), (6, 5, 13));
    assert_eq!((report.accounts, report.days), (5, 2));
    let (mut trial, mut count) = (TrialBalance::default(), 0);
    let reader = Reader::open(&path).unwrap();
    reader
        .history(|transaction| {
            count += 1;
            if AsOf::EVERYTHING.sees(transaction) {
                trial.add(transaction).unwrap();
            }
        })
        .unwrap();
    let area = "500000".parse().unwrap();
    assert_eq!((count, trial.total(area).unwrap().net()), (5, Fen::ZERO));
    assert_eq!(trial.balance(area, gongji_ledger::Heading::Institutions), Fen::from_yuan(100));
}

#[test]
fn an_account_is_never_overdrawn_and_nothing_of_the_attempt_is_kept() {
    let (_folder, path) = file();
    let store = open(&path).unwrap();
    story(&store);
    let refused = act(&store, "more", "2026-03-02", "P2", "pay 0.01").unwrap_err();
    assert!(matches!(&refused, SubmitError::NotRecorded(why) if why.contains("不足支付")), "{refused:?}");
    let twice = act(&store, "twice", "2026-03-02", "P1", "back 3").unwrap_err();
    assert!(matches!(&twice, SubmitError::NotRecorded(why) if why.contains("已被冲销")), "{twice:?}");
    assert_eq!(verified(&path).unwrap().journal.events, 6);
}

#[test]
fn a_changed_posting_or_day_head_is_found_at_its_event_and_field() {
    for (sql, said) in [
        (
            "UPDATE posting SET amount = amount + 1 WHERE event = 3 AND line = 1",
            "第 3 件：分录 1 的 amount 是 3001，按事件应为 3000",
        ),
        (
            "UPDATE posting SET account = 'P2/500000/current' WHERE event = 3 AND line = 0",
            "第 3 件：分录 0 的 account 是",
        ),
        (
            "UPDATE posting SET effective = effective - 1 WHERE event = 5 AND line = 0",
            "第 5 件：分录 0 的 effective 是",
        ),
        (
            "UPDATE posting SET concerns = NULL WHERE event = 6 AND line = 2",
            "第 6 件：分录 2 的 concerns 是 空，按事件应为 3",
        ),
        ("UPDATE posting SET person = 'P2' WHERE event = 3 AND line = 1", "第 3 件：分录 1 的 person 是 P2"),
        ("DELETE FROM posting WHERE event = 5 AND line = 2", "第 5 件：缺少分录 2"),
        ("DELETE FROM posting", "第 1 件：缺少分录 0"),
        (
            "INSERT INTO posting SELECT 4, 0, person, account, amount, kind, NULL, effective, accounting, recorded FROM posting WHERE event = 3 AND line = 0",
            "第 4 件：多出分录 0",
        ),
        (
            "INSERT INTO posting SELECT 99, line, person, account, amount, kind, NULL, effective, accounting, recorded FROM posting WHERE event = 3",
            "第 99 件：多出分录 0",
        ),
        ("UPDATE event SET postings = zeroblob(32) WHERE seq = 3", "流水不可信：第 3 件：内容被改动"),
        ("UPDATE event SET version = 1, postings = x'' WHERE seq = 3", "流水不可信：第 3 件：内容被改动"),
        ("UPDATE day_head SET root = zeroblob(32) WHERE day = '2026-03-01'", "日头 2026-03-01：root"),
        ("UPDATE day_head SET size = 2 WHERE day = '2026-03-01'", "日头 2026-03-01：size"),
        ("DELETE FROM day_head WHERE day = '2026-03-02'", "日头 2026-03-02：day"),
        ("INSERT INTO day_head VALUES ('2027-01-01', 7, 1, zeroblob(32))", "日头 2027-01-01：day"),
    ] {
        let (_folder, path) = file();
        let store = open(&path).unwrap();
        story(&store);
        drop(store);
        verified(&path).unwrap();
        change(&path, sql);
        let difference = verified(&path).unwrap_err().to_string();
        assert!(difference.starts_with(said), "{sql}: {difference}");
    }
}

#[test]
fn what_events_say_is_proved_even_when_the_whole_chain_was_sealed_anew() {
    // Whoever seals a false event anew still has to make it move what it says.
    let (_folder, path) = file();
    let store = open(&path).unwrap();
    story(&store);
    drop(store);
    let forged = || Reader::open(&path).unwrap().prove(6).unwrap().unwrap().event;
    let mut event = forged();
    event.effects = "back 5".to_owned();
    let hex: String = event.computed_hash().iter().map(|byte| format!("{byte:02x}")).collect();
    change(&path, &format!("UPDATE event SET effects = 'back 5', hash = x'{hex}' WHERE seq = 6"));
    let difference = verified(&path).unwrap_err();
    assert!(matches!(&difference, VerifyError::Differs(Difference::Event { seq: 6, .. })), "{difference:?}");
}

#[test]
fn rebuilding_makes_the_derived_rows_anew_and_only_when_nobody_has_the_store() {
    let (_folder, path) = file();
    let store = open(&path).unwrap();
    story(&store);
    let sound = verified(&path).unwrap();
    assert!(matches!(rebuild(&path, Purses::default), Err(OpenError::InUse)));
    drop(store);
    change(&path, "DELETE FROM posting WHERE event > 2; UPDATE day_head SET size = 9, root = zeroblob(32)");
    assert!(verified(&path).is_err());
    assert_eq!(rebuild(&path, Purses::default).unwrap(), sound.journal);
    assert_eq!(verified(&path).unwrap(), sound);
    assert!(rebuild(&path.with_file_name("none.db"), Purses::default).is_err());
    assert!(!path.with_file_name("none.db").exists());
}

#[test]
fn a_proof_verifies_against_its_day_and_with_a_changed_reply_it_does_not() {
    let (_folder, path) = file();
    let store = open(&path).unwrap();
    story(&store);
    let reader = Reader::open(&path).unwrap();
    let days = reader.days().unwrap();
    for seq in 1..=6 {
        let proof = reader.prove(seq).unwrap().unwrap();
        let day = &days[usize::from(seq > 3)];
        assert_eq!((&proof.day, proof.event.seq), (day, seq));
        assert!(proof.verifies(&day.head));
        assert!(!proof.verifies(&days[usize::from(seq <= 3)].head), "another day's head");
        let mut changed = proof.clone();
        changed.event.reply.push(b'0');
        assert!(!changed.verifies(&day.head));
        changed.event.hash = changed.event.computed_hash();
        assert!(!changed.verifies(&day.head), "sealed anew");
    }
    assert!(reader.prove(7).unwrap().is_none() && reader.prove(0).unwrap().is_none());
    let key = |msgid: &str| Key { institution: "H1".to_owned(), msgid: msgid.to_owned() };
    assert_eq!(reader.find(&key("2026-03-02 P1 back 3")).unwrap(), Some(6));
    assert_eq!(reader.find(&key("never")).unwrap(), None);
}

#[test]
fn a_clock_that_is_set_back_stays_in_the_day_that_began() {
    let (_folder, path) = file();
    let store = open(&path).unwrap();
    for (n, day) in ["2026-03-02", "2026-03-01", "2026-03-03"].into_iter().enumerate() {
        act(&store, &n.to_string(), day, "P1", "look").unwrap();
    }
    let days = Reader::open(&path).unwrap().days().unwrap();
    let told: Vec<_> = days.iter().map(|day| (day.day.as_str(), day.first, day.head.size)).collect();
    assert_eq!(told, [("2026-03-02", 1, 2), ("2026-03-03", 3, 1)]);
    drop(store);
    open(&path).unwrap();
    verified(&path).unwrap();
}

#[test]
fn a_backup_under_load_restores_to_a_head_that_was() {
    let (folder, path) = file();
    let store = open(&path).unwrap();
    act(&store, "open", "2026-03-01", "P1", "open 9999.00").unwrap();
    let stop = AtomicBool::new(false);
    let copy = folder.path().join("copy.db");
    let copied = std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0.. {
                if stop.load(Ordering::Relaxed) && n > 200 {
                    break;
                }
                act(&store, &n.to_string(), "2026-03-01", "P1", "pay 0.01").unwrap();
            }
        });
        while store.head().events < 100 {
            std::thread::yield_now();
        }
        let mut told = Vec::new();
        let copied = Reader::open(&path).unwrap().backup(&copy, |done, all| told.push((done, all))).unwrap();
        stop.store(true, Ordering::Relaxed);
        assert!(told.last().is_some_and(|(done, all)| done == all), "{told:?}");
        copied
    });
    assert!(copied.events >= 100 && store.head().events > copied.events);
    let there = Reader::open(&path).unwrap().prove(copied.events).unwrap().unwrap();
    assert_eq!(there.event.hash, copied.head);
    // Restoring is putting the copy where the store was.
    drop(store);
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.clone().into_os_string();
        name.push(suffix);
        let _ = std::fs::remove_file(name);
    }
    std::fs::copy(&copy, &path).unwrap();
    let store = open(&path).unwrap();
    assert_eq!(store.head(), copied);
    assert_eq!(verified(&path).unwrap().journal, copied);
    act(&store, "after", "2026-03-01", "P1", "pay 1.00").unwrap();
    // A copy never takes the place of a file.
    let refused = Reader::open(&path).unwrap().backup(&copy, |_, _| {}).unwrap_err();
    assert!(refused.to_string().contains("已经存在"), "{refused}");
}
