//! The posting rules of the area's own money: contributions, ledgers of funds, payments to institutions
//! and other areas, what is not understood yet, corrections. Knows no person's business.

use crate::account::{Account, FundLedger};
use crate::moment::EventNo;
use crate::name::{AreaCode, Name};
use crate::postings::{Fault, Posting, Postings};
use crate::transaction::{Entry, Head, Kind};
use gongji_domain::Fen;

/// A contribution that came in (缴费), not yet given to a fund or a personal account.
///
/// # Errors
/// A negative amount, or nothing.
#[doc(alias = "缴费")]
pub fn contribution(head: Head, area: AreaCode, amount: Fen) -> Result<Entry, Fault> {
    pair(head, Kind::Contribution, Account::Deposit { area }, Account::Contributions { area }, amount)
}

/// A contribution of which the parts are known when it comes in (缴费分配): the member's own part waits to be credited
/// to the personal account, the employer's goes to the fund.
///
/// # Errors
/// A negative amount, or nothing.
#[doc(alias = "单位缴费")]
pub fn contribution_split(
    head: Head,
    area: AreaCode,
    own: Fen,
    pooled: Fen,
    ledger: FundLedger,
) -> Result<Entry, Fault> {
    let mut postings = Postings::new();
    for (receiver, amount) in [(Account::Contributions { area }, own), (Account::Fund { area, ledger }, pooled)] {
        postings.debit(Account::Deposit { area }, amount);
        postings.credit(receiver, amount);
    }
    Entry::new(head, Kind::Contribution, None, postings)
}

/// Contributions given to a ledger of a fund, or one ledger that endows another (从统筹基金列支): `from`
/// is none for contributions.
///
/// # Errors
/// The same ledger on both sides, a negative amount, or nothing.
#[doc(alias = "列支")]
pub fn allocation(
    head: Head,
    area: AreaCode,
    from: Option<FundLedger>,
    to: FundLedger,
    amount: Fen,
) -> Result<Entry, Fault> {
    let source = from.map_or(Account::Contributions { area }, |ledger| Account::Fund { area, ledger });
    pair(head, Kind::Allocation, source, Account::Fund { area, ledger: to }, amount)
}

/// A payment to an institution for what it is owed (机构清算).
///
/// # Errors
/// A negative amount, or nothing.
#[doc(alias = "清算")]
pub fn clearing(head: Head, area: AreaCode, institution: Name, amount: Fen) -> Result<Entry, Fault> {
    pair(head, Kind::Clearing, Account::Institution { area, institution }, Account::Deposit { area }, amount)
}

/// A payment of one area to another for what it owes (异地清算).
///
/// # Errors
/// The same area on both sides, a negative amount, or nothing.
#[doc(alias = "异地清算")]
pub fn area_clearing(head: Head, debtor: AreaCode, creditor: AreaCode, amount: Fen) -> Result<Entry, Fault> {
    let mut postings = Postings::new();
    if debtor == creditor {
        postings.fail(Fault::SameArea { area: debtor });
    }
    postings.debit(Account::Payable { area: debtor, to: creditor }, amount);
    postings.credit(Account::Deposit { area: debtor }, amount);
    postings.debit(Account::Deposit { area: creditor }, amount);
    postings.credit(Account::Receivable { area: creditor, from: debtor }, amount);
    Entry::new(head, Kind::AreaClearing, None, postings)
}

/// Money that came in without a known purpose (待处理收款); a correction moves it where it belongs.
///
/// # Errors
/// A negative amount, or nothing.
#[doc(alias = "待处理")]
pub fn receipt(head: Head, area: AreaCode, amount: Fen) -> Result<Entry, Fault> {
    pair(head, Kind::Receipt, Account::Deposit { area }, Account::Suspense { area }, amount)
}

/// Any balanced movement that puts something right (更正); names the transaction concerned, if there is one.
///
/// # Errors
/// Whatever makes the postings no balanced transaction.
#[doc(alias = "更正")]
pub fn correction(
    head: Head,
    concerns: Option<EventNo>,
    postings: impl IntoIterator<Item = Posting>,
) -> Result<Entry, Fault> {
    let mut collected = Postings::new();
    postings.into_iter().for_each(|posting| collected.add(posting));
    Entry::new(head, Kind::Correction, concerns, collected)
}

fn pair(head: Head, kind: Kind, debit: Account, credit: Account, amount: Fen) -> Result<Entry, Fault> {
    let mut postings = Postings::new();
    if debit == credit {
        postings.fail(Fault::SameSides { account: debit });
    }
    postings.debit(debit, amount);
    postings.credit(credit, amount);
    Entry::new(head, kind, None, postings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::cases::{area, head, ledger, name, shown};

    const FEN: fn(i64) -> Fen = Fen::from_fen;

    fn posting(key: &str, fen: i64) -> Posting {
        Posting { account: key.parse().unwrap(), amount: FEN(fen) }
    }

    #[test]
    fn movements_of_the_areas_money_post_as_the_table_says() {
        let (head, here, there) = (head(9, "2024-03-05"), area("211200"), area("500000"));
        let (pooled, outpatient) = (ledger("310100"), ledger("310100/outpatient"));
        let found = [posting("-/211200/suspense", 700), posting("P1/211200/prior", -700)];
        for (what, entry, expected) in [
            (
                "contribution",
                contribution(head, here, FEN(700)),
                &["-/211200/contributions -7.00", "-/211200/deposit 7.00"][..],
            ),
            (
                "the employers' share into the pooled fund",
                allocation(head, here, None, pooled, FEN(700)),
                &["-/211200/fund/310100 -7.00", "-/211200/contributions 7.00"],
            ),
            (
                "the pooled fund endows its outpatient ledger",
                allocation(head, here, Some(pooled), outpatient, FEN(700)),
                &["-/211200/fund/310100 7.00", "-/211200/fund/310100/outpatient -7.00"],
            ),
            (
                "payment to an institution",
                clearing(head, here, name("H1"), FEN(700)),
                &["-/211200/institution/H1 7.00", "-/211200/deposit -7.00"],
            ),
            (
                "payment to another area",
                area_clearing(head, here, there, FEN(700)),
                &[
                    "-/500000/receivable/211200 -7.00",
                    "-/211200/payable/500000 7.00",
                    "-/211200/deposit -7.00",
                    "-/500000/deposit 7.00",
                ],
            ),
            ("receipt", receipt(head, here, FEN(700)), &["-/211200/deposit 7.00", "-/211200/suspense -7.00"]),
            (
                "a receipt turned out to be a member's",
                correction(head, Some(EventNo(1)), found),
                &["P1/211200/prior -7.00", "-/211200/suspense 7.00"],
            ),
        ] {
            assert_eq!(shown(entry), expected, "{what}");
        }
    }

    #[test]
    fn movements_that_are_none_are_refused_by_name() {
        let (head, here) = (head(9, "2024-03-05"), area("211200"));
        let (pooled, account) = (ledger("310100"), "-/211200/fund/310100".parse().unwrap());
        let deposit: Account = "-/211200/deposit".parse().unwrap();
        for (entry, fault) in [
            (contribution(head, here, FEN(0)), Fault::Empty),
            (contribution(head, here, FEN(-1)), Fault::Negative { account: deposit, amount: FEN(-1) }),
            (allocation(head, here, Some(pooled), pooled, FEN(1)), Fault::SameSides { account }),
            (area_clearing(head, here, here, FEN(1)), Fault::SameArea { area: here }),
            (correction(head, None, [posting("-/211200/deposit", 0)]), Fault::Zero { account: deposit }),
            (correction(head, None, []), Fault::Empty),
            (correction(head, Some(EventNo(9)), [posting("-/211200/deposit", 1)]), Fault::Itself { event: EventNo(9) }),
            (correction(head, None, [posting("-/211200/deposit", 1)]), Fault::Unbalanced { area: here, by: FEN(1) }),
        ] {
            assert_eq!(entry, Err(fault));
        }
    }
}
