//! Closed periods (关账): up to which day each area's books are reconciled and shut, and on which day of
//! the books an entry lands. Knows no balance.

use crate::name::AreaCode;
use crate::transaction::{Entry, Transaction};
use alloc::collections::BTreeMap;
use gongji_domain::Day;

/// Up to which day each area's books are closed. What was posted up to that day never changes.
#[doc(alias = "关账")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Periods {
    closed: BTreeMap<AreaCode, Day>,
}

/// Why a period does not close, or an entry does not land.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeriodFault {
    /// Books close forward only.
    #[error("统筹区 {area} 的账已关至 {through}，只能向后关账")]
    AlreadyClosed {
        /// The area.
        area: AreaCode,
        /// The day up to which its books are closed.
        through: Day,
    },
    /// Not a day that books can close with.
    #[error("统筹区 {area} 的关账日须在 1900-01-01 至 2199-12-30 之间")]
    NotADay {
        /// The area.
        area: AreaCode,
    },
    /// The effective day lies in a closed period, and the entry neither reverses nor corrects.
    #[error("生效日在统筹区 {area} 已关账的期间内（已关至 {through}），只能以冲销或更正入账")]
    Closed {
        /// The area.
        area: AreaCode,
        /// The day up to which its books are closed.
        through: Day,
    },
}

/// The last day that books can close with: one must follow.
const LAST: Day = Day::from_number(84_004);

impl Periods {
    /// Closes an area's books up to and with a day, after they were reconciled (对账).
    ///
    /// # Errors
    /// If they are closed up to there already, or it is no day of the calendar.
    pub fn close(&mut self, area: AreaCode, through: Day) -> Result<(), PeriodFault> {
        if through < Day::FIRST || through > LAST {
            return Err(PeriodFault::NotADay { area });
        }
        match self.closed.get(&area) {
            Some(closed) if *closed >= through => Err(PeriodFault::AlreadyClosed { area, through: *closed }),
            _ => {
                self.closed.insert(area, through);
                Ok(())
            }
        }
    }

    /// The day up to which an area's books are closed, if ever.
    pub fn closed_through(&self, area: AreaCode) -> Option<Day> {
        self.closed.get(&area).copied()
    }

    /// How far all books are closed together, as a number that every closing raises.
    pub fn measure(&self) -> u64 {
        let days = self.closed.values().map(|through| i64::from(through.number()) - i64::from(Day::FIRST.number()) + 1);
        days.map(i64::unsigned_abs).sum()
    }

    /// Every area whose books were ever closed, with the day.
    pub fn closed(&self) -> impl Iterator<Item = (AreaCode, Day)> {
        self.closed.iter().map(|(area, through)| (*area, *through))
    }

    /// Lands an entry: on its effective day when that is open in every area concerned. A reversal or
    /// correction of a closed day lands on the day of recording or, where that is closed too, on the
    /// first open day; its effective day stays named.
    ///
    /// # Errors
    /// [`PeriodFault::Closed`] for any other entry of a closed day.
    pub fn land(&self, entry: Entry) -> Result<Transaction, PeriodFault> {
        let latest = entry.postings().iter().filter_map(|posting| {
            let area = posting.account.area();
            self.closed_through(area).map(|through| (through, area))
        });
        let head = entry.head();
        match latest.max() {
            Some((through, area)) if head.effective <= through => {
                if !entry.kind().adjusts() {
                    return Err(PeriodFault::Closed { area, through });
                }
                Ok(Transaction::land(entry, through.next().max(head.recorded.day())))
            }
            _ => Ok(Transaction::land(entry, head.effective)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::Moment;
    use crate::rules::cases::{area, head, holder, landed};
    use crate::rules::{contribution, mutual_aid};
    use crate::transaction::Head;
    use crate::{Fault, Part};
    use alloc::string::ToString;
    use gongji_domain::Fen;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn entry(effective: &str, recorded: &str) -> Result<Entry, Fault> {
        let recorded = Moment::new(day(recorded), 0).unwrap();
        contribution(Head { recorded, ..head(1, effective) }, area("211200"), Fen::from_fen(1))
    }

    #[test]
    fn an_entry_lands_where_the_table_says() {
        let mut periods = Periods::default();
        periods.close(area("211200"), day("2024-03-31")).unwrap();
        for (effective, recorded, plain, adjusting) in [
            ("2024-03-31", "2024-04-20", None, "2024-04-20"),
            ("2024-04-01", "2024-04-20", Some("2024-04-01"), "2024-04-01"),
            ("2023-12-31", "2024-03-30", None, "2024-04-01"),
            ("2024-05-01", "2024-04-20", Some("2024-05-01"), "2024-05-01"),
        ] {
            let entry = entry(effective, recorded).unwrap();
            let landed = periods.land(entry.clone()).map(|t| t.accounting().to_string()).ok();
            assert_eq!(landed.as_deref(), plain, "{effective} {recorded}");
            let landed = periods.land(entry.into_correction()).unwrap();
            assert_eq!(landed.accounting(), day(adjusting), "{effective} {recorded}");
            assert_eq!(landed.entry().head().effective, day(effective));
        }
    }

    #[test]
    fn books_close_forward_only_and_area_by_area() {
        let mut periods = Periods::default();
        let (area, other) = (area("211200"), area("500000"));
        periods.close(area, day("2024-03-31")).unwrap();
        for through in ["2024-03-31", "2024-03-30"] {
            let closed = PeriodFault::AlreadyClosed { area, through: day("2024-03-31") };
            assert_eq!(periods.close(area, day(through)), Err(closed));
        }
        for through in [Day::MAX, Day::MIN, day("2199-12-31")] {
            assert_eq!(periods.close(area, through), Err(PeriodFault::NotADay { area }));
        }
        assert_eq!(periods.closed_through(other), None);
        assert_eq!(periods.close(area, day("2199-12-30")), Ok(()));
    }

    #[test]
    fn an_entry_of_two_areas_lands_where_both_are_open() {
        let (from, to) = (holder("P1/211200"), holder("P2/500000"));
        let aid = mutual_aid(head(1, "2024-04-10"), from, &[(Part::Current, Fen::from_fen(1))], to);
        let mut periods = Periods::default();
        periods.close(from.area, day("2024-03-31")).unwrap();
        assert_eq!(periods.land(aid.clone().unwrap()).unwrap().accounting(), day("2024-04-10"));
        periods.close(to.area, day("2024-04-30")).unwrap();
        let closed = PeriodFault::Closed { area: to.area, through: day("2024-04-30") };
        assert_eq!(periods.land(aid.clone().unwrap()), Err(closed));
        let reversal = Entry::reversal(head(2, "2024-04-10"), &landed(aid)).unwrap();
        assert_eq!(periods.land(reversal).unwrap().accounting(), day("2024-05-01"));
    }
}
