//! The centre that conversations are held with: the demo's data, the shipped policies, a clock that stands still
//! until it is moved, and any store.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use gongji_register::bond::Limits;
use gongji_store::Place;
use jiff::SignedDuration;
use jiff::civil::{DateTime, date};

use serde_json::value::RawValue;

use super::super::catalogues::{Answer, MULTIPART, parts, send, unzipped};
use super::super::{Reply, Server, TERTIARY, message, mutual_aid};
use super::record::{Bound, Exchange, File, Head, line};
use crate::cli::load;
use crate::his::auth::Guard;
use crate::his::{Decider, Policies, profile};
use crate::serve::clock::Clock;
use crate::serve::demo;
use crate::serve::http::{FATE, PATH};

static POLICIES: LazyLock<Arc<Policies>> = LazyLock::new(|| Arc::new(Policies::load(&load::shipped()).unwrap()));

/// Seconds since the morning of the day of the published examples.
#[derive(Default)]
struct Hands(AtomicI64);

const BEGINS: DateTime = date(2024, 6, 1).at(8, 0, 0, 0);

impl Clock for Hands {
    fn now(&self) -> DateTime {
        BEGINS + SignedDuration::from_secs(self.0.load(Ordering::Relaxed))
    }
}

/// A running centre.
pub(super) struct Centre {
    server: Server,
    clock: Arc<Hands>,
}

impl Centre {
    /// Over a store, with the first hospital in the habits of a profile.
    pub(super) fn over(place: Place, profile: &str) -> Self {
        let (_, profile) = profile::all().find(|(name, _)| *name == profile).unwrap();
        let directory = demo::directory().unwrap().in_habit(TERTIARY, profile);
        let clock = Arc::new(Hands::default());
        let told: Arc<dyn Clock> = Arc::<Hands>::clone(&clock);
        let decider: Arc<dyn Decider> = Arc::<Policies>::clone(&POLICIES);
        Self { server: Server::kept_at(place, directory, decider, told, 0, Guard::open()), clock }
    }

    /// What was agreed on at the counter before.
    pub(super) fn bind(&self, bonds: &[Bound]) {
        for Bound { holder, beneficiary, relation, year } in bonds {
            let limits = Limits { year: *year, ..Limits::default() };
            mutual_aid::bind(&self.server, BEGINS, (holder, beneficiary), *relation, limits);
        }
    }

    /// Sends what an exchange sends, or gets its address; fills in what comes back.
    pub(super) fn answer(&self, mut exchange: Exchange) -> Exchange {
        let at: DateTime = exchange.at.parse().unwrap();
        self.clock.0.store(at.duration_since(BEGINS).as_secs(), Ordering::Relaxed);
        let Exchange { path, request, upload, .. } = &exchange;
        let Some(body) = request.as_ref().map(|request| request.get()) else {
            let (status, body) = self.server.exchange(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n"), b"");
            (exchange.status, exchange.reply) = (status, Some(raw(&body)));
            return exchange;
        };
        let Answer { status, kind, body } = match upload {
            None => send(&self.server, path, "application/json", body.as_bytes()),
            Some(file) => send(&self.server, path, MULTIPART, &parts(body, file.text.as_bytes())),
        };
        exchange.status = status;
        (exchange.reply, exchange.download) = if kind == "application/octet-stream" {
            let (name, text) = unzipped(&body);
            (None, Some(File { name, text: String::from_utf8(text).unwrap() }))
        } else {
            (Some(raw(&String::from_utf8(body).unwrap())), None)
        };
        exchange
    }
}

fn raw(text: &str) -> Box<RawValue> {
    serde_json::from_str(text).unwrap_or_else(|_| panic!("no JSON: {text}"))
}

/// Writes a conversation down while it is held.
pub(super) struct Scribe {
    centre: Centre,
    minutes: i64,
    text: String,
}

impl Scribe {
    pub(super) fn new(centre: Centre, head: &Head) -> Self {
        centre.bind(&head.bonds);
        Self { centre, minutes: 0, text: line(head) }
    }

    /// The whole.
    pub(super) fn done(self) -> String {
        self.text
    }

    /// When the next message is sent.
    pub(super) fn now(&self) -> String {
        (BEGINS + SignedDuration::from_mins(self.minutes)).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// A message under the next number, in one line.
    pub(super) fn write(&self, institution: &str, infno: &str, input: &str) -> String {
        let whole = message(infno, &format!("M{:04}", self.minutes), institution, input);
        let one_line: String = whole.lines().map(str::trim_start).collect();
        // A visit of the tests is of another day.
        one_line.replace("2026-03-01 08:00:00", &self.now()).replace("2026-02-10", &self.now()[..10])
    }

    /// Sends an input.
    pub(super) fn say(&mut self, shows: &str, institution: &str, infno: &str, input: &str) -> Reply {
        let body = self.write(institution, infno, input);
        self.post(shows, PATH, &body)
    }

    /// Sends a message as it is.
    pub(super) fn post(&mut self, shows: &str, path: &str, body: &str) -> Reply {
        self.told(shows, path, Some(body), None)
    }

    /// Sends an input with a file beside it.
    pub(super) fn upload(&mut self, shows: &str, institution: &str, infno: &str, input: &str, text: &str) -> Reply {
        let body = self.write(institution, infno, input);
        let file = File { name: "file".to_owned(), text: text.to_owned() };
        self.told(shows, PATH, Some(&body), Some(file))
    }

    /// Asks for the fate of a message.
    pub(super) fn fate(&mut self, shows: &str, institution: &str, msgid: &str) -> Reply {
        self.told(shows, &format!("{FATE}/{institution}/{msgid}"), None, None)
    }

    /// Sends an input that is answered with a file; its text.
    pub(super) fn download(&mut self, shows: &str, institution: &str, infno: &str, input: &str) -> String {
        let body = self.write(institution, infno, input);
        self.exchange(shows, PATH, Some(&body), None).download.unwrap().text
    }

    fn told(&mut self, shows: &str, path: &str, request: Option<&str>, upload: Option<File>) -> Reply {
        Reply::of(self.exchange(shows, path, request, upload).reply.unwrap().get().to_owned())
    }

    fn exchange(&mut self, shows: &str, path: &str, request: Option<&str>, upload: Option<File>) -> Exchange {
        let at = self.now();
        self.minutes += 1;
        let answered = self.centre.answer(Exchange {
            shows: shows.to_owned(),
            at,
            path: path.to_owned(),
            request: request.map(raw),
            upload,
            status: 0,
            reply: None,
            download: None,
        });
        self.text.push_str(&line(&answered));
        answered
    }
}
