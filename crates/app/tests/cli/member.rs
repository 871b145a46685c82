//! `gongji member`: a list comes in, is shown, corrected and looked back at, as an officer does it.

use std::fmt::Write as _;
use std::path::Path;

use crate::{Ran, gongji};

const HEAD: &str = "人员编号,姓名,证件号码,出生日期,统筹区,人员类别,参保身份,参保日期,当年账户余额";

/// A list of so many members, of whom every hundredth has a day of birth that is none.
fn list(folder: &Path, members: usize) -> String {
    let mut text = format!("{HEAD}\n");
    for at in 0..members {
        let birth = if at % 100 == 7 { "1980-02-30" } else { "1980-02-03" };
        let cells = format!("M{at:06},测试{at},99000019800203{at:04},{birth},500000,在职,employer,2010-01-01,10.00");
        writeln!(text, "{cells}").unwrap();
    }
    let path = folder.join("members.csv");
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[track_caller]
fn done(ran: &Ran, says: &[&str]) {
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    says.iter().for_each(|text| assert!(ran.out.contains(text), "{text}: {}", ran.out));
}

#[test]
fn a_list_comes_in_with_its_bad_rows_named_and_again_nothing_is_new() {
    let folder = tempfile::tempdir().unwrap();
    let (file, db) = (list(folder.path(), 5000), folder.path().join("m.db").display().to_string());
    let bad = folder.path().join("bad.csv");
    let import =
        |more: &[&str]| gongji(&[&["member", "import", &file, "--store", &db, "--by", "张"], more].concat(), "");
    let trial = import(&["--dry-run"]);
    assert_eq!(trial.code, 1);
    for says in ["第 9 行 出生日期：给出「1980-02-30」，应为日期", "共 50 处有误", "新登记 4950", "什么都没有写入"]
    {
        assert!(trial.out.contains(says), "{says}: {}", trial.out);
    }
    let taken = import(&["--skip-bad", "--report", bad.to_str().unwrap()]);
    assert!(taken.code == 1 && taken.out.ends_with("已登记\n"), "{}", taken.out);
    let report = std::fs::read_to_string(&bad).unwrap();
    assert_eq!(report.lines().count(), 51);
    assert!(report.lines().nth(1).unwrap().starts_with("members.csv,9,出生日期,1980-02-30,"), "{report}");
    let again = import(&["--skip-bad"]);
    assert!(again.out.contains("新登记 0，变更 0，未变 4950"), "{}", again.out);
    assert_eq!(gongji(&["store", "verify", &db], "").code, 0);
}

#[test]
fn what_was_told_is_shown_corrected_and_stays_in_the_history() {
    let folder = tempfile::tempdir().unwrap();
    let (file, db) = (list(folder.path(), 2), folder.path().join("m.db").display().to_string());
    let member = |arguments: &[&str]| gongji(&[&["member"], arguments, &["--store", &db]].concat(), "");
    done(&member(&["import", &file, "--by", "张"]), &["新登记 2", "已登记"]);
    let change = |more: &[&str]| member(&[&["change", "M000001", "--by", "张经办"], more].concat());
    let retired = ["--why", "退休", "--document", "审批表", "--category", "2026-03-01=12", "--base", "2026-01-01=5200"];
    done(&change(&retired), &["2026-03-01 起人员类别 12 退休", "2026-01-01 起缴费基数 5200.00"]);
    done(&change(&["--suspend", "2026-05-01", "--stay", "2026-02-01=2026-02-09"]), &["2026-05-01 起待遇状态 暂停"]);
    done(&change(&["--why", "误登记", "--retract", "category=2026-03-01"]), &["撤销 2026-03-01 起的人员类别"]);
    for (wrong, says) in [
        (&["--retract", "base=2027-01-01"][..], "2027-01-01 起没有这一项记录"),
        (&["--died", "1970-01-01"], "早于出生日期"),
        (&[], "没有说要变更什么"),
    ] {
        let ran = change(wrong);
        assert!(ran.code != 0 && ran.err.contains(says), "{} {}", ran.code, ran.err);
    }
    done(
        &member(&["show", "M000001"]),
        &["测试1", "11 在职", "5200.00", "住院 2026-02-01 至 2026-02-09", "余额 10.00"],
    );
    done(&member(&["show", "M000001"]), &["待遇享受期", "正常享受", "2026-04-30", "暂停", "按登记的待遇状态"]);
    let history = member(&["history", "M000001", "--format", "json"]);
    done(&history, &["\"by\":\"张经办\"", "\"why\":\"退休\"", "\"document\":\"审批表\"", "期初余额：当年 10.00"]);
    assert_eq!(history.out.lines().count(), 4);
    let premium = ["account", "premium", "--store", &db, "--by", "张", "--holder", "M000001", "--bill", "B1"];
    let what = ["--purpose", "care_premium", "--amount", "4.00"];
    done(&gongji(&[&premium[..], &what].concat(), ""), &["已缴 4.00"]);
    done(&member(&["history", "M000001"]), &["代扣代缴", "本人 4.00"]);
    let nobody = member(&["show", "M9"]);
    assert!(nobody.code != 0 && nobody.err.contains("[not_a_member]"), "{}", nobody.err);
}
