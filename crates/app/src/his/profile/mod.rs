//! Habits of provinces (省份习惯): how a reply is spelled, which fields of the envelope must be there,
//! which addresses and letter forms of numbers are in use. All of it is data, a file each in `profiles/`.
//!
//! A reply is kept in one form and put into an institution's habit as it leaves. So a message sent
//! again is answered byte for byte the same as long as the institution keeps its profile; if the profile
//! was changed in between, it is answered with the same content in the new habit. Must never know what a
//! transaction means.

mod spell;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use serde::{Deserialize, Deserializer};

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/profiles");

/// The profile of whoever names none.
const DEFAULT: &str = "plain";

static ALL: LazyLock<BTreeMap<String, Profile>> = LazyLock::new(|| {
    let files = FILES.files().map(|file| {
        let name = file.path().file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let text = file.contents_utf8().unwrap_or_default();
        let profile = Profile::read(text).unwrap_or_else(|fault| panic!("profiles/{name}.toml: {fault}"));
        (name.to_owned(), profile)
    });
    files.collect()
});

/// The habits of one province or kind of client.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    /// Whether `infcode` is a number or a text.
    #[serde(default)]
    infcode: Spelling,
    /// `err_msg` of a success.
    #[serde(default)]
    err_msg: NoError,
    /// Whether the numbers of `output` (amounts, counts, shares) are numbers or texts; the digits stay.
    #[serde(default)]
    numbers: Spelling,
    /// Whether `output` is an object or its JSON as a text.
    #[serde(default)]
    output: Form,
    /// Which fields of a request's envelope must be there.
    #[serde(default)]
    pub required: Required,
    /// Groups of spellings of one field: where a reply has one of them, it gets the others too.
    #[serde(default)]
    twins: Vec<Vec<String>>,
    /// Fields that a reply's envelope has besides those of the interface.
    #[serde(default)]
    envelope: BTreeMap<String, String>,
    /// Numbers of transactions (交易编号) that are others by another name.
    #[serde(default)]
    aliases: BTreeMap<String, String>,
    /// Addresses in use, `*` for one or more segments, with the number that the address alone says or `body`.
    #[serde(default)]
    pub paths: BTreeMap<String, String>,
}

/// How a number is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Spelling {
    #[default]
    Number,
    Text,
}

/// What stands for no error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum NoError {
    #[default]
    Empty,
    Success,
    Null,
}

/// How `output` is wrapped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    #[default]
    Object,
    Text,
}

/// How much of the envelope is insisted on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Required {
    /// What all editions and clients have; the rest is noted when absent.
    #[default]
    Tolerant,
    /// Everything that the interface calls required.
    Strict,
}

impl Profile {
    fn read(text: &str) -> Result<Self, String> {
        let profile: Self = toml::from_str(text).map_err(|fault| fault.to_string())?;
        if let Some(name) = profile.envelope.keys().find(|name| spell::OWN.contains(&name.as_str())) {
            return Err(format!("envelope: {name} 是应答本身的字段"));
        }
        if let Some(group) = profile.twins.iter().find(|group| group.len() < 2) {
            return Err(format!("twins: {group:?} 只有一种拼写"));
        }
        Ok(profile)
    }

    /// The one of whoever names none.
    pub(crate) fn plain() -> &'static Self {
        &ALL[DEFAULT]
    }

    /// The number under which a transaction is found that is not known by the one that was sent.
    pub(crate) fn base<'a>(&'a self, infno: &'a str) -> &'a str {
        self.aliases.get(infno).map_or(infno, String::as_str)
    }

    /// A reply as the institution reads it. Where nothing differs the bytes pass as they are.
    pub(crate) fn spell(&self, reply: Vec<u8>) -> Vec<u8> {
        if self.spells_plainly() { reply } else { spell::spelled(self, &reply).unwrap_or(reply) }
    }

    fn spells_plainly(&self) -> bool {
        self.infcode == Spelling::Number
            && self.err_msg == NoError::Empty
            && self.numbers == Spelling::Number
            && self.output == Form::Object
            && self.twins.is_empty()
            && self.envelope.is_empty()
    }
}

/// All profiles by name.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static Profile)> {
    ALL.iter().map(|(name, profile)| (name.as_str(), profile))
}

/// Reads the name of a profile where data name one.
///
/// # Errors
/// When there is none of that name.
pub(super) fn by_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static Profile, D::Error> {
    let name = String::deserialize(deserializer)?;
    ALL.get(&name).ok_or_else(|| {
        let names: Vec<&str> = all().map(|(name, _)| name).collect();
        serde::de::Error::custom(format!("没有名为 {name} 的省份习惯，应为 {}", names.join("、")))
    })
}

#[cfg(test)]
mod tests;
