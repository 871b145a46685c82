//! A worked case (算例) apart from what it should give: what is asked, and in which order things are
//! settled and taken back.

use super::{parse, read};
use crate::case::{Case, CaseFault, Decision, Detail, Encounter, Member};
use crate::fault::At;
use crate::library::{Area, Library};
use alloc::string::String;
use alloc::vec::Vec;
use gongji_adjudication::{Settlement, Standing};

/// A worked case as it is written.
#[derive(Clone, Debug)]
pub struct WorkedCase {
    /// The heading that it stands under.
    pub heading: String,
    /// Its name in the table.
    pub name: String,
    /// Its first row.
    pub at: At,
    /// The case, or why it cannot be read.
    pub case: Result<Case, CaseFault>,
    /// For each encounter the one, counted from zero, whose settlement is cancelled just before.
    pub cancellations: Vec<Option<usize>>,
}

/// How a case went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// A decision for each encounter until something stopped it.
    pub decisions: Vec<Decision>,
    /// What stopped the encounter after the last decided one.
    pub stopped: Option<Stopped>,
}

/// A visit of a case as it is decided.
pub(super) struct Visit<'a> {
    pub(super) member: &'a Member,
    pub(super) standing: &'a Standing,
    pub(super) encounter: &'a Encounter,
    pub(super) decision: &'a Decision,
}

/// Why an encounter of a case was not decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// It cannot be decided.
    Fault(CaseFault),
    /// What it cancels was not settled, or is cancelled already.
    NothingToCancel,
}

impl Library {
    /// The worked cases of an area's visits, in the order of the files; none if it is not loaded.
    pub fn worked_cases(&self, code: &str) -> Vec<WorkedCase> {
        let mut cases = Vec::new();
        let Some(area) = self.area(code) else { return cases };
        for (number, text) in self.case_files(area) {
            for section in parse::sections(number, text, &mut Vec::new()) {
                for table in section.tables.iter().filter(|table| !super::account::is_one(table)) {
                    let Some(names) = read::names(table) else { continue };
                    let all = read::cases(table, names);
                    cases.extend(all.map(|(name, rows)| read::worked_case(self, area, &section, table, name, rows)));
                }
            }
        }
        cases
    }

    /// Numbers and texts of an area's case files.
    pub(super) fn case_files<'l>(&'l self, area: &'l Area) -> impl Iterator<Item = (u16, &'l str)> {
        area.files.iter().filter_map(|n| {
            let file = &self.files()[*n];
            let name = file.path.rsplit('/').next().unwrap_or_default();
            let cases = file.path.contains("cases/") && name.ends_with(".md") && name != "README.md";
            cases.then_some((*n as u16, &*file.text))
        })
    }
}

impl WorkedCase {
    /// Decides the encounters one after the other from a standing, and takes back what is cancelled
    /// in between.
    pub fn play(&self, case: &Case, area: &Area, standing: Standing, detail: Detail) -> Played {
        self.watch(case, area, standing, detail, &mut |_| {})
    }

    /// The same, showing each visit as it is decided.
    pub(super) fn watch(
        &self,
        case: &Case,
        area: &Area,
        mut standing: Standing,
        detail: Detail,
        seen: &mut dyn FnMut(Visit<'_>),
    ) -> Played {
        let mut decisions = Vec::new();
        let mut settled: Vec<Option<Settlement>> = Vec::new();
        for (i, (_, then)) in case.encounters.iter().enumerate() {
            if let Some(cancelled) = self.cancellations.get(i).copied().flatten() {
                match settled.get_mut(cancelled).and_then(Option::take) {
                    Some(settlement) => standing.revert(&settlement.additions, settlement.from_account),
                    None => return Played { decisions, stopped: Some(Stopped::NothingToCancel) },
                }
            }
            let stands: Vec<bool> = settled.iter().map(Option::is_some).collect();
            let visit = area.with_relations(case, i, &stands);
            let member = case.member.at(then);
            let decided = visit.and_then(|encounter| {
                let decision = area.decide(&member, &standing, &encounter, true, detail)?;
                seen(Visit { member: &member, standing: &standing, encounter: &encounter, decision: &decision });
                Ok(decision)
            });
            let decision = match decided {
                Ok(decision) => decision,
                Err(fault) => return Played { decisions, stopped: Some(Stopped::Fault(fault)) },
            };
            settled.push(match &decision {
                Decision::Settled(done) => {
                    done.apply(&mut standing);
                    Some(done.settlement.clone())
                }
                Decision::Refused(_) => None,
            });
            decisions.push(decision);
        }
        Played { decisions, stopped: None }
    }
}
