//! A file of rows as bytes: which encoding, tabs, commas or a workbook. Knows nothing of what the
//! cells mean.

use std::io::Cursor;

use calamine::{Data, Range, Reader as _, Xlsx};

/// A file whose encoding is known.
pub(crate) struct Sheet {
    /// What it turned out to be, to be said.
    pub encoding: &'static str,
    rows: Rows,
}

enum Rows {
    Tabs(String),
    Commas(String),
    Book(Range<Data>),
}

impl Sheet {
    /// Reads a file by the ending of its name: `.txt` and `.tsv` with tabs, `.csv`, `.xlsx`. Text
    /// is UTF-8 with or without BOM, else GB18030.
    ///
    /// # Errors
    /// Says what it is not.
    pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<Self, String> {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
        if ending == "xlsx" {
            return workbook(bytes);
        }
        if !["txt", "tsv", "csv"].contains(&ending.as_str()) {
            return Err(format!("{name}：只读 .txt、.tsv（制表符分隔）、.csv 和 .xlsx"));
        }
        let (text, encoding) =
            decoded(bytes).ok_or_else(|| format!("{name}：既不是 UTF-8 也不是 GB18030 编码的文字"))?;
        let rows = if ending == "csv" { Rows::Commas(text) } else { Rows::Tabs(text) };
        Ok(Self { encoding, rows })
    }

    /// Whether the rows may come without a head: only the national form does.
    pub(crate) fn may_lack_head(&self) -> bool {
        matches!(self.rows, Rows::Tabs(_))
    }

    /// How many lines there are, about.
    pub(crate) fn len(&self) -> usize {
        match &self.rows {
            Rows::Tabs(text) | Rows::Commas(text) => text.bytes().filter(|byte| *byte == b'\n').count() + 1,
            Rows::Book(range) => range.height(),
        }
    }

    /// Gives every row that is not empty, with its line number from 1, until `take` says stop.
    ///
    /// # Errors
    /// What `take` says, or that the file is no CSV.
    pub(crate) fn each(&self, mut take: impl FnMut(usize, &[&str]) -> Result<(), String>) -> Result<(), String> {
        match &self.rows {
            Rows::Tabs(text) => {
                for (at, line) in text.split('\n').enumerate() {
                    let line = line.strip_suffix('\r').unwrap_or(line);
                    if !line.trim().is_empty() {
                        take(at + 1, &line.split('\t').collect::<Vec<_>>())?;
                    }
                }
            }
            Rows::Commas(text) => {
                let mut reader =
                    csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
                for record in reader.records() {
                    let record = record.map_err(|fault| format!("不是合法的 CSV：{fault}"))?;
                    let row = record.position().map_or(0, |place| usize::try_from(place.line()).unwrap_or(0));
                    if record.iter().any(|cell| !cell.trim().is_empty()) {
                        take(row, &record.iter().collect::<Vec<_>>())?;
                    }
                }
            }
            Rows::Book(range) => {
                let first = range.start().map_or(0, |(row, _)| row as usize);
                for (at, row) in range.rows().enumerate() {
                    let cells: Vec<String> = row.iter().map(text_of).collect();
                    if cells.iter().any(|cell| !cell.trim().is_empty()) {
                        take(first + at + 1, &cells.iter().map(String::as_str).collect::<Vec<_>>())?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn decoded(bytes: &[u8]) -> Option<(String, &'static str)> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return Some((String::from_utf8(rest.to_vec()).ok()?, "UTF-8（带 BOM）"));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some((text.to_owned(), "UTF-8"));
    }
    let text = encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes)?;
    // Binary that happens to decode is no text.
    let strange = |c: char| c.is_control() && !['\t', '\r', '\n'].contains(&c);
    (!text.contains(strange)).then(|| (text.into_owned(), "GB18030"))
}

fn workbook(bytes: &[u8]) -> Result<Sheet, String> {
    let said = |fault: calamine::XlsxError| format!("不能作为 xlsx 读取：{fault}");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(said)?;
    let range = book.worksheet_range_at(0).ok_or("xlsx 没有工作表")?.map_err(said)?;
    Ok(Sheet { encoding: "xlsx（第一张工作表）", rows: Rows::Book(range) })
}

/// A cell as its shortest text: a number reads as it was typed.
fn text_of(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::DateTime(at) => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
        }
        other => other.to_string(),
    }
}
