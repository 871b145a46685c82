//! Where the time comes from.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, offset};

/// Tells the civil time.
pub(crate) trait Clock: Send + Sync + 'static {
    /// Now, at +08:00.
    fn now(&self) -> DateTime;
}

/// The machine's clock at +08:00, whatever zone the machine is set to: China has one time, and
/// had no summer time since the employees' scheme exists.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ChinaTime;

const CHINA: Offset = offset(8);

impl Clock for ChinaTime {
    fn now(&self) -> DateTime {
        CHINA.to_datetime(Timestamp::now())
    }
}

/// Today in China, for commands that say how old something is.
pub(crate) fn today() -> gongji_domain::Day {
    let now = ChinaTime.now();
    gongji_domain::Day::from_ymd(now.year(), now.month(), now.day()).unwrap_or(gongji_domain::Day::MIN)
}

/// Milliseconds since 1970 began in Greenwich, of a civil time at +08:00.
pub(crate) fn unix_millis(at: DateTime) -> i64 {
    CHINA.to_timestamp(at).map_or(i64::MIN, Timestamp::as_millisecond)
}
