//! What the reform changed for a registered member in a year (本人的改革前后对比): after it stands what was really credited and paid;
//! before it what other benefits paid would have come from a fund, and the rest from the account and in cash.

use std::collections::BTreeMap;

use gongji_domain::{Day, Fen, Month};
use gongji_policy::Area;
use gongji_register::Member;

use super::before_after::{Base, Before, Both, Question, Sheet, Side, Visit, by_subtraction, old_credit};
use super::member::show;
use super::statement::statement;
use crate::his::archive::Kept;
use crate::his::codes;
use crate::his::desk::Desk;
use crate::his::errors::{Code, Fault};
use crate::his::member::record_name;

/// The sheet of a member and a year. `given` is the year's credit as it was, where no package works it out.
///
/// # Errors
/// If nobody with this number is registered, or the old credit is neither given nor worked out.
pub(crate) fn sheet(
    desk: &Desk<'_>,
    kept: impl Fn() -> Kept,
    package: &Area,
    person: &str,
    year: i32,
    given: Option<Fen>,
) -> Result<Sheet, Fault> {
    let member = show(desk, person)?.member;
    let day = |text: &str| format!("{year:04}-{text}").parse::<Day>();
    let (Ok(first), Ok(last)) = (day("01-01"), day("12-31")) else {
        return Err(Fault::at(Code::InvalidValue, "year").given(year).allowed("四位年份"));
    };
    let lines = statement(desk, &kept, person, first, last)?;
    let name = person.to_owned();
    let last_visit = desk.look(vec![person.to_owned(), record_name(person)], move |view| view.last_visit(&name))?;
    let paid = kept().now()?.year_of(person, last_visit, year)?;
    let question = question(&member, year, last, paid.total, lines.held(), given);
    let old = old_credit(package, &question)?;
    let held = lines.held();
    let credit = lines.credited();
    let after =
        Side { credit, fund: paid.fund, account: paid.account, cash: paid.cash, balance: held + credit - paid.account };
    let before = by_subtraction(paid.total, paid.first, old, held);
    Ok(Sheet::of(package, &question, Both { before, after }))
}

fn question(member: &Member, year: i32, last: Day, total: Fen, held: Fen, given: Option<Fen>) -> Question {
    let first = Month::of(last).plus(-11);
    let months = (0..12).map(|n| first.plus(n));
    let base = |month: Month| {
        let paid = member.paid_for(month).map(|paid| paid.base);
        paid.or_else(|| member.base.at(month.last_day()).copied()).map(|base| Base { from: month, base })
    };
    let visit = Visit { care_type: String::new(), class: String::new(), total, prior: Vec::new() };
    Question {
        title: format!("{} {}", member.number, member.identity.name),
        year,
        status: codes::status(member.category_on(last)).unwrap_or_default().to_owned(),
        enrolment: member.enrolment_on(last).to_owned(),
        birth: Some(member.identity.birth),
        bases: months.filter_map(base).collect(),
        pension: None,
        frozen: member.amounts.iter().cloned().collect(),
        facts: BTreeMap::new(),
        held,
        visit,
        before: Before { credit: given },
        printed: None,
    }
}
