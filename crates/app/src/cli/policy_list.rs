//! `gongji policy list`: which packages there are.

use super::load::{self, Policies};
use super::paint;
use comfy_table::Table;
use gongji_domain::Day;
use gongji_policy::{Area, AreaStatus, Library};
use std::io::Write;
use std::process::ExitCode;

/// List the policy packages (政策包): area, status, dates, documents, worked cases
///
/// Examples (示例) are listed too, though no command loads them unless they are given with
/// `--policies`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    policies: Policies,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji policy list
  gongji policy list --policies my-area/";

/// Lists all packages.
///
/// # Errors
/// When the packages cannot be used or the list not be written.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let width = paint::width();
    let mut table = paint::boxed(&["区划", "统筹区与文件", "状态", "施行", "核对", "算例"], width);
    let shipped: Vec<String> = load::shipped().into_iter().map(|folder| folder.name).collect();
    for (library, example) in options.policies.libraries()? {
        let shown = |area: &&Area| example.as_ref().is_none_or(|folder| area.folder == *folder);
        for area in library.areas().filter(shown) {
            let from = (!shipped.contains(&area.folder)).then_some(area.folder.as_str());
            add(&mut table, &library, area, from, width.saturating_sub(70).max(20));
        }
    }
    paint::right(&mut table, 5);
    writeln!(anstream::stdout(), "{table}")?;
    Ok(ExitCode::SUCCESS)
}

fn add(table: &mut Table, library: &Library, area: &Area, from: Option<&str>, width: usize) {
    let own = area.documents().filter(|document| !document.lent).map(|document| document.number.to_owned());
    let under = own.chain(from.map(|folder| format!("来源 {folder}"))).flat_map(|line| paint::wrap(&line, width));
    let lines: Vec<String> =
        [area.name().to_owned()].into_iter().chain(under.map(|line| format!("　{line}"))).collect();
    let cases = library.run_cases(area.code()).map_or(0, |report| report.cases.len());
    table.add_row([
        area.code(),
        &lines.join("\n"),
        status(area.status()),
        &life(area),
        &area.verified().map_or_else(|| "未写明".to_owned(), |day| day.to_string()),
        &cases.to_string(),
    ]);
}

fn status(status: AreaStatus) -> &'static str {
    match status {
        AreaStatus::InForce => "施行",
        AreaStatus::Draft => "征求意见稿",
        AreaStatus::Example => "示例",
    }
}

fn life(area: &Area) -> String {
    match area.until() {
        Day::MAX => format!("{} 起", area.from()),
        until => format!("{}\n至 {until}", area.from()),
    }
}
