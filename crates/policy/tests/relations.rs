//! Dated relations between a member and institutions: what a package may say of them, what a case
//! may state, and what a visit's facts are then. Amounts are worked by hand in the invented areas.
mod common;

use gongji_policy::case::{Detail, quote};
use gongji_policy::{Library, Severity};
use serde_json::{Value, json};

/// Half is paid, and nothing without a referral or a selected institution.
fn package(relations: &str) -> String {
    format!(
        r#"
[fact]
referral = {{ of = "relation", kind = "flag", cite = "text:1" }}
selected = {{ of = "relation", values = ["first", "linked", "none"], default = "none", cite = "text:1" }}
[relation]
{relations}
[benefit.ordinary_outpatient]
fund = "310100"
cite = "text:1"
rate = {{ rows = [{{ is = "50%" }}] }}
limit = [{{ per = "year", rows = [{{ is = "1000.00" }}] }}]
covered = {{ rows = [{{ when = {{ referral = false, selected = "none" }}, is = "not_selected" }}] }}
"#
    )
}

const RELATIONS: &str = r#"
referral = { lasts = "30 days", ends = "visit_elsewhere", cite = "text:1" }
selected = { slots = ["first"], cite = "text:1" }
linked = { via = "selected", cite = "text:1" }
"#;

fn answer(relations: &Value, encounters: &Value) -> Value {
    let library = Library::load(&[common::area(&package(RELATIONS))]);
    let case = json!({"id": "a", "pooling_area": "900001",
        "member": {"status": "active", "relations": relations}, "encounters": encounters});
    serde_json::to_value(quote(&case.to_string(), &library, Detail::Amounts)).unwrap()
}

fn visit(date: &str, institution: &str) -> Value {
    json!({"id": date, "date": date, "care_type": "ordinary_outpatient",
        "institution": {"id": institution, "class": "secondary"}, "charges": [{"amount": "100.00"}]})
}

fn paid(relations: &Value, encounters: &Value) -> Vec<String> {
    let answer = answer(relations, encounters);
    let settlements = answer["settlements"].as_array().unwrap_or_else(|| panic!("{answer}"));
    settlements.iter().map(|one| one["fund_pay_sumamt"].as_str().unwrap_or("-").to_owned()).collect()
}

fn fault(relations: &Value, encounters: &Value) -> (String, String) {
    let answer = answer(relations, encounters);
    let text = |key: &str| answer["error"][key].as_str().unwrap_or_default().to_owned();
    (text("code"), text("field"))
}

#[test]
fn a_relation_holds_on_its_days_with_its_institution() {
    let referral = json!([{"relation": "referral", "institution": "B", "from": "2024-03-01"}]);
    let visits =
        json!([visit("2024-02-29", "B"), visit("2024-03-01", "B"), visit("2024-03-30", "B"), visit("2024-03-31", "B")]);
    assert_eq!(paid(&referral, &visits), ["0.00", "50.00", "50.00", "0.00"]);
    let visits = json!([visit("2024-03-02", "A"), visit("2024-03-03", "B")]);
    assert_eq!(paid(&referral, &visits), ["0.00", "0.00"], "the visit at A ends the referral to B");
}

#[test]
fn a_linked_institution_counts_while_one_is_selected_anywhere() {
    let linked = json!([{"relation": "linked", "institution": "L", "from": "2024-01-01"},
        {"relation": "selected", "institution": "A", "slot": "first", "from": "2024-01-01", "until": "2024-06-30"}]);
    assert_eq!(paid(&linked, &json!([visit("2024-06-30", "L"), visit("2024-07-01", "L")])), ["50.00", "0.00"]);
}

#[test]
fn what_a_visit_states_itself_stands_unless_a_relation_contradicts_it() {
    let referral = json!([{"relation": "referral", "institution": "B", "from": "2024-03-01"}]);
    let stating = |institution: &str, flag: bool| {
        let mut visit = visit("2024-03-05", institution);
        visit["facts"] = json!({"referral": flag});
        json!([visit])
    };
    assert_eq!(paid(&referral, &stating("B", true)), ["50.00"]);
    assert_eq!(paid(&referral, &stating("C", true)), ["50.00"], "another referral, stated with the visit");
    let (code, field) = fault(&referral, &stating("B", false));
    assert_eq!((code.as_str(), field.as_str()), ("relation_conflict", "encounters[0].facts.referral"));
}

#[test]
fn relations_that_cannot_be_are_told_by_name_and_place() {
    let none = json!([]);
    let told = |relations: Value, code: &str, field: &str| {
        let (found, at) = fault(&relations, &none);
        assert_eq!((found.as_str(), at.as_str()), (code, field), "{relations}");
    };
    let one = |name: &str, more: Value| {
        let mut one = json!({"relation": name, "institution": "A", "from": "2024-01-01"});
        one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        one
    };
    told(json!([one("refferal", json!({}))]), "unknown_relation", "member.relations[0].relation");
    told(json!([one("selected", json!({}))]), "missing_field", "member.relations[0].slot");
    told(json!([one("selected", json!({"slot": "last"}))]), "unknown_slot", "member.relations[0].slot");
    told(json!([one("referral", json!({"slot": "first"}))]), "unknown_slot", "member.relations[0].slot");
    told(json!([one("referral", json!({"until": "2023-12-31"}))]), "out_of_range", "member.relations[0].until");
    told(json!([one("referral", json!({"to": "2024-12-31"}))]), "unknown_field", "member.relations[0].to");
    told(json!([{"relation": "referral", "from": "2024-01-01"}]), "missing_field", "member.relations[0].institution");
    let first = one("selected", json!({"slot": "first"}));
    let second = one("selected", json!({"slot": "first", "institution": "B", "from": "2024-05-01"}));
    told(json!([first, second]), "overlapping_relations", "member.relations[1].from");
    let many: Vec<Value> = (0..101).map(|_| one("referral", json!({}))).collect();
    told(json!(many), "out_of_range", "member.relations");
}

#[test]
fn a_visit_must_say_where_it_was_only_while_a_relation_may_hold() {
    let referral = json!([{"relation": "referral", "institution": "B", "from": "2024-03-01"}]);
    let nowhere = |date: &str| {
        let mut visit = visit(date, "");
        visit["institution"] = json!({"class": "secondary"});
        json!([visit])
    };
    assert_eq!(paid(&referral, &nowhere("2024-03-31")), ["0.00"]);
    let (code, field) = fault(&referral, &nowhere("2024-03-30"));
    assert_eq!((code.as_str(), field.as_str()), ("missing_field", "encounters[0].institution.id"));
}

#[test]
fn packages_that_say_no_such_relation_are_refused_by_name() {
    let codes = |relations: &str| -> Vec<&'static str> {
        let library = Library::load(&[common::area(&package(relations))]);
        let errors = library.faults().iter().map(|(_, fault)| fault);
        errors.filter(|fault| fault.severity == Severity::Error).map(|fault| fault.code).collect()
    };
    let none: [&str; 0] = [];
    assert_eq!(codes(RELATIONS), none);
    for (relations, code) in [
        (r#"referral = { via = "selectd", cite = "text:1" }"#, "unknown_relation"),
        (r#"referral = { via = "referral", cite = "text:1" }"#, "cycle"),
        (r#"referral = { lasts = "24 hours", cite = "text:1" }"#, "invalid_value"),
        (r#"referral = { lasts = "0 days", cite = "text:1" }"#, "invalid_value"),
        (r#"referral = { ends = "a_storm", cite = "text:1" }"#, "invalid_value"),
        (r#"selected = { cite = "text:1" }"#, "relation_value"),
        (r#"selected = { slots = ["last"], cite = "text:1" }"#, "relation_value"),
        (r#"selected = { slots = ["first", "first"], cite = "text:1" }"#, "invalid_value"),
    ] {
        assert_eq!(codes(relations), [code], "{relations}");
    }
}
