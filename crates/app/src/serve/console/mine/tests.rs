//! What a member sees and may ask for: the own account and nobody else's.

use serde_json::{Value, json};

use super::super::testing::{Pages, settle, settle_as, take_back};

/// What stands before the words of a citation.
fn key(citation: &Value) -> &str {
    citation.as_str().unwrap().split(' ').next().unwrap()
}

#[test]
fn the_cards_are_the_engines_own_figures() {
    let pages = Pages::start();
    let me = pages.get("member", "/api/v1/me").1;
    assert_eq!((&me["account"]["total"], &me["insurance"]["in_benefit"]), (&json!("2000.00"), &json!(true)), "{me}");
    let tertiary = |me: &Value| {
        me["allowances"].as_array().unwrap().iter().find(|one| one["class"] == "tertiary").unwrap().clone()
    };
    let before = tertiary(&me);
    assert_eq!((&before["deductible"]["total"], &before["deductible"]["used"]), (&json!("200.00"), &json!("0.00")));
    settle(&pages, "3000.00");
    let me = pages.get("member", "/api/v1/me").1;
    let after = tertiary(&me);
    assert_eq!((&after["deductible"]["used"], &after["deductible"]["left"]), (&json!("200.00"), &json!("0.00")));
    assert_eq!((&after["limit"]["used"], &me["account"]["total"]), (&json!("1400.00"), &json!("400.00")));
    assert_eq!(after["limit"]["total"], before["limit"]["total"]);
    assert_eq!((&me["sums"]["fund"], &me["sums"]["cash"]), (&json!("1400.00"), &json!("0.00")));
    assert!(me["articles"][key(&after["limit"]["article"])]["text"].is_string(), "{me}");
    assert!(!me["person"]["certificate"].as_str().unwrap().contains("19860501"));
}

#[test]
fn settlements_stand_by_month_and_what_was_cancelled_comes_to_nothing() {
    let pages = Pages::start();
    let id = settle(&pages, "3000.00");
    let whole = pages.get("member", &format!("/api/v1/me/settlements/{id}")).1;
    assert_eq!(
        (&whole["sheet"]["fund_pay_sumamt"], &whole["sheet"]["balc"]),
        (&json!("1400.00"), &json!("400.00")),
        "{whole}"
    );
    let steps = whole["sheet"]["steps"].as_array().unwrap();
    assert!(steps.iter().any(|step| whole["articles"][key(&step["article"])]["text"].is_string()), "{whole}");
    assert_eq!((&whole["lines"][0]["code"], &whole["lines"][0]["level"]), (&json!("DEMO-YP-0001"), &json!("甲")));
    take_back(&pages, &id);
    let listed = pages.get("member", "/api/v1/me/settlements?year=2026").1;
    let months = &listed["months"];
    assert_eq!((&months[0]["month"], &months[0]["count"]), (&json!("2026-02"), &json!(0)), "{months}");
    assert_eq!(months[0]["sums"], json!({ "total": "0.00", "fund": "0.00", "account": "0.00", "cash": "0.00" }));
    let rows = listed["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["cancels"], &rows[1]["cancelled_by"]), (2, &json!(id), &rows[0]["settlement"]));
    assert_eq!(pages.get("member", "/api/v1/me/settlements/404").0, 404);
}

#[test]
fn long_lists_come_by_pages_with_the_sums_of_all() {
    let pages = Pages::start();
    for (letters, total) in [("A", "300.00"), ("B", "500.00"), ("C", "400.00")] {
        settle_as(&pages, letters, total);
    }
    let page = |number: u8| {
        let path = format!("/api/v1/me/settlements?year=2026&size=2&page={number}");
        let answer = pages.get("member", &path).1;
        let month = &answer["months"][0];
        assert_eq!((&month["count"], &month["sums"]["total"]), (&json!(3), &json!("1200.00")), "{answer}");
        assert_eq!(answer["total"], 3, "{answer}");
        answer["rows"].as_array().unwrap().clone()
    };
    let [first, second] = [page(1), page(2)];
    assert_eq!((first.len(), second.len()), (2, 1));
    assert!(second.iter().all(|row| !first.contains(row)), "{first:?} {second:?}");
    let none = pages.get("member", "/api/v1/me/settlements?year=2025").1;
    assert_eq!((&none["total"], &none["months"], &none["years"]), (&json!(0), &json!([]), &json!(["2026"])), "{none}");
    let path = "/api/v1/me/statement?from=2026-01-01&to=2026-12-31";
    let all = pages.get("member", path).1;
    let total = all["total"].as_u64().unwrap();
    let last = pages.get("member", &format!("{path}&size=1&page={total}")).1;
    assert_eq!(last["rows"], json!([all["rows"].as_array().unwrap().last()]), "{last}");
    for sum in ["opening", "income", "spending", "closing", "total"] {
        assert_eq!(last[sum], all[sum], "{sum}");
    }
}

#[test]
fn a_statement_runs_and_is_given_as_a_file() {
    let pages = Pages::start();
    settle(&pages, "3000.00");
    let path = "/api/v1/me/statement?from=2026-01-01&to=2026-12-31";
    let statement = pages.get("member", path).1;
    assert_eq!(
        (&statement["closing"]["total"], &statement["spending"]),
        (&json!("400.00"), &json!("1600.00")),
        "{statement}"
    );
    assert_eq!(pages.get("member", &format!("{path}&format=paper")).0, 400);
    assert_eq!(pages.get("member", "/api/v1/me/statement?from=2001-01-01&to=2026-12-31").0, 400);
}

#[test]
fn a_member_asks_for_a_relative_and_ends_it_again() {
    let pages = Pages::start();
    let asking = json!({ "name": "演示甲", "certificate": "990000195803121036", "relation": "parent", "request": "1",
        "pledged": true, "limits": { "year": "500.00" } });
    let refused = json!({ "name": "演示甲", "certificate": "990000195803121036", "relation": "parent", "request": "1",
        "pledged": false });
    assert_eq!(pages.post("member", "/api/v1/me/bonds", &refused).1["field"], "pledged");
    let (status, told) = pages.post("member", "/api/v1/me/bonds", &asking);
    assert_eq!((status, &told["state"]), (200, &json!("requested")), "{told}");
    assert_eq!(pages.post("member", "/api/v1/me/bonds", &asking).1, told, "twice is once");
    let bonds = pages.get("member", "/api/v1/me/bonds").1;
    assert_eq!(
        (&bonds["given"][0]["name"], &bonds["given"][0]["limits"]["year"]),
        (&json!("演示甲"), &json!("500.00"))
    );
    let at = |act: &str| format!("/api/v1/me/bonds/{}/{act}", told["bond"]);
    assert_eq!(pages.post("member", &at("confirm"), &json!({})).0, 422, "not by who asked");
    let (status, told) = pages.post("member", &at("unbind"), &json!({}));
    assert_eq!((status, &told["state"]), (200, &json!("unbound")), "{told}");
    assert_eq!(pages.post("member", "/api/v1/me/bonds/404/unbind", &json!({})).0, 400);
    assert_eq!(pages.get("cashier", "/api/v1/me").0, 403);
}
