//! The list of settlements: pages that together are the list, sums over all of it, and filters by persons and amounts.

use serde_json::{Value, json};

use crate::serve::console::testing::{Pages, settle_as, take_back};

const RANGE: &str = "/api/v1/agency/settlements?from=2026-01-01&to=2026-12-31";

fn asked(pages: &Pages, more: &str) -> Value {
    let (status, answer) = pages.get("officer", &format!("{RANGE}{more}"));
    assert_eq!(status, 200, "{answer}");
    answer
}

fn totals(answer: &Value) -> Vec<&str> {
    answer["rows"].as_array().unwrap().iter().map(|row| row["total"].as_str().unwrap()).collect()
}

#[test]
fn pages_are_of_one_list_with_sums_over_all_of_it() {
    let pages = Pages::start();
    for (letters, total) in [("A", "300.00"), ("B", "500.00"), ("C", "400.00")] {
        settle_as(&pages, letters, total);
    }
    let first = asked(&pages, "&sort=-total&size=2");
    let second = asked(&pages, "&sort=-total&size=2&page=2");
    assert_eq!((totals(&first), totals(&second)), (vec!["500.00", "400.00"], vec!["300.00"]));
    for page in [&first, &second] {
        assert_eq!((&page["total"], &page["sums"]["total"]), (&json!(3), &json!("1200.00")), "{page}");
    }
    assert_eq!(totals(&asked(&pages, "")), ["400.00", "500.00", "300.00"], "the newest first");
    assert_eq!(totals(&asked(&pages, "&sort=time")), ["300.00", "500.00", "400.00"]);
    assert_eq!(asked(&pages, "&page=9")["rows"], json!([]));
}

#[test]
fn what_is_settled_or_taken_back_later_is_in_the_next_answer() {
    let pages = Pages::start();
    let first = settle_as(&pages, "A", "300.00");
    assert_eq!(asked(&pages, "")["total"], 1);
    settle_as(&pages, "B", "500.00");
    assert_eq!(asked(&pages, "")["total"], 2);
    take_back(&pages, &first);
    let both = asked(&pages, "");
    assert_eq!((&both["sums"]["cancelled"], &both["sums"]["total"]), (&json!(1), &json!("500.00")));
    let [standing, cancelled] = ["standing", "cancelled"].map(|state| asked(&pages, &format!("&state={state}")));
    assert_eq!((totals(&standing), totals(&cancelled)), (vec!["500.00"], vec!["300.00"]));
    assert!(cancelled["rows"][0]["cancelled_by"].is_string(), "{cancelled}");
}

#[test]
fn rows_say_who_settled_and_are_found_by_it() {
    let pages = Pages::start();
    let number = settle_as(&pages, "A", "300.00");
    let row = asked(&pages, "")["rows"][0].clone();
    assert_eq!((&row["number"], &row["person"]), (&json!(number), &json!("50000000000002")), "{row}");
    assert!(!row["name"].as_str().unwrap().is_empty() && row["certificate"].as_str().unwrap().contains('*'), "{row}");
    for (query, found) in [
        ("&certificate=990000198605011040", 1),
        ("&certificate=990000198605011041", 0),
        ("&name=%E6%97%A0%E6%AD%A4", 0),
        ("&status=active", 1),
        ("&status=retired", 0),
        ("&person=50000000000002", 1),
        ("&person=50000000000003", 0),
        ("&field=total&compare=ge&amount=300", 1),
        ("&field=total&compare=gt&amount=300", 0),
        ("&field=eligible&compare=lt&amount=300.01", 1),
        ("&class=tertiary", 1),
        ("&class=primary", 0),
    ] {
        assert_eq!(asked(&pages, query)["total"], found, "{query}");
    }
    let (status, whole) = pages.get("officer", &format!("/api/v1/agency/settlements/{number}"));
    assert_eq!((status, &whole["row"]), (200, &row), "{whole}");
}
