//! Answers that go wrong on demand, so that a vendor can try how the client recovers: asked for with a message's
//! header, or beforehand for the next message of an institution. Never touches what is settled.

use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::his::envelope::Outline;
use crate::his::json;

/// The header that asks for it.
pub(crate) const HEADER: &str = "x-gongji-sandbox";

/// The longest delay in milliseconds.
const LONGEST: u64 = 120_000;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It happens, and the line breaks before the answer.
    DropReply,
    /// The line breaks before the message is looked at.
    DropRequest,
    /// It happens, and the answer takes so many milliseconds longer.
    Delay(u64),
    /// It does not happen: too many wait.
    Busy,
    /// It happens, but the answer says that nobody knows.
    Away,
}

/// What can be asked for, for who asks for something else.
pub(crate) const ALLOWED: &str = "drop-reply、drop-request、delay=毫秒（至多 120000）、busy、away";

impl FromStr for Trouble {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let delay = |text: &str| text.parse().ok().filter(|millis| *millis <= LONGEST).map(Self::Delay);
        let known = match text.trim() {
            "drop-reply" => Some(Self::DropReply),
            "drop-request" => Some(Self::DropRequest),
            "busy" => Some(Self::Busy),
            "away" => Some(Self::Away),
            other => other.strip_prefix("delay=").and_then(delay),
        };
        known.ok_or_else(|| format!("沙箱没有「{}」，应为 {ALLOWED}\n", text.escape_debug()))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DropReply => f.write_str("drop-reply"),
            Self::DropRequest => f.write_str("drop-request"),
            Self::Delay(millis) => write!(f, "delay={millis}"),
            Self::Busy => f.write_str("busy"),
            Self::Away => f.write_str("away"),
        }
    }
}

impl Trouble {
    /// How much later the answer goes out.
    pub(crate) fn delay(self) -> Option<Duration> {
        match self {
            Self::Delay(millis) => Some(Duration::from_millis(millis)),
            _ => None,
        }
    }
}

/// What was asked for beforehand.
#[derive(Debug, Default)]
pub(crate) struct Troubles(Mutex<Vec<Ordered>>);

#[derive(Debug)]
struct Ordered {
    institution: String,
    infno: String,
    trouble: Trouble,
}

/// Most that may be asked for and not have happened yet.
const MOST: usize = 1000;

impl Troubles {
    /// Orders trouble for the next message of an institution with this number; its letter forms too.
    pub(crate) fn order(&self, institution: String, infno: String, trouble: Trouble) {
        let mut orders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if orders.len() < MOST {
            orders.push(Ordered { institution, infno, trouble });
        }
    }

    /// The trouble of a message: what its header asks for, else what was ordered.
    ///
    /// # Errors
    /// When the header asks for something that there is not.
    pub(crate) fn of(&self, header: Option<&str>, body: &[u8]) -> Result<Option<Trouble>, String> {
        if let Some(header) = header {
            return header.parse().map(Some);
        }
        let mut orders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if orders.is_empty() {
            return Ok(None);
        }
        let Ok(message) = json::read(body) else { return Ok(None) };
        let outline = Outline::of(&message);
        let base = outline.infno.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let meant = |order: &Ordered| order.institution == outline.institution && order.infno == base;
        let at = orders.iter().position(meant);
        Ok(at.map(|at| orders.remove(at).trouble))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_read_as_it_is_written_and_nothing_else_is() {
        for text in ["drop-reply", "drop-request", "delay=0", "delay=120000", "busy", "away"] {
            assert_eq!(text.parse::<Trouble>().unwrap().to_string(), text);
        }
        for text in ["", "drop", "delay", "delay=", "delay=-1", "delay=120001", "delay=1.5", "Busy"] {
            assert!(text.parse::<Trouble>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_ordered_happens_once_and_to_that_institution_only() {
        let troubles = Troubles::default();
        let body = |institution: &str, infno: &str| {
            format!(r#"{{"infno":"{infno}","fixmedins_code":"{institution}"}}"#).into_bytes()
        };
        troubles.order("H1".to_owned(), "2207".to_owned(), Trouble::DropReply);
        assert_eq!(troubles.of(None, &body("H2", "2207")), Ok(None));
        assert_eq!(troubles.of(None, &body("H1", "2206")), Ok(None));
        assert_eq!(troubles.of(None, b"no message"), Ok(None));
        assert_eq!(troubles.of(Some("busy"), &body("H1", "2207")), Ok(Some(Trouble::Busy)));
        assert_eq!(troubles.of(None, &body("H1", "2207A")), Ok(Some(Trouble::DropReply)));
        assert_eq!(troubles.of(None, &body("H1", "2207A")), Ok(None));
    }
}
