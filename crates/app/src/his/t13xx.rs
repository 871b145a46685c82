//! 1301 to 1320 but for the queries, 目录下载: what has changed in a catalogue since the version that
//! the caller has, as a file that 9102 gives. The file is not kept: its number says what is in it.

use serde::Serialize;

use super::call::{Done, Looking, Plan};
use super::decode::Input;
use super::errors::{Code, Fault};
use super::moment::days_later;
use super::zipped::zipped;
use crate::catalogue::kinds::How;
use crate::catalogue::{Kind, folder, kind};

/// For how many days a file's number is told to be good; it is always.
const DAYS: u16 = 30;

/// The spelling of the end differs between editions: both are given.
#[derive(Serialize)]
struct Output {
    file_qury_no: String,
    filename: String,
    dld_end_time: String,
    dld_endtime: String,
    data_cnt: usize,
}

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("data")?;
    let version = data.required("ver", 20)?;
    data.finish(input.notes);
    input.finish();
    Ok(Plan::aside(move |look: &Looking<'_>| {
        let kind = kind(&look.envelope.infno).ok_or_else(|| Fault::new(Code::InternalError))?;
        let newest = look.directory.folder().newest(kind);
        let has = if version == "0" { Some(0) } else { folder::number(&version) };
        let unknown = || {
            let fault = Fault::at(Code::InvalidValue, "data.ver").given(&version);
            fault.allowed(format!(" v0000（从头下载）至 {}", folder::name(newest)))
        };
        let has = has.filter(|has| *has <= newest).ok_or_else(unknown)?;
        if has == newest {
            return Err(Fault::at(Code::CatalogueUpToDate, "data.ver").given(&version));
        }
        let lines = look.directory.folder().rows(kind, has, newest).map_err(unreadable)?;
        let until = days_later(look.now.day, DAYS).to_string();
        Ok(Done::answer(&Output {
            file_qury_no: format!("C{}{}{}", kind.number, folder::name(has), folder::name(newest)),
            filename: format!("{}_{}.zip", kind.number, folder::name(newest)),
            dld_end_time: until.clone(),
            dld_endtime: until,
            data_cnt: lines.len(),
        }))
    }))
}

/// The file with a number of this kind; nothing if it is none.
pub(crate) fn file(look: &Looking<'_>, number: &str) -> Result<Option<Vec<u8>>, Fault> {
    let folder = look.directory.folder();
    let Some((kind, has, newest)) = meant(number).filter(|(kind, _, newest)| *newest <= folder.newest(kind)) else {
        return Ok(None);
    };
    let lines = folder.rows(kind, has, newest).map_err(unreadable)?;
    let mut text = String::new();
    for line in lines.values() {
        text.push_str(line);
        text.push('\n');
    }
    let name = format!("{}_{}.txt", kind.number, folder::name(newest));
    zipped(&name, text.as_bytes()).map(Some).map_err(|_| Fault::new(Code::InternalError))
}

/// `C1301v0000v0003`: catalogue 1301 from after version 0 up to version 3.
fn meant(number: &str) -> Option<(&'static Kind, u32, u32)> {
    let mut parts = number.strip_prefix('C')?.split('v');
    let kind = kind(parts.next()?).filter(|kind| kind.how == How::File)?;
    let version = |digits: Option<&str>| folder::number(&format!("v{}", digits?));
    let (has, newest) = (version(parts.next())?, version(parts.next())?);
    (parts.next().is_none() && has < newest).then_some((kind, has, newest))
}

fn unreadable(fault: anyhow::Error) -> Fault {
    tracing::error!(fault = format!("{fault:#}"), "the catalogue cannot be read");
    Fault::new(Code::CatalogueUnreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_says_what_is_in_the_file() {
        let read = |number| meant(number).map(|(kind, has, newest)| (kind.number, has, newest));
        for (number, expected) in [
            ("C1301v0000v0003", Some(("1301", 0, 3))),
            ("C1301v0002v10000", Some(("1301", 2, 10_000))),
            ("C1301v0003v0003", None),
            ("C1312v0000v0001", None),
            ("C1301v0000", None),
            ("C1301v0000v0001v0002", None),
            ("C9999v0000v0001", None),
            ("U1301v0000v0001", None),
            ("", None),
        ] {
            assert_eq!(read(number), expected, "{number}");
        }
    }
}
