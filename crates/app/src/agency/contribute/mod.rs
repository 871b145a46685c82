//! Contributions from the tax office's feed (缴费到账): every row is checked against the register and the area's rules, and
//! what is right is one event each. What comes again is found there and done once.

mod row;

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use gongji_domain::{Day, Fen, FundCode, Month};
use gongji_policy::account::{Contributing, Contribution, Stated};
use gongji_register::{Fact, Member, Paid};
use gongji_store::{Known, Outcome, ReadError, Reader, Store};
use serde::Serialize;

use super::many::{Act, Became, Stopped, perform};
use super::walk;
use crate::his::book::{Change, Told, View};
use crate::his::entry::{Entry, From, What};
use crate::his::member::record_name;
use crate::his::{Book, Policies, codes};
use crate::serve::clock::Clock;
use row::{BASE_HEAD, MONTH_HEAD, OWN_HEAD, POOLED_HEAD, Who};
pub(crate) use row::{Bad, Row};

/// By which rules, by whom.
#[derive(Clone)]
pub(crate) struct Wanted {
    pub policies: Arc<Policies>,
    /// By what was known on this day.
    pub known_on: Day,
    /// 经办人
    pub by: String,
    /// Only members of this area are taken; none for all.
    pub only: Option<String>,
}

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FeedError {
    /// It is no such file.
    #[error("{0}")]
    File(String),
    /// The store cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Not all rows were tried.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// What became of a file.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Report {
    /// Nothing was written.
    pub dry_run: bool,
    /// 行数
    pub read: usize,
    pub taken: u64,
    /// 个人缴费
    pub own: Fen,
    /// 单位缴费
    pub pooled: Fen,
    /// 补缴
    pub late: u64,
    /// Rows that were taken before.
    pub already: u64,
    /// Rows of which the one sum was divided by the area's rules.
    pub divided: u64,
    #[serde(skip)]
    pub bad: Vec<Bad>,
    /// What was taken all the same.
    #[serde(skip)]
    pub noted: Vec<Bad>,
}

/// A row that may be taken.
#[derive(Clone)]
struct Planned {
    row: Arc<Row>,
    number: String,
    area: String,
    /// Of the record, when it was looked at.
    revision: u64,
    taken: Taken,
}

/// What a row comes to for a member.
#[derive(Clone, Debug, PartialEq)]
enum Taken {
    /// It is there already.
    Already,
    New {
        paid: Paid,
        /// The base is another one from this month on.
        rebased: bool,
        divided: bool,
        noted: Vec<Bad>,
    },
}

impl Wanted {
    /// Takes a file; without a store only checks it. `done` is told how many of how many and may want no more.
    ///
    /// # Errors
    /// When it is no such file, or the store cannot be read or written; begun again it goes on.
    pub(crate) fn run(
        &self,
        file: (&str, &[u8]),
        reader: &Reader,
        book: &Book,
        store: Option<&Store<Book>>,
        clock: &dyn Clock,
        mut done: impl FnMut(u64, u64) -> ControlFlow<()>,
    ) -> Result<Report, FeedError> {
        let (rows, bad) = row::read(file.0, file.1).map_err(FeedError::File)?;
        let mut report = Report { dry_run: store.is_none(), read: rows.len() + bad.len(), bad, ..Report::default() };
        let planned = self.plan(reader, book, rows, &mut report)?;
        if let Some(store) = store {
            let (shared, all, mut ended) = (Arc::new(self.clone()), planned.len() as u64, 0);
            let acts = planned.iter().map(|planned| act(&shared, planned.clone()));
            perform(store, clock, acts, |at, became| {
                match became {
                    Became::Done(Ok(taken)) => report.take(taken),
                    Became::Done(Err(bad)) => report.bad.push(bad),
                    Became::Failed(why) => report.bad.push(of_who(&planned[at].row, why)),
                }
                ended += 1;
                done(ended, all)
            })?;
        } else {
            planned.into_iter().for_each(|planned| report.take(planned.taken));
        }
        report.bad.sort_by_key(|bad| bad.row);
        report.noted.sort_by_key(|noted| noted.row);
        Ok(report)
    }

    /// Finds whose each row is and checks it.
    fn plan(
        &self,
        reader: &Reader,
        book: &Book,
        rows: Vec<Row>,
        report: &mut Report,
    ) -> Result<Vec<Planned>, ReadError> {
        let mut by_who = HashMap::<Who, Vec<Arc<Row>>>::new();
        for row in rows {
            by_who.entry(row.who.clone()).or_default().push(Arc::new(row));
        }
        let (mut planned, mut months) = (Vec::new(), HashSet::<(String, Month)>::new());
        walk::members(reader, book, |member, revision| {
            let named = [Who::Number(member.number.clone()), Who::Certificate(member.identity.certificate.clone())];
            for row in named.iter().filter_map(|who| by_who.remove(who)).flatten() {
                if !months.insert((member.number.clone(), row.month)) {
                    let allowed = "同一人同一月份只有一行".to_owned();
                    report.bad.push(Bad { row: row.row, column: MONTH_HEAD, given: row.month.to_string(), allowed });
                    continue;
                }
                match self.check(member, &row) {
                    Ok(taken) => planned.push(Planned {
                        number: member.number.clone(),
                        area: member.area.clone(),
                        row,
                        revision,
                        taken,
                    }),
                    Err(bad) => report.bad.push(bad),
                }
            }
        })?;
        let strangers = by_who.into_values().flatten();
        report.bad.extend(strangers.map(|row| of_who(&row, "登记在册的参保人".to_owned())));
        planned.sort_by(|a, b| (&a.number, a.row.month).cmp(&(&b.number, b.row.month)));
        Ok(planned)
    }

    /// What a row comes to for a member.
    fn check(&self, member: &Member, row: &Row) -> Result<Taken, Bad> {
        if let Some(only) = self.only.as_ref().filter(|only| **only != member.area) {
            return Err(of_who(row, format!("统筹区 {only} 的参保人（参保地 {}）", member.area)));
        }
        let bad = |column, given: String, allowed: String| Bad { row: row.row, column, given, allowed };
        let (paid, divided, noted) = self.parts(member, row)?;
        match member.paid_for(row.month) {
            Some(known) if (known.base, known.own, known.pooled) == (paid.base, paid.own, paid.pooled) => {
                return Ok(Taken::Already);
            }
            Some(known) => {
                let words = format!(
                    "已有缴费记录：基数 {}、个人 {}、单位 {}；更正须先退缴费",
                    known.base, known.own, known.pooled
                );
                return Err(bad(MONTH_HEAD, row.month.to_string(), words));
            }
            None => {}
        }
        member.clone().take(&Fact::Paid(paid)).map_err(|fault| of_who(row, fault.to_string()))?;
        // Back-pay for an earlier month says nothing of the months after it.
        let newest = member.paid.iter().all(|known| known.from < row.month);
        let rebased = newest && member.base.at(row.month.first_day()) != Some(&row.base);
        Ok(Taken::New { paid, rebased, divided, noted })
    }

    /// The parts of a row as the area's rules want them: what is paid, whether one sum was divided, what is noted.
    fn parts(&self, member: &Member, row: &Row) -> Result<(Paid, bool, Vec<Bad>), Bad> {
        let rules = self.rules(member, row)?;
        let (mut own, mut pooled, mut divided) = (row.own, row.pooled, false);
        // Whoever pays all of it (灵活就业) is told as one sum.
        if let (Stated::Is(total), Some(part)) = (rules.total.is, rules.own_of(row.base))
            && pooled.is_zero()
            && own == total.of(row.base, rules.rounding)
            && part < own
        {
            (own, pooled, divided) = (part, own - part, true);
        }
        let (mut refused, mut noted) = (None, Vec::new());
        for finding in rules.check(row.base, own, Some(pooled)) {
            let (column, given) = match finding.code {
                "own_differs" => (OWN_HEAD, own),
                "pooled_differs" => (POOLED_HEAD, pooled),
                _ => (BASE_HEAD, row.base),
            };
            let allowed = format!("{} 元：{}（依据 {}）", finding.expected, finding.words, finding.article);
            let found = Bad { row: row.row, column, given: given.to_string(), allowed };
            // The employer's part never comes into an account: the fund has what was paid.
            if column == POOLED_HEAD {
                noted.push(found);
            } else {
                refused.get_or_insert(found);
            }
        }
        let late = Some(row.received).filter(|received| *received > row.month.last_day());
        let paid = Paid { from: row.month, months: 1, base: row.base, own, pooled, late };
        refused.map_or(Ok((paid, divided, noted)), Err)
    }

    fn rules(&self, member: &Member, row: &Row) -> Result<Contribution, Bad> {
        let day = row.month.first_day();
        let area = self.policies.area(&member.area);
        let area = area.ok_or_else(|| of_who(row, format!("有政策包的统筹区（参保地 {}）", member.area)))?;
        let category = member.category_on(row.month.last_day());
        let status = codes::status(category).ok_or_else(|| of_who(row, format!("缴费人员，人员类别为 {category}")))?;
        let person = Contributing {
            status,
            enrolment: member.enrolment_on(row.month.last_day()),
            birth: Some(member.identity.birth),
            facts: &[],
        };
        let rules = area.contribution(day, self.known_on).and_then(|rules| rules.of(&person));
        rules.map_err(|fault| Bad {
            row: row.row,
            column: MONTH_HEAD,
            given: row.month.to_string(),
            allowed: fault.to_string(),
        })
    }
}

impl Report {
    fn take(&mut self, taken: Taken) {
        match taken {
            Taken::Already => self.already += 1,
            Taken::New { paid, divided, noted, .. } => {
                self.taken += 1;
                self.own += paid.own;
                self.pooled += paid.pooled;
                self.late += u64::from(paid.late.is_some());
                self.divided += u64::from(divided);
                self.noted.extend(noted);
            }
        }
    }
}

/// Something about whom a row names.
fn of_who(row: &Row, allowed: String) -> Bad {
    Bad { row: row.row, column: row.who.column(), given: row.who.given().to_owned(), allowed }
}

/// One row's event.
fn act(wanted: &Arc<Wanted>, planned: Planned) -> Act<Result<Taken, Bad>> {
    let wanted = Arc::clone(wanted);
    let record = record_name(&planned.number);
    let name = format!("contrib-{}-{}", planned.row.month, planned.number);
    let Row { base, own, pooled, received, .. } = &*planned.row;
    let input = format!("{base} {own} {pooled} {received}");
    let persons = vec![planned.number.clone(), record.clone()];
    let decide = move |known: &Known<'_, Book>, _: u64| {
        let taken = if known.revision(&record) == planned.revision {
            Ok(planned.taken.clone())
        } else {
            let gone = || of_who(&planned.row, "登记在册的参保人".to_owned());
            View(known).member(&planned.number).ok_or_else(gone).and_then(|member| wanted.check(member, &planned.row))
        };
        let new = match &taken {
            Ok(Taken::New { paid, rebased, .. }) => Some((*paid, *rebased)),
            _ => None,
        };
        let kept = new.map(|new| contributed(&wanted, known, &planned, new));
        (kept.unwrap_or_else(|| Outcome::Answer(Vec::new())), taken)
    };
    Act { name, input, persons, decide: Box::new(decide) }
}

fn contributed(
    wanted: &Wanted,
    known: &Known<'_, Book>,
    planned: &Planned,
    (paid, rebased): (Paid, bool),
) -> Outcome<Change> {
    let Planned { number, area, .. } = planned;
    let previous = View(known).last_entry(number).map(|before| (number.clone(), before));
    let entry = Entry {
        previous: previous.into_iter().collect(),
        told: Told { by: wanted.by.clone(), ..Told::default() },
        what: What::Contributed { paid, to: From { fund: FundCode::POOLED, ledger: None }, rebased },
    };
    let change = Change::Entered(Box::new(entry));
    let with = vec![record_name(number)];
    let draft = change.outside("contributed", (number, area), with, wanted.policies.version(area));
    Outcome::Record(draft, Some(change))
}
