//! Conversations of a hospital: a visit from registration to cancellation, a partial refund, a registration fee, a visit
//! away from home.

use super::super::{ACTIVE, Patient, RETIRED, Reply, SECONDARY, TERTIARY};
use super::centre::Scribe;
use super::{Named, script};

pub(super) const SCRIPTS: &[Named] = &[
    (
        "outpatient",
        script(
            "门诊一次就诊：挂号、就诊信息、明细、预结算、结算、撤销，以及各步的主要错误。金额即重庆政策问答十九示例二",
            "A visit from registration to cancellation with the main faults of each step; the amounts are the second \
             published example of Chongqing",
            outpatient,
        ),
    ),
    (
        "lines",
        script(
            "明细的分割：甲、乙（先行自付）、限价、丙，逐行与合计",
            "How fee lines are split: covered, first-pay, over the ceiling, off the list; each line and their sums",
            lines,
        ),
    ),
    (
        "partial-refund",
        script(
            "部分退费：2208 全退，2205 撤明细，重传余下的，再 2207；最后整笔退、撤挂号",
            "A part is refunded: all is cancelled, lines withdrawn, the rest uploaded and settled; then the visit is undone",
            partial_refund,
        ),
    ),
    (
        "registration-fee",
        script("挂号费单独结算（med_type 12）", "A registration fee is settled alone", registration_fee),
    ),
    (
        "elsewhere",
        script(
            "异地：铁岭参保人在重庆就诊，统筹不付，账户可付；参保地写错即被拒绝",
            "A member of Tieling in Chongqing: the pool does not pay, the account does; a wrong area is refused",
            elsewhere,
        ),
    ),
    (
        "letters",
        script("字母编号：A、B 型只比原编号多选填字段", "Numbers with letters only add optional fields", letters),
    ),
];

/// The fault of each is expected by its code.
#[track_caller]
pub(super) fn fault(reply: &Reply, code: &str) {
    assert_eq!(reply.code().as_deref(), Some(code), "{}", reply.raw);
}

pub(super) const AT: &str = "2026-02-10 09:00:00";

/// Registers and describes; the visit.
pub(super) fn open(scribe: &mut Scribe, at: &str, patient: &Patient, med_type: &str) -> String {
    let mdtrt_id = scribe.say("挂号", at, "2201", &patient.registration(AT)).ok().at("output.data.mdtrt_id");
    scribe.say("就诊信息", at, "2203", &patient.description(&mdtrt_id, med_type, AT)).ok();
    mdtrt_id
}

pub(super) fn upload(lines: &[String]) -> String {
    format!(r#"{{"feedetail":[{}]}}"#, lines.join(","))
}

/// With the four split amounts of a trial.
fn echoed(input: &str, trial: &Reply) -> String {
    let names = ["fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt"];
    let said: String =
        names.iter().map(|name| format!("\"{name}\":{},", trial.at(&format!("output.setlinfo.{name}")))).collect();
    input.replacen("\"insutype\"", &format!("{said}\"insutype\""), 1)
}

fn outpatient(scribe: &mut Scribe) {
    let registration = ACTIVE.registration(AT);
    let suspended = Patient { psn_no: "50000000000008", certno: "990000199501011163" };
    let late = suspended.registration("2025-07-01 09:00:00");
    fault(&scribe.say("已停保", TERTIARY, "2201", &late), "benefit_suspended");
    let other = registration.replace(ACTIVE.certno, RETIRED.certno);
    fault(&scribe.say("凭证是别人的", TERTIARY, "2201", &other), "certificate_mismatch");
    let registered = scribe.say("挂号", TERTIARY, "2201", &registration).ok();
    let visit = registered.at("output.data.mdtrt_id");
    let line = ACTIVE.line(&visit, "B1", 1, "DEMO-YP-0001", "3000.00");
    let charges = upload(std::slice::from_ref(&line));
    let settlement = ACTIVE.settlement(&visit, "B1", "11", "3000.00");
    let description = ACTIVE.description(&visit, "11", AT);
    fault(&scribe.say("没有这个就诊", TERTIARY, "2203", &ACTIVE.description("404", "11", AT)), "visit_not_found");
    fault(&scribe.say("别的机构的就诊", SECONDARY, "2203", &description), "visit_not_found");
    let unsupported = ACTIVE.description(&visit, "99", AT);
    fault(&scribe.say("不办理的医疗类别", TERTIARY, "2203", &unsupported), "care_type_unsupported");
    scribe.say("就诊信息", TERTIARY, "2203", &description).ok();
    let wrong = charges.replacen("\"pric\":3000.00", "\"pric\":2999.00", 1);
    fault(&scribe.say("数量乘单价不等于金额", TERTIARY, "2204", &wrong), "amount_mismatch");
    let wrong = charges.replacen("\"det_item_fee_sumamt\":3000.00", "\"det_item_fee_sumamt\":3000.001", 1);
    fault(&scribe.say("金额有三位小数", TERTIARY, "2204", &wrong), "too_many_decimals");
    scribe.say("上传明细", TERTIARY, "2204", &charges).ok();
    fault(&scribe.say("同一批次再传", TERTIARY, "2204", &charges), "batch_exists");
    let wrong = settlement.replacen("3000.00", "2999.99", 1);
    fault(&scribe.say("总额与明细不符", TERTIARY, "2206", &wrong), "total_mismatch");
    let trial = scribe.say("预结算：(3000−200)×50%＝1400", TERTIARY, "2206", &settlement).ok();
    let settlement = echoed(&settlement, &trial);
    let wrong = settlement.replacen("\"inscp_scp_amt\":3000.00", "\"inscp_scp_amt\":2999.00", 1);
    fault(&scribe.say("四项分割与预结算不一致", TERTIARY, "2207", &wrong), "split_mismatch");
    let wrong = settlement.replacen("\"acct_used_flag\":\"1\"", "\"acct_used_flag\":\"2\"", 1);
    fault(&scribe.say("没有亲属授权，不能用共济账户", TERTIARY, "2207", &wrong), "mutual_aid_none");
    let wrong = settlement.replacen("\"310\"", "\"390\"", 1);
    fault(&scribe.say("不是职工医保", TERTIARY, "2207", &wrong), "insurance_unsupported");
    let settled = scribe.say("结算：基金 1400，账户 1600，余额 400", TERTIARY, "2207", &settlement).ok();
    for (field, expected) in [
        ("fund_pay_sumamt", "1400.00"),
        ("act_pay_dedc", "200.00"),
        ("acct_pay", "1600.00"),
        ("psn_cash_pay", "0.00"),
        ("balc", "400.00"),
    ] {
        assert_eq!(settled.at(&format!("output.setlinfo.{field}")), expected, "{field}");
    }
    fault(&scribe.say("换报文编号再结算", TERTIARY, "2207", &settlement), "batch_settled");
    let cancel = ACTIVE.cancellation(&visit, &settled.at("output.setlinfo.setl_id"));
    fault(&scribe.say("没有这个结算", TERTIARY, "2208", &ACTIVE.cancellation(&visit, "404")), "settlement_not_found");
    scribe.say("撤销：各项为负，余额回到 2000", TERTIARY, "2208", &cancel).ok();
    fault(&scribe.say("再次撤销", TERTIARY, "2208", &cancel), "already_cancelled");
}

fn lines(scribe: &mut Scribe) {
    let visit = open(scribe, SECONDARY, &RETIRED, "11");
    let items = [
        ("DEMO-YP-0001", "100.00"),
        ("DEMO-YP-0002", "4.52"),
        ("DEMO-YP-0003", "20.00"),
        ("DEMO-YP-0004", "30.00"),
        ("DEMO-HC-0001", "3.31"),
        ("DEMO-FW-0004", "300.00"),
    ];
    let rows: Vec<String> =
        (1..).zip(items).map(|(number, (item, price))| RETIRED.line(&visit, "B1", number, item, price)).collect();
    scribe
        .say("甲；乙 5%；限价 12.50、10%；丙；限价 3.30、8.5%；限价 280、10%", SECONDARY, "2204", &upload(&rows))
        .ok();
    let again = RETIRED.line(&visit, "B2", 1, "DEMO-YP-0001", "1.00");
    fault(&scribe.say("流水号已有", SECONDARY, "2204", &upload(&[again])), "line_exists");
    scribe.say("合计等于各行之和", SECONDARY, "2207", &RETIRED.settlement(&visit, "B1", "11", "457.83")).ok();
}

fn take_back(visit: &str, batch: &str) -> String {
    format!(r#"{{"data":{{"mdtrt_id":"{visit}","chrg_bchno":"{batch}","psn_no":"{}"}}}}"#, ACTIVE.psn_no)
}

fn partial_refund(scribe: &mut Scribe) {
    let visit = open(scribe, TERTIARY, &ACTIVE, "11");
    let all: Vec<String> =
        (1..).zip(["300.00", "200.00"]).map(|(n, price)| ACTIVE.line(&visit, "B1", n, "DEMO-YP-0001", price)).collect();
    scribe.say("两行共 500", TERTIARY, "2204", &upload(&all)).ok();
    let settled =
        scribe.say("(500−200)×50%＝150", TERTIARY, "2207", &ACTIVE.settlement(&visit, "B1", "11", "500")).ok();
    let unregister = format!(r#"{{"data":{{"psn_no":"{}","mdtrt_id":"{visit}","ipt_otp_no":"MZ1"}}}}"#, ACTIVE.psn_no);
    fault(&scribe.say("已结算的批次不能撤明细", TERTIARY, "2205", &take_back(&visit, "B1")), "batch_settled");
    fault(&scribe.say("已结算的就诊不能撤挂号", TERTIARY, "2202", &unregister), "visit_settled");
    let cancel = |reply: &Reply| ACTIVE.cancellation(&visit, &reply.at("output.setlinfo.setl_id"));
    scribe.say("整笔撤销", TERTIARY, "2208", &cancel(&settled)).ok();
    fault(&scribe.say("还有明细，不能撤挂号", TERTIARY, "2202", &unregister), "charges_remain");
    scribe.say("撤明细", TERTIARY, "2205", &take_back(&visit, "B1")).ok();
    fault(&scribe.say("没有这个批次", TERTIARY, "2205", &take_back(&visit, "B9")), "batch_not_found");
    scribe.say("只传余下的一行", TERTIARY, "2204", &upload(&all[..1])).ok();
    let settled = scribe.say("(300−200)×50%＝50", TERTIARY, "2207", &ACTIVE.settlement(&visit, "B1", "11", "300")).ok();
    scribe.say("又整笔撤销", TERTIARY, "2208", &cancel(&settled)).ok();
    scribe.say("撤全部明细", TERTIARY, "2205", &take_back(&visit, "0000")).ok();
    scribe.say("没有可撤的也算成功", TERTIARY, "2205", &take_back(&visit, "0000")).ok();
    scribe.say("撤挂号", TERTIARY, "2202", &unregister).ok();
    fault(&scribe.say("挂号已撤", TERTIARY, "2203", &ACTIVE.description(&visit, "11", AT)), "visit_cancelled");
}

fn registration_fee(scribe: &mut Scribe) {
    let registered = scribe.say("挂号", TERTIARY, "2201", &ACTIVE.registration(AT)).ok();
    let visit = registered.at("output.data.mdtrt_id");
    let line = ACTIVE.line(&visit, "G1", 1, "DEMO-FW-0002", "15.00");
    scribe.say("挂号费", TERTIARY, "2204", &upload(&[line])).ok();
    let fee = ACTIVE.settlement(&visit, "G1", "11", "15.00");
    fault(&scribe.say("没有就诊信息，不能按普通门诊结算", TERTIARY, "2207", &fee), "visit_not_described");
    let fee = ACTIVE.settlement(&visit, "G1", "12", "15.00");
    scribe.say("按挂号结算：15 在起付以内，账户付", TERTIARY, "2207", &fee).ok();
    scribe.say("再传就诊信息", TERTIARY, "2203", &ACTIVE.description(&visit, "11", AT)).ok();
}

fn elsewhere(scribe: &mut Scribe) {
    let member = Patient { psn_no: "21120000000011", certno: "990000198504041232" };
    let visit = open(scribe, TERTIARY, &member, "11");
    let line = member.line(&visit, "B1", 1, "DEMO-YP-0001", "500.00");
    scribe.say("明细", TERTIARY, "2204", &upload(&[line])).ok();
    let settlement = member.settlement(&visit, "B1", "11", "500");
    let wrong = scribe.write(TERTIARY, "2207", &settlement);
    let wrong = wrong.replacen("\"insuplc_admdvs\":\"\"", "\"insuplc_admdvs\":\"500000\"", 1);
    fault(&scribe.post("参保地写成就医地", crate::serve::http::PATH, &wrong), "area_mismatch");
    scribe.say("临时外出：统筹不付，原因在 exp_content 与 warn_msg", TERTIARY, "2207", &settlement).ok();
}

fn letters(scribe: &mut Scribe) {
    let registered = scribe.say("2201A", TERTIARY, "2201A", &ACTIVE.registration(AT)).ok();
    let visit = registered.at("output.data.mdtrt_id");
    scribe.say("2203A", TERTIARY, "2203A", &ACTIVE.description(&visit, "11", AT)).ok();
    let line = ACTIVE.line(&visit, "B1", 1, "DEMO-YP-0001", "88.00");
    scribe.say("明细", TERTIARY, "2204", &upload(&[line])).ok();
    let input = ACTIVE.settlement(&visit, "B1", "11", "88");
    scribe.say("2206A", TERTIARY, "2206A", &input).ok();
    let settled = scribe.say("2207A", TERTIARY, "2207A", &input).ok();
    let setl_id = settled.at("output.setlinfo.setl_id");
    let ask = format!(r#"{{"data":{{"psn_no":"{}","setl_id":"{setl_id}","mdtrt_id":"{visit}"}}}}"#, ACTIVE.psn_no);
    scribe.say("5203A", TERTIARY, "5203A", &ask).ok();
    fault(&scribe.say("没有这个字母编号", TERTIARY, "2208Z", &ask), "unknown_transaction");
}
