//! Transactions (凭证): what was recorded, when it takes effect, on which day of the books it lands.
//! A transaction is never edited, only reversed. Knows no balance and no closed period.

use crate::account::Account;
use crate::moment::{EventNo, Moment};
use crate::name::{AreaCode, Name};
use crate::postings::{Fault, Posting, Postings, balanced};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use gongji_domain::Day;

/// What the caller says of a transaction: its cause and its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The event that causes it.
    pub event: EventNo,
    /// The day that it concerns (生效日), such as the service date.
    pub effective: Day,
    /// When it is recorded (记账时刻).
    pub recorded: Moment,
}

/// Declares the kinds with their words and names in one place.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $word:literal $name:literal,)*) => {
        /// What a transaction is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($(#[$doc])* #[doc = concat!("（", $name, "）")] $kind,)* }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The word that a store keeps for it; never changes.
            pub fn word(self) -> &'static str {
                match self { $(Self::$kind => $word,)* }
            }

            /// Its Chinese name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }
        }
    };
}

kinds! {
    /// A settlement.
    Settlement "settlement" "结算",
    /// Takes back another transaction exactly: cancellation, reversal of a message.
    Reversal "reversal" "冲销",
    /// A contribution that came in.
    Contribution "contribution" "缴费",
    /// From contributions to a fund, or between ledgers of funds.
    Allocation "allocation" "基金划拨",
    /// A credit to a personal account.
    Credit "credit" "个人账户计入",
    /// From one person's account to a relative's.
    MutualAid "mutual_aid" "家庭共济转账",
    /// Paid out of a personal account to the member or the heirs.
    Refund "refund" "个人账户返还",
    /// Paid out of a dead member's account to the heirs.
    Inheritance "inheritance" "个人账户继承",
    /// What a member owed comes back, out of the account or in money.
    Recovery "recovery" "追回",
    /// A contribution that a personal account pays, to this or another scheme.
    Premium "premium" "个人账户代缴",
    /// A personal account follows its member to another area.
    Relocation "relocation" "转移接续",
    /// A payment to an institution.
    Clearing "clearing" "机构清算",
    /// A payment from one area to another.
    AreaClearing "area_clearing" "异地清算",
    /// What a personal account held when the books began.
    Opening "opening" "期初余额",
    /// What is left of the current part becomes prior.
    CarryOver "carry_over" "年度结转",
    /// Money that came in without a known purpose.
    Receipt "receipt" "待处理收款",
    /// Any other movement that puts something right.
    Correction "correction" "更正",
}

impl Kind {
    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word)
    }

    /// Whether it may concern a closed period, and then lands in the open one.
    pub fn adjusts(self) -> bool {
        matches!(self, Self::Reversal | Self::Correction)
    }
}

/// A balanced entry that has not landed on a day of the books yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    head: Head,
    kind: Kind,
    concerns: Option<EventNo>,
    postings: Vec<Posting>,
}

/// An entry with the day of the books on which it landed (记账日). Never edited.
///
/// The postings stand in the order of their accounts, persons first.
#[doc(alias = "凭证")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    entry: Entry,
    accounting: Day,
}

impl Entry {
    /// The entry of postings that balance.
    ///
    /// # Errors
    /// Why the postings, or what the entry concerns, make no transaction.
    pub(crate) fn new(head: Head, kind: Kind, concerns: Option<EventNo>, postings: Postings) -> Result<Self, Fault> {
        concern(head.event, kind, concerns)?;
        Ok(Self { head, kind, concerns, postings: postings.finish()? })
    }

    /// Takes back a transaction exactly (结算撤销、冲正). The head names the day that the reversal
    /// takes effect: the original's own to undo it as if it had not been, a later one otherwise.
    ///
    /// # Errors
    /// If the transaction is a reversal, or the head is before it or the same event.
    pub fn reversal(head: Head, of: &Transaction) -> Result<Self, Fault> {
        let event = of.entry.head.event;
        if of.entry.kind == Kind::Reversal {
            return Err(Fault::ReversalOfReversal { event });
        }
        if head.effective < of.entry.head.effective || head.recorded < of.entry.head.recorded {
            return Err(Fault::BeforeOriginal { event });
        }
        concern(head.event, Kind::Reversal, Some(event))?;
        let opposite = |posting: &Posting| Posting { account: posting.account, amount: -posting.amount };
        let postings = of.entry.postings.iter().map(opposite).collect();
        Ok(Self { head, kind: Kind::Reversal, concerns: Some(event), postings })
    }

    /// The same postings as a correction: how what is late, such as a visit of a closed month that
    /// was billed by hand, still enters the books.
    #[must_use]
    pub fn into_correction(self) -> Self {
        match self.kind {
            Kind::Reversal => self,
            _ => Self { kind: Kind::Correction, ..self },
        }
    }

    /// Its cause and times.
    pub fn head(&self) -> Head {
        self.head
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The transaction that it reverses or corrects.
    pub fn concerns(&self) -> Option<EventNo> {
        self.concerns
    }

    /// The transaction that it reverses.
    pub fn reverses(&self) -> Option<EventNo> {
        if self.kind == Kind::Reversal { self.concerns } else { None }
    }

    /// Its postings, in the order of their accounts, persons first.
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }

    /// The persons whose accounts it touches, each once and in order: who must be locked.
    pub fn persons(&self) -> impl Iterator<Item = Name> {
        // Parts and claims of one person need not stand together; there are few postings, so look for the next name.
        let after = |last: Option<Name>| {
            let names = self.postings.iter().filter_map(|posting| posting.account.person());
            names.filter(|name| last.is_none_or(|last| *name > last)).min()
        };
        core::iter::successors(after(None), move |last| after(Some(*last)))
    }

    /// The areas whose books it touches, each once and in order.
    pub fn areas(&self) -> impl Iterator<Item = AreaCode> {
        self.postings.iter().map(|posting| posting.account.area()).collect::<BTreeSet<_>>().into_iter()
    }

    /// What of it stands in one area's books: balanced by itself, so an area that has its own database
    /// keeps this and no more. None if it touches nothing there.
    #[must_use]
    pub fn share_of(&self, area: AreaCode) -> Option<Self> {
        let here = self.postings.iter().filter(|posting| posting.account.area() == area);
        let postings: Vec<Posting> = here.copied().collect();
        if postings.is_empty() { None } else { Some(Self { postings, ..*self }) }
    }

    /// The postings that belong to a person's rows; `None` for those of no person.
    pub fn postings_of(&self, person: Option<Name>) -> impl Iterator<Item = &Posting> {
        self.postings.iter().filter(move |posting| posting.account.person() == person)
    }
}

impl Transaction {
    /// An entry landed on a day of the books.
    pub(crate) fn land(entry: Entry, accounting: Day) -> Self {
        Self { entry, accounting }
    }

    /// A transaction read back from where it was kept; its postings may stand in any order.
    ///
    /// # Errors
    /// Whatever no rule of posting could have made.
    pub fn restore(
        head: Head,
        kind: Kind,
        concerns: Option<EventNo>,
        accounting: Day,
        mut postings: Vec<Posting>,
    ) -> Result<Self, Fault> {
        concern(head.event, kind, concerns)?;
        if accounting < head.effective || (accounting > head.effective && !kind.adjusts()) {
            return Err(Fault::AccountingDay);
        }
        postings.sort_unstable_by_key(|posting| posting.account);
        if let Some(posting) = postings.iter().find(|posting| posting.amount.is_zero()) {
            return Err(Fault::Zero { account: posting.account });
        }
        if let Some(pair) = postings.windows(2).find(|pair| pair[0].account == pair[1].account) {
            return Err(Fault::Twice { account: pair[0].account });
        }
        balanced(&postings)?;
        Ok(Self { entry: Entry { head, kind, concerns, postings }, accounting })
    }

    /// What was recorded.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// The day of the books on which it landed (记账日): the effective day, or one in the open
    /// period when that was closed.
    pub fn accounting(&self) -> Day {
        self.accounting
    }

    /// Whether it takes back the other exactly; for whoever checks a history.
    pub fn takes_back(&self, other: &Self) -> bool {
        let (mine, theirs) = (&self.entry.postings, &other.entry.postings);
        self.entry.reverses() == Some(other.entry.head.event)
            && mine.len() == theirs.len()
            && mine.iter().zip(theirs).all(|(a, b)| a.account == b.account && a.amount == -b.amount)
    }

    /// What it posts to an account.
    pub fn amount(&self, account: &Account) -> Option<gongji_domain::Fen> {
        self.entry.postings.iter().find(|posting| posting.account == *account).map(|posting| posting.amount)
    }
}

/// Whether a kind may name what it names: a reversal must, a correction may, no other does.
fn concern(event: EventNo, kind: Kind, concerns: Option<EventNo>) -> Result<(), Fault> {
    match (kind, concerns) {
        (_, Some(other)) if other == event => Err(Fault::Itself { event }),
        (Kind::Reversal, None) => Err(Fault::Concern { kind }),
        (Kind::Reversal | Kind::Correction, _) | (_, None) => Ok(()),
        (_, Some(_)) => Err(Fault::Concern { kind }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::cases::{head, landed};
    use alloc::vec;
    use gongji_domain::Fen;

    fn posting(key: &str, fen: i64) -> Posting {
        Posting { account: key.parse().unwrap(), amount: Fen::from_fen(fen) }
    }

    fn two(a: i64, b: i64) -> Vec<Posting> {
        vec![posting("-/211200/suspense", b), posting("P1/211200/current", a)]
    }

    #[test]
    fn kinds_and_words_are_inverse() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_word(kind.word()), Some(*kind));
        }
        assert_eq!(Kind::from_word("other"), None);
    }

    #[test]
    fn what_no_rule_could_have_made_is_not_read_back() {
        let head = head(7, "2024-03-05");
        let (day, early, late) = (head.effective, head.effective.before(), head.effective.next());
        let (suspense, person) = (posting("-/211200/suspense", 1), posting("P1/211200/current", 1));
        let settled = Kind::Settlement;
        for (kind, concerns, day, postings, fault) in [
            (settled, None, day, vec![], Fault::Empty),
            (settled, None, early, two(5, -5), Fault::AccountingDay),
            (Kind::Correction, None, early, two(5, -5), Fault::AccountingDay),
            (settled, None, late, two(5, -5), Fault::AccountingDay),
            (settled, None, day, two(0, 0), Fault::Zero { account: person.account }),
            (settled, None, day, vec![suspense, person, suspense], Fault::Twice { account: suspense.account }),
            (settled, None, day, two(5, -4), Fault::Unbalanced { area: suspense.account.area(), by: Fen::from_fen(1) }),
            (settled, Some(EventNo(1)), day, two(5, -5), Fault::Concern { kind: settled }),
            (Kind::Reversal, None, day, two(5, -5), Fault::Concern { kind: Kind::Reversal }),
            (Kind::Correction, Some(EventNo(7)), day, two(5, -5), Fault::Itself { event: EventNo(7) }),
        ] {
            assert_eq!(Transaction::restore(head, kind, concerns, day, postings), Err(fault));
        }
        assert!(Transaction::restore(head, Kind::Correction, None, late, two(5, -5)).is_ok());
        let read = Transaction::restore(head, settled, None, day, two(5, -5)).unwrap();
        assert_eq!(read.entry().postings()[0].account, person.account, "persons first");
        assert_eq!(read.amount(&suspense.account), Some(Fen::from_fen(-5)));
    }

    #[test]
    fn a_reversal_takes_back_exactly_and_is_not_reversed() {
        let original = Transaction::restore(
            head(7, "2024-03-05"),
            Kind::Settlement,
            None,
            head(7, "2024-03-05").effective,
            two(5, -5),
        )
        .unwrap();
        let reversal = landed(Entry::reversal(head(8, "2024-03-05"), &original));
        assert!(reversal.takes_back(&original) && !original.takes_back(&reversal));
        assert_eq!(reversal.entry().reverses(), Some(EventNo(7)));
        for (of, at, fault) in [
            (&reversal, head(9, "2024-03-06"), Fault::ReversalOfReversal { event: EventNo(8) }),
            (&original, head(9, "2024-03-04"), Fault::BeforeOriginal { event: EventNo(7) }),
            (
                &original,
                Head { recorded: Moment::MIN, ..head(9, "2024-03-05") },
                Fault::BeforeOriginal { event: EventNo(7) },
            ),
            (&original, head(7, "2024-03-05"), Fault::Itself { event: EventNo(7) }),
        ] {
            assert_eq!(Entry::reversal(at, of), Err(fault));
        }
    }

    #[test]
    fn persons_are_named_once_and_in_order() {
        let postings = vec![
            posting("P2/211200/current", 1),
            posting("P1/211200/prior", 2),
            posting("P1/211200/current", 3),
            posting("P1/211200/claim", 4),
            posting("P0/211200/claim", 1),
            posting("-/211200/suspense", -11),
        ];
        let head = head(1, "2024-03-05");
        let read = Transaction::restore(head, Kind::Settlement, None, head.effective, postings).unwrap();
        let names: Vec<Name> = read.entry().persons().collect();
        assert_eq!(names, ["P0", "P1", "P2"].map(|name| name.parse().unwrap()));
        assert_eq!(read.entry().postings_of(Some(names[1])).count(), 3);
        assert_eq!(read.entry().postings_of(None).count(), 1);
    }
}
