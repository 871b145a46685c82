//! The package that the guide for officers builds step by step is sound, and its cases come out.
mod common;

use gongji_policy::{Library, Severity};
use std::path::Path;

#[test]
fn the_package_of_the_guide_is_sound() {
    let mut folders = common::shipped_folders();
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples/990000-shili");
    folders.push(common::folder(&guide));
    let library = Library::load(&folders);
    let errors = library.faults().iter().filter(|(_, fault)| fault.severity == Severity::Error);
    let errors: Vec<String> = errors.map(|(_, fault)| fault.line(library.files())).collect();
    assert_eq!(errors, Vec::<String>::new());
    let report = library.run_cases("990000").expect("the package is loaded");
    assert!(report.is_sound(), "{:?}", report.faults);
    assert_eq!(report.cases.iter().filter(|case| case.passed).count(), 11);
}
