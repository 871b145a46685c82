//! `gongji store backup`: a checked copy of a store while it is in use.

use std::io::{IsTerminal as _, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;

use super::{Db, text};

/// Copy a store while the service runs (联机备份), and check the copy
///
/// The copy is of one moment. Its pages and its whole chain are checked before it gets its name, so a
/// file that is there is sound. An existing file is never replaced.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    db: Db,
    /// The copy's file; must not exist
    #[arg(value_name = "FILE")]
    to: PathBuf,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji store backup gongji-demo.db backup/2026-03-01.db
  gongji store verify backup/2026-03-01.db";

/// Copies it.
///
/// # Errors
/// Why there is no copy.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let reader = options.db.open()?;
    let drawn = std::io::stderr().is_terminal();
    let mut told = 0;
    let copied = reader.backup(&options.to, |done, all| {
        let percent = done * 100 / all.max(1);
        if drawn {
            eprint!("\r已复制 {done}/{all} 页（{percent}%）");
        } else if percent / 10 > told {
            told = percent / 10;
            eprintln!("已复制 {done}/{all} 页（{percent}%）");
        }
    });
    if drawn {
        eprintln!();
    }
    let copied = copied.with_context(|| format!("不能备份到 {}", options.to.display()))?;
    let head = text::hex(&copied.head);
    writeln!(anstream::stdout(), "已备份到 {}：事件 {}，末件 hash {head}", options.to.display(), copied.events)?;
    Ok(ExitCode::SUCCESS)
}
