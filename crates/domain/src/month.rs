//! Calendar months: contributions are owed and accounts are credited by the month.

use alloc::string::String;
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::day::Day;

/// A calendar month (月份): months since January of year 0. Written `YYYY-MM`.
///
/// ```
/// use gongji_domain::Month;
/// let month: Month = "2024-12".parse().unwrap();
/// assert_eq!(month.next().to_string(), "2025-01");
/// assert_eq!(month.last_day().to_string(), "2024-12-31");
/// ```
#[doc(alias = "月份")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

/// Why a text is not a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("不是月份：写作 YYYY-MM，在 1900-01 至 2199-12 之间，例如 2024-06")]
pub struct MonthError;

impl Month {
    /// The month in which a day lies.
    pub fn of(day: Day) -> Self {
        Self(day.month_number())
    }

    /// Months since January of year 0.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The month with this number, if it is one that is written.
    pub fn from_number(number: i32) -> Option<Self> {
        (1900 * 12..2200 * 12).contains(&number).then_some(Self(number))
    }

    /// The year.
    pub const fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// The month of the year, 1 to 12.
    pub const fn of_year(self) -> i32 {
        self.0.rem_euclid(12) + 1
    }

    /// Its first day.
    ///
    /// # Panics
    /// For a month that [`Month::plus`] took out of the calendar, beyond year 9999.
    pub fn first_day(self) -> Day {
        let year = i16::try_from(self.year()).unwrap_or(i16::MAX);
        Day::from_ymd(year, self.of_year() as i8, 1).expect("every month of the calendar begins")
    }

    /// Its last day.
    ///
    /// # Panics
    /// As [`Month::first_day`].
    pub fn last_day(self) -> Day {
        self.next().first_day().before()
    }

    /// The month after.
    #[must_use]
    pub const fn next(self) -> Self {
        self.plus(1)
    }

    /// So many months later, or earlier.
    #[must_use]
    pub const fn plus(self, months: i32) -> Self {
        Self(self.0.saturating_add(months))
    }

    /// How many months lie between `earlier` and this one.
    pub const fn since(self, earlier: Self) -> i32 {
        self.0.saturating_sub(earlier.0)
    }
}

impl core::str::FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let bytes = text.as_bytes();
        let digits = |from: usize, to: usize| {
            let part = bytes.get(from..to)?;
            part.iter().all(u8::is_ascii_digit).then(|| part.iter().fold(0, |n, b| n * 10 + i32::from(b - b'0')))
        };
        match (bytes.len(), digits(0, 4), bytes.get(4), digits(5, 7)) {
            (7, Some(year), Some(b'-'), Some(month @ 1..=12)) => {
                Self::from_number(year * 12 + month - 1).ok_or(MonthError)
            }
            _ => Err(MonthError),
        }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.of_year())
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { serializer.serialize_i32(self.0) }
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            return text.parse().map_err(serde::de::Error::custom);
        }
        Self::from_number(i32::deserialize(deserializer)?).ok_or_else(|| serde::de::Error::custom(MonthError))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn months_are_read_and_written_and_know_their_days() {
        for (text, first, last) in [
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("2023-12", "2023-12-01", "2023-12-31"),
            ("1900-01", "1900-01-01", "1900-01-31"),
            ("2199-12", "2199-12-01", "2199-12-31"),
        ] {
            let month: Month = text.parse().unwrap();
            assert_eq!(month.to_string(), text);
            assert_eq!([month.first_day().to_string(), month.last_day().to_string()], [first, last]);
            assert_eq!(Month::of(month.last_day()), month);
            assert_eq!(Month::from_number(month.number()), Some(month));
        }
        for text in
            ["", "2024", "2024-1", "2024-00", "2024-13", "1899-12", "2200-01", "2024/01", "2024-01-01", "二〇-01"]
        {
            assert_eq!(text.parse::<Month>(), Err(MonthError), "{text}");
        }
    }

    #[test]
    fn months_are_counted_over_years() {
        let month = |text: &str| text.parse::<Month>().unwrap();
        assert_eq!(month("2023-12").next(), month("2024-01"));
        assert_eq!(month("2024-01").plus(-13), month("2022-12"));
        assert_eq!(month("2024-03").since(month("2023-01")), 14);
    }
}
