//! What all tests of the oracle share: a package from its body, cases in one line each.

use gongji_oracle::{Package, answer};
use serde_json::{Value, json};

/// A package of an invented area from 2020 on.
pub fn package(body: &str) -> Package {
    let text =
        format!("package = {{ area = '900001', name = '试验区', status = 'example', from = 2020-01-01 }}\n{body}");
    Package::from_toml(&[("package.toml", &text)]).unwrap_or_else(|fault| panic!("{fault}"))
}

/// The settlements of a case.
pub fn settlements(package: &Package, member: Value, encounters: Value) -> Vec<Value> {
    let case = json!({
        "id": "case", "pooling_area": package.area, "member": member, "encounters": encounters,
    });
    let answer = answer(std::slice::from_ref(package), &case, None);
    answer["settlements"].as_array().unwrap_or_else(|| panic!("{answer}")).clone()
}

/// One ordinary visit to a primary institution.
pub fn visit(date: &str, amount: &str) -> Value {
    json!({
        "id": "e", "date": date, "care_type": "ordinary_outpatient",
        "institution": { "class": "primary" }, "charges": [{ "amount": amount }],
    })
}

/// A visit with further fields over `visit`.
pub fn visit_with(date: &str, amount: &str, more: Value) -> Value {
    let mut visit = visit(date, amount);
    for (key, value) in more.as_object().into_iter().flatten() {
        visit[key] = value.clone();
    }
    visit
}

/// What an active employee's visits get from all funds.
pub fn funds(package: &Package, encounters: Value) -> Vec<String> {
    funds_of(package, json!({ "status": "active" }), encounters)
}

/// What a member's visits get from all funds.
pub fn funds_of(package: &Package, member: Value, encounters: Value) -> Vec<String> {
    settlements(package, member, encounters)
        .iter()
        .map(|settlement| settlement["fund_pay_sumamt"].as_str().unwrap_or("refused").into())
        .collect()
}
