//! Results as a workbook (xlsx): a sheet for what was run and assumed, then one for each table.

use std::path::Path;

use anyhow::Context as _;
use rust_xlsxwriter::{Format, Workbook};

use super::report::{Cell, Report};

/// Writes the workbook.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write(path: &Path, report: &Report) -> anyhow::Result<()> {
    let unusable = || format!("无法写入 {}", path.display());
    book(report).and_then(|mut book| Ok(book.save(path)?)).with_context(unusable)
}

/// The workbook as bytes.
///
/// # Errors
/// When it cannot be made.
pub(crate) fn bytes(report: &Report) -> anyhow::Result<Vec<u8>> {
    Ok(book(report)?.save_to_buffer()?)
}

fn book(report: &Report) -> anyhow::Result<Workbook> {
    let bold = Format::new().set_bold();
    let yuan = Format::new().set_num_format("#,##0.00");
    let count = Format::new().set_num_format("#,##0");
    let share = Format::new().set_num_format(concat!("0.00", "%"));
    let mut book = Workbook::new();
    book.set_properties(&properties()?);
    let first = book.add_worksheet().set_name("说明")?;
    first.set_column_width(0, 24)?.set_column_width(1, 80)?;
    first.write_with_format(0, 0, &report.title, &bold)?;
    let mut row = 2;
    for (_, words, value) in &report.facts {
        first.write(row, 0, *words)?.write(row, 1, value)?;
        row += 1;
    }
    for note in &report.notes {
        first.write(row, 1, note)?;
        row += 1;
    }
    row += 1;
    for base in &report.bases {
        for (column, text) in (0..).zip(base) {
            first.write(row, column, text)?;
        }
        row += 1;
    }
    for table in report.tables.iter().filter(|table| !table.rows.is_empty()) {
        let name: String = table.title.chars().filter(|c| !"[]:*?/\\：".contains(*c)).take(30).collect();
        let sheet = book.add_worksheet().set_name(name)?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, (_, words)) in (0..).zip(&table.heads) {
            let wide =
                table.rows.iter().any(|row| row.get(usize::from(column)).is_some_and(|c| matches!(c, Cell::Wan(_))));
            let head = words.replace("万元", if wide { "元" } else { "万元" });
            sheet.write_with_format(0, column, head, &bold)?.set_column_width(column, 18)?;
        }
        for (row, cells) in (1..).zip(&table.rows) {
            for (column, cell) in (0..).zip(cells) {
                match cell {
                    Cell::Text(text) => sheet.write(row, column, text)?,
                    Cell::Count(number) => sheet.write_with_format(row, column, *number as f64, &count)?,
                    Cell::Yuan(fen) | Cell::Wan(fen) => {
                        sheet.write_with_format(row, column, fen.fen() as f64 / 100.0, &yuan)?
                    }
                    Cell::Share(part, whole) if *whole != 0 => {
                        sheet.write_with_format(row, column, *part as f64 / *whole as f64, &share)?
                    }
                    Cell::Millionths(number) => sheet.write(row, column, f64::from(*number) / 1e6)?,
                    Cell::Share(..) | Cell::Empty => sheet.write(row, column, "—")?,
                };
            }
        }
    }
    Ok(book)
}

/// The same bytes on every day: a workbook would say when it was made.
fn properties() -> anyhow::Result<rust_xlsxwriter::DocProperties> {
    let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2000, 1, 1)?;
    Ok(rust_xlsxwriter::DocProperties::new().set_creation_datetime(&day))
}
