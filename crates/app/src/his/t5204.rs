//! 5204 费用明细查询: the fee lines of a settlement of this institution, as uploaded and as priced.

use super::call::{Done, Looking, Plan};
use super::decode::Input;
use super::errors::{Code, Fault};
use super::json::Json;
use super::past::{Charged, Past};
use super::row::Row;

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("data")?;
    let psn_no = data.required("psn_no", 30)?;
    // Clients that ask before settling leave it empty.
    let setl_id = data.optional("setl_id", 30)?;
    let mdtrt_id = data.required("mdtrt_id", 30)?;
    data.finish(input.notes);
    input.finish();

    Ok(Plan::looking(&psn_no.clone(), move |look: &Looking<'_>| {
        look.member(&psn_no, "data.psn_no")?;
        let past = look.visit(&psn_no, &mdtrt_id)?;
        let lines = match &setl_id {
            None => past.charged(None)?,
            Some(id) => {
                let none =
                    || Fault::at(Code::SettlementNotFound, "data.setl_id").given(id).allowed("2207 返回的 setl_id");
                past.settlement(id).ok_or_else(none)?;
                past.charged(Some(id))?
            }
        };
        let rows: Vec<Json> =
            lines.iter().map(|line| row(&past, setl_id.as_deref().unwrap_or_default(), line)).collect();
        // The interface names no node here: the output itself is the list.
        Ok(Done::answer(&rows))
    }))
}

fn row(past: &Past, setl_id: &str, line: &Charged) -> Json<'static> {
    let (asked, priced) = (&line.asked, &line.priced);
    Row::default()
        .text("mdtrt_id", &past.mdtrt_id)
        .text("setl_id", setl_id)
        .copied(asked, &["feedetl_sn"])
        .renamed("rx_drord_no", asked, "rxno")
        .text("med_type", past.description().map_or("", |description| &description.med_type))
        .copied(asked, &["fee_ocur_time"])
        .copied(priced, &["cnt", "pric"])
        .copied(asked, &["sin_dos_dscr", "used_frqu_dscr", "prd_days", "medc_way_dscr"])
        .copied(priced, &["det_item_fee_sumamt", "pric_uplmt_amt", "selfpay_prop", "fulamt_ownpay_amt", "overlmt_amt"])
        .copied(priced, &["preselfpay_amt", "inscp_scp_amt", "chrgitm_lv"])
        .item(line)
        .copied(asked, &["bilg_dept_codg", "bilg_dept_name", "bilg_dr_codg", "bilg_dr_name", "acord_dept_codg"])
        .copied(asked, &["acord_dept_name", "orders_dr_code", "orders_dr_name"])
        .flags(line)
        .copied(priced, &["drt_reim_flag", "memo"])
        .empty(&["opter_id", "opter_name"])
        .text("opt_time", &line.at)
        .done()
}
