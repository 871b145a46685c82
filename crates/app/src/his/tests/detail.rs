//! 3202 over the wire: uploaded, held row by row against the centre, downloaded; and doing what it says makes it even.

use super::catalogues::{download, unzipped, upload};
use super::{ACTIVE, PHARMACY, Reply, SECONDARY, Server, TERTIARY, message};
use crate::his::zipped::zipped;

/// Uploads rows and reconciles them with the sums that they have.
pub(super) fn reconcile(server: &Server, institution: &str, rows: &[[&str; 7]]) -> Reply {
    let text: String = rows.iter().map(|row| format!("{}\n", row.join("\t"))).collect();
    let uploaded = upload(server, institution, "file", "day.zip", &zipped("day.txt", text.as_bytes()).unwrap()).ok();
    let sum = |column: usize| -> i64 {
        let fen = |row: &[&str; 7]| row[column].replace('.', "").parse::<i64>().unwrap();
        rows.iter().map(fen).sum()
    };
    let yuan = |fen: i64| format!("{}.{:02}", fen / 100, fen % 100);
    let input = format!(
        r#"{{"data":{{"setl_optins":"500000","file_qury_no":"{}","stmt_begndate":"2026-03-01","stmt_enddate":"2026-03-01",
        "medfee_sumamt":{},"fund_pay_sumamt":{},"cash_payamt":0,"fixmedins_setl_cnt":{},"clr_type":"11",
        "refd_setl_flag":""}}}}"#,
        uploaded.at("output.file_qury_no"),
        yuan(sum(3)),
        yuan(sum(4)),
        rows.len()
    );
    server.call(institution, "3202", &input)
}

/// The rows of the result.
fn result(server: &Server, institution: &str, reply: &Reply) -> Vec<Vec<String>> {
    let number = reply.at("output.fileinfo.file_qury_no");
    let (kind, zip) = download(server, institution, &number, institution);
    assert_eq!(kind, "application/octet-stream");
    let (name, text) = unzipped(&zip);
    assert_eq!(name, reply.at("output.fileinfo.filename"));
    let text = String::from_utf8(text).unwrap();
    text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

#[test]
fn a_lost_answer_is_named_and_reversing_it_makes_the_day_even() {
    let server = Server::start();
    let visit = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let settled = server.call(TERTIARY, "2207", &ACTIVE.settlement(&visit, "B1", "11", "500")).ok();
    let info = |field: &str| settled.at(&format!("output.setlinfo.{field}"));
    let (setl_id, fund, account) = (info("setl_id"), info("fund_pay_sumamt"), info("acct_pay"));
    let known = [setl_id.as_str(), &visit, ACTIVE.psn_no, "500.00", &fund, &account, "0"];
    // The answer to this one never arrived.
    let other = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-11", "80.00");
    server.send(&message("2207", "LOST", TERTIARY, &ACTIVE.settlement(&other, "B1", "11", "80"))).ok();

    let reply = reconcile(&server, TERTIARY, &[known]).ok();
    assert_eq!(reply.at("output.fileinfo.dld_endtime"), reply.at("output.fileinfo.dld_end_time"));
    let rows = result(&server, TERTIARY, &reply);
    assert_eq!((rows[0][2].as_str(), rows[0][4].as_str(), rows[0][6].as_str()), (setl_id.as_str(), "0", "null"));
    let lost = &rows[1];
    assert_eq!((lost[0].as_str(), lost[1].as_str()), (ACTIVE.psn_no, other.as_str()));
    assert_eq!((lost[3].as_str(), lost[4].as_str(), lost[7].as_str()), ("LOST", "1", "80.00"));
    assert!(lost[6].starts_with("中心已结算，机构没有记录：应答在途中丢失"), "{}", lost[6]);
    assert_eq!(rows.len(), 2);

    let reverse = format!(r#"{{"data":{{"psn_no":"{}","omsgid":"{}","oinfno":"2207"}}}}"#, lost[0], lost[3]);
    server.call(TERTIARY, "2601", &reverse).ok();
    let sums = format!(
        r#"{{"data":{{"insutype":"310","clr_type":"11","setl_optins":"500000","stmt_begndate":"2026-03-01",
        "stmt_enddate":"2026-03-01","medfee_sumamt":500,"fund_pay_sumamt":{fund},"acct_pay":{account},
        "fixmedins_setl_cnt":3}}}}"#
    );
    assert_eq!(server.call(TERTIARY, "3201", &sums).ok().at("output.stmtinfo.stmt_rslt"), "0");
}

#[test]
fn a_file_that_is_not_what_it_says_is_refused_by_row_or_sum() {
    let server = Server::start();
    let row = ["1", "V1", ACTIVE.psn_no, "10.00", "0.00", "0.00", "0"];
    let rows = result(&server, TERTIARY, &reconcile(&server, TERTIARY, &[row]).ok());
    assert!(rows[0][6].contains("机构有记录，中心没有"), "{:?}", rows[0]);
    let bad = reconcile(&server, TERTIARY, &[["1", "V1", "null", "10.00", "0.00", "0.00", "0"]]).err();
    assert!(bad.starts_with("[file_unreadable]") && bad.contains("第 1 行第 3 列"), "{bad}");
    let input = |number: &str, sum: &str| {
        format!(
            r#"{{"data":{{"setl_optins":"500000","file_qury_no":"{number}","stmt_begndate":"2026-03-01",
            "stmt_enddate":"2026-03-01","medfee_sumamt":{sum},"fund_pay_sumamt":0,"cash_payamt":0,
            "fixmedins_setl_cnt":1,"clr_type":"11"}}}}"#
        )
    };
    let plain = format!("{}\n", row.join("\t"));
    let number = upload(&server, TERTIARY, "in", "day.txt", plain.as_bytes()).ok().at("output.file_qury_no");
    let fault = server.call(TERTIARY, "3202", &input(&number, "11")).err();
    assert!(fault.starts_with("[total_mismatch]") && fault.contains("10.00（文件各行之和）"), "{fault}");
    let others = server.call(SECONDARY, "3202", &input(&number, "10")).err();
    assert!(others.starts_with("[file_not_found]"), "{others}");
    let zip = upload(&server, TERTIARY, "file", "day.zip", b"PK\x03\x04 and nothing more").ok();
    let fault = server.call(TERTIARY, "3202", &input(&zip.at("output.file_qury_no"), "10")).err();
    assert!(fault.contains("压缩包已损坏"), "{fault}");
}

#[test]
fn a_day_without_settlements_has_an_empty_result() {
    let server = Server::start();
    let reply = reconcile(&server, PHARMACY, &[]).ok();
    assert!(result(&server, PHARMACY, &reply).is_empty());
}
