//! What one person's year comes to (一人一年): who paid for each event, and what that adds up to.

use gongji_domain::Fen;
use gongji_population::{Care, Event, Means};

/// The groups that a person counts in, each by its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// 在职 0, 退休 1.
    pub status: u8,
    /// The group of ages.
    pub age: u8,
    /// The group of incomes.
    pub income: u8,
}

/// Who paid for one event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paid {
    /// Which of the person's events.
    pub event: u32,
    /// The month, from 0.
    pub month: u8,
    /// All that was charged.
    pub total: Fen,
    /// Eligible expense.
    pub eligible: Fen,
    /// Deductible borne.
    pub deductible: Fen,
    /// The pooled fund, by the package's own rules.
    pub pool: Fen,
    /// Other funds, by the package's own rules.
    pub other: Fen,
    /// What is assumed to be paid for chronic diseases and admissions.
    pub assumed: Fen,
    /// The personal account.
    pub account: Fen,
    /// Cash.
    pub cash: Fen,
    /// What the account holds after it.
    pub balance: Fen,
    /// The account could have paid more had it held more.
    pub dry: bool,
    /// Insurance cannot settle it at all; all is borne in cash.
    pub refused: bool,
}

impl Paid {
    /// What the person bears (个人负担).
    #[must_use]
    pub fn share(&self) -> Fen {
        self.account + self.cash
    }
}

/// A person's year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PersonYear {
    /// The person's number.
    pub number: u64,
    /// The groups that the person counts in.
    pub group: Group,
    /// How many events of each kind of care.
    pub events: [u32; 4],
    /// All that was charged.
    pub total: Fen,
    /// What was charged for ordinary visits and for purchases on a prescription.
    pub ordinary: Fen,
    /// What of it was eligible.
    pub eligible: Fen,
    /// What of it the person bears.
    pub ordinary_share: Fen,
    /// Deductible borne.
    pub deductible: Fen,
    /// Paid by the pooled fund, by the package's rules.
    pub pool: Fen,
    /// What of it was for ordinary visits and purchases, not for what chronic care left.
    pub ordinary_pool: Fen,
    /// Paid by other funds, by the package's rules.
    pub other: Fen,
    /// Assumed to be paid for chronic diseases.
    pub chronic: Fen,
    /// Assumed to be paid for admissions.
    pub admission: Fen,
    /// Paid from the account.
    pub account: Fen,
    /// Paid in cash.
    pub cash: Fen,
    /// Paid from the account for relatives (共济支出): no part of what the person bears.
    pub aid: Fen,
    /// For how many uses by relatives it paid.
    pub aid_uses: u32,
    /// What relatives asked for and the account did not pay.
    pub aid_short: Fen,
    /// Credited from the person's own contribution.
    pub own_credit: Fen,
    /// Credited from the pooled fund.
    pub fund_credit: Fen,
    /// What the account held at the beginning.
    pub opening: Fen,
    /// What it holds at the end.
    pub closing: Fen,
    /// The deductible of the ordinary benefit is used up.
    pub reached: bool,
    /// A limit of the ordinary benefit is used up.
    pub at_limit: bool,
    /// The account was once too small for what it may pay.
    pub ran_dry: bool,
    /// The person has an account.
    pub has_account: bool,
    /// A credit could not be had.
    pub credit_missing: bool,
    /// Events that insurance cannot settle.
    pub refused: u32,
    /// Events outside of the year, left out.
    pub outside: u32,
}

impl PersonYear {
    /// What the person bears of everything (个人负担).
    #[must_use]
    pub fn share(&self) -> Fen {
        self.account + self.cash
    }

    /// What is credited to the account.
    #[must_use]
    pub fn credit(&self) -> Fen {
        self.own_credit + self.fund_credit
    }
}

impl PersonYear {
    /// Takes one event in.
    pub(crate) fn add(&mut self, event: &Event, paid: &Paid) {
        self.events[event.care as usize] += 1;
        self.total += paid.total;
        if event.care == Care::Visit || event.means == Means::Prescription {
            self.ordinary += paid.total;
            self.eligible += paid.eligible;
            self.ordinary_share += paid.share();
            self.ordinary_pool += paid.pool;
        }
        self.deductible += paid.deductible;
        self.pool += paid.pool;
        self.other += paid.other;
        if event.care == Care::Admission {
            self.admission += paid.assumed;
        } else {
            self.chronic += paid.assumed;
        }
        self.account += paid.account;
        self.cash += paid.cash;
        self.ran_dry |= paid.dry;
        self.refused += u32::from(paid.refused);
    }
}
