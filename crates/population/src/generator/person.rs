//! Who people are (参保人): status, age, sex, income, what their account holds, which diseases, and what of them shows
//! only in how they use care.

use crate::draw::{Alias, Bounds, Curve, chance, fen, gamma, normal};
use crate::generator::calendar::first_day;
use crate::generator::places::one_of;
use crate::person::{Employment, Person, Sex, Status};
use crate::preset::{AGES, Preset};
use gongji_domain::{Day, Fen};
use rand::Rng;

/// What of a person shows in their use of care only, and lasts.
#[derive(Clone, Debug)]
pub(super) struct Traits {
    /// Band of age.
    pub band: usize,
    /// 男 0, 女 1.
    pub sex: usize,
    /// Diagnosed: hypertension, diabetes.
    pub diagnosed: [bool; 2],
    /// Lasting part of how often they seek care, and buy: normal deviates.
    pub visits: f64,
    pub purchases: f64,
    /// Lasting part of what they cost: a normal deviate.
    pub cost: f64,
    /// Bounds of 32 random bits below which a visit is primary, or secondary.
    pub levels: [u32; 2],
    /// Their usual institution at each level, and pharmacy.
    pub usual: [u32; 4],
    /// Their account pays for relatives (家庭共济).
    pub shares: bool,
}

/// Tables to draw people from.
#[derive(Clone, Debug)]
pub(super) struct People {
    first: Day,
    retired: u32,
    male: [u32; 2],
    employment: [Alias; 2],
    without_account: [u32; 3],
    sharing: [u32; 2],
    bands: [Alias; 2],
    /// First year of life and number of years, by status and band.
    years: [[(u32, u32); AGES]; 2],
    income: Income,
    diagnosed: [[u32; AGES]; 2],
    enrolled: [u32; 2],
    mix: Alias,
    preference: [(Curve, f64); 3],
    institutions: [u32; 4],
}

#[derive(Clone, Debug)]
struct Income {
    average: f64,
    wage: (f64, f64),
    base: (Fen, Fen),
    tiers: [f64; 3],
    chosen: Alias,
    pension: (f64, f64),
    balance: (f64, f64),
}

/// Monthly amounts and balances that are thought possible.
const AMOUNTS: (f64, f64) = (1.0, 10_000_000.0);

impl People {
    pub(super) fn new(preset: &Preset, year: i16) -> Self {
        let (ages, people, diseases) = (&preset.ages, &preset.people, &preset.diseases);
        let lower = ages.lower.value;
        let until = |band: usize| lower.get(band + 1).copied().unwrap_or(ages.oldest.value);
        let by_level = preset.visits.level.value.map(|share| (share * preset.visits.preference.value).max(0.01));
        let count = preset.institutions.count.value;
        Self {
            first: first_day(year),
            retired: chance(people.retired.value),
            male: people.male.value.map(chance),
            employment: [&people.employment_active, &people.employment_retired].map(|each| Alias::new(&each.value)),
            without_account: people.without_account.value.map(chance),
            sharing: preset.relatives.sharing.value.map(chance),
            bands: [&ages.active, &ages.retired].map(|shares| Alias::new(&shares.value)),
            years: [0, ages.retired_from.value].map(|least| {
                core::array::from_fn(|band| {
                    let from = lower[band].max(least).min(until(band) - 1);
                    (u32::from(from), u32::from(until(band) - from))
                })
            }),
            income: Income::new(preset),
            diagnosed: [&diseases.diagnosed_hypertension, &diseases.diagnosed_diabetes]
                .map(|shares| shares.value.map(chance)),
            enrolled: diseases.enrolled.value.map(chance),
            mix: Alias::new(&diseases.mix.value),
            preference: by_level.map(|shape| (gamma(shape), shape)),
            institutions: [count[0], count[1], count[2], preset.institutions.pharmacies.value],
        }
    }

    /// One person.
    pub(super) fn draw(&self, number: u64, stream: &mut impl Rng) -> (Person, Traits) {
        let mut bits = || halves(stream.next_u64());
        let ([a, b], [c, d], [e, f], [g, h], [i, j]) = (bits(), bits(), bits(), bits(), bits());
        let ([k, _], places) = (bits(), stream.next_u64());
        let status = if a < self.retired { Status::Retired } else { Status::Active };
        let own = status as usize;
        let sex = usize::from(b >= self.male[own]);
        let band = self.bands[own].pick(c);
        let employment = self.employment[own].pick(d);
        let account = e >= self.without_account[employment];
        let enrolled = f < self.enrolled[own];
        let mut traits = Traits {
            band,
            sex,
            diagnosed: [g < self.diagnosed[0][band], h < self.diagnosed[1][band]],
            visits: normal(stream),
            purchases: normal(stream),
            cost: normal(stream),
            levels: self.levels(stream),
            usual: core::array::from_fn(|i| one_of(self.institutions[i], (places >> (16 * i)) as u16)),
            shares: false,
        };
        let employment = [Employment::Enterprise, Employment::Institution, Employment::Flexible][employment];
        let mut person = Person {
            number,
            status,
            sex: [Sex::Male, Sex::Female][sex],
            employment,
            birth: self.birth(self.years[own][band], i),
            account,
            wage: Fen::ZERO,
            base: Fen::ZERO,
            pension: Fen::ZERO,
            balance: Fen::ZERO,
            diseases: if enrolled { 1 << self.mix.pick(j) } else { 0 },
        };
        self.income.draw(&mut person, k, stream);
        // Drawn last, so that people are the same whoever shares.
        traits.shares = person.account && stream.next_u32() < self.sharing[own];
        (person, traits)
    }

    /// A day of birth by which somebody is of one of these years on the first day of the year.
    fn birth(&self, (from, years): (u32, u32), bits: u32) -> Day {
        let place = u64::from(bits) * u64::from(years) * 365;
        let days = (place >> 32) as u32;
        let age = from + days / 365;
        // As many leap days as there can be: nobody is a day too young.
        let whole = age * 365 + age.div_ceil(4);
        Day::from_number(self.first.number() - whole as i32 - (days % 365) as i32)
    }

    /// How a person divides their visits (狄利克雷分布).
    fn levels(&self, stream: &mut impl Rng) -> [u32; 2] {
        let weights = self.preference.each_ref().map(|(curve, shape)| curve.at(normal(stream)) * shape + 1e-12);
        let sum: f64 = weights.iter().sum();
        [chance(weights[0] / sum), chance((weights[0] + weights[1]) / sum)]
    }
}

impl Income {
    fn new(preset: &Preset) -> Self {
        let income = &preset.income;
        let average = income.average_wage.value;
        Self {
            average,
            wage: log_normal(average * income.wage_ratio.value, income.wage_sigma.value),
            base: base_bounds(preset),
            tiers: income.flexible_tiers.value,
            chosen: Alias::new(&income.flexible_shares.value),
            pension: log_normal(income.pension.value, income.pension_sigma.value),
            balance: log_normal(income.balance.value, income.balance_sigma.value),
        }
    }

    fn draw(&self, person: &mut Person, bits: u32, stream: &mut impl Rng) {
        let bounds = Bounds::yuan(AMOUNTS.0, AMOUNTS.1);
        let (earns, holds) = (normal(stream), normal(stream));
        let of = |(mean, sigma): (f64, f64), deviate: f64| fen(libm::exp(mean + sigma * deviate), bounds);
        match (person.status, person.employment) {
            (Status::Retired, _) => person.pension = of(self.pension, earns),
            (Status::Active, Employment::Flexible) => {
                person.wage = fen(self.average * self.tiers[self.chosen.pick(bits)], bounds);
            }
            (Status::Active, _) => person.wage = of(self.wage, earns),
        }
        if person.status == Status::Active {
            person.base = person.wage.clamp(self.base.0, self.base.1);
        }
        if person.account {
            person.balance = of(self.balance, holds);
        }
    }
}

/// Floor and ceiling of bases (缴费基数上下限).
pub(crate) fn base_bounds(preset: &Preset) -> (Fen, Fen) {
    let (income, bounds) = (&preset.income, Bounds::yuan(AMOUNTS.0, AMOUNTS.1));
    let of = |ratio: f64| fen(income.average_wage.value * ratio, bounds);
    (of(income.floor.value), of(income.ceiling.value))
}

/// Mean and spread of the logarithm of what has this mean and spread.
pub(super) fn log_normal(mean: f64, sigma: f64) -> (f64, f64) {
    (libm::log(mean) - sigma * sigma / 2.0, sigma)
}

fn halves(bits: u64) -> [u32; 2] {
    [(bits >> 32) as u32, bits as u32]
}
