//! 5201 to 5206: what was kept is told as it was answered, to whom it belongs.

use super::{ACTIVE, RETIRED, Reply, SECONDARY, Server, TERTIARY, message};

fn ask(server: &Server, institution: &str, infno: &str, fields: &str) -> Reply {
    server.call(institution, infno, &format!(r#"{{"data":{{"psn_no":"{}",{fields}}}}}"#, ACTIVE.psn_no))
}

/// Registers, describes, charges 500 and settles; the visit and the reply.
fn settled(server: &Server, institution: &str, med_type: &str, day: &str) -> (String, Reply) {
    let mdtrt_id = ACTIVE.visit(server, institution, med_type, day, "500.00");
    let reply = server.call(institution, "2207", &ACTIVE.settlement(&mdtrt_id, "B1", med_type, "500")).ok();
    (mdtrt_id, reply)
}

#[test]
fn a_members_visits_at_the_institution_are_listed_last_one_first() {
    let server = Server::start();
    let range = r#""begntime":"2026-01-01","endtime":"2026-02-10","med_type":"11""#;
    assert_eq!(ask(&server, TERTIARY, "5201", range).ok().at("output.mdtrtinfo"), "[]");
    let (first, _) = settled(&server, TERTIARY, "11", "2026-02-09");
    let (second, _) = settled(&server, TERTIARY, "11", "2026-02-10");
    settled(&server, TERTIARY, "11", "2026-02-11");
    settled(&server, SECONDARY, "11", "2026-02-10");
    let server = server.restart();
    let reply = ask(&server, TERTIARY, "5201", range).ok();
    assert_eq!([0, 1].map(|at| reply.at(&format!("output.mdtrtinfo.{at}.mdtrt_id"))), [second.clone(), first]);
    assert!(!reply.has("output.mdtrtinfo.2"), "{}", reply.raw);
    for (field, expected) in [
        ("psn_name", "演示乙"),
        ("begntime", "2026-02-10 09:00:00"),
        ("med_type", "11"),
        ("ipt_otp_no", "MZ1"),
        ("adm_dept_name", "内科"),
        ("mdtrt_cert_type", "02"),
        ("otp_diag_info", "感冒"),
        ("insu_optins", "500000"),
    ] {
        assert_eq!(reply.at(&format!("output.mdtrtinfo.0.{field}")), expected, "{field}");
    }
    let one = format!(r#"{range},"mdtrt_id":"{second}""#);
    assert!(!ask(&server, TERTIARY, "5201", &one).ok().has("output.mdtrtinfo.1"));
    let none = ask(&server, TERTIARY, "5201", r#""begntime":"x","endtime":"2026-02-10""#).err();
    assert!(none.contains("data.begntime"), "{none}");
}

#[test]
fn a_settlement_is_told_as_it_was_answered_and_its_cancellation_too() {
    let server = Server::start();
    let (mdtrt_id, answered) = settled(&server, TERTIARY, "11", "2026-02-10");
    let setl_id = answered.at("output.setlinfo.setl_id");
    let of = |setl_id: &str| format!(r#""setl_id":"{setl_id}","mdtrt_id":"{mdtrt_id}""#);
    let told = ask(&server, TERTIARY, "5203", &of(&setl_id)).ok();
    for field in ["medfee_sumamt", "fund_pay_sumamt", "acct_pay", "hifp_pay", "balc", "clr_type", "psn_part_amt"] {
        assert_eq!(told.at(&format!("output.setlinfo.{field}")), answered.at(&format!("output.setlinfo.{field}")));
    }
    assert_eq!(told.at("output.setlinfo.psn_pay"), answered.at("output.setlinfo.psn_part_amt"));
    assert_eq!(told.at("output.setlinfo.cash_payamt"), answered.at("output.setlinfo.psn_cash_pay"));
    assert_eq!(told.at("output.setldetail"), answered.at("output.setldetail"));
    assert_eq!(told.at("output.setlinfo.refd_setl_flag"), "0");

    let cancelled = server.call(TERTIARY, "2208", &ACTIVE.cancellation(&mdtrt_id, &setl_id)).ok();
    let back = cancelled.at("output.setlinfo.setl_id");
    let told = ask(&server, TERTIARY, "5203", &of(&back)).ok();
    assert_eq!(told.at("output.setlinfo.medfee_sumamt"), "-500.00");
    assert_eq!(told.at("output.setlinfo.refd_setl_flag"), "1");
    assert!(told.at("output.setlinfo.exp_content").contains(&setl_id));
    let told = ask(&server, TERTIARY, "5203", &of(&setl_id)).ok();
    assert!(told.at("output.setlinfo.exp_content").contains(&back));
    let nowhere = ask(&server, TERTIARY, "5203", &of("1")).err();
    assert!(nowhere.starts_with("[settlement_not_found]"), "{nowhere}");
}

#[test]
fn a_reversal_is_told_with_the_amounts_that_it_took_back() {
    let server = Server::start();
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    server.send(&message("2207", "LOST", TERTIARY, &ACTIVE.settlement(&mdtrt_id, "B1", "11", "500"))).ok();
    let reverse = format!(r#"{{"data":{{"psn_no":"{}","omsgid":"LOST","oinfno":"2207"}}}}"#, ACTIVE.psn_no);
    server.call(TERTIARY, "2601", &reverse).ok();
    let fate = format!("GET /gongji/v1/messages/{TERTIARY}/LOST HTTP/1.1\r\nHost: localhost\r\n");
    let (_, fate) = server.exchange(&fate, b"");
    let fate: serde_json::Value = serde_json::from_str(&fate).unwrap();
    let by = fate["reversed_by"].as_str().unwrap();
    let told = ask(&server, TERTIARY, "5203", &format!(r#""setl_id":"{by}","mdtrt_id":"{mdtrt_id}""#)).ok();
    for (field, expected) in [("medfee_sumamt", "-500.00"), ("refd_setl_flag", "1"), ("balc", ""), ("maf_pay", "0.00")]
    {
        assert_eq!(told.at(&format!("output.setlinfo.{field}")), expected, "{field}");
    }
    assert!(told.at("output.setldetail.0.fund_payamt").starts_with('-'), "{}", told.raw);
}

#[test]
fn diagnoses_and_lines_are_those_of_the_visit() {
    let server = Server::start();
    let (mdtrt_id, answered) = settled(&server, TERTIARY, "11", "2026-02-10");
    let setl_id = answered.at("output.setlinfo.setl_id");
    let visit = format!(r#""mdtrt_id":"{mdtrt_id}""#);
    let told = ask(&server, TERTIARY, "5202", &visit).ok();
    assert_eq!(told.at("output.diseinfo.0.diag_name"), "感冒");
    assert_eq!(told.at("output.diseinfo.0.mdtrt_id"), mdtrt_id);
    // Charged afterwards, in a batch of its own.
    let line = ACTIVE.line(&mdtrt_id, "B2", 2, "DEMO-YP-0002", "30.00");
    server.call(TERTIARY, "2204", &format!(r#"{{"feedetail":[{line}]}}"#)).ok();
    let lines = ask(&server, TERTIARY, "5204", &format!(r#"{visit},"setl_id":"{setl_id}""#)).ok();
    assert_eq!(lines.at("output.0.med_list_codg"), "DEMO-YP-0001");
    assert_eq!(lines.at("output.0.inscp_scp_amt"), "500.00");
    assert_eq!(lines.at("output.0.bilg_dept_name"), "内科");
    assert!(!lines.has("output.1"), "{}", lines.raw);
    let all = ask(&server, TERTIARY, "5204", &format!(r#"{visit},"setl_id":"""#)).ok();
    assert_eq!(all.at("output.1.preselfpay_amt"), "3.00");
}

#[test]
fn another_institution_sees_no_visit_and_another_member_neither() {
    let server = Server::start();
    let (mdtrt_id, answered) = settled(&server, TERTIARY, "11", "2026-02-10");
    let setl_id = answered.at("output.setlinfo.setl_id");
    let fields = format!(r#""setl_id":"{setl_id}","mdtrt_id":"{mdtrt_id}""#);
    for infno in ["5202", "5203", "5204"] {
        let other = ask(&server, SECONDARY, infno, &fields).err();
        assert!(other.starts_with("[visit_not_found]"), "{infno}: {other}");
        let input = format!(r#"{{"data":{{"psn_no":"{}",{fields}}}}}"#, RETIRED.psn_no);
        let other = server.call(TERTIARY, infno, &input).err();
        assert!(other.starts_with("[visit_not_found]"), "{infno}: {other}");
    }
}

#[test]
fn accumulations_are_sums_of_the_settlements_that_stand_at_whatever_institution() {
    let server = Server::start();
    settled(&server, TERTIARY, "11", "2026-01-10");
    let (mdtrt_id, reply) = settled(&server, TERTIARY, "11", "2026-02-10");
    let cancel = ACTIVE.cancellation(&mdtrt_id, &reply.at("output.setlinfo.setl_id"));
    server.call(TERTIARY, "2208", &cancel).ok();
    let (_, last) = settled(&server, SECONDARY, "11", "2026-02-11");
    let cum = |reply: &Reply, code: &str| {
        let rows: serde_json::Value = serde_json::from_str(&reply.at("output.cuminfo")).unwrap();
        let row = rows.as_array().unwrap().iter().find(|row| row["cum_type_code"] == code).cloned();
        row.map(|row| row["cum"].to_string())
    };
    let year = ask(&server, TERTIARY, "5206", r#""cum_ym":"""#).ok();
    assert_eq!(year.at("output.cuminfo.0.year"), "2026");
    assert_eq!(cum(&year, "C0000_BIZ11").as_deref(), Some("2"));
    assert_eq!(cum(&year, "F0000").as_deref(), Some("1000"));
    let month = ask(&server, TERTIARY, "5206", r#""cum_ym":"202602""#).ok();
    assert_eq!(month.at("output.cuminfo.0.cum_ym"), "202602");
    assert_eq!(cum(&month, "C0000").as_deref(), Some("1"));
    assert_eq!(cum(&month, "D310101_BIZ11").unwrap(), trimmed(&last.at("output.setlinfo.hifp_pay")));
    let wrong = ask(&server, TERTIARY, "5206", r#""cum_ym":"202613""#).err();
    assert!(wrong.contains("data.cum_ym"), "{wrong}");
}

#[test]
fn drugs_of_a_special_disease_are_told_to_every_institution() {
    let server = Server::start();
    ACTIVE.visit(&server, TERTIARY, "14", "2026-02-10", "80.00");
    ACTIVE.visit(&server, TERTIARY, "11", "2026-02-11", "90.00");
    let told = ask(&server, SECONDARY, "5205", r#""begntime":"2026-02-01 00:00:00""#).ok();
    assert_eq!(told.at("output.feedetail.0.fixmedins_code"), TERTIARY);
    assert_eq!(told.at("output.feedetail.0.pric"), "80.000000");
    assert!(!told.has("output.feedetail.1"), "{}", told.raw);
}

/// As the canonical form writes it.
fn trimmed(amount: &str) -> String {
    amount.trim_end_matches('0').trim_end_matches('.').to_owned()
}
