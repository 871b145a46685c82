//! Packages are held to the frameworks above them and to their own bounds.

mod changed;

use changed::{added, faults, shipped, text_of, with};
use gongji_policy::{Library, Severity};

const LYG_OUT: &str = "320700-lianyungang/outpatient.toml";
const LYG_ACCOUNT: &str = "320700-lianyungang/account.toml";
const CQ_OUT: &str = "500000-chongqing/outpatient.toml";
const NC_OUT: &str = "360100-nanchang/outpatient.toml";

#[test]
fn the_packages_that_ship_break_no_bound() {
    let (library, faults) = faults(&shipped());
    assert!(faults.iter().all(|fault| fault.severity != Severity::Error), "{faults:?}");
    assert_eq!(library.areas().count(), 4);
    let warned: Vec<String> = faults.iter().map(|fault| text_of(fault, &library)).collect();
    let has = |parts: &[&str]| warned.iter().any(|line| parts.iter().all(|part| line.contains(part)));
    // Averages that the texts do not give: said with what the amounts imply, never an error.
    assert!(
        has(&["chongqing/account.toml「\"105.00\"」", "105.00 元（5250.00 的 2%）", "guoban14:4", "yufu16:2.3.1"]),
        "{warned:#?}"
    );
    // Two frameworks ask for the same: said once, by both articles.
    assert!(has(&["115.00 元（5750.00 的 2%）", "guoban14:4", "yufu16:2.3.1"]));
    assert!(has(&["tieling/account.toml", "60.00 元（3000.00 的 2%）"]));
    // 2.5 % where the state says about 2 %.
    assert!(has(&["lianyungang/account.toml", "out_of_bound", "index.average_pension 的 2.5%", "guoban14:4"]));
    assert!(has(&["nanchang/account.toml", "out_of_bound", "index.average_pension 的 2.5%"]));
    assert_eq!(warned.len(), 5, "{warned:#?}");
}

#[test]
fn a_rate_below_half_breaks_the_national_bound_at_its_row() {
    let found = added(&[(NC_OUT, "\"55%\", \"50%\"]", "\"55%\", \"49%\"]")]);
    assert_eq!(
        found,
        [
            "360100-nanchang/outpatient.toml「\"49%\"」错误[out_of_bound] benefit.ordinary_outpatient.rate（在职，level 三级；2023-01-01 起）是 49%；\
          须不低于 50%（依据 guoban14:3 国办发〔2021〕14号 第（三）条 增强门诊共济保障功能）"
        ]
    );
}

#[test]
fn a_later_version_is_held_as_well() {
    let found = added(&[(
        NC_OUT,
        "  { are = [\"60%\", \"55%\", \"50%\"] },",
        "  { are = [\"60%\", \"55%\", \"50%\"] },\n  { are = [\"60%\", \"45%\", \"50%\"], from = 2025-07-01 },",
    )]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("「\"45%\"」") && found[0].contains("在职，level 二级；2025-07-01 起）是 45%"),
        "{found:?}"
    );
}

#[test]
fn an_area_is_held_to_its_own_bound() {
    let found = added(&[(LYG_OUT, "[\"70%\", \"65%\", \"60%\"]", "[\"70%\", \"55%\", \"60%\"]")]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("是 55%；须不低于 60%（依据 xize:2.1"), "{found:?}");
}

#[test]
fn three_percent_for_the_active_breaks_the_bound_on_credits() {
    let found = added(&[(
        LYG_ACCOUNT,
        "{ are = [{ share = \"2%\", of = \"member.contribution_base\" }, { frozen",
        "{ are = [{ share = \"3%\", of = \"member.contribution_base\" }, { frozen",
    )]);
    assert_eq!(
        found,
        [
            "320700-lianyungang/account.toml「{ share = \"3%\", of = \"member.contribution_base\" }」错误[out_of_bound] account.credit（在职；2023-01-01 起）\
          是 member.contribution_base 的 3%；不得高于 member.contribution_base 的 2%（依据 guoban14:4 国办发〔2021〕14号 第（四）条 改进个人账户计入办法）"
        ]
    );
}

#[test]
fn an_employer_share_breaks_the_bound() {
    let found = added(&[(LYG_ACCOUNT, "is = \"0%\"", "is = \"1%\"")]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("「{ is = \"1%\" }」错误[out_of_bound] account.employer_share（2023-01-01 起）是 1%；须是 0%（依据 guoban14:4 "), "{found:?}");
}

#[test]
fn a_forbidden_use_of_the_account_breaks_the_bound() {
    let rows = "purpose = [\"clinic\", \"pharmacy_goods\"]";
    let found = added(&[(LYG_ACCOUNT, rows, "purpose = [\"clinic\", \"pharmacy_goods\", \"fitness\"]")]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("体育健身"), "{found:?}");
    assert!(found[0].contains("是 可以使用；须不得使用（依据 guoban14:5 "), "{found:?}");
    // A use that merely waits is not forbidden either; and the words name the forbidden one only.
    let waits =
        added(&[(LYG_ACCOUNT, "purpose = \"resident_premium\"", "purpose = [\"resident_premium\", \"wellness\"]")]);
    assert_eq!(waits.len(), 1, "{waits:?}");
    assert!(
        waits[0].contains("养生保健") && !waits[0].contains("居民医保") && waits[0].contains("尚不可用"),
        "{waits:?}"
    );
}

#[test]
fn an_account_for_others_breaks_the_bound() {
    let found = added(&[(
        LYG_ACCOUNT,
        "who = [\"self\", \"spouse\", \"parent\", \"child\"]",
        "who = [\"self\", \"spouse\", \"parent\", \"child\", \"other\"]",
    )]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("其他人；") && found[0].contains("（依据 guoban14:5 "), "{found:?}");
}

#[test]
fn nobody_may_be_left_out_of_the_benefit() {
    let change = (
        LYG_OUT,
        "for = { care_type = [\"ordinary_outpatient\", \"pharmacy\"] }",
        "for = { care_type = [\"ordinary_outpatient\", \"pharmacy\"], enrolment = \"employer\" }",
    );
    let found = added(&[change]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("「enrolment」错误[out_of_bound] benefit.ordinary_outpatient.for（在职，灵活就业；2023-01-01 起）等 3 处不享受这项待遇"), "{found:?}");
    // Left out by a reason for paying nothing is left out.
    let reason = "{ when = { care_type = \"pharmacy\", prescription = false }, is = \"no_prescription\" },";
    let barred = format!("{reason}\n  {{ when = {{ enrolment = \"flexible\" }}, is = \"no_referral\" }},");
    let found = added(&[(LYG_OUT, reason, &barred)]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("灵活就业"), "{found:?}");
}

#[test]
fn the_retired_may_not_get_less_than_the_active() {
    let found = added(&[(LYG_OUT, "[\"75%\", \"70%\", \"60%\"]", "[\"75%\", \"64%\", \"60%\"]")]);
    // The state says "may": a warning. So does the area of itself.
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[0].contains("「\"64%\"」提示[out_of_bound]")
            && found[0].contains("是 64%，低于在职的 65%；须不低于在职（依据 guoban14:3 "),
        "{found:?}"
    );
    assert!(found[1].contains("（依据 xize:2.1 "), "{found:?}");
    // Chongqing's document leaves no choice: an error of its own beside the state's warning.
    let found = added(&[(CQ_OUT, "add = \"10 points\"", "add = \"-1 points\"")]);
    let errors: Vec<_> = found.iter().filter(|line| line.contains("错误")).collect();
    assert!(errors.iter().any(|line| line.contains("（依据 yufu16:2.2.1 ") && line.contains("低于在职")), "{found:#?}");
}

#[test]
fn what_is_not_stated_is_a_warning() {
    let deductible = "[[benefit.ordinary_outpatient.deductible]]\nper = \"year\"\ncite = \"shuoming:4.2\"\nrows = [\n  { is = \"600.00\" },\n]\n";
    let found = added(&[(NC_OUT, deductible, "")]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("提示[out_of_bound] benefit.ordinary_outpatient.deductible（2023-01-01 起）没有写明"),
        "{found:?}"
    );
    // Saying that there is none, by an article, is saying it.
    assert_eq!(added(&[(NC_OUT, "is = \"600.00\"", "is = \"none\"")]), Vec::<String>::new());
}

#[test]
fn the_large_amount_benefit_is_held_where_an_area_has_it() {
    let more = "\n[benefit.large_amount]\ntakes = [\"ordinary_outpatient.over\"]\nfund = \"330100\"\ncite = \"xize:9\"\nrate = { rows = [{ is = \"65%\" }] }\nlimit = [{ per = \"year\", rows = [{ is = \"300000.00\" }] }, { per = \"visit\", rows = [{ is = \"5000.00\" }] }]\n";
    let chain =
        ("211200-tieling/package.toml", "\"ordinary_outpatient\"]", "\"ordinary_outpatient\", \"large_amount\"]");
    let path = "211200-tieling/outpatient.toml";
    let mut folders = with(&[chain]);
    let file = folders.iter_mut().flat_map(|folder| &mut folder.files).find(|file| &*file.path == path).unwrap();
    file.text = format!("{}{more}", file.text).into();
    let (library, faults) = faults(&folders);
    let found: Vec<String> =
        faults.iter().filter(|fault| fault.severity == Severity::Error).map(|fault| text_of(fault, &library)).collect();
    // The limit of a year is meant, not that of a visit.
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("是 65%；须不低于 70%（依据 liaoning:5 "), "{found:?}");
    assert!(found[1].contains("是 300000.00 元；须不低于 400000.00 元（依据 liaoning:5 "), "{found:?}");
}

#[test]
fn an_index_with_a_figure_decides() {
    let package = "360100-nanchang/package.toml";
    let account = (
        "360100-nanchang/account.toml",
        "{ share = \"2.5%\", of = \"index.average_pension\", year = 2023, round = \"half_up fen\" }",
        "\"75.36\"",
    );
    let near = added(&[account]);
    // 75.36 is just within a fifth of 62.80, 2 % of 3140.00: the warning of 2.5 % is gone and none is new.
    assert_eq!(near, Vec::<String>::new());
    let off = added(&[(account.0, account.1, "\"75.37\""), (package, "is = \"3140.00\"", "is = \"3140.50\"")]);
    assert_eq!(off, Vec::<String>::new());
    let off = added(&[(account.0, account.1, "\"75.37\"")]);
    assert_eq!(off.len(), 1, "{off:?}");
    // An open index is nobody's fault: a note.
    let open = added(&[account, (package, "is = \"3140.00\", estimate = true", "is = \"open\"")]);
    assert_eq!(open, Vec::<String>::new());
}

#[test]
fn a_bound_that_says_nothing_known_is_an_error_once() {
    let national = "framework/national.toml";
    let on = "on = \"account.employer_share\"";
    let found = added(&[(national, on, "on = \"account.employer_shares\"")]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("framework/national.toml「\"account.employer_shares\"」错误[invalid_bound]"),
        "{found:?}"
    );
    let found = added(&[(national, "must = \"equal\"\nis = \"0%\"", "must = \"equals\"\nis = \"0%\"")]);
    assert_eq!(found.len(), 1, "{found:?}");
    let unknown = ("framework/liaoning.toml", "along = { status =", "along = { statu =");
    let found = added(&[unknown]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("「statu」错误[unknown_fact]") && found[0].contains("是否想写 status"), "{found:?}");
    let library = Library::load(&with(&[unknown]));
    assert!(library.area("211200").is_none() && library.area("320700").is_some());
    let found = added(&[("framework/liaoning.toml", "[\"active\", \"retired\"]", "[\"activ\", \"retired\"]")]);
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn many_rows_are_counted_not_listed() {
    let found = added(&[
        (LYG_OUT, "are = [\"70%\", \"65%\", \"60%\"]", "are = [\"10%\", \"11%\", \"12%\"]"),
        (LYG_OUT, "are = [\"75%\", \"70%\", \"60%\"]", "are = [\"13%\", \"14%\", \"15%\"]"),
    ]);
    let of_state: Vec<_> =
        found.iter().filter(|line| line.contains("guoban14:3") && line.contains("不低于 50%")).collect();
    assert_eq!(of_state.len(), 3, "{found:#?}");
    assert!(of_state[2].contains("等"), "{of_state:?}");
}
