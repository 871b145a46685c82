//! The signature in the envelope's field `cainfo` (Hubei): SM2 over all its other fields but `input`, sorted by
//! name. It does not cover `input`; so a signature is bound to the first input that came with it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::DateTime;
use sm2::dsa::Signature;

use super::Times;
use super::keys::Cainfo;
use super::provider::Provider;
use crate::his::errors::{Code, Fault};
use crate::his::json::Json;
use crate::serve::clock::unix_millis;

/// What was signed, and when it was sent.
pub(super) struct Signed {
    pub text: String,
    pub sent: i64,
}

/// Holds a message to its signature.
pub(super) fn check(provider: &dyn Provider, key: &Cainfo, message: &Json, now: i64) -> Result<Signed, Fault> {
    let given = word(message, "cainfo").unwrap_or_default();
    if given.is_empty() || given == "null" {
        return Err(Fault::at(Code::SignatureMissing, "cainfo").allowed(" SM2 签名的十六进制或 base64"));
    }
    let kind = word(message, "signtype").unwrap_or_default();
    if !["", "null", "SM2"].contains(&kind) {
        return Err(Fault::at(Code::InvalidValue, "signtype").given(kind).allowed(" SM2"));
    }
    let sent = sent(message)?;
    if !(Times { window: key.window_seconds, ahead: key.ahead_seconds }).take(sent, now) {
        let allowed = format!("中心时间前 {} 秒至后 {} 秒之间", key.window_seconds, key.ahead_seconds);
        let given = word(message, "inf_time").unwrap_or_default();
        return Err(Fault::at(Code::SignatureStale, "inf_time").given(given).allowed(allowed));
    }
    let wrong = || Fault::at(Code::SignatureWrong, "cainfo").given(given);
    let signature = decoded(given).ok_or_else(|| wrong().allowed(" SM2 签名的十六进制或 base64"))?;
    let text = signed_text(message);
    if provider.sm2_verifies(&key.public_key, &key.user_id, text.as_bytes(), &signature) {
        Ok(Signed { text, sent })
    } else {
        Err(wrong().allowed("用登记的密钥对除 cainfo、input 以外的信封字段（按名排序、以 & 连接）所作的签名"))
    }
}

/// The fields of the envelope but `cainfo` and `input`, by name in order of bytes, `name=value` joined by `&`.
/// Empty values are there, `null` is empty, a number is its digits.
pub(super) fn signed_text(message: &Json) -> String {
    let Json::Object(pairs) = message else { return String::new() };
    let mut fields: Vec<(&str, String)> = pairs
        .iter()
        .filter(|(name, _)| name != "cainfo" && name != "input")
        .map(|(name, value)| (&**name, said(value)))
        .collect();
    fields.sort_unstable();
    fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

fn said(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::Text(text) | Json::Number(text) => text.to_string(),
        other => other.canonical(),
    }
}

fn word<'a>(message: &'a Json, name: &str) -> Option<&'a str> {
    match message.get(name)? {
        Json::Text(text) | Json::Number(text) => Some(text.trim()),
        _ => None,
    }
}

fn sent(message: &Json) -> Result<i64, Fault> {
    let given = word(message, "inf_time").unwrap_or_default();
    let form = "yyyy-MM-dd HH:mm:ss";
    let moment = DateTime::strptime("%Y-%m-%d %H:%M:%S", given);
    moment
        .map(unix_millis)
        .map_err(|_| Fault::at(Code::InvalidValue, "inf_time").given(given).allowed(format!(" {form}")))
}

/// r || s, from DER or bare, in hexadecimal of either case or base64.
fn decoded(given: &str) -> Option<Vec<u8>> {
    let bytes = base16ct::mixed::decode_vec(given).ok().or_else(|| STANDARD.decode(given).ok())?;
    if bytes.len() == 64 { Some(bytes) } else { Some(Signature::from_der(&bytes).ok()?.to_bytes().to_vec()) }
}
