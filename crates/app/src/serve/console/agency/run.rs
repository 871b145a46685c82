//! Runs that take their time (批量办理): begun by an officer, worked on by a thread of their own, looked at and stopped
//! meanwhile. One of an area at a time; what came of the last ones is kept while the process lives.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde_json::Value;

use crate::serve::problem::Problem;

/// So many runs are remembered.
const REMEMBERED: usize = 50;

/// All runs.
#[derive(Default)]
pub(crate) struct Runs(Mutex<VecDeque<Arc<Run>>>);

/// A run.
pub(super) struct Run {
    pub number: u64,
    pub area: String,
    /// `credit` or `carry_over`.
    pub kind: &'static str,
    /// Month or year.
    pub of: String,
    pub preview: bool,
    pub by: String,
    pub began: String,
    done: AtomicU64,
    all: AtomicU64,
    stop: AtomicBool,
    outcome: Mutex<Option<Result<Came, Problem>>>,
}

/// What came of a run.
pub(super) struct Came {
    pub report: Value,
    /// Persons of whom nothing was done: 人员编号, a code and the reason in words.
    pub left_out: Vec<(String, String, String)>,
}

/// How far a run is.
#[derive(Serialize)]
pub(super) struct Told {
    number: u64,
    kind: &'static str,
    of: String,
    preview: bool,
    by: String,
    began: String,
    /// `running`, `done`, `stopped` or `failed`.
    state: &'static str,
    done: u64,
    all: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

impl Runs {
    fn all(&self) -> std::sync::MutexGuard<'_, VecDeque<Arc<Run>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a run, unless one of this area is under way.
    pub(super) fn begin(
        &self,
        (area, by, began): (&str, &str, String),
        (kind, of, preview): (&'static str, String, bool),
        work: impl FnOnce(&Run) -> Result<Came, Problem> + Send + 'static,
    ) -> Result<Arc<Run>, Problem> {
        let mut runs = self.all();
        if let Some(other) = runs.iter().find(|run| run.area == area && run.is_running()) {
            let said = format!("{} 开始的{}（{}）还在办理，请等它结束", other.by, other.name(), other.of);
            return Err(Problem::said("run_under_way", said));
        }
        let number = runs.back().map_or(1, |run| run.number + 1);
        let run = Arc::new(Run {
            number,
            area: area.to_owned(),
            kind,
            of,
            preview,
            by: by.to_owned(),
            began,
            done: AtomicU64::new(0),
            all: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            outcome: Mutex::new(None),
        });
        let mine = Arc::clone(&run);
        let thread = move || {
            let came = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&mine)));
            let failed = |_| Err(Problem::said("internal_error", "办理中服务内部出错，再次办理即从停下的地方继续"));
            let came = came.unwrap_or_else(failed);
            *mine.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(came);
        };
        std::thread::Builder::new().name("gongji-run".to_owned()).spawn(thread).map_err(|error| {
            tracing::error!(%error, "a run's thread cannot be started");
            Problem::said("busy", "现在不能开始，请稍后再试")
        })?;
        runs.push_back(Arc::clone(&run));
        while runs.len() > REMEMBERED {
            runs.pop_front();
        }
        Ok(run)
    }

    /// An area's runs, the last first.
    pub(super) fn of(&self, area: &str) -> Vec<Arc<Run>> {
        self.all().iter().rev().filter(|run| run.area == area).cloned().collect()
    }

    /// A run of an area by its number.
    pub(super) fn find(&self, area: &str, number: u64) -> Result<Arc<Run>, Problem> {
        let found = self.all().iter().find(|run| run.area == area && run.number == number).cloned();
        found.ok_or_else(|| Problem::said("not_here", "没有这一次办理，或服务已重启；写入的结果都在，可以再次办理"))
    }
}

impl Run {
    fn is_running(&self) -> bool {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    fn name(&self) -> &'static str {
        if self.kind == "credit" { "个人账户计入" } else { "年度结转" }
    }

    /// So many of so many are done; break when the officer wants no more.
    pub(super) fn at(&self, done: u64, all: u64) -> ControlFlow<()> {
        self.done.store(done, Ordering::Relaxed);
        self.all.store(all, Ordering::Relaxed);
        if self.stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Of whom nothing was done, as far as that is known.
    pub(super) fn left_out<T>(&self, see: impl FnOnce(&[(String, String, String)]) -> T) -> T {
        let outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        match &*outcome {
            Some(Ok(came)) => see(&came.left_out),
            _ => see(&[]),
        }
    }

    pub(super) fn told(&self) -> Told {
        let outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        let (state, report, problem) = match &*outcome {
            None => ("running", None, None),
            Some(Ok(came)) => ("done", Some(came.report.clone()), None),
            Some(Err(problem)) => {
                let stopped = self.stop.load(Ordering::Relaxed);
                (if stopped { "stopped" } else { "failed" }, None, Some(problem.message().to_owned()))
            }
        };
        Told {
            number: self.number,
            kind: self.kind,
            of: self.of.clone(),
            preview: self.preview,
            by: self.by.clone(),
            began: self.began.clone(),
            state,
            done: self.done.load(Ordering::Relaxed),
            all: self.all.load(Ordering::Relaxed),
            report,
            problem,
        }
    }
}
