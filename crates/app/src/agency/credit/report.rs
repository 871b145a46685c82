//! What a credit run did (计入情况): counts and sums by source and by reason, and whether they tie to the books.

use std::collections::BTreeMap;

use gongji_domain::{Day, Fen, Month};
use gongji_ledger::{Account, Transaction};
use serde::Serialize;

use super::skip::Skip;
use crate::his::entry::{Credit, From};

/// So many accounts and so much money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Sum {
    /// 笔数
    pub credits: u64,
    /// 计入, before anything is withheld.
    pub amount: Fen,
    /// 扣还
    pub withheld: Fen,
}

impl Sum {
    fn add(&mut self, credit: &Credit) {
        self.credits += 1;
        self.amount += credit.amount;
        self.withheld += credit.withheld;
    }
}

/// Members to whom nothing was credited for one reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Reason {
    pub members: u64,
    /// In words, of the first of them.
    pub example: String,
    /// Whether somebody has to do something about it.
    pub needs_officer: bool,
}

/// What the books say that the run moved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Books {
    /// By the accounts that paid.
    pub paid: BTreeMap<String, Fen>,
    /// 个人账户
    pub personal: Fen,
    /// 应追回
    pub claims: Fen,
    /// Whether that is what the run reports.
    pub ties: bool,
}

/// What became of one area's month.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub area: String,
    pub name: String,
    pub month: Month,
    /// By what was known on this day.
    pub known_on: Day,
    /// Nothing was written.
    pub preview: bool,
    /// The package is a draft (征求意见稿).
    pub draft: bool,
    /// Members of the area.
    pub members: u64,
    pub credited: Sum,
    /// By source, in words.
    pub sources: BTreeMap<String, Sum>,
    /// Of all of it, by estimates.
    pub provisional: Sum,
    /// Members to whom everything had been credited.
    pub already: u64,
    /// By the code of the reason.
    pub skipped: BTreeMap<&'static str, Reason>,
    /// What the books say; none in a preview.
    pub books: Option<Books>,
    /// Everybody to whom nothing was credited, by 人员编号.
    #[serde(skip)]
    pub rows: Vec<(String, Skip)>,
    /// The numbers of the run's own events.
    #[serde(skip)]
    pub(super) events: Vec<u64>,
}

impl Report {
    pub(super) fn of(area: &gongji_policy::Area, month: Month, known_on: Day, preview: bool) -> Self {
        Self {
            area: area.code().to_owned(),
            name: area.name().to_owned(),
            month,
            known_on,
            preview,
            draft: area.status() == gongji_policy::AreaStatus::Draft,
            members: 0,
            credited: Sum::default(),
            sources: BTreeMap::new(),
            provisional: Sum::default(),
            already: 0,
            skipped: BTreeMap::new(),
            books: None,
            rows: Vec::new(),
            events: Vec::new(),
        }
    }

    /// How many wait for somebody to do something.
    pub(crate) fn open(&self) -> u64 {
        self.skipped.values().filter(|reason| reason.needs_officer).map(|reason| reason.members).sum()
    }

    pub(super) fn credit(&mut self, credit: &Credit) {
        self.credited.add(credit);
        self.sources.entry(source(credit.from.as_ref())).or_default().add(credit);
        if credit.provisional {
            self.provisional.add(credit);
        }
    }

    pub(super) fn skip(&mut self, number: &str, skip: Skip) {
        let reason = self.skipped.entry(skip.code()).or_insert_with(|| Reason {
            members: 0,
            example: skip.to_string(),
            needs_officer: skip.needs_officer(),
        });
        reason.members += 1;
        self.rows.push((number.to_owned(), skip));
    }

    /// Compares with what the books say.
    pub(super) fn tie(&mut self, mut books: Books) {
        let paid: Fen = books.paid.values().copied().sum();
        let Sum { amount, withheld, .. } = self.credited;
        books.ties = paid == amount && books.claims == withheld && books.personal == amount - withheld;
        self.books = Some(books);
    }
}

impl Books {
    /// Takes in what one credit moved. Debits are above zero, credits below.
    pub(super) fn take(&mut self, moved: &Transaction) {
        for posting in moved.entry().postings() {
            match posting.account {
                Account::Personal { .. } => self.personal += -posting.amount,
                Account::Claim { .. } => self.claims += -posting.amount,
                account => *self.paid.entry(account.to_string()).or_default() += posting.amount,
            }
        }
    }
}

/// Whose money it is, in words.
fn source(from: Option<&From>) -> String {
    match from {
        None => "个人缴费".to_owned(),
        Some(From { fund, ledger: None }) => format!("{} {fund}", fund.name()),
        Some(From { fund, ledger: Some(ledger) }) => format!("{} {fund} 专账 {ledger}", fund.name()),
    }
}
