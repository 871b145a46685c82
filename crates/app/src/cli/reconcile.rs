//! `gongji reconcile`: an institution's books, the centre's and the bank's, held against each other for some days;
//! each difference with its cause and the entry that mends it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use gongji_domain::Day;
use gongji_store::Place;

use super::paint;
use super::store::place;
use crate::his::archive::Kept;
use crate::his::reconcile::Difference;
use crate::his::reconcile::gather::{self, Asked, Gathered, Row, Side, told};

/// Reconcile (对账) an institution's settlements with the centre's and the bank's
///
/// Reads the institution's file (the seven columns of 3202, plain or zipped), the store and, if given, the
/// bank's file (CSV with a head: 流水号, 结算ID, 金额; money paid back is negative). Names for every row that
/// differs why (lost answer, doubled, cancelled on one side, amounts, day boundary, other area) and what
/// mends it. Reads only. Exit status 1 when something differs.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    /// The institution's file of settlements
    #[arg(value_name = "FILE")]
    books: PathBuf,
    /// The store (结算库): its file, or postgres://user@host/database
    #[arg(long, value_name = "DB", env = "GONGJI_STORE", value_parser = place)]
    store: Place,
    /// The institution (定点医药机构编号)
    #[arg(long, value_name = "CODE")]
    institution: String,
    /// First day
    #[arg(long, value_name = "DATE")]
    from: Day,
    /// Last day; the first one if left out
    #[arg(long, value_name = "DATE")]
    to: Option<Day>,
    /// Only settlements that this 经办机构 answers for
    #[arg(long, value_name = "AREA")]
    area: Option<String>,
    /// Only this 清算类别
    #[arg(long, value_name = "CODE")]
    clr_type: Option<String>,
    /// The bank's file
    #[arg(long, value_name = "FILE")]
    bank: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// A form of the answer.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// A table for people
    Text,
    /// One JSON object for each difference
    Json,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji reconcile day.txt --store gongji-demo.db --institution H50000000001 --from 2026-03-01
  gongji reconcile day.txt --store gongji-demo.db --institution H50000000001 --from 2026-03-01 --bank bank.csv";

/// Reconciles and prints.
///
/// # Errors
/// When a file or the store cannot be read.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let to = options.to.unwrap_or(options.from);
    if to < options.from {
        bail!("--to {to} 早于 --from {}", options.from);
    }
    let booked = read(&options.books, gather::institution)?;
    let bank = options.bank.as_deref().map(|file| read(file, gather::payments)).transpose()?;
    let asked = Asked {
        institution: &options.institution,
        from: options.from,
        to,
        area: options.area.as_deref(),
        clr_type: options.clr_type.as_deref(),
    };
    let refused = |fault| anyhow!("结算库 {}：{fault}", options.store);
    let gathered = Gathered::new(&Kept::at(&options.store), &asked, booked, bank).map_err(refused)?;
    let differences = gathered.differences();
    let mut out = anstream::stdout();
    match options.format {
        Format::Json => json(&mut out, &differences)?,
        Format::Text => text(&mut out, &gathered, &differences)?,
    }
    Ok(if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read<T>(path: &Path, rows: impl FnOnce(&[u8]) -> Result<T, String>) -> anyhow::Result<T> {
    let shown = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("无法读 {shown}"))?;
    rows(&bytes).map_err(|why| anyhow!("{shown}{why}"))
}

fn text(out: &mut impl Write, gathered: &Gathered<'_>, differences: &[Difference]) -> std::io::Result<()> {
    let mut table = paint::boxed(&["", "笔数", "医疗费总额", "基金支付", "个人账户", "现金"], paint::width());
    for (name, Side { count, sums }) in ["机构", "中心"].into_iter().zip(gathered.sides()) {
        let amounts =
            [sums.total, sums.fund, sums.account, sums.cash()].map(|amount| paint::thousands(&amount.to_string()));
        table.add_row([vec![name.to_owned(), count.to_string()], amounts.to_vec()].concat());
    }
    if let Some((count, paid)) = gathered.paid() {
        let dash = || "—".to_owned();
        let paid = paint::thousands(&paid.to_string());
        table.add_row(["银行".to_owned(), count.to_string(), dash(), dash(), dash(), paid]);
    }
    (1..6).for_each(|column| paint::right(&mut table, column));
    writeln!(out, "{table}")?;
    if differences.is_empty() {
        return writeln!(out, "平：没有差异");
    }
    writeln!(out, "不平：{} 处差异", differences.len())?;
    let mut table = paint::boxed(&["结算ID", "人员", "金额", "原因", "办法"], paint::width());
    for difference in differences {
        let (setl_id, psn_no, amount) = told(difference);
        table.add_row([setl_id, psn_no, amount.to_string(), difference.cause.said(), difference.mend.said()]);
    }
    paint::right(&mut table, 2);
    writeln!(out, "{table}")
}

fn json(out: &mut impl Write, differences: &[Difference]) -> anyhow::Result<()> {
    for difference in differences {
        writeln!(out, "{}", serde_json::to_string(&Row::of(difference))?)?;
    }
    Ok(())
}
