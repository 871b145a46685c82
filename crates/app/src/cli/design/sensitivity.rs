//! `gongji design sensitivity`: each figure a step down and up, everything else as it is.

use super::Common;
use crate::design::amount::scaled;
use crate::design::levers::{Lever, Unit};
use crate::design::overlay::Choice;
use crate::design::trial::{Trial, spending};
use crate::simulate::chart::Chart;
use crate::simulate::report::{Cell, Report, Table};
use crate::simulate::work::Work;
use gongji_domain::Fen;
use gongji_microsimulation::design::{Outcome, elasticity};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// What spending, burden and persons at the limit answer to each figure (敏感性)
///
/// Turns each figure of the package a step down and a step up and runs the package so made on the same people.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    common: Common,
    /// Only these figures, by name, separated by commas
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    levers: Vec<String>,
    /// Step of amounts and account credits, in percent of what they are
    #[arg(long, value_name = "PERCENT", default_value_t = 10, value_parser = clap::value_parser!(i64).range(1..=90))]
    step: i64,
    /// Step of rates, in percentage points
    #[arg(long, value_name = "POINTS", default_value_t = 5, value_parser = clap::value_parser!(i64).range(1..=50))]
    points: i64,
    /// Write an HTML page
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

const EXAMPLE: &str = "\
EXAMPLES
  gongji design sensitivity --area 360100
  gongji design sensitivity --area 500000 --persons 20000 --levers deductible,rate.tertiary --out sensitivity.html

EXIT STATUS
  0 done, 2 the arguments cannot be used";

/// Runs and prints.
///
/// # Errors
/// When people or packages cannot be had.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let work = Arc::new(Work::on_terminal());
    let report = report(options, &work)?;
    work.finished();
    options.common.tell(&report, options.out.as_deref())?;
    Ok(ExitCode::SUCCESS)
}

/// The work without what is printed of it.
pub(super) fn report(options: &Options, work: &Arc<Work>) -> anyhow::Result<Report> {
    options.common.on_threads(work, || inside(options, work))?
}

fn inside(options: &Options, work: &Arc<Work>) -> anyhow::Result<Report> {
    let (trial, mut report) = options.common.trial(options.common.seed, work)?;
    let chosen: Vec<usize> = match options.levers.is_empty() {
        true => (0..trial.levers.all.len()).collect(),
        false => options.levers.iter().map(|id| trial.levers.named(id)).collect::<anyhow::Result<_>>()?,
    };
    let mut asked: Vec<Vec<Choice>> = vec![Vec::new()];
    for at in &chosen {
        let lever = &trial.levers.all[*at];
        let step = step(lever, options);
        asked.extend([-step, step].map(|step| vec![(*at, lever.value + step)]));
    }
    let mut outcomes = trial.outcomes(&asked);
    let base = outcomes.remove(0).map_err(|why| anyhow::anyhow!("原方案不能模拟：{why}"))?;
    let members = options.common.members();
    report.title = format!("{}：待遇参数的敏感性", trial.name);
    let table = table(&trial, &base, &chosen, &outcomes, options, members)?;
    report.tables = vec![super::frontier::present(&base, members, options.common.persons), table];
    Ok(report)
}

/// By how much a lever is turned.
fn step(lever: &Lever, options: &Options) -> i64 {
    let part = |unit: i64| (lever.value * options.step / 100 / unit).max(1) * unit;
    match lever.unit {
        Unit::Money => part(100),
        Unit::Rate if lever.id.starts_with("credit") => part(1_000),
        Unit::Rate => options.points * 10_000,
        Unit::Points => 10_000,
    }
}

fn table(
    trial: &Trial,
    base: &Outcome,
    chosen: &[usize],
    outcomes: &[Result<Outcome, String>],
    options: &Options,
    members: u64,
) -> anyhow::Result<Table> {
    let heads = [
        ("lever", "参数"),
        ("words", "名称"),
        ("value", "现值"),
        ("article", "依据"),
        ("to", "改为"),
        ("change", "支出变化（万元）"),
        ("elasticity", "支出弹性"),
        ("top_decile", "负担最重十分之一人均（元）"),
        ("at_limit", "到限额的人"),
        ("bound", "界限"),
    ];
    let mut table = Table::new("sensitivity", "每个参数上下一步", &heads)
        .noted("支出＝普通门诊统筹支付，加上个人账户计入比原方案多出的部分。弹性＝支出的相对变化÷参数的相对变化。图中蓝绿是调低一步，橙是调高一步。");
    let scale = |fen: Fen| scaled(fen, members, options.common.persons);
    let mut bars = Vec::new();
    for (number, at) in chosen.iter().enumerate() {
        let lever = &trial.levers.all[*at];
        let step = step(lever, options);
        let mut moved = [None, None];
        for (side, sign) in [(0, -1), (1, 1)] {
            let to = lever.value + sign * step;
            let mut cells = vec![
                Cell::text(&lever.id),
                Cell::text(&lever.words),
                Cell::text(lever.unit.show(lever.value)),
                Cell::text(&lever.article),
                Cell::text(lever.unit.show(to)),
            ];
            let bounds = lever.bounded_by.join("；");
            match &outcomes[number * 2 + side] {
                Ok(outcome) => {
                    let (now, before) = (spending(outcome, base), spending(base, base));
                    let change = scale(now) - scale(before);
                    moved[side] = Some(change);
                    let answer = elasticity((lever.value, to), (before.fen(), now.fen()));
                    cells.extend([
                        Cell::Wan(change),
                        Cell::text(answer.map_or_else(|| "—".to_owned(), decimals)),
                        Cell::Yuan(outcome.top_decile()),
                        Cell::of(outcome.all().at_limit, outcome.all().persons),
                        Cell::text(bounds),
                    ]);
                }
                Err(why) => {
                    cells.extend([
                        Cell::Empty,
                        Cell::Empty,
                        Cell::Empty,
                        Cell::Empty,
                        Cell::text(format!("不可：{why}")),
                    ]);
                }
            }
            table.row(cells);
        }
        bars.push((lever.words.clone(), moved[0], moved[1]));
    }
    table.charts.push(Chart::Tornado(bars));
    Ok(table)
}

/// Millionths with two decimals.
fn decimals(millionths: i64) -> String {
    gongji_microsimulation::Exact::ratio(millionths.into(), 1_000_000).map_or_else(String::new, |exact| exact.shown(2))
}
