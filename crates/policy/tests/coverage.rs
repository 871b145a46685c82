//! Which articles and rows the worked cases of a package exercise.
mod common;

use gongji_policy::{CaseReport, Library, Severity, SourceFile};

const RULES: &str = r#"
[benefit.ordinary_outpatient]
fund = "310100"
cite = "text:1"
covered = { rows = [{ when = { place = "temporary" }, is = "place_not_covered" }] }
deductible = [{ per = "year", rows = [{ is = "100.00" }, { when = { status = "retired" }, is = "50.00" }] }]
limit = [{ per = "year", rows = [{ is = "1000.00" }] }]
[benefit.ordinary_outpatient.segments]
on = "above"
up_to = ["500.00"]
names = ["low", "high"]
cite = "text:1"
[benefit.ordinary_outpatient.rate]
cite = "text:1"
across = { segment = ["low", "high"] }
rows = [{ are = ["50%", "60%"] }]
"#;

fn report(rows: &str) -> CaseReport {
    let mut folder = common::area(RULES);
    let head = "## 一节\n\n依据：text:1\n\n| 例 | date | status | class | place | amount | = hifp_pay |\n|---|---|---|---|---|---|---|\n";
    let text = format!("{head}{rows}");
    folder.files.push(SourceFile { path: "900001/cases/a.md".into(), text: text.into() });
    let library = Library::load(&[folder]);
    let report = library.run_cases("900001").expect("the package is sound");
    assert!(report.is_sound(), "{:?}", report.faults);
    report
}

/// Path, what it says, and how many cases exercised it.
fn exercised(report: &CaseReport) -> Vec<(&str, &str, usize)> {
    report
        .rows
        .iter()
        .map(|row| (row.path.rsplit('.').next().unwrap_or_default(), row.says.as_str(), row.cases))
        .collect()
}

#[test]
fn a_row_counts_when_it_held_and_the_benefit_acted_on_it() {
    // (300 - 100) x 50% = 100.00; (900 - 50) = 500 x 50% + 350 x 60% = 460.00.
    let report = report(
        "| 在职 | 2024-03-01 | active | secondary | | 300.00 | 100.00 |\n| 退休 | 2024-03-01 | retired | secondary | | 900.00 | 460.00 |\n",
    );
    let rows = exercised(&report);
    let expected = [
        ("covered", "place_not_covered", 0),
        ("deductible", "100.00 元", 1),
        ("deductible", "50.00 元", 1),
        ("limit", "1000.00 元", 2),
        ("rate", "50%", 2),
        ("rate", "60%", 1),
    ];
    assert_eq!(rows, expected);
    assert_eq!(report.rows[3].first.as_deref(), Some("一节/在职"));
    assert_eq!(report.rows[2].when, "退休");
    assert_eq!(
        report.coverage[0].cases,
        [("一节".to_owned(), "在职".to_owned()), ("一节".to_owned(), "退休".to_owned())]
    );
}

#[test]
fn a_rate_is_not_exercised_by_a_visit_that_the_deductible_swallows() {
    let report = report("| 全在起付以内 | 2024-03-01 | active | secondary | | 80.00 | 0.00 |\n");
    let rates = report.rows.iter().filter(|row| row.path.ends_with("rate"));
    assert!(rates.into_iter().all(|row| row.cases == 0));
    assert_eq!(report.rows.iter().filter(|row| row.cases == 1).count(), 2, "the deductible and the limit");
}

#[test]
fn a_reason_is_exercised_alone() {
    let report = report("| 临时外出 | 2024-03-01 | active | secondary | temporary | 300.00 | 0.00 |\n");
    let walked: Vec<&str> = report.rows.iter().filter(|row| row.cases == 1).map(|row| row.says.as_str()).collect();
    assert_eq!(walked, ["place_not_covered"]);
}

#[test]
fn rows_without_a_case_are_one_note_with_the_first_place() {
    let report = report("| 在职 | 2024-03-01 | active | secondary | | 300.00 | 100.00 |\n");
    let notes: Vec<_> = report.faults.iter().filter(|fault| fault.code == "rows_without_case").collect();
    assert_eq!(notes.len(), 1);
    assert_eq!(notes[0].severity, Severity::Note);
    assert!(notes[0].found.contains("表格 6 行里有 3 行"), "{}", notes[0].found);
}

#[test]
fn the_cases_that_ship_exercise_every_row() {
    let library = common::shipped();
    for area in library.areas() {
        let report = library.run_cases(area.code()).expect("a loaded area");
        let idle: Vec<_> = report.rows.iter().filter(|row| row.cases == 0).map(|row| (&row.path, &row.when)).collect();
        assert!(idle.is_empty(), "{}: {idle:?}", area.code());
        assert!(!report.rows.is_empty());
    }
}
