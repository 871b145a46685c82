//! Looking at packages without deciding.
mod changed;

use changed::{faults, shipped};
use gongji_domain::Day;
use gongji_policy::{Folder, Library, Severity, SourceFile, TableView};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn table<'a>(tables: &'a [TableView], path: &str) -> &'a TableView {
    tables.iter().find(|table| table.path == path).unwrap()
}

/// A table as rows of texts.
fn rows(table: &TableView) -> Vec<Vec<String>> {
    let said = |row: &gongji_policy::TableRow| {
        let says = row.says.iter().map(|said| said.as_ref().map_or("—", |said| &said.words).to_owned());
        row.when.iter().cloned().chain(says).collect()
    };
    table.rows.iter().map(said).collect()
}

#[test]
fn every_combination_is_worked_out_with_its_article() {
    let library = Library::load(&shipped());
    let area = library.area("211200").unwrap();
    let benefits = area.benefits_on(day("2024-01-01"));
    let ordinary = benefits.iter().find(|benefit| benefit.name == "ordinary_outpatient").unwrap();
    let rate = table(&ordinary.tables, "benefit.ordinary_outpatient.rate");
    assert_eq!(
        (&rate.heads[..], &rate.columns[..]),
        (&["人员类别".into()][..], &["一级".into(), "二级".into(), "三级".into()][..])
    );
    assert_eq!(rows(rate), [["在职", "60%", "55%", "50%"], ["退休", "65%", "60%", "55%"]]);
    assert_eq!(rate.article.as_deref(), Some("xize:9 铁医保〔2022〕67号 第九条"));
    assert!(benefits[0].decided_elsewhere && benefits[0].words == "两病门诊用药");
}

#[test]
fn a_day_shows_the_figures_of_that_day() {
    let library = Library::load(&shipped());
    let area = library.area("211200").unwrap();
    let limit = |on: &str| {
        let benefits = area.benefits_on(day(on));
        rows(table(&benefits[3].tables, "benefit.ordinary_outpatient.limit"))
    };
    assert_eq!(limit("2022-12-31"), [["250.00 元"]]);
    assert_eq!(limit("2023-01-01"), [["3000.00 元"]]);
}

#[test]
fn what_the_texts_leave_open_says_so() {
    let library = Library::load(&shipped());
    let area = library.area("320700").unwrap();
    let tables = area.tables_on(day("2024-06-01"));
    let credit = table(&tables, "account.credit");
    let awaited = "基本养老金平均水平（2023 年，文本未给出）× 2.5%";
    assert_eq!(rows(credit), [["在职", "本人缴费基数 × 2%"], ["退休", awaited]]);
    assert!(credit.rows[1].says[0].as_ref().unwrap().open);
    assert_eq!(credit.notes, ["身份变化自次月起"]);
    assert!(area.documents().any(|document| document.lent) && area.documents().any(|document| !document.lent));
}

/// An overlay comes before the package that it extends, lies under a folder named like a part of
/// a package, and says otherwise in the whole region of one of its rows.
#[test]
fn an_overlay_may_cover_a_row_of_the_package_below() {
    let file = |path: &str, text: &str| SourceFile { path: path.into(), text: text.into() };
    let package = "[package]\narea = \"500000\"\nname = \"某区\"\nextends = \"500000\"\nverified = 2026-01-01\ncite = \"bendi:1\"\n\
        [document.bendi]\nnumber = \"试〔2024〕1号\"\npublished = 2023-12-20\n\
        [benefit.ordinary_outpatient.rate]\ncite = \"bendi:1\"\nrows = [{ when = { level = \"up_to_secondary\" }, is = \"75%\" }]\n";
    let files = vec![
        file("source/overlay/package.toml", package),
        file("source/overlay/source/bendi.md", "# 试〔2024〕1号\n## 1 第一条\n> 第一条\n"),
        file("source/overlay/CHANGELOG.md", "# 变更\n"),
    ];
    let mut folders = vec![Folder { name: "overlay".to_owned(), files }];
    folders.extend(shipped());
    let (library, faults) = faults(&folders);
    let errors: Vec<_> = faults.iter().filter(|fault| fault.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let benefits = library.area("500000").unwrap().benefits_on(day("2024-06-01"));
    let rate = table(&benefits[3].tables, "benefit.ordinary_outpatient.rate");
    let mut shown = rows(rate);
    shown.sort();
    assert_eq!(library.area("500000").unwrap().name(), "某区");
    assert!(shown.iter().flatten().any(|cell| cell == "75%"), "{shown:?}");
}
