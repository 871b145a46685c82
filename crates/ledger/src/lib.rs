//! Double entry: every fen that a settlement moves stands in two accounts, and every area's books
//! balance to nothing, always.
//!
//! The promise: a transaction that does not balance in each area cannot be made; one that was posted is
//! never edited, only reversed, exactly and once; no personal account goes below zero; the books of
//! a closed period never change; and the balance of any account can be had for any day, as it
//! was known at any moment.
//!
//! ```
//! use gongji_domain::{Day, Fen, FundCode};
//! use gongji_ledger::{Account, Books, Entry, EventNo, Head, Moment};
//! use gongji_ledger::rules::{self, FundShare, Settling};
//!
//! let day: Day = "2024-03-05".parse().unwrap();
//! let head = |event| Head { event: EventNo(event), effective: day, recorded: Moment::new(day, 0).unwrap() };
//! let outpatient: Account = "-/211200/fund/310100/outpatient".parse().unwrap();
//! let Account::Fund { area, ledger } = outpatient else { unreachable!() };
//!
//! // A visit of 100.00 of which Tieling's outpatient ledger inside the pooled fund pays 60.00.
//! let funds = [FundShare { ledger, amount: Fen::from_yuan(60) }];
//! let institution = "H1".parse().unwrap();
//! let settling = Settling { area, institution, treated_in: area, funds: &funds, accounts: &[] };
//! let mut books = Books::default();
//! let settled = books.post(rules::settlement(head(1), &settling).unwrap()).unwrap();
//! assert_eq!(books.balance(&Account::Institution { area, institution }), Fen::from_yuan(60));
//! assert_eq!(books.balance(&outpatient), Fen::from_yuan(-60));
//!
//! // Cancelled: exactly undone, and never twice.
//! books.post(Entry::reversal(head(2), &settled).unwrap()).unwrap();
//! assert_eq!(books.balance(&outpatient), Fen::ZERO);
//! assert!(books.post(Entry::reversal(head(3), &settled).unwrap()).is_err());
//! ```
//!
//! Nouns: [`Account`] with its text key; [`Posting`], [`Entry`] and [`Transaction`]; the [`rules`] of
//! posting; [`Books`] for the balances now, [`Periods`] that are closed; [`AsOf`], [`balance`],
//! [`Statement`] and [`TrialBalance`] for the past; [`merkle`] for the tree of a day.
//!
//! One node alone posts on [`Books`]. Where several share a database that keeps the balances, each locks
//! [`Entry::persons`], asks [`covered`] and [`Periods::land`], and leaves it to a unique key that nothing is
//! reversed twice; [`Books::audit`] finds afterwards whether all was as on one.
//!
//! Pure: knows no clock, file, network, database or randomness, no number of law and no national field
//! name. Not here: who pays how much (the adjudication crate), keeping transactions and that an event
//! comes once (the store), money that never reaches the area, such as the member's cash.
#![no_std]
#![warn(missing_docs)]
extern crate alloc;

mod account;
mod audit;
mod books;
mod history;
mod key;
pub mod merkle;
mod moment;
mod name;
mod periods;
mod persons;
mod postings;
pub mod rules;
mod statement;
mod sums;
mod transaction;
mod trial;

pub use account::{Account, FundLedger, Heading, Holder, Part, Side};
pub use audit::Broken;
pub use books::{Books, Refused, covered};
pub use history::{AsOf, Scope, balance};
pub use key::KeyError;
pub use moment::{EventNo, Moment};
pub use name::{AreaCode, Name, NameError};
pub use periods::{PeriodFault, Periods};
pub use postings::{Fault, Posting, Postings};
pub use statement::{By, Line, Statement};
pub use sums::TooLarge;
pub use transaction::{Entry, Head, Kind, Transaction};
pub use trial::{TrialBalance, Turnover};
