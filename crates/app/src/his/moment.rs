//! A civil day with its time, fixed at +08:00: `yyyy-MM-dd HH:mm:ss`.

use std::fmt;
use std::str::FromStr;

use compact_str::CompactString;
use gongji_domain::{Clock, Day};
use jiff::civil::DateTime;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::written::put_digits;

/// A civil day and second of that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    /// The day.
    pub day: Day,
    pub second: u32,
}

impl Moment {
    /// The moment of a civil date and time.
    pub(crate) fn of(at: DateTime) -> Self {
        let time = at.time();
        let [hour, minute, second] =
            [time.hour(), time.minute(), time.second()].map(|part| u32::from(part.unsigned_abs()));
        Self { day: Day::from_date(at.date()), second: hour * 3600 + minute * 60 + second }
    }

    /// The last second of its day.
    pub(crate) fn end_of_day(self) -> Self {
        Self { second: 24 * 3600 - 1, ..self }
    }

    /// The time of day.
    pub(crate) fn clock(self) -> Clock {
        Clock(self.second)
    }

    /// The same in the books.
    pub(crate) fn in_books(self) -> gongji_ledger::Moment {
        // A second of a day is always one of its milliseconds.
        gongji_ledger::Moment::new(self.day, self.second * 1000).unwrap_or(gongji_ledger::Moment::MIN)
    }

    /// `yyyy-MM-dd HH:mm:ss`.
    pub(crate) fn to_text(self) -> CompactString {
        let (year, month, day) = self.day.ymd();
        let [year, month, day] = [year, month, day].map(i32::unsigned_abs);
        let [hour, minute, second] = [self.second / 3600, self.second / 60 % 60, self.second % 60];
        let mut text = *b"0000-00-00 00:00:00";
        let parts = [(0, year / 100), (2, year % 100), (5, month), (8, day), (11, hour), (14, minute), (17, second)];
        for (at, number) in parts {
            // Each is below a hundred, so both are digits.
            text[at] += (number / 10) as u8;
            text[at + 1] += (number % 10) as u8;
        }
        str::from_utf8(&text).unwrap_or_default().into()
    }

    /// `HH:MM:SS`.
    pub(crate) fn time(self) -> String {
        self.to_text()[11..].to_owned()
    }

    /// `yyyyMMdd`.
    pub(crate) fn compact_day(self) -> String {
        let mut text = String::with_capacity(8);
        put_digits(&mut text, self.digits() / 1_000_000, 8);
        text
    }

    /// `yyyyMMddHHmmss` as a number.
    pub(crate) fn digits(self) -> u64 {
        let (year, month, day) = self.day.ymd();
        let day = u64::from(year.unsigned_abs()) * 10_000
            + u64::from(month.unsigned_abs()) * 100
            + u64::from(day.unsigned_abs());
        let [hour, minute, second] = [self.second / 3600, self.second / 60 % 60, self.second % 60];
        day * 1_000_000 + u64::from(hour * 10_000 + minute * 100 + second)
    }
}

/// `yyyy-MM-dd`.
pub(crate) fn day_text(day: Day) -> CompactString {
    let mut text = Moment { day, second: 0 }.to_text();
    text.truncate(10);
    text
}

/// The day so many days after another.
pub(crate) fn days_later(day: Day, days: u16) -> Day {
    (0..days).fold(day, |day, _| day.next())
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

impl FromStr for Moment {
    type Err = ();

    /// A day alone is its midnight.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (day, time) = text.split_once(' ').unwrap_or((text, "00:00:00"));
        let bytes = time.as_bytes();
        let shaped = bytes.len() == 8
            && bytes.iter().enumerate().all(|(i, b)| if i == 2 || i == 5 { *b == b':' } else { b.is_ascii_digit() });
        if !shaped {
            return Err(());
        }
        let two = |at: usize| u32::from(bytes[at] - b'0') * 10 + u32::from(bytes[at + 1] - b'0');
        let (hour, minute, second) = (two(0), two(3), two(6));
        if hour > 23 || minute > 59 || second > 59 {
            return Err(());
        }
        Ok(Self { day: day.parse().map_err(|_| ())?, second: hour * 3600 + minute * 60 + second })
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|()| serde::de::Error::custom(format!("{text} is no moment")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_whole_or_not_at_all() {
        for (text, shown) in [
            ("2024-06-01 08:30:00", Some("2024-06-01 08:30:00")),
            ("2024-06-01", Some("2024-06-01 00:00:00")),
            ("2024-02-30 08:30:00", None),
            ("2024-06-01 24:00:00", None),
            ("2024-06-01 08:60:00", None),
            ("2024-06-01 8:30:00", None),
            ("2024-06-01T08:30:00", None),
            ("20240601083000", None),
            ("2024-06-01 08:30:00 ", None),
            ("", None),
        ] {
            assert_eq!(text.parse::<Moment>().ok().map(|m| m.to_string()).as_deref(), shown, "{text}");
        }
    }
}
