//! What counters are called, and what becomes of one that a later version continues.
mod common;

use common::area;
use gongji_policy::case::{Detail, quote};
use gongji_policy::{Area, Folder, Library, Severity, SourceFile};
use std::collections::BTreeSet;

fn names(area: &Area) -> Vec<String> {
    let rules = area.range_starts().find_map(|day| area.rules(day)).unwrap();
    rules.counters.iter().map(|counter| counter.name.to_string()).collect()
}

fn sound(folder: &Folder) -> Library {
    let library = Library::load(std::slice::from_ref(folder));
    let errors = library.faults().iter().filter(|(_, fault)| fault.severity == Severity::Error);
    let errors: Vec<String> = errors.map(|(_, fault)| fault.line(library.files())).collect();
    assert_eq!(errors, Vec::<String>::new());
    library
}

/// One benefit whose limits differ in one thing each.
const ALIKE: &str = r#"
[fact.item]
of = "charge"
values = ["basic", "other"]
default = "other"
[fact.nth]
ordinal = { of = "day", per = "month", by = ["institution"] }
[fact.day_of_month]
ordinal = { of = "day", per = "month" }
[benefit.ordinary_outpatient]
fund = "310100"
rate = { cite = "text:1", rows = [{ is = "50%" }, { when = { nth = 1 }, is = "60%" }, { when = { day_of_month = 1, nth = 1 }, is = "70%" }] }
limit = [
  { cite = "text:1", per = "year", rows = [{ is = "900.00" }] },
  { cite = "text:1", per = "day", rows = [{ is = "900.00" }] },
  { cite = "text:1", per = "opened", lasts = "24 hours", rows = [{ is = "900.00" }] },
  { cite = "text:1", per = "opened", lasts = "3 days", rows = [{ is = "900.00" }] },
  { cite = "text:1", per = "year", by = ["institution"], until = 2025-12-31, rows = [{ is = "900.00" }] },
  { cite = "text:1", per = "year", for = { class = "tertiary" }, rows = [{ is = "800.00" }] },
  { cite = "text:1", per = "year", for = { class = ["primary", "secondary"] }, rows = [{ is = "800.00" }] },
  { cite = "text:1", per = "year", for = { age = { at_least = 60, below = 70 } }, rows = [{ is = "800.00" }] },
  { cite = "text:1", per = "year", lines = { item = "basic" }, rows = [{ is = "700.00" }] },
  { cite = "text:1", per = "year", lines = { item = { not = "basic" } }, rows = [{ is = "700.00" }] },
  { cite = "text:1", per = "year", counts = ["*"], rows = [{ is = "950.00" }] },
  { cite = "text:1", per = "month", beyond = { fund = "390200", cite = "text:1" }, rows = [{ is = "950.00" }] },
  { cite = "text:1", per = "month", beyond = { fund = "330100", cite = "text:1" }, rows = [{ is = "950.00" }] },
  { cite = "text:1", per = "year", from = 2025-01-01, starts = "fresh", rows = [{ is = "990.00" }] },
  { cite = "text:1", per = "year", from = 2026-01-01, starts = "from 4", rows = [{ is = "990.00" }] },
]
"#;

fn alike() -> Folder {
    area(ALIKE)
}

#[test]
fn no_two_counters_of_an_area_have_one_name() {
    let mut areas = Vec::new();
    let shipped = common::shipped();
    areas.extend(shipped.areas());
    let alike = sound(&alike());
    areas.extend(alike.areas());
    for area in areas {
        let names = names(area);
        let distinct: BTreeSet<&String> = names.iter().collect();
        assert_eq!(distinct.len(), names.len(), "{names:#?}");
    }
}

#[test]
fn a_name_says_what_the_key_says() {
    let library = sound(&alike());
    let found = names(library.area("900001").unwrap());
    for name in [
        "ordinary_outpatient.fund_paid per year",
        "ordinary_outpatient.fund_paid per opened 24 hours",
        "ordinary_outpatient.fund_paid per opened 72 hours",
        "ordinary_outpatient.fund_paid per year by institution",
        "ordinary_outpatient.fund_paid per year for class=tertiary",
        "ordinary_outpatient.fund_paid per year for class=primary|secondary",
        "ordinary_outpatient.fund_paid per year for age<70>=60",
        "ordinary_outpatient.fund_paid per year lines item=basic",
        "ordinary_outpatient.fund_paid per year lines item!=basic",
        "*.fund_paid per year",
        "ordinary_outpatient.fund_paid per month except 390200",
        "ordinary_outpatient.fund_paid per year since 2025-01-01",
        "ordinary_outpatient.fund_paid per year since 2026-01-01 continuing [ordinary_outpatient.fund_paid per year until 2025-12-31]",
        "*.visit_number per day",
        "*.visit_number per day by institution",
        "*.visits per month of [*.visit_number per day by institution]",
    ] {
        assert!(found.iter().any(|known| known == name), "{name} is not among {found:#?}");
    }
}

/// Rows, values and conditions in another order, a further limit, further values of a fact: what
/// was there keeps its name.
#[test]
fn a_name_outlives_a_new_edition_of_its_package() {
    let before = sound(&alike());
    let mut folder = alike();
    let text = folder.files[0].text.clone();
    let other = text
        .replace("[\"primary\", \"secondary\"]", "[\"secondary\", \"primary\"]")
        .replace("at_least = 60, below = 70", "below = 70, at_least = 60")
        .replace("values = [\"basic\", \"other\"]", "values = [\"new\", \"basic\", \"other\"]")
        .replace("limit = [\n", "limit = [\n  { cite = \"text:1\", per = \"visit\", rows = [{ is = \"500.00\" }] },\n")
        .replace("from 4", "from 5");
    assert_ne!(*other, *text);
    folder.files[0] = SourceFile { path: folder.files[0].path.clone(), text: other.into() };
    let after = sound(&folder);
    let after: BTreeSet<String> = names(after.area("900001").unwrap()).into_iter().collect();
    for name in names(before.area("900001").unwrap()) {
        assert!(after.contains(&name), "{name} is not among {after:#?}");
    }
}

/// A limit for each institution until the end of June, then one for all together that goes on
/// from it: 300 at one, 100 at another, then 250 in all count what the first took at that place.
const CONTINUED: &str = r#"
[benefit.ordinary_outpatient]
fund = "310100"
rate = { cite = "text:1", rows = [{ is = "100%" }] }
limit = [
  { cite = "text:1", per = "year", until = 2024-06-30, rows = [{ is = "300.00" }] },
  { cite = "text:1", per = "year", from = 2024-07-01, until = 2024-09-30, starts = "from 0", for = { class = "primary" }, rows = [{ is = "500.00" }] },
  { cite = "text:1", per = "year", from = 2024-10-01, starts = "from 1", rows = [{ is = "600.00" }] },
]
"#;

#[test]
fn a_version_that_goes_on_counts_everything_once() {
    let library = sound(&area(CONTINUED));
    let visit = |date: &str, class: &str, amount: &str| {
        format!(
            r#"{{"id":"{date}","date":"{date}","care_type":"ordinary_outpatient","institution":{{"class":"{class}"}},
            "charges":[{{"amount":"{amount}"}}]}}"#
        )
    };
    let visits = [
        // 250 of 300.
        visit("2024-03-01", "primary", "250.00"),
        // 500 - 250 are left from July on, then 100 less.
        visit("2024-07-02", "primary", "100.00"),
        visit("2024-07-03", "primary", "200.00"),
        // Not counted by the second limit, nor limited by it.
        visit("2024-07-04", "tertiary", "90.00"),
        // 600 - 250 - 250 are left from October on.
        visit("2024-10-01", "tertiary", "40.00"),
        visit("2024-10-02", "primary", "80.00"),
    ];
    let case = format!(
        r#"{{"id":"c","pooling_area":"900001","member":{{"status":"active"}},"encounters":[{}]}}"#,
        visits.join(",")
    );
    let answer = serde_json::to_value(quote(&case, &library, Detail::Amounts)).unwrap();
    let paid: Vec<&str> = (0..6).map(|i| answer["settlements"][i]["hifp_pay"].as_str().unwrap()).collect();
    assert_eq!(paid, ["250.00", "100.00", "150.00", "90.00", "40.00", "60.00"], "{answer}");
}

/// Two that go on from each other, and two that a careless name would not tell apart.
#[test]
fn what_cannot_be_told_apart_is_refused() {
    let codes = |text: &str| {
        let library = Library::load(&[area(text)]);
        let errors = library.faults().iter().filter(|(_, fault)| fault.severity == Severity::Error);
        errors.map(|(_, fault)| fault.code).collect::<Vec<_>>()
    };
    let round = CONTINUED
        .replace("from = 2024-10-01, starts = \"from 1\"", "from = 2024-10-01, starts = \"from 2\"")
        .replace("starts = \"from 0\"", "starts = \"from 2\"");
    assert!(codes(&round).contains(&"invalid_value"));
    let alike = ALIKE
        .replace("values = [\"basic\", \"other\"]", "values = [\"basic\", \"other\", \"basic|other\"]")
        .replace("lines = { item = { not = \"basic\" } }", "lines = { item = \"basic|other\" }")
        .replace("lines = { item = \"basic\" }", "lines = { item = [\"basic\", \"other\"] }");
    assert!(codes(&alike).contains(&"counter_named_twice"), "{:?}", codes(&alike));
}
