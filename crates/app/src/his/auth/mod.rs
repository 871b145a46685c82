//! Who may speak for which institution (接入认证): gateway headers (schemes A and B), the envelope's signature
//! (`cainfo`), and the key with which `input` is encrypted. Asked once the envelope has been read and before
//! anything is decided. What a wrong signature is answered with is the scheme's own. Must never know what a
//! transaction means, nor read the clock.

mod cainfo;
mod gateway;
pub(crate) mod keys;
mod provider;
mod tif;
mod used;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use self::keys::{Cainfo, Gateway, Keys, Tif};
use self::provider::{Provider, Software};
use self::used::{Use, Used};
use super::directory::Directory;
use super::errors::{Code, Fault};
use super::json::Json;

/// The headers of a request, by their name in small letters.
pub(crate) type Headers<'a> = dyn Fn(&str) -> Option<&'a str> + 'a;

/// Which times are taken, in seconds: how old, and how far ahead.
struct Times {
    window: u32,
    ahead: u32,
}

impl Times {
    /// Whether a moment is taken at another, both in milliseconds.
    fn take(&self, sent: i64, now: i64) -> bool {
        let (window, ahead) = (i64::from(self.window) * 1000, i64::from(self.ahead) * 1000);
        now.checked_sub(sent).is_some_and(|age| -ahead <= age && age <= window)
    }
}

/// Why a message is not let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// With a reply of the interface.
    Fault(Fault),
    /// With the gateway's own answer: status and body.
    Gateway(u16, String),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<gateway::Wrong> for Refused {
    fn from(wrong: gateway::Wrong) -> Self {
        Self::Gateway(401, format!(r#"{{"code":401,"message":"{}"}}"#, wrong.text()))
    }
}

impl From<tif::Wrong> for Refused {
    fn from(wrong: tif::Wrong) -> Self {
        Self::Gateway(500, format!(r#"{{"code":400001,"msg":"{}"}}"#, wrong.text()))
    }
}

/// What is asked of one institution.
#[derive(Clone, Debug, Default)]
struct Lock {
    front: Option<Front>,
    cainfo: Option<Arc<Cainfo>>,
    sm4: Option<[u8; 16]>,
}

/// Which headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Front {
    Gateway,
    Tif,
}

/// Lets messages in.
pub(crate) struct Guard {
    /// Only this machine can reach the service.
    local: bool,
    locks: HashMap<String, Lock>,
    gateways: HashMap<String, Gateway>,
    tifs: HashMap<String, Tif>,
    provider: Box<dyn Provider>,
    used: Mutex<Used>,
}

impl Guard {
    /// Of a service that only this machine can reach and that asks nobody who they are.
    pub(crate) fn open() -> Self {
        Self::of(HashMap::new(), Keys::default(), true)
    }

    /// Of a service with keys.
    ///
    /// # Errors
    /// Says in words what is wrong with the keys, or who has none where others can reach the service.
    pub(crate) fn new(keys: Keys, directory: &Directory, local: bool) -> Result<Self, String> {
        if let Some(stranger) = keys.stranger(|code| directory.institution(code).is_some()) {
            return Err(stranger);
        }
        if let Some(example) = keys.example().filter(|_| !local) {
            return Err(format!("{example}：示例中的密钥人人可见，对外监听须换成自己的"));
        }
        let guard = Self::of(locks(&keys)?, keys, local);
        let bad = guard.locks.values().filter_map(|lock| lock.cainfo.as_ref());
        if let Some(key) = bad.into_iter().find(|key| !guard.provider.is_public_key(&key.public_key)) {
            return Err(format!("cainfo（机构 {}）：public_key 不是 SM2 公钥", key.institutions.join("、")));
        }
        let signs =
            |code: &str| guard.locks.get(code).is_some_and(|lock| lock.front.is_some() || lock.cainfo.is_some());
        let mut without: Vec<&str> = directory.institution_codes().filter(|code| !signs(code)).collect();
        without.sort_unstable();
        if local || without.is_empty() {
            return Ok(guard);
        }
        let shown = without.iter().take(5).copied().collect::<Vec<_>>().join("、");
        Err(format!("对外监听时每个机构都须有签名方式，{} 个机构没有：{shown}", without.len()))
    }

    fn of(locks: HashMap<String, Lock>, keys: Keys, local: bool) -> Self {
        Self {
            local,
            locks,
            gateways: keys.gateway.into_iter().map(|key| (key.access_key.clone(), key)).collect(),
            tifs: keys.tif.into_iter().map(|key| (key.paasid.clone(), key)).collect(),
            provider: Box::new(Software),
            used: Mutex::default(),
        }
    }

    /// Whether only this machine can reach the service.
    pub(crate) fn is_local(&self) -> bool {
        self.local
    }

    /// Holds a message to what is asked of its institution. `now` tells the time in milliseconds.
    pub(crate) fn admit(
        &self,
        institution: &str,
        message: &Json,
        headers: &Headers<'_>,
        now: impl Fn() -> i64,
    ) -> Result<(), Refused> {
        let Some(lock) = self.locks.get(institution) else {
            if self.local {
                return Ok(());
            }
            return Err(Fault::at(Code::NoKeyForInstitution, "fixmedins_code").given(institution).into());
        };
        let now = now();
        if let Some(front) = lock.front {
            self.admit_headers(front, institution, headers, now)?;
        }
        if let Some(key) = &lock.cainfo {
            self.admit_signature(key, institution, message, now)?;
        }
        Ok(())
    }

    /// Whether nothing is asked of an institution's messages.
    pub(crate) fn goes_unsigned(&self, institution: &str) -> bool {
        let asked = |lock: &Lock| lock.front.is_some() || lock.cainfo.is_some();
        self.local && !self.locks.get(institution).is_some_and(asked)
    }

    /// Whether headers show that an institution asks, for what is no message.
    pub(crate) fn admits(&self, institution: &str, headers: &Headers<'_>, now: impl Fn() -> i64) -> bool {
        let front = self.locks.get(institution).and_then(|lock| lock.front);
        front.is_some_and(|front| self.admit_headers(front, institution, headers, now()).is_ok())
    }

    fn admit_headers(&self, front: Front, institution: &str, headers: &Headers<'_>, now: i64) -> Result<(), Refused> {
        let institutions = match front {
            Front::Gateway => &gateway::check(&self.gateways, headers, now)?.institutions,
            Front::Tif => {
                let signed = tif::check(&self.tifs, headers, now)?;
                let what = self.provider.sm3(format!("tif\n{}\n{}", signed.key.paasid, signed.nonce).as_bytes());
                match self.take(what, [0; 32], now, signed.sent + i64::from(signed.key.window_seconds) * 1000) {
                    Use::First => &signed.key.institutions,
                    Use::Full => return Err(tif::Wrong::Full.into()),
                    Use::Same | Use::Other => return Err(tif::Wrong::Nonce.into()),
                }
            }
        };
        if institutions.iter().any(|code| code == institution) {
            return Ok(());
        }
        let fault = Fault::at(Code::InstitutionNotOfKey, "fixmedins_code").given(institution);
        Err(fault.allowed(format!(" {}", institutions.join("、"))).into())
    }

    fn admit_signature(&self, key: &Cainfo, institution: &str, message: &Json, now: i64) -> Result<(), Fault> {
        let signed = cainfo::check(&*self.provider, key, message, now)?;
        let what = self.provider.sm3(format!("cainfo\n{institution}\n{}", signed.text).as_bytes());
        let input = message.get("input").map(Json::canonical).unwrap_or_default();
        let content = self.provider.sm3(input.as_bytes());
        match self.take(what, content, now, signed.sent + i64::from(key.window_seconds) * 1000) {
            Use::First | Use::Same => Ok(()),
            Use::Other => {
                Err(Fault::at(Code::SignatureReplayed, "input").allowed("与首次相同的内容，或换新的 msgid 并重新签名"))
            }
            Use::Full => Err(Fault::new(Code::Busy)),
        }
    }

    fn take(&self, what: [u8; 32], content: [u8; 32], now: i64, until: i64) -> Use {
        // Whoever panicked while holding it left a whole table.
        self.used.lock().unwrap_or_else(PoisonError::into_inner).take(what, content, now, until)
    }

    /// The text of an encrypted `input`.
    pub(crate) fn decrypted(&self, institution: &str, field: &str, kind: &str, input: &Json) -> Result<String, Fault> {
        let key = self.locks.get(institution).and_then(|lock| lock.sm4);
        let (Some(key), true) = (key, kind.eq_ignore_ascii_case("SM4")) else {
            let allowed = if key.is_some() { " SM4 或空" } else { "空" };
            return Err(Fault::at(Code::EncryptionUnsupported, field).given(kind).allowed(allowed));
        };
        let Json::Text(text) = input else {
            return Err(Fault::at(Code::DecryptionFailed, "input").allowed("密文的 base64 文字"));
        };
        let plain = STANDARD.decode(text.trim()).ok().and_then(|cipher| self.provider.sm4_decrypted(&key, &cipher));
        let plain = plain.and_then(|plain| String::from_utf8(plain).ok());
        plain.ok_or_else(|| {
            Fault::at(Code::DecryptionFailed, "input").allowed("用登记的密钥加密（SM4、ECB、PKCS#7）的 base64")
        })
    }
}

/// What gateways answer, for the reference: scheme, status, body.
pub(crate) fn answers() -> impl Iterator<Item = (&'static str, u16, String)> {
    let said = |scheme, refused| match refused {
        Refused::Gateway(status, body) => Some((scheme, status, body)),
        Refused::Fault(_) => None,
    };
    let gateway = gateway::Wrong::ALL.into_iter().map(|wrong| ("A `_api_*`", wrong.into()));
    let tif = tif::Wrong::ALL.into_iter().map(|wrong| ("B `x-tif-*`", wrong.into()));
    gateway.chain(tif).filter_map(move |(scheme, refused)| said(scheme, refused))
}

/// What is asked of each institution.
fn locks(keys: &Keys) -> Result<HashMap<String, Lock>, String> {
    let mut locks: HashMap<String, Lock> = HashMap::new();
    let twice = |code: &str, what: &str| format!("机构 {code} 有两个{what}");
    let gateways = keys.gateway.iter().map(|key| (Front::Gateway, &key.institutions));
    for (front, codes) in gateways.chain(keys.tif.iter().map(|key| (Front::Tif, &key.institutions))) {
        for code in codes {
            let lock = locks.entry(code.clone()).or_default();
            // Several keys of one kind may be in use while they are changed.
            if lock.front.replace(front).is_some_and(|before| before != front) {
                return Err(twice(code, "网关签名方式"));
            }
        }
    }
    for key in &keys.cainfo {
        let shared = Arc::new(key.clone());
        for code in &key.institutions {
            if locks.entry(code.clone()).or_default().cainfo.replace(Arc::clone(&shared)).is_some() {
                return Err(twice(code, " cainfo 公钥"));
            }
        }
    }
    for key in &keys.sm4 {
        for code in &key.institutions {
            if locks.entry(code.clone()).or_default().sm4.replace(key.bytes().unwrap_or_default()).is_some() {
                return Err(twice(code, " sm4 密钥"));
            }
        }
    }
    Ok(locks)
}

#[cfg(test)]
mod tests;
