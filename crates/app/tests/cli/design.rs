//! Estimates, designs and budgets from outside: what is printed, what is written, and exit status.

use super::gongji;

/// Few people: what is tested is the command, not the figures.
const FEW: [&str; 4] = ["--persons", "300", "--year", "2027"];

fn with<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    arguments.iter().copied().chain(FEW).collect()
}

#[test]
fn an_estimate_is_told_with_its_contradictions_and_a_simulated_answer_beside_it() {
    let plain = gongji(&["estimate", "360100"], "");
    assert_eq!(plain.code, 0, "{}", plain.err);
    assert!(plain.out.contains("不一致") && plain.out.contains("--persons"));
    let ran = gongji(&["estimate", "360100", "--persons", "2000", "--calibrate", "--format", "json"], "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let page: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let rows = page["tables"]["beside"].as_array().expect("rows");
    let before: Vec<_> =
        rows.iter().filter(|row| row["words"].as_str().is_some_and(|words| words.starts_with("改革前"))).collect();
    assert_eq!(before.len(), 2);
    // With the document's incomes, what was credited before is what the document prints, but for rounding each person.
    for row in before {
        let fen = |key: &str| row[key].as_str().expect("an amount").replace('.', "").parse::<i64>().expect("fen");
        assert!((fen("calibrated") - fen("printed")).abs() < 10, "{row}");
    }
}

#[test]
fn an_estimate_that_does_not_exist_and_a_calibration_of_nobody_are_refused() {
    for arguments in [&["estimate", "500000"][..], &["estimate", "360100", "--calibrate"]] {
        let ran = gongji(arguments, "");
        assert_eq!(ran.code, 2, "{arguments:?} {}", ran.out);
        assert!(ran.out.is_empty() && !ran.err.is_empty());
    }
}

#[test]
fn a_design_is_the_same_on_one_thread_and_on_two_and_its_package_passes_the_check() {
    let dir = tempfile::tempdir().expect("a folder");
    let plans = ["1", "2"].map(|threads| {
        let out = dir.path().join(threads);
        let out = out.to_str().expect("a path");
        let solve = ["design", "solve", "--area", "360100", "--budget", "80945.49万元", "--tries", "20"];
        let ran = gongji(&with(&[&solve[..], &["--threads", threads, "--out", out]].concat()), "");
        assert_eq!(ran.code, 0, "{}", ran.err);
        let checked = gongji(&["policy", "check", out], "");
        assert_eq!(checked.code, 0, "{}{}", checked.out, checked.err);
        let again = gongji(&with(&[&solve[..], &["--out", out]].concat()), "");
        assert_eq!((again.code, again.err.contains("已经存在")), (2, true));
        (std::fs::read_to_string(format!("{out}/plan.toml")).expect("a plan"), ran.out.replace(out, ""))
    });
    assert_eq!(plans[0], plans[1]);
    for words in ["用去预算的", "搜索的范围", "方案自 2027-01-01 起"] {
        assert!(plans[0].1.contains(words), "{words}");
    }
    assert!(!plans[0].1.contains("（演示参数）（演示参数）"));
}

#[test]
fn designs_end_with_the_status_that_they_tell() {
    for (arguments, code) in [
        (&["design", "sensitivity", "--area", "360100", "--levers", "deductible"][..], 0),
        (&["design", "frontier", "--area", "360100", "--points", "5"], 0),
        (&["design", "solve", "--area", "360100", "--budget", "1元", "--tries", "5"], 1),
        (&["design", "solve", "--area", "360100", "--budget", "one", "--tries", "5"], 2),
        (&["design", "sensitivity", "--area", "360100", "--levers", "deductable"], 2),
        (&["design", "frontier", "--area", "990099"], 2),
    ] {
        let ran = gongji(&with(arguments), "");
        assert_eq!(ran.code, code, "{arguments:?} {}", ran.err);
        assert_eq!(ran.err.is_empty(), code == 0, "{arguments:?} {}", ran.err);
    }
}

#[test]
fn budgets_end_with_the_status_that_they_tell() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.to_str().expect("a path").to_owned()
    };
    let year = |of: u32, amount: u32| -> String { (1..=12).map(|month| format!("{of},{month},{amount}\n")).collect() };
    let history = file("history.csv", &format!("year,month,amount\n{}{}", year(2024, 100), year(2025, 110)));
    let spent = file("spent.csv", "month,amount\n1,100\n2,100\n");
    let wrong = file("wrong.csv", "month,amount\n1,100\n3,100\n");
    let watch = |budget: &str, spent: &str| {
        gongji(&["budget", "watch", "360100", "--budget", budget, "--spent", spent, "--history", &history], "")
    };
    assert_eq!(watch("5000元", &spent).code, 0);
    assert_eq!(watch("1000元", &spent).code, 1);
    let ran = watch("1000元", &wrong);
    assert_eq!((ran.code, ran.err.contains("没有 2 月")), (2, true), "{}", ran.err);
    let ran = gongji(&["budget", "project", "360100", "--opening", "1亿元"], "");
    assert!(ran.code < 2, "{}", ran.err);
    assert_eq!(gongji(&["budget", "project", "500000"], "").code, 2);
}
