//! Policies tried on a whole population (政策模拟): packages found, people brought, batches run on threads, results as
//! tables, JSON, Excel, Parquet and a page. What a year comes to is worked out in the microsimulation crate; nothing
//! here knows a rule.

pub(crate) mod assumptions;
pub(crate) mod chart;
#[expect(clippy::float_arithmetic, reason = "heights of bars, shown and never reckoned with")]
pub(crate) mod charts;
pub(crate) mod figures;
pub(crate) mod html;
pub(crate) mod parquet;
pub(crate) mod policies;
pub(crate) mod report;
#[expect(clippy::float_arithmetic, reason = "heights of bars, shown and never reckoned with")]
pub(crate) mod results;
pub(crate) mod runs;
#[expect(
    clippy::float_arithmetic,
    reason = "a workbook knows no other number; what is written is shown, never reckoned with"
)]
pub(crate) mod sheet;
pub(crate) mod work;
