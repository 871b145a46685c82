//! The monthly credit run (个人账户计入): for every member of an area what is due for the month, and what of it is still
//! to be credited, one event each.
//!
//! Everybody is looked at aside, as of one moment; each act is decided again on what is known when its turn comes. Where
//! the register was told nothing since, what was worked out aside still holds. So nothing is credited twice, however
//! often the run is begun, by however many at once, and wherever it broke off.

mod due;
mod report;
mod skip;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use gongji_domain::{Day, Month};
use gongji_policy::Area;
use gongji_store::{Known, Outcome, ReadError, Reader, Store, Verified};

use super::many::{Act, Became, Stopped, perform};
use super::walk;
use crate::his::book::{Change, Told, View};
use crate::his::entry::{Credit, Entry, What};
use crate::his::member::record_name;
use crate::his::person::Person;
use crate::his::{Book, Policies};
use crate::serve::clock::Clock;
pub(crate) use due::NoRules;
use due::{Due, Held, Rules};
use report::Books;
pub(crate) use report::Report;
pub(crate) use skip::Skip;

/// The kind of such an event.
const KIND: &str = "credited";

/// Which month of which area, by whom.
#[derive(Clone)]
pub(crate) struct Wanted {
    pub policies: Arc<Policies>,
    pub area: String,
    pub month: Month,
    /// By what was known on this day.
    pub known_on: Day,
    /// 经办人
    pub by: String,
}

/// Why there is no run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    /// No package for the area.
    #[error("没有统筹区 {0} 的政策包")]
    NoArea(String),
    /// The month is not there yet.
    #[error("{month} 还没有开始，不能计入")]
    Future {
        /// Which.
        month: Month,
    },
    /// Nothing is credited then.
    #[error("{area} {month}：{why}")]
    NoRules {
        /// Where.
        area: String,
        /// When.
        month: Month,
        /// Why.
        why: NoRules,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Not all were tried.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// A member to whom something is to be credited.
struct Planned {
    number: String,
    /// Of the record, when it was looked at.
    revision: u64,
    due: Due,
}

/// What is to be done, and what is known already.
pub(crate) struct Plan {
    wanted: Wanted,
    planned: Vec<Planned>,
    report: Report,
}

impl Wanted {
    fn area(&self) -> Result<&Area, RunError> {
        self.policies.area(&self.area).ok_or_else(|| RunError::NoArea(self.area.clone()))
    }

    fn rules(&self) -> Result<Rules<'_>, RunError> {
        let Self { area, month, known_on, .. } = self;
        if month.first_day() > *known_on {
            return Err(RunError::Future { month: *month });
        }
        let no_rules = |why| RunError::NoRules { area: area.clone(), month: *month, why };
        Rules::of(self.area()?, *month, *known_on).map_err(no_rules)
    }

    /// Looks at every member of the area and works out what is to be done; writes nothing.
    ///
    /// # Errors
    /// When the area credits nothing for that month, or the store cannot be read.
    pub(crate) fn plan(&self, reader: &Reader, book: &Book, preview: bool) -> Result<Plan, RunError> {
        let rules = self.rules()?;
        let mut report = Report::of(self.area()?, self.month, self.known_on, preview);
        let (mut held, mut members) = (HashMap::<String, Held>::new(), Vec::new());
        let account = |number: &str, person: &Person| {
            if let Some(file) = person.file.as_deref() {
                held.insert(number.to_owned(), Held::of(Some(file), self.month));
            }
        };
        walk::everybody(reader, book, account, |member, revision| {
            if member.area == self.area {
                members.push((member.number.clone(), revision, rules.due(member)));
            }
        })?;
        report.members = members.len() as u64;
        let (nothing, mut planned) = (Held::of(None, self.month), Vec::new());
        for (number, revision, due) in members {
            let held = held.get(&number).unwrap_or(&nothing);
            let credit = due.and_then(|due| Ok((held.credit(&due, self.month)?, due)));
            match credit {
                Err(skip) => report.skip(&number, skip),
                Ok((None, _)) => report.already += 1,
                Ok((Some(credit), _)) if preview => report.credit(&credit),
                Ok((Some(_), due)) => planned.push(Planned { number, revision, due }),
            }
        }
        // Keys that lie together are written together.
        planned.sort_unstable_by(|a, b| a.number.cmp(&b.number));
        report.rows.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        Ok(Plan { wanted: self.clone(), planned, report })
    }

    /// What the names of these acts begin with.
    fn names(&self) -> String {
        format!("credit-{}-", self.month)
    }
}

impl Plan {
    /// How many are to be credited.
    pub(crate) fn len(&self) -> usize {
        self.planned.len()
    }

    /// What is known without doing anything: in a preview everything.
    pub(crate) fn report(self) -> Report {
        self.report
    }

    /// Credits; `done` is told how many acts came to an end and may want no more.
    ///
    /// # Errors
    /// When the store cannot be written any more: what was credited until then stays, and the next run goes on.
    pub(crate) fn run(
        self,
        store: &Store<Book>,
        clock: &dyn Clock,
        mut done: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Report, Stopped> {
        let Self { wanted, planned, mut report } = self;
        let (shared, mut ended) = (Arc::new(wanted), 0);
        let acts = planned.iter().map(|planned| act(&shared, planned));
        perform(store, clock, acts, |at, became| {
            let number = &planned[at].number;
            match became {
                Became::Done(Ok(Some((event, credit)))) => {
                    report.credit(&credit);
                    report.events.push(event);
                }
                Became::Done(Ok(None)) => report.already += 1,
                Became::Done(Err(skip)) => report.skip(number, skip),
                Became::Failed(why) => report.skip(number, Skip::NotRecorded(why)),
            }
            ended += 1;
            done(ended)
        })?;
        report.rows.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        Ok(report)
    }
}

/// Compares a run with what the books say of its own events, which came after the store stood there.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn tie(report: &mut Report, reader: &Reader, stood: &[Verified]) -> Result<(), ReadError> {
    let mut books = Books::default();
    report.events.sort_unstable();
    reader.since(stood, |event, moved| {
        if let Some(moved) = moved.filter(|_| report.events.binary_search(&event.seq).is_ok()) {
            books.take(moved);
        }
    })?;
    report.tie(books);
    Ok(())
}

/// One member's credit.
fn act(wanted: &Arc<Wanted>, planned: &Planned) -> Act<Result<Option<(u64, Credit)>, Skip>> {
    let Planned { number, revision, due } = planned;
    let (number, revision, due) = (number.clone(), *revision, due.clone());
    let record = record_name(&number);
    let (name, persons) = (format!("{}{number}", wanted.names()), vec![number.clone(), record.clone()]);
    let wanted = Arc::clone(wanted);
    let decide = move |known: &Known<'_, Book>, event: u64| {
        let due = if known.revision(&record) == revision { Ok(due.clone()) } else { anew(&wanted, known, &number) };
        let held = Held::of(View(known).file(&number), wanted.month);
        match due.and_then(|due| held.credit(&due, wanted.month)) {
            Ok(Some(credit)) => (credited(&wanted, known, &number, &credit), Ok(Some((event, credit)))),
            Ok(None) => (Outcome::Answer(Vec::new()), Ok(None)),
            Err(skip) => (Outcome::Answer(Vec::new()), Err(skip)),
        }
    };
    Act { name, input: String::new(), persons, decide: Box::new(decide) }
}

/// What is due by what the register says now: something was told since everybody was looked at.
fn anew(wanted: &Wanted, known: &Known<'_, Book>, number: &str) -> Result<Due, Skip> {
    let member = View(known).member(number).filter(|member| member.area == wanted.area).ok_or(Skip::Gone)?;
    let rules = wanted.rules().map_err(|why| Skip::NotRecorded(why.to_string()))?;
    rules.due(member)
}

/// The event of a credit.
fn credited(wanted: &Wanted, known: &Known<'_, Book>, number: &str, credit: &Credit) -> Outcome<Change> {
    let previous = View(known).last_entry(number).map(|before| (number.to_owned(), before));
    let entry = Entry {
        previous: previous.into_iter().collect(),
        told: Told { by: wanted.by.clone(), ..Told::default() },
        what: What::Credited(credit.clone()),
    };
    let change = Change::Entered(Box::new(entry));
    let version = wanted.policies.version(&wanted.area);
    let draft = change.outside(KIND, (number, &wanted.area), Vec::new(), version);
    Outcome::Record(draft, Some(change))
}
