//! `gongji account before-after`: what the reform changed for one member.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};

use gongji_domain::Fen;
use gongji_store::Place;

use super::Counter;
use super::print::Printing;
use crate::agency::before_after::{self, Question};
use crate::agency::before_after_of;
use crate::cli::load::Policies;
use crate::cli::store::place;

/// What the reform changed for one member (改革前后对比): credit, fund, account, cash, what is left
///
/// From a printed example that ships, from a file of given numbers (JSON), or of a registered member and a year. Exit status 1 when the figures in
/// whole yuan are not those printed.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE, group = clap::ArgGroup::new("what").required(true).args(["example", "file", "person"]))]
pub(crate) struct Options {
    #[command(flatten)]
    policies: Policies,
    /// The pooling area (统筹区)
    #[arg(long, value_name = "AREA")]
    area: String,
    /// The number of a printed example
    #[arg(long, value_name = "N")]
    example: Option<usize>,
    /// Given numbers
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// A registered member (人员编号): what was really credited and paid
    #[arg(long, value_name = "NUMBER", requires = "year", requires = "store")]
    person: Option<String>,
    /// Of which year, with --person
    #[arg(long, value_name = "YEAR")]
    year: Option<i32>,
    /// The year's credit as it was before, where no package works it out; with --person
    #[arg(long, value_name = "AMOUNT")]
    credit_before: Option<Fen>,
    /// The store (结算库), with --person
    #[arg(long, value_name = "DB", env = "GONGJI_STORE", value_parser = place)]
    store: Option<Place>,
    #[command(flatten)]
    printing: Printing,
}

const EXAMPLE: &str = r#"EXAMPLE
  gongji account before-after --area 500000 --example 3
  gongji account before-after --area 360100 --file case.json
  gongji account before-after --area 500000 --person 50000000000002 --year 2026 --credit-before 3300.00 --store gongji-demo.db

  case.json: {"year": 2023, "status": "active", "enrolment": "employer",
    "bases": [{"from": "2023-01", "base": "4000.00"}],
    "visit": {"care_type": "ordinary_outpatient", "class": "primary", "total": "1600.00"}}"#;

/// Works it out and gives it out.
///
/// # Errors
/// When there is no such example, or the numbers cannot be used.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let library = options.policies.library(None)?;
    let package = library.area(&options.area).ok_or_else(|| anyhow!("没有统筹区 {} 的政策", options.area))?;
    if let (Some(person), Some(year), Some(store)) = (&options.person, options.year, &options.store) {
        let counter = Counter { store: store.clone(), policies: options.policies.clone() };
        return counter.sit("", |desk| {
            let sheet = before_after_of::sheet(desk, || counter.kept(), package, person, year, options.credit_before);
            let sheet = sheet.map_err(|fault| anyhow!("{fault}"))?;
            options.printing.print(&sheet, &sheet.table())?;
            Ok(ExitCode::SUCCESS)
        });
    }
    let sheet = before_after::sheet(package, &question(options)?).map_err(|fault| anyhow!("{fault}"))?;
    options.printing.print(&sheet, &sheet.table())?;
    Ok(ExitCode::from(u8::from(sheet.as_printed == Some(false))))
}

fn question(options: &Options) -> anyhow::Result<Question> {
    if let Some(path) = &options.file {
        let text = std::fs::read_to_string(path).with_context(|| format!("无法读取 {}", path.display()))?;
        return serde_json::from_str(&text).with_context(|| format!("{} 的内容不能用", path.display()));
    }
    let examples = before_after::examples(&options.area).map_err(|fault| anyhow!("{fault}"))?;
    let (number, count) = (options.example.unwrap_or_default(), examples.len());
    let at = number.checked_sub(1).and_then(|at| examples.into_iter().nth(at));
    at.ok_or_else(|| anyhow!("没有算例 {number}；有 1 至 {count}"))
}
