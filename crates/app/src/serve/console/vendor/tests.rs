//! What a vendor sees: the own institution's messages only, explained, and the judgement of its client.

use serde_json::json;

use super::super::testing::Pages;

#[test]
fn messages_are_listed_with_what_their_codes_mean_and_nobody_elses() {
    let pages = Pages::recorded();
    let input = json!({ "data": { "mdtrt_cert_type": "02", "mdtrt_cert_no": "404" } });
    for (account, msgid) in [("cashier", "M1"), ("pharmacy", "M2")] {
        let said = json!({ "infno": "1101", "msgid": msgid, "input": input });
        assert_eq!(pages.post(account, "/api/v1/cashier/messages", &said).0, 200);
    }
    let listed = pages.until("vendor", "/api/v1/vendor/calls", |calls| calls["total"] != 0);
    assert_eq!((&listed["total"], &listed["faults"]), (&json!(1), &json!(1)), "{listed}");
    let row = &listed["rows"][0];
    assert_eq!((&row["code"], &row["msgid"]), (&json!("not_a_member"), &json!("M1")));
    assert!(row["meaning"].is_string() && row["remedy"].is_string() && row["request"].is_string(), "{row}");
    let none = pages.get("vendor", "/api/v1/vendor/calls?infno=2207").1;
    assert_eq!(none["total"], 0);
    let whole = pages.get("vendor", "/api/v1/vendor/calls?msgid=M1").1;
    assert_eq!(whole["total"], 1);
    let judged = pages.get("vendor", "/api/v1/vendor/certification").1;
    assert!(judged["total"].as_u64().unwrap() > 5 && judged["judgeable"] == true, "{judged}");
    assert!(judged["rows"][0]["steps"][0]["title"].is_string());
}

#[test]
fn without_a_call_log_the_page_says_how_to_begin() {
    let pages = Pages::start();
    let (status, problem) = pages.get("vendor", "/api/v1/vendor/calls");
    assert_eq!((status, &problem["code"]), (404, &json!("not_here")));
    let errors = pages.get("vendor", "/api/v1/vendor/errors").1;
    assert_eq!(errors["rows"].as_array().unwrap().len(), crate::his::errors::Code::ALL.len());
    let fate = pages.get("vendor", "/api/v1/vendor/messages/M404").1;
    assert_eq!(fate["state"], "not_recorded");
}
