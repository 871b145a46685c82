//! Scheme B: headers `x-tif-*`, signed with SHA-256 over time, token and nonce. A nonce is taken once.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::keys::Tif;
use super::{Headers, Times};

/// Longest nonce; the ones seen are UUIDs and shorter.
const NONCE: usize = 64;

/// What is wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    Headers,
    Time,
    Key,
    Signature,
    Nonce,
    Full,
}

impl Wrong {
    pub(super) const ALL: [Self; 6] = [Self::Headers, Self::Time, Self::Key, Self::Signature, Self::Nonce, Self::Full];

    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Headers => "缺少请求头 x-tif-paasid、x-tif-timestamp、x-tif-nonce 或 x-tif-signature",
            Self::Time => "x-tif-timestamp 超出允许的范围",
            Self::Key => "x-tif-paasid 未登记",
            Self::Signature => "x-tif-signature 不一致",
            Self::Nonce => "x-tif-nonce 已用过，重发时须换新的并重新签名",
            Self::Full => "请求过多，请稍后重发",
        }
    }
}

/// A request that is signed as it should be; whether its nonce is new is to be asked yet.
#[derive(Debug)]
pub(super) struct Signed<'k, 'h> {
    pub key: &'k Tif,
    pub nonce: &'h str,
    /// When it was sent, in milliseconds.
    pub sent: i64,
}

pub(super) fn check<'k, 'h>(
    keys: &'k HashMap<String, Tif>,
    headers: &Headers<'h>,
    now: i64,
) -> Result<Signed<'k, 'h>, Wrong> {
    let header = |name: &str| headers(name).filter(|value| !value.is_empty()).ok_or(Wrong::Headers);
    let [paasid, timestamp, nonce, signature] =
        [header("x-tif-paasid")?, header("x-tif-timestamp")?, header("x-tif-nonce")?, header("x-tif-signature")?];
    let key = keys.get(paasid).ok_or(Wrong::Key)?;
    let sent = timestamp.parse::<i64>().ok().and_then(|seconds| seconds.checked_mul(1000)).ok_or(Wrong::Time)?;
    if !(Times { window: key.window_seconds, ahead: key.ahead_seconds }).take(sent, now) {
        return Err(Wrong::Time);
    }
    let given = base16ct::mixed::decode_vec(signature).map_err(|_| Wrong::Signature)?;
    let same: bool = signature_of(key.token.reveal(), timestamp, nonce).ct_eq(given.as_slice()).into();
    if !same || nonce.len() > NONCE {
        return Err(Wrong::Signature);
    }
    Ok(Signed { key, nonce, sent })
}

/// SHA-256 over time, token, nonce and time again.
pub(super) fn signature_of(token: &str, timestamp: &str, nonce: &str) -> [u8; 32] {
    Sha256::digest(format!("{timestamp}{token}{nonce}{timestamp}").as_bytes()).into()
}
