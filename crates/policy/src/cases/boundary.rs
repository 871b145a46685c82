//! Visits on the boundaries of an area's rules: one fen below, at and above the amount at which a
//! deductible is borne, a segment ends or a limit is reached. What comes out is a proposal for a reader.

mod probe;

use crate::case::{Decision, Detail};
use crate::kinks::{Kink, MOST, kinks};
use crate::library::{Area, Library};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_domain::{Day, Fen};
use probe::{Probe, profiles};

/// People and institutions for whom the same boundaries hold, with the visits around them.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Input columns of the case format with their cells: of the first such people and institution.
    pub inputs: Vec<(String, String)>,
    /// The visits, by amount.
    pub visits: Vec<Boundary>,
}

/// A visit on or beside a boundary.
#[derive(Clone, Debug)]
pub struct Boundary {
    /// The whole amount of the visit.
    pub amount: Fen,
    /// The boundaries that it is about: path of the rule, and on which side of it.
    pub about: Vec<(String, Side)>,
    /// What it comes to.
    pub decision: Decision,
}

/// Where an amount lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// One fen below.
    Below,
    /// At the boundary.
    At,
    /// One fen above.
    Above,
}

impl Library {
    /// The boundaries of an area's ordinary outpatient rules on a day, for everybody whom they tell
    /// apart by status, enrolment and class of institution; none if it is not loaded.
    pub fn boundaries(&self, code: &str, day: Day) -> Vec<Profile> {
        let Some(area) = self.area(code) else { return Vec::new() };
        let mut seen = BTreeSet::new();
        let mut all = Vec::new();
        for probe in profiles(area, day) {
            let visits = visits(area, &probe);
            let figures = |visit: &Boundary| (visit.amount, paid(&visit.decision));
            if !visits.is_empty() && seen.insert(visits.iter().map(figures).collect::<Vec<_>>()) {
                all.push(Profile { inputs: probe.inputs(), visits });
            }
        }
        all
    }
}

fn paid(decision: &Decision) -> Fen {
    match decision {
        Decision::Settled(settled) => settled.settlement.fund_total,
        Decision::Refused(_) => Fen::ZERO,
    }
}

/// The visits below, at and above each boundary, each amount once.
fn visits(area: &Area, probe: &Probe) -> Vec<Boundary> {
    let mut about: BTreeMap<Fen, Vec<(String, Side)>> = BTreeMap::new();
    for (rule, amount) in boundaries(area, probe) {
        for (side, fen) in [(Side::Below, -1), (Side::At, 0), (Side::Above, 1)] {
            let amount = Fen::from_fen(amount.fen() + fen);
            if amount > Fen::ZERO && amount <= MOST {
                about.entry(amount).or_default().push((rule.clone(), side));
            }
        }
    }
    let visit =
        |(amount, about)| Some(Boundary { amount, about, decision: probe.decide(area, amount, Detail::Sentences)? });
    about.into_iter().filter_map(visit).collect()
}

/// The least amounts at which what a rule lets through no longer grows.
fn boundaries(area: &Area, probe: &Probe) -> Vec<(String, Fen)> {
    let Some(rules) = area.rules(probe.day()) else { return Vec::new() };
    let kinks = kinks(|amount| probe.decide(area, amount, Detail::Unnamed));
    let named = |kink: Kink| Some((rules.whys[kink.why? as usize].rule.to_string(), kink.amount));
    kinks.into_iter().filter_map(named).collect()
}
