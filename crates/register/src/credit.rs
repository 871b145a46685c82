//! What was credited to a personal account, month by month (计入记录): the memory that makes a credit run the same when it
//! runs twice, and that tells what a true-up (清算补差) owes. Knows no rule of crediting.
//!
//! Only the last months are remembered. Of a month that is forgotten, or that lies before the books began, nothing can be
//! said: it answers none, so that nobody takes it for a month without credit and credits it again.

use alloc::vec::Vec;
use gongji_domain::{Fen, Month};
use serde::{Deserialize, Serialize};

/// How many months are remembered, the latest one included.
const REMEMBERED: i32 = 36;

/// Where a credit came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// 本人缴费
    Contribution,
    /// 统筹基金划入
    Fund,
}

/// Equal credits of months in a row, from one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Run {
    from: Month,
    months: u16,
    amount: Fen,
    source: Source,
}

/// What was credited for each month.
#[doc(alias = "计入记录")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credited {
    /// The first month of which is known what was credited; none while it is known of all.
    since: Option<Month>,
    /// By source, then by month; without months of nothing.
    runs: Vec<Run>,
}

/// A month of which it is not known any more what was credited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{month} 早于留存计入记录的 {since}，不能自动计入或补差；请办理计入更正")]
pub struct Forgotten {
    /// The month.
    pub month: Month,
    /// The first month that is known.
    pub since: Month,
}

impl Credited {
    /// Nothing from a month on; of earlier ones nothing is known, as of an account that was opened with a balance.
    pub fn since(month: Month) -> Self {
        Self { since: Some(month), runs: Vec::new() }
    }

    /// What was credited for a month, from all sources; none if it is not known any more.
    pub fn amount(&self, month: Month) -> Option<Fen> {
        self.known(month).ok()?;
        Some(self.at(month, None))
    }

    /// The same from one source.
    pub fn amount_from(&self, month: Month, source: Source) -> Option<Fen> {
        self.known(month).ok()?;
        Some(self.at(month, Some(source)))
    }

    /// What is still owed for a month of which so much is due (补差): below zero if too much was credited.
    ///
    /// # Errors
    /// If it is not known any more what was credited.
    pub fn difference(&self, month: Month, due: Fen) -> Result<Fen, Forgotten> {
        self.known(month)?;
        Ok(due - self.at(month, None))
    }

    /// So much more was credited for a month; below zero for what was taken back.
    ///
    /// # Errors
    /// If it is not known any more what was credited for it; nothing changed then.
    pub fn add(&mut self, month: Month, amount: Fen, source: Source) -> Result<(), Forgotten> {
        self.known(month)?;
        let all = self.at(month, Some(source)) + amount;
        self.set(month, all, source);
        self.forget();
        Ok(())
    }

    /// The latest month for which something was credited.
    pub fn latest(&self) -> Option<Month> {
        self.runs.iter().map(Run::last).max()
    }

    fn known(&self, month: Month) -> Result<(), Forgotten> {
        match self.since {
            Some(since) if month < since => Err(Forgotten { month, since }),
            _ => Ok(()),
        }
    }

    fn at(&self, month: Month, source: Option<Source>) -> Fen {
        let of = |run: &&Run| run.from <= month && month <= run.last() && source.is_none_or(|one| one == run.source);
        self.runs.iter().filter(of).map(|run| run.amount).sum()
    }

    /// In place of what there is for a month from a source.
    fn set(&mut self, month: Month, amount: Fen, source: Source) {
        if let Some(at) =
            self.runs.iter().position(|run| run.source == source && run.from <= month && month <= run.last())
        {
            let whole = self.runs.remove(at);
            let before = u16::try_from(month.since(whole.from)).unwrap_or_default();
            let after = whole.months - before - 1;
            let parts = [Run { from: month.next(), months: after, ..whole }, Run { months: before, ..whole }];
            parts.into_iter().filter(|run| run.months > 0).for_each(|run| self.runs.insert(at, run));
        }
        if !amount.is_zero() {
            let at = self.runs.partition_point(|run| (run.source, run.from) < (source, month));
            self.runs.insert(at, Run { from: month, months: 1, amount, source });
            self.join(at);
            at.checked_sub(1).into_iter().for_each(|before| self.join(before));
        }
    }

    /// Two runs that follow one another with equal amounts become one.
    fn join(&mut self, at: usize) {
        let (Some(one), Some(next)) = (self.runs.get(at).copied(), self.runs.get(at + 1).copied()) else { return };
        if one.source == next.source && one.amount == next.amount && one.last().next() == next.from {
            self.runs[at].months = one.months.saturating_add(next.months);
            self.runs.remove(at + 1);
        }
    }

    fn forget(&mut self) {
        let Some(latest) = self.latest() else { return };
        let since = latest.plus(1 - REMEMBERED);
        let gone = |run: &Run| run.from < since;
        if !self.runs.iter().any(gone) && self.since.is_none_or(|known| known >= since) {
            return;
        }
        self.since = self.since.max(Some(since));
        for run in self.runs.iter_mut().filter(|run| gone(run)) {
            let months = u16::try_from(since.since(run.from)).unwrap_or(u16::MAX);
            run.months = run.months.saturating_sub(months);
            run.from = since;
        }
        self.runs.retain(|run| run.months > 0);
    }
}

impl Run {
    fn last(&self) -> Month {
        self.from.plus(i32::from(self.months) - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeMap;
    use proptest::prelude::*;

    const FEN: fn(i64) -> Fen = Fen::from_fen;

    fn month(number: i32) -> Month {
        "2020-01".parse::<Month>().unwrap().plus(number)
    }

    #[test]
    fn a_run_that_runs_twice_finds_nothing_left_to_credit() {
        let mut credited = Credited::default();
        let due = FEN(10_500);
        for _ in 0..2 {
            let left = credited.difference(month(0), due).unwrap();
            credited.add(month(0), left, Source::Fund).unwrap();
        }
        assert_eq!(credited.amount(month(0)), Some(due));
        // The final figure is published: more, then less, than was credited provisionally.
        assert_eq!(credited.difference(month(0), FEN(11_000)), Ok(FEN(500)));
        assert_eq!(credited.difference(month(0), FEN(10_000)), Ok(FEN(-500)));
        credited.add(month(0), FEN(-500), Source::Fund).unwrap();
        credited.add(month(0), FEN(300), Source::Contribution).unwrap();
        assert_eq!(credited.amount(month(0)), Some(FEN(10_300)));
        assert_eq!(credited.amount_from(month(0), Source::Fund), Some(FEN(10_000)));
        assert_eq!(credited.latest(), Some(month(0)));
    }

    #[test]
    fn months_long_ago_are_forgotten_and_said_to_be() {
        let mut credited = Credited::default();
        for number in 0..60 {
            credited.add(month(number), FEN(6_000), Source::Fund).unwrap();
        }
        assert_eq!(credited.amount(month(24)), Some(FEN(6_000)));
        assert_eq!(credited.amount(month(23)), None);
        let forgotten = Forgotten { month: month(23), since: month(24) };
        assert_eq!(credited.difference(month(23), FEN(1)), Err(forgotten));
        assert_eq!(credited.add(month(23), FEN(1), Source::Fund), Err(forgotten));
        let packed = postcard::to_allocvec(&credited).unwrap();
        assert!(packed.len() <= 14, "{} bytes for 36 equal months", packed.len());
        let opened = Credited::since(month(5));
        assert_eq!((opened.amount(month(4)), opened.amount(month(5))), (None, Some(Fen::ZERO)));
        assert_eq!(opened.amount_from(month(4), Source::Fund), None);
    }

    proptest! {
        #[test]
        fn it_remembers_what_a_list_of_months_does(
            adds in prop::collection::vec((0..50_i32, -300..300_i64, any::<bool>()), 0..120),
        ) {
            let mut credited = Credited::default();
            let mut list = BTreeMap::new();
            let mut newest = 0;
            for (number, fen, fund) in adds {
                let source = if fund { Source::Fund } else { Source::Contribution };
                let fen = fen / 100 * 100;
                if credited.add(month(number), FEN(fen), source).is_ok() {
                    newest = newest.max(number);
                    *list.entry((source, number)).or_insert(0) += fen;
                }
                for number in 0..50 {
                    let Some(all) = credited.amount(month(number)) else { continue };
                    let of = |source| list.get(&(source, number)).copied().unwrap_or_default();
                    prop_assert_eq!(all, FEN(of(Source::Fund) + of(Source::Contribution)));
                    prop_assert_eq!(credited.amount_from(month(number), Source::Fund), Some(FEN(of(Source::Fund))));
                }
            }
            // Nothing of the last months is forgotten, and no two runs could be one.
            prop_assert!(credited.amount(month(newest + 1 - REMEMBERED)).is_some());
            prop_assert!(credited.runs.iter().all(|run| run.last().since(run.from) < REMEMBERED));
            for pair in credited.runs.windows(2) {
                let alike = (pair[0].source, pair[0].amount) == (pair[1].source, pair[1].amount);
                prop_assert!(!alike || pair[0].last().next() < pair[1].from);
                prop_assert!((pair[0].source, pair[0].from) < (pair[1].source, pair[1].from));
            }
            let packed = postcard::to_allocvec(&credited).unwrap();
            prop_assert_eq!(postcard::from_bytes::<Credited>(&packed).unwrap(), credited);
        }
    }
}
