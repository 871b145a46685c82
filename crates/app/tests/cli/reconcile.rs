//! `gongji reconcile` on a store that the service wrote.

use gongji_app::Rehearsal;

use crate::gongji;
use crate::visit::{charged, message, value};

#[test]
fn three_sides_are_even_or_each_difference_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let service = Rehearsal::open(&folder.path().join("store.db")).unwrap();
    let send = |infno: &str, msgid: &str, input: &str| {
        String::from_utf8(service.answer(message(infno, msgid, input).as_bytes())).unwrap()
    };
    let (mdtrt_id, settle) = charged(send);
    let settled = send("2207", "K4", &settle);
    let [setl_id, total, fund, account] =
        ["setl_id", "medfee_sumamt", "fund_pay_sumamt", "acct_pay"].map(|field| value(&settled, field));
    let cash = value(&settled, "psn_cash_pay");
    let (db, day, bank) = (file("store.db"), file("day.txt"), file("bank.csv"));
    let run = |more: &[&str]| {
        let fixed = ["reconcile", &day, "--store", &db, "--institution", "H50000000001", "--from", "2026-03-01"];
        gongji(&[&fixed[..], more].concat(), "")
    };
    let row = format!("{setl_id}\t{mdtrt_id}\t50000000000002\t{total}\t{fund}\t{account}\t0\n");
    std::fs::write(&day, &row).unwrap();
    std::fs::write(&bank, format!("流水号,结算ID,金额\nB1,{setl_id},{cash}\n")).unwrap();
    let even = run(&["--bank", &bank]);
    assert_eq!((even.code, even.err.as_str()), (0, ""), "{}", even.out);
    assert!(even.out.contains("平：没有差异"), "{}", even.out);

    std::fs::write(&day, "").unwrap();
    let lost = run(&["--format", "json"]);
    assert_eq!(lost.code, 1, "{}", lost.err);
    assert!(lost.out.starts_with("{\"cause\":\"answer_lost\""), "{}", lost.out);
    assert!(lost.out.contains("\"msgid\":\"K4\"") && lost.out.contains(setl_id), "{}", lost.out);
    let shown = run(&[]);
    assert!(shown.out.contains("不平：1 处差异") && shown.out.contains("应答在途中丢失"), "{}", shown.out);

    std::fs::write(&day, format!("{row}x\ty\n")).unwrap();
    let bad = run(&[]);
    assert!(bad.code == 2 && bad.err.contains("第 2 行第 2 列「2 列」：应为 7 列"), "{}", bad.err);
    std::fs::write(&day, &row).unwrap();
    std::fs::write(&bank, "流水号,金额\n").unwrap();
    let bad = run(&["--bank", &bank]);
    assert!(bad.code == 2 && bad.err.contains("没有「结算ID」列"), "{}", bad.err);
}
