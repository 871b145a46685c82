//! The calculator's answers: the engine's own, to the fen, with everything that a page shows beside them.

use gongji_domain::Fen;
use gongji_policy::Library;
use gongji_policy::case::{Detail, quote};
use serde_json::{Value, json};

use crate::cli::load;
use crate::serve::console::tried::Tried;

fn case(area: &str, class: &str, amount: &str) -> Value {
    json!({
        "id": "c", "pooling_area": area,
        "member": { "status": "active", "account_balance": "300.00" },
        "encounters": [{
            "id": "1", "date": "2024-06-01", "care_type": "ordinary_outpatient",
            "institution": { "class": class }, "charges": [{ "amount": amount }],
        }],
    })
}

fn fen(value: &Value) -> Fen {
    value.as_str().unwrap().parse().unwrap()
}

#[test]
fn a_form_is_told_all_that_the_rules_of_each_area_ask() {
    let areas = Tried::start().get("/areas").fine();
    assert_eq!(areas["total"], 4);
    let chongqing = areas["rows"].as_array().unwrap().iter().find(|one| one["area"] == "500000").unwrap();
    assert_eq!((&chongqing["name"], &chongqing["status"]), (&json!("重庆市"), &json!("in_force")));
    let fact = |name: &str| chongqing["facts"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap();
    assert_eq!(fact("class")["values"][2], json!({ "value": "tertiary", "words": "三级" }));
    assert_eq!(fact("enrolment")["default"], "employer");
    assert_eq!((&fact("large_amount")["default"], &fact("large_amount")["read"]), (&json!(false), &json!(true)));
    // It decides credits only, so that no visit depends on it.
    assert_eq!(fact("lump_sum_period")["read"], false);
    assert!(chongqing["open"].as_array().unwrap().contains(&json!("special_disease")));
    let draft = areas["rows"].as_array().unwrap().iter().find(|one| one["area"] == "360100").unwrap();
    assert_eq!(draft["status"], "draft");
}

#[test]
fn a_quote_is_the_engines_answer_with_the_words_of_every_article() {
    let (tried, asked) = (Tried::start(), case("500000", "tertiary", "3000.00"));
    let told = tried.post("/quote", &asked).fine();
    let library = Library::load(&load::Policies::default().folders().unwrap());
    let same = serde_json::to_value(quote(&asked.to_string(), &library, Detail::Sentences)).unwrap();
    assert_eq!(told["settlements"], same["settlements"]);
    let steps = told["settlements"][0]["steps"].as_array().unwrap();
    assert!(!steps.is_empty());
    for step in steps {
        let key = step["article"].as_str().unwrap().split(' ').next().unwrap();
        let article = &told["articles"][key];
        assert!(!article["text"].as_str().unwrap().is_empty(), "{key}");
        assert!(article["title"].as_str().unwrap().starts_with(article["number"].as_str().unwrap()));
    }
    assert_eq!(told["names"]["ordinary_outpatient"], "普通门诊统筹");
}

#[test]
fn a_wrong_input_names_its_field() {
    let tried = Tried::start();
    for (asked, code, field) in [
        (case("500000", "tertiary", "3,000"), "invalid_value", "encounters[0].charges[0].amount"),
        (case("500000", "quaternary", "30.00"), "invalid_value", "encounters[0].institution.class"),
    ] {
        let came = tried.post("/quote", &asked);
        let fault = came.json();
        assert!(came.status.is_client_error());
        assert_eq!((&fault["code"], &fault["field"]), (&json!(code), &json!(field)));
    }
    assert_eq!(tried.post("/quote", &json!("no case")).status.as_u16() / 100, 4);
}

#[test]
fn an_area_without_a_package_is_refused_in_words() {
    let told = Tried::start().post("/quote", &case("999999", "tertiary", "30.00")).fine();
    assert_eq!(told["settlements"][0]["refusal"]["code"], "no_policy_for_area");
}

#[test]
fn every_point_of_a_curve_is_what_a_visit_of_that_amount_comes_to() {
    let tried = Tried::start();
    for (area, class) in
        [("500000", "tertiary"), ("211200", "secondary"), ("320700", "primary"), ("360100", "tertiary")]
    {
        let curve = tried.post("/curve", &json!({ "case": case(area, class, "3000.00") })).fine();
        let points = curve["points"].as_array().unwrap();
        assert!(points.len() > 50 && points.iter().any(|point| point["amount"] == "3000.00"));
        for point in points.iter().step_by(9) {
            let quoted = tried.post("/quote", &case(area, class, point["amount"].as_str().unwrap())).fine();
            let settled = &quoted["settlements"][0];
            assert_eq!(point["fund"], settled["fund_pay_sumamt"], "{area} {point}");
            assert_eq!(point["account"], settled["acct_pay"], "{area} {point}");
            assert_eq!(point["cash"], settled["psn_cash_pay"], "{area} {point}");
        }
    }
}

#[test]
fn a_curve_bends_where_the_engine_says() {
    let tried = Tried::start();
    let curve = tried.post("/curve", &json!({ "case": case("320700", "tertiary", "3000.00") })).fine();
    let marks = curve["marks"].as_array().unwrap();
    let one = |kind: &str| marks.iter().find(|mark| mark["kind"] == kind).unwrap();
    // One fen less and the deductible is not borne; one fen more and it is no larger.
    let deductible = fen(&one("deductible")["amount"]);
    let borne = |amount: Fen| {
        let quoted = tried.post("/quote", &case("320700", "tertiary", &amount.to_string())).fine();
        fen(&quoted["settlements"][0]["act_pay_dedc"])
    };
    assert_eq!(borne(deductible), fen(&one("deductible")["level"]));
    assert!(borne(deductible - Fen::from_fen(1)) < borne(deductible));
    assert_eq!(borne(deductible + Fen::from_fen(1)), borne(deductible));
    let limit = one("limit");
    let point =
        |amount: &Value| curve["points"].as_array().unwrap().iter().find(|one| one["amount"] == *amount).unwrap();
    assert_eq!(point(&limit["amount"])["fund"], limit["level"]);
    assert_eq!(curve["points"].as_array().unwrap().last().unwrap()["fund"], limit["level"]);
    assert!(curve["articles"][limit["article"].as_str().unwrap().split(' ').next().unwrap()]["text"].is_string());
}

#[test]
fn the_charge_that_slides_has_to_be_there() {
    let came = Tried::start().post("/curve", &json!({ "case": case("500000", "tertiary", "30.00"), "charge": 3 }));
    assert_eq!((came.status.is_client_error(), came.json()["field"].clone()), (true, json!("charge")));
}

#[test]
fn the_same_visit_elsewhere_leaves_out_what_nobody_asks_there_and_says_so() {
    let mut asked = case("500000", "tertiary", "3000.00");
    asked["member"]["enrolment"] = json!("individual_tier_2");
    asked["member"]["facts"] = json!({ "large_amount": true });
    asked["member"]["used"] = json!({ "deductible_borne": "100.00" });
    let sides = json!([{}, { "pooling_area": "320700" }, { "class": "primary" }, { "date": "2023-12-31" }]);
    let told = Tried::start().post("/compare", &json!({ "case": asked, "sides": sides })).fine();
    let rows = told["rows"].as_array().unwrap();
    assert_eq!(rows[0]["left_out"], json!([]));
    let left_out = rows[1]["left_out"].as_array().unwrap();
    assert_eq!((left_out.len(), &left_out[0], &left_out[1]), (3, &json!("本年已用"), &json!("参保身份 个人参保二档")));
    assert!(rows[1]["sum"]["fund"].is_string());
    assert!(fen(&rows[2]["sum"]["fund"]) > fen(&rows[0]["sum"]["fund"]));
    assert_eq!(rows[3]["sum"]["refused"], 1);
    assert_eq!(rows[3]["answer"]["settlements"][0]["refusal"]["code"], "no_policy_for_date");
}

#[test]
fn what_would_have_paid_more_is_told_with_its_articles() {
    let told = Tried::start().post("/otherwise", &case("500000", "tertiary", "3000.00")).fine();
    let first = &told["rows"][0]["otherwise"][0];
    assert!(fen(&first["more"]) > Fen::ZERO);
    let key = first["articles"][0].as_str().unwrap().split(' ').next().unwrap();
    assert!(told["articles"][key]["text"].is_string());
}
