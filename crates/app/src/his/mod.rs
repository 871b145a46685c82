//! The national interface (定点医药机构接口规范), outpatient clinics and pharmacies: one file for each transaction, listed in
//! [`offered`]. The only place that knows national field names of messages.
//!
//! A message goes through here so: [`json`] reads it exactly, [`envelope`] takes the envelope off,
//! a transaction file reads its fields ([`decode`]) into a [`call::Plan`]; the store's writer asks
//! the journal for an earlier answer to the same message and, if there is none, runs the plan on
//! the [`book::Book`] as it then is; what the plan wants kept is appended, committed, and only
//! then the reply goes out. A plan that only asks is run at once, on the thread that the message came on, where
//! the message is certainly new and what is committed of its person and visit is at hand.
//!
//! Not here: sockets, clocks, files (the serve module), and any number of law (the packages).

pub(crate) mod archive;
pub(crate) mod auth;
pub(crate) mod benefit;
pub(crate) mod book;
pub(crate) mod call;
pub(crate) mod closing;
pub(crate) mod codes;
pub(crate) mod decider;
mod decode;
pub(crate) mod desk;
mod dictionary;
pub(crate) mod directory;
mod encoding;
mod engine;
pub(crate) mod entry;
pub(crate) mod envelope;
pub(crate) mod errors;
mod fate;
pub(crate) mod files;
pub(crate) mod interface;
pub(crate) mod json;
pub(crate) mod listing;
pub(crate) mod member;
pub(crate) mod moment;
pub(crate) mod moves;
pub(crate) mod number;
mod offered;
pub(crate) mod opening;
pub(crate) mod past;
pub(crate) mod paying;
pub(crate) mod person;
mod posted;
pub(crate) mod pricing;
pub(crate) mod profile;
mod purchase;
pub(crate) mod reconcile;
pub(crate) mod reference;
pub(crate) mod remedies;
mod row;
mod setlinfo;
mod settling;
pub(crate) mod sheet;
pub(crate) mod statement;
mod t1101;
mod t1201;
mod t1312;
mod t13xx;
mod t1901;
mod t2001;
mod t2101;
mod t2102;
mod t2103;
mod t2201;
mod t2202;
mod t2203;
mod t2204;
mod t2205;
mod t2206;
mod t2207;
mod t2208;
mod t2601;
mod t3101;
mod t3201;
mod t3202;
mod t5201;
mod t5202;
mod t5203;
mod t5204;
mod t5205;
mod t5206;
mod t9001;
mod t9002;
mod t9101;
mod t9102;
mod untold;
pub(crate) mod uses;
pub(crate) mod visited;
mod written;
pub(crate) mod zipped;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Bytes;
use compact_str::CompactString;
use gongji_store::{Draft, Key, Known, Outcome, Place, Reply, Request, Store};

use crate::serve::clock::{Clock, unix_millis};
use archive::Archive;
use auth::{Guard, Headers, Refused};
pub(crate) use book::Book;
use book::{Change, View};
use call::{About, Call, Decide, Done, Look, Looking, Plan, Work};
pub(crate) use decider::Decider;
use decode::{Input, Notes};
use directory::Directory;
pub(crate) use engine::Policies;
use envelope::{Envelope, Outline, Stamp};
use errors::{Code, Fault};
use files::{Files, MemoryFiles};
use json::Json;
use member::{Record, certificate_name, record_name};
pub(crate) use moment::Moment;
pub(crate) use opening::StartError;
use profile::Profile;
use untold::from_store;
use written::json_of;

/// Answers messages of the national interface.
pub(crate) struct Service {
    directory: Arc<Directory>,
    decider: Arc<dyn Decider>,
    store: Store<Book>,
    archive: Arc<Archive>,
    clock: Arc<dyn Clock>,
    files: Arc<dyn Files>,
    replies: AtomicU64,
    guard: Guard,
}

/// A message that was read, with what came beside it.
struct Message<'t> {
    outline: Outline,
    envelope: Envelope,
    input: Json<'t>,
    upload: Option<Bytes>,
    notes: Notes,
}

impl Message<'_> {
    /// The same for another thread.
    fn into_owned(self) -> Message<'static> {
        let Self { outline, envelope, input, upload, notes } = self;
        Message { outline, envelope, input: input.into_owned(), upload, notes }
    }
}

/// A message that is to be decided.
struct Deciding {
    decide: Decide,
    envelope: Envelope,
    notes: Notes,
    now: Moment,
    stamp: Stamp,
}

/// What goes back to whoever sent a message.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A reply of the interface.
    Reply(Vec<u8>),
    /// What a gateway in front of it would have said: status and body.
    Gateway(u16, String),
}

impl Service {
    /// Opens the store, and the accounts of members who have none yet.
    ///
    /// # Errors
    /// Whatever keeps the store from opening or the accounts from being opened.
    pub(crate) fn open(
        place: &Place,
        directory: Directory,
        decider: Arc<dyn Decider>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StartError> {
        Self::begin(place, directory, decider, clock, None)
    }

    /// As [`Service::open`], on a store whose first event is a mark that somebody can find again.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn open_marked(
        place: &Place,
        directory: Directory,
        decider: Arc<dyn Decider>,
        clock: Arc<dyn Clock>,
        mark: &Key,
    ) -> Result<Self, StartError> {
        Self::begin(place, directory, decider, clock, Some(mark))
    }

    fn begin(
        place: &Place,
        directory: Directory,
        decider: Arc<dyn Decider>,
        clock: Arc<dyn Clock>,
        mark: Option<&Key>,
    ) -> Result<Self, StartError> {
        let directory = Arc::new(directory);
        let store = Store::open(place, Book::new(Arc::clone(&decider)))?;
        if let Some(mark) = mark {
            opening::mark(&store, mark, Moment::of(clock.now()))?;
        }
        opening::enrol(&store, &directory, Moment::of(clock.now()))?;
        let archive = Arc::new(Archive::start(place)?);
        let files = Arc::new(MemoryFiles::default());
        let (replies, guard) = (AtomicU64::new(0), Guard::open());
        Ok(Self { directory, decider, store, archive, clock, files, replies, guard })
    }

    /// The same service with somebody at its door.
    pub(crate) fn guarded(self, guard: Guard) -> Self {
        Self { guard, ..self }
    }

    /// Whether only this machine can reach the service.
    pub(crate) fn is_local(&self) -> bool {
        self.guard.is_local()
    }

    /// Whether messages of an institution go unsigned, so that a page of this service can send them for it.
    pub(crate) fn goes_unsigned(&self, institution: &str) -> bool {
        self.guard.goes_unsigned(institution)
    }

    /// With whom there are agreements, and what the catalogue lists.
    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Whether headers show that an institution asks, for what is no message.
    pub(crate) fn admits(&self, institution: &str, headers: &Headers<'_>) -> bool {
        self.guard.admits(institution, headers, || unix_millis(self.clock.now()))
    }

    /// Keeps uploaded files there, and not only as long as the process lives.
    pub(crate) fn with_files(self, files: Arc<dyn Files>) -> Self {
        Self { files, ..self }
    }

    /// The store, for checking its chain.
    pub(crate) fn store(&self) -> &Store<Book> {
        &self.store
    }

    /// The package of an area.
    pub(crate) fn area(&self, code: &str) -> Option<&gongji_policy::Area> {
        self.decider.area(code)
    }

    /// What was kept, read beside the store.
    pub(crate) fn kept(&self) -> archive::Kept {
        self.archive.kept()
    }

    /// Answers one message that came without headers, as [`Service::receive`] does.
    pub(crate) fn answer(
        self: &Arc<Self>,
        body: &[u8],
        path_infno: Option<&str>,
        done: impl FnOnce(Vec<u8>) + Send + 'static,
    ) {
        self.receive(body, None, path_infno, &|_| None, |answer| {
            done(match answer {
                Answer::Reply(reply) => reply,
                Answer::Gateway(_, body) => body.into_bytes(),
            });
        });
    }

    /// Answers one message. `upload` is a file that came beside it (9101), `path_infno` the number that the
    /// address said, if it did. `done` gets the answer, on this thread or another.
    pub(crate) fn receive(
        self: &Arc<Self>,
        body: &[u8],
        upload: Option<Bytes>,
        path_infno: Option<&str>,
        headers: &Headers<'_>,
        done: impl FnOnce(Answer) + Send + 'static,
    ) {
        let notes = Notes::default();
        let mut message = match json::read(body) {
            Ok(message) => message,
            Err(fault) => return done(Answer::Reply(self.refuse(&Outline::default(), &fault, &notes))),
        };
        let outline = Outline::of(&message);
        let profile = self.profile(&outline.institution);
        match self.prepare(&mut message, path_infno, profile, headers, &notes) {
            Ok((envelope, input, plan)) => {
                self.submit(Message { outline, envelope, input, upload, notes }, plan, move |reply| {
                    // What is kept is in one form; an institution gets it in its own.
                    done(Answer::Reply(profile.spell(reply)));
                });
            }
            Err(Refused::Fault(fault)) => {
                done(Answer::Reply(profile.spell(self.refuse(&outline, &fault, &notes))));
            }
            Err(Refused::Gateway(status, body)) => {
                tracing::info!(
                    infno = outline.infno.as_str(),
                    msgid = outline.msgid.as_str(),
                    institution = outline.institution.as_str(),
                    body,
                    "not admitted"
                );
                done(Answer::Gateway(status, body));
            }
        }
    }

    /// The person whose event a message became; nobody if it became none, nothing while the store does not answer.
    pub(crate) fn person_of(&self, message: &Key, done: impl FnOnce(Option<Vec<String>>) + Send + 'static) {
        let decide = |known: &Known<'_, Book>, _: u64| {
            let person = known.original().map(|event| event.psn_no.clone());
            Outcome::Answer(person.unwrap_or_default().into_bytes())
        };
        let told = |answer: Vec<u8>| String::from_utf8(answer).into_iter().filter(|name| !name.is_empty()).collect();
        self.store.submit(asking(Some(message), Vec::new()), decide, move |answer| {
            done(answer.ok().map(|reply| told(reply.body.into())))
        });
    }

    /// What became of a message of a person, as JSON; nothing while the store does not answer.
    pub(crate) fn fate(
        &self,
        message: &Key,
        persons: Vec<String>,
        done: impl FnOnce(Option<Vec<u8>>) + Send + 'static,
    ) {
        let request = asking(Some(message), persons);
        let message = message.clone();
        let decide = move |known: &Known<'_, Book>, _: u64| fate::fate(known, &message);
        self.store.submit(request, decide, move |answer| done(answer.ok().map(|reply| reply.body.into())));
    }

    /// The reply to a message that is refused whatever it says, in the habit of whoever sent it.
    pub(crate) fn refuse_message(&self, body: &[u8], fault: &Fault) -> Vec<u8> {
        let outline = json::read(body).map(|message| Outline::of(&message)).unwrap_or_default();
        self.profile(&outline.institution).spell(self.refuse(&outline, fault, &Notes::default()))
    }

    /// What decides.
    pub(crate) fn decider(&self) -> Arc<dyn Decider> {
        Arc::clone(&self.decider)
    }

    /// The clock that the service goes by.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// The reply to a message that could not be taken in at all.
    pub(crate) fn refuse_unread(&self, fault: &Fault) -> Vec<u8> {
        self.refuse(&Outline::default(), fault, &Notes::default())
    }

    /// The habits of an institution; of nobody known, the usual ones.
    fn profile(&self, institution: &str) -> &'static Profile {
        self.directory.institution(institution).map_or_else(Profile::plain, |known| known.profile)
    }

    fn prepare<'t>(
        &self,
        message: &mut Json<'t>,
        path_infno: Option<&str>,
        profile: &Profile,
        headers: &Headers<'_>,
        notes: &Notes,
    ) -> Result<(Envelope, Json<'t>, Plan), Refused> {
        let envelope = Envelope::read(message, profile.required, notes)?;
        self.guard.admit(&envelope.institution, message, headers, || unix_millis(self.clock.now()))?;
        let input = envelope.input(message, &self.guard)?;
        if let Some(said) = path_infno.filter(|said| *said != envelope.infno) {
            let fault = Fault::at(Code::PathMismatch, "infno").given(&envelope.infno);
            return Err(fault.allowed(format!(" {said}")).into());
        }
        let transaction = offered::find(&envelope.infno).or_else(|| offered::find(profile.base(&envelope.infno)));
        let transaction = transaction.ok_or_else(|| offered::unknown(&envelope.infno))?;
        tracing::debug!(
            infno = envelope.infno.as_str(),
            msgid = envelope.msgid.as_str(),
            name = transaction.name,
            "read"
        );
        let plan = (transaction.prepare)(&Input::new(&input, notes)?)?;
        Ok((envelope, input, plan))
    }

    /// Has a message answered; of a certificate it is looked up first whose it is.
    fn submit(self: &Arc<Self>, message: Message<'_>, mut plan: Plan, done: impl FnOnce(Vec<u8>) + Send + 'static) {
        let certificate = match std::mem::replace(&mut plan.about, About::Nobody) {
            About::Nobody => return self.submit_for(message, plan, Vec::new(), done),
            About::Person(psn_no) => {
                let record = record_name(&psn_no);
                return self.submit_with(message, plan, vec![psn_no, record], done);
            }
            About::Certificate(kind, number) => certificate_name(&kind, &number),
        };
        let (shown, asked) = (certificate.clone(), vec![certificate.clone()]);
        let owner = move |view: View<'_>| view.owner(&shown).map(str::to_owned).into_iter().collect();
        self.looked_up(message, asked, owner, done, move |service, message, owner, done| {
            let record = record_name(owner.first().map_or("", String::as_str));
            let persons = owner.into_iter().chain([record, certificate]).collect();
            service.submit_with(message, plan, persons, done);
        });
    }

    /// Together with the relatives whose accounts pay or paid for the person, where the message may be about them:
    /// who they are is looked up first, and what is decided asks again.
    fn submit_with(
        self: &Arc<Self>,
        message: Message<'_>,
        plan: Plan,
        mut persons: Vec<String>,
        done: impl FnOnce(Vec<u8>) + Send + 'static,
    ) {
        let Some(person) = persons.first().filter(|_| plan.relatives).cloned() else {
            return self.submit_for(message, plan, persons, done);
        };
        let asked = vec![person.clone()];
        let holders = move |view: View<'_>| view.holders(&person);
        self.looked_up(message, asked, holders, done, move |service, message, holders, done| {
            persons.extend(holders.into_iter().flat_map(|holder| [record_name(&holder), holder]));
            service.submit_for(message, plan, persons, done);
        });
    }

    /// Looks up names that tell whom a message is about, at hand or by the worker, and goes on with them.
    fn looked_up<D: FnOnce(Vec<u8>) + Send + 'static>(
        self: &Arc<Self>,
        message: Message<'_>,
        asked: Vec<String>,
        see: impl Fn(View<'_>) -> Vec<String> + Send + 'static,
        done: D,
        go_on: impl for<'m> FnOnce(&Arc<Self>, Message<'m>, Vec<String>, D) + Send + 'static,
    ) {
        let Envelope { institution, msgid, .. } = &message.envelope;
        let key = Key { institution: institution.to_string(), msgid: msgid.to_string() };
        if let Some(names) = self.store.glance(&key, &asked, None, |known| see(View(known))) {
            return go_on(self, message, names, done);
        }
        let (service, message) = (Arc::clone(self), message.into_owned());
        let decide = move |known: &Known<'_, Book>, _: u64| Outcome::Answer(see(View(known)).join("\n").into_bytes());
        self.store.submit(asking(None, asked), decide, move |told| match told {
            Ok(names) => {
                let names = String::from_utf8(names.body.into()).unwrap_or_default();
                go_on(&service, message, names.lines().map(str::to_owned).collect(), done);
            }
            Err(error) => {
                let fault = from_store(error, &message.outline);
                done(service.refuse(&message.outline, &fault, &message.notes));
            }
        });
    }

    fn submit_for(
        &self,
        message: Message<'_>,
        plan: Plan,
        persons: Vec<String>,
        done: impl FnOnce(Vec<u8>) + Send + 'static,
    ) {
        let (decide, asks) = match plan.work {
            Work::Decide(decide) => (decide, false),
            Work::Ask(decide) => (decide, true),
            Work::Look(look) => return self.look(message, persons, look, done),
        };
        let Message { outline, envelope, input, notes, .. } = message;
        let (now, stamp) = self.stamp(&outline);
        let key = Key { institution: envelope.institution.to_string(), msgid: envelope.msgid.to_string() };
        let deciding = Deciding { decide, envelope, notes, now, stamp };
        if asks {
            let look = |known: &Known<'_, Book>| deciding.outcome(&self.directory, &*self.decider, known, 0);
            if let Some(Outcome::Answer(reply)) = self.store.glance(&key, &persons, plan.visit, look) {
                return done(reply);
            }
        }
        let institution = &deciding.envelope.institution;
        let request = Request {
            infno: deciding.envelope.infno.to_string(),
            input: input.canonical(),
            recorded: now.to_text().into(),
            persons,
            visit: plan.visit,
            refers: plan.refers.map(|msgid| Key { institution: institution.to_string(), msgid }),
            key,
        };
        // For the reply to give when the store has none.
        let late_stamp = deciding.stamp.clone();
        let (directory, decider) = (Arc::clone(&self.directory), Arc::clone(&self.decider));
        let decide = move |known: &Known<'_, Book>, seq: u64| deciding.outcome(&directory, &*decider, known, seq);
        self.store.submit(request, decide, move |answer| {
            done(answer.map_or_else(
                |error| {
                    let fault = from_store(error, &outline);
                    tracing::warn!(
                        infno = outline.infno.as_str(),
                        msgid = outline.msgid.as_str(),
                        code = fault.code(),
                        "refused"
                    );
                    envelope::reply(&late_stamp, Err(&fault), "")
                },
                |reply| {
                    if reply.replayed {
                        tracing::info!(
                            infno = outline.infno.as_str(),
                            msgid = outline.msgid.as_str(),
                            "answered again"
                        );
                    }
                    reply.body.into()
                },
            ));
        });
    }

    /// Answers beside the worker; of a person the worker first tells the last visit.
    fn look(
        &self,
        message: Message<'_>,
        persons: Vec<String>,
        look: Look,
        done: impl FnOnce(Vec<u8>) + Send + 'static,
    ) {
        let Message { outline, envelope, upload, notes, .. } = message;
        let (now, stamp) = self.stamp(&outline);
        let (directory, archive) = (Arc::clone(&self.directory), Arc::clone(&self.archive));
        let files = Arc::clone(&self.files);
        let answer = move |known: Result<(Option<u64>, Record), Fault>| {
            archive.ask(move |kept| {
                let institution = directory.institution(&envelope.institution);
                let unknown =
                    || Fault::at(Code::InstitutionWithoutAgreement, "fixmedins_code").given(&envelope.institution);
                let looked = known.and_then(|(last_visit, record)| {
                    look(&Looking {
                        directory: &directory,
                        envelope: &envelope,
                        institution: institution.ok_or_else(unknown)?,
                        now,
                        notes: &notes,
                        files: &*files,
                        upload: upload.as_deref(),
                        kept: &kept?,
                        last_visit,
                        record: &record,
                    })
                });
                done(told(&stamp, &envelope, &notes, looked));
            });
        };
        let Some(psn_no) = persons.first().cloned() else { return answer(Ok(Default::default())) };
        let decide = move |known: &Known<'_, Book>, _: u64| {
            let (last_visit, record) = (View(known).last_visit(&psn_no), View(known).record(&psn_no));
            Outcome::Answer([&last_visit.unwrap_or_default().to_le_bytes(), record].concat())
        };
        self.store.submit(asking(None, persons), decide, move |told| {
            let known = |reply: Reply| {
                let (last_visit, record) = reply.body.split_first_chunk::<8>()?;
                Some((Some(u64::from_le_bytes(*last_visit)).filter(|number| *number > 0), Record::packed(record)))
            };
            let told = told.map(|reply| known(reply).unwrap_or_default());
            answer(told.map_err(|error| from_store(error, &outline)));
        });
    }

    /// The reply to a message that did not come as far as a decision, with what was noted until then.
    fn refuse(&self, outline: &Outline, fault: &Fault, notes: &Notes) -> Vec<u8> {
        log_fault(&outline.infno, &outline.msgid, &outline.institution, fault);
        envelope::reply(&self.stamp(outline).1, Err(fault), &notes.warn_msg())
    }

    /// 接收方报文ID: division, time, millisecond, count of replies. Clients leave the division empty; then it is
    /// that of the institution.
    fn stamp(&self, outline: &Outline) -> (Moment, Stamp) {
        let at = self.clock.now();
        let now = Moment::of(at);
        let millisecond = u64::from(at.time().millisecond().unsigned_abs());
        let said: CompactString = outline.division.bytes().filter(u8::is_ascii_digit).take(6).map(char::from).collect();
        let ours = || self.directory.institution(&outline.institution).map_or("", |known| &known.area);
        let division = if said.is_empty() { ours() } else { &said };
        let count = self.replies.fetch_add(1, Ordering::Relaxed) % 10_000_000;
        let stamp = Stamp::new(division, now.digits(), millisecond, count);
        (now, stamp)
    }
}

impl Deciding {
    /// What is decided on what is known, for the event of this number if it becomes one.
    fn outcome(
        &self,
        directory: &Directory,
        decider: &dyn Decider,
        known: &Known<'_, Book>,
        seq: u64,
    ) -> Outcome<Change> {
        let Self { decide, envelope, now, stamp, .. } = self;
        // Asked again, it must not say everything twice.
        let said = Notes::default();
        let decided = match directory.institution(&envelope.institution) {
            None => Err(Fault::at(Code::InstitutionWithoutAgreement, "fixmedins_code").given(&envelope.institution)),
            Some(institution) => decide(&Call {
                directory,
                decider,
                book: View(known),
                envelope,
                institution,
                now: *now,
                seq,
                notes: &said,
            }),
        };
        outcome(stamp, envelope, &self.notes.warn_msg_with(&said), decided)
    }
}

/// A question about persons or an earlier message, which is no message itself: nothing is kept of it.
pub(crate) fn asking(message: Option<&Key>, persons: Vec<String>) -> Request {
    Request {
        key: Key { institution: "?".to_owned(), msgid: String::new() },
        infno: String::new(),
        input: String::new(),
        recorded: String::new(),
        persons,
        visit: None,
        refers: message.cloned(),
    }
}

/// The reply to what was looked up.
fn told(stamp: &Stamp, envelope: &Envelope, notes: &Notes, looked: Result<Done, Fault>) -> Vec<u8> {
    match looked {
        Ok(Done::File(bytes)) => bytes,
        Ok(Done::Answer(output)) => envelope::reply(stamp, Ok(&output), &notes.warn_msg()),
        // What is to be kept goes through the store.
        Ok(Done::Record(_)) => envelope::reply(stamp, Err(&Fault::new(Code::InternalError)), ""),
        Err(fault) => {
            log_fault(&envelope.infno, &envelope.msgid, &envelope.institution, &fault);
            envelope::reply(stamp, Err(&fault), &notes.warn_msg())
        }
    }
}

/// Whether the journal would read a change as it is.
fn is_read_back(effects: &str) -> bool {
    let again = serde_json::from_str::<Change>(effects).ok().and_then(|change| serde_json::to_string(&change).ok());
    again.as_deref() == Some(effects)
}

/// What the store is to do with a decision. Errors are answers that keep nothing.
fn outcome(stamp: &Stamp, envelope: &Envelope, warn_msg: &str, decided: Result<Done, Fault>) -> Outcome<Change> {
    if !warn_msg.is_empty() {
        tracing::debug!(infno = envelope.infno.as_str(), msgid = envelope.msgid.as_str(), warn_msg, "noted");
    }
    match decided {
        Ok(Done::Answer(output)) => Outcome::Answer(envelope::reply(stamp, Ok(&output), warn_msg)),
        Ok(Done::File(bytes)) => Outcome::Answer(bytes),
        Ok(Done::Record(record)) => {
            let effects = json_of(&record.change);
            debug_assert!(is_read_back(&effects), "{effects}");
            let draft = Draft {
                kind: record.kind,
                area: record.area,
                psn_no: record.psn_no,
                with: record.with,
                visit: record.visit,
                reply: envelope::reply(stamp, Ok(&record.output), warn_msg).into(),
                effects,
                policy: record.policy,
            };
            Outcome::Record(draft, Some(record.change))
        }
        Err(fault) => {
            log_fault(&envelope.infno, &envelope.msgid, &envelope.institution, &fault);
            Outcome::Answer(envelope::reply(stamp, Err(&fault), warn_msg))
        }
    }
}

/// Codes and fields only: what a caller sent may be a person's.
fn log_fault(infno: &str, msgid: &str, institution: &str, fault: &Fault) {
    tracing::info!(infno, msgid, institution, code = fault.code(), field = fault.field_name(), "refused");
}

#[cfg(test)]
mod tests;
