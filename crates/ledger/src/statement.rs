//! The statement (对账单) of an account: what it held, each movement with what it held then, what it
//! holds. Made from transactions handed over; keeps nothing and formats nothing.

use crate::history::Scope;
use crate::moment::{EventNo, Moment};
use crate::sums::{self, TooLarge};
use crate::transaction::{Kind, Transaction};
use alloc::vec::Vec;
use core::ops::RangeInclusive;
use gongji_domain::{Day, Fen};

/// Which day orders and bounds a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The day that a movement concerns (生效日), as a member thinks.
    Effective,
    /// The day of the books on which it landed (记账日), as a reconciliation of a closed month needs.
    Accounting,
}

/// A statement.
#[doc(alias = "对账单")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The balance before the first day.
    pub opening: Fen,
    /// The movements, in the order of their days.
    pub lines: Vec<Line>,
    /// The balance after the last day.
    pub closing: Fen,
}

/// One movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its day, effective or accounting as the statement is.
    pub day: Day,
    /// When it was recorded.
    pub recorded: Moment,
    /// Its number.
    pub event: EventNo,
    /// What it is.
    pub kind: Kind,
    /// What it reverses or corrects.
    pub concerns: Option<EventNo>,
    /// What it adds on the normal side.
    pub amount: Fen,
    /// The balance after it, on the normal side.
    pub balance: Fen,
}

impl Statement {
    /// The statement of a scope over a range of days, as it was known at a moment.
    ///
    /// # Errors
    /// A sum out of range.
    pub fn of<'a>(
        scope: &Scope,
        by: By,
        days: RangeInclusive<Day>,
        known_at: Moment,
        history: impl IntoIterator<Item = &'a Transaction>,
    ) -> Result<Self, TooLarge> {
        let mut statement = Self { opening: Fen::ZERO, lines: Vec::new(), closing: Fen::ZERO };
        for transaction in history {
            let day = by.day(transaction);
            let unseen = transaction.entry().head().recorded > known_at || day > *days.end();
            let Some(amount) = (if unseen { None } else { scope.change(transaction)? }) else { continue };
            if day < *days.start() {
                statement.opening = sums::add(statement.opening, amount)?;
            } else {
                statement.lines.push(Line::new(transaction, day, amount));
            }
        }
        statement.run()?;
        Ok(statement)
    }

    /// Orders the lines and carries the balance through them.
    fn run(&mut self) -> Result<(), TooLarge> {
        self.lines.sort_unstable_by_key(|line| (line.day, line.recorded, line.event));
        self.closing = self.opening;
        for line in &mut self.lines {
            self.closing = sums::add(self.closing, line.amount)?;
            line.balance = self.closing;
        }
        Ok(())
    }
}

impl By {
    fn day(self, transaction: &Transaction) -> Day {
        match self {
            Self::Effective => transaction.entry().head().effective,
            Self::Accounting => transaction.accounting(),
        }
    }
}

impl Line {
    fn new(transaction: &Transaction, day: Day, amount: Fen) -> Self {
        let entry = transaction.entry();
        let head = entry.head();
        Self {
            day,
            recorded: head.recorded,
            event: head.event,
            kind: entry.kind(),
            concerns: entry.concerns(),
            amount,
            balance: Fen::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Part;
    use crate::rules::cases::{head, holder, landed};
    use crate::rules::{CreditFrom, carry_over, credit, refund};
    use crate::transaction::Entry;

    #[test]
    fn a_statement_runs_from_opening_to_closing_in_the_order_of_days() {
        let p1 = holder("P1/211200");
        let fen = Fen::from_fen;
        let first = landed(credit(head(1, "2024-01-05"), p1, CreditFrom::Contribution, fen(100)));
        let paid = landed(refund(head(3, "2024-02-03"), p1, &[(Part::Current, fen(30))]));
        let back = Entry::reversal(head(5, "2024-02-03"), &paid).unwrap();
        let history = [
            Transaction::land(back, "2024-03-01".parse().unwrap()),
            landed(credit(head(2, "2024-02-05"), p1, CreditFrom::Contribution, fen(100))),
            landed(carry_over(head(4, "2024-02-20"), p1, fen(20))),
            paid,
            first,
        ];
        let days = "2024-02-01".parse().unwrap()..="2024-02-29".parse().unwrap();
        let make = |scope, by| Statement::of(&scope, by, days.clone(), Moment::MAX, &history).unwrap();
        let shown = |statement: &Statement| -> Vec<(u64, i64, i64)> {
            statement.lines.iter().map(|l| (l.event.0, l.amount.fen(), l.balance.fen())).collect()
        };
        let by_effect = make(Scope::Person(p1), By::Effective);
        assert_eq!(shown(&by_effect), [(3, -30, 70), (5, 30, 100), (2, 100, 200), (4, 0, 200)]);
        assert_eq!((by_effect.opening, by_effect.closing), (fen(100), fen(200)));
        assert_eq!(by_effect.lines[1].concerns, Some(EventNo(3)));
        let by_books = make(Scope::Person(p1), By::Accounting);
        assert_eq!(shown(&by_books), [(3, -30, 70), (2, 100, 170), (4, 0, 170)]);
        let prior = make(Scope::Account("P1/211200/prior".parse().unwrap()), By::Effective);
        assert_eq!(shown(&prior), [(4, 20, 20)]);
    }
}
