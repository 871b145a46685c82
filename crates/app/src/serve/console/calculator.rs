//! The calculator (待遇计算器): what it asks of each area, a case decided and explained, what is paid of other amounts, and
//! the same visits elsewhere. Public, keeps nothing, and works nothing out itself: the engine decides.

mod areas;
mod compare;
mod curve;
mod quote;
#[cfg(test)]
mod tests;

pub(super) use areas::areas;
pub(super) use compare::compare;
pub(super) use curve::curve;
pub(super) use quote::{otherwise, quote};

use gongji_policy::Library;
use gongji_policy::case::Case;
use serde_json::value::RawValue;

use crate::serve::problem::Problem;

/// Reads a case as `gongji quote` does.
fn case_of(library: &Library, raw: &RawValue) -> Result<Case, Problem> {
    library.read_case(raw.get()).map_err(|fault| Problem::of_case(&fault))
}
