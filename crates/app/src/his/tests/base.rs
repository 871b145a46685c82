//! What asks and keeps nothing: sessions, institutions, code tables, entitlement, checks of details.

use std::sync::Arc;

use super::{ACTIVE, PHARMACY, Reply, SECONDARY, Server, TERTIARY};
use crate::cli::load;
use crate::his::Policies;

#[track_caller]
fn says(reply: Reply, begins: &str, contains: &str) {
    let message = reply.err();
    assert!(message.starts_with(begins) && message.contains(contains), "{message}");
}

#[test]
fn signing_in_gives_a_number_that_nothing_asks_for() {
    let server = Server::start();
    let input = r#"{"signIn":{"opter_no":"D01","mac":"00-00","ip":"127.0.0.1"}}"#;
    let reply = server.call(TERTIARY, "9001", input).ok();
    for node in ["signinoutb", "result"] {
        assert_eq!(reply.at(&format!("output.{node}.sign_no")), "H5000000000120260301080000");
        assert!(reply.at(&format!("output.{node}.sign_time")).starts_with("2026-03-01 08:00"));
    }
    let out = server.call(TERTIARY, "9002", r#"{"signOut":{"sign_no":"X","opter_no":"D01"}}"#).ok();
    for node in ["sign_time", "signoutoutb"] {
        assert!(out.at(&format!("output.{node}.sign_time")).starts_with("2026-03-01"));
    }
    says(server.call(TERTIARY, "9001", r#"{"signIn":{"mac":"1","ip":"1"}}"#), "[missing_field]", "signIn.opter_no");
    says(server.call(TERTIARY, "9001", r#"{"data":{}}"#), "[missing_field]", "signIn");
    says(server.call(TERTIARY, "9002", r#"{"signOut":{"sign_no":"X"}}"#), "[missing_field]", "signOut.opter_no");
    // An operator who gives no number of a card, as browsers do.
    let bare = server.call(TERTIARY, "9001", r#"{"signIn":{"opter_no":"D01"}}"#).ok();
    assert_eq!(bare.at("warn_msg"), "规范要求而报文缺少的字段：signIn.mac、signIn.ip");
}

#[test]
fn institutions_are_found_by_code_or_by_a_part_of_their_name() {
    let server = Server::start();
    let ask = |fields: &str| server.call(TERTIARY, "1201", &format!(r#"{{"medinsinfo":{{{fields}}}}}"#));
    let found = ask(r#""fixmedins_type":"2","fixmedins_code":"P50000000004","fixmedins_name":"""#).ok();
    assert_eq!(found.at("output.medinsinfo.0.fixmedins_name"), "演示重庆大药房");
    assert_eq!(found.at("output.medinsinfo.0.fixmedins_type"), "2");
    assert_eq!(found.at("output.medinsinfo.0.uscc").len(), 18);
    assert!(!found.has("output.medinsinfo.1"));
    let several = ask(r#""fixmedins_type":"1","fixmedins_name":"重庆""#).ok();
    let codes: Vec<String> = (0..4).map(|i| several.at(&format!("output.medinsinfo.{i}.fixmedins_code"))).collect();
    assert_eq!(codes, ["H50000000001", "H50000000002", "H50000000003", "H50000000005"]);
    says(ask(r#""fixmedins_type":"1""#), "[missing_field]", "至少一项");
    says(ask(r#""fixmedins_type":"1","fixmedins_code":"P50000000004""#), "[institution_unknown]", "fixmedins_code");
    says(
        ask(r#""fixmedins_type":"1","fixmedins_name":"无此""#),
        "[institution_unknown]",
        "fixmedins_name，给出「无此」",
    );
}

#[test]
fn code_tables_are_answered_by_parent_day_and_whether_they_hold() {
    let server = Server::start();
    let ask = |fields: &str| server.call(TERTIARY, "1901", &format!(r#"{{"data":{{{fields},"admdvs":"500000"}}}}"#));
    let all = ask(r#""type":"mdtrt_cert_type","parent_value":"","date":"2026-01-01","Vali_Flag":"1""#).ok();
    for (at, (value, label)) in [("01", "医保电子凭证"), ("02", "居民身份证"), ("03", "社会保障卡")].iter().enumerate()
    {
        assert_eq!(all.at(&format!("output.list.{at}.value")), *value);
        assert_eq!(all.at(&format!("output.list.{at}.label")), *label);
        assert_eq!(all.at(&format!("output.list.{at}.sort")), (at + 1).to_string());
        assert_eq!(all.at(&format!("output.list.{at}.vali_flag")), "1");
    }
    assert!(!all.has("output.list.3"));
    let children = ask(r#""type":"psn_type","parent_value":"11","date":"2026-01-01","Vali_Flag":"1""#).ok();
    assert_eq!(children.at("output.list.0.value"), "1101");
    assert_eq!(children.at("output.list.0.parentValue"), "11");
    // Before the tables began nothing holds; asked for what does not hold, everything is there.
    let early = r#""type":"gend","date":"2019-12-31","Vali_Flag""#;
    assert_eq!(ask(&format!("{early}:\"1\"")).ok().at("output.list"), "[]");
    assert_eq!(ask(&format!("{early}:\"0\"")).ok().at("output.list.0.valiFlag"), "0");
    // The other spelling of the flag; and what is left out is noted.
    let other = ask(r#""type":"gend","date":"2026-01-01","vali_flag":"1""#).ok();
    assert_eq!(other.at("warn_msg"), "");
    let bare = server.call(TERTIARY, "1901", r#"{"data":{"type":"gend"}}"#).ok();
    assert_eq!(bare.at("warn_msg"), "规范要求而报文缺少的字段：data.admdvs、data.date、data.Vali_Flag");
    says(
        ask(r#""type":"colour""#),
        "[dictionary_unknown] 本服务没有此字典：字段 data.type，给出「colour」",
        "insutype",
    );
    says(ask(r#""type":"""#), "[missing_field]", "data.type");
    says(ask(r#""type":"gend","date":"someday""#), "[invalid_value]", "data.date");
    says(ask(r#""type":"gend","Vali_Flag":"7""#), "[invalid_value]", "data.Vali_Flag");
}

/// Input of 2001 of a member.
fn entitled(psn_no: &str, at: &str, med_type: &str, day: &str) -> String {
    format!(
        r#"{{"data":{{"psn_no":"{psn_no}","insutype":"310","fixmedins_code":"{at}","med_type":"{med_type}",
        "begntime":"{day} 09:00:00"}}}}"#
    )
}

#[test]
fn entitlement_is_told_for_each_fund_with_the_reason_and_its_article() {
    let server = Server::with(Arc::new(Policies::load(&load::shipped()).unwrap()));
    let opened = server.service().store().head();
    let flags = |psn_no: &str, at: &str, med_type: &str, day: &str| {
        let reply = server.call(TERTIARY, "2001", &entitled(psn_no, at, med_type, day)).ok();
        let row = |i: usize| {
            let of = |field: &str| reply.at(&format!("output.trtinfo.{i}.{field}"));
            assert_eq!((of("psn_no").as_str(), of("trt_chk_type").as_str()), (psn_no, "01"));
            (of("fund_pay_type"), of("trt_enjymnt_flag"), of("trt_chk_rslt"))
        };
        assert!(!reply.has("output.trtinfo.2"));
        [row(0), row(1)]
    };
    // (member, institution, care type, day) -> pool, account, and what the pool's reason says
    for (psn_no, at, med_type, day, [pool, account], why) in [
        (ACTIVE.psn_no, TERTIARY, "11", "2026-02-10", ["1", "1"], ""),
        (ACTIVE.psn_no, PHARMACY, "41", "2026-02-10", ["0", "1"], "[no_prescription]"),
        (ACTIVE.psn_no, TERTIARY, "41", "2026-02-10", ["0", "0"], "[care_type_not_here]"),
        (ACTIVE.psn_no, TERTIARY, "14", "2026-02-10", ["0", "0"], "[parameters_open]"),
        (ACTIVE.psn_no, TERTIARY, "11", "2009-02-10", ["0", "0"], "[benefit_suspended]"),
        (ACTIVE.psn_no, "H50000000005", "11", "2026-02-10", ["0", "0"], "[institution_without_agreement]"),
        ("50000000000008", TERTIARY, "11", "2026-02-10", ["0", "0"], "[benefit_suspended]"),
        ("50000000000006", TERTIARY, "11", "2026-02-10", ["1", "0"], ""),
        ("50000000000010", TERTIARY, "11", "2026-02-10", ["0", "0"], "[person_type_unsupported]"),
        ("21120000000011", TERTIARY, "11", "2026-02-10", ["0", "1"], "[place_not_covered]"),
        (ACTIVE.psn_no, TERTIARY, "11", "2023-02-10", ["0", "0"], "[no_policy_for_date]"),
    ] {
        let rows = flags(psn_no, at, med_type, day);
        assert_eq!(
            [rows[0].1.as_str(), rows[1].1.as_str()],
            [pool, account],
            "{psn_no} {at} {med_type} {day}: {rows:?}"
        );
        assert!(rows[0].2.contains(why) && rows[0].2.is_empty() == why.is_empty(), "{rows:?}");
        assert_eq!(rows[1].0, "310200");
    }
    let reason = flags(ACTIVE.psn_no, PHARMACY, "41", "2026-02-10")[0].2.clone();
    assert!(reason.contains("依据"), "{reason}");
    assert_eq!(server.service().store().head(), opened, "nothing is kept");
    let input = entitled(ACTIVE.psn_no, TERTIARY, "11", "2026-02-10");
    for (from, to, begins) in [
        (ACTIVE.psn_no, "404", "[not_a_member]"),
        (TERTIARY, "H404", "[institution_unknown] 查无此定点医药机构：字段 data.fixmedins_code，给出「H404」"),
        ("\"310\"", "\"\"", "[missing_field]"),
        ("2026-02-10", "soon", "[invalid_value]"),
    ] {
        says(server.call(TERTIARY, "2001", &input.replacen(from, to, 1)), begins, "");
    }
}

#[test]
fn a_limit_that_is_used_up_is_a_reason() {
    let server = Server::start();
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "9000.00");
    server.call(TERTIARY, "2207", &ACTIVE.settlement(&mdtrt_id, "B1", "11", "9000")).ok();
    let reply = server.call(SECONDARY, "2001", &entitled(ACTIVE.psn_no, SECONDARY, "11", "2026-02-11")).ok();
    assert_eq!(reply.at("output.trtinfo.0.trt_enjymnt_flag"), "0");
    assert_eq!(reply.at("output.trtinfo.0.trt_chk_rslt"), "本年度可支付的限额已用完");
    assert_eq!(reply.at("output.trtinfo.1.trt_enjymnt_flag"), "0");
}

#[test]
fn checks_of_details_find_nothing_and_say_that_nothing_was_checked() {
    let server = Server::start();
    let input =
        r#"{"data":{"trig_scen":"1","syscode":"x","patient_dtos":[{"patn_id":"1","anything":{"at":["all"]}}]}}"#;
    for infno in ["3101", "3102"] {
        let reply = server.call(TERTIARY, infno, input).ok();
        assert_eq!(reply.at("output"), r#"{"result":[]}"#);
        assert_eq!(reply.at("warn_msg"), "智能审核尚未提供：未作检查，无疑点");
        says(server.call(TERTIARY, infno, r#"{"data":{}}"#), "[missing_field]", "data.patient_dtos");
        says(server.call(TERTIARY, infno, r#"{"data":{"patient_dtos":[1]}}"#), "[invalid_value]", "patient_dtos[0]");
    }
    let reply = server.call(TERTIARY, "3103", r#"{"data":{"warn_type":"1","warns":[{"warn_rslt_id":"1"}]}}"#).ok();
    assert_eq!(reply.at("output"), "{}");
    says(server.call(TERTIARY, "3103", r#"{"data":{"warn_type":"3"}}"#), "[invalid_value]", "1 事前、2 事中");
}

#[test]
fn what_the_interface_has_and_is_not_offered_is_told_from_what_does_not_exist() {
    let server = Server::start();
    for (infno, says) in [
        ("2401", "[not_offered] 国家接口有此交易，本服务不提供：字段 infno，给出「2401 入院办理」"),
        ("2301", "[not_offered] 国家接口有此交易，本服务不提供：字段 infno，给出「2301 住院费用明细上传」"),
        ("7101", "[not_offered]"),
        ("9999", "[unknown_transaction] 没有这个交易编号：字段 infno，给出「9999」"),
        ("22O7", "[unknown_transaction]"),
    ] {
        let message = server.call(TERTIARY, infno, r#"{"data":{}}"#).err();
        assert!(message.starts_with(says), "{message}");
    }
}
