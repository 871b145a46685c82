//! Writing a kept reply anew in a province's habit. Digits and texts stay as they are; only their
//! wrapping changes.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Form, NoError, Profile, Spelling};
use crate::his::json::{Json, read_text};

/// The fields of every reply.
pub(super) const OWN: [&str; 7] =
    ["infcode", "inf_refmsgid", "refmsg_time", "respond_time", "err_msg", "warn_msg", "output"];

/// A reply as it is kept, values still closed.
#[derive(Deserialize)]
struct Kept<'a> {
    infcode: i8,
    #[serde(borrow)]
    inf_refmsgid: &'a RawValue,
    #[serde(borrow)]
    refmsg_time: &'a RawValue,
    #[serde(borrow)]
    respond_time: &'a RawValue,
    #[serde(borrow)]
    err_msg: &'a RawValue,
    #[serde(borrow)]
    warn_msg: &'a RawValue,
    #[serde(borrow)]
    output: &'a RawValue,
}

/// The reply in the profile's habit; nothing if it is no reply of ours.
pub(super) fn spelled(profile: &Profile, reply: &[u8]) -> Option<Vec<u8>> {
    let kept: Kept<'_> = serde_json::from_slice(reply).ok()?;
    let infcode = match profile.infcode {
        Spelling::Number => kept.infcode.to_string(),
        Spelling::Text => quoted(&kept.infcode.to_string()),
    };
    let err_msg = match profile.err_msg {
        _ if kept.infcode != 0 => kept.err_msg.get(),
        NoError::Empty => "\"\"",
        NoError::Success => "\"success\"",
        NoError::Null => "null",
    };
    let output = output(profile, kept.output.get())?;
    let mut text = String::with_capacity(reply.len() + reply.len() / 4);
    let own = OWN.iter().copied().map(str::to_owned);
    let values = [
        &infcode,
        kept.inf_refmsgid.get(),
        kept.refmsg_time.get(),
        kept.respond_time.get(),
        err_msg,
        kept.warn_msg.get(),
        &output,
    ];
    for (name, value) in own.zip(values) {
        pair(&mut text, &name, value);
    }
    for (name, value) in &profile.envelope {
        pair(&mut text, name, &quoted(value));
    }
    text.push('}');
    Some(text.into_bytes())
}

/// A pair of an object; the first opens it.
fn pair(text: &mut String, name: &str, value: &str) {
    text.push(if text.is_empty() { '{' } else { ',' });
    text.push_str(&quoted(name));
    text.push(':');
    text.push_str(value);
}

fn output(profile: &Profile, kept: &str) -> Option<String> {
    let text = if profile.numbers == Spelling::Number && profile.twins.is_empty() {
        kept.to_owned()
    } else {
        let mut text = String::with_capacity(kept.len() + kept.len() / 4);
        write(profile, &read_text(kept).ok()?, &mut text);
        text
    };
    // An error has no output to wrap.
    Some(if profile.output == Form::Text && text != "null" { quoted(&text) } else { text })
}

fn write(profile: &Profile, value: &Json, out: &mut String) {
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Json::Number(digits) if profile.numbers == Spelling::Number => out.push_str(digits),
        Json::Number(text) | Json::Text(text) => out.push_str(&quoted(text)),
        Json::List(values) => {
            out.push('[');
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(profile, value, out);
            }
            out.push(']');
        }
        Json::Object(pairs) => {
            out.push('{');
            for (at, (name, inner)) in pairs.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_field(profile, value, name, inner, out);
            }
            out.push('}');
        }
    }
}

/// A field, and after it those of its other spellings that the object has not got.
fn write_field(profile: &Profile, object: &Json, name: &str, value: &Json, out: &mut String) {
    let group = profile.twins.iter().find(|group| group.iter().any(|spelling| spelling == name));
    let others = group.into_iter().flatten().filter(|spelling| object.get(spelling).is_none());
    for (at, spelling) in std::iter::once(name).chain(others.map(String::as_str)).enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push_str(&quoted(spelling));
        out.push(':');
        write(profile, value, out);
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string can always be written")
}
