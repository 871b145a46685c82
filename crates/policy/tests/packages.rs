//! The packages that ship load without an error.
mod common;
use gongji_policy::Severity;

#[test]
fn shipped_packages_have_no_errors() {
    let library = common::shipped();
    let errors: Vec<String> = library
        .faults()
        .iter()
        .filter(|(_, fault)| fault.severity == Severity::Error)
        .map(|(_, fault)| fault.line(library.files()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let codes: Vec<&str> = library.areas().map(|area| area.code()).collect();
    assert_eq!(codes, ["211200", "320700", "360100", "500000"]);
}
