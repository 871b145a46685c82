//! The two files of 3202 as text: what an institution uploads (seven columns) and what it gets back (ten), both
//! TAB-separated without a head, nothing written as `null`.

use gongji_domain::Fen;

use super::{Booked, Books, Difference, Settlement, Sums};

/// A row that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadRow {
    pub line: usize,
    pub column: usize,
    pub given: String,
    pub allowed: String,
}

/// The columns of the uploaded file.
pub(crate) const UPLOADED: [&str; 7] =
    ["setl_id", "mdtrt_id", "psn_no", "medfee_sumamt", "fund_pay_sumamt", "acct_pay", "refd_setl_flag"];

/// Reads the uploaded file. A first line that is a head, empty lines and a byte order mark are skipped.
pub(crate) fn read(text: &str) -> Result<Vec<Booked>, BadRow> {
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty());
    let lines = lines.filter(|(at, line)| *at > 0 || !line.starts_with(UPLOADED[0]));
    lines.map(|(at, line)| row(at + 1, line)).collect()
}

fn row(line: usize, text: &str) -> Result<Booked, BadRow> {
    let cells: Vec<&str> = text.split('\t').map(|cell| if cell.trim() == "null" { "" } else { cell.trim() }).collect();
    let bad = |column: usize, allowed: &str| BadRow {
        line,
        column,
        given: cells.get(column - 1).copied().unwrap_or_default().to_owned(),
        allowed: allowed.to_owned(),
    };
    let [setl_id, mdtrt_id, psn_no, total, fund, account, refund] = cells[..] else {
        let allowed = format!(" {} 列，以制表符分隔：{}", UPLOADED.len(), UPLOADED.join("、"));
        return Err(BadRow { given: format!("{} 列", cells.len()), ..bad(cells.len().clamp(1, 7), &allowed) });
    };
    let money = |column: usize, cell: &str| {
        let (positive, sign) = cell.strip_prefix('-').map_or((cell, 1), |positive| (positive, -1));
        let amount = if positive.is_empty() { Ok(Fen::ZERO) } else { positive.parse::<Fen>() };
        amount.map(|amount| Fen::from_fen(sign * amount.fen())).map_err(|_| bad(column, "至多 2 位小数的金额"))
    };
    if psn_no.is_empty() {
        return Err(bad(3, "人员编号"));
    }
    if setl_id.is_empty() && mdtrt_id.is_empty() {
        return Err(bad(1, "结算ID，没有时须有就诊ID"));
    }
    Ok(Booked {
        setl_id: setl_id.to_owned(),
        mdtrt_id: mdtrt_id.to_owned(),
        psn_no: psn_no.to_owned(),
        sums: Sums { total: money(4, total)?, fund: money(5, fund)?, account: money(6, account)? },
        refund: match refund {
            "" | "0" => false,
            "1" => true,
            _ => return Err(bad(7, " 0 否、1 是")),
        },
    })
}

/// The file that goes back: the institution's rows in their order, then what only the centre has.
pub(crate) fn result(books: &Books<'_>, differences: &[Difference]) -> String {
    let mut text = String::new();
    let mut told = vec![false; differences.len()];
    let by_id: std::collections::HashMap<&str, &Settlement> =
        books.centre.iter().chain(books.elsewhere).map(|row| (row.setl_id.as_str(), row)).collect();
    for row in books.institution {
        let mut open = differences.iter().enumerate().filter(|(at, _)| !told[*at]);
        let found = open.find(|(_, difference)| difference.institution.as_ref() == Some(row)).map(|(at, _)| at);
        let difference = found.map(|at| {
            told[at] = true;
            &differences[at]
        });
        let msgid =
            difference.and_then(|difference| difference.centre.as_ref()).or_else(|| by_id.get(&*row.setl_id).copied());
        let cells = (&*row.psn_no, &*row.mdtrt_id, &*row.setl_id, msgid.map_or("", |row| &row.msgid));
        line(&mut text, cells, row.refund, row.sums, difference);
    }
    for (at, difference) in differences.iter().enumerate().filter(|(at, _)| !told[*at]) {
        let Some(row) = &difference.centre else { continue };
        debug_assert!(!told[at]);
        let cells = (&*row.psn_no, &*row.mdtrt_id, &*row.setl_id, &*row.msgid);
        line(&mut text, cells, row.refund, row.sums, Some(difference));
    }
    text
}

/// 人员编号, 就诊ID, 结算ID, 发送方报文ID, 对账结果, 退费结算标志, 备注, and the three amounts.
fn line(
    text: &mut String,
    (psn_no, mdtrt_id, setl_id, msgid): (&str, &str, &str, &str),
    refund: bool,
    sums: Sums,
    difference: Option<&Difference>,
) {
    let memo = difference.map(|difference| format!("{}。{}", difference.cause.said(), difference.mend.said()));
    let cells = [
        psn_no.to_owned(),
        mdtrt_id.to_owned(),
        setl_id.to_owned(),
        msgid.to_owned(),
        if difference.is_some() { "1" } else { "0" }.to_owned(),
        if refund { "1" } else { "0" }.to_owned(),
        memo.unwrap_or_default(),
        sums.total.to_string(),
        sums.fund.to_string(),
        sums.account.to_string(),
    ];
    let cells =
        cells.map(|cell| if cell.is_empty() { "null".to_owned() } else { cell.replace(['\t', '\n', '\r'], " ") });
    text.push_str(&cells.join("\t"));
    text.push('\n');
}
