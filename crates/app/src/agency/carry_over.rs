//! The turn of the year (年度结转): what is left in the current part of an account from the years before becomes prior.
//!
//! What was credited for months of the new year stays current; what was spent since the turn is taken to have come out of
//! the older money first. So the run may come late and may come again: what belongs to the old year and arrived after it
//! (a credit for December that came in January, a settlement of the old year that was cancelled and gave its money back
//! to the current part) is carried over by the next run, and a run that finds nothing does nothing.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use gongji_adjudication::{AccountPart, Standing};
use gongji_domain::{Day, Fen, Month};
use gongji_store::{Known, Outcome, ReadError, Reader, Store};
use serde::Serialize;

use super::many::{Act, Became, Stopped, perform};
use super::walk;
use crate::his::Book;
use crate::his::book::{Change, Told, View};
use crate::his::entry::{AccountFile, Entry, What};
use crate::his::person::Person;
use crate::serve::clock::Clock;

/// Which year of which area, by whom.
#[derive(Clone)]
pub(crate) struct Wanted {
    pub area: String,
    /// The year that has ended.
    pub year: i32,
    /// 经办人
    pub by: String,
}

/// Why there is no carry-over.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CarryError {
    /// Only the year that has just ended can be told from what came after it.
    #[error("年度结转只办上一年度 {last}，不办 {given}")]
    NotLast {
        /// What was asked.
        given: i32,
        /// What can be.
        last: i32,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Not all were tried.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Report {
    pub area: String,
    pub year: i32,
    /// Nothing was written.
    pub preview: bool,
    /// Members of the area.
    pub members: u64,
    /// 结转
    pub carried: u64,
    pub amount: Fen,
    /// Accounts of which nothing could be kept: 人员编号 and why.
    pub failed: Vec<(String, String)>,
}

/// What of the current part comes from before a month.
fn older(standing: &Standing, file: Option<&AccountFile>, from: Month) -> Fen {
    let credited = file.map(|file| &file.credited);
    let latest = credited.and_then(|credited| credited.latest()).unwrap_or(from.plus(-1));
    let months = (0..=latest.since(from)).map(|n| from.plus(n));
    let newer: Fen = months.filter_map(|month| credited?.amount(month)).sum();
    standing.account(AccountPart::Current).less(newer)
}

impl Wanted {
    fn new_year(&self) -> Option<Month> {
        Month::from_number((self.year + 1) * 12)
    }

    /// Carries over, or in a preview tells what would be; `done` is told how many of how many and may want no more.
    ///
    /// # Errors
    /// When it is not the year for it, or the store cannot be read or written; the next run goes on.
    pub(crate) fn run(
        &self,
        reader: &Reader,
        book: &Book,
        store: Option<&Store<Book>>,
        clock: &dyn Clock,
        mut done: impl FnMut(u64, u64) -> ControlFlow<()>,
    ) -> Result<Report, CarryError> {
        let today = Day::from_date(clock.now().date());
        let last = today.ymd().0 - 1;
        let Some(from) = self.new_year().filter(|_| self.year == last) else {
            return Err(CarryError::NotLast { given: self.year, last });
        };
        let mut report =
            Report { area: self.area.clone(), year: self.year, preview: store.is_none(), ..Report::default() };
        let planned = self.plan(reader, book, from, &mut report)?;
        let Some(store) = store else {
            (report.carried, report.amount) = (planned.len() as u64, planned.iter().map(|(_, amount)| *amount).sum());
            return Ok(report);
        };
        let (shared, all, mut ended) = (Arc::new(self.clone()), planned.len() as u64, 0);
        let acts = planned.iter().map(|(number, _)| act(&shared, number, from));
        perform(store, clock, acts, |at, became| {
            match became {
                Became::Done(amount) => {
                    report.carried += u64::from(!amount.is_zero());
                    report.amount += amount;
                }
                Became::Failed(why) => report.failed.push((planned[at].0.clone(), why)),
            }
            ended += 1;
            done(ended, all)
        })?;
        Ok(report)
    }

    /// Whose account has something to be carried over, and how much as it stands.
    fn plan(
        &self,
        reader: &Reader,
        book: &Book,
        from: Month,
        report: &mut Report,
    ) -> Result<Vec<(String, Fen)>, ReadError> {
        let (mut held, mut members) = (HashMap::<String, Fen>::new(), Vec::new());
        let account = |number: &str, person: &Person| {
            let amount = older(&person.standing, person.file.as_deref(), from);
            if !amount.is_zero() {
                held.insert(number.to_owned(), amount);
            }
        };
        walk::everybody(reader, book, account, |member, _| {
            if member.area != self.area {
                return;
            }
            report.members += 1;
            // Whoever came after the turn has no money from before it.
            if member.enrolment.rows().first().is_none_or(|(since, _)| *since < from.first_day()) {
                members.push(member.number.clone());
            }
        })?;
        let with_money = |number: String| held.get(&number).map(|amount| (number.clone(), *amount));
        let mut planned: Vec<(String, Fen)> = members.into_iter().filter_map(with_money).collect();
        planned.sort_unstable();
        Ok(planned)
    }
}

fn act(wanted: &Arc<Wanted>, number: &str, from: Month) -> Act<Fen> {
    let (wanted, number) = (Arc::clone(wanted), number.to_owned());
    let (name, persons) = (format!("carry-{}-{number}", wanted.year), vec![number.clone()]);
    let decide = move |known: &Known<'_, Book>, _: u64| {
        let book = View(known);
        let amount = older(&book.standing(&number), book.file(&number), from);
        if amount.is_zero() {
            return (Outcome::Answer(Vec::new()), amount);
        }
        let entry = Entry {
            previous: book.last_entry(&number).map(|before| (number.clone(), before)).into_iter().collect(),
            told: Told { by: wanted.by.clone(), ..Told::default() },
            what: What::CarriedOver { year: wanted.year, amount },
        };
        let change = Change::Entered(Box::new(entry));
        let draft = change.outside("carried", (&number, &wanted.area), Vec::new(), "");
        (Outcome::Record(draft, Some(change)), amount)
    };
    Act { name, input: String::new(), persons, decide: Box::new(decide) }
}
