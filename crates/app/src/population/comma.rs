//! Tables of a population as CSV (UTF-8): written in batches, read from any byte on.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::columns::Layout;
use super::fault::{Fault, Faults};
use super::rows::Block;

/// The head of a table.
pub(super) fn head(layout: &Layout) -> Vec<u8> {
    let names: Vec<&str> = layout.columns.iter().map(|column| column.name).collect();
    format!("{}\n", names.join(",")).into_bytes()
}

/// A block as lines. No value holds a comma.
pub(super) fn lines(layout: &Layout, block: &Block) -> Vec<u8> {
    let mut text = Vec::with_capacity(block.rows() * layout.columns.len() * 8);
    for row in 0..block.rows() {
        for (i, (column, values)) in layout.columns.iter().zip(&block.columns).enumerate() {
            let comma = if i == 0 { "" } else { "," };
            // Writing into memory does not fail.
            let _ = write!(text, "{comma}{}", column.kind.text(values[row]));
        }
        text.push(b'\n');
    }
    text
}

/// A table to be read.
#[derive(Debug)]
pub(super) struct Table {
    path: PathBuf,
    pub(super) file: String,
    layout: Layout,
    places: Vec<Option<usize>>,
    /// How many columns the head has.
    width: usize,
    /// Where the first row begins.
    first: u64,
}

impl Table {
    /// Looks at its head.
    pub(super) fn open(path: &Path, layout: Layout, faults: &mut Faults) -> anyhow::Result<Self> {
        use anyhow::Context as _;
        let file = super::file_name(path);
        let opened = File::open(path).with_context(|| format!("不能读 {}", path.display()))?;
        let mut reader = csv::Reader::from_reader(opened);
        let heads = reader.headers().with_context(|| format!("{file} 的表头不能读：应为 UTF-8 的 CSV"))?.clone();
        let names: Vec<String> =
            heads.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()).collect();
        let places = super::places(&file, &names, &layout, faults);
        let first = reader.position().byte();
        Ok(Self { path: path.to_owned(), file, layout, places, width: names.len(), first })
    }

    /// Reads on from a row that begins at a byte; without one from the first.
    pub(super) fn from(&self, row: u64, byte: Option<u64>) -> anyhow::Result<Cursor<'_>> {
        let mut file = File::open(&self.path)?;
        let base = file.seek(SeekFrom::Start(byte.unwrap_or(self.first)))?;
        let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
        Ok(Cursor { table: self, reader, record: csv::ByteRecord::new(), base, row })
    }
}

/// Where reading stands.
pub(super) struct Cursor<'a> {
    table: &'a Table,
    reader: csv::Reader<File>,
    record: csv::ByteRecord,
    base: u64,
    row: u64,
}

impl Cursor<'_> {
    /// Adds up to so many rows, and where each begins; none at the end.
    pub(super) fn next(
        &mut self,
        most: usize,
        block: &mut Block,
        bytes: &mut Vec<u64>,
        faults: &mut Faults,
    ) -> anyhow::Result<usize> {
        let mut rows = 0;
        while rows < most {
            let begins = self.base + self.reader.position().byte();
            if !self.reader.read_byte_record(&mut self.record)? {
                break;
            }
            self.row += 1;
            rows += 1;
            bytes.push(begins);
            self.row_into(block, faults);
        }
        Ok(rows)
    }

    fn row_into(&self, block: &mut Block, faults: &mut Faults) {
        let table = self.table;
        let fault = |column: Option<&str>, given: String, allowed: String| Fault {
            file: table.file.clone(),
            row: Some(self.row),
            column: column.map(str::to_owned),
            given,
            allowed,
        };
        if self.record.len() != table.width {
            faults.add(fault(None, format!("有 {} 格", self.record.len()), format!("与表头同为 {} 格", table.width)));
        }
        for ((column, place), to) in table.layout.columns.iter().zip(&table.places).zip(&mut block.columns) {
            let cell = place.and_then(|place| self.record.get(place)).unwrap_or_default().trim_ascii();
            let value = match (cell, column.default) {
                (b"", Some(default)) => Some(default),
                _ => core::str::from_utf8(cell).ok().and_then(|text| column.kind.parse(text)),
            };
            to.push(value.unwrap_or_else(|| {
                let given =
                    if cell.is_empty() { "空".into() } else { format!("“{}”", String::from_utf8_lossy(cell)) };
                faults.add(fault(Some(column.name), given, column.kind.allowed()));
                0
            }));
        }
    }
}
