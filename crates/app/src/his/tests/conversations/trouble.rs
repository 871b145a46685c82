//! Conversations after something went wrong on the way: messages sent again, asked for, reversed; and reconciliation.

use super::super::{ACTIVE, PHARMACY, TERTIARY};
use super::centre::Scribe;
use super::hospital::{fault, open, upload};
use super::{Named, script};
use crate::serve::http::PATH;

pub(super) const SCRIPTS: &[Named] = &[
    (
        "sent-again",
        script(
            "应答丢失：同一报文再发得到首次的应答，逐字节相同；同一编号换内容被拒绝",
            "A lost answer: the same message gets the first answer byte for byte; other content under its number is refused",
            sent_again,
        ),
    ),
    (
        "reversal",
        script(
            "冲正 2601：已入账的退回，没有来过的不再受理；报文去向随时可问",
            "2601: what was settled is taken back, what never came is barred; the fate of a message can be asked for",
            reversal,
        ),
    ),
    (
        "reconciliation",
        script(
            "对总账 3201：平、不平、只对正向或只对退费",
            "3201: even, uneven, only forward or only back",
            reconciliation,
        ),
    ),
    (
        "reconciliation-by-file",
        script(
            "对明细账：9101 上传七列，3202 对账，9102 下载十列；一笔应答丢失，按备注冲正后总账平",
            "Row by row: seven columns uploaded, ten downloaded; a lost answer is named, reversing it makes the sums even",
            by_file,
        ),
    ),
];

/// A visit with a charged batch; the settlement's input.
fn charged(scribe: &mut Scribe) -> (String, String) {
    let visit = open(scribe, TERTIARY, &ACTIVE, "11");
    let line = ACTIVE.line(&visit, "B1", 1, "DEMO-YP-0001", "500.00");
    scribe.say("明细", TERTIARY, "2204", &upload(&[line])).ok();
    let input = ACTIVE.settlement(&visit, "B1", "11", "500");
    (visit, input)
}

fn sent_again(scribe: &mut Scribe) {
    let (_, input) = charged(scribe);
    let body = scribe.write(TERTIARY, "2207", &input);
    let first = scribe.post("结算，应答在途中丢失", PATH, &body).ok();
    let again = scribe.post("同样的报文再发", PATH, &body).ok();
    assert_eq!(first.raw, again.raw);
    let spelled = body.replacen("\"medfee_sumamt\":500", "\"medfee_sumamt\":500.00", 1);
    assert_eq!(scribe.post("数值多写两位小数，仍是同一报文", PATH, &spelled).ok().raw, first.raw);
    let other = body.replacen("\"acct_used_flag\":\"1\"", "\"acct_used_flag\":\"0\"", 1);
    fault(&scribe.post("同一编号、另一内容", PATH, &other), "message_reused");
    let other = body.replacen("\"infno\":\"2207\"", "\"infno\":\"2206\"", 1);
    fault(&scribe.post("同一编号、另一交易", PATH, &other), "message_reused");
}

fn reverse(omsgid: &str, oinfno: &str) -> String {
    format!(r#"{{"data":{{"psn_no":"{}","omsgid":"{omsgid}","oinfno":"{oinfno}"}}}}"#, ACTIVE.psn_no)
}

fn reversal(scribe: &mut Scribe) {
    let (_, input) = charged(scribe);
    let renamed = |body: String, msgid: &str| {
        let (before, after) = body.split_once("\"msgid\":\"").unwrap();
        format!("{before}\"msgid\":\"{msgid}{}", &after[5..])
    };
    let body = renamed(scribe.write(TERTIARY, "2207", &input), "LOST1");
    scribe.post("结算，应答在途中丢失", PATH, &body).ok();
    scribe.fate("去向：已入账", TERTIARY, "LOST1");
    fault(&scribe.say("登记不冲正", TERTIARY, "2601", &reverse("M0000", "2201")), "not_reversible");
    fault(&scribe.say("原交易不是 2102", TERTIARY, "2601", &reverse("LOST1", "2102")), "original_differs");
    scribe.say("冲正", TERTIARY, "2601", &reverse("LOST1", "2207")).ok();
    scribe.fate("去向：已冲正", TERTIARY, "LOST1");
    scribe.say("再次冲正也成功", TERTIARY, "2601", &reverse("LOST1", "2207")).ok();
    scribe.fate("去向：没有来过", TERTIARY, "LOST2");
    scribe.say("冲正没有来过的", TERTIARY, "2601", &reverse("LOST2", "2207")).ok();
    let late = renamed(scribe.write(TERTIARY, "2207", &input), "LOST2");
    fault(&scribe.post("它来迟了", PATH, &late), "reversed_before");
    scribe.fate("去向：已先行冲正", TERTIARY, "LOST2");
    scribe.say("换新编号结算", TERTIARY, "2207", &input).ok();
    let basket = ACTIVE.purchase("2026-02-10 08:00:00", "20.00", &[("DEMO-YP-0001", "20.00")]);
    let body = renamed(scribe.write(PHARMACY, "2102", &basket), "LOST3");
    scribe.post("药店结算，应答在途中丢失", PATH, &body).ok();
    scribe.fate("去向：就诊ID 与结算ID 都在，可用 5203 查", PHARMACY, "LOST3");
    scribe.say("冲正", PHARMACY, "2601", &reverse("LOST3", "2102")).ok();
}

fn reconciliation(scribe: &mut Scribe) {
    let (visit, input) = charged(scribe);
    let settled = scribe.say("(500−200)×50%＝150，账户 350", TERTIARY, "2207", &input).ok();
    let sums = |[total, fund, account]: [&str; 3], count: u32, flag: &str, to: &str| {
        format!(
            r#"{{"data":{{"insutype":"310","clr_type":"11","setl_optins":"500000","stmt_begndate":"2024-06-01",
            "stmt_enddate":"{to}","medfee_sumamt":{total},"fund_pay_sumamt":{fund},"acct_pay":{account},
            "fixmedins_setl_cnt":{count},"refd_setl_flag":"{flag}"}}}}"#
        )
    };
    let forward = ["500.00", "150.00", "350.00"];
    let day = "2024-06-01";
    let result = |reply: super::Reply| reply.ok().at("output.stmtinfo.stmt_rslt");
    assert_eq!(result(scribe.say("平", TERTIARY, "3201", &sums(forward, 1, "", day))), "0");
    let wrong = sums(["500.00", "151.00", "349.00"], 1, "", day);
    assert_eq!(result(scribe.say("不平：基金与账户", TERTIARY, "3201", &wrong)), "1");
    let cancel = ACTIVE.cancellation(&visit, &settled.at("output.setlinfo.setl_id"));
    scribe.say("撤销", TERTIARY, "2208", &cancel).ok();
    assert_eq!(result(scribe.say("正反两行", TERTIARY, "3201", &sums(["0"; 3], 2, "", day))), "0");
    assert_eq!(result(scribe.say("只对正向", TERTIARY, "3201", &sums(forward, 1, "0", day))), "0");
    let back = ["-500.00", "-150.00", "-350.00"];
    assert_eq!(result(scribe.say("只对退费", TERTIARY, "3201", &sums(back, 1, "1", day))), "0");
    let backwards = sums(forward, 1, "", "2024-05-31");
    fault(&scribe.say("终止早于起始", TERTIARY, "3201", &backwards), "out_of_range");
}

fn by_file(scribe: &mut Scribe) {
    let (visit, input) = charged(scribe);
    let settled = scribe.say("(500−200)×50%＝150，账户 350", TERTIARY, "2207", &input).ok();
    let setl_id = settled.at("output.setlinfo.setl_id");
    let other = open(scribe, TERTIARY, &ACTIVE, "11");
    let line = ACTIVE.line(&other, "B1", 1, "DEMO-YP-0001", "80.00");
    scribe.say("明细", TERTIARY, "2204", &upload(&[line])).ok();
    scribe.say("80×50%＝40；应答在途中丢失", TERTIARY, "2207", &ACTIVE.settlement(&other, "B1", "11", "80")).ok();
    let psn_no = ACTIVE.psn_no;
    let file = format!("{setl_id}\t{visit}\t{psn_no}\t500.00\t150.00\t350.00\t0\n");
    let about = format!(r#"{{"fsUploadIn":{{"filename":"0601.txt","fixmedins_code":"{TERTIARY}"}}}}"#);
    fault(&scribe.say("没有文件部分", TERTIARY, "9101", &about), "missing_field");
    let uploaded = scribe.upload("上传本机构的一行", TERTIARY, "9101", &about, &file).ok();
    let number = uploaded.at("output.file_qury_no");
    let ask = |total: &str| {
        format!(
            r#"{{"data":{{"setl_optins":"500000","file_qury_no":"{number}","stmt_begndate":"2024-06-01",
            "stmt_enddate":"2024-06-01","medfee_sumamt":{total},"fund_pay_sumamt":150,"cash_payamt":0,
            "fixmedins_setl_cnt":1,"clr_type":"11","refd_setl_flag":""}}}}"#
        )
    };
    fault(&scribe.say("总额不是文件之和", TERTIARY, "3202", &ask("501")), "total_mismatch");
    let told = scribe.say("对明细账", TERTIARY, "3202", &ask("500")).ok();
    let get = |number: &str| {
        format!(r#"{{"fsDownloadIn":{{"file_qury_no":"{number}","filename":"x.zip","fixmedins_code":"{TERTIARY}"}}}}"#)
    };
    let number = told.at("output.fileinfo.file_qury_no");
    let result = scribe.download("下载结果：一行平，一行应答丢失", TERTIARY, "9102", &get(&number));
    let lost: Vec<&str> = result.lines().nth(1).unwrap().split('\t').collect();
    assert_eq!((lost[1], lost[4]), (other.as_str(), "1"));
    assert!(lost[6].contains("应答在途中丢失"), "{result}");
    fault(&scribe.say("没有这个文件", TERTIARY, "9102", &get("U404")), "file_not_found");
    scribe.say("按第四列的报文编号冲正", TERTIARY, "2601", &reverse(lost[3], "2207")).ok();
    let sums = r#"{"data":{"insutype":"310","clr_type":"11","setl_optins":"500000","stmt_begndate":"2024-06-01",
        "stmt_enddate":"2024-06-01","medfee_sumamt":500,"fund_pay_sumamt":150,"acct_pay":350,"fixmedins_setl_cnt":3}}"#;
    let even = scribe.say("总账平：另有正反两行", TERTIARY, "3201", sums).ok();
    assert_eq!(even.at("output.stmtinfo.stmt_rslt"), "0");
}
