//! `gongji design solve`: figures that reach a goal under a budget and inside the bounds of the documents above, as a
//! package, with the alternatives that were rejected and why.

use super::told::{chosen, differences, used};
use super::{Common, knobs, money};
use crate::cli::boundaries;
use crate::design::amount::scaled;
use crate::design::overlay::{ARTICLE, Choice};
use crate::design::shape::mended;
use crate::design::trial::{Trial, spending};
use crate::simulate::report::{Cell, Table};
use crate::simulate::work::{Finished, Work};
use anyhow::{Context as _, bail};
use gongji_domain::Fen;
use gongji_microsimulation::design::{Judged, Knob, Outcome, Search, grid, search};
use gongji_policy::{Folder, Library, Severity, SourceFile};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Find deductible, rates and limits for a goal under a budget (求解)
///
/// A coarse seeded grid, then smaller and smaller steps around the best: the same seed takes the same way. Every policy
/// tried is a package, checked against the frameworks and run on the same people.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    common: Common,
    /// What all members may cost in the year, such as 80945.49万元
    #[arg(long, value_name = "AMOUNT", value_parser = money)]
    budget: Fen,
    /// What is to be low
    #[arg(long, value_enum, default_value_t = Goal::TopDecile)]
    goal: Goal,
    /// No group (status, age, income) may bear more than so much above the present, on average
    #[arg(long, value_name = "AMOUNT", value_parser = money)]
    no_group_worse_than: Option<Fen>,
    /// Figures and their ranges, such as `deductible=300..1000/50`; all but account credits when left out
    #[arg(long, value_name = "ID[=MIN..MAX/STEP],…", value_delimiter = ',')]
    levers: Vec<String>,
    /// How many policies are tried at most
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u16).range(2..=5000))]
    tries: u16,
    /// On how many populations the result is run again, for an interval
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=50))]
    seeds: u8,
    /// Write the package into DIR, which must not exist
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write an HTML page
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
}

const EXAMPLE: &str = "\
EXAMPLES
  gongji design solve --area 360100 --budget 80945.49万元 --goal top-decile --out plans/360100-plan
  gongji design solve --area 360100 --budget 60000万元 --no-group-worse-than 50 --levers deductible,limit,limit.retired --seeds 5

EXIT STATUS
  0 found, 1 no policy that was tried may be chosen, 2 the arguments cannot be used";

/// What a designer wants to be low.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Goal {
    /// What the tenth of the people who bear most bear on average
    TopDecile,
    /// What everybody bears on average
    Mean,
    /// What the retired bear on average
    Retired,
    /// Persons who use up the limit
    AtLimit,
}

impl Goal {
    fn words(self) -> &'static str {
        match self {
            Self::TopDecile => "负担最重十分之一人均负担最低",
            Self::Mean => "人均负担最低",
            Self::Retired => "退休人员人均负担最低",
            Self::AtLimit => "到限额的人最少",
        }
    }

    fn of(self, outcome: &Outcome) -> i64 {
        let (all, retired) = (outcome.all(), outcome.by_status[1]);
        match self {
            Self::TopDecile => outcome.top_decile().fen(),
            Self::Mean => all.each(all.share).fen(),
            Self::Retired => retired.each(retired.share).fen(),
            Self::AtLimit => i64::try_from(all.at_limit).unwrap_or(i64::MAX),
        }
    }

    fn cell(self, value: i64) -> Cell {
        match self {
            Self::AtLimit => Cell::Count(value.unsigned_abs()),
            _ => Cell::Yuan(Fen::from_fen(value)),
        }
    }
}

/// Solves and prints.
///
/// # Errors
/// When people or packages cannot be had, or the package cannot be written.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    if let Some(out) = options.out.as_deref().filter(|out| out.exists()) {
        bail!("{} 已经存在，没有改动；换一个 --out", out.display());
    }
    let work = Arc::new(Work::on_terminal());
    let Finished { mut report, plan, status, said } = finished(options, &work, options.out.is_some())?;
    work.finished();
    if let (Some(out), Some(plan)) = (&options.out, plan) {
        write(&plan, out)?;
        report.notes.push(format!("政策包写在 {}：gongji policy check {}", out.display(), out.display()));
    }
    options.common.tell(&report, options.page.as_deref())?;
    said.iter().for_each(|said| eprintln!("{said}"));
    Ok(ExitCode::from(status))
}

/// The work without what is printed of it; with the package of what was found, where that is wanted.
pub(super) fn finished(options: &Options, work: &Arc<Work>, with_plan: bool) -> anyhow::Result<Finished> {
    options.common.on_threads(work, || inside(options, work, with_plan))?
}

/// What decides whether a policy may be chosen.
struct Judge<'a> {
    options: &'a Options,
    trial: &'a Trial,
    base: &'a Outcome,
    members: u64,
    work: &'a Arc<Work>,
}

impl Judge<'_> {
    fn cost(&self, outcome: &Outcome) -> Fen {
        scaled(spending(outcome, self.base), self.members, self.options.common.persons)
    }

    fn of(&self, outcome: Result<Outcome, String>) -> Judged<String> {
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(why) => {
                return Judged { goal: i64::MAX, cost: i64::MAX, refused: Some(format!("不合规定：{why}")) };
            }
        };
        let cost = self.cost(&outcome);
        let over = (cost > self.options.budget).then(|| format!("超出预算 {} 万元", wan(cost - self.options.budget)));
        let worse = || {
            let most = self.options.no_group_worse_than?;
            let (group, more) = outcome.worse(self.base).filter(|(_, more)| *more > most)?;
            Some(format!("{}人均多负担 {more} 元，超过 {most} 元", self.trial.group_words(&outcome, group)))
        };
        Judged { goal: self.options.goal.of(&outcome), cost: cost.fen(), refused: over.or_else(worse) }
    }
}

fn wan(fen: Fen) -> String {
    Cell::Wan(fen).shown()
}

fn inside(options: &Options, work: &Arc<Work>, with_plan: bool) -> anyhow::Result<Finished> {
    let (trial, mut report) = options.common.trial(options.common.seed, work)?;
    let knobs = knobs(&trial.levers, &options.levers)?;
    let base = trial.outcome(&[]).map_err(|why| anyhow::anyhow!("原方案不能模拟：{why}"))?;
    let judge = Judge { options, trial: &trial, base: &base, members: options.common.members(), work };
    let only: Vec<Knob> = knobs.iter().map(|(_, knob)| *knob).collect();
    let choices =
        |values: &[i64]| -> Vec<Choice> { knobs.iter().map(|(at, _)| *at).zip(values.iter().copied()).collect() };
    let first = grid(&only, usize::from(options.tries) / 4 + 1, options.common.seed);
    let mend = |values: &Vec<i64>| mended(&trial.orders, choices(values)).into_iter().map(|(_, value)| value).collect();
    let first: Vec<Vec<i64>> = first.iter().map(mend).collect();
    let found = search(&only, first, usize::from(options.tries), |values| {
        let asked: Vec<Vec<Choice>> = values.iter().map(|values| choices(values)).collect();
        trial.outcomes(&asked).into_iter().map(|outcome| judge.of(outcome)).collect()
    });
    work.goes_on()?;
    report.title = format!("{}：预算内的待遇参数", trial.name);
    report.facts.push(("budget", "预算", format!("{} 万元", wan(options.budget))));
    report.facts.push(("goal", "目标", options.goal.words().to_owned()));
    report.facts.push(("tried", "试过的方案", found.tried.len().to_string()));
    report.notes.insert(0, "支出＝普通门诊统筹支付，加上个人账户计入比原方案多出的部分，与预算比较的是它".to_owned());
    report.notes.insert(1, "求解是由粗到细的搜索：所选的是试过的方案里最好的，不证明没有更好的".to_owned());
    report.tables.push(super::frontier::present(&base, judge.members, options.common.persons));
    let Some(best) = found.best else {
        report.tables.push(rejected(&judge, &found, &choices));
        let count = found.tried.len();
        let said = format!("试过的 {count} 个方案都不能选：放宽预算、范围（--levers）或 --no-group-worse-than");
        return Ok(Finished { report, plan: None, status: 1, said: Some(said) });
    };
    let cost = found.tried[best].judged.cost;
    let best = choices(&found.tried[best].values);
    report.notes.insert(0, used(&trial, options.budget, Fen::from_fen(cost), &best, &knobs));
    report.tables.push(chosen(&trial, &best, &knobs));
    report.tables.push(results(&judge, &best)?);
    report.tables.push(rejected(&judge, &found, &choices));
    let plan = with_plan.then(|| -> anyhow::Result<Folder> {
        let around = options.common.policies.folders()?;
        let plan = with_cases(&trial, &best, &around)?;
        passes(&trial, &around, std::slice::from_ref(&plan))?;
        Ok(plan)
    });
    Ok(Finished { report, plan: plan.transpose()?, ..Finished::default() })
}

/// What the chosen policy comes to beside the present one, on each population.
fn results(judge: &Judge<'_>, choices: &[Choice]) -> anyhow::Result<Table> {
    let heads = [
        ("seed", "种子"),
        ("before", "原方案支出（万元）"),
        ("spending", "所选支出（万元）"),
        ("left", "预算余下（万元）"),
        ("goal_before", "目标：原方案"),
        ("goal", "目标：所选"),
        ("at_limit", "到限额的人"),
    ];
    let mut table = Table::new("results", "所选方案的结果", &heads);
    let (mut spent, mut goals) = (Vec::new(), Vec::new());
    let (options, refused) = (judge.options, |why: String| anyhow::anyhow!("所选方案不能模拟：{why}"));
    for number in 0..u64::from(options.seeds) {
        let seed = options.common.seed + number;
        let other = if number == 0 { None } else { Some(options.common.trial(seed, judge.work)?.0) };
        let trial = other.as_ref().unwrap_or(judge.trial);
        let base = trial.outcome(&[]).map_err(refused)?;
        let outcome = trial.outcome(choices).map_err(refused)?;
        let judge = Judge { options, trial, base: &base, members: judge.members, work: judge.work };
        let (before, cost) = (judge.cost(&base), judge.cost(&outcome));
        let goal = options.goal.of(&outcome);
        spent.push(cost);
        goals.push(goal);
        table.row(vec![
            Cell::text(seed.to_string()),
            Cell::Wan(before),
            Cell::Wan(cost),
            Cell::Wan(options.budget - cost),
            options.goal.cell(options.goal.of(&base)),
            options.goal.cell(goal),
            Cell::of(outcome.all().at_limit, outcome.all().persons),
        ]);
    }
    if let (Some(low), Some(high), true) = (spent.iter().min(), spent.iter().max(), options.seeds > 1) {
        let over = spent.iter().filter(|cost| **cost > options.budget).count();
        let (least, most) = (goals.iter().min().copied().unwrap_or(0), goals.iter().max().copied().unwrap_or(0));
        table = table.noted(format!(
            "{} 个人群：支出 {} 至 {} 万元，目标 {} 至 {}；超出预算的 {over} 个",
            options.seeds,
            wan(*low),
            wan(*high),
            options.goal.cell(least).shown(),
            options.goal.cell(most).shown()
        ));
    }
    Ok(table)
}

/// How many rejected alternatives are shown of each kind.
const SHOWN: usize = 6;

/// The best of what was refused, and the next best of what might have been chosen.
fn rejected(judge: &Judge<'_>, found: &Search<String>, choices: &dyn Fn(&[i64]) -> Vec<Choice>) -> Table {
    let beside = found.best.map(|best| choices(&found.tried[best].values));
    let changes = if beside.is_some() { "与所选方案的不同" } else { "与原方案的不同" };
    let heads = [("changes", changes), ("spending", "支出（万元）"), ("goal", "目标"), ("why", "为什么不选")];
    let refused = found.tried.iter().filter(|tried| tried.judged.refused.is_some()).count();
    let mut table = Table::new("rejected", "没有选的方案", &heads)
        .noted(format!("试了 {} 个，{refused} 个不能选；列出目标最好的几个", found.tried.len()));
    let mut places: Vec<usize> = (0..found.tried.len()).filter(|place| Some(*place) != found.best).collect();
    places.sort_by_key(|place| (found.tried[*place].judged.goal, found.tried[*place].judged.cost, *place));
    let kind = |place: usize| {
        let why = found.tried[place].judged.refused.as_deref();
        why.map_or("worse", |why| {
            if why.starts_with("超出预算") {
                "over"
            } else if why.contains("多负担") {
                "group"
            } else {
                "bound"
            }
        })
    };
    let mut shown = BTreeSet::new();
    for of in ["over", "group", "bound", "worse"] {
        let mut reasons = BTreeSet::new();
        // Bounds are many alike: each reason once.
        let news = |place: &usize| of != "bound" || reasons.insert(found.tried[*place].judged.refused.clone());
        shown.extend(places.iter().copied().filter(|place| kind(*place) == of).filter(news).take(SHOWN));
    }
    for place in places.into_iter().filter(|place| shown.contains(place)) {
        let tried = &found.tried[place];
        let changes = differences(judge.trial, &choices(&tried.values), beside.as_deref());
        let known = tried.judged.cost < i64::MAX;
        table.row(vec![
            Cell::text(changes),
            if known { Cell::Wan(Fen::from_fen(tried.judged.cost)) } else { Cell::Empty },
            if known { judge.options.goal.cell(tried.judged.goal) } else { Cell::Empty },
            Cell::text(tried.judged.refused.clone().unwrap_or_else(|| "目标不如所选".to_owned())),
        ]);
    }
    table
}

/// Writes the package, which has passed its check.
fn write(plan: &Folder, out: &Path) -> anyhow::Result<()> {
    for file in &plan.files {
        let path = out.join(file.path.trim_start_matches("plan/"));
        let parent = path.parent().unwrap_or(out);
        std::fs::create_dir_all(parent).with_context(|| format!("不能建立 {}", parent.display()))?;
        std::fs::write(&path, &*file.text).with_context(|| format!("不能写 {}", path.display()))?;
    }
    Ok(())
}

/// The plan as a folder with cases, which the program worked out and nobody has read.
pub(crate) fn with_cases(trial: &Trial, choices: &[Choice], around: &[Folder]) -> anyhow::Result<Folder> {
    let mut folder = trial.plan(choices, "plan");
    let mut folders = around.to_vec();
    folders.push(folder.clone());
    let library = Library::load(&folders);
    let area = library.area(&trial.area).context("方案不能载入")?;
    let cases = boundaries::of_area(&library, area, Some(trial.from), "plan")?;
    let line = cases.lines().find(|line| line.starts_with("依据：")).unwrap_or_default().to_owned();
    let cited = if line.contains(ARTICLE) { line.clone() } else { format!("{line} {ARTICLE}") };
    let file = SourceFile { path: "plan/cases/boundaries.md".into(), text: cases.replacen(&line, &cited, 1).into() };
    folder.files.push(file);
    Ok(folder)
}

/// Whether a package loads without errors and its cases come out.
///
/// # Errors
/// The first thing that is wrong.
pub(crate) fn passes(trial: &Trial, around: &[Folder], plan: &[Folder]) -> anyhow::Result<()> {
    let folders: Vec<Folder> = around.iter().chain(plan).cloned().collect();
    let library = Library::load(&folders);
    let names: Vec<&str> = plan.iter().map(|folder| folder.name.as_str()).collect();
    let report = library.run_cases(&trial.area).map(|report| report.faults).unwrap_or_default();
    let loaded = library.faults().iter().filter(|(folder, _)| names.contains(&folder.as_str())).map(|(_, fault)| fault);
    match loaded.chain(&report).find(|fault| fault.severity == Severity::Error) {
        Some(fault) => bail!("写出的政策包没有通过检查：{} {}", fault.found, fault.allowed),
        None => Ok(()),
    }
}
