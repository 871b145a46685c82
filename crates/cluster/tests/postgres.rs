//! What tests may rely on: databases apart from each other, dropped ones gone, and a server of one's own
//! that forgets nothing it had committed.

use std::process::{Command, Stdio};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use gongji_cluster::{Cluster, Database, psql};

fn says(url: &str, statements: &str) -> String {
    psql(url, statements).unwrap_or_else(|fault| panic!("{fault}"))
}

const KEEP: &str = "CREATE TABLE visit (amount int); INSERT INTO visit VALUES (300)";
const ASK: &str = "SELECT amount FROM visit";

/// Has another connection execute what sleeps at its end, and returns when it does.
fn asleep_in(url: &str, statements: &'static str) -> JoinHandle<Result<String, String>> {
    let asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
    let there = url.to_owned();
    let waiting = std::thread::spawn(move || psql(&there, statements));
    awaited(|| (says(url, asleep) == "1").then_some(()));
    waiting
}

#[test]
fn fresh_databases_are_empty_and_apart_from_each_other() {
    let (here, there) = (Database::fresh(), Database::fresh());
    says(here.url(), KEEP);
    assert_eq!(says(here.url(), ASK), "300");
    let missing = psql(there.url(), ASK).expect_err("no such table there");
    assert!(missing.contains("relation \"visit\" does not exist"), "{missing}");
}

#[test]
fn text_is_utf_8_and_ordered_by_code_points() {
    let database = Database::fresh();
    assert_eq!(says(database.url(), "SHOW server_encoding"), "UTF8");
    assert_eq!(says(database.url(), "SELECT 'Z' < 'a', '共济' < '結算'"), "t|t");
}

#[test]
fn a_dropped_database_vanishes_with_its_connections() {
    let database = Database::fresh();
    let url = database.url().to_owned();
    let waiting = asleep_in(&url, "SELECT pg_sleep(600)");
    drop(database);
    waiting.join().expect("a thread").expect_err("the connection is broken");
    let gone = psql(&url, "SELECT 1").expect_err("the database is gone");
    assert!(gone.contains("does not exist"), "{gone}");
}

#[test]
fn many_at_once_share_one_server() {
    let urls: Vec<String> = std::thread::scope(|scope| {
        let fresh = || says(Database::fresh().url(), "SELECT pg_postmaster_start_time()");
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(fresh)).collect();
        threads.into_iter().map(|thread| thread.join().expect("a database")).collect()
    });
    assert!(urls.windows(2).all(|pair| pair[0] == pair[1]), "{urls:?}");
}

#[test]
fn what_was_committed_survives_a_kill() {
    let mut cluster = Cluster::own();
    let url = cluster.create("center");
    says(&url, KEEP);
    cluster.kill();
    assert!(psql(&url, ASK).is_err(), "nobody answers after a kill");
    cluster.restart();
    assert_eq!(says(&url, ASK), "300");
    assert!(cluster.log_tail().contains("was not properly shut down"), "{}", cluster.log_tail());
}

#[test]
fn a_kill_ends_transactions_in_the_middle() {
    let mut cluster = Cluster::own();
    let url = cluster.url("postgres");
    says(&url, KEEP);
    let unfinished = "BEGIN; INSERT INTO visit VALUES (400); SELECT pg_sleep(600)";
    let waiting = asleep_in(&url, unfinished);
    cluster.kill();
    waiting.join().expect("a thread").expect_err("the connection is broken");
    cluster.restart();
    assert_eq!(says(&url, ASK), "300");
}

#[test]
fn settings_are_chosen_but_fsync_stays() {
    let mut cluster = Cluster::with(&[("shared_buffers", "24MB"), ("fsync", "off"), ("listen_addresses", "*")]);
    let url = cluster.url("postgres");
    let settings =
        "SELECT current_setting('shared_buffers'), current_setting('fsync'), current_setting('listen_addresses')";
    assert_eq!(says(&url, settings), "24MB|on|");
    cluster.stop();
    cluster.stop();
    cluster.restart();
    assert_eq!(says(&url, settings), "24MB|on|");
}

#[test]
fn a_server_that_cannot_start_shows_its_log() {
    let started = std::panic::catch_unwind(|| Cluster::with(&[("shared_buffers", "much")]));
    let panic = started.expect_err("such a server does not start");
    let text = panic.downcast_ref::<String>().expect("a text");
    assert!(text.contains("invalid value for parameter \"shared_buffers\""), "{text}");
}

/// The test runs itself anew as the process that is killed.
#[test]
fn a_server_ends_soon_after_its_user_was_killed() {
    const MARK: &str = "GONGJI_CLUSTER_TEST_VICTIM";
    if let Some(file) = std::env::var_os(MARK) {
        let cluster = Cluster::own();
        std::fs::write(file, cluster.url("postgres")).expect("a file");
        sleep(Duration::from_secs(600));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("url");
    let this = std::env::current_exe().expect("this test");
    let name = "a_server_ends_soon_after_its_user_was_killed";
    let mut victim = Command::new(this)
        .args(["--exact", name])
        .env(MARK, &file)
        .stdout(Stdio::null())
        .spawn()
        .expect("a second process");
    let url = awaited(|| std::fs::read_to_string(&file).ok().filter(|url| psql(url, "SELECT 1").is_ok()));
    victim.kill().expect("a child can be ended");
    victim.wait().expect("a child can be waited for");
    let server = url.split(['=', '&']).nth(1).expect("the folder of the server").to_owned();
    awaited(|| (!std::path::Path::new(&server).exists()).then_some(()));
    psql(&url, "SELECT 1").expect_err("the server has ended");
}

fn awaited<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing for a minute");
        sleep(Duration::from_millis(100));
    }
}
