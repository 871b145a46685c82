//! The past: what of a history is seen from a day and a moment, and the balance that it gives. Walks
//! transactions that the caller hands over, in any order; keeps nothing.

use crate::account::{Account, Heading, Holder, Side};
use crate::moment::Moment;
use crate::name::AreaCode;
use crate::sums::{self, TooLarge};
use crate::transaction::Transaction;
use gongji_domain::{Day, Fen, FundCode};

/// From where the past is seen: three bounds, each on its own, each with its last day or moment included.
///
/// *As it was* on a day (effective) and *as it was known* at a moment (recorded) are independent: what
/// was in effect in March as June knew it. The accounting day says what an area's books of a closed
/// month say, whatever was learned later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf {
    /// What takes effect later is not seen (生效日).
    pub effective: Day,
    /// What landed in the books later is not seen (记账日).
    pub accounting: Day,
    /// What was recorded later is not seen (记账时刻).
    pub recorded: Moment,
}

impl AsOf {
    /// Everything is seen.
    pub const EVERYTHING: Self = Self { effective: Day::MAX, accounting: Day::MAX, recorded: Moment::MAX };

    /// As it was at the end of a day, with all that is known.
    pub fn effective(day: Day) -> Self {
        Self { effective: day, ..Self::EVERYTHING }
    }

    /// As the books of a day say.
    pub fn accounting(day: Day) -> Self {
        Self { accounting: day, ..Self::EVERYTHING }
    }

    /// The same, as it was known at a moment.
    #[must_use]
    pub fn known_at(self, recorded: Moment) -> Self {
        Self { recorded, ..self }
    }

    /// Whether a transaction is seen.
    pub fn sees(&self, transaction: &Transaction) -> bool {
        let head = transaction.entry().head();
        head.effective <= self.effective
            && transaction.accounting() <= self.accounting
            && head.recorded <= self.recorded
    }
}

/// Which accounts are meant together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One account.
    Account(Account),
    /// All parts of a personal account.
    Person(Holder),
    /// A fund with every ledger inside it.
    Fund {
        /// The area.
        area: AreaCode,
        /// The fund.
        fund: FundCode,
    },
    /// All accounts of a heading in an area.
    Heading {
        /// The area.
        area: AreaCode,
        /// The heading.
        heading: Heading,
    },
}

impl Scope {
    /// Whether an account belongs to it.
    pub fn covers(&self, account: &Account) -> bool {
        match *self {
            Self::Account(one) => one == *account,
            Self::Person(of) => matches!(account, Account::Personal { holder, .. } if *holder == of),
            Self::Fund { area, fund } => {
                matches!(account, Account::Fund { area: there, ledger } if *there == area && ledger.fund == fund)
            }
            Self::Heading { area, heading } => account.area() == area && account.heading() == heading,
        }
    }

    /// The side on which its accounts grow.
    pub fn normal(&self) -> Side {
        match self {
            Self::Account(account) => account.normal(),
            Self::Heading { heading, .. } => heading.normal(),
            Self::Person(_) | Self::Fund { .. } => Side::Credit,
        }
    }

    /// What a transaction adds on the normal side; none when it does not touch the scope.
    pub(crate) fn change(&self, transaction: &Transaction) -> Result<Option<Fen>, TooLarge> {
        let mut postings =
            transaction.entry().postings().iter().filter(|posting| self.covers(&posting.account)).peekable();
        if postings.peek().is_none() {
            return Ok(None);
        }
        let sum = postings.try_fold(Fen::ZERO, |sum, posting| sums::add(sum, posting.amount))?;
        Ok(Some(self.normal().balance(sum)))
    }
}

/// The balance of a scope on its normal side, as it was seen from somewhere.
///
/// # Errors
/// A sum out of range.
pub fn balance<'a>(
    scope: &Scope,
    as_of: &AsOf,
    history: impl IntoIterator<Item = &'a Transaction>,
) -> Result<Fen, TooLarge> {
    let mut seen = history.into_iter().filter(|transaction| as_of.sees(transaction));
    seen.try_fold(Fen::ZERO, |sum, transaction| match scope.change(transaction)? {
        Some(change) => sums::add(sum, change),
        None => Ok(sum),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::cases::{area, head, landed, ledger};
    use crate::rules::{allocation, contribution};
    use crate::transaction::{Entry, Head};
    use alloc::vec::Vec;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    /// 100 of March; 40 of March learned in May; the 100 taken back in June for March, March closed.
    fn history() -> Vec<Transaction> {
        let here = area("211200");
        let at = |event, effective: &str, recorded: &str| Head {
            recorded: Moment::new(day(recorded), 0).unwrap(),
            ..head(event, effective)
        };
        let first = landed(contribution(at(1, "2024-03-10", "2024-03-10"), here, Fen::from_fen(100)));
        let late = landed(contribution(at(2, "2024-03-20", "2024-05-02"), here, Fen::from_fen(40)));
        let back = Entry::reversal(at(3, "2024-03-10", "2024-06-01"), &first).unwrap();
        let back = Transaction::land(back, day("2024-06-01"));
        [first, late, back].to_vec()
    }

    #[test]
    fn what_was_and_what_was_known_are_asked_apart() {
        let deposit = Scope::Account("-/211200/deposit".parse().unwrap());
        let june = Moment::new(day("2024-06-30"), 0).unwrap();
        let may = Moment::new(day("2024-05-31"), 0).unwrap();
        let april = Moment::new(day("2024-04-30"), 0).unwrap();
        let march = day("2024-03-31");
        for (what, as_of, expected) in [
            ("everything", AsOf::EVERYTHING, 40),
            ("March, as April knew it", AsOf::effective(march).known_at(april), 100),
            ("March, as May knew it", AsOf::effective(march).known_at(may), 140),
            ("March, as June knew it", AsOf::effective(march).known_at(june), 40),
            ("15 March, as May knew it", AsOf::effective(day("2024-03-15")).known_at(may), 100),
            ("9 March", AsOf::effective(day("2024-03-09")), 0),
            ("the books of March, whatever was learned", AsOf::accounting(march), 140),
        ] {
            assert_eq!(balance(&deposit, &as_of, &history()), Ok(Fen::from_fen(expected)), "{what}");
        }
    }

    #[test]
    fn a_fund_is_the_sum_of_the_ledgers_inside_it() {
        let here = area("211200");
        let to = |event, text, fen| {
            landed(allocation(head(event, "2024-03-10"), here, None, ledger(text), Fen::from_fen(fen)))
        };
        let move_in = allocation(
            head(4, "2024-03-11"),
            here,
            Some(ledger("310100")),
            ledger("310100/outpatient"),
            Fen::from_fen(30),
        );
        let history = [to(1, "310100", 100), to(2, "310100/outpatient", 7), to(3, "330100", 1), landed(move_in)];
        let fund = |code| Scope::Fund { area: here, fund: FundCode::from_code(code).unwrap() };
        let one = |key: &str| Scope::Account(key.parse().unwrap());
        let contributions = Scope::Heading { area: here, heading: Heading::Contributions };
        for (scope, expected) in [
            (fund("310100"), 107),
            (fund("330100"), 1),
            (one("-/211200/fund/310100"), 70),
            (one("-/211200/fund/310100/outpatient"), 37),
            (contributions, -108),
        ] {
            assert_eq!(balance(&scope, &AsOf::EVERYTHING, &history), Ok(Fen::from_fen(expected)), "{scope:?}");
        }
    }
}
