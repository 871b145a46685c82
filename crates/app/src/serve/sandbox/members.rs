//! The sandbox's members (测试参保人): the demo's and more, each in a state that is written down. All fictitious.

use std::path::Path;

use anyhow::Context as _;
use gongji_domain::Fen;
use serde::Deserialize;

use crate::his::directory::{Directory, Institution, Member};
use crate::serve::demo;

const PEOPLE: &str = include_str!("../../../sandbox/members.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    institution: Vec<Institution>,
    demo: Vec<Known>,
    person: Vec<Person>,
}

/// A member of the demo.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    psn_no: String,
    state: String,
    #[serde(default)]
    note: String,
}

/// A member of the sandbox only.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Person {
    pub state: String,
    #[serde(default)]
    pub note: String,
    pub member: Member,
    /// What the member went through before, every year.
    #[serde(default)]
    pub play: Vec<Visit>,
}

/// A visit that the sandbox settles itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Visit {
    /// The institution.
    pub at: String,
    /// What it costs, all of it eligible.
    pub total: Fen,
    /// Whether the account pays.
    pub account: bool,
    /// The deductible borne (起付) that it must come to.
    pub borne: Fen,
    /// What the fund must pay.
    pub fund: Fen,
}

/// A member as the table shows one.
pub(crate) struct Shown {
    pub member: Member,
    pub state: String,
    pub note: String,
    pub play: Vec<Visit>,
}

fn file() -> anyhow::Result<File> {
    toml::from_str(PEOPLE).context("sandbox/members.toml")
}

/// Who goes through something before.
///
/// # Errors
/// When the data are wrong; a test reads them.
pub(crate) fn people() -> anyhow::Result<Vec<Person>> {
    Ok(file()?.person)
}

/// The directory of the sandbox, with the catalogue in a folder if one is named.
///
/// # Errors
/// As for [`people`].
pub(crate) fn directory(catalogue: Option<&Path>) -> anyhow::Result<Directory> {
    let file = file()?;
    demo::with_others(catalogue, file.person.into_iter().map(|person| person.member).collect(), file.institution)
}

/// All members with their states, by area and number.
///
/// # Errors
/// As for [`people`].
pub(crate) fn shown() -> anyhow::Result<Vec<Shown>> {
    let directory = demo::directory()?;
    let file = file()?;
    let mut shown = Vec::new();
    for known in file.demo {
        let member = directory.member(&known.psn_no, "psn_no").map_err(|fault| anyhow::anyhow!("{fault}"))?.clone();
        shown.push(Shown { member, state: known.state, note: known.note, play: Vec::new() });
    }
    let own =
        |person: Person| Shown { member: person.member, state: person.state, note: person.note, play: person.play };
    shown.extend(file.person.into_iter().map(own));
    shown.sort_by(|a, b| (&a.member.area, &a.member.psn_no).cmp(&(&b.member.area, &b.member.psn_no)));
    Ok(shown)
}
