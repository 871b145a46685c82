//! The audit of a history (核验): every transaction posted anew, in the order of recording, must be allowed
//! and come out as it was kept. Says at the first difference what is wrong; repairs nothing.

use crate::books::{Books, Refused};
use crate::moment::EventNo;
use crate::transaction::Transaction;
use gongji_domain::Day;

/// Why a kept transaction is not what posting it would have given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// It would not have been posted.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// It would have landed on another day of the books.
    #[error("记账日应为 {expected}，账上为 {kept}")]
    Landed {
        /// Where it stands.
        kept: Day,
        /// Where it should.
        expected: Day,
    },
    /// What it reverses is not there, or it is not its exact opposite.
    #[error("冲销凭证与原凭证 {event} 不是逐分相反，或原凭证不存在")]
    NotTakenBack {
        /// What it reverses.
        event: EventNo,
    },
}

impl Books {
    /// Posts a kept transaction anew and compares. The caller hands over the transactions in the order
    /// of their recording, with the closings between them, and for a reversal the original.
    ///
    /// # Errors
    /// The first difference; nothing has changed when it would not have been posted.
    pub fn audit(&mut self, kept: &Transaction, original: Option<&Transaction>) -> Result<(), Broken> {
        if let Some(event) = kept.entry().reverses()
            && !original.is_some_and(|original| kept.takes_back(original))
        {
            return Err(Broken::NotTakenBack { event });
        }
        let posted = self.post(kept.entry().clone())?;
        if posted.accounting() == kept.accounting() {
            return Ok(());
        }
        Err(Broken::Landed { kept: kept.accounting(), expected: posted.accounting() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postings::Posting;
    use crate::rules::cases::{head, holder, landed};
    use crate::rules::{CreditFrom, credit};
    use crate::transaction::{Entry, Kind};
    use alloc::vec::Vec;
    use gongji_domain::Fen;

    #[test]
    fn a_changed_history_is_broken_at_the_change() {
        let p1 = holder("P1/211200");
        let first = landed(credit(head(1, "2024-03-05"), p1, CreditFrom::Contribution, Fen::from_fen(100)));
        let back = landed(Entry::reversal(head(2, "2024-03-06"), &first));
        let mut books = Books::default();
        assert_eq!(books.audit(&first, None), Ok(()));
        let event = EventNo(1);
        assert_eq!(books.audit(&back, None), Err(Broken::NotTakenBack { event }));
        let less = |p: &Posting| Posting { amount: Fen::from_fen(p.amount.fen() / 2), ..*p };
        let halved: Vec<Posting> = back.entry().postings().iter().map(less).collect();
        let day = back.accounting();
        let halved = Transaction::restore(back.entry().head(), Kind::Reversal, Some(event), day, halved).unwrap();
        assert_eq!(books.audit(&halved, Some(&first)), Err(Broken::NotTakenBack { event }));
        assert_eq!(books.audit(&back, Some(&first)), Ok(()));
        assert_eq!(books.audit(&back, Some(&first)), Err(Broken::Refused(Refused::AlreadyReversed { event })));
    }

    #[test]
    fn a_transaction_on_another_day_of_the_books_is_found() {
        let first = credit(head(1, "2024-03-05"), holder("P1/211200"), CreditFrom::Contribution, Fen::from_fen(100));
        let kept = Transaction::land(first.unwrap(), "2024-04-01".parse().unwrap());
        let expected = "2024-03-05".parse().unwrap();
        assert_eq!(Books::default().audit(&kept, None), Err(Broken::Landed { kept: kept.accounting(), expected }));
    }
}
