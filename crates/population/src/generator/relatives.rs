//! What accounts are asked to pay for relatives (家庭共济): when, for whom, where and how much. Whether the account
//! may pay and holds enough is for whoever settles.

use crate::draw::{Alias, Bounds, Curve, chance, fen, gamma, normal, poisson};
use crate::event::{Care, Class, Event, Kin, Means, Reach};
use crate::generator::calendar::Calendar;
use crate::generator::person::log_normal;
use crate::generator::places::{CLASSES, one_of, second};
use crate::generator::visits::share;
use crate::person::Status;
use crate::preset::Preset;
use alloc::vec::Vec;
use gongji_domain::{Clock, Fen};
use rand::Rng;

/// Tables to draw uses from.
#[derive(Clone, Debug)]
pub(super) struct Relatives {
    /// Of institutions and of pharmacies.
    calendars: [Calendar; 2],
    uses: [f64; 2],
    shape: Curve,
    cost: (f64, f64),
    bounds: Bounds,
    kin: [Alias; 2],
    pharmacy: u32,
    levels: Alias,
    count: [u32; 3],
    pharmacies: u32,
}

impl Relatives {
    pub(super) fn new(preset: &Preset, calendars: [Calendar; 2]) -> Self {
        let relatives = &preset.relatives;
        Self {
            calendars,
            uses: relatives.uses.value,
            shape: gamma(relatives.shape.value),
            cost: log_normal(relatives.cost.value, relatives.cost_sigma.value),
            bounds: Bounds::yuan(preset.cost.smallest.value, preset.cost.largest.value),
            kin: relatives.kin.value.map(|shares| Alias::new(&shares)),
            pharmacy: chance(relatives.pharmacy.value),
            levels: Alias::new(&preset.visits.level.value),
            count: preset.institutions.count.value,
            pharmacies: preset.institutions.pharmacies.value,
        }
    }

    /// The uses of a year of an account that pays for relatives.
    pub(super) fn draw(&self, status: Status, stream: &mut impl Rng, events: &mut Vec<Event>) {
        let own = status as usize;
        let count = poisson(self.uses[own] * self.shape.at(normal(stream)), share(stream));
        events.extend((0..count).map(|_| self.one(own, stream)));
    }

    fn one(&self, own: usize, stream: &mut impl Rng) -> Event {
        let (when, place, who) = (stream.next_u64(), stream.next_u64(), stream.next_u64());
        let bought = (who as u32) < self.pharmacy;
        let (day, Clock(hour)) = self.calendars[usize::from(bought)].pick(when);
        let level = self.levels.pick((place >> 32) as u32);
        let (care, class, count) = if bought {
            (Care::Pharmacy, Class::Primary, self.pharmacies)
        } else {
            (Care::Visit, CLASSES[level], self.count[level])
        };
        let (mean, sigma) = self.cost;
        Event {
            day,
            clock: Clock(hour + second(place as u16)),
            care,
            class,
            reach: Reach::Local,
            means: Means::Relative(Kin::ALL[self.kin[own].pick((who >> 32) as u32)]),
            institution: one_of(count, (place >> 16) as u16),
            off_list: Fen::ZERO,
            over_ceiling: Fen::ZERO,
            upfront: Fen::ZERO,
            eligible: fen(libm::exp(mean + sigma * normal(stream)), self.bounds),
        }
    }
}
