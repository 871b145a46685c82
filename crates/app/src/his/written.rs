//! JSON of replies, written straight into its text: what most replies consist of are the same few dozen fields, and
//! no general writer knows that their names need no look. Must know no field and no transaction.

use std::fmt;

use serde::Serialize;

use super::json::put_quoted;
use super::number::Fixed;

/// The `output` of a reply, as the text that goes into it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Output(String);

impl Output {
    /// What serializes to texts and numbers.
    pub(crate) fn of(output: &impl Serialize) -> Self {
        Self(json_of(output))
    }

    /// An object of these fields.
    pub(crate) fn object(fields: impl FnOnce(&mut Fields<'_>)) -> Self {
        let mut text = String::with_capacity(4096);
        object(&mut text, fields);
        Self(text)
    }

    /// The JSON.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What serializes to texts and numbers, as JSON.
pub(crate) fn json_of(said: &impl Serialize) -> String {
    let mut bytes = Vec::with_capacity(1024);
    serde_json::to_writer(&mut bytes, said).expect("texts and numbers can always be written");
    String::from_utf8(bytes).expect("what is written as JSON is text")
}

/// Writes an object at the end of a text.
pub(crate) fn object(text: &mut String, fields: impl FnOnce(&mut Fields<'_>)) {
    text.push('{');
    fields(&mut Fields { text, any: false });
    text.push('}');
}

/// The name of a field as it stands before its value, put together while the program is compiled.
#[derive(Clone, Copy)]
pub(crate) struct Name(pub &'static str);

/// The [`Name`] of a field, which is plain and needs no escape.
macro_rules! name {
    ($name:literal) => {
        $crate::his::written::Name(concat!(",\"", $name, "\":"))
    };
}
pub(crate) use name;

/// The fields of one object, in the order in which they are put.
pub(crate) struct Fields<'o> {
    text: &'o mut String,
    any: bool,
}

impl Fields<'_> {
    // The length of a name is known where it is put, so it is written without a look.
    #[inline(always)]
    fn name(&mut self, Name(name): Name) -> &mut String {
        // Nothing is before the first one, so that it has no comma.
        let first = !std::mem::replace(&mut self.any, true);
        self.text.push_str(if first { &name[1..] } else { name });
        self.text
    }

    /// A text.
    #[inline(always)]
    pub(crate) fn text(&mut self, name: Name, value: &str) {
        put_quoted(self.name(name), value);
    }

    /// A text that needs no escape, written by `put`.
    pub(crate) fn quoted(&mut self, name: Name, put: impl FnOnce(&mut String)) {
        let text = self.name(name);
        text.push('"');
        put(text);
        text.push('"');
    }

    /// A number with its decimals.
    #[inline(always)]
    pub(crate) fn fixed<const S: u32>(&mut self, name: Name, value: Fixed<S>) {
        value.put(self.name(name));
    }

    /// What is JSON already.
    pub(crate) fn json(&mut self, name: Name, value: &str) {
        self.name(name).push_str(value);
    }

    /// A list of objects.
    pub(crate) fn rows<T>(&mut self, name: Name, rows: &[T], mut fields: impl FnMut(&T, &mut Fields<'_>)) {
        let text = self.name(name);
        text.push('[');
        for (at, row) in rows.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            object(text, |put| fields(row, put));
        }
        text.push(']');
    }

    /// An object in this one.
    pub(crate) fn object(&mut self, name: Name, fields: impl FnOnce(&mut Fields<'_>)) {
        object(self.name(name), fields);
    }
}

/// Writes the last `width` decimal digits of a number.
pub(crate) fn put_digits(text: &mut String, number: u64, width: u32) {
    let (mut digits, mut rest) = ([b'0'; 20], number);
    let from = 20_usize.saturating_sub(width as usize);
    for digit in digits[from..].iter_mut().rev() {
        // A remainder of ten is one digit.
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    text.push_str(std::str::from_utf8(&digits[from..]).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::his::number::{Share, Yuan};

    #[test]
    fn what_is_written_is_what_any_writer_of_json_writes() {
        #[derive(Serialize)]
        struct Row {
            name: String,
            #[serde(rename = "金额")]
            amount: Yuan,
        }
        #[derive(Serialize)]
        struct Whole<'a> {
            text: &'a str,
            share: Share,
            rows: Vec<Row>,
            none: [Row; 0],
            inner: Inner,
        }
        #[derive(Serialize)]
        struct Inner {}
        for text in ["", "门诊", "a\"b\\c", "\u{0}\u{1f}\n\t\u{7f}", "\u{2028}😀", &"长".repeat(999)] {
            let rows = ["1", "\u{8}"].map(|name| Row { name: name.to_owned(), amount: Fixed(-5) });
            let whole = Whole { text, share: Fixed(5_000), rows: rows.into(), none: [], inner: Inner {} };
            let written = Output::object(|put| {
                put.text(name!("text"), whole.text);
                put.fixed(name!("share"), whole.share);
                put.rows(name!("rows"), &whole.rows, |row, put| {
                    put.text(name!("name"), &row.name);
                    put.fixed(name!("金额"), row.amount);
                });
                put.rows(name!("none"), &whole.none, |_, _| {});
                put.object(name!("inner"), |_| {});
            });
            assert_eq!(written, Output::of(&whole));
        }
    }

    #[test]
    fn digits_are_padded_with_zeros() {
        let written = |number, width| {
            let mut text = String::new();
            put_digits(&mut text, number, width);
            text
        };
        assert_eq!(
            (written(7, 3), written(20_260_301, 8), written(0, 1)),
            ("007".into(), "20260301".into(), "0".into())
        );
    }
}
