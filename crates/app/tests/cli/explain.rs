//! The settlement sheet as people see it. After a change that is meant, look at what comes out and
//! put it into the file.

use super::{command, gongji};
use std::path::Path;

const CASES: &str = r#"
{"id": "q19-3", "pooling_area": "500000",
 "member": {"status": "active", "enrolment": "employer", "birth_date": "1986-05-01", "account_balance": "989.00"},
 "encounters": [
  {"id": "e1", "date": "2024-06-01", "care_type": "ordinary_outpatient",
   "institution": {"class": "secondary", "kind": "general"},
   "charges": [{"amount": "6350.00"}],
   "prior_benefits": [{"benefit": "special_disease", "fund_paid": "4728.00"}]},
  {"id": "e2", "date": "2024-06-03", "care_type": "pharmacy", "institution": {}, "charges": [{"amount": "30.50"}]}]}
{"id": "early", "pooling_area": "500000", "member": {"status": "retired"}, "encounters": [{"id": "e1", "date": "2023-06-01", "care_type": "ordinary_outpatient", "institution": {"class": "primary"}, "charges": [{"amount": "1.00"}]}]}
{"id": "wrong", "pooling_area": "500000", "member": {"status": "retird"}, "encounters": []}
"#;

/// Compares with a file beside this one.
fn same(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/sheets").join(name);
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    if found != expected {
        let beside = std::env::temp_dir().join(name);
        std::fs::write(&beside, found).unwrap();
        panic!("{} differs; what came out is in {}", path.display(), beside.display());
    }
}

#[test]
fn settled_refused_and_wrong_cases_are_readable() {
    let ran = gongji(&["explain"], CASES);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    same("cases.txt", &ran.out);
}

#[test]
fn it_keeps_to_the_width() {
    let output = command(&["explain"]).env("COLUMNS", "60").stdin(std::process::Stdio::null()).output().unwrap();
    assert_eq!(output.stdout, b"");
    let narrow = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(narrow.path(), CASES).unwrap();
    let output = command(&["explain", narrow.path().to_str().unwrap()]).env("COLUMNS", "60").output().unwrap();
    let sheet = String::from_utf8(output.stdout).unwrap();
    for line in sheet.lines() {
        let columns: usize =
            line.chars().map(|c| if c.is_ascii() || ('\u{2500}'..'\u{2600}').contains(&c) { 1 } else { 2 }).sum();
        assert!(columns <= 62, "{columns}: {line}");
    }
    assert!(!sheet.contains('\u{1b}'), "no colours where nobody sees them");
}

#[test]
fn why_no_more_is_paid_is_told_after_the_sheet() {
    let case = r#"{"id": "a", "pooling_area": "500000", "member": {"status": "active"}, "encounters": [{"id": "e1", "date": "2024-06-01", "care_type": "ordinary_outpatient", "institution": {"class": "tertiary"}, "charges": [{"amount": "3000.00"}]}]}"#;
    let (plain, more) = (gongji(&["explain"], case), gongji(&["explain", "--why-not-more"], case));
    assert_eq!((more.code, more.err.as_str()), (0, ""));
    let table = more.out.strip_prefix(&plain.out).unwrap();
    same("why_not_more.txt", table);
    // What cannot be decided is said once, as without the option.
    assert_eq!(gongji(&["explain", "--why-not-more"], "{}").out, gongji(&["explain"], "{}").out);
}
