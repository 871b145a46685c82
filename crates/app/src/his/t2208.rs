//! 2208 门诊结算撤销: takes back one settlement whole. Later settlements stand as they are.

use compact_str::CompactString;

use super::book::Change;
use super::call::{Call, Done, Plan};
use super::decode::Input;
use super::errors::{Code, Fault};
use super::paying::given_back;
use super::setlinfo::{Kind, SetlOutput};
use super::settling::frame;

/// The transactions that settle and those that take back: of visits, of purchases.
const PAIRS: [(&str, &str); 2] = [("2207", "2208"), ("2102", "2103")];

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    cancelling(input, false)
}

/// Takes back a settlement of a visit, or a purchase at a pharmacy (2103).
pub(crate) fn cancelling(input: &Input<'_>, purchase: bool) -> Result<Plan, Fault> {
    let data = input.node("data")?;
    let cancels = data.required("setl_id", 30)?;
    let mdtrt_id = data.required("mdtrt_id", 30)?;
    let psn_no = CompactString::from(data.required_word("psn_no", 30)?);
    data.finish(input.notes);
    input.finish();

    Ok(Plan::of_visit(&psn_no.clone(), &mdtrt_id.clone(), move |call: &Call<'_>| {
        let member = call.member(&psn_no, "data.psn_no")?;
        let visit = call.visit(&mdtrt_id, &psn_no, "data.mdtrt_id")?;
        let (settles, takes_back) = PAIRS[usize::from(visit.purchase)];
        if visit.purchase != purchase {
            let fault = Fault::at(Code::OtherCancellation, "infno").given(PAIRS[usize::from(purchase)].1);
            return Err(fault.allowed(format!(" {takes_back}")));
        }
        let none = || {
            let fault = Fault::at(Code::SettlementNotFound, "data.setl_id").given(&cancels);
            fault.allowed(format!("{settles} 返回的 setl_id"))
        };
        let settled = visit.settlement(&cancels).ok_or_else(none)?;
        if let Some(before) = &settled.cancelled_by {
            let fault = Fault::at(Code::AlreadyCancelled, "data.setl_id").given(&cancels);
            return Err(fault.allowed(format!("未撤销的结算（已由 {before} 撤销）")));
        }
        let setl_id = call.number(member);
        let kind = Kind::Cancellation { setl_id: &setl_id, cancels: &cancels };
        let output = SetlOutput::new(kind, settled, frame(call, member));
        let output = if purchase { output.at_pharmacy() } else { output }.written();
        let policy = settled.decided.policy.clone();
        let (with, previous) = given_back(call, settled)?;
        let change = Change::Cancelled { setl_id, cancels: cancels.clone(), previous };
        Ok(Done::record("cancelled", member, output, change, policy).together(with).in_visit(&mdtrt_id))
    })
    .with_relatives(true))
}
