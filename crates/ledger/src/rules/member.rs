//! The posting rules of a member's personal account (个人账户): credited, given to a relative, carried
//! over, paid out, taken along. Knows no schedule, no relation between persons and no rate.

use super::owe;
use crate::account::{Account, FundLedger, Holder, Part};
use crate::name::{AreaCode, Name};
use crate::postings::{Fault, Postings};
use crate::transaction::{Entry, Head, Kind};
use alloc::vec::Vec;
use gongji_domain::Fen;

/// Amounts from parts of a personal account.
pub type Parts<'a> = &'a [(Part, Fen)];

/// Where the money of a credit comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreditFrom {
    /// The member's own contribution (本人缴费).
    Contribution,
    /// A fund, as for retirees (统筹基金划入).
    Fund(FundLedger),
}

impl CreditFrom {
    /// The account of the area that pays it.
    pub(super) fn account(self, area: AreaCode) -> Account {
        match self {
            Self::Contribution => Account::Contributions { area },
            Self::Fund(ledger) => Account::Fund { area, ledger },
        }
    }
}

/// A credit to the current part of a personal account (计入).
///
/// # Errors
/// A negative amount, or nothing.
#[doc(alias = "划入")]
pub fn credit(head: Head, holder: Holder, from: CreditFrom, amount: Fen) -> Result<Entry, Fault> {
    let mut postings = Postings::new();
    postings.debit(from.account(holder.area), amount);
    postings.credit(Account::Personal { holder, part: Part::Current }, amount);
    Entry::new(head, Kind::Credit, None, postings)
}

/// A transfer from one person's account to a relative's (家庭共济), who receives it in a part of its own.
///
/// # Errors
/// The same person on both sides, a negative amount, or nothing.
#[doc(alias = "家庭共济")]
pub fn mutual_aid(head: Head, from: Holder, parts: Parts<'_>, to: Holder) -> Result<Entry, Fault> {
    let received = Account::Personal { holder: to, part: Part::Received };
    let mut postings = Postings::new();
    if from.person == to.person {
        postings.fail(Fault::SameSides { account: received });
    }
    for (part, amount) in parts {
        postings.debit(Account::Personal { holder: from, part: *part }, *amount);
        owe(&mut postings, from.area, to.area, *amount);
        postings.credit(received, *amount);
    }
    Entry::new(head, Kind::MutualAid, None, postings)
}

/// What is left of the current part becomes prior (年度结转). The caller names what is left; when a
/// late cancellation gives something back to the current part, that is carried over by another one.
///
/// # Errors
/// A negative amount, or nothing.
#[doc(alias = "年度结转")]
pub fn carry_over(head: Head, holder: Holder, amount: Fen) -> Result<Entry, Fault> {
    let mut postings = Postings::new();
    postings.debit(Account::Personal { holder, part: Part::Current }, amount);
    postings.credit(Account::Personal { holder, part: Part::Prior }, amount);
    Entry::new(head, Kind::CarryOver, None, postings)
}

/// Paid out of a personal account to the member (返还), where the rules allow it.
///
/// # Errors
/// A negative amount, or nothing.
#[doc(alias = "返还")]
pub fn refund(head: Head, holder: Holder, parts: Parts<'_>) -> Result<Entry, Fault> {
    Entry::new(head, Kind::Refund, None, paid_out(holder, parts))
}

/// Paid out of a dead member's account to the heirs (继承): the parts that each of them gets.
///
/// # Errors
/// A negative amount, or nothing.
#[doc(alias = "继承")]
pub fn inheritance(head: Head, holder: Holder, heirs: &[Parts<'_>]) -> Result<Entry, Fault> {
    let parts: Vec<(Part, Fen)> = heirs.iter().flat_map(|parts| parts.iter().copied()).collect();
    Entry::new(head, Kind::Inheritance, None, paid_out(holder, &parts))
}

/// A member comes from an area whose books are not kept here, which sent the money of the account (转入).
///
/// # Errors
/// A negative amount, or nothing.
#[doc(alias = "转入")]
pub fn transfer_in(head: Head, holder: Holder, parts: Parts<'_>) -> Result<Entry, Fault> {
    let mut postings = Postings::new();
    for (part, amount) in parts {
        postings.debit(Account::Deposit { area: holder.area }, *amount);
        postings.credit(Account::Personal { holder, part: *part }, *amount);
    }
    Entry::new(head, Kind::Relocation, None, postings)
}

/// A member goes to an area whose books are not kept here, and the money of the account is sent there (转出).
///
/// # Errors
/// A negative amount, or nothing.
#[doc(alias = "转出")]
pub fn transfer_out(head: Head, holder: Holder, parts: Parts<'_>) -> Result<Entry, Fault> {
    Entry::new(head, Kind::Relocation, None, paid_out(holder, parts))
}

fn paid_out(holder: Holder, parts: Parts<'_>) -> Postings {
    let mut postings = Postings::new();
    for (part, amount) in parts {
        postings.debit(Account::Personal { holder, part: *part }, *amount);
        postings.credit(Account::Deposit { area: holder.area }, *amount);
    }
    postings
}

/// A contribution paid out of a personal account, for its holder or a relative (代扣代缴): to the large-amount
/// fund, to long-term care, to residents' insurance, whatever the rules allow. `to` is the fund that receives it
/// in `area`, none for contributions that are allocated or handed on later.
///
/// # Errors
/// A negative amount, or nothing.
#[doc(alias = "代扣代缴")]
pub fn premium(
    head: Head,
    holder: Holder,
    parts: Parts<'_>,
    area: AreaCode,
    to: Option<FundLedger>,
) -> Result<Entry, Fault> {
    let receiver = to.map_or(Account::Contributions { area }, |ledger| Account::Fund { area, ledger });
    let mut postings = Postings::new();
    for (part, amount) in parts {
        postings.debit(Account::Personal { holder, part: *part }, *amount);
        owe(&mut postings, holder.area, area, *amount);
        postings.credit(receiver, *amount);
    }
    Entry::new(head, Kind::Premium, None, postings)
}

/// A member moves to another area and takes the account along, part by part (转移接续); the old area
/// owes the new one the amount.
///
/// # Errors
/// The same area on both sides, a negative amount, or nothing.
#[doc(alias = "转移接续")]
pub fn relocation(head: Head, person: Name, from: AreaCode, to: AreaCode, parts: Parts<'_>) -> Result<Entry, Fault> {
    let account = |area, part| Account::Personal { holder: Holder { person, area }, part };
    let mut postings = Postings::new();
    if from == to {
        postings.fail(Fault::SameArea { area: from });
    }
    for (part, amount) in parts {
        postings.debit(account(from, *part), *amount);
        owe(&mut postings, from, to, *amount);
        postings.credit(account(to, *part), *amount);
    }
    Entry::new(head, Kind::Relocation, None, postings)
}

/// What an account held when the books began (期初余额), part by part; the area holds the money for it.
///
/// # Errors
/// A negative amount, or nothing.
#[doc(alias = "期初余额")]
pub fn opening(head: Head, holder: Holder, parts: Parts<'_>) -> Result<Entry, Fault> {
    let mut postings = Postings::new();
    for (part, amount) in parts {
        postings.debit(Account::Deposit { area: holder.area }, *amount);
        postings.credit(Account::Personal { holder, part: *part }, *amount);
    }
    Entry::new(head, Kind::Opening, None, postings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::cases::{area, head, holder, ledger, name, shown};
    use Part::{Current, Prior, Received};

    const FEN: fn(i64) -> Fen = Fen::from_fen;

    #[test]
    fn movements_of_a_personal_account_post_as_the_table_says() {
        let (head, p1, p2, p3) = (head(1, "2024-03-05"), holder("P1/211200"), holder("P2/211200"), holder("P3/500000"));
        let (here, there) = (area("211200"), area("500000"));
        for (what, entry, expected) in [
            (
                "an employee's own contribution",
                credit(head, p1, CreditFrom::Contribution, FEN(10_000)),
                &["P1/211200/current -100.00", "-/211200/contributions 100.00"][..],
            ),
            (
                "a retiree's fixed credit out of the pooled fund",
                credit(head, p1, CreditFrom::Fund(ledger("310100")), FEN(6_000)),
                &["P1/211200/current -60.00", "-/211200/fund/310100 60.00"],
            ),
            (
                "to a relative of the same area, from two parts",
                mutual_aid(head, p1, &[(Prior, FEN(300)), (Current, FEN(200))], p2),
                &["P1/211200/current 2.00", "P1/211200/prior 3.00", "P2/211200/received -5.00"],
            ),
            (
                "to a relative of another area",
                mutual_aid(head, p1, &[(Received, FEN(300)), (Current, FEN(0))], p3),
                &[
                    "P1/211200/received 3.00",
                    "P3/500000/received -3.00",
                    "-/500000/receivable/211200 3.00",
                    "-/211200/payable/500000 -3.00",
                ],
            ),
            ("the new year", carry_over(head, p1, FEN(4_321)), &["P1/211200/current 43.21", "P1/211200/prior -43.21"]),
            (
                "back to the member",
                refund(head, p1, &[(Current, FEN(100)), (Prior, FEN(50))]),
                &["P1/211200/current 1.00", "P1/211200/prior 0.50", "-/211200/deposit -1.50"],
            ),
            (
                "to two heirs, who share the parts",
                inheritance(head, p1, &[&[(Current, FEN(60))], &[(Current, FEN(40)), (Prior, FEN(20))]]),
                &["P1/211200/current 1.00", "P1/211200/prior 0.20", "-/211200/deposit -1.20"],
            ),
            (
                "from an area outside",
                transfer_in(head, p1, &[(Prior, FEN(50))]),
                &["P1/211200/prior -0.50", "-/211200/deposit 0.50"],
            ),
            (
                "to an area outside",
                transfer_out(head, p1, &[(Current, FEN(100)), (Prior, FEN(50))]),
                &["P1/211200/current 1.00", "P1/211200/prior 0.50", "-/211200/deposit -1.50"],
            ),
            (
                "the large-amount contribution out of two parts",
                premium(head, p1, &[(Current, FEN(100)), (Prior, FEN(20))], here, Some(ledger("330100"))),
                &["P1/211200/current 1.00", "P1/211200/prior 0.20", "-/211200/fund/330100 -1.20"],
            ),
            (
                "a parent's residents' insurance in another area",
                premium(head, p1, &[(Prior, FEN(38_000))], there, None),
                &[
                    "P1/211200/prior 380.00",
                    "-/500000/receivable/211200 380.00",
                    "-/211200/payable/500000 -380.00",
                    "-/500000/contributions -380.00",
                ],
            ),
            (
                "the books begin",
                opening(head, p1, &[(Current, FEN(100)), (Prior, FEN(50))]),
                &["P1/211200/current -1.00", "P1/211200/prior -0.50", "-/211200/deposit 1.50"],
            ),
            (
                "the member moves",
                relocation(head, name("P1"), here, there, &[(Current, FEN(100)), (Received, FEN(50))]),
                &[
                    "P1/211200/current 1.00",
                    "P1/211200/received 0.50",
                    "P1/500000/current -1.00",
                    "P1/500000/received -0.50",
                    "-/500000/receivable/211200 1.50",
                    "-/211200/payable/500000 -1.50",
                ],
            ),
        ] {
            assert_eq!(shown(entry), expected, "{what}");
        }
    }

    #[test]
    fn movements_that_are_none_are_refused_by_name() {
        let (head, p1) = (head(1, "2024-03-05"), holder("P1/211200"));
        let account = |key: &str| key.parse().unwrap();
        let negative = |key: &str| Fault::Negative { account: account(key), amount: FEN(-1) };
        for (entry, fault) in [
            (credit(head, p1, CreditFrom::Contribution, FEN(0)), Fault::Empty),
            (credit(head, p1, CreditFrom::Contribution, FEN(-1)), negative("-/211200/contributions")),
            (mutual_aid(head, p1, &[], holder("P2/211200")), Fault::Empty),
            (
                mutual_aid(head, p1, &[(Current, FEN(1))], holder("P1/500000")),
                Fault::SameSides { account: account("P1/500000/received") },
            ),
            (carry_over(head, p1, FEN(-1)), negative("P1/211200/current")),
            (opening(head, p1, &[(Current, FEN(0))]), Fault::Empty),
            (refund(head, p1, &[(Prior, FEN(-1))]), negative("P1/211200/prior")),
            (inheritance(head, p1, &[]), Fault::Empty),
            (transfer_in(head, p1, &[(Prior, FEN(0))]), Fault::Empty),
            (transfer_out(head, p1, &[(Prior, FEN(-1))]), negative("P1/211200/prior")),
            (relocation(head, p1.person, p1.area, p1.area, &[(Prior, FEN(1))]), Fault::SameArea { area: p1.area }),
        ] {
            assert_eq!(entry, Err(fault));
        }
    }
}
