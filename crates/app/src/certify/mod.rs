//! The judge of vendors' clients (接口验收): holds what an institution sent, as the sandbox's call log has it,
//! against written scenarios. Scenarios are data; this knows no transaction.

mod judge;
mod page;
mod scenario;

use serde::Serialize;

use crate::calls::Call;
pub(crate) use judge::{Verdict, judge};
pub(crate) use page::page;
pub(crate) use scenario::{Outcome, Scenario, Step, all};

/// One scenario's outcome.
#[derive(Serialize)]
pub(crate) struct Judged<'a> {
    pub name: &'a str,
    pub title: &'a str,
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// Judges what an institution sent by some scenarios.
pub(crate) fn judged<'s>(
    scenarios: impl IntoIterator<Item = &'s Scenario>,
    calls: &[Call],
    institution: &str,
) -> Vec<Judged<'s>> {
    let judged = |scenario: &'s Scenario| Judged {
        name: &scenario.name,
        title: &scenario.title,
        verdict: judge(scenario, calls, institution),
    };
    scenarios.into_iter().map(judged).collect()
}

/// Whether an institution's messages were noted without what they said, so that nobody can judge them.
pub(crate) fn has_no_bodies(calls: &[Call], institution: &str) -> bool {
    let mut own = calls.iter().filter(|call| call.institution == institution).peekable();
    own.peek().is_some() && own.all(|call| call.request.is_none())
}
