//! 2202 门诊挂号撤销: takes back a registration of which nothing is left. Afterwards nothing can be added to
//! the visit.
//!
//! Refused while a settlement stands (2208 first) and while lines remain (2205 first): each step of a visit is
//! undone by its own transaction, so nothing that was charged disappears in passing.

use super::book::Change;
use super::call::{Call, Done, Nothing, Plan};
use super::decode::Input;
use super::errors::{Code, Fault};
use super::written::Output;

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("data")?;
    let psn_no = data.required("psn_no", 30)?;
    let mdtrt_id = data.required("mdtrt_id", 30)?;
    let ipt_otp_no = data.required("ipt_otp_no", 30)?;
    data.known(&["mdtrt_mode"]);
    data.finish(input.notes);
    input.finish();

    Ok(Plan::of_visit(&psn_no.clone(), &mdtrt_id.clone(), move |call: &Call<'_>| {
        let member = call.member(&psn_no, "data.psn_no")?;
        let visit = call.open_visit(&mdtrt_id, &psn_no, "data.mdtrt_id")?;
        let registered = &visit.registration.ipt_otp_no;
        if *registered != ipt_otp_no {
            let fault = Fault::at(Code::OriginalDiffers, "data.ipt_otp_no").given(&ipt_otp_no);
            return Err(fault.allowed(format!(" {registered}")));
        }
        let at_visit = |code| Fault::at(code, "data.mdtrt_id").given(&mdtrt_id);
        if let Some(setl_id) = visit.standing() {
            return Err(at_visit(Code::VisitSettled).allowed(format!("先以 2208 撤销结算 {setl_id}")));
        }
        if !visit.lines.is_empty() {
            return Err(at_visit(Code::ChargesRemain).allowed("先以 2205 撤销明细（chrg_bchno 传 0000 为全部）"));
        }
        let change = Change::Unregistered { mdtrt_id: mdtrt_id.clone() };
        Ok(Done::record("unregistered", member, Output::of(&Nothing {}), change, String::new()).in_visit(&mdtrt_id))
    }))
}
