//! The line between a hospital and the centre: messages go over it, in process or over HTTP, at a time that the
//! test sets. Must not know what they say.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, channel};

use gongji_store::Place;
use jiff::SignedDuration;
use jiff::civil::{DateTime, date};

use super::super::{Json, Reply, Server};
use crate::his::auth::Guard;
use crate::his::{Decider, json};
use crate::serve::clock::Clock;
use crate::serve::demo;
use crate::serve::http::{FATE, PATH};

const DAY: i64 = 24 * 3600;

/// A clock that only the simulator moves: seconds since 2026-03-02 began.
#[derive(Default)]
pub(super) struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> DateTime {
        date(2026, 3, 2).at(0, 0, 0, 0) + SignedDuration::from_secs(self.0.load(Ordering::Relaxed))
    }
}

/// A centre that can be reached.
pub(super) struct Line {
    pub server: Server,
    clock: Arc<Hands>,
    over_http: bool,
    _folder: Option<tempfile::TempDir>,
}

impl Line {
    /// To a centre that keeps a file.
    pub(super) fn to_file(decider: Arc<dyn Decider>, over_http: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::file(folder.path().join("centre.db"));
        Self { _folder: Some(folder), ..Self::to(place, decider, over_http) }
    }

    /// To a centre that keeps its books somewhere.
    pub(super) fn to(place: Place, decider: Arc<dyn Decider>, over_http: bool) -> Self {
        let clock = Arc::new(Hands::default());
        let told: Arc<dyn Clock> = Arc::<Hands>::clone(&clock);
        Self {
            server: Server::kept_at(place, demo::directory().unwrap(), decider, told, 0, Guard::open()),
            clock,
            over_http,
            _folder: None,
        }
    }

    /// Sets the time: a day of the run, and the second of that day.
    pub(super) fn at(&self, day: i64, second: i64) {
        self.clock.0.store(day * DAY + second, Ordering::Relaxed);
    }

    /// Lets time pass.
    pub(super) fn wait(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Now, as a hospital writes it.
    pub(super) fn now(&self) -> String {
        self.clock.now().strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// Sends a message and waits for its answer.
    pub(super) fn send(&self, message: &str) -> Reply {
        self.wait(1);
        self.begin(message).end()
    }

    /// Sends the same bytes twice before either is answered.
    pub(super) fn send_twice(&self, message: &str) -> [Reply; 2] {
        self.wait(1);
        let both = [self.begin(message), self.begin(message)];
        both.map(Sent::end)
    }

    /// Sends a message in the last second of a day; the answer comes on the next.
    pub(super) fn send_at_midnight(&self, message: &str, day: i64) -> Reply {
        self.at(day, DAY - 1);
        let sent = self.begin(message);
        if self.over_http {
            let reply = sent.end();
            self.wait(1);
            return reply;
        }
        self.wait(1);
        sent.end()
    }

    fn begin(&self, message: &str) -> Sent {
        let (sender, receiver) = channel();
        if self.over_http {
            let (status, body) = self.server.post(PATH, message.as_bytes());
            assert_eq!(status, 200, "{body}");
            sender.send(body.into_bytes()).unwrap();
        } else {
            self.server.service().answer(message.as_bytes(), None, move |reply| sender.send(reply).unwrap());
        }
        Sent(receiver)
    }

    /// What became of a message (报文去向).
    pub(super) fn fate(&self, institution: &str, msgid: &str) -> Reply {
        let head = format!("GET {FATE}/{institution}/{msgid} HTTP/1.1\r\nHost: localhost\r\n");
        let (status, body) = self.server.exchange(&head, b"");
        assert_eq!(status, 200, "{body}");
        Reply::of(body)
    }
}

/// A message that is under way.
struct Sent(Receiver<Vec<u8>>);

impl Sent {
    fn end(self) -> Reply {
        plain(Reply::read(&self.0.recv().unwrap()).unwrap())
    }
}

/// The reply with its `output` as an object, also where the institution's habit is a text.
pub(super) fn plain(mut reply: Reply) -> Reply {
    let Json::Object(fields) = &mut reply.json else { panic!("{}", reply.raw) };
    for (name, value) in fields {
        if let ("output", Json::Text(text)) = (&**name, &*value) {
            *value = json::read_text(text).unwrap().into_owned();
        }
    }
    reply
}
