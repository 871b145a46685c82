//! 2206 门诊预结算: what a settlement would be. Stores nothing.

use super::call::{Call, Done, Plan};
use super::decode::Input;
use super::errors::Fault;
use super::setlinfo::{Kind, SetlOutput};
use super::settling::{Ask, frame};

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let ask = Ask::read(input)?;
    let plan = ask.plan(move |ask, call: &Call<'_>| {
        let (member, settled) = ask.decide(call)?;
        Ok(Done::Answer(SetlOutput::new(Kind::Trial, &settled, frame(call, member)).written()))
    });
    Ok(plan.only_asks())
}
