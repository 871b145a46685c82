//! Accumulation periods (累计周期) and which instance of one a moment falls into.

use alloc::boxed::Box;
use gongji_domain::{Clock, Day};

/// The period over which a counter runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// One settlement: always starts from nothing.
    Visit,
    /// A civil day.
    Day,
    /// A calendar month.
    Month,
    /// The area's benefit year (待遇年度).
    Year,
    /// For ever.
    Life,
    /// So many seconds from the first visit that opens it.
    Opened(u32),
}

/// Which day, month, year … it is: a number that orders the instances of one period.
pub type Instance = i64;

/// The first days of the area's benefit years, ascending, restarts included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Years(Box<[Day]>);

impl Years {
    /// Benefit years that begin on these days.
    ///
    /// # Panics
    /// If the days are empty or not strictly ascending.
    pub fn new(starts: Box<[Day]>) -> Self {
        assert!(!starts.is_empty() && starts.is_sorted_by(|a, b| a < b));
        Self(starts)
    }

    /// The first day of the benefit year that this day lies in.
    #[inline]
    pub fn start(&self, day: Day) -> Day {
        let starts = &self.0;
        // 400 years have 146 097 days, so without restarts this guess is at most a step off.
        let guess = i64::from(day.number() - starts[0].number()) * 400 / 146_097;
        let mut i = (guess.max(0) as usize).min(starts.len() - 1);
        while i + 1 < starts.len() && starts[i + 1] <= day {
            i += 1;
        }
        while i > 0 && starts[i] > day {
            i -= 1;
        }
        starts[i]
    }
}

impl Period {
    /// The instance of a moment; for [`Period::Opened`] the one that this moment would open.
    #[inline]
    pub fn instance(self, years: &Years, day: Day, clock: Clock) -> Instance {
        match self {
            Self::Visit | Self::Life => 0,
            Self::Day => day.number().into(),
            Self::Month => day.month_number().into(),
            Self::Year => years.start(day).number().into(),
            Self::Opened(_) => Instance::from(day.number()) * 86_400 + Instance::from(clock.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn a_day_lies_in_the_year_that_last_began() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let starts: Vec<Day> = ["2020-07-01", "2021-07-01", "2021-10-01", "2022-07-01", "2023-07-01"].map(day).into();
        let years = Years::new(starts.into());
        for (text, start) in [
            ("2019-01-01", "2020-07-01"),
            ("2020-07-01", "2020-07-01"),
            ("2021-06-30", "2020-07-01"),
            ("2021-09-30", "2021-07-01"),
            ("2021-10-01", "2021-10-01"),
            ("2023-06-30", "2022-07-01"),
            ("2030-01-01", "2023-07-01"),
        ] {
            assert_eq!(years.start(day(text)), day(start), "{text}");
        }
    }
}
