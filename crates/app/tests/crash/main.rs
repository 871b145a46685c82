//! The program killed at random moments under load, and started again on the same store: nothing that it had
//! answered is lost, and nothing happens twice. Must never look into the store but by the program's own commands.
//!
//! `GONGJI_CRASHES=50` makes the series longer than the usual five.

mod audit;
mod credit;
mod hospital;
mod program;
#[path = "../common/program.rs"]
mod started;

use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use gongji_cluster::Cluster;
use hospital::{Desks, INSTITUTIONS, MEMBERS};
use program::Program;

/// How often the program is killed.
fn crashes() -> u64 {
    std::env::var("GONGJI_CRASHES").map_or(5, |text| text.parse().expect("GONGJI_CRASHES is a number"))
}

/// Lets desks work while `trouble` happens, which hears of each answer; then they finish their visits, and
/// everything is audited.
fn under_load(place: &str, trouble: impl FnOnce(&Desks<'_>, &Receiver<()>)) {
    let program = Program::start(place);
    let desks = Desks::of(&program);
    std::thread::scope(|scope| {
        let (tell, told) = channel();
        for member in 0..MEMBERS.len() {
            for institution in 0..INSTITUTIONS.len() {
                let (desks, tell) = (&desks, tell.clone());
                scope.spawn(move || desks.work(member, institution, &tell));
            }
        }
        trouble(&desks, &told);
        desks.stop.store(true, Ordering::Relaxed);
    });
    audit::verify(&desks);
    audit::ask_again(&desks, 0);
    audit::settled_once(&desks);
    audit::accounts(&desks);
    let (answered, resent) = (desks.answered.lock().unwrap().len(), desks.resent.load(Ordering::Relaxed));
    println!("{answered} messages answered, {resent} sent again, {} times told to", desks.later.lock().unwrap().len());
}

/// Waits for so many answers that the next trouble comes at no particular moment.
fn some_answers(told: &Receiver<()>, number: u64) {
    for _ in 0..number * 37 % 61 + 5 {
        told.recv().expect("the desks work");
    }
}

fn killed_again_and_again(place: &str) {
    under_load(place, |desks, told| {
        for number in 0..crashes() {
            some_answers(told, number);
            desks.program.kill();
            audit::verify(desks);
            let asked = desks.answered.lock().unwrap().len();
            desks.program.restart();
            audit::ask_again(desks, asked.saturating_sub(100));
        }
    });
}

/// Whatever a server that is away was good for, nobody was told that nothing happened, and nobody was refused.
fn only_later_was_said(desks: &Desks<'_>) {
    let later = desks.later.lock().unwrap();
    assert!(later.iter().all(|code| code == "database_away"), "{later:?}");
}

#[test]
fn a_program_killed_again_and_again_loses_nothing_and_does_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    killed_again_and_again(folder.path().join("crash.db").to_str().unwrap());
}

#[test]
fn on_postgres_a_program_killed_again_and_again_loses_nothing_and_does_nothing_twice() {
    let cluster = Cluster::own();
    killed_again_and_again(&cluster.create("killed"));
}

#[test]
fn a_credit_run_killed_again_and_again_credits_everybody_once() {
    let folder = tempfile::tempdir().unwrap();
    credit::killed_again_and_again(folder.path().join("credit.db").to_str().unwrap(), crashes());
}

#[test]
fn on_postgres_a_credit_run_killed_again_and_again_credits_everybody_once() {
    let cluster = Cluster::own();
    credit::killed_again_and_again(&cluster.create("credit"), crashes());
}

/// The program goes on running; its requests wait, are told to come again, and find everything there.
#[test]
fn a_postgres_server_killed_under_load_loses_nothing_and_its_program_goes_on() {
    let mut cluster = Cluster::own();
    let place = cluster.create("server");
    under_load(&place, |desks, told| {
        for number in 0..crashes() {
            some_answers(told, number);
            cluster.kill();
            // Now and then it is away for so long that requests are told to come again.
            let away = Duration::from_secs(if number.is_multiple_of(5) { 7 } else { 0 });
            let back = Instant::now() + away;
            while told.recv_timeout(back.saturating_duration_since(Instant::now())).is_ok() {}
            cluster.restart();
        }
        only_later_was_said(desks);
    });
}
