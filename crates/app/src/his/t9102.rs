//! 9102 文件下载: a catalogue's file, made anew when it is asked for, or a file that the institution
//! uploaded. The reply is the ZIP itself; an error is an envelope as always.

use super::call::{Done, Looking, Plan};
use super::decode::Input;
use super::errors::{Code, Fault};
use super::t13xx;
use super::zipped::{SIGN, zipped};

/// What clients send instead of their own code when they fetch a catalogue.
const ANYBODY: &str = "plc";

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("fsDownloadIn")?;
    let number = data.required("file_qury_no", 40)?;
    data.expected("filename", 200, input.notes)?;
    let institution = data.expected("fixmedins_code", 30, input.notes)?;
    data.finish(input.notes);
    input.finish();
    Ok(Plan::aside(move |look: &Looking<'_>| {
        let code = &look.institution.code;
        if let Some(said) = institution.as_ref().filter(|said| *said != code && *said != ANYBODY) {
            let fault = Fault::at(Code::InvalidValue, "fsDownloadIn.fixmedins_code").given(said);
            return Err(fault.allowed(format!(" {code} 或 {ANYBODY}")));
        }
        if let Some(file) = t13xx::file(look, &number)? {
            return Ok(Done::File(file));
        }
        let unreadable = |fault: std::io::Error| {
            tracing::error!(%fault, "a kept file cannot be read");
            Fault::new(Code::InternalError)
        };
        let none = || {
            let fault = Fault::at(Code::FileNotFound, "fsDownloadIn.file_qury_no").given(&number);
            fault.allowed("13xx 或 9101 返回、尚未过期的文件查询号")
        };
        let file = look.files.get(code, &number).map_err(unreadable)?.ok_or_else(none)?;
        if file.bytes.starts_with(SIGN) {
            return Ok(Done::File(file.bytes));
        }
        Ok(Done::File(zipped(&file.name, &file.bytes).map_err(|_| Fault::new(Code::InternalError))?))
    }))
}
