//! What the funds would have paid otherwise, against figures worked out by hand.
mod common;

use common::{folder, folders};
use gongji_policy::Library;
use gongji_policy::case::{Detail, WhatIf};
use serde_json::{Value, json};
use std::path::Path;

fn told(library: &Library, case: &Value) -> Vec<WhatIf> {
    let case = library.read_case(&case.to_string()).unwrap();
    library.otherwise(&case).unwrap()
}

fn visit(class: &str, amount: &str) -> Value {
    json!({"id": "e1", "date": "2024-06-01", "care_type": "ordinary_outpatient",
        "institution": {"class": class}, "charges": [{"amount": amount}]})
}

/// What, how much more, and the keys of the articles.
fn lines(what_if: &WhatIf) -> Vec<(String, String, String)> {
    let key = |article: &String| article.split(' ').next().unwrap().to_owned();
    let line = |one: &gongji_policy::case::Otherwise| {
        assert_eq!(one.fund.fen() - what_if.fund.fen(), one.more.fen());
        let articles: Vec<String> = one.articles.iter().map(key).collect();
        (one.what.clone(), one.more.to_string(), articles.join(" "))
    };
    what_if.otherwise.iter().map(line).collect()
}

fn line(what: &str, more: &str, articles: &str) -> (String, String, String) {
    (what.to_owned(), more.to_owned(), articles.to_owned())
}

#[test]
fn another_class_another_status_and_a_deductible_borne_before() {
    let case = json!({"id": "a", "pooling_area": "500000", "member": {"status": "active"},
        "encounters": [visit("tertiary", "3000.00")]});
    let told = told(&common::shipped(), &case);
    // (3000−200)×50% = 1400. Retired: (3000−100)×60% = 1740. Elsewhere: 2800×60% = 1680.
    // Without the deductible: 3000×50% = 1500.
    assert_eq!(told[0].fund.to_string(), "1400.00");
    assert_eq!(
        lines(&told[0]),
        [
            line("人员类别（现为在职）是退休、建国前老工人", "340.00", "xize:4 xize:5 xize:6"),
            line("机构等级（现为三级）是一级、二级、未定级", "280.00", "xize:5"),
            line("起付标准 200.00 元此前已经付满（已付 0.00 元）", "100.00", "xize:4"),
        ]
    );
    // 3000 a year, 1400 of it now.
    assert_eq!(told[0].left.len(), 1);
    assert_eq!(
        (told[0].left[0].limit.to_string(), told[0].left[0].left.to_string()),
        ("3000.00".into(), "1600.00".into())
    );
}

#[test]
fn a_prescription_at_a_pharmacy() {
    let case = json!({"id": "b", "pooling_area": "500000", "member": {"status": "active"}, "encounters": [
        {"id": "e1", "date": "2024-06-01", "care_type": "pharmacy", "institution": {}, "charges": [{"amount": "500.00"}]}]});
    let told = told(&common::shipped(), &case);
    // (500−200)×60% = 180, ×50% = 150; the article is that of the reason that falls away.
    assert_eq!(told[0].fund.to_string(), "0.00");
    assert_eq!(
        lines(&told[0]),
        [
            line("有外配处方，开具机构的级别是一级、二级、未定级", "180.00", "xize:12"),
            line("有外配处方，开具机构的级别是三级", "150.00", "xize:12"),
        ]
    );
}

#[test]
fn a_limit_used_up_before() {
    let used = json!({"deductible_borne": "200.00", "fund_paid": "2900.00"});
    let case = json!({"id": "c", "pooling_area": "500000", "member": {"status": "active", "used": used},
        "encounters": [visit("primary", "2000.00"), visit("primary", "100.00")]});
    let told = told(&common::shipped(), &case);
    // 2000×60% = 1200, of which 100 are left. Retired: 2000×70% = 1400, of which 4000−2900 = 1100.
    assert_eq!(told[0].fund.to_string(), "100.00");
    assert_eq!(
        lines(&told[0]),
        [
            line("限额 3000.00 元此前没有用过（已用 2900.00 元）", "1100.00", "xize:6"),
            line("人员类别（现为在职）是退休、建国前老工人", "1000.00", "xize:4 xize:5 xize:6"),
        ]
    );
    // The second visit finds nothing left: 100×60% = 60; retired 100×70% = 70.
    assert_eq!((told[1].fund.to_string(), told[1].left[0].left.to_string()), ("0.00".into(), "0.00".into()));
    let more: Vec<String> = lines(&told[1]).into_iter().map(|(_, more, _)| more).collect();
    assert_eq!(more, ["70.00", "60.00"]);
}

#[test]
fn a_filing_that_was_not_made() {
    let visit = json!({"id": "e1", "date": "2023-06-01", "care_type": "ordinary_outpatient", "place": "temporary",
        "institution": {"class": "tertiary"}, "charges": [{"amount": "3000.00"}]});
    let case = json!({"id": "d", "pooling_area": "211200", "member": {"status": "active"}, "encounters": [visit]});
    let told = told(&common::shipped(), &case);
    // (3000−300)×50% = 1350.
    assert_eq!(lines(&told[0])[0], line("就医地点（现为临时外出）是本地、异地长期居住备案", "1350.00", "xize:10"));
}

/// Packages of these folders, with the frameworks.
fn library(dir: &str) -> Library {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = vec![folder(&here.join("../../policies/framework"))];
    all.extend(folders(&here.join(dir)));
    Library::load(&all)
}

#[test]
fn on_every_worked_case_what_is_told_is_more_and_has_an_article() {
    for dir in ["../../policies", "../../policies/examples", "tests/areas"] {
        let library = library(dir);
        let mut asked = 0;
        for area in library.areas() {
            for worked in library.worked_cases(area.code()) {
                let Ok(case) = &worked.case else { continue };
                let Ok(decisions) = library.decide_case(case, Detail::Amounts) else { continue };
                let told = library.otherwise(case).unwrap();
                assert_eq!(told.len(), decisions.len());
                for one in told.iter().flat_map(|what_if| &what_if.otherwise) {
                    assert!(one.more.fen() > 0 && !one.what.is_empty(), "{} {one:?}", worked.name);
                    assert!(one.articles.iter().all(|article| article.contains(':')), "{} {one:?}", worked.name);
                    assert!(!one.articles.is_empty(), "{} {one:?} {:?}", worked.name, case);
                    asked += 1;
                }
                assert!(told.iter().all(|what_if| what_if.otherwise.is_sorted_by(|a, b| a.more >= b.more)));
            }
        }
        assert!(asked > 100, "{dir}: {asked}");
    }
}

#[test]
fn a_contract_that_the_area_declares() {
    let library = library("../../policies/examples");
    let case = json!({"id": "e", "pooling_area": "210200", "member": {"status": "active"},
        "encounters": [visit("primary", "1000.00")]});
    let told = told(&library, &case);
    // (1000−200)×70% = 560; with ten points more 640.
    assert_eq!(told[0].fund.to_string(), "560.00");
    let contract = line("签约家庭医生升级服务包（现为“否”）是“是”", "80.00", "jiedu:2 jiedu:2.5");
    assert!(lines(&told[0]).contains(&contract), "{:#?}", told[0]);
}

#[test]
fn an_area_without_a_package_has_nothing_to_tell_and_a_wrong_case_is_refused() {
    let library = common::shipped();
    let case = json!({"id": "f", "pooling_area": "999999", "member": {"status": "active"}, "encounters": [visit("primary", "1.00")]});
    assert_eq!(told(&library, &case), []);
    let case = json!({"id": "g", "pooling_area": "500000", "member": {"status": "active", "used": {"deductable": "1.00"}},
        "encounters": [visit("primary", "1.00")]});
    let read = library.read_case(&case.to_string());
    assert!(read.is_err() || library.otherwise(&read.unwrap()).is_err());
}
