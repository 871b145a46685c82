//! A multipart body (9101): the message in the part `jsonStr`, the file in `file`; one client names
//! it `in`.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use multer::{Constraints, Multipart, SizeLimit};

use crate::his::errors::{Code, Fault};
use crate::his::files::LARGEST;

/// How a multipart body is divided; nothing if a body is none.
pub(crate) fn boundary(headers: &HeaderMap) -> Option<String> {
    multer::parse_boundary(headers.get(header::CONTENT_TYPE)?.to_str().ok()?).ok()
}

/// The message and the file. `most` is the most bytes of a message.
///
/// # Errors
/// When the body is too large, broken, or has no message.
pub(crate) async fn read(body: Body, boundary: String, most: usize) -> Result<(Bytes, Option<Bytes>), Fault> {
    // Room for the lines between the parts.
    let whole = (LARGEST + most + (64 << 10)) as u64;
    let sizes = SizeLimit::new().whole_stream(whole).for_field("jsonStr", most as u64);
    let limits = Constraints::new().size_limit(sizes);
    let mut parts = Multipart::with_constraints(body.into_data_stream(), boundary, limits);
    let (mut message, mut file) = (None, None);
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(broken)?;
        match name.as_str() {
            "jsonStr" => message = Some(bytes),
            "file" | "in" => file = Some(bytes),
            _ => {}
        }
    }
    let missing =
        || Fault::at(Code::MissingField, "jsonStr").given("（空）").allowed("multipart 中名为 jsonStr 的报文部分");
    Ok((message.ok_or_else(missing)?, file))
}

fn broken(fault: multer::Error) -> Fault {
    match fault {
        multer::Error::StreamSizeExceeded { .. } => {
            Fault::at(Code::FileTooLarge, "file").allowed(format!("至多 {LARGEST} 字节"))
        }
        multer::Error::FieldSizeExceeded { limit, .. } => {
            Fault::new(Code::BodyTooLarge).allowed(format!("至多 {limit} 字节"))
        }
        _ => Fault::new(Code::InvalidMultipart),
    }
}
