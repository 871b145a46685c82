//! Civil days as numbers, so that rules compare and count them without a calendar at hand.

use alloc::string::ToString;
use core::fmt;
use jiff::SignedDuration;
use jiff::civil::{Date, Time, date};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A civil day (日期): days since 1970-01-01. Written `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

const EPOCH: Date = date(1970, 1, 1);

/// A time of day in seconds since midnight, written `HH:MM:SS`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clock(pub u32);

/// Why a text is not a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DayError {
    /// Not of the form `YYYY-MM-DD`, or no day of the calendar.
    #[error("不是日期：写作 YYYY-MM-DD，例如 2024-06-01")]
    NotADay,
    /// Outside 1900-01-01 to 2199-12-31.
    #[error("日期须在 1900-01-01 至 2199-12-31 之间")]
    OutOfRange,
}

impl Day {
    /// Before every day.
    pub const MIN: Self = Self(i32::MIN);
    /// The first day that is written (1900-01-01).
    pub const FIRST: Self = Self(-25_567);
    /// After every day.
    pub const MAX: Self = Self(i32::MAX);

    /// The day of a calendar date.
    pub fn from_date(date: Date) -> Self {
        Self((date.duration_since(EPOCH).as_hours() / 24) as i32)
    }

    /// The day of a year, month and day of month, if the calendar has it.
    pub fn from_ymd(year: i16, month: i8, day: i8) -> Option<Self> {
        Date::new(year, month, day).ok().map(Self::from_date)
    }

    /// Days since 1970-01-01.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The day with this number.
    pub const fn from_number(number: i32) -> Self {
        Self(number)
    }

    /// Year, month and day of month.
    ///
    /// # Panics
    /// For [`Day::MIN`] and [`Day::MAX`], which stand for no day of the calendar.
    #[inline]
    pub fn ymd(self) -> (i32, i32, i32) {
        let date = self.date();
        (i32::from(date.year()), i32::from(date.month()), i32::from(date.day()))
    }

    /// The calendar date.
    ///
    /// # Panics
    /// As [`Day::ymd`].
    pub fn date(self) -> Date {
        EPOCH + SignedDuration::from_hours(i64::from(self.0) * 24)
    }

    /// The next day.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The day before.
    #[must_use]
    pub const fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// Whole years from `birth` to this day (周岁): the birthday itself counts.
    pub fn age_since(self, birth: Self) -> i32 {
        let (year, month, day) = self.ymd();
        let (birth_year, birth_month, birth_day) = birth.ymd();
        let had = month > birth_month || (month == birth_month && day >= birth_day);
        year - birth_year - if had { 0 } else { 1 }
    }

    /// Months since January of year 0: the number of the day's calendar month.
    pub fn month_number(self) -> i32 {
        let (year, month, _) = self.ymd();
        year * 12 + month - 1
    }
}

impl core::str::FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 10
            && bytes.iter().enumerate().all(|(i, b)| if i == 4 || i == 7 { *b == b'-' } else { b.is_ascii_digit() });
        if !shaped {
            return Err(DayError::NotADay);
        }
        let number =
            |range: core::ops::Range<usize>| bytes[range].iter().fold(0_i16, |n, b| n * 10 + i16::from(b - b'0'));
        let (year, month, day) = (number(0..4), number(5..7) as i8, number(8..10) as i8);
        let date = Self::from_ymd(year, month, day).ok_or(DayError::NotADay)?;
        if (1900..2200).contains(&year) { Ok(date) } else { Err(DayError::OutOfRange) }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl core::str::FromStr for Clock {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        let time: Time = text.parse().map_err(|_| DayError::NotADay)?;
        let (hour, minute, second) = (time.hour() as u32, time.minute() as u32, time.second() as u32);
        if text.len() == 8 { Ok(Self(hour * 3600 + minute * 60 + second)) } else { Err(DayError::NotADay) }
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { serializer.serialize_i32(self.0) }
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return i32::deserialize(deserializer).map(Self);
        }
        let text = alloc::string::String::deserialize(deserializer)?;
        text.parse().map_err(|fault: DayError| serde::de::Error::custom(fault.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn days_and_dates_are_inverse() {
        let mut day = Day::FIRST;
        assert_eq!(day.to_string(), "1900-01-01");
        let end = "2199-12-31".parse::<Day>().unwrap();
        while day <= end {
            let date = day.date();
            assert_eq!(Day::from_date(date), day);
            assert_eq!(date.to_string(), day.to_string());
            day = Day(day.0 + 13);
        }
        assert_eq!("1970-01-01".parse::<Day>().unwrap().number(), 0);
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in ["2023-02-29", "2024-13-01", "2024-1-1", "20240101", "2024/01/01", "", "2024-01-01T"] {
            assert_eq!(text.parse::<Day>(), Err(DayError::NotADay), "{text}");
        }
        assert_eq!("0001-01-01".parse::<Day>(), Err(DayError::OutOfRange));
    }

    #[test]
    fn age_turns_on_the_birthday() {
        let birth = "1954-02-28".parse().unwrap();
        for (day, age) in [("2024-02-27", 69), ("2024-02-28", 70), ("2024-02-29", 70)] {
            assert_eq!(day.parse::<Day>().unwrap().age_since(birth), age, "{day}");
        }
        let leap = "1956-02-29".parse().unwrap();
        assert_eq!("2023-02-28".parse::<Day>().unwrap().age_since(leap), 66);
        assert_eq!("2023-03-01".parse::<Day>().unwrap().age_since(leap), 67);
    }
}
