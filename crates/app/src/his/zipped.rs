//! Texts as ZIP files: written with always the same bytes (what 9102 answers), and read as institutions upload
//! them (9101), plain or zipped.

use std::io::{Cursor, Read as _, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

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

/// Largest text that is read out of a ZIP: a small file may unpack to a very large one.
const LARGEST: u64 = 200 << 20;

/// The text of an uploaded file: of the one file in a ZIP, or the bytes themselves; UTF-8 or GB18030. Says in
/// words why there is none.
pub(crate) fn text_of(bytes: &[u8]) -> Result<String, String> {
    let unpacked = if bytes.starts_with(SIGN) { Some(unzipped(bytes)?) } else { None };
    let bytes = unpacked.as_deref().unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    let (text, _, broken) = encoding_rs::GB18030.decode(bytes);
    if broken { Err("既不是 UTF-8，也不是 GB18030 文字".to_owned()) } else { Ok(text.into_owned()) }
}

fn unzipped(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let broken = |_| "压缩包已损坏".to_owned();
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() != 1 {
        return Err(format!("压缩包内有 {} 个文件，应为 1 个", archive.len()));
    }
    let file = archive.by_index(0).map_err(broken)?;
    let mut text = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut text).map_err(|_| "压缩包已损坏".to_owned())?;
    if text.len() as u64 > LARGEST { Err(format!("解压后超过 {LARGEST} 字节")) } else { Ok(text) }
}
