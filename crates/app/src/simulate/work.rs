//! A run while it goes on (运行中): how many persons are done of how many, and whether it is to stop. Whoever runs looks at it
//! between batches of persons; whoever waits looks at it whenever they like.

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use gongji_policy::Folder;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::report::Report;

/// The work of one run.
#[derive(Debug, Default)]
pub(crate) struct Work {
    done: AtomicU64,
    of: AtomicU64,
    stopped: AtomicBool,
    bar: Option<ProgressBar>,
    /// How many threads, where the run itself does not say.
    pub(crate) threads: Option<usize>,
}

/// What a run says that was told to stop.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("已取消")]
pub(crate) struct Stopped;

impl Work {
    /// Work that shows a bar on a terminal, and nothing elsewhere.
    pub(crate) fn on_terminal() -> Self {
        let bar = ProgressBar::new(0);
        if !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let style = ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} 人 {percent}% 余 {eta}");
        let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar: Some(bar), ..Self::default() }
    }

    /// Work that takes no more threads than this, unless the run itself says how many.
    pub(crate) fn on_threads(threads: usize) -> Self {
        Self { threads: Some(threads), ..Self::default() }
    }

    /// So many persons more are to be done; who is run twice counts twice.
    pub(crate) fn expect(&self, persons: u64) {
        let of = self.of.fetch_add(persons, Ordering::Relaxed) + persons;
        self.bar.iter().for_each(|bar| bar.set_length(of));
    }

    /// So many persons were done.
    pub(crate) fn did(&self, persons: u64) {
        self.done.fetch_add(persons, Ordering::Relaxed);
        self.bar.iter().for_each(|bar| bar.inc(persons));
    }

    /// Persons done, and of how many.
    pub(crate) fn persons(&self) -> (u64, u64) {
        let of = self.of.load(Ordering::Relaxed);
        (self.done.load(Ordering::Relaxed).min(of), of)
    }

    /// Tells it to stop; it does so after the batches that it is at.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether it may go on.
    ///
    /// # Errors
    /// When it was told to stop.
    pub(crate) fn goes_on(&self) -> Result<(), Stopped> {
        if self.stopped.load(Ordering::Relaxed) { Err(Stopped) } else { Ok(()) }
    }

    /// Takes the bar away.
    pub(crate) fn finished(&self) {
        self.bar.iter().for_each(ProgressBar::finish_and_clear);
    }
}

/// What came of a run: what a command prints, and what a page shows and keeps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Finished {
    pub(crate) report: Report,
    /// The package that a search has found.
    pub(crate) plan: Option<Folder>,
    /// The command's exit status.
    pub(crate) status: u8,
    /// What is said beside the results, when not all went as it was wished.
    pub(crate) said: Option<String>,
}

impl From<Report> for Finished {
    fn from(report: Report) -> Self {
        Self { report, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_goes_on_until_it_is_told_to_stop_and_never_shows_more_than_there_is() {
        let work = Work::default();
        work.expect(10);
        work.did(4);
        assert!(work.persons() == (4, 10) && work.goes_on().is_ok());
        work.did(40);
        work.stop();
        assert!(work.persons() == (10, 10) && work.goes_on().is_err());
    }
}
