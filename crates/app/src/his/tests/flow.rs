//! The good path of each transaction, and what must hold over several.

use super::{ACTIVE, PHARMACY, RETIRED, SECONDARY, Server, TERTIARY, message};

#[test]
fn a_person_is_found_by_each_certificate() {
    let server = Server::start();
    for (kind, number) in [("01", "DEMO-TOKEN-000002"), ("02", ACTIVE.certno), ("03", "DEMO000002")] {
        let input = format!(
            r#"{{"data":{{"mdtrt_cert_type":"{kind}","mdtrt_cert_no":"{number}","card_sn":"1","psn_cert_type":"01","certno":"","psn_name":""}}}}"#
        );
        let reply = server.call(TERTIARY, "1101", &input).ok();
        assert_eq!(reply.at("output.baseinfo.psn_no"), ACTIVE.psn_no);
        assert_eq!(reply.at("output.baseinfo.age"), "39");
        assert_eq!(reply.at("output.insuinfo.0.balc"), "2000.00");
        assert_eq!(reply.at("output.insuinfo.0.insutype"), "310");
        assert_eq!(reply.at("output.insuinfo.0.psn_insu_stas"), "1");
        assert_eq!(reply.at("output.insuinfo.0.insuplc_admdvs"), "500000");
        assert_eq!(reply.at("output.idetinfo"), "[]");
        assert_eq!(reply.at("warn_msg"), "");
        assert_eq!(reply.at("inf_refmsgid").len(), 30);
        assert_eq!(reply.at("respond_time").len(), 17);
    }
    // Suspended since 2025-07-01; with the name given too.
    let input = r#"{"data":[{"mdtrt_cert_type":"03","mdtrt_cert_no":"DEMO000008","card_sn":"1","psn_name":"演示辛"}]}"#;
    let reply = server.call(TERTIARY, "1101", input).ok();
    assert_eq!(reply.at("output.insuinfo.0.psn_insu_stas"), "2");
    assert_eq!(reply.at("output.insuinfo.0.paus_insu_date"), "2025-07-01");
}

#[test]
fn a_visit_goes_from_registration_to_settlement_and_back() {
    let server = Server::start();
    let opened = server.service().store().head().events;
    let begntime = "2026-02-10 09:00:00";
    let registered = server.call(TERTIARY, "2201", &ACTIVE.registration(begntime)).ok();
    let mdtrt_id = registered.at("output.data.mdtrt_id");
    assert_eq!(registered.at("output.data.ipt_otp_no"), "MZ1");
    assert_eq!(registered.at("output.data.psn_no"), ACTIVE.psn_no);
    assert!(mdtrt_id.len() <= 30);
    let described = server.call(TERTIARY, "2203", &ACTIVE.description(&mdtrt_id, "11", begntime)).ok();
    assert_eq!(described.at("output"), "{}");

    // 甲 500; 乙 10 % of 300; 乙 over the ceiling 12.50; off-list; unknown; restricted and not approved.
    let lines = [
        ("DEMO-YP-0001", "500.00", "0.000000", ["0.00", "0.00", "0.00", "500.00"]),
        ("DEMO-YP-0002", "300.00", "0.1000", ["0.00", "0.00", "30.00", "270.00"]),
        ("DEMO-YP-0003", "20.00", "0.1000", ["0.00", "7.50", "1.25", "11.25"]),
        ("DEMO-YP-0004", "40.00", "1.0000", ["40.00", "0.00", "0.00", "0.00"]),
        ("NOWHERE", "5.00", "1.0000", ["5.00", "0.00", "0.00", "0.00"]),
        ("DEMO-YP-0005", "100.00", "1.0000", ["100.00", "0.00", "0.00", "0.00"]),
    ];
    let rows: Vec<String> =
        (1..).zip(&lines).map(|(i, line)| ACTIVE.line(&mdtrt_id, "B1", i, line.0, line.1)).collect();
    let charged = server.call(TERTIARY, "2204", &format!(r#"{{"feedetail":[{}]}}"#, rows.join(","))).ok();
    for (i, (item, price, share, split)) in lines.iter().enumerate() {
        let at = |field: &str| charged.at(&format!("output.result.{i}.{field}"));
        let told = ["fulamt_ownpay_amt", "overlmt_amt", "preselfpay_amt", "inscp_scp_amt"].map(at);
        assert_eq!(told, split.map(str::to_owned), "{item}");
        assert_eq!(at("det_item_fee_sumamt"), *price);
        assert_eq!(at("feedetl_sn"), (i + 1).to_string());
        assert_eq!(at("cnt"), "1.0000");
        assert_eq!(at("pric"), format!("{price}0000"));
        if i > 0 {
            assert_eq!(at("selfpay_prop"), *share);
        }
    }
    assert_eq!(charged.at("output.result.0.pric_uplmt_amt"), "999999.000000");
    assert_eq!(charged.at("output.result.2.pric_uplmt_amt"), "12.500000");
    assert_eq!(charged.at("output.result.0.bas_medn_flag"), "1");
    assert_eq!(charged.at("output.result.4.chrgitm_lv"), "03");
    assert_eq!(charged.at("output.result.5.lmt_used_flag"), "1");

    // Total 965.00, eligible 781.25: 200 borne, 581.25 × 60 % = 348.75; the rest 616.25 from the account.
    let trial = server.call(TERTIARY, "2206", &ACTIVE.settlement(&mdtrt_id, "B1", "11", "965")).ok();
    let settled = server.call(TERTIARY, "2207", &ACTIVE.settlement(&mdtrt_id, "B1", "11", "965.00")).ok();
    for reply in [&trial, &settled] {
        for (field, expected) in [
            ("mdtrt_id", mdtrt_id.as_str()),
            ("psn_no", ACTIVE.psn_no),
            ("psn_name", "演示乙"),
            ("psn_cert_type", "01"),
            ("certno", ACTIVE.certno),
            ("gend", "2"),
            ("brdy", "1986-05-01"),
            ("age", "39"),
            ("insutype", "310"),
            ("psn_type", "11"),
            ("mdtrt_cert_type", "02"),
            ("med_type", "11"),
            ("medfee_sumamt", "965.00"),
            ("fulamt_ownpay_amt", "145.00"),
            ("overlmt_selfpay", "7.50"),
            ("preselfpay_amt", "31.25"),
            ("inscp_scp_amt", "781.25"),
            ("act_pay_dedc", "200.00"),
            ("hifp_pay", "348.75"),
            ("pool_prop_selfpay", "0.6000"),
            ("fund_pay_sumamt", "348.75"),
            ("psn_part_amt", "616.25"),
            ("acct_pay", "616.25"),
            ("psn_cash_pay", "0.00"),
            ("hosp_part_amt", "0.00"),
            ("balc", "1383.75"),
            ("acct_mulaid_pay", "0.00"),
            ("clr_optins", "500000"),
            ("clr_way", "1"),
            ("clr_type", "11"),
            ("exp_content", ""),
        ] {
            assert_eq!(reply.at(&format!("output.setlinfo.{field}")), expected, "{field}");
        }
        assert_eq!(reply.at("output.setldetail.0.fund_pay_type"), "310100");
        assert_eq!(reply.at("output.setldetail.0.fund_payamt"), "348.75");
        assert_eq!(reply.at("output.setldetail.0.crt_payb_lmt_amt"), "3000.00");
        assert_eq!(reply.at("output.setldetail.1.fund_pay_type"), "310200");
        assert_eq!(reply.at("output.setldetail.1.fund_payamt"), "616.25");
    }
    assert!(!trial.has("output.setlinfo.setl_id"), "a trial has no number");
    let setl_id = settled.at("output.setlinfo.setl_id");

    let cancelled = server.call(TERTIARY, "2208", &ACTIVE.cancellation(&mdtrt_id, &setl_id)).ok();
    for (field, expected) in [
        ("medfee_sumamt", "-965.00"),
        ("fulamt_ownpay_amt", "-145.00"),
        ("overlmt_selfpay", "-7.50"),
        ("preselfpay_amt", "-31.25"),
        ("inscp_scp_amt", "-781.25"),
        ("act_pay_dedc", "-200.00"),
        ("hifp_pay", "-348.75"),
        ("oth_pay", "0.00"),
        ("fund_pay_sumamt", "-348.75"),
        ("psn_part_amt", "-616.25"),
        ("acct_pay", "-616.25"),
        ("psn_cash_pay", "0.00"),
        ("pdn_cash_pay", "0.00"),
        ("balc", "2000.00"),
        ("pool_prop_selfpay", "0.6000"),
    ] {
        assert_eq!(cancelled.at(&format!("output.setlinfo.{field}")), expected, "{field}");
    }
    assert_ne!(cancelled.at("output.setlinfo.setl_id"), setl_id);
    assert_eq!(cancelled.at("output.setlinfo.exp_content"), format!(r#"{{"original_setl_id":"{setl_id}"}}"#));
    assert_eq!(cancelled.at("output.setldetail.0.fund_payamt"), "-348.75");
    assert_eq!(cancelled.at("output.setldetail.1.fund_payamt"), "-616.25");

    // Settled again after the cancellation, everything but number and time is the same.
    let again = server.call(TERTIARY, "2207", &ACTIVE.settlement(&mdtrt_id, "B1", "11", "965.00")).ok();
    for field in ["act_pay_dedc", "hifp_pay", "acct_pay", "balc", "psn_cash_pay"] {
        let at = format!("output.setlinfo.{field}");
        assert_eq!(again.at(&at), settled.at(&at), "{field}");
    }
    assert_ne!(again.at("output.setlinfo.setl_id"), setl_id);
    assert_eq!(server.verify().journal.events - opened, 6);
}

#[test]
fn the_same_message_gets_the_same_bytes_even_after_a_restart() {
    let server = Server::start();
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let settle = message("2207", "X1", TERTIARY, &ACTIVE.settlement(&mdtrt_id, "B1", "11", "500"));
    let first = server.send(&settle).ok();
    assert_eq!(server.send(&settle).raw, first.raw);
    // Written otherwise, the same content: spaces, order, a number's form, the input as text.
    let respelt = settle.replace("\"medfee_sumamt\":500", "\"medfee_sumamt\" : 500.00");
    assert_eq!(server.send(&respelt).raw, first.raw);
    let input = ACTIVE.settlement(&mdtrt_id, "B1", "11", "5e2");
    let as_text = message("2207", "X1", TERTIARY, &serde_json::to_string(&input).unwrap());
    assert_eq!(server.send(&as_text).raw, first.raw);

    let server = server.restart();
    assert_eq!(server.send(&settle).raw, first.raw);
    let other = message("2207", "X1", TERTIARY, &ACTIVE.settlement(&mdtrt_id, "B1", "11", "501"));
    let refused = server.send(&other).err();
    assert!(
        refused.starts_with("[message_reused] 报文编号已用于另一笔业务：字段 input.data.medfee_sumamt"),
        "{refused}"
    );
    let other = message("2208", "X1", TERTIARY, &ACTIVE.cancellation(&mdtrt_id, "x"));
    let refused = server.send(&other).err();
    assert!(refused.contains("字段 infno，给出「2208」，应为 2207"), "{refused}");
    // The number belongs to the institution.
    let elsewhere =
        message("1101", "X1", SECONDARY, r#"{"data":{"mdtrt_cert_type":"02","mdtrt_cert_no":"990000198605011040"}}"#);
    assert_eq!(server.send(&elsewhere).ok().at("output.insuinfo.0.balc"), "1680.00");
}

#[test]
fn what_was_used_counts_on_and_a_cancellation_takes_back_its_own_part_only() {
    let server = Server::start();
    let settle = |day: &str, price: &str| {
        let mdtrt_id = RETIRED.visit(&server, SECONDARY, "11", day, price);
        let reply = server.call(SECONDARY, "2207", &RETIRED.settlement(&mdtrt_id, "B1", "11", price)).ok();
        (mdtrt_id, reply)
    };
    // 150 borne, nothing paid; then 50 borne and 60 % of 450.
    let (first_visit, first) = settle("2026-02-01", "150.00");
    let (second_visit, second) = settle("2026-02-02", "500.00");
    assert_eq!(first.at("output.setlinfo.act_pay_dedc"), "150.00");
    assert_eq!(second.at("output.setlinfo.act_pay_dedc"), "50.00");
    assert_eq!(second.at("output.setlinfo.hifp_pay"), "270.00");
    assert_eq!(second.at("output.setlinfo.balc"), "880.00");
    // Cancelling the first gives back its 150, and the second stands as it is.
    let cancel = RETIRED.cancellation(&first_visit, &first.at("output.setlinfo.setl_id"));
    assert_eq!(server.call(SECONDARY, "2208", &cancel).ok().at("output.setlinfo.balc"), "1030.00");
    let (_, third) = settle("2026-02-03", "1000.00");
    assert_eq!(third.at("output.setlinfo.act_pay_dedc"), "150.00");
    assert_eq!(third.at("output.setlinfo.hifp_pay"), "510.00");
    // Last year has its own sums.
    let (_, late) = settle("2025-12-30", "300.00");
    assert_eq!(late.at("output.setlinfo.act_pay_dedc"), "200.00");

    // After a restart it goes on as it would have.
    let server = server.restart();
    let cancel = RETIRED.cancellation(&second_visit, &second.at("output.setlinfo.setl_id"));
    let cancelled = server.call(SECONDARY, "2208", &cancel).ok();
    assert_eq!(cancelled.at("output.setlinfo.act_pay_dedc"), "-50.00");
    let mdtrt_id = RETIRED.visit(&server, SECONDARY, "11", "2026-02-04", "100.00");
    let fourth = server.call(SECONDARY, "2206", &RETIRED.settlement(&mdtrt_id, "B1", "11", "100")).ok();
    assert_eq!(fourth.at("output.setlinfo.act_pay_dedc"), "50.00");
}

#[test]
fn a_trial_changes_nothing() {
    let server = Server::start();
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let before = server.service().store().head();
    let first = server.call(TERTIARY, "2206", &ACTIVE.settlement(&mdtrt_id, "B1", "11", "500")).ok();
    let second = server.call(TERTIARY, "2206", &ACTIVE.settlement(&mdtrt_id, "B1", "11", "500")).ok();
    assert_eq!(first.at("output.setldetail"), second.at("output.setldetail"));
    assert_eq!(first.at("output.setlinfo.balc"), second.at("output.setlinfo.balc"));
    assert_eq!(server.service().store().head(), before);
}

#[test]
fn a_registration_fee_is_settled_alone_and_each_batch_for_itself() {
    let server = Server::start();
    let registered = server.call(TERTIARY, "2201", &ACTIVE.registration("2026-02-10 09:00:00")).ok();
    let mdtrt_id = registered.at("output.data.mdtrt_id");
    let fee = ACTIVE.line(&mdtrt_id, "G1", 1, "DEMO-FW-0002", "10.00");
    server.call(TERTIARY, "2204", &format!(r#"{{"feedetail":{fee}}}"#)).ok();
    let settled = server.call(TERTIARY, "2207", &ACTIVE.settlement(&mdtrt_id, "G1", "12", "10")).ok();
    assert_eq!(settled.at("output.setlinfo.clr_type"), "12");
    server.call(TERTIARY, "2203", &ACTIVE.description(&mdtrt_id, "11", "2026-02-10 09:30:00")).ok();
    let (one, two) = (
        ACTIVE.line(&mdtrt_id, "B1", 2, "DEMO-YP-0001", "300.00"),
        ACTIVE.line(&mdtrt_id, "B2", 3, "DEMO-YP-0001", "0.00"),
    );
    server.call(TERTIARY, "2204", &format!(r#"{{"feedetail":[{one},{two}]}}"#)).ok();
    let settled = server.call(TERTIARY, "2207", &ACTIVE.settlement(&mdtrt_id, "B1", "11", "300")).ok();
    assert_eq!(settled.at("output.setlinfo.act_pay_dedc"), "190.00");
}

#[test]
fn a_pharmacy_settles_with_the_prescriber_and_says_why_not_without() {
    let server = Server::start();
    let settle = |prescriber: &str| {
        let registered = server.call(PHARMACY, "2201", &ACTIVE.registration("2026-02-10 09:00:00")).ok();
        let mdtrt_id = registered.at("output.data.mdtrt_id");
        let described = ACTIVE.description(&mdtrt_id, "41", "2026-02-10 09:00:00");
        let described = described.replace("\"dise_codg\":\"\"", &format!("\"rxfixmedinsCode\":\"{prescriber}\""));
        server.call(PHARMACY, "2203A", &described).ok();
        let line = ACTIVE.line(&mdtrt_id, "B1", 1, "DEMO-YP-0001", "300.00");
        server.call(PHARMACY, "2204", &format!(r#"{{"feedetail":[{line}]}}"#)).ok();
        server.call(PHARMACY, "2206A", &ACTIVE.settlement(&mdtrt_id, "B1", "41", "300")).ok()
    };
    assert_eq!(settle(SECONDARY).at("output.setlinfo.hifp_pay"), "60.00");
    let without = settle("");
    assert_eq!(without.at("output.setlinfo.hifp_pay"), "0.00");
    assert_eq!(without.at("output.setlinfo.inscp_scp_amt"), "300.00");
    assert_eq!(
        without.at("output.setlinfo.exp_content"),
        r#"{"not_covered":{"code":"no_prescription","article":"xize:12","message":"没有外配处方"}}"#
    );
    assert_eq!(without.at("warn_msg"), "统筹基金不予支付：没有外配处方（依据 xize:12）");
    assert_eq!(without.at("output.setldetail.0.fund_pay_type"), "310200");
}

#[test]
fn the_account_pays_only_when_it_may() {
    let server = Server::start();
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let input =
        ACTIVE.settlement(&mdtrt_id, "B1", "11", "500").replace("\"acct_used_flag\":\"1\"", "\"acct_used_flag\":0");
    let reply = server.call(TERTIARY, "2207", &input).ok();
    assert_eq!(reply.at("output.setlinfo.acct_pay"), "0.00");
    assert_eq!(reply.at("output.setlinfo.psn_cash_pay"), "320.00");
    assert_eq!(reply.at("output.setlinfo.balc"), "2000.00");
    assert!(reply.has("output.setldetail.0") && !reply.has("output.setldetail.1"), "no account line");
}
