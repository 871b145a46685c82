//! Proofs over packages: cliffs, rates that fall the wrong way, dead figures, old figures.

mod changed;

use changed::{area, shipped, text_of};
use gongji_policy::{Fault, Folder, Library, Severity};

/// The proof of one area, as lines.
fn proved(folders: &[Folder], code: &str, today: Option<&str>) -> Vec<String> {
    let library = Library::load(folders);
    let errors: Vec<String> = library
        .faults()
        .iter()
        .map(|(_, fault)| fault)
        .filter(|f| f.severity == Severity::Error)
        .map(|f| f.line(library.files()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let faults = library.prove(code, today.map(|day| day.parse().unwrap()));
    faults.iter().map(|fault: &Fault| text_of(fault, &library)).collect()
}

/// A package with one benefit, written in short.
fn mini(benefit: &str, rest: &str) -> Vec<Folder> {
    let text = format!(
        "chain = [\"ordinary_outpatient\"]\n[package]\nfrom = 2024-01-01\n{rest}\n[benefit.ordinary_outpatient]\nfor = {{ care_type = [\"ordinary_outpatient\", \"pharmacy\"] }}\nfund = \"310100\"\ncite = \"text:1\"\n{benefit}\n"
    );
    vec![area("999900", &text)]
}

#[test]
fn the_packages_that_ship_are_proved() {
    for code in ["211200", "320700", "360100", "500000"] {
        assert_eq!(proved(&shipped(), code, None), Vec::<String>::new(), "{code}");
    }
}

#[test]
fn the_examples_and_an_invented_area_are_proved_but_for_what_could_not_be_tried() {
    let frameworks = || shipped().into_iter().filter(|folder| folder.name == "framework");
    for (path, code) in [
        ("../../policies/examples/210200-dalian", "210200"),
        ("../../policies/examples/310000-shanghai", "310000"),
        ("../../policies/examples/321000-yangzhou", "321000"),
        ("tests/areas/990001-yunting", "990001"),
        ("tests/areas/990003-luyu", "990003"),
    ] {
        let folders: Vec<Folder> = frameworks().chain([changed::folder(std::path::Path::new(path))]).collect();
        let mut found = proved(&folders, code, None);
        found.retain(|line| !line.contains("说明[sampled]"));
        assert_eq!(found, Vec::<String>::new(), "{code}");
    }
}

#[test]
fn an_area_that_is_not_loaded_is_told() {
    let library = Library::load(&shipped());
    let faults = library.prove("110000", None);
    assert_eq!(faults.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["unknown_area"]);
}

#[test]
fn a_threshold_on_the_charge_is_a_cliff_with_its_smallest_visit() {
    let found = proved(
        &mini("claims = { charge_amount = { at_most = \"90.00\" } }\nrate = { rows = [{ is = \"50%\" }] }", ""),
        "999900",
        None,
    );
    assert_eq!(
        found,
        [
            "999900/package.toml「ordinary_outpatient」提示[cliff] 普通门诊（2024-01-01，普通门诊、药店购药）：费用由 90.00 元增加到 90.01 元，\
          基金支付由 45.00 元变为 0.00 元，个人负担由 45.00 元变为 90.01 元（断崖，个人多负担 45.01 元）；费用增加，基金支付和个人负担都不应减少；\
          检查费用、次数的分界，文件确实如此的，在引文下写“已核 cliff：原因”（依据 text:1 试〔2024〕1号 第一条）"
        ]
    );
    // A jump up is one for the member's share.
    let found = proved(
        &mini(
            "rate = { rows = [{ is = \"50%\" }, { when = { charge_amount = { at_least = \"1000.00\" } }, is = \"80%\" }] }",
            "",
        ),
        "999900",
        None,
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("费用由 999.99 元增加到 1000.00 元，基金支付由 500.00 元变为 800.00 元，个人负担由 499.99 元变为 200.00 元（断崖，个人少负担 299.99 元）"),
        "{found:?}"
    );
}

/// The package with a line under its first article.
fn under_the_article(mut folders: Vec<Folder>, line: &str) -> Vec<Folder> {
    let source = &mut folders[0].files[1];
    source.text = source.text.replace("> 第一条\n", &format!("> 第一条\n{line}\n")).into();
    folders
}

const NINETY: &str = "claims = { charge_amount = { at_most = \"90.00\" } }\nrate = { rows = [{ is = \"50%\" }] }";

#[test]
fn what_the_article_really_says_is_acknowledged_under_it() {
    let folders = under_the_article(mini(NINETY, ""), "已核 cliff：条文以单笔 90 元划界");
    assert_eq!(proved(&folders, "999900", None), Vec::<String>::new());
    // For another kind of finding it says nothing, and is told to be in the way.
    let found = proved(&under_the_article(mini(NINETY, ""), "已核 wrong_way：条文如此"), "999900", None);
    assert!(found.len() == 2 && found[0].contains("[cliff]"), "{found:?}");
    assert!(found[1].contains("[needless_acknowledgement] text:1 写着已核 wrong_way，但没有这样的提示"), "{found:?}");
}

#[test]
fn an_acknowledgement_needs_a_known_code_and_a_reason() {
    for line in ["已核 cliff", "已核 cliff：", "已核 unverified：以后再说"] {
        let library = Library::load(&under_the_article(mini(NINETY, ""), line));
        let codes: Vec<&str> = library.faults().iter().map(|(_, fault)| fault.code).collect();
        assert_eq!(codes, ["invalid_acknowledgement"], "{line}");
    }
}

#[test]
fn a_lower_rate_for_all_of_a_larger_charge_falls() {
    let found = proved(
        &mini(
            "rate = { rows = [{ is = \"50%\" }, { when = { charge_amount = { above = \"300.00\" } }, is = \"40%\" }] }",
            "",
        ),
        "999900",
        None,
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("[falling_rate]")
            && found[0].contains("费用由 300.00 元增加到 300.01 元，基金支付由 150.00 元变为 120.00 元"),
        "{found:?}"
    );
}

#[test]
fn later_visits_that_pay_less_are_a_cliff() {
    let fact = "[fact.visit_no]\nordinal = { of = \"day\", by = [\"institution\"], per = \"year\", counts = [\"ordinary_outpatient\"] }\ncite = \"text:1\"";
    let found = proved(
        &mini("rate = { rows = [{ is = \"60%\" }, { when = { visit_no = { above = 2 } }, is = \"40%\" }] }", fact),
        "999900",
        None,
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("[cliff]") && found[0].contains("第 3 次"), "{found:?}");
    // First visits bear more: later ones are paid more, which is no cliff.
    let falling = "deductible = [{ per = \"day\", by = [\"institution\"], rows = [{ is = \"16.00\" }, { when = { visit_no = { above = 1 } }, is = \"6.00\" }] }]\nrate = { rows = [{ is = \"50%\" }] }";
    assert_eq!(proved(&mini(falling, fact), "999900", None), Vec::<String>::new());
}

#[test]
fn segments_deductibles_and_limits_are_no_cliffs() {
    let found = proved(
        &mini(
            "segments = { on = \"eligible\", up_to = [\"800.00\"], names = [\"low\", \"high\"] }\nlimit = [{ on = \"eligible\", per = \"year\", rows = [{ is = \"9000.00\" }] }, { per = \"visit\", rows = [{ is = \"700.00\" }] }]\ndeductible = [{ per = \"month\", rows = [{ is = \"45.00\" }] }, { on = \"payment\", per = \"year\", rows = [{ is = \"90.00\" }] }]\nrate = { across = { segment = [\"low\", \"high\"] }, rows = [{ are = [\"30%\", \"50%\"] }] }",
            "",
        ),
        "999900",
        None,
    );
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn rates_fall_the_wrong_way_along_the_class_and_the_status() {
    let level = "[fact.level]\nvalues = [\"low\", \"mid\", \"top\"]\ncite = \"text:1\"\nrows = [{ when = { class = [\"primary\", \"ungraded\"] }, is = \"low\" }, { when = { class = \"secondary\" }, is = \"mid\" }, { when = { class = \"tertiary\" }, is = \"top\" }]";
    let rate = "rate = { across = { level = [\"low\", \"mid\", \"top\"] }, rows = [{ are = [\"60%\", \"65%\", \"50%\"] }], adjust = [{ when = { status = \"retired\" }, add = \"-5 points\" }] }";
    let found = proved(&mini(rate, level), "999900", None);
    assert_eq!(found.len(), 5, "{found:#?}");
    assert!(
        found.iter().all(|line| line.contains("[wrong_way]") && line.contains("text:1 试〔2024〕1号")),
        "{found:#?}"
    );
    assert!(
        found.iter().any(|line| line.contains("「\"60%\"」")
            && line.contains("在职，一级")
            && line.contains("是 60%，低于二级的 65%")),
        "{found:#?}"
    );
    assert!(found.iter().any(|line| line.contains("退休") && line.contains("是 45%，低于在职的 50%")), "{found:#?}");
}

#[test]
fn a_figure_that_another_always_hides_is_dead() {
    let found = proved(
        &mini(
            "limit = [{ per = \"year\", rows = [{ is = \"3000.00\" }] }, { per = \"year\", by = [\"institution\"], rows = [{ is = \"5000.00\" }] }]\nrate = { rows = [{ is = \"50%\" }], at_least = \"40%\" }",
            "",
        ),
        "999900",
        None,
    );
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(
        found[0].contains("「\"40%\"」提示[dead_parameter] benefit.ordinary_outpatient.rate.at_least 的 40% 不起作用"),
        "{found:#?}"
    );
}

#[test]
fn a_figure_of_one_row_among_equals_is_alive() {
    let found = proved(
        &mini(
            "rate = { across = { class = [\"primary\", \"secondary\"] }, rows = [{ is = \"50%\" }, { are = [\"60%\", \"60%\"] }, { are = [\"65%\", \"65%\"], from = 2025-01-01 }] }\ndeductible = [{ per = \"month\", rows = [{ is = \"50.00\" }] }, { per = \"year\", rows = [{ is = \"90.00\" }] }]",
            "",
        ),
        "999900",
        None,
    );
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn formulas_over_an_index_are_alive_though_they_round() {
    let index = "[index.average_wage]\ncite = \"text:2\"\nrows = [{ year = 2022, is = \"90000.00\" }, { year = 2023, is = \"100040.00\" }]";
    let benefit = "rate = { rows = [{ is = \"50%\" }] }\nlimit = [{ per = \"year\", rows = [{ is = { share = \"3%\", of = \"index.average_wage\", year = 2023, round = \"down hundred_yuan\" } }] }]";
    let found = proved(&mini(benefit, index), "999900", None);
    // The year that no formula names is the dead one.
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(
        found[0].contains("「{ year = 2022") || found[0].contains("index.average_wage 的 90000.00 元"),
        "{found:#?}"
    );
}

#[test]
fn what_nobody_looked_at_for_long_is_told_as_of_a_day() {
    let benefit = "rate = { rows = [{ is = \"50%\", verified = 2024-02-29 }] }";
    let index = "[index.average_wage]\ncite = \"text:2\"\nrows = [{ year = 2023, is = \"100040.00\" }]\n[account]\ncredit = { cite = \"text:1\", per = \"month\", rows = [{ is = { share = \"1%\", of = \"index.average_wage\", year = 2023, round = \"half_up fen\" } }] }";
    let library = Library::load(&mini(benefit, index));
    let codes = |today: &str| -> Vec<&str> {
        library.prove("999900", Some(today.parse().unwrap())).iter().map(|fault| fault.code).collect()
    };
    assert_eq!(codes("2026-02-28"), Vec::<&str>::new());
    assert_eq!(codes("2026-03-01"), ["unverified"]);
    assert_eq!(codes("2027-01-01"), ["unverified", "stale_year"]);
    assert_eq!(codes("2028-01-02"), ["unverified", "unverified", "stale_year"]);
    assert!(library.prove("999900", None).is_empty());
}

/// Packages with every concept of the language: whatever they say, asking ends and nothing fails.
#[test]
fn random_packages_are_proved() {
    let seeds = std::env::var("GONGJI_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(6);
    let mut proved = 0;
    for seed in 0..seeds {
        let written = gongji_oracle::generate::package(seed, gongji_oracle::generate::Options { doubtful: false });
        let file = |path: &str, text: &str| gongji_policy::SourceFile { path: path.into(), text: text.into() };
        let files = vec![file("package.toml", &written.toml), file("source/d.md", &written.source)];
        let library = Library::load(&[Folder { name: format!("random-{seed}"), files }]);
        if library.area(&written.area).is_some() {
            let faults = library.prove(&written.area, Some("2026-01-01".parse().unwrap()));
            assert!(faults.iter().all(|fault| fault.severity != Severity::Error));
            proved += 1;
        }
    }
    assert!(proved > seeds / 10, "only {proved} of {seeds} packages were loaded");
}
