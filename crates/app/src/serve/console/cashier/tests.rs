//! The cashier's desk: what goes out is a message like any other, only for the own institution, and the same again is the
//! first answer.

use serde_json::{Value, json};

use super::super::testing::Pages;

const MEMBER: &str = "990000198605011040";

/// Sends a message; what came of it.
fn send(pages: &Pages, infno: &str, msgid: &str, input: &Value) -> (u16, Value) {
    let said = json!({ "infno": infno, "msgid": msgid, "insured_in": "500000", "input": input });
    pages.post("cashier", "/api/v1/cashier/messages", &said)
}

fn reply(sent: &Value) -> Value {
    serde_json::from_str(sent["reply"].as_str().unwrap_or_else(|| panic!("no reply in {sent}"))).unwrap()
}

#[test]
fn a_member_is_found_by_a_message_as_any_client_sends_it() {
    let pages = Pages::start();
    let (status, about) = pages.get("cashier", "/api/v1/cashier");
    assert_eq!(status, 200, "{about}");
    assert_eq!((&about["institution"]["code"], &about["open"]), (&json!("H50000000001"), &json!(true)));
    let input = json!({ "data": { "mdtrt_cert_type": "02", "mdtrt_cert_no": MEMBER } });
    let (status, sent) = send(&pages, "1101", "M1", &input);
    assert_eq!((status, &sent["infcode"]), (200, &json!("0")), "{sent}");
    assert_eq!(reply(&sent)["output"]["baseinfo"]["psn_no"], "50000000000002");
    let request: Value = serde_json::from_str(sent["request"].as_str().unwrap()).unwrap();
    assert_eq!((&request["fixmedins_code"], &request["input"]), (&json!("H50000000001"), &input));
}

#[test]
fn the_same_message_again_is_one_visit_and_its_fate_is_told() {
    let pages = Pages::start();
    let input = json!({ "data": { "psn_no": "50000000000002", "mdtrt_cert_type": "02", "mdtrt_cert_no": MEMBER,
        "insutype": "310", "begntime": "2026-02-10 09:00:00", "ipt_otp_no": "MZ1", "atddr_no": "D1", "dr_name": "医",
        "dept_code": "01", "dept_name": "内科", "caty": "A03" } });
    let fate = |msgid: &str| pages.get("cashier", &format!("/api/v1/cashier/messages/{msgid}")).1["state"].clone();
    assert_eq!(fate("M2"), "not_recorded");
    let first = reply(&send(&pages, "2201", "M2", &input).1)["output"]["data"]["mdtrt_id"].clone();
    let again = reply(&send(&pages, "2201", "M2", &input).1)["output"]["data"]["mdtrt_id"].clone();
    assert_eq!((first.is_string(), &first), (true, &again));
    assert_eq!(fate("M2"), "recorded");
}

#[test]
fn what_is_no_message_of_a_desk_is_refused_by_the_field() {
    let pages = Pages::start();
    let input = json!({ "data": {} });
    for (infno, msgid, input, field) in [
        ("9101", "M1", &input, "infno"),
        ("1101", "", &input, "msgid"),
        ("1101", "M 1", &input, "msgid"),
        ("1101", "M1", &json!([]), "input"),
    ] {
        let (status, problem) = send(&pages, infno, msgid, input);
        assert_eq!((status, &problem["field"]), (400, &json!(field)), "{problem}");
    }
    for (account, path) in [("member", "/api/v1/cashier"), ("vendor", "/api/v1/cashier"), ("cashier", "/api/v1/vendor")]
    {
        assert_eq!(pages.get(account, path).0, 403, "{account} {path}");
    }
    let order = json!({ "infno": "2207", "trouble": "drop-reply" });
    assert_eq!(pages.post("cashier", "/api/v1/cashier/trouble", &order).0, 404, "only a sandbox breaks things");
}

#[test]
fn the_catalogue_is_found_by_code_and_name_and_says_what_it_does_not_have() {
    let pages = Pages::start();
    let found =
        |words: &str| pages.get("cashier", &format!("/api/v1/cashier/catalogue?words={words}")).1["rows"].clone();
    let by_code = found("demo-yp-0003");
    assert_eq!((by_code.as_array().unwrap().len(), &by_code[0]["level"]), (1, &json!("乙")), "{by_code}");
    assert_eq!(by_code[0]["ceiling"], "12.500000");
    let by_name = found("%E7%94%B2%E7%B1%BB");
    assert!(by_name.as_array().unwrap().iter().any(|row| row["code"] == "DEMO-YP-0001"), "{by_name}");
    let none = found("NOT-THERE");
    assert_eq!((&none[0]["listed"], &none[0]["code"]), (&json!(false), &json!("NOT-THERE")));
}
