//! `gongji policy diff`: what changes for a member, in text and as JSON.

use super::{Copy, gongji};

#[test]
fn two_days_of_one_package() {
    let ran = gongji(&["policy", "diff", "211200", "--on", "2022-12-15", "--on-b", "2023-01-01"], "");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    let told = [
        "铁岭市（2022-12-15）→ 铁岭市（2023-01-01）\n",
        "\n普通门诊统筹\n  起付标准（每年）：25.00 元 → 300.00 元\n    最小可见差别（只改这一项）：2022-12-15 在职，一级，普通门诊，费用 25.01 元：基金支付 0.01 → 0.00，个人现金 25.00 → 25.01\n",
        "  支付限额（每年）：250.00 元 → 3000.00 元\n    最小可见差别（只改这一项）：2022-12-15 退休，一级，普通门诊，费用 409.63 元：基金支付 250.00 → 250.01，个人现金 159.63 → 159.62\n",
        "    依据 xize:9 铁医保〔2022〕67号 第九条\n",
        "\n全部变化合起来，金额最小的不同就诊\n  2022-12-15／2023-01-01 在职，一级，普通门诊，费用 25.01 元：",
    ];
    for part in told {
        assert!(ran.out.contains(part), "{part} in\n{}", ran.out);
    }
}

#[test]
fn two_areas_by_name() {
    let ran = gongji(&["policy", "diff", "重庆市", "连云港市", "--on", "2024-06-01"], "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in [
        "重庆市（2024-06-01）→ 连云港市（2024-06-01）",
        "支付比例（三级，在职）：50% → 60%",
        "连同其他变化",
        "计入（每月）（年龄 70 周岁及以上，退休）：115.00 元 → 基本养老金平均水平（2023 年，文本未给出）× 2.5%",
        "只在一方有、没有比较：灵活就业",
    ] {
        assert!(ran.out.contains(part), "{part} in\n{}", ran.out);
    }
}

#[test]
fn the_package_that_ships_and_a_changed_copy_as_json() {
    let copy = Copy::of("500000-chongqing");
    copy.change("outpatient.toml", "are = [\"60%\", \"50%\"]", "are = [\"60%\", \"55%\"]", "are");
    let arguments = ["policy", "diff", "500000", &copy.path(), "--on", "2024-03-01", "--format", "json"];
    let ran = gongji(&arguments, "");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(found["changes"].as_array().unwrap().len(), 2);
    let change = &found["changes"][0];
    assert_eq!((&change["who"], &change["from"], &change["to"]), (&"三级，在职".into(), &"50%".into(), &"55%".into()));
    assert_eq!(change["effect"], "alone");
    assert_eq!(change["visit"]["amount"], "200.10");
    assert_eq!((&change["visit"]["fund_a"], &change["visit"]["fund_b"]), (&"0.05".into(), &"0.06".into()));
    assert_eq!(found["b"]["on"], "2024-03-01");
}

#[test]
fn what_cannot_be_compared() {
    let ran = gongji(&["policy", "diff", "nowhere"], "");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("nowhere"), "{}", ran.err);
    let ran = gongji(&["policy", "diff", "211200", "--on", "2020-01-01"], "");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("no rules on 2020-01-01"), "{}", ran.err);
    let copy = Copy::of("500000-chongqing");
    copy.change("outpatient.toml", "{ is = \"200.00\" }", "{ is = 200.00 }", "200.00");
    let ran = gongji(&["policy", "diff", "500000", &copy.path()], "");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("float_refused"), "{}", ran.err);
}
