//! The four areas' outpatient figures, reduced to what these examples need.

use crate::support::{settlements, visit_with};
use gongji_oracle::{Package, answer};
use serde_json::{Value, json};

fn area(text: &str) -> Package {
    Package::from_toml(&[("package.toml", text)]).unwrap_or_else(|fault| panic!("{fault}"))
}

fn chongqing() -> Package {
    area(
        r#"
        package = { area = "500000", name = "重庆市", status = "in_force", from = 2024-01-01 }
        chain = ["two_diseases", "special_disease", "negotiated_drug", "ordinary_outpatient"]
        decided_elsewhere = { two_diseases = "w:14", special_disease = "w:14", negotiated_drug = "w:14" }
        [fact]
        enrolment = { values = ["employer", "individual_tier_1", "individual_tier_2", "lump_sum"], under = { lump_sum = "individual_tier_2" } }
        large_amount = { of = "member", kind = "flag" }
        level = { values = ["lower", "upper"], rows = [
            { when = { issuer_class = { not = "tertiary" } }, is = "lower" },
            { when = { issuer_class = "tertiary" }, is = "upper" } ] }
        [benefit.ordinary_outpatient]
        takes = ["lines", "two_diseases.left", "special_disease.left", "negotiated_drug.left"]
        fund = "310100"
        covered.rows = [{ when = { care_type = "pharmacy", prescription = false }, is = "no_prescription" }]
        deductible = [{ per = "year", rows = [{ is = "200.00" }, { when = { status = "retired" }, is = "100.00" }] }]
        [benefit.ordinary_outpatient.rate]
        across = { level = ["lower", "upper"] }
        rows = [{ are = ["60%", "50%"] }]
        adjust = [{ when = { status = "retired" }, add = "10 points" }]
        [[benefit.ordinary_outpatient.limit]]
        per = "year"
        across = { status = ["active", "retired"] }
        rows = [
            { when = { enrolment = ["employer", "individual_tier_2"] }, are = ["3000.00", "4000.00"] },
            { when = { enrolment = "individual_tier_1" }, are = ["800.00", "1200.00"] } ]
        [[benefit.ordinary_outpatient.limit]]
        per = "year"
        counts = ["*"]
        rows = [{ is = "open" }]
        beyond = { fund = "330100", when = { large_amount = true } }
        "#,
    )
}

#[test]
fn chongqings_five_published_examples() {
    let rows = [
        ("retired", "employer", "1260.00", "secondary", "2800.00", "", "1890.00 910.00 0.00 350.00"),
        ("active", "employer", "2000.00", "tertiary", "3000.00", "", "1400.00 1600.00 0.00 400.00"),
        ("active", "employer", "989.00", "secondary", "6350.00", "4728.00", "5581.20 768.80 0.00 220.20"),
        ("retired", "employer", "1380.00", "tertiary", "40000.00", "35208.00", "38023.20 1380.00 596.80 0.00"),
        (
            "active",
            "individual_tier_2",
            "1068.00",
            "tertiary",
            "110400.00",
            "105409.00",
            "107804.50 1068.00 1527.50 0.00",
        ),
    ];
    for (status, enrolment, account, class, total, prior, expected) in rows {
        let member = json!({ "status": status, "enrolment": enrolment, "account_balance": account });
        let mut more = json!({ "institution": { "class": class } });
        if !prior.is_empty() {
            more["prior_benefits"] = json!([{ "benefit": "special_disease", "fund_paid": prior }]);
        }
        let settled = settlements(&chongqing(), member, json!([visit_with("2024-06-01", total, more)]));
        let printed: Vec<&str> = ["fund_pay_sumamt", "acct_pay", "psn_cash_pay", "balc"]
            .iter()
            .map(|field| settled[0][*field].as_str().unwrap_or("?"))
            .collect();
        assert_eq!(printed.join(" "), expected);
    }
}

#[test]
fn chongqings_lump_sum_is_tier_two_and_a_pharmacy_follows_the_prescriber() {
    let package = chongqing();
    let member = json!({ "status": "pre_1949_worker", "enrolment": "lump_sum" });
    let pharmacy = |prescriber: Value| {
        visit_with(
            "2024-06-01",
            "100000.00",
            json!({
                "care_type": "pharmacy", "institution": { "kind": "pharmacy" },
                "prescriber": prescriber,
            }),
        )
    };
    let settled =
        settlements(&package, member, json!([pharmacy(Value::Null), pharmacy(json!({ "class": "tertiary" })),]));
    assert_eq!(settled[0]["not_covered"]["code"], "no_prescription");
    assert_eq!(settled[0]["act_pay_dedc"], "0.00");
    assert_eq!(settled[1]["act_pay_dedc"], "100.00");
    assert_eq!(settled[1]["hifp_pay"], "4000.00");
}

#[test]
fn what_is_decided_elsewhere_must_come_with_the_case() {
    let case = |prior: Value| {
        json!({
            "id": 7, "pooling_area": "500000", "member": { "status": "active" },
            "encounters": [visit_with("2024-06-01", "100.00", json!({
                "care_type": "special_disease", "prior_benefits": prior,
            }))],
        })
    };
    let packages = [chongqing()];
    let error = |prior: Value| answer(&packages, &case(prior), None)["error"].clone();
    assert_eq!(error(json!([]))["code"], "parameters_open");
    assert_eq!(error(json!([]))["field"], "encounters[0].prior_benefits");
    let too_much = json!([{ "benefit": "special_disease", "fund_paid": "100.01" }]);
    assert_eq!(error(too_much)["code"], "prior_benefits_exceed");
    let nothing = json!([{ "benefit": "special_disease", "fund_paid": "0.00" }]);
    assert_eq!(error(nothing), Value::Null);
}

#[test]
fn two_priors_leave_one_rest() {
    let settled = settlements(
        &chongqing(),
        json!({ "status": "active" }),
        json!([visit_with(
            "2024-06-01",
            "1000.00",
            json!({ "prior_benefits": [
            { "benefit": "special_disease", "fund_paid": "300.00", "fund": "330100" },
            { "benefit": "two_diseases", "fund_paid": "100.00" },
        ] })
        )]),
    );
    // (1000 - 100 - 300 - 200) x 60%
    assert_eq!(settled[0]["hifp_pay"], "340.00");
    assert_eq!(settled[0]["hifob_pay"], "300.00");
    assert_eq!(settled[0]["payments"][0]["benefit"], "two_diseases");
}

#[test]
fn tielings_december_is_a_year_of_its_own() {
    let package = area(
        r#"
        package = { area = "211200", name = "铁岭市", status = "in_force", from = 2022-12-01 }
        chain = ["special_disease", "ordinary_outpatient"]
        decided_elsewhere = { special_disease = "x:6" }
        [fact]
        enrolment = { values = ["employer", "flexible", "pool_only"] }
        level = { values = ["primary", "secondary", "tertiary"], rows = [
            { when = { class = ["primary", "ungraded"] }, is = "primary" },
            { when = { class = "secondary" }, is = "secondary" },
            { when = { class = "tertiary" }, is = "tertiary" } ], except = [
            { when = { kind = ["psychiatric", "infectious"], place = "local" }, is = "primary" },
            { when = { kind = ["community", "township"] }, is = "primary" } ] }
        [benefit.ordinary_outpatient]
        for = { care_type = ["ordinary_outpatient", "pharmacy"] }
        fund = "310100"
        covered.rows = [
            { when = { care_type = "pharmacy" }, is = "pharmacy_not_covered" },
            { when = { place = ["referred", "temporary"] }, is = "place_not_covered" } ]
        deductible = [{ per = "year", rows = [{ is = "25.00" }, { is = "300.00", from = 2023-01-01 }] }]
        limit = [{ per = "year", rows = [{ is = "250.00" }, { is = "3000.00", from = 2023-01-01 }] }]
        [benefit.ordinary_outpatient.rate]
        across = { level = ["primary", "secondary", "tertiary"] }
        rows = [{ are = ["60%", "55%", "50%"] }]
        adjust = [{ when = { status = "retired" }, add = "5 points" }]
        "#,
    );
    let at = |date: &str, amount: &str, class: &str, kind: &str, place: &str| {
        visit_with(date, amount, json!({ "place": place, "institution": { "class": class, "kind": kind } }))
    };
    let visits = json!([
        at("2022-11-30", "500.00", "tertiary", "general", "local"),
        at("2022-12-05", "500.00", "tertiary", "general", "local"),
        at("2022-12-06", "100.00", "tertiary", "general", "local"),
        at("2023-01-01", "400.00", "tertiary", "psychiatric", "local"),
        at("2023-01-02", "100.00", "tertiary", "psychiatric", "filed_long_term"),
        at("2023-01-03", "100.00", "tertiary", "general", "temporary"),
    ]);
    let settled = settlements(&package, json!({ "status": "active" }), visits);
    let paid: Vec<&str> = settled.iter().map(|settled| settled["hifp_pay"].as_str().unwrap_or("refused")).collect();
    assert_eq!(paid, ["refused", "237.50", "12.50", "60.00", "50.00", "0.00"]);
    assert_eq!(settled[0]["refusal"]["code"], "no_policy_for_date");
    assert_eq!(settled[5]["not_covered"]["code"], "place_not_covered");
}

#[test]
fn lianyungangs_rates_are_a_grid_and_old_workers_have_their_own_limit() {
    let package = area(
        r#"
        package = { area = "320700", name = "连云港市", status = "in_force", from = 2023-01-01 }
        [fact]
        level = { values = ["up_to_primary", "secondary", "tertiary"], rows = [
            { when = { issuer_class = ["primary", "ungraded"] }, is = "up_to_primary" },
            { when = { issuer_class = "secondary" }, is = "secondary" },
            { when = { issuer_class = "tertiary" }, is = "tertiary" } ] }
        [benefit.ordinary_outpatient]
        for = { care_type = ["ordinary_outpatient", "pharmacy"] }
        fund = "310100"
        deductible = [{ per = "year", rows = [{ is = "750.00" }, { when = { status = "retired" }, is = "600.00" }] }]
        limit = [{ per = "year", rows = [{ is = "6000.00" }, { when = { status = "pre_1949_worker" }, is = "7000.00" }] }]
        [benefit.ordinary_outpatient.rate]
        across = { level = ["up_to_primary", "secondary", "tertiary"] }
        rows = [
            { when = { status = "active" }, are = ["70%", "65%", "60%"] },
            { when = { status = "retired" }, are = ["75%", "70%", "60%"] } ]
        "#,
    );
    let settle = |status: &str, class: &str, amount: &str| {
        let visit = visit_with("2023-05-01", amount, json!({ "institution": { "class": class } }));
        settlements(&package, json!({ "status": status }), json!([visit]))[0]["hifp_pay"].clone()
    };
    assert_eq!(settle("active", "secondary", "1750.00"), "650.00");
    assert_eq!(settle("pre_1949_worker", "primary", "1600.00"), "750.00");
    // The first expense that reaches each limit in full.
    assert_eq!(settle("active", "tertiary", "10750.00"), "6000.00");
    assert_eq!(settle("pre_1949_worker", "tertiary", "12266.66"), "7000.00");
    assert_eq!(settle("pre_1949_worker", "tertiary", "12266.65"), "6999.99");
}

#[test]
fn nanchangs_draft_reaches_its_limits_where_it_should() {
    let package = area(
        r#"
        package = { area = "360100", name = "南昌市", status = "draft", from = 2023-01-01 }
        [fact]
        level = { values = ["up_to_primary", "secondary", "tertiary"], rows = [
            { when = { issuer_class = ["primary", "ungraded"] }, is = "up_to_primary" },
            { when = { issuer_class = "secondary" }, is = "secondary" },
            { when = { issuer_class = "tertiary" }, is = "tertiary" } ] }
        [benefit.ordinary_outpatient]
        for = { care_type = ["ordinary_outpatient", "pharmacy"] }
        fund = "310100"
        deductible = [{ per = "year", rows = [{ is = "600.00" }] }]
        limit = [{ per = "year", rows = [{ is = "1800.00" }, { when = { status = "retired" }, is = "2000.00" }] }]
        [benefit.ordinary_outpatient.rate]
        across = { level = ["up_to_primary", "secondary", "tertiary"] }
        rows = [{ are = ["60%", "55%", "50%"] }]
        adjust = [{ when = { status = "retired" }, add = "5 points" }]
        "#,
    );
    let settle = |status: &str, class: &str, amount: &str| {
        let visit = visit_with("2023-05-01", amount, json!({ "institution": { "class": class } }));
        settlements(&package, json!({ "status": status }), json!([visit]))[0]["hifp_pay"].clone()
    };
    assert_eq!(settle("active", "secondary", "3872.72"), "1800.00");
    assert_eq!(settle("active", "tertiary", "4199.99"), "1800.00");
    assert_eq!(settle("retired", "primary", "3676.92"), "2000.00");
}
