//! Who is signed in (会话): a random number in a cookie, kept here as its hash, and the word that pages give back with
//! every change. Ends after a while without use, after a day's work, and with the process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::serve::clock::{Clock, unix_millis};

const MINUTE: i64 = 60_000;
/// A session ends after so long without use.
const IDLE: i64 = 30 * MINUTE;
/// And after so long in any case.
const LONGEST: i64 = 12 * 60 * MINUTE;
/// So many wrong passwords for a name, then it rests.
const TRIES: u32 = 5;
/// How long it rests.
const REST: i64 = 5 * MINUTE;
/// Most names that are remembered with wrong passwords, and most sessions at a time.
const MOST: usize = 10_000;

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// 登录名
    pub account: String,
    pub csrf: String,
    began: i64,
    used: i64,
}

/// Everybody who is signed in.
pub(crate) struct Sessions {
    live: Mutex<HashMap<[u8; 32], Session>>,
    wrong: Mutex<HashMap<String, (u32, i64)>>,
    clock: Arc<dyn Clock>,
}

impl Sessions {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { live: Mutex::default(), wrong: Mutex::default(), clock }
    }

    fn now(&self) -> i64 {
        unix_millis(self.clock.now())
    }

    /// Begins a session; the text is the cookie's. None if the machine gives no random numbers.
    pub(crate) fn begin(&self, account: &str) -> Option<(String, Session)> {
        let (token, now) = (random()?, self.now());
        let session = Session { account: account.to_owned(), csrf: random()?, began: now, used: now };
        let mut live = held(&self.live);
        live.retain(|_, session| session.lasts(now));
        if live.len() >= MOST {
            return None;
        }
        live.insert(digest(&token), session.clone());
        Some((token, session))
    }

    /// The session of a cookie, used now.
    pub(crate) fn find(&self, token: &str) -> Option<Session> {
        let now = self.now();
        let mut live = held(&self.live);
        let session = live.get_mut(&digest(token)).filter(|session| session.lasts(now))?;
        session.used = now;
        Some(session.clone())
    }

    /// Ends a session.
    pub(crate) fn end(&self, token: &str) {
        held(&self.live).remove(&digest(token));
    }

    /// Whether a password may be tried for a name.
    pub(crate) fn may_try(&self, name: &str) -> bool {
        let now = self.now();
        held(&self.wrong).get(name).is_none_or(|&(tries, last)| tries < TRIES || now - last > REST)
    }

    /// Remembers how a try came out.
    pub(crate) fn tried(&self, name: &str, fits: bool) {
        let now = self.now();
        let mut wrong = held(&self.wrong);
        wrong.retain(|_, (_, last)| now - *last <= REST);
        if fits {
            wrong.remove(name);
        } else if wrong.len() < MOST {
            let (tries, last) = wrong.entry(name.to_owned()).or_default();
            (*tries, *last) = (*tries + 1, now);
        }
    }
}

impl Session {
    const fn lasts(&self, now: i64) -> bool {
        now - self.used <= IDLE && now - self.began <= LONGEST
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// 256 random bits as text.
fn random() -> Option<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{DateTime, date};
    use std::sync::atomic::{AtomicI64, Ordering};

    #[derive(Default)]
    struct Wound(AtomicI64);

    impl Clock for Wound {
        fn now(&self) -> DateTime {
            date(2026, 3, 1).at(8, 0, 0, 0) + jiff::Span::new().minutes(self.0.load(Ordering::Relaxed))
        }
    }

    #[test]
    fn a_session_ends_without_use_after_a_day_and_when_it_is_ended() {
        let clock = Arc::new(Wound::default());
        let sessions = Sessions::new(Arc::<Wound>::clone(&clock));
        let (token, session) = sessions.begin("li").unwrap();
        assert_ne!(token, session.csrf);
        assert!(sessions.find("another").is_none());
        for minute in (0..720).step_by(30) {
            clock.0.store(minute, Ordering::Relaxed);
            assert_eq!(sessions.find(&token).unwrap().account, "li", "{minute}");
        }
        clock.0.store(721, Ordering::Relaxed);
        assert!(sessions.find(&token).is_none(), "a day's work is over");
        let (token, _) = sessions.begin("li").unwrap();
        clock.0.store(752, Ordering::Relaxed);
        assert!(sessions.find(&token).is_none(), "half an hour without use");
        let (token, _) = sessions.begin("li").unwrap();
        sessions.end(&token);
        assert!(sessions.find(&token).is_none());
    }

    #[test]
    fn a_name_rests_after_wrong_passwords_and_others_do_not() {
        let clock = Arc::new(Wound::default());
        let sessions = Sessions::new(Arc::<Wound>::clone(&clock));
        for _ in 0..TRIES {
            assert!(sessions.may_try("li"));
            sessions.tried("li", false);
        }
        assert!(!sessions.may_try("li") && sessions.may_try("wang"));
        clock.0.store(6, Ordering::Relaxed);
        assert!(sessions.may_try("li"));
        sessions.tried("li", true);
        assert!(sessions.may_try("li"));
    }
}
