//! Chongqing's ordinary outpatient benefit written by hand: the floor to compare the engine with.

/// What a member has used this year, and the account.
#[derive(Clone)]
pub struct State {
    year: i32,
    borne: i64,
    paid: i64,
    account: i64,
}

/// What one visit gave.
pub struct Done {
    /// The pooled fund's payment.
    pub fund: i64,
    /// The account after it.
    pub balance: i64,
}

impl State {
    /// Nothing used yet.
    pub fn with_account(account: i64) -> Self {
        Self { year: 0, borne: 0, paid: 0, account }
    }
}

/// Decides one visit whose eligible amount is known.
pub fn chongqing(state: &mut State, retired: bool, tier_one: bool, tertiary: bool, year: i32, eligible: i64) -> Done {
    if state.year != year {
        (state.year, state.borne, state.paid) = (year, 0, 0);
    }
    let deductible = if retired { 100_00 } else { 200_00 };
    let limit = match (tier_one, retired) {
        (false, false) => 3_000_00,
        (false, true) => 4_000_00,
        (true, false) => 800_00,
        (true, true) => 1_200_00,
    };
    let rate = if tertiary { 50 } else { 60 } + if retired { 10 } else { 0 };
    let borne = eligible.min((deductible - state.borne).max(0));
    let payment = ((eligible - borne) * rate + 50) / 100;
    let fund = payment.min((limit - state.paid).max(0));
    let share = eligible - fund;
    let from_account = share.min(state.account);
    state.borne += borne;
    state.paid += fund;
    state.account -= from_account;
    Done { fund, balance: state.account }
}
