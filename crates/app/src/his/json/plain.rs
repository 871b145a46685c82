//! JSON that is written plainly, as nearly every message is: texts without escapes, numbers without sign and exponent,
//! no name twice. What is not plain, and what is no JSON at all, is nothing here: a library reads it and says what is
//! wrong. So whatever is accepted here must be what the library would read.

use super::{DEPTH, Json, twice};

/// The value of a plain text.
pub(super) fn read(text: &str) -> Option<Json<'_>> {
    // All bytes are looked at, so that many are at once.
    if text.bytes().fold(false, |escape, byte| escape | (byte == b'\\')) {
        return None;
    }
    let controls = text.bytes().filter(|byte| *byte < 0x20).count();
    let mut reader = Reader { text, at: 0, breaks: 0 };
    let value = reader.value(DEPTH)?;
    let whole = reader.next().is_none();
    // Those that do not stand between words are in one, where none may be.
    (whole && reader.breaks == controls).then_some(value)
}

struct Reader<'t> {
    text: &'t str,
    /// What is not read yet begins here.
    at: usize,
    /// How many line breaks and tabs were passed.
    breaks: usize,
}

impl<'t> Reader<'t> {
    /// The next byte that is no blank, which is not taken.
    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            match byte {
                b' ' => {}
                b'\n' | b'\r' | b'\t' => self.breaks += 1,
                _ => return Some(byte),
            }
            self.at += 1;
        }
    }

    fn rest(&self) -> &'t [u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// Takes this byte, if it is the next one.
    fn take(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then(|| self.at += 1)
    }

    fn value(&mut self, depth: usize) -> Option<Json<'t>> {
        let depth = depth.checked_sub(1)?;
        match self.next()? {
            b'"' => Some(Json::Text(self.word()?.into())),
            b'{' => self.object(depth),
            b'[' => self.list(depth),
            b'0'..=b'9' => Some(Json::Number(self.number()?.into())),
            _ => self.named(),
        }
    }

    fn named(&mut self) -> Option<Json<'t>> {
        let named = [("null", Json::Null), ("true", Json::Bool(true)), ("false", Json::Bool(false))];
        let (word, value) = named.into_iter().find(|(word, _)| self.rest().starts_with(word.as_bytes()))?;
        self.at += word.len();
        Some(value)
    }

    fn object(&mut self, depth: usize) -> Option<Json<'t>> {
        self.take(b'{')?;
        if self.take(b'}').is_some() {
            return Some(Json::Object(Vec::new()));
        }
        let mut pairs = Vec::with_capacity(24);
        loop {
            self.next().filter(|byte| *byte == b'"')?;
            let name = self.word()?;
            self.take(b':')?;
            pairs.push((name.into(), self.value(depth)?));
            if self.take(b',').is_none() {
                break;
            }
        }
        self.take(b'}')?;
        twice(&pairs).is_none().then_some(Json::Object(pairs))
    }

    fn list(&mut self, depth: usize) -> Option<Json<'t>> {
        self.take(b'[')?;
        let mut values = Vec::new();
        if self.take(b']').is_some() {
            return Some(Json::List(values));
        }
        loop {
            values.push(self.value(depth)?);
            if self.take(b',').is_none() {
                break;
            }
        }
        self.take(b']')?;
        Some(Json::List(values))
    }

    /// A text that begins here, without its quotation marks.
    fn word(&mut self) -> Option<&'t str> {
        let start = self.at + 1;
        let end = start + quote(&self.text.as_bytes()[start..])?;
        self.at = end + 1;
        Some(&self.text[start..end])
    }

    /// A number that begins here: digits, and perhaps decimals.
    fn number(&mut self) -> Option<&'t str> {
        let (start, rest) = (self.at, self.rest());
        let digits = |from: usize| rest[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mut length = digits(0);
        if length > 1 && rest[0] == b'0' {
            return None;
        }
        if rest.get(length) == Some(&b'.') {
            let decimals = digits(length + 1);
            length += 1 + Some(decimals).filter(|decimals| *decimals > 0)?;
        }
        self.at += length;
        let ends = !matches!(rest.get(length), Some(b'e' | b'E' | b'.'));
        ends.then(|| &self.text[start..self.at])
    }
}

/// Where the first quotation mark is. Most words are short, so eight bytes are looked at together and no more is made
/// ready.
fn quote(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const MARKS: u64 = u64::from_ne_bytes([b'"'; 8]);
    let (eights, rest) = bytes.as_chunks::<8>();
    for (at, eight) in eights.iter().enumerate() {
        // A quotation mark becomes a byte of nothing, and the lowest such byte is the first to borrow from its highest bit.
        let bytes = u64::from_le_bytes(*eight) ^ MARKS;
        let nothing = bytes.wrapping_sub(ONES) & !bytes & (ONES << 7);
        if nothing != 0 {
            return Some(at * 8 + nothing.trailing_zeros() as usize / 8);
        }
    }
    let at = rest.iter().position(|byte| *byte == b'"')?;
    Some(bytes.len() - rest.len() + at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_message_is_plain_and_what_is_not_is_left_to_the_library() {
        for text in [
            r#"{"a":"门诊","b":12.50,"c":[],"d":{},"e":[0,1,{"f":null}]}"#,
            "  { \"a\" : true , \"b\" : [ false , 0.0 ] } ",
            "\r\n{\"a\":\t1,\n  \"门诊\": \"b c\"}\n",
            "\"\u{7f}\"",
            "7",
        ] {
            assert_eq!(read(text), super::super::by_library(text).ok(), "{text}");
            assert!(read(text).is_some(), "{text}");
        }
        let deep = format!("{}1{}", "[".repeat(DEPTH), "]".repeat(DEPTH));
        for text in [
            "",
            "{",
            "}",
            "[1,]",
            "{\"a\":1,}",
            "{\"a\"}",
            "{a:1}",
            "01",
            "1.",
            ".5",
            "-1",
            "1e2",
            "1.5E3",
            "1.2.3",
            "+1",
            "tru",
            "nulll",
            "NaN",
            "\"a",
            "\"\\n\"",
            "\"\t\"",
            "{\n\"a\":\"b\nc\"}",
            "\u{b}1",
            "\"a\"b",
            "1 2",
            "{\"a\":1,\"a\":2}",
            "[1 2]",
            &deep,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_first_quotation_mark_is_found(text in "[\"!# a中\u{7f}]{0,40}") {
            prop_assert_eq!(quote(text.as_bytes()), text.find('"'));
        }

        #[test]
        fn whatever_is_plain_is_what_the_library_reads(
            text in r#"(\{|\}|\[|\]|:|,|"a":|"b":|"[a-b]?"|"中"|"\\u0041"|0|10|1\.5|-1|1e5|true|null| |\n|\t|\r){0,12}"#,
        ) {
            if let Some(value) = read(&text) {
                prop_assert_eq!(Some(value), super::super::by_library(&text).ok());
            }
        }
    }
}
