//! What the counter hands out (对账单、统计表、对比表) as tables: csv and xlsx for spreadsheets, cells for whoever draws one.
//! Knows nothing of what they hold.

use anyhow::Context as _;
use gongji_domain::Fen;
use rust_xlsxwriter::{Format, Workbook};
use unicode_width::UnicodeWidthStr as _;

/// A mark by which spreadsheets know UTF-8.
const MARK: &[u8] = b"\xEF\xBB\xBF";
/// Widest column of a sheet, in characters.
const WIDEST: usize = 48;

/// A table with what stands above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub title: &'static str,
    pub above: Vec<(&'static str, String)>,
    pub heads: Vec<&'static str>,
    pub rows: Vec<Vec<Cell>>,
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    Text(String),
    Money(Fen),
    Count(i64),
    Empty,
}

impl Cell {
    pub(crate) fn text(text: impl ToString) -> Self {
        Self::Text(text.to_string())
    }

    /// Whether it stands at the right.
    pub(crate) fn is_figure(&self) -> bool {
        matches!(self, Self::Money(_) | Self::Count(_))
    }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Money(amount) => write!(f, "{amount}"),
            Self::Count(count) => write!(f, "{count}"),
            Self::Empty => Ok(()),
        }
    }
}

impl Table {
    /// The rows with their head.
    ///
    /// # Errors
    /// Never for texts; the writer's own faults.
    pub(crate) fn csv(&self) -> anyhow::Result<Vec<u8>> {
        let mut writer = csv::Writer::from_writer(MARK.to_vec());
        writer.write_record(&self.heads)?;
        for row in &self.rows {
            writer.write_record(row.iter().map(safe))?;
        }
        writer.into_inner().context("csv")
    }

    /// A workbook of one sheet: title, what stands above, the rows.
    ///
    /// # Errors
    /// When a table has more rows than a sheet.
    pub(crate) fn xlsx(&self) -> anyhow::Result<Vec<u8>> {
        let mut book = Workbook::new();
        let (bold, money) = (Format::new().set_bold(), Format::new().set_num_format("0.00"));
        let sheet = book.add_worksheet();
        sheet.set_name(self.title)?;
        sheet.write_string_with_format(0, 0, self.title, &bold)?;
        let mut at = 1;
        for (what, value) in &self.above {
            sheet.write_string(at, 0, *what)?.write_string(at, 1, value)?;
            at += 1;
        }
        for (column, head) in (0..).zip(&self.heads) {
            let longest = self.rows.iter().map(|row| wide(&row[usize::from(column)].to_string())).max();
            sheet.set_column_width(column, u16::try_from(longest.unwrap_or(0).max(wide(head)).min(WIDEST) + 2)?)?;
            sheet.write_string_with_format(at, column, *head, &bold)?;
        }
        for row in &self.rows {
            at += 1;
            for (column, cell) in (0..).zip(row) {
                match cell {
                    // A sheet's numbers are floats; one read from the text of an amount shows that amount again.
                    Cell::Money(amount) => {
                        sheet.write_number_with_format(at, column, amount.to_string().parse::<f64>()?, &money)?
                    }
                    Cell::Count(count) => sheet.write_number(at, column, count.to_string().parse::<f64>()?)?,
                    Cell::Text(text) => sheet.write_string(at, column, text)?,
                    Cell::Empty => continue,
                };
            }
        }
        book.save_to_buffer().context("xlsx")
    }
}

fn wide(text: &str) -> usize {
    text.width()
}

/// As a cell of csv: a text that a spreadsheet would take for a formula is marked as text.
fn safe(cell: &Cell) -> String {
    let text = cell.to_string();
    let formula = matches!(cell, Cell::Text(_)) && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader as _, Xlsx};

    fn table() -> Table {
        Table {
            title: "表",
            above: vec![("期间", "2024".to_owned())],
            heads: vec!["摘要", "金额", "笔数"],
            rows: vec![
                vec![Cell::text("=1+1"), Cell::Money(Fen::from_fen(-1_005)), Cell::Count(2)],
                vec![Cell::text("甲,乙"), Cell::Empty, Cell::Count(0)],
            ],
        }
    }

    #[test]
    fn a_table_is_written_as_csv_without_formulas() {
        let text = String::from_utf8(table().csv().unwrap()).unwrap();
        assert_eq!(text, "\u{feff}摘要,金额,笔数\n'=1+1,-10.05,2\n\"甲,乙\",,0\n");
    }

    #[test]
    fn a_table_is_written_as_a_sheet_whose_amounts_are_numbers() {
        let mut book = Xlsx::new(std::io::Cursor::new(table().xlsx().unwrap())).unwrap();
        let sheet = book.worksheet_range("表").unwrap();
        let cell = |row, column| sheet.get_value((row, column)).cloned().unwrap_or(Data::Empty).to_string();
        assert_eq!((cell(0, 0).as_str(), cell(1, 1).as_str(), cell(2, 1).as_str()), ("表", "2024", "金额"));
        assert_eq!((cell(3, 0).as_str(), cell(3, 1).as_str(), cell(3, 2).as_str()), ("=1+1", "-10.05", "2"));
    }
}
