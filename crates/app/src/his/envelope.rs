//! The envelope around every transaction: request in, reply out.

use compact_str::CompactString;

use super::auth::Guard;
use super::decode::{Node, Notes, unwrapped};
use super::errors::Fault;
use super::json::Json;
use super::profile::Required;
use super::written::{Output, name, object, put_digits};

/// A request without its input.
#[derive(Debug)]
pub(crate) struct Envelope {
    /// 交易编号
    pub infno: CompactString,
    /// 发送方报文ID
    pub msgid: CompactString,
    /// 定点医药机构编号
    pub institution: CompactString,
    /// 参保地医保区划
    pub insured_in: Option<CompactString>,
    /// The field that says how `input` is encrypted, and what it says.
    encrypted: Option<(&'static str, String)>,
}

/// Fields that are part of the interface and decide nothing here, some of them provincial.
const UNUSED: &[&str] = &[
    "dev_no",
    "dev_safe_info",
    "cainfo",
    "signtype",
    "sign_no",
    "fixmedins_name",
    "infver",
    "app_id",
    "pw_ecToken",
    "recer_admdvs",
];

/// Fields that the interface requires and that decide nothing here, with their lengths.
const EXPECTED: &[(&str, usize)] = &[
    ("mdtrtarea_admvs", 6),
    ("recer_sys_code", 10),
    ("opter_type", 3),
    ("opter", 30),
    ("opter_name", 50),
    ("inf_time", 30),
];

/// Fields that it requires too and of which nobody is told unless they want to be.
const STRICT: &[(&str, usize)] = &[("infver", 6), ("fixmedins_name", 200)];

/// What is known of a message before it is understood, so that an error can be logged and answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outline {
    pub infno: CompactString,
    pub msgid: CompactString,
    pub institution: CompactString,
    pub division: CompactString,
}

impl Outline {
    /// The envelope's own words, as far as they are words.
    pub(crate) fn of(message: &Json<'_>) -> Self {
        let mut outline = Self::default();
        let fields: &[_] = if let Json::Object(fields) = message { fields } else { &[] };
        for (name, value) in fields {
            let word = match &**name {
                "infno" => &mut outline.infno,
                "msgid" => &mut outline.msgid,
                "fixmedins_code" => &mut outline.institution,
                "mdtrtarea_admvs" => &mut outline.division,
                _ => continue,
            };
            *word = match value {
                Json::Text(text) | Json::Number(text) if text.len() <= 30 => (&**text).into(),
                Json::Text(text) | Json::Number(text) => text.chars().take(30).collect(),
                _ => continue,
            };
        }
        outline
    }
}

impl Envelope {
    /// Reads the envelope but its `input`. Required is what every edition of the interface and every client
    /// has and is needed; what else the interface asks for is noted when absent, or required where the
    /// institution's profile is strict.
    pub(crate) fn read(message: &Json<'_>, required: Required, notes: &Notes) -> Result<Self, Fault> {
        let node = Node::of("", message)?.null_is_empty();
        let infno = node.required_word("infno", 10)?.into();
        let msgid = node.required_word("msgid", 30)?.into();
        let institution = node.required_word("fixmedins_code", 30)?.into();
        let insured_in = node.word("insuplc_admdvs", 6)?.map(CompactString::from);
        for (name, max) in EXPECTED {
            match required {
                Required::Tolerant => node.note(name, *max, notes)?,
                Required::Strict => drop(node.required_word(name, *max)?),
            }
        }
        if required == Required::Strict {
            for (name, max) in STRICT {
                node.required_word(name, *max)?;
            }
        }
        let mut encrypted = None;
        for name in ["enc_type", "encType"] {
            encrypted = node.optional(name, 10)?.map(|kind| (name, kind)).or(encrypted);
        }
        node.known(UNUSED);
        node.known(&["input"]);
        node.finish(notes);
        Ok(Self { infno, msgid, institution, insured_in, encrypted })
    }

    /// The `input` (输入) of its message, an object: taken out of it and decrypted if need be. What is kept of a message is the
    /// plain input.
    pub(crate) fn input<'t>(&self, message: &mut Json<'t>, guard: &Guard) -> Result<Json<'t>, Fault> {
        let input = message.take("input");
        match &self.encrypted {
            Some((field, kind)) => {
                unwrapped(Json::Text(guard.decrypted(&self.institution, field, kind, &input)?.into()))
            }
            None => unwrapped(input),
        }
    }
}

/// Whether a division (医保区划) lies in a pooling area: 500103 in 500000, 211202 in 211200.
pub(crate) fn lies_in(division: &str, area: &str) -> bool {
    let mut prefix = area;
    while let Some(shorter) = prefix.strip_suffix("00") {
        prefix = shorter;
    }
    !prefix.is_empty() && division.starts_with(prefix)
}

/// The number of one reply (接收方报文ID), in its parts.
#[derive(Clone, Debug)]
pub(crate) struct Stamp {
    /// Division, filled up to six places.
    division: CompactString,
    /// `yyyyMMddHHmmss` as a number, and milliseconds.
    second: u64,
    millisecond: u64,
    /// Count of replies.
    count: u64,
}

impl Stamp {
    /// Division, `yyyyMMddHHmmss` as a number, milliseconds, count of replies.
    pub(crate) fn new(division: &str, second: u64, millisecond: u64, count: u64) -> Self {
        let mut filled = CompactString::default();
        (division.chars().count()..6).for_each(|_| filled.push('0'));
        filled.push_str(division);
        Self { division: filled, second, millisecond, count }
    }

    /// `yyyyMMddHHmmssSSS`
    fn put_time(&self, text: &mut String) {
        put_digits(text, self.second, 14);
        put_digits(text, self.millisecond, 3);
    }

    fn put(&self, text: &mut String) {
        text.push_str(&self.division);
        self.put_time(text);
        put_digits(text, self.count, 7);
    }
}

/// A reply: `infcode` is the number 0 and `err_msg` empty on success, -1 and the message else.
pub(crate) fn reply(stamp: &Stamp, outcome: Result<&Output, &Fault>, warn_msg: &str) -> Vec<u8> {
    let err_msg = outcome.err().map(ToString::to_string).unwrap_or_default();
    let output = outcome.map_or("null", Output::as_str);
    let mut text = String::with_capacity(output.len() + err_msg.len() + warn_msg.len() + 256);
    object(&mut text, |put| {
        put.json(name!("infcode"), if outcome.is_ok() { "0" } else { "-1" });
        put.quoted(name!("inf_refmsgid"), |text| stamp.put(text));
        put.quoted(name!("refmsg_time"), |text| stamp.put_time(text));
        put.quoted(name!("respond_time"), |text| stamp.put_time(text));
        put.text(name!("err_msg"), &err_msg);
        put.text(name!("warn_msg"), warn_msg);
        put.json(name!("output"), output);
    });
    text.into_bytes()
}
