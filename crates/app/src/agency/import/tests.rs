//! Lists of members in, and what the register says afterwards.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gongji_domain::{Day, Fen};
use gongji_register::{Cover, Member};
use gongji_store::{Place, Store};

use super::{Bad, Reading, Report, Wanted, import};
use crate::cli::load;
use crate::his::book::Told;
use crate::his::desk::Desk;
use crate::his::{Book, Decider, Policies};

const HEAD: &str = "人员编号,姓名,证件号码,社保卡号,出生日期,统筹区,人员类别,参保身份,缴费基数,参保日期,当年账户余额,登记额:credit_2022_monthly,备注";
const ZHANG: &str = "P1,张三,990000196001010011,C1,1960-01-01,500000,在职,employer,5000.00,2020-01-01,120.50,86.40,x";
const LI: &str = "P2,李四,990000198001010022,,1980/1/1,,11,随单位参保,6000,20210301,,,";

struct Centre {
    folder: tempfile::TempDir,
    store: Store<Book>,
    decider: Arc<dyn Decider>,
}

impl Centre {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let decider: Arc<dyn Decider> = Arc::new(Policies::load(&load::shipped()).unwrap());
        let place = Place::file(folder.path().join("members.db"));
        let store = Store::open(&place, Book::new(Arc::clone(&decider))).unwrap();
        Self { folder, store, decider }
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn rows(&self, rows: &[&str]) -> PathBuf {
        self.file("list.csv", format!("{HEAD}\n{}\n", rows.join("\n")).as_bytes())
    }

    fn import(&self, at: &str, file: &Path, otherwise: impl FnOnce(&mut Wanted<'_>)) -> Result<Report, String> {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let files = [(name, std::fs::read(file).unwrap())];
        let mut wanted = Wanted {
            store: &self.store,
            reading: Reading { decider: &*self.decider, area: Some("500000"), from: None, only: None },
            files: &files,
            now: at.parse().unwrap(),
            told: Told { by: "张经办".into(), why: "导入".into(), document: String::new() },
            dry_run: false,
            skip_bad: false,
        };
        otherwise(&mut wanted);
        import(&wanted, &mut |_, _, _| {}).map_err(|error| format!("{error:#}"))
    }

    fn member(&self, number: &str) -> Option<Member> {
        let desk = Desk { store: &self.store, now: "2026-01-01 08:00:00".parse().unwrap(), by: "" };
        crate::agency::member::show(&desk, number).ok().map(|shown| shown.member)
    }

    fn balance(&self, number: &str) -> Fen {
        let desk = Desk { store: &self.store, now: "2026-01-01 08:00:00".parse().unwrap(), by: "" };
        crate::agency::member::show(&desk, number).unwrap().balance
    }
}

const NOW: &str = "2026-03-01 08:00:00";
const LATER: &str = "2026-03-02 08:00:00";

#[test]
fn members_are_registered_and_their_accounts_opened_once() {
    let centre = Centre::new();
    let file = centre.rows(&[ZHANG, LI]);
    let report = centre.import(NOW, &file, |_| {}).unwrap();
    assert_eq!((report.read, report.enrolled, report.changed, report.same), (2, 2, 0, 0), "{report:?}");
    assert_eq!(report.files[0].2, ["备注"]);
    let zhang = centre.member("P1").unwrap();
    assert_eq!((zhang.identity.name.as_str(), zhang.area.as_str()), ("张三", "500000"));
    let day: Day = "2024-01-01".parse().unwrap();
    assert_eq!((zhang.category_on(day), zhang.enrolment_on(day)), ("11", "employer"));
    assert_eq!(zhang.base.at(day), Some(&Fen::from_yuan(5000)));
    assert_eq!(zhang.amount("credit_2022_monthly"), Some(Fen::from_fen(8640)));
    assert_eq!((centre.balance("P1"), centre.balance("P2")), (Fen::from_fen(12_050), Fen::ZERO));
    assert_eq!(centre.member("P2").unwrap().cover.at(day), Some(&Cover::InBenefit));
    let before = centre.store.head();
    let again = centre.import(LATER, &file, |_| {}).unwrap();
    assert_eq!((again.enrolled, again.changed, again.same), (0, 0, 2));
    assert_eq!(centre.store.head(), before, "nothing is written twice");
}

#[test]
fn a_row_of_a_known_member_tells_what_differs_from_its_day_on() {
    let centre = Centre::new();
    centre.import(NOW, &centre.rows(&[ZHANG, LI]), |_| {}).unwrap();
    let text = "number,category,base,employer,from\nP1,退休,,,2026-04-01\nP2,,6500.00,新单位,2026-01-01\n";
    let file = centre.file("changes.csv", text.as_bytes());
    let report = centre.import(LATER, &file, |_| {}).unwrap();
    assert_eq!((report.changed, report.same, report.bad.len()), (2, 0, 0), "{report:?}");
    let zhang = centre.member("P1").unwrap();
    let day = |text: &str| text.parse::<Day>().unwrap();
    assert_eq!((zhang.category_on(day("2026-03-31")), zhang.category_on(day("2026-04-01"))), ("11", "12"));
    let li = centre.member("P2").unwrap();
    assert_eq!(li.base.rows().len(), 2);
    assert_eq!(li.employer_on(day("2026-01-01")), "新单位");
    // Without a day nobody knows from when it holds.
    let file = centre.file("undated.csv", "number,base\nP2,7000\n".as_bytes());
    let report = centre.import("2026-03-03 08:00:00", &file, |_| {}).unwrap();
    assert_eq!(report.bad[0].column, "生效日期");
    let report = centre.import("2026-03-03 08:00:00", &file, |wanted| wanted.reading.from = Some(day("2026-07-01")));
    assert_eq!(report.unwrap().changed, 1);
}

#[test]
fn a_bad_row_is_named_and_nothing_is_written_unless_it_is_wanted() {
    let centre = Centre::new();
    let with = |from: &str, to: &str| ZHANG.replacen(from, to, 1);
    for (row, column, given, allowed) in [
        (with("P1", ""), "人员编号", "", "非空"),
        (with("P1", "P 1"), "人员编号", "P 1", "字母"),
        (with("张三", ""), "姓名", "", "必填"),
        (with("1960-01-01", "1960-02-30"), "出生日期", "1960-02-30", "日期"),
        (with(",1960-01-01", ",1961-01-01"), "出生日期", "1961-01-01", "1960-01-01"),
        (with("500000", "110000"), "统筹区", "110000", "政策包"),
        (with("在职", "学生"), "人员类别", "学生", "代码"),
        (with("employer", "monthly"), "参保身份", "monthly", "employer"),
        (with("5000.00", "5000.001"), "缴费基数", "5000.001", "两位小数"),
        (with("120.50", "-1"), "当年账户余额", "-1", "从零起"),
        (with("86.40", "a"), "credit_2022_monthly", "a", "金额"),
        (with("2020-01-01", "1950-01-01"), "参保日期", "1950-01-01", "不早于出生日期"),
    ] {
        let report = centre.import(NOW, &centre.rows(&[LI, &row]), |_| {}).unwrap();
        let [bad] = report.bad.as_slice() else { panic!("{row}: {:?}", report.bad) };
        assert_eq!((bad.line, bad.column.as_str(), bad.given.as_str()), (3, column, given));
        assert!(bad.allowed.contains(allowed), "{bad:?}");
        assert!(report.refused && centre.member("P2").is_none(), "{row}");
    }
    let report = centre.import(NOW, &centre.rows(&[LI, &with("在职", "学生")]), |wanted| wanted.skip_bad = true);
    assert_eq!((report.unwrap().enrolled, centre.member("P2").is_some(), centre.member("P1")), (1, true, None));
}

#[test]
fn a_certificate_shows_one_member_only() {
    let centre = Centre::new();
    let twice = LI.replacen("990000198001010022", "990000196001010011", 1).replacen("1980/1/1", "1960-01-01", 1);
    let report = centre.import(NOW, &centre.rows(&[ZHANG, &twice]), |_| {}).unwrap();
    assert_eq!(report.bad[0].column, "证件号码");
    assert!(report.bad[0].allowed.contains("第 2 行"), "{:?}", report.bad);
    centre.import(NOW, &centre.rows(&[ZHANG]), |_| {}).unwrap();
    let report = centre.import(LATER, &centre.rows(&[&twice]), |_| {}).unwrap();
    assert!(report.bad[0].allowed.contains("已登记给 P1"), "{:?}", report.bad);
    // A card that its holder gave up is free for somebody else.
    let file = centre.file("cards.csv", "number,card\nP1,C9\n".as_bytes());
    assert_eq!(centre.import(LATER, &file, |_| {}).unwrap().changed, 1);
    let other = LI.replacen("0022,,", "0022,C1,", 1);
    assert_eq!(centre.import(LATER, &centre.rows(&[&other]), |_| {}).unwrap().enrolled, 1);
}

#[test]
fn a_trial_run_and_a_file_that_is_none_write_nothing() {
    let centre = Centre::new();
    let before = centre.store.head();
    let report = centre.import(NOW, &centre.rows(&[ZHANG]), |wanted| wanted.dry_run = true).unwrap();
    assert_eq!((report.enrolled, report.dry_run), (1, true));
    for (name, text, says) in [
        ("empty.csv", HEAD, "没有数据行"),
        ("headless.csv", ZHANG, "第一行不是表头"),
        ("twice.csv", "人员编号,姓名,name\nP1,a,b", "两列"),
        ("list.pdf", "x", "只读"),
    ] {
        let said = centre.import(NOW, &centre.file(name, text.as_bytes()), |_| {}).unwrap_err();
        assert!(said.contains(says), "{said}");
    }
    assert_eq!(centre.store.head(), before);
}

#[test]
fn gb18030_tabs_and_workbooks_are_read_alike() {
    let text = format!("{HEAD}\n{ZHANG}\n");
    let (gb, _, _) = encoding_rs::GB18030.encode(&text);
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in text.lines().enumerate() {
        for (column, cell) in line.split(',').enumerate() {
            sheet.write(u32::try_from(row).unwrap(), u16::try_from(column).unwrap(), cell).unwrap();
        }
    }
    let xlsx = book.save_to_buffer().unwrap();
    for (name, bytes) in [("a.csv", gb.to_vec()), ("a.tsv", text.replace(',', "\t").into_bytes()), ("a.xlsx", xlsx)] {
        let centre = Centre::new();
        let report = centre.import(NOW, &centre.file(name, &bytes), |_| {}).unwrap();
        assert_eq!((report.enrolled, report.bad), (1, Vec::<Bad>::new()), "{name}");
        assert_eq!(centre.member("P1").unwrap().identity.name, "张三", "{name}");
    }
}
