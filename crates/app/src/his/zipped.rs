//! One text as a ZIP with always the same bytes: what 9102 answers.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// How a ZIP begins; no other reply does.
pub(crate) const SIGN: &[u8] = b"PK\x03\x04";

/// A ZIP of one file. Its time is fixed, so the same text makes the same bytes.
///
/// # Errors
/// When it becomes too large.
pub(crate) fn zipped(name: &str, bytes: &[u8]) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    writer.start_file(name, options)?;
    writer.write_all(bytes)?;
    Ok(writer.finish()?.into_inner())
}
