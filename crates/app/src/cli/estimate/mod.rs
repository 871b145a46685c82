//! `gongji estimate`: an area's own estimate (费用测算) worked out again line by line, and a simulated answer beside it.

mod beside;

use super::design::{Format, tell};
use super::load::{self, Policies};
use crate::simulate::report::{Cell, Report, Table};
use crate::simulate::work::Work;
use anyhow::{Context as _, bail};
use gongji_microsimulation::estimate::{Estimate, Worked};
use gongji_policy::Area;
use std::path::PathBuf;
use std::process::ExitCode;

/// Recompute an area's own estimate (费用测算), and simulate it
///
/// Every line shows what the document prints, what comes out, the difference and whether they agree (一致、不一致).
/// Nothing is rounded before it is shown. With --persons the package is run on that many people before and after the
/// reform, beside the document's figures; with --calibrate also on the same people with the document's own incomes.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    policies: Policies,
    /// Division code (医保区划) of the area
    #[arg(value_name = "AREA")]
    area: String,
    /// Figures and lines of this file instead of those that ship
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Simulate so many people
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(10..=20_000_000))]
    persons: Option<u64>,
    /// Scale bases and pensions so that what is credited per head before the reform is what the document prints
    #[arg(long, requires = "persons")]
    calibrate: bool,
    /// Seed of the people
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// People of this preset file instead of the area's
    #[arg(long, value_name = "FILE")]
    preset: Option<PathBuf>,
    /// Assumptions of this file instead of those that ship
    #[arg(long, value_name = "FILE")]
    assumptions: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write an HTML page
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

const EXAMPLE: &str = "\
EXAMPLES
  gongji estimate 360100
  gongji estimate 360100 --persons 100000 --calibrate --out nanchang.html

EXIT STATUS
  0 done (also where the document contradicts itself), 2 the arguments cannot be used";

/// The estimate that ships for an area, if one does.
pub(crate) fn shipped(area: &str) -> anyhow::Result<Option<Estimate>> {
    load::shipped_file(area, "estimate/estimate.toml")
        .map(|text| Estimate::read(text).context("estimate.toml"))
        .transpose()
}

/// Works out and prints.
///
/// # Errors
/// When there is no estimate, or it cannot be worked out.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let work = Work::on_terminal();
    let report = report(options, &work)?;
    work.finished();
    tell(&report, options.format, options.out.as_deref())?;
    Ok(ExitCode::SUCCESS)
}

/// The work without what is printed of it.
///
/// # Errors
/// As [`run`], or when it was told to stop.
pub(crate) fn report(options: &Options, work: &Work) -> anyhow::Result<Report> {
    let estimate = match &options.file {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("不能读 {}", path.display()))?;
            Estimate::read(&text).with_context(|| path.display().to_string())?
        }
        None => {
            shipped(&options.area)?.with_context(|| format!("{} 没有随程序提供的测算；用 --file 给出", options.area))?
        }
    };
    if estimate.area != options.area {
        bail!("测算是 {} 的，不是 {} 的", estimate.area, options.area);
    }
    let library = options.policies.library(None)?;
    let area = library.area(&options.area).with_context(|| format!("没有 {} 的政策包", options.area))?;
    let mut report = page(&estimate, area)?;
    if let Some(persons) = options.persons {
        beside::simulated(options, (&estimate, area), persons, &mut report, work)?;
    } else {
        report.notes.push(
            "没有模拟：用 --persons N 在同样的政策下模拟，与测算并列；加 --calibrate 按文件的工资、养老金再算一次"
                .to_owned(),
        );
    }
    Ok(report)
}

fn page(estimate: &Estimate, area: &Area) -> anyhow::Result<Report> {
    let worked = estimate.work()?;
    let mut report = Report { title: estimate.title.clone(), ..Report::default() };
    report.facts.push(("area", "统筹区", format!("{} {}", estimate.area, area.name())));
    for (name, figure) in &estimate.figures {
        let quoted = area.article(&figure.cite).with_context(|| format!("figure.{name}：没有条款 {}", figure.cite))?;
        if !quoted.text.contains(&figure.is) {
            bail!("figure.{name} = {} 在 {} 的引文里没有", figure.is, figure.cite);
        }
    }
    let agree = |verdict: &str| worked.iter().filter(|line| line.verdict.words() == verdict).count();
    let (same, other) = (agree("一致"), agree("不一致"));
    report.facts.push(("agree", "与印数比较", format!("一致 {same} 处，不一致 {other} 处")));
    let heads = [
        ("words", "项目"),
        ("sum", "算式"),
        ("printed", "印数"),
        ("recomputed", "复算"),
        ("unit", "单位"),
        ("difference", "复算－印数"),
        ("verdict", "结论"),
        ("article", "依据"),
    ];
    let mut lines = Table::new("lines", "逐行复算", &heads)
        .noted("复算用精确的分数，只在显示时四舍五入；一致指按印数的位数四舍五入后相同");
    for Worked { words, sum, printed, recomputed, difference, unit, verdict, articles, .. } in worked {
        let text = |text: Option<String>| Cell::text(text.unwrap_or_else(|| "—".to_owned()));
        lines.row(vec![
            Cell::text(words),
            Cell::text(sum),
            text(printed),
            text(Some(recomputed).filter(|text| !text.is_empty())),
            Cell::text(unit),
            text(difference),
            Cell::text(verdict.words()),
            Cell::text(articles.join("、")),
        ]);
    }
    let mut said = Table::new("conclusions", "能说的话", &[("number", ""), ("words", "结论")]);
    for (number, conclusion) in estimate.conclusions.iter().enumerate() {
        said.row(vec![Cell::text((number + 1).to_string()), Cell::text(&conclusion.words)]);
    }
    report.tables = vec![said, lines];
    report.notes.push("印数照文件，逐字可查；文件没有写明口径的，不猜".to_owned());
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every figure stands in the article that it cites, or the page is refused.
    #[test]
    fn the_estimate_that_ships_stands_digit_by_digit_in_the_articles_that_it_cites() {
        let library = Policies::default().library(None).expect("packages");
        let area = library.area("360100").expect("Nanchang");
        let estimate = shipped("360100").expect("it reads").expect("it ships");
        let report = page(&estimate, area).expect("every figure is quoted");
        assert_eq!(report.tables[1].rows.len(), estimate.lines.len());
        let mut wrong = estimate;
        if let Some(figure) = wrong.figures.get_mut("gain") {
            figure.is = "80945.50".to_owned();
        }
        assert!(page(&wrong, area).expect_err("not printed").to_string().contains("gain"));
        assert!(shipped("500000").expect("nothing to read").is_none());
    }
}
