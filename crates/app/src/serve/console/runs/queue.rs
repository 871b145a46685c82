//! Runs one after the other (运行队列) on a thread of their own: they wait, go on, end or are cancelled, and what came of the
//! last ones stays in memory while the program runs. Nothing of it is written anywhere.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::civil::DateTime;

use super::packages::{Package, Packages};
use super::request::Asked;
use crate::cli::{self, load};
use crate::serve::clock::Clock;
use crate::serve::problem::Problem;
use crate::simulate::report::{Cell, Report};
use crate::simulate::work::{Finished, Work};

/// How many runs may wait.
const WAITING: usize = 20;
/// How many ended runs are kept.
pub(super) const KEPT: usize = 40;
/// What the results of ended runs may take; the oldest leave.
pub(super) const MEMORY: usize = 64 << 20;

/// How far a run has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    Waiting,
    Running,
    Done,
    Failed(String),
    Cancelled,
}

/// A run.
#[derive(Clone)]
pub(super) struct Run {
    pub id: u64,
    pub asked: Arc<Asked>,
    pub by: String,
    pub state: State,
    pub work: Arc<Work>,
    pub at: DateTime,
    pub begun: Option<DateTime>,
    pub ended: Option<DateTime>,
    pub finished: Option<Arc<Finished>>,
    /// About what its results take in memory.
    pub weight: usize,
    /// The package that it has found.
    pub package: Option<u64>,
}

#[derive(Default)]
struct Shared {
    last: u64,
    runs: VecDeque<Run>,
    packages: Packages,
    working: bool,
}

/// All runs and packages of this process.
pub(crate) struct Runs {
    shared: Mutex<Shared>,
    clock: Arc<dyn Clock>,
    /// Packages that the service was started with.
    pub(super) folders: load::Policies,
    /// How many threads a run may use: one core is left to settlements.
    pub(super) threads: usize,
}

impl Runs {
    pub(crate) fn new(folders: load::Policies, clock: Arc<dyn Clock>) -> Arc<Self> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Arc::new(Self { shared: Mutex::default(), clock, folders, threads: cores.saturating_sub(1).max(1) })
    }

    /// Whoever panicked has changed nothing half: what is locked is only ever replaced whole.
    fn locked(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a run behind those that wait.
    ///
    /// # Errors
    /// When too many wait.
    pub(super) fn ask(self: &Arc<Self>, asked: Asked, by: &str) -> Result<u64, Problem> {
        let mut shared = self.locked();
        if shared.runs.iter().filter(|run| run.state == State::Waiting).count() >= WAITING {
            return Err(Problem::said("busy", format!("已有 {WAITING} 个运行在等待，请稍后再试，或取消一些")));
        }
        shared.last += 1;
        let id = shared.last;
        shared.runs.push_back(Run {
            id,
            asked: Arc::new(asked),
            by: by.to_owned(),
            state: State::Waiting,
            work: Arc::new(Work::on_threads(self.threads)),
            at: self.clock.now(),
            begun: None,
            ended: None,
            finished: None,
            weight: 0,
            package: None,
        });
        if !shared.working {
            shared.working = true;
            let runs = Arc::clone(self);
            let begun = std::thread::Builder::new().name("simulation".to_owned()).spawn(move || runs.work());
            if let Err(error) = begun {
                shared.working = false;
                shared.runs.pop_back();
                return Err(Problem::said("busy", format!("不能开始运行：{error}")));
            }
        }
        Ok(id)
    }

    /// Newest first.
    pub(super) fn all(&self) -> Vec<Run> {
        self.locked().runs.iter().rev().cloned().collect()
    }

    pub(super) fn find(&self, id: u64) -> Option<Run> {
        self.locked().runs.iter().find(|run| run.id == id).cloned()
    }

    /// How many run or wait before a run that waits.
    pub(super) fn before(&self, id: u64) -> usize {
        let shared = self.locked();
        shared.runs.iter().filter(|run| run.id < id && matches!(run.state, State::Waiting | State::Running)).count()
    }

    /// Cancels a run that waits or goes on; removes one that has ended.
    pub(super) fn end(&self, id: u64) -> Option<State> {
        let mut shared = self.locked();
        let place = shared.runs.iter().position(|run| run.id == id)?;
        let run = &mut shared.runs[place];
        match run.state {
            State::Waiting | State::Running => {
                run.work.stop();
                run.state = State::Cancelled;
                run.ended = Some(self.clock.now());
            }
            _ => {
                let _ = shared.runs.remove(place);
            }
        }
        Some(State::Cancelled)
    }

    pub(super) fn packages(&self) -> Vec<Package> {
        self.locked().packages.all().cloned().collect()
    }

    pub(super) fn package(&self, id: u64) -> Option<Package> {
        self.locked().packages.find(id).cloned()
    }

    pub(super) fn keep(&self, package: Package) -> Package {
        self.locked().packages.keep(package)
    }

    /// What the results that are kept take in memory, about.
    pub(super) fn weight(&self) -> usize {
        self.locked().runs.iter().map(|run| run.weight).sum()
    }

    /// Runs whatever waits, and ends with the last.
    fn work(&self) {
        while let Some(run) = self.next() {
            let result = catch_unwind(AssertUnwindSafe(|| worked(&run)));
            let result = result.unwrap_or_else(|_| Err(anyhow::anyhow!("程序内部出错，请把命令和时间告诉维护人员")));
            self.ended(&run, result);
        }
    }

    fn next(&self) -> Option<Run> {
        let mut shared = self.locked();
        let now = self.clock.now();
        let Some(run) = shared.runs.iter_mut().find(|run| run.state == State::Waiting) else {
            shared.working = false;
            return None;
        };
        run.state = State::Running;
        run.begun = Some(now);
        Some(run.clone())
    }

    fn ended(&self, run: &Run, result: anyhow::Result<Finished>) {
        let mut shared = self.locked();
        let now = self.clock.now();
        let plan = result.as_ref().ok().and_then(|finished| finished.plan.as_ref());
        let area = run.asked.area.clone();
        let found = plan.map(|plan| Package::found(plan, run.id, &run.by, (area, run.asked.area_name.clone())));
        let Some(place) = shared.runs.iter().position(|known| known.id == run.id) else { return };
        if shared.runs[place].state != State::Running {
            return;
        }
        let package = found.map(|found| shared.packages.keep(found).id);
        let known = &mut shared.runs[place];
        known.ended = Some(now);
        known.package = package;
        match result {
            Ok(finished) => {
                known.weight = weight(&finished.report);
                known.finished = Some(Arc::new(finished));
                known.state = State::Done;
            }
            Err(error) => known.state = State::Failed(format!("{error:#}")),
        }
        forget(&mut shared.runs);
    }
}

/// Takes away the oldest that have ended, beyond what is kept.
fn forget(runs: &mut VecDeque<Run>) {
    let ended = |run: &Run| !matches!(run.state, State::Waiting | State::Running);
    loop {
        let weight: usize = runs.iter().map(|run| run.weight).sum();
        let count = runs.iter().filter(|run| ended(run)).count();
        if count <= KEPT && (weight <= MEMORY || count <= 1) {
            return;
        }
        let Some(oldest) = runs.iter().position(ended) else { return };
        let _ = runs.remove(oldest);
    }
}

/// The work of a run, in a folder that is gone afterwards.
fn worked(run: &Run) -> anyhow::Result<Finished> {
    let folder = tempfile::tempdir()?;
    run.asked.lay_out(folder.path())?;
    let finished = cli::finished(&run.asked.arguments(folder.path()), &run.work);
    let root = format!("{}{}", folder.path().display(), std::path::MAIN_SEPARATOR);
    match finished {
        Ok(mut finished) => {
            finished.report.without(&root);
            Ok(finished)
        }
        Err(error) => Err(anyhow::anyhow!("{}", format!("{error:#}").replace(&root, ""))),
    }
}

/// About what a report takes in memory.
fn weight(report: &Report) -> usize {
    let cell = |cell: &Cell| size_of::<Cell>() + if let Cell::Text(text) = cell { text.len() } else { 0 };
    let tables: usize = report.tables.iter().flat_map(|table| table.rows.iter().flatten()).map(cell).sum();
    let bases: usize = report.bases.iter().flatten().map(|text| text.len() + size_of::<String>()).sum();
    let notes: usize = report.notes.iter().map(|note| note.len() + size_of::<String>()).sum();
    tables + bases + notes
}

#[cfg(test)]
mod tests;
