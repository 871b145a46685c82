//! What changes between two sets of rules, and the smallest visit that shows it, worked by hand.

mod changed;

use changed::{area, shipped, with};
use gongji_policy::{Comparison, Effect, Folder, Library, Witness, compare};

fn compared(a: (&[Folder], &str, &str), b: (&[Folder], &str, &str)) -> Comparison {
    let (one, other) = (Library::load(a.0), Library::load(b.0));
    let side = |library: &'_ Library, code: &str| library.area(code).is_some();
    assert!(side(&one, a.1) && side(&other, b.1), "{:?} {:?}", one.faults(), other.faults());
    compare((one.area(a.1).unwrap(), a.2.parse().unwrap()), (other.area(b.1).unwrap(), b.2.parse().unwrap())).unwrap()
}

fn visit(witness: &Witness) -> String {
    let fen = |fen: Option<gongji_domain::Fen>| fen.map_or("refused".to_owned(), |fen| fen.to_string());
    let (fund, cash) = (witness.fund, witness.cash);
    format!(
        "{} {}: {} -> {}, {} -> {}",
        witness.who,
        witness.amount,
        fen(fund.0),
        fen(fund.1),
        fen(cash.0),
        fen(cash.1)
    )
}

/// Each change in a line.
fn lines(found: &Comparison) -> Vec<String> {
    let line = |change: &gongji_policy::Change| {
        let effect = match &change.effect {
            Effect::Alone(witness) => format!("alone {}", visit(witness)),
            Effect::Together(witness) => format!("together {}", visit(witness)),
            Effect::Unseen => "unseen".to_owned(),
            Effect::NoVisit => "no visit".to_owned(),
        };
        format!("{} {}[{}] {} -> {} | {effect}", change.subject, change.what, change.who, change.from, change.to)
    };
    found.changes.iter().map(line).collect()
}

/// A package with one benefit, written in short.
fn mini(benefit: &str, rest: &str) -> Vec<Folder> {
    let text = format!(
        "chain = [\"ordinary_outpatient\"]\n[package]\nfrom = 2024-01-01\n{rest}\n[benefit.ordinary_outpatient]\nfor = {{ care_type = [\"ordinary_outpatient\", \"pharmacy\"] }}\nfund = \"310100\"\ncite = \"text:1\"\n{benefit}\n"
    );
    vec![area("999900", &text)]
}

fn of_minis(a: &str, b: &str) -> Vec<String> {
    lines(&compared((&mini(a, ""), "999900", "2024-03-01"), (&mini(b, ""), "999900", "2024-03-01")))
}

#[test]
fn the_same_rules_have_no_difference() {
    let folders = shipped();
    for code in ["211200", "320700", "360100", "500000"] {
        let found = compared((&folders, code, "2024-06-01"), (&folders, code, "2024-06-01"));
        assert_eq!(found, Comparison::default(), "{code}");
    }
}

#[test]
fn tieling_before_and_after_the_first_full_year() {
    let folders = shipped();
    let found = compared((&folders, "211200", "2022-12-15"), (&folders, "211200", "2023-01-01"));
    // 25.01 above 25.00 at 60 % is 0.006, which rounds to a fen; 384.63 at 65 % is 250.0095.
    assert_eq!(
        lines(&found),
        [
            "普通门诊统筹 起付标准（每年）[] 25.00 元 -> 300.00 元 | alone 在职，一级，普通门诊 25.01: 0.01 -> 0.00, 25.00 -> 25.01",
            "普通门诊统筹 支付限额（每年）[] 250.00 元 -> 3000.00 元 | alone 退休，一级，普通门诊 409.63: 250.00 -> 250.01, 159.63 -> 159.62",
        ]
    );
    assert_eq!(found.together.as_ref().map(visit).unwrap(), "在职，一级，普通门诊 25.01: 0.01 -> 0.00, 25.00 -> 25.01");
    assert!(found.changes[0].articles.0.contains("第九条"));
}

#[test]
fn chongqing_and_lianyungang() {
    let folders = shipped();
    let found = compared((&folders, "500000", "2024-06-01"), (&folders, "320700", "2024-06-01"));
    let lines = lines(&found);
    for wanted in [
        "普通门诊统筹 待遇[门诊特殊疾病、两病门诊用药、国谈药品门诊] 享受 -> 不享受",
        "普通门诊统筹 起付标准（每年）[在职] 200.00 元 -> 750.00 元 | alone 在职",
        "普通门诊统筹 起付标准（每年）[退休] 100.00 元 -> 600.00 元",
        // 0.04 at 60 % is 0.024 and at 70 % is 0.028; 0.06 at 50 % is 0.03 and at 60 % 0.036.
        "普通门诊统筹 支付比例[一级、未定级，在职] 60% -> 70% | alone 在职，一级，普通门诊 200.04: 0.02 -> 0.03, 200.02 -> 200.01",
        "普通门诊统筹 支付比例[三级，在职] 50% -> 60% | alone 在职，三级，普通门诊 200.06: 0.03 -> 0.04, 200.03 -> 200.02",
        // (5200.01 - 200.00) at 60 % is 3000.006.
        "普通门诊统筹 支付限额（每年）[在职] 3000.00 元 -> 6000.00 元 | alone 在职，一级，普通门诊 5200.01: 3000.00 -> 3000.01",
        "普通门诊统筹 支付限额（每年）[建国前老工人] 4000.00 元 -> 7000.00 元",
        "个人账户 计入（每月）[年龄 70 周岁及以上，退休] 115.00 元 -> 基本养老金平均水平（2023 年，文本未给出）× 2.5% | no visit",
    ] {
        assert!(lines.iter().any(|line| line.starts_with(wanted)), "{wanted} in\n{}", lines.join("\n"));
    }
    // Retired at a tertiary institution: 60 % in both.
    assert!(!lines.iter().any(|line| line.contains("支付比例[三级，退休]")), "{}", lines.join("\n"));
    assert_eq!(found.notes[0], "只在一方有、没有比较：个人参保一档、个人参保二档");
}

#[test]
fn a_new_version_of_a_package_in_one_figure() {
    let path = "500000-chongqing/outpatient.toml";
    let changed = with(&[(path, "are = [\"60%\", \"50%\"]", "are = [\"60%\", \"55%\"]")]);
    let found = compared((&shipped(), "500000", "2024-03-01"), (&changed, "500000", "2024-03-01"));
    // 0.09 at 50 % is 0.045 and at 55 % 0.0495: both 0.05; 0.10 is 0.05 and 0.055. For the retired,
    // 0.04 at 60 % is 0.024 and at 65 % 0.026.
    assert_eq!(
        lines(&found),
        [
            "普通门诊统筹 支付比例[三级，在职] 50% -> 55% | alone 在职，三级，普通门诊 200.10: 0.05 -> 0.06, 200.05 -> 200.04",
            "普通门诊统筹 支付比例[三级，退休] 60% -> 65% | alone 退休，三级，普通门诊 100.04: 0.02 -> 0.03, 100.02 -> 100.01",
        ]
    );
}

#[test]
fn a_change_that_no_first_visit_shows_is_said_to_be_unseen() {
    let rule = |limit: &str| {
        format!(
            "limit = [{{ per = \"visit\", rows = [{{ is = \"100.00\" }}] }}, {{ per = \"year\", rows = [{{ is = \"{limit}\" }}] }}]\nrate = {{ rows = [{{ is = \"50%\" }}] }}"
        )
    };
    assert_eq!(
        of_minis(&rule("3000.00"), &rule("4000.00")),
        ["普通门诊统筹 支付限额（每年）[] 3000.00 元 -> 4000.00 元 | unseen"]
    );
}

#[test]
fn reasons_funds_and_rules_that_are_new_show_with_all_other_changes() {
    let plain = "rate = { rows = [{ is = \"50%\" }] }";
    let reason = "covered = { rows = [{ when = { care_type = \"pharmacy\" }, is = \"pharmacy_not_covered\" }] }\n";
    assert_eq!(
        of_minis(plain, &format!("{reason}{plain}")),
        [
            "普通门诊统筹 待遇[药店购药] 享受 -> 不支付：统筹基金不支付药店购药 | together 药店购药 0.01: 0.01 -> 0.00, 0.00 -> 0.01"
        ]
    );
    assert_eq!(
        of_minis(plain, &format!("{plain}\ndeductible = [{{ per = \"month\", rows = [{{ is = \"10.00\" }}] }}]")),
        ["普通门诊统筹 起付标准（每月）[] 不设 -> 10.00 元 | together 普通门诊 0.01: 0.01 -> 0.00, 0.00 -> 0.01"]
    );
}

#[test]
fn a_refusal_on_one_side_is_a_change_of_access() {
    let access = "[fact.months]\nof = \"member\"\nkind = \"whole\"\nmin = 0\nmax = 600\ndefault = 600\nlabel = \"参保月数\"\ncite = \"text:1\"\n[access]\ncite = \"text:2\"\nrows = [{ when = { months = { below = 3 } }, is = \"waiting_period\" }]";
    let rate = "rate = { rows = [{ is = \"50%\" }] }";
    let found = compared((&mini(rate, ""), "999900", "2024-03-01"), (&mini(rate, access), "999900", "2024-03-01"));
    assert_eq!(
        lines(&found),
        [
            "结算 准入[参保月数 2及以下] 可以结算 -> 拒绝：在待遇等待期内 | together 参保月数 2及以下 0.01: 0.01 -> refused, 0.00 -> refused"
        ]
    );
}

/// Packages with every concept of the language: whatever they say, comparing ends.
#[test]
fn random_packages_are_compared() {
    let seeds = std::env::var("GONGJI_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(6);
    let mut compared = 0;
    for seed in 0..seeds {
        let written = gongji_oracle::generate::package(seed, gongji_oracle::generate::Options { doubtful: false });
        let file = |path: &str, text: &str| gongji_policy::SourceFile { path: path.into(), text: text.into() };
        let files = vec![file("package.toml", &written.toml), file("source/d.md", &written.source)];
        let library = Library::load(&[Folder { name: format!("random-{seed}"), files }]);
        let Some(area) = library.area(&written.area) else { continue };
        let days: Vec<_> = area.range_starts().filter(|day| area.rules(*day).is_some()).collect();
        if let (Some(first), Some(last)) = (days.first(), days.last()) {
            assert!(compare((area, *first), (area, *first)).is_some_and(|found| found.changes.is_empty()), "{seed}");
            compared += usize::from(compare((area, *first), (area, *last)).is_some());
        }
    }
    assert!(compared > 0);
}
