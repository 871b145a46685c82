//! 3202 医药机构费用结算对明细账: an institution's file of settlements, held row by row against the centre; the result
//! is a file that names each difference's cause and what mends it.

use gongji_domain::Fen;

use super::call::{Looking, Plan};
use super::decode::Input;
use super::errors::{Code, Fault};
use super::files::File;
use super::moment::days_later;
use super::row::{Row, nodes};
use super::statement;
use super::t3201::Range;
use super::zipped;
use crate::his::reconcile::{self, Booked, Books, Difference, Sums, file};

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("data")?;
    let number = data.required("file_qury_no", 40)?;
    let range = Range::read(&data)?;
    let total = data.signed_money("medfee_sumamt")?;
    let fund = data.signed_money("fund_pay_sumamt")?;
    let count = data.required_number::<0>("fixmedins_setl_cnt", 9_999_999_999)?.0;
    data.finish(input.notes);
    input.finish();

    Ok(Plan::aside(move |look: &Looking<'_>| {
        let rows = file::read(&uploaded(look, &number)?).map_err(|bad| {
            let fault = Fault::at(Code::FileUnreadable, "data.file_qury_no");
            fault.given(format!("第 {} 行第 {} 列「{}」", bad.line, bad.column, bad.given)).allowed(bad.allowed)
        })?;
        check_sums(&rows, total, fund, count)?;
        let answer = answered(look, &range, &rows)?;
        let name = format!("{}-{}-{}.txt", look.institution.code, range.from, range.to);
        let file = File { name, bytes: answer.into_bytes() };
        let number = look.files.put(&look.institution.code, &file, look.now.day).map_err(|fault| {
            tracing::error!(%fault, "the result of a reconciliation was not kept");
            Fault::new(Code::FileNotKept)
        })?;
        let until = format!("{} 23:59:59", days_later(look.now.day, look.files.days()));
        let info = Row::default()
            .text("file_qury_no", number)
            .text("filename", file.name)
            .text("dld_endtime", &until)
            .text("dld_end_time", &until);
        Ok(nodes(&[("fileinfo", info.done())]))
    }))
}

/// The text of the institution's own upload.
fn uploaded(look: &Looking<'_>, number: &str) -> Result<String, Fault> {
    let file = look.files.get(&look.institution.code, number).map_err(|fault| {
        tracing::error!(%fault, "a kept file cannot be read");
        Fault::new(Code::InternalError)
    })?;
    let none = || {
        let fault = Fault::at(Code::FileNotFound, "data.file_qury_no").given(number);
        fault.allowed("9101 返回、尚未过期的文件查询号")
    };
    let unreadable = |why: String| Fault::at(Code::FileUnreadable, "data.file_qury_no").given(why);
    zipped::text_of(&file.ok_or_else(none)?.bytes).map_err(unreadable)
}

/// The sums of the message must be those of the file, or one of the two is not what was meant.
fn check_sums(rows: &[Booked], total: Fen, fund: Fen, count: i64) -> Result<(), Fault> {
    let sums = rows.iter().map(|row| row.sums).fold(Sums::default(), Sums::plus);
    let differs = |field: &str, said: String, is: String| {
        Err(Fault::at(Code::TotalMismatch, format!("data.{field}"))
            .given(said)
            .allowed(format!(" {is}（文件各行之和）")))
    };
    if rows.len() as i64 != count {
        return differs("fixmedins_setl_cnt", count.to_string(), rows.len().to_string());
    }
    if sums.total != total {
        return differs("medfee_sumamt", total.to_string(), sums.total.to_string());
    }
    if sums.fund != fund {
        return differs("fund_pay_sumamt", fund.to_string(), sums.fund.to_string());
    }
    Ok(())
}

/// The result: a line for each row of either side.
fn answered(look: &Looking<'_>, range: &Range, rows: &[Booked]) -> Result<String, Fault> {
    let centre = range.booked(look)?;
    let here: std::collections::HashSet<&str> = centre.iter().map(|row| row.setl_id.as_str()).collect();
    let mut elsewhere = Vec::new();
    for row in rows.iter().filter(|row| !here.contains(row.setl_id.as_str())) {
        elsewhere.extend(statement::find(look.kept.now()?, &look.institution.code, &row.setl_id)?);
    }
    let area = centre.first().map(|row| row.area.as_str());
    let books = Books {
        area: area.or(Some(&range.setl_optins)),
        clr_type: range.clr_type.as_deref(),
        institution: rows,
        centre: &centre,
        elsewhere: &elsewhere,
        bank: None,
    };
    let differences: Vec<Difference> = reconcile::compare(&books);
    tracing::info!(
        institution = look.institution.code,
        rows = rows.len(),
        differences = differences.len(),
        "reconciled"
    );
    Ok(file::result(&books, &differences))
}
