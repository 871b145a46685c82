//! The invented examples of the policy language, each with the amounts it states.

use crate::support::{funds, funds_of, package, settlements, visit, visit_with};
use serde_json::json;

#[test]
fn segments_split_a_visit_and_the_expense_limit_ends_it() {
    let package = package(
        r#"
        [benefit.ordinary_outpatient]
        for = { care_type = "ordinary_outpatient" }
        fund = "310100"
        segments = { on = "eligible", up_to = ["800.00"], names = ["low", "high"] }
        limit = [{ on = "eligible", per = "year", rows = [{ is = "9000.00" }] }]
        rate = { across = { segment = ["low", "high"] }, rows = [{ are = ["30%", "50%"] }] }
        "#,
    );
    assert_eq!(funds(&package, json!([visit("2024-01-05", "2000.00")])), ["840.00"]);
    // 7000 of the next 8000 are admitted, all in the high segment; then nothing.
    let year = json!([
        visit("2024-01-05", "2000.00"),
        visit("2024-02-05", "8000.00"),
        visit("2024-03-05", "1.00"),
        visit("2025-01-01", "100.00"),
    ]);
    assert_eq!(funds(&package, year), ["840.00", "3500.00", "0.00", "30.00"]);
}

#[test]
fn a_second_fund_takes_what_the_first_left() {
    let package = package(
        r#"
        [benefit.ordinary_outpatient]
        for = { care_type = "ordinary_outpatient" }
        fund = "310100"
        deductible = [{ per = "year", rows = [{ is = "600.00" }] }]
        limit = [{ on = "above", per = "year", rows = [{ is = "4000.00" }] }]
        rate = { rows = [{ is = "50%" }] }
        [benefit.serious]
        takes = ["ordinary_outpatient.left"]
        fund = "310300"
        deductible = [{ per = "year", rows = [{ is = "1000.00" }] }]
        rate = { rows = [{ is = "40%" }] }
        "#,
    );
    let settled = settlements(&package, json!({ "status": "active" }), json!([visit("2024-01-05", "5000.00")]));
    assert_eq!(settled[0]["hifp_pay"], "2000.00");
    assert_eq!(settled[0]["hifob_pay"], "800.00");
    assert_eq!(settled[0]["fund_pay_sumamt"], "2800.00");
    assert_eq!(settled[0]["act_pay_dedc"], "600.00");
}

#[test]
fn this_years_account_comes_before_the_deductible() {
    let package = package(
        r#"
        period.year.starts = "04-01"
        payer.after = ["account.prior"]
        [benefit.account_first]
        for = { care_type = "ordinary_outpatient" }
        fund = "account.current"
        rate = { rows = [{ is = "100%" }] }
        limit = [{ per = "visit", rows = [{ is = { balance = "account.current" } }] }]
        [benefit.ordinary_outpatient]
        takes = ["account_first.left"]
        fund = "310100"
        deductible = [{ per = "year", rows = [{ is = "200.00" }] }]
        rate = { rows = [{ is = "50%" }] }
        "#,
    );
    let member = json!({
        "status": "active", "account_balance": "100.00", "account_prior_years": "30.00",
    });
    let settled = settlements(&package, member, json!([visit("2024-03-31", "1070.00")]));
    assert_eq!(settled[0]["hifp_pay"], "400.00");
    assert_eq!(settled[0]["acct_pay"], "100.00");
    assert_eq!(settled[0]["psn_cash_pay"], "570.00");
    assert_eq!(settled[0]["balc"], "0.00");
    // The deductible was borne in the year that ended on 31 March.
    let years = json!([visit("2024-03-31", "1070.00"), visit("2024-03-31", "100.00"), visit("2024-04-01", "300.00"),]);
    let member = json!({ "status": "active", "account_balance": "70.00" });
    assert_eq!(funds_of(&package, member, years), ["400.00", "50.00", "50.00"]);
}

#[test]
fn a_deductible_may_come_off_the_payment() {
    let package = package(
        r#"
        [benefit.ordinary_outpatient]
        for = { care_type = "ordinary_outpatient" }
        fund = "310100"
        deductible = [
            { on = "payment", per = "month", rows = [{ is = "45.00" }] },
            { on = "payment", per = "year", rows = [{ is = "90.00" }] } ]
        rate = { rows = [{ is = "60%" }] }
        "#,
    );
    let months = json!([
        visit("2024-01-05", "500.00"),
        visit("2024-01-06", "100.00"),
        visit("2024-02-05", "500.00"),
        visit("2024-03-05", "500.00"),
    ]);
    assert_eq!(funds(&package, months), ["255.00", "60.00", "255.00", "300.00"]);
}

const SELECTED: &str = r#"
    fact.selected = { values = ["first", "linked", "none"], default = "none" }
    fact.referral = { kind = "flag" }
    [benefit.ordinary_outpatient]
    for = { care_type = "ordinary_outpatient" }
    fund = "310100"
    covered = { rows = [
        { when = { selected = "none", referral = false, care_type = { not = "emergency" } }, is = "not_selected" } ] }
    rate = { rows = [{ is = "45%" }, { when = { selected = ["first", "linked"] }, is = "70%" }] }
    limit = [{ for = { selected = ["first", "linked"] }, per = "month", carry = "year", rows = [{ is = "55.00" }] }]
"#;

#[test]
fn months_carry_at_the_selected_place() {
    let package = package(SELECTED);
    let selected = json!({ "facts": { "selected": "first" } });
    let year = json!([
        visit_with("2024-03-10", "400.00", selected.clone()),
        visit_with("2024-03-11", "100.00", selected.clone()),
        visit_with("2024-05-11", "1000.00", selected.clone()),
        visit_with("2024-05-12", "100.00", json!({ "facts": { "referral": true } })),
        visit_with("2024-05-12", "100.00", json!({ "care_type": "emergency" })),
        visit_with("2025-01-12", "100.00", selected),
    ]);
    assert_eq!(funds(&package, year), ["165.00", "0.00", "110.00", "45.00", "45.00", "55.00"]);
}

#[test]
fn elsewhere_without_a_referral_there_is_a_reason() {
    let settled =
        settlements(&package(SELECTED), json!({ "status": "active" }), json!([visit("2024-03-10", "400.00")]));
    assert_eq!(settled[0]["not_covered"]["code"], "not_selected");
    assert_eq!(settled[0]["fund_pay_sumamt"], "0.00");
    assert_eq!(settled[0]["inscp_scp_amt"], "400.00");
}

#[test]
fn first_and_later_visits_differ() {
    let package = package(
        r#"
        fact.visit_no = { ordinal = { of = "day", by = ["institution"], per = "year", counts = ["ordinary_outpatient"] } }
        [benefit.ordinary_outpatient]
        for = { care_type = "ordinary_outpatient" }
        fund = "310100"
        deductible = [{ per = "day", by = ["institution"], rows = [{ is = "16.00" }, { when = { visit_no = { above = 1 } }, is = "6.00" }] }]
        limit = [{ per = "day", by = ["institution"], rows = [{ is = "120.00" }] }, { per = "year", rows = [{ is = "900.00" }] }]
        rate = { rows = [{ is = "50%" }] }
        "#,
    );
    let at = |id: &str| json!({ "institution": { "id": id, "class": "primary" } });
    let visits = json!([
        visit_with("2024-03-10", "100.00", at("A")),
        visit_with("2024-03-10", "100.00", at("A")),
        visit_with("2024-03-10", "106.00", at("B")),
        visit_with("2024-03-11", "1006.00", at("A")),
    ]);
    // The second of the same day and place is the first visit's: nothing more to bear.
    assert_eq!(funds(&package, visits), ["42.00", "50.00", "50.00", "120.00"]);
}

#[test]
fn item_classes_contracts_and_missing_years_adjust_the_rate() {
    let package = package(
        r#"
        fact.item = { of = "charge", values = ["basic", "other"] }
        fact.contract = { kind = "flag" }
        fact.years_short = { of = "member", kind = "whole", min = 0, max = 30, default = 0 }
        index.average_wage.rows = [{ year = 2023, is = "100040.00" }]
        [benefit.ordinary_outpatient]
        for = { care_type = "ordinary_outpatient" }
        fund = "310100"
        limit = [{ per = "year", rows = [{ is = { share = "3%", of = "index.average_wage", year = -2, round = "down yuan" } }] }]
        [benefit.ordinary_outpatient.rate]
        rows = [{ is = "50%" }]
        adjust = [
            { when = { contract = true }, add = "4 points" },
            { add = "-2 points", per = "years_short" },
            { when = { item = "basic" }, times = "120%" } ]
        at_least = "40%"
        "#,
    );
    let charges = json!([
        { "amount": "100.00", "facts": { "item": "other" } },
        { "amount": "100.00", "facts": { "item": "basic" } },
    ]);
    let with = |contract: bool| json!({ "charges": charges, "facts": { "contract": contract } });
    let visits = json!([visit_with("2025-03-10", "0.00", with(true))]);
    assert_eq!(funds(&package, visits), ["118.80"]);
    let short = json!({ "status": "active", "facts": { "years_short": 6 } });
    // 50 - 12 = 38, raised to 40; 38 x 1.2 = 45.6.
    let visits = json!([visit_with("2025-03-10", "0.00", with(false))]);
    assert_eq!(funds_of(&package, short, visits), ["85.60"]);
    let visits = json!([visit_with("2025-03-10", "20000.00", json!({}))]);
    assert_eq!(funds(&package, visits), ["3001.00"]);
}

#[test]
fn several_diseases_weigh_into_one_limit() {
    let package = package(
        r#"
        fact.diseases = { of = "member", kind = "set", values = ["a", "b", "c"] }
        [benefit.chronic]
        for = { care_type = "special_disease" }
        fund = "310100"
        rate = { rows = [{ is = "100%" }] }
        limit = [{ per = "year", each = "diseases", as = "disease", weights = ["100%", "60%", "20%"], rows = [
            { when = { disease = "a" }, is = "1000.00" },
            { when = { disease = "b" }, is = "3000.00" },
            { when = { disease = "c" }, is = "2000.00" } ] }]
        "#,
    );
    let care = json!({ "care_type": "special_disease" });
    let of = |diseases: serde_json::Value| json!({ "status": "active", "facts": { "diseases": diseases } });
    let visits = json!([visit_with("2025-03-10", "20000.00", care)]);
    assert_eq!(funds_of(&package, of(json!(["c", "a", "b"])), visits.clone()), ["4400.00"]);
    assert_eq!(funds_of(&package, of(json!(["a"])), visits), ["1000.00"]);
}

#[test]
fn the_shorter_ones_say_what_they_mean() {
    let away = package(
        r#"
        lines.upfront = { rows = [{ is = "0%" }, { when = { place = "temporary" }, is = "15%" }] }
        [benefit.ordinary_outpatient]
        fund = "310100"
        rate = { rows = [{ is = "50%" }] }
        "#,
    );
    let settled = settlements(
        &away,
        json!({ "status": "active" }),
        json!([visit_with("2025-03-10", "100.10", json!({ "place": "temporary" }))]),
    );
    assert_eq!(settled[0]["preselfpay_amt"], "15.02");
    assert_eq!(settled[0]["hifp_pay"], "42.54");

    let cheap = package(
        r#"
        [benefit.ordinary_outpatient]
        claims = { charge_amount = { at_most = "90.00" } }
        fund = "310100"
        rate = { rows = [{ is = "50%" }] }
        "#,
    );
    let charges = json!({ "charges": [{ "amount": "90.00" }, { "amount": "90.01" }] });
    assert_eq!(funds(&cheap, json!([visit_with("2025-03-10", "1", charges)])), ["45.00"]);

    let supplement = package(
        r#"
        [benefit.ordinary_outpatient]
        fund = "310100"
        rate = { rows = [{ is = "50%" }] }
        limit = [{ per = "year", rows = [{ is = "100.00" }] }]
        [benefit.supplement]
        takes = ["ordinary_outpatient.share"]
        for = { status = "retired" }
        fund = "320100"
        rate = { rows = [{ is = "10%" }] }
        [benefit.beyond]
        takes = ["ordinary_outpatient.over"]
        fund = "310300"
        rate = { rows = [{ is = { same_as = "benefit.ordinary_outpatient.rate", share = "50%" } }] }
        "#,
    );
    let settled = settlements(&supplement, json!({ "status": "retired" }), json!([visit("2025-03-10", "1000.00")]));
    // 200 are let through: 100 paid, 100 own share; 800 are over.
    assert_eq!(settled[0]["hifp_pay"], "100.00");
    assert_eq!(settled[0]["cvlserv_pay"], "10.00");
    assert_eq!(settled[0]["hifob_pay"], "200.00");

    let waiting = package(
        r#"
        fact.months_insured = { of = "member", kind = "whole", min = 0, default = 0 }
        access.rows = [{ when = { months_insured = { below = 5 } }, is = "waiting_period" }]
        [benefit.ordinary_outpatient]
        fund = "310100"
        rate = { rows = [{ is = "50%" }] }
        "#,
    );
    let settled = settlements(
        &waiting,
        json!({ "status": "active", "facts": { "months_insured": 4 } }),
        json!([visit("2025-03-10", "1000.00")]),
    );
    assert_eq!(settled[0]["outcome"], "refused");
    assert_eq!(settled[0]["refusal"]["code"], "waiting_period");
}
