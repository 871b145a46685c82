//! The disk: its files by name, its steps and what goes wrong at them, and what a restart leaves.
//! Knows nothing of SQLite.

use std::collections::BTreeMap;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::chance::Chance;
use crate::content::{Content, Damage};
use crate::fault::{Fault, Step};
use crate::locks::{Level, Locks, Who};
use crate::shared::Shared;

/// When every disk begins, in milliseconds as SQLite counts them: 2026-01-01.
const FIRST_MOMENT: i64 = 210_866_760_000_000 + 1_767_225_600_000;

/// A simulated disk. Copies of the handle are the same disk.
#[derive(Clone, Debug)]
pub struct Disk(Arc<Mutex<State>>);

/// A file with whatever its connections hold of it.
#[derive(Debug, Default)]
pub(crate) struct Node {
    pub(crate) content: Content,
    pub(crate) locks: Locks,
    pub(crate) shared: Shared,
    /// Whether a crash leaves the name.
    settled: bool,
    /// Whether it is nobody's but one connection's, and goes with it.
    fleeting: bool,
}

/// What happens to a step that has begun.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Done,
    /// It was done as the last one of this life, but nobody is told so.
    Last,
    Fails,
}

#[derive(Debug)]
pub(crate) struct State {
    seed: u64,
    /// Which life this is: handles of earlier ones are stale.
    pub(crate) life: u64,
    dead: bool,
    steps: u64,
    written: u64,
    syncs: u64,
    crash_at: Option<u64>,
    fail_at: Option<u64>,
    capacity: Option<u64>,
    read_only: bool,
    files: BTreeMap<String, Node>,
    /// Files that were deleted, but a crash may bring them back.
    ghosts: BTreeMap<String, Node>,
    handles: Who,
    damage: Damage,
    moment: i64,
    noise: Chance,
}

impl Disk {
    /// An empty disk; the seed decides whatever is left to chance.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State::new(seed))))
    }

    /// Lets the process die at a step: that one may have happened wholly, in part or not at all, and nothing
    /// works any more until [`Disk::restart`]. If the step has been already, the next one is meant.
    pub fn crash_at(&self, step: u64) {
        self.state().crash_at = Some(step);
    }

    /// Lets one step fail, after which the disk works again. If it has been already, the next one is meant.
    pub fn fail_once(&self, step: u64) {
        self.state().fail_at = Some(step);
    }

    /// Takes the power away, if no crash has, and gives it back. Of what was not synced there is what the seed
    /// leaves; connections of before are stale and fail for ever. A crash or failure that was still to come is
    /// called off, but a full or read-only disk stays so.
    pub fn restart(&self) {
        self.state().restart();
    }

    /// From now on the disk holds this many bytes in all, and writes that need more find no room.
    pub fn full_after(&self, bytes: u64) {
        self.state().capacity = Some(bytes);
    }

    /// There is room again.
    pub fn unfill(&self) {
        self.state().capacity = None;
    }

    /// Says whether whatever would change the disk is refused.
    pub fn read_only(&self, refused: bool) {
        self.state().read_only = refused;
    }

    /// Turns one bit of a file over, for ever.
    ///
    /// # Panics
    /// If there is no such file, byte or bit.
    pub fn flip(&self, file: &str, offset: usize, bit: u8) {
        assert!(bit < 8, "a byte has no bit {bit}");
        let mut state = self.state();
        let node = state.files.get_mut(file).expect("a bit is flipped in a file that is there");
        node.content.flip(offset, bit);
    }

    /// Steps so far, those that failed among them.
    pub fn steps(&self) -> u64 {
        self.state().steps
    }

    /// Bytes written so far.
    pub fn written(&self) -> u64 {
        self.state().written
    }

    /// Syncs done so far.
    pub fn syncs(&self) -> u64 {
        self.state().syncs
    }

    /// Writes and truncations so far that a restart dropped whole.
    pub fn dropped(&self) -> u64 {
        self.state().damage.dropped
    }

    /// Writes so far of which a restart kept some sectors only.
    pub fn torn(&self) -> u64 {
        self.state().damage.torn
    }

    /// Whether a crash has happened and no restart since.
    pub fn is_dead(&self) -> bool {
        self.state().dead
    }

    /// The length of all files together.
    pub fn size(&self) -> u64 {
        self.state().size()
    }

    /// The files by name with what reads of them see.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let state = self.state();
        state.files.iter().map(|(name, node)| (name.clone(), node.content.seen().to_vec())).collect()
    }

    /// A number that two disks have in common if their files have the same names and bytes (FNV-1a).
    pub fn fingerprint(&self) -> u64 {
        let mut hash = 0xCBF2_9CE4_8422_2325_u64;
        let mut take = |bytes: &[u8]| {
            let length = (bytes.len() as u64).to_le_bytes();
            for byte in length.iter().chain(bytes) {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
            }
        };
        for (name, node) in &self.state().files {
            take(name.as_bytes());
            take(node.content.seen());
        }
        hash
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn new(seed: u64) -> Self {
        Self {
            seed,
            life: 0,
            dead: false,
            steps: 0,
            written: 0,
            syncs: 0,
            crash_at: None,
            fail_at: None,
            capacity: None,
            read_only: false,
            files: BTreeMap::new(),
            ghosts: BTreeMap::new(),
            handles: 0,
            damage: Damage::default(),
            moment: FIRST_MOMENT,
            noise: Chance::at(seed, u64::MAX),
        }
    }

    fn size(&self) -> u64 {
        self.files.values().map(|node| node.content.seen().len() as u64).sum()
    }

    /// The file of that name, while there is life.
    pub(crate) fn node(&mut self, name: &str) -> Result<&mut Node, Fault> {
        if self.dead {
            return Err(Fault::Dead);
        }
        self.files.get_mut(name).ok_or(Fault::CannotOpen)
    }

    /// A number for who opens a file, which is made if need be.
    pub(crate) fn open(&mut self, name: &str, make: bool, fleeting: bool) -> Result<Who, Fault> {
        if self.dead {
            return Err(Fault::Dead);
        }
        if !self.files.contains_key(name) {
            self.make(name, make, fleeting)?;
        }
        self.handles += 1;
        Ok(self.handles)
    }

    fn make(&mut self, name: &str, make: bool, fleeting: bool) -> Result<(), Fault> {
        if !make {
            return Err(Fault::CannotOpen);
        }
        let turn = self.change(Step::Create)?;
        self.files.insert(name.to_owned(), Node { fleeting, ..Node::default() });
        turn.end(Step::Create)
    }

    /// A name that no other file has: SQLite cannot say a zero byte.
    pub(crate) fn fleeting_name(&self) -> String {
        format!("\0{}", self.handles + 1)
    }

    pub(crate) fn exists(&self, name: &str) -> Result<bool, Fault> {
        if self.dead { Err(Fault::Dead) } else { Ok(self.files.contains_key(name)) }
    }

    pub(crate) fn write(&mut self, name: &str, at: usize, bytes: &[u8]) -> Result<(), Fault> {
        let turn = self.change(Step::Write)?;
        self.find_room(name, at + bytes.len())?;
        self.node_of_step(name)?.content.write(at, bytes);
        self.written += bytes.len() as u64;
        turn.end(Step::Write)
    }

    pub(crate) fn truncate(&mut self, name: &str, length: usize) -> Result<(), Fault> {
        let turn = self.change(Step::Truncate)?;
        self.find_room(name, length)?;
        self.node_of_step(name)?.content.truncate(length);
        turn.end(Step::Truncate)
    }

    pub(crate) fn sync(&mut self, name: &str) -> Result<(), Fault> {
        let turn = self.begin()?;
        let node = self.node_of_step(name)?;
        let made = !node.settled;
        if turn == Turn::Done {
            node.content.sync();
        }
        turn.end(Step::Sync)?;
        self.syncs += 1;
        if made {
            self.settle_names();
        }
        Ok(())
    }

    /// Deletes a file; `settled` if no crash may bring it back.
    pub(crate) fn delete(&mut self, name: &str, settled: bool) -> Result<(), Fault> {
        if !self.exists(name)? {
            return Err(Fault::Missing);
        }
        let turn = self.change(Step::Delete)?;
        if let Some(node) = self.files.remove(name) {
            self.ghosts.entry(name.to_owned()).or_insert(node);
        }
        turn.end(Step::Delete)?;
        if settled {
            self.settle_names();
        }
        Ok(())
    }

    /// The end of a handle, and of its file if that was its own. Nothing that a crash could meet.
    pub(crate) fn close(&mut self, name: &str, who: Who) {
        if let Some(node) = self.files.get_mut(name) {
            node.locks.lower(who, Level::None);
            node.shared.leave(who);
            if node.fleeting {
                self.files.remove(name);
            }
        }
    }

    /// The simulated time after so many microseconds more, in milliseconds.
    pub(crate) fn wait(&mut self, microseconds: i64) -> i64 {
        self.moment += microseconds.div_euclid(1000) + i64::from(microseconds % 1000 > 0);
        self.moment
    }

    pub(crate) fn noise(&mut self, bytes: &mut [u8]) {
        self.noise.fill(bytes);
    }

    /// Begins a step.
    fn begin(&mut self) -> Result<Turn, Fault> {
        if self.dead {
            return Err(Fault::Dead);
        }
        self.steps += 1;
        if self.crash_at.is_some_and(|at| self.steps >= at) {
            self.dead = true;
            return Ok(Turn::Last);
        }
        let fails = self.fail_at.take_if(|at| self.steps >= *at).is_some();
        Ok(if fails { Turn::Fails } else { Turn::Done })
    }

    /// Begins a step that changes something, and does nothing if it fails.
    fn change(&mut self, step: Step) -> Result<Turn, Fault> {
        let turn = self.begin()?;
        if turn == Turn::Fails {
            return Err(Fault::Failed(step));
        }
        if self.read_only { Err(Fault::ReadOnly) } else { Ok(turn) }
    }

    /// The file of a step that has begun, if only as the last one.
    fn node_of_step(&mut self, name: &str) -> Result<&mut Node, Fault> {
        self.files.get_mut(name).ok_or(Fault::CannotOpen)
    }

    /// Says no if a file of that length would be more than the disk holds.
    fn find_room(&self, name: &str, length: usize) -> Result<(), Fault> {
        let Some(capacity) = self.capacity else { return Ok(()) };
        let now = self.files.get(name).map_or(0, |node| node.content.seen().len());
        let more = length.saturating_sub(now) as u64;
        if more > 0 && self.size() + more > capacity { Err(Fault::Full) } else { Ok(()) }
    }

    /// From now on a crash leaves the names as they are.
    fn settle_names(&mut self) {
        self.ghosts.clear();
        self.files.values_mut().for_each(|node| node.settled = true);
    }

    fn restart(&mut self) {
        self.life += 1;
        (self.dead, self.crash_at, self.fail_at) = (false, None, None);
        let mut chance = Chance::at(self.seed, self.steps ^ self.life << 32);
        self.files.retain(|_, node| !node.fleeting && (node.settled || chance.coin()));
        for (name, ghost) in mem::take(&mut self.ghosts) {
            if !ghost.fleeting && chance.coin() {
                self.files.insert(name, ghost);
            }
        }
        for node in self.files.values_mut() {
            let damage = node.content.crash(&mut chance);
            self.damage.dropped += damage.dropped;
            self.damage.torn += damage.torn;
            *node = Node { content: mem::take(&mut node.content), settled: true, ..Node::default() };
        }
    }
}

impl Turn {
    /// What the caller of a step is told.
    fn end(self, step: Step) -> Result<(), Fault> {
        match self {
            Self::Done => Ok(()),
            Self::Last => Err(Fault::Dead),
            Self::Fails => Err(Fault::Failed(step)),
        }
    }
}
