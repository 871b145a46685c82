//! Conversations that change nothing: sessions, persons, institutions, tables, entitlement, queries, checks.

use super::super::{ACTIVE, PHARMACY, RETIRED, SECONDARY, TERTIARY};
use super::centre::Scribe;
use super::hospital::{fault, open, upload};
use super::{Named, script};

pub(super) const SCRIPTS: &[Named] = &[
    ("session", script("签到、签退", "Signing in and out", session)),
    ("base", script("人员、机构、字典、待遇检查", "Persons, institutions, code tables, entitlement", base)),
    ("checks", script("事前、事中分析与反馈：没有疑点", "Checks of details before and during: nothing found", checks)),
    ("queries", script("查询：就诊、诊断、结算、明细、慢特病用药、累计", "Queries of what was kept", queries)),
];

fn session(scribe: &mut Scribe) {
    scribe.say("签到", TERTIARY, "9001", r#"{"signIn":{"opter_no":"D01","mac":"00-00","ip":"127.0.0.1"}}"#).ok();
    fault(&scribe.say("缺经办人", TERTIARY, "9001", r#"{"signIn":{"mac":"00-00"}}"#), "missing_field");
    fault(&scribe.say("没有节点", TERTIARY, "9001", r#"{"data":{"opter_no":"D01"}}"#), "missing_field");
    scribe.say("签退", TERTIARY, "9002", r#"{"signOut":{"opter_no":"D01","sign_no":"1"}}"#).ok();
    fault(&scribe.say("缺经办人", TERTIARY, "9002", r#"{"signOut":{"sign_no":"1"}}"#), "missing_field");
    fault(
        &scribe.say("没有协议的机构", "H99999999999", "9001", r#"{"signIn":{"opter_no":"D01"}}"#),
        "institution_without_agreement",
    );
}

fn base(scribe: &mut Scribe) {
    for (shows, kind, number) in
        [("凭身份证", "02", ACTIVE.certno), ("凭社保卡", "03", "DEMO000002"), ("凭电子凭证", "01", "DEMO-TOKEN-000002")]
    {
        let input = format!(r#"{{"data":{{"mdtrt_cert_type":"{kind}","mdtrt_cert_no":"{number}"}}}}"#);
        scribe.say(shows, TERTIARY, "1101", &input).ok();
    }
    let ask = |kind: &str, more: &str| format!(r#"{{"data":{{"mdtrt_cert_type":"{kind}"{more}}}}}"#);
    fault(&scribe.say("查无此人", TERTIARY, "1101", &ask("02", r#","mdtrt_cert_no":"404""#)), "not_a_member");
    fault(&scribe.say("没有这种凭证", TERTIARY, "1101", &ask("07", r#","mdtrt_cert_no":"1""#)), "invalid_value");
    fault(&scribe.say("缺凭证编号", TERTIARY, "1101", &ask("02", "")), "missing_field");
    let whose = format!(r#","mdtrt_cert_no":"{}","psn_name":"别人""#, ACTIVE.certno);
    fault(&scribe.say("姓名不是本人", TERTIARY, "1101", &ask("02", &whose)), "certificate_mismatch");

    let institution = |more: &str| format!(r#"{{"medinsinfo":{{"fixmedins_type":"2",{more}}}}}"#);
    let named = format!(r#""fixmedins_code":"{PHARMACY}""#);
    scribe.say("一家药店", TERTIARY, "1201", &institution(&named)).ok();
    let unknown = institution(r#""fixmedins_code":"P404""#);
    fault(&scribe.say("查无此机构", TERTIARY, "1201", &unknown), "institution_unknown");

    let table = |kind: &str| {
        format!(
            r#"{{"data":{{"type":"{kind}","parent_value":"","admdvs":"500000","date":"2024-06-01","vali_flag":"1"}}}}"#
        )
    };
    scribe.say("就诊凭证类型", TERTIARY, "1901", &table("mdtrt_cert_type")).ok();
    fault(&scribe.say("没有此字典", TERTIARY, "1901", &table("nothing")), "dictionary_unknown");

    let entitled = |psn_no: &str| {
        format!(
            r#"{{"data":{{"psn_no":"{psn_no}","insutype":"310","fixmedins_code":"{TERTIARY}","med_type":"11",
            "begntime":"2024-06-01 09:00:00"}}}}"#
        )
    };
    scribe.say("在职：统筹与账户都可用", TERTIARY, "2001", &entitled(ACTIVE.psn_no)).ok();
    scribe.say("退休：同上", TERTIARY, "2001", &entitled(RETIRED.psn_no)).ok();
    fault(&scribe.say("查无此人", TERTIARY, "2001", &entitled("404")), "not_a_member");
}

fn checks(scribe: &mut Scribe) {
    let ask = r#"{"data":{"patient_dtos":[{"patn_id":"1"}],"trig_scen":"1"}}"#;
    for infno in ["3101", "3102"] {
        scribe.say("没有疑点", TERTIARY, infno, ask).ok();
        fault(&scribe.say("没有患者", TERTIARY, infno, r#"{"data":{"trig_scen":"1"}}"#), "missing_field");
    }
    scribe.say("反馈", TERTIARY, "3103", r#"{"data":{"warn_type":"1","warns":[{"warn_rslt_id":"1"}]}}"#).ok();
    fault(&scribe.say("没有反馈类型", TERTIARY, "3103", r#"{"data":{"warns":[]}}"#), "missing_field");
}

fn queries(scribe: &mut Scribe) {
    let visit = open(scribe, TERTIARY, &ACTIVE, "11");
    let rows: Vec<String> = (1..)
        .zip([("DEMO-YP-0001", "300.00"), ("DEMO-YP-0002", "100.00")])
        .map(|(number, (item, price))| ACTIVE.line(&visit, "B1", number, item, price))
        .collect();
    scribe.say("明细", TERTIARY, "2204", &upload(&rows)).ok();
    let settled = scribe.say("结算", TERTIARY, "2207", &ACTIVE.settlement(&visit, "B1", "11", "400")).ok();
    let setl_id = settled.at("output.setlinfo.setl_id");
    let ask = |fields: &str| format!(r#"{{"data":{{"psn_no":"{}",{fields}}}}}"#, ACTIVE.psn_no);
    let of_visit = ask(&format!(r#""mdtrt_id":"{visit}""#));
    let of_settlement = ask(&format!(r#""mdtrt_id":"{visit}","setl_id":"{setl_id}""#));
    let range = ask(r#""begntime":"2024-05-01","endtime":"2024-06-01""#);
    scribe.say("就诊", TERTIARY, "5201", &range).ok();
    fault(&scribe.say("起始不是日期", TERTIARY, "5201", &ask(r#""begntime":"x","endtime":"x""#)), "invalid_value");
    scribe.say("诊断", TERTIARY, "5202", &of_visit).ok();
    scribe.say("结算", TERTIARY, "5203", &of_settlement).ok();
    let cancel = ACTIVE.cancellation(&visit, &setl_id);
    let cancelled = scribe.say("撤销", TERTIARY, "2208", &cancel).ok();
    let by = cancelled.at("output.setlinfo.setl_id");
    scribe.say("撤销后的结算", TERTIARY, "5203", &of_settlement).ok();
    let back = ask(&format!(r#""mdtrt_id":"{visit}","setl_id":"{by}""#));
    scribe.say("撤销本身", TERTIARY, "5203", &back).ok();
    let none = ask(&format!(r#""mdtrt_id":"{visit}","setl_id":"404""#));
    fault(&scribe.say("没有此结算", TERTIARY, "5203", &none), "settlement_not_found");
    scribe.say("明细", TERTIARY, "5204", &of_settlement).ok();
    for infno in ["5202", "5204"] {
        fault(&scribe.say("别的机构的就诊", SECONDARY, infno, &of_settlement), "visit_not_found");
    }
    scribe.say("慢特病用药：没有", TERTIARY, "5205", &ask(r#""begntime":"2024-05-01 00:00:00""#)).ok();
    fault(&scribe.say("起始不是日期", TERTIARY, "5205", &ask(r#""begntime":"x""#)), "invalid_value");
    scribe.say("累计：撤销的不计", TERTIARY, "5206", &ask(r#""cum_ym":"202406""#)).ok();
    fault(&scribe.say("没有第十三个月", TERTIARY, "5206", &ask(r#""cum_ym":"202413""#)), "invalid_value");
}
