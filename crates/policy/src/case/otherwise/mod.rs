//! What the funds would have paid otherwise: one thing is changed at a time (a fact, what was used
//! before) and the visit decided again. Knows no rule: whatever comes out, comes out of deciding.

mod facts;
mod terms;
mod used;

use super::decide::{Decision, Detail};
use super::{Case, CaseFault, Encounter, Member};
use crate::library::{Area, Library};
use alloc::string::String;
use alloc::vec::Vec;
use gongji_adjudication::Standing;
use gongji_domain::Fen;

/// What might have been, for one encounter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatIf {
    /// The encounter's name.
    pub encounter: String,
    /// What the funds pay as it is.
    pub fund: Fen,
    /// What would have made them pay more, the most first.
    pub otherwise: Vec<Otherwise>,
    /// What is left of each limit on payments after this visit.
    pub left: Vec<Left>,
}

/// One thing that is otherwise, and then more is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Otherwise {
    /// What is otherwise, in Chinese.
    pub what: String,
    /// What the funds would pay.
    pub fund: Fen,
    /// By how much that is more.
    pub more: Fen,
    /// The articles of the rows that would then hold, or would no longer; as answers print them.
    pub articles: Vec<String>,
}

/// What is left of a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Path of the limit in the package.
    pub rule: String,
    /// The limit.
    pub limit: Fen,
    /// What may still be paid under it.
    pub left: Fen,
    /// Its article.
    pub article: String,
}

impl Library {
    /// What would have made the funds pay more, for each encounter of a case as it is settled; none
    /// where the area has no package.
    ///
    /// # Errors
    /// As [`Library::decide_case`].
    pub fn otherwise(&self, case: &Case) -> Result<Vec<WhatIf>, CaseFault> {
        let Some(area) = self.area(&case.pooling_area) else { return Ok(Vec::new()) };
        let mut standing = area.opening(case)?;
        let mut all = Vec::with_capacity(case.encounters.len());
        let mut stands = Vec::new();
        for (i, (_, then)) in case.encounters.iter().enumerate() {
            let encounter = area.with_relations(case, i, &stands)?;
            let visit = Visit::of(area, case.member.at(then), &standing, &encounter)?;
            all.push(visit.what_if());
            stands.push(matches!(visit.decision, Decision::Settled(_)));
            if let Decision::Settled(settled) = &visit.decision {
                settled.apply(&mut standing);
            }
        }
        Ok(all)
    }
}

/// A visit as it is, with its decision.
struct Visit<'a> {
    area: &'a Area,
    member: Member,
    standing: Standing,
    encounter: &'a Encounter,
    decision: Decision,
}

impl<'a> Visit<'a> {
    fn of(area: &'a Area, member: Member, standing: &Standing, encounter: &'a Encounter) -> Result<Self, CaseFault> {
        let decision = area.decide(&member, standing, encounter, true, Detail::Steps)?;
        Ok(Self { area, member, standing: standing.clone(), encounter, decision })
    }

    fn what_if(&self) -> WhatIf {
        let mut otherwise = facts::otherwise(self);
        otherwise.extend(used::otherwise(self));
        otherwise.sort_by_key(|one| core::cmp::Reverse(one.more));
        WhatIf { encounter: self.encounter.id.clone(), fund: paid(&self.decision), otherwise, left: used::left(self) }
    }

    /// The decision with something changed; none when such a visit cannot be, or is paid no more.
    fn instead(&self, member: &Member, standing: &Standing, encounter: &Encounter) -> Option<Otherwise> {
        let decision = self.area.decide(member, standing, encounter, true, Detail::Steps).ok()?;
        let fund = paid(&decision);
        let more = Fen::from_fen(fund.fen() - paid(&self.decision).fen());
        let articles = terms::changed(&self.decision, &decision);
        (more > Fen::ZERO).then(|| Otherwise { what: String::new(), fund, more, articles })
    }
}

fn paid(decision: &Decision) -> Fen {
    match decision {
        Decision::Settled(settled) => settled.settlement.fund_total,
        Decision::Refused(_) => Fen::ZERO,
    }
}
