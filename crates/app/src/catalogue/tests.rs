//! Imports from bytes to versions, and what breaks on the way.

use std::fs;
use std::path::PathBuf;

use super::check::{Bad, Defaults};
use super::folder::{self, Folder};
use super::import::{Report, Wanted, import};
use super::kinds::kind;

const HEAD: &str =
    "医保目录编码\t医保目录名称\t参保机构医保区划\t开始日期\t结束日期\t医疗收费项目类别\t收费项目等级\t限制使用标志";
const GOOD: &str = "A1\t甲药\t500000\t2024-01-01\tnull\t09\t01\t0";

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn kept(&self) -> PathBuf {
        self.0.path().join("kept")
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn import(&self, number: &str, file: &PathBuf, change: impl FnOnce(&mut Wanted<'_>)) -> anyhow::Result<Report> {
        let into = self.kept();
        let mut wanted = Wanted {
            kind: kind(number).unwrap(),
            into: &into,
            files: std::slice::from_ref(file),
            defaults: Defaults { moment: "2026-03-01 08:00:00".to_owned(), ..Defaults::default() },
            skip_bad: false,
            dry_run: false,
        };
        change(&mut wanted);
        import(wanted, |_, _| {})
    }

    /// Imports rows of 1312 with a head.
    fn items(&self, rows: &[&str]) -> Report {
        let file = self.file("items.txt", [&[HEAD], rows].concat().join("\n").as_bytes());
        self.import("1312", &file, |_| {}).unwrap()
    }

    fn rows(&self, number: &str) -> Vec<String> {
        let kept = Folder::open(&self.kept()).unwrap();
        let kind = kind(number).unwrap();
        kept.rows(kind, 0, kept.newest(kind)).unwrap().into_values().map(String::from).collect()
    }
}

#[test]
fn every_kind_of_bad_row_is_told_with_row_column_value_and_what_is_allowed() {
    let long = "X".repeat(31);
    let items: &[(&str, &str, &str, &str)] = &[
        ("\t甲\t500000\t2024-01-01\t\t09\t01\t0", "医保目录编码", "（空）", "至多 30 个字符的文字"),
        (&format!("{long}\t甲\t500000\t2024-01-01\t\t09\t01\t0"), "医保目录编码", &long, "至多 30 个字符的文字"),
        ("B\t甲\t500000\t\t\t09\t01\t0", "开始日期", "（空）", "1900 至 2199 年的日期 yyyy-MM-dd"),
        ("B\t甲\t500000\t2024-02-30\t\t09\t01\t0", "开始日期", "2024-02-30", "1900 至 2199 年的日期 yyyy-MM-dd"),
        ("B\t甲\t500000\t2024-02-01\t2024-01-31\t09\t01\t0", "结束日期", "2024-01-31", "不早于开始日期 2024-02-01"),
        ("B\t甲\t500000\t2024-01-01\t\t09\t04\t0", "收费项目等级", "04", "01、02、03 之一"),
        ("B\t甲\t500000\t2024-01-01\t\t09\t1\t0", "收费项目等级", "1", "01、02、03 之一"),
        ("B\t甲\t500000\t2024-01-01\t\t09\t01\t是", "限制使用标志", "是", "0、1 之一"),
        ("B\t甲\t5000000\t2024-01-01\t\t09\t01\t0", "参保机构医保区划", "5000000", "至多 6 个字符的文字"),
        (GOOD, "医保目录编码", "A1 500000 2024-01-01", "与第 2 行不同的编码或开始日期"),
        (
            "A1\t甲\t500000\t2023-01-01\t2024-01-01\t09\t01\t0",
            "开始日期",
            "2023-01-01 至 2024-01-01 与 2024-01-01 起",
            "同一编码、同一区划的时段不重叠",
        ),
    ];
    for (row, column, given, allowed) in items {
        let place = Place::new();
        let report = place.items(&[GOOD, row]);
        let bad = Bad {
            file: 0,
            row: 3,
            column: (*column).to_owned(),
            given: (*given).to_owned(),
            allowed: (*allowed).to_owned(),
        };
        assert_eq!(report.bad, [bad], "{row}");
        assert!(report.refused && report.written.is_none() && !place.kept().exists(), "{row}");
    }
    for (number, head, row, column, allowed) in [
        (
            "1319",
            "hilist_code,selfpay_prop_psn_type,selfpay_prop_type,insu_admdvs,begndate,selfpay_prop",
            "A,310,10,500000,2024-01-01,1.2",
            "自付比例",
            "0 至 1 的比例，或 0% 至 100%",
        ),
        (
            "1319",
            "hilist_code,selfpay_prop_psn_type,selfpay_prop_type,insu_admdvs,begndate,selfpay_prop",
            "A,311,10,500000,2024-01-01,10%",
            "医保目录自付比例人员类别",
            "310、330、390、99 之一",
        ),
        (
            "1318",
            "hilist_code,hilist_lmtpric_type,insu_admdvs,begndate,hilist_pric_uplmt_amt",
            "A,3,500000,2024-01-01,-1",
            "医保目录定价上限金额",
            "不小于 0、至多 16 位且 6 位小数的数字",
        ),
        (
            "1318",
            "hilist_code,hilist_lmtpric_type,insu_admdvs,begndate,hilist_pric_uplmt_amt",
            "A,3,500000,2024-01-01,1.2345678",
            "医保目录定价上限金额",
            "不小于 0、至多 16 位且 6 位小数的数字",
        ),
        (
            "restrictions",
            "hilist_code,kind,value,insu_admdvs,begndate,article",
            "A,weather,rain,500000,2024-01-01,x",
            "限制种类",
            "approval、diagnosis、age、sex、institution、quantity、days 之一",
        ),
        (
            "restrictions",
            "hilist_code,kind,value,insu_admdvs,begndate,article",
            "A,age,adult,500000,2024-01-01,x",
            "限制内容",
            "年龄范围，例如 0-14、18-",
        ),
    ] {
        let place = Place::new();
        let file = place.file("rows.csv", format!("{head}\n{row}\n").as_bytes());
        let report = place.import(number, &file, |_| {}).unwrap();
        assert_eq!(report.bad.len(), 1, "{row}: {:?}", report.bad);
        assert_eq!((report.bad[0].column.as_str(), report.bad[0].allowed.as_str()), (column, allowed), "{row}");
    }
}

#[test]
fn every_encoding_and_format_gives_the_same_rows() {
    let csv = "hilist_code,医保目录名称,insu_admdvs,begndate,enddate,med_chrgitm_type,chrgitm_lv,lmt_used_flag\r\n\
        A1,\"甲，药\",500000,2024/1/1,,09,02,0\r\n";
    let gb18030 = encoding_rs::GB18030.encode(csv).0.into_owned();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, cell) in csv.lines().next().unwrap().split(',').enumerate() {
        sheet.write(0, u16::try_from(column).unwrap(), cell).unwrap();
    }
    let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2024, 1, 1).unwrap();
    let dated = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    for (column, cell) in [(0, "A1"), (1, "甲，药"), (5, "09"), (6, "02"), (7, "0")] {
        sheet.write(1, column, cell).unwrap();
    }
    // Numbers as Excel keeps them.
    sheet.write(1, 2, 500_000).unwrap();
    sheet.write_with_format(1, 3, &day, &dated).unwrap();
    let mut rows = Vec::new();
    for (name, bytes, encoding) in [
        ("a.csv", csv.as_bytes().to_vec(), "UTF-8"),
        ("b.csv", [b"\xef\xbb\xbf", csv.as_bytes()].concat(), "UTF-8（带 BOM）"),
        ("c.csv", gb18030, "GB18030"),
        ("d.xlsx", book.save_to_buffer().unwrap(), "xlsx（第一张工作表）"),
    ] {
        let place = Place::new();
        let report = place.import("1312", &place.file(name, &bytes), |_| {}).unwrap();
        assert_eq!((report.files[0].1, report.written, &report.bad), (encoding, Some(1), &Vec::new()), "{name}");
        rows.push(place.rows("1312"));
    }
    assert!(rows[0][0].starts_with("A1\t甲，药\t500000\t2024-01-01\tnull\t09\t02\t0\tnull"), "{}", rows[0][0]);
    assert!(rows.iter().all(|others| *others == rows[0]), "{rows:#?}");
    let place = Place::new();
    for (name, bytes, said) in [
        ("x.csv", &b"\xff\xfe\x00\x01"[..], "既不是 UTF-8 也不是 GB18030"),
        ("x.xlsx", b"no workbook", "不能作为 xlsx 读取"),
        ("x.pdf", b"%PDF", "只读 .txt"),
        ("x.csv", b"a,b\n1,2\n", "第 1 行不是表头"),
        ("x.txt", b"hilist_code\tbegndate\nA\t2024-01-01\n", "表头缺少必需的列：医保目录名称（hilist_name）"),
        (
            "x.txt",
            b"hilist_code\t\xe5\x8c\xbb\xe4\xbf\x9d\xe7\x9b\xae\xe5\xbd\x95\xe7\xbc\x96\xe7\xa0\x81\n",
            "表头「医保目录编码」出现两次",
        ),
        ("x.txt", b"\n\n", "文件里没有数据行"),
    ] {
        let fault = place.import("1312", &place.file(name, bytes), |_| {}).unwrap_err();
        assert!(format!("{fault:#}").contains(said), "{fault:#}");
    }
}

#[test]
fn a_file_without_head_is_in_national_order_and_of_so_many_columns() {
    let place = Place::new();
    let file = place.file("1320.txt", "1\tK1\t甲颗粒\r\n2\tK2\r\n3\tK3\tnull\r\n".as_bytes());
    let report = place.import("1320", &file, |wanted| wanted.skip_bad = true).unwrap();
    let bad = Bad {
        file: 0,
        row: 2,
        column: "（整行）".into(),
        given: "2 列".into(),
        allowed: "3 列（中药配方颗粒目录）".into(),
    };
    assert_eq!((report.bad, report.written), (vec![bad], Some(1)));
    assert_eq!(place.rows("1320"), ["1\tK1\t甲颗粒", "3\tK3\tnull"]);
}

#[test]
fn what_a_file_leaves_open_the_command_line_says() {
    let place = Place::new();
    let file = place.file(
        "x.csv",
        "hilist_code,hilist_name,med_chrgitm_type,chrgitm_lv,lmt_used_flag,外加\nA,甲,09,01,0,?\n".as_bytes(),
    );
    let report = place
        .import("1312", &file, |wanted| {
            wanted.defaults.from = Some("2026-01-01".parse().unwrap());
            wanted.defaults.area = Some("360100".to_owned());
        })
        .unwrap();
    assert_eq!(report.files[0].2, ["外加"]);
    assert!(place.rows("1312")[0].starts_with("A\t甲\t360100\t2026-01-01\tnull\t09\t01\t0"));
}

#[test]
fn bad_rows_a_dry_run_and_what_is_kept_already_write_nothing() {
    let place = Place::new();
    let file = place.file("x.txt", format!("{HEAD}\n{GOOD}\nB\t乙\t500000\tbad\t\t09\t01\t0\n").as_bytes());
    assert!(place.import("1312", &file, |_| {}).unwrap().refused);
    assert!(!place.kept().exists());
    let dry = place.import("1312", &file, |wanted| (wanted.dry_run, wanted.skip_bad) = (true, true)).unwrap();
    assert_eq!((dry.changed, dry.written, place.kept().exists()), (1, None, false));
    let taken = place.import("1312", &file, |wanted| wanted.skip_bad = true).unwrap();
    assert_eq!((taken.written, taken.bad.len()), (Some(1), 1));
    let again = place.items(&[GOOD]);
    assert_eq!((again.written, again.same, again.changed), (None, 1, 0));
    // Only what is new or differs makes the next version; both together hold.
    let more = place.items(&[GOOD, "A1\t甲药\t500000\t2025-01-01\tnull\t09\t02\t0"]);
    assert_eq!((more.written, more.same, more.changed), (Some(2), 1, 1));
    assert_eq!(place.rows("1312").len(), 2);
}

#[test]
fn of_several_files_the_one_with_the_bad_row_is_told() {
    let place = Place::new();
    let files = [GOOD, GOOD].map(|row| format!("{HEAD}\n{row}\n"));
    let files = [place.file("a.txt", files[0].as_bytes()), place.file("b.txt", files[1].as_bytes())];
    let into = place.kept();
    let wanted = Wanted {
        kind: kind("1312").unwrap(),
        into: &into,
        files: &files,
        defaults: Defaults::default(),
        skip_bad: false,
        dry_run: false,
    };
    let report = import(wanted, |_, _| {}).unwrap();
    let told: Vec<_> = report.bad.iter().map(|bad| (bad.file, bad.row, bad.allowed.as_str())).collect();
    assert_eq!(told, [(1, 2, "与第 1 个文件第 2 行不同的编码或开始日期")]);
}

#[test]
fn a_period_that_meets_one_that_is_kept_is_bad() {
    let place = Place::new();
    place.items(&["A1\t甲药\t500000\t2024-01-01\t2024-12-31\t09\t01\t0"]);
    let report = place.items(&["A1\t甲药\t500000\t2024-06-01\t\t09\t01\t0"]);
    assert_eq!(report.bad[0].given, "2024-01-01 至 2024-12-31 与 2024-06-01 起");
    // The kept row may be ended earlier in the same file.
    let mended = place
        .items(&["A1\t甲药\t500000\t2024-01-01\t2024-05-31\t09\t01\t0", "A1\t甲药\t500000\t2024-06-01\t\t09\t01\t0"]);
    assert_eq!((mended.bad.len(), mended.written), (0, Some(2)));
}

#[test]
fn a_crash_before_the_rename_leaves_the_version_before() {
    let place = Place::new();
    place.items(&[GOOD]);
    let before = place.rows("1312");
    let kind = kind("1312").unwrap();
    let lines = [("k".into(), GOOD.into())].into();
    let crash = || Err(std::io::Error::other("the machine stops here"));
    folder::append(&place.kept(), kind, 2, &lines, ("now", &[]), crash).unwrap_err();
    assert_eq!(place.rows("1312"), before);
    // What was left beside does not stand in the way.
    assert_eq!(place.items(&["C\t丙\t500000\t2024-01-01\t\t09\t03\t0"]).written, Some(2));
    // A version that is there is never replaced.
    assert!(folder::append(&place.kept(), kind, 2, &lines, ("now", &[]), || Ok(())).is_err());
}

#[test]
fn damaged_and_missing_versions_are_named() {
    let place = Place::new();
    place.items(&[GOOD]);
    let rows = place.kept().join("1312/v0001/rows.txt");
    fs::write(&rows, fs::read_to_string(&rows).unwrap().replace("\t01\t", "\t02\t")).unwrap();
    let kept = Folder::open(&place.kept()).unwrap();
    assert!(kept.catalogue().unwrap_err().to_string().contains("目录 1312 版本 v0001：内容与清单的 sha256 不符"));
    fs::rename(place.kept().join("1312/v0001"), place.kept().join("1312/v0002")).unwrap();
    assert!(Folder::open(&place.kept()).unwrap_err().to_string().contains("缺少版本 v0001"));
}
