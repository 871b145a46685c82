//! Signatures by the standards' own examples, and every way in which one can be wrong.

use sm2::dsa::SigningKey;
use sm2::dsa::signature::Signer as _;
use sm2::elliptic_curve::sec1::ToSec1Point as _;
use sm4::cipher::BlockCipherEncrypt as _;
use sm4::cipher::KeyInit as _;

use super::provider::{Provider as _, Software};
use super::*;
use crate::his::json::read_text;
use crate::serve::demo;

const DEMO_KEYS: &str = include_str!("../../../demo/keys.toml");
/// 2026-03-01 08:00:00 at +08:00.
const NOW: i64 = 1_772_323_200_000;
const GATEWAY: &str = "H50000000001";
const TIF: &str = "H50000000002";
const CAINFO: &str = "H50000000003";
/// The private key of the example of GB/T 32918.5.
const PRIVATE: &str = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8";

fn hex(text: &str) -> Vec<u8> {
    base16ct::mixed::decode_vec(text).unwrap()
}

fn shown(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes)
}

fn guard() -> Guard {
    Guard::new(Keys::read(DEMO_KEYS).unwrap(), &demo::directory().unwrap(), true).unwrap()
}

/// What a message of an institution with headers is answered with.
fn admitted(guard: &Guard, institution: &str, message: &str, headers: &[(&str, &str)], now: i64) -> Result<(), String> {
    let find = |name: &str| headers.iter().find(|header| header.0 == name).map(|header| header.1);
    let message = read_text(message).unwrap();
    guard.admit(institution, &message, &find, || now).map_err(|refused| match refused {
        Refused::Fault(fault) => fault.code().to_owned(),
        Refused::Gateway(status, body) => format!("{status} {body}"),
    })
}

#[test]
fn sm3_gives_the_digests_of_gbt_32905() {
    for (message, digest) in [
        ("abc".to_owned(), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        ("abcd".repeat(16), "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ] {
        assert_eq!(shown(&Software.sm3(message.as_bytes())), digest);
    }
}

fn sm4_encrypted(key: &[u8; 16], plain: &[u8]) -> Vec<u8> {
    let padding = 16 - plain.len() % 16;
    let mut bytes = plain.to_vec();
    bytes.resize(plain.len() + padding, u8::try_from(padding).unwrap());
    let sm4 = sm4::Sm4::new(key.into());
    for chunk in bytes.chunks_exact_mut(16) {
        sm4.encrypt_block(chunk.try_into().unwrap());
    }
    bytes
}

#[test]
fn sm4_decrypts_the_example_of_gbt_32907() {
    let key: [u8; 16] = hex("0123456789abcdeffedcba9876543210").try_into().unwrap();
    // The block of the standard, before the padding that follows a whole block.
    let cipher = sm4_encrypted(&key, &key);
    assert_eq!(shown(&cipher[..16]), "681edf34d206965e86b3e94f536e4246");
    assert_eq!(Software.sm4_decrypted(&key, &cipher).unwrap(), key);
    for length in 0..40 {
        let plain: Vec<u8> = (0..length).collect();
        assert_eq!(Software.sm4_decrypted(&key, &sm4_encrypted(&key, &plain)), Some(plain));
    }
    for wrong in [&cipher[..16], &cipher[..20], &[]] {
        assert_eq!(Software.sm4_decrypted(&key, wrong), None, "no padding, half a block, nothing");
    }
    assert_eq!(Software.sm4_decrypted(&[7; 16], &cipher), None, "another key");
}

#[test]
fn sm2_verifies_the_signature_of_gbt_32918_5_and_no_other() {
    let point = "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020\
                 CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13";
    let signature = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3\
                     B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA";
    let (point, signature) = (hex(point), hex(signature));
    let verifies = |user: &str, message: &str, signature: &[u8]| {
        Software.sm2_verifies(&point, user, message.as_bytes(), signature)
    };
    assert!(Software.is_public_key(&point));
    assert!(verifies("1234567812345678", "message digest", &signature));
    assert!(!verifies("1234567812345678", "message digest.", &signature));
    assert!(!verifies("ALICE123@YAHOO.COM", "message digest", &signature));
    for at in 0..64 {
        let mut changed = signature.clone();
        changed[at] ^= 1;
        assert!(!verifies("1234567812345678", "message digest", &changed), "byte {at}");
    }
    assert!(!verifies("1234567812345678", "message digest", &[0; 64]));
    assert!(!verifies("1234567812345678", "message digest", &signature[1..]));
    assert!(!Software.is_public_key(&[4; 65]), "not on the curve");
    assert!(!Software.is_public_key(&point[1..]));
}

#[test]
fn the_gateways_signature_is_hmac_sha1_in_base64() {
    // Worked out with another implementation: openssl dgst -sha1 -hmac … -binary | base64.
    let signature = gateway::signature_of("DEMO-gateway-secret", "demo-gateway", "1101", "1772323200000", "1.0.0");
    assert_eq!(signature, GATEWAY_EXAMPLE);
    let signature = tif::signature_of("DEMO-tif-token-0001", "1772323200", "n-0001");
    assert_eq!(shown(&signature), TIF_EXAMPLE);
}

const GATEWAY_EXAMPLE: &str = "qna+nTLYGkDpDYLK/32uVn9wPfw=";
const TIF_EXAMPLE: &str = "c624fc9bd228e69a117721c6914cf8c509b4b39013ef4959d47f5d2fc49b7e29";

#[test]
fn a_gateway_request_is_let_in_or_answered_in_the_gateways_words() {
    let guard = guard();
    let time = NOW.to_string();
    let good = [
        ("_api_access_key", "demo-gateway"),
        ("_api_name", "1101"),
        ("_api_timestamp", time.as_str()),
        ("_api_version", "1.0.0"),
        ("_api_signature", GATEWAY_EXAMPLE),
    ];
    let with = |name: &str, value: &'static str| {
        let mut headers = good;
        headers.iter_mut().filter(|header| header.0 == name).for_each(|header| header.1 = value);
        headers
    };
    let say = |text: &str| Err(format!(r#"401 {{"code":401,"message":"{text}"}}"#));
    let (missing, late) = (say("缺少服务网关的请求头!"), say("签名时间戳超时!"));
    for (name, headers, now, expected) in [
        ("good", good, NOW, Ok(())),
        ("again", good, NOW + 1, Ok(())),
        ("half an hour old", good, NOW + 1_800_000, Ok(())),
        ("older", good, NOW + 1_800_001, late.clone()),
        ("five minutes ahead", good, NOW - 300_000, Ok(())),
        ("further ahead", good, NOW - 300_001, late.clone()),
        ("no time", with("_api_timestamp", "yesterday"), NOW, late.clone()),
        ("a time beyond all sense", with("_api_timestamp", "-9223372036854775808"), NOW, late),
        ("unknown key", with("_api_access_key", "other"), NOW, say("非法用户!")),
        ("another name", with("_api_name", "2207"), NOW, say("签名不一致!")),
        ("another version", with("_api_version", "1.0.1"), NOW, say("签名不一致!")),
        ("another signature", with("_api_signature", "AAAA"), NOW, say("签名不一致!")),
        ("empty signature", with("_api_signature", ""), NOW, missing.clone()),
    ] {
        assert_eq!(admitted(&guard, GATEWAY, "{}", &headers, now), expected, "{name}");
    }
    assert_eq!(admitted(&guard, GATEWAY, "{}", &[], NOW), missing);
    // The key of two institutions opens for both, and for nobody else.
    assert_eq!(admitted(&guard, "P50000000004", "{}", &good, NOW), Ok(()));
    let mut keys = Keys::read(DEMO_KEYS).unwrap();
    keys.gateway.push(Gateway {
        access_key: "b".into(),
        institutions: vec!["H50000000005".into()],
        ..keys.gateway[0].clone()
    });
    let two = Guard::new(keys, &demo::directory().unwrap(), true).unwrap();
    assert_eq!(admitted(&two, "H50000000005", "{}", &good, NOW), Err("institution_not_of_key".to_owned()));
    assert!(two.admits(GATEWAY, &|name| good.iter().find(|h| h.0 == name).map(|h| h.1), || NOW));
    assert!(!two.admits("H50000000005", &|name| good.iter().find(|h| h.0 == name).map(|h| h.1), || NOW));
    assert!(!two.admits(CAINFO, &|_| None, || NOW), "who signs in the envelope only");
}

#[test]
fn a_tif_request_is_let_in_once_for_each_nonce() {
    let guard = guard();
    let sign = |time: i64, nonce: &str| shown(&tif::signature_of("DEMO-tif-token-0001", &time.to_string(), nonce));
    let send = |paasid: &str, time: &str, nonce: &str, signature: &str, now: i64| {
        let headers = [
            ("x-tif-paasid", paasid),
            ("x-tif-timestamp", time),
            ("x-tif-nonce", nonce),
            ("x-tif-signature", signature),
        ];
        admitted(&guard, TIF, "{}", &headers, now)
    };
    let say = |wrong: tif::Wrong| Err(format!(r#"500 {{"code":400001,"msg":"{}"}}"#, wrong.text()));
    let seconds = NOW / 1000;
    let at = seconds.to_string();
    let long = "n".repeat(65);
    for (name, paasid, time, nonce, signature, now, expected) in [
        ("good", "demo-paas", at.as_str(), "n-0001", TIF_EXAMPLE.to_owned(), NOW, Ok(())),
        ("its nonce again", "demo-paas", &at, "n-0001", TIF_EXAMPLE.to_owned(), NOW + 1, say(tif::Wrong::Nonce)),
        ("in capitals", "demo-paas", &at, "n-0002", sign(seconds, "n-0002").to_uppercase(), NOW, Ok(())),
        ("three minutes old", "demo-paas", &at, "n-0003", sign(seconds, "n-0003"), NOW + 180_000, Ok(())),
        ("older", "demo-paas", &at, "n-0004", sign(seconds, "n-0004"), NOW + 180_001, say(tif::Wrong::Time)),
        ("ahead", "demo-paas", &at, "n-0005", sign(seconds, "n-0005"), NOW - 180_000, Ok(())),
        ("further ahead", "demo-paas", &at, "n-0006", sign(seconds, "n-0006"), NOW - 180_001, say(tif::Wrong::Time)),
        ("unknown", "nobody", &at, "n-0007", sign(seconds, "n-0007"), NOW, say(tif::Wrong::Key)),
        ("another nonce", "demo-paas", &at, "n-0008", sign(seconds, "n-0009"), NOW, say(tif::Wrong::Signature)),
        ("no digits", "demo-paas", &at, "n-0010", "zz".to_owned(), NOW, say(tif::Wrong::Signature)),
        ("cut short", "demo-paas", &at, "n-0001", TIF_EXAMPLE[..62].to_owned(), NOW, say(tif::Wrong::Signature)),
        ("no time", "demo-paas", "soon", "n-0011", String::new() + "00", NOW, say(tif::Wrong::Time)),
        ("no nonce", "demo-paas", &at, "", sign(seconds, ""), NOW, say(tif::Wrong::Headers)),
        ("a long nonce", "demo-paas", &at, &long, sign(seconds, &long), NOW, say(tif::Wrong::Signature)),
    ] {
        assert_eq!(send(paasid, time, nonce, &signature, now), expected, "{name}");
    }
}

/// An envelope, signed with the example's key; `change` is made after signing.
fn enveloped(kind: &str, input: &str, change: (&str, &str)) -> String {
    let message = format!(
        r#"{{"infno":"1101","msgid":"H5000000000320260301080000","opter_type":1,"inf_time":"2026-03-01 08:00:00",
        "fixmedins_code":"{CAINFO}","sign_no":null,"signtype":"SM2","cainfo":"@","input":{input}}}"#
    );
    let signed = signed(&message, kind);
    assert!(signed.contains(change.0), "{signed}");
    signed.replacen(change.0, change.1, 1)
}

/// A message with its signature in the place of `@`, signed with the example's key.
fn signed(message: &str, kind: &str) -> String {
    let text = cainfo::signed_text(&read_text(message).unwrap());
    let key = SigningKey::from_slice("1234567812345678", &hex(PRIVATE)).unwrap();
    let signature: sm2::dsa::Signature = key.sign(text.as_bytes());
    let said = match kind {
        "der" => base16ct::upper::encode_string(signature.to_der().as_bytes()),
        "bare" => shown(&signature.to_bytes()),
        "base64" => STANDARD.encode(signature.to_der().as_bytes()),
        other => other.to_owned(),
    };
    message.replacen('@', &said, 1)
}

#[test]
fn the_envelope_is_signed_over_its_fields_sorted_by_name() {
    let message = r#"{"signtype":"SM2","cainfo":"x","b":null,"a":1.50,"input":{"data":{}},"Z":"","infno":"1101"}"#;
    assert_eq!(cainfo::signed_text(&read_text(message).unwrap()), "Z=&a=1.50&b=&infno=1101&signtype=SM2");
}

#[test]
fn a_signed_envelope_is_let_in_and_a_changed_one_is_refused_by_name() {
    let guard = guard();
    let same = ("{", "{");
    for (name, message, now, expected) in [
        ("hexadecimal DER", enveloped("der", "{}", same), NOW, None),
        ("bare", enveloped("bare", "{}", same), NOW, None),
        ("base64", enveloped("base64", "{}", same), NOW, None),
        ("sent again", enveloped("der", "{}", same), NOW + 5000, None),
        ("with another input", enveloped("der", r#"{"data":1}"#, same), NOW, Some("signature_replayed")),
        ("half an hour old", enveloped("der", "{}", same), NOW + 1_800_000, None),
        ("older", enveloped("der", "{}", same), NOW + 1_800_001, Some("signature_stale")),
        ("ahead", enveloped("der", "{}", same), NOW - 300_001, Some("signature_stale")),
        ("unsigned", enveloped("", "{}", same), NOW, Some("signature_missing")),
        ("null", enveloped("null", "{}", same), NOW, Some("signature_missing")),
        ("no signature", enveloped("签名", "{}", same), NOW, Some("signature_wrong")),
        ("short", enveloped("00", "{}", same), NOW, Some("signature_wrong")),
        ("another number", enveloped("der", "{}", ("1101", "2207")), NOW, Some("signature_wrong")),
        ("another message number", enveloped("der", "{}", ("080000\"", "080001\"")), NOW, Some("signature_wrong")),
        ("another time", enveloped("der", "{}", ("08:00:00", "08:00:01")), NOW, Some("signature_wrong")),
        ("no time", enveloped("der", "{}", ("2026-03-01 08:00:00", "now")), NOW, Some("invalid_value")),
        ("one field more", enveloped("der", "{}", ("{", "{\"dev_no\":\"1\",")), NOW, Some("signature_wrong")),
        ("another kind", enveloped("der", "{}", ("\"SM2\"", "\"SM3\"")), NOW, Some("invalid_value")),
    ] {
        assert_eq!(
            admitted(&guard, CAINFO, &message, &[], now),
            expected.map_or(Ok(()), |code| Err(code.into())),
            "{name}"
        );
    }
}

#[test]
fn where_others_can_reach_the_service_nobody_goes_unsigned() {
    let directory = demo::directory().unwrap();
    let said = |keys: &str| Guard::new(Keys::read(keys).unwrap(), &directory, false).err().unwrap();
    let own = DEMO_KEYS.replace("DEMO-", "OWN1-");
    assert!(said(&own).contains("cainfo 第 1 项：示例中的密钥人人可见"), "{}", said(&own));
    let other = SigningKey::from_slice("", &[42; 32]).unwrap();
    let point = base16ct::upper::encode_string(other.verifying_key().to_sec1_point(false).as_bytes());
    let own = own.replace(&DEMO_KEYS[DEMO_KEYS.find("0409F9").unwrap()..][..130], &point);
    assert!(said(DEMO_KEYS).contains("gateway（access_key demo-gateway）：示例中的密钥人人可见"));
    assert!(said(&own).contains("13 个机构没有：H21120000006、"), "{}", said(&own));
    let rest: Vec<String> = directory
        .institution_codes()
        .filter(|code| !DEMO_KEYS.contains(code))
        .map(|code| format!("\"{code}\""))
        .collect();
    let whole = own.replacen("\"P50000000004\"", &format!("\"P50000000004\",{}", rest.join(",")), 1);
    let guard = Guard::new(Keys::read(&whole).unwrap(), &directory, false).unwrap();
    assert_eq!(admitted(&guard, "H99999999999", "{}", &[], NOW), Err("no_key_for_institution".to_owned()));
    assert!(admitted(&guard, GATEWAY, "{}", &[], NOW).unwrap_err().starts_with("401"));
}

#[test]
fn a_wrong_file_of_keys_is_told_by_entry_and_keeps_its_secrets() {
    let directory = demo::directory().unwrap();
    for (from, to, says) in [
        ("window_seconds = 1800", "window = 1800", "第 9 行：unknown field `window`"),
        (
            "secret_key = \"DEMO-gateway-secret\"",
            "secret_key = \"s3cr3t\"",
            "gateway（access_key demo-gateway）：密钥太短",
        ),
        ("secret_key = \"DEMO-gateway-secret\"", "", "missing field `secret_key`"),
        ("\"DEMO-tif-token-0001\"", "\"DEMO-tif-token-0001", "第 15 行"),
        ("H50000000002", "H99999999999", "tif（paasid demo-paas）：机构 H99999999999 不在机构目录中"),
        ("H50000000002", "H50000000001", "机构 H50000000001 有两个网关签名方式"),
        ("institutions = [\"H50000000002\"]", "institutions = []", "tif（paasid demo-paas）：institutions 不能为空"),
        ("paasid = \"demo-paas\"", "paasid = \"\"", "paasid「」为空或重复"),
        ("0409F9", "0409F8", "cainfo（机构 H50000000003）：public_key 不是 SM2 公钥"),
        ("0409F9", "zz", "不是十六进制文字"),
        ("DEMO-sm4-key-001", "DEMO-sm4-key-00001", "sm4 第 1 项：key 应为 16 个字符或 32 位十六进制"),
        ("[[sm4]]", "[[sm5]]", "unknown field `sm5`"),
    ] {
        assert!(DEMO_KEYS.contains(from), "{from}");
        let text = DEMO_KEYS.replacen(from, to, 1);
        let said = Keys::read(&text).and_then(|keys| Guard::new(keys, &directory, true).map(|_| ())).unwrap_err();
        assert!(said.contains(says), "{says}: {said}");
        assert!(
            !["s3cr3t", "gateway-secret", "tif-token", "sm4-key-0"].iter().any(|secret| said.contains(secret)),
            "{said}"
        );
    }
    assert!(!format!("{:?}", Keys::read(DEMO_KEYS).unwrap()).contains("DEMO-"));
}

/// The page that vendors read.
fn documented() -> String {
    std::fs::read_to_string("../../docs/reference/national-interface.md").unwrap()
}

#[test]
fn the_documented_example_of_each_scheme_is_what_comes_out() {
    let page = documented();
    let said = |part: &str| assert!(page.contains(part), "docs/reference/national-interface.md lacks: {part}");
    said("_api_access_key=demo-gateway&_api_name=1101&_api_timestamp=1772323200000&_api_version=1.0.0");
    said(&format!("_api_signature: {GATEWAY_EXAMPLE}"));
    said("1772323200DEMO-tif-token-0001n-00011772323200");
    said(&format!("x-tif-signature: {TIF_EXAMPLE}"));
    // The message of the envelope's example is on the page as it is sent.
    let (_, rest) = page.split_once("```json\n").unwrap();
    let (message, _) = rest.split_once("\n```").unwrap();
    let read = read_text(message).unwrap();
    said(&format!("    {}\n", cainfo::signed_text(&read)));
    assert_eq!(admitted(&guard(), CAINFO, message, &[], NOW), Ok(()), "the signature on the page");
    let Some(Json::Text(kind)) = read.get("enc_type") else { panic!() };
    let input = guard().decrypted(CAINFO, "enc_type", kind, read.get("input").unwrap()).unwrap();
    said(&format!("    {input}\n"));
}

#[test]
fn every_key_of_the_file_of_keys_is_documented() {
    let page = documented();
    let table: toml::Table = DEMO_KEYS.parse().unwrap();
    for (name, entries) in &table {
        assert!(page.contains(&format!("`[[{name}]]`")), "{name}");
        for key in entries[0].as_table().unwrap().keys() {
            assert!(page.contains(&format!("`{key}`")), "{name}.{key}");
        }
    }
}

/// What the page shows, printed anew when it must change: `--nocapture`.
#[test]
fn an_envelope_can_be_signed_as_documented() {
    let input = format!(
        "\"{}\"",
        STANDARD.encode(sm4_encrypted(
            b"DEMO-sm4-key-001",
            br#"{"data":{"mdtrt_cert_type":"02","mdtrt_cert_no":"990000198605011040"}}"#
        ))
    );
    let message = format!(
        r#"{{"infno":"1101","msgid":"H50000000003202603010800000001","mdtrtarea_admvs":"500000","insuplc_admdvs":"",
 "recer_sys_code":"99","infver":"1.0.0","opter_type":"1","opter":"D01","opter_name":"演示",
 "inf_time":"2026-03-01 08:00:00","fixmedins_code":"{CAINFO}","fixmedins_name":"演示社区","sign_no":"",
 "signtype":"SM2","enc_type":"SM4",
 "cainfo":"@",
 "input":{input}}}"#
    );
    let signed = signed(&message, "der");
    println!("{signed}\n\n    {}", cainfo::signed_text(&read_text(&signed).unwrap()));
    assert_eq!(admitted(&guard(), CAINFO, &signed, &[], NOW), Ok(()));
}
