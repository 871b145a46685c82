//! Chongqing's ordinary outpatient benefit written by hand: the floor to compare the engine with.
//! It takes the same facts, keeps the same sums and gives the same amounts, and knows only this area.

/// What a member has used this year, and the account.
#[derive(Clone)]
pub struct State {
    year: i32,
    borne: i64,
    paid: i64,
    /// What all funds paid, and what the pooled fund alone paid: for limits whose figures are open.
    all_paid: i64,
    pool_paid: i64,
    account: [i64; 2],
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Active,
    Retired,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Enrolment {
    Employer,
    TierOne,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Care {
    Ordinary,
    #[expect(dead_code, reason = "the comparison has no pharmacy visits, the rules do")]
    Pharmacy,
    #[expect(dead_code, reason = "the comparison has none, the rules do")]
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Secondary,
    Tertiary,
}

/// The facts of one visit.
#[derive(Clone, Copy)]
pub struct Told {
    pub status: Status,
    pub enrolment: Enrolment,
    pub care: Care,
    pub class: Class,
    pub prescription: bool,
    pub use_account: bool,
}

/// What one visit gave: the amounts of a settlement.
#[derive(Default)]
pub struct Done {
    pub total: i64,
    pub off_list: i64,
    pub over_ceiling: i64,
    pub upfront: i64,
    pub eligible: i64,
    /// The deductible borne.
    pub borne: i64,
    /// The pooled fund's payment.
    pub fund: i64,
    pub share: i64,
    pub from_account: [i64; 2],
    pub cash: i64,
    /// The account after it.
    pub balance: i64,
}

impl State {
    /// Nothing used yet.
    pub fn with_account(account: i64) -> Self {
        Self { year: 0, borne: 0, paid: 0, all_paid: 0, pool_paid: 0, account: [account, 0] }
    }
}

/// Decides one visit whose charges are split: all amounts, and that they sum to the whole.
pub fn chongqing(state: &mut State, told: Told, year: i32, split: [i64; 4], done: &mut Done) {
    if state.year != year {
        (state.year, state.borne, state.paid, state.all_paid, state.pool_paid) = (year, 0, 0, 0, 0);
    }
    let [off_list, over_ceiling, upfront, eligible] = split;
    let covered = match told.care {
        Care::Ordinary => true,
        Care::Pharmacy => told.prescription,
        Care::Other => false,
    };
    let (borne, fund) = if covered { benefit(state, told, eligible) } else { (0, 0) };
    let total = off_list + over_ceiling + upfront + eligible;
    let share = total - fund;
    let (mut cash, mut from_account) = (share, [0, 0]);
    if told.use_account {
        for part in 0..2 {
            from_account[part] = cash.min(state.account[part]);
            cash -= from_account[part];
            state.account[part] -= from_account[part];
        }
    }
    state.borne += borne;
    state.paid += fund;
    state.all_paid += fund;
    state.pool_paid += fund;
    let balance = state.account[0] + state.account[1];
    *done = Done { total, off_list, over_ceiling, upfront, eligible, borne, fund, share, from_account, cash, balance };
    assert!(done.total == done.off_list + done.over_ceiling + done.upfront + done.eligible);
    assert!(done.total == done.fund + done.share && done.borne <= done.eligible);
    assert!(done.share == done.from_account[0] + done.from_account[1] + done.cash);
    assert!(done.fund >= 0 && done.from_account[0] >= 0 && done.cash >= 0);
}

/// Deductible borne and payment.
fn benefit(state: &State, told: Told, eligible: i64) -> (i64, i64) {
    let retired = told.status == Status::Retired;
    let deductible = if retired { 100_00 } else { 200_00 };
    let limit = match (told.enrolment, told.status) {
        (Enrolment::Employer, Status::Active) => 3_000_00,
        (Enrolment::Employer, Status::Retired) => 4_000_00,
        (Enrolment::TierOne, Status::Active) => 800_00,
        (Enrolment::TierOne, Status::Retired) => 1_200_00,
    };
    let rate = if told.class == Class::Tertiary { 50 } else { 60 } + if retired { 10 } else { 0 };
    let borne = eligible.min((deductible - state.borne).max(0));
    let payment = ((eligible - borne) * rate + 50) / 100;
    (borne, payment.min((limit - state.paid).max(0)))
}
