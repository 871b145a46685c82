//! The way a message comes in: address, encoding, size, spelling.

use super::super::json::{self, Json};
use super::{ACTIVE, Reply, Server, TERTIARY, message};
use crate::serve::http::PATH;

const LOOK: &str = r#"{"data":{"mdtrt_cert_type":"02","mdtrt_cert_no":"990000198605011040"}}"#;

#[test]
fn the_address_may_end_with_the_number_and_must_agree() {
    let server = Server::start();
    let body = message("1101", "A1", TERTIARY, LOOK);
    for (path, status) in
        [(PATH.to_owned(), 200), (format!("{PATH}/1101"), 200), (format!("{PATH}/1101/x"), 404), ("/".to_owned(), 404)]
    {
        assert_eq!(server.post(&path, body.as_bytes()).0, status, "{path}");
    }
    Reply::of(server.post(&format!("{PATH}/1101"), body.as_bytes()).1).ok();
    let refused = Reply::of(server.post(&format!("{PATH}/2207"), body.as_bytes()).1).err();
    assert_eq!(refused, "[path_mismatch] 地址中的交易编号与报文中的不一致：字段 infno，给出「1101」，应为 2207");
}

#[test]
fn what_is_no_message_is_refused_by_name_with_status_200() {
    let server = Server::start();
    let huge = format!("{{\"input\":\"{}\"}}", "x".repeat(5 << 20));
    let latin = [message("1101", "A1", TERTIARY, LOOK).as_bytes(), &[0xD6, 0xD0]].concat();
    for (body, says) in [
        (&b""[..], "[invalid_json]"),
        (b"{\"infno\":", "[invalid_json] 报文不是合法的 JSON：给出「第 1 行第 9 列」"),
        (b"[1]", "[invalid_json] 报文不是合法的 JSON：给出「一个数组」，应为一个 JSON 对象"),
        (latin.as_slice(), "[invalid_utf8] 报文不是 UTF-8 编码"),
        (huge.as_bytes(), "[body_too_large] 报文过大"),
        (
            b"{\"infno\":\"1101\",\"infno\":\"2207\"}",
            "[duplicate_key] 同一对象内字段重复，无法确定取哪一个：字段 infno",
        ),
    ] {
        let (status, reply) = server.post(PATH, body);
        assert_eq!(status, 200);
        let refused = Reply::of(reply).err();
        assert!(refused.starts_with(says), "{refused}");
    }
}

#[test]
fn the_envelope_is_checked_by_name() {
    let server = Server::start();
    let good = message("1101", "A1", TERTIARY, LOOK);
    for (from, to, says) in [
        ("\"infno\":\"1101\"", "\"infno\":\"\"", "[missing_field] 必填字段缺失或为空：字段 infno"),
        (
            "\"infno\":\"1101\"",
            "\"infno\":\"9999\"",
            "[unknown_transaction] 没有这个交易编号：字段 infno，给出「9999」，应为 1101、1201、1301–1320、1901、2001、2101",
        ),
        (
            "\"infno\":\"1101\"",
            "\"infno\":\"2401\"",
            "[not_offered] 国家接口有此交易，本服务不提供：字段 infno，给出「2401 入院办理」",
        ),
        ("\"msgid\":\"A1\"", "\"msgid\":\"null\"", "[missing_field] 必填字段缺失或为空：字段 msgid"),
        (
            "\"msgid\":\"A1\"",
            "\"msgid\":\"0123456789012345678901234567890\"",
            "[too_long] 字段超过最大长度：字段 msgid",
        ),
        ("\"msgid\":\"A1\"", "\"msgid\":{}", "[invalid_value] 字段取值不合规定：字段 msgid，给出「一个对象」"),
        ("H50000000001", "", "[missing_field] 必填字段缺失或为空：字段 fixmedins_code"),
        (
            "H50000000001",
            "H99999999999",
            "[institution_without_agreement] 机构在就诊日没有有效的医保服务协议：字段 fixmedins_code，给出「H99999999999」",
        ),
        (
            "\"sign_no\":\"\"",
            "\"enc_type\":\"SM4\"",
            "[encryption_unsupported] 本服务尚不接受加密报文：字段 enc_type，给出「SM4」",
        ),
    ] {
        assert!(good.contains(from), "{from}");
        let refused = server.send(&good.replacen(from, to, 1)).err();
        assert!(refused.starts_with(says), "{refused}");
    }
    for (input, says) in [
        ("null", "[missing_field] 必填字段缺失或为空：字段 input"),
        ("[]", "[invalid_value] 字段取值不合规定：字段 input，给出「一个数组」"),
        ("\"{\"", "[invalid_json]"),
        ("{}", "[missing_field] 必填字段缺失或为空：字段 data"),
    ] {
        let refused = server.send(&message("1101", "A1", TERTIARY, input)).err();
        assert!(refused.starts_with(says), "{refused}");
    }
}

#[test]
fn unknown_and_missing_words_are_noted_and_change_nothing() {
    let server = Server::start();
    let body = message(
        "1101",
        "A1",
        TERTIARY,
        r#"{"data":{"mdtrt_cert_type":"02","mdtrt_cert_no":"990000198605011040","colour":"red"},"extra":1}"#,
    );
    let body = body.replacen("\"opter\":\"D01\"", "\"shade\":\"blue\"", 1);
    let reply = server.send(&body).ok();
    assert_eq!(
        reply.at("warn_msg"),
        "未识别的字段，已忽略：shade、data.colour、extra；规范要求而报文缺少的字段：opter"
    );
    let Json::Object(fields) = json::read_text(&reply.raw).unwrap() else { panic!() };
    let names: Vec<&str> = fields.iter().map(|field| &*field.0).collect();
    assert_eq!(names, ["infcode", "inf_refmsgid", "refmsg_time", "respond_time", "err_msg", "warn_msg", "output"]);
    assert!(reply.raw.starts_with("{\"infcode\":0,"), "a number, not a text");
}

#[test]
fn a_refusal_tells_what_was_noted_too() {
    let server = Server::start();
    let bare = message("1101", "A1", TERTIARY, r#"{"data":{"mdtrt_cert_type":"02"}}"#);
    let bare = bare.replacen("\"opter\":\"D01\"", "\"shade\":\"blue\"", 1);
    let unknown = message("9999", "A2", TERTIARY, LOOK).replacen("\"opter\":\"D01\"", "\"opter\":\"\"", 1);
    let noted = "规范要求而报文缺少的字段：opter";
    for (body, says, warned) in [
        (
            bare,
            "[missing_field] 必填字段缺失或为空：字段 data.mdtrt_cert_no",
            format!("未识别的字段，已忽略：shade；{noted}"),
        ),
        (unknown, "[unknown_transaction]", noted.to_owned()),
    ] {
        let reply = server.send(&body);
        assert_eq!(reply.at("warn_msg"), warned);
        let refused = reply.err();
        assert!(refused.starts_with(says), "{refused}");
    }
}

#[test]
fn a_reply_is_numbered_in_the_division_of_the_message_or_else_of_the_institution() {
    let server = Server::start();
    let said = message("1101", "A1", TERTIARY, LOOK);
    let field = "\"mdtrtarea_admvs\":\"500000\"";
    assert!(said.contains(field));
    for (to, division) in [
        (field, "500000"),
        ("\"mdtrtarea_admvs\":\"500103\"", "500103"),
        ("\"mdtrtarea_admvs\":\"\"", "500000"),
        ("\"mdtrtarea_admvs\":\"null\"", "500000"),
    ] {
        let number = server.send(&said.replacen(field, to, 1)).ok().at("inf_refmsgid");
        assert!(number.starts_with(division), "{to}: {number}");
        assert_eq!(number.len(), 30);
    }
    let nobody = message("1101", "A2", "NOBODY", LOOK).replacen(field, "\"mdtrtarea_admvs\":\"\"", 1);
    assert!(server.send(&nobody).at("inf_refmsgid").starts_with("000000"));
}

#[test]
fn numbers_are_taken_in_every_spelling() {
    let server = Server::start();
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    for total in ["500", "500.0", "\"500.00\"", "5e2", "\" 500 \""] {
        server.call(TERTIARY, "2206", &ACTIVE.settlement(&mdtrt_id, "B1", "11", total)).ok();
    }
    for (total, says) in [
        ("500.001", "[too_many_decimals] 小数位数过多：字段 data.medfee_sumamt，给出「500.001」，应为至多 2 位小数"),
        ("499.99999999999999999", "[too_many_decimals]"),
        ("\"\"", "[missing_field] 必填字段缺失或为空：字段 data.medfee_sumamt"),
        ("null", "[missing_field]"),
        ("-500", "[out_of_range] 数值超出范围：字段 data.medfee_sumamt，给出「-500」，应为 0 至 99999999.99"),
        ("\"五百\"", "[invalid_value]"),
        ("true", "[invalid_value]"),
    ] {
        let refused = server.call(TERTIARY, "2206", &ACTIVE.settlement(&mdtrt_id, "B1", "11", total)).err();
        assert!(refused.starts_with(says), "{refused}");
    }
}

#[test]
fn a_page_in_a_browser_cannot_settle() {
    let server = Server::start();
    let body = message("1101", "A1", TERTIARY, LOOK);
    for (head, status) in [
        ("Host: 127.0.0.1:8080", 200),
        ("Host: localhost", 200),
        ("Host: [::1]:80", 200),
        ("Host: gongji.example.org", 403),
        ("Host: localhost.example.org:80", 403),
        ("Host: localhost\r\nOrigin: http://example.org", 403),
        ("Host: localhost\r\nOrigin: null", 403),
    ] {
        let (got, said) = server.exchange(&format!("POST {PATH} HTTP/1.1\r\n{head}\r\n"), body.as_bytes());
        assert_eq!(got, status, "{head}");
        assert!(status == 200 || said.starts_with("本服务只接受本机程序的请求"), "it says why: {said}");
    }
    let got = server.exchange(&format!("GET {PATH} HTTP/1.1\r\nHost: localhost\r\n"), b"");
    assert_eq!(got, (405, "报文用 POST 发送\n".to_owned()));
}
