//! Visits for chronic and special diseases (门诊慢特病) and admissions (住院).

use crate::draw::{Alias, Bounds, Curve, fen, gamma, normal, poisson};
use crate::event::{Care, Event, Means};
use crate::generator::calendar::Calendar;
use crate::generator::person::{Traits, log_normal};
use crate::generator::places::{Away, CLASSES, Scope, one_of, second};
use crate::generator::visits::{level, share};
use crate::person::Status;
use crate::preset::Preset;
use alloc::vec::Vec;
use gongji_domain::{Clock, Fen};
use rand::Rng;

/// Tables to draw both from.
#[derive(Clone, Debug)]
pub(super) struct Hospital {
    calendar: Calendar,
    scope: Scope,
    count: [u32; 3],
    chronic_shape: Curve,
    /// Visits a year, logarithm of the mean cost, by disease.
    chronic: Vec<(f64, f64)>,
    chronic_sigma: f64,
    chronic_away: Away,
    admission_shape: Curve,
    rate: [f64; 2],
    levels: Alias,
    /// Logarithm of the mean cost, by status and level.
    admission: [[f64; 3]; 2],
    admission_sigma: f64,
    admission_away: Away,
    bounds: Bounds,
}

impl Hospital {
    pub(super) fn new(preset: &Preset, calendar: Calendar) -> Self {
        let (admissions, away) = (&preset.admissions, &preset.away);
        let weighed: f64 = (0..3).map(|i| admissions.level.value[i] * admissions.cost_level.value[i]).sum();
        let admission = admissions.cost.value.map(|mean| {
            admissions.cost_level.value.map(|cost| log_normal(mean * cost / weighed, admissions.cost_sigma.value).0)
        });
        Self {
            calendar,
            scope: Scope::new(preset),
            count: preset.institutions.count.value,
            chronic_shape: gamma(preset.diseases.visits_shape.value),
            chronic: chronic(preset),
            chronic_sigma: preset.diseases.cost_sigma.value,
            chronic_away: Away::new(preset, away.outpatient.value, away.outpatient_cost.value),
            admission_shape: gamma(admissions.shape.value),
            rate: admissions.rate.value,
            levels: Alias::new(&admissions.level.value),
            admission,
            admission_sigma: admissions.cost_sigma.value,
            admission_away: Away::new(preset, away.admission.value, away.admission_cost.value),
            bounds: Bounds::yuan(preset.cost.smallest.value, admissions.largest.value),
        }
    }

    /// A person's chronic visits and admissions of the year.
    pub(super) fn draw(
        &self,
        status: Status,
        diseases: u16,
        person: &Traits,
        stream: &mut impl Rng,
        events: &mut Vec<Event>,
    ) {
        let own = status as usize;
        let admitted = poisson(self.rate[own] * self.admission_shape.at(normal(stream)), share(stream));
        for _ in 0..admitted {
            let picked = self.levels.pick(stream.next_u32());
            let mean = self.admission[own][picked];
            let event = self.one(Care::Admission, picked, (mean, self.admission_sigma), &self.admission_away, stream);
            events.push(event);
        }
        for disease in (0..self.chronic.len()).filter(|disease| diseases & 1 << disease != 0) {
            let (visits, mean) = self.chronic[disease];
            let count = poisson(visits * self.chronic_shape.at(normal(stream)), share(stream));
            for _ in 0..count {
                let picked = level(&person.levels, stream.next_u32());
                let event = self.one(Care::Chronic, picked, (mean, self.chronic_sigma), &self.chronic_away, stream);
                events.push(event);
            }
        }
    }

    fn one(&self, care: Care, level: usize, (mean, sigma): (f64, f64), away: &Away, stream: &mut impl Rng) -> Event {
        let (when, place) = (stream.next_u64(), stream.next_u64());
        let (day, Clock(hour)) = self.calendar.pick(when);
        let reach = away.pick((place >> 32) as u32);
        let mut event = Event {
            day,
            clock: Clock(hour + second(place as u16)),
            care,
            class: CLASSES[level],
            reach,
            means: Means::Account,
            institution: one_of(self.count[level], (place >> 16) as u16),
            off_list: Fen::ZERO,
            over_ceiling: Fen::ZERO,
            upfront: Fen::ZERO,
            eligible: Fen::ZERO,
        };
        let cost = fen(libm::exp(mean + sigma * normal(stream) + away.shift(reach)), self.bounds);
        self.scope.split(&mut event, cost, stream.next_u32());
        event
    }
}

/// Visits and cost by disease, of which the factors move persons apart and no mean.
fn chronic(preset: &Preset) -> Vec<(f64, f64)> {
    let diseases = &preset.diseases;
    let rows = || diseases.mix.value.iter().zip(&diseases.visit_factor.value).zip(&diseases.cost_factor.value);
    let visits: f64 = rows().map(|((share, visits), _)| share * visits).sum();
    let cost: f64 = rows().map(|((share, visits), cost)| share * visits * cost).sum::<f64>() / visits;
    let mean = |factor: f64| log_normal(diseases.cost.value * factor / cost, diseases.cost_sigma.value).0;
    rows().map(|((_, times), dear)| (diseases.visits.value * times / visits, mean(*dear))).collect()
}
