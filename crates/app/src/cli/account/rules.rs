//! `gongji account rules`: what an area's package says of accounts, contributions and entitlement on a
//! day, as tables that an officer can read.

use crate::cli::load::{self, Policies};
use crate::cli::paint::{self, TITLE, in_style};
use crate::cli::policy_show::show_table;
use crate::cli::sheet;
use crate::policy::words::{life, status_words};
use anyhow::bail;
use gongji_domain::Day;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

/// Show what an area (统筹区) credits, from where, what accounts may be used for, contributions, entitlement
///
/// Where the documents give no figure it says 文本未给出.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    policies: Policies,
    /// Division code (医保区划) or name, such as 500000 or 重庆市
    #[arg(long, value_name = "AREA")]
    area: String,
    /// The day; the newest rules when left out
    #[arg(long, value_name = "DATE")]
    date: Option<Day>,
    /// Quote the cited articles (条文) at the end
    #[arg(long)]
    articles: bool,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji account rules --area 500000
  gongji account rules --area 连云港市 --date 2023-06-01 --articles";

/// The rooms of a package that concern accounts.
const ROOMS: &[(&str, &str)] = &[("account.", "个人账户"), ("contribution.", "缴费"), ("entitlement.", "待遇享受期")];

/// Shows the rules.
///
/// # Errors
/// When the packages cannot be used, or there is no such area or no rules on that day.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let libraries = options.policies.libraries()?;
    let (_, area) = load::named(&libraries, &options.area)?;
    let day = options.date.unwrap_or(area.newest_day());
    if day < area.from() || area.until() < day {
        bail!("{} has no rules on {day}; its package: {}", area.name(), life(area));
    }
    let (mut text, mut cited, width) = (String::new(), Vec::new(), paint::width());
    let _ = writeln!(text, "{}", in_style(TITLE, &format!("{} {}　{day} 的个人账户规定", area.name(), area.code())));
    let _ = writeln!(text, "状态：{}，{}", status_words(area.status()), life(area));
    let tables = area.tables_on(day);
    for (prefix, heading) in ROOMS {
        let _ = writeln!(text, "\n{}", in_style(TITLE, heading));
        let mut shown = tables.iter().filter(|table| table.path.starts_with(prefix)).peekable();
        if shown.peek().is_none() {
            let _ = writeln!(text, "  政策包没有规定");
        }
        shown.for_each(|table| show_table(&mut text, table, area, &mut cited, width));
    }
    if options.articles {
        text.push('\n');
        sheet::articles(&mut text, area, &cited, width);
    }
    anstream::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
