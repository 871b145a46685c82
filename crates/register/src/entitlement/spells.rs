//! Spells (连续参保): months that were contributed for, near enough to each other, and what they hold on a day. Knows nothing
//! of what was told from outside.

use alloc::vec::Vec;
use gongji_domain::{Day, Month};

use super::{BackPay, Begins, ElseFrom, Rules, State, Waiting, Why, first_day};
use crate::member::{Member, Paid};

/// Months in a row, and from which day they count.
#[derive(Clone, Copy, Debug)]
struct Run {
    first: Month,
    last: Month,
    /// Before this day nobody could know of them; [`Day::MIN`] for what was paid in time.
    known: Day,
    /// Whether they hold benefits by themselves, or only keep a spell together.
    paid: bool,
}

/// The runs of a member, and what the rules make of them.
#[derive(Debug)]
pub(super) struct Spells {
    runs: Vec<Run>,
    /// Months from the one contributed for to the first one held: none or one.
    delay: i32,
    /// Months from the one contributed for to the last one held.
    hold: i32,
    gap: Option<i32>,
    waiting: Option<Waiting>,
}

impl Spells {
    /// None where contributions decide nothing.
    pub(super) fn of(member: &Member, rules: &Rules, owes_none: &dyn Fn(&str) -> bool) -> Self {
        let mut runs = Vec::new();
        if rules.decide() {
            member.paid.iter().for_each(|paid| counted(paid, rules.back_pay, &mut runs));
            runs.extend(uncharged(member, owes_none));
            runs.sort_by_key(|run| run.first);
        }
        Self {
            runs,
            delay: if rules.begins == Some(Begins::NextMonth) { 1 } else { 0 },
            hold: 1 + i32::from(rules.grace.unwrap_or_default()),
            gap: rules.gap.map(i32::from),
            waiting: rules.waiting,
        }
    }

    /// What contributions say of a day.
    pub(super) fn on(&self, day: Day) -> (State, Why) {
        let month = Month::of(day);
        let mut began = false;
        let mut waits = false;
        let mut spell: Option<(Month, Month)> = None;
        for run in self.runs.iter().filter(|run| run.known <= day && run.first <= month) {
            let start = match spell {
                Some((start, last)) if self.reaches(last, run.first) => start,
                _ => run.first,
            };
            let last = spell.filter(|known| known.0 == start).map_or(run.last, |known| known.1.max(run.last));
            spell = Some((start, last));
            if !run.paid || run.first.plus(self.delay) > month {
                continue;
            }
            began = true;
            if month <= run.last.plus(self.hold) {
                if day >= self.waited(start) {
                    return (State::InBenefit, Why::Contributed);
                }
                waits = true;
            }
        }
        match (waits, began) {
            (true, _) => (State::Waiting, Why::Waiting),
            (false, true) => (State::Arrears, Why::Unpaid),
            (false, false) => (State::Waiting, Why::NotBegun),
        }
    }

    /// Whether a run that begins at `next` belongs to the spell that was contributed for up to `last`.
    fn reaches(&self, last: Month, next: Month) -> bool {
        self.gap.is_none_or(|gap| next.since(last) <= gap + 1)
    }

    /// The first day after the waiting period of a spell.
    fn waited(&self, start: Month) -> Day {
        let begins = start.plus(self.delay);
        match self.waiting {
            None => first_day(begins),
            Some(Waiting::Months(months)) => first_day(begins.plus(i32::from(months))),
            Some(Waiting::Days(days)) => Day::from_number(first_day(begins).number().saturating_add(i32::from(days))),
        }
    }

    /// Every day on which [`Spells::on`] may say something else than on the day before.
    pub(super) fn changes(&self) -> impl Iterator<Item = Day> {
        self.runs.iter().flat_map(|run| {
            let begins = first_day(run.first.plus(self.delay));
            let ends = first_day(run.last.plus(self.hold + 1));
            [begins, ends, self.waited(run.first), run.known]
        })
    }
}

/// What was contributed, from when it counts.
fn counted(paid: &Paid, rule: Option<BackPay>, runs: &mut Vec<Run>) {
    let last = paid.from.plus(i32::from(paid.months) - 1);
    let run = Run { first: paid.from, last, known: Day::MIN, paid: true };
    let Some(received) = paid.late else { return runs.push(run) };
    let known = match rule.map(|rule| rule.else_from) {
        Some(ElseFrom::NextMonth) => first_day(Month::of(received).next()),
        Some(ElseFrom::Day) | None => received,
    };
    // Months from `restores` on were paid soon enough.
    let restores = rule.map_or(last.next(), |rule| Month::of(received).plus(-i32::from(rule.within)));
    if run.first < restores {
        runs.push(Run { last: last.min(restores.plus(-1)), known, ..run });
    }
    if restores <= last {
        runs.push(Run { first: run.first.max(restores), ..run });
    }
}

/// Months for which nothing is owed keep a spell together: no waiting follows them.
fn uncharged<'a>(member: &'a Member, owes_none: &'a dyn Fn(&str) -> bool) -> impl Iterator<Item = Run> + 'a {
    let rows = member.category.rows();
    let run =
        |from: Day, until: Day| Run { first: Month::of(from), last: Month::of(until), known: Day::MIN, paid: false };
    let far = member.died;
    let categories =
        rows.iter().enumerate().filter(move |(_, (_, category))| owes_none(category)).map(move |(at, row)| {
            let next = rows.get(at + 1).map(|(next, _)| next.before());
            run(row.0, next.or(far).unwrap_or(row.0).max(row.0))
        });
    let enrolled = member.enrolment.rows().first().map(|(from, _)| *from);
    let lump_sum = enrolled.zip(member.lump_sum).filter(|(from, lump_sum)| *from <= lump_sum.until);
    categories.chain(lump_sum.map(move |(from, lump_sum)| run(from, lump_sum.until)))
}
