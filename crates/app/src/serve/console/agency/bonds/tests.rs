//! Bonds and contributions by an officer: acts come out, refusals name the article, nothing tells a whole certificate, and it
//! ends at the area's border.

use serde_json::{Value, json};

use crate::serve::console::testing::Pages;

const HOLDER: &str = "/api/v1/agency/members/50000000000002";

fn asking(who: &str, pledge: &str) -> Value {
    json!({ "name": "演示甲", "certificate": "990000195803121036", "relation": "parent", "pledge": pledge, "who": who,
        "limits": { "year": "500.00", "purposes": ["clinic", "care_premium"] } })
}

fn asked(pages: &Pages, who: &str, pledge: &str) -> Value {
    let (status, told) = pages.post("officer", &format!("{HOLDER}/bonds"), &asking(who, pledge));
    assert_eq!((status, &told["state"]), (200, &json!("requested")), "{told}");
    told["bond"].clone()
}

fn family(pages: &Pages) -> Value {
    pages.get("officer", &format!("{HOLDER}/bonds")).1
}

#[test]
fn a_bond_is_made_confirmed_limited_and_ended_at_the_counter() {
    let pages = Pages::start();
    let bond = asked(&pages, "holder", "CN-1");
    assert_eq!(asked(&pages, "holder", "CN-1"), bond, "the same pledge is the same bond");
    let act = |act: &str, body: &Value| pages.post("officer", &format!("{HOLDER}/bonds/{bond}/{act}"), body);
    let given = family(&pages)["given"][0].clone();
    assert_eq!((&given["confirms"], &given["limits"]["year"]), (&json!(["beneficiary", "officer"]), &json!("500.00")));
    let (status, refused) = act("confirm", &json!({ "who": "holder" }));
    assert_eq!((status, &refused["code"]), (422, &json!("bond_refused")), "not by who asked: {refused}");
    assert!(refused["message"].as_str().unwrap().contains("须由被授权人或经办人确认"), "{refused}");
    assert_eq!(act("confirm", &json!({ "who": "officer" })).1["state"], "confirmed");
    let limits = json!({ "who": "holder", "limits": { "year": "300.00", "until": "2026-12-31" }, "request": "1" });
    assert_eq!(act("limits", &limits).0, 200);
    let given = family(&pages)["given"][0].clone();
    assert_eq!((&given["limits"]["year"], &given["confirms"]), (&json!("300.00"), &json!([])), "{given}");
    assert_eq!(act("unbind", &json!({ "who": "officer" })).1["state"], "unbound");
    assert_eq!(act("burn", &json!({ "who": "officer" })).1["field"], "act");
    assert_eq!(act("unbind", &json!({ "who": "somebody" })).1["field"], "who");
    let (_, history) = pages.get("officer", &format!("{HOLDER}/history"));
    assert!(history["rows"].as_array().unwrap().len() >= 4, "{history}");
}

#[test]
fn what_a_bond_may_not_be_is_refused_with_field_or_article() {
    let pages = Pages::start();
    let ask = |body: &Value| pages.post("officer", &format!("{HOLDER}/bonds"), body).1;
    let with = |field: &str, value: Value| {
        let mut body = asking("officer", "CN-1");
        body[field] = value;
        body
    };
    assert_eq!(ask(&with("name", json!(" ")))["field"], "name");
    assert_eq!(ask(&with("certificate", json!("")))["field"], "certificate");
    assert_eq!(ask(&with("who", json!("me")))["field"], "who");
    assert_eq!(ask(&with("relation", json!("friend")))["code"], "invalid_value");
    let unpledged = ask(&with("pledge", json!("")));
    assert_eq!(unpledged["code"], "bond_refused", "{unpledged}");
    asked(&pages, "officer", "CN-1");
    assert_eq!(ask(&asking("officer", "CN-2"))["code"], "bond_refused", "nobody is bound twice");
    assert_eq!(family(&pages)["given"][0]["confirms"], json!(["holder"]));
}

#[test]
fn a_contribution_is_paid_once_for_the_relative_of_a_bond() {
    let pages = Pages::start();
    let bond = asked(&pages, "holder", "CN-1");
    let pay = |body: &Value| pages.post("officer", &format!("{HOLDER}/premiums"), body);
    let bill = |bond: &Value, bill: &str, amount: &str| json!({ "purpose": "care_premium", "bond": bond, "amount": amount, "bill": bill });
    let (_, early) = pay(&bill(&bond, "B1", "380.00"));
    assert_eq!(early["code"], "bond_refused", "before it is confirmed: {early}");
    pages.post("officer", &format!("{HOLDER}/bonds/{bond}/confirm"), &json!({ "who": "officer" }));
    let (status, paid) = pay(&bill(&bond, "B1", "380.00"));
    assert_eq!((status, &paid["balance"]), (200, &json!("1620.00")), "{paid}");
    assert!(paid["article"].as_str().is_some_and(|article| !article.is_empty()), "{paid}");
    assert_eq!(pay(&bill(&bond, "B1", "380.00")).1, paid, "twice is once");
    let (status, beyond) = pay(&bill(&bond, "B2", "380.00"));
    assert_eq!((status, &beyond["code"]), (422, &json!("account_short")), "beyond the year's limit: {beyond}");
    let (_, twice) = pay(&json!({ "purpose": "resident_premium", "bond": bond, "amount": "1.00", "bill": "B3" }));
    assert_eq!(twice["code"], "already_insured", "an employee is not insured as a resident too: {twice}");
    assert_eq!(pay(&bill(&json!(404), "B3", "1.00")).1["field"], "bond");
    let (status, forbidden) = pay(&json!({ "purpose": "large_amount_premium", "amount": "1.00", "bill": "B4" }));
    assert_eq!((status, &forbidden["code"]), (422, &json!("account_use_forbidden")), "{forbidden}");
    assert!(forbidden["article"].as_str().is_some_and(|article| !article.is_empty()), "{forbidden}");
    assert_eq!(pay(&json!({ "purpose": "fitness", "amount": "1.00", "bill": "B5" })).1["field"], "purpose");
    let family = family(&pages);
    assert_eq!((&family["uses"][0]["amount"], &family["uses"][0]["document"]), (&json!("380.00"), &json!("B1")));
    assert_eq!(family["given"][0]["used"], "380.00");
}

#[test]
fn certificates_stay_hidden_and_other_areas_closed() {
    let pages = Pages::start();
    asked(&pages, "holder", "CN-1");
    let told = family(&pages).to_string();
    assert!(told.contains("990000********1036") && !told.contains("990000195803121036"), "{told}");
    let elsewhere = "/api/v1/agency/members/21120000000012";
    for answer in [
        pages.get("officer", &format!("{elsewhere}/bonds")),
        pages.post("officer", &format!("{elsewhere}/bonds"), &asking("officer", "CN-1")),
        pages.post("officer", &format!("{elsewhere}/bonds/1/unbind"), &json!({ "who": "officer" })),
        pages.post(
            "officer",
            &format!("{elsewhere}/premiums"),
            &json!({ "purpose": "care_premium", "amount": "1.00", "bill": "1" }),
        ),
    ] {
        assert_eq!((answer.0, &answer.1["code"]), (403, &json!("not_your_area")), "{}", answer.1);
    }
    assert_eq!(pages.get("cashier", &format!("{HOLDER}/bonds")).0, 403);
}
