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
