//! A case of which the amount of one charge still varies (费用变化): what is paid of each amount, and where that bends. Decides
//! what comes before once, then only the visit that the charge belongs to.

use super::{Case, CaseFault, Decision, Detail, Encounter, Member};
use crate::kinks::{Bend, Kink, kinks};
use crate::library::{Area, Library};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_adjudication::{Rules, Standing};
use gongji_domain::Fen;

/// The last encounter of a case, with one amount left open.
pub struct Slide<'a> {
    area: &'a Area,
    rules: &'a Rules,
    member: Member,
    standing: Standing,
    encounter: Encounter,
    charge: usize,
}

/// An amount at which what is paid bends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The amount of the charge.
    pub amount: Fen,
    /// What ends there.
    pub bend: Bend,
    /// How much of it there was for this visit.
    pub level: Fen,
    /// Path of the rule; empty for the account.
    pub rule: String,
    /// Its article, as answers print articles.
    pub article: String,
}

impl Library {
    /// A case with the amount of a charge of its last encounter left open; none where the area has no rules on that day.
    ///
    /// # Errors
    /// As [`Library::decide_case`], and where there is no such charge.
    pub fn slide(&self, case: &Case, charge: usize) -> Result<Option<Slide<'_>>, CaseFault> {
        let Some(area) = self.area(&case.pooling_area) else { return Ok(None) };
        let Some(last) = case.encounters.len().checked_sub(1) else { return Ok(None) };
        let before = Case { encounters: case.encounters[..last].to_vec(), ..case.clone() };
        let (mut standing, mut stands) = (area.opening(case)?, Vec::new());
        for (_, decision) in self.decide_case(&before, Detail::Amounts)? {
            stands.push(matches!(decision, Decision::Settled(_)));
            if let Decision::Settled(settled) = decision {
                settled.apply(&mut standing);
            }
        }
        let encounter = area.with_relations(case, last, &stands)?.into_owned();
        if charge >= encounter.charges.len() {
            let message = format!("就诊有 {} 笔费用，没有第 {} 笔", encounter.charges.len(), charge + 1);
            return Err(CaseFault::new("out_of_range", "charge", message));
        }
        let Some(rules) = area.rules(encounter.date) else { return Ok(None) };
        let member = case.member.at(&case.encounters[last].1);
        Ok(Some(Slide { area, rules, member, standing, encounter, charge }))
    }
}

impl Slide<'_> {
    /// The decision when the charge is this much.
    ///
    /// # Errors
    /// As [`Area::decide`].
    pub fn at(&self, amount: Fen) -> Result<Decision, CaseFault> {
        self.decide(amount, Detail::Amounts)
    }

    fn decide(&self, amount: Fen, detail: Detail) -> Result<Decision, CaseFault> {
        let mut encounter = self.encounter.clone();
        encounter.charges[self.charge].amount = amount;
        let decided = self.area.decide(&self.member, &self.standing, &encounter, true, detail);
        decided.map_err(|fault| fault.within("encounters[-1]"))
    }

    /// Where it bends, by amount: deductibles that are borne in full, segments, limits that are reached, the account.
    pub fn turns(&self) -> Vec<Turn> {
        let kinks = kinks(|amount| self.decide(amount, Detail::Unnamed).ok());
        // A ceiling on the charge may keep a deductible from being borne in full: then it does not end.
        let full = |kink: &Kink| kink.room.is_none_or(|room| room == kink.level);
        let mut turns: Vec<Turn> = kinks.into_iter().filter(full).map(|kink| self.named(kink)).collect();
        turns.sort_by_key(|turn| (turn.amount, turn.bend));
        turns
    }

    fn named(&self, kink: Kink) -> Turn {
        let why = kink.why.and_then(|why| self.rules.whys.get(why as usize));
        Turn {
            amount: kink.amount,
            bend: kink.bend,
            level: kink.level,
            rule: why.map(|why| why.rule.to_string()).unwrap_or_default(),
            article: why.map(|why| why.article.to_string()).unwrap_or_default(),
        }
    }
}
