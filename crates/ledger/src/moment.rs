//! When something was recorded, and which event of the journal caused it. Both are given by the
//! caller; nothing here reads a clock or counts.

use core::fmt;
use gongji_domain::Day;

/// The moment of recording (记账时刻) by the agency's own clock: a day and milliseconds since midnight.
/// China has one time zone and no summer time, so moments are in order.
#[doc(alias = "记账时刻")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    day: Day,
    millisecond: u32,
}

/// The number of the event (流水号) that caused a transaction; also the transaction's own number,
/// since an event makes one at most. Whoever writes the journal makes it, and makes it unique.
#[doc(alias = "流水号")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventNo(pub u64);

impl Moment {
    /// Before every moment.
    pub const MIN: Self = Self { day: Day::MIN, millisecond: 0 };
    /// After every moment.
    pub const MAX: Self = Self { day: Day::MAX, millisecond: u32::MAX };

    /// A moment of a day, if the day has so many milliseconds.
    pub const fn new(day: Day, millisecond: u32) -> Option<Self> {
        if millisecond < 86_400_000 { Some(Self { day, millisecond }) } else { None }
    }

    /// Its day.
    pub const fn day(self) -> Day {
        self.day
    }

    /// Milliseconds since midnight.
    pub const fn millisecond(self) -> u32 {
        self.millisecond
    }
}

impl fmt::Display for EventNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_in_order_and_a_day_has_so_many() {
        let day: Day = "2024-01-31".parse().unwrap();
        let last = Moment::new(day, 86_399_999).unwrap();
        assert_eq!(Moment::new(day, 86_400_000), None);
        assert!(Moment::MIN < last && last < Moment::new(day.next(), 0).unwrap() && last < Moment::MAX);
        assert_eq!((last.day(), last.millisecond()), (day, 86_399_999));
    }
}
