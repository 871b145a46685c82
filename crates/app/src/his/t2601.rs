//! 2601 冲正: takes back a message whose answer was lost, by its message number.
//!
//! A settlement that stands is cancelled whole; one that was cancelled before stays so; and a message that
//! never came is barred, so that it cannot come late. In each case the settlement has no effect afterwards,
//! which is what the caller asks, and the answer is the same.

use super::book::Change;
use super::call::{Call, Done, Nothing, Plan};
use super::decode::Input;
use super::errors::{Code, Fault};
use super::paying::given_back;
use super::written::Output;

/// What can be taken back, without the letter that only adds optional fields.
const REVERSIBLE: [&str; 2] = ["2207", "2102"];

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("data")?;
    let psn_no = data.required("psn_no", 30)?;
    let omsgid = data.required("omsgid", 30)?;
    let oinfno = data.required("oinfno", 5)?;
    data.finish(input.notes);
    input.finish();
    if !REVERSIBLE.contains(&base(&oinfno)) {
        let fault = Fault::at(Code::NotReversible, "data.oinfno").given(&oinfno);
        return Err(fault.allowed(" 2207 门诊结算、2102 药店结算；其余交易用同一报文编号重发即得首次的应答"));
    }
    let said = (psn_no.clone(), omsgid.clone());
    Ok(Plan::referring(&psn_no, &omsgid, move |call: &Call<'_>| decide(call, &said.0, &said.1, &oinfno))
        .with_relatives(true))
}

fn base(infno: &str) -> &str {
    infno.strip_suffix(['A', 'B']).unwrap_or(infno)
}

fn decide(call: &Call<'_>, psn_no: &str, omsgid: &str, oinfno: &str) -> Result<Done, Fault> {
    let member = call.member(psn_no, "data.psn_no")?;
    let Some(original) = call.book.original() else {
        call.notes.say(format!("没有收到过报文 {omsgid}；它以后再来也不受理"));
        let change = Change::Barred { omsgid: omsgid.to_owned() };
        return Ok(Done::record("barred", member, Output::of(&Nothing {}), change, String::new()).in_no_visit());
    };
    if original.msgid != omsgid {
        call.notes.say(format!("报文 {omsgid} 未曾收到，已由 {} 冲正", original.msgid));
        return Ok(Done::answer(&Nothing {}));
    }
    let differs = |field: &str, given: &str, is: &str| {
        Err(Fault::at(Code::OriginalDiffers, field).given(given).allowed(format!(" {is}")))
    };
    if base(&original.infno) != base(oinfno) {
        return differs("data.oinfno", oinfno, &original.infno);
    }
    if original.psn_no != psn_no {
        return differs("data.psn_no", psn_no, &original.psn_no);
    }
    let missing = || Fault::at(Code::SettlementNotFound, "data.omsgid").given(omsgid);
    let (visit, cancels) = call.book.settled_by(original).ok_or_else(missing)?;
    let settled = visit.settlement(&cancels).ok_or_else(missing)?;
    if let Some(before) = &settled.cancelled_by {
        call.notes.say(format!("结算 {cancels} 已由 {before} 撤销"));
        return Ok(Done::answer(&Nothing {}));
    }
    let setl_id = call.number(member);
    let (policy, mdtrt_id) = (settled.decided.policy.clone(), settled.mdtrt_id.clone());
    let (with, previous) = given_back(call, settled)?;
    let change = Change::Cancelled { setl_id, cancels, previous };
    Ok(Done::record("reversed", member, Output::of(&Nothing {}), change, policy).together(with).in_visit(&mdtrt_id))
}
