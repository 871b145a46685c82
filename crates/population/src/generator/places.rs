//! Where care is sought, and what that does to its cost: how far away, which institution, what its catalogue leaves out.

use crate::draw::{Shares, chance, part};
use crate::event::{Class, Event, Reach};
use crate::preset::Preset;
use gongji_domain::Fen;

/// The levels in their order.
pub(super) const CLASSES: [Class; 3] = [Class::Primary, Class::Secondary, Class::Tertiary];

/// Care elsewhere (异地): how often, and what it costs, the mean of all staying what it is.
#[derive(Clone, Debug)]
pub(super) struct Away {
    province: u32,
    nation: u32,
    /// What is added to the logarithm of a cost: here, elsewhere.
    pub(super) shift: [f64; 2],
}

impl Away {
    /// With a share of what happens elsewhere, and its cost over that here.
    pub(super) fn new(preset: &Preset, share: f64, factor: f64) -> Self {
        let here = -libm::log(1.0 + share * (factor - 1.0));
        let nation = share * preset.away.nation.value;
        let there = here + libm::log(factor.max(f64::MIN_POSITIVE));
        Self { province: chance(share), nation: chance(nation), shift: [here, there] }
    }

    #[inline]
    pub(super) fn pick(&self, bits: u32) -> Reach {
        if bits >= self.province {
            Reach::Local
        } else if bits < self.nation {
            Reach::Nation
        } else {
            Reach::Province
        }
    }

    #[inline]
    pub(super) fn shift(&self, reach: Reach) -> f64 {
        self.shift[usize::from(reach != Reach::Local)]
    }
}

/// What lies outside the catalogue, by level: off-list first, first-pay of what remains, so that both means hold.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    off_list: [Shares; 3],
    upfront: [Shares; 3],
}

impl Scope {
    pub(super) fn new(preset: &Preset) -> Self {
        let scope = &preset.scope;
        let (off, first) = (scope.off_list.value, scope.upfront.value);
        let beta = |mean: f64| Shares::beta(mean, scope.concentration.value);
        let remaining = |level: usize| beta((first[level] / (1.0 - off[level])).min(1.0 - 1e-9));
        Self { off_list: off.map(beta), upfront: [0, 1, 2].map(remaining) }
    }

    /// Splits what an event cost.
    #[inline]
    pub(super) fn split(&self, event: &mut Event, cost: Fen, bits: u32) {
        let level = event.class as usize;
        event.off_list = part(cost, self.off_list[level].pick(bits));
        let rest = cost - event.off_list;
        event.upfront = part(rest, self.upfront[level].pick(bits >> 10));
        event.eligible = rest - event.upfront;
    }
}

/// One of some, by 16 random bits.
#[inline]
pub(super) fn one_of(count: u32, bits: u16) -> u32 {
    ((u64::from(bits) * u64::from(count)) >> 16) as u32
}

/// Seconds inside an hour, by 16 random bits.
#[inline]
pub(super) fn second(bits: u16) -> u32 {
    one_of(3600, bits)
}
