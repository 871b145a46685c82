//! Conversations about the spelling of messages: texts for numbers, input as a text, addresses, what is not offered; and
//! the habits of provinces.

use super::super::{ACTIVE, TERTIARY};
use super::centre::Scribe;
use super::hospital::{AT, fault, upload};
use super::{Named, script};
use crate::serve::http::PATH;

pub(super) const SCRIPTS: &[Named] = &[
    (
        "spelling",
        script(
            "各种写法：input 为文字，数值为文字，空为 null 或空串，地址带交易编号，多出的字段",
            "Ways of writing: input as a text, numbers as texts, empty as null, the number in the address, unknown fields",
            spelling,
        ),
    ),
    (
        "not-offered",
        script(
            "不提供的交易、没有的编号、缺字段的信封、不是 JSON 对象的报文",
            "What is not offered, what there is not, an envelope without its fields",
            not_offered,
        ),
    ),
];

const LOOK: &str = r#"{"data":{"mdtrt_cert_type":"02","mdtrt_cert_no":"990000198605011040"}}"#;

fn spelling(scribe: &mut Scribe) {
    let quoted = serde_json::to_string(LOOK).unwrap();
    let body = scribe.write(TERTIARY, "1101", LOOK);
    scribe.post("input 为文字", PATH, &body.replacen(LOOK, &quoted, 1)).ok();
    let body = scribe.write(TERTIARY, "1101", LOOK);
    scribe.post("地址以交易编号结尾", &format!("{PATH}/1101"), &body).ok();
    fault(&scribe.post("地址的编号与报文不一致", &format!("{PATH}/2207"), &body), "path_mismatch");
    let empty = LOOK.replacen("\"data\":{", "\"data\":{\"certno\":null,\"psn_name\":\"\",\"card_sn\":\"null\",", 1);
    scribe.say("空值的三种写法", TERTIARY, "1101", &empty).ok();
    let more = LOOK.replacen("\"data\":{", "\"data\":{\"my_field\":\"1\",", 1);
    scribe.say("多出的字段只提示", TERTIARY, "1101", &more).ok();
    let visit = scribe.say("挂号", TERTIARY, "2201", &ACTIVE.registration(AT)).ok().at("output.data.mdtrt_id");
    scribe.say("就诊信息", TERTIARY, "2203", &ACTIVE.description(&visit, "11", AT)).ok();
    let line = ACTIVE.line(&visit, "B1", 1, "DEMO-YP-0001", "12.30");
    let texts = line.replace(":12.30", ":\"12.30\"").replace("\"cnt\":1", "\"cnt\":\"1.0000\"");
    scribe.say("金额、数量为文字", TERTIARY, "2204", &upload(&[texts])).ok();
    let input = ACTIVE.settlement(&visit, "B1", "11", "\"12.30\"");
    scribe.say("总额为文字", TERTIARY, "2206", &input).ok();
    let input = ACTIVE.settlement(&visit, "B1", "11", "12.3");
    scribe.say("总额少写一位小数", TERTIARY, "2207", &input).ok();
    let wrong = ACTIVE.settlement(&visit, "B1", "11", "\"十二\"");
    fault(&scribe.say("总额不是数", TERTIARY, "2206", &wrong), "invalid_value");
}

fn not_offered(scribe: &mut Scribe) {
    fault(&scribe.say("国家接口有，本服务不提供", TERTIARY, "2401", LOOK), "not_offered");
    fault(&scribe.say("没有这个编号", TERTIARY, "9999", LOOK), "unknown_transaction");
    let good = scribe.write(TERTIARY, "1101", LOOK);
    for (shows, from, to, code) in [
        ("缺报文编号", "\"msgid\":\"M0002\"", "\"msgid\":\"\"", "missing_field"),
        ("缺机构编号", "\"fixmedins_code\":\"H50000000001\"", "\"x\":1", "missing_field"),
        ("没有 input", "\"input\":{", "\"inputs\":{", "missing_field"),
        ("字段重复", "\"infno\":\"1101\"", "\"infno\":\"1101\",\"infno\":\"2207\"", "duplicate_key"),
    ] {
        assert!(good.contains(from), "{from} in {good}");
        fault(&scribe.post(shows, PATH, &good.replacen(from, to, 1)), code);
    }
    fault(&scribe.post("报文是数组", PATH, "[1]"), "invalid_json");
    let expected = good.replacen("\"opter_name\":\"演示\",", "", 1);
    scribe.post("规范要求而常缺的字段只提示", PATH, &expected).ok();
}

/// One visit as an institution with some habit holds it.
pub(super) fn habit(scribe: &mut Scribe) {
    scribe.say("查询本人", TERTIARY, "1101", LOOK);
    let unknown = LOOK.replacen("990000198605011040", "404", 1);
    scribe.say("查无此人", TERTIARY, "1101", &unknown);
    // Where `output` is a text the number is read out of it.
    let registered = scribe.say("挂号", TERTIARY, "2201", &ACTIVE.registration(AT)).raw;
    let visit =
        registered.split("mdtrt_id").nth(1).unwrap().chars().filter(char::is_ascii_digit).take(25).collect::<String>();
    scribe.say("就诊信息", TERTIARY, "2203", &ACTIVE.description(&visit, "11", AT));
    let line = ACTIVE.line(&visit, "B1", 1, "DEMO-YP-0002", "500.00");
    scribe.say("明细", TERTIARY, "2204", &upload(&[line]));
    let input = ACTIVE.settlement(&visit, "B1", "11", "500");
    scribe.say("预结算", TERTIARY, "2206", &input);
    let settled = scribe.say("结算：(500−25−200)×50%＝137.50", TERTIARY, "2207", &input).raw;
    assert!(settled.contains("137.50"), "{settled}");
    scribe.say("再次结算", TERTIARY, "2207", &input);
    let envelope = scribe.write(TERTIARY, "1101", LOOK).replacen("\"opter\":\"D01\",", "", 1);
    scribe.post("缺经办人：严格的习惯拒绝，其余只提示", PATH, &envelope);
}
