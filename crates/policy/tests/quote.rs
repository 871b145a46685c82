//! The quote contract on the packages that ship: the published examples, and every kind of bad input.
mod common;
use gongji_policy::case::{Detail, quote};
use serde_json::{Value, json};

fn answer(case: &Value) -> Value {
    let library = common::shipped();
    serde_json::to_value(quote(&case.to_string(), &library, Detail::Amounts)).unwrap()
}

#[test]
fn the_five_published_chongqing_examples() {
    let rows = [
        ("retired", "employer", "1260", "secondary", "2800", "0", ["1890.00", "910.00", "0.00", "350.00"]),
        ("active", "employer", "2000", "tertiary", "3000", "0", ["1400.00", "1600.00", "0.00", "400.00"]),
        ("active", "employer", "989", "secondary", "6350", "4728", ["5581.20", "768.80", "0.00", "220.20"]),
        ("retired", "employer", "1380", "tertiary", "40000", "35208", ["38023.20", "1380.00", "596.80", "0.00"]),
        (
            "active",
            "individual_tier_2",
            "1068",
            "tertiary",
            "110400",
            "105409",
            ["107804.50", "1068.00", "1527.50", "0.00"],
        ),
    ];
    for (status, enrolment, account, class, total, prior, expected) in rows {
        let prior = if prior == "0" { json!([]) } else { json!([{"benefit": "special_disease", "fund_paid": prior}]) };
        let answer = answer(&json!({
            "id": "q19", "pooling_area": "500000",
            "member": {"status": status, "enrolment": enrolment, "account_balance": account},
            "encounters": [{"id": "e1", "date": "2024-06-01", "care_type": "ordinary_outpatient",
                "institution": {"class": class}, "charges": [{"amount": total}], "prior_benefits": prior}]}));
        let s = &answer["settlements"][0];
        let got = ["fund_pay_sumamt", "acct_pay", "psn_cash_pay", "balc"].map(|name| s[name].as_str().unwrap());
        assert_eq!(got, expected, "{answer}");
    }
}

/// A list long enough to overflow any sum is refused, not added up.
#[test]
fn endless_lists_of_amounts_are_refused() {
    let many: serde_json::Map<String, Value> =
        (0..101).map(|i| (format!("b{i}.fund_paid"), json!("999999999999.99"))).collect();
    let case = |used: Value, prior: Value| {
        json!({"id": "x", "pooling_area": "500000", "member": {"status": "active", "used": used},
            "encounters": [{"id": "e1", "date": "2024-06-01", "care_type": "ordinary_outpatient", "institution": {"class": "tertiary"},
                "charges": [{"amount": "1.00"}], "prior_benefits": prior}]})
    };
    let prior: Vec<Value> =
        (0..101).map(|_| json!({"benefit": "special_disease", "fund_paid": "999999999999.99"})).collect();
    let error = |case: Value| {
        let error = answer(&case)["error"].clone();
        (error["code"].as_str().unwrap().to_owned(), error["field"].as_str().unwrap().to_owned())
    };
    assert_eq!(error(case(Value::Object(many), json!([]))), ("out_of_range".into(), "member.used".into()));
    assert_eq!(
        error(case(json!({}), Value::Array(prior))),
        ("out_of_range".into(), "encounters[0].prior_benefits".into())
    );
}
