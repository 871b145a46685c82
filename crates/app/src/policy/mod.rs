//! Policy packages (政策包) as people look at them: what commands and pages both show, check and compare. Writes to no terminal
//! and answers no request.

pub(crate) mod articles;
pub(crate) mod check;
pub(crate) mod diff;
pub(crate) mod elsewhere;
pub(crate) mod scaffold;
pub(crate) mod shelf;
pub(crate) mod upload;
pub(crate) mod words;
