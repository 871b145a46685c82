//! Results as tables that know nothing of where they are shown: a terminal, a page, a workbook, JSON.

use gongji_domain::Fen;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

use super::chart::Chart;
use crate::cli::paint::{QUIET, TITLE, at_least, boxed, in_style, right, thousands, wrap};
use unicode_width::UnicodeWidthStr as _;

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Words.
    Text(String),
    /// How many.
    Count(u64),
    /// An amount in yuan (元).
    Yuan(Fen),
    /// An amount shown in 万元.
    Wan(Fen),
    /// A part of a whole.
    Share(i128, i128),
    /// A number in millionths.
    Millionths(u32),
    /// Nothing to say.
    Empty,
}

impl Cell {
    /// Words.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A part of so much money.
    pub(crate) fn part(of: Fen, whole: Fen) -> Self {
        Self::Share(of.fen().into(), whole.fen().into())
    }

    /// A part of so many.
    pub(crate) fn of(part: u64, whole: u64) -> Self {
        Self::Share(part.into(), whole.into())
    }

    /// So much for each.
    pub(crate) fn each(sum: Fen, count: u64) -> Self {
        match i64::try_from(count) {
            Ok(count) if count > 0 => Self::Yuan(Fen::from_fen(divided(sum.fen(), count))),
            _ => Self::Empty,
        }
    }

    /// As people read it.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => thousands(&count.to_string()),
            Self::Yuan(fen) => thousands(&fen.to_string()),
            // 万元 with two decimals, half up: 10 000 yuan are a million fen.
            Self::Wan(fen) => thousands(&Fen::from_fen(divided(fen.fen(), 10_000)).to_string()),
            Self::Share(part, whole) => percent(*part, *whole),
            Self::Millionths(number) => format!("0.{:03}", (number + 500) / 1_000),
            Self::Empty => "—".to_owned(),
        }
    }

    /// As programs read it: amounts as text in yuan, shares in millionths.
    pub(crate) fn json(&self) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Count(count) => json!(count),
            Self::Yuan(fen) | Self::Wan(fen) => json!(fen.to_string()),
            Self::Share(part, whole) => match *whole {
                0 => Value::Null,
                whole => json!(i64::try_from(part * 1_000_000 / whole).unwrap_or(i64::MAX)),
            },
            Self::Millionths(number) => json!(number),
            Self::Empty => Value::Null,
        }
    }

    /// Whether it is words.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self, Self::Text(_))
    }
}

/// Half away from zero.
fn divided(fen: i64, by: i64) -> i64 {
    let half = if fen < 0 { -by / 2 } else { by / 2 };
    (fen + half) / by
}

fn percent(part: i128, whole: i128) -> String {
    if whole == 0 {
        return "—".to_owned();
    }
    let hundredths = (part * 10_000 * 2 + whole) / (whole * 2);
    let sign = if hundredths < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}%", hundredths.abs() / 100, hundredths.abs() % 100)
}

/// A table: what it is called in JSON, its title, its columns (key and words) and rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) key: &'static str,
    pub(crate) title: String,
    pub(crate) note: String,
    pub(crate) heads: Vec<(&'static str, String)>,
    pub(crate) rows: Vec<Vec<Cell>>,
    /// What is drawn beside it.
    pub(crate) charts: Vec<Chart>,
}

impl Table {
    /// A table without rows yet.
    pub(crate) fn new(key: &'static str, title: impl Into<String>, heads: &[(&'static str, &str)]) -> Self {
        let heads = heads.iter().map(|(key, words)| (*key, (*words).to_owned())).collect();
        Self { key, title: title.into(), heads, ..Self::default() }
    }

    /// With a remark under the title.
    pub(crate) fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }
}

/// All that is told of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    pub(crate) title: String,
    /// What was run: a key for programs, words, and a value.
    pub(crate) facts: Vec<(&'static str, &'static str, String)>,
    /// The figures that are shown large on the page.
    pub(crate) heroes: Vec<(String, String)>,
    /// What is assumed, estimated and left out.
    pub(crate) notes: Vec<String>,
    /// Figures that are assumed: what, how much, evidence, why.
    pub(crate) bases: Vec<[String; 4]>,
    pub(crate) tables: Vec<Table>,
}

/// Columns of words are at least this wide, if their words are.
const LEAST_WORDS: usize = 14;

impl Report {
    /// For a terminal.
    pub(crate) fn text(&self, width: usize) -> String {
        let mut text = format!("{}\n", in_style(TITLE, &self.title));
        for (_, words, value) in &self.facts {
            let _ = writeln!(text, "  {words}：{value}");
        }
        for table in self.tables.iter().filter(|table| !table.rows.is_empty()) {
            let _ = writeln!(text, "\n{}", in_style(TITLE, &table.title));
            if !table.note.is_empty() {
                let _ = writeln!(text, "{}", in_style(QUIET, &table.note));
            }
            let heads: Vec<&str> = table.heads.iter().map(|(_, words)| words.as_str()).collect();
            let mut shown = boxed(&heads, width);
            for row in &table.rows {
                shown.add_row(row.iter().map(Cell::shown));
            }
            for column in 0..heads.len() {
                let cells = || table.rows.iter().filter_map(|row| row.get(column));
                let numbers = cells().any(|cell| !cell.is_text());
                if numbers {
                    right(&mut shown, column);
                }
                // A number is never broken; words may be, but not into single characters.
                let widest = cells().map(|cell| cell.shown().width()).max().unwrap_or(0);
                at_least(&mut shown, column, if numbers { widest } else { widest.min(LEAST_WORDS) });
            }
            let _ = writeln!(text, "{shown}");
        }
        let _ = writeln!(text, "\n{}", in_style(TITLE, "假设与说明"));
        for note in &self.notes {
            for (i, line) in wrap(note, width.saturating_sub(4)).iter().enumerate() {
                let _ = writeln!(text, "  {} {line}", if i == 0 { "·" } else { " " });
            }
        }
        text
    }

    /// Leaves some words out wherever they stand, such as the place of files.
    pub(crate) fn without(&mut self, words: &str) {
        let leave = |text: &mut String| {
            if text.contains(words) {
                *text = text.replace(words, "");
            }
        };
        leave(&mut self.title);
        self.facts.iter_mut().for_each(|(_, _, value)| leave(value));
        self.heroes.iter_mut().for_each(|(words, _)| leave(words));
        self.notes.iter_mut().for_each(leave);
        self.bases.iter_mut().flatten().for_each(leave);
        for table in &mut self.tables {
            leave(&mut table.title);
            leave(&mut table.note);
            table.heads.iter_mut().for_each(|(_, words)| leave(words));
            for cell in table.rows.iter_mut().flatten() {
                if let Cell::Text(text) = cell {
                    leave(text);
                }
            }
            let bars = table.charts.iter_mut().filter_map(|chart| match chart {
                Chart::Bars(bars) | Chart::Stacked(bars) => Some(bars),
                _ => None,
            });
            for bars in bars {
                bars.labels.iter_mut().for_each(leave);
                bars.series.iter_mut().for_each(|(name, _)| leave(name));
            }
        }
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        let facts: Map<String, Value> =
            self.facts.iter().map(|(key, _, value)| ((*key).to_owned(), json!(value))).collect();
        let tables: Map<String, Value> = self
            .tables
            .iter()
            .map(|table| {
                let row = |row: &Vec<Cell>| -> Value {
                    let cells = table.heads.iter().zip(row).map(|((key, _), cell)| ((*key).to_owned(), cell.json()));
                    Value::Object(cells.collect())
                };
                (table.key.to_owned(), table.rows.iter().map(row).collect())
            })
            .collect();
        let bases: Vec<Value> = self
            .bases
            .iter()
            .map(|[what, value, from, why]| json!({ "what": what, "value": value, "from": from, "why": why }))
            .collect();
        json!({ "title": self.title, "run": facts, "notes": self.notes, "assumptions": bases, "tables": tables })
    }
}
