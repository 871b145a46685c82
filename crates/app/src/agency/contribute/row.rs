//! Rows of the tax office's feed (税务缴费明细): which columns, under which headings, and what each cell may say. Knows no
//! member and no rule.

use std::str::FromStr;

use gongji_domain::{Day, Fen, Month};

use crate::catalogue::sheet::Sheet;

/// What a column is for, with its headings.
const COLUMNS: [(&str, &str); 7] = [
    ("人员编号", "number"),
    ("证件号码", "certificate"),
    ("费款所属期", "month"),
    ("缴费基数", "base"),
    ("个人缴费", "own"),
    ("单位缴费", "pooled"),
    ("到账日期", "received"),
];
const NUMBER: usize = 0;
const CERTIFICATE: usize = 1;
const MONTH: usize = 2;
const BASE: usize = 3;
const OWN: usize = 4;
const POOLED: usize = 5;
const RECEIVED: usize = 6;

/// A cell that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bad {
    /// Line of the file, from 1.
    pub row: usize,
    pub column: &'static str,
    pub given: String,
    /// 应为
    pub allowed: String,
}

/// Who paid.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    /// 人员编号
    Number(String),
    /// 证件号码
    Certificate(String),
}

impl Who {
    pub(crate) fn column(&self) -> &'static str {
        COLUMNS[if matches!(self, Self::Number(_)) { NUMBER } else { CERTIFICATE }].0
    }

    pub(crate) fn given(&self) -> &str {
        let (Self::Number(given) | Self::Certificate(given)) = self;
        given
    }
}

/// A contribution as the tax office tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub row: usize,
    pub who: Who,
    pub month: Month,
    pub base: Fen,
    pub own: Fen,
    pub pooled: Fen,
    pub received: Day,
}

/// The headings of amounts, for what is wrong with one.
pub(crate) const BASE_HEAD: &str = COLUMNS[BASE].0;
pub(crate) const OWN_HEAD: &str = COLUMNS[OWN].0;
pub(crate) const POOLED_HEAD: &str = COLUMNS[POOLED].0;
pub(crate) const MONTH_HEAD: &str = COLUMNS[MONTH].0;

/// Reads a file; rows that cannot be taken stand among the bad ones.
///
/// # Errors
/// When it is no such file at all.
pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<(Vec<Row>, Vec<Bad>), String> {
    let sheet = Sheet::read(name, bytes)?;
    let (mut rows, mut bad, mut heads) = (Vec::new(), Vec::new(), None);
    sheet.each(|line, cells| {
        let Some(heads) = &heads else {
            heads = Some(headings(line, cells)?);
            return Ok(());
        };
        match row(line, cells, heads) {
            Ok(row) => rows.push(row),
            Err(fault) => bad.push(fault),
        }
        Ok(())
    })?;
    if heads.is_none() {
        return Err(format!("{name}：没有表头"));
    }
    Ok((rows, bad))
}

/// Where each column stands.
fn headings(line: usize, cells: &[&str]) -> Result<[Option<usize>; 7], String> {
    let at = COLUMNS.map(|(chinese, english)| {
        cells.iter().position(|cell| [chinese, english].contains(&cell.trim().trim_start_matches('\u{feff}')))
    });
    let missing = |column: usize| at[column].is_none();
    let mut wanted: Vec<&str> =
        [MONTH, BASE, OWN, POOLED, RECEIVED].into_iter().filter(|at| missing(*at)).map(|at| COLUMNS[at].0).collect();
    if missing(NUMBER) && missing(CERTIFICATE) {
        wanted.push("人员编号或证件号码");
    }
    if wanted.is_empty() { Ok(at) } else { Err(format!("第 {line} 行不是表头：缺少 {}", wanted.join("、"))) }
}

fn row(line: usize, cells: &[&str], heads: &[Option<usize>; 7]) -> Result<Row, Bad> {
    let cell = |column: usize| heads[column].and_then(|at| cells.get(at)).map_or("", |cell| cell.trim());
    let bad = |column: usize, allowed: &str| Bad {
        row: line,
        column: COLUMNS[column].0,
        given: cell(column).to_owned(),
        allowed: allowed.to_owned(),
    };
    let who = match (cell(NUMBER), cell(CERTIFICATE)) {
        ("", "") => return Err(bad(NUMBER, "人员编号或证件号码")),
        ("", certificate) => Who::Certificate(certificate.to_owned()),
        (number, _) => Who::Number(number.to_owned()),
    };
    let amount = |column: usize| {
        let read = cell(column).parse::<Fen>().ok().filter(|amount| *amount >= Fen::ZERO);
        read.ok_or_else(|| bad(column, "不为负的金额，至多两位小数，例如 80.00"))
    };
    Ok(Row {
        row: line,
        who,
        month: month(cell(MONTH)).ok_or_else(|| bad(MONTH, "月份 YYYY-MM 或 YYYYMM"))?,
        base: amount(BASE)?,
        own: amount(OWN)?,
        pooled: amount(POOLED)?,
        received: day(cell(RECEIVED)).ok_or_else(|| bad(RECEIVED, "日期 YYYY-MM-DD 或 YYYYMMDD"))?,
    })
}

fn month(text: &str) -> Option<Month> {
    if let (6, Some((year, month))) = (text.len(), text.split_at_checked(4)) {
        return format!("{year}-{month}").parse().ok();
    }
    // A workbook that takes it for a date says its first day.
    text.parse().ok().or_else(|| day(text).map(Month::of))
}

fn day(text: &str) -> Option<Day> {
    let text = text.split_once(' ').map_or(text, |(day, _)| day);
    if text.len() == 8 && text.is_ascii() && !text.contains('-') {
        return Day::from_str(&format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..])).ok();
    }
    text.parse().ok()
}
