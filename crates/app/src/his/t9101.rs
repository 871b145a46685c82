//! 9101 文件上传: an institution's file, kept for a while under a number. It comes beside the
//! message, as a part of a multipart body; without it there is nothing to keep.

use serde::Serialize;

use super::call::{Done, Looking, Plan};
use super::decode::Input;
use super::errors::{Code, Fault};
use super::files::{File, LARGEST};
use super::moment::days_later;

#[derive(Serialize)]
struct Output<'a> {
    file_qury_no: String,
    filename: &'a str,
    fixmedins_code: &'a str,
    dld_endtime: String,
}

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("fsUploadIn")?;
    let filename = data.required("filename", 200)?;
    let institution = data.expected("fixmedins_code", 30, input.notes)?;
    data.known(&["in"]);
    data.finish(input.notes);
    input.finish();
    Ok(Plan::aside(move |look: &Looking<'_>| {
        let code = &look.institution.code;
        if let Some(said) = institution.as_ref().filter(|said| *said != code) {
            let fault = Fault::at(Code::InvalidValue, "fsUploadIn.fixmedins_code").given(said);
            return Err(fault.allowed(format!(" {code}")));
        }
        let missing = || {
            let fault = Fault::at(Code::MissingField, "file").given("（空）");
            fault.allowed("multipart/form-data 中名为 file（或 in）的文件部分，报文放在 jsonStr 部分")
        };
        let bytes = look.upload.ok_or_else(missing)?;
        if bytes.len() > LARGEST {
            let fault = Fault::at(Code::FileTooLarge, "file").given(format!("{} 字节", bytes.len()));
            return Err(fault.allowed(format!("至多 {LARGEST} 字节")));
        }
        let file = File { name: filename.clone(), bytes: bytes.to_vec() };
        let today = look.now.day;
        let file_qury_no = look.files.put(code, &file, today).map_err(|fault| {
            tracing::error!(%fault, "an uploaded file was not kept");
            Fault::new(Code::FileNotKept)
        })?;
        let until = format!("{} 23:59:59", days_later(today, look.files.days()));
        let output = Output { file_qury_no, filename: &filename, fixmedins_code: code, dld_endtime: until };
        Ok(Done::answer(&output))
    }))
}
