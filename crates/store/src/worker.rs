//! The one thread of a node that decides and writes: takes the requests that wait, has the database lock
//! their persons, decides each on what the one before it left, commits them together, and answers.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use foldhash::fast::FixedState;
use gongji_ledger::{Periods, Transaction};

use crate::body::{Dictionary, Packer, Row, Stored};
use crate::chain::Verified;
use crate::codec::put_bytes;
use crate::days::Days;
use crate::engine::{Batch, Engine, Fault, Found, Message, Start, Wanted};
use crate::event::{CLOSING, Digest, Draft, Event, GENESIS, Key, Request};
use crate::hand::{Hand, Held};
use crate::people::{Kept, record};
use crate::posting;
use crate::sealing::{Decided, Sealed, Sealer};
use crate::state::{Known, State};
use crate::trouble::Trouble;
use crate::visits::Visits;

/// Most requests that share one commit.
pub const BATCH: usize = 256;

/// Most requests that wait; the next one is told that the store is busy.
pub const QUEUE: usize = 4096;

/// How long a batch is tried again while the database is away or others are faster.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a deciding function decided.
#[derive(Debug)]
pub enum Outcome<C> {
    /// Something happened: keep it, then answer with the draft's reply. The change, where it is at hand, must be
    /// what [`State::read`] makes of the draft's effects; else it is read from them.
    Record(Draft, Option<C>),
    /// Nothing happened: answer these bytes, keep nothing.
    Answer(Vec<u8>),
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The bytes to send.
    pub body: Bytes,
    /// Is it the stored answer to a message that was sent before?
    pub replayed: bool,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubmitError {
    /// The message number was used before for something else. Carries what was asked then, for the same
    /// institution, and what is asked now, so that the caller can say what differs.
    #[error("answer the message: its number was used before for something else")]
    Conflict {
        /// Transaction number of the earlier message.
        infno: String,
        /// Canonical input of the earlier message.
        input: String,
        /// Canonical input of this one.
        sent: String,
    },
    /// The message was reversed before it came; nothing was done, and nothing will be.
    #[error("answer the message: {by} barred its number")]
    Barred {
        /// The message that did so.
        by: String,
    },
    /// Too many requests wait already; nothing was done.
    #[error("take the request: too many are waiting")]
    Busy,
    /// The event could not be written; nothing was kept.
    #[error("record the event: {0}")]
    NotRecorded(String),
    /// The last step of writing failed. The event is not to be seen, but may be there when the store is opened
    /// the next time; sending the message again tells.
    #[error("confirm that the event was recorded or not: {0}")]
    Unsure(String),
    /// The database is away; whether the event was kept is told when the same message is sent again.
    #[error("reach the database: {0}")]
    Away(String),
    /// The deciding function panicked; nothing was kept.
    #[error("decide the request: a defect of the program")]
    Panicked,
    /// The store can no longer be read or was closed.
    #[error("use the store: it is closed")]
    Closed,
}

pub(crate) type Decide<S> = Box<dyn for<'a> Fn(&Known<'a, S>, u64) -> Outcome<<S as State>::Change> + Send>;
pub(crate) type Done = Box<dyn FnOnce(Result<Reply, SubmitError>) + Send>;
type Answer = Result<Reply, SubmitError>;

pub(crate) struct Job<S: State> {
    pub request: Request,
    /// Of the request, worked out by whoever sent it.
    pub digest: Digest,
    pub decide: Decide<S>,
    pub done: Done,
}

pub(crate) struct Worker<S: State> {
    engine: Box<dyn Engine>,
    state: Arc<S>,
    hand: Arc<Hand<S::Visit>>,
    sealer: Sealer,
    head: Verified,
    days: Days,
    periods: Arc<Periods>,
    committed: Arc<Mutex<Verified>>,
}

/// One person while a batch is decided.
struct Open<P> {
    /// Among all persons; none where nothing was ever kept.
    place: Option<u32>,
    revision: u64,
    person: P,
    /// Packed as the last event of the batch left it; nothing while none changed it.
    packed: Option<Vec<u8>>,
}

/// Visits while a batch is decided, by number, with whose they are.
type Lent<'a, V> = HashMap<u64, (&'a str, Option<Arc<V>>), FixedState>;

/// Persons while a batch is decided, by name.
type Opened<'a, S> = HashMap<&'a str, Open<<S as State>::Person>, FixedState>;

/// Persons, each with the revision that is at hand.
type Revisions<'a> = Vec<(&'a str, Option<u64>)>;

/// A batch while it is decided.
struct Sheet<'a, S: State> {
    persons: Opened<'a, S>,
    visits: Lent<'a, S::Visit>,
    messages: Vec<Message<'a>>,
    /// The events of this batch by the messages that they answer.
    made: HashMap<&'a Key, Arc<Event>, FixedState>,
    /// The same by the messages that they bar.
    barred: HashMap<Key, Arc<Event>, FixedState>,
    /// The events of messages that requests refer to.
    originals: HashMap<&'a Key, Event, FixedState>,
    postings: Vec<posting::Line>,
    /// Number of the last event.
    last: u64,
    periods: Option<Periods>,
}

impl<S: State> Worker<S> {
    pub(crate) fn new(
        engine: Box<dyn Engine>,
        state: Arc<S>,
        sealer: Sealer,
        start: Start,
        committed: Arc<Mutex<Verified>>,
    ) -> Self {
        learn(&sealer, start.dictionaries);
        let Start { people, head, days, periods, .. } = start;
        let hand = Arc::new(Hand::new(people, periods, engine.news()));
        let periods = Arc::clone(&hand.read().periods);
        Self { engine, state, hand, sealer, head, days, periods, committed }
    }

    /// What it keeps at hand.
    pub(crate) fn hand(&self) -> Arc<Hand<S::Visit>> {
        Arc::clone(&self.hand)
    }

    /// Serves until every sender is gone.
    pub(crate) fn run(mut self, jobs: &Receiver<Job<S>>) {
        while let Ok(first) = jobs.recv() {
            let batch: Vec<_> = std::iter::once(first).chain(jobs.try_iter().take(BATCH - 1)).collect();
            let (answers, usable) = self.serve(&batch);
            self.sealer.answer(batch.len(), move || {
                for (job, answer) in batch.into_iter().zip(answers) {
                    (job.done)(answer);
                }
            });
            if !usable {
                self.hand.write().open = false;
                // What is on disk can't be read back: say so to whoever still asks, and end.
                for job in jobs.iter() {
                    (job.done)(Err(SubmitError::Closed));
                }
                return;
            }
        }
    }

    /// Answers one batch, trying again as long as that may help. False: the store is unusable from now on.
    fn serve(&mut self, batch: &[Job<S>]) -> (Vec<Answer>, bool) {
        let begun = Instant::now();
        let mut pause = Duration::from_millis(1);
        loop {
            let fault = match self.attempt(batch) {
                Ok(answers) => return (answers, true),
                Err(fault) => fault,
            };
            tracing::warn!(?fault, "a batch was not committed");
            let why = match fault {
                Fault::Refused(trouble) => {
                    return self.after_refusal(batch, &SubmitError::NotRecorded(trouble.to_string()));
                }
                Fault::Unsure(trouble) => return self.after_refusal(batch, &SubmitError::Unsure(trouble.to_string())),
                Fault::Again(why) | Fault::Lost(why) => why,
            };
            let back = self.engine.reopen().map(|start| self.take_in(start));
            if begun.elapsed() > PATIENCE {
                return (batch.iter().map(|_| Err(SubmitError::Away(why.clone()))).collect(), true);
            }
            if back.is_err() {
                std::thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_millis(200));
            }
        }
    }

    /// What the database says counts, not what was meant to be written; who was not looked up is told so.
    fn after_refusal(&mut self, batch: &[Job<S>], why: &SubmitError) -> (Vec<Answer>, bool) {
        let unsure = || batch.iter().map(|_| Err(SubmitError::Unsure(why.to_string()))).collect();
        match self.engine.reopen() {
            Ok(start) => self.take_in(start),
            Err(fault) => {
                tracing::error!(?fault, "the state could not be read back");
                // A server that is away comes back, and what is there then is looked at before the next batch.
                return (unsure(), !matches!(fault, Fault::Refused(_)));
            }
        }
        let keys = batch.iter().map(|job| &job.request.key).collect();
        let found = self.engine.fetch(&Wanted { keys, visits: Vec::new() });
        let _ = self.engine.abandon();
        let Ok(found) = found else { return (unsure(), true) };
        let mut earlier = found.earlier.into_iter();
        let answers = batch.iter().map(|job| match earlier.next().flatten() {
            Some(row) => self.earlier(job, row),
            None => Err(why.clone()),
        });
        (answers.collect(), true)
    }

    /// Goes on from what is on disk.
    fn take_in(&mut self, start: Start) {
        self.head = start.head;
        self.days = start.days;
        self.periods = Arc::new(start.periods);
        learn(&self.sealer, start.dictionaries);
        let mut held = self.hand.write();
        if !self.engine.is_shared() {
            held.people = start.people;
        }
        held.periods = Arc::clone(&self.periods);
        held.visits = Visits::default();
        drop(held);
        *self.committed.lock().unwrap_or_else(PoisonError::into_inner) = self.head;
    }

    /// Decides and commits a batch once.
    fn attempt(&mut self, batch: &[Job<S>]) -> Result<Vec<Answer>, Fault> {
        let mut sheet = self.open(batch)?;
        let found = self.fetch(batch, &mut sheet)?;
        let mut answers = Vec::with_capacity(batch.len());
        for (job, earlier) in batch.iter().zip(found) {
            let answer = match earlier {
                Some(row) => Ok(self.earlier(job, row)),
                None => self.one(&mut sheet, job),
            };
            // After a fault all visits at hand are forgotten, those that are lent to this batch among them.
            answers.push(answer?);
        }
        if sheet.messages.is_empty() {
            self.engine.abandon()?;
            if !sheet.visits.is_empty() {
                give_back(&mut self.hand.write(), sheet.visits);
            }
            return Ok(answers);
        }
        self.commit(sheet)?;
        Ok(answers)
    }

    /// Locks everybody whom the batch names and takes what is known of them.
    fn open<'a>(&mut self, batch: &'a [Job<S>]) -> Result<Sheet<'a, S>, Fault> {
        let names = batch.iter().flat_map(|job| &job.request.persons).map(String::as_str);
        let (mut persons, mut asked) = self.at_hand(names)?;
        if self.engine.is_shared() {
            // In one order everywhere, or two nodes could wait for each other.
            asked.sort_unstable();
        }
        let (changed, periods) = self.engine.begin(&asked)?;
        if let Some(periods) = periods {
            self.periods = Arc::new(periods);
        }
        for (at, kept) in changed {
            let (name, _) = asked[at];
            // Somebody else wrote: the visits that are at hand may be old too.
            let mut held = self.hand.write();
            held.visits.forget_person(name);
            held.people.set(name, kept.revision, &kept.packed);
            persons.insert(name, self.opened(name, held.people.find(name))?);
        }
        self.sealer.begin(self.head, self.days.clone());
        Ok(Sheet {
            persons,
            visits: Lent::with_capacity_and_hasher(batch.len(), FixedState::default()),
            messages: Vec::with_capacity(batch.len()),
            made: HashMap::with_capacity_and_hasher(batch.len(), FixedState::default()),
            barred: HashMap::default(),
            originals: HashMap::default(),
            postings: Vec::new(),
            last: self.head.events,
            periods: None,
        })
    }

    /// Everybody of some names as they are at hand, and once the name of each with the revision that is at hand.
    fn at_hand<'a>(&self, names: impl Iterator<Item = &'a str>) -> Result<(Opened<'a, S>, Revisions<'a>), Fault> {
        let held = self.hand.read();
        let mut persons = HashMap::with_capacity_and_hasher(BATCH, FixedState::default());
        let mut revisions = Vec::with_capacity(BATCH);
        for name in names {
            let Entry::Vacant(place) = persons.entry(name) else { continue };
            let kept = held.people.find(name);
            revisions.push((name, kept.map(|(_, revision, _)| revision)));
            place.insert(self.opened(name, kept)?);
        }
        Ok((persons, revisions))
    }

    fn opened(&self, name: &str, kept: Option<(u32, u64, &[u8])>) -> Result<Open<S::Person>, Fault> {
        let Some((place, revision, packed)) = kept else {
            return Ok(Open { place: None, revision: 0, person: S::Person::default(), packed: None });
        };
        let person = self.state.unpack(packed).map_err(|why| unreadable(name, &why))?;
        Ok(Open { place: Some(place), revision, person, packed: None })
    }

    /// Finds earlier answers and the messages that are referred to, folds the visits that are not at hand, and has
    /// all of them lent.
    fn fetch<'a>(&mut self, batch: &'a [Job<S>], sheet: &mut Sheet<'a, S>) -> Result<Vec<Option<Row>>, Fault> {
        let referred: Vec<&Key> = batch.iter().filter_map(|job| job.request.refers.as_ref()).collect();
        let keys = batch.iter().map(|job| &job.request.key).chain(referred.iter().copied()).collect();
        let named =
            batch.iter().filter_map(|job| job.request.persons.first().map(String::as_str).zip(job.request.visit));
        let mut earlier = self.load(keys, named.collect())?;
        let originals = earlier.split_off(batch.len());
        for (key, row) in referred.iter().zip(originals) {
            let Some(row) = row else { continue };
            let stored = self.unpack(row).map_err(|why| unreadable(&key.msgid, &why))?;
            sheet.originals.insert(key, stored.event);
        }
        if !sheet.originals.is_empty() {
            let visits = sheet.originals.values().filter_map(|event| Some((event.psn_no.as_str(), event.visit?)));
            self.load(Vec::new(), visits.filter(|(person, _)| sheet.persons.contains_key(person)).collect())?;
        }
        self.lend(batch, sheet);
        Ok(earlier)
    }

    /// Takes the visits of a batch out of what is at hand.
    fn lend<'a>(&self, batch: &'a [Job<S>], sheet: &mut Sheet<'a, S>) {
        let of = |job: &'a Job<S>| {
            let Request { persons, visit, refers, .. } = &job.request;
            let original = || sheet.originals.get(refers.as_ref()?)?.visit;
            Some((persons.first()?.as_str(), visit.or_else(original)?))
        };
        let named: Vec<(&str, u64)> = batch.iter().filter_map(of).collect();
        if named.is_empty() {
            return;
        }
        let mut held = self.hand.write();
        for (person, number) in named {
            if let Some(visit) = held.visits.lend(person, number) {
                sheet.visits.insert(number, (person, visit));
            }
        }
    }

    /// Finds the events of messages, and folds visits.
    fn load(&mut self, keys: Vec<&Key>, mut visits: Vec<(&str, u64)>) -> Result<Vec<Option<Row>>, Fault> {
        let held = self.hand.read();
        visits.retain(|(person, visit)| !held.visits.knows(person, *visit));
        drop(held);
        visits.sort_unstable();
        visits.dedup();
        let wanted = Wanted { keys, visits };
        let Found { earlier, visits, dictionaries } = self.engine.fetch(&wanted)?;
        learn(&self.sealer, dictionaries);
        for ((person, number), rows) in wanted.visits.iter().zip(visits) {
            let visit = self.sealer.packer(|packer| fold_visit(&*self.state, packer, rows));
            let visit = visit.map_err(|why| unreadable(person, &why))?;
            // Whoever has no such visit must not put away that of whom it belongs to.
            let mut held = self.hand.write();
            if visit.is_some() || held.visits.is_free(*number) {
                *held.visits.place(person, *number) = visit.map(Arc::new);
            }
        }
        Ok(earlier)
    }

    /// The answer to a message that was kept before.
    fn earlier(&self, job: &Job<S>, row: Row) -> Answer {
        let number = row.number;
        match self.unpack(row) {
            Ok(Stored { event, .. }) => again(job, &event),
            Err(why) => Err(SubmitError::NotRecorded(format!("第 {number} 件：{why}"))),
        }
    }

    fn unpack(&self, row: Row) -> Result<Stored, String> {
        self.sealer.packer(|packer| packer.unpack(row, GENESIS))
    }

    /// Answers one request on what the ones before it in the batch left.
    fn one<'a>(&mut self, sheet: &mut Sheet<'a, S>, job: &'a Job<S>) -> Result<Answer, Fault> {
        let request = &job.request;
        if let Some(event) = made(sheet, &request.key) {
            return Ok(again(job, event));
        }
        let known = known(sheet, &self.periods, request);
        let number = sheet.last + 1;
        // What is known is only lent for reading, so a panic leaves it as it was.
        let decided = catch_unwind(AssertUnwindSafe(|| (job.decide)(&known, number)));
        let (draft, change) = match decided {
            Err(_) => return Ok(Err(SubmitError::Panicked)),
            Ok(Outcome::Answer(body)) => return Ok(Ok(Reply { body: body.into(), replayed: false })),
            Ok(Outcome::Record(draft, change)) => (draft, change),
        };
        let visit = request.visit.or(known.original.and_then(|event| event.visit));
        if let Some(why) = misplaced(request, &draft, visit, number) {
            return Ok(Err(SubmitError::NotRecorded(why)));
        }
        let persons = std::iter::once(&draft.psn_no).chain(&draft.with);
        let revisions: Vec<u64> = persons.map(|name| known.revision(name) + 1).collect();
        let mut event = Event::draft(number, (request, job.digest), draft, &revisions);
        event.closed = known.periods.measure();
        let state = &*self.state;
        let read = catch_unwind(AssertUnwindSafe(|| {
            let change = change.map_or_else(|| state.read(&event), Ok)?;
            let moved = state.moves(&event, &change, &known)?;
            let closes = state.closes(&change);
            if let Some((area, through)) = closes {
                known.periods.clone().close(area, through).map_err(|fault| fault.to_string())?;
            }
            if closes.is_some() != (event.kind == CLOSING) {
                return Err(format!("the kind of an event that closes books is {CLOSING}, and of no other"));
            }
            Ok((change, moved))
        }));
        let (change, moved): (S::Change, Option<Transaction>) = match read {
            Err(_) => return Ok(Err(SubmitError::Panicked)),
            Ok(Err(reason)) => return Ok(Err(SubmitError::NotRecorded(reason))),
            Ok(Ok(read)) => read,
        };
        self.keep(sheet, job, event, change, moved)
    }

    /// Takes an event into the batch, its persons and its visit, and has it sealed.
    fn keep<'a>(
        &mut self,
        sheet: &mut Sheet<'a, S>,
        job: &'a Job<S>,
        event: Event,
        change: S::Change,
        moved: Option<Transaction>,
    ) -> Result<Answer, Fault> {
        let barred = self.state.bars(&change).map(|msgid| Message::barred(&event, msgid));
        let folded = catch_unwind(AssertUnwindSafe(|| self.fold(sheet, job, &event, change, moved.as_ref())));
        let after = match folded {
            Ok(Ok(after)) => after,
            Ok(Err(reason)) => return Err(Fault::Refused(Trouble::Other(reason))),
            Err(_) => return Err(Fault::Refused(Trouble::Other("taking an event in panicked".to_owned()))),
        };
        if let Some(moved) = moved.as_ref().filter(|_| self.engine.keeps_postings()) {
            sheet.postings.extend(posting::lines(&event, moved));
        }
        let (key, person) = (&job.request.key, job.request.persons.first().map_or("", String::as_str));
        let (number, revision) = (event.seq, event.revision);
        sheet.last = number;
        sheet.messages.push(Message { key: Cow::Borrowed(key), number, person: Cow::Borrowed(person), revision });
        let event = Arc::new(event);
        sheet.made.insert(key, Arc::clone(&event));
        if let Some(message) = barred {
            sheet.barred.insert(Key::clone(&message.key), Arc::clone(&event));
            sheet.messages.push(message);
        }
        let reply = Reply { body: event.reply.clone(), replayed: false };
        self.sealer.push(Decided { event, moved, after });
        Ok(Ok(reply))
    }

    /// Folds an event; gives the states of its persons after it.
    fn fold<'a>(
        &self,
        sheet: &mut Sheet<'a, S>,
        job: &'a Job<S>,
        event: &Event,
        change: S::Change,
        moved: Option<&Transaction>,
    ) -> Result<Vec<u8>, String> {
        let before = event.visit.and_then(|visit| lent(&sheet.visits, &event.psn_no, visit));
        let mut after = Vec::with_capacity(64);
        for (name, revision) in event.persons() {
            let open = sheet.persons.get_mut(name).ok_or_else(|| format!("{name} was not asked for"))?;
            self.state.fold_person(name, &mut open.person, before, event, &change)?;
            let packed = self.state.pack(&open.person);
            // The member stands in the row itself; of others, all is said.
            let first = after.is_empty();
            if first {
                put_bytes(&mut after, &packed)
            } else {
                put_bytes(&mut after, &record(name, revision, &packed))
            }
            (open.revision, open.packed) = (revision, Some(packed));
        }
        if let Some((area, through)) = self.state.closes(&change) {
            let periods = sheet.periods.get_or_insert_with(|| Periods::clone(&self.periods));
            periods.close(area, through).map_err(|fault| fault.to_string())?;
        }
        if let Some((number, member)) = event.visit.zip(job.request.persons.first()) {
            let (whose, place) = sheet.visits.entry(number).or_insert((member, None));
            // Whatever another person asked for under this number is not there.
            let mut visit = place.take().filter(|_| whose == member).map(Arc::unwrap_or_clone);
            self.state.fold_visit(&mut visit, event, change, moved)?;
            (*whose, *place) = (member, visit.map(Arc::new));
        }
        Ok(after)
    }

    fn commit(&mut self, sheet: Sheet<'_, S>) -> Result<(), Fault> {
        let changed = sheet.persons.into_iter().filter_map(|(name, open)| {
            let kept = Kept { revision: open.revision, packed: open.packed? };
            Some((open.place, (name, kept)))
        });
        let (places, persons): (Vec<_>, Vec<_>) = changed.unzip();
        let batch = Batch { messages: &sheet.messages, persons, postings: sheet.postings, periods: sheet.periods };
        let held = self.hand.read();
        let committed = self.engine.commit(&batch, &mut self.sealer, &held.people);
        drop(held);
        let Sealed { head, days, .. } = committed?;
        self.sealer.packer(Packer::kept);
        if let Some(periods) = batch.periods {
            self.periods = Arc::new(periods);
        }
        let mut held = self.hand.write();
        for (place, (name, kept)) in places.into_iter().zip(&batch.persons) {
            match place {
                Some(at) => held.people.set_at(at, name, kept.revision, &kept.packed),
                None => held.people.set(name, kept.revision, &kept.packed),
            }
        }
        held.periods = Arc::clone(&self.periods);
        give_back(&mut held, sheet.visits);
        drop(held);
        (self.head, self.days) = (head, days);
        *self.committed.lock().unwrap_or_else(PoisonError::into_inner) = self.head;
        Ok(())
    }
}

/// Puts the visits of a batch back as it left them.
fn give_back<V>(held: &mut Held<V>, visits: Lent<'_, V>) {
    for (number, (whose, visit)) in visits {
        held.visits.give(whose, number, visit);
    }
    held.visits.trim();
}

/// A member's visit among those that are lent.
fn lent<'s, V>(visits: &'s Lent<'_, V>, member: &str, number: u64) -> Option<&'s V> {
    visits.get(&number).filter(|(whose, _)| *whose == member)?.1.as_deref()
}

/// What a request may see.
fn known<'s, S: State>(sheet: &'s Sheet<'_, S>, periods: &'s Periods, request: &'s Request) -> Known<'s, S> {
    let named = |name: &'s String| {
        let Open { revision, person, .. } = sheet.persons.get(name.as_str())?;
        Some((name.as_str(), *revision, person))
    };
    let persons = request.persons.iter().filter_map(named);
    let member = request.persons.first();
    let original = request.refers.as_ref().and_then(|key| original(sheet, key));
    let visit = request.visit.or(original.and_then(|event| event.visit));
    let visit = member.zip(visit).and_then(|(member, number)| Some((number, lent(&sheet.visits, member, number)?)));
    Known { persons: persons.collect(), visit, periods: sheet.periods.as_ref().unwrap_or(periods), original }
}

/// The event of a message that is referred to, kept before or in this batch.
fn original<'s, S: State>(sheet: &'s Sheet<'_, S>, key: &Key) -> Option<&'s Event> {
    made(sheet, key).map(|event| &**event).or_else(|| sheet.originals.get(key))
}

/// The event of this batch that answers a message, or bars it.
fn made<'s, S: State>(sheet: &'s Sheet<'_, S>, key: &Key) -> Option<&'s Arc<Event>> {
    sheet.made.get(key).or_else(|| sheet.barred.get(key))
}

/// The answer to a message whose event is there, or that an event bars.
fn again<S: State>(job: &Job<S>, event: &Event) -> Answer {
    if event.msgid != job.request.key.msgid {
        Err(SubmitError::Barred { by: event.msgid.clone() })
    } else if event.digest == job.digest {
        Ok(Reply { body: event.reply.clone(), replayed: true })
    } else {
        let sent = job.request.input.clone();
        Err(SubmitError::Conflict { infno: event.infno.to_string(), input: event.input.clone(), sent })
    }
}

impl<S: State> Drop for Worker<S> {
    /// However the thread ends, what is at hand is current no longer.
    fn drop(&mut self) {
        self.hand.write().open = false;
    }
}

/// Why a draft is not about what its request named: a defect of the caller.
fn misplaced(request: &Request, draft: &Draft, visit: Option<u64>, number: u64) -> Option<String> {
    let Some((member, others)) = request.persons.split_first() else {
        return Some("the request names no person".to_owned());
    };
    let once = |at: usize, person: &String| person != member && !draft.with[..at].contains(person);
    let named = draft.psn_no == *member
        && draft.with.iter().enumerate().all(|(at, person)| others.contains(person) && once(at, person));
    let there = draft.visit.is_none_or(|named| named == number || visit == Some(named));
    (!named || !there).then(|| "the draft is about a person or visit that the request does not name".to_owned())
}

fn learn(sealer: &Sealer, dictionaries: Vec<Dictionary>) {
    sealer.packer(|packer| dictionaries.into_iter().for_each(|dictionary| packer.learn(dictionary)));
}

/// Folds a visit from its events.
pub(crate) fn fold_visit<S: State>(state: &S, packer: &Packer, rows: Vec<Row>) -> Result<Option<S::Visit>, String> {
    let mut visit = None;
    for row in rows {
        let Stored { event, moved } = packer.unpack(row, GENESIS)?;
        let change = state.read(&event)?;
        state.fold_visit(&mut visit, &event, change, moved.as_ref())?;
    }
    Ok(visit)
}

fn unreadable(name: &str, why: &str) -> Fault {
    Fault::Refused(Trouble::Damaged(format!("{name}：{why}")))
}
