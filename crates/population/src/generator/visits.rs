//! Ordinary visits of a year (普通门急诊): how many, when, where, and for how much.

use crate::behaviour::{Behaviour, factor};
use crate::draw::{Bounds, Curve, chance, fen, gamma, normal, poisson};
use crate::event::{Care, Event, Means};
use crate::generator::calendar::Calendar;
use crate::generator::person::{Traits, log_normal};
use crate::generator::places::{Away, CLASSES, Scope, one_of, second};
use crate::person::Status;
use crate::preset::{AGES, Preset};
use alloc::vec::Vec;
use gongji_domain::{Clock, Fen};
use rand::Rng;

/// Tables to draw visits from.
#[derive(Clone, Debug)]
pub(super) struct Visits {
    calendar: Calendar,
    /// How persons differ, and which of it is each age's.
    shapes: Vec<Curve>,
    shape: [usize; AGES],
    /// Mean by sex and age, before diagnosed diseases.
    mean: [[f64; AGES]; 2],
    more: [f64; 2],
    factor: [f64; 2],
    mixed: Mixed,
    away: Away,
    scope: Scope,
    /// Logarithm of the mean, and a visit's own spread, by level.
    cost: [(f64, f64); 3],
    cost_factor: f64,
    person_sigma: f64,
    bounds: Bounds,
    usual: u32,
    count: [u32; 3],
}

/// A lasting deviate and that of a year as one, so that years resemble each other as much as the preset says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mixed {
    lasting: f64,
    passing: f64,
}

impl Mixed {
    pub(super) fn new(correlation: f64) -> Self {
        Self { lasting: libm::sqrt(correlation), passing: libm::sqrt(1.0 - correlation) }
    }

    pub(super) fn of(self, lasting: f64, stream: &mut impl Rng) -> f64 {
        self.lasting * lasting + self.passing * normal(stream)
    }
}

/// A share of one between 0 and 1, both left out.
pub(super) fn share(stream: &mut impl Rng) -> f64 {
    ((stream.next_u64() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
}

impl Visits {
    pub(super) fn new(preset: &Preset, calendar: Calendar, behaviour: Behaviour) -> Self {
        let (visits, cost, diseases) = (&preset.visits, &preset.cost, &preset.diseases);
        let more = diseases.more_visits.value;
        let ill = [&diseases.diagnosed_hypertension.value, &diseases.diagnosed_diabetes.value];
        // The means are those of all persons of an age, ill or not.
        let scaled = |age: usize| (0..2).map(|i| 1.0 + ill[i][age] * (more[i] - 1.0)).product::<f64>();
        let mean = |sex: f64| core::array::from_fn(|age| visits.mean_by_age.value[age] * sex / scaled(age));
        let mut distinct: Vec<f64> = Vec::new();
        let shape = visits.shape_by_age.value.map(|shape| {
            distinct.iter().position(|known| *known == shape).unwrap_or_else(|| {
                distinct.push(shape);
                distinct.len() - 1
            })
        });
        let person = cost.person_sigma.value;
        let of_level = |level: usize| {
            let (mean, sigma) = log_normal(cost.mean.value[level], cost.sigma.value[level]);
            (mean, libm::sqrt(sigma * sigma - person * person))
        };
        Self {
            calendar,
            shapes: distinct.into_iter().map(gamma).collect(),
            shape,
            mean: visits.sex.value.map(mean),
            more,
            factor: behaviour.visits.map(factor),
            mixed: Mixed::new(visits.year_to_year.value),
            away: Away::new(preset, preset.away.outpatient.value, preset.away.outpatient_cost.value),
            scope: Scope::new(preset),
            cost: [0, 1, 2].map(of_level),
            cost_factor: factor(behaviour.cost),
            person_sigma: person,
            bounds: Bounds::yuan(cost.smallest.value, cost.largest.value),
            usual: chance(visits.usual_place.value) >> 20,
            count: preset.institutions.count.value,
        }
    }

    /// A person's visits of the year. Fewer are the first of more: nothing else of a visit depends on behaviour.
    pub(super) fn draw(&self, status: Status, person: &Traits, stream: &mut impl Rng, events: &mut Vec<Event>) {
        let deviate = self.mixed.of(person.visits, stream);
        let ill = (0..2).filter(|i| person.diagnosed[*i]).map(|i| self.more[i]).product::<f64>();
        let lasting = self.mean[person.sex][person.band] * ill * self.shapes[self.shape[person.band]].at(deviate);
        let count = poisson(lasting * self.factor[status as usize], share(stream));
        let shift = person.cost * self.person_sigma;
        events.extend((0..count).map(|_| self.one(person, shift, stream)));
    }

    #[inline]
    fn one(&self, person: &Traits, shift: f64, stream: &mut impl Rng) -> Event {
        let (when, place, away) = (stream.next_u64(), stream.next_u64(), stream.next_u64());
        let (day, Clock(hour)) = self.calendar.pick(when);
        let level = level(&person.levels, (place >> 32) as u32);
        let reach = self.away.pick((away >> 32) as u32);
        let (mean, sigma) = self.cost[level];
        let log = mean + shift + sigma * normal(stream) + self.away.shift(reach);
        let usual = (away as u32) >> 20 < self.usual;
        let mut event = Event {
            day,
            clock: Clock(hour + second(place as u16)),
            care: Care::Visit,
            class: CLASSES[level],
            reach,
            means: Means::Account,
            institution: if usual { person.usual[level] } else { one_of(self.count[level], (place >> 16) as u16) },
            off_list: Fen::ZERO,
            over_ceiling: Fen::ZERO,
            upfront: Fen::ZERO,
            eligible: Fen::ZERO,
        };
        self.scope.split(&mut event, fen(libm::exp(log) * self.cost_factor, self.bounds), away as u32);
        event
    }
}

/// The level at which 32 random bits fall.
#[inline]
pub(super) fn level(bounds: &[u32; 2], bits: u32) -> usize {
    usize::from(bits >= bounds[0]) + usize::from(bits >= bounds[1])
}
