//! What the tables of cases are written with: short texts for heads, holders, ledgers and entries.

use crate::account::{Account, FundLedger, Holder};
use crate::moment::{EventNo, Moment};
use crate::name::{AreaCode, Name};
use crate::postings::Fault;
use crate::transaction::{Entry, Head, Transaction};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::Day;

/// Event `event`, in effect and recorded on one day.
pub(crate) fn head(event: u64, day: &str) -> Head {
    let day: Day = day.parse().unwrap();
    Head { event: EventNo(event), effective: day, recorded: Moment::new(day, 0).unwrap() }
}

pub(crate) fn name(text: &str) -> Name {
    text.parse().unwrap()
}

pub(crate) fn area(code: &str) -> AreaCode {
    code.parse().unwrap()
}

/// `P1/211200`
pub(crate) fn holder(text: &str) -> Holder {
    let (person, code) = text.split_once('/').unwrap();
    Holder { person: name(person), area: area(code) }
}

/// `310100` or `310100/outpatient`
pub(crate) fn ledger(text: &str) -> FundLedger {
    match format!("-/211200/fund/{text}").parse().unwrap() {
        Account::Fund { ledger, .. } => ledger,
        other => panic!("{other} is no fund"),
    }
}

/// The postings of an entry, each as `key amount`, debits positive.
pub(crate) fn shown(entry: Result<Entry, Fault>) -> Vec<String> {
    entry.unwrap().postings().iter().map(|posting| format!("{} {}", posting.account, posting.amount)).collect()
}

/// An entry landed on its effective day.
pub(crate) fn landed(entry: Result<Entry, Fault>) -> Transaction {
    let entry = entry.unwrap();
    let day = entry.head().effective;
    Transaction::land(entry, day)
}
