//! A preset (预设): every figure from which people and their year are invented, as data, each with what it rests on.
//!
//! A preset is one TOML file. It may say `extends = "…"` and then only what differs. Keys that nobody reads are
//! refused with their line. Knows no file: whoever reads files gives texts.

mod checks;
mod figure;
mod merge;
mod offences;
mod sections;

pub use figure::{Evidence, Figure};
pub use offences::{Act, Offence, Offences, Tier, Used};
pub use sections::{
    AGES, Admissions, Ages, Away, Before, ByAge, ByLevel, ByStatus, Calendar, Cost, Diseases, Income, Institutions,
    Lines, One, People, Pharmacy, Relatives, Scope, Violations, Visits,
};

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Deserialize;

/// All figures.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// `national` or the code of an area.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// The year whose figures these are.
    pub year: i16,
    /// How many persons there are.
    pub persons: u64,
    /// What it builds upon.
    #[serde(default)]
    pub extends: Option<String>,
    /// Bands of age.
    pub ages: Ages,
    /// Who.
    pub people: People,
    /// Wages, pensions, balances.
    pub income: Income,
    /// Ordinary visits.
    pub visits: Visits,
    /// Their cost.
    pub cost: Cost,
    /// Chronic diseases.
    pub diseases: Diseases,
    /// Pharmacies.
    pub pharmacy: Pharmacy,
    /// Admissions.
    pub admissions: Admissions,
    /// Uses of accounts by relatives.
    pub relatives: Relatives,
    /// Off-list and first-pay.
    pub scope: Scope,
    /// Care elsewhere.
    pub away: Away,
    /// Days and hours.
    pub calendar: Calendar,
    /// Institutions.
    pub institutions: Institutions,
    /// Before the reform.
    pub before: Before,
    /// Categories of cost.
    pub lines: Lines,
    /// Violations, put into claims on request.
    pub violations: Violations,
    /// `section.figure` that differ from what it builds upon.
    #[serde(skip)]
    pub overridden: BTreeSet<String>,
}

/// Why a preset cannot be used, in Chinese.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PresetFault(pub String);

/// A figure as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// `section.figure`.
    pub path: String,
    /// Its value or values.
    pub value: String,
    /// What it rests on.
    pub from: Evidence,
    /// Why.
    pub why: String,
}

impl Preset {
    /// Reads a preset; `find` gives the text of the one that it extends.
    ///
    /// # Errors
    /// When it is no preset: where, what, and what is allowed.
    pub fn read(file: &str, text: &str, find: impl Fn(&str) -> Option<String>) -> Result<Self, PresetFault> {
        let fault = |words: String| PresetFault(format!("{file}：{words}"));
        let preset = match merge::extended(text).map_err(&fault)? {
            None => toml::from_str(text).map_err(|error| fault(format!("不是预设：{error}")))?,
            Some(name) => {
                let base = find(&name).ok_or_else(|| fault(format!("extends = \"{name}\"：没有这个预设")))?;
                let base_table: toml::Table =
                    base.parse().map_err(|error| PresetFault(format!("预设 {name}：{error}")))?;
                if base_table.contains_key("extends") {
                    return Err(fault(format!("extends = \"{name}\"：只能扩展本身完整的预设")));
                }
                let (merged, overridden) = merge::merge(base_table, text).map_err(fault)?;
                let mut preset: Self = merged
                    .try_into()
                    .map_err(|error: toml::de::Error| fault(format!("不是预设：{}", error.message())))?;
                preset.overridden = overridden;
                preset
            }
        };
        checks::check(&preset).map_err(fault)?;
        Ok(preset)
    }

    /// Every figure with what it rests on.
    pub fn bases(&self) -> Vec<Basis> {
        let sections = [
            ("ages", self.ages.list()),
            ("people", self.people.list()),
            ("income", self.income.list()),
            ("visits", self.visits.list()),
            ("cost", self.cost.list()),
            ("diseases", self.diseases.list()),
            ("pharmacy", self.pharmacy.list()),
            ("admissions", self.admissions.list()),
            ("relatives", self.relatives.list()),
            ("scope", self.scope.list()),
            ("away", self.away.list()),
            ("calendar", self.calendar.list()),
            ("institutions", self.institutions.list()),
            ("before", self.before.list()),
            ("lines", self.lines.list()),
            ("violations", self.violations.list()),
        ];
        let basis = |section: &str, (name, value, from, why): (&str, String, Evidence, &str)| Basis {
            path: format!("{section}.{name}"),
            value,
            from,
            why: why.into(),
        };
        sections
            .into_iter()
            .flat_map(|(section, list)| list.into_iter().map(move |each| basis(section, each)))
            .collect()
    }
}
