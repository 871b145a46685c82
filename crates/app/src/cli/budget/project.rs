//! `gongji budget project`: income, spending, balance and how long the accumulated balance lasts, year by year.

use super::rate;
use crate::cli::design::{Common, Format, money, tell};
use crate::cli::load;
use crate::cli::paint::thousands;
use crate::design::charts::wan;
use crate::simulate::chart::{Bars, Chart, Fan};
use crate::simulate::report::{Cell, Report, Table};
use crate::simulate::work::{Finished, Work};
use anyhow::{Context as _, bail};
use gongji_domain::{Fen, Rate};
use gongji_microsimulation::budget::{Flow, Growth, Item, Plan, Projection, YearOf, project};
use serde::Deserialize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Project a fund over years (多年收支预测)
///
/// Members, amounts for each of them and how they grow come from a file, each with what it rests on. Opening balance +
/// income − spending = closing balance in every year; overspending is paid from the accumulated balance while it lasts.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    /// Division code (医保区划) of the area
    #[arg(value_name = "AREA")]
    area: String,
    /// A plan of your own instead of the area's
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// What the fund holds when it begins (滚存结余), such as 3.2亿元
    #[arg(long, value_name = "AMOUNT", value_parser = money)]
    opening: Option<Fen>,
    /// How many years
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=50))]
    years: Option<u32>,
    /// Also show closing balances with spending growing so many percentage points more and less every year
    #[arg(long, value_name = "POINTS", value_parser = clap::value_parser!(u8).range(1..=20))]
    fan: Option<u8>,
    /// Take spending from a simulation of so many people
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(10..=20_000_000))]
    persons: Option<u64>,
    /// Seed of the people
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write an HTML page
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

const EXAMPLE: &str = "\
EXAMPLES
  gongji budget project 360100 --opening 5亿元
  gongji budget project 360100 --persons 20000 --years 10 --out budget.html

EXIT STATUS
  0 the accumulated balance lasts, 1 it is used up in a year that is shown, 2 the arguments cannot be used";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stated<T> {
    is: T,
    from: String,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    area: String,
    first: i32,
    years: u32,
    opening: Stated<String>,
    active: Stated<u64>,
    retired: Stated<u64>,
    active_growth: Stated<String>,
    retired_growth: Stated<String>,
    item: Vec<ItemFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemFile {
    words: String,
    flow: FlowFile,
    active: String,
    retired: String,
    #[serde(default)]
    simulated: bool,
    from: String,
    why: String,
    #[serde(default)]
    growth: Vec<GrowthFile>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum FlowFile {
    Income,
    Spending,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GrowthFile {
    words: String,
    is: String,
    from: String,
    why: String,
}

/// The most members of a kind: more than there are people.
const MOST_MEMBERS: u64 = 2_000_000_000;
/// The most for one member in a year, so that no sum runs over.
const MOST_EACH: Fen = Fen::from_yuan(1_000_000);

/// Projects and prints.
///
/// # Errors
/// When the plan cannot be read or people cannot be had.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let work = Arc::new(Work::on_terminal());
    let Finished { report, status, .. } = finished(options, &work)?;
    work.finished();
    tell(&report, options.format, options.out.as_deref())?;
    Ok(ExitCode::from(status))
}

/// The work without what is printed of it.
pub(super) fn finished(options: &Options, work: &Arc<Work>) -> anyhow::Result<Finished> {
    let text = match &options.plan {
        Some(path) => std::fs::read_to_string(path).with_context(|| format!("不能读 {}", path.display()))?,
        None => load::shipped_file(&options.area, "estimate/budget.toml")
            .with_context(|| format!("{} 没有随程序提供的收支计划；用 --plan 给出", options.area))?
            .to_owned(),
    };
    let file: File = toml::from_str(&text).context("收支计划不能读")?;
    if file.area != options.area {
        bail!("收支计划是 {} 的，不是 {} 的", file.area, options.area);
    }
    let mut report = Report { title: file.title.clone(), ..Report::default() };
    let mut plan = plan(&file, options, &mut report)?;
    if let Some(persons) = options.persons {
        simulate(options, &file, persons, (&mut plan, &mut report), work)?;
    }
    let done = project(&plan);
    report.tables.push(table(&plan, &done));
    if let Some(points) = options.fan {
        report.tables.push(fan(&plan, points));
    }
    report.heroes = vec![
        (
            "首个当年超支的年份".to_owned(),
            done.first_deficit.map_or_else(|| "没有".to_owned(), |year| year.to_string()),
        ),
        ("滚存结余用完的年份".to_owned(), done.used_up.map_or_else(|| "没有".to_owned(), |year| year.to_string())),
    ];
    for (words, value) in &report.heroes {
        report.notes.insert(0, format!("{words}：{value}"));
    }
    Ok(Finished { report, status: u8::from(done.used_up.is_some()), ..Finished::default() })
}

fn plan(file: &File, options: &Options, report: &mut Report) -> anyhow::Result<Plan> {
    let growth = |field: &str, text: &str| -> anyhow::Result<Rate> {
        let rate = rate(text).map_err(|fault| anyhow::anyhow!("{field}：{fault}"))?;
        if rate.millionths().abs() > 500_000 {
            bail!("{field} = {text}：应在 -50% 至 50% 之间");
        }
        Ok(rate)
    };
    let fen = |field: &str, text: &str| -> anyhow::Result<Fen> {
        let fen: Fen = text.parse().with_context(|| format!("{field} = {text}"))?;
        anyhow::ensure!(fen <= MOST_EACH, "{field} = {text}：每人每年至多 {MOST_EACH} 元");
        Ok(fen)
    };
    let mut says = |what: &str, value: String, from: &str, why: &str| {
        report.bases.push([what.to_owned(), value, from.to_owned(), why.to_owned()]);
    };
    let opening = match options.opening {
        Some(opening) => {
            says("期初滚存结余", format!("{opening} 元"), "用户", "由 --opening 给出");
            opening
        }
        None => {
            says("期初滚存结余", format!("{} 元", file.opening.is), &file.opening.from, &file.opening.why);
            money(&file.opening.is).map_err(|fault| anyhow::anyhow!("opening：{fault}"))?
        }
    };
    for (what, members) in [("在职人数", &file.active), ("退休人数", &file.retired)] {
        anyhow::ensure!(members.is <= MOST_MEMBERS, "{what} {}：至多 {MOST_MEMBERS}", members.is);
        says(what, thousands(&members.is.to_string()), &members.from, &members.why);
    }
    for (what, rate) in [("在职人数增长", &file.active_growth), ("退休人数增长", &file.retired_growth)] {
        says(what, rate.is.clone(), &rate.from, &rate.why);
    }
    let mut items = Vec::new();
    for item in &file.item {
        says(&item.words, format!("在职 {} 元、退休 {} 元", item.active, item.retired), &item.from, &item.why);
        let mut grows = Vec::new();
        for known in &item.growth {
            says(&known.words, known.is.clone(), &known.from, &known.why);
            grows.push(Growth { words: known.words.clone(), rate: growth(&known.words, &known.is)? });
        }
        let flow = match item.flow {
            FlowFile::Income => Flow::Income,
            FlowFile::Spending => Flow::Spending,
        };
        let (active, retired) = (fen(&item.words, &item.active)?, fen(&item.words, &item.retired)?);
        items.push(Item { words: item.words.clone(), flow, active, retired, growth: grows });
    }
    let years = options.years.unwrap_or(file.years);
    anyhow::ensure!((1..=50).contains(&years), "years = {years}：应在 1 至 50 之间");
    report.facts.push(("area", "统筹区", file.area.clone()));
    report.facts.push(("years", "年度", format!("{}—{}", file.first, file.first + years as i32 - 1)));
    report.notes.push("每年：期初＋收入－支出＝期末；人均按年增长，四舍五入到分；人数四舍五入到人".to_owned());
    report.notes.push("超支由历年滚存结余支付；滚存结余用完以后的缺口列为没有来源".to_owned());
    Ok(Plan {
        first: file.first,
        years,
        opening,
        active: file.active.is,
        retired: file.retired.is,
        active_growth: growth("active_growth", &file.active_growth.is)?,
        retired_growth: growth("retired_growth", &file.retired_growth.is)?,
        items,
    })
}

/// Puts what a simulation says in the place of the items that may be simulated.
fn simulate(
    options: &Options,
    file: &File,
    persons: u64,
    (plan, report): (&mut Plan, &mut Report),
    work: &Arc<Work>,
) -> anyhow::Result<()> {
    let common = Common::plain(&options.area, persons, options.seed, i16::try_from(file.first).context("first")?);
    let (trial, said) = common.on_threads(work, || common.trial(options.seed, work))??;
    work.expect(persons);
    let outcome = trial.outcome(&[]).map_err(|why| anyhow::anyhow!("不能模拟：{why}"))?;
    let [active, retired] = outcome.by_status.map(|sums| sums.each(sums.pool));
    for (item, known) in plan.items.iter_mut().zip(&file.item).filter(|(_, known)| known.simulated) {
        (item.active, item.retired) = (active, retired);
        report.bases.push([
            known.words.clone(),
            format!("在职 {active} 元、退休 {retired} 元"),
            "模拟".to_owned(),
            format!("{persons} 人，种子 {}，代替计划里的数", options.seed),
        ]);
    }
    report.notes.extend(said.notes);
    Ok(())
}

fn table(plan: &Plan, done: &Projection) -> Table {
    let heads = [
        ("year", "年度"),
        ("active", "在职（人）"),
        ("retired", "退休（人）"),
        ("opening", "期初（万元）"),
        ("income", "收入（万元）"),
        ("spending", "支出（万元）"),
        ("balance", "当年结余（万元）"),
        ("closing", "期末（万元）"),
        ("from_surplus", "由滚存结余支付（万元）"),
        ("uncovered", "没有来源（万元）"),
        ("runway", "可支付月数"),
    ];
    let mut table = Table::new("years", "逐年收支", &heads)
        .noted(plan.items.iter().map(|item| item.words.as_str()).collect::<Vec<_>>().join("；"));
    for year in &done.years {
        table.row(vec![
            Cell::text(year.year.to_string()),
            Cell::Count(year.active),
            Cell::Count(year.retired),
            Cell::Wan(year.opening),
            Cell::Wan(year.income),
            Cell::Wan(year.spending),
            Cell::Wan(year.balance),
            Cell::Wan(year.closing),
            Cell::Wan(year.from_surplus),
            Cell::Wan(year.uncovered),
            Cell::text(format!("{}.{}", year.runway_tenths / 10, year.runway_tenths % 10)),
        ]);
    }
    let bars = |of: fn(&YearOf) -> Fen| done.years.iter().map(|year| wan(of(year))).collect();
    table.charts.push(Chart::Bars(Bars {
        title: "收入与支出（万元）",
        labels: done.years.iter().map(|year| year.year.to_string()).collect(),
        series: vec![("收入".to_owned(), bars(|year| year.income)), ("支出".to_owned(), bars(|year| year.spending))],
        colours: &[],
    }));
    table
}

/// A percentage point, in millionths.
const POINT: i64 = 10_000;

/// Closing balances where spending grows faster and slower than the plan says: whole and half the width to each side.
fn fan(plan: &Plan, points: u8) -> Table {
    let width = i64::from(points) * POINT;
    let lines: Vec<(String, Vec<YearOf>)> = [width, width / 2, 0, -width / 2, -width]
        .into_iter()
        .map(|more| {
            let mut other = plan.clone();
            for item in other.items.iter_mut().filter(|item| item.flow == Flow::Spending) {
                item.growth.push(Growth { words: String::new(), rate: Rate::from_millionths(more) });
            }
            let size = Rate::from_millionths(more.abs()).to_string();
            let size = size.trim_end_matches('%');
            let words = match more {
                1.. => format!("每年多增 {size} 个百分点"),
                0 => "按计划".to_owned(),
                _ => format!("每年少增 {size} 个百分点"),
            };
            (words, project(&other).years)
        })
        .collect();
    let mut table = Table::new("fan", "支出增长不同时的期末滚存结余（万元）", &[("year", "年度")]).noted(format!(
        "每项支出的人均在计划的增长之外，每年再多增或少增至多 {points} 个百分点（由使用者给出），其余不变；不是概率区间"
    ));
    const KEYS: [&str; 5] = ["most", "more", "planned", "less", "least"];
    table.heads.extend(KEYS.iter().zip(&lines).map(|(key, (words, _))| (*key, format!("{words}（万元）"))));
    for number in 0..lines[0].1.len() {
        let mut row = vec![Cell::text(lines[0].1[number].year.to_string())];
        row.extend(lines.iter().map(|(_, years)| Cell::Wan(years[number].closing)));
        table.row(row);
    }
    table.charts.push(Chart::Fan(Fan {
        title: "期末滚存结余",
        labels: lines[0].1.iter().map(|year| year.year.to_string()).collect(),
        lines: lines
            .into_iter()
            .map(|(words, years)| (words, years.iter().map(|year| year.closing).collect()))
            .collect(),
    }));
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_that_ships_reads_and_each_figure_says_what_it_rests_on() {
        let text = load::shipped_file("360100", "estimate/budget.toml").expect("it ships");
        let file: File = toml::from_str(text).expect("it reads");
        let options = Options {
            area: "360100".to_owned(),
            plan: None,
            opening: Some(Fen::from_yuan(1)),
            years: None,
            fan: None,
            persons: None,
            seed: 1,
            format: Format::Text,
            out: None,
        };
        let mut report = Report::default();
        let plan = plan(&file, &options, &mut report).expect("a plan");
        assert_eq!((plan.items.len(), plan.opening), (2, Fen::from_yuan(1)));
        // The line in the middle is the plan; who spends more ends with less, in every year but the first.
        let fan = fan(&plan, 4);
        let planned = project(&plan);
        for (number, (row, year)) in fan.rows.iter().zip(&planned.years).enumerate() {
            assert_eq!(row[3], Cell::Wan(year.closing));
            let closing: Vec<Fen> =
                row[1..].iter().filter_map(|cell| if let Cell::Wan(fen) = cell { Some(*fen) } else { None }).collect();
            assert!(
                closing.len() == 5 && closing.is_sorted() && (number == 0 || closing[0] < closing[4]),
                "{closing:?}"
            );
        }
        assert!(report.bases.iter().flatten().all(|text| !text.is_empty()));
        assert!(toml::from_str::<File>(&text.replace("years =", "yeers =")).is_err());
    }
}
