//! Reading Markdown case files: headings, the articles they cite, tables.

use crate::fault::{At, Fault};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A heading with its tables.
pub(super) struct Section {
    pub(super) heading: String,
    pub(super) articles: Vec<(At, String)>,
    pub(super) tables: Vec<Table>,
}

/// A table: column names, and rows of cells.
pub(super) struct Table {
    pub(super) at: At,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// A row with its place.
pub(super) struct Row {
    pub(super) at: At,
    pub(super) cells: Vec<Cell>,
}

/// A cell with its place.
pub(super) struct Cell {
    pub(super) at: At,
    pub(super) text: String,
}

const CITES: &str = "依据：";

/// The sections of a file; what stands before the first heading is prose.
pub(super) fn sections(file: u16, text: &str, faults: &mut Vec<Fault>) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut open: Option<Table> = None;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let line = line.trim_end();
        let at = At { file, start: start as u32, end: (start + line.len()) as u32 };
        if let Some(heading) = line.strip_prefix("## ") {
            close(&mut open, &mut sections);
            sections.push(Section { heading: heading.trim().to_owned(), articles: Vec::new(), tables: Vec::new() });
        } else if let Some(cites) = line.strip_prefix(CITES) {
            if let Some(section) = sections.last_mut() {
                section
                    .articles
                    .extend(cites.split([' ', '、', '，']).filter(|c| !c.is_empty()).map(|c| (at, c.to_owned())));
            }
        } else if line.starts_with('|') {
            let cells = cells(file, start, line);
            match &mut open {
                None if sections.is_empty() => {}
                None => {
                    let columns = cells.into_iter().map(|cell| cell.text).collect();
                    open = Some(Table { at, columns, rows: Vec::new() });
                }
                Some(_) if cells.iter().all(|cell| is_rule(&cell.text)) => {}
                Some(table) if cells.len() == table.columns.len() => table.rows.push(Row { at, cells }),
                Some(table) => {
                    let found = format!("这一行有 {} 格，表头有 {} 格", cells.len(), table.columns.len());
                    faults.push(Fault::error("table_shape", at, found, "每行格数与表头相同"));
                }
            }
        } else {
            close(&mut open, &mut sections);
        }
    }
    close(&mut open, &mut sections);
    sections
}

fn close(open: &mut Option<Table>, sections: &mut [Section]) {
    if let (Some(table), Some(section)) = (open.take(), sections.last_mut()) {
        section.tables.push(table);
    }
}

fn is_rule(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b == b'-' || b == b':')
}

fn cells(file: u16, start: usize, line: &str) -> Vec<Cell> {
    let inner = line.trim_start_matches('|');
    let mut offset = start + (line.len() - inner.len());
    let mut cells = Vec::new();
    for part in inner.trim_end().trim_end_matches('|').split('|') {
        let text = part.trim();
        let lead = part.len() - part.trim_start().len();
        let at = At { file, start: (offset + lead) as u32, end: (offset + lead + text.len()) as u32 };
        cells.push(Cell { at, text: text.to_owned() });
        offset += part.len() + 1;
    }
    cells
}
