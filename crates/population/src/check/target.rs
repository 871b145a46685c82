//! Targets (指标) as their file has them, and how a measured value stands to each.

use crate::check::Measures;
use crate::preset::{Evidence, Preset, PresetFault};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Deserialize;

/// What a value is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A share of a whole (占比).
    Share,
    /// Times (次).
    Times,
    /// 元
    Yuan,
    /// A bare number (比值).
    Ratio,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Target {
    id: String,
    words: String,
    measure: String,
    unit: Unit,
    target: f64,
    #[serde(default)]
    within: Option<f64>,
    #[serde(default)]
    relative: Option<f64>,
    #[serde(default)]
    between: Option<[f64; 2]>,
    from: Evidence,
    basis: String,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    moved_by: Vec<String>,
    #[serde(default)]
    area: Option<String>,
    #[serde(default)]
    needs: Option<Needs>,
}

/// What a target needs besides people and their year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Needs {
    /// A policy run on them.
    Run,
}

/// All targets.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Targets {
    target: Vec<Target>,
}

/// How a measured value stands to its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Within tolerance (通过).
    Passed,
    /// Outside (未通过).
    Failed,
    /// The preset changed what it rests on: shown beside, not judged (对照).
    Reference,
    /// Nobody measured it here (未测).
    Unmeasured,
}

/// A target with what was measured; values in millionths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// `V01` and so on.
    pub id: String,
    /// What it is, in Chinese.
    pub words: String,
    /// The name of what is measured.
    pub measure: String,
    /// What it is counted in.
    pub unit: Unit,
    /// What it should be.
    pub target: i64,
    /// Least that passes.
    pub least: i64,
    /// Most that passes.
    pub most: i64,
    /// What it is.
    pub measured: Option<i64>,
    /// How they stand.
    pub verdict: Verdict,
    /// What the target rests on.
    pub from: Evidence,
    /// The same in words.
    pub basis: String,
    /// Where target and basis disagree, or why it is not measured.
    pub note: String,
}

impl Targets {
    /// Reads the file of targets.
    ///
    /// # Errors
    /// When it is none, or a target has not one tolerance.
    pub fn read(file: &str, text: &str) -> Result<Self, PresetFault> {
        let targets: Self = toml::from_str(text).map_err(|error| PresetFault(format!("{file}：{error}")))?;
        for target in &targets.target {
            if target.tolerance().is_none() {
                let words = "应恰有 within、relative、between 之一";
                return Err(PresetFault(format!("{file}：{} {}：{words}", target.id, target.words)));
            }
        }
        Ok(targets)
    }

    /// Every target that concerns a preset, with what was measured.
    pub fn judge(&self, preset: &Preset, measures: &Measures) -> Vec<Row> {
        let concerns = |target: &&Target| target.area.as_ref().is_none_or(|area| *area == preset.code);
        self.target.iter().filter(concerns).map(|target| target.judge(preset, measures)).collect()
    }
}

impl Target {
    fn tolerance(&self) -> Option<(f64, f64)> {
        let about = |by: f64| (self.target - by, self.target + by);
        match (self.within, self.relative, self.between) {
            (Some(within), None, None) => Some(about(within)),
            (None, Some(relative), None) => Some(about(self.target * relative)),
            (None, None, Some([least, most])) => Some((least, most)),
            _ => None,
        }
    }

    fn judge(&self, preset: &Preset, measures: &Measures) -> Row {
        let whole = |value: f64| libm::rint(value * 1e6) as i64;
        let (least, most) = self.tolerance().unwrap_or((self.target, self.target));
        let (mut least, most) = (whole(least), whole(most));
        if self.unit == Unit::Share {
            // No share is below nothing.
            least = least.max(0);
        }
        let measured = measures.get(&self.measure).copied();
        let moved: Vec<&str> =
            self.moved_by.iter().filter(|path| preset.overridden.contains(*path)).map(String::as_str).collect();
        let mut notes: Vec<String> = self.note.iter().cloned().collect();
        let verdict = match measured {
            None => {
                let run = self.needs == Some(Needs::Run);
                notes.push(if run { "须按政策结算后才有" } else { "本次没有测量" }.into());
                Verdict::Unmeasured
            }
            Some(_) if !moved.is_empty() => {
                notes.push(format!("预设改了 {}，全国指标只作对照", moved.join("、")));
                Verdict::Reference
            }
            Some(value) if (least..=most).contains(&value) => Verdict::Passed,
            Some(_) => Verdict::Failed,
        };
        Row {
            id: self.id.clone(),
            words: self.words.clone(),
            measure: self.measure.clone(),
            unit: self.unit,
            target: whole(self.target),
            least,
            most,
            measured,
            verdict,
            from: self.from,
            basis: self.basis.clone(),
            note: notes.join("；"),
        }
    }
}
