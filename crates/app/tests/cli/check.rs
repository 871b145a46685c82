//! `gongji policy check`: each way of breaking a package is found in its line and column.

use super::{Copy, gongji};

const OUT: &str = "outpatient.toml";

/// Breaks a copy of Chongqing's package in one place and checks it.
fn broken(file: &str, from: &str, to: &str, mark: &str, code: &str, told: &[&str]) {
    let copy = Copy::of("500000-chongqing");
    let (line, column) = copy.change(file, from, to, mark);
    let ran = gongji(&["policy", "check", &copy.path()], "");
    assert_eq!(ran.code, 1, "{}", ran.out);
    let (place, code) = (format!("{file}:{line}:{column}\n"), format!("错误[{code}]"));
    let fault = ran.out.split("\n\n").find(|fault| fault.contains(&code) && fault.contains(&place));
    let Some(fault) = fault else { panic!("no {code} at {place} in\n{}", ran.out) };
    for part in told {
        assert!(fault.contains(part), "{part} in\n{fault}");
    }
    assert!(!ran.out.contains("错误 0，"), "{}", ran.out);
}

#[test]
fn the_packages_that_ship_are_sound_and_their_cases_agree() {
    let ran = gongji(&["policy", "check"], "");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.contains("合计") && ran.out.contains("：错误 0，"), "{}", ran.out);
    let ran = gongji(&["policy", "check", "500000"], "");
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("500000 重庆市（500000-chongqing）：错误 0，"), "{}", ran.out);
    // What the documents leave open is said, with its place and article.
    assert!(ran.out.contains("说明[open]") && ran.out.contains("依据: xize:8"), "{}", ran.out);
}

#[test]
fn a_float() {
    broken(
        OUT,
        "{ is = \"200.00\" }",
        "{ is = 200.00 }",
        "200.00",
        "float_refused",
        &["小数 200.00", "应当: 应为", "^^^^^^"],
    );
}

#[test]
fn an_unknown_key_with_the_nearest_known() {
    broken(
        OUT,
        "fund = \"310100\"\ncite",
        "fundd = \"310100\"\ncite",
        "fundd",
        "unknown_key",
        &["待遇里没有键 fundd", "是否想写 fund（基金）？"],
    );
}

#[test]
fn an_unknown_value_of_a_fact() {
    let from = "{ when = { status = \"retired\" }, is = \"100.00\" }";
    let to = "{ when = { status = \"retird\" }, is = \"100.00\" }";
    broken(OUT, from, to, "\"retird\"", "unknown_value", &["retird", "可用：active、retired", "是否想写 retired？"]);
}

#[test]
fn a_gap() {
    let head = "[[benefit.ordinary_outpatient.deductible]]\nper = \"year\"\ncite = \"xize:4\"\nrows = [\n";
    let from = format!("{head}  {{ is = \"200.00\" }},");
    let to = format!(
        "{head}  {{ when = {{ status = \"active\", care_type = {{ not = \"pharmacy\" }} }}, is = \"200.00\" }},"
    );
    let told = ["care_type=pharmacy", "没有任何一行适用", "加一行不带 when 的默认值"];
    broken(OUT, &from, &to, "[[", "gap", &told);
}

#[test]
fn two_rows_that_both_apply() {
    let from = "  { when = { status = \"retired\" }, is = \"100.00\" },\n]";
    let to = "  { when = { status = \"retired\" }, is = \"100.00\" },\n  { when = { care_type = \"pharmacy\" }, is = \"50.00\" },\n]";
    broken(
        OUT,
        from,
        to,
        "{ when = { care_type = \"pharmacy\" }",
        "conflict",
        &["100.00 元 与 50.00 元", "写一行更窄的"],
    );
}

#[test]
fn dates_that_overlap() {
    let from = "{ is = \"200.00\" },";
    let to = "{ is = \"200.00\", until = 2025-06-30 },\n  { is = \"300.00\", from = 2025-06-30 },";
    broken(OUT, from, to, "{ is = \"300.00\"", "conflict", &["2025-06-30"]);
}

#[test]
fn a_value_without_an_article_or_with_one_that_is_not_quoted() {
    let from = "[account.use]\ncite = \"xize:10\"\nrows = [\n  { is = \"forbidden\" },";
    let told = ["account.use 的这一行没有依据", "写 cite"];
    broken("account.toml", from, "[account.use]\nrows = [\n  { is = \"forbidden\" },", "{ is", "uncited", &told);
    let from = "[benefit.ordinary_outpatient.rate]\ncite = \"xize:5\"";
    broken(
        OUT,
        from,
        "[benefit.ordinary_outpatient.rate]\ncite = \"xize:55\"",
        "\"xize:55\"",
        "unknown_article",
        &["是否想写 xize:5？"],
    );
}

#[test]
fn a_bound_of_the_state() {
    let told = ["是 49%", "须不低于 50%", "依据: guoban14:3 国办发〔2021〕14号"];
    broken(OUT, "are = [\"60%\", \"50%\"]", "are = [\"60%\", \"49%\"]", "\"49%\"", "out_of_bound", &told);
}

#[test]
fn columns_count_characters_not_bytes() {
    let copy = Copy::of("500000-chongqing");
    let from = "[document.wenda]\nnumber = \"重庆市职工医保门诊共济保障改革政策问答\"";
    let to = "[document]\nwenda = { number = \"重庆市职工医保门诊共济保障改革政策问答\", nummer = 1 }";
    let (line, column) = copy.change("package.toml", from, to, "nummer");
    assert_eq!(column, 43);
    let ran = gongji(&["policy", "check", &copy.path()], "");
    assert!(ran.out.contains(&format!("package.toml:{line}:{column}\n")), "{line}:{column}\n{}", ran.out);
}

#[test]
fn a_case_that_does_not_come_out() {
    let from = "| 例1 | 2024-06-01 | retired | employer | ordinary_outpatient | secondary | 2800.00 |  | 1260.00 | 100.00 | 1890.00 |";
    let to = "| 例1 | 2024-06-01 | retired | employer | ordinary_outpatient | secondary | 2800.00 |  | 1260.00 | 100.00 | 1891.00 |";
    broken("cases/published.md", from, to, "1891.00", "case_differs", &["1890.00", "1891.00"]);
}

#[test]
fn a_framework_of_its_own_holds_the_package() {
    let copy = Copy::of("500000-chongqing");
    let national = std::fs::read_to_string(super::policies().join("framework/national.toml")).unwrap();
    copy.add("framework/national.toml", &national.replace("is = \"50%\"", "is = \"55%\""));
    copy.add(
        "framework/source/guoban14.md",
        &std::fs::read_to_string(super::policies().join("framework/source/guoban14.md")).unwrap(),
    );
    let alone = gongji(&["policy", "check", &copy.path()], "");
    assert_eq!(alone.code, 0, "{}", alone.out);
    let ran = gongji(&["policy", "check", &copy.above()], "");
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("须不低于 55%"), "{}", ran.out);
}

#[test]
fn a_target_that_is_not_there() {
    let ran = gongji(&["policy", "check", "nowhere"], "");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("nowhere") && ran.err.contains("500000-chongqing"), "{}", ran.err);
}

#[test]
fn a_cliff_is_a_warning_with_its_visit_until_the_article_is_acknowledged() {
    let copy = Copy::of("500000-chongqing");
    let claims = "fund = \"310100\"\nclaims = { charge_amount = { at_most = \"500.00\" } }\ncite = \"wenda:14\"";
    copy.change(OUT, "fund = \"310100\"\ncite = \"wenda:14\"", claims, "claims");
    let ran = gongji(&["policy", "check", &copy.path()], "");
    let fault = ran.out.split("\n\n").find(|fault| fault.contains("提示[cliff]")).unwrap_or_default().to_owned();
    // 60 % of the 300.00 above the deductible, and nothing a fen later.
    for part in [
        "费用由 500.00 元增加到 500.01 元，基金支付由 180.00 元变为 0.00 元",
        "个人多负担 180.01 元",
        "已核 cliff：原因",
        "wenda:14",
    ] {
        assert!(fault.contains(part), "{part} in\n{}", ran.out);
    }
    let source = std::fs::read_to_string(super::policies().join("500000-chongqing/source/wenda.md")).unwrap();
    let heading = source.lines().find(|line| line.starts_with("## 14 ")).unwrap();
    copy.add(
        "500000-chongqing/source/wenda.md",
        &source.replace(heading, &format!("{heading}\n已核 cliff：条文以单笔 500 元划界")),
    );
    let ran = gongji(&["policy", "check", &copy.path()], "");
    assert!(!ran.out.contains("[cliff]"), "{}", ran.out);
}

#[test]
fn punctuation_of_a_chinese_keyboard_is_named() {
    let told = ["把这一行的全角 “ 改成半角 \""];
    broken(OUT, "{ is = \"200.00\" }", "{ is = “200.00” }", "“200.00” }", "toml_syntax", &told);
}

#[test]
fn a_column_that_checks_nothing_is_no_column() {
    let copy = Copy::of("500000-chongqing");
    let path = std::path::Path::new(&copy.path()).join("cases/mine.md");
    let text = "## 一\n\n依据：xize:44\n\n| 例 | date | class | amount | = hifp |\n|---|---|---|---|---|\n| 甲 | 2024-03-01 | tertiary | 500.00 | 150.00 |\n";
    std::fs::write(path, text).unwrap();
    let ran = gongji(&["policy", "check", &copy.path()], "");
    for part in ["错误[unknown_column]: 不认识的列 = hifp", "是否想写 = hifp_pay？", "是否想写 xize:"] {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
}
