//! What is asked of the settlements, understood and held against each.

use std::cmp::Ordering;

use gongji_domain::{Day, Fen};
use serde::Deserialize;

use super::super::{A_DAY, Paging, Problem, given};
use super::institutions::class;
use super::persons::Person;
use crate::his::codes;
use crate::his::directory::Directory;
use crate::his::listing::{Amounts, One};

/// The most days of a query.
const MOST_DAYS: i64 = 366;

/// Which settlements; everything but the days may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in super::super) struct Asked {
    pub from: String,
    pub to: String,
    /// A part of a name.
    name: String,
    certificate: String,
    person: String,
    /// Status in the words of the policies.
    status: String,
    institution: String,
    /// Class in the words of the policies.
    class: String,
    care_type: String,
    /// An amount by its name (see [`amount_of`]), how it compares and with what.
    field: String,
    compare: String,
    amount: String,
    /// `standing`, `cancelled`, or empty for both.
    state: String,
    /// `time`, `total`, `fund` or `cash`, with a hyphen before it for the largest first.
    sort: String,
    #[serde(flatten)]
    pub paging: Paging,
}

/// Gives one amount of a settlement.
type AmountOf = fn(&Amounts) -> Fen;

/// The amounts that may be compared, and sorted by.
fn amount_of(name: &str) -> Option<AmountOf> {
    Some(match name {
        "total" => |of| of.total,
        "eligible" => |of| of.eligible,
        "fund" => |of| of.fund,
        "account" => |of| of.account,
        "aid" => |of| of.aid,
        "cash" => |of| of.cash,
        "deductible" => |of| of.deductible,
        _ => return None,
    })
}

/// How an amount is to compare.
struct Compared {
    of: AmountOf,
    than: Ordering,
    or_equal: bool,
    with: Fen,
}

/// A query that was understood, as far as settlements say themselves what it asks.
pub(super) struct Filter<'a> {
    asked: &'a Asked,
    amount: Option<Compared>,
    directory: &'a Directory,
}

impl Asked {
    /// The days of a query.
    ///
    /// # Errors
    /// Which of them is missing or wrong.
    pub(super) fn days(&self) -> Result<(Day, Day), Problem> {
        let day = |field: &str, text: &str| {
            let missing = || Problem::said("missing_field", "请选择结算日期的起止").at(field);
            given::<Day>(field, text, A_DAY)?.ok_or_else(missing)
        };
        let (from, to) = (day("from", &self.from)?, day("to", &self.to)?);
        if to < from {
            return Err(Problem::said("invalid_value", format!("止 {to} 早于起 {from}")).at("to"));
        }
        if i64::from(to.number()) - i64::from(from.number()) >= MOST_DAYS {
            let said = format!("{from} 至 {to} 超过 {MOST_DAYS} 天，请分段查询");
            return Err(Problem::said("range_too_long", said).at("to"));
        }
        Ok((from, to))
    }

    /// What it asks of the settlements themselves.
    ///
    /// # Errors
    /// What of the amount is wrong.
    pub(super) fn filter<'a>(&'a self, directory: &'a Directory) -> Result<Filter<'a>, Problem> {
        Ok(Filter { asked: self, amount: self.amount()?, directory })
    }

    fn amount(&self) -> Result<Option<Compared>, Problem> {
        let Some(amount) = given::<Fen>("amount", &self.amount, "至多两位小数的金额")? else {
            return Ok(None);
        };
        let wrong = |field: &str| Problem::said("invalid_value", "请选择比较的金额项和比较方式").at(field);
        let of = amount_of(&self.field).ok_or_else(|| wrong("field"))?;
        let (than, or_equal) = match self.compare.as_str() {
            "gt" => (Ordering::Greater, false),
            "ge" => (Ordering::Greater, true),
            "lt" => (Ordering::Less, false),
            "le" => (Ordering::Less, true),
            "eq" => (Ordering::Equal, true),
            _ => return Err(wrong("compare")),
        };
        Ok(Some(Compared { of, than, or_equal, with: amount }))
    }

    /// Whether it asks what only the register knows.
    pub(super) fn is_about_persons(&self) -> bool {
        [&self.name, &self.certificate, &self.status].into_iter().any(|asked| !asked.trim().is_empty())
    }

    /// Whether its person is looked for.
    pub(super) fn finds_person(&self, person: &Person) -> bool {
        let [name, certificate] = [self.name.trim(), self.certificate.trim()];
        person.name.contains(name)
            && (certificate.is_empty() || person.certificate.eq_ignore_ascii_case(certificate))
            && (self.status.is_empty() || codes::status(&person.category) == Some(&self.status))
    }
    /// Sorts what was found: the newest first, or as it is asked.
    pub(super) fn sort(&self, found: &mut [One<'_>]) {
        let (key, falls) = self.sort.strip_prefix('-').map_or((self.sort.as_str(), false), |key| (key, true));
        found.sort_unstable_by_key(|one| std::cmp::Reverse((one.listed.recorded, one.listed.event)));
        match amount_of(key) {
            Some(of) => {
                found.sort_by_key(|one| of(&one.listed.amounts));
                if falls {
                    found.reverse();
                }
            }
            None if key == "time" && !falls => found.reverse(),
            None => {}
        }
    }
}

impl Filter<'_> {
    /// Whether a settlement is looked for, as far as it says itself.
    pub(super) fn finds(&self, one: &One<'_>) -> bool {
        let Self { asked, amount, directory } = self;
        let One { listed, cancelled } = one;
        let said = |asked: &str, is: &str| asked.is_empty() || asked == is;
        let state = match asked.state.as_str() {
            "standing" => cancelled.is_none(),
            "cancelled" => cancelled.is_some(),
            _ => true,
        };
        let at_class = || directory.institution(&listed.institution).map_or("", class);
        state
            && amount.as_ref().is_none_or(|compared| compared.holds(&listed.amounts))
            && said(&asked.institution, &listed.institution)
            && said(&asked.care_type, listed.care_type())
            && said(asked.person.trim(), &listed.psn_no)
            && (asked.class.is_empty() || at_class() == asked.class)
    }
}

impl Compared {
    fn holds(&self, amounts: &Amounts) -> bool {
        let is = (self.of)(amounts).cmp(&self.with);
        is == self.than || (self.or_equal && is == Ordering::Equal)
    }
}
