//! Choosing the figures of a policy (参数设计): what one policy comes to on a population, how it answers to a figure, which
//! policies are efficient, and a search for the best that keeps to its bounds. Whole numbers only, so that a search takes
//! the same way every time. Knows no package: whoever searches brings the policies' outcomes.

mod outcome;
mod search;
mod swift;

pub use outcome::{Outcome, StatusSums};
pub use search::{Judged, Knob, Search, Tried, efficient, elasticity, grid, search};
pub use swift::{Swift, YearCredit};
