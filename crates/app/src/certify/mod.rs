//! The judge of vendors' clients (接口验收): holds what an institution sent, as the sandbox's call log has it,
//! against written scenarios. Scenarios are data; this knows no transaction.

mod judge;
mod page;
mod scenario;

pub(crate) use judge::{Verdict, judge};
pub(crate) use page::page;
pub(crate) use scenario::{Outcome, Scenario, all};
