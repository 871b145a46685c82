//! A credit run killed at random moments and begun again: everybody is credited once, and the books agree.

use std::process::{Command, Output, Stdio};
use std::time::Duration;

const MEMBERS: u64 = 12_000;
const MONTH: &str = "2024-01";

fn gongji(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongji"));
    command.args(arguments);
    command
}

fn done(arguments: &[&str]) -> Output {
    let ran = gongji(arguments).output().unwrap();
    let said = [ran.stdout.as_slice(), &ran.stderr].concat();
    assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&said));
    ran
}

/// The report of a run that came to its end.
fn report(place: &str, options: &[&str]) -> serde_json::Value {
    let run = ["account", "credit", "--month", MONTH, "--area", "500000", "--store", place, "--format", "json"];
    let ran = done(&[&run[..], options].concat());
    serde_json::from_slice::<serde_json::Value>(&ran.stdout).unwrap()[0].clone()
}

fn number(report: &serde_json::Value, at: &str) -> u64 {
    report.pointer(at).and_then(serde_json::Value::as_u64).unwrap()
}

/// Killed `kills` times, each a little later than the one before, and then left alone.
pub fn killed_again_and_again(place: &str, kills: u64) {
    let members = MEMBERS.to_string();
    done(&["account", "town", "--members", &members, "--month", MONTH, "--store", place]);
    let due = report(place, &["--preview"]);
    assert_eq!(number(&due, "/credited/credits"), MEMBERS);
    let mut credited = 0;
    for kill in 0..kills {
        let run = ["account", "credit", "--month", MONTH, "--area", "500000", "--store", place];
        let mut child = gongji(&run).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(150 + kill * 60));
        child.kill().unwrap();
        child.wait().unwrap();
        let left = report(place, &["--preview"]);
        let already = number(&left, "/already");
        assert!(already >= credited, "what was credited stays");
        assert_eq!(already + number(&left, "/credited/credits"), MEMBERS, "and the rest is still due");
        credited = already;
    }
    println!("{credited} of {MEMBERS} were credited by runs that were killed");
    let last = report(place, &[]);
    assert_eq!((number(&last, "/already"), number(&last, "/credited/credits")), (credited, MEMBERS - credited));
    assert_eq!(last.pointer("/books/ties"), Some(&serde_json::Value::Bool(true)));
    let again = report(place, &[]);
    assert_eq!((number(&again, "/already"), number(&again, "/credited/credits")), (MEMBERS, 0));
    done(&["store", "verify", place]);
}
