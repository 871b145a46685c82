//! An institution's file held against the centre at the desk: two true messages, and each difference with its cause and remedy.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::serve::console::testing::{Pages, settle};

const PATH: &str = "/api/v1/cashier/books";

fn question(text: &str) -> Value {
    json!({ "msgids": ["U1", "R1"], "books": { "name": "day.txt", "base64": STANDARD.encode(text) },
        "from": "2026-03-01", "to": "2026-03-01", "agency": "500000" })
}

/// The row of a settlement as the institution has it.
fn row(pages: &Pages, settlement: &str, fund: &str) -> String {
    let (_, whole) = pages.get("member", &format!("/api/v1/me/settlements/{settlement}"));
    let row = &whole["row"];
    let word = |name: &str| row[name].as_str().unwrap().to_owned();
    let fund = if fund.is_empty() { word("fund") } else { fund.to_owned() };
    let cells = [settlement, &word("visit"), "50000000000002", &word("total"), &fund, &word("account"), "0"];
    cells.join("\t") + "\n"
}

#[test]
fn the_same_books_are_even_by_two_messages() {
    let pages = Pages::start();
    let settlement = settle(&pages, "3000.00");
    let (status, held) = pages.post("cashier", PATH, &question(&row(&pages, &settlement, "")));
    assert_eq!(status, 200, "{held}");
    let sent = |at: usize| (held["messages"][at]["infno"].clone(), held["messages"][at]["infcode"].clone());
    assert_eq!((sent(0), sent(1)), ((json!("9101"), json!("0")), (json!("3202"), json!("0"))), "{held}");
    assert!(held["result"].is_string(), "{held}");
    assert_eq!(held["answer"]["differences"], json!([]), "{held}");
    let sides = &held["answer"]["sides"];
    assert_eq!((&sides[0]["total"], &sides[1]["total"]), (&json!("3000.00"), &json!("3000.00")), "{held}");
}

#[test]
fn a_difference_is_told_with_its_cause_and_what_mends_it() {
    let pages = Pages::start();
    let settlement = settle(&pages, "3000.00");
    let (_, amounts) = pages.post("cashier", PATH, &question(&row(&pages, &settlement, "1.00")));
    let one = &amounts["answer"]["differences"][0];
    assert_eq!((&one["settlement"], &one["institution"][1]), (&json!(settlement), &json!("1.00")), "{amounts}");
    assert!(["said", "mend"].iter().all(|word| !one[word].as_str().unwrap().is_empty()), "{amounts}");
    let mut empty = question("");
    empty["msgids"] = json!(["U2", "R2"]);
    let (_, lost) = pages.post("cashier", PATH, &empty);
    assert_eq!(lost["answer"]["differences"][0]["settlement"], json!(settlement), "{lost}");
}

#[test]
fn what_the_centre_refuses_is_shown_as_its_answer_and_a_bad_file_is_named_by_its_row() {
    let pages = Pages::start();
    let (status, bad) = pages.post("cashier", PATH, &question("x\ty\n"));
    assert_eq!((status, &bad["field"]), (400, &json!("books")), "{bad}");
    assert!(bad["message"].as_str().unwrap().contains("day.txt 第 1 行"), "{bad}");
    let mut late = question("");
    late["to"] = json!("2026-02-01");
    let (status, refused) = pages.post("cashier", PATH, &late);
    assert_eq!((status, refused["messages"].as_array().unwrap().len()), (200, 2), "{refused}");
    assert!(refused["messages"][1]["err_msg"].as_str().unwrap().contains("stmt_enddate"), "{refused}");
    assert!(refused["answer"].is_null(), "{refused}");
    let mut number = question("");
    number["msgids"] = json!(["U 1", "R1"]);
    assert_eq!(pages.post("cashier", PATH, &number).1["field"], "msgids.0");
    assert_eq!(pages.post("member", PATH, &question("")).0, 403);
}
