//! A value that holds from a day on until another one does.

use alloc::vec::Vec;
use gongji_domain::Day;
use serde::{Deserialize, Serialize};

/// Values by the day from which each holds, ascending; before the first there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timeline<T>(Vec<(Day, T)>);

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Timeline<T> {
    /// One value from a day on.
    pub fn since(from: Day, value: T) -> Self {
        Self(alloc::vec![(from, value)])
    }

    /// The value on a day.
    pub fn at(&self, day: Day) -> Option<&T> {
        let after = self.0.partition_point(|(from, _)| *from <= day);
        self.0.get(after.checked_sub(1)?).map(|(_, value)| value)
    }

    /// The value that the first row says.
    pub fn first(&self) -> Option<&T> {
        self.0.first().map(|(_, value)| value)
    }

    /// Every row, ascending.
    pub fn rows(&self) -> &[(Day, T)] {
        &self.0
    }

    /// Whether nothing was ever said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// From this day until the next row the value is another one; a row of the same day is replaced.
    pub fn set(&mut self, from: Day, value: T) {
        match self.0.binary_search_by_key(&from, |(day, _)| *day) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (from, value)),
        }
    }

    /// Takes the row of a day out, so that the one before goes on; gives it.
    pub fn remove(&mut self, from: Day) -> Option<T> {
        let at = self.0.binary_search_by_key(&from, |(day, _)| *day).ok()?;
        Some(self.0.remove(at).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_value_holds_until_the_next_one() {
        let mut line = Timeline::since(day("2024-01-01"), "employer");
        line.set(day("2024-07-01"), "flexible");
        line.set(day("2023-07-01"), "tier_2");
        for (on, value) in [
            ("2023-06-30", None),
            ("2023-07-01", Some(&"tier_2")),
            ("2024-01-01", Some(&"employer")),
            ("2024-06-30", Some(&"employer")),
            ("2030-01-01", Some(&"flexible")),
        ] {
            assert_eq!(line.at(day(on)), value, "{on}");
        }
        line.set(day("2024-07-01"), "tier_1");
        assert_eq!(line.rows().len(), 3);
        assert_eq!(line.remove(day("2024-07-01")), Some("tier_1"));
        assert_eq!(line.remove(day("2024-07-02")), None);
        assert_eq!(line.at(day("2030-01-01")), Some(&"employer"));
    }
}
