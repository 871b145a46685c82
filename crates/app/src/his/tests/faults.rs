//! Every business error of every transaction, each by its name and with its field.

use super::{ACTIVE, PHARMACY, SECONDARY, Server, TERTIARY};

/// Sends an input with one change and expects an error that begins so.
#[track_caller]
fn refused(server: &Server, at: &str, infno: &str, input: &str, from: &str, to: &str, says: &str) {
    assert!(input.contains(from), "{from} is not in {input}");
    let message = server.call(at, infno, &input.replacen(from, to, 1)).err();
    assert!(message.starts_with(says), "{from} -> {to}: {message}");
}

#[test]
fn looking_a_person_up() {
    let server = Server::start();
    let input = r#"{"data":{"mdtrt_cert_type":"02","mdtrt_cert_no":"990000198605011040","certno":"","psn_name":""}}"#;
    for (from, to, says) in [
        (
            "\"02\"",
            "\"04\"",
            "[invalid_value] 字段取值不合规定：字段 data.mdtrt_cert_type，给出「04」，应为01 医保电子凭证、02",
        ),
        ("\"02\"", "\"\"", "[missing_field] 必填字段缺失或为空：字段 data.mdtrt_cert_type"),
        ("990000198605011040", "", "[missing_field] 必填字段缺失或为空：字段 data.mdtrt_cert_no"),
        ("990000198605011040", "110101", "[not_a_member] 查无此参保人：字段 data.mdtrt_cert_no，给出「110101」"),
        ("\"02\"", "\"03\"", "[not_a_member]"),
        (
            "\"psn_name\":\"\"",
            "\"psn_name\":\"别人\"",
            "[certificate_mismatch] 就诊凭证与人员不符：字段 data.psn_name，给出「别人」",
        ),
        ("\"certno\":\"\"", "\"certno\":\"1\"", "[certificate_mismatch] 就诊凭证与人员不符：字段 data.certno"),
    ] {
        refused(&server, TERTIARY, "1101", input, from, to, says);
    }
}

#[test]
fn registering() {
    let server = Server::start();
    let input = ACTIVE.registration("2026-02-10 09:00:00");
    for (from, to, says) in [
        (ACTIVE.psn_no, "1", "[not_a_member] 查无此参保人：字段 data.psn_no，给出「1」"),
        (ACTIVE.psn_no, "50000000000001", "[certificate_mismatch] 就诊凭证与人员不符：字段 data.mdtrt_cert_no"),
        (
            "\"310\"",
            "\"390\"",
            "[insurance_unsupported] 本服务只办理职工基本医疗保险：字段 data.insutype，给出「390」，应为 310",
        ),
        (
            "2026-02-10 09:00:00",
            "2026-02-30",
            "[invalid_value] 字段取值不合规定：字段 data.begntime，给出「2026-02-30」，应为 yyyy-MM-dd HH:mm:ss",
        ),
        ("2026-02-10 09:00:00", "", "[missing_field] 必填字段缺失或为空：字段 data.begntime"),
        ("2026-02-10 09:00:00", "2009-12-31", "[benefit_suspended] 参保人在就诊日不在待遇享受期内：字段 data.psn_no"),
        ("\"MZ1\"", "\"\"", "[missing_field] 必填字段缺失或为空：字段 data.ipt_otp_no"),
        ("\"01\",\"dept_name\"", "\"\",\"dept_name\"", "[missing_field] 必填字段缺失或为空：字段 data.dept_code"),
        ("\"A03\"", "\"12345678901\"", "[too_long] 字段超过最大长度：字段 data.caty"),
    ] {
        refused(&server, TERTIARY, "2201", &input, from, to, says);
    }
    // Suspended; an agreement that ended; a person of another scheme; another area in the envelope.
    let suspended =
        input.replace(ACTIVE.psn_no, "50000000000008").replace(ACTIVE.certno, &certificate(&server, "DEMO000008"));
    let message = server.call(TERTIARY, "2201", &suspended).err();
    assert!(message.starts_with("[benefit_suspended]"), "{message}");
    let message = server.call("H50000000005", "2201", &input).err();
    assert!(message.starts_with("[institution_without_agreement]") && message.contains("2026-02-10"), "{message}");
    let veteran =
        input.replace(ACTIVE.psn_no, "50000000000010").replace(ACTIVE.certno, &certificate(&server, "DEMO000010"));
    let message = server.call(TERTIARY, "2201", &veteran).err();
    assert!(
        message.starts_with("[person_type_unsupported] 本服务不办理此人员类别：字段 data.psn_no，给出「1300」"),
        "{message}"
    );
    let message = super::message("2201", "A1", TERTIARY, &input);
    let local = message.replacen("\"insuplc_admdvs\":\"\"", "\"insuplc_admdvs\":\"500103\"", 1);
    server.send(&local).ok();
    let elsewhere =
        message.replacen("\"insuplc_admdvs\":\"\"", "\"insuplc_admdvs\":\"211200\"", 1).replacen("A1", "A2", 1);
    let message = server.send(&elsewhere).err();
    assert_eq!(
        message,
        "[area_mismatch] 报文的参保地与参保人的统筹区不符：字段 insuplc_admdvs，给出「211200」，应为 500000"
    );
}

fn certificate(server: &Server, card: &str) -> String {
    let input = format!(r#"{{"data":{{"mdtrt_cert_type":"03","mdtrt_cert_no":"{card}"}}}}"#);
    server.call(TERTIARY, "1101", &input).ok().at("output.baseinfo.certno")
}

#[test]
fn describing_a_visit() {
    let server = Server::start();
    let begntime = "2026-02-10 09:00:00";
    let mdtrt_id = server.call(TERTIARY, "2201", &ACTIVE.registration(begntime)).ok().at("output.data.mdtrt_id");
    let input = ACTIVE.description(&mdtrt_id, "11", begntime);
    for (from, to, says) in [
        (
            mdtrt_id.as_str(),
            "404",
            "[visit_not_found] 本机构没有此就诊登记：字段 mdtrtinfo.mdtrt_id，给出「404」，应为2201 返回的 mdtrt_id",
        ),
        (ACTIVE.psn_no, "50000000000001", "[visit_not_found]"),
        (
            "\"11\"",
            "\"21\"",
            "[care_type_unsupported] 本服务不办理此医疗类别：字段 mdtrtinfo.med_type，给出「21」，应为 11 普通门诊",
        ),
        ("\"11\"", "\"9903\"", "[care_type_unsupported]"),
        (
            "\"11\"",
            "\"41\"",
            "[care_type_not_here] 此类定点机构不能办理此医疗类别：字段 mdtrtinfo.med_type，给出「41」",
        ),
        ("\"11\"", "\"\"", "[missing_field] 必填字段缺失或为空：字段 mdtrtinfo.med_type"),
        (
            "\"diag_code\":\"J00\"",
            "\"diag_code\":\"\"",
            "[missing_field] 必填字段缺失或为空：字段 diseinfo[0].diag_code",
        ),
        (
            "\"vali_flag\":\"1\"",
            "\"vali_flag\":\"3\"",
            "[invalid_value] 字段取值不合规定：字段 diseinfo[0].vali_flag，给出「3」，应为0 否、1 是",
        ),
        (
            "\"dise_codg\":\"\"",
            "\"rxfixmedinsCode\":\"H1\"",
            "[prescriber_unknown] 处方开具机构没有有效的医保服务协议：字段 mdtrtinfo.rxfixmedinsCode，给出「H1」",
        ),
        ("\"dise_codg\":\"\"", "\"rxfixmedinsCode\":\"P50000000004\"", "[prescriber_unknown]"),
        ("\"mdtrtinfo\"", "\"other\"", "[missing_field] 必填字段缺失或为空：字段 mdtrtinfo"),
    ] {
        refused(&server, TERTIARY, "2203", &input, from, to, says);
    }
    refused(&server, SECONDARY, "2203", &input, "J00", "J01", "[visit_not_found]");
    // Without diagnoses it is taken, with a note; with charges the day stays.
    let bare = input.split(",\"diseinfo\"").next().unwrap().to_owned() + "}";
    assert_eq!(server.call(TERTIARY, "2203", &bare).ok().at("warn_msg"), "报文没有诊断信息（diseinfo）");
    let line = ACTIVE.line(&mdtrt_id, "B1", 1, "DEMO-YP-0001", "10.00");
    server.call(TERTIARY, "2204", &format!(r#"{{"feedetail":[{line}]}}"#)).ok();
    server.call(TERTIARY, "2203", &ACTIVE.description(&mdtrt_id, "13", "2026-02-10 23:59:59")).ok();
    refused(
        &server,
        TERTIARY,
        "2203",
        &input,
        "2026-02-10",
        "2026-02-11",
        "[visit_has_charges] 已有费用明细，就诊日期不能再改：字段 mdtrtinfo.begntime，给出「2026-02-11」，应为 2026-02-10",
    );
}

#[test]
fn charging() {
    let server = Server::start();
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let (one, two) = (
        ACTIVE.line(&mdtrt_id, "B2", 2, "DEMO-YP-0001", "10.00"),
        ACTIVE.line(&mdtrt_id, "B2", 3, "DEMO-YP-0001", "20.00"),
    );
    let input = format!(r#"{{"feedetail":[{one},{two}]}}"#);
    for (from, to, says) in [
        (
            "\"det_item_fee_sumamt\":20.00",
            "\"det_item_fee_sumamt\":20.01",
            "[amount_mismatch] 明细金额与数量乘单价不符：字段 feedetail[1].det_item_fee_sumamt，给出「20.01」，应为 cnt×pric=20.00",
        ),
        (
            "\"det_item_fee_sumamt\":20.00",
            "\"det_item_fee_sumamt\":\"\"",
            "[missing_field] 必填字段缺失或为空：字段 feedetail[1].det_item_fee_sumamt",
        ),
        (
            "\"det_item_fee_sumamt\":20.00",
            "\"det_item_fee_sumamt\":20.005",
            "[too_many_decimals] 小数位数过多：字段 feedetail[1].det_item_fee_sumamt",
        ),
        (
            "\"cnt\":1",
            "\"cnt\":0",
            "[out_of_range] 数值超出范围：字段 feedetail[0].cnt，给出「0.0000」，应为大于 0 的数量",
        ),
        (
            "\"cnt\":1",
            "\"cnt\":1.00001",
            "[too_many_decimals] 小数位数过多：字段 feedetail[0].cnt，给出「1.00001」，应为至多 4 位小数",
        ),
        ("\"pric\":10.00", "\"pric\":\"10.0000001\"", "[too_many_decimals] 小数位数过多：字段 feedetail[0].pric"),
        ("\"pric\":10.00", "\"price\":10.00", "[missing_field] 必填字段缺失或为空：字段 feedetail[0].pric"),
        (
            "\"feedetl_sn\":\"3\"",
            "\"feedetl_sn\":\"2\"",
            "[line_exists] 费用明细流水号在本次就诊中已存在：字段 feedetail[1].feedetl_sn，给出「2」",
        ),
        ("\"feedetl_sn\":\"3\"", "\"feedetl_sn\":1", "[line_exists]"),
        (
            "\"B2\"",
            "\"B1\"",
            "[batch_exists] 收费批次已上传，同一批次须一次传完：字段 feedetail[0].chrg_bchno，给出「B1」",
        ),
        (
            "\"hosp_appr_flag\":\"0\"",
            "\"hosp_appr_flag\":\"9\"",
            "[invalid_value] 字段取值不合规定：字段 feedetail[0].hosp_appr_flag，给出「9」，应为0 无须审批",
        ),
        ("2026-02-10 09:10:00", "昨天", "[invalid_value] 字段取值不合规定：字段 feedetail[0].fee_ocur_time"),
        ("\"feedetail\"", "\"other\"", "[missing_field] 必填字段缺失或为空：字段 feedetail"),
        (mdtrt_id.as_str(), "404", "[visit_not_found] 本机构没有此就诊登记：字段 feedetail[0].mdtrt_id"),
        (ACTIVE.psn_no, "404", "[not_a_member]"),
    ] {
        refused(&server, TERTIARY, "2204", &input, from, to, says);
    }
    let mixed = format!(r#"{{"feedetail":[{one},{}]}}"#, two.replace(&mdtrt_id, "404"));
    let message = server.call(TERTIARY, "2204", &mixed).err();
    assert!(
        message
            .starts_with("[rows_of_several_visits] 一次上传的明细须属于同一人同一次就诊：字段 feedetail[1].mdtrt_id"),
        "{message}"
    );
    // None of them left anything behind.
    server.call(TERTIARY, "2204", &input).ok();
}

#[test]
fn settling() {
    let server = Server::start();
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let free = ACTIVE.line(&mdtrt_id, "B0", 9, "DEMO-YP-0001", "0.00");
    server.call(TERTIARY, "2204", &format!(r#"{{"feedetail":[{free}]}}"#)).ok();
    let input = ACTIVE.settlement(&mdtrt_id, "B1", "11", "500.00");
    for infno in ["2206", "2207"] {
        for (from, to, says) in [
            (
                "500.00",
                "499.00",
                "[total_mismatch] 医疗费总额与批次明细合计不一致：字段 data.medfee_sumamt，给出「499.00」，应为 500.00",
            ),
            (
                "\"B1\"",
                "\"B7\"",
                "[batch_not_found] 本次就诊没有此收费批次：字段 data.chrg_bchno，给出「B7」，应为2204 已上传的批次号",
            ),
            (
                "\"med_type\":\"11\"",
                "\"med_type\":\"13\"",
                "[care_type_mismatch] 医疗类别与就诊信息（2203）不一致：字段 data.med_type，给出「13」，应为 11",
            ),
            ("\"med_type\":\"11\"", "\"med_type\":\"52\"", "[care_type_unsupported]"),
            (
                "\"acct_used_flag\":\"1\"",
                "\"acct_used_flag\":\"2\"",
                "[mutual_aid_none] 没有已生效的家庭共济授权，不能使用共济账户：字段 data.acct_used_flag，给出「2」，应为 0 不使用、1 使用本人个账",
            ),
            ("\"acct_used_flag\":\"1\"", "\"acct_used_flag\":\"3\"", "[invalid_value]"),
            (
                "\"psn_setlway\":\"01\"",
                "\"psn_setlway\":\"02\"",
                "[settlement_way_unsupported] 尚不支持此个人结算方式：字段 data.psn_setlway，给出「02」",
            ),
            ("\"310\"", "\"390\"", "[insurance_unsupported]"),
            (ACTIVE.certno, "990000195803121036", "[certificate_mismatch]"),
            (mdtrt_id.as_str(), "404", "[visit_not_found] 本机构没有此就诊登记：字段 data.mdtrt_id，给出「404」"),
            (ACTIVE.psn_no, "1", "[not_a_member]"),
            (
                "\"insutype\"",
                "\"inscp_scp_amt\":499,\"insutype\"",
                "[split_mismatch] 费用分割与预结算结果不一致：字段 data.inscp_scp_amt，给出「499.00」，应为 500.00",
            ),
            (
                "\"insutype\"",
                "\"preselfpay_amt\":\"0.01\",\"insutype\"",
                "[split_mismatch] 费用分割与预结算结果不一致：字段 data.preselfpay_amt",
            ),
        ] {
            refused(&server, TERTIARY, infno, &input, from, to, says);
        }
    }
    // The split as 2206 told it, or as four zeros, or empty, is taken.
    for split in [
        r#""fulamt_ownpay_amt":0,"overlmt_selfpay":0,"preselfpay_amt":0,"inscp_scp_amt":500.00"#,
        r#""fulamt_ownpay_amt":0,"overlmt_selfpay":0,"preselfpay_amt":0,"inscp_scp_amt":0"#,
        r#""fulamt_ownpay_amt":"","overlmt_selfpay":"","preselfpay_amt":"","inscp_scp_amt":"""#,
    ] {
        server.call(TERTIARY, "2206", &input.replacen("\"insutype\"", &format!("{split},\"insutype\""), 1)).ok();
    }
    let nothing = ACTIVE.settlement(&mdtrt_id, "B0", "11", "0");
    assert!(server.call(TERTIARY, "2207", &nothing).err().starts_with("[nothing_to_settle]"));
    refused(&server, SECONDARY, "2207", &input, "\"B1\"", "\"B1\"", "[visit_not_found]");
    server.call(TERTIARY, "2207", &input).ok();
    refused(
        &server,
        TERTIARY,
        "2207",
        &input,
        "\"B1\"",
        "\"B1\"",
        "[batch_settled] 此收费批次已结算：字段 data.chrg_bchno，给出「B1」",
    );
}

#[test]
fn what_the_policy_or_the_day_does_not_allow() {
    let server = Server::start();
    // Not described; open parameters; before the policy; tomorrow.
    let mdtrt_id = server.call(TERTIARY, "2201", &ACTIVE.registration("2026-02-10")).ok().at("output.data.mdtrt_id");
    let line = ACTIVE.line(&mdtrt_id, "B1", 1, "DEMO-YP-0001", "10.00");
    server.call(TERTIARY, "2204", &format!(r#"{{"feedetail":[{line}]}}"#)).ok();
    let message = server.call(TERTIARY, "2207", &ACTIVE.settlement(&mdtrt_id, "B1", "11", "10")).err();
    assert!(message.starts_with("[visit_not_described] 尚未上传就诊信息（2203）：字段 data.mdtrt_id"), "{message}");
    for (med_type, day, says) in [
        (
            "14",
            "2026-02-10",
            "[parameters_open] 此待遇的标准未在政策文本中给出，暂不能结算：字段 data.med_type，给出「14」（依据 wenda:14）",
        ),
        ("11", "2020-05-05", "[no_policy_for_date] 就诊日没有生效的政策：给出「2020-05-05」（依据 xize:14）"),
        (
            "11",
            "2026-03-02",
            "[service_date_in_future] 就诊日期晚于今天：字段 data.mdtrt_id，给出「2026-03-02」，应为不晚于 2026-03-01",
        ),
    ] {
        let mdtrt_id = ACTIVE.visit(&server, TERTIARY, med_type, day, "500.00");
        let message = server.call(TERTIARY, "2207", &ACTIVE.settlement(&mdtrt_id, "B1", med_type, "500")).err();
        assert_eq!(message, says);
    }
    // A hospital's care type at a pharmacy.
    let mdtrt_id = server.call(PHARMACY, "2201", &ACTIVE.registration("2026-02-10")).ok().at("output.data.mdtrt_id");
    let message = server.call(PHARMACY, "2203", &ACTIVE.description(&mdtrt_id, "11", "2026-02-10")).err();
    assert!(message.starts_with("[care_type_not_here]") && message.contains("应为 41"), "{message}");
}

#[test]
fn cancelling() {
    let server = Server::start();
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let other_visit = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let settled = server.call(TERTIARY, "2207", &ACTIVE.settlement(&mdtrt_id, "B1", "11", "500")).ok();
    let setl_id = settled.at("output.setlinfo.setl_id");
    let input = ACTIVE.cancellation(&mdtrt_id, &setl_id);
    for (from, to, says) in [
        (
            setl_id.as_str(),
            "404",
            "[settlement_not_found] 本机构没有此结算：字段 data.setl_id，给出「404」，应为2207 返回的 setl_id",
        ),
        (setl_id.as_str(), "", "[missing_field] 必填字段缺失或为空：字段 data.setl_id"),
        (mdtrt_id.as_str(), other_visit.as_str(), "[settlement_not_found]"),
        (mdtrt_id.as_str(), "404", "[visit_not_found]"),
        (ACTIVE.psn_no, "50000000000001", "[visit_not_found]"),
    ] {
        refused(&server, TERTIARY, "2208", &input, from, to, says);
    }
    refused(&server, SECONDARY, "2208", &input, "", "", "[visit_not_found]");
    let cancelled = server.call(TERTIARY, "2208", &input).ok().at("output.setlinfo.setl_id");
    let message = server.call(TERTIARY, "2208", &input).err();
    assert!(message.starts_with("[already_cancelled] 此结算已撤销") && message.contains(&cancelled), "{message}");
    // The cancellation itself is no settlement.
    let message = server.call(TERTIARY, "2208", &ACTIVE.cancellation(&mdtrt_id, &cancelled)).err();
    assert!(message.starts_with("[settlement_not_found]"), "{message}");
}
