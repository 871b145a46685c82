//! The rarer kinds: beyond, opened periods, restarts, new keys, overlays, knowledge, payers.

use gongji_oracle::{Cancellation, Package, answer, answer_with_cancellations};
use serde_json::{Value, json};

use crate::support::{funds, funds_of, package, settlements, visit, visit_with};

#[test]
fn what_a_limit_cuts_may_move_beyond_and_counts_only_elsewhere() {
    let package = package(
        r#"
        fact.insured = { of = "member", kind = "flag" }
        [benefit.ordinary_outpatient]
        fund = "310100"
        rate = { rows = [{ is = "50%" }] }
        limit = [
            { per = "year", rows = [{ is = "100.00" }], beyond = { fund = "330100", when = { insured = true } } },
            { per = "year", counts = ["*"], rows = [{ is = "180.00" }] } ]
        "#,
    );
    let member = json!({ "status": "active", "facts": { "insured": true } });
    let visits = json!([visit("2024-01-01", "240.00"), visit("2024-01-02", "240.00")]);
    let settled = settlements(&package, member, visits.clone());
    assert_eq!(settled[0]["hifp_pay"], "100.00");
    assert_eq!(settled[0]["hifob_pay"], "20.00");
    // 120 are counted overall, so 60 remain; all of them beyond the first limit.
    assert_eq!(settled[1]["hifp_pay"], "0.00");
    assert_eq!(settled[1]["hifob_pay"], "60.00");
    assert_eq!(funds(&package, visits), ["100.00", "0.00"]);
}

#[test]
fn a_prior_payment_counts_overall_unless_the_fund_beyond_paid_it() {
    let package = package(
        r#"
        chain = ["special_disease", "ordinary_outpatient"]
        decided_elsewhere = { special_disease = "a:1" }
        [benefit.ordinary_outpatient]
        takes = ["lines", "special_disease.left"]
        fund = "310100"
        rate = { rows = [{ is = "50%" }] }
        limit = [{ per = "year", counts = ["*"], rows = [{ is = "300.00" }], beyond = { fund = "330100" } }]
        "#,
    );
    let paid_by = |fund: &str| json!({ "prior_benefits": [{ "benefit": "special_disease", "fund_paid": "200.00", "fund": fund }] });
    let settle = |fund: &str| {
        let visits = json!([visit_with("2024-01-01", "600.00", paid_by(fund))]);
        settlements(&package, json!({ "status": "active" }), visits)[0].clone()
    };
    assert_eq!(settle("310100")["payments"][2]["amount"], "100.00");
    assert_eq!(settle("310100")["hifob_pay"], "100.00");
    assert_eq!(settle("330100")["hifp_pay"], "200.00");
}

#[test]
fn a_period_opens_with_its_first_visit_and_lasts() {
    let package = package(
        r#"
        [benefit.ordinary_outpatient]
        fund = "310100"
        rate = { rows = [{ is = "100%" }] }
        deductible = [{ per = "opened", lasts = "24 hours", by = ["institution"], rows = [{ is = "50.00" }] }]
        "#,
    );
    let at = |date: &str, time: &str, id: &str| {
        visit_with(date, "60.00", json!({ "time": time, "institution": { "id": id, "class": "primary" } }))
    };
    let visits = json!([
        at("2024-01-01", "08:00:00", "A"),
        at("2024-01-02", "07:59:59", "A"),
        at("2024-01-02", "07:59:59", "B"),
        at("2024-01-02", "08:00:00", "A"),
        at("2024-01-01", "09:00:00", "A"),
        at("2024-01-03", "07:00:00", "A"),
    ]);
    assert_eq!(funds(&package, visits), ["10.00", "60.00", "10.00", "10.00", "60.00", "60.00"]);
}

#[test]
fn a_year_begins_anew_on_a_restart() {
    let package = package(
        r#"
        period.year.restart = [{ on = 2024-07-01, cite = "a:1" }]
        [benefit.ordinary_outpatient]
        fund = "310100"
        rate = { rows = [{ is = "100%" }] }
        limit = [{ per = "year", rows = [{ is = "50.00" }] }]
        "#,
    );
    let visits = json!([
        visit("2024-06-30", "40.00"),
        visit("2024-07-01", "40.00"),
        visit("2024-06-29", "40.00"),
        visit("2024-12-31", "40.00"),
        visit("2025-01-01", "40.00"),
    ]);
    assert_eq!(funds(&package, visits), ["40.00", "40.00", "10.00", "10.00", "40.00"]);
}

fn with_new_key(starts: &str) -> Package {
    package(&format!(
        r#"
        [benefit.ordinary_outpatient]
        fund = "310100"
        rate = {{ rows = [{{ is = "100%" }}] }}
        limit = [
            {{ per = "month", until = 2024-03-31, rows = [{{ is = "50.00" }}] }},
            {{ per = "year", from = 2024-04-01, starts = "{starts}", rows = [{{ is = "100.00" }}] }} ]
        "#
    ))
}

#[test]
fn a_new_key_starts_fresh_or_from_the_old_one() {
    let visits = json!([visit("2024-03-31", "60.00"), visit("2024-04-01", "200.00")]);
    assert_eq!(funds(&with_new_key("fresh"), visits.clone()), ["50.00", "100.00"]);
    let old = with_new_key("from benefit.ordinary_outpatient.limit.0");
    assert_eq!(funds(&old, visits), ["50.00", "50.00"]);
}

#[test]
fn an_exception_beats_rows_and_a_conflict_is_told() {
    let rows = |except: &str| {
        package(&format!(
            r#"
            [benefit.ordinary_outpatient]
            fund = "310100"
            [benefit.ordinary_outpatient.rate]
            rows = [
                {{ is = "50%" }},
                {{ when = {{ status = "retired" }}, is = "60%" }},
                {{ when = {{ class = "tertiary" }}, is = "40%" }} ]
            {except}
            "#
        ))
    };
    let retired = json!({ "status": "retired" });
    let visits = json!([visit_with("2024-01-01", "100.00", json!({ "institution": { "class": "tertiary" } }))]);
    let clear = rows("except = [{ when = { status = 'retired', class = 'tertiary' }, is = '45%' }]");
    assert_eq!(funds_of(&clear, retired.clone(), visits.clone()), ["45.00"]);
    let case = json!({ "id": 1, "pooling_area": "900001", "member": retired, "encounters": visits });
    let told = answer(&[rows("")], &case, None);
    assert_eq!(told["error"]["code"], "oracle_fault");
}

#[test]
fn an_overlay_is_a_layer_above() {
    let base = package(
        r#"
        document.a = { number = "A", published = 2020-01-01 }
        [benefit.ordinary_outpatient]
        fund = "310100"
        cite = "a:1"
        rate = { rows = [{ is = "50%" }, { when = { status = "retired" }, is = "60%" }] }
        limit = [{ per = "year", counts = ["*"], rows = [{ is = "open" }] }]
        "#,
    );
    let overlay = Package::from_toml(&[(
        "overlay",
        r#"
        package = { area = "900001", extends = "900001", from = 2024-07-01 }
        document.b = { number = "B", published = 2024-06-01 }
        [benefit.ordinary_outpatient]
        rate = { cite = "b:1", rows = [{ when = { class = "primary" }, is = "70%" }] }
        limit = [{ per = "year", counts = ["*"], cite = "b:2", rows = [{ is = "75.00" }] }]
        "#,
    )])
    .unwrap();
    let case = json!({ "id": 1, "pooling_area": "900001", "member": { "status": "retired" }, "encounters": [
        visit("2024-06-30", "100.00"),
        visit_with("2024-07-01", "20.00", json!({ "institution": { "class": "secondary" } })),
        visit("2024-07-01", "100.00"),
        visit("2025-07-01", "100.00"),
    ] });
    let paid = |known_on: Option<&str>| -> Vec<String> {
        let answer = answer(&[base.clone(), overlay.clone()], &case, known_on);
        answer["settlements"]
            .as_array()
            .unwrap()
            .iter()
            .map(|settled| settled["hifp_pay"].as_str().unwrap().to_string())
            .collect()
    };
    assert_eq!(paid(None), ["60.00", "12.00", "3.00", "70.00"]);
    assert_eq!(paid(Some("2024-05-31")), ["60.00", "12.00", "60.00", "60.00"]);
}

#[test]
fn a_correction_holds_once_it_is_known() {
    let package = package(
        r#"
        [benefit.ordinary_outpatient]
        fund = "310100"
        published = 2020-01-01
        rate = { rows = [{ is = "50%" }, { is = "55%", known = 2024-03-01, corrects = true }] }
        "#,
    );
    let case = json!({ "id": 1, "pooling_area": "900001", "member": { "status": "active" },
        "encounters": [visit("2024-01-01", "100.00")] });
    let paid = |known_on: Option<&str>| {
        answer(std::slice::from_ref(&package), &case, known_on)["settlements"][0]["hifp_pay"].clone()
    };
    assert_eq!(paid(None), "55.00");
    assert_eq!(paid(Some("2024-02-29")), "50.00");
    let before = answer(std::slice::from_ref(&package), &case, Some("2019-12-31"));
    assert_eq!(before["settlements"][0]["refusal"]["code"], "no_policy_for_date");
}

#[test]
fn payers_pay_only_the_components_they_may() {
    let package = package(
        r#"
        payer = { after = ["account.prior", "account.current"], pays = { "account.current" = ["borne", "off_list"] } }
        [benefit.ordinary_outpatient]
        fund = "310100"
        deductible = [{ per = "year", rows = [{ is = "30.00" }] }]
        rate = { rows = [{ is = "50%" }] }
        "#,
    );
    let member = json!({ "status": "active", "account_balance": "100.00", "account_prior_years": "10.00" });
    let charges = json!({ "charges": [{ "amount": "50.00" }, { "amount": "5.00", "covered": false }] });
    let settled = settlements(&package, member, json!([visit_with("2024-01-01", "1", charges)]));
    // prior: 10 of the deductible; current: the other 20 and 5 off-list; the share of 10 in cash.
    assert_eq!(settled[0]["acct_pay"], "35.00");
    assert_eq!(settled[0]["psn_cash_pay"], "10.00");
    assert_eq!(settled[0]["balc"], "65.00");
}

#[test]
fn a_cancelled_settlement_never_was() {
    let package = package(
        r#"
        [benefit.ordinary_outpatient]
        fund = "310100"
        deductible = [{ per = "year", rows = [{ is = "30.00" }] }]
        rate = { rows = [{ is = "50%" }] }
        limit = [{ per = "year", rows = [{ is = "60.00" }] }]
        "#,
    );
    let case = json!({ "id": 1, "pooling_area": "900001",
        "member": { "status": "active", "account_balance": "100.00" },
        "encounters": [visit("2024-01-01", "100.00"), visit("2024-01-02", "100.00"), visit("2024-01-03", "100.00")] });
    let cancelled = [Cancellation { before: 2, encounter: 0 }];
    let answer = answer_with_cancellations(&[package], &case, None, &cancelled);
    let settled = &answer["settlements"];
    assert_eq!(settled[0]["hifp_pay"], "35.00");
    assert_eq!(settled[1]["hifp_pay"], "25.00");
    // 25 of 60 are used; the deductible is open again.
    assert_eq!(settled[2]["act_pay_dedc"], "30.00");
    assert_eq!(settled[2]["hifp_pay"], "35.00");
    assert_eq!(settled[2]["acct_pay"], "65.00");
    assert_eq!(settled[2]["balc"], "0.00");
}

#[test]
fn line_scopes_nest() {
    let package = package(
        r#"
        fact.dental = { of = "charge", kind = "flag" }
        [benefit.ordinary_outpatient]
        fund = "310100"
        rate = { rows = [{ is = "50%" }] }
        limit = [
            { per = "year", rows = [{ is = "100.00" }] },
            { per = "year", lines = { dental = true }, rows = [{ is = "20.00" }] } ]
        "#,
    );
    let charges = json!({ "charges": [
        { "amount": "100.00", "facts": { "dental": true } },
        { "amount": "140.00" },
        { "amount": "40.00" },
    ] });
    // Dental 50 -> 20, the others 70 + 20: 110, of which the year allows 100; then it is used up.
    let visits = json!([
        visit_with("2024-01-01", "1", charges.clone()),
        visit_with("2025-01-01", "1", charges),
        visit_with("2025-01-02", "1", json!({ "charges": [{ "amount": "9.00" }] })),
    ]);
    assert_eq!(funds(&package, visits), ["100.00", "100.00", "0.00"]);
}

#[test]
fn used_amounts_belong_to_the_periods_of_the_first_visit() {
    let package = package(
        r#"
        [benefit.ordinary_outpatient]
        fund = "310100"
        deductible = [{ per = "year", rows = [{ is = "30.00" }] }]
        rate = { rows = [{ is = "50%" }] }
        limit = [{ per = "year", rows = [{ is = "60.00" }] }, { per = "month", rows = [{ is = "40.00" }] }]
        "#,
    );
    let member = |used: Value| json!({ "status": "active", "used": used });
    let visits = json!([visit("2024-05-01", "100.00"), visit("2025-05-01", "100.00")]);
    let flat = member(json!({ "deductible_borne": "20.00", "fund_paid": "50.00" }));
    // 50 used leaves 10 of the year but nothing of the month, whose 40 are used up as well.
    assert_eq!(funds_of(&package, flat, visits.clone()), ["0.00", "35.00"]);
    let named = member(json!({ "ordinary_outpatient": { "borne": "30.00", "paid": "0.00" } }));
    assert_eq!(funds_of(&package, named, visits), ["40.00", "35.00"]);
}

#[test]
fn parts_always_sum() {
    use gongji_oracle::{Decision, Encounter, Oracle};
    let package = package(
        r#"
        fact.item = { of = "charge", values = ["a", "b", "c"] }
        [benefit.ordinary_outpatient]
        fund = "310100"
        deductible = [{ per = "year", rows = [{ is = "0.01" }] }]
        limit = [{ per = "year", rows = [{ is = "1.00" }] }]
        [benefit.ordinary_outpatient.rate]
        rows = [{ is = "50%" }, { when = { item = "a" }, is = "33.3333%" }]
        "#,
    );
    let visit = visit_with(
        "2024-01-01",
        "1",
        json!({ "charges": [
        { "amount": "1.01", "facts": { "item": "a" } },
        { "amount": "1.01", "facts": { "item": "b" } },
        { "amount": "1.01", "facts": { "item": "c" } },
    ] }),
    );
    let encounter = Encounter::read(&visit, &json!({ "status": "active" })).unwrap();
    let nothing = gongji_oracle::values::zero();
    let mut oracle = Oracle::new(nothing.clone(), nothing);
    let Decision::Settled(settled) = oracle.settle(&package, &encounter, None).unwrap() else {
        panic!("refused");
    };
    let outcome = &settled.benefits[0];
    for share in &outcome.parcels {
        assert_eq!(share.left, &share.borne + &share.share + &share.over);
        assert_eq!(share.base, &share.left + &share.paid);
    }
    assert_eq!(outcome.total(|share| &share.paid).to_string(), "100");
    // No table tells b from c, so they are one parcel; the odd fen goes to the larger.
    let borne: Vec<String> = outcome.parcels.iter().map(|share| share.borne.to_string()).collect();
    assert_eq!(borne, ["0", "1"]);
}
