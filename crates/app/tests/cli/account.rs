//! `gongji account rules` and `gongji account quote`: what officers and members are shown.

use super::gongji;

#[test]
fn a_credit_is_quoted_with_how_it_came_about_and_its_article() {
    let asked = ["account", "quote", "--area", "500000", "--status", "retired", "--enrolment", "employer"];
    let month = |date: &str| gongji(&[&asked[..], &["--birth", "1954-03-15", "--date", date]].concat(), "");
    let before = month("2024-02-29");
    assert_eq!((before.code, before.err.as_str()), (0, ""));
    assert!(before.out.contains("定额每月 105.00 元；由职工基本医疗保险统筹基金 310100 划入"), "{}", before.out);
    assert!(before.out.contains("依据 xize:9 渝医保发〔2023〕32号 第九条"), "{}", before.out);
    assert!(month("2024-03-01").out.contains("115.00"));
}

#[test]
fn an_estimate_and_what_is_not_published_are_said() {
    let ran = gongji(&["account", "quote", "--area", "360100", "--date", "2023-05-01", "--status", "retired"], "");
    assert!(ran.out.contains("2023 年基本养老金平均水平（预计） 3140.00 元×2.5%＝每月 78.50 元"), "{}", ran.out);
    assert!(ran.out.contains("预计数"), "{}", ran.out);
    let ran = gongji(&["account", "quote", "--area", "320700", "--date", "2024-05-01", "--status", "retired"], "");
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("2023 年基本养老金平均水平尚未公布"), "{}", ran.out);
    let ran = gongji(&["account", "quote", "--area", "360100", "--date", "2023-05-01", "--status", "active"], "");
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("缺少本人缴费基数"), "{}", ran.out);
}

#[test]
fn a_use_is_answered_and_what_would_change_it_is_named() {
    let asked = ["account", "quote", "--area", "铁岭市", "--date", "2023-05-01", "--purpose", "pharmacy_goods"];
    let ran = gongji(&[&asked[..], &["--who", "child"]].concat(), "");
    assert!(ran.out.contains("不得使用个人账户；没有说明：国家医保标准编码"), "{}", ran.out);
    let ran = gongji(&[&asked[..], &["--who", "child", "--fact", "national_code=true"]].concat(), "");
    assert!(ran.out.contains("可以使用个人账户\n"), "{}", ran.out);
    let ran = gongji(&[&asked[..], &["--who", "uncle"]].concat(), "");
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("who 没有取值") && ran.out.contains("spouse"), "{}", ran.out);
    assert_eq!(gongji(&asked, "").code, 2, "a purpose without a person");
}

#[test]
fn the_rules_are_shown_in_words_with_what_is_open() {
    let ran = gongji(&["account", "rules", "--area", "320700", "--date", "2023-06-01"], "");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for told in [
        "个人账户计入的来源",
        "本人缴费",
        "身份变化自次月起",
        "缴费比例：合计",
        "合计减去个人部分",
        "待遇等待期：文本未给出",
    ] {
        assert!(ran.out.contains(told), "{told}\n{}", ran.out);
    }
    assert!(!ran.out.contains("起付标准"), "{}", ran.out);
    assert_eq!(gongji(&["account", "rules", "--area", "999999"], "").code, 2);
}

/// A small town in a store of its own.
fn town(folder: &tempfile::TempDir) -> String {
    let store = folder.path().join("town.db").to_str().unwrap().to_owned();
    let ran = gongji(&["account", "town", "--members", "50", "--month", "2024-01", "--store", &store], "");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    store
}

#[test]
fn a_month_is_previewed_credited_once_and_whoever_gets_nothing_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let (store, listed) = (town(&folder), folder.path().join("skipped.csv"));
    let run = |month: &str, options: &[&str]| {
        gongji(&[&["account", "credit", "--month", month, "--store", &store], options].concat(), "")
    };
    let preview = run("2024-01", &["--preview"]);
    assert!(preview.out.contains("计入试算，什么都没有写入") && preview.out.contains("计入 50 人"), "{}", preview.out);
    let first = run("2024-01", &["--by", "王经办", "--format", "json"]);
    assert_eq!((first.code, first.err.as_str()), (0, ""));
    let told: serde_json::Value = serde_json::from_str(&first.out).unwrap();
    assert_eq!(told[0]["credited"]["credits"], 50);
    assert_eq!((&told[0]["books"]["ties"], &told[0]["skipped"]), (&true.into(), &serde_json::json!({})));
    assert!(run("2024-01", &[]).out.contains("此前已足额计入 50 人"));
    // Nobody has contributed for February: the workers wait, the retired do not.
    let next = run("2024-02", &["--report", listed.to_str().unwrap()]);
    assert_eq!(next.code, 1);
    assert!(next.out.contains("contribution_not_received"), "{}", next.out);
    let listed = std::fs::read_to_string(listed).unwrap();
    assert!(listed.starts_with("\u{feff}统筹区,人员编号,原因代码,原因\n"), "{listed}");
    assert_eq!(listed.lines().count(), 31);
    let none = run("2024-01", &["--area", "110000"]);
    assert_eq!(none.code, 2);
    assert!(none.err.contains("没有统筹区 110000 的政策包"), "{}", none.err);
    assert_eq!(gongji(&["store", "verify", &store], "").code, 0);
}

#[test]
fn a_feed_with_a_bad_row_is_taken_but_for_that_row() {
    let folder = tempfile::tempdir().unwrap();
    let (store, feed) = (town(&folder), folder.path().join("feed.csv"));
    let rows = "人员编号,费款所属期,缴费基数,个人缴费,单位缴费,到账日期\n\
                50000000000002,2024-02,4002.00,80.04,320.00,2024-02-20\n\
                50000000000003,2024-02,4003.00,80.00,320.00,2024-02-20\n";
    std::fs::write(&feed, rows).unwrap();
    let take = |options: &[&str]| {
        gongji(&[&["account", "contribute", feed.to_str().unwrap(), "--store", &store], options].concat(), "")
    };
    let dry = take(&["--dry-run"]);
    assert_eq!(dry.code, 1);
    assert!(dry.out.contains("第 3 行 个人缴费：给出「80.00」") && dry.out.contains("80.06 元"), "{}", dry.out);
    assert!(take(&[]).out.contains("入账 1 行"));
    assert!(take(&[]).out.contains("此前已入账 1"));
    let carried = gongji(&["account", "carry-over", "--year", "1999", "--store", &store], "");
    assert_eq!(carried.code, 2);
    assert!(carried.err.contains("只办上一年度"), "{}", carried.err);
}
