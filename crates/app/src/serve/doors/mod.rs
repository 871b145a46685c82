//! Who is let in (谁能进来): local accounts, sessions of browsers, and what each may see. Knows nothing of pages.

pub(crate) mod accounts;
pub(crate) mod session;
pub(crate) mod who;

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};

use crate::serve::clock::Clock;
use accounts::Accounts;
use session::Sessions;
pub(crate) use who::Who;

/// The header in which a browser gives back what it was told at signing in.
pub(crate) const CSRF: &str = "x-csrf-token";
/// The cookie of a session.
pub(crate) const COOKIE: &str = "gongji_session";

/// Accounts and who is signed in at the moment.
pub(crate) struct Doors {
    pub accounts: Accounts,
    pub sessions: Sessions,
    /// Only programs and browsers of this machine are served.
    pub local: bool,
}

impl Doors {
    pub(crate) fn new(accounts: Accounts, clock: Arc<dyn Clock>, local: bool) -> Self {
        Self { accounts, sessions: Sessions::new(clock), local }
    }

    /// Whether a request may come from a page of this service: no other page, and no other name for this machine.
    pub(crate) fn is_same_origin(&self, headers: &HeaderMap) -> bool {
        let host = text(headers.get(header::HOST));
        if self.local && !host.is_empty() && !names_here(host) {
            return false;
        }
        let origin = text(headers.get(header::ORIGIN));
        let said = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        origin.is_empty() || said == Some(host)
    }
}

/// A header's text; empty if there is none.
fn text(value: Option<&HeaderValue>) -> &str {
    value.and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Whether a host, with or without a port, is this machine's own name.
pub(crate) fn names_here(host: &str) -> bool {
    let name = host
        .rsplit_once(':')
        .map_or(host, |(name, port)| if port.bytes().all(|b| b.is_ascii_digit()) { name } else { host });
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Whether a request was made by a program on this machine and not by a page in its browser.
pub(crate) fn from_here(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).is_none_or(|host| names_here(text(Some(host))));
    host && headers.get(header::ORIGIN).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::clock::ChinaTime;

    #[test]
    fn pages_of_others_and_other_names_for_this_machine_are_not_same_origin() {
        let doors = |local| Doors::new(Accounts::demo().unwrap(), Arc::new(ChinaTime), local);
        for (local, host, origin, same) in [
            (true, "127.0.0.1:8080", None, true),
            (true, "127.0.0.1:8080", Some("http://127.0.0.1:8080"), true),
            (true, "localhost:8080", Some("http://127.0.0.1:8080"), false),
            (true, "evil.example", None, false),
            (true, "127.0.0.1:8080", Some("http://evil.example"), false),
            (true, "127.0.0.1:8080", Some("null"), false),
            (false, "gongji.example", Some("https://gongji.example"), true),
            (false, "gongji.example", Some("https://evil.example"), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(doors(local).is_same_origin(&headers), same, "{host} {origin:?}");
        }
    }
}
