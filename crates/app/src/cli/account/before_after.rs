//! `gongji account before-after`: what the reform changed for one member.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};

use super::print::Printing;
use crate::agency::before_after::{self, Question};
use crate::cli::load::Policies;

/// What the reform changed for one member (改革前后对比): credit, fund, account, cash, what is left
///
/// From a printed example that ships, or from a file of given numbers (JSON). Exit status 1 when the figures in
/// whole yuan are not those printed.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    policies: Policies,
    /// The pooling area (统筹区)
    #[arg(long, value_name = "AREA")]
    area: String,
    /// The number of a printed example
    #[arg(long, value_name = "N", conflicts_with = "file", required_unless_present = "file")]
    example: Option<usize>,
    /// Given numbers
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    printing: Printing,
}

const EXAMPLE: &str = r#"EXAMPLE
  gongji account before-after --area 500000 --example 3
  gongji account before-after --area 360100 --file case.json

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
