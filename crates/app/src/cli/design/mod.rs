//! `gongji design`: what a package's figures do to a population, and which figures keep to a budget.

mod frontier;
mod sensitivity;
mod solve;
#[cfg(test)]
mod tests;
mod told;

use super::load::Policies;
use super::paint;
use crate::design::amount::amount;
use crate::design::levers::{Levers, Unit};
use crate::design::trial::{Setup, Trial, people_words};
use crate::population::{preset, preset_file, presets};
use crate::simulate::assumptions::assumptions;
use crate::simulate::html;
use crate::simulate::report::Report;
use crate::simulate::work::{Finished, Work};
use anyhow::Context as _;
use clap::Subcommand;
use gongji_domain::Fen;
use gongji_microsimulation::design::Knob;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Design a policy (政策设计): sensitivity, frontier, and figures that keep to a budget
#[derive(Subcommand)]
pub(crate) enum DesignCommand {
    Sensitivity(sensitivity::Options),
    Frontier(frontier::Options),
    Solve(solve::Options),
}

/// Runs a `design` command.
///
/// # Errors
/// When its arguments cannot be used.
pub(crate) fn run(command: &DesignCommand) -> anyhow::Result<ExitCode> {
    match command {
        DesignCommand::Sensitivity(options) => sensitivity::run(options),
        DesignCommand::Frontier(options) => frontier::run(options),
        DesignCommand::Solve(options) => solve::run(options),
    }
}

/// The work of a `design` command without what is printed of it. A package that is found comes along.
///
/// # Errors
/// When its arguments cannot be used, or it was told to stop.
pub(crate) fn finished(command: &DesignCommand, work: &Arc<Work>) -> anyhow::Result<Finished> {
    match command {
        DesignCommand::Sensitivity(options) => sensitivity::report(options, work).map(Finished::from),
        DesignCommand::Frontier(options) => frontier::report(options, work).map(Finished::from),
        DesignCommand::Solve(options) => solve::finished(options, work, true),
    }
}

/// A form of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Tables for people
    Text,
    /// One JSON object
    Json,
}

/// Whose package, on whom: what every design command is given.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Common {
    #[command(flatten)]
    pub(crate) policies: Policies,
    /// Division code (医保区划) of the area
    #[arg(long, value_name = "AREA")]
    pub(crate) area: String,
    /// How many people are simulated
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(10..=20_000_000))]
    pub(crate) persons: u64,
    /// How many members (参保人数) they stand for; those of the area's own estimate, or the people themselves
    #[arg(long, value_name = "N")]
    pub(crate) members: Option<u64>,
    /// The year that is simulated; a plan begins on its first day. The year after the package was last verified
    #[arg(long, value_name = "YEAR")]
    pub(crate) year: Option<i16>,
    /// Seed of the people
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// The benefit whose figures are turned
    #[arg(long, value_name = "BENEFIT", default_value = "ordinary_outpatient")]
    pub(crate) benefit: String,
    /// People of this preset file instead of the area's
    #[arg(long, value_name = "FILE")]
    pub(crate) preset: Option<PathBuf>,
    /// Assumptions of this file instead of those that ship
    #[arg(long, value_name = "FILE")]
    pub(crate) assumptions: Option<PathBuf>,
    /// Threads; as many as the machine has when left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

impl Common {
    /// What a command is given that has no other wishes.
    pub(crate) fn plain(area: &str, persons: u64, seed: u64, year: i16) -> Self {
        Self {
            policies: Policies::default(),
            area: area.to_owned(),
            persons,
            members: None,
            year: Some(year),
            seed,
            benefit: "ordinary_outpatient".to_owned(),
            preset: None,
            assumptions: None,
            threads: None,
            format: Format::Text,
        }
    }

    /// Runs on as many threads as were asked for.
    pub(crate) fn on_threads<T: Send>(&self, work: &Work, run: impl FnOnce() -> T + Send) -> anyhow::Result<T> {
        let threads = self.threads.map(usize::from).or(work.threads).unwrap_or(0);
        Ok(rayon::ThreadPoolBuilder::new().num_threads(threads).build()?.install(run))
    }

    /// The people and the package, with a report that says what was run.
    pub(crate) fn trial(&self, seed: u64, work: &Arc<Work>) -> anyhow::Result<(Trial, Report)> {
        let folders = self.policies.folders()?;
        let library = self.policies.library(None)?;
        let area = library.area(&self.area).with_context(|| {
            let known: Vec<&str> = library.areas().map(gongji_policy::Area::code).collect();
            format!("没有 {} 的政策包；可用：{}", self.area, known.join("、"))
        })?;
        let (year, why) = match (self.year, area.verified()) {
            (Some(year), _) => (year, "由 --year 指定".to_owned()),
            (None, Some(day)) => {
                let why = format!("政策包核对到 {day}，方案自下一年起才能施行；用 --year 另选");
                (i16::try_from(day.ymd().0 + 1).context("核对年份")?, why)
            }
            (None, None) => anyhow::bail!("{} 没有写核对日期：用 --year 指定年份", area.name()),
        };
        let preset = match &self.preset {
            Some(path) => preset_file(path)?,
            None if presets().contains(&self.area.as_str()) => preset(&self.area)?,
            None => preset("national")?,
        };
        let assumed = assumptions(self.assumptions.as_deref())?;
        let trial = Trial::new(Setup {
            folders: &folders,
            area: &self.area,
            benefit: &self.benefit,
            year,
            preset: &preset,
            persons: self.persons,
            seed,
            assumptions: assumed.assumptions,
            income_groups: assumed.income_groups,
            work: Arc::clone(work),
        })?;
        let members = self.members();
        let mut report = Report {
            facts: vec![
                ("area", "统筹区", format!("{} {}", self.area, area.name())),
                ("year", "模拟年度", format!("{year}，方案自 {} 起（{why}）", trial.from)),
                ("persons", "模拟人数", paint::thousands(&self.persons.to_string())),
                ("members", "代表的参保人数", paint::thousands(&members.to_string())),
                ("preset", "人群", people_words(&preset)),
                ("seed", "种子", seed.to_string()),
            ],
            bases: assumed.bases,
            ..Report::default()
        };
        report.notes.push(format!(
            "金额按 {members} ÷ {} 放大到全体参保人员，四舍五入到分；静态：人们的就医不因政策改变",
            self.persons
        ));
        report.notes.push("人群由预设生成，是演示参数，不是当地统计".to_owned());
        report.notes.extend(trial.notes.iter().cloned());
        Ok((trial, report))
    }

    /// How many members the people stand for.
    pub(crate) fn members(&self) -> u64 {
        let estimated = || {
            let estimate = super::estimate::shipped(&self.area).ok().flatten()?;
            estimate.figure(&estimate.compared.members)?.is.parse().ok()
        };
        self.members.or_else(estimated).unwrap_or(self.persons)
    }

    /// Prints a report, and writes it as a page where that was asked for.
    pub(crate) fn tell(&self, report: &Report, out: Option<&std::path::Path>) -> anyhow::Result<()> {
        tell(report, self.format, out)
    }
}

/// Prints a report, and writes it as a page where that was asked for.
pub(crate) fn tell(report: &Report, format: Format, out: Option<&std::path::Path>) -> anyhow::Result<()> {
    if let Some(path) = out {
        std::fs::write(path, html::page(report)).with_context(|| format!("不能写 {}", path.display()))?;
    }
    let text = match format {
        Format::Text => report.text(paint::width()),
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&report.json())?),
    };
    anstream::stdout().write_all(text.as_bytes())?;
    Ok(())
}

/// A lever with the range in which it may be turned: `deductible=300..1000/50`, or its name alone.
pub(crate) fn knobs(levers: &Levers, given: &[String]) -> anyhow::Result<Vec<(usize, Knob)>> {
    let all: Vec<String> = if given.is_empty() {
        // Credits move other money than that of visits: they are turned when they are asked for.
        let ordinary = levers.all.iter().filter(|lever| !lever.id.starts_with("credit"));
        ordinary.map(|lever| lever.id.clone()).collect()
    } else {
        given.to_vec()
    };
    all.iter().map(|text| knob(levers, text)).collect()
}

/// A point of a rate, in millionths.
const POINT: i64 = 10_000;
/// Ten yuan.
const TEN_YUAN: i64 = 1_000;

fn knob(levers: &Levers, text: &str) -> anyhow::Result<(usize, Knob)> {
    let (id, range) = text.split_once('=').map_or((text, None), |(id, range)| (id, Some(range)));
    let at = levers.named(id)?;
    let lever = &levers.all[at];
    // How far a search goes where nothing was said: a matter of taste, not of law.
    let mut knob = match lever.unit {
        Unit::Money => {
            let step = (lever.value / 20 / TEN_YUAN).max(1) * TEN_YUAN;
            Knob { low: (lever.value / 2 / step) * step, high: lever.value * 2, step, start: lever.value }
        }
        Unit::Rate if lever.id.starts_with("credit") => {
            Knob { low: lever.value / 2, high: lever.value * 3 / 2, step: POINT / 10, start: lever.value }
        }
        Unit::Rate => {
            let (low, high) = (lever.value - 10 * POINT, (lever.value + 25 * POINT).min(90 * POINT));
            Knob { low, high, step: POINT, start: lever.value }
        }
        Unit::Points => Knob { low: 0, high: lever.value + 10 * POINT, step: POINT, start: lever.value },
    };
    if let Some(range) = range {
        let allowed = || format!("{text} 不是范围；写 {id}=最小..最大/步长，如 deductible=300..1000/50");
        let (ends, step) = range.split_once('/').map_or((range, None), |(ends, step)| (ends, Some(step)));
        let (low, high) = ends.split_once("..").with_context(allowed)?;
        (knob.low, knob.high) = (lever.unit.read(low)?, lever.unit.read(high)?);
        knob.step = step.map_or(Ok(knob.step), |step| lever.unit.read(step))?;
        anyhow::ensure!(knob.low <= knob.high && knob.step > 0, "{}", allowed());
    }
    // A range never leaves what the documents above allow.
    knob.low = lever.min.map_or(knob.low, |min| knob.low.max(min));
    knob.high = lever.max.map_or(knob.high, |max| knob.high.min(max));
    anyhow::ensure!(
        knob.low <= knob.high,
        "{}：上位文件允许的范围（{}）里没有可选的值",
        lever.words,
        lever.bounded_by.join("；")
    );
    Ok((at, knob))
}

/// An amount for clap.
pub(crate) fn money(text: &str) -> Result<Fen, String> {
    amount(text)
}
