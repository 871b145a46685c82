//! `gongji store restore`: a new store as this one was at an earlier moment.

use std::io::{IsTerminal as _, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use gongji_store::{Place, RestoreError, Until};

use super::{Db, text};
use crate::cli::load;
use crate::his::Moment;

/// Make a new store as this one was at an earlier moment (恢复到某一时刻)
///
/// Copies the journal from the first event on, sealed as it is, makes everything that is derived anew, and
/// proves all of it before the new file gets its name. The store itself is only read: it may be a backup, or
/// be in use. An existing file is never replaced.
///
/// Events are kept in the order of their numbers, up to the first one that was recorded after the moment. If
/// the clock had been set back meanwhile, later numbers may bear earlier times: those are left out too; name
/// the number of events instead.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    db: Db,
    /// The new store's file; must not exist
    #[arg(value_name = "FILE")]
    to: PathBuf,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    policies: load::Policies,
}

/// How much is kept.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// Keep what was recorded until then (记账时刻), that second included: "YYYY-MM-DD HH:MM:SS"
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<Until>,
    /// Keep so many events
    #[arg(long, value_name = "N", value_parser = events)]
    events: Option<Until>,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji store restore gongji-demo.db restored.db --until \"2026-03-01 14:30:00\"
  gongji store restore backup/2026-03-01.db restored.db --events 1200";

/// A day alone would leave open whether its events are meant.
fn moment(text: &str) -> Result<Until, &'static str> {
    let read = text.parse().ok().filter(|moment: &Moment| moment.to_string() == text);
    read.map(|moment| Until::Moment(moment.to_string())).ok_or("写作 YYYY-MM-DD HH:MM:SS")
}

fn events(text: &str) -> Result<Until, &'static str> {
    text.parse().map(Until::Events).map_err(|_| "写作件数，至少 1")
}

/// Restores it.
///
/// # Errors
/// Why there is no new store.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    if matches!(options.db.place, Place::Postgres(_)) {
        return Err(RestoreError::Server.into());
    }
    let (reader, book) = (options.db.open()?, super::book(&options.policies)?);
    let Which { until, events } = &options.which;
    let until = until.as_ref().or(events.as_ref()).context("须给出 --until 或 --events")?;
    let restored = reader.restore(&options.to, until, &book, progress());
    let to = options.to.display();
    let restored = restored.with_context(|| format!("不能恢复到 {to}"))?;
    let (last, head) = (restored.journal.events, text::hex(&restored.journal.head));
    let mut out = anstream::stdout();
    writeln!(out, "已恢复到 {to}：事件 {last}，略去其后 {} 件，核验通过", restored.left_out)?;
    writeln!(out, "  末件 {last}，记于 {}，hash {head}", restored.recorded)?;
    Ok(ExitCode::SUCCESS)
}

/// Tells how far the copy is, and that it is proved after that.
fn progress() -> impl FnMut(u64, u64) {
    let drawn = std::io::stderr().is_terminal();
    let mut told = 0;
    move |done, all| {
        let tenth = done * 10 / all.max(1);
        match (drawn, done == all) {
            (true, false) => eprint!("\r已复制 {done}/{all} 件"),
            (true, true) => eprintln!("\r已复制 {done}/{all} 件，正在重建并核验"),
            (false, true) => eprintln!("已复制 {done}/{all} 件，正在重建并核验"),
            (false, false) if tenth > told => {
                told = tenth;
                eprintln!("已复制 {done}/{all} 件");
            }
            (false, false) => {}
        }
    }
}
