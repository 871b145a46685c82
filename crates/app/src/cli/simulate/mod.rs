//! `gongji simulate`: a policy, or two, on a whole population.

mod cases;

use std::fs;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use gongji_domain::{Fen, Rate};
use gongji_microsimulation::{Assumptions, Comparison, Reform, Response, Scenario, Tally, Walker};
use gongji_policy::AreaStatus;
use gongji_population::{Batch, Behaviour, Generator, Preset, Source};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::load::Policies;
use super::paint;
use crate::population;
use crate::simulate::policies::Chosen;
use crate::simulate::report::{Cell, Report};
use crate::simulate::runs::{Row, Runner, incomes};
use crate::simulate::{assumptions, html, parquet, results, sheet};

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
    /// Write report.html, results.json, results.xlsx and persons.parquet (one row a person) to DIR
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
    let prepared = Prepared::of(options)?;
    if let Some(persons) = options.cases {
        return prepared.write_cases(persons, options.answers);
    }
    let report = prepared.report(options)?;
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

/// Everything found that a run needs.
struct Prepared {
    chosen: Vec<Chosen>,
    preset: Preset,
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
        let preset = match &options.preset {
            Some(path) => population::preset_file(path)?,
            None => population::preset(&options.area).or_else(|_| population::preset("national"))?,
        };
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
        Ok(Self { chosen, source, own: is_own, twin, assumed, year, preset })
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

    fn report(&self, options: &Options) -> anyhow::Result<Report> {
        let bar = bar(self.source.persons());
        let progress = |done| bar.inc(done);
        let source = &*self.source;
        let sources = [self.twin.as_deref().unwrap_or(source), source];
        let runner = Runner { sources, threads: options.threads.map(usize::from), progress: &progress };
        let two = options.before_after || self.chosen.len() == 2;
        let mut file = match &options.out {
            Some(dir) => {
                fs::create_dir_all(dir).with_context(|| format!("无法建立 {}", dir.display()))?;
                Some(parquet::Persons::create(&dir.join("persons.parquet"), if two { 2 } else { 1 })?)
            }
            None => None,
        };
        let mut write = |rows: &[Row]| file.as_mut().map_or(Ok(()), |file| file.add(rows));
        let rows = options.out.is_some().then_some(&mut write as _);
        let report = if two {
            self.two(options, &runner, rows)?
        } else {
            let scenario = self.scenario(0, Reform::After)?;
            let tally = runner.one(&scenario, &self.assumptions().bands, rows)?;
            self.of_one(options, &scenario, &tally)?
        };
        bar.finish_and_clear();
        if let Some(file) = file {
            file.finish()?;
        }
        Ok(report)
    }

    fn two(
        &self,
        options: &Options,
        runner: &Runner<'_>,
        rows: Option<crate::simulate::runs::Rows<'_>>,
    ) -> anyhow::Result<Report> {
        let bands = &self.assumptions().bands;
        let (a, mut b, names) = if options.before_after {
            let [a, b] = [Reform::Before, Reform::After].map(|reform| self.scenario(0, reform));
            (a?, b?, ["改革前".to_owned(), "改革后".to_owned()])
        } else {
            let [a, b] = [0, 1].map(|chosen| self.scenario(chosen, Reform::After));
            (a?, b?, [self.name(0)?, self.name(1)?])
        };
        let names = [names[0].as_str(), names[1].as_str()];
        if let Some(elasticity) = &options.elasticity {
            let fixed = runner.two([&a, &b], bands, None)?;
            b = b.with_response(answered(elasticity, &fixed, options.seed)?);
        }
        let found = runner.two([&a, &b], bands, rows)?;
        let mut report = self.head(options, &[&a, &b])?;
        let [of_a, of_b] = &found.tallies;
        let sides = [(names[0], of_a), (names[1], of_b)];
        report.title = format!("政策模拟：{}（{}）→ {}（{} 年）", a.area().name(), names[0], names[1], self.year);
        if options.before_after {
            report.tables.push(results::moved(of_a, of_b));
        }
        report.tables.extend(results::compared(names, &found, bands));
        report.tables.extend(results::tables(&sides, bands));
        let net = found.net(|_, _, _| true);
        let all = net.winners + net.losers + net.same;
        report.heroes = vec![
            (format!("统筹基金支付（万元），{}", names[0]), Cell::Wan(of_a.all().pool).shown()),
            (format!("统筹基金支付（万元），{}", names[1]), Cell::Wan(of_b.all().pool).shown()),
            ("受益的人".to_owned(), Cell::of(net.winners, all).shown()),
            ("受损的人".to_owned(), Cell::of(net.losers, all).shown()),
        ];
        if self.twin.is_some() {
            report
                .notes
                .push("假设：改革前的就医次数和费用按人群预设的改革前系数（行为反应），不是静态比较".to_owned());
            report.notes.retain(|note| !note.starts_with("改革前：") || !note.contains("静态"));
        }
        Ok(report)
    }

    fn name(&self, chosen: usize) -> anyhow::Result<String> {
        let chosen = &self.chosen[chosen];
        let area = chosen.area()?.name();
        Ok(match chosen.on {
            Some(day) => format!("{area} {day}"),
            None if Path::new(&chosen.given).is_dir() => chosen.given.clone(),
            None => area.to_owned(),
        })
    }

    fn of_one(&self, options: &Options, scenario: &Scenario<'_>, tally: &Tally) -> anyhow::Result<Report> {
        let mut report = self.head(options, &[scenario])?;
        report.title = format!("政策模拟：{}（{} 年）", scenario.area().name(), self.year);
        report.tables = results::tables(&[("", tally)], &self.assumptions().bands);
        let all = tally.all();
        report.heroes = vec![
            ("统筹基金支付（万元）".to_owned(), Cell::Wan(all.pool).shown()),
            ("实际支付比例（占政策范围内）".to_owned(), Cell::part(all.pool, all.eligible).shown()),
            ("统筹基金支付过的人".to_owned(), Cell::of(all.paid_by_pool, all.persons).shown()),
            ("到达最高支付限额的人".to_owned(), Cell::of(all.at_limit, all.persons).shown()),
            ("个人负担，人均（元）".to_owned(), Cell::each(all.share(), all.persons).shown()),
        ];
        if all.refused > 0 {
            report.notes.push(format!("{} 次就医医保不予结算，按现金计", all.refused));
        }
        Ok(report)
    }

    fn head(&self, options: &Options, scenarios: &[&Scenario<'_>]) -> anyhow::Result<Report> {
        let mut report = Report::default();
        let words = |scenario: &&Scenario<'_>| {
            let area = scenario.area();
            let draft = if area.status() == AreaStatus::Draft && !area.name().contains("征求意见稿") {
                "（草案）"
            } else {
                ""
            };
            let before = if scenario.reform() == Reform::Before { "（改革前）" } else { "" };
            format!("{} {}{draft}{before}", area.code(), area.name())
        };
        let policies: Vec<String> = scenarios.iter().map(words).collect();
        report.facts = vec![
            ("policy", "政策", policies.join(" → ")),
            ("population", "参保人群", self.people(options)),
            ("persons", "人数", paint::thousands(&self.source.persons().to_string())),
            ("year", "年度", self.year.to_string()),
            ("seed", "种子", if self.own { "—".to_owned() } else { options.seed.to_string() }),
            ("version", "程序版本", env!("CARGO_PKG_VERSION").to_owned()),
        ];
        for note in scenarios.iter().flat_map(|scenario| scenario.notes()) {
            if !report.notes.contains(note) {
                report.notes.push(note.clone());
            }
        }
        report.bases = self.assumed.bases.clone();
        if self.own {
            report.notes.push("参保人群和就医购药是给出的文件，没有随机生成的数字".to_owned());
            return Ok(report);
        }
        report.notes.push(format!(
            "参保人群由「{}」随机生成，不是真实的人；其中按建模假设（A）、推算（D）、回忆（R）的数字都是演示参数，换成本地数据后再下结论",
            self.preset.name
        ));
        for basis in self.preset.bases() {
            let from = basis.from.letter().to_owned();
            report.bases.push([basis.path, basis.value, from, basis.why]);
        }
        Ok(report)
    }

    fn people(&self, options: &Options) -> String {
        match &options.data {
            Some(folder) => format!("自有数据 {}", folder.display()),
            None => self.preset.name.clone(),
        }
    }
}

/// How people answer to the prices that both policies give.
fn answered(elasticity: &str, fixed: &Comparison, seed: u64) -> anyhow::Result<Response> {
    let words = || format!("--elasticity 给出「{elasticity}」，应为 -2 至 0 之间、至多两位小数的数，如 -0.2");
    let size = elasticity.strip_prefix('-').unwrap_or(elasticity);
    // Two decimals, read as hundredths like money is: a number with a point is not needed.
    let hundredths = size.parse::<Fen>().ok().with_context(words)?.fen();
    if hundredths > 200 || (hundredths > 0 && !elasticity.starts_with('-')) {
        bail!(words());
    }
    let size = Rate::from_millionths(hundredths * (Rate::ONE.millionths() / 100));
    let price = |tally: &Tally| {
        [0, 1].map(|status| {
            let sums = tally.groups(|of, _, _| of == status);
            (sums.ordinary_share, sums.ordinary)
        })
    };
    let [a, b] = &fixed.tallies;
    Ok(Response::to_prices(Rate::from_millionths(-size.millionths()), price(a), price(b), seed))
}

/// A bar on a terminal, nothing elsewhere.
fn bar(persons: u64) -> ProgressBar {
    let bar = ProgressBar::new(persons);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let style = ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} 人 {percent}% 余 {eta}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
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
