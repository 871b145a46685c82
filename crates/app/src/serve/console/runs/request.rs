//! A request read against the fields of its kind: the arguments of the command that does the work, and the same as a line that
//! anybody can copy. What cannot run is refused by the name of its field.

use std::path::Path;

use anyhow::Context as _;
use gongji_domain::{Fen, Rate};
use serde_json::{Map, Value};

use super::fields::{Field, Kind, Shape, kind};
use super::packages::{Package, TextFile};
use crate::cli::load;
use crate::design::amount::amount;
use crate::his::Policies;
use crate::serve::problem::Problem;

/// What is asked for, ready to run.
pub(crate) struct Asked {
    pub(super) kind: &'static Kind,
    pub(super) area: String,
    pub(super) area_name: String,
    /// As it was asked, so that it can be asked again with something changed.
    pub(super) given: Map<String, Value>,
    /// Arguments of the command; files are named by their places below one folder.
    pub(super) arguments: Vec<Argument>,
    /// The files that the arguments name.
    pub(super) files: Vec<TextFile>,
}

/// An argument of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    Words(String),
    /// A file or folder of this run, and what is written behind it.
    File(String, String),
}

/// What a request may refer to.
pub(super) struct Around<'a> {
    pub policies: &'a Policies,
    /// Folders of packages that the service was started with.
    pub folders: &'a load::Policies,
    pub package: &'a dyn Fn(u64) -> Option<Package>,
}

impl Asked {
    /// Reads a request.
    ///
    /// # Errors
    /// What cannot be used, by its field.
    pub(super) fn read(given: Map<String, Value>, around: &Around<'_>) -> Result<Self, Problem> {
        let name = given.get("kind").and_then(Value::as_str).unwrap_or_default();
        let kind = kind(name).ok_or_else(|| {
            refused("kind", "运行的种类", name, "simulate、sensitivity、frontier、solve、project、watch、estimate 之一")
        })?;
        let known = |name: &str| name == "kind" || kind.fields.iter().any(|field| field.name == name);
        if let Some(unknown) = given.keys().find(|name| !known(name)) {
            let words = format!("{}没有参数 {unknown}", kind.words);
            return Err(Problem::said("unknown_field", words).at(unknown.as_str()));
        }
        let mut asked = Self {
            kind,
            area: String::new(),
            area_name: String::new(),
            given,
            arguments: Vec::new(),
            files: Vec::new(),
        };
        asked.arguments.extend(kind.command.iter().map(|word| Argument::Words((*word).to_owned())));
        for field in kind.fields {
            match asked.given.get(field.name).cloned().filter(is_given) {
                Some(value) => asked.take(field, &value, around)?,
                None if field.needed => {
                    return Err(Problem::said("missing_field", format!("请填写{}", field.words)).at(field.name));
                }
                None => {}
            }
        }
        for dir in around.folders.dirs.iter().filter(|_| kind.takes_folders) {
            asked.words("--policies", dir.display().to_string());
        }
        asked.together()?;
        Ok(asked)
    }

    fn words(&mut self, option: &str, words: String) {
        self.option(option, Argument::Words(words));
    }

    fn option(&mut self, option: &str, argument: Argument) {
        if !option.is_empty() {
            self.arguments.push(Argument::Words(option.to_owned()));
        }
        self.arguments.push(argument);
    }

    fn take(&mut self, field: &Field, value: &Value, around: &Around<'_>) -> Result<(), Problem> {
        let no = |allowed: &str| refused(field.name, field.words, &shown(value), allowed);
        let text = || value.as_str().map(str::trim);
        match field.shape {
            Shape::Area => {
                let area = text().and_then(|code| around.policies.library().area(code)).ok_or_else(|| {
                    let known: Vec<&str> = around.policies.library().areas().map(gongji_policy::Area::code).collect();
                    no(&format!("已载入的统筹区之一：{}", known.join("、")))
                })?;
                self.area = area.code().to_owned();
                self.area_name = area.name().to_owned();
                self.words(field.option, area.code().to_owned());
            }
            Shape::Whole(least, most) => {
                let number = value.as_i64().or_else(|| text()?.replace(',', "").parse().ok());
                let number = number.filter(|number| (least..=most).contains(number));
                let number = number.ok_or_else(|| no(&format!(" {least} 至 {most} 的整数")))?;
                self.words(field.option, number.to_string());
            }
            Shape::Yes => {
                if value.as_bool().ok_or_else(|| no("true 或 false"))? {
                    self.arguments.push(Argument::Words(field.option.to_owned()));
                }
            }
            Shape::Amount => {
                let given = text().unwrap_or_default();
                let fen = amount(given).map_err(|words| Problem::said("invalid_value", words).at(field.name))?;
                if fen < Fen::ZERO {
                    return Err(no("不小于零的金额"));
                }
                self.words(field.option, given.to_owned());
            }
            Shape::Elasticity => {
                let given = text().unwrap_or_default();
                let size = given.strip_prefix('-').and_then(|size| size.parse::<Fen>().ok());
                size.filter(|size| *size <= Fen::from_yuan(2))
                    .ok_or_else(|| no("-2 至 0 之间、至多两位小数的数，如 -0.2"))?;
                self.words(field.option, given.to_owned());
            }
            Shape::Policies(most) => {
                let names = value.as_array().filter(|names| names.len() <= most);
                for name in names.ok_or_else(|| no(&format!("至多 {most} 个政策")))? {
                    self.policy(field, name.as_str().unwrap_or_default(), around)?;
                }
            }
            Shape::Levers => {
                let names: Option<Vec<&str>> =
                    value.as_array().map(|names| names.iter().filter_map(Value::as_str).collect());
                let fits = |name: &&str| !name.is_empty() && !name.contains([',', ' ']) && !name.starts_with('-');
                let names = names.filter(|names| names.iter().all(fits));
                let names = names.ok_or_else(|| no("参数的名字，或 名字=最小..最大/步长"))?;
                self.words(field.option, names.join(","));
            }
            Shape::OneOf(allowed) => {
                let one = text().filter(|text| allowed.contains(text)).ok_or_else(|| no(&allowed.join("、")))?;
                self.words(field.option, one.to_owned());
            }
            Shape::Levels => {
                let rates: Vec<&str> = value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                let read = |text: &&str| text.parse::<Rate>().ok().filter(|rate| *rate <= Rate::ONE);
                let read: Option<Vec<Rate>> = rates.iter().map(read).collect();
                read.filter(|rates| rates.len() == 3 && rates.is_sorted())
                    .ok_or_else(|| no("三个从小到大的百分比，如 20%、50%、80%"))?;
                self.words(field.option, rates.join(","));
            }
            Shape::Months => {
                let months = value.as_array().filter(|months| months.len() <= 12);
                let mut csv = "month,amount\n".to_owned();
                for (number, month) in (1..).zip(months.ok_or_else(|| no("从 1 月起至多 12 个月的金额"))?) {
                    let given = month.as_str().unwrap_or_default().trim();
                    let fen = amount(given).map_err(|words| {
                        Problem::said("invalid_value", format!("{number} 月：{words}")).at(field.name)
                    })?;
                    csv.push_str(&format!("{number},{fen}\n"));
                }
                self.file(field.option, "spent.csv", csv);
            }
            Shape::History => {
                let csv = text().filter(|csv| csv.len() < 1 << 20);
                let csv = csv.ok_or_else(|| no("CSV 文本，列 year、month、amount（元）"))?.to_owned();
                self.file(field.option, "history.csv", format!("{csv}\n"));
            }
        }
        Ok(())
    }

    fn file(&mut self, option: &str, name: &str, text: String) {
        self.files.push(TextFile { path: name.to_owned(), text });
        self.option(option, Argument::File(name.to_owned(), String::new()));
    }

    /// An area's code, or a package that was brought, each with a day behind it or without.
    fn policy(&mut self, field: &Field, given: &str, around: &Around<'_>) -> Result<(), Problem> {
        let (name, day) = given.split_once('@').map_or((given, None), |(name, day)| (name, Some(day)));
        if day.is_some_and(|day| day.parse::<gongji_domain::Day>().is_err()) {
            return Err(refused(field.name, field.words, given, "@ 后面是日期，如 360100@2023-01-01"));
        }
        let behind = day.map(|day| format!("@{day}")).unwrap_or_default();
        if let Some(number) = name.strip_prefix("package:") {
            let package = number.parse().ok().and_then(around.package);
            let package = package.ok_or_else(|| {
                let gone = format!("政策包 {number} 不在了：程序只留最近的几个，请重新上传");
                Problem::said("package_gone", gone).at(field.name)
            })?;
            if !self.files.iter().any(|file| file.path.starts_with(&format!("{}/", package.name))) {
                self.files.extend(package.placed());
            }
            self.option(field.option, Argument::File(package.name, behind));
            return Ok(());
        }
        // A path would be read on this machine: only codes are taken.
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_digit()) {
            return Err(refused(field.name, field.words, given, "统筹区代码、代码@日期，或上传的政策包"));
        }
        self.words(field.option, format!("{name}{behind}"));
        Ok(())
    }

    /// What goes together and what does not.
    fn together(&self) -> Result<(), Problem> {
        let yes = |name: &str| self.given.get(name).and_then(Value::as_bool) == Some(true);
        let has = |name: &str| self.given.get(name).is_some_and(is_given);
        let policies = self.given.get("policies").and_then(Value::as_array).map_or(0, Vec::len);
        let no = |field: &str, words: &str| Err(Problem::said("not_together", words).at(field));
        match self.kind.name {
            "simulate" if yes("before_after") && policies > 1 => {
                no("before_after", "改革前后比较只用一个政策：去掉第二个政策，或不勾选改革前后")
            }
            "simulate" if yes("behaviour_twin") && !yes("before_after") => {
                no("behaviour_twin", "改革前按当时的就医，只在改革前后比较时可用")
            }
            "simulate" if has("elasticity") && policies < 2 => no("elasticity", "弹性比较两个政策的价格：请选两个政策"),
            "estimate" if yes("calibrate") && !has("persons") => {
                no("persons", "按文件的工资、养老金再算，需要模拟人数")
            }
            "watch" if has("history") && (has("years") || has("persons")) => {
                no("history", "给出往年就不再模拟可比年份：去掉模拟人数和年份")
            }
            _ => Ok(()),
        }
    }

    /// The arguments with files below `folder`.
    pub(super) fn arguments(&self, folder: &Path) -> Vec<String> {
        let one = |argument: &Argument| match argument {
            Argument::Words(words) => words.clone(),
            Argument::File(path, behind) => format!("{}{behind}", folder.join(path).display()),
        };
        self.arguments.iter().map(one).collect()
    }

    /// The line that does the same, where the files lie.
    pub(super) fn command(&self) -> String {
        let one = |argument: &Argument| match argument {
            Argument::Words(words) => quoted(words),
            Argument::File(path, behind) => quoted(&format!("{path}{behind}")),
        };
        let words: Vec<String> = self.arguments.iter().map(one).collect();
        format!("gongji {}", words.join(" "))
    }

    /// Writes the files below a folder.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(super) fn lay_out(&self, folder: &Path) -> anyhow::Result<()> {
        for file in &self.files {
            let path = folder.join(&file.path);
            let parent = path.parent().unwrap_or(folder);
            std::fs::create_dir_all(parent).with_context(|| format!("不能建立 {}", parent.display()))?;
            std::fs::write(&path, &file.text).with_context(|| format!("不能写 {}", path.display()))?;
        }
        Ok(())
    }
}

fn is_given(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(all) => !all.is_empty(),
        _ => true,
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn refused(field: &str, words: &str, given: &str, allowed: &str) -> Problem {
    Problem::said("invalid_value", format!("{words}：给出「{given}」，应为{allowed}")).at(field)
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=,@:+".contains(c);
    // A percent sign is plain everywhere but at a Windows prompt, where it stands alone.
    if !word.is_empty() && word.chars().all(|c| plain(c) || c == '%') {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
