//! 2103 药店结算撤销: takes back one purchase (2102) whole.

use super::call::Plan;
use super::decode::Input;
use super::errors::Fault;
use super::t2208;

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    t2208::cancelling(input, true)
}
