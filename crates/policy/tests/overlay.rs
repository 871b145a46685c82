//! An agency's overlay fills what the texts leave open, on a package that ships.
mod common;

use gongji_policy::case::{Detail, quote};
use gongji_policy::{Folder, Library, Severity, SourceFile};
use serde_json::{Value, json};

const OVERLAY: &str = r#"
[package]
area = "500000"
extends = "500000"
verified = 2026-11-21
cite = "notice:1"

[document.notice]
number = "试〔2024〕1号"
published = 2024-01-01

[[benefit.ordinary_outpatient.limit]]
on = "payment"
per = "year"
counts = ["*"]
cite = "notice:1"
rows = [{ is = "5000.00" }]
beyond = { fund = "330100", when = { large_amount = true } }
"#;

fn library(overlay: &str) -> Library {
    let mut folders = common::shipped_folders();
    let files = vec![
        SourceFile { path: "overlay/package.toml".into(), text: overlay.into() },
        SourceFile {
            path: "overlay/source/notice.md".into(),
            text: "# 试〔2024〕1号\n## 1 第一条\n> 统筹基金年度支付限额 5000 元。\n".into(),
        },
    ];
    folders.push(Folder { name: "overlay".into(), files });
    Library::load(&folders)
}

fn settle(library: &Library, large_amount: bool) -> Value {
    let case = json!({"id": "o", "pooling_area": "500000",
        "member": {"status": "active", "enrolment": "employer", "facts": {"large_amount": large_amount}},
        "encounters": [{"id": "e1", "date": "2024-06-01", "care_type": "special_disease", "institution": {"class": "secondary"},
            "charges": [{"amount": "6350.00"}], "prior_benefits": [{"benefit": "special_disease", "fund_paid": "4728.00"}]}]});
    serde_json::to_value(quote(&case.to_string(), library, Detail::Amounts)).unwrap()["settlements"][0].clone()
}

/// 6350 − 4728 = 1622; (1622 − 200) × 60% = 853.20. The pool has 5000 − 4728 = 272.00 left this year;
/// 853.20 − 272.00 = 581.20 goes on at the same rate from the large-amount fund, for those insured there.
#[test]
fn beyond_the_filled_limit_the_large_amount_fund_goes_on() {
    let library = library(OVERLAY);
    let errors: Vec<String> = library
        .faults()
        .iter()
        .filter(|(_, f)| f.severity == Severity::Error)
        .map(|(_, f)| f.line(library.files()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let with = settle(&library, true);
    assert_eq!((with["hifp_pay"].as_str(), with["hifob_pay"].as_str()), (Some("5000.00"), Some("581.20")), "{with}");
    let without = settle(&library, false);
    assert_eq!(
        (without["hifp_pay"].as_str(), without["hifob_pay"].as_str()),
        (Some("5000.00"), Some("0.00")),
        "{without}"
    );
}

#[test]
fn an_overlay_of_an_area_that_is_not_loaded_is_a_fault() {
    let library = library(&OVERLAY.replace("extends = \"500000\"", "extends = \"510000\""));
    assert!(library.faults().iter().any(|(_, fault)| fault.code == "unknown_area"));
    assert!(settle(&library, true)["hifp_pay"].as_str() == Some("5581.20"), "the shipped package stands");
}

/// 200 at a secondary institution in Chongqing; the agency says 150 without repeating the stage.
#[test]
fn an_entry_that_leaves_out_the_usual_words_is_the_same_rule() {
    let deductible = "\n[[benefit.ordinary_outpatient.deductible]]\nper = \"year\"\ncite = \"notice:1\"\nrows = [{ is = \"150.00\" }]\n";
    for keys in ["", "on = \"eligible\"\n", "counts = [\"ordinary_outpatient\"]\n"] {
        let library = library(&format!("{OVERLAY}{deductible}{keys}"));
        let case = json!({"id": "o", "pooling_area": "500000", "member": {"status": "active"},
            "encounters": [{"id": "e1", "date": "2024-06-01", "care_type": "ordinary_outpatient",
                "institution": {"class": "secondary"}, "charges": [{"amount": "1150.00"}]}]});
        let answer = serde_json::to_value(quote(&case.to_string(), &library, Detail::Amounts)).unwrap();
        // (1150 - 150) x 60%.
        assert_eq!(answer["settlements"][0]["act_pay_dedc"], "150.00", "{keys} {answer}");
        assert_eq!(answer["settlements"][0]["hifp_pay"], "600.00", "{keys} {answer}");
    }
}
