//! Adds up a population as it streams by: whole numbers only, so batches may come in any order and on any thread.

use crate::batch::Batch;
use crate::check::{Measures, Spread, millionths};
use crate::event::{Care, Class, Event, Reach};
use crate::generator::CATEGORIES;
use crate::person::{Person, Status};
use crate::preset::Preset;
use alloc::string::ToString;
use gongji_domain::Fen;

/// Number and cost of some events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    count: u64,
    fen: i128,
}

impl Sum {
    fn add(&mut self, event: &Event) {
        self.count += 1;
        self.fen += i128::from(event.total().fen());
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.fen += other.fen;
    }

    fn count(self) -> i128 {
        i128::from(self.count)
    }

    fn mean(self) -> i64 {
        millionths(self.fen, 100 * self.count())
    }
}

/// Sums over persons and events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    days: i128,
    average_wage: i128,
    bounds: (Fen, Fen),
    persons: [u64; 2],
    base: i128,
    at_floor: u64,
    at_ceiling: u64,
    /// By kind of care.
    care: [Sum; 4],
    /// At institutions, by status.
    institutions: [Sum; 2],
    away: Sum,
    levels: [u64; 3],
    never: u64,
    spread: Spread,
    /// Cost of hospital visits by category.
    lines: [i128; CATEGORIES],
}

impl Tally {
    /// Nothing yet. Bases are compared with the preset's wage, floor and ceiling; `days` are those of the year.
    pub fn new(preset: &Preset, days: u32) -> Self {
        let (least, most) = crate::generator::base_bounds(preset);
        Self {
            days: i128::from(days),
            average_wage: (preset.income.average_wage.value * 100.0) as i128,
            bounds: (least, most),
            persons: [0; 2],
            base: 0,
            at_floor: 0,
            at_ceiling: 0,
            care: [Sum::default(); 4],
            institutions: [Sum::default(); 2],
            away: Sum::default(),
            levels: [0; 3],
            never: 0,
            spread: Spread::default(),
            lines: [0; CATEGORIES],
        }
    }

    /// Adds a batch.
    pub fn add(&mut self, batch: &Batch) {
        for (person, events) in batch.each() {
            self.person(person);
            let mut ordinary = Sum::default();
            for event in events.iter().filter(|event| event.is_own()) {
                self.event(person.status, event);
                if event.care == Care::Visit {
                    ordinary.add(event);
                }
            }
            self.never += u64::from(ordinary.count == 0);
            self.spread.add(ordinary.fen as i64);
        }
    }

    fn person(&mut self, person: &Person) {
        self.persons[person.status as usize] += 1;
        if person.status == Status::Active {
            self.base += i128::from(person.base.fen());
            self.at_floor += u64::from(person.base <= self.bounds.0);
            self.at_ceiling += u64::from(person.base >= self.bounds.1);
        }
    }

    fn event(&mut self, status: Status, event: &Event) {
        self.care[event.care as usize].add(event);
        if event.care != Care::Pharmacy {
            self.institutions[status as usize].add(event);
            if event.reach != Reach::Local {
                self.away.add(event);
            }
        }
        if event.care == Care::Visit {
            self.levels[event.class as usize] += 1;
        }
    }

    /// Adds what a visit's cost consists of; only hospitals count.
    pub fn lines(&mut self, event: &Event, parts: &[Fen; CATEGORIES]) {
        if event.class != Class::Primary {
            self.lines.iter_mut().zip(parts).for_each(|(sum, part)| *sum += i128::from(part.fen()));
        }
    }

    /// Adds what another holds.
    pub fn merge(&mut self, other: &Self) {
        for i in 0..2 {
            self.persons[i] += other.persons[i];
            self.institutions[i].merge(other.institutions[i]);
        }
        (0..4).for_each(|i| self.care[i].merge(other.care[i]));
        (0..3).for_each(|i| self.levels[i] += other.levels[i]);
        (0..CATEGORIES).for_each(|i| self.lines[i] += other.lines[i]);
        self.base += other.base;
        self.at_floor += other.at_floor;
        self.at_ceiling += other.at_ceiling;
        self.away.merge(other.away);
        self.never += other.never;
        self.spread.merge(&other.spread);
    }

    /// What was measured, by name.
    pub fn measures(&self) -> Measures {
        let [active, retired] = self.persons.map(i128::from);
        let persons = active + retired;
        let [visits, chronic, pharmacy, admissions] =
            [Care::Visit, Care::Chronic, Care::Pharmacy, Care::Admission].map(|care| self.care[care as usize]);
        let all = self.care.into_iter().fold(Sum::default(), |mut all, each| {
            all.merge(each);
            all
        });
        let institutions = (all.count() - pharmacy.count(), all.fen - pharmacy.fen);
        let [of_active, of_retired] = self.institutions.map(|sum| sum.fen);
        let base = millionths(self.base, active * self.average_wage);
        let lines: i128 = self.lines.iter().sum();
        let mut measures: Measures = [
            ("retired_share", millionths(retired, persons)),
            ("visits", millionths(visits.count(), persons)),
            ("visit_cost", visits.mean()),
            ("visits_cost", millionths(visits.fen, 100 * persons)),
            ("chronic_visits", millionths(chronic.count(), persons)),
            ("chronic_cost", chronic.mean()),
            ("purchases", millionths(pharmacy.count(), persons)),
            ("purchase_cost", pharmacy.mean()),
            ("discharges", millionths(admissions.count(), persons)),
            ("discharge_cost", admissions.mean()),
            ("institution_cost_active", millionths(of_active, 100 * active)),
            ("institution_cost_retired", millionths(of_retired, 100 * retired)),
            ("institution_cost_ratio", millionths(of_retired * active, of_active * retired)),
            ("pharmacy_count_share", millionths(pharmacy.count(), all.count())),
            ("pharmacy_cost_share", millionths(pharmacy.fen, all.fen)),
            ("away_visit_share", millionths(self.away.count(), institutions.0)),
            ("away_cost_share", millionths(self.away.fen, institutions.1)),
            ("base_ratio", base),
            ("floor_share", millionths(i128::from(self.at_floor), active)),
            ("ceiling_share", millionths(i128::from(self.at_ceiling), active)),
            ("no_visit_share", millionths(i128::from(self.never), persons)),
            ("top_tenth_share", self.spread.top(100_000)),
            ("gini", self.spread.gini()),
            ("primary_share", millionths(i128::from(self.levels[0]), visits.count())),
            ("secondary_share", millionths(i128::from(self.levels[1]), visits.count())),
            ("tertiary_share", millionths(i128::from(self.levels[2]), visits.count())),
            ("events_per_million_day", millionths(all.count() * 1_000_000, persons * self.days)),
        ]
        .map(|(name, value)| (name.to_string(), value))
        .into();
        if lines > 0 {
            for (name, part) in ["drug_share", "examination_share", "laboratory_share"].iter().zip(self.lines) {
                measures.insert(name.to_string(), millionths(part, lines));
            }
        }
        measures
    }

    /// What a twin from before the reform (改革前) measures, by name.
    pub fn measures_before(&self) -> Measures {
        let visits = self.care[Care::Visit as usize];
        let persons: u64 = self.persons.iter().sum();
        [("before_visits", millionths(visits.count(), i128::from(persons))), ("before_cost", visits.mean())]
            .map(|(name, value)| (name.to_string(), value))
            .into()
    }
}
