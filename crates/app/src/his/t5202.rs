//! 5202 诊断信息查询: the diagnoses of a visit at this institution, as last told.

use super::call::{Looking, Plan};
use super::decode::Input;
use super::errors::Fault;
use super::json::Json;
use super::row::{Row, node};

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("data")?;
    let psn_no = data.required("psn_no", 30)?;
    let mdtrt_id = data.required("mdtrt_id", 30)?;
    data.finish(input.notes);
    input.finish();

    Ok(Plan::looking(&psn_no.clone(), move |look: &Looking<'_>| {
        look.member(&psn_no, "data.psn_no")?;
        let past = look.visit(&psn_no, &mdtrt_id)?;
        let told = past.input_of("2203").unwrap_or(Json::Null);
        let rows = told.rows("diseinfo").iter().filter(|row| row.word("vali_flag") != "0");
        let row = |(at, row): (usize, &Json)| {
            Row::default()
                .text("diag_info_id", format!("{mdtrt_id}{:02}", at + 1))
                .text("mdtrt_id", &mdtrt_id)
                .text("psn_no", &psn_no)
                // An outpatient has one kind, which the table calls 入院诊断.
                .text("inout_diag_type", "1")
                .copied(row, &["diag_type", "maindiag_flag", "diag_srt_no", "diag_code", "diag_name", "adm_cond"])
                .copied(row, &["diag_dept", "dise_dor_no", "dise_dor_name", "diag_time"])
                .text("opt_time", past.told_at("2203"))
                .empty(&["opter_id", "opter_name"])
                .done()
        };
        Ok(node("diseinfo", &rows.enumerate().map(row).collect::<Vec<_>>()))
    }))
}
