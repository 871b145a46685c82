//! JSON read exactly: numbers stay the text that was sent, and never pass through a float.

mod plain;

use std::borrow::Cow;

use jiter::{Jiter, JiterError, JiterErrorType, JsonErrorType, Peek};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::errors::{Code, Fault};

/// Deeper nesting than any transaction has.
const DEPTH: usize = 24;

/// A JSON value; objects keep the order they were sent in. Words lie in the text that was read, unless something
/// had to be made of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json<'t> {
    Null,
    Bool(bool),
    /// The digits as they were written.
    Number(Cow<'t, str>),
    Text(Cow<'t, str>),
    List(Vec<Json<'t>>),
    Object(Vec<(Cow<'t, str>, Json<'t>)>),
}

/// Reads a whole body.
pub(crate) fn read(body: &[u8]) -> Result<Json<'_>, Fault> {
    // A byte order mark is what some Windows clients put first.
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let text = std::str::from_utf8(body).map_err(|error| super::encoding::not_utf8(body, error))?;
    read_text(text)
}

/// Reads JSON text.
pub(crate) fn read_text(text: &str) -> Result<Json<'_>, Fault> {
    plain::read(text).map_or_else(|| by_library(text), Ok)
}

fn by_library(text: &str) -> Result<Json<'static>, Fault> {
    let mut parser = Jiter::new(text.as_bytes());
    let whole = |parser: &mut Jiter<'_>| {
        let peek = parser.peek()?;
        let value = value(parser, peek, DEPTH)?;
        parser.finish()?;
        Ok(value)
    };
    whole(&mut parser).map_err(|trouble| match trouble {
        Trouble::TooDeep => {
            Fault::new(Code::InvalidJson).given(format!("超过 {DEPTH} 层的嵌套")).allowed(format!("至多 {DEPTH} 层"))
        }
        Trouble::Twice(key) => Fault::new(Code::DuplicateKey).field(key),
        Trouble::Syntax(error) => {
            // The library's English sentence is for the log.
            tracing::debug!(%error, "unreadable JSON");
            let at = parser.error_position(error.index);
            let given = format!("第 {} 行第 {} 列", at.line, at.column);
            Fault::new(Code::InvalidJson).given(given).allowed("一个完整的 JSON 对象")
        }
    })
}

/// Why a text is not read.
enum Trouble {
    Syntax(JiterError),
    TooDeep,
    /// Two values for one key leave open which one is meant.
    Twice(String),
}

impl From<JiterError> for Trouble {
    fn from(error: JiterError) -> Self {
        Self::Syntax(error)
    }
}

fn value(parser: &mut Jiter<'_>, peek: Peek, depth: usize) -> Result<Json<'static>, Trouble> {
    let depth = depth.checked_sub(1).ok_or(Trouble::TooDeep)?;
    Ok(match peek {
        Peek::String => Json::Text(parser.known_str()?.to_owned().into()),
        Peek::Object => Json::Object(pairs(parser, depth)?),
        Peek::Array => {
            let (mut values, mut next) = (Vec::new(), parser.known_array()?);
            while let Some(peek) = next {
                values.push(value(parser, peek, depth)?);
                next = parser.array_step()?;
            }
            Json::List(values)
        }
        Peek::True | Peek::False => Json::Bool(parser.known_bool(peek)?),
        Peek::Null => {
            parser.known_null()?;
            Json::Null
        }
        Peek::NaN | Peek::Infinity => return Err(no_value(parser)),
        _ if peek.is_num() => {
            let index = parser.current_index();
            let digits = String::from_utf8(parser.known_number_bytes(peek)?.to_vec());
            Json::Number(digits.map_err(|_| invalid(index, JsonErrorType::InvalidNumber))?.into())
        }
        _ => return Err(no_value(parser)),
    })
}

/// The pairs of an object in the order in which they were sent.
fn pairs(parser: &mut Jiter<'_>, depth: usize) -> Result<Vec<(Cow<'static, str>, Json<'static>)>, Trouble> {
    let mut pairs = Vec::with_capacity(24);
    let mut key = parser.known_object()?.map(str::to_owned);
    while let Some(name) = key {
        let peek = parser.peek()?;
        pairs.push((name.into(), value(parser, peek, depth)?));
        key = parser.next_key()?.map(str::to_owned);
    }
    match twice(&pairs) {
        Some(name) => Err(Trouble::Twice(name.to_owned())),
        None => Ok(pairs),
    }
}

/// A name that is there twice. Most objects are cleared by a look at marks of their names; the others are sorted.
fn twice<'p>(pairs: &'p [(Cow<'_, str>, Json<'_>)]) -> Option<&'p str> {
    let mut seen = [0_u64; 64];
    let mut again = false;
    for (name, _) in pairs {
        let mark = mark(name.as_bytes());
        let (word, bit) = ((mark >> 6) as usize, 1 << (mark & 63));
        again |= seen[word] & bit != 0;
        seen[word] |= bit;
    }
    if !again {
        return None;
    }
    let mut names: Vec<&str> = pairs.iter().map(|(name, _)| &**name).collect();
    names.sort_unstable();
    names.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
}

/// Twelve bits that seldom are those of another name in an object: of its end and its length.
fn mark(name: &[u8]) -> u64 {
    let end = match name.last_chunk() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => name.iter().fold(0, |end, byte| (end << 8) | u64::from(*byte)),
    };
    (end ^ name.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52
}

fn no_value(parser: &Jiter<'_>) -> Trouble {
    invalid(parser.current_index(), JsonErrorType::ExpectedSomeValue)
}

fn invalid(index: usize, kind: JsonErrorType) -> Trouble {
    Trouble::Syntax(JiterError { error_type: JiterErrorType::JsonError(kind), index })
}

impl<'t> Json<'t> {
    /// The canonical text: keys sorted, numbers in one form, no white space. Equal content gives
    /// equal text however it was written.
    pub(crate) fn canonical(&self) -> String {
        let mut text = String::with_capacity(1024);
        self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(text) => out.push_str(&one_form(text)),
            Self::Text(text) => put_quoted(out, text),
            Self::List(values) => {
                out.push('[');
                for (i, value) in values.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    value.write(out);
                }
                out.push(']');
            }
            Self::Object(pairs) => {
                let mut sorted: Vec<_> = pairs.iter().map(|(key, value)| (beginning(key), &**key, value)).collect();
                sorted.sort_unstable_by_key(|(beginning, key, _)| (*beginning, *key));
                out.push('{');
                for (i, (_, key, value)) in sorted.into_iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    put_quoted(out, key);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    /// The path of the first place where two values differ, keys in canonical order.
    pub(crate) fn difference(&self, other: &Json<'_>) -> Option<String> {
        match (self, other) {
            (Self::Object(_), Json::Object(_)) => {
                let mut keys: Vec<&str> = self.keys().chain(other.keys()).collect();
                keys.sort_unstable();
                keys.dedup();
                keys.into_iter().find_map(|key| match (self.get(key), other.get(key)) {
                    (Some(a), Some(b)) => a.difference(b).map(|rest| join(key, &rest)),
                    (None, None) => None,
                    _ => Some(key.to_owned()),
                })
            }
            (Self::List(a), Json::List(b)) => {
                let inside = a.iter().zip(b).enumerate();
                let found = inside.filter_map(|(i, (a, b))| a.difference(b).map(|rest| join(&format!("[{i}]"), &rest)));
                let longer = (a.len() != b.len()).then(|| format!("[{}]", a.len().min(b.len())));
                found.chain(longer).next()
            }
            (a, b) => (a.canonical() != b.canonical()).then(String::new),
        }
    }

    /// The value of a key of an object.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(pairs) => pairs.iter().find(|pair| pair.0 == key).map(|pair| &pair.1),
            _ => None,
        }
    }

    /// Takes the value of a key out of an object; `null` where there is none.
    pub(crate) fn take(&mut self, key: &str) -> Self {
        let pairs: &mut [_] = if let Self::Object(pairs) = self { pairs } else { &mut [] };
        let value = pairs.iter_mut().find(|pair| pair.0 == key).map(|pair| &mut pair.1);
        value.map_or(Self::Null, |value| std::mem::replace(value, Self::Null))
    }

    /// The same, no longer in need of the text that it was read from.
    pub(crate) fn into_owned(self) -> Json<'static> {
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => Json::Bool(value),
            Self::Number(text) => Json::Number(text.into_owned().into()),
            Self::Text(text) => Json::Text(text.into_owned().into()),
            Self::List(values) => Json::List(values.into_iter().map(Self::into_owned).collect()),
            Self::Object(pairs) => {
                let owned = |(name, value): (Cow<'_, str>, Self)| (name.into_owned().into(), value.into_owned());
                Json::Object(pairs.into_iter().map(owned).collect())
            }
        }
    }

    /// The rows of a node: a list's values, or the value itself; none where there is nothing.
    pub(crate) fn rows(&self, key: &str) -> &[Self] {
        match self.get(key) {
            None | Some(Self::Null) => &[],
            Some(Self::List(rows)) => rows,
            Some(row) => std::slice::from_ref(row),
        }
    }

    /// The text or digits of a key; empty where there are none.
    pub(crate) fn word(&self, key: &str) -> &str {
        match self.get(key) {
            Some(Self::Text(text) | Self::Number(text)) => text,
            _ => "",
        }
    }

    /// Changes every value of a key, however deep.
    pub(crate) fn each(&mut self, key: &str, change: &mut impl FnMut(&mut Self)) {
        match self {
            Self::List(values) => values.iter_mut().for_each(|value| value.each(key, change)),
            Self::Object(pairs) => {
                for (name, value) in pairs {
                    if name == key { change(value) } else { value.each(key, change) }
                }
            }
            _ => {}
        }
    }

    /// A number with the opposite sign; anything else as it is.
    pub(crate) fn negative(&self) -> Self {
        match self {
            Self::Number(text) if text.bytes().all(|byte| matches!(byte, b'0' | b'.')) => self.clone(),
            Self::Number(text) => {
                Self::Number(text.strip_prefix('-').map_or_else(|| format!("-{text}"), str::to_owned).into())
            }
            other => other.clone(),
        }
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        let pairs: &[_] = if let Self::Object(pairs) = self { pairs } else { &[] };
        pairs.iter().map(|pair: &(Cow<'_, str>, Self)| &*pair.0)
    }
}

impl Serialize for Json<'_> {
    /// As it was read: every number with the digits that it has.
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(text) => {
                RawValue::from_string(text.to_string()).map_err(serde::ser::Error::custom)?.serialize(serializer)
            }
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(values) => serializer.collect_seq(values),
            Self::Object(pairs) => serializer.collect_map(pairs.iter().map(|(key, value)| (&**key, value))),
        }
    }
}

/// The first eight bytes of a key as a number: most keys are put in order by them alone.
fn beginning(key: &str) -> u64 {
    let mut bytes = [0; 8];
    let length = key.len().min(8);
    bytes[..length].copy_from_slice(&key.as_bytes()[..length]);
    u64::from_be_bytes(bytes)
}

fn join(head: &str, rest: &str) -> String {
    match rest.chars().next() {
        None => head.to_owned(),
        Some('[') => format!("{head}{rest}"),
        Some(_) => format!("{head}.{rest}"),
    }
}

/// A text in quotation marks, with what must be escaped escaped.
pub(crate) fn put_quoted(out: &mut String, text: &str) {
    // All bytes are looked at, so that many are at once.
    if !text.bytes().fold(false, |special, byte| special | (byte < 0x20) | (byte == b'"') | (byte == b'\\')) {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&serde_json::to_string(text).expect("a string can always be written"));
    }
}

/// One form for one value: `1.50`, `1.5` and `15e-1` are `1.5`. A number whose exponent is beyond
/// all sense keeps its text; no field takes it anyway.
fn one_form(text: &str) -> Cow<'_, str> {
    // Most are whole and plain.
    if text.len() < 30 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Cow::Borrowed(text);
    }
    let form = |value: super::number::Decimal| value.to_string();
    Cow::Owned(super::number::Decimal::read(text).map_or_else(|| text.to_ascii_lowercase(), form))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        read_text(text).unwrap().canonical()
    }

    #[test]
    fn equal_content_has_one_canonical_text() {
        let text = r#"{"a":[1.5,true,null],"b":"\u4e2d\"","c":{}}"#;
        assert_eq!(canonical(text), r#"{"a":[1.5,true,null],"b":"中\"","c":{}}"#);
        for other in [
            r#"{ "c" : {}, "b":"中\u0022", "a":[ 1.50, true, null ] }"#,
            r#"{"a":[15e-1,true,null],"b":"中\"","c":{}}"#,
            r#"{"a":[0.15E+1,true,null],"b":"中\"","c":{}}"#,
        ] {
            assert_eq!(canonical(other), canonical(text), "{other}");
        }
        assert_eq!(
            canonical(r#"{"abcdefgh2":1,"abcdefgh":2,"b":3,"":4,"中":5,"abcdefgh1":6,"ab":7}"#),
            r#"{"":4,"ab":7,"abcdefgh":2,"abcdefgh1":6,"abcdefgh2":1,"b":3,"中":5}"#
        );
        // A text is not a number, and -0 is 0.
        assert_ne!(canonical("[\"1\"]"), canonical("[1]"));
        assert_eq!(canonical("[-0.0]"), "[0]");
        assert_eq!(canonical("[1e999999999999]"), "[1e999999999999]");
    }

    #[test]
    fn a_number_keeps_every_digit() {
        let Json::List(values) = read_text("[0.1, 12345678901234567890.123456789, 1e2]").unwrap() else { panic!() };
        assert_eq!(values[1], Json::Number("12345678901234567890.123456789".into()));
        assert_eq!(canonical("[12345678901234567890.1234567890]"), "[12345678901234567890.123456789]");
    }

    #[test]
    fn the_first_difference_is_named() {
        for (a, b, path) in [
            (r#"{"data":{"x":1,"y":2}}"#, r#"{"data":{"x":1,"y":3}}"#, Some("data.y")),
            (r#"{"data":{"x":1}}"#, r#"{"data":{"x":1,"y":3}}"#, Some("data.y")),
            (r#"{"rows":[{"x":1},{"x":2}]}"#, r#"{"rows":[{"x":1},{"x":3}]}"#, Some("rows[1].x")),
            (r#"{"rows":[1]}"#, r#"{"rows":[1,2]}"#, Some("rows[1]")),
            (r#"{"rows":[[1]]}"#, r#"{"rows":[[2]]}"#, Some("rows[0][0]")),
            (r#"{"a":1.0}"#, r#"{"a":1}"#, None),
        ] {
            let difference = read_text(a).unwrap().difference(&read_text(b).unwrap());
            assert_eq!(difference.as_deref(), path, "{a} {b}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused_by_name() {
        let deep = format!("{}1{}", "[".repeat(30), "]".repeat(30));
        for (body, code, says) in [
            (&b"{\"a\":"[..], "invalid_json", "第 1 行第 5 列"),
            (b"", "invalid_json", "第 1 行第 0 列"),
            (b"{} x", "invalid_json", "第 1 行"),
            (b"{\"a\":01}", "invalid_json", "第 1 行"),
            (b"{\"a\":\"\\ud800\"}", "invalid_json", ""),
            (b"{\"a\":NaN}", "invalid_json", "第 1 行"),
            (b"{\"a\":\"\xc3\x28\"}", "invalid_utf8", "第 7 字节起"),
            (b"{\"a\":1,\"b\":2,\"a\":1}", "duplicate_key", "字段 a"),
            (b"[{\"k\":{\"a\":1,\"a\":1}}]", "duplicate_key", "字段 a"),
            (deep.as_bytes(), "invalid_json", "至多 24 层"),
        ] {
            let fault = read(body).unwrap_err();
            assert_eq!(fault.code(), code, "{fault:?}");
            assert!(fault.to_string().contains(says), "{fault}");
        }
        assert_eq!(read(b"\xEF\xBB\xBF{}").unwrap(), Json::Object(Vec::new()));
        // A million brackets are refused, not recursed into.
        assert!(read("[".repeat(1_000_000).as_bytes()).is_err());
        assert!(read(format!("{}{}", "[".repeat(500_000), "]".repeat(500_000)).as_bytes()).is_err());
    }
}
