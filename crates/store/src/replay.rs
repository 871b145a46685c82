//! Walks a whole journal and folds it anew: every stream in its own order, and the streams in one in which
//! everybody's events come as they happened. On the way the chain is checked. Changes nothing.

use std::collections::HashMap;
use std::collections::VecDeque;

use gongji_ledger::{Periods, Transaction};

use crate::body::{Packer, Stored};
use crate::chain::{ChainFault, Verified, WalkError, follows};
use crate::days::{Day, Days};
use crate::engine::{Derived, Message, Replayed, Source};
use crate::event::{CLOSING, Event, GENESIS};
use crate::people::People;
use crate::posting;
use crate::state::{Known, State};
use crate::visits::Visits;
use crate::worker::fold_visit;

/// Rows that are read together.
const PAGE: u64 = 1000;

/// One stream on its way.
struct Stream {
    head: Verified,
    days: Days,
    waiting: VecDeque<Stored>,
    ended: bool,
}

/// The journal of a source, event by event.
pub(crate) struct Walk<'a> {
    source: &'a dyn Source,
    packer: Packer,
    streams: Vec<Stream>,
    /// Everybody's last event.
    seen: HashMap<String, u64>,
    pub(crate) days: Vec<Day>,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(source: &'a dyn Source) -> Result<Self, WalkError> {
        let packer = packer(source)?;
        let stream = |base| Stream {
            head: Verified { events: base, head: GENESIS },
            days: Days::default(),
            waiting: VecDeque::new(),
            ended: false,
        };
        let streams = source.streams()?.into_iter().map(stream).collect();
        Ok(Self { source, packer, streams, seen: HashMap::new(), days: Vec::new() })
    }

    /// Where every stream ended, after the last event.
    pub(crate) fn heads(&self) -> Vec<Verified> {
        self.streams.iter().map(|stream| stream.head).collect()
    }

    /// The next event for which everything before it was seen; checked to follow in its stream.
    pub(crate) fn next(&mut self) -> Result<Option<Stored>, WalkError> {
        (0..self.streams.len()).try_for_each(|at| self.fill(at))?;
        // What was decided before some books were closed comes before the closing, whichever node decided it.
        let turn = |stream: &Stream| stream.waiting.front().map(|stored| turn(&stored.event));
        let Some(first) = self.streams.iter().filter_map(turn).min() else {
            let days = self.streams.iter().filter_map(|stream| stream.days.now());
            self.days.extend(days);
            return Ok(None);
        };
        let ready = |stream: &Stream| {
            turn(stream) == Some(first) && stream.waiting.front().is_some_and(|stored| self.is_next(&stored.event))
        };
        let Some(at) = self.streams.iter().position(ready) else { return Err(self.stuck()) };
        let stream = &mut self.streams[at];
        let Some(stored) = stream.waiting.pop_front() else { return Ok(None) };
        stream.head = follows(&stored.event, stream.head)?;
        self.days.extend(stream.days.push(&stored.event, &stored.event.hash));
        for (person, revision) in stored.event.persons() {
            match self.seen.get_mut(person) {
                Some(seen) => *seen = revision,
                None => drop(self.seen.insert(person.to_owned(), revision)),
            }
        }
        Ok(Some(stored))
    }

    /// Why no event is the next one: something that should come before is missing.
    fn stuck(&self) -> WalkError {
        for stream in &self.streams {
            let Some(Stored { event, .. }) = stream.waiting.front() else { continue };
            // A gap in the stream itself is the better word.
            if let Err(fault) = follows(event, stream.head) {
                return fault.into();
            }
        }
        let waiting = self.streams.iter().find_map(|stream| stream.waiting.front());
        let (seq, reason) = waiting.map_or((0, String::new()), |Stored { event, .. }| {
            (event.seq, format!("字段 revision：人员 {} 的第 {} 件不接前一件", event.psn_no, event.revision))
        });
        WalkError::Visit { seq, reason }
    }

    fn is_next(&self, event: &Event) -> bool {
        event.persons().all(|(person, revision)| self.seen.get(person).copied().unwrap_or_default() + 1 == revision)
    }

    fn fill(&mut self, at: usize) -> Result<(), WalkError> {
        let stream = &mut self.streams[at];
        if stream.ended || !stream.waiting.is_empty() {
            return Ok(());
        }
        let mut before = stream.head;
        let rows = self.source.page(before.events, PAGE)?;
        stream.ended = rows.len() < PAGE as usize;
        for row in rows {
            let number = row.number;
            let unreadable = |why| ChainFault::Unreadable(number, why);
            let stored = self.packer.unpack(row, before.head).map_err(unreadable)?;
            before = Verified { events: number, head: stored.event.hash };
            stream.waiting.push_back(stored);
        }
        Ok(())
    }
}

/// In which order events of several streams come: by how far books were closed, and a closing last.
fn turn(event: &Event) -> (u64, bool) {
    (event.closed, event.kind == CLOSING)
}

/// Knows every dictionary of a source.
pub(crate) fn packer(source: &dyn Source) -> Result<Packer, WalkError> {
    let mut packer = Packer::default();
    source.dictionaries()?.into_iter().for_each(|dictionary| packer.learn(dictionary));
    Ok(packer)
}

/// Persons, visits and periods, folded as the worker folds them.
pub(crate) struct Folding<'s, S: State> {
    state: &'s S,
    persons: HashMap<String, (u64, S::Person)>,
    visits: Visits<S::Visit>,
    periods: Periods,
}

impl<'s, S: State> Folding<'s, S> {
    pub(crate) fn new(state: &'s S) -> Self {
        Self { state, persons: HashMap::new(), visits: Visits::default(), periods: Periods::default() }
    }

    /// Takes an event in; gives what it moves by what it says.
    pub(crate) fn take(&mut self, walk: &Walk<'_>, event: &Event) -> Result<Option<Transaction>, WalkError> {
        self.visits.trim();
        if let Some(number) = event.visit.filter(|number| !self.visits.knows(&event.psn_no, *number)) {
            let mut rows = walk.source.visit(&event.psn_no, number)?;
            rows.retain(|row| row.revision < event.revision);
            let refused = |reason| WalkError::Visit { seq: event.seq, reason };
            *self.visits.place(&event.psn_no, number) = fold_visit(self.state, &walk.packer, rows).map_err(refused)?;
        }
        self.fold(event).map_err(|reason| WalkError::Visit { seq: event.seq, reason })
    }

    /// The same without loading visits: all of them must have come.
    pub(crate) fn fold(&mut self, event: &Event) -> Result<Option<Transaction>, String> {
        let state = self.state;
        for (name, _) in event.persons() {
            if !self.persons.contains_key(name) {
                self.persons.insert(name.to_owned(), (0, S::Person::default()));
            }
        }
        let change = state.read(event)?;
        let visit = event.visit.and_then(|number| Some((number, self.visits.get(&event.psn_no, number)?)));
        let known = Known {
            persons: event.persons().map(|(name, _)| (name, self.persons[name].0, &self.persons[name].1)).collect(),
            visit,
            periods: &self.periods,
            original: None,
        };
        let moved = state.moves(event, &change, &known)?;
        if event.version >= 3 && event.closed != self.periods.measure() {
            return Err("字段 closed：与此前的关账不符".to_owned());
        }
        if event.version >= 2 && moved.as_ref().map(posting::digest) != event.postings {
            return Err("字段 postings：封存的分录与事件所说的不符".to_owned());
        }
        for (name, revision) in event.persons() {
            let visit = event.visit.and_then(|number| self.visits.get(&event.psn_no, number));
            if let Some((seen, person)) = self.persons.get_mut(name) {
                *seen = revision;
                state.fold_person(name, person, visit, event, &change)?;
            }
        }
        if let Some((area, through)) = state.closes(&change) {
            self.periods.close(area, through).map_err(|fault| fault.to_string())?;
        }
        if let Some(number) = event.visit {
            state.fold_visit(self.visits.place(&event.psn_no, number), event, change, moved.as_ref())?;
        }
        Ok(moved)
    }

    pub(crate) fn persons(&self) -> impl Iterator<Item = (&str, u64, &S::Person)> {
        self.persons.iter().map(|(name, (revision, person))| (name.as_str(), *revision, person))
    }

    pub(crate) fn periods(&self) -> &Periods {
        &self.periods
    }

    /// Everybody packed, in the order of their names.
    pub(crate) fn people(&self) -> People {
        let mut names: Vec<&String> = self.persons.keys().collect();
        names.sort_unstable();
        let mut people = People::default();
        for name in names {
            let (revision, person) = &self.persons[name];
            people.set(name, *revision, &self.state.pack(person));
        }
        people
    }
}

/// The message that an event answers, and the one that it bars.
pub(crate) fn messages_of<S: State>(state: &S, event: &Event) -> Result<Vec<Message<'static>>, WalkError> {
    let change = state.read(event).map_err(|reason| WalkError::Visit { seq: event.seq, reason })?;
    let barred = state.bars(&change).map(|msgid| Message::barred(event, msgid));
    Ok(std::iter::once(Message::of(event)).chain(barred).collect())
}

/// Walks a stream from one event on, and only checks that each follows the one before.
pub(crate) fn check(source: &dyn Source, from: Verified) -> Result<Verified, WalkError> {
    let (packer, mut head) = (packer(source)?, from);
    loop {
        let rows = source.page(head.events, PAGE)?;
        if rows.is_empty() {
            return Ok(head);
        }
        for row in rows {
            let number = row.number;
            let stored = packer.unpack(row, head.head).map_err(|why| ChainFault::Unreadable(number, why))?;
            head = follows(&stored.event, head)?;
        }
    }
}

/// Folds the whole journal and has everything that is derived written anew.
pub(crate) fn derive<S: State>(
    source: &dyn Source,
    mut derived: Box<dyn Derived + '_>,
    state: &S,
) -> Result<(), WalkError> {
    let (mut walk, mut folding) = (Walk::new(source)?, Folding::new(state));
    let (mut postings, mut messages) = (Vec::new(), Vec::new());
    while let Some(Stored { event, .. }) = walk.next()? {
        let moved = folding.take(&walk, &event)?;
        postings.extend(moved.iter().flat_map(|moved| posting::lines(&event, moved)));
        messages.extend(messages_of(state, &event)?);
        if messages.len() as u64 >= PAGE {
            derived.add(&postings, &messages)?;
            postings.clear();
            messages.clear();
        }
    }
    derived.add(&postings, &messages)?;
    let replayed = Replayed {
        people: folding.people(),
        days: std::mem::take(&mut walk.days),
        periods: folding.periods,
        edition: state.edition(),
        heads: walk.heads(),
    };
    derived.finish(&replayed)?;
    Ok(())
}
