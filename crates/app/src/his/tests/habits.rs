//! Habits and signatures over the whole service: what an institution with a profile or a key gets.

use super::super::auth::Guard;
use super::super::auth::keys::Keys;
use super::super::json;
use super::{ACTIVE, PHARMACY, Reply, SECONDARY, Server, TERTIARY, message};
use crate::his::profile;
use crate::serve::demo;
use crate::serve::http::{FATE, PATH};

const LOOK: &str = r#"{"data":{"mdtrt_cert_type":"02","mdtrt_cert_no":"990000198605011040"}}"#;
const KEYS: &str = include_str!("../../../demo/keys.toml");
const COMMUNITY: &str = "H50000000003";

fn keyed() -> Server {
    let directory = demo::directory().unwrap();
    Server::guarded(|| Guard::new(Keys::read(KEYS).unwrap(), &directory, true).unwrap())
}

#[test]
fn a_resend_is_the_same_bytes_in_the_habit_of_its_institution() {
    let server = Server::start();
    let body = message("2201", "A1", "H36010000015", &ACTIVE.registration("2026-02-10 09:00:00"));
    let [first, again] = [(); 2].map(|()| server.post(PATH, body.as_bytes()).1);
    assert_eq!(first, again);
    // The demo's institution in Jiangxi reads texts.
    assert!(first.starts_with("{\"infcode\":\"0\","), "{first}");
    assert!(first.contains("\"output\":\"{\\\"data\\\":{"), "{first}");
    let refused = server.post(PATH, body.replacen("\"2201\"", "\"9999\"", 1).as_bytes()).1;
    assert!(refused.starts_with("{\"infcode\":\"-1\",") && refused.contains("[unknown_transaction]"), "{refused}");
}

#[test]
fn every_address_in_use_reaches_the_service() {
    let server = Server::start();
    for (path, number) in profile::all().flat_map(|(_, profile)| &profile.paths) {
        let path = path.replace('*', "a/b");
        let body = message("1101", "A1", TERTIARY, LOOK);
        let (status, reply) = server.post(&path, body.as_bytes());
        assert_eq!(status, 200, "{path}");
        let said = Reply::of(reply).code();
        let mismatch = (number != "body").then(|| "path_mismatch".to_owned());
        assert_eq!(said, mismatch, "{path}");
    }
}

#[test]
fn a_strict_institution_is_held_to_the_whole_envelope() {
    let server = Server::start();
    let strict = "H32070000012";
    let good = message("1101", "A1", strict, LOOK);
    assert_eq!(server.send(&good).code(), None);
    for (from, field) in [
        ("\"opter\":\"D01\"", "opter"),
        ("\"infver\":\"1.0.0\"", "infver"),
        ("\"mdtrtarea_admvs\":\"500000\"", "mdtrtarea_admvs"),
        ("\"fixmedins_name\":\"演示医院\"", "fixmedins_name"),
    ] {
        assert!(good.contains(from), "{from}");
        let refused = server.send(&good.replacen(from, "\"x\":1", 1)).err();
        assert!(refused.starts_with(&format!("[missing_field] 必填字段缺失或为空：字段 {field}")), "{refused}");
    }
}

#[test]
fn gbk_is_told_by_its_own_code() {
    let server = Server::start();
    let body = message("1101", "A1", TERTIARY, LOOK);
    let (gbk, _, _) = encoding_rs::GBK.encode(&body);
    let refused = Reply::of(server.post(PATH, &gbk).1).err();
    assert!(refused.starts_with("[sent_as_gbk] 报文是 GBK（GB18030）编码，须以 UTF-8 发送"), "{refused}");
    let marked = [b"\xEF\xBB\xBF", body.as_bytes()].concat();
    assert_eq!(Reply::of(server.post(PATH, &marked).1).code(), None, "a mark of the byte order is no fault");
}

#[test]
fn a_gateway_answers_before_anything_is_decided() {
    let server = keyed();
    let body = message("1101", "A1", TERTIARY, LOOK);
    // The test's clock begins at 2026-03-01 08:00.
    let headers = "_api_access_key: demo-gateway\r\n_api_name: 1101\r\n_api_timestamp: 1772323200000\r\n\
                   _api_version: 1.0.0\r\n_api_signature: qna+nTLYGkDpDYLK/32uVn9wPfw=\r\n";
    let send = |headers: &str, body: &str| {
        server.exchange(&format!("POST {PATH} HTTP/1.1\r\nHost: localhost\r\n{headers}"), body.as_bytes())
    };
    assert_eq!(send("", &body), (401, r#"{"code":401,"message":"缺少服务网关的请求头!"}"#.to_owned()));
    let wrong = headers.replacen("qna", "qnb", 1);
    assert_eq!(send(&wrong, &body), (401, r#"{"code":401,"message":"签名不一致!"}"#.to_owned()));
    let (status, reply) = send(headers, &body);
    assert_eq!((status, Reply::of(reply).code()), (200, None));
    // A scheme of another institution opens nothing.
    let (status, reply) = send(headers, &message("1101", "A1", SECONDARY, LOOK));
    assert_eq!(status, 500, "{reply}");
    assert!(reply.starts_with(r#"{"code":400001,"msg":"缺少请求头"#), "{reply}");
    assert_eq!(send(headers, &message("1101", "A1", PHARMACY, LOOK)).0, 200);
}

#[test]
fn an_encrypted_input_is_read_where_a_key_is_known() {
    let directory = demo::directory().unwrap();
    // Without the signature, so that the text alone is looked at.
    let (keys, _) = KEYS.split_once("# 信封签名").unwrap();
    let keys = format!("{keys}[[sm4]]\ninstitutions = [\"{COMMUNITY}\"]\nkey = \"DEMO-sm4-key-001\"\n");
    let server = Server::guarded(|| Guard::new(Keys::read(&keys).unwrap(), &directory, true).unwrap());
    let encrypted =
        "87EVAliOZZO736Ovk9TdPms8zMTXekuxUWBkJ50vEinye5fPnYgLvmUhalYNUoqnIfHO+ApFA/tdmvCIMpwIbVhG2Yw7jdYS04SHOgIdVt4=";
    let send = |institution: &str, field: &str, input: &str| {
        let body = message("1101", "A1", institution, input);
        server.send(&body.replacen("\"sign_no\":\"\"", &format!("\"sign_no\":\"\",{field}"), 1)).code()
    };
    let quoted = format!("\"{encrypted}\"");
    let cut = format!("\"{}\"", &encrypted[..24]);
    for (institution, field, input, code) in [
        (COMMUNITY, "\"enc_type\":\"SM4\"", quoted.as_str(), None),
        (COMMUNITY, "\"encType\":\"sm4\"", &quoted, None),
        (COMMUNITY, "\"enc_type\":\"\"", LOOK, None),
        (COMMUNITY, "\"enc_type\":\"SM4\"", &cut, Some("decryption_failed")),
        (COMMUNITY, "\"enc_type\":\"SM4\"", "\"%\"", Some("decryption_failed")),
        (COMMUNITY, "\"enc_type\":\"SM4\"", LOOK, Some("decryption_failed")),
        (COMMUNITY, "\"enc_type\":\"AES\"", &quoted, Some("encryption_unsupported")),
        ("H50000000005", "\"enc_type\":\"SM4\"", &quoted, Some("encryption_unsupported")),
    ] {
        assert_eq!(send(institution, field, input).as_deref(), code, "{institution} {field} {input}");
    }
}

#[test]
fn the_fate_of_a_message_is_told_to_its_institution_only_where_others_can_ask() {
    let directory = demo::directory().unwrap();
    let (keys, _) = KEYS.split_once("# 信封签名").unwrap();
    let rest: Vec<&str> = directory.institution_codes().filter(|code| !keys.contains(code)).collect();
    let keys = keys
        .replacen("\"P50000000004\"", &format!("\"P50000000004\",\"{}\"", rest.join("\",\"")), 1)
        .replace("DEMO-", "OWN1-");
    let server = Server::guarded(|| Guard::new(Keys::read(&keys).unwrap(), &directory, false).unwrap());
    let ask = |institution: &str, headers: &str| {
        server.exchange(&format!("GET {FATE}/{institution}/A1 HTTP/1.1\r\nHost: centre.example\r\n{headers}"), b"").0
    };
    let headers = "_api_access_key: demo-gateway\r\n_api_name: fate\r\n_api_timestamp: 1772323200000\r\n\
                   _api_version: 1\r\n_api_signature: 1oi0tramAFTOFQuCyeyrQDzHdaU=\r\n";
    assert_eq!(ask(TERTIARY, headers), 200);
    assert_eq!(ask(TERTIARY, ""), 403);
    assert_eq!(ask(TERTIARY, &headers.replacen("fate", "fat", 1)), 403);
    assert_eq!(ask(SECONDARY, headers), 403, "another scheme");
    assert_eq!(ask("H99999999999", headers), 403);
    let unsigned = server.post(PATH, message("1101", "A1", "H99999999999", LOOK).as_bytes()).1;
    assert_eq!(Reply::of(unsigned).code().as_deref(), Some("no_key_for_institution"));
}

#[test]
fn what_was_accepted_reads_back_the_same() {
    for input in [LOOK, &ACTIVE.registration("2026-02-10 09:00:00")] {
        let text = message("1101", "A1", TERTIARY, input);
        let sent = json::read_text(&text).unwrap();
        let canonical = sent.canonical();
        let back = json::read(canonical.as_bytes()).unwrap();
        assert_eq!((back.difference(&sent), back.canonical()), (None, canonical.clone()));
    }
}
