//! `gongji calls`: what institutions sent, from the call log, each fault explained. Reads only.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use super::paint::{self, in_style};
use crate::calls::Call;
use crate::calls::choose::{Choice, explained};
use crate::calls::read::{self, Log};

/// List what institutions sent (报文记录), each fault explained: code, meaning, what to change
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    /// Folder of the call log (gongji serve --calls DIR; a sandbox's is STORE.calls)
    #[arg(long, value_name = "DIR", default_value = "gongji-sandbox.db.calls")]
    from: PathBuf,
    /// Of this institution (定点医药机构编号) only
    #[arg(long, value_name = "CODE")]
    institution: Option<String>,
    /// Of this transaction (交易编号) only, with its letter forms
    #[arg(long, value_name = "NUMBER")]
    infno: Option<String>,
    /// Faults only
    #[arg(long)]
    faults: bool,
    /// From this time on: 2026-03-01, or "2026-03-01 08:30"
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// The whole conversation around this message: all of its visit, with bodies where they were kept
    #[arg(long, value_name = "MSGID")]
    msgid: Option<String>,
    /// How to print: lines, or JSON Lines
    #[arg(long, value_enum, default_value_t)]
    format: Printed,
}

/// How calls are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Printed {
    /// For people
    #[default]
    Text,
    /// For programs: JSON Lines
    Json,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji calls --from gongji-sandbox.db.calls --faults
  gongji calls --from gongji-sandbox.db.calls --institution H50000000001 --infno 2207
  gongji calls --from gongji-sandbox.db.calls --msgid M0004";

/// Lists them.
///
/// # Errors
/// When the log cannot be read.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let log = read::read(&options.from)?;
    tell(&log);
    let chosen = options.chosen(&log.calls);
    let whole = options.msgid.is_some();
    let mut out = anstream::stdout();
    for call in &chosen {
        match options.format {
            Printed::Json => writeln!(out, "{}", serde_json::to_string(&explained(call))?)?,
            Printed::Text => print(&mut out, call, whole)?,
        }
    }
    if options.format == Printed::Text {
        let faults = chosen.iter().filter(|call| !call.is_ok()).count();
        writeln!(out, "共 {} 条，报错 {faults} 条", chosen.len())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Says on the other output what the log lacks.
pub(crate) fn tell(log: &Log) {
    for remark in &log.remarks {
        anstream::eprintln!("gongji: {remark}");
    }
}

impl Options {
    fn chosen<'a>(&self, calls: &'a [Call]) -> Vec<&'a Call> {
        let Self { institution, infno, faults, since, msgid, .. } = self;
        let choice = Choice {
            institution: institution.as_deref(),
            infno: infno.as_deref(),
            faults: *faults,
            since: since.as_deref(),
            msgid: msgid.as_deref(),
        };
        choice.of(calls)
    }
}

fn print(out: &mut impl Write, call: &Call, whole: bool) -> anyhow::Result<()> {
    let or_dash = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
    let code = if call.is_ok() { "成功".to_owned() } else { in_style(paint::WRONG, &call.code) };
    let trouble = if call.trouble.is_empty() { String::new() } else { format!("  沙箱 {}", call.trouble) };
    writeln!(
        out,
        "{}  {}  {} {}  {}  {code}  {} ms{trouble}",
        call.at,
        or_dash(&call.institution),
        or_dash(&call.infno),
        call.name(),
        or_dash(&call.msgid),
        call.ms
    )?;
    if !call.err_msg.is_empty() {
        writeln!(out, "    {}", call.err_msg)?;
    }
    if let Some((meaning, remedy)) = call.explained() {
        // The message mostly says it already.
        if !call.err_msg.contains(meaning) {
            writeln!(out, "    含义：{meaning}")?;
        }
        writeln!(out, "    怎么改：{remedy}")?;
    }
    if !call.warn_msg.is_empty() {
        writeln!(out, "    提示：{}", call.warn_msg)?;
    }
    if whole {
        for (name, body) in [("请求", &call.request), ("应答", &call.reply)] {
            if let Some(body) = body {
                writeln!(out, "    {name}：{}", in_style(paint::QUIET, &one_line(body)))?;
            }
        }
    }
    Ok(())
}

/// A body on one line.
fn one_line(body: &str) -> String {
    crate::his::json::read_text(body).map_or_else(|_| body.escape_debug().to_string(), |json| json.canonical())
}
