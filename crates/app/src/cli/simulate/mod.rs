//! `gongji simulate`: a policy, or two, on a whole population.

pub(crate) mod cases;
mod told;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use gongji_microsimulation::{Assumptions, Reform, Scenario, Walker};
use gongji_population::{Batch, Behaviour, Generator, Preset, Source};

use super::load::Policies;
use super::paint;
use crate::population;
use crate::simulate::policies::Chosen;
use crate::simulate::report::Report;
use crate::simulate::runs::{Row, Runner, incomes};
use crate::simulate::work::Work;
use crate::simulate::{assumptions, html, parquet, sheet};

/// Run a policy, or two, on a whole population: a year of accounts and settlements
///
/// Every person is taken through the year by the engine that settles visits: credits month by month, then each
/// visit and purchase. People are invented from a preset (演示参数) whose figures are shown with the result.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Options {
    #[command(flatten)]
    policies: Policies,
    /// Division code (医保区划) of the area: its population, and its policy unless --policy is given
    #[arg(long, value_name = "CODE")]
    area: String,
    /// A policy to run: code, name, package folder, or one of these `@DATE` for that day's rules all the year; twice to compare two
    #[arg(long = "policy", value_name = "POLICY")]
    chosen: Vec<String>,
    /// How many persons; the preset's number when left out
    #[arg(long, value_name = "N")]
    persons: Option<u64>,
    /// The year; the first year of the policy when left out
    #[arg(long, value_name = "YEAR")]
    year: Option<i16>,
    /// What the people are drawn by
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The people of a preset file of your own
    #[arg(long, value_name = "FILE")]
    preset: Option<PathBuf>,
    /// Own, de-identified persons and events, a folder as `gongji population generate` writes it
    #[arg(long, value_name = "DIR", conflicts_with_all = ["persons", "seed", "preset", "behaviour_twin"])]
    data: Option<PathBuf>,
    /// Assumptions of your own, in the place of those that ship
    #[arg(long, value_name = "FILE")]
    assumptions: Option<PathBuf>,
    /// Compare with how it was before the reform (改革前): who gains, who loses, and why
    #[arg(long, conflicts_with = "elasticity")]
    before_after: bool,
    /// With --before-after: let people before the reform do what they did then, by the preset's factors
    #[arg(long, requires = "before_after")]
    behaviour_twin: bool,
    /// Answer to prices in the second policy: by how much visits change for a change of the patient's price, such as -0.2
    #[arg(long, value_name = "E", allow_negative_numbers = true)]
    elasticity: Option<String>,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write report.html, results.json, results.xlsx and persons.parquet (one row a person) to DIR; an earlier run there is replaced
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write the visits of the first N persons as quote cases to standard output, and nothing else
    #[arg(long, value_name = "N", conflicts_with_all = ["out", "before_after", "elasticity"])]
    cases: Option<u64>,
    /// With --cases: write the answers that the run got, one for each case
    #[arg(long, requires = "cases")]
    answers: bool,
    /// How many threads; as many as there are cores when left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

/// For people or for programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Tables
    #[default]
    Text,
    /// One JSON object
    Json,
}

const EXAMPLES: &str = "\
EXAMPLES
  gongji simulate --area 360100 --persons 100000 --year 2023
  gongji simulate --area 360100 --before-after --out nanchang/
  gongji simulate --area 500000 --policy 500000 --policy my-area/ --year 2024
  gongji simulate --area 211200 --policy 211200@2022-12-15 --policy 211200@2023-01-01 --year 2023
  gongji simulate --area 320700 --persons 1000 --cases 5 > cases.jsonl";

/// Runs the population.
///
/// # Errors
/// When the policy, the preset or the options cannot be used.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    if let Some(persons) = options.cases {
        return Prepared::of(options)?.write_cases(persons, options.answers);
    }
    let work = Work::on_terminal();
    let report = report(options, &work)?;
    work.finished();
    if let Some(dir) = &options.out {
        write_all(dir, &report)?;
    }
    let shown = match options.format {
        Format::Text => report.text(paint::width()),
        Format::Json => format!("{:#}\n", report.json()),
    };
    anstream::stdout().write_all(shown.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// The work without what is printed of it.
///
/// # Errors
/// When the policy, the preset or the options cannot be used, or it was told to stop.
pub(crate) fn report(options: &Options, work: &Work) -> anyhow::Result<Report> {
    Prepared::of(options)?.report(options, work)
}

/// Everything found that a run needs.
struct Prepared {
    chosen: Vec<Chosen>,
    preset: Preset,
    /// The area has no population of its own: the nation's stands in.
    borrowed: bool,
    source: Box<dyn Source>,
    own: bool,
    twin: Option<Box<dyn Source>>,
    assumed: assumptions::Assumed,
    year: i16,
}

impl Prepared {
    fn of(options: &Options) -> anyhow::Result<Self> {
        let names = if options.chosen.is_empty() { vec![options.area.clone()] } else { options.chosen.clone() };
        if names.len() > 2 {
            bail!("--policy 给出 {} 次，至多两次", names.len());
        }
        if options.before_after && names.len() > 1 {
            bail!("--before-after 是同一个政策的改革前后比较，只能给一个 --policy");
        }
        if options.elasticity.is_some() && names.len() < 2 {
            bail!("--elasticity 比较两个政策的价格，需要两个 --policy");
        }
        let chosen: Vec<Chosen> =
            names.iter().map(|name| Chosen::find(&options.policies, name)).collect::<anyhow::Result<_>>()?;
        let (preset, borrowed) = preset(options, &chosen[0])?;
        let area = chosen[0].area()?;
        let day = chosen[0].on.unwrap_or_else(|| area.newest_day());
        let own = options.data.as_deref().map(population::Files::open).transpose()?;
        let of_own = own.as_ref().and_then(population::Files::year);
        let year = match options.year {
            Some(year) => year,
            None => i16::try_from(of_own.unwrap_or(day.ymd().0))?,
        };
        let persons = options.persons.unwrap_or(preset.persons);
        let made = |behaviour| -> anyhow::Result<Box<dyn Source>> {
            let made = Generator::new(&preset, persons, year, options.seed, behaviour);
            Ok(Box::new(made.map_err(|fault| anyhow::anyhow!("{fault}"))?))
        };
        let is_own = own.is_some();
        let source = match own {
            Some(own) => Box::new(own),
            None => made(Behaviour::AS_NOW)?,
        };
        let twin = options.behaviour_twin.then(|| made(Behaviour::before(&preset))).transpose()?;
        let mut assumed = assumptions::assumptions(options.assumptions.as_deref())?;
        assumed.assumptions.bands.incomes = incomes(&*source, assumed.income_groups)?;
        Ok(Self { chosen, source, own: is_own, twin, assumed, year, preset, borrowed })
    }

    fn assumptions(&self) -> &Assumptions {
        &self.assumed.assumptions
    }

    fn scenario(&self, chosen: usize, reform: Reform) -> anyhow::Result<Scenario<'_>> {
        let chosen = &self.chosen[chosen];
        let area = chosen.area()?;
        let scenario = match chosen.on {
            Some(day) => Scenario::on(area, self.year, self.assumptions(), reform, day),
            None => Scenario::of(area, self.year, self.assumptions(), reform),
        };
        scenario.map_err(|fault| anyhow::anyhow!("{fault}"))
    }

    fn write_cases(&self, persons: u64, answers: bool) -> anyhow::Result<ExitCode> {
        let scenario = self.scenario(0, Reform::After)?;
        let (mut batch, mut walker) = (Batch::default(), Walker::default());
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        for number in 0..self.source.batches().min(persons.div_ceil(Batch::PERSONS)) {
            self.source.fill(number, &mut batch).map_err(|fault| anyhow::anyhow!("{fault}"))?;
            for (person, events) in batch.each().filter(|(person, _)| person.number < persons) {
                for (case, answer) in cases::of(&scenario, person, events, &mut walker) {
                    writeln!(out, "{}", if answers { answer } else { case })?;
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// What is run: one, or two beside each other.
    fn scenarios(&self, options: &Options) -> anyhow::Result<Vec<Scenario<'_>>> {
        if options.before_after {
            return [Reform::Before, Reform::After].into_iter().map(|reform| self.scenario(0, reform)).collect();
        }
        (0..self.chosen.len()).map(|chosen| self.scenario(chosen, Reform::After)).collect()
    }

    fn report(&self, options: &Options, work: &Work) -> anyhow::Result<Report> {
        // What cannot be run writes nothing.
        let scenarios = self.scenarios(options)?;
        // Answers to prices need prices first: everybody lives the year twice.
        let rounds = if options.elasticity.is_some() { 2 } else { 1 };
        work.expect(self.source.persons() * rounds);
        let source = &*self.source;
        let sources = [self.twin.as_deref().unwrap_or(source), source];
        let runner = Runner { sources, threads: options.threads.map(usize::from).or(work.threads), work };
        let mut file = match &options.out {
            Some(dir) => {
                fs::create_dir_all(dir).with_context(|| format!("无法建立 {}", dir.display()))?;
                Some(parquet::Persons::create(&dir.join("persons.parquet"), scenarios.len())?)
            }
            None => None,
        };
        let mut write = |rows: &[Row]| file.as_mut().map_or(Ok(()), |file| file.add(rows));
        let rows = options.out.is_some().then_some(&mut write as _);
        let report = match <[Scenario<'_>; 2]>::try_from(scenarios) {
            Ok(both) => self.two(options, both, &runner, rows)?,
            Err(one) => {
                let scenario = one.first().context("没有政策")?;
                let tally = runner.one(scenario, &self.assumptions().bands, rows)?;
                self.of_one(options, scenario, &tally)?
            }
        };
        if let Some(file) = file {
            file.finish()?;
        }
        Ok(report)
    }
}

/// The people of the area: those of a file, its own, or the nation's where it has a policy but no preset.
fn preset(options: &Options, first: &Chosen) -> anyhow::Result<(Preset, bool)> {
    if let Some(path) = &options.preset {
        return Ok((population::preset_file(path)?, false));
    }
    let none = match population::preset(&options.area) {
        Ok(preset) => return Ok((preset, false)),
        Err(none) => none,
    };
    let code = if options.chosen.is_empty() {
        first.area()?.code().to_owned()
    } else {
        // A name is as good as a code, but it has to be somebody's.
        Chosen::find(&options.policies, &options.area).map_err(|_| none.context("--area"))?.area()?.code().to_owned()
    };
    match population::preset(&code) {
        Ok(preset) => Ok((preset, false)),
        Err(_) => Ok((population::preset("national")?, true)),
    }
}

fn write_all(dir: &Path, report: &Report) -> anyhow::Result<()> {
    let write = |name: &str, text: String| {
        let path = dir.join(name);
        fs::write(&path, text).with_context(|| format!("无法写入 {}", path.display()))
    };
    write("report.html", html::page(report))?;
    write("results.json", format!("{:#}\n", report.json()))?;
    sheet::write(&dir.join("results.xlsx"), report)
}

#[cfg(test)]
mod tests;
