//! A fund's money over years and over the months of one year (基金预算): what comes in, what goes out, how long the
//! accumulated balance lasts, and whether a year will exceed its budget.
//!
//! Knows no area and no figure: items, growth and months are brought, each with where it comes from.

mod project;
mod watch;

pub use project::{Flow, Growth, Item, Plan, Projection, YearOf, project};
pub use watch::{Alert, AlertLevel, MonthOf, Watch, WatchFault, Watched, watch};
