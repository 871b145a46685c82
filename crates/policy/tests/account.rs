//! Credits to personal accounts and what they may be used for, as the packages that ship say.
mod common;

use gongji_domain::{Day, Fen};
use gongji_policy::Area;
use gongji_policy::account::{
    AccountFault, Back, Begins, Contributing, Credit, CreditSource, Crediting, Span, Stated, Using, Verdict,
};

fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

fn fen(text: &str) -> Fen {
    text.parse().expect("an amount")
}

fn with<T>(code: &str, ask: impl FnOnce(&Area) -> T) -> T {
    let library = common::shipped();
    ask(library.area(code).unwrap_or_else(|| panic!("{code}: {:?}", library.faults())))
}

#[test]
fn a_member_turning_seventy_gets_more_from_the_month_of_the_birthday_on() {
    with("500000", |area| {
        let person = Crediting {
            status: "retired",
            enrolment: "employer",
            birth: Some(day("1954-03-15")),
            ..Crediting::default()
        };
        let credited = |on: &str| area.credit(day(on), Day::MAX, &person).expect("a credit").amount.expect("an amount");
        let months = ["2024-02-29", "2024-03-01", "2024-03-31", "2024-04-30"].map(credited);
        assert_eq!(months, ["105.00", "115.00", "115.00", "115.00"].map(fen));
    });
}

#[test]
fn the_day_whose_status_counts_is_the_packages() {
    let days = |code: &str| {
        with(code, |area| {
            let rules = area.credits_for(day("2024-05-10"), Day::MAX).expect("rules");
            (rules.status_day().to_string(), rules.age_day().to_string(), rules.facts_day().to_string())
        })
    };
    assert_eq!(days("500000"), ("2024-05-31".into(), "2024-05-31".into(), "2024-05-01".into()));
    assert_eq!(days("320700").0, "2024-04-30");
}

#[test]
fn an_open_index_credits_nothing_and_says_which_figure_is_awaited() {
    with("320700", |area| {
        let person = Crediting { status: "retired", enrolment: "employer", ..Crediting::default() };
        let fault = area.credit(day("2024-01-31"), Day::MAX, &person).expect_err("the index is open");
        assert!(
            matches!(&fault, AccountFault::Unpublished { what, .. } if what.contains("2023 年基本养老金平均水平")),
            "{fault}"
        );
        let frozen = [("credit_2022_monthly", fen("98.76"))];
        let person = Crediting { frozen: &frozen, ..person };
        let credit = area.credit(day("2023-12-31"), Day::MAX, &person).expect("a credit");
        assert_eq!(credit.amount, Some(fen("98.76")));
    });
}

#[test]
fn an_estimate_is_told_as_one() {
    with("360100", |area| {
        let rules = area.credits_for(day("2023-05-01"), Day::MAX).expect("rules");
        let person = Crediting { status: "retired", enrolment: "employer", ..Crediting::default() };
        let credit = rules.credit(&person).expect("a credit");
        let Credit::Amount { amount, source, provisional, .. } = credit else { panic!("{credit:?}") };
        assert_eq!((amount, provisional), (fen("78.50"), true));
        assert!(matches!(source, Some(CreditSource::Fund { ledger: None, .. })));
    });
}

#[test]
fn what_no_area_can_allow_is_forbidden_by_the_article_above_it() {
    for code in ["500000", "211200", "320700", "360100"] {
        for purpose in ["public_health", "fitness", "wellness"] {
            with(code, |area| {
                let using = Using { purpose, who: "self", status: "active", enrolment: "employer", ..Using::default() };
                let found = area.may_use(day("2024-05-01"), &using).expect("a verdict");
                assert_eq!(found.verdict, Verdict::Forbidden, "{code} {purpose}");
                assert!(found.article.starts_with("guoban14:5 "), "{code} {purpose}: {}", found.article);
            });
        }
    }
}

#[test]
fn a_fact_that_would_change_the_verdict_is_named() {
    with("211200", |area| {
        let using = Using { purpose: "pharmacy_goods", who: "child", ..Using::default() };
        let found = area.may_use(day("2024-05-01"), &using).expect("a verdict");
        assert_eq!((found.verdict, found.missing), (Verdict::Forbidden, vec!["national_code".to_owned()]));
        let found = area
            .may_use(day("2024-05-01"), &Using { facts: &[("national_code", "true")], ..using })
            .expect("a verdict");
        assert_eq!((found.verdict, found.missing), (Verdict::Allowed, vec![]));
    });
    with("500000", |area| {
        let using = Using { purpose: "large_amount_premium", who: "self", ..Using::default() };
        let fault = area.may_use(day("2024-05-01"), &using).expect_err("the status matters");
        assert_eq!(fault, AccountFault::Missing { fact: "status".to_owned() });
    });
}

#[test]
fn contributions_are_compared_with_what_the_text_gives() {
    with("320700", |area| {
        let rules = area.contribution(day("2024-05-01"), Day::MAX).expect("rules");
        let flexible = rules
            .of(&Contributing { status: "active", enrolment: "flexible", ..Contributing::default() })
            .expect("a rule");
        assert_eq!(
            (flexible.own_of(fen("4000.00")), flexible.pooled_of(fen("4000.00"))),
            (Some(fen("80.00")), Some(fen("240.00")))
        );
        assert_eq!(flexible.check(fen("4000.00"), fen("80.00"), Some(fen("240.00"))), []);
        let wrong = flexible.check(fen("4000.00"), fen("80.01"), Some(fen("320.00")));
        assert_eq!(wrong.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["own_differs", "pooled_differs"]);
        let employer = rules
            .of(&Contributing { status: "active", enrolment: "employer", ..Contributing::default() })
            .expect("a rule");
        assert_eq!(employer.pooled_of(fen("4000.00")), None);
    });
}

#[test]
fn an_index_as_it_was_known_is_used() {
    let text = r#"
[decided_elsewhere]
ordinary_outpatient = "text:1"
[account.credit]
per = "month"
cite = "text:1"
rows = [{ is = { share = "2%", of = "index.average_pension", year = 2023, round = "half_up fen" } }]
[account.credit_from]
cite = "text:1"
rows = [{ is = { fund = "310100", ledger = "outpatient" } }]
[index.average_pension]
cite = "text:1"
rows = [{ year = 2023, is = "3000.00", estimate = true }, { year = 2023, is = "3100.00", known = 2024-06-01 }]
"#;
    let library = gongji_policy::Library::load(&[common::area(text)]);
    let area = library.area("900001").unwrap_or_else(|| panic!("{:?}", library.faults()));
    let credit = |known: &str| {
        let credit = area.credit(day("2024-02-01"), day(known), &Crediting::default()).expect("a credit");
        (credit.amount, credit.provisional, credit.fund.and_then(|(_, ledger)| ledger))
    };
    assert_eq!(credit("2024-05-31"), (Some(fen("60.00")), true, Some("outpatient".to_owned())));
    assert_eq!(credit("2024-06-01"), (Some(fen("62.00")), false, Some("outpatient".to_owned())));
}

/// What is wrong with a package that says this besides a chain.
fn codes(text: &str) -> Vec<&'static str> {
    let text = format!("[decided_elsewhere]\nordinary_outpatient = \"text:1\"\n{text}");
    let library = gongji_policy::Library::load(&[common::area(&text)]);
    let errors = library.faults().iter().filter(|(_, fault)| fault.severity == gongji_policy::Severity::Error);
    errors.map(|(_, fault)| fault.code).collect()
}

#[test]
fn tables_of_accounts_that_cannot_be_used_are_errors() {
    let credit = |more: &str, row: &str| {
        let from = "[account.credit_from]\ncite = \"text:1\"\nrows = [{ is = \"contribution\" }]";
        codes(&format!(
            "[account.credit]\nper = \"month\"\ncite = \"text:1\"\n{more}\nrows = [{{ is = \"1.00\" }}, {row}]\n{from}"
        ))
    };
    let older = "{ when = { age = { at_least = 70 } }, is = \"2.00\" }";
    assert_eq!(credit("age_on = \"month_end\"", older), [""; 0]);
    assert_eq!(credit("", older), ["missing_key"], "which day's age is not said");
    assert_eq!(credit("", "{ when = { class = \"primary\" }, is = \"2.00\" }"), ["not_of_member"]);
    let third = "{ when = { status = \"retired\" }, is = { share = \"2%\", of = \"index.average\", year = 2023 } }";
    let index = "\n[index.average]\ncite = \"text:1\"\nrows = [{ year = 2023, is = \"3000.01\" }]";
    let inexact = credit("", third);
    assert!(inexact.contains(&"unknown_index"), "{inexact:?}");
    let from = |is: &str| codes(&format!("[account.credit_from]\ncite = \"text:1\"\nrows = [{{ is = {is} }}]{index}"));
    assert_eq!(from("{ fund = \"310100\" }"), [""; 0]);
    assert_eq!(from("\"employer\""), ["invalid_value"]);
    assert_eq!(from("{ fund = \"31\" }"), ["unknown_fund"]);
}

#[test]
fn terms_are_what_their_key_may_say() {
    let term = |key: &str, is: &str| codes(&format!("[entitlement]\ncite = \"text:1\"\n{key} = {is}"));
    for (key, is) in [
        ("waiting", "\"6 months\""),
        ("waiting", "\"none\""),
        ("gap", "\"unlimited\""),
        ("grace", "\"open\""),
        ("back_pay", "\"from_payment\""),
        ("inpatient_excludes", "false"),
    ] {
        assert_eq!(term(key, is), [""; 0], "{key} = {is}");
    }
    for (key, is) in [
        ("waiting", "\"unlimited\""),
        ("waiting", "\"6.00\""),
        ("gap", "true"),
        ("back_pay", "\"next_year\""),
        ("begins", "\"3 months\""),
        ("inpatient_excludes", "\"yes\""),
    ] {
        assert_eq!(term(key, is), ["invalid_value"], "{key} = {is}");
    }
}

#[test]
fn entitlement_is_plain_data_and_what_is_not_said_is_open() {
    let text = "[decided_elsewhere]\nordinary_outpatient = \"text:1\"\n[entitlement]\ncite = \"text:1\"\ngap = \"unlimited\"\n\
                back_pay = \"from_payment\"\nbegins = \"payment_day\"\nwaiting = \"none\"";
    let library = gongji_policy::Library::load(&[common::area(text)]);
    let area = library.area("900001").unwrap_or_else(|| panic!("{:?}", library.faults()));
    let rules = area.entitlement(day("2024-05-01")).expect("rules").of(&Contributing::default()).expect("a rule");
    assert_eq!((rules.gap.is, rules.back_pay.is), (Stated::Is(Span::Unlimited), Stated::Is(Back::FromPayment)));
    assert_eq!((rules.begins.is, rules.waiting.is), (Stated::Is(Begins::PaymentDay), Stated::Nothing));
    assert_eq!((rules.grace.is, rules.grace.article.as_str()), (Stated::Open, ""));
    assert_eq!(rules.gap.article, "text:1 试〔2024〕1号 第一条");
    assert_eq!(area.entitlement(day("2023-12-31")).err().map(|fault| fault.code()), Some("no_rules"));
}

#[test]
fn a_row_that_states_a_wrong_credit_is_a_fault_of_the_case() {
    let text = "[decided_elsewhere]\nordinary_outpatient = \"text:1\"\n[account.credit]\nper = \"month\"\ncite = \"text:1\"\n\
                rows = [{ is = \"60.00\" }]\n[account.credit_from]\ncite = \"text:1\"\nrows = [{ is = { fund = \"310100\" } }]";
    let report = |cells: &str| {
        let mut folder = common::area(text);
        let cases = format!(
            "## 计入\n\n依据：text:1\n\n| 例 | date | = credit | = credit_from | = error |\n|---|---|---|---|---|\n| 甲 | {cells} |\n"
        );
        folder.files.push(gongji_policy::SourceFile { path: "900001/cases/a.md".into(), text: cases.into() });
        gongji_policy::Library::load(&[folder]).run_cases("900001").expect("the package is sound")
    };
    assert!(report("2024-05-01 | 60.00 | 310100 |").is_sound());
    let wrong = report("2024-05-01 | 61.00 | 310100 |");
    assert!(!wrong.is_sound());
    assert_eq!((wrong.cases[0].differs[0].cells[0].got.as_str(), wrong.cases[0].passed), ("60.00", false));
    assert!(!report("2023-05-01 | 60.00 | 310100 |").is_sound(), "no rules yet");
    assert!(report("2023-05-01 | - | | no_rules").is_sound());
    assert!(!report("2024-05-01 | 60.00 | | no_rules").is_sound(), "there is an answer");
}
