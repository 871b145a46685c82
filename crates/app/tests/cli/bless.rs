//! `gongji policy bless`: nothing is written that nobody named, what is written is right, and the
//! boundary cases that it proposes come out.

use super::{Copy, gongji};
use std::path::Path;

const CASES: &str = "cases/published.md";
const HEADING: &str = "公布的五个算例";

/// Chongqing with two wrong figures in the first published case, and one in the second.
fn wrong() -> Copy {
    let copy = Copy::of("500000-chongqing");
    copy.change(CASES, "| 100.00 | 1890.00 | 1890.00 | 910.00 |", "| 100.00 | 1960.00 | 1890.00 | 840.00 |", "1960");
    copy.change(CASES, "| 200.00 | 1400.00 | 1400.00 |", "| 200.00 | 1500.00 | 1400.00 |", "1500");
    copy
}

fn cases(copy: &Copy) -> String {
    std::fs::read_to_string(Path::new(&copy.path()).join(CASES)).unwrap()
}

#[test]
fn without_a_name_it_shows_old_and_new_with_the_articles_and_writes_nothing() {
    let copy = wrong();
    let before = cases(&copy);
    let ran = gongji(&["policy", "bless", &copy.path()], "");
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    for part in [
        "公布的五个算例/例1",
        "hifp_pay           1960.00 → 1890.00",
        "psn_part_amt       840.00 → 910.00",
        "2700.00 元 × 70% = 1890.00 元",
        "依据 渝医保发〔2023〕32号 第五条",
        "公布的五个算例/例2",
        "不相符 2 个、3 处；写入 0 处",
    ] {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
    assert!(!ran.out.contains("已写入"));
    assert_eq!(cases(&copy), before);
}

#[test]
fn only_the_case_that_is_named_is_written() {
    let copy = wrong();
    let name = format!("{HEADING}/例1");
    let ran = gongji(&["policy", "bless", &copy.path(), "--case", &name], "");
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.out.contains("已写入") && ran.out.contains("写入 2 处"), "{}", ran.out);
    let text = cases(&copy);
    assert!(text.contains("| 100.00 | 1890.00 | 1890.00 | 910.00 |") && text.contains("| 200.00 | 1500.00 |"));
    // The rest by its heading; then the file is as it was before anybody changed it.
    let ran = gongji(&["policy", "bless", &copy.path(), "--case", HEADING], "");
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert_eq!(cases(&copy), cases(&Copy::of("500000-chongqing")));
    assert_eq!(gongji(&["policy", "check", &copy.path()], "").code, 0);
}

#[test]
fn all_of_them_may_be_written_at_once() {
    let copy = wrong();
    let ran = gongji(&["policy", "bless", &copy.path(), "--all"], "");
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert_eq!(cases(&copy), cases(&Copy::of("500000-chongqing")));
    let again = gongji(&["policy", "bless", &copy.path()], "");
    assert!(again.code == 0 && again.out.contains("不相符 0 个、0 处"), "{}", again.out);
}

#[test]
fn a_name_that_no_case_has_and_a_package_with_errors_write_nothing() {
    let copy = wrong();
    let before = cases(&copy);
    let ran = gongji(&["policy", "bless", &copy.path(), "--case", "没有的标题"], "");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("没有的标题") && ran.err.contains(HEADING), "{}", ran.err);
    copy.change("outpatient.toml", "are = [\"60%\", \"50%\"]", "are = [\"60%\", \"49%\"]", "49");
    let ran = gongji(&["policy", "bless", &copy.path(), "--all"], "");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("须不低于 50%") && ran.err.contains("先改正"), "{}", ran.err);
    assert_eq!(cases(&copy), before);
    assert_eq!(gongji(&["policy", "bless", &copy.path(), "--all", "--boundaries"], "").code, 2);
}

#[test]
fn the_boundary_cases_come_out_when_they_are_kept() {
    let copy = Copy::of("500000-chongqing");
    let ran = gongji(&["policy", "bless", &copy.path(), "--boundaries"], "");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    // By hand: 200.01 leaves 0.01, half of it is rounded up; (6199.99−200)×50% = 2999.995 → 3000.00.
    for part in [
        "程序生成，待核对",
        "依据：xize:4 xize:6 xize:5",
        "| active | employer | tertiary | 199.99 | 199.99 | 0.00 | 199.99 | 起付标准差一分 |",
        "| active | employer | tertiary | 200.01 | 200.00 | 0.01 | 200.00 | 起付标准多一分；0.01×50%＝0.005→0.01 |",
        "| active | employer | tertiary | 6199.98 | 200.00 | 2999.99 | 3199.99 | 限额差一分；5999.98×50%＝2999.99 |",
        "| active | employer | tertiary | 6199.99 | 200.00 | 3000.00 | 3199.99 | 限额刚好；5999.99×50%＝2999.995→3000.00 |",
        "| retired | individual_tier_1 | tertiary | 2100.01 | 100.00 | 1200.00 | 900.01 | 限额多一分；",
    ] {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
    std::fs::write(Path::new(&copy.path()).join("cases/boundaries.md"), &ran.out).unwrap();
    let check = gongji(&["policy", "check", &copy.path()], "");
    assert_eq!(check.code, 0, "{}", check.out);
    let early = gongji(&["policy", "bless", &copy.path(), "--boundaries", "--on", "2023-12-31"], "");
    assert!(early.code == 2 && early.err.contains("2023-12-31 没有规定"), "{}", early.err);
}
