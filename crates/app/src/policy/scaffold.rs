//! A package for an area that has none: the files of `policy/scaffold/`, which load, are checked without errors and decide a
//! visit. Knows no rule of any area.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// The files of a new package, with the area `000000` and the name 新统筹区.
const FILES: [(&str, &str); 6] = [
    ("package.toml", include_str!("scaffold/package.toml")),
    ("outpatient.toml", include_str!("scaffold/outpatient.toml")),
    ("account.toml", include_str!("scaffold/account.toml")),
    ("source/wenjian.md", include_str!("scaffold/source/wenjian.md")),
    ("cases/outpatient.md", include_str!("scaffold/cases/outpatient.md")),
    ("CHANGELOG.md", include_str!("scaffold/CHANGELOG.md")),
];
/// Their names.
pub(crate) const NAMES: [&str; 6] = [FILES[0].0, FILES[1].0, FILES[2].0, FILES[3].0, FILES[4].0, FILES[5].0];
/// Where a folder of `policies/` finds the schema for editors.
pub(crate) const SCHEMA: &str = "../../docs/reference/package.schema.json";
const AREA: &str = "000000";
const LABEL: &str = "新统筹区";

/// The files of a package for an area: name and text.
pub(crate) fn files(area: &str, label: &str, schema: &str) -> impl Iterator<Item = (&'static str, String)> {
    FILES
        .iter()
        .map(move |(name, text)| (*name, text.replace(AREA, area).replace(LABEL, label).replace(SCHEMA, schema)))
}

/// The same as a ZIP that unpacks to one folder; always the same bytes.
///
/// # Errors
/// When it becomes too large.
pub(crate) fn zipped(area: &str, name: &str, label: &str) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (file, text) in files(area, label, SCHEMA) {
        writer.start_file(format!("{area}-{name}/{file}"), options)?;
        writer.write_all(text.as_bytes())?;
    }
    Ok(writer.finish()?.into_inner())
}

pub(crate) fn area(text: &str) -> Result<String, String> {
    let digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { Ok(text.to_owned()) } else { Err("应为六位医保区划代码，如 500000".to_owned()) }
}

pub(crate) fn short_name(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let fine = text.starts_with(char::is_alphanumeric) && text.chars().all(plain);
    if fine {
        Ok(text.to_owned())
    } else {
        Err("只用字母、数字、- 和 _，以字母或数字开头，如 shili".to_owned())
    }
}

/// A name that can stand between quotation marks in TOML.
pub(crate) fn label(text: &str) -> Result<String, String> {
    let fine = !text.trim().is_empty() && !text.contains(|c: char| c.is_control() || matches!(c, '"' | '\\'));
    if fine { Ok(text.to_owned()) } else { Err("写统筹区的中文名，不含引号和反斜杠".to_owned()) }
}
