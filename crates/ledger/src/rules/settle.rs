//! The posting rule of a settlement (结算): funds and personal accounts pay an institution.
//! What the member pays in cash goes past the books. Knows nothing of why who pays how much.

use super::owe;
use crate::account::{Account, FundLedger, Holder, Part};
use crate::name::{AreaCode, Name};
use crate::postings::{Fault, Postings};
use crate::transaction::{Entry, Head, Kind};
use gongji_domain::Fen;

/// What a settlement moves.
#[derive(Clone, Copy, Debug)]
pub struct Settling<'a> {
    /// The member's area (参保地), whose funds pay.
    pub area: AreaCode,
    /// The institution.
    pub institution: Name,
    /// The institution's area (就医地).
    pub treated_in: AreaCode,
    /// What the funds pay.
    pub funds: &'a [FundShare],
    /// What personal accounts pay, the member's or a relative's.
    pub accounts: &'a [AccountShare],
}

/// What a ledger of a fund pays (基金支出).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FundShare {
    /// The ledger.
    pub ledger: FundLedger,
    /// How much, from zero up.
    pub amount: Fen,
}

/// What a part of a personal account pays (个人账户支出).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountShare {
    /// Whose account: the member's, or that of a relative, maybe of another area (家庭共济).
    pub holder: Holder,
    /// Which part.
    pub part: Part,
    /// How much, from zero up.
    pub amount: Fen,
}

/// A settlement: debits who pays, credits what the institution is owed. Each payer's area owes the
/// institution's area what it pays there.
///
/// # Errors
/// [`Fault::Empty`] when nobody but the member's purse pays; a negative or too large amount.
#[doc(alias = "结算")]
pub fn settlement(head: Head, settling: &Settling<'_>) -> Result<Entry, Fault> {
    let mut postings = Postings::new();
    for share in settling.funds {
        pay(&mut postings, settling, Account::Fund { area: settling.area, ledger: share.ledger }, share.amount);
    }
    for share in settling.accounts {
        let account = Account::Personal { holder: share.holder, part: share.part };
        pay(&mut postings, settling, account, share.amount);
    }
    Entry::new(head, Kind::Settlement, None, postings)
}

fn pay(postings: &mut Postings, settling: &Settling<'_>, payer: Account, amount: Fen) {
    let Settling { institution, treated_in, .. } = *settling;
    postings.debit(payer, amount);
    owe(postings, payer.area(), treated_in, amount);
    postings.credit(Account::Institution { area: treated_in, institution }, amount);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::cases::{area, head, holder, ledger, name, shown};

    fn settle(treated_in: &str, funds: &[(&str, i64)], accounts: &[(&str, Part, i64)]) -> Result<Entry, Fault> {
        let fund = |(key, fen): &(&str, i64)| FundShare { ledger: ledger(key), amount: Fen::from_fen(*fen) };
        let share = |(who, part, fen): &(&str, Part, i64)| AccountShare {
            holder: holder(who),
            part: *part,
            amount: Fen::from_fen(*fen),
        };
        let funds: alloc::vec::Vec<_> = funds.iter().map(fund).collect();
        let accounts: alloc::vec::Vec<_> = accounts.iter().map(share).collect();
        let (area, institution, treated_in) = (area("211200"), name("H1"), area(treated_in));
        settlement(
            head(1, "2024-03-05"),
            &Settling { area, institution, treated_in, funds: &funds, accounts: &accounts },
        )
    }

    #[test]
    fn who_pays_is_debited_and_the_institution_is_owed() {
        use Part::{Current, Prior};
        for (what, treated_in, funds, accounts, expected) in [
            (
                "own ledger of the pooled fund, own account",
                "211200",
                &[("310100/outpatient", 6_000)][..],
                &[("P1/211200", Current, 1_000), ("P1/211200", Prior, 500)][..],
                &[
                    "P1/211200/current 10.00",
                    "P1/211200/prior 5.00",
                    "-/211200/fund/310100/outpatient 60.00",
                    "-/211200/institution/H1 -75.00",
                ][..],
            ),
            (
                "two funds; parts of nothing are left out; one fund named twice is one posting",
                "211200",
                &[("310100", 100), ("330100", 40), ("310100", 1), ("320100", 0)],
                &[("P1/211200", Current, 0)],
                &["-/211200/fund/310100 1.01", "-/211200/fund/330100 0.40", "-/211200/institution/H1 -1.41"],
            ),
            (
                "a relative's account pays",
                "211200",
                &[],
                &[("P2/211200", Prior, 800)],
                &["P2/211200/prior 8.00", "-/211200/institution/H1 -8.00"],
            ),
            (
                "the institution belongs to another area",
                "500000",
                &[("310100", 100)],
                &[("P1/211200", Current, 20)],
                &[
                    "P1/211200/current 0.20",
                    "-/211200/fund/310100 1.00",
                    "-/500000/institution/H1 -1.20",
                    "-/500000/receivable/211200 1.20",
                    "-/211200/payable/500000 -1.20",
                ],
            ),
            (
                "the same where the institution's area has the lower code",
                "130000",
                &[("310100", 100)],
                &[],
                &[
                    "-/211200/fund/310100 1.00",
                    "-/130000/institution/H1 -1.00",
                    "-/130000/receivable/211200 1.00",
                    "-/211200/payable/130000 -1.00",
                ],
            ),
            (
                "the relative's account is kept in a third area, which owes for itself",
                "500000",
                &[("310100", 100)],
                &[("P2/320700", Current, 20)],
                &[
                    "P2/320700/current 0.20",
                    "-/211200/fund/310100 1.00",
                    "-/500000/institution/H1 -1.20",
                    "-/500000/receivable/211200 1.00",
                    "-/500000/receivable/320700 0.20",
                    "-/211200/payable/500000 -1.00",
                    "-/320700/payable/500000 -0.20",
                ],
            ),
        ] {
            assert_eq!(shown(settle(treated_in, funds, accounts)), expected, "{what}");
        }
    }

    #[test]
    fn a_settlement_in_cash_alone_moves_nothing_and_amounts_are_not_negative() {
        assert_eq!(settle("211200", &[("310100", 0)], &[]), Err(Fault::Empty));
        let refused = settle("211200", &[("310100", -5)], &[]);
        let account = "-/211200/fund/310100".parse().unwrap();
        assert_eq!(refused, Err(Fault::Negative { account, amount: Fen::from_fen(-5) }));
        let large = settle("211200", &[("310100", i64::MAX), ("330100", 1)], &[]);
        assert_eq!(large, Err(Fault::TooLarge { account: "-/211200/institution/H1".parse().unwrap() }));
    }
}
