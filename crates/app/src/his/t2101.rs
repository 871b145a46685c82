//! 2101 药店预结算: what a purchase at a pharmacy would be. Stores nothing.

use gongji_domain::Fen;

use super::call::{Call, Done, Plan};
use super::decode::Input;
use super::errors::Fault;
use super::purchase::Ask;
use super::setlinfo::{Kind, SetlOutput};
use super::settling::frame;

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let ask = Ask::read(input)?;
    let plan = ask.plan(|ask, call: &Call<'_>| {
        // There is no visit yet that could have a number.
        let mut decided = ask.decide(call, "")?;
        for line in &mut decided.told {
            line.hosp_part_amt = Some(Fen::ZERO.into());
        }
        let output = SetlOutput::new(Kind::Trial, &decided.settled, frame(call, decided.member));
        Ok(Done::Answer(output.with_lines(decided.told).written()))
    });
    Ok(plan.only_asks())
}
