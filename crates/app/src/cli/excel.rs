//! Rows as a file that Excel opens: CSV in UTF-8 with a mark that says so.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;

/// Writes rows to a file: with a BOM, or Excel takes UTF-8 for something else.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn csv<const N: usize>(
    path: &Path,
    head: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> anyhow::Result<()> {
    let write = || -> anyhow::Result<()> {
        let mut file = std::fs::File::create(path)?;
        file.write_all("\u{feff}".as_bytes())?;
        let mut writer = csv::Writer::from_writer(std::io::BufWriter::new(file));
        writer.write_record(head)?;
        for row in rows {
            writer.write_record(row)?;
        }
        writer.flush()?;
        Ok(())
    };
    write().with_context(|| format!("无法写入 {}", path.display()))
}
