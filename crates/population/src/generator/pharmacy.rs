//! Purchases at pharmacies (药店购药): by account, in cash, or on a prescription that the pooled fund may pay.

use crate::behaviour::{Behaviour, factor};
use crate::draw::{Bounds, Curve, chance, fen, gamma, normal, part, poisson};
use crate::event::{Care, Class, Event, Means, Reach};
use crate::generator::calendar::Calendar;
use crate::generator::person::{Traits, log_normal};
use crate::generator::places::{CLASSES, Scope, one_of, second};
use crate::generator::visits::{Mixed, level, share};
use crate::person::Status;
use crate::preset::Preset;
use alloc::vec::Vec;
use gongji_domain::{Clock, Fen};
use rand::Rng;

/// Tables to draw purchases from.
#[derive(Clone, Debug)]
pub(super) struct Pharmacy {
    calendar: Calendar,
    shape: Curve,
    mixed: Mixed,
    mean: [f64; 2],
    cost: (f64, f64),
    cost_factor: f64,
    bounds: Bounds,
    /// Bounds of 32 random bits: below the first by account, below the second in cash.
    means: [u32; 2],
    /// Off-list, and first-pay of what remains, in 65536ths.
    outside: (u16, u16),
    scope: Scope,
    usual: u32,
    count: u32,
}

impl Pharmacy {
    pub(super) fn new(preset: &Preset, calendar: Calendar, behaviour: Behaviour) -> Self {
        let pharmacy = &preset.pharmacy;
        let [account, cash, _] = pharmacy.means.value;
        let (off, first) = (pharmacy.off_list.value, pharmacy.upfront.value);
        let remaining = if off < 1.0 { first / (1.0 - off) } else { 0.0 };
        let parts = |share: f64| (share * 65536.0).min(65535.0) as u16;
        Self {
            calendar,
            shape: gamma(pharmacy.shape.value),
            mixed: Mixed::new(preset.visits.year_to_year.value),
            mean: pharmacy.purchases.value,
            cost: log_normal(pharmacy.cost.value, pharmacy.cost_sigma.value),
            cost_factor: factor(behaviour.pharmacy_cost),
            bounds: Bounds::yuan(preset.cost.smallest.value, preset.cost.largest.value),
            means: [chance(account), chance(account + cash)],
            outside: (parts(off), parts(remaining)),
            scope: Scope::new(preset),
            usual: chance(preset.visits.usual_place.value) >> 20,
            count: preset.institutions.pharmacies.value,
        }
    }

    /// A person's purchases of the year.
    pub(super) fn draw(
        &self,
        status: Status,
        account: bool,
        person: &Traits,
        stream: &mut impl Rng,
        events: &mut Vec<Event>,
    ) {
        let deviate = self.mixed.of(person.purchases, stream);
        let count = poisson(self.mean[status as usize] * self.shape.at(deviate), share(stream));
        events.extend((0..count).map(|_| self.one(account, person, stream)));
    }

    #[inline]
    fn one(&self, account: bool, person: &Traits, stream: &mut impl Rng) -> Event {
        let (when, place, how) = (stream.next_u64(), stream.next_u64(), stream.next_u64());
        let (day, Clock(hour)) = self.calendar.pick(when);
        let means = match level(&self.means, (how >> 32) as u32) {
            0 if account => Means::Account,
            0 | 1 => Means::Cash,
            _ => Means::Prescription,
        };
        let prescribed = means == Means::Prescription;
        let usual = (how as u32) >> 20 < self.usual;
        let mut event = Event {
            day,
            clock: Clock(hour + second(place as u16)),
            care: Care::Pharmacy,
            class: if prescribed { CLASSES[level(&person.levels, (place >> 32) as u32)] } else { Class::Primary },
            reach: Reach::Local,
            means,
            institution: if usual { person.usual[3] } else { one_of(self.count, (place >> 16) as u16) },
            off_list: Fen::ZERO,
            over_ceiling: Fen::ZERO,
            upfront: Fen::ZERO,
            eligible: Fen::ZERO,
        };
        let (mean, sigma) = self.cost;
        let cost = fen(libm::exp(mean + sigma * normal(stream)) * self.cost_factor, self.bounds);
        if prescribed {
            self.scope.split(&mut event, cost, how as u32);
        } else {
            event.off_list = part(cost, self.outside.0);
            event.upfront = part(cost - event.off_list, self.outside.1);
            event.eligible = cost - event.off_list - event.upfront;
        }
        event
    }
}
