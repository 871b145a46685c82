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

#[test]
fn every_worked_case_comes_out_and_every_article_has_one() {
    let library = common::shipped();
    for code in ["211200", "320700", "360100", "500000"] {
        let report = library.run_cases(code).unwrap();
        let faults: Vec<String> = report.faults.iter().map(|fault| fault.line(library.files())).collect();
        assert!(report.is_sound(), "{code}: {} faults, first {:#?}", faults.len(), &faults[..faults.len().min(12)]);
        assert!(report.cases.len() > 150, "{code} has only {} cases", report.cases.len());
        assert!(report.cases.iter().all(|case| case.checked > 0), "{code}: a case that checks nothing");
    }
}
