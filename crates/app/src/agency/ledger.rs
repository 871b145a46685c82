//! An area's books as officers read them (总账): the trial balance, the statement of one account, and whether a period can be
//! closed. Read from what events moved; the command line and the console show the same.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use gongji_domain::{Day, Fen};
use gongji_ledger::{
    Account, AreaCode, AsOf, By, EventNo, Heading, Kind, Moment, Scope, Statement, TooLarge, Transaction, TrialBalance,
    Turnover,
};
use gongji_store::{ReadError, Reader};
use serde::Serialize;

use super::table::{Cell, Table};

/// Why books cannot be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LedgerError {
    /// The store cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A sum that no amount holds.
    #[error("合计超出金额的范围")]
    Sum(#[from] TooLarge),
}

/// An area's trial balance (试算平衡表).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Trial {
    pub area: String,
    pub rows: Vec<Row>,
    pub debit: Fen,
    pub credit: Fen,
    pub balanced: bool,
}

/// A heading of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Row {
    pub heading: String,
    pub debit: Fen,
    pub credit: Fen,
    pub balance: Fen,
}

/// One account's statement (明细账).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Told {
    pub account: String,
    pub lines: Vec<ToldLine>,
    pub balance: Fen,
}

/// A movement with the balance after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ToldLine {
    pub day: Day,
    pub recorded: String,
    pub event: u64,
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concerns: Option<u64>,
    pub amount: Fen,
    pub balance: Fen,
}

/// An account that is nobody's own, with its balance on its normal side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Held {
    pub account: String,
    pub heading: String,
    pub balance: Fen,
}

/// What was in effect on a day as it was known at a moment; everything where nothing is said.
pub(crate) fn as_of(effective: Option<Day>, recorded: Option<Moment>) -> AsOf {
    let everything = AsOf::EVERYTHING;
    AsOf {
        effective: effective.unwrap_or(everything.effective),
        recorded: recorded.unwrap_or(everything.recorded),
        ..everything
    }
}

/// The trial balances of all areas, or of one.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn trial(reader: &Reader, as_of: AsOf, area: Option<AreaCode>) -> Result<Vec<Trial>, LedgerError> {
    let trial = summed(reader, as_of)?;
    let areas = trial.areas().filter(|one| area.is_none_or(|wanted| wanted == *one));
    areas.map(|area| of_area(&trial, area)).collect()
}

fn summed(reader: &Reader, as_of: AsOf) -> Result<TrialBalance, LedgerError> {
    let mut trial = TrialBalance::default();
    seen(reader, as_of, |transaction| trial.add(transaction))?;
    Ok(trial)
}

/// Hands over what is seen, until a sum is out of range.
fn seen(
    reader: &Reader,
    as_of: AsOf,
    mut take: impl FnMut(&Transaction) -> Result<(), TooLarge>,
) -> Result<(), LedgerError> {
    let mut fault = ControlFlow::Continue(());
    reader.history(|transaction| {
        if as_of.sees(transaction)
            && fault.is_continue()
            && let Err(too_large) = take(transaction)
        {
            fault = ControlFlow::Break(too_large);
        }
    })?;
    match fault {
        ControlFlow::Break(too_large) => Err(too_large.into()),
        ControlFlow::Continue(()) => Ok(()),
    }
}

fn of_area(trial: &TrialBalance, area: AreaCode) -> Result<Trial, LedgerError> {
    let row = |(heading, turnover): (Heading, Turnover)| Row {
        heading: named(&heading),
        debit: turnover.debit,
        credit: turnover.credit,
        balance: trial.balance(area, heading),
    };
    let total = trial.total(area)?;
    Ok(Trial {
        area: area.to_string(),
        rows: trial.rows(area).map(row).collect(),
        debit: total.debit,
        credit: total.credit,
        balanced: total.net().is_zero(),
    })
}

/// A heading's name; a ledger inside a fund is named with it.
fn named(heading: &Heading) -> String {
    match heading {
        Heading::Fund(ledger) if ledger.sub.is_some() => {
            format!("{}·专账 {}", heading.name(), ledger.sub.map_or_else(String::new, |sub| sub.to_string()))
        }
        _ => heading.name().to_owned(),
    }
}

/// By how much an area's debits differ from its credits on a day: by nothing, or its books are not to be closed.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn imbalance(reader: &Reader, area: AreaCode, through: Day) -> Result<Fen, LedgerError> {
    Ok(summed(reader, as_of(Some(through), None))?.total(area)?.net())
}

/// An area's accounts that are no person's, each with its balance.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn accounts(reader: &Reader, as_of: AsOf, area: AreaCode) -> Result<Vec<Held>, LedgerError> {
    let mut sums = BTreeMap::<Account, Fen>::new();
    seen(reader, as_of, |transaction| {
        let postings = transaction.entry().postings().iter();
        for posting in postings.filter(|one| one.account.area() == area && one.account.person().is_none()) {
            *sums.entry(posting.account).or_default() += posting.amount;
        }
        Ok(())
    })?;
    let held = |(account, sum): (Account, Fen)| Held {
        account: account.to_string(),
        heading: named(&account.heading()),
        balance: account.normal().balance(sum),
    };
    Ok(sums.into_iter().map(held).collect())
}

/// One account's statement.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn statement(reader: &Reader, as_of: AsOf, account: Account) -> Result<Told, LedgerError> {
    let scope = Scope::Account(account);
    let mut history: Vec<Transaction> = Vec::new();
    reader.history(|transaction| {
        if transaction.amount(&account).is_some() {
            history.push(transaction.clone());
        }
    })?;
    let statement = Statement::of(&scope, By::Effective, Day::MIN..=as_of.effective, as_of.recorded, &history)?;
    let line = |line: &gongji_ledger::Line| {
        let EventNo(event) = line.event;
        ToldLine {
            day: line.day,
            recorded: second(line.recorded),
            event,
            kind: Kind::name(line.kind),
            concerns: line.concerns.map(|EventNo(event)| event),
            amount: line.amount,
            balance: line.balance,
        }
    };
    let lines = statement.lines.iter().map(line).collect();
    Ok(Told { account: account.to_string(), lines, balance: statement.closing })
}

/// A moment of the books to the second.
fn second(moment: Moment) -> String {
    let second = moment.millisecond() / 1000;
    format!("{} {:02}:{:02}:{:02}", moment.day(), second / 3600, second / 60 % 60, second % 60)
}

impl Trial {
    /// As a table for people and spreadsheets.
    pub(crate) fn table(&self, on: &str) -> Table {
        let row = |name: &str, debit: Fen, credit: Fen, last: Cell| {
            vec![Cell::text(name), Cell::Money(debit), Cell::Money(credit), last]
        };
        let mut rows: Vec<_> =
            self.rows.iter().map(|one| row(&one.heading, one.debit, one.credit, Cell::Money(one.balance))).collect();
        let said = if self.balanced { "借贷平衡" } else { "借贷不平" };
        rows.push(row("合计", self.debit, self.credit, Cell::text(said)));
        Table {
            title: "试算平衡表",
            above: vec![("统筹区", self.area.clone()), ("截至", on.to_owned())],
            heads: vec!["科目", "借方", "贷方", "余额"],
            rows,
        }
    }
}

impl Told {
    /// As a table for people and spreadsheets.
    pub(crate) fn table(&self) -> Table {
        let row = |line: &ToldLine| {
            vec![
                Cell::text(line.day),
                Cell::text(&line.recorded),
                Cell::text(line.event),
                Cell::text(line.kind),
                line.concerns.map_or(Cell::Empty, Cell::text),
                Cell::Money(line.amount),
                Cell::Money(line.balance),
            ]
        };
        Table {
            title: "科目明细账",
            above: vec![("科目", self.account.clone()), ("余额", self.balance.to_string())],
            heads: vec!["生效日", "记账时刻", "流水号", "凭证", "冲销", "金额", "余额"],
            rows: self.lines.iter().map(row).collect(),
        }
    }
}
