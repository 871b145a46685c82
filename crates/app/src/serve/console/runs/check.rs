//! Whether a request can be run (能否运行), before it waits for its turn: packages that load, a year with rules, figures that may
//! be turned.

use std::path::Path;

use anyhow::Context as _;
use gongji_domain::Day;
use gongji_microsimulation::{Reform, Scenario};
use gongji_policy::Area;

use super::request::{Argument, Asked};
use crate::cli::design::knobs;
use crate::cli::load;
use crate::design::levers::Levers;
use crate::serve::problem::Problem;
use crate::simulate::assumptions::assumptions;
use crate::simulate::policies::Chosen;

/// Refuses what cannot be run, by its field.
///
/// # Errors
/// What cannot be used.
pub(super) fn runs(asked: &Asked, around: &load::Policies, folder: &Path) -> Result<(), Problem> {
    match asked.kind.name {
        "simulate" => simulates(asked, around, folder),
        "sensitivity" | "frontier" | "solve" => designs(asked, around),
        "project" => ships(asked, "estimate/budget.toml", "收支计划"),
        "estimate" => ships(asked, "estimate/estimate.toml", "费用测算"),
        _ => Ok(()),
    }
}

fn at(field: &'static str) -> impl Fn(anyhow::Error) -> Problem {
    move |error| Problem::said("cannot_run", format!("{error:#}")).at(field)
}

fn year(asked: &Asked) -> Option<i16> {
    let after = |option: &[Argument]| match option {
        [Argument::Words(name), Argument::Words(year)] if name == "--year" => year.parse().ok(),
        _ => None,
    };
    asked.arguments.windows(2).find_map(after)
}

fn simulates(asked: &Asked, around: &load::Policies, folder: &Path) -> Result<(), Problem> {
    let arguments = asked.arguments(folder);
    let policies = arguments.windows(2).filter(|pair| pair[0] == "--policy").map(|pair| pair[1].clone());
    let mut names: Vec<String> = policies.collect();
    if names.is_empty() {
        names.push(asked.area.clone());
    }
    let assumed = assumptions(None).map_err(at("kind"))?.assumptions;
    let mut first = None;
    for name in &names {
        let chosen = Chosen::find(around, name).map_err(at("policies"))?;
        let area = chosen.area().map_err(at("policies"))?;
        let of_first = *first.get_or_insert_with(|| chosen.on.unwrap_or_else(|| area.newest_day()).ymd().0);
        let year = year(asked).map_or_else(|| i16::try_from(of_first).context("年度"), Ok).map_err(at("year"))?;
        let scenario = match chosen.on {
            Some(day) => Scenario::on(area, year, &assumed, Reform::After, day),
            None => Scenario::of(area, year, &assumed, Reform::After),
        };
        scenario.map_err(|fault| at("year")(anyhow::anyhow!("{fault}")))?;
    }
    Ok(())
}

fn designs(asked: &Asked, around: &load::Policies) -> Result<(), Problem> {
    let library = around.library(None).map_err(|error| at("area")(error.into()))?;
    let area =
        library.area(&asked.area).with_context(|| format!("没有 {} 的政策包", asked.area)).map_err(at("area"))?;
    let year = year(asked).or_else(|| design_year(area));
    let year = year.with_context(|| format!("{} 没有写核对日期：请填年度", area.name())).map_err(at("year"))?;
    let assumed = assumptions(None).map_err(at("kind"))?.assumptions;
    let scenario = Scenario::of(area, year, &assumed, Reform::After);
    scenario.map_err(|fault| at("year")(anyhow::anyhow!("{fault}")))?;
    let given: Vec<String> = match asked.given.get("levers").and_then(serde_json::Value::as_array) {
        Some(all) => all.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
        None => Vec::new(),
    };
    let levers = levers(around, area, year).map_err(at("area"))?;
    knobs(&levers, &given).map(|_| ()).map_err(at("levers"))
}

/// The year that a design is for unless another is named: the one after the package was last verified.
pub(super) fn design_year(area: &Area) -> Option<i16> {
    i16::try_from(area.verified()?.ymd().0 + 1).ok()
}

/// The figures of an area's package that may be turned in a year.
///
/// # Errors
/// When it has none.
pub(super) fn levers(around: &load::Policies, area: &Area, year: i16) -> anyhow::Result<Levers> {
    const BENEFIT: &str = "ordinary_outpatient";
    let folders = around.folders()?;
    let named = |name: &str| folders.iter().find(|folder| folder.name == name);
    let base = named(&area.folder).with_context(|| format!("没有 {}", area.folder))?;
    let day = Day::from_ymd(year, 1, 1).with_context(|| format!("没有 {year} 年"))?;
    let frameworks = named("framework").cloned().unwrap_or_default();
    Levers::of(base, &frameworks, BENEFIT, day)
}

fn ships(asked: &Asked, file: &str, words: &str) -> Result<(), Problem> {
    let found = load::shipped_file(&asked.area, file).is_some();
    let none =
        || Problem::said("cannot_run", format!("{} 没有随程序提供的{words}，请换一个统筹区", asked.area)).at("area");
    found.then_some(()).ok_or_else(none)
}
