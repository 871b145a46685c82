//! What changes for a member between two sets of rules: two days of one package, two versions of
//! it, or two areas.
//!
//! Every combination of the facts that a benefit reads is asked of both sides; equal changes are
//! merged into as few words as will do, and each is shown by the smallest visit of a member who
//! used nothing this year. Knows nothing of files or terminals.

mod axes;
mod parameters;
mod patterns;
mod witness;

use crate::grid::Grid;
use crate::library::Area;
use crate::trial::{Trials, Work};
use crate::view::account_words;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use axes::Axes;
use gongji_adjudication::Rules;
use gongji_domain::{Day, Fen};
use parameters::Asked;

/// The differences between two sets of rules, in the words of a member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Each change, benefits first, then how lines are split and the account.
    pub changes: Vec<Change>,
    /// The smallest visit that comes out otherwise when all changes are taken together.
    pub together: Option<Witness>,
    /// What was not compared.
    pub notes: Vec<String>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whose: a benefit, the lines, or the account.
    pub subject: String,
    /// What: such as 支付比例.
    pub what: String,
    /// Whom it concerns; empty when everybody.
    pub who: String,
    /// What it is on the first side.
    pub from: String,
    /// What it is on the second side.
    pub to: String,
    /// The articles on both sides.
    pub articles: (String, String),
    /// How it shows.
    pub effect: Effect,
}

/// How a change shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// In this visit, when nothing else changes.
    Alone(Witness),
    /// In this visit, with all other changes.
    Together(Witness),
    /// No visit of a member who used nothing before comes out otherwise.
    Unseen,
    /// It does not decide visits.
    NoVisit,
}

/// A visit that comes out otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The days on both sides.
    pub days: (Day, Day),
    /// Who and where, in words.
    pub who: String,
    /// The amount of its only charge.
    pub amount: Fen,
    /// What the funds pay; none where insurance refuses the visit.
    pub fund: (Option<Fen>, Option<Fen>),
    /// What the member pays in cash.
    pub cash: (Option<Fen>, Option<Fen>),
}

/// The most combinations that are asked for one benefit.
const MOST_CELLS: usize = 1 << 13;

/// Compares the rules of two days; none where a side has no rules on its day.
pub fn compare(a: (&Area, Day), b: (&Area, Day)) -> Option<Comparison> {
    let work = Work::of(u32::MAX);
    let rules = (a.0.rules(a.1)?, b.0.rules(b.1)?);
    let sides = Sides { a: side(a, rules.0, &work), b: side(b, rules.1, &work) };
    let mut found = Comparison::default();
    for asked in Asked::all(&sides) {
        sides.compare(&asked, &mut found);
    }
    sides.account(&mut found);
    Some(found)
}

fn side<'a>((area, day): (&'a Area, Day), rules: &'a Rules, work: &'a Work) -> Trials<'a> {
    Trials { compiled: &area.compiled, rules, day, work }
}

/// The rules on both sides.
pub(crate) struct Sides<'a> {
    pub(crate) a: Trials<'a>,
    pub(crate) b: Trials<'a>,
}

impl Sides<'_> {
    fn compare(&self, asked: &Asked, found: &mut Comparison) {
        let axes = Axes::of(self, &asked.facts(self), MOST_CELLS, &mut found.notes);
        let cells = axes.cells();
        let parameters = parameters::of_cells(self, asked, &axes, &cells);
        for parameter in parameters {
            for pattern in patterns::merged(&axes, &cells, &parameter.says) {
                let (from, to) = &pattern.change;
                let (effect, together) = witness::effect(self, asked, &parameter.key, &axes, &pattern);
                if found
                    .together
                    .as_ref()
                    .is_none_or(|known| together.as_ref().is_some_and(|new| new.amount < known.amount))
                {
                    found.together = together.or(found.together.take());
                }
                found.changes.push(Change {
                    subject: asked.words(self),
                    what: parameter.key.what.clone(),
                    who: axes.words(&pattern.cube),
                    from: from.words.clone(),
                    to: to.words.clone(),
                    articles: (from.article.clone(), to.article.clone()),
                    effect,
                });
            }
        }
    }

    /// What is credited to the account and what it may be used for.
    fn account(&self, found: &mut Comparison) {
        let (a, b) = (self.a.compiled, self.b.compiled);
        for (one, other, what) in [(&a.credit, &b.credit, "计入"), (&a.uses, &b.uses, "使用范围")] {
            let facts = |trials: &Trials<'_>, grid: &Option<Grid>| -> BTreeSet<String> {
                let mut reads = BTreeSet::new();
                grid.iter().for_each(|grid| grid.reads(&mut reads));
                let roots = reads.into_iter().flat_map(|fact| crate::bounds::roots(trials.compiled, fact));
                roots.map(|fact| trials.compiled.registry.facts[fact].name.clone()).collect()
            };
            let facts: BTreeSet<String> = facts(&self.a, one).into_iter().chain(facts(&self.b, other)).collect();
            let axes = Axes::of(self, &facts, MOST_CELLS, &mut found.notes);
            let cells = axes.cells();
            let says: Vec<_> = cells
                .iter()
                .map(|cell| {
                    let (x, y) = axes.spots(self, cell)?;
                    let of = |trials: &Trials<'_>, grid: &Option<Grid>, spot| {
                        let (words, article) =
                            grid.as_ref().and_then(|grid| account_words(trials.compiled, grid, trials.day, spot))?;
                        Some(parameters::Says { words, article })
                    };
                    let none = || parameters::Says { words: "没有规定".to_owned(), article: String::new() };
                    let both = (of(&self.a, one, x), of(&self.b, other, y));
                    Some((both.0.unwrap_or_else(none), both.1.unwrap_or_else(none)))
                })
                .collect();
            for pattern in patterns::merged(&axes, &cells, &says) {
                let (from, to) = pattern.change;
                found.changes.push(Change {
                    subject: "个人账户".to_owned(),
                    what: format!("{what}{}", period(one.as_ref().or(other.as_ref()))),
                    who: axes.words(&pattern.cube),
                    from: from.words,
                    to: to.words,
                    articles: (from.article, to.article),
                    effect: Effect::NoVisit,
                });
            }
        }
    }
}

fn period(grid: Option<&Grid>) -> &'static str {
    match grid.and_then(|grid| grid.per.as_ref()).map(|per| per.text.as_str()) {
        Some("month") => "（每月）",
        Some("year") => "（每年）",
        _ => "",
    }
}
