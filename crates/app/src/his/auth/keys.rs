//! The file of keys (密钥文件): who signs how, and with what. Kept apart from the list of institutions, since
//! that may be shown to anybody. Secrets are never printed.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Deserializer};

/// Secrets shorter than this can be guessed.
const SHORTEST: usize = 16;
/// How the secrets of the example begin; no real one does.
const EXAMPLE: &str = "DEMO-";
/// How the public key of the standard's example begins, whose private key is printed beside it.
const EXAMPLE_POINT: [u8; 6] = [0x04, 0x09, 0xF9, 0xDF, 0x31, 0x1E];

/// A secret; shown as nothing.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(String);

impl Secret {
    /// What is kept secret.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// What a file of keys says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Keys {
    #[serde(default)]
    pub gateway: Vec<Gateway>,
    #[serde(default)]
    pub tif: Vec<Tif>,
    #[serde(default)]
    pub cainfo: Vec<Cainfo>,
    #[serde(default)]
    pub sm4: Vec<Sm4Key>,
}

/// Scheme A: headers `_api_*` of the insurance bureaus' service gateway (服务网关).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gateway {
    pub access_key: String,
    pub secret_key: Secret,
    pub institutions: Vec<String>,
    /// How old a request may be; the gateways seen take half an hour.
    #[serde(default = "half_an_hour")]
    pub window_seconds: u32,
    /// How far ahead of ours a sender's clock may be.
    #[serde(default = "five_minutes")]
    pub ahead_seconds: u32,
}

/// Scheme B: headers `x-tif-*`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tif {
    pub paasid: String,
    pub token: Secret,
    pub institutions: Vec<String>,
    /// The gateway seen takes three minutes either way.
    #[serde(default = "three_minutes")]
    pub window_seconds: u32,
    #[serde(default = "three_minutes")]
    pub ahead_seconds: u32,
}

/// SM2 over the envelope, in its field `cainfo` (Hubei).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cainfo {
    pub institutions: Vec<String>,
    /// The point of the curve: 04, x, y as 130 hexadecimal digits.
    #[serde(deserialize_with = "hexadecimal")]
    pub public_key: Vec<u8>,
    /// 用户标识 of the signature.
    #[serde(default = "usual_user")]
    pub user_id: String,
    #[serde(default = "half_an_hour")]
    pub window_seconds: u32,
    #[serde(default = "five_minutes")]
    pub ahead_seconds: u32,
}

/// SM4 for `input`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sm4Key {
    pub institutions: Vec<String>,
    /// Sixteen characters, or 32 hexadecimal digits.
    pub key: Secret,
}

fn half_an_hour() -> u32 {
    1800
}

fn five_minutes() -> u32 {
    300
}

fn three_minutes() -> u32 {
    180
}

fn usual_user() -> String {
    "1234567812345678".to_owned()
}

fn hexadecimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    base16ct::mixed::decode_vec(text.trim()).map_err(|_| serde::de::Error::custom("不是十六进制文字"))
}

impl Sm4Key {
    /// The sixteen bytes.
    pub(crate) fn bytes(&self) -> Option<[u8; 16]> {
        let text = self.key.reveal();
        let decoded = if text.len() == 32 { base16ct::mixed::decode_vec(text).ok()? } else { text.as_bytes().to_vec() };
        decoded.try_into().ok()
    }
}

/// One entry as an error names it, with its institutions and its secret, if it is one.
struct Entry<'a> {
    said: String,
    institutions: &'a [String],
    secret: Option<&'a Secret>,
}

impl Keys {
    /// Reads a file of keys.
    ///
    /// # Errors
    /// Says in words which entry cannot be used; never what its secret is.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let keys: Self = toml::from_str(text).map_err(|fault| {
            // The library would show the line, and with it the secret.
            let line = fault.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            format!("第 {line} 行：{}", fault.message())
        })?;
        keys.check()?;
        Ok(keys)
    }

    fn check(&self) -> Result<(), String> {
        let mut names = HashSet::new();
        let gateway = self.gateway.iter().map(|key| ("access_key", &key.access_key));
        for (kind, name) in gateway.chain(self.tif.iter().map(|key| ("paasid", &key.paasid))) {
            if name.is_empty() || !names.insert((kind, name)) {
                return Err(format!("{kind}「{name}」为空或重复"));
            }
        }
        for Entry { said, institutions, secret } in self.entries() {
            if institutions.is_empty() {
                return Err(format!("{said}：institutions 不能为空"));
            }
            if secret.is_some_and(|secret| secret.reveal().len() < SHORTEST) {
                return Err(format!("{said}：密钥太短，至少 {SHORTEST} 个字符"));
            }
        }
        match self.sm4.iter().position(|key| key.bytes().is_none()) {
            Some(at) => Err(format!("sm4 第 {} 项：key 应为 16 个字符或 32 位十六进制", at + 1)),
            None => Ok(()),
        }
    }

    fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let gateway = self.gateway.iter().map(|key| Entry {
            said: format!("gateway（access_key {}）", key.access_key),
            institutions: &key.institutions,
            secret: Some(&key.secret_key),
        });
        let tif = self.tif.iter().map(|key| Entry {
            said: format!("tif（paasid {}）", key.paasid),
            institutions: &key.institutions,
            secret: Some(&key.token),
        });
        let cainfo = self.cainfo.iter().enumerate().map(|(at, key)| Entry {
            said: format!("cainfo 第 {} 项", at + 1),
            institutions: &key.institutions,
            secret: None,
        });
        let sm4 = self.sm4.iter().enumerate().map(|(at, key)| Entry {
            said: format!("sm4 第 {} 项", at + 1),
            institutions: &key.institutions,
            secret: Some(&key.key),
        });
        gateway.chain(tif).chain(cainfo).chain(sm4)
    }

    /// An entry with an institution that nobody knows.
    pub(crate) fn stranger(&self, known: impl Fn(&str) -> bool) -> Option<String> {
        self.entries().find_map(|entry| {
            let code = entry.institutions.iter().find(|code| !known(code))?;
            Some(format!("{}：机构 {code} 不在机构目录中", entry.said))
        })
    }

    /// An entry whose secret is printed in the example or the standard.
    pub(crate) fn example(&self) -> Option<String> {
        let printed = |entry: &Entry<'_>| entry.secret.is_some_and(|secret| secret.reveal().starts_with(EXAMPLE));
        let point = self.cainfo.iter().position(|key| key.public_key.starts_with(&EXAMPLE_POINT));
        let entry = self.entries().find(printed).map(|entry| entry.said);
        entry.or_else(|| point.map(|at| format!("cainfo 第 {} 项", at + 1)))
    }
}
