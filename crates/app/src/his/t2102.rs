//! 2102 药店结算: a purchase at a pharmacy, charged and settled by one message. Its one event begins a visit of
//! its own, so 就诊ID and 结算ID are the same number.

use super::book::Change;
use super::call::{Call, Done, Plan};
use super::decode::Input;
use super::errors::Fault;
use super::purchase::{Ask, Decided};
use super::setlinfo::{Kind, SetlOutput};
use super::settling::frame;

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let ask = Ask::read(input)?;
    Ok(ask.plan(|ask, call: &Call<'_>| {
        let member = call.member(ask.psn_no(), "data.psn_no")?;
        let setl_id = call.number(member);
        let Decided { member, settled, lines, told } = ask.decide(call, &setl_id)?;
        let output =
            SetlOutput::new(Kind::Settlement(&setl_id), &settled, frame(call, member)).with_lines(told).written();
        let policy = settled.decided.policy.clone();
        let with = settled.aid.iter().map(|aid| aid.holder.clone()).collect();
        let previous = call.book.last_visit(ask.psn_no());
        let change = Change::Purchased { setl_id, purchase: Box::new(ask.kept(settled, lines, previous)) };
        Ok(Done::record("purchased", member, output, change, policy).together(with).begins_visit(call.seq))
    }))
}
