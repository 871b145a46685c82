//! The policy language as the oracle reads it: worked examples.

mod areas;
mod generated;
mod minis;
mod rarer;
mod support;
