//! Purchases at a pharmacy: 2101, 2102, 2103, and 2601 of a purchase.

use std::sync::Arc;

use gongji_domain::Fen;

use super::fields::check_identities;
use super::{ACTIVE, PHARMACY, Patient, RETIRED, Reply, SECONDARY, Server, TERTIARY, message};
use crate::cli::load;
use crate::his::{Moment, Policies, closing};

impl Patient {
    /// Input of 2101 and 2102: lines of item and price, one unit each.
    pub(super) fn purchase(&self, begntime: &str, total: &str, lines: &[(&str, &str)]) -> String {
        let line = |(number, (item, price)): (usize, &(&str, &str))| {
            format!(
                r#"{{"feedetl_sn":"{number}","rxno":"","rx_circ_flag":"0","fee_ocur_time":"{begntime}",
                "med_list_codg":"{item}","medins_list_codg":"Y{number}","det_item_fee_sumamt":{price},"cnt":1,
                "pric":{price},"drug_trac_info":[{{"feedetl_sn":"{number}","drug_trac_codg":"8{number:019}",
                "trdn_flag":"0"}}]}}"#
            )
        };
        let rows: Vec<String> = (1..).zip(lines).map(line).collect();
        format!(
            r#"{{"druginfo":{{{},"psn_cert_type":"01","certno":"{}","psn_type":"11","psn_name":"{}",
            "begntime":"{begntime}","medfee_sumamt":{total},"insutype":"310","acct_used_flag":"1",
            "med_type":"41"}},"drugdetail":[{}]}}"#,
            self.shown(),
            self.certno,
            if self.psn_no == ACTIVE.psn_no { "演示乙" } else { "" },
            rows.join(",")
        )
    }
}

const LINES: &[(&str, &str)] =
    &[("DEMO-YP-0001", "100.00"), ("DEMO-YP-0002", "50.00"), ("DEMO-YP-0003", "20.00"), ("DEMO-YP-0004", "30.00")];

/// Four lines of 200.00 in all.
fn basket() -> String {
    ACTIVE.purchase("2026-02-10 10:00:00", "200.00", LINES)
}

fn account(server: &Server) -> String {
    server.balance(&format!("{}/500000/current", ACTIVE.psn_no))
}

#[track_caller]
fn says(reply: Reply, begins: &str, contains: &str) {
    let message = reply.err();
    assert!(message.starts_with(begins) && message.contains(contains), "{message}");
}

#[test]
fn a_purchase_is_tried_settled_and_taken_back_by_one_message_each() {
    let server = Server::start();
    let before = account(&server);
    let opened = server.verify().journal.events;
    let trial = server.call(PHARMACY, "2101", &basket()).ok();
    assert_eq!(server.verify().journal.events, opened, "a trial keeps nothing");
    let settled = server.call(PHARMACY, "2102", &basket()).ok();
    assert_eq!(server.verify().journal.events, opened + 1, "a purchase is one event");
    for reply in [&trial, &settled] {
        check_identities(reply);
        // 乙 10 % of 50; over the ceiling 7.50 and 10 % of 12.50; off-list 30.
        for (field, expected) in [
            ("medfee_sumamt", "200.00"),
            ("fulamt_ownpay_amt", "30.00"),
            ("overlmt_selfpay", "7.50"),
            ("preselfpay_amt", "6.25"),
            ("inscp_scp_amt", "156.25"),
            ("hifp_pay", "0.00"),
            ("acct_pay", "200.00"),
            ("psn_cash_pay", "0.00"),
            ("balc", "1800.00"),
            ("med_type", "41"),
            ("clr_type", "41"),
        ] {
            assert_eq!(reply.at(&format!("output.setlinfo.{field}")), expected, "{field}");
        }
        let sum = |field: &str| -> Fen {
            (0..4).map(|i| reply.at(&format!("output.detlcutinfo.{i}.{field}")).parse::<Fen>().unwrap()).sum()
        };
        for (line, header) in [
            ("det_item_fee_sumamt", "medfee_sumamt"),
            ("fulamt_ownpay_amt", "fulamt_ownpay_amt"),
            ("overlmt_amt", "overlmt_selfpay"),
            ("preselfpay_amt", "preselfpay_amt"),
            ("inscp_scp_amt", "inscp_scp_amt"),
        ] {
            assert_eq!(sum(line).to_string(), reply.at(&format!("output.setlinfo.{header}")), "I7 {line}");
        }
        assert_eq!(reply.at("output.setldetail.0.fund_pay_type"), "310200");
    }
    assert!(!trial.has("output.setlinfo.setl_id"));
    assert_eq!(account(&server), "1800.00");

    let server = server.restart();
    let [mdtrt_id, setl_id] = ["mdtrt_id", "setl_id"].map(|field| settled.at(&format!("output.setlinfo.{field}")));
    let cancel = ACTIVE.cancellation(&mdtrt_id, &setl_id);
    let cancelled = server.call(PHARMACY, "2103", &cancel).ok();
    check_identities(&cancelled);
    for field in ["medfee_sumamt", "inscp_scp_amt", "acct_pay", "psn_part_amt"] {
        let at = format!("output.setlinfo.{field}");
        assert_eq!(cancelled.at(&at), format!("-{}", settled.at(&at)), "I10 {field}");
    }
    assert_eq!(cancelled.at("output.setlinfo.psn_pay"), "-200.00");
    assert_eq!(cancelled.at("output.setlinfo.cash_payamt"), "0.00");
    assert_eq!(cancelled.at("output.setlinfo.balc"), "2000.00");
    assert_eq!(account(&server), before);
    says(server.call(PHARMACY, "2103", &cancel), "[already_cancelled]", &cancelled.at("output.setlinfo.setl_id"));
}

#[test]
fn nothing_is_added_to_a_purchase_and_it_is_cancelled_by_its_own_transaction() {
    let server = Server::start();
    let settled = server.call(PHARMACY, "2102", &basket()).ok();
    let [mdtrt_id, setl_id] = ["mdtrt_id", "setl_id"].map(|field| settled.at(&format!("output.setlinfo.{field}")));
    let line = ACTIVE.line(&mdtrt_id, "B1", 9, "DEMO-YP-0001", "1.00");
    let psn_no = ACTIVE.psn_no;
    for (infno, input) in [
        ("2203", ACTIVE.description(&mdtrt_id, "41", "2026-02-10 10:00:00")),
        ("2204", format!(r#"{{"feedetail":[{line}]}}"#)),
        ("2205", format!(r#"{{"data":{{"mdtrt_id":"{mdtrt_id}","chrg_bchno":"0000","psn_no":"{psn_no}"}}}}"#)),
        ("2202", format!(r#"{{"data":{{"mdtrt_id":"{mdtrt_id}","ipt_otp_no":"1","psn_no":"{psn_no}"}}}}"#)),
        ("2207", ACTIVE.settlement(&mdtrt_id, "0", "41", "200")),
    ] {
        says(server.call(PHARMACY, infno, &input), "[purchase_complete]", "");
    }
    let cancel = ACTIVE.cancellation(&mdtrt_id, &setl_id);
    says(server.call(PHARMACY, "2208", &cancel), "[other_cancellation]", "给出「2208」，应为 2103");
    says(server.call(SECONDARY, "2103", &cancel), "[visit_not_found]", "");
    says(server.call(PHARMACY, "2103", &ACTIVE.cancellation(&mdtrt_id, "404")), "[settlement_not_found]", "2102");
    let visit = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let hospital = server.call(TERTIARY, "2207", &ACTIVE.settlement(&visit, "B1", "11", "500")).ok();
    let cancel = ACTIVE.cancellation(&visit, &hospital.at("output.setlinfo.setl_id"));
    says(server.call(TERTIARY, "2103", &cancel), "[other_cancellation]", "给出「2103」，应为 2208");
}

#[test]
fn a_purchase_whose_answer_was_lost_is_answered_again_or_taken_back() {
    let server = Server::start();
    let before = account(&server);
    let settled = server.send(&message("2102", "P1", PHARMACY, &basket())).ok();
    assert_eq!(server.send(&message("2102", "P1", PHARMACY, &basket())).raw, settled.raw);
    assert_eq!(account(&server), "1800.00");
    let reverse = |oinfno: &str, omsgid: &str| {
        let psn_no = ACTIVE.psn_no;
        let input = format!(r#"{{"data":{{"psn_no":"{psn_no}","omsgid":"{omsgid}","oinfno":"{oinfno}"}}}}"#);
        server.call(PHARMACY, "2601", &input)
    };
    let fate = |msgid: &str| {
        let head = format!("GET /gongji/v1/messages/{PHARMACY}/{msgid} HTTP/1.1\r\nHost: localhost\r\n");
        server.exchange(&head, b"").1
    };
    let setl_id = settled.at("output.setlinfo.setl_id");
    assert!(fate("P1").contains("\"recorded\"") && fate("P1").contains(&setl_id), "{}", fate("P1"));
    says(reverse("2207", "P1"), "[original_differs]", "应为 2102");
    reverse("2102A", "P1").ok();
    assert!(fate("P1").contains("\"reversed\""), "{}", fate("P1"));
    assert_eq!(account(&server), before);
    assert!(reverse("2102", "P1").ok().at("warn_msg").contains("已由"));
    // One that has not come is barred.
    reverse("2102", "P2").ok();
    says(server.send(&message("2102", "P2", PHARMACY, &basket())), "[reversed_before]", "");
    assert_eq!(account(&server), before);
}

#[test]
fn every_fault_of_a_purchase_is_named_and_keeps_nothing() {
    let server = Server::start();
    let opened = server.service().store().head();
    let input = basket();
    for infno in ["2101", "2102"] {
        for (from, to, begins) in [
            (ACTIVE.psn_no, "404", "[not_a_member] 查无此参保人：字段 druginfo.psn_no"),
            (ACTIVE.psn_no, "", "[missing_field] 必填字段缺失或为空：字段 druginfo.psn_no"),
            (ACTIVE.psn_no, RETIRED.psn_no, "[certificate_mismatch] 就诊凭证与人员不符：字段 druginfo.mdtrt_cert_no"),
            ("演示乙", "别人", "[certificate_mismatch] 就诊凭证与人员不符：字段 druginfo.psn_name"),
            ("\"02\"", "\"07\"", "[invalid_value] 字段取值不合规定：字段 druginfo.mdtrt_cert_type"),
            ("\"310\"", "\"390\"", "[insurance_unsupported] 本服务只办理职工基本医疗保险：字段 druginfo.insutype"),
            ("\"med_type\":\"41\"", "\"med_type\":\"11\"", "[care_type_not_here]"),
            ("\"med_type\":\"41\"", "\"med_type\":\"99\"", "[care_type_unsupported]"),
            ("\"med_type\":\"41\"", "\"med_type\":\"14\"", "[parameters_open]"),
            ("\"acct_used_flag\":\"1\"", "\"acct_used_flag\":\"2\"", "[mutual_aid_none]"),
            ("\"acct_used_flag\":\"1\"", "\"acct_used_flag\":\"5\"", "[invalid_value]"),
            ("\"begntime\":\"2026-02-10", "\"begntime\":\"2026-03-02", "[service_date_in_future]"),
            ("\"begntime\":\"2026-02-10", "\"begntime\":\"2009-02-10", "[benefit_suspended]"),
            ("\"begntime\":\"2026-02-10", "\"begntime\":\"2026-02-31", "[invalid_value]"),
            ("\"medfee_sumamt\":200.00", "\"medfee_sumamt\":199.99", "[total_mismatch]"),
            ("\"medfee_sumamt\":200.00", "\"medfee_sumamt\":-1", "[out_of_range]"),
            ("\"medfee_sumamt\":200.00", "\"medfee_sumamt\":\"\"", "[missing_field]"),
            ("\"pric\":100.00", "\"pric\":99", "[amount_mismatch] 明细金额与数量乘单价不符：字段 drugdetail[0]."),
            (
                "\"insutype\"",
                "\"inscp_scp_amt\":156.24,\"insutype\"",
                "[split_mismatch] 费用分割与预结算结果不一致：字段 druginfo.inscp_scp_amt，给出「156.24」，应为 156.25",
            ),
            ("\"cnt\":1", "\"cnt\":0", "[out_of_range] 数值超出范围：字段 drugdetail[0].cnt"),
            ("\"feedetl_sn\":\"2\"", "\"feedetl_sn\":\"1\"", "[line_exists]"),
            ("\"drugdetail\"", "\"other\"", "[missing_field] 必填字段缺失或为空：字段 drugdetail"),
            ("\"druginfo\"", "\"data\"", "[missing_field] 必填字段缺失或为空：字段 druginfo"),
        ] {
            assert!(input.contains(from), "{from}");
            says(server.call(PHARMACY, infno, &input.replacen(from, to, 1)), begins, "");
        }
        says(server.call(TERTIARY, infno, &input), "[pharmacy_only]", "fixmedins_code");
        let nothing = ACTIVE.purchase("2026-02-10 10:00:00", "0", &[("DEMO-YP-0001", "0.00")]);
        says(server.call(PHARMACY, infno, &nothing), "[nothing_to_settle]", "druginfo.medfee_sumamt");
        // Another area in the envelope than the member's.
        let message = message(infno, &server.msgid(), PHARMACY, &input);
        let elsewhere = message.replacen("\"insuplc_admdvs\":\"\"", "\"insuplc_admdvs\":\"211200\"", 1);
        says(server.send(&elsewhere), "[area_mismatch]", "");
    }
    assert_eq!(server.service().store().head(), opened);
    // An external prescription is shown the way.
    let prescribed = input.replace("\"rx_circ_flag\":\"0\"", "\"rx_circ_flag\":\"1\"");
    let reply = server.call(PHARMACY, "2101", &prescribed).ok();
    assert!(reply.at("warn_msg").contains("2203A"), "{}", reply.at("warn_msg"));
    // February's books are closed.
    let now = Moment::of(jiff::civil::date(2026, 3, 1).at(9, 0, 0, 0));
    let [area, through] = ["500000", "2026-02-28"];
    closing::close(server.service().store(), area.parse().unwrap(), through.parse().unwrap(), now).unwrap();
    says(server.call(PHARMACY, "2102", &input), "[period_closed]", "druginfo.begntime");
}

#[test]
fn each_area_says_itself_what_a_purchase_without_prescription_gets() {
    let server = Server::with(Arc::new(Policies::load(&load::shipped()).unwrap()));
    for (number, area, at, code) in [
        (2, "500000", PHARMACY, "no_prescription"),
        (11, "211200", "P21120000017", "pharmacy_not_covered"),
        (14, "320700", "P32070000013", "no_prescription"),
    ] {
        let patient =
            Patient { psn_no: format!("{area}{number:08}").leak(), certno: format!("DEMO{number:06}").leak() };
        let input = patient.purchase("2026-02-10 10:00:00", "300.00", &[("DEMO-YP-0001", "300.00")]);
        let input = input.replace("\"mdtrt_cert_type\":\"02\"", "\"mdtrt_cert_type\":\"03\"");
        let input = input.replace(&format!("\"certno\":\"{}\"", patient.certno), "\"certno\":\"\"");
        let settled = server.call(at, "2102", &input).ok();
        check_identities(&settled);
        assert_eq!(settled.at("output.setlinfo.hifp_pay"), "0.00");
        assert_eq!(settled.at("output.setlinfo.acct_pay"), "300.00");
        let why = settled.at("output.setlinfo.exp_content");
        assert!(why.contains(&format!("\"code\":\"{code}\"")), "{area}: {why}");
        assert!(settled.at("warn_msg").contains("统筹基金不予支付"), "{}", settled.at("warn_msg"));
    }
}
