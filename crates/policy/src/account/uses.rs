//! What a personal account may be used for (个人账户使用): purpose by person, as the package's table
//! says, and what no area can allow, as the documents above it say.

use super::binding::{Facts, missing, stated_facts};
use super::{AccountFault, alive, held, printed};
use crate::cells::Cell;
use crate::compile::Compiled;
use crate::facts::FactId;
use crate::grid::{Grid, GridRow, Holding};
use crate::library::Area;
use crate::model::{Value, Word};
use crate::words::{fact_words, value_words};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::Day;

/// A use that is asked about.
#[derive(Clone, Copy, Debug, Default)]
pub struct Using<'a> {
    /// For what (用途), such as `clinic` or `resident_premium`.
    pub purpose: &'a str,
    /// For whom (使用人): `self`, `spouse`, `parent`, `child` or `other`.
    pub who: &'a str,
    /// Status of the account's holder; empty when not known.
    pub status: &'a str,
    /// Enrolment of the account's holder; empty when not known.
    pub enrolment: &'a str,
    /// Date of birth of the account's holder.
    pub birth: Option<Day>,
    /// Facts of the holder and of what is bought, such as `("national_code", "true")`.
    pub facts: &'a [(&'a str, &'a str)],
}

/// Whether a use is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// 可以使用.
    Allowed,
    /// 不得使用.
    Forbidden,
    /// Announced, with no day from which it holds (逐步实现、探索).
    NotYet,
}

impl Verdict {
    /// The word that packages write.
    pub fn word(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Forbidden => "forbidden",
            Self::NotYet => "not_yet",
        }
    }
}

/// What a package says of a use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Whether it is allowed.
    pub verdict: Verdict,
    /// By which articles; those of the documents above the area first.
    pub article: String,
    /// The verdict in Chinese.
    pub words: String,
    /// Facts that were not stated and would change the verdict.
    pub missing: Vec<String>,
}

impl Area {
    /// Whether an account may be used for this.
    ///
    /// # Errors
    /// [`AccountFault`] when the package has no such table then, or a fact is missing or unknown.
    pub fn may_use(&self, day: Day, using: &Using<'_>) -> Result<Use, AccountFault> {
        let compiled = &self.compiled;
        let (verdict, row, missing) = decided(compiled, day, using)?;
        let mut cites = if verdict == Verdict::Forbidden { forbidden_above(compiled, day, using) } else { Vec::new() };
        cites.extend_from_slice(&row.cite);
        let missing: Vec<String> = missing.into_iter().map(|fact| compiled.registry.facts[fact].name.clone()).collect();
        let words = words(compiled, using, verdict, &missing);
        Ok(Use { verdict, article: printed(compiled, &cites), words, missing })
    }

    /// As [`Area::may_use`], for whoever needs no words and no article.
    ///
    /// # Errors
    /// As there.
    pub fn verdict(&self, day: Day, using: &Using<'_>) -> Result<Verdict, AccountFault> {
        Ok(decided(&self.compiled, day, using)?.0)
    }
}

/// The verdict, the row that says it, and the facts that were not stated and would change it.
fn decided<'a>(
    compiled: &'a Compiled,
    day: Day,
    using: &Using<'_>,
) -> Result<(Verdict, &'a GridRow, Vec<FactId>), AccountFault> {
    let (grid, mut cell, open) = cell(compiled, day, using)?;
    let row = compiled.row(grid, &cell).map_err(|(_, found)| AccountFault::Undecided { found })?;
    let verdict = of(&row.is.value);
    let mut missing = Vec::new();
    for fact in open {
        let known = cell.bands.clone();
        if matters(compiled, grid, &mut cell, fact, verdict) {
            let definition = &compiled.registry.facts[fact];
            if definition.default.is_none() {
                return Err(self::missing(definition));
            }
            missing.push(fact);
        }
        cell.bands = known;
    }
    Ok((verdict, row, missing))
}

/// The facts that tell uses apart, in order.
pub(crate) fn uses_read(compiled: &Compiled) -> Vec<FactId> {
    let mut reads = stated_facts(compiled, &compiled.uses);
    // Whatever the rows read, purpose and person must be known words.
    reads.extend(PURPOSE_AND_WHO.iter().filter_map(|name| compiled.registry.id(name)));
    reads.into_iter().collect()
}

/// What every use is asked with.
const PURPOSE_AND_WHO: [&str; 2] = ["purpose", "who"];

/// The table, what is stated as a cell of it, and the facts that are not stated.
fn cell<'a>(
    compiled: &'a Compiled,
    day: Day,
    using: &Using<'_>,
) -> Result<(&'a Grid, Cell<'a>, Vec<FactId>), AccountFault> {
    let no_rules = || AccountFault::NoRules { what: "个人账户使用", day };
    let in_life = compiled.from <= day && day <= compiled.until;
    let grid = compiled.uses.as_ref().filter(|grid| in_life && alive(grid, day)).ok_or_else(no_rules)?;
    let facts = Facts {
        status: using.status,
        enrolment: using.enrolment,
        birth: using.birth,
        age_on: day,
        asked: [("purpose", using.purpose), ("who", using.who)],
        facts: using.facts,
    };
    let (mut bands, mut open) = (Vec::with_capacity(compiled.uses_read.len()), Vec::new());
    for &id in &compiled.uses_read {
        let fact = &compiled.registry.facts[id];
        if !facts.states(fact) {
            open.push(id);
        }
        // A fact without a default takes its first value until it turns out to matter.
        bands.push((id, facts.raw(compiled, fact)?.map_or(0, |raw| fact.band(raw))));
    }
    let mut unstated = open.iter().map(|fact: &FactId| &compiled.registry.facts[*fact]);
    if let Some(fact) = unstated.find(|fact| PURPOSE_AND_WHO.contains(&fact.name.as_str())) {
        return Err(missing(fact));
    }
    Ok((grid, Cell { compiled, day, known_on: Day::MAX, bands }, open))
}

/// What is not plainly allowed is not.
fn of(value: &Value) -> Verdict {
    match value {
        Value::Word(word) if word == "allowed" => Verdict::Allowed,
        Value::Word(word) if word == "not_yet" => Verdict::NotYet,
        _ => Verdict::Forbidden,
    }
}

/// Whether another value of a fact gives another verdict.
fn matters(compiled: &Compiled, grid: &Grid, cell: &mut Cell<'_>, fact: FactId, verdict: Verdict) -> bool {
    (0..compiled.registry.facts[fact].band_count()).any(|band| {
        cell.set(fact, band as u8);
        matches!(grid.holding(cell), Holding::Row(row) if of(&row.is.value) != verdict)
    })
}

/// The articles of the bounds that forbid a use everywhere below them, the nation's first.
fn forbidden_above(compiled: &Compiled, day: Day, using: &Using<'_>) -> Vec<Word> {
    let mut cites = Vec::new();
    for bound in compiled.package.lent_bounds.iter().filter(|bound| bound.from.is_none_or(|from| from <= day)) {
        let forbids = matches!(bound.is.as_ref().map(|is| &is.value), Some(Value::Word(word)) if word == "forbidden");
        let asked = [("purpose", using.purpose), ("who", using.who)];
        let concerns = !bound.when.is_empty()
            && bound.when.iter().all(|(name, condition)| {
                let stated = asked.iter().find(|(known, _)| *known == name.text);
                let fact = compiled.registry.get(&name.text);
                stated.zip(fact).is_some_and(|((_, value), fact)| {
                    let place = fact.values.iter().position(|known| known == value);
                    place.is_some_and(|raw| fact.holds(raw as i64, condition))
                })
            });
        if bound.on.text == "account.use" && forbids && concerns {
            cites.extend(bound.cite.iter().cloned());
        }
    }
    cites
}

fn words(compiled: &Compiled, using: &Using<'_>, verdict: Verdict, missing: &[String]) -> String {
    let (purpose, who) = (value_words("purpose", using.purpose), value_words("who", using.who));
    let said = match verdict {
        Verdict::Allowed => "可以使用个人账户",
        Verdict::Forbidden => "不得使用个人账户",
        Verdict::NotYet => "尚不可用个人账户（逐步实现，没有给出日期）",
    };
    let label = |name: &String| fact_words(name, compiled.label(name)).to_owned();
    let open = if missing.is_empty() {
        String::new()
    } else {
        format!("；没有说明：{}", crate::fault::listed(missing.iter().map(label)))
    };
    format!("{purpose}，{who}：{said}{open}")
}

/// The row that held for a use: its table's path and its place.
pub(crate) fn use_row(compiled: &Compiled, day: Day, using: &Using<'_>) -> Option<(String, usize)> {
    let (grid, cell, _) = cell(compiled, day, using).ok()?;
    held(grid, &cell)
}
