//! What is paid in (缴费): the rates of its parts, floor and ceiling of the base, and whether what the
//! tax office (税务) sent agrees with them. Where the texts give no figure nothing is compared.

use super::binding::{Facts, stated_facts};
use super::{AccountFault, Ruled, Stated, alive, held, printed};
use crate::cells::Cell;
use crate::compile::Compiled;
use crate::figures::NOT_YET;
use crate::grid::{Grid, GridRow, Holding};
use crate::library::Area;
use crate::model::Value;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::iter::once;
use gongji_adjudication::Amount;
use gongji_domain::{Day, Fen, Rate, Rounding};

/// A member who pays, or for whom an employer pays.
#[derive(Clone, Copy, Debug, Default)]
pub struct Contributing<'a> {
    /// 在职、退休等.
    pub status: &'a str,
    /// 参保身份.
    pub enrolment: &'a str,
    /// Date of birth, where the package tells ages apart.
    pub birth: Option<Day>,
    /// Further facts of the member by name.
    pub facts: &'a [(&'a str, &'a str)],
}

/// The rules of contributions on a day.
pub struct ContributionRules<'a> {
    compiled: &'a Compiled,
    day: Day,
    known_on: Day,
}

/// The rules of contributions for one kind of member: rates of the monthly base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// What is paid in all (合计).
    pub total: Ruled<Rate>,
    /// The part that goes into the member's account (个人部分).
    pub own: Ruled<Rate>,
    /// The part that goes into the pooled fund (统筹部分).
    pub pooled: Ruled<Rate>,
    /// The share of the employer's part that is credited to the account (单位缴费划入).
    pub employer_share: Ruled<Rate>,
    /// The lowest monthly base (基数下限).
    pub floor: Ruled<Fen>,
    /// The highest monthly base (基数上限).
    pub ceiling: Ruled<Fen>,
    /// How each part becomes whole fen.
    pub rounding: Rounding,
}

/// Something about a contribution that does not agree with the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable code: `base_below_floor`, `base_above_ceiling`, `own_differs`, `pooled_differs`.
    pub code: &'static str,
    /// What was found, in Chinese.
    pub words: String,
    /// What it should be.
    pub expected: Fen,
    /// By which articles.
    pub article: String,
}

impl Area {
    /// The rules of contributions on a day, by what was known on `known_on`; of a package that does not
    /// speak of contributions all are open.
    ///
    /// # Errors
    /// On a day outside the package's life.
    pub fn contribution(&self, day: Day, known_on: Day) -> Result<ContributionRules<'_>, AccountFault> {
        let compiled = &self.compiled;
        if day < compiled.from || compiled.until < day {
            return Err(AccountFault::NoRules { what: "缴费", day });
        }
        Ok(ContributionRules { compiled, day, known_on })
    }
}

impl ContributionRules<'_> {
    /// The rules for a kind of member.
    ///
    /// # Errors
    /// [`AccountFault`] when a fact that tells them apart is missing or unknown.
    pub fn of(&self, person: &Contributing<'_>) -> Result<Contribution, AccountFault> {
        let total = self.rate("contribution.total", person, None)?;
        let own = self.rate("contribution.own", person, None)?;
        Ok(Contribution {
            pooled: self.rate("contribution.pooled", person, Some((&total, &own)))?,
            employer_share: self.rate("account.employer_share", person, None)?,
            floor: self.amount("contribution.floor", person)?,
            ceiling: self.amount("contribution.ceiling", person)?,
            rounding: self.compiled.package.contribution_rounding.unwrap_or(Rounding::HALF_UP_FEN),
            total,
            own,
        })
    }

    /// A rate; `rest` is what the own part leaves of the total.
    fn rate(
        &self,
        path: &str,
        person: &Contributing<'_>,
        parts: Option<(&Ruled<Rate>, &Ruled<Rate>)>,
    ) -> Result<Ruled<Rate>, AccountFault> {
        let Some((grid, cell)) = asked(self.compiled, path, person, self.day, self.known_on)? else {
            return Ok(Ruled::SILENT);
        };
        let (row, article) = row_of(self.compiled, grid, &cell)?;
        let is = match &row.is.value {
            Value::Rate(_) if grid.path == "account.employer_share" => {
                let figure = self.compiled.rate(grid, &cell);
                Stated::Is(figure.map_err(|(_, found)| AccountFault::Undecided { found })?.is)
            }
            Value::Rate(rate) => Stated::Is(*rate),
            Value::None => Stated::Nothing,
            Value::Word(word) if word == "rest" => parts.map_or(Stated::Open, |(total, own)| rest(total, own)),
            _ => Stated::Open,
        };
        Ok(Ruled { is, article })
    }

    fn amount(&self, path: &str, person: &Contributing<'_>) -> Result<Ruled<Fen>, AccountFault> {
        let Some((grid, mut cell)) = asked(self.compiled, path, person, self.day, self.known_on)? else {
            return Ok(Ruled::SILENT);
        };
        let (row, article) = row_of(self.compiled, grid, &cell)?;
        let is = match &row.is.value {
            Value::None => Stated::Nothing,
            _ => match self.compiled.amount(grid, &mut cell) {
                Ok(figure) => match figure.is {
                    Amount::Fixed(fen) => Stated::Is(fen),
                    _ => Stated::Open,
                },
                Err((NOT_YET, _)) => Stated::Open,
                Err((_, found)) => return Err(AccountFault::Undecided { found }),
            },
        };
        Ok(Ruled { is, article })
    }
}

fn rest(total: &Ruled<Rate>, own: &Ruled<Rate>) -> Stated<Rate> {
    let own = match own.is {
        Stated::Is(own) => own,
        Stated::Nothing => Rate::ZERO,
        Stated::Open => return Stated::Open,
    };
    match total.is {
        Stated::Is(total) => Stated::Is(Rate::from_millionths(total.millionths() - own.millionths())),
        Stated::Nothing => Stated::Nothing,
        Stated::Open => Stated::Open,
    }
}

impl Contribution {
    /// What does not agree with the rules; what is open is not compared.
    pub fn check(&self, base: Fen, own: Fen, pooled: Option<Fen>) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(floor) = self.floor.is.figure().filter(|floor| base < *floor) {
            let words = format!("缴费基数 {base} 元低于下限 {floor} 元");
            findings.push(Finding {
                code: "base_below_floor",
                words,
                expected: floor,
                article: self.floor.article.clone(),
            });
        }
        if let Some(ceiling) = self.ceiling.is.figure().filter(|ceiling| base > *ceiling) {
            let words = format!("缴费基数 {base} 元高于上限 {ceiling} 元");
            let article = self.ceiling.article.clone();
            findings.push(Finding { code: "base_above_ceiling", words, expected: ceiling, article });
        }
        findings.extend(self.part(("own_differs", "个人部分"), &self.own, base, own));
        findings.extend(pooled.and_then(|paid| self.part(("pooled_differs", "统筹部分"), &self.pooled, base, paid)));
        findings
    }

    /// What the own part of a base is; none where the rate is open.
    pub fn own_of(&self, base: Fen) -> Option<Fen> {
        self.part_of(&self.own, base)
    }

    /// What the pooled part of a base is; none where the rate is open.
    pub fn pooled_of(&self, base: Fen) -> Option<Fen> {
        self.part_of(&self.pooled, base)
    }

    fn part_of(&self, rule: &Ruled<Rate>, base: Fen) -> Option<Fen> {
        match rule.is {
            Stated::Is(rate) => Some(rate.of(base, self.rounding)),
            Stated::Nothing => Some(Fen::ZERO),
            Stated::Open => None,
        }
    }

    fn part(&self, (code, name): (&'static str, &str), rule: &Ruled<Rate>, base: Fen, paid: Fen) -> Option<Finding> {
        let expected = self.part_of(rule, base).filter(|expected| *expected != paid)?;
        let words = match rule.is {
            Stated::Is(rate) => format!("{name} {paid} 元，应为 {base} 元×{rate}＝{expected} 元"),
            _ => format!("{name} {paid} 元，没有这项缴费"),
        };
        Some(Finding { code, words, expected, article: rule.article.clone() })
    }
}

/// A table and what is stated as a cell of it; nothing where the package has no such table then.
pub(super) fn asked<'a>(
    compiled: &'a Compiled,
    path: &str,
    person: &Contributing<'_>,
    day: Day,
    known_on: Day,
) -> Result<Option<(&'a Grid, Cell<'a>)>, AccountFault> {
    let mut grids = compiled.contribution.iter().chain(&compiled.entitlement).chain(&compiled.employer_share);
    let Some(grid) = grids.find(|grid| grid.path == path && alive(grid, day)) else { return Ok(None) };
    let facts = Facts {
        status: person.status,
        enrolment: person.enrolment,
        birth: person.birth,
        age_on: day,
        asked: [("", ""); 2],
        facts: person.facts,
    };
    let bands = facts.bands(compiled, &stated_facts(compiled, once(grid)))?;
    Ok(Some((grid, Cell { compiled, day, known_on, bands })))
}

/// The row that holds, with its articles as answers print them.
pub(super) fn row_of<'g>(
    compiled: &Compiled,
    grid: &'g Grid,
    cell: &Cell<'_>,
) -> Result<(&'g GridRow, String), AccountFault> {
    match grid.holding(cell) {
        Holding::Row(row) => Ok((row, printed(compiled, &row.cite))),
        _ => {
            let found = compiled.row(grid, cell).err().map_or_else(|| grid.path.to_string(), |(_, found)| found);
            Err(AccountFault::Undecided { found })
        }
    }
}

/// The row that held for a member: its table's path and its place.
pub(crate) fn asked_row(
    compiled: &Compiled,
    path: &str,
    person: &Contributing<'_>,
    day: Day,
) -> Option<(String, usize)> {
    let (grid, cell) = asked(compiled, path, person, day, Day::MAX).ok()??;
    held(grid, &cell)
}
