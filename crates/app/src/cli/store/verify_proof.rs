//! `gongji store verify-proof`: whether a proof leads to a published head. Needs no store.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use gongji_ledger::merkle::DayHead;
use gongji_store::Proof;

use super::prove::Written;
use super::text;

/// Check a proof (存在证明) against a published day head; needs no store
///
/// The event is hashed anew from its content, so a changed reply fails. Take the head from where the agency
/// publishes it, not from whoever gave the proof.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    /// The proof
    #[arg(value_name = "PROOF")]
    proof: PathBuf,
    /// The published head: "DAY SIZE ROOT"
    #[arg(long, value_name = "HEAD", required_unless_present = "heads")]
    head: Option<String>,
    /// A file of published heads, one to a line
    #[arg(long, value_name = "FILE", conflicts_with = "head")]
    heads: Option<PathBuf>,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji store verify-proof proof.json --heads published.txt

EXIT STATUS
  0 it verifies, 1 it does not, 2 something cannot be read";

/// Checks it.
///
/// # Errors
/// When the proof or the heads cannot be read, or no head of the day is published.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let proof = read(options)?;
    let published = published(options, &proof)?;
    if !published.iter().any(|head| proof.verifies(head)) {
        eprintln!("gongji: 证明不成立：第 {} 件不在 {} 公布的日头内，或内容被改动", proof.event.seq, proof.day.day);
        return Ok(ExitCode::from(1));
    }
    let (event, day) = (&proof.event, &proof.day.day);
    writeln!(
        anstream::stdout(),
        "证明成立：{} 的报文 {}（第 {} 件）在 {day} 公布的日头内，内容未被改动",
        event.institution,
        event.msgid,
        event.seq
    )?;
    Ok(ExitCode::SUCCESS)
}

fn read(options: &Options) -> anyhow::Result<Proof> {
    let shown = options.proof.display();
    let json = std::fs::read_to_string(&options.proof).with_context(|| format!("读不到证明 {shown}"))?;
    let written: Written = serde_json::from_str(&json).with_context(|| format!("{shown} 不是存在证明"))?;
    written.read().ok_or_else(|| anyhow!("{shown} 不是存在证明：摘要须为 64 位十六进制数"))
}

/// The heads of the proof's day: one, or several where a growing day was published more than once.
fn published(options: &Options, proof: &Proof) -> anyhow::Result<Vec<DayHead>> {
    let lines = match (&options.head, &options.heads) {
        (Some(head), _) => head.clone(),
        (None, Some(file)) => {
            std::fs::read_to_string(file).with_context(|| format!("读不到日头 {}", file.display()))?
        }
        (None, None) => bail!("请用 --head 或 --heads 给出公布的日头"),
    };
    let mut heads = Vec::new();
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let (day, head) =
            text::head(line).ok_or_else(|| anyhow!("「{line}」不是日头：写作 日期 件数 根（64 位十六进制数）"))?;
        if day == proof.day.day {
            heads.push(head);
        }
    }
    if heads.is_empty() {
        bail!("给出的日头中没有 {} 这一天", proof.day.day);
    }
    Ok(heads)
}
