//! A scenario (验收场景): steps in order, each a message with what it must carry and how it must end. Read from
//! `certify/*.toml`; a file that cannot be meant is refused.

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};
use serde::Deserialize;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/certify");

/// One scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    /// Name, that of its file.
    #[serde(skip)]
    pub name: String,
    /// 标题
    pub title: String,
    /// 怎么做
    pub about: String,
    /// The step whose message shows that it was attempted.
    pub attempt: String,
    /// The step before whose message nothing counts as attempted.
    #[serde(default)]
    pub reached: Option<String>,
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

/// One message that is expected, or must not come.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// Name, once in a scenario.
    pub name: String,
    /// 标题
    pub title: String,
    /// 交易编号, any of these.
    pub infno: Vec<String>,
    /// Whether it may be left out.
    #[serde(default)]
    pub optional: bool,
    /// Whether it must not come, before the next step or at all.
    #[serde(default)]
    pub never: bool,
    /// Whether of several messages that give the same values just the first is meant.
    #[serde(default)]
    pub first: bool,
    /// How it must end: `ok`, `fault`, `any` or a code.
    #[serde(default)]
    pub outcome: Outcome,
    /// What the sandbox did to the answer (`drop-reply` …).
    #[serde(default)]
    pub trouble: Option<String>,
    /// Which message is meant: paths and the values that they have, `$name` for one taken before.
    #[serde(default)]
    pub which: BTreeMap<String, String>,
    /// What it must carry, as [`Step::which`].
    #[serde(default)]
    pub check: BTreeMap<String, Check>,
    /// Values for later steps: name and path.
    #[serde(default)]
    pub take: BTreeMap<String, String>,
    /// What a failure means and what to change.
    pub means: String,
}

impl Step {
    /// Whether it must come, in one word.
    pub(crate) const fn kind(&self) -> &'static str {
        match (self.never, self.optional) {
            (true, _) => "不得",
            (_, true) => "可省",
            _ => "必须",
        }
    }
}

/// What a field must be.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    /// The value, `$name` for one taken before.
    pub is: String,
    /// Whether it may be absent or empty.
    #[serde(default)]
    pub or_empty: bool,
    /// What it means if it is not.
    pub means: String,
}

/// How a message ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(crate) enum Outcome {
    /// With a success.
    #[default]
    Ok,
    /// With any error.
    Fault,
    /// Whatever.
    Any,
    /// With an error of this code.
    Code(String),
}

impl From<String> for Outcome {
    fn from(text: String) -> Self {
        match text.as_str() {
            "ok" => Self::Ok,
            "fault" => Self::Fault,
            "any" => Self::Any,
            _ => Self::Code(text),
        }
    }
}

impl Outcome {
    /// Whether a message that ended with this code is meant.
    pub(crate) fn has(&self, code: &str) -> bool {
        match self {
            Self::Ok => code == crate::calls::OK,
            Self::Fault => code != crate::calls::OK,
            Self::Any => true,
            Self::Code(expected) => code == expected,
        }
    }

    /// In words.
    pub(crate) fn said(&self) -> String {
        match self {
            Self::Ok => "成功".to_owned(),
            Self::Fault => "报错".to_owned(),
            Self::Any => "不论".to_owned(),
            Self::Code(code) => format!("报错 {code}"),
        }
    }
}

impl Scenario {
    /// Reads one.
    ///
    /// # Errors
    /// Says in words what cannot be meant.
    pub(crate) fn read(name: &str, text: &str) -> Result<Self, String> {
        let scenario: Self = toml::from_str(text).map_err(|fault| fault.to_string())?;
        let mut taken: Vec<&str> = Vec::new();
        for (at, step) in scenario.steps.iter().enumerate() {
            if scenario.steps[..at].iter().any(|before| before.name == step.name) {
                return Err(format!("步骤 {} 出现两次", step.name));
            }
            let values = step.which.values().chain(step.check.values().map(|check| &check.is));
            if let Some(value) = values.filter_map(|v| v.strip_prefix('$')).find(|name| !taken.contains(name)) {
                return Err(format!("步骤 {}：${value} 之前没有取得", step.name));
            }
            let mut paths = step.which.keys().chain(step.check.keys()).chain(step.take.values());
            if let Some(path) = paths.find(|path| !["request.", "reply."].iter().any(|side| path.starts_with(side))) {
                return Err(format!("步骤 {}：{path} 应以 request. 或 reply. 开头", step.name));
            }
            if !step.optional && !step.never {
                taken.extend(step.take.keys().map(String::as_str));
            } else if !step.take.is_empty() {
                return Err(format!("步骤 {}：可省或不得出现的步骤不能取值", step.name));
            }
        }
        for named in [Some(&scenario.attempt), scenario.reached.as_ref()].into_iter().flatten() {
            if !scenario.steps.iter().any(|step| step.name == *named && !step.never) {
                return Err(format!("attempt、reached：没有步骤 {named}"));
            }
        }
        Ok(Self { name: name.to_owned(), ..scenario })
    }
}

/// The scenarios that ship, by name.
///
/// # Errors
/// When a file is wrong; a test reads them all.
pub(crate) fn all() -> Result<Vec<Scenario>, String> {
    let mut scenarios = Vec::new();
    for file in FILES.files() {
        let name = file.path().file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let text = file.contents_utf8().unwrap_or_default();
        // A number in front puts them in order.
        let own = name.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
        scenarios.push((name, Scenario::read(own, text).map_err(|fault| format!("certify/{name}.toml：{fault}"))?));
    }
    scenarios.sort_by_key(|(name, _)| *name);
    Ok(scenarios.into_iter().map(|(_, scenario)| scenario).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scenarios_that_ship_are_whole() {
        let names: Vec<String> = all().unwrap().into_iter().map(|scenario| scenario.name).collect();
        let expected = [
            "outpatient",
            "cancel",
            "partial-refund",
            "lost-reversed",
            "lost-resent",
            "pharmacy",
            "day-end",
            "day-end-detail",
            "suspended",
        ];
        assert_eq!(names, expected);
        for scenario in all().unwrap() {
            let numbers = scenario.steps.iter().flat_map(|step| &step.infno);
            assert!(numbers.clone().all(|infno| crate::his::interface::name(infno).is_some()), "{}", scenario.name);
            assert!(scenario.steps.iter().all(|step| step.means.ends_with('。')), "{}", scenario.name);
        }
    }

    #[test]
    fn a_scenario_that_cannot_be_meant_is_refused() {
        let step = "[[step]]\nname = \"a\"\ntitle = \"\"\ninfno = [\"2201\"]\nmeans = \"\"\n";
        let head = "title = \"\"\nabout = \"\"\nattempt = \"a\"\n";
        assert!(Scenario::read("x", &format!("{head}{step}")).is_ok());
        for (text, says) in [
            (format!("{head}{step}{step}"), "步骤 a 出现两次"),
            (format!("{}{step}", head.replace("\"a\"", "\"b\"")), "没有步骤 b"),
            (format!("{head}reached = \"b\"\n{step}"), "没有步骤 b"),
            (format!("{head}{step}which = {{ \"request.x\" = \"$y\" }}\n"), "$y 之前没有取得"),
            (format!("{head}{step}which = {{ \"input.x\" = \"1\" }}\n"), "input.x 应以 request. 或 reply. 开头"),
            (format!("{head}{step}optional = true\ntake = {{ x = \"reply.x\" }}\n"), "不能取值"),
            (format!("{head}{step}ends = 1\n"), "unknown field `ends`"),
        ] {
            let fault = Scenario::read("x", &text).unwrap_err();
            assert!(fault.contains(says), "{fault}");
        }
    }
}
