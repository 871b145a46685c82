//! `gongji sandbox`: the sandbox's members for vendors, and its store put back to the beginning.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use gongji_domain::{Day, Fen};
use gongji_store::{Place, Store};
use serde::Serialize;

use super::{load, paint, store};
use crate::his::Book;
use crate::serve::sandbox::members::{self, Shown};
use crate::serve::sandbox::{Holds, holds};
use crate::serve::{clock, sandbox_calls};

/// The sandbox for vendors (厂商沙箱): its test members, its store
#[derive(clap::Subcommand)]
pub(crate) enum SandboxCommand {
    Members(MembersOptions),
    Reset(ResetOptions),
}

/// List the test members (测试参保人) with their certificates and states
#[derive(clap::Args)]
#[command(after_help = MEMBERS)]
pub(crate) struct MembersOptions {
    /// How to print: a table, or JSON Lines
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How a list is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs: JSON Lines
    Json,
    /// For documents
    Markdown,
}

/// Put a sandbox's store back to the beginning: removes the file and its call log
///
/// The next start plays what the test members went through before anew. A store that is no sandbox is refused, and so
/// is one that a service uses.
#[derive(clap::Args)]
#[command(after_help = RESET)]
pub(crate) struct ResetOptions {
    /// The sandbox's file
    #[arg(long, value_name = "FILE", default_value = crate::serve::SANDBOX)]
    store: PathBuf,
}

const MEMBERS: &str = "\
EXAMPLE
  gongji sandbox members
  gongji sandbox members --format json";

const RESET: &str = "\
EXAMPLE
  gongji sandbox reset --store gongji-sandbox.db";

/// Runs a `sandbox` command.
///
/// # Errors
/// When the store cannot be used or is no sandbox.
pub(crate) fn run(command: &SandboxCommand) -> anyhow::Result<ExitCode> {
    match command {
        SandboxCommand::Members(options) => list(options),
        SandboxCommand::Reset(options) => reset(options),
    }
}

fn list(options: &MembersOptions) -> anyhow::Result<ExitCode> {
    let (members, today) = (members::shown()?, clock::today());
    let mut out = anstream::stdout();
    match options.format {
        Format::Text => table(&mut out, &members, today)?,
        Format::Markdown => out.write_all(markdown(&members).as_bytes())?,
        Format::Json => {
            for shown in &members {
                writeln!(out, "{}", serde_json::to_string(&row(shown, today))?)?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A member for programs.
#[derive(Serialize)]
struct Row<'a> {
    psn_no: &'a str,
    psn_name: &'a str,
    certno: &'a str,
    card_no: &'a str,
    token: &'a str,
    area: &'a str,
    psn_type: &'a str,
    enrolment: &'a str,
    state: &'a str,
    note: &'a str,
    /// What the opening of the account was.
    account: Fen,
    deductible_borne: Fen,
    fund_paid: Fen,
}

fn row(shown: &Shown, today: Day) -> Row<'_> {
    let member = &shown.member;
    Row {
        psn_no: &member.psn_no,
        psn_name: &member.psn_name,
        certno: &member.certno,
        card_no: &member.card_no,
        token: &member.token,
        area: &member.area,
        psn_type: member.psn_type(today),
        enrolment: &member.enrolment,
        state: &shown.state,
        note: &shown.note,
        account: member.account,
        deductible_borne: shown.play.iter().map(|visit| visit.borne).sum(),
        fund_paid: shown.play.iter().map(|visit| visit.fund).sum(),
    }
}

fn table(out: &mut impl Write, members: &[Shown], today: Day) -> anyhow::Result<()> {
    let heads = ["统筹区", "psn_no", "姓名", "身份证号（02）", "状态", "已用起付", "已付", "账户期初"];
    let mut table = paint::boxed(&heads, paint::width().max(120));
    for shown in members {
        let row = row(shown, today);
        let under = if row.note.is_empty() { String::new() } else { format!("\n　{}", row.note) };
        table.add_row([
            row.area,
            row.psn_no,
            row.psn_name,
            row.certno,
            &format!("{}{under}", row.state),
            &row.deductible_borne.to_string(),
            &row.fund_paid.to_string(),
            &row.account.to_string(),
        ]);
    }
    for column in 5..8 {
        paint::right(&mut table, column);
    }
    writeln!(out, "{table}")?;
    writeln!(
        out,
        "社保卡号（03）为 DEMO 加六位序号，电子凭证令牌（01）为 DEMO-TOKEN- 加六位序号；全部见 --format json"
    )?;
    Ok(())
}

/// The table as it stands in the guide for vendors.
pub(crate) fn markdown(members: &[Shown]) -> String {
    let mut page = "| area 统筹区 | psn_no | name 姓名 | certno 身份证号 | state 状态 | note 说明 | borne 已用起付 | fund 已付 | account 账户期初 |\n\
                    |---|---|---|---|---|---|---:|---:|---:|\n"
        .to_owned();
    for shown in members {
        let row = row(shown, Day::MAX);
        page.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
            row.area,
            row.psn_no,
            row.psn_name,
            row.certno,
            row.state,
            row.note,
            row.deductible_borne,
            row.fund_paid,
            row.account
        ));
    }
    page
}

fn reset(options: &ResetOptions) -> anyhow::Result<ExitCode> {
    let place = Place::from(options.store.to_string_lossy().as_ref());
    let Place::File { path, .. } = &place else { bail!("{place} 不是文件：只有沙箱的文件可以重置") };
    match holds(&place)? {
        Holds::Sandbox => {}
        Holds::Nothing => bail!("没有沙箱 {place}"),
        Holds::Other => bail!("结算库 {place} 不是沙箱，不能重置"),
    }
    let policies: std::sync::Arc<dyn crate::his::Decider> = std::sync::Arc::new(
        crate::his::Policies::load(&load::shipped()).map_err(|fault| anyhow!("政策包有错误：{fault}"))?,
    );
    // Opening it tells whether a service uses it.
    drop(Store::open(&place, Book::new(policies)).with_context(|| store::unusable(&place))?);
    let kin = |ending: &str| PathBuf::from(format!("{}{ending}", path.display()));
    for file in [path.clone(), kin("-wal"), kin("-shm"), kin("-journal"), kin("-lock")] {
        if file.exists() {
            std::fs::remove_file(&file).with_context(|| format!("无法删除 {}", file.display()))?;
        }
    }
    let calls = PathBuf::from(sandbox_calls(&place));
    for entry in std::fs::read_dir(&calls).into_iter().flatten().flatten() {
        let file = entry.path();
        if file.extension().is_some_and(|ending| ending == "jsonl") {
            std::fs::remove_file(&file).with_context(|| format!("无法删除 {}", file.display()))?;
        }
    }
    writeln!(anstream::stdout(), "沙箱 {place} 已重置：下次 gongji serve --sandbox 重新办理测试参保人的前史")?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guides_table_of_members_is_up_to_date() {
        let guide = std::fs::read_to_string("../../docs/guides/vendor-sandbox.md").unwrap_or_default();
        let table = markdown(&members::shown().unwrap());
        assert!(guide.contains(&table), "gongji sandbox members --format markdown, into docs/guides/vendor-sandbox.md");
    }
}
