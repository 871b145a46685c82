//! Levers of the areas that ship, and packages with other figures.

use super::*;
use crate::cli::load;
use gongji_policy::case::{Detail, quote};
use gongji_policy::{Library, Severity};

const AREAS: [&str; 4] = ["211200", "320700", "360100", "500000"];

fn day() -> Day {
    "2027-01-01".parse().expect("a day")
}

fn base_of(area: &str) -> (Folder, Folder) {
    let shipped = load::shipped();
    let named = |begins: &str| shipped.iter().find(|folder| folder.name.starts_with(begins)).expect("it ships").clone();
    (named(area), named("framework"))
}

fn levers(area: &str) -> Levers {
    let (base, frameworks) = base_of(area);
    Levers::of(&base, &frameworks, "ordinary_outpatient", day()).expect("levers")
}

fn with(area: &str, choices: &[Choice]) -> Library {
    let (base, frameworks) = base_of(area);
    let proposal = Proposal { area, name: "某市", levers: &levers(area), from: day(), choices };
    Library::load(&[frameworks, base, proposal.folder("plan")])
}

fn errors(library: &Library) -> Vec<String> {
    let errors = library.faults().iter().filter(|(_, fault)| fault.severity == Severity::Error);
    errors.map(|(_, fault)| format!("{} {} {}", fault.code, fault.found, fault.allowed)).collect()
}

/// Visits of every kind of member at every level, small ones and ones beyond the limits.
fn settlements(library: &Library, area: &str) -> Vec<String> {
    let kinds = library.area(area).expect("it is sound").facts().iter().find(|fact| fact.name == "enrolment");
    let kinds = kinds.expect("a shared fact").values.clone();
    let mut answers = Vec::new();
    for enrolment in kinds.iter().filter(|kind| *kind != "lump_sum") {
        for (status, class) in
            ["active", "retired"].iter().flat_map(|s| ["primary", "secondary", "tertiary"].map(|c| (s, c)))
        {
            let visit = |number: u32, amount: &str| {
                format!(
                    "{{\"id\":\"e{number}\",\"date\":\"2027-0{number}-01\",\"care_type\":\"ordinary_outpatient\",\
                     \"institution\":{{\"class\":\"{class}\"}},\"charges\":[{{\"amount\":\"{amount}\"}}]}}"
                )
            };
            let case = format!(
                "{{\"id\":\"c\",\"pooling_area\":\"{area}\",\"member\":{{\"status\":\"{status}\",\"enrolment\":\"{enrolment}\"}},\
                 \"encounters\":[{},{},{}]}}",
                visit(1, "333.33"),
                visit(2, "1777.77"),
                visit(3, "20000.00")
            );
            let answer = quote(&case, library, Detail::Amounts);
            // A plan is a draft and says so; nothing else may differ.
            let text = serde_json::to_string(&answer).expect("an answer is JSON");
            answers.push(text.replace("\"policy_status\":\"draft\",", ""));
        }
    }
    answers
}

#[test]
fn every_figure_that_a_designer_may_turn_is_found_and_named() {
    let shown = |area: &str| -> Vec<String> { levers(area).all.iter().map(ToString::to_string).collect() };
    assert_eq!(
        shown("360100"),
        [
            "个人账户计入比例·在职（credit.active）2%",
            "个人账户计入比例·退休（credit.retired）2.5%",
            "起付标准（deductible）600.00 元",
            "支付比例·一级及以下（rate.up_to_primary）60%",
            "支付比例·二级（rate.secondary）55%",
            "支付比例·三级（rate.tertiary）50%",
            "支付比例增加·退休（rate.retired）5 个百分点",
            "最高支付限额（limit）1800.00 元",
            "最高支付限额·退休（limit.retired）2000.00 元",
        ]
    );
    let tieling = shown("211200");
    assert!(tieling.contains(&"起付标准（deductible）300.00 元".to_owned()), "{tieling:?}");
    assert!(!tieling.iter().any(|lever| lever.contains(" 25.00") || lever.contains("）25.00")), "{tieling:?}");
    let chongqing = shown("500000");
    assert!(
        chongqing.contains(&"最高支付限额·个人参保一档·退休（limit.individual_tier_1.retired）1200.00 元".to_owned()),
        "{chongqing:?}"
    );
}

#[test]
fn the_documents_above_bound_what_they_speak_of() {
    let levers = levers("360100");
    let of = |id: &str| &levers.all[levers.named(id).expect("a lever")];
    assert_eq!((of("rate.tertiary").min, of("rate.tertiary").max), (Some(500_000), None));
    assert_eq!((of("credit.active").min, of("credit.active").max), (None, Some(20_000)));
    // 2% 左右 is advice: it is shown and binds nothing.
    assert_eq!((of("credit.retired").min, of("credit.retired").bounded_by.len()), (None, 1));
    assert_eq!(of("deductible").bounded_by.len(), 0);
}

#[test]
fn a_lever_at_its_own_value_changes_nothing() {
    for area in AREAS {
        let (base, frameworks) = base_of(area);
        let before = settlements(&Library::load(&[frameworks, base]), area);
        let choices: Vec<Choice> = levers(area).all.iter().map(|lever| lever.value).enumerate().collect();
        let library = with(area, &choices);
        assert_eq!(errors(&library), Vec::<String>::new(), "{area}");
        assert!(settlements(&library, area) == before, "{area}");
        for (number, value) in choices {
            assert!(settlements(&with(area, &[(number, value)]), area) == before, "{area} lever {number}");
        }
    }
}

#[test]
fn a_lever_that_is_turned_changes_settlements_or_credits_from_its_day_on() {
    for area in AREAS {
        let levers = levers(area);
        for (number, lever) in levers.all.iter().enumerate() {
            let (step, part) = match lever.unit {
                Unit::Money => (-1_000, "money"),
                Unit::Points => (-10_000, "points"),
                // Credits may not be above the nation's share; rates not below it.
                Unit::Rate if lever.id.starts_with("credit") => (-1_000, "share"),
                Unit::Rate => (10_000, "rate"),
            };
            let library = with(area, &[(number, lever.value + step)]);
            assert_eq!(errors(&library), Vec::<String>::new(), "{area} {} {part}", lever.id);
            if lever.id.starts_with("credit") {
                continue;
            }
            let (base, frameworks) = base_of(area);
            let before = settlements(&Library::load(&[frameworks, base]), area);
            let rare = ["pre_1949_worker", "lump_sum"].iter().any(|value| lever.id.contains(value));
            assert!(rare || settlements(&library, area) != before, "{area} {}", lever.id);
        }
    }
}

#[test]
fn a_figure_outside_its_bound_is_refused_with_the_article() {
    let levers = levers("360100");
    let rate = levers.named("rate.tertiary").expect("a lever");
    let library = with("360100", &[(rate, 490_000)]);
    let fault = library.faults().iter().find(|(folder, fault)| folder == "plan" && fault.severity == Severity::Error);
    let (_, fault) = fault.expect("below 50%");
    assert!(fault.article.contains("国办发〔2021〕14号"), "{fault:?}");
}
