//! What one policy comes to on a population, as far as a designer chooses by it.

use crate::{Bands, Histogram, PersonYear, STATUSES};
use alloc::vec;
use alloc::vec::Vec;
use gongji_domain::{Fen, Rounding};

/// Sums of those at work, or of the retired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatusSums {
    /// How many.
    pub persons: u64,
    /// Paid by the pooled fund for ordinary care.
    pub pool: Fen,
    /// Credited to accounts.
    pub credit: Fen,
    /// Credited out of the pooled fund.
    pub fund_credit: Fen,
    /// What ordinary care costs.
    pub ordinary: Fen,
    /// What of it is borne.
    pub share: Fen,
    /// Persons at a limit.
    pub at_limit: u64,
    /// Persons who used up the deductible.
    pub reached: u64,
    /// Persons for whom the fund paid.
    pub paid: u64,
}

/// What a policy comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// 在职 and 退休.
    pub by_status: [StatusSums; STATUSES],
    /// What each person bears of ordinary care.
    pub share: Histogram,
    /// Persons and what they bear, by status, age and income.
    pub groups: Vec<(u64, Fen)>,
    ages: usize,
    incomes: usize,
}

impl Outcome {
    /// Of nobody yet.
    #[must_use]
    pub fn new(bands: &Bands) -> Self {
        let (ages, incomes) = (bands.age_groups(), bands.income_groups());
        Self {
            by_status: [StatusSums::default(); STATUSES],
            share: Histogram::default(),
            groups: vec![(0, Fen::ZERO); STATUSES * ages * incomes],
            ages,
            incomes,
        }
    }

    /// Adds a person's year.
    pub fn add(&mut self, year: &PersonYear) {
        let (status, age) = (usize::from(year.group.status), usize::from(year.group.age));
        let sums = &mut self.by_status[status];
        sums.persons += 1;
        sums.pool += year.pool;
        sums.credit += year.credit();
        sums.fund_credit += year.fund_credit;
        sums.ordinary += year.ordinary;
        sums.share += year.ordinary_share;
        sums.at_limit += u64::from(year.at_limit);
        sums.reached += u64::from(year.reached);
        sums.paid += u64::from(!year.pool.is_zero());
        self.share.add(year.ordinary_share);
        let group = &mut self.groups[(status * self.ages + age) * self.incomes + usize::from(year.group.income)];
        group.0 += 1;
        group.1 += year.ordinary_share;
    }

    /// Everybody.
    #[must_use]
    pub fn all(&self) -> StatusSums {
        let [active, retired] = self.by_status;
        StatusSums {
            persons: active.persons + retired.persons,
            pool: active.pool + retired.pool,
            credit: active.credit + retired.credit,
            fund_credit: active.fund_credit + retired.fund_credit,
            ordinary: active.ordinary + retired.ordinary,
            share: active.share + retired.share,
            at_limit: active.at_limit + retired.at_limit,
            reached: active.reached + retired.reached,
            paid: active.paid + retired.paid,
        }
    }

    /// What the tenth of the people who bear most bear on average.
    #[must_use]
    pub fn top_decile(&self) -> Fen {
        let tenth = (self.share.count() / 10).max(1);
        Rounding::HALF_UP_FEN.round(i128::from(self.share.top(100_000).fen()), i128::from(tenth))
    }

    /// The most by which a group bears more on average than under `before`, with the group's place.
    #[must_use]
    pub fn worse(&self, before: &Self) -> Option<(usize, Fen)> {
        let mean = |(persons, sum): &(u64, Fen)| {
            (*persons > 0).then(|| Rounding::HALF_UP_FEN.round(i128::from(sum.fen()), i128::from(*persons)))
        };
        let pairs = self.groups.iter().zip(&before.groups).enumerate();
        let more = pairs.filter_map(|(place, (now, before))| Some((place, mean(now)? - mean(before)?)));
        more.max_by_key(|(place, more)| (*more, core::cmp::Reverse(*place)))
    }

    /// Status, group of ages and group of incomes of a group's place.
    #[must_use]
    pub fn group(&self, place: usize) -> (usize, usize, usize) {
        (place / (self.incomes * self.ages), place / self.incomes % self.ages, place % self.incomes)
    }
}

impl StatusSums {
    /// An amount for each person, half up to the fen.
    #[must_use]
    pub fn each(&self, amount: Fen) -> Fen {
        Rounding::HALF_UP_FEN.round(i128::from(amount.fen()), i128::from(self.persons.max(1)))
    }
}

impl Outcome {
    /// Adds what another has counted of people told apart alike.
    pub fn merge(&mut self, other: &Self) {
        for (sums, more) in self.by_status.iter_mut().zip(&other.by_status) {
            sums.persons += more.persons;
            sums.pool += more.pool;
            sums.credit += more.credit;
            sums.fund_credit += more.fund_credit;
            sums.ordinary += more.ordinary;
            sums.share += more.share;
            sums.at_limit += more.at_limit;
            sums.reached += more.reached;
            sums.paid += more.paid;
        }
        self.share.merge(&other.share);
        for (group, more) in self.groups.iter_mut().zip(&other.groups) {
            group.0 += more.0;
            group.1 += more.1;
        }
    }
}
