//! Any pooling area is a folder: invented areas that together use every kind of rule, and real
//! ones from published texts, are read, checked and decided by the same code as those that ship.
mod common;
use common::{folder, folders};
use gongji_policy::{AreaStatus, Folder, Library, Severity};
use std::path::{Path, PathBuf};

fn invented() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/areas")
}

/// The packages in a directory with the frameworks; each area with everything that is wrong with it.
fn sound(dir: &Path) -> Library {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut all: Vec<Folder> = vec![folder(&shipped.join("framework"))];
    all.extend(folders(dir));
    let library = Library::load(&all);
    let faults: Vec<String> = library
        .faults()
        .iter()
        .filter(|(_, fault)| fault.severity == Severity::Error)
        .map(|(_, fault)| fault.line(library.files()))
        .collect();
    assert!(faults.is_empty(), "{} errors:\n{}", faults.len(), faults.join("\n"));
    library
}

/// Runs every case of every area; returns each area's code with its number of cases.
fn run(library: &Library) -> Vec<(String, usize)> {
    let mut counts = Vec::new();
    for area in library.areas() {
        assert_eq!(area.status(), AreaStatus::Example, "{}", area.code());
        // One of them ends with a range in which an index is still awaited.
        assert!(area.rules(area.newest_day()).is_some(), "{}: no rules to show", area.code());
        let report = library.run_cases(area.code()).expect("a loaded area");
        let faults: Vec<String> = report.faults.iter().map(|fault| fault.line(library.files())).collect();
        assert!(report.is_sound(), "{}: {} faults\n{}", area.code(), faults.len(), faults.join("\n"));
        assert!(report.cases.iter().all(|case| case.checked > 0), "{}: a case that checks nothing", area.code());
        counts.push((area.code().to_owned(), report.cases.len()));
    }
    counts
}

#[test]
fn every_case_of_the_invented_areas_comes_out() {
    let library = sound(&invented());
    let counts = run(&library);
    assert!(counts.iter().all(|(_, count)| *count >= 40), "{counts:?}");
    kinds_have_their_cases(&library);
}

/// Every case that README.md names for a kind of rule is a case of that area.
fn kinds_have_their_cases(library: &Library) {
    let text = std::fs::read_to_string(invented().join("README.md")).expect("the table of kinds");
    let mut kinds = 0;
    for line in text.lines().filter(|line| line.starts_with("| ") && line.contains("| 99")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let report = library.run_cases(cells[2]).expect("an area of the table");
        for case in cells[4].split(", ") {
            assert!(report.cases.iter().any(|known| known.name == case), "{}: {case} of {}", cells[1], cells[2]);
        }
        kinds += 1;
    }
    assert!(kinds > 60, "{kinds} kinds of rule");
}

/// Examples from published texts: nothing loads them unless it is asked to.
#[test]
fn every_case_of_the_example_areas_comes_out() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/examples");
    let counts = run(&sound(&examples));
    let codes: Vec<&str> = counts.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["150100", "210200", "310000", "321000"]);
    assert!(common::shipped().areas().all(|area| !codes.contains(&area.code())));
}
