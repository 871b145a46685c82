//! What the reform changed for one member (改革前后对比): the year's credit, and what fund, account and cash pay of a year's
//! expense, before and after. The new credit is worked out by the area's package month by month, the new payment by the
//! engine; before the reform nothing of a clinic visit but the benefits that were decided elsewhere came from a fund.
//!
//! Printed sheets are in whole yuan: what the ordinary benefit pays is rounded to the yuan first, the rest follows by
//! subtraction. Every other way of rounding misses a printed figure.

use std::collections::BTreeMap;

use gongji_adjudication::Standing;
use gongji_domain::{Day, Direction, Fen, FundCode, Month, Rate, Rounding};
use gongji_policy::Area;
use gongji_policy::account::Crediting;
use gongji_policy::case::{self, Decision, Detail};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::table::{Cell, Table};
use crate::his::errors::{Code, Fault};

/// The examples that ship, by area.
const EXAMPLES: [(&str, &str); 1] = [("500000", include_str!("../../agency/before-after/500000.toml"))];

/// How printed sheets round.
const YUAN: Rounding = Rounding { unit: 100, direction: Direction::HalfUp };

/// A member and a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    #[serde(default)]
    pub title: String,
    pub year: i32,
    pub status: String,
    pub enrolment: String,
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub birth: Option<Day>,
    /// 缴费基数 a month, from a month on.
    #[serde(default)]
    pub bases: Vec<Base>,
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "105.00")]
    pub pension: Option<Fen>,
    /// 登记额, such as `credit_2022_monthly`.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    pub frozen: BTreeMap<String, Fen>,
    /// Further facts of the member.
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
    /// What the account held when the year began, the same before and after.
    #[serde(default = "zero")]
    #[schema(value_type = String, example = "105.00")]
    pub held: Fen,
    pub visit: Visit,
    #[serde(default)]
    pub before: Before,
    /// The figures as somebody printed them.
    #[serde(default)]
    pub printed: Option<Both>,
}

/// A base from a month on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Base {
    #[schema(value_type = String, example = "2024-01")]
    pub from: Month,
    #[schema(value_type = String, example = "105.00")]
    pub base: Fen,
}

/// The year's expense, as one visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Visit {
    pub care_type: String,
    pub class: String,
    /// 政策范围内费用
    #[schema(value_type = String, example = "105.00")]
    pub total: Fen,
    /// What benefits decided elsewhere paid (第一层), the same before and after.
    #[serde(default)]
    pub prior: Vec<Prior>,
}

/// A payment of a benefit that is decided elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prior {
    pub benefit: String,
    #[schema(value_type = String, example = "105.00")]
    pub fund_paid: Fen,
}

/// What is known of the time before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Before {
    /// The year's credit as it was; worked out by the package where it is not given.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "105.00")]
    pub credit: Option<Fen>,
}

/// One side of the sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Side {
    /// 个人账户计入
    #[schema(value_type = String, example = "105.00")]
    pub credit: Fen,
    /// 医保基金支付
    #[schema(value_type = String, example = "105.00")]
    pub fund: Fen,
    /// 个人账户支付
    #[schema(value_type = String, example = "105.00")]
    pub account: Fen,
    /// 现金支付
    #[schema(value_type = String, example = "105.00")]
    pub cash: Fen,
    /// 账户结余
    #[schema(value_type = String, example = "105.00")]
    pub balance: Fen,
}

/// Both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Both {
    pub before: Side,
    pub after: Side,
}

/// The sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Sheet {
    pub area: String,
    pub title: String,
    pub year: i32,
    #[schema(value_type = String, example = "105.00")]
    pub total: Fen,
    /// To the fen.
    pub exact: Both,
    pub change: Side,
    /// In whole yuan, as such sheets are printed.
    pub whole: Both,
    pub whole_change: Side,
    /// The old credit was given, no package works it out.
    pub credit_before_given: bool,
    /// How the new credit came about, once for each different month.
    pub credit_words: Vec<String>,
    pub articles: Vec<String>,
    pub printed: Option<Both>,
    /// Whether the whole figures are those printed.
    pub as_printed: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Examples {
    example: Vec<Question>,
}

fn zero() -> Fen {
    Fen::ZERO
}

/// An area's examples that ship.
///
/// # Errors
/// If there are none.
pub(crate) fn examples(area: &str) -> Result<Vec<Question>, Fault> {
    let found = EXAMPLES.iter().find(|(code, _)| *code == area);
    let areas: Vec<&str> = EXAMPLES.iter().map(|(code, _)| *code).collect();
    let none = || Fault::at(Code::NoPolicyForArea, "area").given(area).allowed(format!(" {}", areas.join("、")));
    let (_, text) = found.ok_or_else(none)?;
    let examples: Result<Examples, _> = toml::from_str(text);
    examples.map(|examples| examples.example).map_err(|fault| {
        tracing::error!(%fault, area, "the examples cannot be used");
        Fault::new(Code::InternalError)
    })
}

/// Works the sheet out.
///
/// # Errors
/// When a fact is missing, or the area's package cannot decide it.
pub(crate) fn sheet(package: &Area, question: &Question) -> Result<Sheet, Fault> {
    let months = months(question.year)?;
    let credit = credits(package, question, &months, false)?;
    let old = old_credit(package, question)?;
    let first: Fen = question.visit.prior.iter().map(|prior| prior.fund_paid).sum();
    let total = question.visit.total;
    let (after, articles) = engine(package, question, credit.sum)?;
    let exact = Both { before: by_subtraction(total, first, old, question.held), after };
    let yuan = |amount: Fen| YUAN.round(i128::from(amount.fen()), 1);
    let whole = Both {
        before: by_subtraction(total, first, yuan(old), question.held),
        after: by_subtraction(total, first + yuan(after.fund - first), yuan(credit.sum), question.held),
    };
    let made = Sheet::of(package, question, exact);
    Ok(Sheet {
        whole_change: whole.after.less(whole.before),
        credit_words: credit.words,
        articles: credit.articles.into_iter().chain(articles).collect(),
        as_printed: question.printed.map(|printed| printed == whole),
        whole,
        ..made
    })
}

/// The year's credit as it was before the reform: as given, else by the package.
///
/// # Errors
/// When it is not given and no package works it out.
pub(super) fn old_credit(package: &Area, question: &Question) -> Result<Fen, Fault> {
    match question.before.credit {
        Some(given) => Ok(given),
        None => Ok(credits(package, question, &months(question.year)?, true)?.sum),
    }
}

/// The last day of each month: the member is as then.
fn months(year: i32) -> Result<Vec<Month>, Fault> {
    let first: Result<Month, _> = format!("{year:04}-01").parse();
    let first = first.map_err(|_| Fault::at(Code::InvalidValue, "year").given(year).allowed("四位年份"))?;
    Ok((0..12).map(|n| first.plus(n)).collect())
}

#[derive(Default)]
struct Credits {
    sum: Fen,
    words: Vec<String>,
    articles: Vec<String>,
}

/// A year's credits, month by month; yearly ones once.
fn credits(package: &Area, question: &Question, months: &[Month], before: bool) -> Result<Credits, Fault> {
    let frozen: Vec<(&str, Fen)> = question.frozen.iter().map(|(name, amount)| (name.as_str(), *amount)).collect();
    let facts: Vec<(&str, &str)> = question.facts.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut credits = Credits::default();
    let mut yearly = None;
    for month in months {
        let day = month.first_day();
        if yearly.is_some_and(|last: Day| day <= last) {
            continue;
        }
        let base = question.bases.iter().rev().find(|base| base.from <= *month).map(|base| base.base);
        let person = Crediting {
            status: &question.status,
            enrolment: &question.enrolment,
            birth: question.birth,
            base,
            lump_sum_base: base,
            pension: question.pension,
            frozen: &frozen,
            facts: &facts,
        };
        let refused = |fault: gongji_policy::account::AccountFault| {
            Fault::spelled(Code::MatterInvalid.name(), format!("{month} {fault}"))
        };
        let rules = if before { package.credits_before(day, Day::MAX) } else { package.credits_for(day, Day::MAX) };
        let rules = rules.map_err(refused)?;
        let note =
            if before { package.credit_before(day, Day::MAX, &person) } else { package.credit(day, Day::MAX, &person) };
        let note = note.map_err(refused)?;
        credits.sum += note.amount.unwrap_or(Fen::ZERO);
        if !credits.words.contains(&note.words) {
            credits.words.push(note.words);
        }
        if !credits.articles.contains(&note.article) {
            credits.articles.push(note.article);
        }
        if rules.per() == gongji_policy::account::CreditPer::Year {
            yearly = Some(rules.days().1);
        }
    }
    Ok(credits)
}

/// The year's expense as the engine settles it on the last day of the year, with the year's credit at hand.
fn engine(package: &Area, question: &Question, credit: Fen) -> Result<(Side, Vec<String>), Fault> {
    let Visit { care_type, class, total, prior } = &question.visit;
    let member = case::Member {
        status: question.status.clone(),
        enrolment: Some(question.enrolment.clone()),
        birth_date: question.birth,
        facts: Vec::new(),
    };
    let charge = case::Charge {
        amount: *total,
        covered: true,
        ceiling: None,
        upfront_rate: Rate::from_millionths(0),
        facts: Vec::new(),
    };
    let prior = prior.iter().map(|prior| case::PriorBenefit {
        benefit: prior.benefit.clone(),
        fund_paid: prior.fund_paid,
        fund: FundCode::POOLED,
    });
    let encounter = case::Encounter {
        id: "1".to_owned(),
        date: months(question.year)?.last().map_or(Day::MIN, |month| month.last_day()),
        time: None,
        care_type: care_type.clone(),
        place: None,
        institution: case::Institution { class: Some(class.clone()), ..case::Institution::default() },
        prescriber: None,
        facts: Vec::new(),
        charges: vec![charge],
        prior_benefits: prior.collect(),
    };
    let standing = Standing::with_account(credit, question.held);
    let refused = |code: &str, message: String| Fault::spelled(code.to_owned(), message);
    match package.decide(&member, &standing, &encounter, true, Detail::Steps) {
        Ok(Decision::Settled(settled)) => {
            let mut articles: Vec<String> = Vec::new();
            for step in settled.steps.iter().filter(|step| !step.article.is_empty()) {
                if !articles.contains(&step.article) {
                    articles.push(step.article.clone());
                }
            }
            let settlement = &settled.settlement;
            let side = Side {
                credit,
                fund: settlement.fund_total,
                account: settlement.account_paid,
                cash: settlement.cash,
                balance: settlement.balance,
            };
            Ok((side, articles))
        }
        Ok(Decision::Refused(refusal)) => Err(refused(&refusal.code, refusal.message)),
        Err(fault) => Err(refused(fault.code, format!("{} {}", fault.field, fault.message))),
    }
}

/// What is left of an expense when a fund paid: the account as far as it goes, the rest in cash.
pub(super) fn by_subtraction(total: Fen, fund: Fen, credit: Fen, held: Fen) -> Side {
    let personal = total.less(fund);
    let account = personal.min(credit + held);
    Side { credit, fund, account, cash: personal - account, balance: credit + held - account }
}

impl Side {
    fn less(self, other: Self) -> Self {
        Self {
            credit: self.credit - other.credit,
            fund: self.fund - other.fund,
            account: self.account - other.account,
            cash: self.cash - other.cash,
            balance: self.balance - other.balance,
        }
    }

    fn whole(self) -> Self {
        let yuan = |amount: Fen| YUAN.round(i128::from(amount.fen()), 1);
        Self {
            credit: yuan(self.credit),
            fund: yuan(self.fund),
            account: yuan(self.account),
            cash: yuan(self.cash),
            balance: yuan(self.balance),
        }
    }

    fn figures(&self) -> [(&'static str, Fen); 5] {
        [
            ("个人账户计入", self.credit),
            ("医保基金支付", self.fund),
            ("个人账户支付", self.account),
            ("现金支付", self.cash),
            ("账户结余", self.balance),
        ]
    }
}

impl Sheet {
    /// Of two sides to the fen; in whole yuan each figure is the same, rounded.
    pub(super) fn of(package: &Area, question: &Question, exact: Both) -> Self {
        let whole = Both { before: exact.before.whole(), after: exact.after.whole() };
        Self {
            area: package.code().to_owned(),
            title: question.title.clone(),
            year: question.year,
            total: question.visit.total,
            change: exact.after.less(exact.before),
            whole_change: whole.after.less(whole.before),
            exact,
            whole,
            credit_before_given: question.before.credit.is_some(),
            credit_words: Vec::new(),
            articles: Vec::new(),
            printed: question.printed,
            as_printed: None,
        }
    }

    /// As a table for people and spreadsheets: to the fen, and in whole yuan as printed.
    pub(crate) fn table(&self) -> Table {
        let given = if self.credit_before_given { "照所给数录入" } else { "按政策包计算" };
        let mut above = vec![
            ("统筹区", self.area.clone()),
            ("情形", self.title.clone()),
            ("年度", self.year.to_string()),
            ("费用", self.total.to_string()),
            ("改革前计入", given.to_owned()),
            ("依据", self.articles.join(" ")),
        ];
        above.extend(self.credit_words.iter().map(|words| ("改革后计入", words.clone())));
        if let Some(same) = self.as_printed {
            above.push(("与印数", if same { "整元各数全部相符" } else { "不符" }.to_owned()));
        }
        let sides =
            [self.exact.before, self.exact.after, self.change, self.whole.before, self.whole.after, self.whole_change];
        let figures = sides.map(|side| side.figures());
        let row = |at: usize| {
            let cells = figures.iter().map(|side| Cell::Money(side[at].1));
            std::iter::once(Cell::text(figures[0][at].0)).chain(cells).collect()
        };
        Table {
            title: "改革前后对比",
            above,
            heads: vec!["项目", "改革前", "改革后", "变化", "改革前（整元）", "改革后（整元）", "变化（整元）"],
            rows: (0..figures[0].len()).map(row).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
