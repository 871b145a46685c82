//! JSON read exactly: numbers stay the text that was sent, and never pass through a float.

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::errors::{Code, Fault};

/// Deeper nesting than any transaction has.
const DEPTH: usize = 24;

/// A JSON value; objects keep the order they were sent in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// The digits as they were written.
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// Reads a whole body.
pub(crate) fn read(body: &[u8]) -> Result<Json, Fault> {
    // A byte order mark is what some Windows clients put first.
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let text = std::str::from_utf8(body).map_err(|error| {
        Fault::new(Code::InvalidUtf8).given(format!("第 {} 字节起", error.valid_up_to() + 1)).allowed("UTF-8 编码")
    })?;
    read_text(text)
}

/// Reads JSON text.
pub(crate) fn read_text(text: &str) -> Result<Json, Fault> {
    serde_json::from_str(text).map_err(|error| {
        // The line and column; the library's English sentence is for the log.
        tracing::debug!(%error, "unreadable JSON");
        let fault = Fault::new(Code::InvalidJson).given(format!("第 {} 行第 {} 列", error.line(), error.column()));
        let sentence = error.to_string();
        if sentence.contains(TOO_DEEP) {
            Fault::new(Code::InvalidJson).given(format!("超过 {DEPTH} 层的嵌套")).allowed(format!("至多 {DEPTH} 层"))
        } else if let Some((_, key)) = sentence.split_once(TWICE) {
            Fault::new(Code::DuplicateKey).field(key.split(" at line").next().unwrap_or(key))
        } else {
            fault.allowed("一个完整的 JSON 对象")
        }
    })
}

const TOO_DEEP: &str = "nested too deep";
const TWICE: &str = "key given twice: ";

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        open(raw, DEPTH).map_err(D::Error::custom)
    }
}

/// The pairs of an object, values still closed.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Pairs<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'de>, A::Error> {
                let mut pairs: Vec<(String, &RawValue)> = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, &RawValue>()? {
                    pairs.push((key, value));
                }
                // Two values for one key leave open which one is meant.
                let mut keys: Vec<&str> = pairs.iter().map(|(key, _)| key.as_str()).collect();
                keys.sort_unstable();
                match keys.windows(2).find(|pair| pair[0] == pair[1]) {
                    Some(pair) => Err(A::Error::custom(format!("{TWICE}{}", pair[0]))),
                    None => Ok(Pairs(pairs)),
                }
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

fn open(raw: &RawValue, depth: usize) -> serde_json::Result<Json> {
    let text = raw.get();
    let depth = depth.checked_sub(1).ok_or_else(|| serde_json::Error::custom(TOO_DEEP))?;
    Ok(match text.as_bytes().first() {
        Some(b'{') => {
            let Pairs(pairs) = serde_json::from_str(text)?;
            let opened = pairs.into_iter().map(|(key, value)| Ok((key, open(value, depth)?)));
            Json::Object(opened.collect::<serde_json::Result<_>>()?)
        }
        Some(b'[') => {
            let values: Vec<&RawValue> = serde_json::from_str(text)?;
            Json::List(values.into_iter().map(|value| open(value, depth)).collect::<serde_json::Result<_>>()?)
        }
        Some(b'"') => Json::Text(serde_json::from_str(text)?),
        Some(b't' | b'f') => Json::Bool(serde_json::from_str(text)?),
        Some(b'n') | None => Json::Null,
        Some(_) => Json::Number(text.to_owned()),
    })
}

impl Json {
    /// The canonical text: keys sorted, numbers in one form, no white space. Equal content gives
    /// equal text however it was written.
    pub(crate) fn canonical(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(text) => out.push_str(&one_form(text)),
            Self::Text(text) => out.push_str(&quoted(text)),
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
                let mut sorted: Vec<_> = pairs.iter().collect();
                sorted.sort_by(|a, b| a.0.cmp(&b.0));
                out.push('{');
                for (i, (key, value)) in sorted.into_iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    out.push_str(&quoted(key));
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    /// The path of the first place where two values differ, keys in canonical order.
    pub(crate) fn difference(&self, other: &Self) -> Option<String> {
        match (self, other) {
            (Self::Object(_), Self::Object(_)) => {
                let mut keys: Vec<&String> = self.keys().chain(other.keys()).collect();
                keys.sort_unstable();
                keys.dedup();
                keys.into_iter().find_map(|key| match (self.get(key), other.get(key)) {
                    (Some(a), Some(b)) => a.difference(b).map(|rest| join(key, &rest)),
                    (None, None) => None,
                    _ => Some(key.clone()),
                })
            }
            (Self::List(a), Self::List(b)) => {
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
                Self::Number(text.strip_prefix('-').map_or_else(|| format!("-{text}"), str::to_owned))
            }
            other => other.clone(),
        }
    }

    fn keys(&self) -> impl Iterator<Item = &String> {
        let pairs: &[(String, Self)] = if let Self::Object(pairs) = self { pairs } else { &[] };
        pairs.iter().map(|pair| &pair.0)
    }
}

impl Serialize for Json {
    /// As it was read: every number with the digits that it has.
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(text) => {
                RawValue::from_string(text.clone()).map_err(serde::ser::Error::custom)?.serialize(serializer)
            }
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(values) => serializer.collect_seq(values),
            Self::Object(pairs) => serializer.collect_map(pairs.iter().map(|(key, value)| (key, value))),
        }
    }
}

fn join(head: &str, rest: &str) -> String {
    match rest.chars().next() {
        None => head.to_owned(),
        Some('[') => format!("{head}{rest}"),
        Some(_) => format!("{head}.{rest}"),
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string can always be written")
}

/// One form for one value: `1.50`, `1.5` and `15e-1` are `1.5`. A number whose exponent is beyond
/// all sense keeps its text; no field takes it anyway.
fn one_form(text: &str) -> String {
    super::number::Decimal::read(text).map_or_else(|| text.to_ascii_lowercase(), |value| value.to_string())
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
        // A text is not a number, and -0 is 0.
        assert_ne!(canonical("[\"1\"]"), canonical("[1]"));
        assert_eq!(canonical("[-0.0]"), "[0]");
        assert_eq!(canonical("[1e999999999999]"), "[1e999999999999]");
    }

    #[test]
    fn a_number_keeps_every_digit() {
        let Json::List(values) = read_text("[0.1, 12345678901234567890.123456789, 1e2]").unwrap() else { panic!() };
        assert_eq!(values[1], Json::Number("12345678901234567890.123456789".to_owned()));
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
