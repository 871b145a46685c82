//! The trial balance (试算平衡表): turnover of each heading, summed area by area; a history is sound when
//! every area comes to nothing. Parts made apart, by day or by node, add up.

use crate::account::Heading;
use crate::history::AsOf;
use crate::name::AreaCode;
use crate::sums::{self, TooLarge};
use crate::transaction::Transaction;
use alloc::collections::BTreeMap;
use gongji_domain::Fen;

/// What was debited and credited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turnover {
    /// 借方发生额
    pub debit: Fen,
    /// 贷方发生额
    pub credit: Fen,
}

impl Turnover {
    fn add(&mut self, other: Self) -> Result<(), TooLarge> {
        let (debit, credit) = (sums::add(self.debit, other.debit)?, sums::add(self.credit, other.credit)?);
        *self = Self { debit, credit };
        Ok(())
    }

    /// Debits less credits.
    pub fn net(&self) -> Fen {
        self.debit - self.credit
    }
}

/// Turnover by area and heading.
#[doc(alias = "试算平衡表")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrialBalance {
    rows: BTreeMap<(AreaCode, Heading), Turnover>,
}

impl TrialBalance {
    /// The trial balance of what is seen of a history.
    ///
    /// # Errors
    /// A sum out of range.
    pub fn of<'a>(as_of: &AsOf, history: impl IntoIterator<Item = &'a Transaction>) -> Result<Self, TooLarge> {
        let mut trial = Self::default();
        for transaction in history.into_iter().filter(|transaction| as_of.sees(transaction)) {
            trial.add(transaction)?;
        }
        Ok(trial)
    }

    /// Adds a transaction.
    ///
    /// # Errors
    /// A sum out of range; the trial balance is not to be used then.
    pub fn add(&mut self, transaction: &Transaction) -> Result<(), TooLarge> {
        for posting in transaction.entry().postings() {
            let key = (posting.account.area(), posting.account.heading());
            let (debit, credit) = (posting.amount.max(Fen::ZERO), (-posting.amount).max(Fen::ZERO));
            self.rows.entry(key).or_default().add(Turnover { debit, credit })?;
        }
        Ok(())
    }

    /// Adds another one, such as that of another day or node.
    ///
    /// # Errors
    /// A sum out of range; the trial balance is not to be used then.
    pub fn absorb(&mut self, other: &Self) -> Result<(), TooLarge> {
        other.rows.iter().try_for_each(|(key, turnover)| self.rows.entry(*key).or_default().add(*turnover))
    }

    /// The lines of an area, in the order of the chart of accounts.
    pub fn rows(&self, area: AreaCode) -> impl Iterator<Item = (Heading, Turnover)> {
        self.rows.iter().filter(move |((of, _), _)| *of == area).map(|((_, heading), turnover)| (*heading, *turnover))
    }

    /// The balance of a heading on its normal side.
    pub fn balance(&self, area: AreaCode, heading: Heading) -> Fen {
        let turnover = self.rows.get(&(area, heading)).copied().unwrap_or_default();
        heading.normal().balance(turnover.net())
    }

    /// The areas that it has lines of, each once.
    pub fn areas(&self) -> impl Iterator<Item = AreaCode> {
        let mut last = None;
        self.rows.keys().map(|(area, _)| *area).filter(move |area| {
            let new = last != Some(*area);
            last = Some(*area);
            new
        })
    }

    /// All debits and all credits of an area; equal in every sound history.
    ///
    /// # Errors
    /// A sum out of range.
    pub fn total(&self, area: AreaCode) -> Result<Turnover, TooLarge> {
        let mut total = Turnover::default();
        self.rows(area).try_for_each(|(_, turnover)| total.add(turnover))?;
        Ok(total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Part;
    use crate::rules::cases::{area, head, holder, landed, name};
    use crate::rules::{CreditFrom, clearing, contribution, credit, mutual_aid};

    #[test]
    fn debits_equal_credits_in_every_area_and_parts_add_up() {
        let (here, there) = (area("211200"), area("500000"));
        let (p1, p2) = (holder("P1/211200"), holder("P2/500000"));
        let (at, fen) = (|event| head(event, "2024-03-05"), Fen::from_fen);
        let history = [
            landed(contribution(at(1), here, fen(500))),
            landed(credit(at(2), p1, CreditFrom::Contribution, fen(300))),
            landed(mutual_aid(at(3), p1, &[(Part::Current, fen(120))], p2)),
            landed(clearing(at(4), here, name("H1"), fen(30))),
        ];
        let trial = TrialBalance::of(&AsOf::EVERYTHING, &history).unwrap();
        assert_eq!(trial.areas().collect::<alloc::vec::Vec<_>>(), [here, there]);
        for (area, expected) in [(here, 950), (there, 120)] {
            assert_eq!(trial.total(area), Ok(Turnover { debit: fen(expected), credit: fen(expected) }));
        }
        for (area, heading, expected) in [
            (here, Heading::Deposit, 470),
            (here, Heading::Contributions, 200),
            (here, Heading::Personal(Part::Current), 180),
            (here, Heading::Payables, 120),
            (here, Heading::Institutions, -30),
            (there, Heading::Receivables, 120),
            (there, Heading::Personal(Part::Received), 120),
            (there, Heading::Deposit, 0),
        ] {
            assert_eq!(trial.balance(area, heading), fen(expected), "{heading:?}");
        }
        let mut sum = TrialBalance::of(&AsOf::EVERYTHING, &history[..2]).unwrap();
        sum.absorb(&TrialBalance::of(&AsOf::EVERYTHING, &history[2..]).unwrap()).unwrap();
        assert_eq!(sum, trial);
        assert_eq!(trial.rows(here).count(), 5);
    }
}
