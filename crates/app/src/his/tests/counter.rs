//! The counter over REST: members, matters, statements, and what is refused, by real requests.

use serde_json::{Value, json};

use std::sync::Arc;

use super::{ACTIVE, Server};
use crate::cli::load;
use crate::his::Policies;
use crate::his::auth::Guard;
use crate::his::auth::keys::Keys;
use crate::serve::agency::{ROOT, description};

const PERSON: &str = "21120000000012";

/// Status and body of a request by an officer.
fn ask(server: &Server, method: &str, path: &str, by: &str, body: &str) -> (u16, Value) {
    let head = format!("{method} {ROOT}{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{by}Content-Type: application/json\r\n");
    let (status, body) = server.exchange(&head, body.as_bytes());
    (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

fn get(server: &Server, path: &str) -> (u16, Value) {
    ask(server, "GET", path, "", "")
}

fn post(server: &Server, path: &str, by: &str, body: &Value) -> (u16, Value) {
    ask(server, "POST", path, &format!("X-Officer: {by}\r\n"), &body.to_string())
}

fn refund() -> Value {
    let kinds = ["返还申请", "参保人身份证件", "收款账户", "转入地参保凭证"];
    let documents: Vec<Value> = kinds.iter().map(|kind| json!({ "kind": kind, "number": "1" })).collect();
    json!({ "kind": { "refund": { "reason": "cross_scheme" } }, "documents": documents })
}

#[test]
fn a_matter_goes_its_way_over_rest() {
    let server = Server::start();
    let matters = format!("/members/{PERSON}/matters");
    // 甲 and 乙, percent-encoded.
    let (one, other) = ("%E7%94%B2", "%E4%B9%99");
    let (status, filed) = post(&server, &matters, one, &refund());
    assert_eq!((status, &filed["stage"], &filed["article"]), (200, &json!("已受理"), &json!("xize:19")), "{filed}");
    let step = |word: &str, by: &str| post(&server, &format!("{matters}/{}/{word}", filed["number"]), by, &json!({}));
    let (status, own) = step("approve", one);
    assert_eq!((status, &own["code"], &own["article"]), (422, &json!("second_officer_needed"), &json!("xize:19")));
    assert!(own["message"].as_str().unwrap().starts_with("甲 已受理本业务"), "{own}");
    assert_eq!(step("approve", other).0, 200);
    let (status, done) = step("carry-out", one);
    assert_eq!((status, &done["moved"][0]["refund"]["parts"]["current"]), (200, &json!("600.00")), "{done}");
    assert_eq!(step("carry-out", one), (200, done));
    let (status, late) =
        post(&server, &format!("{matters}/{}/reject", filed["number"]), other, &json!({ "why": "误" }));
    assert_eq!((status, &late["code"]), (409, &json!("matter_stage")));

    let (_, listed) = get(&server, &matters);
    assert_eq!((&listed["current"], &listed["affairs"]["matters"][0]["filed_by"]), (&json!("0.00"), &json!("甲")));
    let (status, statement) = get(&server, &format!("/members/{PERSON}/statement?from=2026-01-01&to=2026-12-31"));
    assert_eq!(
        (status, &statement["closing"]["total"], &statement["spending"]),
        (200, &json!("0.00"), &json!("600.00"))
    );
    let (status, csv) = get(&server, &format!("/members/{PERSON}/statement?from=2026-01-01&to=2026-12-31&format=csv"));
    assert_eq!((status, csv.as_str().unwrap().lines().count()), (200, 3));
    let (_, year) = get(&server, "/areas/211200/report?year=2026");
    assert_eq!((&year["untied"], &year["total_spending"]), (&Value::Null, &json!({ "count": 1, "amount": "600.00" })));
}

#[test]
fn facts_are_told_and_members_shown_over_rest() {
    let server = Server::start();
    let person = format!("/members/{}", ACTIVE.psn_no);
    let died = json!({ "facts": [{ "died": "2026-02-20" }], "why": "死亡登记", "request": "1" });
    let (status, first) = post(&server, &format!("{person}/facts"), "A", &died);
    assert_eq!((status, &first["facts"]), (200, &json!(1)), "{first}");
    assert_eq!(post(&server, &format!("{person}/facts"), "A", &died), (200, first));
    let (status, shown) = get(&server, &person);
    assert_eq!((status, &shown["member"]["died"], &shown["balance"]), (200, &json!("2026-02-20"), &json!("2000.00")));
    let early = json!({ "facts": [{ "died": "1900-01-01" }] });
    let (status, fault) = post(&server, &format!("{person}/facts"), "A", &early);
    assert_eq!((status, &fault["code"], &fault["field"]), (422, &json!("fact_refused"), &json!("facts.0")), "{fault}");
}

#[test]
fn what_cannot_be_done_is_said_with_its_code_and_field() {
    let server = Server::start();
    let matters = format!("/members/{PERSON}/matters");
    let mut unknown = refund();
    unknown["remark"] = json!("x");
    for (path, by, body, status, code, field) in [
        (matters.as_str(), "", refund(), 400, "missing_field", Some("by")),
        (&matters, "%FF", refund(), 400, "invalid_utf8", Some("X-Officer")),
        (&matters, "A", unknown, 400, "invalid_value", None),
        (&matters, "A", json!([]), 400, "invalid_value", None),
        ("/members/1/matters", "A", refund(), 404, "not_a_member", Some("person")),
        (&format!("{matters}/7/approve"), "A", json!({}), 404, "matter_not_found", None),
        (&matters, "A", json!({ "kind": "release" }), 422, "documents_missing", None),
    ] {
        let (is, fault) = post(&server, path, by, &body);
        assert_eq!((is, &fault["code"], fault["field"].as_str()), (status, &json!(code), field), "{path} {fault}");
    }
    assert_eq!(get(&server, "/members/1").0, 404);
    assert_eq!(get(&server, &format!("/members/{PERSON}/statement?from=x&to=y")).0, 400);
    assert_eq!(get(&server, "/areas/500000/matters").1["refund"]["article"], json!("xize:10"));
    let (status, text) = ask(&server, "POST", &matters, "X-Officer: A\r\n", "{");
    assert_eq!((status, &text["code"]), (400, &json!("invalid_json")));
}

#[test]
fn a_page_in_a_browser_and_other_machines_get_nothing() {
    let server = Server::start();
    let (status, fault) = ask(&server, "GET", &format!("/members/{PERSON}"), "Origin: http://x\r\n", "");
    assert_eq!((status, &fault["code"]), (403, &json!("counter_local")));
    let directory = crate::serve::demo::directory().unwrap();
    let codes: Vec<&str> = directory.institution_codes().collect();
    let keys = format!(
        "[[gateway]]\naccess_key = \"k\"\nsecret_key = \"0123456789abcdef0123\"\ninstitutions = {codes:?}\nwindow_seconds = 300\nahead_seconds = 300\n"
    );
    let server = Server::guarded(|| Guard::new(Keys::read(&keys).unwrap(), &directory, false).unwrap());
    let (status, fault) = get(&server, &format!("/members/{PERSON}"));
    assert_eq!((status, &fault["code"]), (403, &json!("counter_local")), "{fault}");
}

#[test]
fn the_description_is_the_one_that_is_checked_in() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/openapi.json");
    let kept = std::fs::read_to_string(here).unwrap_or_default();
    assert_eq!(kept, description().unwrap(), "gongji openapi > docs/reference/openapi.json");
    let (status, told) = get(&Server::start(), "/openapi.json");
    assert_eq!((status, told), (200, serde_json::from_str::<Value>(&kept).unwrap()));
}

#[test]
fn bonds_premiums_and_a_months_credits_go_over_rest() {
    let server = Server::with(Arc::new(Policies::load(&load::shipped()).unwrap()));
    let person = "/members/50000000000001";
    let party = |number: &str, name: &str, certificate: &str| json!({ "number": number, "name": name, "certificate": certificate });
    let asked = json!({
        "holder": party("50000000000002", "演示乙", "990000198605011040"),
        "beneficiary": party("50000000000003", "演示丙", "990000197911301076"),
        "relation": "spouse", "pledge": "CN-1", "limits": { "year": "100.00" },
        "by": { "person": "990000198605011040" }
    });
    let (status, wrong) = post(&server, &format!("{person}/bonds"), "A", &asked);
    assert_eq!((status, &wrong["code"], &wrong["field"]), (400, &json!("invalid_value"), &json!("holder")), "{wrong}");
    let bonds = "/members/50000000000002/bonds";
    let (status, told) = post(&server, bonds, "A", &asked);
    assert_eq!((status, &told["state"]), (200, &json!("requested")), "{told}");
    let step = |word: &str, body: &Value| post(&server, &format!("{bonds}/{}/{word}", told["bond"]), "A", body);
    assert_eq!(step("confirm", &json!({ "who": "holder" })).0, 422);
    assert_eq!(step("confirm", &json!({ "who": "beneficiary" })).1["state"], json!("confirmed"));
    assert_eq!(step("limits", &json!({ "who": "holder", "limits": { "total": "50.00" } })).0, 200);
    let (_, listed) = get(&server, bonds);
    assert_eq!(listed["given"][0]["request"]["limits"]["total"], json!("50.00"), "{listed}");
    assert_eq!(step("unbind", &json!({ "who": "beneficiary" })).1["state"], json!("unbound"));

    let bill =
        json!({ "holder": "50000000000001", "purpose": "large_amount_premium", "amount": "96.00", "bill": "D1" });
    let (status, paid) = post(&server, &format!("{person}/premiums"), "A", &bill);
    assert_eq!((status, &paid["amount"]), (200, &json!("96.00")), "{paid}");
    let fitness = json!({ "holder": "50000000000001", "purpose": "fitness", "amount": "9.00", "bill": "D2" });
    let (status, refused) = post(&server, &format!("{person}/premiums"), "A", &fitness);
    assert_eq!((status, &refused["code"]), (422, &json!("account_use_forbidden")), "{refused}");

    let run = |preview: bool| post(&server, "/areas/500000/credits/2026-02", "A", &json!({ "preview": preview }));
    let (status, planned) = run(true);
    assert_eq!((status, &planned["books"]), (200, &Value::Null), "{planned}");
    let (_, first) = run(false);
    assert_eq!((&first["credited"], &first["books"]["ties"]), (&planned["credited"], &json!(true)), "{first}");
    let (_, again) = run(false);
    assert_eq!(again["credited"]["credits"], json!(0), "{again}");
    for (path, code) in
        [("/areas/500000/credits/2026-99", "invalid_value"), ("/areas/110000/credits/2026-02", "no_policy_for_area")]
    {
        assert_eq!(post(&server, path, "A", &json!({})).1["code"], json!(code));
    }
}

#[test]
fn lists_feeds_and_the_turn_of_the_year_go_over_rest() {
    let server = Server::with(Arc::new(Policies::load(&load::shipped()).unwrap()));
    let send = |path: &str, body: &str| ask(&server, "POST", path, "X-Officer: A\r\n", body);
    let list = "number,name,certificate,birth,area,category,enrolment,since,current\n\
                M1,Zhang,990000198001010033,1980-01-01,500000,11,employer,2010-01-01,50.00\n\
                M2,Li,990000198001010044,1980-13-01,500000,11,employer,2010-01-01,\n";
    let (status, report) = send("/members?name=list.csv", list);
    assert_eq!((status, &report["refused"], &report["bad"][0]["line"]), (200, &json!(true), &json!(3)), "{report}");
    let (_, report) = send("/members?name=list.csv&skip_bad=true", list);
    assert_eq!((&report["enrolled"], &report["refused"]), (&json!(1), &json!(false)), "{report}");
    assert_eq!(get(&server, "/members/M1").1["balance"], json!("50.00"));
    let feed = "number,month,base,own,pooled,received\nM1,2026-02,5000.00,100.00,400.00,2026-02-20\n";
    let (status, report) = send("/contributions?name=feed.csv", feed);
    assert_eq!((status, &report["report"]["taken"], &report["bad"]), (200, &json!(1), &json!([])), "{report}");
    let (_, run) = send("/areas/500000/carry-over/2025", "{}");
    assert_eq!(run["failed"], json!([]), "{run}");
    for (path, body, code) in [
        ("/members?name=list.pdf", list, "invalid_value"),
        ("/contributions?name=feed.csv", "x", "invalid_value"),
        ("/areas/500000/carry-over/2020", "{}", "invalid_value"),
    ] {
        assert_eq!(send(path, body).1["code"], json!(code), "{path}");
    }
}
