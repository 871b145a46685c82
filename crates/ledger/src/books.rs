//! The books (账簿): the balance of every account now, kept by posting one transaction after the other,
//! and what may not be posted. Funds are sums that nobody asks before posting, so they need no lock;
//! only personal accounts are looked at. Knows no history: see the module on history for the past.

use crate::account::{Account, Heading, Holder, Part};
use crate::moment::EventNo;
use crate::name::AreaCode;
use crate::periods::{PeriodFault, Periods};
use crate::persons::Persons;
use crate::postings::Posting;
use crate::sums::{self, TooLarge};
use crate::transaction::{Entry, Transaction};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use gongji_domain::Fen;

/// Why a sound entry may not be posted; nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Its effective day lies in a closed period.
    #[error(transparent)]
    Period(#[from] PeriodFault),
    /// What it reverses was reversed before.
    #[error("凭证 {event} 已被冲销")]
    AlreadyReversed {
        /// What it reverses.
        event: EventNo,
    },
    /// A personal account would go below zero.
    #[error("个人账户 {account} 余额 {held}，不足支付 {asked}")]
    Overdrawn {
        /// The account.
        account: Account,
        /// What it holds.
        held: Fen,
        /// What was to be taken.
        asked: Fen,
    },
    /// More would come back than the member owes.
    #[error("应追回 {account} 余额 {held}，不能冲减 {asked}")]
    NotOwed {
        /// The claim.
        account: Account,
        /// What is owed.
        held: Fen,
        /// What was to come back.
        asked: Fen,
    },
    /// A balance out of range.
    #[error("科目 {account} 的余额超出可记范围")]
    TooLarge {
        /// The account.
        account: Account,
    },
}

/// The balances of every account now.
///
/// `post` decides about a new entry and lands it; `replay` adds a transaction that was decided
/// before, in whatever order they come. That an event comes once is the journal's promise.
#[doc(alias = "账簿")]
#[derive(Clone, Debug, Default)]
pub struct Books {
    persons: Persons,
    others: BTreeMap<Account, Fen>,
    reversed: BTreeSet<EventNo>,
    periods: Periods,
}

impl Books {
    /// Empty books with room for so many persons.
    pub fn with_capacity(persons: usize) -> Self {
        Self { persons: Persons::with_capacity(persons), ..Self::default() }
    }

    /// Books as they were put aside: [`balances`], [`reversed`] and [`periods`] of then. Opening from these and
    /// replaying what came since is how a node starts without its whole history.
    ///
    /// # Errors
    /// A balance out of range.
    ///
    /// [`balances`]: Books::balances
    /// [`reversed`]: Books::reversed
    /// [`periods`]: Books::periods
    pub fn reopen(
        balances: impl IntoIterator<Item = (Account, Fen)>,
        reversed: impl IntoIterator<Item = EventNo>,
        periods: Periods,
    ) -> Result<Self, Refused> {
        let balances = balances.into_iter();
        // Three balances a person.
        let mut books = Self { periods, ..Self::with_capacity(balances.size_hint().0 / 3) };
        for (account, balance) in balances {
            let balance = sums::add(Fen::ZERO, balance).map_err(|TooLarge| Refused::TooLarge { account })?;
            books.set(&account, account.normal().balance(balance));
        }
        books.reversed.extend(reversed);
        Ok(books)
    }

    /// The balance of an account on its normal side: what a member has, what a fund has, what is owed.
    pub fn balance(&self, account: &Account) -> Fen {
        account.normal().balance(self.sum(account))
    }

    /// What a person's account holds: current, prior and received part.
    pub fn personal(&self, holder: &Holder) -> [Fen; 3] {
        self.persons.get(holder).map_or([Fen::ZERO; 3], |sums| sums.map(|sum| -sum))
    }

    /// Whether a transaction was reversed.
    pub fn is_reversed(&self, event: EventNo) -> bool {
        self.reversed.contains(&event)
    }

    /// The transactions that were reversed.
    pub fn reversed(&self) -> impl Iterator<Item = EventNo> {
        self.reversed.iter().copied()
    }

    /// The closed periods.
    pub fn periods(&self) -> &Periods {
        &self.periods
    }

    /// Closes an area's books up to and with a day; see [`Periods::close`].
    ///
    /// # Errors
    /// If they are closed up to there already, or it is no day of the calendar.
    pub fn close(&mut self, area: AreaCode, through: gongji_domain::Day) -> Result<(), PeriodFault> {
        self.periods.close(area, through)
    }

    /// What would be posted, without posting it.
    ///
    /// # Errors
    /// Why it may not be posted.
    pub fn check(&self, entry: Entry) -> Result<Transaction, Refused> {
        self.reversible(&entry)?;
        self.sums_after(&entry, true)?;
        Ok(self.periods.land(entry)?)
    }

    /// Posts an entry, whole or not at all, and gives the transaction to keep.
    ///
    /// # Errors
    /// Why it may not be posted.
    pub fn post(&mut self, entry: Entry) -> Result<Transaction, Refused> {
        self.reversible(&entry)?;
        let sums = self.sums_after(&entry, true)?;
        let transaction = self.periods.land(entry)?;
        self.write(transaction.entry(), &sums);
        Ok(transaction)
    }

    /// Adds a transaction that was posted before, as when books are made anew from a journal.
    ///
    /// # Errors
    /// A balance out of range; nothing has changed then.
    pub fn replay(&mut self, transaction: &Transaction) -> Result<(), Refused> {
        let sums = self.sums_after(transaction.entry(), false)?;
        self.write(transaction.entry(), &sums);
        Ok(())
    }

    /// Balances on their normal sides, of one area, by heading: what must agree with the trial
    /// balance made from the history.
    ///
    /// # Errors
    /// A sum out of range.
    pub fn headings(&self, area: AreaCode) -> Result<BTreeMap<Heading, Fen>, TooLarge> {
        let mut headings = BTreeMap::new();
        let mut add = |heading: Heading, sum: Fen| {
            let total: &mut Fen = headings.entry(heading).or_default();
            *total = sums::add(*total, heading.normal().balance(sum))?;
            Ok(())
        };
        for (account, sum) in self.others.iter().filter(|(account, _)| account.area() == area) {
            add(account.heading(), *sum)?;
        }
        for (_, sums) in self.persons.iter().filter(|(holder, _)| holder.area == area) {
            for part in Part::ALL {
                add(Heading::Personal(part), sums[part as usize])?;
            }
        }
        headings.retain(|_, total| !total.is_zero());
        Ok(headings)
    }

    /// Every account that was ever touched, with its balance on its normal side.
    pub fn balances(&self) -> impl Iterator<Item = (Account, Fen)> {
        let personal = self.persons.iter().flat_map(|(holder, sums)| {
            Part::ALL.into_iter().map(|part| (Account::Personal { holder: *holder, part }, sums[part as usize]))
        });
        let others = self.others.iter().map(|(account, sum)| (*account, *sum));
        personal.chain(others).map(|(account, sum)| (account, account.normal().balance(sum)))
    }

    /// Bytes of memory reserved for personal accounts.
    pub fn bytes_of_persons(&self) -> usize {
        self.persons.bytes()
    }

    fn reversible(&self, entry: &Entry) -> Result<(), Refused> {
        match entry.reverses() {
            Some(event) if self.is_reversed(event) => Err(Refused::AlreadyReversed { event }),
            _ => Ok(()),
        }
    }

    /// The sums of an entry's accounts after it, in the order of its postings; `guarded` refuses to overdraw.
    fn sums_after(&self, entry: &Entry, guarded: bool) -> Result<Vec<Fen>, Refused> {
        let after = |posting: &Posting| {
            let account = posting.account;
            let before = self.sum(&account);
            if guarded {
                pays(posting, account.normal().balance(before))?;
            }
            sums::add(before, posting.amount).map_err(|TooLarge| Refused::TooLarge { account })
        };
        entry.postings().iter().map(after).collect()
    }

    fn write(&mut self, entry: &Entry, sums: &[Fen]) {
        for (posting, sum) in entry.postings().iter().zip(sums) {
            self.set(&posting.account, *sum);
        }
        self.reversed.extend(entry.reverses());
    }

    fn sum(&self, account: &Account) -> Fen {
        match account {
            Account::Personal { holder, part } => {
                self.persons.get(holder).map_or(Fen::ZERO, |sums| sums[*part as usize])
            }
            other => self.others.get(other).copied().unwrap_or_default(),
        }
    }

    fn set(&mut self, account: &Account, sum: Fen) {
        match account {
            Account::Personal { holder, part } => self.persons.set(holder, *part, sum),
            other => {
                self.others.insert(*other, sum);
            }
        }
    }
}

/// Whether every personal account that an entry takes from holds as much, and every claim that it lessens is as
/// large; `held` tells the balance of one on its normal side. The one question about balances that posting asks, for
/// a store that keeps them itself.
///
/// # Errors
/// [`Refused::Overdrawn`] or [`Refused::NotOwed`] for the first that does not.
pub fn covered(entry: &Entry, held: impl Fn(&Account) -> Fen) -> Result<(), Refused> {
    let mut persons = entry.postings().iter().filter(|posting| posting.account.person().is_some());
    persons.try_for_each(|posting| pays(posting, held(&posting.account)))
}

/// Whether an account that holds so much, on its normal side, can bear a posting.
fn pays(posting: &Posting, held: Fen) -> Result<(), Refused> {
    let Posting { account, amount } = *posting;
    match account {
        Account::Personal { .. } if amount > Fen::ZERO && amount > held => {
            Err(Refused::Overdrawn { account, held, asked: amount })
        }
        Account::Claim { .. } if amount < Fen::ZERO => {
            let asked = Fen::from_fen(amount.fen().saturating_neg());
            if asked > held { Err(Refused::NotOwed { account, held, asked }) } else { Ok(()) }
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::cases::{area, head, holder};
    use crate::rules::{CreditFrom, carry_over, correction, credit, refund};

    const FEN: fn(i64) -> Fen = Fen::from_fen;

    fn credited(fen: i64) -> (Books, Transaction) {
        let mut books = Books::default();
        let entry = credit(head(1, "2024-03-01"), holder("P1/211200"), CreditFrom::Contribution, FEN(fen)).unwrap();
        let transaction = books.post(entry).unwrap();
        (books, transaction)
    }

    #[test]
    fn an_account_pays_what_it_holds_and_not_a_fen_more() {
        let p1 = holder("P1/211200");
        for (taken, left) in [(9_999, Some(1)), (10_000, Some(0)), (10_001, None)] {
            let (mut books, _) = credited(10_000);
            let entry = refund(head(2, "2024-03-02"), p1, &[(Part::Current, FEN(taken))]).unwrap();
            let posted = books.post(entry);
            let account = Account::Personal { holder: p1, part: Part::Current };
            match left {
                Some(left) => assert_eq!(books.balance(&account), FEN(left)),
                None => assert_eq!(posted, Err(Refused::Overdrawn { account, held: FEN(10_000), asked: FEN(taken) })),
            }
        }
    }

    #[test]
    fn what_is_refused_changes_nothing() {
        let (mut books, _) = credited(10_000);
        let posting = |key: &str, fen| Posting { account: key.parse().unwrap(), amount: FEN(fen) };
        let huge = [posting("-/211200/deposit", i64::MAX), posting("-/211200/suspense", -i64::MAX)];
        books.post(correction(head(2, "2024-03-02"), None, huge).unwrap()).unwrap();
        let before: Vec<_> = books.balances().collect();
        let again = correction(head(3, "2024-03-02"), None, huge).unwrap();
        let refused = books.post(again);
        assert!(matches!(refused, Err(Refused::TooLarge { .. })), "{refused:?}");
        let parts = [(Part::Current, FEN(1)), (Part::Prior, FEN(1))];
        let refused = books.post(refund(head(4, "2024-03-02"), holder("P1/211200"), &parts).unwrap());
        assert!(matches!(refused, Err(Refused::Overdrawn { .. })), "{refused:?}");
        assert_eq!(books.balances().collect::<Vec<_>>(), before);
    }

    #[test]
    fn a_store_that_keeps_balances_itself_asks_the_same_question() {
        let parts = [(Part::Current, FEN(5)), (Part::Prior, FEN(7))];
        let entry = refund(head(1, "2024-03-02"), holder("P1/211200"), &parts).unwrap();
        assert_eq!(covered(&entry, |_| FEN(7)), Ok(()));
        let account: Account = "P1/211200/prior".parse().unwrap();
        assert_eq!(covered(&entry, |_| FEN(6)), Err(Refused::Overdrawn { account, held: FEN(6), asked: FEN(7) }));
    }

    #[test]
    fn nothing_is_reversed_twice_and_a_spent_credit_not_at_all() {
        let (mut books, transaction) = credited(10_000);
        let reversal = |event| Entry::reversal(head(event, "2024-03-02"), &transaction).unwrap();
        books.post(carry_over(head(2, "2024-03-02"), holder("P1/211200"), FEN(1)).unwrap()).unwrap();
        assert!(matches!(books.check(reversal(3)), Err(Refused::Overdrawn { .. })));
        let (mut books, _) = credited(10_000);
        books.post(reversal(3)).unwrap();
        assert_eq!(books.post(reversal(4)), Err(Refused::AlreadyReversed { event: EventNo(1) }));
        assert!(books.headings(area("211200")).unwrap().is_empty(), "all is as before");
    }

    #[test]
    fn headings_sum_accounts_of_one_area() {
        let (books, _) = credited(10_000);
        let headings = books.headings(area("211200")).unwrap();
        assert_eq!(headings[&Heading::Personal(Part::Current)], FEN(10_000));
        assert_eq!(headings[&Heading::Contributions], FEN(-10_000));
        assert_eq!(books.headings(area("500000")), Ok(BTreeMap::new()));
    }
}
