//! Two scenarios on the same people (比较): who gains and who loses, by how much and why, and in which visits the two
//! differ, each kind of difference with the first visit that shows it. Persons are compared one by one; nothing is drawn.

use crate::histogram::Histogram;
use crate::scenario::Scenario;
use crate::tally::Tally;
use crate::walk::Walker;
use crate::year::{Paid, PersonYear};
use crate::{Bands, STATUSES};
use alloc::vec;
use alloc::vec::Vec;
use gongji_domain::{Day, Fen};
use gongji_population::{Batch, Care, Class, Event, Person, Status};

/// Why somebody gains or loses: what weighs most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// 账户计入增加
    MoreCredit,
    /// 账户计入减少
    LessCredit,
    /// 统筹支付增加：起付线负担减少
    LowerDeductible,
    /// 统筹支付增加：不再封顶
    BelowLimit,
    /// 统筹支付增加：比例或范围
    MorePaid,
    /// 统筹支付减少：起付线负担增加
    HigherDeductible,
    /// 统筹支付减少：封顶
    AtLimit,
    /// 统筹支付减少：比例或范围
    LessPaid,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::MoreCredit,
        Self::LessCredit,
        Self::LowerDeductible,
        Self::BelowLimit,
        Self::MorePaid,
        Self::HigherDeductible,
        Self::AtLimit,
        Self::LessPaid,
    ];

    /// In Chinese.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::MoreCredit => "账户计入增加",
            Self::LessCredit => "账户计入减少",
            Self::LowerDeductible => "基金支付增加（起付线负担减少）",
            Self::BelowLimit => "基金支付增加（不再到达限额）",
            Self::MorePaid => "基金支付增加（比例、限额或范围）",
            Self::HigherDeductible => "基金支付减少（起付线负担增加）",
            Self::AtLimit => "基金支付减少（到达限额）",
            Self::LessPaid => "基金支付减少（比例、限额或范围）",
        }
    }
}

/// How a visit differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Changed {
    /// 由不付变为付
    NowPaid,
    /// 由付变为不付
    NoLongerPaid,
    /// 基金多付
    PaidMore,
    /// 基金少付
    PaidLess,
    /// 基金所付相同，账户或现金不同
    AccountOnly,
}

impl Changed {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::NowPaid, Self::NoLongerPaid, Self::PaidMore, Self::PaidLess, Self::AccountOnly];

    /// In Chinese.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NowPaid => "由基金不付变为支付",
            Self::NoLongerPaid => "由基金支付变为不付",
            Self::PaidMore => "基金支付增加",
            Self::PaidLess => "基金支付减少",
            Self::AccountOnly => "基金支付相同，账户、现金不同",
        }
    }
}

/// One visit that shows a difference: the first by the person's number and then by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The person's number.
    pub person: u64,
    /// Which of the person's events, from 0.
    pub event: u32,
    /// 在职 or 退休.
    pub status: Status,
    /// On which day.
    pub day: Day,
    /// Which kind of care.
    pub care: Care,
    /// At which level.
    pub class: Class,
    /// Who paid in each scenario.
    pub paid: [Paid; 2],
}

/// People who gain, lose, or see no difference, and by how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// Who is better off.
    pub winners: u64,
    /// By how much together.
    pub gain: Fen,
    /// Who is worse off.
    pub losers: u64,
    /// By how much together.
    pub loss: Fen,
    /// For whom nothing changes.
    pub same: u64,
}

/// How many and how much of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counted {
    count: u64,
    fen: Fen,
}

/// Two scenarios on the same people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// What each adds up to.
    pub tallies: [Tally; 2],
    ages: usize,
    incomes: usize,
    /// By net position (个人负担 less 账户计入), by status, age and income.
    net: Vec<Side>,
    /// By what is borne, by status.
    pub share: [Side; STATUSES],
    /// By cash, by status.
    pub cash: [Side; STATUSES],
    /// How much winners gain and losers lose by net position.
    pub gains: Histogram,
    /// How much losers lose.
    pub losses: Histogram,
    reasons: [Counted; 8],
    changes: [(Counted, Option<Witness>); 5],
    /// Events that are the same in both.
    pub unchanged: u64,
    /// Visits are compared: both have the same.
    pub visits_compared: bool,
}

impl Comparison {
    /// Nothing yet, for people told apart like this.
    #[must_use]
    pub fn new(bands: &Bands) -> Self {
        let (ages, incomes) = (bands.age_groups(), bands.income_groups());
        Self {
            tallies: [Tally::new(bands), Tally::new(bands)],
            ages,
            incomes,
            net: vec![Side::default(); STATUSES * ages * incomes],
            share: Default::default(),
            cash: Default::default(),
            gains: Histogram::default(),
            losses: Histogram::default(),
            reasons: [Counted::default(); 8],
            changes: [(Counted::default(), None); 5],
            unchanged: 0,
            visits_compared: true,
        }
    }

    /// Takes every person of a batch through both. People may do something else in the second: then they are the
    /// same persons of another batch, and visits are not compared.
    pub fn run(
        &mut self,
        scenarios: [&Scenario<'_>; 2],
        batches: [&Batch; 2],
        walkers: &mut [Walker; 2],
        mut each: impl FnMut(&Person, &[PersonYear; 2]),
    ) {
        let answers = scenarios.iter().any(|scenario| scenario.response.is_some());
        let alike = core::ptr::eq(batches[0], batches[1]) && !answers;
        self.visits_compared &= alike;
        for ((person, events), (twin, others)) in batches[0].each().zip(batches[1].each()) {
            let [a, b] = walkers;
            let years = [a.year(scenarios[0], person, events), b.year(scenarios[1], twin, others)];
            self.tallies[0].add(&years[0], events, a.paid());
            self.tallies[1].add(&years[1], others, b.paid());
            self.person(&years);
            each(person, &years);
            if alike {
                for (before, after) in a.paid().iter().zip(b.paid()) {
                    self.visit(person, &events[before.event as usize], before, after);
                }
            }
        }
    }

    /// Adds what another has compared of people told apart alike.
    pub fn merge(&mut self, other: &Self) {
        for (tally, more) in self.tallies.iter_mut().zip(&other.tallies) {
            tally.merge(more);
        }
        self.net.iter_mut().zip(&other.net).for_each(|(side, more)| side.merge(more));
        self.share.iter_mut().zip(&other.share).for_each(|(side, more)| side.merge(more));
        self.cash.iter_mut().zip(&other.cash).for_each(|(side, more)| side.merge(more));
        self.gains.merge(&other.gains);
        self.losses.merge(&other.losses);
        for (counted, more) in self.reasons.iter_mut().zip(&other.reasons) {
            counted.merge(more);
        }
        for ((counted, witness), (more, theirs)) in self.changes.iter_mut().zip(&other.changes) {
            counted.merge(more);
            *witness = first(*witness, *theirs);
        }
        self.unchanged += other.unchanged;
        self.visits_compared &= other.visits_compared;
    }

    /// Winners and losers by net position among those who are meant, by status, group of ages and group of incomes.
    #[must_use]
    pub fn net(&self, meant: impl Fn(usize, usize, usize) -> bool) -> Side {
        let mut sums = Side::default();
        for (place, side) in self.net.iter().enumerate() {
            let (income, age, status) =
                (place % self.incomes, place / self.incomes % self.ages, place / (self.incomes * self.ages));
            if meant(status, age, income) {
                sums.merge(side);
            }
        }
        sums
    }

    /// How many people gain or lose for each reason, and how much together.
    pub fn reasons(&self) -> impl Iterator<Item = (Reason, u64, Fen)> + '_ {
        Reason::ALL.into_iter().zip(&self.reasons).map(|(reason, counted)| (reason, counted.count, counted.fen))
    }

    /// How many visits differ in each way, by how much of the funds' payment (of cash, for [`Changed::AccountOnly`]),
    /// and the first.
    pub fn changes(&self) -> impl Iterator<Item = (Changed, u64, Fen, Option<Witness>)> + '_ {
        let counted = Changed::ALL.into_iter().zip(&self.changes);
        counted.map(|(changed, (counted, witness))| (changed, counted.count, counted.fen, *witness))
    }

    fn person(&mut self, [a, b]: &[PersonYear; 2]) {
        let group = a.group;
        let status = usize::from(group.status);
        let place = (status * self.ages + usize::from(group.age)) * self.incomes + usize::from(group.income);
        self.share[status].add(a.share() - b.share());
        self.cash[status].add(a.cash - b.cash);
        let gain = (a.share() - a.credit()) - (b.share() - b.credit());
        self.net[place].add(gain);
        if gain.is_zero() {
            return;
        }
        if gain > Fen::ZERO {
            self.gains.add(gain)
        } else {
            self.losses.add(-gain)
        }
        let reason = reason(a, b, gain);
        let place = Reason::ALL.iter().position(|known| *known == reason).unwrap_or_default();
        self.reasons[place].merge(&Counted { count: 1, fen: gain });
    }

    fn visit(&mut self, person: &Person, event: &Event, a: &Paid, b: &Paid) {
        let funds = |paid: &Paid| paid.pool + paid.other + paid.assumed;
        let (was, is) = (funds(a), funds(b));
        let changed = if was == is && (a.account, a.cash) == (b.account, b.cash) {
            self.unchanged += 1;
            return;
        } else if was == is {
            Changed::AccountOnly
        } else if was.is_zero() {
            Changed::NowPaid
        } else if is.is_zero() {
            Changed::NoLongerPaid
        } else if is > was {
            Changed::PaidMore
        } else {
            Changed::PaidLess
        };
        let fen = if changed == Changed::AccountOnly { b.cash - a.cash } else { is - was };
        let (counted, witness) = &mut self.changes[changed as usize];
        counted.merge(&Counted { count: 1, fen });
        let Event { day, care, class, .. } = *event;
        let (number, status) = (person.number, person.status);
        let this = Witness { person: number, event: a.event, status, day, care, class, paid: [*a, *b] };
        *witness = first(*witness, Some(this));
    }
}

/// What weighs most in a gain or loss, and lies in its direction.
fn reason(a: &PersonYear, b: &PersonYear, gain: Fen) -> Reason {
    let credit = b.credit() - a.credit();
    let borne = a.share() - b.share();
    let deductible = b.deductible - a.deductible;
    if gain > Fen::ZERO {
        if credit > borne {
            Reason::MoreCredit
        } else if deductible < Fen::ZERO && -deductible >= Fen::from_fen(borne.fen() / 2) {
            Reason::LowerDeductible
        } else if a.at_limit && !b.at_limit {
            Reason::BelowLimit
        } else {
            Reason::MorePaid
        }
    } else if credit < borne {
        Reason::LessCredit
    } else if deductible > Fen::ZERO && deductible >= Fen::from_fen(-borne.fen() / 2) {
        Reason::HigherDeductible
    } else if b.at_limit && !a.at_limit {
        Reason::AtLimit
    } else {
        Reason::LessPaid
    }
}

fn first(a: Option<Witness>, b: Option<Witness>) -> Option<Witness> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if (b.person, b.event) < (a.person, a.event) { b } else { a }),
        (a, b) => a.or(b),
    }
}

impl Counted {
    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.fen += other.fen;
    }
}

impl Side {
    fn add(&mut self, gain: Fen) {
        if gain > Fen::ZERO {
            self.winners += 1;
            self.gain += gain;
        } else if gain < Fen::ZERO {
            self.losers += 1;
            self.loss -= gain;
        } else {
            self.same += 1;
        }
    }

    fn merge(&mut self, other: &Self) {
        let Self { winners, gain, losers, loss, same } = other;
        self.winners += winners;
        self.gain += *gain;
        self.losers += losers;
        self.loss += *loss;
        self.same += same;
    }
}
