//! `gongji calls`: what institutions sent, from the call log, each fault explained. Reads only.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use serde::Serialize;

use super::paint::{self, in_style};
use crate::calls::Call;
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

/// Whether a message came at or after a time that was given.
pub(crate) fn is_since(call: &Call, since: Option<&str>) -> bool {
    since.is_none_or(|since| call.at.as_str() >= since.replace('T', " ").as_str())
}

impl Options {
    fn chosen<'a>(&self, calls: &'a [Call]) -> Vec<&'a Call> {
        let base = |infno: &str| infno.trim_end_matches(|c: char| c.is_ascii_alphabetic()).to_owned();
        let asked = |call: &&Call| {
            self.institution.as_ref().is_none_or(|code| *code == call.institution)
                && self.infno.as_ref().is_none_or(|infno| *infno == call.infno || *infno == base(&call.infno))
                && (!self.faults || !call.is_ok())
                && is_since(call, self.since.as_deref())
        };
        let Some(msgid) = &self.msgid else { return calls.iter().filter(asked).collect() };
        let own: Vec<&Call> = calls.iter().filter(|call| call.msgid == *msgid).collect();
        let visits: Vec<(String, String)> = own.iter().flat_map(|call| visits(call)).collect();
        let same = |call: &&Call| call.msgid == *msgid || visits_meet(&visits, call) || refers(call, msgid);
        calls.iter().filter(same).filter(asked).collect()
    }
}

/// The visits (就诊ID) that a message names or makes, each with its institution.
fn visits(call: &Call) -> Vec<(String, String)> {
    let bodies = call.bodies();
    let paths = [
        "request.input.data.mdtrt_id",
        "request.input.mdtrtinfo.mdtrt_id",
        "request.input.feedetail.mdtrt_id",
        "reply.output.data.mdtrt_id",
        "reply.output.setlinfo.mdtrt_id",
    ];
    let mut found: Vec<(String, String)> =
        paths.iter().flat_map(|path| bodies.values(path)).map(|visit| (call.institution.clone(), visit)).collect();
    found.dedup();
    found
}

fn visits_meet(of: &[(String, String)], call: &Call) -> bool {
    !of.is_empty() && visits(call).iter().any(|visit| of.contains(visit))
}

/// Whether a message takes another back (2601).
fn refers(call: &Call, msgid: &str) -> bool {
    call.bodies().values("request.input.data.omsgid").iter().any(|omsgid| omsgid == msgid)
}

/// A call with what its code means.
#[derive(Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    call: &'a Call,
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    meaning: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'static str>,
}

fn explained(call: &Call) -> Explained<'_> {
    let (meaning, remedy) = call.explained().unzip();
    Explained { call, name: call.name(), meaning, remedy }
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
