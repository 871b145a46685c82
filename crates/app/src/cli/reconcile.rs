//! `gongji reconcile`: an institution's books, the centre's and the bank's, held against each other for some days;
//! each difference with its cause and the entry that mends it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use gongji_domain::{Day, Fen};
use gongji_store::Place;
use serde::Serialize;

use super::paint;
use super::store::place;
use crate::his::reconcile::{self, Booked, Books, Difference, Payment, Settlement, Sums, file};
use crate::his::statement::{self, Kept};
use crate::his::zipped;

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
    let booked = institution(&options.books)?;
    let bank = options.bank.as_deref().map(payments).transpose()?;
    let kept = Kept::at(&options.store);
    let refused = |fault| anyhow!("结算库 {}：{fault}", options.store);
    let rows =
        statement::booked(kept.now().map_err(refused)?, &options.institution, options.from, to).map_err(refused)?;
    let asked = |row: &Settlement| {
        options.area.as_ref().is_none_or(|area| *area == row.area)
            && options.clr_type.as_ref().is_none_or(|kind| *kind == row.clr_type)
    };
    let (centre, mut elsewhere): (Vec<_>, Vec<_>) = rows.into_iter().partition(asked);
    let known: std::collections::HashSet<String> =
        centre.iter().chain(&elsewhere).map(|row| row.setl_id.clone()).collect();
    for row in booked.iter().filter(|row| !known.contains(&row.setl_id)) {
        let found = statement::find(kept.now().map_err(refused)?, &options.institution, &row.setl_id);
        elsewhere.extend(found.map_err(refused)?);
    }
    let books = Books {
        area: options.area.as_deref(),
        clr_type: options.clr_type.as_deref(),
        institution: &booked,
        centre: &centre,
        elsewhere: &elsewhere,
        bank: bank.as_deref(),
    };
    let differences = reconcile::compare(&books);
    let mut out = anstream::stdout();
    match options.format {
        Format::Json => json(&mut out, &differences)?,
        Format::Text => text(&mut out, &books, &differences)?,
    }
    Ok(if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn institution(path: &Path) -> anyhow::Result<Vec<Booked>> {
    let shown = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("无法读 {shown}"))?;
    let text = zipped::text_of(&bytes).map_err(|why| anyhow!("{shown}：{why}"))?;
    file::read(&text)
        .map_err(|bad| anyhow!("{shown} 第 {} 行第 {} 列「{}」：应为{}", bad.line, bad.column, bad.given, bad.allowed))
}

/// The bank's file; columns by their heads, others are left alone.
fn payments(path: &Path) -> anyhow::Result<Vec<Payment>> {
    let shown = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("无法读 {shown}"))?;
    let text = zipped::text_of(&bytes).map_err(|why| anyhow!("{shown}：{why}"))?;
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let heads = reader.headers().with_context(|| format!("{shown} 的首行"))?.clone();
    let column = |names: [&str; 2]| {
        let at = heads.iter().position(|head| names.contains(&head.trim()));
        at.ok_or_else(|| anyhow!("{shown} 的首行没有「{}」列（也可写 {}）", names[0], names[1]))
    };
    let columns = [column(["流水号", "reference"])?, column(["结算ID", "setl_id"])?, column(["金额", "amount"])?];
    let mut payments = Vec::new();
    for row in reader.records() {
        let row = row.with_context(|| format!("{shown}"))?;
        let line = row.position().map_or(0, csv::Position::line);
        let [reference, setl_id, amount] = columns.map(|at| row.get(at).unwrap_or_default().trim());
        let (positive, sign) = amount.strip_prefix('-').map_or((amount, 1), |positive| (positive, -1));
        let fen: Fen = positive.parse().map_err(|fault| anyhow!("{shown} 第 {line} 行金额「{amount}」：{fault}"))?;
        payments.push(Payment {
            reference: reference.to_owned(),
            setl_id: setl_id.to_owned(),
            amount: Fen::from_fen(sign * fen.fen()),
        });
    }
    Ok(payments)
}

fn text(out: &mut impl Write, books: &Books<'_>, differences: &[Difference]) -> std::io::Result<()> {
    let sum = |sums: &mut dyn Iterator<Item = Sums>| sums.fold(Sums::default(), Sums::plus);
    let sides = [
        ("机构", books.institution.len(), sum(&mut books.institution.iter().map(|row| row.sums))),
        ("中心", books.centre.len(), sum(&mut books.centre.iter().map(|row| row.sums))),
    ];
    let mut table = paint::boxed(&["", "笔数", "医疗费总额", "基金支付", "个人账户", "现金"], paint::width());
    for (name, count, sums) in sides {
        let amounts =
            [sums.total, sums.fund, sums.account, sums.cash()].map(|amount| paint::thousands(&amount.to_string()));
        table.add_row([vec![name.to_owned(), count.to_string()], amounts.to_vec()].concat());
    }
    if let Some(bank) = books.bank {
        let paid: Fen = bank.iter().map(|payment| payment.amount).sum();
        let dash = || "—".to_owned();
        let paid = paint::thousands(&paid.to_string());
        table.add_row(["银行".to_owned(), bank.len().to_string(), dash(), dash(), dash(), paid]);
    }
    (1..6).for_each(|column| paint::right(&mut table, column));
    writeln!(out, "{table}")?;
    if differences.is_empty() {
        return writeln!(out, "平：没有差异");
    }
    writeln!(out, "不平：{} 处差异", differences.len())?;
    let mut table = paint::boxed(&["结算ID", "人员", "金额", "原因", "办法"], paint::width());
    for difference in differences {
        let [setl_id, psn_no, amount] = told(difference);
        table.add_row([setl_id, psn_no, amount, difference.cause.said(), difference.mend.said()]);
    }
    paint::right(&mut table, 2);
    writeln!(out, "{table}")
}

/// Of which settlement a difference is: its number, person and amount.
fn told(difference: &Difference) -> [String; 3] {
    let centre =
        difference.centre.as_ref().map(|row| [row.setl_id.clone(), row.psn_no.clone(), row.sums.total.to_string()]);
    let booked = difference.institution.as_ref();
    let booked = booked.map(|row| [row.setl_id.clone(), row.psn_no.clone(), row.sums.total.to_string()]);
    let bank = difference.bank.as_ref().map(|taken| [taken.setl_id.clone(), String::new(), taken.amount.to_string()]);
    centre.or(booked).or(bank).unwrap_or_default()
}

#[derive(Serialize)]
struct Line<'a> {
    cause: &'a str,
    said: String,
    mend: String,
    setl_id: String,
    psn_no: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    msgid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    institution: Option<[Fen; 3]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    centre: Option<[Fen; 3]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bank: Option<Fen>,
}

fn json(out: &mut impl Write, differences: &[Difference]) -> anyhow::Result<()> {
    let amounts = |sums: Sums| [sums.total, sums.fund, sums.account];
    for difference in differences {
        let [setl_id, psn_no, _] = told(difference);
        let line = Line {
            cause: difference.cause.word(),
            said: difference.cause.said(),
            mend: difference.mend.said(),
            setl_id,
            psn_no,
            msgid: difference.centre.as_ref().map(|row| row.msgid.as_str()),
            institution: difference.institution.as_ref().map(|row| amounts(row.sums)),
            centre: difference.centre.as_ref().map(|row| amounts(row.sums)),
            bank: difference.bank.as_ref().map(|taken| taken.amount),
        };
        writeln!(out, "{}", serde_json::to_string(&line)?)?;
    }
    Ok(())
}
