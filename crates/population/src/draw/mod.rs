//! Drawing: streams of random bits, and tables that turn bits into days, levels, shares and amounts.
//!
//! A table is worked out once from a preset; a draw is then a few whole-number steps.

mod alias;
mod amount;
mod count;
mod curve;
mod stream;

pub(crate) use alias::Alias;
pub(crate) use amount::{Bounds, fen, part};
pub(crate) use count::poisson;
pub(crate) use curve::Curve;
pub(crate) use curve::{Shares, gamma};
pub(crate) use stream::{Purpose, Streams, chance, normal};
