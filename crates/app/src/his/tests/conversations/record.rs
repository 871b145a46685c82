//! A conversation as it is kept: a head that says what it shows, then one line for each request with its reply.

use gongji_domain::Fen;
use gongji_register::bond::Relation;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub conversation: String,
    /// 省份习惯 of the first hospital.
    pub profile: String,
    pub shows: String,
    pub in_english: String,
    /// Who lets whom be paid for (家庭共济), agreed on at the counter before the first message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bonds: Vec<Bound>,
}

/// Two members of the demo, by 人员编号.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bound {
    pub holder: String,
    pub beneficiary: String,
    pub relation: Relation,
    /// 年度限额
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<Fen>,
}

/// Every other line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exchange {
    /// What it shows.
    pub shows: String,
    /// The centre's clock.
    pub at: String,
    pub path: String,
    /// What is posted, byte for byte; without it the address is got.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Box<RawValue>>,
    /// A file that goes beside it, as a part of a multipart body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<File>,
    pub status: u16,
    /// What comes back, byte for byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Box<RawValue>>,
    /// What comes back instead as a ZIP with one file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub download: Option<File>,
}

/// A file by its name and content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub name: String,
    pub text: String,
}

/// Reads a file of them.
pub(super) fn read(text: &str) -> (Head, Vec<Exchange>) {
    let mut lines = text.lines();
    let head = serde_json::from_str(lines.next().unwrap()).unwrap();
    (head, lines.map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// Writes a line.
pub(super) fn line(of: &impl Serialize) -> String {
    let mut line = serde_json::to_string(of).unwrap();
    line.push('\n');
    line
}
