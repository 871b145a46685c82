//! Many policies on the same people: what a policy comes to, without what no design asks for. Terms are looked up once
//! for each kind of person and visit instead of at every visit, and credits are taken over where they stay the same.
//! Gives what [`Walker`] gives, which whoever has other events or rules goes through here too.

use super::Outcome;
use crate::binding::{Binding, ENROLMENTS, EVENT_KINDS};
use crate::scenario::{Range, Scenario};
use crate::walk::opened;
use crate::{PersonYear, STATUSES, Walker};
use alloc::vec::Vec;
use gongji_adjudication::{Alike, Tab};
use gongji_domain::Fen;
use gongji_population::{Batch, Care, Event, Means, Person};

/// What is credited to a person's account in the year: from the own contribution, and from the pooled fund.
pub type YearCredit = [Fen; 2];

/// A scenario with the terms of each kind of person and visit looked up.
pub struct Swift<'s> {
    scenario: &'s Scenario<'s>,
    /// By kind of person and of event; none where only the long way decides. Empty where it decides everything.
    terms: Vec<Option<Alike<'s>>>,
}

impl<'s> Swift<'s> {
    /// Looks up the terms of a scenario.
    #[must_use]
    pub fn of(scenario: &'s Scenario<'s>) -> Self {
        let terms = match &*scenario.ranges {
            [range] if plain(scenario, range) => terms(&scenario.binding, range),
            _ => Vec::new(),
        };
        Self { scenario, terms }
    }

    /// Adds up what a policy comes to on a batch; `credits` are what the persons are credited, if that is known.
    pub fn run(&self, batch: &Batch, credits: Option<&[YearCredit]>, walker: &mut Walker, outcome: &mut Outcome) {
        for (place, (person, events)) in batch.each().enumerate() {
            let year = match self.year(person, events) {
                Some(mut year) => {
                    [year.own_credit, year.fund_credit] = match credits {
                        Some(credits) => credits[place],
                        None => self.credit(person),
                    };
                    year
                }
                None => walker.year(self.scenario, person, events),
            };
            outcome.add(&year);
        }
    }

    /// What a person is credited in the year.
    #[must_use]
    pub fn credit(&self, person: &Person) -> YearCredit {
        let credits = self.scenario.credits.as_ref();
        let credited = credits.map(|credits| credits.credited(&self.scenario.binding, person)).unwrap_or_default();
        [credited.own, credited.fund].map(|months| months.iter().copied().sum())
    }

    /// What of a person's year an outcome asks for, without credits; none where only the long way decides.
    fn year(&self, person: &Person, events: &[Event]) -> Option<PersonYear> {
        let terms = self.terms.get(Binding::person_kind(person) * EVENT_KINDS..)?;
        let (first, next) = (self.scenario.starts[0], self.scenario.starts[12]);
        let mut year = opened(self.scenario, person);
        let (mut tab, mut last) = (Tab::default(), None);
        for event in events.iter().filter(|event| event.is_own() && first <= event.day && event.day < next) {
            match event.care {
                // Paid by what is assumed: no design asks for it.
                Care::Admission => continue,
                Care::Chronic if self.scenario.ranges[0].chronic.is_none() => continue,
                Care::Chronic => return None,
                Care::Visit | Care::Pharmacy => {}
            }
            let alike = terms[Binding::event_kind(event)].as_ref()?;
            let other = event.off_list + event.over_ceiling + event.upfront;
            let shares = alike.settle(&mut tab, None, event.eligible, other);
            if event.care == Care::Visit || event.means == Means::Prescription {
                year.ordinary += event.eligible + other;
                year.ordinary_share += shares.cash;
            }
            year.pool += shares.paid;
            if event.care == Care::Visit || !shares.paid.is_zero() {
                last = Some(alike);
            }
        }
        if let Some(alike) = last {
            (year.reached, year.at_limit) = alike.used_up(&tab);
        }
        Some(year)
    }
}

/// Whether one tab holds a person's year, and whether kinds of person and event are all that terms depend on.
fn plain(scenario: &Scenario<'_>, range: &Range) -> bool {
    let years = &range.rules.years;
    let one_year = years.start(scenario.starts[0]) == years.start(scenario.starts[12].before());
    let ordinary = range.ordinary.is_some_and(|place| !range.rules.chain[place].decided_elsewhere);
    one_year && ordinary && range.split && scenario.response.is_none() && !scenario.binding.reads_days()
}

fn terms<'s>(binding: &Binding, range: &'s Range) -> Vec<Option<Alike<'s>>> {
    let mut facts = binding.defaults.clone();
    let mut terms = Vec::with_capacity(STATUSES * ENROLMENTS * EVENT_KINDS);
    for person in 0..STATUSES * ENROLMENTS {
        for event in 0..EVENT_KINDS {
            binding.kinds(&mut facts, person, event);
            terms.push(range.rules.alike(&facts).filter(|alike| alike.fund() == range.pool));
        }
    }
    terms
}
