//! Listing and showing packages.

use super::{Copy, gongji, policies};

#[test]
fn the_list_has_all_areas_with_their_documents_and_cases() {
    let ran = gongji(&["policy", "list"], "");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let row = |code: &str| ran.out.lines().find(|line| line.contains(code)).unwrap_or_default().to_owned();
    assert!(
        row("500000").contains("重庆市") && row("500000").contains("施行") && row("500000").contains("2024-01-01 起")
    );
    assert!(row("360100").contains("征求意见稿"));
    assert!(ran.out.contains("渝医保发〔2023〕32号") && ran.out.contains("铁医保〔2022〕67号"));
    let cases: usize = row("211200").split('┆').next_back().unwrap().trim_matches([' ', '│']).parse().unwrap();
    assert!(cases > 100);
}

#[test]
fn a_package_given_is_listed_with_where_it_came_from() {
    let copy = Copy::of("500000-chongqing");
    let ran = gongji(&["policy", "list", "--policies", &copy.path()], "");
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("来源"), "{}", ran.out);
}

#[test]
fn examples_are_loaded_only_when_they_are_given() {
    let ran = gongji(&["policy", "list"], "");
    assert!(!ran.out.contains("310000") && !ran.err.contains("examples"), "{}{}", ran.out, ran.err);
    let all = gongji(&["policy", "list", "--policies", &policies().display().to_string()], "");
    assert!(all.code == 0 && !all.out.contains("310000"), "{}{}", all.out, all.err);
    let examples = policies().join("examples").display().to_string();
    let given = gongji(&["policy", "list", "--policies", &examples], "");
    assert_eq!((given.code, given.err.as_str()), (0, ""));
    for part in ["500000", "310000", "上海市（示例）", "沪医保规〔2023〕6号"] {
        assert!(given.out.contains(part), "{part}\n{}", given.out);
    }
}

#[test]
fn figures_are_worked_out_for_every_combination() {
    let ran = gongji(&["policy", "show", "500000"], "");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for part in [
        "重庆市 500000　2024-01-01 的规定",
        "policies/500000-chongqing/outpatient.toml",
        "│ 人员类别 ┆ 二级及以下 ┆ 三级 │",
        "│ 在职     ┆ 60%        ┆ 50%  │",
        // Ten points more for the retired, already added.
        "│ 退休     ┆ 70%        ┆ 60%  │",
        "│ 退休     ┆ 4000.00 元               ┆ 1200.00 元   │",
        "支付限额（每年）：文本未给出",
        "超过部分由大额医疗费用补助基金 330100 按同一比例支付",
        "依据 xize:5 渝医保发〔2023〕32号 第五条",
        "也收：两病门诊用药支付后的剩余",
        "支付额由就诊记录写明",
        "药店购药没有定点医疗机构的外配处方（no_prescription）",
        "yufu16:2.3.2",
    ] {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
}

#[test]
fn the_rules_are_those_of_the_day_asked_for() {
    let then = gongji(&["policy", "show", "铁岭", "--on", "2022-12-15"], "").out;
    assert!(then.contains("起付标准（每年）：25.00 元") && then.contains("支付限额（每年）：250.00 元"), "{then}");
    let newest = gongji(&["policy", "show", "211200", "--articles"], "").out;
    assert!(newest.contains("起付标准（每年）：300.00 元（2023-01-01 起）"), "{newest}");
    assert!(newest.contains("规定有变化的日子：2022-12-01、2023-01-01"));
    assert!(newest.contains("依据的条文") && newest.contains("铁医保〔2022〕67号 第九条"));
}

#[test]
fn an_area_or_day_without_rules_is_said() {
    assert!(gongji(&["policy", "show", "南昌"], "").out.contains("征求意见稿（未施行）"));
    for (arguments, told) in [
        (&["policy", "show", "110000"][..], "500000 重庆市"),
        (&["policy", "show", "500000", "--on", "2023-12-31"], "自 2024-01-01 起"),
    ] {
        let ran = gongji(arguments, "");
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.contains(told), "{}", ran.err);
    }
}

#[test]
fn a_share_of_an_index_that_is_awaited_is_shown_as_it_will_be() {
    let example = policies().join("examples/150100-huhehaote").display().to_string();
    let shown = gongji(&["policy", "show", "150100", "--policies", &example, "--on", "2024-05-01"], "");
    assert_eq!((shown.code, shown.err.as_str()), (0, ""));
    assert!(shown.out.contains("基本养老金平均水平（2023 年，文本未给出）× 2%"), "{}", shown.out);
    assert!(shown.out.contains("统账结合") && shown.out.contains("特殊用药"), "{}", shown.out);
}
