//! The service on a simulated disk: opened, handed batches, closed. Makes sure that what it does follows from
//! what it is handed alone, though the store decides on a thread of its own.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, LazyLock};

use gongji_drill::{Disk, Vfs};
use gongji_store::{Key, Outcome, Place, Reader, Request, Store};
use jiff::SignedDuration;
use jiff::civil::{DateTime, date};

use super::messages::MEMBERS;
use crate::catalogue::Catalogue;
use crate::his::archive::Archive;
use crate::his::auth::Guard;
use crate::his::directory::Directory;
use crate::his::moment::Moment;
use crate::his::tests::double::Double;
use crate::his::{Book, Decider, Service, opening};
use crate::serve::clock::Clock;
use crate::serve::demo;

/// A clock that only the drill moves: milliseconds since the morning of 2026-03-01.
#[derive(Default)]
pub(super) struct Hand(AtomicI64);

impl Hand {
    pub(super) fn turn(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds, Ordering::Relaxed);
    }
}

impl Clock for Hand {
    fn now(&self) -> DateTime {
        date(2026, 3, 1).at(8, 0, 0, 0) + SignedDuration::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// The demo's directory, and of it each member of the drill alone.
static DIRECTORIES: LazyLock<(Arc<Directory>, Vec<Directory>)> = LazyLock::new(|| {
    let all = demo::directory().expect("the demo's data");
    let alone = MEMBERS.each_ref().map(|(member, _)| {
        let member = all.member(member.psn_no, "").expect("a member of the demo").clone();
        Directory::new(vec![member], Vec::new(), Catalogue::default()).expect("a directory of one")
    });
    (Arc::new(all), alone.into())
});

/// What the centre has besides the running service.
pub(super) struct Centre {
    pub disk: Disk,
    pub clock: Arc<Hand>,
    vfs: Vfs,
    decider: Arc<dyn Decider>,
}

impl Centre {
    pub(super) fn new(seed: u64) -> Self {
        let disk = Disk::new(seed);
        let vfs = disk.register("drill");
        Self { disk, clock: Arc::default(), vfs, decider: Arc::new(Double) }
    }

    fn place(&self) -> Place {
        Place::File { path: "centre.db".into(), vfs: Some(self.vfs.name().to_owned()) }
    }

    /// As `Service::open`, but opens one account after the other: how many share a commit would otherwise depend
    /// on how fast the writing thread is.
    pub(super) fn open(&self) -> Result<Arc<Service>, String> {
        let store = Store::open(&self.place(), self.book()).map_err(|fault| fault.to_string())?;
        let now = Moment::of(self.clock.now());
        let (directory, alone) = &*DIRECTORIES;
        for member in alone {
            opening::enrol(&store, member, now).map_err(|fault| fault.to_string())?;
        }
        Ok(Arc::new(Service {
            directory: Arc::clone(directory),
            decider: Arc::clone(&self.decider),
            store,
            archive: Arc::new(Archive::start(&self.place()).map_err(|fault| fault.to_string())?),
            clock: Arc::<Hand>::clone(&self.clock),
            files: Arc::new(crate::his::MemoryFiles::default()),
            replies: AtomicU64::new(0),
            guard: Guard::open(),
        }))
    }

    pub(super) fn reader(&self) -> Result<Reader, String> {
        Reader::open(&self.place()).map_err(|fault| fault.to_string())
    }

    pub(super) fn book(&self) -> Book {
        Book::new(Arc::clone(&self.decider))
    }
}

/// Whether the store's thread still serves, and the replies in the order of the messages.
pub(super) struct Served {
    pub usable: bool,
    pub replies: Vec<Vec<u8>>,
}

/// Hands messages to the service as one batch: a request goes before them whose decision waits until they are
/// all in the queue.
pub(super) fn serve(service: &Arc<Service>, messages: &[&[u8]]) -> Result<Served, String> {
    let (entered, decided) = channel::<()>();
    let (open, gate) = channel::<()>();
    let wait = move |_: &gongji_store::Known<'_, Book>, _: u64| {
        // Nobody listens when it is asked a second time; then the gate is open as well.
        let _ = entered.send(());
        let _ = gate.recv();
        Outcome::Answer(Vec::new())
    };
    service.store().submit(nobody(), wait, |_| ());
    // Without a decision the thread has ended, and answers everything at once.
    let usable = decided.recv().is_ok();
    let (sender, receiver) = channel();
    for (at, bytes) in messages.iter().enumerate() {
        let sender = sender.clone();
        service.answer(bytes, None, move |reply| {
            // The receiver waits below.
            let _ = sender.send((at, reply));
        });
    }
    drop((open, sender));
    let mut replies: Vec<(usize, Vec<u8>)> = receiver.iter().collect();
    replies.sort_by_key(|(at, _)| *at);
    if replies.len() != messages.len() {
        return Err(format!("{} messages got {} replies", messages.len(), replies.len()));
    }
    Ok(Served { usable, replies: replies.into_iter().map(|(_, reply)| reply).collect() })
}

/// A request about nobody.
fn nobody() -> Request {
    Request {
        key: Key { institution: String::new(), msgid: String::new() },
        infno: String::new(),
        input: String::new(),
        recorded: String::new(),
        persons: Vec::new(),
        visit: None,
        refers: None,
    }
}
