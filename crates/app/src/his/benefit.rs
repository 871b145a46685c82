//! Whether a member is in benefit (待遇享受期) on a day: by what contributions say where the area's rules decide by
//! them, else by what the register was told. No other place of the interface decides that.

use gongji_domain::Day;
use gongji_policy::Area;
use gongji_policy::account::{Back, Begins as Start, Contributing, Ruled, Span, Stated};
use gongji_register::entitlement::{self, BackPay, Begins, ElseFrom, Period, Rules, State, Waiting, Why};
use gongji_register::{Member, Stay};

use super::codes;
use super::decider::Decider;

/// Days that are taken for a month where a text counts days.
const MONTH: u16 = 30;

/// What holds on a day, and why; none before enrolment.
pub(crate) fn on(decider: &dyn Decider, member: &Member, day: Day) -> Option<(State, Why)> {
    entitlement::state_on(member, &rules(decider, member, day), &owes_none, day)
}

/// The periods of a member from enrolment to a day.
pub(crate) fn periods(decider: &dyn Decider, member: &Member, until: Day) -> Vec<Period> {
    entitlement::periods(member, &rules(decider, member, until), &owes_none, until)
}

/// The inpatient episode because of which there are no outpatient benefits on a day.
pub(crate) fn inpatient<'m>(decider: &dyn Decider, member: &'m Member, day: Day) -> Option<&'m Stay> {
    // Nearly nobody is in hospital: what the area says of it need not be asked.
    member.stay_on(day).filter(|_| rules(decider, member, day).exclude_inpatient)
}

/// What the area's package says on a day of such a member; where it leaves that open, nothing.
pub(crate) fn rules(decider: &dyn Decider, member: &Member, day: Day) -> Rules {
    let area = decider.area(&member.area).filter(|area| area.decides_entitlement());
    area.and_then(|area| of_area(area, member, day)).unwrap_or_default()
}

fn of_area(area: &Area, member: &Member, day: Day) -> Option<Rules> {
    let status = codes::status(member.category_on(day))?;
    let lump_sum = member.in_lump_sum(day).unwrap_or(false).to_string();
    let person = Contributing {
        status,
        enrolment: member.enrolment_on(day),
        birth: Some(member.identity.birth),
        facts: &[("lump_sum_period", &lump_sum)],
    };
    // A rule of which a fact is not known decides nothing.
    let says = area.entitlement(day).ok()?.of(&person).ok()?;
    let back_pay = says.back_pay.is.figure().map(|back| match back {
        Back::Retroactive => BackPay { within: months(&says.back_pay_within, u16::MAX), else_from: ElseFrom::Day },
        Back::FromPayment => BackPay { within: 0, else_from: ElseFrom::Day },
        Back::NextMonth | Back::Never => BackPay { within: 0, else_from: ElseFrom::NextMonth },
    });
    Some(Rules {
        waiting: match says.waiting.is {
            Stated::Is(Span::Months(months)) => Some(Waiting::Months(months)),
            Stated::Is(Span::Days(days)) => Some(Waiting::Days(days)),
            _ => None,
        },
        gap: says.gap.is.figure().map(|_| months(&says.gap, u16::MAX)),
        grace: match says.grace.is {
            Stated::Open => None,
            Stated::Nothing => Some(0),
            Stated::Is(_) => Some(months(&says.grace, u16::MAX)),
        },
        back_pay,
        begins: says.begins.is.figure().map(|begins| match begins {
            Start::PaymentDay | Start::PaymentMonth => Begins::ThisMonth,
            Start::NextMonth => Begins::NextMonth,
        }),
        exclude_inpatient: says.inpatient_excludes.is == Stated::Is(true),
    })
}

/// Who receives a pension contributes nothing (退休人员不缴费).
fn owes_none(category: &str) -> bool {
    codes::status(category).is_some_and(|status| status != "active")
}

/// A length in months; days are rounded up to whole months, since contributions are for months.
fn months(span: &Ruled<Span>, unlimited: u16) -> u16 {
    match span.is {
        Stated::Is(Span::Months(months)) => months,
        Stated::Is(Span::Days(days)) => days.div_ceil(MONTH),
        Stated::Is(Span::Unlimited) => unlimited,
        Stated::Nothing | Stated::Open => 0,
    }
}
