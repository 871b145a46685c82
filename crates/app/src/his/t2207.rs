//! 2207 门诊结算: settles one batch of a visit.

use super::book::Change;
use super::call::{Call, Done, Plan};
use super::decode::Input;
use super::errors::Fault;
use super::setlinfo::{Kind, SetlOutput};
use super::settling::{Ask, frame};

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let ask = Ask::read(input)?;
    Ok(ask.plan(move |ask, call: &Call<'_>| {
        let (member, settled) = ask.decide(call)?;
        let setl_id = call.number(member);
        let output = SetlOutput::new(Kind::Settlement(&setl_id), &settled, frame(call, member)).written();
        let policy = settled.decided.policy.clone();
        let mdtrt_id = settled.mdtrt_id.clone();
        let with = settled.aid.iter().map(|aid| aid.holder.clone()).collect();
        let change = Change::Settled { setl_id, settlement: Box::new(settled) };
        Ok(Done::record("settled", member, output, change, policy).together(with).in_visit(&mdtrt_id))
    }))
}
