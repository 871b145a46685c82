//! What the agency's officers do (经办): contributions, credits, the turn of the year. Functions over an open store; the
//! command line and the service are thin on top. Knows no message of the national interface.

pub(crate) mod carry_over;
pub(crate) mod contribute;
pub(crate) mod credit;
pub(crate) mod enrol;
pub(crate) mod many;
#[cfg(test)]
mod tests;
pub(crate) mod town;
pub(crate) mod walk;
