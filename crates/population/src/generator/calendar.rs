//! When care is sought (日历): each day of a year has a weight by its weekday, month and the Spring Festival, each hour one of
//! its own.

use crate::draw::Alias;
use crate::preset::Preset;
use alloc::vec::Vec;
use gongji_domain::{Clock, Day};

/// Days of the festival that are quiet.
const FESTIVAL: i32 = 7;

/// Days and hours of one year.
#[derive(Clone, Debug)]
pub(super) struct Calendar {
    first: Day,
    days: Alias,
    hours: Alias,
}

impl Calendar {
    /// Of hospitals and clinics.
    pub(super) fn institutions(preset: &Preset, year: i16) -> Self {
        Self::new(preset, year, &preset.calendar.weekday.value, &preset.calendar.hour.value)
    }

    /// Of pharmacies.
    pub(super) fn pharmacies(preset: &Preset, year: i16) -> Self {
        Self::new(preset, year, &preset.calendar.weekday_pharmacy.value, &preset.calendar.hour_pharmacy.value)
    }

    fn new(preset: &Preset, year: i16, weekdays: &[f64; 7], hours: &[f64; 24]) -> Self {
        let calendar = &preset.calendar;
        let first = first_day(year);
        let festivals: Vec<Day> = calendar.festivals.value.iter().filter_map(|day| day.parse().ok()).collect();
        let weight = |number: i32| {
            let day = Day::from_number(number);
            let month = (day.month_number() % 12) as usize;
            let festive = festivals.iter().any(|first| (0..FESTIVAL).contains(&(number - first.number())));
            // 1970-01-01 was a Thursday.
            weekdays[(number + 3).rem_euclid(7) as usize]
                * calendar.month.value[month]
                * if month == 11 { calendar.december.value } else { 1.0 }
                * if festive { calendar.festival.value } else { 1.0 }
        };
        let weights: Vec<f64> = (first.number()..first_day(year + 1).number()).map(weight).collect();
        Self { first, days: Alias::new(&weights), hours: Alias::new(hours) }
    }

    /// A day and the hour's first second, from 64 random bits.
    #[inline]
    pub(super) fn pick(&self, bits: u64) -> (Day, Clock) {
        let day = self.first.number() + self.days.pick((bits >> 32) as u32) as i32;
        (Day::from_number(day), Clock(self.hours.pick(bits as u32) as u32 * 3600))
    }
}

/// The first day of a year.
pub(super) fn first_day(year: i16) -> Day {
    Day::from_ymd(year, 1, 1).unwrap_or(Day::FIRST)
}
