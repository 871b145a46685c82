//! The posting rules of claims on a member (应追回): a wrong credit is taken back, what of it was spent stays owed and is
//! withheld from later credits, taken out of the account, or paid back. Knows not why a credit was wrong.

use super::{CreditFrom, Parts};
use crate::account::{Account, Holder, Part};
use crate::moment::EventNo;
use crate::postings::{Fault, Postings};
use crate::transaction::{Entry, Head, Kind};
use gongji_domain::Fen;

/// Where money comes from that a member owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoveredFrom<'a> {
    /// The member's own account, part by part.
    Account(Parts<'a>),
    /// Money that the member paid back.
    Paid(Fen),
}

/// A credit of which a part is withheld for what the member owes (扣还); the account gets the rest.
///
/// # Errors
/// More withheld than credited, a negative amount, or nothing.
#[doc(alias = "扣还")]
pub fn credit_withheld(
    head: Head,
    holder: Holder,
    from: CreditFrom,
    amount: Fen,
    withheld: Fen,
) -> Result<Entry, Fault> {
    let current = Account::Personal { holder, part: Part::Current };
    let mut postings = Postings::new();
    postings.debit(from.account(holder.area), amount);
    postings.credit(Account::Claim { holder }, withheld);
    // Below zero when more is withheld than credited: that is refused by name.
    postings.credit(current, Fen::from_fen(amount.fen().saturating_sub(withheld.fen())));
    Entry::new(head, Kind::Credit, None, postings)
}

/// A wrong credit is taken back (计入更正) to where it came from: out of the parts what they hold, and the rest, which
/// was spent, stays owed. Names the credit, if it was one transaction.
///
/// # Errors
/// A negative amount, or nothing.
#[doc(alias = "计入更正")]
pub fn credit_taken_back(
    head: Head,
    concerns: Option<EventNo>,
    holder: Holder,
    to: CreditFrom,
    parts: Parts<'_>,
    owed: Fen,
) -> Result<Entry, Fault> {
    let source = to.account(holder.area);
    let mut postings = Postings::new();
    let personal = parts.iter().map(|(part, amount)| (Account::Personal { holder, part: *part }, *amount));
    for (account, amount) in personal.chain([(Account::Claim { holder }, owed)]) {
        postings.debit(account, amount);
        postings.credit(source, amount);
    }
    Entry::new(head, Kind::Correction, concerns, postings)
}

/// What a member owed comes back (追回).
///
/// # Errors
/// A negative amount, or nothing.
#[doc(alias = "追回")]
pub fn recovery(head: Head, holder: Holder, from: RecoveredFrom<'_>) -> Result<Entry, Fault> {
    let claim = Account::Claim { holder };
    let mut postings = Postings::new();
    let mut pay = |account, amount| {
        postings.debit(account, amount);
        postings.credit(claim, amount);
    };
    match from {
        RecoveredFrom::Account(parts) => {
            parts.iter().for_each(|(part, amount)| pay(Account::Personal { holder, part: *part }, *amount));
        }
        RecoveredFrom::Paid(amount) => pay(Account::Deposit { area: holder.area }, amount),
    }
    Entry::new(head, Kind::Recovery, None, postings)
}

/// What its holder owes, kept back from an account that is paid out (先扣还，后支付): one transaction with the payment, and
/// of its kind.
///
/// # Errors
/// A negative amount.
#[doc(alias = "扣还")]
pub fn after_recovery(paid: &Entry, holder: Holder, owed: Parts<'_>) -> Result<Entry, Fault> {
    let mut postings = Postings::new();
    paid.postings().iter().for_each(|posting| postings.add(*posting));
    for (part, amount) in owed {
        postings.debit(Account::Personal { holder, part: *part }, *amount);
        postings.credit(Account::Claim { holder }, *amount);
    }
    Entry::new(paid.head(), paid.kind(), paid.concerns(), postings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Heading;
    use crate::books::{Books, Refused};
    use crate::rules::cases::{head, holder, ledger, shown};
    use crate::rules::refund;
    use Part::{Current, Prior};

    const FEN: fn(i64) -> Fen = Fen::from_fen;

    #[test]
    fn claims_post_as_the_table_says() {
        let (head, p1) = (head(9, "2024-03-05"), holder("P1/211200"));
        let pool = CreditFrom::Fund(ledger("310100"));
        for (what, entry, expected) in [
            (
                "a part of a credit is withheld",
                credit_withheld(head, p1, pool, FEN(6_000), FEN(1_500)),
                &["P1/211200/current -45.00", "P1/211200/claim -15.00", "-/211200/fund/310100 60.00"][..],
            ),
            (
                "all of it is withheld",
                credit_withheld(head, p1, CreditFrom::Contribution, FEN(100), FEN(100)),
                &["P1/211200/claim -1.00", "-/211200/contributions 1.00"],
            ),
            (
                "nothing is withheld",
                credit_withheld(head, p1, CreditFrom::Contribution, FEN(100), FEN(0)),
                &["P1/211200/current -1.00", "-/211200/contributions 1.00"],
            ),
            (
                "a wrong credit: 40.00 are there, 20.00 were spent",
                credit_taken_back(
                    head,
                    Some(EventNo(3)),
                    p1,
                    pool,
                    &[(Current, FEN(2_500)), (Prior, FEN(1_500))],
                    FEN(2_000),
                ),
                &[
                    "P1/211200/current 25.00",
                    "P1/211200/prior 15.00",
                    "P1/211200/claim 20.00",
                    "-/211200/fund/310100 -60.00",
                ],
            ),
            (
                "taken out of the account before a refund",
                recovery(head, p1, RecoveredFrom::Account(&[(Prior, FEN(2_000))])),
                &["P1/211200/prior 20.00", "P1/211200/claim -20.00"],
            ),
            (
                "a refund, less what is owed",
                after_recovery(&refund(head, p1, &[(Prior, FEN(5_000))]).unwrap(), p1, &[(Prior, FEN(2_000))]),
                &["P1/211200/prior 70.00", "P1/211200/claim -20.00", "-/211200/deposit -50.00"],
            ),
            (
                "paid back in money",
                recovery(head, p1, RecoveredFrom::Paid(FEN(2_000))),
                &["P1/211200/claim -20.00", "-/211200/deposit 20.00"],
            ),
        ] {
            assert_eq!(shown(entry), expected, "{what}");
        }
    }

    #[test]
    fn more_than_there_is_is_neither_withheld_nor_recovered() {
        let (at, p1) = (|event| head(event, "2024-03-05"), holder("P1/211200"));
        let (current, claim) = (Account::Personal { holder: p1, part: Current }, Account::Claim { holder: p1 });
        let more = credit_withheld(at(1), p1, CreditFrom::Contribution, FEN(100), FEN(101));
        assert_eq!(more, Err(Fault::Negative { account: current, amount: FEN(-1) }));
        assert_eq!(recovery(at(1), p1, RecoveredFrom::Paid(FEN(0))), Err(Fault::Empty));
        let mut books = Books::default();
        books.post(credit_taken_back(at(2), None, p1, CreditFrom::Contribution, &[], FEN(500)).unwrap()).unwrap();
        assert_eq!((books.balance(&claim), claim.heading()), (FEN(500), Heading::Claims));
        let back = |event, fen| recovery(at(event), p1, RecoveredFrom::Paid(FEN(fen))).unwrap();
        let refused = Refused::NotOwed { account: claim, held: FEN(500), asked: FEN(501) };
        assert_eq!(books.post(back(3, 501)), Err(refused));
        books.post(back(4, 500)).unwrap();
        assert_eq!(books.balance(&claim), Fen::ZERO);
    }
}
