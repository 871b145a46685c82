//! `gongji account bond` and `gongji account premium`: what an officer does at the counter, on a store that the service wrote.

use gongji_app::Rehearsal;

use crate::{Ran, gongji};

const HOLDER: &str = "50000000000002";

/// A store with the members of the demo, whose service has stopped.
fn store() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    drop(Rehearsal::open(&path).unwrap());
    (folder, path.display().to_string())
}

#[track_caller]
fn done(ran: Ran, says: &str) -> String {
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.contains(says), "{says}: {}", ran.out);
    ran.out
}

#[track_caller]
fn refused(ran: Ran, begins: &str, says: &str) {
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
    assert!(ran.err.starts_with(begins) && ran.err.contains(says), "{}", ran.err);
}

#[test]
fn a_bond_is_asked_for_confirmed_limited_used_shown_and_ended_at_the_counter() {
    let (_folder, db) = store();
    let bond = |arguments: &[&str]| gongji(&[&["account", "bond"], arguments, &["--store", &db]].concat(), "");
    let persons = [
        ["--holder", HOLDER, "--holder-name", "演示乙", "--holder-certificate", "990000198605011040"],
        ["--relation", "child", "--beneficiary-name", "演示小", "--beneficiary-certificate", "990000201501011111"],
    ]
    .concat();
    let request = |more: &[&str]| bond(&[&["request", "--by", "张经办"], &persons[..], more].concat());
    refused(request(&["--pledge", " "]), "[bond_refused]", "缺少签署的承诺书编号");
    refused(request(&["--pledge", "CN-1", "--asked-by", "nobody"]), "[invalid_value]", "holder（授权人）");
    let told = done(request(&["--pledge", "CN-1", "--year", "500.00"]), "待确认");
    let number: String = told.chars().filter(char::is_ascii_digit).collect();
    done(request(&["--pledge", "CN-1", "--year", "500.00"]), "（此前已办理）");
    let act = |what: &str, who: &str, more: &[&str]| {
        bond(&[&[what, &number, "--holder", HOLDER, "--who", who, "--by", "张经办"], more].concat())
    };
    refused(act("confirm", "holder", &[]), "[bond_refused]", "不能确认共济关系");
    done(act("confirm", "officer", &[]), "已生效");
    refused(act("limits", "beneficiary", &["--year", "1.00"]), "[bond_refused]", "不能设置限额");
    done(act("limits", "holder", &["--year", "400.00", "--purpose", "resident_premium"]), "已生效");

    let premium = |bill: &str, amount: &str| {
        let payment = ["account", "premium", "--store", &db, "--by", "张经办", "--holder", HOLDER, "--bill", bill];
        let what = ["--purpose", "resident_premium", "--insured-certificate", "990000201501011111", "--amount", amount];
        gongji(&[&payment[..], &what].concat(), "")
    };
    done(premium("JF-1", "380.00"), "已缴 380.00，账户余额 1620.00（依据 xize:10");
    done(premium("JF-1", "380.00"), "（此前已缴）");
    refused(premium("JF-2", "20.01"), "[account_short]", "至多 20.00");
    let listed = done(bond(&["list", "--person", HOLDER]), "演示小（子女）　已生效　已用 380.00　年度限额 400.00");
    assert!(listed.contains("居民医保缴费　990000201501011111　500000　380.00　JF-1"), "{listed}");
    let told = done(bond(&["list", "--person", HOLDER, "--json"]), "\"purpose\": \"resident_premium\"");
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["uses"][0]["amount"], "380.00");
    refused(bond(&["list", "--person", "404"]), "[not_a_member]", "404");
    done(act("unbind", "beneficiary", &[]), "已解除");
    refused(premium("JF-3", "1.00"), "[bond_refused]", "解除");
    done(gongji(&["store", "verify", &db], ""), "核验通过");
}
