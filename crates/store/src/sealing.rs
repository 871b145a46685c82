//! The thread beside the worker: seals and packs the events of a batch in their order while the worker decides and
//! writes others, and gives the answers of a batch that is on disk while the worker begins the next one. Hashing and
//! packing take about as long as deciding; whoever is free does it, the worker too where it would only wait.
//! Knows no database and no meaning.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{JoinHandle, ThreadId};

use gongji_ledger::Transaction;

use crate::body::{Dictionary, Packer, Row};
use crate::chain::Verified;
use crate::days::{Day, Days};
use crate::event::{Event, GENESIS};
use crate::posting;

/// So many events are handed over together, and answered together; for fewer nobody is woken.
const SHARE: usize = 64;

/// So much may wait for the thread; what is more, the worker does itself.
const ERRANDS: usize = 4;

/// An event that was decided and is to be sealed.
pub(crate) struct Decided {
    pub event: Arc<Event>,
    pub moved: Option<Transaction>,
    /// The states of its persons after it.
    pub after: Vec<u8>,
}

/// Where the events of a batch lead.
pub(crate) struct Sealed {
    pub head: Verified,
    pub days: Days,
    /// The days that it ended, and the one that is under way.
    pub heads: Vec<Day>,
    /// Dictionaries that were made for its rows.
    pub dictionaries: Vec<Dictionary>,
}

/// Sealing panicked; the batch can't be kept.
#[derive(Debug)]
pub(crate) struct Panicked;

/// The worker's hold on the sealing.
pub(crate) struct Sealer {
    desk: Arc<Desk>,
    /// Decided, and not handed over yet.
    waiting: Vec<Decided>,
    /// How many events of this batch there are, and of how many the rows were given.
    decided: usize,
    given: usize,
    errands: Option<SyncSender<Errand>>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread is asked to do.
enum Errand {
    Seal,
    Run(Box<dyn FnOnce() + Send>),
}

/// Where events and rows lie, behind a lock that is held only to take and put them.
struct Desk {
    top: Mutex<Top>,
    put: Condvar,
}

#[derive(Default)]
struct Top {
    /// Shares of events, in their order.
    decided: VecDeque<Vec<Decided>>,
    /// Their rows.
    sealed: VecDeque<Vec<Row>>,
    /// Whoever has it seals; nobody else can meanwhile, so all are sealed in their order.
    core: Option<Core>,
    panicked: bool,
}

struct Core {
    packer: Packer,
    head: Verified,
    days: Days,
    ended: Vec<Day>,
}

impl Sealer {
    /// Starts the thread.
    pub(crate) fn start() -> io::Result<Self> {
        let head = Verified { events: 0, head: GENESIS };
        let core = Core { packer: Packer::default(), head, days: Days::default(), ended: Vec::new() };
        let top = Mutex::new(Top { core: Some(core), ..Top::default() });
        let desk = Arc::new(Desk { top, put: Condvar::new() });
        let (errands, asked) = sync_channel(ERRANDS);
        let beside = Arc::clone(&desk);
        let thread = std::thread::Builder::new().name("gongji-sealer".to_owned()).spawn(move || {
            for errand in asked {
                match errand {
                    Errand::Seal => while beside.seal() {},
                    Errand::Run(run) => run(),
                }
            }
        })?;
        Ok(Self { desk, waiting: Vec::new(), decided: 0, given: 0, errands: Some(errands), thread: Some(thread) })
    }

    /// The thread beside the worker.
    pub(crate) fn thread(&self) -> Option<ThreadId> {
        self.thread.as_ref().map(|thread| thread.thread().id())
    }

    /// Has something done with the packer.
    pub(crate) fn packer<T>(&self, with: impl FnOnce(&mut Packer) -> T) -> T {
        with(&mut self.desk.idle().core().packer)
    }

    /// Begins a batch; of one that was not finished, nothing stays.
    pub(crate) fn begin(&mut self, head: Verified, days: Days) {
        self.waiting.clear();
        (self.decided, self.given) = (0, 0);
        self.desk.top().decided.clear();
        let mut top = self.desk.idle();
        top.sealed.clear();
        top.panicked = false;
        let core = top.core();
        core.ended.clear();
        (core.head, core.days) = (head, days);
    }

    /// Takes the next event of the batch.
    pub(crate) fn push(&mut self, decided: Decided) {
        self.decided += 1;
        self.waiting.push(decided);
        if self.waiting.len() == SHARE {
            self.hand_over();
            // If the thread does not take it, the worker does in the end.
            let _ = self.ask(Errand::Seal);
        }
    }

    /// How many events of the batch there are.
    pub(crate) fn decided(&self) -> usize {
        self.decided
    }

    /// The rows of the next events, all that there are to come by and by; none after the last.
    pub(crate) fn rows(&mut self) -> Result<Option<Vec<Row>>, Panicked> {
        self.hand_over();
        if self.given == self.decided {
            return Ok(None);
        }
        let mut top = self.desk.top();
        loop {
            if let Some(rows) = top.sealed.pop_front() {
                self.given += rows.len();
                return Ok(Some(rows));
            }
            // Nobody seals, and nothing is left to be sealed: a share was lost.
            if top.panicked || (top.core.is_some() && top.decided.is_empty()) {
                return Err(Panicked);
            }
            if top.core.is_some() {
                drop(top);
                self.desk.seal();
                top = self.desk.top();
            } else {
                top = self.desk.put.wait(top).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    /// All rows of the batch.
    pub(crate) fn all(&mut self) -> Result<Vec<Row>, Panicked> {
        let mut all = Vec::with_capacity(self.decided);
        while let Some(rows) = self.rows()? {
            all.extend(rows);
        }
        Ok(all)
    }

    /// Where the batch leads, when all its rows were given.
    pub(crate) fn finish(&mut self) -> Sealed {
        let mut top = self.desk.idle();
        let core = top.core();
        let (days, ended) = (std::mem::take(&mut core.days), std::mem::take(&mut core.ended));
        let heads = ended.into_iter().chain(days.now()).collect();
        Sealed { head: core.head, days, heads, dictionaries: core.packer.fresh().to_vec() }
    }

    /// Has so many answers given, beside the worker if they are many.
    pub(crate) fn answer(&self, count: usize, give: impl FnOnce() + Send + 'static) {
        if count < SHARE {
            return give();
        }
        if let Some(Errand::Run(give)) = self.ask(Errand::Run(Box::new(give))) {
            give();
        }
    }

    /// Asks the thread; gives back what it does not take.
    fn ask(&self, errand: Errand) -> Option<Errand> {
        let Some(errands) = &self.errands else { return Some(errand) };
        errands.try_send(errand).err().map(|(TrySendError::Full(errand) | TrySendError::Disconnected(errand))| errand)
    }

    fn hand_over(&mut self) {
        if !self.waiting.is_empty() {
            let share = std::mem::replace(&mut self.waiting, Vec::with_capacity(SHARE));
            self.desk.top().decided.push_back(share);
        }
    }
}

impl Drop for Sealer {
    fn drop(&mut self) {
        drop(self.errands.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread beside the worker had panicked");
        }
    }
}

impl Desk {
    fn top(&self) -> MutexGuard<'_, Top> {
        self.top.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nobody seals.
    fn idle(&self) -> MutexGuard<'_, Top> {
        self.put.wait_while(self.top(), |top| top.core.is_none()).unwrap_or_else(PoisonError::into_inner)
    }

    /// Seals the next share, unless somebody else does; whether there was one.
    fn seal(&self) -> bool {
        let mut top = self.top();
        let Some(mut core) = top.core.take() else { return false };
        let share = top.decided.pop_front();
        drop(top);
        let (some, sealed) = (share.is_some(), catch_unwind(AssertUnwindSafe(|| core.seal(share.unwrap_or_default()))));
        let mut top = self.top();
        top.core = Some(core);
        match sealed {
            Ok(rows) if some => top.sealed.push_back(rows),
            Ok(_) => {}
            Err(_) => top.panicked = true,
        }
        self.put.notify_all();
        some
    }
}

impl Top {
    /// While nobody seals.
    fn core(&mut self) -> &mut Core {
        self.core.as_mut().expect("whoever takes it puts it back")
    }
}

impl Core {
    fn seal(&mut self, share: Vec<Decided>) -> Vec<Row> {
        let seal = |Decided { event, moved, after }| {
            let moved: Option<Transaction> = moved;
            let event: Arc<Event> = event;
            let postings = moved.as_ref().map(posting::digest);
            let hash = event.sealed(&self.head.head, postings.as_ref());
            self.head = Verified { events: event.seq, head: hash };
            self.ended.extend(self.days.push(&event, &hash));
            self.packer.pack(&event, hash, moved.as_ref(), after)
        };
        share.into_iter().map(seal).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Draft, Key, Request};

    fn decided(seq: u64) -> Decided {
        let request = Request {
            key: Key { institution: "H1".to_owned(), msgid: format!("m{seq}") },
            infno: "2207".to_owned(),
            input: format!("{{\"n\":{seq}}}"),
            // Two days, one after the other.
            recorded: format!("2026-03-{:02} 08:00:00", 1 + seq / 100),
            persons: vec!["P1".to_owned()],
            visit: None,
            refers: None,
        };
        let draft = Draft {
            kind: "settled",
            area: "211200".to_owned(),
            psn_no: "P1".to_owned(),
            with: Vec::new(),
            visit: None,
            reply: format!("reply {seq}").into(),
            effects: "paid".to_owned(),
            policy: String::new(),
        };
        let event = Event::draft(seq, (&request, request.digest()), draft, &[seq]);
        Decided { event: Arc::new(event), moved: None, after: vec![1] }
    }

    fn batch(sealer: &mut Sealer, first: u64, count: u64) -> (Vec<Row>, Sealed) {
        (first..first + count).for_each(|seq| sealer.push(decided(seq)));
        (sealer.all().unwrap(), sealer.finish())
    }

    #[test]
    fn many_are_sealed_as_one_after_the_other_would_be() {
        let before = Verified { events: 0, head: GENESIS };
        let (mut one, mut many) = (Sealer::start().unwrap(), Sealer::start().unwrap());
        let (mut head, mut days, mut rows) = (before, Days::default(), Vec::new());
        for seq in 1..=199 {
            one.begin(head, days);
            let (row, sealed) = batch(&mut one, seq, 1);
            rows.extend(row);
            (head, days) = (sealed.head, sealed.days);
        }
        many.begin(before, Days::default());
        let (together, sealed) = batch(&mut many, 1, 199);
        assert_eq!(together, rows);
        assert_eq!((sealed.head, sealed.days.now()), (head, days.now()));
        let heads: Vec<_> = sealed.heads.iter().map(|day| (day.day.as_str(), day.first, day.head.size)).collect();
        assert_eq!(heads, [("2026-03-01", 1, 99), ("2026-03-02", 100, 100)]);
        assert_eq!(many.rows().unwrap(), None);
    }

    #[test]
    fn of_a_batch_that_was_given_up_nothing_stays_but_its_dictionary() {
        let before = Verified { events: 0, head: GENESIS };
        let mut sealer = Sealer::start().unwrap();
        sealer.begin(before, Days::default());
        (1..=1000).for_each(|seq| sealer.push(decided(seq)));
        sealer.rows().unwrap();
        sealer.begin(before, Days::default());
        let (rows, sealed) = batch(&mut sealer, 1, 3);
        assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(sealed.head.events, 3);
        assert_eq!(sealed.dictionaries.len(), 1, "it is not kept yet");
        sealer.packer(Packer::kept);
        sealer.begin(sealed.head, sealed.days);
        assert!(batch(&mut sealer, 4, 1).1.dictionaries.is_empty());
    }

    #[test]
    fn after_a_panic_the_batch_is_refused_and_the_next_one_sealed() {
        let before = Verified { events: 0, head: GENESIS };
        let mut sealer = Sealer::start().unwrap();
        sealer.begin(before, Days::default());
        (1..=3).for_each(|seq| sealer.push(decided(seq)));
        // A dictionary that is named as the current one and not there.
        sealer.packer(|packer| packer.learn(Dictionary { id: 1, bytes: [&[7][..], b"settled"].concat() }));
        sealer.packer(Packer::forget);
        assert!(sealer.rows().is_err());
        sealer.packer(|packer| *packer = Packer::default());
        sealer.begin(before, Days::default());
        assert_eq!(batch(&mut sealer, 1, 200).0.len(), 200);
    }

    #[test]
    fn all_answers_are_given_before_it_is_gone() {
        let (told, asked) = std::sync::mpsc::channel();
        let sealer = Sealer::start().unwrap();
        for (at, count) in [1, SHARE, SHARE, SHARE, SHARE, SHARE, SHARE, SHARE, SHARE, 2].into_iter().enumerate() {
            let told = told.clone();
            sealer.answer(count, move || told.send(at).unwrap());
        }
        drop((sealer, told));
        let mut given: Vec<usize> = asked.iter().collect();
        given.sort_unstable();
        assert_eq!(given, (0..10).collect::<Vec<_>>());
    }
}
