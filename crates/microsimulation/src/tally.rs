//! What a population's year adds up to (汇总): whole numbers only, so parts merge in any order to the same.

use crate::histogram::Histogram;
use crate::scenario::Scenario;
use crate::walk::Walker;
use crate::year::{Paid, PersonYear};
use crate::{Bands, CARES, CLASSES, STATUSES};
use alloc::vec;
use alloc::vec::Vec;
use gongji_domain::Fen;
use gongji_population::{Batch, Event, Person};

/// Takes every person of a batch through the year and adds up.
pub fn run(scenario: &Scenario<'_>, batch: &Batch, walker: &mut Walker, tally: &mut Tally) {
    run_each(scenario, batch, walker, tally, |_, _| ());
}

/// The same, showing each person's year.
pub fn run_each(
    scenario: &Scenario<'_>,
    batch: &Batch,
    walker: &mut Walker,
    tally: &mut Tally,
    mut each: impl FnMut(&Person, &PersonYear),
) {
    for (person, events) in batch.each() {
        let year = walker.year(scenario, person, events);
        tally.add(&year, events, walker.paid());
        each(person, &year);
    }
}

/// Sums of events alike in status, age, level and care, or of one month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CellSums {
    /// How many events.
    pub events: u64,
    /// All that was charged.
    pub total: Fen,
    /// Eligible expense.
    pub eligible: Fen,
    /// Deductible borne.
    pub deductible: Fen,
    /// The pooled fund.
    pub pool: Fen,
    /// Other funds.
    pub other: Fen,
    /// What is assumed for benefits whose figures the packages leave open.
    pub assumed: Fen,
    /// Personal accounts.
    pub account: Fen,
    /// Cash.
    pub cash: Fen,
}

/// Sums of persons alike in status, age and income.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupSums {
    /// How many persons.
    pub persons: u64,
    /// All that was charged.
    pub total: Fen,
    /// Ordinary visits and purchases on a prescription.
    pub ordinary: Fen,
    /// What of them was eligible.
    pub eligible: Fen,
    /// What of them is borne.
    pub ordinary_share: Fen,
    /// The pooled fund.
    pub pool: Fen,
    /// What of it was for ordinary visits and purchases.
    pub ordinary_pool: Fen,
    /// Other funds.
    pub other: Fen,
    /// Assumed for chronic diseases.
    pub chronic: Fen,
    /// Assumed for admissions.
    pub admission: Fen,
    /// Personal accounts.
    pub account: Fen,
    /// Cash.
    pub cash: Fen,
    /// Personal accounts, for relatives (共济支出): no part of what is borne.
    pub aid: Fen,
    /// For how many uses by relatives.
    pub aid_uses: u64,
    /// What relatives asked for and accounts did not pay.
    pub aid_short: Fen,
    /// Credited from own contributions.
    pub own_credit: Fen,
    /// Credited from the pooled fund.
    pub fund_credit: Fen,
    /// What accounts held at the beginning.
    pub opening: Fen,
    /// What they hold at the end.
    pub closing: Fen,
    /// Persons who never used up the deductible.
    pub below_deductible: u64,
    /// Persons for whom the pooled fund paid.
    pub paid_by_pool: u64,
    /// Persons who used up a limit.
    pub at_limit: u64,
    /// Persons whose account was once too small.
    pub ran_dry: u64,
    /// Persons with an account.
    pub with_account: u64,
    /// Persons without any event.
    pub without_events: u64,
    /// Persons whose credit could not be had.
    pub credit_missing: u64,
    /// Events that insurance cannot settle.
    pub refused: u64,
    /// Events outside of the year, left out.
    pub outside: u64,
}

/// What a population's year adds up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    ages: usize,
    incomes: usize,
    cells: Vec<CellSums>,
    groups: Vec<GroupSums>,
    months: [CellSums; 12],
    /// What each person bears of everything, those at work and the retired apart.
    pub share: [Histogram; STATUSES],
    /// What each person pays in cash.
    pub cash: [Histogram; STATUSES],
    /// What each person's care costs.
    pub cost: [Histogram; STATUSES],
    /// What the pooled fund pays for each person.
    pub pool: [Histogram; STATUSES],
    /// What each account holds at the end.
    pub closing: [Histogram; STATUSES],
}

impl Tally {
    /// Nothing yet, for people told apart like this.
    #[must_use]
    pub fn new(bands: &Bands) -> Self {
        let (ages, incomes) = (bands.age_groups(), bands.income_groups());
        Self {
            ages,
            incomes,
            cells: vec![CellSums::default(); STATUSES * ages * CLASSES * CARES],
            groups: vec![GroupSums::default(); STATUSES * ages * incomes],
            months: [CellSums::default(); 12],
            share: Default::default(),
            cash: Default::default(),
            cost: Default::default(),
            pool: Default::default(),
            closing: Default::default(),
        }
    }

    /// Adds a person's year.
    pub fn add(&mut self, year: &PersonYear, events: &[Event], paid: &[Paid]) {
        let (status, age) = (usize::from(year.group.status), usize::from(year.group.age));
        let cells = (status * self.ages + age) * CLASSES * CARES;
        for paid in paid {
            let event = &events[paid.event as usize];
            self.cells[cells + event.class as usize * CARES + event.care as usize].add(paid);
            self.months[usize::from(paid.month)].add(paid);
        }
        self.groups[(status * self.ages + age) * self.incomes + usize::from(year.group.income)].add(year);
        self.share[status].add(year.share());
        self.cash[status].add(year.cash);
        self.cost[status].add(year.total);
        self.pool[status].add(year.pool);
        self.closing[status].add(year.closing);
    }

    /// Adds what another has counted of people told apart alike.
    pub fn merge(&mut self, other: &Self) {
        self.cells.iter_mut().zip(&other.cells).for_each(|(sums, more)| sums.merge(more));
        self.groups.iter_mut().zip(&other.groups).for_each(|(sums, more)| sums.merge(more));
        self.months.iter_mut().zip(&other.months).for_each(|(sums, more)| sums.merge(more));
        for status in 0..STATUSES {
            self.share[status].merge(&other.share[status]);
            self.cash[status].merge(&other.cash[status]);
            self.cost[status].merge(&other.cost[status]);
            self.pool[status].merge(&other.pool[status]);
            self.closing[status].merge(&other.closing[status]);
        }
    }

    /// The sums of the events that are meant, by status, group of ages, level and care.
    #[must_use]
    pub fn cells(&self, meant: impl Fn(usize, usize, usize, usize) -> bool) -> CellSums {
        let mut sums = CellSums::default();
        for (place, cell) in self.cells.iter().enumerate() {
            let (care, class) = (place % CARES, place / CARES % CLASSES);
            let (age, status) = (place / (CARES * CLASSES) % self.ages, place / (CARES * CLASSES * self.ages));
            if meant(status, age, class, care) {
                sums.merge(cell);
            }
        }
        sums
    }

    /// The sums of the persons who are meant, by status, group of ages and group of incomes.
    #[must_use]
    pub fn groups(&self, meant: impl Fn(usize, usize, usize) -> bool) -> GroupSums {
        let mut sums = GroupSums::default();
        for (place, group) in self.groups.iter().enumerate() {
            let (income, age, status) =
                (place % self.incomes, place / self.incomes % self.ages, place / (self.incomes * self.ages));
            if meant(status, age, income) {
                sums.merge(group);
            }
        }
        sums
    }

    /// The sums of all persons.
    #[must_use]
    pub fn all(&self) -> GroupSums {
        self.groups(|_, _, _| true)
    }

    /// The sums of each month.
    #[must_use]
    pub fn months(&self) -> &[CellSums; 12] {
        &self.months
    }

    /// How many groups of ages and of incomes there are.
    #[must_use]
    pub fn bands(&self) -> (usize, usize) {
        (self.ages, self.incomes)
    }
}

impl Histogram {
    /// Those at work and the retired together.
    #[must_use]
    pub fn of_all(of: &[Self; STATUSES]) -> Self {
        let mut all = of[0].clone();
        all.merge(&of[1]);
        all
    }
}

impl CellSums {
    #[inline]
    fn add(&mut self, paid: &Paid) {
        self.events += 1;
        self.total += paid.total;
        self.eligible += paid.eligible;
        self.deductible += paid.deductible;
        self.pool += paid.pool;
        self.other += paid.other;
        self.assumed += paid.assumed;
        self.account += paid.account;
        self.cash += paid.cash;
    }

    fn merge(&mut self, other: &Self) {
        let Self { events, total, eligible, deductible, pool, other: others, assumed, account, cash } = other;
        self.events += events;
        self.total += *total;
        self.eligible += *eligible;
        self.deductible += *deductible;
        self.pool += *pool;
        self.other += *others;
        self.assumed += *assumed;
        self.account += *account;
        self.cash += *cash;
    }
}

impl GroupSums {
    fn add(&mut self, year: &PersonYear) {
        self.merge(&Self {
            persons: 1,
            total: year.total,
            ordinary: year.ordinary,
            eligible: year.eligible,
            ordinary_share: year.ordinary_share,
            pool: year.pool,
            ordinary_pool: year.ordinary_pool,
            other: year.other,
            chronic: year.chronic,
            admission: year.admission,
            account: year.account,
            cash: year.cash,
            aid: year.aid,
            aid_uses: u64::from(year.aid_uses),
            aid_short: year.aid_short,
            own_credit: year.own_credit,
            fund_credit: year.fund_credit,
            opening: year.opening,
            closing: year.closing,
            below_deductible: u64::from(!year.reached),
            paid_by_pool: u64::from(!year.pool.is_zero()),
            at_limit: u64::from(year.at_limit),
            ran_dry: u64::from(year.ran_dry),
            with_account: u64::from(year.has_account),
            without_events: u64::from(year.events == [0; 4]),
            credit_missing: u64::from(year.credit_missing),
            refused: u64::from(year.refused),
            outside: u64::from(year.outside),
        });
    }

    fn merge(&mut self, other: &Self) {
        self.persons += other.persons;
        self.total += other.total;
        self.ordinary += other.ordinary;
        self.eligible += other.eligible;
        self.ordinary_share += other.ordinary_share;
        self.pool += other.pool;
        self.ordinary_pool += other.ordinary_pool;
        self.other += other.other;
        self.chronic += other.chronic;
        self.admission += other.admission;
        self.account += other.account;
        self.cash += other.cash;
        self.aid += other.aid;
        self.aid_uses += other.aid_uses;
        self.aid_short += other.aid_short;
        self.own_credit += other.own_credit;
        self.fund_credit += other.fund_credit;
        self.opening += other.opening;
        self.closing += other.closing;
        self.below_deductible += other.below_deductible;
        self.paid_by_pool += other.paid_by_pool;
        self.at_limit += other.at_limit;
        self.ran_dry += other.ran_dry;
        self.with_account += other.with_account;
        self.without_events += other.without_events;
        self.credit_missing += other.credit_missing;
        self.refused += other.refused;
        self.outside += other.outside;
    }

    /// What is credited to accounts.
    #[must_use]
    pub fn credit(&self) -> Fen {
        self.own_credit + self.fund_credit
    }

    /// What is borne.
    #[must_use]
    pub fn share(&self) -> Fen {
        self.account + self.cash
    }
}
