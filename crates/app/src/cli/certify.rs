//! `gongji certify`: judges a vendor's client by what it sent to the sandbox, and says what there is to play. Reads only.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::calls::tell;
use super::paint::{self, in_style};
use crate::calls::choose::is_since;
use crate::calls::read;
use crate::certify::{self, Judged, Scenario, Verdict};
use anyhow::{Context as _, anyhow, bail};

/// Judge a client (接口验收) by what it sent to the sandbox: passed, failed at which step, not attempted
///
/// `gongji certify list` shows the scenarios with their steps.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE, args_conflicts_with_subcommands = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    list: Option<ListCommand>,
    /// Folder of the sandbox's call log
    #[arg(long, value_name = "DIR", default_value = "gongji-sandbox.db.calls")]
    calls: PathBuf,
    /// The institution (定点医药机构编号) whose messages are judged
    #[arg(long, value_name = "CODE", required = true)]
    institution: Option<String>,
    /// A scenario's name; all by default
    #[arg(long, value_name = "NAME", default_value = "all")]
    scenario: String,
    /// Messages from this time on only: 2026-03-01, or "2026-03-01 08:30"
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// How to print: text, or JSON
    #[arg(long, value_enum, default_value_t)]
    format: Printed,
    /// Write a report to print or send, too
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
}

#[derive(clap::Subcommand)]
enum ListCommand {
    /// List the scenarios (验收场景) with their steps
    List,
}

/// How verdicts are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Printed {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji certify list
  gongji certify --calls gongji-sandbox.db.calls --institution H50000000001
  gongji certify --institution H50000000001 --scenario outpatient --report report.html

EXIT STATUS
  0 nothing failed (a scenario that is named must be passed), 1 something did, 2 the log cannot be read";

/// Judges or lists.
///
/// # Errors
/// When the log cannot be read or there is no such scenario.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let scenarios = certify::all().map_err(|fault| anyhow!(fault))?;
    if options.list.is_some() {
        return list(&scenarios);
    }
    let institution = options.institution.as_deref().unwrap_or_default();
    let mut log = read::read(&options.calls)?;
    tell(&log);
    log.calls.retain(|call| is_since(call, options.since.as_deref()));
    if certify::has_no_bodies(&log.calls, institution) {
        bail!(
            "报文记录 {} 没有留存报文内容，不能验收：只有沙箱（gongji serve --sandbox）留存",
            options.calls.display()
        );
    }
    let own: Vec<_> = log.calls.iter().filter(|call| call.institution == institution).collect();
    let all = options.scenario == "all";
    let chosen: Vec<&Scenario> = scenarios.iter().filter(|scenario| all || scenario.name == options.scenario).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
        bail!("没有场景「{}」，应为 all、{}", options.scenario, names.join("、"));
    }
    let judged = certify::judged(chosen, &log.calls, institution);
    let mut out = anstream::stdout();
    match options.format {
        Printed::Json => writeln!(out, "{}", serde_json::to_string_pretty(&judged)?)?,
        Printed::Text => print(&mut out, institution, &judged)?,
    }
    if let Some(file) = &options.report {
        write(file, &certify::page(institution, own.first().zip(own.last()), &judged))?;
    }
    let good = |judged: &Judged<'_>| match judged.verdict {
        Verdict::Passed { .. } => true,
        Verdict::NotAttempted => all,
        Verdict::Failed(_) => false,
    };
    Ok(ExitCode::from(u8::from(!judged.iter().all(good))))
}

fn write(file: &Path, page: &str) -> anyhow::Result<()> {
    std::fs::write(file, page).with_context(|| format!("无法写 {}", file.display()))
}

fn print(out: &mut impl Write, institution: &str, judged: &[Judged<'_>]) -> anyhow::Result<()> {
    writeln!(out, "{}", in_style(paint::TITLE, &format!("接口验收　{institution}")))?;
    for one in judged {
        match &one.verdict {
            Verdict::Passed { messages } => {
                writeln!(out, "  通过　{} {}（{} 条报文）", one.name, one.title, messages.len())?;
            }
            Verdict::NotAttempted => writeln!(out, "  未做　{} {}", one.name, one.title)?,
            Verdict::Failed(failure) => {
                writeln!(out, "  {}　{} {}", in_style(paint::WRONG, "未通过"), one.name, one.title)?;
                writeln!(out, "      第 {} 步 {}（{}）", failure.number, failure.title, failure.step)?;
                writeln!(out, "      应为：{}", failure.expected)?;
                let message = failure.message.as_ref().map_or(String::new(), |msgid| format!("（msgid {msgid}）"));
                writeln!(out, "      实际：{}{message}", failure.came)?;
                writeln!(out, "      说明：{}", failure.means)?;
            }
        }
    }
    let count = |is: fn(&Verdict) -> bool| judged.iter().filter(|one| is(&one.verdict)).count();
    writeln!(
        out,
        "通过 {}，未通过 {}，未做 {}",
        count(|verdict| matches!(verdict, Verdict::Passed { .. })),
        count(|verdict| matches!(verdict, Verdict::Failed(_))),
        count(|verdict| matches!(verdict, Verdict::NotAttempted))
    )?;
    Ok(())
}

fn list(scenarios: &[Scenario]) -> anyhow::Result<ExitCode> {
    let mut out = anstream::stdout();
    for scenario in scenarios {
        writeln!(out, "{}　{}", in_style(paint::TITLE, &scenario.name), scenario.title)?;
        writeln!(out, "  {}", scenario.about)?;
        for (number, step) in (1..).zip(&scenario.steps) {
            let kind = step.kind();
            let trouble = step.trouble.as_ref().map_or(String::new(), |trouble| format!("，沙箱 {trouble}"));
            let ends = if step.never { String::new() } else { format!("，{}", step.outcome.said()) };
            writeln!(out, "  {number}. [{kind}] {} {}{ends}{trouble}", step.infno.join("/"), step.title)?;
            for (path, check) in &step.check {
                writeln!(out, "       {path}：{}", check.means)?;
            }
        }
        writeln!(out)?;
    }
    Ok(ExitCode::SUCCESS)
}
