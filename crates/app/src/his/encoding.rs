//! Telling a text in a Chinese encoding (GBK、GB18030) from one that is just broken.

use std::str::Utf8Error;

use super::errors::{Code, Fault};

/// What to say of a body that is not UTF-8.
pub(super) fn not_utf8(body: &[u8], error: Utf8Error) -> Fault {
    let from = format!("第 {} 字节起", error.valid_up_to() + 1);
    // Where characters came before in UTF-8, it is that, cut or mixed.
    let begun = !body[..error.valid_up_to()].is_ascii();
    let decoded = encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(body);
    // Broken UTF-8 often is some GB18030 too, but then of characters that no message has.
    match decoded.filter(|text| !begun && common(text)) {
        Some(_) => Fault::new(Code::SentAsGbk).given(from).allowed("UTF-8 编码"),
        None => Fault::new(Code::InvalidUtf8).given(from).allowed("UTF-8 编码"),
    }
}

/// Whether all that is not ASCII is Chinese as it is commonly written.
fn common(text: &str) -> bool {
    let chinese = |c: char| matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}' | '\u{2010}'..='\u{2027}' | '·');
    text.chars().all(|c| c.is_ascii() || chinese(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gbk_text_is_told_from_broken_utf8() {
        let gbk = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
        for (body, code) in [
            (gbk("{\"psn_name\":\"演示乙\"}"), "sent_as_gbk"),
            (gbk("{\"psn_name\":\"演示·乙（本人）\"}"), "sent_as_gbk"),
            (b"{\"a\":\"\xff\"}".to_vec(), "invalid_utf8"),
            (b"{\"a\":\"\xc3\x28\"}".to_vec(), "invalid_utf8"),
            (["{\"a\":\"中".as_bytes(), b"\xe4\xb8\"}"].concat(), "invalid_utf8"),
            (b"\x80".to_vec(), "invalid_utf8"),
        ] {
            let error = std::str::from_utf8(&body).unwrap_err();
            assert_eq!(not_utf8(&body, error).code(), code, "{body:?}");
        }
    }
}
