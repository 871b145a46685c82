//! `gongji design frontier`: what those who bear most bear, against what is spent, over many policies.

use super::{Common, knobs, money};
use crate::design::amount::scaled;
use crate::design::overlay::Choice;
use crate::design::shape::mended;
use crate::design::trial::spending;
use crate::simulate::chart::{Chart, Frontier, Point};
use crate::simulate::report::{Cell, Report, Table};
use crate::simulate::work::Work;
use gongji_domain::Fen;
use gongji_microsimulation::design::{Knob, Outcome, efficient, grid};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Burden against spending over many policies, the efficient ones marked (有效前沿)
///
/// Policies are drawn over the ranges of the figures, seeded. One is efficient when no other is as cheap with less burden.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    common: Common,
    /// Figures and their ranges, such as `deductible=300..1000/50`; all but account credits when left out
    #[arg(long, value_name = "ID[=MIN..MAX/STEP],…", value_delimiter = ',')]
    levers: Vec<String>,
    /// How many policies
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(2..=5000))]
    points: u16,
    /// A budget to draw, such as 80945.49万元
    #[arg(long, value_name = "AMOUNT", value_parser = money)]
    budget: Option<Fen>,
    /// Write an HTML page
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

const EXAMPLE: &str = "\
EXAMPLES
  gongji design frontier --area 360100 --budget 80945.49万元 --out frontier.html
  gongji design frontier --area 320700 --persons 20000 --points 40 --levers deductible,rate.tertiary=60%..80%/5%

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
    let knobs = knobs(&trial.levers, &options.levers)?;
    let only: Vec<Knob> = knobs.iter().map(|(_, knob)| *knob).collect();
    let points = grid(&only, usize::from(options.points), options.common.seed);
    let choices = |values: Vec<i64>| -> Vec<Choice> { knobs.iter().map(|(at, _)| *at).zip(values).collect() };
    let mut asked: Vec<Vec<Choice>> = vec![Vec::new()];
    asked.extend(points.into_iter().skip(1).map(|values| mended(&trial.orders, choices(values))));
    let outcomes = trial.outcomes(&asked);
    let base = outcomes[0].clone().map_err(|why| anyhow::anyhow!("原方案不能模拟：{why}"))?;
    let members = options.common.members();
    let scale = |fen: Fen| scaled(fen, members, options.common.persons);
    let done: Vec<(&Vec<Choice>, Fen, Fen, &Outcome)> = asked
        .iter()
        .zip(&outcomes)
        .filter_map(|(choices, outcome)| {
            let outcome = outcome.as_ref().ok()?;
            Some((choices, scale(spending(outcome, &base)), outcome.top_decile(), outcome))
        })
        .collect();
    let marks = efficient(&done.iter().map(|(_, spent, borne, _)| (spent.fen(), borne.fen())).collect::<Vec<_>>());
    let mut heads = vec![
        ("spending", "支出（万元）"),
        ("top_decile", "负担最重十分之一人均（元）"),
        ("mean", "人均负担（元）"),
        ("at_limit", "到限额的人"),
    ];
    heads.push(("changes", "与原方案的不同"));
    let mut table = Table::new("frontier", "有效的方案：没有别的方案同样省钱而负担更轻", &heads).noted(format!(
        "试了 {} 个方案，{} 个不合界限或形状；支出＝普通门诊统筹支付，加上个人账户计入比原方案多出的部分。图中三角是原方案，竖线是预算。",
        asked.len(),
        outcomes.iter().filter(|outcome| outcome.is_err()).count()
    ));
    let mut rows: Vec<_> = done.iter().zip(&marks).filter(|(_, efficient)| **efficient).map(|(row, _)| row).collect();
    rows.sort_by_key(|(_, spent, ..)| *spent);
    for (choices, spent, borne, outcome) in rows {
        let changes = trial.changes(choices);
        let all = outcome.all();
        table.row(vec![
            Cell::Wan(*spent),
            Cell::Yuan(*borne),
            Cell::Yuan(all.each(all.share)),
            Cell::of(all.at_limit, all.persons),
            Cell::text(if changes.is_empty() { "原方案".to_owned() } else { changes.join("；") }),
        ]);
    }
    let point = |((choices, spent, borne, _), efficient): (&(&Vec<Choice>, Fen, Fen, &Outcome), &bool)| Point {
        spent: *spent,
        borne: *borne,
        efficient: *efficient,
        changes: trial.changes(choices).join("；"),
    };
    table.charts.push(Chart::Frontier(Frontier {
        points: done.iter().zip(&marks).map(point).collect(),
        base: (scale(spending(&base, &base)), base.top_decile()),
        budget: options.budget,
    }));
    report.title = format!("{}：负担与支出的有效前沿", trial.name);
    report.tables = vec![present(&base, members, options.common.persons), table];
    Ok(report)
}

/// What the package comes to as it is.
pub(super) fn present(base: &Outcome, members: u64, persons: u64) -> Table {
    let heads = [
        ("who", "人群"),
        ("pool", "统筹支付（万元）"),
        ("each", "人均统筹支付（元）"),
        ("rate", "占普通门诊费用"),
        ("share", "人均负担（元）"),
        ("at_limit", "到限额的人"),
        ("reached", "过起付线的人"),
    ];
    let mut table = Table::new("present", "原方案", &heads);
    for (who, sums) in [("全体", base.all()), ("在职", base.by_status[0]), ("退休", base.by_status[1])] {
        table.row(vec![
            Cell::text(who),
            Cell::Wan(scaled(sums.pool, members, persons)),
            Cell::Yuan(sums.each(sums.pool)),
            Cell::part(sums.pool, sums.ordinary),
            Cell::Yuan(sums.each(sums.share)),
            Cell::of(sums.at_limit, sums.persons),
            Cell::of(sums.reached, sums.persons),
        ]);
    }
    table
}
