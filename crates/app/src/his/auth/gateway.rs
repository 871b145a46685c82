//! Scheme A: the service gateway's headers `_api_*`, signed with HMAC-SHA1. There is no nonce in it, so the same
//! signed headers may come again within the window, as a terminal does that lost the answer.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use subtle::ConstantTimeEq as _;

use super::keys::Gateway;
use super::{Headers, Times};

/// What the gateway says, in its own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    Headers,
    Time,
    Key,
    Signature,
}

impl Wrong {
    pub(super) const ALL: [Self; 4] = [Self::Headers, Self::Time, Self::Key, Self::Signature];

    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Headers => "缺少服务网关的请求头!",
            Self::Time => "签名时间戳超时!",
            Self::Key => "非法用户!",
            Self::Signature => "签名不一致!",
        }
    }
}

/// The key that a request is signed with.
pub(super) fn check<'a>(
    keys: &'a HashMap<String, Gateway>,
    headers: &Headers<'_>,
    now: i64,
) -> Result<&'a Gateway, Wrong> {
    let header = |name: &str| headers(name).filter(|value| !value.is_empty()).ok_or(Wrong::Headers);
    let [access_key, name, timestamp, version, signature] = [
        header("_api_access_key")?,
        header("_api_name")?,
        header("_api_timestamp")?,
        header("_api_version")?,
        header("_api_signature")?,
    ];
    let key = keys.get(access_key).ok_or(Wrong::Key)?;
    let sent = timestamp.parse().map_err(|_| Wrong::Time)?;
    if !(Times { window: key.window_seconds, ahead: key.ahead_seconds }).take(sent, now) {
        return Err(Wrong::Time);
    }
    let expected = signature_of(key.secret_key.reveal(), access_key, name, timestamp, version);
    let same: bool = expected.as_bytes().ct_eq(signature.as_bytes()).into();
    if same { Ok(key) } else { Err(Wrong::Signature) }
}

/// base64 of HMAC-SHA1 over the four headers in the order of their names.
pub(super) fn signature_of(secret: &str, access_key: &str, name: &str, timestamp: &str, version: &str) -> String {
    let signed =
        format!("_api_access_key={access_key}&_api_name={name}&_api_timestamp={timestamp}&_api_version={version}");
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(signed.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}
