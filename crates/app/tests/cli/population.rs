//! `gongji population` and `gongji simulate` from outside: what they write and with which exit status.

use crate::{Ran, gongji};

fn ran(arguments: &[&str]) -> Ran {
    gongji(arguments, "")
}

#[test]
fn a_population_is_written_read_back_and_run() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("people");
    let folder = out.to_str().unwrap();
    let generate =
        ["population", "generate", "--area", "500000", "--persons", "500", "--format", "csv", "--out", folder];
    let written = ran(&generate);
    assert_eq!((written.code, written.err.as_str()), (0, ""));
    assert!(written.out.contains("500 人"), "{}", written.out);
    for file in ["persons.csv", "events.csv", "dictionary.md", "dictionary.csv", "manifest.json"] {
        assert!(out.join(file).is_file(), "{file}");
    }
    assert!(!out.join("truth.csv").exists());
    let again = ran(&generate);
    assert!(again.code == 2 && again.err.contains("persons.csv"), "{} {}", again.code, again.err);
    let run = ran(&["simulate", "--area", "500000", "--year", "2025", "--data", folder]);
    assert_eq!(run.code, 0, "{}", run.err);
    let checked = ran(&["population", "check", "--area", "500000", "--data", folder]);
    assert!(checked.code == 0 && checked.out.contains("自有数据，500 人"), "{} {}", checked.err, checked.out);
}

#[test]
fn violations_are_written_beside_the_claims_when_they_are_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("people");
    let folder = out.to_str().unwrap();
    let given = ["population", "generate", "--persons", "3000", "--violations", "--format", "csv", "--out", folder];
    let written = ran(&given);
    assert!(written.code == 0 && written.out.contains("注入违规"), "{}{}", written.err, written.out);
    let truth = std::fs::read_to_string(out.join("truth.csv")).unwrap();
    assert!(truth.starts_with("person,event,day,") && truth.lines().count() > 10, "{truth}");
}

#[test]
fn a_check_that_misses_a_target_exits_with_one() {
    let dir = tempfile::tempdir().unwrap();
    // So few people that nothing is near its mean, in a table all the same.
    let missed = ran(&["population", "check", "--persons", "50"]);
    assert!(missed.code == 1 && missed.out.contains("✗"), "{} {}", missed.code, missed.err);
    // A cell that is none exits with one too, and is named.
    std::fs::write(dir.path().join("persons.csv"), "person,status,birth\n1,asleep,1980-01-01\n").unwrap();
    std::fs::write(dir.path().join("events.csv"), "person,day,class,eligible\n").unwrap();
    let faulty = ran(&["population", "check", "--data", dir.path().to_str().unwrap()]);
    assert!(faulty.code == 1 && faulty.err.contains("asleep"), "{} {}", faulty.code, faulty.err);
}

#[test]
fn what_cannot_be_used_exits_with_two_and_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("none");
    let folder = folder.to_str().unwrap();
    let cases: &[(&[&str], &str)] = &[
        (&["population", "generate", "--area", "999999", "--out", folder], "999999"),
        (&["population", "generate", "--persons", "0", "--out", folder], "人数 0"),
        (&["population", "generate", "--year", "1800", "--out", folder], "1800"),
        (&["population", "generate"], "--out"),
        (&["population", "check", "--preset", "nowhere.toml"], "nowhere.toml"),
        (&["population", "check", "--data", folder], "none"),
        (&["population", "dictionary", "--format", "pdf"], "pdf"),
        (&["simulate", "--area", "999999"], "999999"),
        (&["simulate", "--area", "360100", "--persons", "many"], "many"),
    ];
    for (arguments, expected) in cases {
        let ran = ran(arguments);
        assert!(ran.code == 2 && ran.err.contains(expected), "{arguments:?} {} {}", ran.code, ran.err);
    }
}

#[test]
fn the_page_of_the_dictionary_is_what_the_program_prints() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/population-files.md");
    let printed = ran(&["population", "dictionary"]);
    assert_eq!(printed.code, 0);
    assert!(
        std::fs::read_to_string(page).unwrap_or_default() == printed.out,
        "gongji population dictionary > docs/reference/population-files.md"
    );
}
