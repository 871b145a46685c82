//! What is held against each other: an institution's file and the bank's as they are read, the centre's own books, and
//! each difference as one row that says what it concerns. The command line and the console reconcile by the same.

use std::collections::HashSet;

use gongji_domain::{Day, Fen};
use serde::Serialize;

use super::{Booked, Books, Difference, Payment, Settlement, Sums, compare, file};
use crate::his::archive::Kept;
use crate::his::errors::Fault;
use crate::his::{statement, zipped};

/// Which days of which institution.
pub(crate) struct Asked<'a> {
    pub institution: &'a str,
    pub from: Day,
    pub to: Day,
    /// Only settlements that this 经办机构 answers for.
    pub area: Option<&'a str>,
    /// Only this 清算类别.
    pub clr_type: Option<&'a str>,
}

/// All sides.
pub(crate) struct Gathered<'a> {
    asked: &'a Asked<'a>,
    pub booked: Vec<Booked>,
    pub centre: Vec<Settlement>,
    elsewhere: Vec<Settlement>,
    pub bank: Option<Vec<Payment>>,
}

/// One side in sums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Side {
    pub count: usize,
    pub sums: Sums,
}

/// A difference as it is handed out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Row {
    pub cause: &'static str,
    pub said: String,
    pub mend: String,
    pub setl_id: String,
    pub psn_no: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub msgid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub institution: Option<[Fen; 3]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub centre: Option<[Fen; 3]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank: Option<Fen>,
}

/// Reads an institution's file: the seven columns of 3202, plain or zipped.
///
/// # Errors
/// In words, with the row and what is allowed.
pub(crate) fn institution(bytes: &[u8]) -> Result<Vec<Booked>, String> {
    let text = zipped::text_of(bytes).map_err(|why| format!("：{why}"))?;
    file::read(&text)
        .map_err(|bad| format!(" 第 {} 行第 {} 列「{}」：应为{}", bad.line, bad.column, bad.given, bad.allowed))
}

/// Reads the bank's file; columns by their heads, others are left alone.
///
/// # Errors
/// In words, with the row and what is allowed.
pub(crate) fn payments(bytes: &[u8]) -> Result<Vec<Payment>, String> {
    let text = zipped::text_of(bytes).map_err(|why| format!("：{why}"))?;
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let heads = reader.headers().map_err(|why| format!(" 的首行：{why}"))?.clone();
    let column = |names: [&str; 2]| {
        let at = heads.iter().position(|head| names.contains(&head.trim()));
        at.ok_or_else(|| format!(" 的首行没有「{}」列（也可写 {}）", names[0], names[1]))
    };
    let columns = [column(["流水号", "reference"])?, column(["结算ID", "setl_id"])?, column(["金额", "amount"])?];
    let mut payments = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|why| format!("：{why}"))?;
        let line = row.position().map_or(0, csv::Position::line);
        let [reference, setl_id, amount] = columns.map(|at| row.get(at).unwrap_or_default().trim());
        let (positive, sign) = amount.strip_prefix('-').map_or((amount, 1), |positive| (positive, -1));
        let fen: Fen = positive.parse().map_err(|fault| format!(" 第 {line} 行金额「{amount}」：{fault}"))?;
        payments.push(Payment {
            reference: reference.to_owned(),
            setl_id: setl_id.to_owned(),
            amount: Fen::from_fen(sign * fen.fen()),
        });
    }
    Ok(payments)
}

impl<'a> Gathered<'a> {
    /// Reads the centre's side beside what was handed in.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn new(
        kept: &Kept,
        asked: &'a Asked<'a>,
        booked: Vec<Booked>,
        bank: Option<Vec<Payment>>,
    ) -> Result<Self, Fault> {
        let rows = statement::booked(kept.now()?, asked.institution, asked.from, asked.to)?;
        let (centre, mut elsewhere): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| asked.asks_for(row));
        let known: HashSet<String> = centre.iter().chain(&elsewhere).map(|row| row.setl_id.clone()).collect();
        for row in booked.iter().filter(|row| !known.contains(&row.setl_id)) {
            elsewhere.extend(statement::find(kept.now()?, asked.institution, &row.setl_id)?);
        }
        Ok(Self { asked, booked, centre, elsewhere, bank })
    }

    /// What differs, each with its cause and what mends it.
    pub(crate) fn differences(&self) -> Vec<Difference> {
        compare(&Books {
            area: self.asked.area,
            clr_type: self.asked.clr_type,
            institution: &self.booked,
            centre: &self.centre,
            elsewhere: &self.elsewhere,
            bank: self.bank.as_deref(),
        })
    }

    /// The institution's side and the centre's.
    pub(crate) fn sides(&self) -> [Side; 2] {
        let side = |sums: &mut dyn Iterator<Item = Sums>| {
            sums.fold(Side::default(), |side, sums| Side { count: side.count + 1, sums: side.sums.plus(sums) })
        };
        [side(&mut self.booked.iter().map(|row| row.sums)), side(&mut self.centre.iter().map(|row| row.sums))]
    }

    /// How often the bank paid, and how much in all.
    pub(crate) fn paid(&self) -> Option<(usize, Fen)> {
        let bank = self.bank.as_ref()?;
        Some((bank.len(), bank.iter().map(|payment| payment.amount).sum()))
    }
}

impl Asked<'_> {
    fn asks_for(&self, row: &Settlement) -> bool {
        self.area.is_none_or(|area| *area == row.area) && self.clr_type.is_none_or(|kind| *kind == row.clr_type)
    }
}

/// Of which settlement a difference is: its number, person and amount.
pub(crate) fn told(difference: &Difference) -> (String, String, Fen) {
    let centre = difference.centre.as_ref().map(|row| (row.setl_id.clone(), row.psn_no.clone(), row.sums.total));
    let booked = difference.institution.as_ref();
    let booked = booked.map(|row| (row.setl_id.clone(), row.psn_no.clone(), row.sums.total));
    let bank = difference.bank.as_ref().map(|taken| (taken.setl_id.clone(), String::new(), taken.amount));
    centre.or(booked).or(bank).unwrap_or_default()
}

impl Row {
    /// Of a difference.
    pub(crate) fn of(difference: &Difference) -> Self {
        let amounts = |sums: Sums| [sums.total, sums.fund, sums.account];
        let (setl_id, psn_no, _) = told(difference);
        Self {
            cause: difference.cause.word(),
            said: difference.cause.said(),
            mend: difference.mend.said(),
            setl_id,
            psn_no,
            msgid: difference.centre.as_ref().map(|row| row.msgid.clone()),
            institution: difference.institution.as_ref().map(|row| amounts(row.sums)),
            centre: difference.centre.as_ref().map(|row| amounts(row.sums)),
            bank: difference.bank.as_ref().map(|taken| taken.amount),
        }
    }
}
