//! From when to when benefits are due (待遇享受期), as the package says: waiting, gaps, arrears.
//!
//! These are parameters: periods are computed by whoever keeps the contributions. Where the texts give
//! no figure it is open, and the periods come from outside.

use super::contribution::{asked, row_of};
use super::{AccountFault, Contributing, Ruled, Stated};
use crate::compile::Compiled;
use crate::library::Area;
use crate::model::Value;
use alloc::format;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;
use gongji_domain::Day;

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Span {
    /// So many calendar months.
    Months(u16),
    /// So many days.
    Days(u16),
    /// Without end (再久也可以).
    Unlimited,
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = text.split_once(' ').and_then(|(number, unit)| {
            let number = number.parse::<u16>().ok()?;
            match unit {
                "months" => Some(Self::Months(number)),
                "days" => Some(Self::Days(number)),
                _ => None,
            }
        });
        read.ok_or_else(|| String::from("期限写作 \"6 months\" 或 \"30 days\""))
    }
}

impl Span {
    /// As packages and cases write it.
    pub fn word(&self) -> String {
        match self {
            Self::Months(months) => format!("{months} months"),
            Self::Days(days) => format!("{days} days"),
            Self::Unlimited => String::from("unlimited"),
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Months(months) => write!(f, "{months} 个月"),
            Self::Days(days) => write!(f, "{days} 天"),
            Self::Unlimited => f.write_str("不限"),
        }
    }
}

/// What paying arrears (补缴) brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// Benefits for the time that was missing (补记).
    Retroactive,
    /// Benefits from the day of payment.
    FromPayment,
    /// Benefits from the month after the payment.
    NextMonth,
    /// Nothing: benefits begin as for somebody new.
    Never,
}

impl Back {
    /// As packages and cases write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Retroactive => "retroactive",
            Self::FromPayment => "from_payment",
            Self::NextMonth => "next_month",
            Self::Never => "never",
        }
    }
}

impl fmt::Display for Back {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Retroactive => "补缴后补记待遇",
            Self::FromPayment => "自补缴之日起恢复",
            Self::NextMonth => "自补缴次月起恢复",
            Self::Never => "补缴不恢复",
        })
    }
}

/// From when on benefits begin after the first payment, or when the waiting is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    /// The day itself.
    PaymentDay,
    /// The first day of that month.
    PaymentMonth,
    /// The first day of the month after it.
    NextMonth,
}

impl Begins {
    /// As packages and cases write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::PaymentDay => "payment_day",
            Self::PaymentMonth => "payment_month",
            Self::NextMonth => "next_month",
        }
    }
}

impl fmt::Display for Begins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PaymentDay => "当日起",
            Self::PaymentMonth => "当月起",
            Self::NextMonth => "次月起",
        })
    }
}

/// The rules of entitlement on a day.
pub struct EntitlementRules<'a> {
    compiled: &'a Compiled,
    day: Day,
}

/// The rules of entitlement for one kind of member. Nothing (`Stated::Nothing`) of a length means none of it:
/// no waiting, no gap that is let pass, no grace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entitlement {
    /// How long a first enrolment waits (等待期).
    pub waiting: Ruled<Span>,
    /// How long a gap may be before waiting begins anew (允许的中断).
    pub gap: Ruled<Span>,
    /// How long benefits go on when a contribution is missing (宽限).
    pub grace: Ruled<Span>,
    /// What paying arrears brings (补缴).
    pub back_pay: Ruled<Back>,
    /// Within how long arrears must be paid for that.
    pub back_pay_within: Ruled<Span>,
    /// From when on benefits begin after the first payment.
    pub begins: Ruled<Begins>,
    /// Whether an open inpatient stay excludes outpatient benefits (住院期间不享受门诊待遇).
    pub inpatient_excludes: Ruled<bool>,
}

impl Area {
    /// Whether the package says anything of entitlement, and does not leave all of it open.
    pub fn decides_entitlement(&self) -> bool {
        let rows =
            |grid: &crate::grid::Grid| grid.layers.iter().flatten().any(|row| !matches!(row.is.value, Value::Open));
        self.compiled.entitlement.iter().any(rows)
    }

    /// The rules of entitlement on a day; of a package that does not speak of it all are open.
    ///
    /// # Errors
    /// On a day outside the package's life.
    pub fn entitlement(&self, day: Day) -> Result<EntitlementRules<'_>, AccountFault> {
        let compiled = &self.compiled;
        if day < compiled.from || compiled.until < day {
            return Err(AccountFault::NoRules { what: "待遇享受期", day });
        }
        Ok(EntitlementRules { compiled, day })
    }
}

impl EntitlementRules<'_> {
    /// The rules for a kind of member.
    ///
    /// # Errors
    /// [`AccountFault`] when a fact that tells them apart is missing or unknown.
    pub fn of(&self, person: &Contributing<'_>) -> Result<Entitlement, AccountFault> {
        Ok(Entitlement {
            waiting: self.rule("waiting", person, span)?,
            gap: self.rule("gap", person, span)?,
            grace: self.rule("grace", person, span)?,
            back_pay: self.rule("back_pay", person, back)?,
            back_pay_within: self.rule("back_pay_within", person, span)?,
            begins: self.rule("begins", person, begins)?,
            inpatient_excludes: self.rule("inpatient_excludes", person, flag)?,
        })
    }

    fn rule<T>(
        &self,
        name: &str,
        person: &Contributing<'_>,
        read: fn(&Value) -> Option<T>,
    ) -> Result<Ruled<T>, AccountFault> {
        let path = format!("entitlement.{name}");
        let Some((grid, cell)) = asked(self.compiled, &path, person, self.day, Day::MAX)? else {
            return Ok(Ruled::SILENT);
        };
        let (row, article) = row_of(self.compiled, grid, &cell)?;
        let is = match &row.is.value {
            Value::None => Stated::Nothing,
            value => read(value).map_or(Stated::Open, Stated::Is),
        };
        Ok(Ruled { is, article })
    }
}

/// A length of time.
pub(crate) fn span(value: &Value) -> Option<Span> {
    match value {
        Value::Span(span) => Some(*span),
        Value::Word(word) if word == "unlimited" => Some(Span::Unlimited),
        _ => None,
    }
}

/// What paying arrears brings.
pub(crate) fn back(value: &Value) -> Option<Back> {
    let Value::Word(word) = value else { return None };
    match word.as_str() {
        "retroactive" => Some(Back::Retroactive),
        "from_payment" => Some(Back::FromPayment),
        "next_month" => Some(Back::NextMonth),
        "never" => Some(Back::Never),
        _ => None,
    }
}

/// When benefits begin.
pub(crate) fn begins(value: &Value) -> Option<Begins> {
    let Value::Word(word) = value else { return None };
    match word.as_str() {
        "payment_day" => Some(Begins::PaymentDay),
        "payment_month" => Some(Begins::PaymentMonth),
        "next_month" => Some(Begins::NextMonth),
        _ => None,
    }
}

fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Flag(flag) => Some(*flag),
        _ => None,
    }
}

/// Whether a table of this path may say a value, and what it may say.
pub(crate) fn fits(path: &str, value: &Value) -> (bool, &'static str) {
    if *value == Value::Open {
        return (true, "");
    }
    match path.rsplit('.').next().unwrap_or_default() {
        "back_pay" => {
            (back(value).is_some(), "\"retroactive\"、\"from_payment\"、\"next_month\"、\"never\" 或 \"open\"")
        }
        "begins" => (begins(value).is_some(), "\"payment_day\"、\"payment_month\"、\"next_month\" 或 \"open\""),
        "inpatient_excludes" => (flag(value).is_some(), "true、false 或 \"open\""),
        "gap" | "back_pay_within" => (
            span(value).is_some() || *value == Value::None,
            "期限，如 \"6 months\"、\"30 days\"，或 \"unlimited\"、\"none\"、\"open\"",
        ),
        _ => {
            (matches!(value, Value::Span(_) | Value::None), "期限，如 \"6 months\"、\"30 days\"，或 \"none\"、\"open\"")
        }
    }
}
