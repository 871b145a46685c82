//! How the tables of accounts are given out: drawn for a terminal, as JSON, or as a file for spreadsheets.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use comfy_table::{Cell, CellAlignment};
use serde::Serialize;

use crate::agency::table::Table;
use crate::cli::paint::{self, QUIET, TITLE, in_style};

/// In which form, and where to.
#[derive(clap::Args)]
pub(super) struct Printing {
    /// What to give out
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Where to write it; standard output when left out (not for xlsx)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// A form.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A table for people
    Table,
    /// One JSON object
    Json,
    /// UTF-8 with a mark, as spreadsheets read it
    Csv,
    /// A workbook
    Xlsx,
}

impl Printing {
    /// Gives it out.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn print(&self, whole: &impl Serialize, table: &Table) -> anyhow::Result<()> {
        let bytes = match self.format {
            Format::Table => drawn(table).into_bytes(),
            Format::Json => {
                let mut bytes = serde_json::to_vec_pretty(whole)?;
                bytes.push(b'\n');
                bytes
            }
            Format::Csv => table.csv()?,
            Format::Xlsx if self.out.is_none() => bail!("--format xlsx 须用 --out 写入文件"),
            Format::Xlsx => table.xlsx()?,
        };
        match &self.out {
            Some(path) => fs::write(path, bytes).with_context(|| format!("无法写入 {}", path.display())),
            None => Ok(anstream::stdout().write_all(&bytes)?),
        }
    }
}

/// A table as a terminal shows it.
pub(super) fn drawn(table: &Table) -> String {
    let width = paint::width();
    let mut text = format!("{}\n", in_style(TITLE, table.title));
    for (what, value) in &table.above {
        for line in paint::wrap(&format!("{what}：{value}"), width) {
            text.push_str(&in_style(QUIET, &line));
            text.push('\n');
        }
    }
    let mut drawn = paint::boxed(&table.heads, width);
    for row in &table.rows {
        drawn.add_row(row.iter().map(|cell| {
            let shown = Cell::new(cell.to_string());
            if cell.is_figure() { shown.set_alignment(CellAlignment::Right) } else { shown }
        }));
    }
    text.push_str(&format!("{drawn}\n"));
    text
}
